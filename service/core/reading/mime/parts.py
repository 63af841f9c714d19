"""The tree of parts of a mail, as places in its bytes.

Nothing is copied: a part knows where its body begins and ends, and decodes it piece by piece when asked. A mail of
100 MB is therefore read in little more memory than itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from service.core.reading.mime import decoding, headers, transfer

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_DEPTH = 25
MAX_PARTS = 1000
MAX_MENDED = 4_000_000  # bytes of a text part that are looked at for a wrong encoding

_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,100}/[a-z0-9!#$&^_.+-]{1,100}")
_GUESSED_BOUNDARY = re.compile(
    rb"(?:\A|\n)--([^\s][^\r\n]{0,98}?)[ \t]*\r?\n(?=(?:[ \t]*\r?\n)?Content-)", re.IGNORECASE
)
_GUESSED_WITHIN = 64 * 1024
_CR = b"\r"[0]


@dataclass(slots=True)
class Part:
    """A part of a mail: its header fields and the place of its body in `raw`."""

    raw: bytes = field(repr=False)
    start: int
    end: int
    fields: headers.Fields
    content_type: str = "text/plain"
    parameters: dict[str, str] = field(default_factory=dict)
    disposition: str = ""
    disposition_parameters: dict[str, str] = field(default_factory=dict)
    encoding: str = ""
    children: list[Part] = field(default_factory=list)
    parent: str = ""  # content type of the multipart around it

    def __post_init__(self) -> None:
        """Read the MIME fields."""
        declared, self.parameters = headers.parameters(headers.first(self.fields, "content-type"))
        if declared == "text":
            declared = "text/plain"
        if _TYPE.fullmatch(declared):
            self.content_type = declared
        elif self.parent == "multipart/digest":
            self.content_type = "message/rfc822"
        self.disposition, self.disposition_parameters = headers.parameters(
            headers.first(self.fields, "content-disposition")
        )
        self.encoding = decoding.transfer_encoding(headers.first(self.fields, "content-transfer-encoding"))

    @property
    def main_type(self) -> str:
        """What stands before the slash of the content type."""
        return self.content_type.partition("/")[0]

    @property
    def charset(self) -> str | None:
        """The declared charset."""
        return self.parameters.get("charset")

    @property
    def declared_name(self) -> str:
        """The file name as declared, '' if there is none."""
        return self.disposition_parameters.get("filename") or self.parameters.get("name") or ""

    @property
    def content_id(self) -> str:
        """The Content-ID without its angle brackets."""
        return headers.first(self.fields, "content-id").strip().strip("<>")

    def pieces(self) -> Iterator[bytes]:
        """Yield the decoded body, about a megabyte at a time."""
        return decoding.decoded(self.raw, self.start, self.end, self.encoding)

    def content(self, limit: int | None = None) -> bytes:
        """Return the decoded body, or its first `limit` bytes."""
        out: list[bytes] = []
        size = 0
        for piece in self.pieces():
            out.append(piece)
            size += len(piece)
            if limit is not None and size >= limit:
                break
        return b"".join(out)[:limit]


class Splitter:
    """Splits a mail into its parts and keeps count: nesting and numbers are limited, and what is odd is noted."""

    def __init__(self) -> None:
        """Begin with nothing found."""
        self.parts = 0
        self.warnings: list[str] = []

    def quiet(self) -> Splitter:
        """Return a splitter for an attached mail: it shares the count of parts, its warnings are not this mail's."""
        other = Splitter()
        other.parts = self.parts
        return other

    def warn(self, warning: str) -> None:
        """Note what could not be read as it stands, once."""
        if warning not in self.warnings:
            self.warnings.append(warning)

    def split(self, raw: bytes, start: int = 0, end: int | None = None, depth: int = 0, parent: str = "") -> Part:
        """Return the tree of the part that stands in `raw[start:end]`."""
        end = len(raw) if end is None else end
        self.parts += 1
        fields, body, warnings = headers.cut(raw, start, end)
        for warning in warnings:
            self.warn(warning)
        part = Part(raw, min(body, end), end, fields, parent=parent)
        if part.main_type == "text" and part.end - part.start <= MAX_MENDED:
            self._mend(part)
        if part.encoding == "base64" and not decoding.is_base64(raw, part.start, part.end):
            self.warn("a part that is declared as base64 is not")
            part.encoding = ""
        if part.main_type == "multipart" or self._is_undeclared_multipart(part):
            self._split_multipart(part, depth)
        return part

    def _mend(self, part: Part) -> None:
        """Put the text in the place of its bytes where they are not in the encoding that is declared."""
        declared = part.encoding if headers.first(part.fields, "content-transfer-encoding") else None
        found = transfer.as_found(part.raw[part.start : part.end], declared, part.charset)
        if found:
            if found.warning:
                self.warn(found.warning)
            part.raw, part.start, part.end, part.encoding = found.text, 0, len(found.text), ""
            part.parameters["charset"] = "utf-8"

    @staticmethod
    def _is_undeclared_multipart(part: Part) -> bool:
        """Whether a text begins with a boundary line and part headers: the Content-Type was lost on the way."""
        if part.content_type != "text/plain" or part.encoding:
            return False
        opening = part.raw[part.start : min(part.end, part.start + 200)].lstrip()
        return opening.startswith((b"--", b"This is a multi-part")) and _guess_boundary(part) is not None

    def _split_multipart(self, part: Part, depth: int) -> None:
        if part.encoding:
            part.raw = part.content()
            part.start, part.end, part.encoding = 0, len(part.raw), ""
        boundary = part.parameters.get("boundary", "").encode("utf-8", "replace").rstrip()
        spans = _spans(part, boundary) if boundary else []
        if not spans:
            guessed = _guess_boundary(part)
            self.warn("a multipart without its boundary")
            spans = _spans(part, guessed) if guessed else []
        if not spans:
            part.content_type = "text/html" if _looks_like_html(part) else "text/plain"
            return
        if part.main_type != "multipart":
            self.warn("a multipart that is not declared as one")
            part.content_type = "multipart/mixed"
        if depth >= MAX_DEPTH:
            self.warn(f"parts nested deeper than {MAX_DEPTH} levels were left unread")
            part.content_type = "application/octet-stream"
            return
        for start, end in spans:
            if self.parts >= MAX_PARTS:
                self.warn(f"more than {MAX_PARTS} parts: the rest was left unread")
                break
            part.children.append(self.split(part.raw, start, end, depth + 1, part.content_type))


