"""What becomes of a letter: it was handed over, withheld or refused, or a report says that it was lost."""

from __future__ import annotations

import re
from datetime import datetime

from service.core.calendar import deadlines
from service.core.cases import Case, Clock
from service.core.decide.answers import answer_lost
from service.core.decide.incoming import Plan, SentLetter
from service.core.decide.people import registrar_of
from service.core.effects import (
    Effect,
    LeaveFilesOut,
    Letter,
    Note,
    PassOn,
    RestartClock,
    SetFields,
    StopAddress,
    StopClock,
    TakeStep,
)
from service.core.people.addresses import same
from service.core.rules.rulebook import RuleBook


def on_sent(case: Case, kind: str, to: str, now: datetime) -> list[Effect]:
    """The receipt's promise is kept when the mail server has taken the receipt, not before (domain 3.5)."""
    if kind != Letter.RECEIPT or case.receipt_sent_at or not case.submitter.has(to):
        return []
    promise = case.deadline(Clock.RECEIPT)
    if not promise or not promise.running:
        return []
    because = "the receipt was handed to the mail server"
    return [StopClock(Clock.RECEIPT, now, because), SetFields({"receipt_sent_at": now}, because)]


def on_withheld(case: Case, kind: str, book: RuleBook, now: datetime, *, is_watched: bool) -> list[Effect]:
    """The letter's time to leave has come, and the mailbox is only watched: it never leaves.

    The receipt would have left by now: nobody is alerted that it is late. When one was sent stays empty. An answer in a
    case that was served before is owed as before: the system beside this one knows nothing of it.
    """
    plan = Plan(case, book, now)
    promise = case.deadline(Clock.RECEIPT)
    if kind == Letter.RECEIPT and promise and promise.running:
        plan.add(StopClock(Clock.RECEIPT, now, "the receipt was written and withheld"))
    elif kind == Letter.ANSWER and not is_watched and case.answered_at and not case.running:
        answer_lost(plan, "the answer was withheld: the mailbox is only watched")
    return plan.effects


def on_refused(case: Case | None, letter: SentLetter, reply: str, book: RuleBook, now: datetime) -> list[Effect]:
    """The mail server refuses the letter for good: another road is found for it, by itself or by a person."""
    if case is None:
        return _of_no_case(letter, reply)
    plan = Plan(case, book, now)
    plan.add(Note("refused", f"the mail server refused a {letter.kind}: {reply}"))
    on_lost(plan, letter, reply)
    return plan.effects


def on_uncertain(case: Case, kind: str, to: str, book: RuleBook, now: datetime, *, is_repeated: bool) -> list[Effect]:
    """Nobody knows whether a letter arrived: it is sent once more; where that ends likewise the registrar finds out."""
    plan = Plan(case, book, now)
    then = "it is sent once more in an hour" if is_repeated else "it is not sent again"
    plan.add(Note("uncertain", f"the link died after a {kind} was handed over, before the server answered; {then}"))
    registrar = registrar_of(case, book)
    if not is_repeated and not same(to, registrar):
        facts = {"letter": kind, "failed": to}
        plan.letter(Letter.ALERT, registrar, "a letter may not have arrived", template="uncertain", facts=facts)
    return plan.effects


def _of_no_case(letter: SentLetter, reply: str) -> list[Effect]:
    return [PassOn(letter.message_id, reply)] if Letter(letter.kind).is_to_staff else []


def on_lost(plan: Plan, letter: SentLetter, reply: str) -> None:
    """A letter that has surely not arrived: without its files, by the next person, or by whoever can be told.

    A member of staff is never given up, and nobody is told of it by the very address that failed.
    """
    if letter.has_files and is_about_files(reply):
        plan.add(LeaveFilesOut(letter.message_id, reply))
        if letter.kind == Letter.ANSWER and letter.writer:
            _tell(plan, letter, letter.writer, reply, "answer-without-files")
        return
    if Letter(letter.kind).is_to_staff:
        plan.add(PassOn(letter.message_id, reply))
        return
    if is_dead_address(reply) and not plan.book.is_staff(letter.to):
        plan.add(StopAddress(letter.to, f"mail to it is refused for good: {reply}"))
    is_theirs = plan.case.submitter.has(letter.to)  # a stranger's receipt is no promise of the case
    if letter.kind == Letter.RECEIPT and is_theirs and plan.case.receipt_sent_at:
        plan.add(RestartClock(Clock.RECEIPT, "the receipt bounced"))
        plan.set("the receipt bounced", receipt_sent_at=None)
    if letter.kind == Letter.RECEIPT and is_theirs:
        # The alert below says it: no second one the same morning.
        for watch in deadlines.receipt_steps(plan.case, plan.book):
            if watch.at <= plan.now and watch.key not in plan.case.steps:
                plan.add(TakeStep(watch.key, (), "told with the receipt's return"))
    if letter.kind == Letter.ANSWER:
        if plan.case.answered_at:
            answer_lost(plan, "the answer did not arrive")
        if letter.writer and not same(letter.writer, registrar_of(plan.case, plan.book)):
            _tell(plan, letter, letter.writer, reply, "answer-lost")
    _tell(plan, letter, registrar_of(plan.case, plan.book), reply, "bounce")


def _tell(plan: Plan, letter: SentLetter, to: str, reply: str, template: str) -> None:
    facts = {"letter": letter.kind, "failed": letter.to, "status": reply}
    plan.letter(Letter.ALERT, to, "a mail of ours did not arrive", template=template, facts=facts)


def is_dead_address(reply: str) -> bool:
    """Whether a refusal says that the address itself is wrong (RFC 3463, x.1.x); a full mailbox is none."""
    return bool(re.search(r"\b5\.1\.(?!8)\d{1,3}\b", reply))


def is_about_address(reply: str) -> bool:
    """Whether the mailbox takes no mail at all for now (RFC 3463: x.1.x, x.2.x), or the server says no more than that.

    A refusal of this one letter, for what it holds, is none.
    """
    status = re.search(r"\b[45]\.(\d{1,3})\.\d{1,3}\b", reply)
    if status:
        return status[1] in {"1", "2", "4"} and not re.search(r"\b5\.2\.3\b", reply)
    return not is_about_files(reply)


def is_about_files(reply: str) -> bool:
    """Whether the letter was refused for its size or its files (RFC 3463: 5.2.3, 5.3.4, 5.6.x; RFC 5321: 552)."""
    if re.search(r"\b5\.(2\.3|3\.4|6\.\d{1,3})\b", reply):
        return True
    if re.search(r"\b5\.(1|2)\.\d{1,3}\b", reply):
        return False  # a full mailbox and an unknown address are no matter of the files, whatever the first number is
    if re.match(r"552\b", reply):
        return True
    return bool(_FILES.search(reply))


_FILES = re.compile(
    r"attach|file ?(type|name|extension)|content (rejected|blocked|not allowed)|bilag|executable|\bmacro|virus"
    r"|malware|infected|potential security issue|(message|mail|size).{0,40}(too (large|big|long)|exceed|limit)"
    r"|exceed.{0,40}size",
    re.IGNORECASE,
)
