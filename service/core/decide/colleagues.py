"""Whom a staff member means: by address, name, first name where it is unique, title, or unit."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import Final

from service.core.cases import Case
from service.core.decide.people import registrar_of
from service.core.rules.people import Person, Unit
from service.core.rules.rulebook import RuleBook
from service.core.speech import asides
from service.core.speech.commands import fold

_ENDING = 3  # letters that an inflected name of a unit may have more: "förskolan" for Förskola
_SHORTEST = 4
_CLOSE_ENOUGH = 0.75


@dataclass(frozen=True, slots=True)
class Found:
    """The one who is meant, or those who may be."""

    person: Person | None = None
    near: tuple[Person, ...] = ()


_ADDRESS: Final = re.compile(r"(?<![^\s<>:;,()\[\]\"'])[^\s<>:;,()\[\]\"']+@[^\s<>:;,()\[\]\"']+")


def find(words: str, book: RuleBook) -> Found:
    """The colleague that the words name. Only people of the rules folder are ever found (HJO-48)."""
    address = _ADDRESS.search(words.replace("mailto:", " "))
    if address:
        person = book.person(address[0].rstrip("."))
        return Found(person) if person else Found(None, _near(address[0].partition("@")[0].replace(".", " "), book))
    wanted = _plain(words)
    for meant in (_by_name, _by_unit, _by_part_of_name, _by_title):
        people = meant(wanted, book)
        if people:
            return Found(people[0]) if len(people) == 1 else Found(None, tuple(people))
    return Found(None, _near(wanted, book))


def greeted(text: str, case: Case, book: RuleBook, writer: str = "") -> str:
    """The words with which a text turns to colleagues and not to the citizen; empty where it does not.

    A name that the submitter bears, or signs with, is the submitter's; the writer's own stands in a signature.
    """
    if aside := _ASIDE.search(text):
        return aside[0].strip()
    turned = [*_GREETED.finditer(text), *_ALONE.finditer(text), *_CALLED.finditer(text), *_SAID.finditer(text)]
    if not turned:
        return ""
    own = book.person(writer)
    theirs = set(re.findall(r"\w+", fold(f"{case.submitter.name} {case.submitter.mail_to} {case.text}")))
    theirs |= set(_plain(own.name).split()[:1]) if own else set()
    ours = _GROUPS | {_plain(p.name).split()[0] for p in book.people.people if _plain(p.name)}
    for found in turned:
        names = re.findall(r"[a-z]+", fold(found[found.lastgroup or 0]))
        if any(name in ours and name not in theirs for name in names) and not _is_another(found, book):
            return found[0].strip()
    return ""


def _is_another(found: re.Match[str], book: RuleBook) -> bool:
    """Whether a family name that none of ours bears stands behind the name: "Hej Maria Svensson!"."""
    named, rest = found[found.lastgroup or 0], found.string[found.end(found.lastgroup or 0) :]
    family = _FAMILY_NAME.match(rest)
    if family is None:
        return False
    return not any({_plain(named), _plain(family[1])} <= _parts(person) for person in book.people.people)


_FAMILY_NAME = re.compile(r"[ \t]([A-ZÅÄÖ][\w-]{1,40})(?=[ \t]*(?:[,!.?]|$))", re.MULTILINE)
_GREETED = re.compile(
    r"^[ \t]{0,20}(?i:hej|hejsan|hallå|tjena|tja|god (?:morgon|dag|kväll|middag)|bästa|kära|tack)"
    r"(?: (?:på (?:dig|er)|igen))?,? (?P<name>[A-ZÅÄÖ][\w-]+|kolleg\w+|registrator\w*|gänget)",
    re.MULTILINE,
)
_ASIDE = re.compile(  # "PS till registrator: lägg inte ut det här", on a line of its own
    r"^[ \t]{0,20}(?:(?:ps|obs|nb|p\.s\.)[ \t:.,!-]{1,5})?(?:till|@)[ \t]?"
    r"(?:registrator\w{0,3}|diariet|kolleg\w{1,5}|tjänsten|systemet|chefen|internt)\b",
    re.IGNORECASE | re.MULTILINE,
)
_PS_WORD = r"(?i:ps|obs|nb|fyi|p\.s\.)[ \t:.,!-]{1,5}"
_PS = rf"^[ \t(\[/*_-]{{0,20}}(?:{_PS_WORD})?"
_NAMED = r"[A-ZÅÄÖ][\w-]{1,40}"
_FULL = rf"{_NAMED}(?:,? {_NAMED}){{0,2}}"
_TITLE = r"\w{0,30}(?:chef|ingenjör|tekniker|handläggare|rektor|direktör|rådgivare|sekreterare|samordnare|ledare)"
# "PS till Maria: hon är …", "Maria, ring henne inte.", "(Maria: ring henne)"; a signature ("Maria, enhetschef") has no
# full stop, and what is told of somebody ("Maria, vår enhetschef, ringer dig.") goes on with who that is.
_CALLED = re.compile(
    rf"^[ \t(\[/*_-]{{0,20}}{_PS_WORD}(?i:till|från)[ \t](?:(?i:dig|er)[ \t])?(?P<to>{_NAMED})"
    rf"|{_PS}(?i:(?:(?:kommentar|fråga|notering|info)[ \t])?till|från)[ \t](?:(?i:dig|er)[ \t])?"
    rf"(?P<told_to>{_NAMED})(?: {_NAMED}){{0,2}}(?=[ \t]*(?:[:,!–—]|$))"
    rf"|{_PS}@[ \t]?(?P<at>[^\W\d][\w.-]{{1,40}})"
    rf"|{_PS}(?P<called>{_NAMED})(?: {_NAMED}){{0,2}}(?:[,!]|[ \t][–—-])[ \t]"
    rf"(?!(?:vår|min|som|och|en|ett|på|vid|{_TITLE})\b)(?=[a-zåäö][^\n]{{0,300}}[.!?…)\]]$)"
    rf"|{_PS}(?P<told>{_NAMED})[ \t]?:[ \t]?(?=[^\W\d])(?![^\n]{{0,80}}(?:@|\d{{3}})|{_FULL}[ \t]*(?:,|$))"
    rf"|{_PS}(?P<told_of>{_FULL})[ \t]?:[ \t]?(?=[^\n]{{0,200}}\b(?:hon|han|henne|honom|du|ärendet)\b)"
    rf"|{_PS}(?P<bidden>{_NAMED})(?: {_NAMED}){{0,2}}(?:[,!.:–—-]{{1,2}}[ \t]|[ \t](?=[^\n]{{0,200}}\?))"
    r"(?i:kan|kunde|vill|skulle|hinner|orkar|tar|har|ser|vet)[ \t](?i:du|ni)\b"
    rf"|^[ \t]{{0,20}}(?i:kan|kunde|vill|skulle|hinner)[ \t](?i:du|ni)[ \t][^\n?]{{1,200}},[ \t](?P<asked>{_NAMED})\?",
    re.MULTILINE,
)
# "#SVAR Maria", and then what she is to read
_ALONE = re.compile(rf"\A[ \t]{{0,20}}(?P<alone>{_NAMED})(?: {_NAMED}){{0,2}}[ \t]?[,:!.]?[ \t]{{0,20}}$", re.MULTILINE)
_DAY = r"(?:(?:den )?(?:\d{4}-\d\d-\d\d|\d{1,2}/\d{1,2}|\d{1,2} [a-z]{3,9}\.?(?: \d{4})?)|[Ii] ?dag|[Ii] ?går)"
_WHEN = rf"{_DAY}?,?[ \t]?(?:kl\.? ?)?\d{{1,2}}[:.]\d\d(?: [AP]M)?"
# What a colleague has written, as people and programs tell it: "Maria Lund skrev: …", "[10:02] Maria Lund"
_SAID = re.compile(
    rf"^[ \t]{{0,20}}(?P<said>{_FULL}) (?:(?:skrev|svarade|sa)\b[^\n]{{0,40}}|(?:skriver|säger)[ \t]?):"
    rf"|^[^\n]{{0,60}}\b(?:skrev|svarade|sa) (?P<answered>{_FULL})[ \t]?(?:<[^>\n]{{0,80}}>[ \t]?)?:"
    rf"|^[^\n]{{0,60}}?\b(?P<wrote>{_FULL})[ \t]?<[^>\n]{{0,80}}>[ \t]?(?:wrote|skrev)[ \t]?:"
    rf"|^[ \t>*]{{0,20}}(?:Från|From)[ \t]?:[ \t]*(?P<head>{_FULL})"
    rf"|^[ \t]{{0,20}}(?:[\[(]{_WHEN}[\])][ \t]?(?P<when>{_FULL})|{_WHEN}[ \t]{{1,3}}(?P<then>{_FULL})[ \t]?(?::|$))"
    rf"|^[ \t]{{0,20}}(?P<by>{_FULL})[ \t]?(?:[,|–—-]?[ \t]{{1,3}}|\n[ \t]?)[\[(]?{_WHEN}[\])]?(?:[ \t]*$|:)",
    re.MULTILINE,
)
_GROUPS = {"kollega", "kollegan", "kollegor", "kollegorna", "registrator", "registratorn", "ganget"}


def not_for_the_reader(text: str, where: str, case: Case, book: RuleBook, writer: str) -> str:
    """What in words that go out seems to be for somebody else, in a sentence; empty where nothing does.

    where: what they stand in, such as "svaret".
    """
    if greeting := greeted(text, case, book, writer):
        return f"I {where} står ”{greeting}”. Det ser ut att vara skrivet till en kollega."
    if aside := asides.found(text):
        return f"I {where} står ”{aside}”. Det ser inte ut att vara skrivet till den som ska läsa det."
    return ""


def registrar(case: Case, book: RuleBook) -> Person | None:
    """The registrar as a person of the rules folder."""
    return book.person(registrar_of(case, book))


def _plain(words: str) -> str:
    bare = re.sub(r"(?i)^\s*(?:till|enheten|enhet|hos)\b", "", words)
    return " ".join(re.findall(r"[a-z0-9]+", fold(bare)))


def _by_name(wanted: str, book: RuleBook) -> list[Person]:
    found = [p for p in book.people.people if _plain(p.name) == wanted]
    return found or [p for p in book.people.people if re.match(rf"{re.escape(_plain(p.name))}\b", wanted)]


def _by_part_of_name(wanted: str, book: RuleBook) -> list[Person]:
    return [p for p in book.people.people if wanted and wanted in _parts(p)]


def _parts(person: Person) -> set[str]:
    parts = _plain(person.name).split()
    return {parts[0], parts[-1]} if parts else set()


def _by_title(wanted: str, book: RuleBook) -> list[Person]:
    return [p for p in book.people.people if p.title and _is_named(wanted, _plain(p.title))]


def _by_unit(wanted: str, book: RuleBook) -> list[Person]:
    units = [u for u in book.people.units if wanted in {_plain(u.name), _plain(u.id)}]
    units = units or [u for u in book.people.units if _is_named(wanted, _plain(u.name))]
    return [person for u in units if (person := book.person(_first_of(u)))]


def _is_named(wanted: str, name: str) -> bool:
    return len(wanted) >= _SHORTEST and wanted.startswith(name) and len(wanted) - len(name) <= _ENDING


def _first_of(unit: Unit) -> str:
    return unit.officers[0] if unit.officers else unit.manager


def _near(wanted: str, book: RuleBook) -> tuple[Person, ...]:
    """Those whose name, or whose unit's name, is spelt nearly so."""
    named = {_plain(p.name): p for p in book.people.people}
    for person in book.people.people:
        named |= {part: person for part in _parts(person) if part not in named}
    for unit in book.people.units:
        person_of = book.person(_first_of(unit))
        if person_of:
            named.setdefault(_plain(unit.name), person_of)
    found = difflib.get_close_matches(wanted, named, n=3, cutoff=_CLOSE_ENOUGH)
    return tuple({named[name].email: named[name] for name in found}.values())
