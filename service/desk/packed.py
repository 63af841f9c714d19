"""The bytes of mails as the register stores them: compressed where that makes them smaller, and read as they were.

A letter of ours is words in two forms, so two thirds of it go. Rows of earlier versions, and large mails, which hold
pictures, are stored as they are: what is stored tells by its beginning how it is to be read.
"""

from __future__ import annotations

import zlib
from typing import Final

from sqlalchemy import Dialect, LargeBinary, TypeDecorator

LARGE: Final = 1 << 20
"""In bytes: a larger mail is stored as it is."""
_PACKED, _AS_IT_IS = b"\0z", b"\0="
_SMALLEST = 500
_LEVEL = 1  # the higher ones take half as long again for a twentieth of the bytes


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
            packed = _PACKED + zlib.compress(value, _LEVEL)
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


def _unpacked(stored: bytes) -> bytes:
    unpacking = zlib.decompressobj()
    try:
        return unpacking.decompress(stored[2:]) + unpacking.unused_data
    except zlib.error:  # changed behind the service's back: its checksum tells of it
        return stored
