"""What a person sees of a mail: its text, its HTML body, its files."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import unquote

from service.core.mail import MAX_TEXT
from service.core.reading.mime import decoding, markup, wrappers
from service.core.reading.mime.files import File, file_of

if TYPE_CHECKING:
    from service.core.reading.mime.parts import Part, Splitter

_MAX_FILES = 2_000  # in one text, uuencoded; what comes after them stays text

# Kinds of text that are files even without a name
_TEXT_FILES = {"calendar", "csv", "vcard", "x-vcard", "directory", "rtf", "xml", "css", "javascript", "x-amp-html"}
_REPORTS = {
    "message/delivery-status",
    "message/disposition-notification",
    "message/feedback-report",
    "text/rfc822-headers",
}
_NO_TEXT = re.compile(
    r"html.{0,120}(?:klient|client|e-?postprogram|program|viewer|reader|browser|webbläsare|stöd|support|visa|view|display)"
    r"|(?:klient|client|e-?postprogram|program|viewer|reader|browser|webbläsare|stöd|support|visa|view|display).{0,120}html",
    re.IGNORECASE | re.DOTALL,
)
_MAX_EXCUSE = 300
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*+=\s*+[\"']?\s*+([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE)
_CID = re.compile(r"cid:([^\"'\s<>)]+)", re.IGNORECASE)
_UU_BEGIN = re.compile(rb"^begin [0-7]{3,4} ([^\r\n]{1,200})\r?\n(?=[ -`][^\r\n]*\r?\n)", re.MULTILINE)
_UU_END = re.compile(rb"^end[ \t]*\r?$\n?", re.MULTILINE)
_PGP_HEAD = re.compile(r"^-----BEGIN PGP SIGNED MESSAGE-----\n(?:[A-Za-z]+: [^\n]*\n)*\n", re.MULTILINE)
_PGP_TAIL = re.compile(
    r"^-----BEGIN PGP SIGNATURE-----\n(?:[^\n]*\n){0,100}?-----END PGP SIGNATURE-----\n?", re.MULTILINE
)


@dataclass(slots=True)
class Shown:
    """A stretch of the body: plain text, HTML, or both where one is the alternative of the other."""

    text: str = ""
    html: str = ""

    @property
    def has_text(self) -> bool:
        """Whether the plain text says something of its own."""
        text = self.text.strip()
        excuse = self.html and len(text) < _MAX_EXCUSE and _NO_TEXT.search(text)
        return bool(text) and not excuse

    def readable(self) -> str:
        """Return the text, made from the HTML where there is no other."""
        return self.text if self.has_text or not self.html else markup.to_text(self.html)


@dataclass(slots=True)
class Body:
    """The text of a mail as a person reads it, the HTML that it stands for (None: text only), and the files."""

    text: str
    html: str | None
    files: list[File]


@dataclass(slots=True)
class Gatherer:
    """Walks the tree of parts once and sorts what it finds into text and files."""

    splitter: Splitter
    files: list[File] = field(default_factory=list)
    named_texts: list[Part] = field(default_factory=list)
    wrapped: list[Shown] = field(default_factory=list)
    budget: int = MAX_TEXT  # bytes of text still to be read from this mail; a longer text is kept whole as a file

    def body(self, root: Part) -> Body:
        """Return what the mail shows."""
        shown = [stretch for stretch in self.shown(root) if stretch.has_text or stretch.html.strip()]
        if not shown:
            shown = self.wrapped or [stretch for part in self.named_texts for stretch in self._text(part)]
        texts = _without_repeats([stretch.readable() for stretch in shown])
        text = "\n\n".join(part for part in (text.strip("\n") for text in texts) if part.strip())
        if len(text) > MAX_TEXT:
            self.splitter.warn("the text is very long: it was cut, see the original")
            text = text[:MAX_TEXT]
        html = "\n".join(stretch.html for stretch in shown) if all(stretch.html for stretch in shown) else ""
        self._mark_inline("\n".join(stretch.html for stretch in shown))
        return Body(text, html or None, self.files)

    def shown(self, part: Part) -> list[Shown]:
        """Return the stretches of body in a part; the files in it are put aside."""
        if part.children:
            if part.content_type == "multipart/encrypted":
                self.splitter.warn("the mail is encrypted: its text could not be read")
            stretches = [self.shown(child) for child in part.children]
            if part.content_type == "multipart/alternative":
                return _best(stretches)
            return [stretch for child in stretches for stretch in child]
        if part.main_type == "multipart":
            return []
        if part.content_type in _REPORTS and part.parent == "multipart/report" and part.disposition != "attachment":
            return []
        if self._is_file(part):
            return self._file(part)
        return self._text(part)

    @staticmethod
    def _is_file(part: Part) -> bool:
        if part.main_type != "text":
            return True
        if part.declared_name or part.content_type.partition("/")[2] in _TEXT_FILES:
            return True
        return part.disposition == "attachment" and bool(part.parent)

    def _file(self, part: Part) -> list[Shown]:
        self.files.append(file_of(part, len(self.files) + 1))
        if part.content_type in {"text/plain", "text/html"}:
            self.named_texts.append(part)
        if wrappers.is_tnef(part):
            self._unpack_tnef(part)
        elif wrappers.is_smime(part):
            return self._unwrap_signed(part)
        return []

    def _unpack_tnef(self, part: Part) -> None:
        unpacked = wrappers.unpack_tnef(part)
        if unpacked is None:
            self.splitter.warn("winmail.dat could not be unpacked")
            return
        self.files[-1].technical = True
        for name, data in unpacked.files:
            self.files.append(File(name or f"fil-{len(self.files) + 1}.bin", wrappers.guess_type(name), data=data))
        self.wrapped.append(Shown(decoding.clean(unpacked.text), decoding.clean(unpacked.html)))

    def _unwrap_signed(self, part: Part) -> list[Shown]:
        content = wrappers.signed_content(part.content())
        if content is None:
            self.splitter.warn("an S/MIME part is encrypted or unreadable: its text could not be read")
            return []
        self.files[-1].technical = True
        return self.shown(self.splitter.split(content, depth=1, parent="multipart/signed"))

    def _text(self, part: Part) -> list[Shown]:
        data = part.content(self.budget + 1)
        if len(data) > self.budget:
            self.splitter.warn("the text is very long: it was cut, and is kept whole as a file")
            if not any(kept.part is part for kept in self.files):
                self.files.append(file_of(part, len(self.files) + 1))
            data = data[: self.budget]
        self.budget -= len(data)
        if part.content_type == "text/html":
            return [Shown(html=self._decoded(part, data))]
        if b"begin " in data:
            data = self._without_uuencoded(data)
        text = self._decoded(part, data)
        if text.lstrip()[:200].lower().startswith(("<!doctype html", "<html")):
            return [Shown(html=text)]
        if part.parameters.get("format", "").lower() == "flowed":
            text = decoding.unflowed(text, delsp=part.parameters.get("delsp", "").lower() == "yes")
        if part.content_type in {"text/enriched", "text/richtext"}:
            text = re.sub(r"<[^<>\n]{0,80}>", "", text.replace("<nl>", "\n"))
        if "-----BEGIN PGP SIGNED MESSAGE-----" in text:
            text = re.sub(r"^- ", "", _PGP_TAIL.sub("", _PGP_HEAD.sub("", text)), flags=re.MULTILINE)
        return [Shown(text)]

    def _decoded(self, part: Part, data: bytes) -> str:
        charset = part.charset
        if part.content_type == "text/html" and decoding.codec(charset) is None:
            meta = _META_CHARSET.search(data[:4096])
            charset = meta[1].decode("ascii") if meta else charset
        if charset and decoding.codec(charset) is None and charset.lower() not in {"us-ascii", "ascii"}:
            self.splitter.warn(f"unknown charset {charset[:40]!r}: read as UTF-8 or Windows-1252")
        text, warning = decoding.decode(data, charset)
        if warning:
            self.splitter.warn(warning)
        return decoding.clean(text)

    def _without_uuencoded(self, data: bytes) -> bytes:
        """Turn uuencoded blocks in a text into files."""
        out = []
        at = 0
        while len(self.files) < _MAX_FILES and (begin := _UU_BEGIN.search(data, at)):
            end = _UU_END.search(data, begin.end())
            if end is None:
                break
            name = decoding.one_line(decoding.guess(begin[1]))
            content = decoding.uudecoded(data[begin.end() : end.start()])
            self.files.append(File(name, wrappers.guess_type(name), data=content))
            out.append(data[at : begin.start()])
            at = end.end()
        return b"".join([*out, data[at:]])

    def _mark_inline(self, html: str) -> None:
        referred = {unquote(name).lower() for name in _CID.findall(html)}
        for item in self.files:
            item.inline = item.is_shown_in(html, referred)


def _best(alternatives: list[list[Shown]]) -> list[Shown]:
    """Choose among alternatives: plain text before HTML; the HTML is kept beside the text that it stands for."""
    html = next(
        ("\n".join(s.html for s in child if s.html) for child in alternatives if any(s.html for s in child)), ""
    )
    for child in alternatives:
        text = "\n\n".join(stretch.text for stretch in child if stretch.text.strip())
        if Shown(text, html).has_text and not any(stretch.html for stretch in child):
            return [Shown(text, html)]
    rich = [child for child in alternatives if any(stretch.html for stretch in child)]
    return rich[-1] if rich else next((child for child in alternatives if child), [])


def _without_repeats(texts: list[str]) -> list[str]:
    """Drop a text that another one holds: some programs send text and HTML one after the other."""
    if len(texts) == 1:
        return texts
    letters = ["".join(re.findall(r"\w+", text)) for text in texts]
    kept: list[int] = []
    for number, own in enumerate(letters):
        if not any(own in letters[other] for other in kept):
            kept.append(number)
    return [texts[number] for number in kept]
