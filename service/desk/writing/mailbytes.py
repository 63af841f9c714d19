"""How headers, parts and files become the bytes of a mail (RFC 5322, MIME), and how its words are read back."""

from __future__ import annotations

import email.utils
import re
from binascii import a2b_qp, b2a_base64, b2a_qp
from collections.abc import Sequence
from dataclasses import dataclass
from email.header import Header
from functools import lru_cache
from html import unescape

_BOUNDARY = "=_synpunkten_"
FOLD = "\r\n "  # where a header goes on in the next line (RFC 5322 section 2.2.3)
_CONTENT_TYPE = re.compile(r"(?!message/|multipart/)[\w.+-]{1,80}/[\w.+-]{1,80}", re.ASCII)
_PIECES = re.compile("(?:%..|.){1,20}")
_UNSAFE = re.compile(r'[^ -~]|["\\?]')


@dataclass(frozen=True, slots=True)
class File:
    """A file that goes with a letter."""

    name: str
    content_type: str
    content: bytes


@lru_cache(maxsize=1_000)  # subjects come from templates and dates: the same ones all day
def encoded(value: str, *, phrase: bool = False) -> str:
    """A header value after RFC 2047, folded; a plain phrase with special characters is quoted."""
    value = _CONTROL.sub(" ", value)
    if value.isascii() and phrase:
        return value if value.replace(" ", "").isalnum() else email.utils.quote(value).join('""')
    charset = "us-ascii" if value.isascii() else "utf-8"
    return Header(value, charset, maxlinelen=75, header_name="Subject").encode(linesep="\r\n")


def build(headers: list[tuple[str, str]], text: str, page: str, files: Sequence[File], nonce: str) -> bytes:
    """The mail's bytes: alternative text and HTML, and the files beside them. Lines end with CRLF."""
    alternative = _multipart("alternative", [_leaf("text/plain", text), _leaf("text/html", page)], f"a{nonce}")
    whole = _multipart("mixed", [alternative, *map(_file, files)], f"m{nonce}") if files else alternative
    return b"".join(_field(name, value) for name, value in headers) + whole


def _field(name: str, value: str) -> bytes:
    """A header field. ValueError for what no header may hold: it would be another field, or another address."""
    if _CONTROL.search(value.replace(FOLD, " ")) or not value.isascii():
        raise ValueError(f"the header {name} would hold control characters or letters that are not ASCII")
    return f"{name}: {value}\r\n".encode("ascii")


_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def _multipart(kind: str, parts: list[bytes], boundary: str) -> bytes:
    mark = f"{_BOUNDARY}{boundary}"
    head = f'Content-Type: multipart/{kind}; boundary="{mark}"\r\n\r\n'.encode()
    opening = f"--{mark}\r\n".encode()
    return head + b"".join(opening + part + b"\r\n" for part in parts) + f"--{mark}--\r\n".encode()


def _leaf(content_type: str, text: str) -> bytes:
    coded = b2a_qp(text.encode("utf-8", "replace"), istext=True).replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    head = f"Content-Type: {content_type}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    return head.encode() + coded


def words_of(raw: bytes) -> tuple[str, str]:
    """The words of a letter that this module built: those of its text part, and those of its HTML, in their order.

    raw: the letter, or as much of its beginning as is at hand.
    """
    text, written = parts_of(raw)
    page = unescape(_TAG.sub("\n", written))
    return text, "\n".join(line for line in (" ".join(line.split()) for line in page.split("\n")) if line)


def parts_of(raw: bytes) -> tuple[str, str]:
    """The text part and the HTML part, as they were before they were coded, of a letter that this module built."""
    return _decoded_leaf(raw, b"text/plain"), _decoded_leaf(raw, b"text/html")


_TAG = re.compile(r"<[^<>]{0,2000}>")


def _decoded_leaf(raw: bytes, content_type: bytes) -> str:
    _, begins, rest = raw.partition(b"Content-Type: " + content_type)
    if not begins:
        return ""
    coded = rest.partition(b"\r\n\r\n")[2].partition(f"\r\n--{_BOUNDARY}".encode())[0]
    return a2b_qp(coded).decode("utf-8", "replace").replace("\r\n", "\n")


def _file(file: File) -> bytes:
    # A mail within the mail may not be coded (RFC 2046 5.2.1): it goes as a plain file, which keeps every byte of it.
    content_type = file.content_type if _CONTENT_TYPE.fullmatch(file.content_type) else "application/octet-stream"
    head = (
        f"Content-Type: {content_type}\r\n"
        f"Content-Transfer-Encoding: base64\r\n"
        f"Content-Disposition: attachment;{FOLD}{_file_name(file.name)}\r\n\r\n"
    )
    return head.encode() + _base64(file.content)


def _file_name(name: str) -> str:
    """The parameter after RFC 2231. One form only: of two, some programs would show the one without å ä ö."""
    if not _UNSAFE.search(name):
        return f'filename="{name}"'
    coded = email.utils.encode_rfc2231(name.encode("utf-8", "replace").decode(), "utf-8")
    first, *more = _PIECES.findall(coded)
    if not more:
        return f"filename*={first}"
    return f";{FOLD}".join(f"filename*{place}*={piece}" for place, piece in enumerate((first, *more)))


def _base64(content: bytes) -> bytes:
    width = 57
    return b"\r\n".join(b2a_base64(content[i : i + width], newline=False) for i in range(0, len(content), width))
