"""From bytes to text: charsets, transfer encodings, format=flowed.

Nothing here raises on any input, and no letter is lost: what the declared charset can't read is read as UTF-8, and what
that can't read as Windows-1252, byte by byte.
"""

from __future__ import annotations

import binascii
import codecs
import re
import unicodedata
from typing import TYPE_CHECKING

from service.core.mail import MAX_LINE

if TYPE_CHECKING:
    from collections.abc import Iterator

CHUNK = 1 << 20

# Windows-1252 leaves five bytes undefined; browsers (WHATWG) read them as the control characters of the same number.
_CP1252 = [bytes([n]).decode("cp1252", "ignore") or chr(n) for n in range(256)]

# What senders call a charset, and the wider set that they mean by it.
_MEANT = {
    "ascii": None,
    "iso8859-1": "cp1252",
    "cp1252": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
    "utf-8-sig": "utf-8",
}
_ALIASES = {
    "utf": "utf-8",
    "unicode": "utf-8",
    "unicode-1-1-utf-7": "utf-7",
    "cp-850": "cp850",
    "ansi": "cp1252",
    "latin": "cp1252",
    "x-mac-roman": "mac_roman",
    "x-macintosh": "mac_roman",
    "x-gbk": "gb18030",
    "x-sjis": "cp932",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-8-e": "iso-8859-8",
    "windows-874": "cp874",
    "windows-31j": "cp932",
    "ks_c_5601-1987": "cp949",
}
# Codecs that are no charsets of mail: slow, or with another meaning of the bytes.
_NOT_TEXT = {
    "idna",
    "punycode",
    "unicode-escape",
    "unicode_escape",
    "raw-unicode-escape",
    "raw_unicode_escape",
    "undefined",
}

_CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\ud800-\udfff\ufeff]")
_C1 = re.compile("[\x80-\x9f]")
_LINE_ENDS = re.compile("\r\n?|\f|\x85|\u2028|\u2029")
_BEGIN_LINE_ENDS = "\r\f\x85\u2028\u2029"
# More marks on one letter than any language has (the stream-safe format of UAX 15): to bring them into Unicode's normal
# form takes time that grows with their square.
_COMBINING = "".join(chr(code) for code in range(0x300, 0x1E95B) if unicodedata.combining(chr(code)))
_TOO_MANY_MARKS = re.compile(f"([{_COMBINING}]{{30}})[{_COMBINING}]+")
# Found fifty times as fast, since hardly any text has them. The first stands alone: a repetition is sought slowly.
_MAY_BE_MARKS = re.compile("[\u0300-\U0001e95a][\u0300-\U0001e95a]{30}")


