"""Somebody is alerted at once, whatever the hour: the mail may be more than feedback, or something else (domain 5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from service.core.calendar import deadlines
from service.core.cases import Case, Clock
from service.core.decide.incoming import Incoming, Plan
from service.core.decide.people import in_place_of, registrar_of
from service.core.effects import Letter, StartClock
from service.core.people import addresses
from service.core.rules.choices import Road
from service.core.rules.roads import NAMES
from service.core.rules.routing import found_in
from service.core.rules.rulebook import RuleBook

_TO_REGISTRAR_TOO = frozenset({Road.APPEAL, Road.RECORDS, Road.THREAT, Road.PRESS})
_LEFT_TO_DUTY = frozenset({Road.DANGER})
_HIDDEN = frozenset({Road.WORRY, Road.WHISTLEBLOWING})


def alerted(plan: Plan, roads: Iterable[Road], text: str) -> dict[str, tuple[Road, ...]]:
    """Who hears of what, by their addresses. Whoever the mail names is not alerted to a threat against themselves.

    text: what was written, which may name people.
    """
    found: dict[str, tuple[str, list[Road]]] = {}
    for road in roads:
        for address in _recipients(plan, road, text):
            found.setdefault(addresses.key(address), (address, []))[1].append(road)
    return {address: tuple(dict.fromkeys(roads)) for address, roads in found.values()}


def _recipients(plan: Plan, road: Road, text: str) -> list[str]:
    case, book = plan.case, plan.book
    registrar, own = registrar_of(case, book), list(book.municipality.alerted(road))
    if road in _LEFT_TO_DUTY:
        return []
    if road is Road.WORRY and not own:
        own = [duty_address(plan)]
    if road is Road.THREAT:
        own += _above_the_named(case, book, text)
    return [*own, *([registrar] if road in _TO_REGISTRAR_TOO or not own else [])]


def _above_the_named(case: Case, book: RuleBook, text: str) -> list[str]:
    """The unit's manager, or the head of the department where the mail names the manager."""
    words = book.lexicon.read(case.title, text)
    above = (a for a in (book.manager_of(case.unit), book.head_of(case.unit)) if a)
    return [a for a in above if not words.found(book.names_of(a))][:1]


def duty_address(plan: Plan) -> str:
    """Who is alerted to danger: the duty address, else the unit's manager or who stands in, else the registrar."""
    case, book = plan.case, plan.book
    manager = book.manager_of(case.unit)
    if manager and plan.away.of(manager):
        manager = in_place_of(manager, case, book, plan.away)
    return book.municipality.contact.duty_email or manager or registrar_of(case, book)


def alert(
    plan: Plan, to: str, roads: Iterable[Road], because: str, facts: Mapping[str, object], files: str, nonce: str = ""
) -> None:
    """One letter a person, whatever the mail is; an appeal goes along as it came, for its words and its time count."""
    case, named = plan.case, tuple(roads)
    told: dict[str, object] = {
        "roads": tuple(road.value for road in named),
        "names": tuple(NAMES[road] for road in named),
        "distributes": False,
        "hidden": case.secrecy,
        "later": False,
        "again": False,
        "new_text": "",
        "arrived": case.received_at,
        "reason": "",
    }
    told |= facts
    original = Road.APPEAL in named and not told["hidden"]
    plan.letter(Letter.ALERT, to, because, template="road", facts=told, files_of=files, nonce=nonce, original=original)


def on_later_mail(plan: Plan, mail: Incoming) -> None:
    """What somebody writes in a case that there is may be more than feedback, too; its promises stay as they are."""
    said = mail.message.new_text
    found = found_in(plan.book.lexicon.read("", said), plan.book)
    if Road.THREAT in found and Road.THREAT not in plan.case.roads:
        plan.set("a later mail may be a threat", roads=(*plan.case.roads, Road.THREAT))
    because = "; ".join(f"{road.value}: {', '.join(words)}" for road, words in found.items())
    hidden = plan.case.secrecy or not _HIDDEN.isdisjoint(found)
    facts = {"new_text": "" if hidden else said, "hidden": hidden, "later": True, "arrived": mail.arrival.at}
    if Road.DANGER in found:
        alert(plan, duty_address(plan), [Road.DANGER], because, facts, "")
    files = "" if hidden else mail.message.digest
    for to, roads in alerted(plan, found, said).items():
        alert(plan, to, roads, because, facts, files)


def is_later_appeal(mail: Incoming) -> bool:
    """Whether a later mail of a case may be an appeal: whoever wrote it gets the notice of one (KLI-09)."""
    return Road.APPEAL in found_in(mail.book.lexicon.read("", mail.message.new_text), mail.book)


def feedback_after_all(plan: Plan) -> None:
    """What was held for an appeal is distributed as feedback: its promise of an answer counts from its arrival."""
    case = plan.case
    if not case.is_appeal:
        return
    because = "it is distributed as feedback"
    plan.set(because, roads=tuple(road for road in case.roads if road is not Road.APPEAL))
    if case.deadline(Clock.ANSWER) is None:
        duration = deadlines.answer_duration(case.channel, case.process, plan.book)
        due = deadlines.due_at(case.received_at, duration, plan.book)
        plan.add(StartClock(Clock.ANSWER, case.received_at, due, f"promised within {duration} of arrival"))


def unnamed(case: Case) -> Case:
    """The case as automatic letters to somebody who may be a threat tell it: without whoever has it (S28)."""
    return replace(case, officer="") if Road.THREAT in case.roads else case
