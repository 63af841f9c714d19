"""The citizen writes again, or somebody else writes in the citizen's case."""

from __future__ import annotations

import re

from service.core import deadlines
from service.core.cases import Clock, Move, Status
from service.core.decide.incoming import Incoming, Plan
from service.core.decide.people import responsible
from service.core.effects import Effect, Letter, Note, StartClock

_THANKS = re.compile(r"\b(tack|tackar|kiitos|thanks|thank you)\b", re.IGNORECASE)
_MORE = re.compile(
    r"[?]|\b(men|fortfarande|inte|varför|när|hur|ändå|saknas|igen|dock|vill|undrar|ännu|but|still|not|why|when)\b",
    re.IGNORECASE,
)
_THANKS_WORDS = 25


def is_thanks_only(text: str) -> bool:
    """Whether a mail only says thank you (S27): it starts no clock and reopens nothing."""
    return bool(_THANKS.search(text)) and not _MORE.search(text) and len(text.split()) <= _THANKS_WORDS


def on_submitter(mail: Incoming) -> list[Effect]:
    """The citizen's mail joins the case, reopens it where it was answered or closed, and reaches the officer."""
    case = mail.ctx.case
    assert case
    plan = Plan(case, mail.book, mail.now)
    plan.file(mail, "follow-up", from_submitter=True)
    if not case.is_open and is_thanks_only(mail.message.new_text):
        plan.add(Note("thanks", "thanks only: nothing is reopened and no clock starts"))
        return plan.effects
    if not case.is_open:
        reopen(plan, mail)
    elif case.status is Status.WAITING:
        plan.move(Move.ASSIGN, "the submitter has answered")
    _tell(plan, mail, "follow-up-secret" if case.secrecy else "follow-up", "the submitter has written again")
    return plan.effects


def reopen(plan: Plan, mail: Incoming) -> None:
    """Somebody is owed an answer once more."""
    was = plan.case.status
    because = f"the submitter wrote when the case was {was.value}"
    plan.set(because, closed_at=None, close_wanted=False)
    if plan.case.officer and was is not Status.REFUSED:
        plan.move(Move.REOPEN, because)
    else:
        plan.move(Move.TRIAGE, because)
    began, promise = mail.arrival.at, mail.book.municipality.deadlines.second_answer
    plan.add(StartClock(Clock.SECOND_ANSWER, began, deadlines.due_at(began, promise, mail.book), because))


def _tell(plan: Plan, mail: Incoming, template: str, because: str) -> None:
    case = plan.case
    files = mail.message.digest if mail.message.attachments and not case.secrecy else ""
    facts = {"new_text": "" if case.secrecy else mail.message.new_text, "sender": mail.sender}
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
    if mail.sender and not mail.message.auto_submitted:
        plan.letter(
            Letter.RECEIPT,
            mail.sender,
            "whoever writes hears that the mail has come",
            template="receipt-stranger",
            facts={"arrived": mail.arrival.at},
        )
