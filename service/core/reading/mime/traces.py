"""What a document holds that its reader may not see: tracked changes, comments, hidden text, notes, and what can run.

Only looked for, never opened as a document: the parts of a zip that can hold it are searched as they come, so that no
file costs more than the bounds below, whatever it unpacks to. What lies beyond them may hide what can run.
What can run is looked for in every part, whatever its name: a part that begins as a document is judged as one.
Sources: ECMA-376 parts 1 (WordprocessingML 17.13, SpreadsheetML 18.2.19, PresentationML 19.3.1.38), OpenDocument 1.3
(5.5, 14.1), ISO 32000-1 section 12.5.6 (annotations). What can run: `runnable`.
"""

from __future__ import annotations

import enum
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Final

from service.core.reading.mime import runnable


class Trace(enum.StrEnum):
    """What may be in a document besides what it shows."""

    CHANGES = "changes"
    COMMENTS = "comments"
    HIDDEN = "hidden"
    NOTES = "notes"
    RUNS = "runs"  # macros, or an object such as a packed program
    FETCHES = "fetches"  # an object or a template from elsewhere, when it is opened
    UNSEEN = "unseen"  # not all of it could be looked at: locked, broken or vast


LARGEST: Final = 16 << 20
"""Bytes; a larger file is not looked at: it goes along with no letter."""
_MOST_PARTS = 5_000
_LARGEST_PART = 8 << 20  # unpacked; the rest of it is not looked at
_LARGEST_WHOLE = 32 << 20
_CHUNK = 1 << 16
_OVERLAP = 300  # bytes: no mark that is looked for is longer

_NATIVE = rb"\x01\0O\0l\0e\x001\x000\0N\0a\0t\0i\0v\0e"
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
    (r"(?i:.*/(?:embeddings|activeX)/.*\.bin|Object .*)", _NATIVE, Trace.RUNS),
    (_WORD, rb"(?:<w:instrText[^>]{0,100}>|\bw:instr=.)\s{0,20}DDE", Trace.RUNS),
    (_SHEET + r"externalLinks/[^/]+\.xml", rb"<(?:\w{1,9}:)?ddeLink[ >]", Trace.RUNS),
)
_Mark = tuple[re.Pattern[bytes], Trace]
_PARTS = tuple((re.compile(part), re.compile(mark), trace) for part, mark, trace in _IN_ZIP)


def traces(content: bytes) -> tuple[Trace, ...]:
    """The traces in a document, each once; none where it is no document that we know."""
    found = set(_found(content, _Left(), _DEEPEST))
    return tuple(trace for trace in Trace if trace in found)


_HEAD = 1024
_DEEPEST = 4
_ZIP = b"PK\x03\x04"
_UNREADABLE = (zipfile.BadZipFile, zlib.error, ValueError, RuntimeError, NotImplementedError, OSError, EOFError)


@dataclass(slots=True)
class _Left:
    """How many bytes of a file may still be unpacked, and how many parts looked at, those of parts among them."""

    unpacked: int = _LARGEST_WHOLE
    shown: int = _LARGEST_WHOLE  # of what can do no harm, such as a workbook's rows: else what can would lie behind it
    parts: int = _MOST_PARTS


def may_have_traces(beginning: bytes) -> bool:
    """Whether a file that begins so is worth looking at."""
    known = beginning.startswith((_ZIP, runnable.COMPOUND)) or runnable.is_rtf(beginning)
    return known or b"%PDF-" in beginning[:_HEAD]


def _found(content: bytes, left: _Left, deeper: int) -> Iterator[Trace]:
    """deeper: so many documents may still lie in each other."""
    if content.startswith(_ZIP):
        try:
            yield from _in_zip(content, left, deeper)
        except _UNREADABLE:
            yield Trace.UNSEEN
    elif content.startswith(runnable.COMPOUND):
        yield from _those((runnable.runs_in_compound(content), Trace.RUNS), (runnable.is_locked(content), Trace.UNSEEN))
    elif runnable.is_rtf(content):
        yield from _those((runnable.runs_in_rtf(content), Trace.RUNS), (runnable.rtf_fetches(content), Trace.FETCHES))
    elif b"%PDF-" in content[:_HEAD]:
        yield from _in_pdf(content)


def _those(*judged: tuple[bool, Trace]) -> Iterator[Trace]:
    return (trace for holds, trace in judged if holds)


