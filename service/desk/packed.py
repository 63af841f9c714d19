"""The bytes of mails as the register stores them: compressed where that makes them smaller, and read as they were.

A letter of ours is words in two forms, so two thirds of it go. Rows of earlier versions, and large mails, which hold
pictures, are stored as they are: what is stored tells by its beginning how it is to be read.
"""

from __future__ import annotations

import zlib
from typing import Final

from sqlalchemy import Dialect, LargeBinary, Text, TypeDecorator

LARGE: Final = 1 << 20
"""In bytes: a larger mail is stored as it is."""
_PACKED, _AS_IT_IS = b"\0z", b"\0="
_SMALLEST = 500
_LEVEL = 1  # the higher ones take half as long again for a twentieth of the bytes
_WORDS = 32 * 1024  # bytes: behind them a mail is files, in which nothing comes twice but the alphabet of base64


def is_marked(raw: bytes) -> bool:
    """Whether the bytes themselves begin as those do that are stored in another form; no mail does."""
    return raw[:2] in {_PACKED, _AS_IT_IS}


class Packed(TypeDecorator[bytes]):
    """A mail's bytes. Of a part of what is stored, cut off at its end, as much as can be read."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: bytes | None, _dialect: Dialect) -> bytes | None:
        """As they are stored."""
        if value is None:
            return None
        if _SMALLEST <= len(value) <= LARGE:
            packed = _PACKED + _pack(value)
            if len(packed) < len(value):
                return packed
        return _AS_IT_IS + value if is_marked(value) else value

    def process_result_value(self, value: bytes | None, _dialect: Dialect) -> bytes | None:
        """As they were."""
        if value is None:
            return None
        if value[:2] == _PACKED:
            return _unpacked(value)
        return value[2:] if value[:2] == _AS_IT_IS else value


class PackedText(TypeDecorator[str]):
    """Words. SQLite stores them packed; PostgreSQL packs long ones by itself. Rows of earlier versions hold text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | bytes | None:
        """As they are stored."""
        if value is None or len(value) < _SMALLEST or dialect.name != "sqlite":
            return value
        return _PACKED + zlib.compress(value.encode(), _LEVEL)

    def process_result_value(self, value: str | bytes | None, _dialect: Dialect) -> str | None:
        """As they were."""
        return _unpacked(value).decode(errors="replace") if isinstance(value, bytes) else value


def _pack(value: bytes) -> bytes:
    """A stream of zlib's (RFC 1950). Repetitions are looked for in words alone: in files that takes thrice as long."""
    if len(value) <= _WORDS:
        return zlib.compress(value, _LEVEL)
    words, files = (
        zlib.compressobj(_LEVEL),
        zlib.compressobj(_LEVEL, wbits=-zlib.MAX_WBITS, strategy=zlib.Z_HUFFMAN_ONLY),
    )
    beginning = words.compress(value[:_WORDS]) + words.flush(zlib.Z_FULL_FLUSH)
    rest = files.compress(memoryview(value)[_WORDS:]) + files.flush()
    return beginning + rest + zlib.adler32(value).to_bytes(4, "big")


def _unpacked(stored: bytes) -> bytes:
    unpacking = zlib.decompressobj()
    try:
        return unpacking.decompress(stored[2:]) + unpacking.unused_data
    except zlib.error:  # changed behind the service's back: its checksum tells of it
        return stored
