"""What a document holds that its reader may not see: tracked changes, comments, hidden text, notes, and what can run.

Only looked for, never opened as a document: the parts of a zip that can hold it are searched as they come, so that no
file costs more than the bounds below, whatever it unpacks to. What cannot be read has no traces that we know of.
Sources: ECMA-376 parts 1 (WordprocessingML 17.13, SpreadsheetML 18.2.19, PresentationML 19.3.1.38), OpenDocument 1.3
(5.5, 14.1), ISO 32000-1 section 12.5.6 (annotations). What can run: MS-OVBA 2.2.1, MS-XLS 2.4.28 (macro sheets), MS-PPT
2.4.10 (VBAInfoContainer), MS-OLEDS 2.3.6 (Ole10Native: a file in a document), RTF 1.9.1 (objects).
"""

from __future__ import annotations

import enum
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from typing import IO, Final


class Trace(enum.StrEnum):
    """What may be in a document besides what it shows."""

    CHANGES = "changes"
    COMMENTS = "comments"
    HIDDEN = "hidden"
    NOTES = "notes"
    RUNS = "runs"  # macros, or an object such as a packed program


LARGEST: Final = 16 << 20
"""Bytes; a larger file is not looked at: it goes along with no letter."""
_MOST_PARTS = 2_000
_LARGEST_PART = 8 << 20  # unpacked; the rest of it is not looked at
_LARGEST_WHOLE = 32 << 20
_CHUNK = 1 << 16
_OVERLAP = 300  # bytes: no mark that is looked for is longer

_WORD, _SHEET, _SLIDE = r"word/(?:document|header\d*|footer\d*|footnotes|endnotes)\.xml", r"xl/", r"ppt/"
_IN_ZIP: Final[tuple[tuple[str, bytes, Trace], ...]] = (
    (_WORD, rb"<w:(?:ins|del|moveFrom|moveTo|(?:rPr|pPr|sectPr|tblPr|trPr|tcPr)Change)[ >/]", Trace.CHANGES),
    (_WORD, rb"<w:vanish(?:/>|>| w:val=.(?:1|true|on))", Trace.HIDDEN),
    (r"word/comments\w*\.xml", rb"<w\w{0,6}:comment(?:Ex)?[ >]", Trace.COMMENTS),
    (_SHEET + r"workbook\.xml", rb"<sheet [^>]{0,250}state=.(?:hidden|veryHidden)", Trace.HIDDEN),
    (_SHEET + r"worksheets/sheet\d*\.xml", rb"<(?:row|col) [^>]{0,250}\bhidden=.(?:1|true)", Trace.HIDDEN),
    (_SHEET + r"(?:comments/)?comments?\d*\.xml", rb"<(?:\w{1,9}:)?comment[ >]", Trace.COMMENTS),
    (_SHEET + r"threadedComments/\w+\.xml", rb"<(?:\w{1,9}:)?threadedComment[ >]", Trace.COMMENTS),
    (_SHEET + r"revisions/revisionLog\d*\.xml", rb"<(?:\w{1,9}:)?revisions?[ >]", Trace.CHANGES),
    (_SLIDE + r"comments/\w+\.xml", rb"<(?:\w{1,9}:)?cm[ >]", Trace.COMMENTS),
    (_SLIDE + r"slides/slide\d*\.xml", rb"<p:sld [^>]{0,280}\bshow=.(?:0|false)", Trace.HIDDEN),
    (_SLIDE + r"notesSlides/notesSlide\d*\.xml", rb"<a:t>[^<]{0,40}[A-Za-z\xc3]{2}", Trace.NOTES),
    (r"content\.xml", rb"<text:tracked-changes", Trace.CHANGES),
    (r"content\.xml", rb"<office:annotation[ >]", Trace.COMMENTS),
    (r"(?i:.*vbaProject\.bin|.*/macrosheets/.+|Scripts/.+)", rb"(?s:.)", Trace.RUNS),
    (r"Basic/.+/(?!script-lb|dialog-lb).+\.xml", rb"(?s:.)", Trace.RUNS),
    (r"(?i:.*/(?:embeddings|activeX)/.*\.bin|Object .*)", rb"\x01\0O\0l\0e\x001\x000\0N\0a\0t\0i\0v\0e", Trace.RUNS),
)
_PARTS = tuple((re.compile(part), re.compile(mark), trace) for part, mark, trace in _IN_ZIP)


