"""Letters on paper: a PDF to print, which goes to whoever posts it as a file of a mail (HJO-56, KLI-22).

Printed on A4 and folded, its address stands in the window of a Swedish window envelope.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

from service.core.calendar import days
from service.core.cases import Case, Submitter
from service.core.effects import SendLetter
from service.core.speech.languages import SWEDISH
from service.desk.writing import markup, typesetting
from service.desk.writing.letters import Writer, foot_in
from service.desk.writing.mailbytes import File
from service.desk.writing.typesetting import NotSet, Sheet

_NO_ADDRESS = "[skriv postadressen här]"
_MOST_LINES = 7  # of an address; what is longer would run into the letter
_LOST = (
    "Några tecken går inte att skriva ut. I brevet står det □ i stället: {chars}. Rätta det för hand innan du postar "
    "brevet."
)
_NOT_MADE = "Det gick inte att göra brevet till en fil. Skriv det själv och posta det."


@dataclass(frozen=True, slots=True)
class Enclosed:
    """The file to print, where the mail carries one, and what the mail says of it besides."""

    files: tuple[File, ...] = ()
    below: tuple[str, ...] = ()


def printed(writer: Writer, letter: SendLetter, case: Case | None, now: datetime) -> Enclosed:
    """The letter that the mail carries; none in a case of secrecy, whose person no mail may name."""
    made = sheet(writer, letter, case, now)
    if made is None or case is None:
        return Enclosed()
    try:
        page = typesetting.pdf(made, writer.stationery.layout)
    except NotSet:
        return Enclosed(below=(_NOT_MADE,))
    lost = (markup.inline(_LOST.format(chars=" ".join(page.lost))),) if page.lost else ()
    return Enclosed((File(name_of(case.number), "application/pdf", page.content),), lost)


def name_of(number: str) -> str:
    """What the file of a letter in that case is called."""
    return f"brev {number}.pdf"


def sheet(writer: Writer, letter: SendLetter, case: Case | None, now: datetime) -> Sheet | None:
    """What stands on the letter that a mail carries; None where it carries none."""
    if not letter.paper or case is None or case.secrecy:
        return None
    name, place = _receiver(case.submitter)
    receiver = [name, *place] if name else place
    facts = writer.letter_facts(letter, case, (), now) | {"receiver": name}
    template = writer.stationery.version(letter.paper, case.language)
    language = case.language if template != letter.paper else SWEDISH
    title, body = writer.stationery.fill(template, facts)
    day, town = writer.book.calendar.local_date(now), writer.book.municipality
    return Sheet(
        title=title,
        number=case.number,
        town=town.name,
        receiver=_shortened(receiver if case.submitter.address else [*receiver, _NO_ADDRESS]),
        about=(_dated(day, language), f"{foot_in(language).number} {case.number}"),
        blocks=tuple(markup.read_blocks(body)),
        foot=_foot(writer, _opening(foot_in(language).telephone)),
        day=day,
        language=language,
        mark=writer.stationery.mark,
    )


def _dated(day: date, language: str) -> str:
    """The date of the letter; in Finnish as numbers, for its words are those of a sentence."""
    return f"{day.day}.{day.month}.{day.year}" if language == "fi" else _opening(days.day(day, language))


def _opening(words: str) -> str:
    return words[:1].upper() + words[1:]


def _foot(writer: Writer, telephone: str) -> tuple[str, ...]:
    town = writer.book.municipality
    contact = town.contact
    named = bool(contact.postal and contact.postal.startswith(town.name))
    phone = f"{telephone} {contact.phone}" if contact.phone else ""
    return tuple(part for part in ("" if named else town.name, contact.postal, phone, contact.web) if part)


def _receiver(who: Submitter) -> tuple[str, list[str]]:
    """Whose letter it is, and the other lines of the address. A name that stands there is the one asked for."""
    lines = [line.strip() for line in re.split(r"[,\n]", who.address) if line.strip()]
    return (lines[0], lines[1:]) if _begins_with_name(lines, who.name) else (who.name, lines)


def _begins_with_name(lines: list[str], name: str) -> bool:
    """Whether the address begins with a person and not with a house or an estate, which may lack a number."""
    if len(lines) < _FEWEST_LINES:
        return False
    first = lines[0].casefold().split()
    is_known = not set(first).isdisjoint(name.casefold().split())
    above_street = not re.search(r"\d", lines[0]) and re.search(r"\d", lines[1]) and len(lines) > _FEWEST_LINES
    return is_known or bool(above_street and len(first) > 1 and first[0] != "c/o")


_FEWEST_LINES = 2  # a street or an estate, and the town


def _shortened(lines: list[str]) -> tuple[str, ...]:
    kept, rest = lines[: _MOST_LINES - 1], lines[_MOST_LINES - 1 :]
    return (*kept, ", ".join(rest)) if rest else tuple(kept)
