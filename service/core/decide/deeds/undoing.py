"""`#ÅNGRA`: an answer that has not left yet is stopped; else what the last obeyed mail changed is taken back.

What has left is never taken back, nor what rests on it: the echo says so.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, Final

from service.core.cases import Case, Clock, How, Move, Obeyed, Pending, Status
from service.core.decide.counting import count_anew
from service.core.decide.deeds.deed import Deed, Job, Settled, says
from service.core.decide.incoming import Plan
from service.core.decide.people import is_registrar, registrar_of
from service.core.decide.stopping import stop_leaving, take_back_from_release, to_release
from service.core.effects import (
    Assign,
    Effect,
    Elsewhere,
    Letter,
    Note,
    Relate,
    RememberObeyed,
    RestartClock,
    SendLetter,
    SetFields,
    SplitOff,
    StopClock,
    Unrelate,
)
from service.core.people.addresses import same
from service.core.speech.commands import Command, Word
from service.core.speech.notekinds import NoteKind

_OTHERWISE: Final = {
    "answer",
    "answered_at",
    "closed_at",
    "last_mail_at",
    "secrecy",
    "submitter",
    "thread",
    "proposal",
    "related",
}
"""What has a road of its own when it is taken back, or is not taken back at all."""

_JOINED: Final = "joined "
_DIVIDED: Final = "divided"
"""What a mail did that is no letter, among what `Obeyed.told` remembers."""

_NOTICES: Final = frozenset({"paper-refusal", "paper-delay", "paper-closing", "paper-referral"})
"""Letters on paper that keep no promise: whoever takes back what they tell stops them."""

_AGAIN: Final = {
    "type": "Typen är som förut.",
    "category": "Kategorin är som förut.",
    "process": "Processen är som förut.",
    "measure": "Åtgärden är som förut.",
    "staff_title": "Rubriken är som förut.",
    "publication": "Beslutet om publicering är som förut.",
    "late_reason": "Orsaken till förseningen är som förut.",
    "keywords": "Nyckelorden är som förut.",
    "registry_number": "Diarienumret är som förut.",
    "channel": "Kanalen är som förut.",
    "received_at": "Dagen då ärendet kom in är som förut.",
    "public_text": "Texten för publicering är som förut.",
    "keep_open": "#HÅLL ÖPPET gäller inte längre.",
    "close_wanted": "Ärendet avslutas inte av sig självt.",
}


# --- what a mail has changed -----------------------------------------------------------------------------------------


def what_changed(
    before: Case, after: Case, effects: Sequence[Effect], by: str, words: Collection[Word]
) -> Obeyed | None:
    """What the effects changed, None where there is nothing that anybody could wish back."""
    names = {name for e in effects if isinstance(e, SetFields) for name in e.changes} - _OTHERWISE
    names |= {"unit", "officer"} if any(isinstance(e, Assign) for e in effects) else set()
    names |= {"answer", "answered_at", "closed_at"}
    names = {name for name in names if _is_plain(getattr(before, name)) and _is_plain(getattr(after, name))}
    old = {name: getattr(before, name) for name in sorted(names) if getattr(before, name) != getattr(after, name)}
    told = [e.kind.value for e in effects if isinstance(e, SendLetter) and not e.kind.is_to_staff]
    told += [Letter.ANSWER.value] if Word.ANSWERED in words else []  # it left past the service
    told += [e.paper for e in effects if isinstance(e, SendLetter) and e.paper in _NOTICES]
    told += [f"{_JOINED}{e.number}" for e in effects if isinstance(e, Relate) and e.how is How.SAME]
    told += [_DIVIDED for e in effects if isinstance(e, SplitOff)]
    noted = any(isinstance(e, Note) and e.kind in set(NoteKind) for e in effects)
    stopped = tuple(e.kind for e in effects if isinstance(e, StopClock))
    if not (old or told or noted):
        return None
    return Obeyed(by, old, {name: getattr(after, name) for name in old}, tuple(told), noted, stopped)


def _is_plain(value: object) -> bool:
    """Whether the fact is a word, a choice, a day or an instant, or several words: what can be put back as it was."""
    if isinstance(value, tuple):
        return all(isinstance(each, str) for each in value)
    return value is None or isinstance(value, str | bool | date)


# --- taking it back --------------------------------------------------------------------------------------------------


def _settle_undo(plan: Plan, command: Command, _today: date) -> Settled:
    last = plan.case.obeyed
    if plan.case.leaving or _own_to_release(plan):
        return Settled(command.value)
    if last is None:
        return Settled(command.value, "Det finns inget i ärendet att ångra. Skriv det som ska gälla i stället.")
    if other := other_way(last):
        return Settled(command.value, other)
    if not same(last.by, plan.actor) and not is_registrar(plan.actor, plan.book):
        who = plan.book.person(last.by)
        fault = f"Det senaste i ärendet har {who.name if who else last.by} gjort. Skriv det som ska gälla i stället."
        return Settled(command.value, fault)
    return Settled(command.value)


def _own_to_release(plan: Plan) -> Pending | None:
    """The actor's own answer that somebody else is to release."""
    waiting = to_release(plan.case)
    return waiting if waiting and same(waiting.officer, plan.actor) else None


