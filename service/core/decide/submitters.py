"""The citizen writes again, or somebody else writes in the citizen's case."""

from __future__ import annotations

from service.core import deadlines
from service.core.cases import Case, Clock, Move, Status
from service.core.courtesy import is_thanks_only
from service.core.decide.incoming import Incoming, Plan
from service.core.decide.people import responsible
from service.core.effects import Effect, Letter, Note, StartClock
from service.core.reading.history.quotes import LEFT_OUT


def on_submitter(mail: Incoming) -> list[Effect]:
    """The citizen's mail joins the case, reopens it where it was answered or closed, and reaches the officer."""
    case = mail.ctx.case
    assert case
    plan = Plan(case, mail.book, mail.now)
    plan.file(mail, "follow-up", from_submitter=True)
    if not case.is_open and is_thanks_only(mail.message.new_text, _names(mail, case)):
        plan.add(Note("thanks", "thanks only: nothing is reopened and no clock starts"))
        return plan.effects
    if not case.is_open:
        reopen(plan, mail)
    elif case.status is Status.WAITING:
        plan.move(Move.ASSIGN, "the submitter has answered")
    _tell(plan, mail, "follow-up-secret" if case.secrecy else "follow-up", "the submitter has written again")
    return plan.effects


def on_again(mail: Incoming) -> list[Effect]:
    """The same mail once more within the hour: kept and shown, but nothing is promised or reopened by it."""
    case = mail.ctx.case
    assert case
    plan = Plan(case, mail.book, mail.now)
    plan.file(mail, "follow-up", from_submitter=True)
    _tell(plan, mail, "follow-up-secret" if case.secrecy else "follow-up", "the same mail has come once more")
    return plan.effects


def _names(mail: Incoming, case: Case) -> str:
    officer, sender = mail.book.person(case.officer), mail.message.sender
    names = (case.submitter.name, sender.name if sender else "", officer.name if officer else "")
    return " ".join((*names, mail.book.municipality.name))


def reopen(plan: Plan, mail: Incoming) -> None:
    """Somebody is owed an answer once more."""
    was = plan.case.status
    because = f"the submitter wrote when the case was {was.value}"
    plan.set(because, close_wanted=False)
    if plan.case.officer and was is not Status.REFUSED:
        plan.move(Move.REOPEN, because)
    else:
        plan.move(Move.TRIAGE, because)
    began, promise = mail.arrival.at, mail.book.municipality.deadlines.second_answer
    plan.add(StartClock(Clock.SECOND_ANSWER, began, deadlines.due_at(began, promise, mail.book), because))


def _tell(plan: Plan, mail: Incoming, template: str, because: str) -> None:
    case = plan.case
    files = mail.message.digest if mail.message.attachments and not case.secrecy else ""
    facts = {
        "new_text": "" if case.secrecy else mail.message.new_text,
        "sender": mail.sender,
        "arrived": mail.arrival.at,
        "left_out": LEFT_OUT.intersection(mail.message.warnings),
        "unconfirmed": mail.verdict.unconfirmed,
    }
    plan.letter(
        Letter.INFORMATION, responsible(case, plan.book), because, template=template, facts=facts, files_of=files
    )


def on_stranger(mail: Incoming) -> list[Effect]:
    """Somebody who is no party of the case has its number (S38): kept and shown to the officer, nothing revealed."""
    case = mail.ctx.case
    assert case
    plan = Plan(case, mail.book, mail.now)
    plan.file(mail, "unverified")
    _tell(plan, mail, "follow-up-secret" if case.secrecy else "stranger", "another sender has written in the case")
    acknowledge(plan, mail)
    return plan.effects


def acknowledge(plan: Plan, mail: Incoming) -> None:
    """Somebody who is no party of the case hears that the mail has come, and nothing of the case."""
    by_machine = mail.message.auto_submitted or mail.message.mass_marked
    if mail.sender and not by_machine and not mail.verdict.unconfirmed:
        plan.letter(
            Letter.RECEIPT,
            mail.sender,
            "whoever writes hears that the mail has come",
            template="receipt-stranger",
            facts={"arrived": mail.arrival.at},
        )
