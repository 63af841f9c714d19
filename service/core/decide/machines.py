"""Machines write: delivery reports, out-of-office replies, newsletters. None of them is ever answered."""

from __future__ import annotations

from service.core.decide import absences, outcomes, standing
from service.core.decide.deeds import secrecy
from service.core.decide.incoming import Incoming, Plan, SentLetter
from service.core.decide.people import registrar_of, responsible
from service.core.effects import Effect, Letter, NoCase, Note, PassOn
from service.core.mail import Kind
from service.core.people import origin
from service.core.people.addresses import same
from service.core.people.tokens import read_token


def on_bounce(mail: Incoming) -> list[Effect]:
    """A delivery report ends at the log (S21), or finds another road for what was lost; a passing fault ends there."""
    bounce, case = mail.message.bounce, mail.ctx.case
    assert bounce
    what = f"{bounce.action or 'failed'} {bounce.status or ''}".strip()
    lost = mail.bounced if bounce.is_final and mail.bounced and is_believed(mail, mail.bounced) else None
    if not case and bounce.is_final and _is_of_the_service(bounce.original_message_id):
        return [NoCase(ALERT_LOST, f"a letter about the service itself was not delivered: {what}", "quarantine")]
    if not case:
        passed_on = [PassOn(lost.message_id, what)] if lost and Letter(lost.kind).is_to_staff else []
        return [NoCase("bounce", f"a delivery report ({what}) about no case"), *passed_on]
    plan = Plan(case, mail.book, mail.now)
    plan.file(mail, "bounce")
    plan.set("automatic mail is no sign of life", last_mail_at=case.last_mail_at)
    name = mail.bounced.kind if mail.bounced else "a mail"
    if lost:
        plan.add(Note("bounce", f"{name} was not delivered: {what}"))
        outcomes.on_lost(plan, lost, what)
    else:
        doubt = "; nothing shows that the report is true" if bounce.is_final and mail.bounced else ""
        plan.add(Note("bounce", f"a report says that {name} was not delivered: {what}{doubt}"))
    return plan.effects


ALERT_LOST = "alert-lost"
"""How a report is filed that whoever looks after the service has not been reached: a registrar sees it."""


def _is_of_the_service(message_id: str | None) -> bool:
    token = read_token(message_id or "")
    return token is not None and token.is_of_the_service


def is_believed(mail: Incoming, letter: SentLetter) -> bool:
    """Whether a delivery report may change anything: anybody can write one.

    A letter to a submitter has an id that only the submitter's mail system has seen, until somebody answers it: then it
    has arrived, and whoever the answer went to knows the id too. Those of letters to staff are shown in every forward.
    For all these the report has to be the own server's.
    """
    is_secret = not Letter(letter.kind).is_to_staff and not letter.has_answer
    return is_secret or origin.is_from_inside(mail.message, mail.book)


def on_machine(mail: Incoming) -> list[Effect]:
    """An automatic reply changes no case and stops no clock; an absent officer is remembered (S17, S32)."""
    message, case, book = mail.message, mail.ctx.case, mail.book
    if not case and absences.tells(mail):
        told = absences.on_reply(mail, None)
        return [NoCase(message.kind.value, message.because), *told, *standing.ask_next(mail)]
    if not case:
        # Where a person can look through them: a mail wrongly taken for a machine's must not vanish.
        return [NoCase(message.kind.value, message.because, "quarantine")]
    plan = Plan(case, book, mail.now)
    # A machine's mail is no sign of life: the quiet period goes on.
    quiet_since = case.last_mail_at
    plan.file(mail, message.kind.value)
    plan.set("automatic mail starts no clock", last_mail_at=quiet_since)
    away = message.absence
    if book.is_staff(mail.sender):
        if _is_invitation(mail):
            _show(plan, mail, responsible(case, book))
        elif message.by_subject and not away and (message.new_text or message.attachments):
            # Its writer is not asked, who may be a machine: it would answer that, too.
            _show(plan, mail, next((r for r in _registrars(plan) if not same(r, mail.sender)), ""))
    elif not (away and message.certain):
        secrecy.on_later_mail(plan, mail, message.kind.value)
        _show(plan, mail, responsible(case, book))
    told = absences.on_reply(mail, plan) if absences.tells(mail) else []
    return [*plan.effects, *told]


def _is_invitation(mail: Incoming) -> bool:
    """Whether somebody writes in an invitation or in the answer to one: no machine that would answer ours in turn."""
    message = mail.message
    return message.kind is Kind.CALENDAR and not message.auto_submitted and bool(message.new_text)


def _registrars(plan: Plan) -> tuple[str, ...]:
    return registrar_of(plan.case, plan.book), *plan.book.registrars, responsible(plan.case, plan.book)


def _show(plan: Plan, mail: Incoming, to: str) -> None:
    """Companies' ticket systems mark what their people write as automatic: whoever has the case reads it."""
    is_secret = plan.case.secrecy
    plan.letter(
        Letter.INFORMATION,
        to,
        "a mail with an automatic mark has come in the case",
        template="follow-up-secret" if is_secret else "automatic-mail",
        facts={"new_text": "" if is_secret else mail.message.new_text, "sender": mail.sender},
        files_of="" if is_secret or not mail.message.attachments else mail.message.digest,
    )
