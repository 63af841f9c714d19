"""Files that wrap a mail or files: winmail.dat (TNEF) and signed S/MIME."""

from __future__ import annotations

import logging
import mimetypes
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tnefparse import TNEF

from service.core.reading.mime import decoding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from service.core.reading.mime.parts import Part

MAX_WRAPPED = 40_000_000
_MAX_OBJECTS = 2000

logging.getLogger("tnefparse").setLevel(logging.CRITICAL)  # it logs what it can't read, names included


@dataclass(frozen=True, slots=True)
class Unpacked:
    """What a winmail.dat holds: named files, the text and the HTML of the mail."""

    files: list[tuple[str, bytes]]
    text: str
    html: str


def guess_type(name: str) -> str:
    """Return the content type that a file name speaks of."""
    return mimetypes.guess_type(name)[0] or "application/octet-stream"


def is_tnef(part: Part) -> bool:
    """Whether the part is Outlook's wrapper around files and formatting."""
    return part.content_type in {"application/ms-tnef", "application/vnd.ms-tnef"} or (
        part.declared_name.lower() == "winmail.dat"
    )


def unpack_tnef(part: Part) -> Unpacked | None:
    """Unpack winmail.dat; None if it can't be read."""
    if part.end - part.start > MAX_WRAPPED:
        return None
    data = part.content()
    if _tnef_objects(data) > _MAX_OBJECTS:
        return None
    try:
        tnef = TNEF(data, do_checksum=False)
        files = [(_string(item.long_filename()), bytes(item.data)) for item in tnef.attachments]
        return Unpacked(files, _string(tnef.body), _string(tnef.htmlbody))
    except Exception:  # noqa: BLE001 - the library raises anything on a damaged file
        return None


def _tnef_objects(data: bytes) -> int:
    """Count the objects: the library copies the rest of the file for each."""
    at = 6
    count = 0
    while at + 9 <= len(data) and count <= _MAX_OBJECTS:
        at += 11 + int.from_bytes(data[at + 5 : at + 9], "little")
        count += 1
    return count


def _string(value: object) -> str:
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, bytes):
        value = decoding.guess(value)
    return str(value or "").strip("\0")


def is_smime(part: Part) -> bool:
    """Whether the part is an S/MIME wrapper that holds the mail itself (not a signature beside it)."""
    return part.content_type in {"application/pkcs7-mime", "application/x-pkcs7-mime"}


_SIGNED_DATA = bytes.fromhex("2a864886f70d010702")
_DATA = bytes.fromhex("2a864886f70d010701")
_SEQUENCE, _OID, _OCTETS, _OCTETS_IN_PARTS, _EXPLICIT = 0x30, 0x06, 0x04, 0x24, 0xA0


def signed_content(data: bytes) -> bytes | None:
    """Return the mail inside CMS SignedData (RFC 5652 section 5); None if it is encrypted or can't be read.

    The signature is not verified: that is the mail server's business.
    """
    try:
        content_info = dict(_elements(data, 0, len(data), 1))[_SEQUENCE]
        oid, signed = _pair(data, content_info)
        if data[slice(*oid)] != _SIGNED_DATA:
            return None
        signed_data = next(place for tag, place in _elements(data, *signed, 1) if tag == _SEQUENCE)
        inner = [place for tag, place in _elements(data, *signed_data, 3) if tag == _SEQUENCE][-1]
        oid, content = _pair(data, inner)
        if data[slice(*oid)] != _DATA:
            return None
        return b"".join(_octets(data, *content, 0))
    except (IndexError, KeyError, ValueError, StopIteration, RecursionError):
        return None


Place = tuple[int, int]


def _pair(data: bytes, place: Place) -> tuple[Place, Place]:
    """Return the two elements of a ContentInfo: the kind and the content."""
    (first, oid), (second, content) = list(_elements(data, *place, 2))
    if first != _OID or second != _EXPLICIT:
        raise ValueError("no ContentInfo")
    return oid, content


def _octets(data: bytes, start: int, end: int, depth: int) -> Iterator[bytes]:
    if depth > 3:  # noqa: PLR2004 - strings in parts in parts do not occur
        raise ValueError("nested too deep")
    for tag, place in _elements(data, start, end, None):
        if tag == _OCTETS:
            yield data[slice(*place)]
        elif tag == _OCTETS_IN_PARTS:
            yield from _octets(data, *place, depth + 1)


def _elements(data: bytes, start: int, end: int, count: int | None) -> Iterator[tuple[int, Place]]:
    """Yield up to `count` BER elements: the tag and where the content stands."""
    while start < end and count != 0:
        tag, length = data[start], data[start + 1]
        start += 2
        if length == 0x80:  # noqa: PLR2004 - BER's mark for: ends with two zero bytes
            stop = _end_of_indefinite(data, start, end, 0)
            yield tag, (start, stop)
            start = stop + 2
        else:
            if length > 0x80:  # noqa: PLR2004 - the length stands in the next bytes
                size = length & 0x7F
                length = int.from_bytes(data[start : start + size], "big")
                start += size
            if not tag:
                return
            if start + length > end:
                raise ValueError("cut short")
            yield tag, (start, start + length)
            start += length
        count = None if count is None else count - 1


def _end_of_indefinite(data: bytes, start: int, end: int, depth: int) -> int:
    """Return where the two zero bytes stand that end an element of indefinite length."""
    if depth > 10:  # noqa: PLR2004 - a signed mail has five levels
        raise ValueError("nested too deep")
    at = start
    while data[at : at + 2] != b"\0\0":
        if at >= end:
            raise ValueError("cut short")
        length = data[at + 1]
        at += 2
        if length == 0x80:  # noqa: PLR2004 - see above
            at = _end_of_indefinite(data, at, end, depth + 1) + 2
        elif length > 0x80:  # noqa: PLR2004 - see above
            size = length & 0x7F
            at += size + int.from_bytes(data[at : at + size], "big")
        else:
            at += length
    return at
