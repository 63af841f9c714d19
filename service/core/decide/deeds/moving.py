"""Who has the case: it is handed over to a colleague, or back to the registrar."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from service.core.cases import Guess, IllegalMove, Move
from service.core.decide import alerting, colleagues, copying
from service.core.decide.deeds.deed import Deed, Job, Settled, says
from service.core.decide.deeds.secrecy import begin_secrecy
from service.core.decide.incoming import Plan
from service.core.decide.people import registrar_of
from service.core.decide.stopping import stop_asking, to_release, when_it_leaves
from service.core.effects import Letter, Note
from service.core.people.absence import told
from service.core.people.addresses import same
from service.core.rules.choices import Road
from service.core.rules.guesses import guesses
from service.core.rules.people import Person
from service.core.rules.routing import Facts, route, secret_at
from service.core.rules.rulebook import RuleBook
from service.core.speech.commands import Command, Word
from service.core.speech.notekinds import NoteKind


def _settle_hand_over(plan: Plan, command: Command, _today: date) -> Settled:
    found = colleagues.find(command.value, plan.book)
    if found.person:
        return Settled(found.person.email)
    unknown = f"”{command.value}” finns inte bland kommunens handläggare"
    if len(found.near) == 1:
        [near] = found.near
        return Settled(near.email, doubt=f"{unknown}. Menade du {presented(near, plan.book)}?")
    if found.near:
        people = " eller ".join(presented(p, plan.book) for p in found.near)
        fault = f"”{command.value}” kan vara flera: {people}. Skriv hela namnet eller e-postadressen."
        return Settled(command.value, fault, options=tuple(p.email for p in found.near))
    fault = f"{unknown}, så ärendet kan inte lämnas över dit."
    return Settled(command.value, fault, options=_others(plan))


def presented(person: Person, book: RuleBook) -> str:
    """Who somebody is, for whoever has to choose: name, title, unit and address."""
    unit = book.unit(book.unit_of(person.email) or "")
    parts = (person.name, person.title or "", unit.name if unit else "")
    return f"{', '.join(part for part in parts if part)} ({person.email})"


_MOST_OFFERED = 9


def _others(plan: Plan) -> tuple[str, ...]:
    """Whom the case may go to: the people of its unit, then one of each other unit. Whoever has it is none of them."""
    units = sorted(plan.book.people.units, key=lambda unit: unit.id != plan.case.unit)
    first, rest = units[:1], units[1:]
    near = [address for unit in first for address in (*unit.officers, unit.manager)]
    near += [unit.officers[0] if unit.officers else unit.manager for unit in rest]
    known = [p.email for address in near if (p := plan.book.person(address)) and not same(p.email, plan.case.officer)]
    return tuple(dict.fromkeys(known))[:_MOST_OFFERED]


def _told_hand_over(plan: Plan, value: str) -> str:
    person = plan.book.person(value)
    title = f", {person.title}" if person and person.title else ""
    return f"Ärendet lämnas över till {person.name if person else value}{title}."


def _do_hand_over(plan: Plan, to: str, _job: Job) -> None:
    person = plan.book.person(plan.actor)
    by = person.name if person else plan.actor
    hand_over(plan, to, f"handed over by {plan.actor}", {"words": _words_beside(plan), "words_by": by})
    absent, person = plan.away.of(to), plan.book.person(to)
    if absent and person:
        plan.left.append(told(absent, person.name))


def _words_beside(plan: Plan) -> str:
    """What the same mail notes beside its commands: it is meant for whoever gets the case. Nothing of a secret case."""
    notes = [
        e.text for e in plan.effects if isinstance(e, Note) and e.kind in set(NoteKind) and same(e.actor, plan.actor)
    ]
    return "" if plan.case.secrecy else "\n\n".join(notes)


def hand_over(plan: Plan, to: str, because: str, facts: Mapping[str, Any] | None = None) -> None:
    """A new officer has the case; the number and the due date stay (KOP-24, HJO-04). facts: what the letter adds."""
    person = plan.book.person(to)
    assert person
    if same(plan.case.officer, person.email):
        plan.left.append(f"{person.name} har redan ärendet. Inget nytt mejl har skickats.")
        return
    first, answered = not plan.case.officer, not plan.case.is_open
    _answer_lies(plan, because)
    alerting.feedback_after_all(plan)
    unit = plan.book.unit_of(person.email) or plan.case.unit
    facts_then = Facts(plan.case.title, plan.case.text, channel=plan.case.channel)
    if not plan.case.secrecy and secret_at(plan.book.unit(unit), facts_then, plan.book):
        begin_secrecy(plan, plan.book.municipality.secrecy.provision, because)
    plan.assign(unit, person.email, because)
    template = "assignment-secret" if plan.case.secrecy else "assignment-answered" if answered else "assignment"
    files = "" if plan.case.secrecy else "case"
    said = {**(facts or {}), **_waiting(plan)}
    plan.letter(Letter.ASSIGNMENT, person.email, because, template=template, facts=said, files_of=files)
    copying.tell_managers(plan, files)
    is_told = plan.case.may_be_notified and not plan.case.secrecy and Road.THREAT not in plan.case.roads
    if is_told and not answered:
        because = "the submitter knows who has the case"
        plan.letter(Letter.HANDOVER, plan.case.submitter.mail_to, because, facts={"first": first})
    stays = "" if answered else " Sista svarsdag är densamma."
    plan.done.append(f"Ärendet är överlämnat till {person.name}.{stays}")


def _answer_lies(plan: Plan, because: str) -> None:
    """An answer that somebody was to release does not outlive its writer's having the case: both hear that."""
    waiting = to_release(plan.case)
    if waiting:
        stop_asking(plan, because)
        plan.left.append("Svaret som väntade på att skickas av registratorn skickas inte.")