def other_way(last: Obeyed) -> str:
    """How that is taken back which `#ÅNGRA` does not take back; empty where it does."""
    if last.after.get("secret_since"):
        return "Sekretess tas inte bort med #ÅNGRA. Registratorn kan skriva #SEKRETESS NEJ om den är fel."
    return "En spärr tas bort med #SPÄRRA NEJ." if last.after.get("blocked") else ""


def _do_undo(plan: Plan, _value: str, _job: Job) -> None:
    leaving, last, lies = plan.case.leaving, plan.case.obeyed, _own_to_release(plan)
    if lies and not leaving:
        take_back_from_release(plan, lies)
        return
    if leaving:
        stop_leaving(plan, f"taken back by {plan.actor}")
        who = plan.case.submitter.name or plan.case.submitter.mail_to
        plan.done.append(f"Svaret är stoppat. Inget har skickats till {who}, och inget annat i mejlet är gjort.")
        return
    assert last
    plan.add(RememberObeyed(None))
    was_closed = _open_again(plan, last)
    was_answered = _take_answer_back(plan, last)
    if (was_answered or (was_closed and not plan.case.answered_at)) and plan.case.is_open:
        _run_again(plan, last.stopped)
    _unpost(plan, last)
    _stop_notice(plan, last)
    _part(plan, last)
    _hand_back(plan, last)
    _facts_back(plan, last)
    _say_what_stays(plan, last)


def _changed_still(plan: Plan, last: Obeyed, name: str) -> bool:
    """Whether the mail changed the fact, and nobody has changed it since."""
    return name in last.before and getattr(plan.case, name) == last.after[name]


def _open_again(plan: Plan, last: Obeyed) -> bool:
    if not _changed_still(plan, last, "closed_at"):
        return False
    if plan.case.status is Status.REFUSED:
        return _take_up(plan, last)
    if plan.case.status is not Status.CLOSED:
        return False
    if Letter.CLOSING in last.told:
        plan.left.append("Ärendet är fortfarande avslutat: synpunktslämnaren har redan fått besked om det.")
        return False
    _move_back(plan, answered=bool(plan.case.answered_at))
    plan.done.append("Ärendet är öppet igen.")
    return True


def _take_up(plan: Plan, last: Obeyed) -> bool:
    """A refused case is one again, where the submitter has not been told."""
    if Letter.REFUSAL in last.told:
        plan.left.append(
            "Ärendet är fortfarande avvisat: synpunktslämnaren har redan fått besked om det. Blev det fel? Skriv #SVAR "
            "och ett svar, så tas det upp igen."
        )
        return False
    plan.move(Move.TRIAGE, "taken back")
    if plan.case.officer:
        plan.move(Move.ASSIGN, "taken back")
    plan.done.append("Ärendet är inte längre avvisat.")
    return True


def _take_answer_back(plan: Plan, last: Obeyed) -> bool:
    """The submitter is owed an answer once more, also where the case was closed since."""
    if not _changed_still(plan, last, "answered_at") or Letter.ANSWER in last.told:
        return False
    facts = {name: last.before[name] for name in ("answer", "answered_at") if name in last.before}
    plan.set("taken back", **facts)
    if plan.case.status in {Status.ANSWERED, Status.CLOSED}:
        _move_back(plan, answered=False)
    plan.done.append("Svaret är inte längre registrerat. Ärendet väntar på svar.")
    return True


def _unpost(plan: Plan, last: Obeyed) -> None:
    """A letter that lies with the registrar is not to be posted; one that was called posted lies there again."""
    if not _changed_still(plan, last, "to_post_since"):
        return
    lay = last.before["to_post_since"]
    facts = {name: last.before[name] for name in ("to_post_since", "letter_by", "answer") if name in last.before}
    plan.set("taken back", **facts)
    if lay:
        plan.move(Move.WAIT, "the letter lies there again")
        return
    if plan.case.status is Status.WAITING:
        plan.move(Move.ASSIGN if plan.case.officer else Move.TRIAGE, "taken back")
    registrar = registrar_of(plan.case, plan.book)
    plan.letter(Letter.INFORMATION, registrar, "the letter is not to be posted", template="do-not-post")
    plan.done.append("Brevet ska inte postas. Registratorn får veta det.")


