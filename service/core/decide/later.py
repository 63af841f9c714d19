"""An answer waits a little before it leaves (`answer.undo`), so that its writer can take it back.

Nothing of the orders is done while they wait: there is nothing to reverse, and a restart loses nothing. The clock
carries them out.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from service.core.calendar.workdays import due
from service.core.cases import IllegalMove, Leaving
from service.core.decide import answers, carrying, deeds, echoes
from service.core.decide.deeds.deed import Job
from service.core.decide.incoming import Plan
from service.core.decide.people import registrar_of
from service.core.decide.stopping import tell_writer
from service.core.effects import Effect, LetGoLater, Letter, SendLetter
from service.core.speech.commands import Command, Word


def keep_back(plan: Plan, orders: tuple[Command, ...], job: Job) -> bool:
    """Whether the orders would send an answer that must wait; then they do, with those that wait already.

    Raises IllegalMove where the case cannot make a move.
    """
    words = {c.word for c in orders}
    if not plan.book.municipality.answer.undo.amount or Word.ANSWER not in words:
        return False
    now = tuple(c for c in orders if c.word is Word.UNDO)
    if now:
        carrying.do(plan, now, job)
    waiting = plan.case.leaving
    older = tuple(c for c in waiting.orders if c.word not in words) if waiting else ()
    together = (*(c for c in orders if c not in now), *older)
    bare = plan.anew(replace(plan.case, leaving=None))
    trial = carrying.tried(bare, together, job)
    if not _answer_in(trial.effects):
        return False
    leaving = Leaving(together, job.officer, job.source, _leaves_at(plan), job.release)
    if waiting and waiting.orders == leaving.orders:
        leaving = replace(leaving, at=waiting.at, source=waiting.source)  # the same mail once more
    else:
        tell_writer(plan, "another answer waits in its place")
    plan.add(LetGoLater(leaving, f"an answer waits until {_local(plan, leaving.at):%H:%M}"))
    answer = tuple(c for c in together if c.word is Word.ANSWER)
    rest = deeds.in_order(c for c in together if c.word is not Word.ANSWER)
    plan.coming += [" ".join((*deeds.told(plan, answer), answers.begins(leaving.answer))), *deeds.told(plan, rest)]
    if waiting and waiting.answer != leaving.answer:
        plan.coming.append("Den text som väntade skickas inte: den här har ersatt den.")
    plan.left += trial.left
    return True


def let_go(plan: Plan) -> None:
    """The time of the waiting answer has come: its orders are carried out. Its writer hears what did not happen."""
    leaving = plan.case.leaving
    assert leaving
    plan.add(LetGoLater(None, "the answer's time has come"))
    plan.actor = leaving.officer
    today = plan.book.calendar.local_date(plan.now)
    job = Job(leaving.officer, leaving.source, today, release=leaving.release)
    try:
        done = carrying.tried(plan, leaving.orders, job)
    except IllegalMove as illegal:
        plan.left.append(f"Svaret är inte skickat. {carrying.not_now(illegal)}")
        _tell(plan, leaving)
        return
    for effect in done.effects:
        plan.add(effect)
    if not _answer_in(done.effects):
        plan.done, plan.left = done.done, done.left
        _tell(plan, leaving)


def ask_anew(plan: Plan) -> None:
    """The time of the waiting answer has come and gone, and nobody could send it: its writer says it anew, or not."""
    leaving = plan.case.leaving
    assert leaving
    because = "the answer's time came while the mailbox was only watched"
    facts = {"answer": "" if plan.case.secrecy else leaving.answer}
    plan.letter(Letter.INFORMATION, leaving.officer, because, template="answer-overdue", facts=facts)
    plan.add(LetGoLater(None, because))


def _tell(plan: Plan, leaving: Leaving) -> None:
    because = "the answer that waited did not leave"
    echoes.echo(plan, leaving.officer, because)
    registrar = registrar_of(plan.case, plan.book)
    if registrar != leaving.officer:
        echoes.echo(plan, registrar, because)


def _answer_in(effects: list[Effect]) -> bool:
    return any(isinstance(e, SendLetter) and e.kind is Letter.ANSWER for e in effects)


def _leaves_at(plan: Plan) -> datetime:
    """So much later, but not after the last day of the promise: no answer is made late by waiting."""
    at = due(plan.now, plan.book.municipality.answer.undo, plan.book.calendar, roll=False)
    promise = plan.case.running
    return min(at, max(promise.due_at, plan.now)) if promise else at


def _local(plan: Plan, at: datetime) -> datetime:
    return at.astimezone(plan.book.calendar.zone)