def _guess_boundary(part: Part) -> bytes | None:
    found = _GUESSED_BOUNDARY.search(part.raw[part.start : min(part.end, part.start + _GUESSED_WITHIN)])
    return found[1] if found else None


def _looks_like_html(part: Part) -> bool:
    return b"<html" in part.raw[part.start : min(part.end, part.start + 2000)].lower()


_SOMETHING = re.compile(rb"\S")


def _spans(part: Part, boundary: bytes) -> list[tuple[int, int]]:
    """Return where the parts of a multipart begin and end (RFC 2046 section 5.1.1); the last may lack its end."""
    raw, end = part.raw, part.end
    mark = b"\n--" + boundary
    spans: list[tuple[int, int]] = []
    opened = -1
    for at in _line_feeds_before(raw, mark, part.start, end):
        after = at + len(mark)
        closing = raw[after : after + 2] == b"--"
        line_end = raw.find(b"\n", after, end)
        line_end = end if line_end < 0 else line_end
        if raw[after + 2 * closing : min(line_end, after + 100)].strip():
            continue
        if opened >= 0:
            spans.append((opened, max(opened, at - (raw[at - 1] == _CR))))
        opened = -1 if closing else min(line_end + 1, end)
        if len(spans) > MAX_PARTS:
            return spans
    if opened >= 0 and _SOMETHING.search(raw, opened, end):  # a cut-off mail may be large: not copied for a look
        spans.append((opened, end))
    return spans


def _line_feeds_before(raw: bytes, mark: bytes, start: int, end: int) -> Iterator[int]:
    """Yield where `mark`, which begins with a line feed, stands; -1 if the bytes begin with the rest of it."""
    if start == 0 and raw.startswith(mark[1:]):
        yield -1
    at = raw.find(mark, max(start - 1, 0), end)
    while at >= 0:
        yield at
        at = raw.find(mark, at + len(mark) - 1, end)