def _stop_notice(plan: Plan, last: Obeyed) -> None:
    """A letter about the case that lies with the registrar is not to be posted."""
    if _NOTICES & set(last.told):
        registrar = registrar_of(plan.case, plan.book)
        plan.letter(Letter.INFORMATION, registrar, "the letter is not to be posted", template="do-not-post")
        plan.left.append("Registratorn får veta att brevet om det inte ska postas.")


def _move_back(plan: Plan, *, answered: bool) -> None:
    because = "taken back"
    plan.move(Move.REOPEN if plan.case.officer else Move.TRIAGE, because)
    if answered:
        plan.move(Move.ANSWER, because)


def _run_again(plan: Plan, stopped: Sequence[Clock]) -> None:
    for clock in stopped:
        promise = plan.case.deadline(clock)
        if promise and not promise.running:
            plan.add(RestartClock(clock, "taken back"))


def _part(plan: Plan, last: Obeyed) -> None:
    """What was joined is two matters again; what was divided stays, for the submitter knows the numbers."""
    because = f"taken back by {plan.actor}"
    for number in (told.removeprefix(_JOINED) for told in last.told if told.startswith(_JOINED)):
        plan.add(Unrelate(number, because))
        plan.add(Elsewhere(number, (Unrelate(plan.case.number, because),)))
        plan.done.append(f"{number} hör inte längre till samma sak.")
    if _DIVIDED in last.told:
        plan.left.append("Ärendet är fortfarande delat. De nya ärendena finns kvar: avsluta dem var för sig.")


def _hand_back(plan: Plan, last: Obeyed) -> None:
    """Whoever had the case has it again; who got it hears that, and so does the submitter where the first was told."""
    if not _changed_still(plan, last, "officer"):
        return
    case, had, officer = plan.case, plan.case.officer, str(last.before["officer"])
    if not officer and not case.is_open:
        plan.left.append("Ärendet är besvarat, så registratorn kan inte få tillbaka det.")
        return
    because = f"taken back by {plan.actor}"
    plan.assign(str(last.before.get("unit", case.unit)), officer, because)
    person = plan.book.person(officer) if officer else None
    plan.done.append(f"{person.name if person else 'Registratorn'} har ärendet igen.")
    if had and not same(had, plan.actor):
        plan.letter(Letter.INFORMATION, had, because, template="taken-back")
    if officer and not same(officer, plan.actor):
        template = "assignment-secret" if case.secrecy else "assignment"
        plan.letter(Letter.ASSIGNMENT, officer, because, template=template, files_of="" if case.secrecy else "case")
    if officer and Letter.HANDOVER in last.told and case.may_be_mailed and not case.secrecy:
        because = "the submitter was told of somebody else"
        plan.letter(Letter.HANDOVER, case.submitter.mail_to, because, facts={"first": False})


def _facts_back(plan: Plan, last: Obeyed) -> None:
    kept = {"unit", "officer", "answer", "answered_at", "closed_at", "to_post_since", "letter_by"}
    kept |= {"late_reason", "delayed_to"} if Letter.DELAY in last.told else set()
    facts: dict[str, Any] = {n: last.before[n] for n in last.before if n not in kept and _changed_still(plan, last, n)}
    if facts:
        plan.set("taken back", **facts)
        if facts.keys() & {"channel", "process", "received_at"}:
            count_anew(plan)
        plan.done += [_AGAIN[name] for name in facts if name in _AGAIN]


def _say_what_stays(plan: Plan, last: Obeyed) -> None:
    who = plan.case.submitter.name or "synpunktslämnaren"
    if Letter.ANSWER in last.told:
        plan.left.append(
            f"Svaret till {who} har redan skickats och går inte att ta tillbaka. Skriv #SVAR och en rättelse om det "
            "blev fel."
        )
    if Letter.DELAY in last.told:
        plan.left.append(
            "Beskedet om ett nytt datum har redan skickats och går inte att ta tillbaka. Skriv #FÖRSENAD och rätt "
            "datum om det blev fel."
        )
    if Letter.REFERRAL in last.told:
        plan.left.append("Mejlet till synpunktslämnaren har redan skickats och går inte att ta tillbaka.")
    if last.noted:
        plan.left.append("Anteckningen finns kvar: det som är antecknat i ett ärende tas inte bort.")
    if not (plan.done or plan.left):
        plan.left.append("Det som ändrades har ändrats igen sedan dess. Skriv det som ska gälla.")


DEEDS = (Deed(Word.UNDO, says("Det senaste i ärendet tas tillbaka."), _do_undo, _settle_undo),)
