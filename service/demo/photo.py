"""A photo to enclose, drawn as real JPEG bytes: a hole in a road, seen from above in poor light.

Only the smallest part of the format (ITU-T T.81, baseline, one grey component) is used: each block of 8 x 8 points has
one shade, so the only coefficient that is coded is the block's mean.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

COLUMNS, ROWS = 80, 60
"""The picture in blocks; 640 x 480 points."""
_BLOCK = 8
_LONGEST_DIFFERENCE = 8  # bits of a difference between two shades


def pothole() -> bytes:
    """The picture as a JPEG file; the same bytes at every call."""
    return _jpeg(list(_shades()))


def _shades() -> Iterator[int]:
    """Shades from 0 (black) to 255, row by row: grey asphalt, a white line, and the dark hole with its rim."""
    grain = random.Random(14)  # noqa: S311 -- the grain of asphalt is no secret
    for row in range(ROWS):
        for column in range(COLUMNS):
            distance = ((column - 44) / 21) ** 2 + ((row - 33) / 13) ** 2 + grain.uniform(-0.12, 0.12)
            depth = 95 if distance < 0.7 else 55 if distance < 1 else 0  # noqa: PLR2004 -- an ellipse and its rim
            lane = 70 if 8 <= column - row / 6 < 11 else 0  # noqa: PLR2004 -- the white line at the side
            yield max(0, min(255, 150 + row // 3 + lane - depth + grain.randint(-14, 14)))


def _jpeg(shades: list[int]) -> bytes:
    size = (ROWS * _BLOCK).to_bytes(2, "big") + (COLUMNS * _BLOCK).to_bytes(2, "big")
    codes_of_length = bytes([0, 0, 0, _LONGEST_DIFFERENCE + 1, *[0] * 12])
    return b"".join(
        [
            b"\xff\xd8",
            _segment(0xE0, b"JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"),
            _segment(0xDB, b"\x00" + bytes([8] * 64)),  # quantisation by 8: the coded mean is in steps of one shade
            _segment(0xC0, b"\x08" + size + b"\x01\x01\x11\x00"),
            _segment(0xC4, b"\x00" + codes_of_length + bytes(range(_LONGEST_DIFFERENCE + 1))),
            _segment(0xC4, b"\x10" + bytes([1, *[0] * 15, 0])),  # the one other code: nothing more in this block
            _segment(0xDA, b"\x01\x01\x00\x00\x3f\x00"),
            _scan(shades),
            b"\xff\xd9",
        ]
    )


def _segment(marker: int, content: bytes) -> bytes:
    return bytes([0xFF, marker]) + (len(content) + 2).to_bytes(2, "big") + content


def _scan(shades: list[int]) -> bytes:
    """Each block as the difference to the one before (T.81 F.1.2.1): its length in four bits, itself, and an end."""
    bits, before = [], 0
    for shade in shades:
        difference = shade - 128 - before
        before = shade - 128
        length = abs(difference).bit_length()
        value = difference if difference >= 0 else difference + (1 << length) - 1
        bits.append(f"{length:04b}" + (f"{value:0{length}b}" if length else "") + "0")
    stream = "".join(bits)
    stream += "1" * (-len(stream) % 8)
    return int(stream, 2).to_bytes(len(stream) // 8, "big").replace(b"\xff", b"\xff\x00")