def _waiting(plan: Plan) -> dict[str, Any]:
    """What the new officer must know of an answer that waits for its time: it leaves, unless somebody stops it."""
    leaving = plan.case.leaving
    if not leaving:
        return {}
    writer = plan.book.person(leaving.officer)
    by = writer.name if writer else leaving.officer
    return {"leaving": leaving.answer, "leaves": when_it_leaves(plan, leaving), "leaves_by": by}


def _do_wrong_officer(plan: Plan, value: str, _job: Job) -> None:
    if not plan.case.is_open:
        raise IllegalMove(plan.case.status, Move.TRIAGE)  # nobody owes anything that a registrar could hand on
    because = f"returned by {plan.actor}"
    if not plan.case.guesses and not plan.case.secrecy:
        plan.set("where it may belong", guesses=_elsewhere(plan))
    plan.assign(plan.case.unit, "", because)
    facts = {
        "reason": value
        or " ".join(_words_beside(plan).split())
        or "Handläggaren säger att ärendet hör hemma någon annanstans.",
        "by": plan.actor,
    }
    files = "" if plan.case.secrecy else "case"
    template = "assignment-secret" if plan.case.secrecy else "triage"
    to = registrar_of(plan.case, plan.book)
    plan.letter(Letter.ASSIGNMENT, to, because, template=template, facts=facts, files_of=files)
    plan.done.append("Ärendet är lämnat tillbaka till registratorn.")


def _elsewhere(plan: Plan) -> tuple[Guess, ...]:
    """Where the case may belong instead of with whoever returns it."""
    facts = Facts(subject=plan.case.title, text=plan.case.text)
    found = guesses(plan.book, facts, route(plan.book, facts))
    return tuple(g for g in found if not g.officer or not same(g.officer, plan.case.officer))


DEEDS = (
    Deed(Word.HAND_OVER, _told_hand_over, _do_hand_over, _settle_hand_over),
    Deed(Word.WRONG_OFFICER, says("Ärendet lämnas tillbaka till registratorn."), _do_wrong_officer),
)