def _one_byte(error: UnicodeError) -> tuple[str, int]:
    """Read the bytes that are not UTF-8 as Windows-1252 (codec error handler)."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "".join(_CP1252[byte] for byte in error.object[error.start : error.end]), error.end


codecs.register_error("windows-1252", _one_byte)


def guess(data: bytes) -> str:
    """Read bytes of unknown charset: UTF-8 where it is that, Windows-1252 where it is not."""
    return data.decode("utf-8", "windows-1252")


def codec(charset: str | None) -> str | None:
    """Return the codec that a declared charset means; None when it is missing, unknown, ASCII or not for text."""
    if not charset:
        return None
    name = charset.strip(" \t\"'<>;,").lower()
    name = _ALIASES.get(name, name)
    if not re.fullmatch(r"[a-z0-9._:-]{2,40}", name):
        return None
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError):
        return None
    if found.name in _NOT_TEXT or not getattr(found, "_is_text_encoding", True):
        return None
    return _MEANT.get(found.name, found.name)


def decode(data: bytes, charset: str | None = None) -> tuple[str, str | None]:
    """Return the text and, where the declared charset was wrong, what was done instead."""
    name = codec(charset)
    if name is not None and name.startswith(("utf-16", "utf-32")) and b"\0" not in data:
        name = None
    if name is not None and name.startswith("utf-16"):
        data = data[: len(data) // 2 * 2]
    try:
        if name is not None:
            text = data.decode(name)
            return (_unmixed(data, text), None) if name == "cp1252" else (text, None)
    except (UnicodeError, ValueError):
        pass
    if name == "cp1252":
        return _unmixed(data, "".join([_CP1252[byte] for byte in data])), None
    if name is None or name == "utf-8":
        return guess(data), _not_utf8(data) if name else None
    return _salvaged(data, name, charset)


def _not_utf8(data: bytes) -> str:
    return f"text declared as UTF-8 is not: read as Windows-1252 ({len(data)} bytes)"


def _unmixed(data: bytes, text: str) -> str:
    """UTF-8 declared as Latin-1: taken for UTF-8 where it is valid; a text in Latin-1 hardly ever is by chance."""
    if text.isascii():
        return text
    try:
        other = data.decode("utf-8")
    except UnicodeDecodeError:
        return text
    return text if _C1.search(other) else other


def _salvaged(data: bytes, name: str, charset: str | None) -> tuple[str, str]:
    """Read text whose declared charset fails on some bytes."""
    try:
        return data.decode("utf-8"), f"text declared as {charset} was read as UTF-8"
    except UnicodeDecodeError:
        pass
    try:
        text = data.decode(name, "replace")
    except (UnicodeError, ValueError):
        text = "\ufffd"
    if text.count("\ufffd") * 50 <= len(text):
        return text, f"some bytes are not {charset}"
    return guess(data), f"text declared as {charset} was read as Windows-1252"


def clean(text: str) -> str:
    """Strip NUL, other control characters and lone surrogates; line ends become LF; no letter has above 30 accents."""
    if any(map(text.__contains__, _BEGIN_LINE_ENDS)):
        text = _LINE_ENDS.sub("\n", text)
    text = _CONTROLS.sub("", text)
    return _TOO_MANY_MARKS.sub(r"\1", text) if _MAY_BE_MARKS.search(text) else text


def one_line(text: str, longest: int = MAX_LINE) -> str:
    """Return the text with every run of white space as one space, cut to its first `longest` characters."""
    return " ".join(clean(text).split())[:longest]


def plain_name(text: str, longest: int = 500) -> str:
    """Return a name on one line, at most `longest` characters of it, without what makes it look like another one.

    Marks of direction turn the writing around ("faktura\u202efdp.exe" looks like a PDF), others cannot be seen at all.
    """
    return one_line("".join([c for c in text[: longest * 4] if unicodedata.category(c) != "Cf"]))[:longest].rstrip()


# Transfer encodings

_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
_FULL_LINE = 60
_NOT_BASE64 = bytes(set(range(256)) - set(_BASE64))
_PADDED = re.compile(rb"[^=]+=*")


def transfer_encoding(value: str) -> str:
    """Return what a Content-Transfer-Encoding means: base64, quoted-printable, uuencode or '' (as it is)."""
    name = value.strip(" \t\"'").split(";", 1)[0].split("(", 1)[0].strip().lower()
    if name in {"base64", "base-64", "b64"}:
        return "base64"
    if name in {"quoted-printable", "quotedprintable", "quoted_printable", "qp"}:
        return "quoted-printable"
    if name in {"uuencode", "x-uuencode", "uue", "x-uue"}:
        return "uuencode"
    return ""


def decoded(raw: bytes, start: int, end: int, encoding: str) -> Iterator[bytes]:
    """Yield the bytes of `raw[start:end]` with the transfer encoding taken off, about a megabyte at a time."""
    if encoding == "base64":
        yield from _base64(raw, start, end)
    elif encoding == "quoted-printable":
        for piece in _lines(raw, start, end):
            yield binascii.a2b_qp(piece)
    elif encoding == "uuencode":
        yield uudecoded(raw[start:end])
    else:
        for at in range(start, end, CHUNK):
            yield raw[at : min(at + CHUNK, end)]


def is_base64(raw: bytes, start: int, end: int) -> bool:
    """Whether the bytes look like what they are declared as (a sample is judged)."""
    lines = [line.strip() for line in raw[start : min(end, start + 4096)].strip().split(b"\n")[:8]]
    if lines[0].endswith(b"=") or len(lines[0]) >= _FULL_LINE:
        lines = lines[:1]  # what follows a short content may be a footer that a list server put there
    wrong = sum(len(line) - len(line.translate(None, _NOT_BASE64)) for line in lines)
    return wrong * 20 <= sum(map(len, lines))


def _lines(raw: bytes, start: int, end: int) -> Iterator[bytes]:
    """Yield pieces that end where a line ends."""
    while start < end:
        cut = raw.find(b"\n", min(start + CHUNK, end), end)
        stop = end if cut < 0 else cut + 1
        yield raw[start:stop]
        start = stop


def _base64(raw: bytes, start: int, end: int) -> Iterator[bytes]:
    """Decode base64 as it comes: stray characters, lost or early padding, cut ends.

    What follows the padding is decoded too where it looks like base64: some programs encode in portions.
    """
    rest = b""
    for at in range(start, end, CHUNK):
        letters = rest + raw[at : min(at + CHUNK, end)].translate(None, _NOT_BASE64)
        if b"=" in letters:
            stop = raw.find(b"=", at, end)
            if not is_base64(raw, min(stop + 2, end), end):
                letters = rest + raw[at:stop].translate(None, _NOT_BASE64)
                yield _quads(letters)
                return
            portions = _PADDED.findall(letters)
            rest = b"" if letters.endswith(b"=") else portions.pop()
            for portion in portions:
                yield _quads(portion.rstrip(b"="))
            letters = rest
        whole = len(letters) // 4 * 4
        yield binascii.a2b_base64(letters[:whole])
        rest = letters[whole:]
    yield _quads(rest)


def unpadded(lines: bytes) -> bytes:
    """Decode one run of base64: stray characters are ignored, and so is a padding that is lost, early or doubled."""
    letters = lines.replace(b"-", b"+").replace(b"_", b"/").translate(None, _NOT_BASE64)
    return b"".join(_quads(portion.rstrip(b"=")) for portion in _PADDED.findall(letters))


def _quads(letters: bytes) -> bytes:
    """Decode base64 letters without padding; a single letter over is nothing."""
    if len(letters) % 4 == 1:
        letters = letters[:-1]
    return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))


def uudecoded(block: bytes) -> bytes:
    """Decode uuencoded lines (with or without the begin and end lines)."""
    out = []
    for line in block.splitlines():
        if line.startswith(b"begin ") or not line.strip(b" `"):
            continue
        if line == b"end":
            break
        try:
            out.append(binascii.a2b_uu(line))
        except binascii.Error:
            # the count at the start of the line is right where trailing blanks were lost or added
            length = ((line[0] - 32) & 63) * 4 // 3 + 2
            try:
                out.append(binascii.a2b_uu(line[:length]))
            except binascii.Error:
                continue
    return b"".join(out)


_SIGNATURE = "-- "  # the line above a signature ends in a blank and is no soft break (RFC 3676 section 4.3)
_MAX_DEPTH = 10


def unflowed(text: str, *, delsp: bool = False) -> str:
    """Join the soft line breaks of format=flowed (RFC 3676); quote marks stay in front of the joined line."""
    paragraphs: list[list[str]] = []
    open_depth = -1
    for line in text.split("\n"):
        content = line.lstrip(">")
        depth = len(line) - len(content)
        content = content.removeprefix(" ")
        soft = content.endswith(" ") and content != _SIGNATURE
        piece = content[:-1] if soft and delsp else content
        if depth == open_depth and content != _SIGNATURE:
            paragraphs[-1].append(piece)
        else:
            paragraphs.append([">" * depth + (" " if depth else ""), piece])
        open_depth = depth if soft else -1
    lines = ["".join(paragraph) for paragraph in paragraphs]
    return "\n".join(line if line.endswith(_SIGNATURE) and len(line) < _MAX_DEPTH else line.rstrip() for line in lines)
