"""Every mail and paper letter of a rules folder on one page to look at, filled with sample facts.

Beside the page lie each mail's HTML part and the mail itself, to be opened in the mail program that people have; of a
letter on paper the PDF, and pictures of its pages.
"""

from __future__ import annotations

import dataclasses
import html
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from service.core.cases import Case
from service.core.effects import SendLetter
from service.core.rules.rulebook import RuleBook
from service.core.speech import languages
from service.desk.writing import paper, samplefacts, samples, typesetting
from service.desk.writing.letters import Mail, Writer
from service.desk.writing.mailbytes import File
from service.desk.writing.stationery import Stationery

_FILES = (File("bild på gungan.jpg", "image/jpeg", b""),)
_PAPER = "paper-"
_WIDTHS = (680, 380)  # pixels: a reading pane, and a phone


@dataclass(frozen=True, slots=True)
class Paper:
    """A letter on paper: the file to print, and its pages as SVG."""

    pdf: bytes
    pages: list[str]


@dataclass(frozen=True, slots=True)
class Shown:
    """A mail or letter, the template that it is written on, and what to call it: some are written more than once."""

    name: str
    template: str
    about: str
    mail: Mail
    paper: Paper | None
    own: frozenset[str]

    @property
    def title(self) -> str:
        """What it is called on the page."""
        return f"{self.mail.subject} ({self.about})" if self.about else self.mail.subject


def every_mail(stationery: Stationery, book: RuleBook, address: str) -> Iterator[Shown]:
    """Each mail that the service can send, those to staff in a secret case too; by who gets it and by name.

    address: the mailbox that they leave from.
    """
    writer = Writer(address, book, stationery, b"")
    for template in sorted(samples.LETTERS, key=lambda name: (name not in samples.TO_CITIZENS, name)):
        for name, about, case in [*_occasions(template, book), *_abroad(template, stationery, book)]:
            kind, facts, _ = samples.LETTERS[template]
            to = case.submitter.email if case and template in samples.TO_CITIZENS else samples.officer_of(book)
            facts = samples.in_town(facts, book)
            letter = SendLetter(kind, to, "", template=template, facts=facts)
            mail = writer.write(letter, case, _FILES if case and not case.secrecy else (), "", samplefacts.NOW)
            on_paper = _on_paper(writer, letter, case) if template.startswith(_PAPER) else None
            version = stationery.version(template, case.language) if case else template
            yield Shown(name, version, about, mail, on_paper, stationery.own_used_by(version))


def _on_paper(writer: Writer, letter: SendLetter, case: Case | None) -> Paper | None:
    made = paper.sheet(writer, dataclasses.replace(letter, paper=letter.template), case, samplefacts.NOW)
    layout = writer.stationery.layout
    return Paper(typesetting.pdf(made, layout).content, typesetting.pictures(made, layout)) if made else None


def _occasions(template: str, book: RuleBook) -> Iterator[tuple[str, str, Case | None]]:
    if template in samples.WITHOUT_CASE:
        yield template, "", None
        return
    case = samples.case_in(book)
    if template == "closing":
        case = dataclasses.replace(case, measure=next(iter(book.municipality.measures), ""))
    if not template.endswith("-secret"):
        yield template, "", case
    if template not in samples.TO_CITIZENS and not template.startswith(_PAPER):
        yield f"{template}.sekretess", "i ett ärende med sekretess", dataclasses.replace(case, secrecy=True)


def _abroad(template: str, stationery: Stationery, book: RuleBook) -> Iterator[tuple[str, str, Case]]:
    """The letter to people outside in each other language that it is written in."""
    for version in stationery.versions(template)[1:]:
        language = version.partition("/")[0]
        case = dataclasses.replace(samples.case_in(book), language=language)
        yield f"{template}.{language}", f"på {languages.NAMES[language]}", case


def write(folder: Path, shown: list[Shown], town: str) -> None:
    """Write the page `index.html`, and each mail and letter beside it. OSError where the folder takes no files."""
    folder.mkdir(parents=True, exist_ok=True)
    for one in shown:
        if one.paper:
            (folder / f"{one.name}.pdf").write_bytes(one.paper.pdf)
            for number, page in enumerate(one.paper.pages, start=1):
                (folder / _picture(one, number)).write_text(page, encoding="utf-8")
        else:
            (folder / f"{one.name}.html").write_text(one.mail.page, encoding="utf-8")
            (folder / f"{one.name}.eml").write_bytes(one.mail.raw)
    (folder / "index.html").write_text(_page(shown, town), encoding="utf-8")


def _picture(one: Shown, number: int) -> str:
    return f"{one.name}-{number}.svg"


def _page(shown: list[Shown], town: str) -> str:
    return (
        '<!DOCTYPE html><html lang="sv"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>Mejlen från {html.escape(town)}</title><style>{_STYLE}</style></head><body>"
        f"<h1>Mejlen från {html.escape(town)}</h1>"
        f"<p>{len(shown)} mejl och brev med påhittade uppgifter. Varje mejl visas som text med 72 tecken på "
        "raden, på bredden och som på en telefon, varje brev som det "
        "skrivs ut. Filerna som slutar på .eml går att öppna i ett mejlprogram.</p>"
        f"<nav><ul>{''.join(map(_entry, shown))}</ul></nav>{''.join(map(_section, shown))}</body></html>\n"
    )


def _entry(one: Shown) -> str:
    return f'<li><a href="#{one.name}">{html.escape(one.title)}</a>{_own(one)}</li>'


def _own(one: Shown) -> str:
    return f" <b>egen text: {html.escape(', '.join(sorted(one.own)))}</b>" if one.own else ""


def _section(one: Shown) -> str:
    to = "till synpunktslämnaren" if one.template.rpartition("/")[2] in samples.TO_CITIZENS else "till personalen"
    endings = ("pdf",) if one.paper else ("html", "eml")
    files = ", ".join(f'<a href="{one.name}.{ending}">{one.name}.{ending}</a>' for ending in endings)
    return (
        f'<section id="{one.name}"><h2>{html.escape(one.title)}</h2>'
        f"<p>Mallen {one.template}.txt, {'att skriva ut och posta' if one.paper else to}.{_own(one)} {files}</p>"
        f'<div class="parts"><pre>{html.escape(one.mail.text)}</pre>{"".join(_seen(one))}</div></section>'
    )


def _seen(one: Shown) -> Iterator[str]:
    """What people see: the mail at two widths, or the pages of the letter."""
    title = html.escape(one.mail.subject)
    for number, _ in enumerate(one.paper.pages if one.paper else (), start=1):
        yield f'<img src="{_picture(one, number)}" width="680" loading="lazy" alt="{title}, sida {number}">'
    for width in () if one.paper else _WIDTHS:
        yield (
            f'<iframe src="{one.name}.html" width="{width}" height="760" loading="lazy" sandbox="allow-same-origin"'
            f' title="{title}, {width} bildpunkter"></iframe>'
        )


_STYLE = (
    "body{font-family:sans-serif;line-height:1.5;margin:1rem}nav{columns:3 22rem}section{border-top:1px solid #767676}"
    ".parts{display:flex;gap:1rem;align-items:flex-start;overflow-x:auto}iframe,img{border:1px solid #767676;flex:none}"
    "pre{width:72ch;flex:none;height:760px;overflow-y:auto;white-space:pre-wrap;font-size:13px;margin:0}"
)