def traces(content: bytes) -> tuple[Trace, ...]:
    """The traces in a document, each once; none where it is no document that we know, or cannot be read."""
    if content.startswith(b"PK\x03\x04"):
        try:
            found = set(_in_zip(content))
        except _UNREADABLE:
            found = set()
        return tuple(trace for trace in Trace if trace in found)
    if content.startswith((_COMPOUND, _RTF)):
        return (Trace.RUNS,) if (_IN_COMPOUND if content.startswith(_COMPOUND) else _IN_RTF).search(content) else ()
    if b"%PDF-" in content[:_HEAD]:
        return (Trace.COMMENTS,) if _is_annotated(content) else ()
    return ()


_HEAD = 1024
_COMPOUND, _RTF = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"{\\rt"
_IN_COMPOUND = re.compile(
    b"|".join(
        (
            "_VBA_PROJECT".encode("utf-16-le"),  # Word's and Excel's macros, by the name of their place
            "\x01Ole10Native".encode("utf-16-le"),
            rb"\x85\0[\x06-\xff]\0.{4}[\0-\x02]\x01",  # a sheet of Excel 4 macros
            rb"\x1f\0\xff\x03\x14\0{3}\x02\0\0\x04\x0c\0{3}.{4}\x01",  # PowerPoint: there are macros
        )
    ),
    re.DOTALL,
)
_IN_RTF = re.compile(rb"\\obj(?:data|emb|ocx|html|link|autlink|update|sub|pub|icemb)(?![a-z])")
_UNREADABLE = (zipfile.BadZipFile, zlib.error, ValueError, RuntimeError, NotImplementedError, OSError, EOFError)


def may_have_traces(beginning: bytes) -> bool:
    """Whether a file that begins so is worth looking at."""
    return beginning.startswith((b"PK\x03\x04", _COMPOUND, _RTF)) or b"%PDF-" in beginning[:_HEAD]


def _in_zip(content: bytes) -> Iterator[Trace]:
    left = _LARGEST_WHOLE
    if _is_vast(content):
        return
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        for entry in packed.infolist()[:_MOST_PARTS]:
            wanted = [(mark, trace) for part, mark, trace in _PARTS if part.fullmatch(entry.filename)]
            if not wanted or left <= 0:
                continue
            with packed.open(entry) as part:
                most = min(_LARGEST_PART, left)
                left -= min(entry.file_size, most)
                for piece in _overlapping(_pieces(part), most):
                    yield from (trace for mark, trace in wanted if mark.search(piece))


def _is_vast(content: bytes) -> bool:
    """Whether the zip's own directory is larger than any document's (APPNOTE 4.3.16): it is read whole."""
    end = content.rfind(b"PK\x05\x06")
    if end < 0 or len(content) < end + _END.size:
        return True
    _, count, size = _END.unpack_from(content, end)
    return bool(count > _MOST_PARTS or size > _LARGEST_DIRECTORY)


_END = struct.Struct("<10sHI")
_LARGEST_DIRECTORY = 1 << 20


def _pieces(part: IO[bytes]) -> Iterator[bytes]:
    while piece := part.read(_CHUNK):
        yield piece


def _overlapping(pieces: Iterable[bytes], most: int) -> Iterator[bytes]:
    """The pieces, each with the end of the one before, so that no mark is cut in two; at most so many bytes of them."""
    tail, seen = b"", 0
    for piece in pieces:
        yield tail + piece
        tail, seen = piece[-_OVERLAP:], seen + len(piece)
        if seen >= most:
            return


_ANNOTATION = re.compile(
    rb"/Subtype\s{0,4}/(?:Text|FreeText|Highlight|Underline|Squiggly|StrikeOut|Caret|Ink|Stamp|Redact|FileAttachment)\b"
)
_OBJECTS = re.compile(rb"/ObjStm\b.{0,400}?stream\r?\n", re.DOTALL)
_MOST_STREAMS = 200
_LARGEST_STREAM = 1 << 20


def _is_annotated(content: bytes) -> bool:
    """Whether a PDF has comments, marks or strokes; objects in compressed streams are looked at within bounds."""
    if _ANNOTATION.search(content):
        return True
    left = _LARGEST_WHOLE
    for number, begins in enumerate(_OBJECTS.finditer(content)):
        if number >= _MOST_STREAMS or left <= 0:
            return False
        unpacked = _inflated(content[begins.end() : begins.end() + _LARGEST_STREAM])
        left -= len(unpacked)
        if _ANNOTATION.search(unpacked):
            return True
    return False


def _inflated(packed: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(packed, _LARGEST_STREAM)
    except zlib.error:
        return b""
