"""Texts whose bytes are not in the transfer encoding that they are declared in.

Gateways and list servers put a line above or below a text without a look at its encoding, and lose the field that names
it. RFC 2045 section 6.8 has characters outside the alphabet of base64 ignored: between its letters they are, but a line
of words is no stray character.
"""

from __future__ import annotations

import binascii
import codecs
import re
from dataclasses import dataclass

from service.core.reading.mime import decoding

_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=_-"
_QUOTE_MARKS = b" \t\r>"
_STRAY_SHARE = 20  # one stray character in so many letters
_ONE_CHARACTER = 2  # bytes, outside ASCII
_SHORTEST = 6  # letters; a shorter line may be a word
_MOST_LINES = 60_000  # a text of four megabytes in base64 has fewer
_UNDECLARED = 40
_GLUED = re.compile(rb"^([A-Za-z0-9+/]{6,998}={1,2})(?=[^=\s])", re.MULTILINE)
# Words are small letters after one capital; encoded text is not.
_MIXED = re.compile(rb"[0-9+/=]|[a-z][A-Z]|[A-Z]{2}")
_ESCAPED_LETTER = re.compile(rb"=[CDEF][0-9A-F]=[89AB][0-9A-F]")
_BARE_EQUALS = re.compile(rb"=(?![0-9A-F]{2}|[ \t]*\r?\n)")
# Charsets whose texts hold bytes that are control characters elsewhere.
_OTHERWISE = ("utf-16", "utf-32", "utf-7", "iso2022", "hz")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffd]")
_MOSTLY_ASCII = 0.7
_ASCII = bytes(range(128))


@dataclass(frozen=True, slots=True)
class Found:
    """A text in UTF-8, freed of its encoding, and what was odd about it ('': nothing)."""

    text: bytes
    warning: str = ""


def as_found(body: bytes, declared: str | None, charset: str | None) -> Found | None:
    """Return the text where its encoding is not as declared (None: no field says); None where the declaration is right.

    `body` is the whole body of a text part, `declared` what `decoding.transfer_encoding` made of its field.
    """
    if declared == "base64":
        return _base64_and_words(body, charset)
    if declared is None:
        return _undeclared(body, charset)
    return None


def _undeclared(body: bytes, charset: str | None) -> Found | None:
    if len(_ESCAPED_LETTER.findall(body[:4096])) > 1 and not _BARE_EQUALS.search(body):
        text = decoding.decode(binascii.a2b_qp(body), charset)[0]
        return Found(text.encode("utf-8", "replace"), "quoted-printable that is not declared")
    lines = body.split()
    if lines and len(lines[0]) >= _UNDECLARED and all(map(_is_encoded, lines)):
        data = decoding.unpadded(b"".join(lines))
        if reads_as_text(data):
            text = decoding.decode(data, charset)[0]
            return Found(text.encode("utf-8", "replace"), "base64 that is not declared")
    return None


def _base64_and_words(body: bytes, charset: str | None) -> Found | None:
    """Decode what is base64 in the body and keep the lines of words above and below; None if all or nothing is."""
    lines = _GLUED.sub(rb"\1\n", body).split(b"\n")
    if (decoding.codec(charset) or "").startswith(_OTHERWISE) or len(lines) > _MOST_LINES:
        return None
    if _is_all_base64(lines):
        return Found(decoding.decode(decoding.unpadded(b"".join(lines)), charset)[0].encode("utf-8", "replace"))
    out: list[bytes] = []
    runs = 0
    at = 0
    while at < len(lines):
        stop = _run(lines, at)
        data = decoding.unpadded(b"".join(lines[at:stop]))
        if data and reads_as_text(data):
            out.append(decoding.decode(data, charset)[0].rstrip("\r\n").encode("utf-8", "replace"))
            runs += 1
        else:  # none of its lines is looked at again: the work stays in proportion to the text
            stop = max(stop, at + 1)
            out += [decoding.guess(line.rstrip(b"\r")).encode("utf-8", "replace") for line in lines[at:stop]]
        at = stop
    if runs:
        return Found(b"\n".join(out), "base64 with lines of words above or below: both were read")
    data = decoding.unpadded(body)
    if any(map(_is_encoded, lines)) or not data.strip() or reads_as_text(data):
        return None
    return Found(b"\n".join(out), "a part that is declared as base64 is not")


def _is_all_base64(lines: list[bytes]) -> bool:
    """Whether every line may be base64, and all together are a text."""
    full = [line for line in lines if line.strip()]
    if not full or not all(map(_is_encoded, full[:-1])):
        return False
    if not _is_encoded(full[-1]):
        return _completes(full[:-1], full[-1])
    return reads_as_text(decoding.unpadded(b"".join(full)))


def _run(lines: list[bytes], start: int) -> int:
    """Return where the run of base64 lines that begins at `start` ends: lines of one length, and a shorter last one."""
    length = at = 0
    for at in range(start, len(lines)):
        letters = _letters(lines[at])
        if not _is_encoded(lines[at]):
            return at + 1 if _completes(lines[start:at], lines[at]) else at
        if length and letters > length:
            return at
        if (length and letters < length) or lines[at].rstrip(b" \t\r").endswith(b"="):
            return at + 1
        length = letters
    return len(lines)


_GROUP = re.compile(rb"[A-Za-z0-9+/]{2}(?:[A-Za-z0-9+/]{0,2}|[A-Za-z0-9+/]?={1,2})")


def _completes(run: list[bytes], line: bytes) -> bool:
    """Whether a line too short to be known by itself is the last group of a run: one text in nineteen ends so.

    A word of four letters is one as well; decoded it is no text, or breaks the text above it.
    """
    group = line.strip(_QUOTE_MARKS)
    if not run or not _GROUP.fullmatch(group):
        return False
    data = decoding.unpadded(b"".join([*run, group]))
    if not reads_as_text(data):
        return False
    if _is_utf_8(data, final=True) or group.endswith(b"="):
        return True
    # A text in another charset, which any bytes fit
    return _MIXED.search(group[1:]) is not None and not _is_utf_8(decoding.unpadded(b"".join(run)))


def _is_utf_8(data: bytes, *, final: bool = False) -> bool:
    """Whether the bytes are UTF-8, cut off at their end at most unless `final`."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(data, final)
    except UnicodeDecodeError:
        return False
    return True


def _letters(line: bytes) -> int:
    return len(line) - len(line.translate(None, _LETTERS))


def _is_encoded(line: bytes) -> bool:
    """Whether the line may be base64, a stray character or the mark of a quotation apart."""
    letters = line.strip(_QUOTE_MARKS)
    right = _letters(letters)
    strays = len(letters) - right
    few = strays * _STRAY_SHARE <= len(letters) or (strays <= _ONE_CHARACTER and b" " not in letters)
    return right >= _SHORTEST and few and _MIXED.search(letters[1:]) is not None


def reads_as_text(data: bytes) -> bool:
    """Whether decoded bytes are a text: UTF-8 (cut off at its end at most), or mostly ASCII, without controls."""
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(data)
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
        if len(data) - len(data.translate(None, _ASCII)) < _MOSTLY_ASCII * len(data):
            return False
    return bool(text.strip()) and not _CONTROLS.search(text)