def _in_zip(content: bytes, left: _Left, deeper: int) -> Iterator[Trace]:
    if _is_vast(content) or deeper <= 0:
        yield Trace.UNSEEN
        return
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        for entry in packed.infolist():
            left.parts -= 1
            if left.parts < 0:
                yield Trace.UNSEEN
                return
            with packed.open(entry) as part:
                beginning = part.read(_HEAD)
                wanted = [(mark, trace) for name, mark, trace in _PARTS if name.fullmatch(entry.filename)]
                yield from _in_part(entry.filename, beginning, part, left, deeper - 1)
                part.seek(0)
                yield from _sought(wanted, part, entry.file_size, left)


def _sought(wanted: Sequence[_Mark], part: IO[bytes], size: int, left: _Left) -> Iterator[Trace]:
    """The marks that such a part can have, as far as what is left of the bounds reaches."""
    harms = any(trace in _DANGERS for _, trace in wanted)
    most = min(_LARGEST_PART, left.unpacked if harms else left.shown)
    if harms:
        left.unpacked -= min(size, most)
    else:
        left.shown -= min(size, most)
    if most > 0 and wanted:
        for piece in _overlapping(_pieces(part), most):
            yield from (trace for mark, trace in wanted if mark.search(piece))
    elif harms:
        yield Trace.UNSEEN


def _in_part(name: str, beginning: bytes, rest: IO[bytes], left: _Left, deeper: int) -> Iterator[Trace]:
    """What can run or is fetched by a part of a document: it is judged as a file of its own."""
    if beginning.startswith(runnable.PROGRAMS):
        yield Trace.RUNS
        return
    is_linked = name.lower().endswith(".rels")
    if not (is_linked or may_have_traces(beginning)):
        return
    most = max(0, min(_LARGEST_PART, left.unpacked))
    whole = beginning + rest.read(most)
    left.unpacked -= len(whole)
    if len(whole) >= most:
        yield Trace.UNSEEN
    elif is_linked:
        yield from _those((runnable.fetches(whole), Trace.FETCHES))
    else:
        yield from (trace for trace in _found(whole, left, deeper) if trace in _DANGERS)


_DANGERS = frozenset({Trace.RUNS, Trace.FETCHES, Trace.UNSEEN})


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
_STREAM = re.compile(rb"stream\r?\n")
_DICTIONARY = 400  # bytes between the two
_LOCKED, _PLAIN_OBJECT = b"/Encrypt", b"<<"
_MOST_STREAMS = 1_000
_LARGEST_STREAM = 1 << 20


def _in_pdf(content: bytes) -> Iterator[Trace]:
    """Comments, marks or strokes, and what starts a program or opens a file that is packed in it."""
    files = scripts = False
    for text in (content, *_object_streams(content)):
        files, scripts = files or runnable.holds_files(text), scripts or runnable.holds_scripts(text)
        yield from _those(
            (bool(_ANNOTATION.search(text)), Trace.COMMENTS),
            (runnable.runs_in_pdf(text) or (files and scripts), Trace.RUNS),
            (text == _MORE, Trace.UNSEEN),
        )


_MORE = b""
"""Stands for what lies beyond the bounds."""


def _object_streams(content: bytes) -> Iterator[bytes]:
    """What stands in compressed streams of objects, within bounds."""
    left = _LARGEST_WHOLE
    is_locked = _LOCKED in content
    for number, objects in enumerate(runnable.OBJECTS.finditer(content)):
        if left <= 0 or number >= _MOST_STREAMS:
            yield _MORE
            return
        begins = _STREAM.search(content, objects.end(), objects.end() + _DICTIONARY)
        packed = memoryview(content)[begins.end() :][:_LARGEST_STREAM] if begins else None
        unpacked = _inflated(packed) if packed else b""
        left -= len(unpacked)
        yield from (unpacked,) if unpacked else ()
        # What is locked as a whole so that it opens without a password (banks, insurers) is read all the same.
        is_seen = unpacked or is_locked or (begins and _is_plain(content, begins.end()))
        if len(unpacked) == _LARGEST_STREAM or not is_seen:
            yield _MORE


def _is_plain(content: bytes, at: int) -> bool:
    """Whether the objects from there on stand unpacked, and so have been looked at with the rest."""
    return _PLAIN_OBJECT in content[at : content.find(b"endstream", at, at + _LARGEST_STREAM)]


def _inflated(packed: memoryview) -> bytes:
    try:
        return zlib.decompressobj().decompress(packed, _LARGEST_STREAM)
    except zlib.error:
        return b""
