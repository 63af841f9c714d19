"""An e-service writes again about what was sent in through it: shown to whoever has the case, answered to nobody."""

from __future__ import annotations

from service.core.decide.deeds import secrecy
from service.core.decide.incoming import Incoming, Plan
from service.core.decide.people import responsible
from service.core.effects import Effect, Letter


def on_form_again(mail: Incoming) -> list[Effect]:
    """It opens no case, starts no clock and reopens nothing by itself: a person sees what has changed."""
    case, form = mail.ctx.case, mail.verdict.form
    assert case
    assert form
    plan = Plan(case, mail.book, mail.now)
    plan.file(mail, "form")
    secrecy.on_later_mail(plan, mail, "form")
    case = plan.case
    text = "" if case.secrecy else form.text or mail.message.new_text
    plan.letter(
        Letter.INFORMATION,
        responsible(case, mail.book),
        f"the form {form.form} has written again about {form.external_ref}",
        template="follow-up-secret" if case.secrecy else "form-again",
        facts={"new_text": text, "form": form.form, "unconfirmed": mail.verdict.unconfirmed},
        files_of=mail.message.digest if mail.message.attachments and not case.secrecy else "",
    )
    return plan.effects
