"""The same feedback once more: mailed twice, sent through the form too, or passed on by a colleague (S33).

One case and one receipt; every copy is kept in the case and shown, and a colleague hears the number.
"""

from __future__ import annotations

from service.core.decide import echoes
from service.core.decide.deeds import secrecy
from service.core.decide.incoming import Incoming, Plan
from service.core.decide.people import responsible
from service.core.effects import Effect, Letter
from service.core.speech import forwards
from service.core.verdict import Role

NEWS = frozenset({Role.NEW, Role.FORM, Role.UNKNOWN_FORM, Role.FILE_NOTE})
"""What a mail is to us that would begin a case."""


def said_by(mail: Incoming) -> tuple[str, str]:
    """Whose feedback the mail brings, by address, and the words of it; empty where nobody knows."""
    message, form = mail.message, mail.verdict.form
    if form:
        return form.email, form.text
    if mail.verdict.role is Role.FILE_NOTE:
        passed = forwards.passed_on(message)
        return (passed.sender.address, passed.text) if passed and passed.sender else ("", "")
    wish = mail.verdict.reply_to if mail.verdict.role is Role.UNKNOWN_FORM else None
    return (wish.address if wish else mail.sender), message.new_text or message.text


def on_again(mail: Incoming) -> list[Effect]:
    """The same within the hour: kept and shown, but nothing is promised or reopened by it."""
    case = mail.ctx.case
    assert case
    plan = Plan(case, mail.book, mail.now)
    by_form = mail.verdict.form is not None
    colleague = mail.sender if mail.book.is_staff(mail.sender) and not by_form else ""
    own = not by_form and case.submitter.has(mail.sender)
    kind = "follow-up" if own else "duplicate"
    plan.file(mail, kind, from_submitter=own)
    secrecy.on_later_mail(plan, mail, kind)
    secret = plan.case.secrecy
    plan.letter(
        Letter.INFORMATION,
        responsible(plan.case, plan.book),
        "the same feedback has come once more",
        template="follow-up-secret" if secret else "duplicate",
        facts={
            "new_text": "" if secret else mail.message.new_text,
            "sender": mail.sender,
            "by_form": by_form,
            "colleague": colleague,
        },
        files_of=mail.message.digest if mail.message.attachments and not secret else "",
    )
    if colleague and not own:
        _tell(plan, colleague)
    return plan.effects


def _tell(plan: Plan, colleague: str) -> None:
    """Whoever passed it on learns that it is in good hands, and its number."""
    unit = plan.book.unit(plan.case.unit)
    done = ["Synpunkten finns redan som ett ärende. Ditt mejl ligger nu i det."]
    if unit and not plan.case.secrecy:
        done.append(f"{unit.name} tar hand om den.")
    facts = echoes.facts(plan, colleague) | {"done": tuple(done)}
    plan.letter(Letter.ECHO, colleague, "whoever passed it on hears the number", facts=facts)
