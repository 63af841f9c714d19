"""Machines write: delivery reports, out-of-office replies, newsletters. None of them is ever answered."""

from __future__ import annotations

import re

from service.core.cases import Clock
from service.core.decide import answers
from service.core.decide.incoming import Incoming, Plan
from service.core.decide.people import registrar_of
from service.core.effects import Effect, Letter, NoCase, Note, RememberAbsence, RestartClock, StopAddress
from service.core.message import Kind


def on_bounce(mail: Incoming) -> list[Effect]:
    """A delivery report ends at the log and one line to the registrar (S21); a passing fault only in the log."""
    bounce, case = mail.message.bounce, mail.ctx.case
    assert bounce
    failed = (mail.bounced.to if mail.bounced else "") or bounce.recipient or ""
    what = f"{bounce.action or 'failed'} {bounce.status or ''}".strip()
    if not case:
        return [NoCase("bounce", f"a delivery report ({what}) about no case")]
    plan = Plan(case, mail.book, mail.now)
    plan.file(mail, "bounce")
    plan.set("automatic mail is no sign of life", last_mail_at=case.last_mail_at)
    plan.add(Note("bounce", f"{mail.bounced.kind if mail.bounced else 'a mail'} was not delivered: {what}"))
    # Only a report about a letter that we did send may change anything: anybody can forge the rest.
    if not bounce.is_final or not mail.bounced:
        return plan.effects
    if is_dead_address(bounce.status or ""):
        plan.add(StopAddress(failed, f"mail to it is refused for good: {what}"))
    if mail.bounced.kind == Letter.RECEIPT and case.receipt_sent_at:
        plan.add(RestartClock(Clock.RECEIPT, "the receipt bounced"))
        plan.set("the receipt bounced", receipt_sent_at=None)
    if mail.bounced.kind == Letter.ANSWER and case.answered_at:
        answers.answer_lost(plan, "the answer bounced")
    facts = {"letter": mail.bounced.kind, "failed": failed, "status": bounce.status or ""}
    plan.letter(Letter.ALERT, registrar_of(case, mail.book), "a mail of ours bounced", template="bounce", facts=facts)
    return plan.effects


def is_dead_address(status: str) -> bool:
    """Whether a refusal says that the address itself is wrong (RFC 3463, x.1.x); a full mailbox is none."""
    return bool(re.search(r"\b5\.1\.(?!8)\d{1,3}\b", status))


def on_machine(mail: Incoming) -> list[Effect]:
    """An automatic reply changes no case and stops no clock; an absent officer is remembered (S17, S32)."""
    message, case, book = mail.message, mail.ctx.case, mail.book
    if not case:
        # Where a person can look through them: a mail wrongly taken for a machine's must not vanish.
        return [NoCase(message.kind.value, message.because, "quarantine")]
    plan = Plan(case, book, mail.now)
    # A machine's mail is no sign of life: the quiet period goes on.
    quiet_since = case.last_mail_at
    plan.file(mail, message.kind.value)
    plan.set("automatic mail starts no clock", last_mail_at=quiet_since)
    away = message.absence
    if message.kind is Kind.AUTO_REPLY and away and book.person(mail.sender):
        plan.add(RememberAbsence(mail.sender, away.until, away.substitute, "an out-of-office reply"))
        running = case.running
        back_too_late = away.until is None or (
            running is not None and away.until > book.calendar.local_date(running.due_at)
        )
        if running and back_too_late:
            facts = {"until": away.until, "substitute": _known(away.substitute, mail), "who": mail.sender}
            because = "the officer is away beyond the due date, or nobody knows how long"
            plan.letter(Letter.ALERT, registrar_of(case, book), because, template="absent", facts=facts)
    return plan.effects


def _known(substitute: str | None, mail: Incoming) -> str:
    """The named substitute, only where the municipality knows the address: an outsider's is never passed on."""
    return substitute if substitute and mail.book.person(substitute) else ""
