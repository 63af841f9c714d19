"""Cases about the same matter: one answer reaches each submitter by name, in their own case and thread.

Nothing of one submitter is shown to another, and a secret case is joined to none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date

from service.core.cases import Case, How, Publication, Status
from service.core.decide import answers, publishing
from service.core.decide.deeds.deed import Job
from service.core.decide.incoming import Plan
from service.core.effects import Effect, Elsewhere, Letter, SetFields
from service.core.identity import numbers
from service.core.people import addresses
from service.core.rules.rulebook import RuleBook
from service.core.speech import orders
from service.core.speech.commands import Command, Word, fold


def named(words: str, book: RuleBook, today: date) -> str:
    """The case number that the words are: whole, or this year's serial alone ("117"); empty where they are none."""
    prefix = book.municipality.case_number.prefix
    found = numbers.find_numbers(words, prefix)
    if found:
        return found[0]
    serial = re.fullmatch(r"[\s\[(#]*0{0,6}(\d{1,6})[\s\]).]*", words)
    return numbers.number(prefix, today.year, int(serial[1])) if serial and int(serial[1]) else ""


def joined(case: Case, others: Mapping[str, Case]) -> list[Case]:
    """The cases that are the same matter as this one, directly or by way of another."""
    found: dict[str, Case] = {}
    wanted = [case]
    for each in wanted:
        for number in same(each):
            if number not in found and number != case.number and number in others:
                found[number] = others[number]
                wanted.append(others[number])
    return list(found.values())


def same(case: Case) -> Iterator[str]:
    """The numbers of the cases that are directly the same matter."""
    return (related.number for related in case.related if related.how is How.SAME)


def named_in(case: Case, text: str, book: RuleBook, today: date) -> set[str]:
    """The numbers of the cases that orders in the text, or those that wait for a yes or the clock, would join."""
    waiting = [*(case.pending.orders if case.pending else ()), *(case.leaving.orders if case.leaving else ())]
    commands = [*orders.read_orders(text).commands, *waiting]
    return {number for c in commands if c.word is Word.SAME and (number := named(c.value, book, today))}


# --- one answer for all ----------------------------------------------------------------------------------------------


def follow(plan: Plan, given: tuple[Command, ...], effects: list[Effect], job: Job) -> None:
    """Where the case has just been answered, the others of the same matter are, too; and closed, where it is."""
    if Word.ANSWER not in {c.word for c in given} or not _answered_in(effects):
        return
    others = joined(plan.case, plan.joined)
    for missed in set(same(plan.case)) - {other.number for other in others}:
        plan.left.append(f"{missed} hör till samma sak men har inte fått svaret. Svara där också.")
    for other in others:
        _answer_too(plan, other, job)


def _answered_in(effects: list[Effect]) -> bool:
    return any(isinstance(e, SetFields) and e.changes.get("answered_at") for e in effects)


def _answer_too(plan: Plan, other: Case, job: Job) -> None:
    if other.secrecy or not other.is_open:
        if not other.answered_at:
            plan.left.append(f"{other.number} har inte fått svaret: det är avslutat eller har sekretess.")
        return
    twin = Plan(other, plan.book, plan.now, plan.actor)
    facts = {name: value for name in _FACTS if not getattr(other, name) and (value := getattr(plan.case, name))}
    facts |= _publication(plan, other)
    if facts:
        twin.set(f"as in {plan.case.number}", **facts)
    answers.send_answer(twin, without_greeting(plan.case.answer), job.officer, job.source)
    _tell_its_officer(twin, plan.actor, job.officer)
    if plan.case.status is Status.CLOSED and twin.case.closed_at is None:
        answers.close(twin)
    plan.add(Elsewhere(other.number, tuple(twin.effects)))
    plan.done.append(f"{other.number} hör till samma sak och har fått samma svar.")
    plan.left += [f"{other.number}: {line}" for line in twin.left]


def _tell_its_officer(twin: Plan, actor: str, officer: str) -> None:
    """Whoever has the other case hears that somebody else has answered it: else the citizen is answered twice."""
    case = twin.case
    if case.officer and not any(addresses.same(case.officer, who) for who in (actor, officer)):
        facts = {"answer": case.answer, "officer_address": officer, "yours": True}
        twin.letter(Letter.INFORMATION, case.officer, "somebody else has answered it", template="answered", facts=facts)


_FACTS = ("type", "category", "measure")


def _publication(plan: Plan, other: Case) -> dict[str, object]:
    """A no holds for all of the matter. A yes is for the words of one case: nobody has seen the others' (HJO-29)."""
    if other.publication is not Publication.UNDECIDED or publishing.publishes_all(other, plan.book):
        return {}
    if plan.case.publication is Publication.YES:
        plan.left.append(
            f"{other.number} är inte godkänt för publicering: ditt ja gäller texten i {plan.case.number}. "
            f"Skriv #PUBLICERA JA eller #PUBLICERA NEJ i det ärendet också."
        )
    return {"publication": Publication.NO} if plan.case.publication is Publication.NO else {}


# --- nobody sees another ---------------------------------------------------------------------------------------------

_GREETING = re.compile(
    r"\s*(?i:hej|hejsan|hallå|god (?:morgon|dag|kväll|middag)|bästa|kära|hello|hi|dear|hei)\b"
    r"[ \t]*(?:på (?:dig|er)\b)?(?:[ \t]*[A-ZÅÄÖÉÜ][\w'’-]*){0,4}[ \t]*[,!.:]*[ \t]*\n?"
)


def without_greeting(text: str) -> str:
    """The answer without its first words to one person: each letter greets its own by name."""
    found = _GREETING.match(text)
    rest = text[found.end() :].lstrip() if found else text
    return (rest[:1].upper() + rest[1:]) if rest else text


def shows(plan: Plan, text: str) -> list[str]:
    """What in the answer tells the others of the same matter who has written, in sentences for its writer."""
    others = joined(plan.case, plan.joined)
    if not others:
        return []
    rest = fold(without_greeting(text))
    who = plan.case.submitter
    known = [who.email, who.reply_to, who.phone, *(part for part in who.name.split() if len(part) > _SHORTEST)]
    shown = [word for word in known if word and re.search(rf"(?<!\w){re.escape(fold(word))}(?!\w)", rest)]
    if not shown:
        return []
    listed = ", ".join(f"”{word}”" for word in dict.fromkeys(shown))
    return [f"Svaret går också till andra som har skrivit om samma sak, och i det står {listed}. Ta bort det."]


_SHORTEST = 2


def told(plan: Plan) -> str:
    """A sentence on how many others the answer goes to; empty where it goes to none."""
    waiting = [other for other in joined(plan.case, plan.joined) if other.is_open and not other.secrecy]
    return f" Samma svar går i {', '.join(other.number for other in waiting)}." if waiting else ""
