"""A form's mail lacks what its mails have always had: the registrar hears, once for each form and day."""

from __future__ import annotations

from service.core import formlooks
from service.core.decide.incoming import Incoming, Plan
from service.core.effects import Letter, SawForm


def lacks(mail: Incoming) -> tuple[str, ...]:
    """What the form's mail lacks that its mails have always had."""
    return formlooks.missing(mail.verdict.form, mail.looks, mail.book) if mail.verdict.form else ()


def note_looks(plan: Plan, mail: Incoming) -> None:
    """The looks of the form's mail are remembered. The case is what it is: nothing is held up by a changed form."""
    form = mail.verdict.form
    if form is None or mail.verdict.unconfirmed:
        return  # what somebody else has sent in the form's name says nothing of the form
    missing = lacks(mail)
    is_told = bool(missing) and mail.looks.told_on != mail.today
    plan.add(SawForm(form.form, tuple(form.answers), mail.today if is_told else None))
    if is_told:
        because = f"the mail of the form {form.form} lacks {', '.join(missing)}"
        facts = {"form": form.form, "missing": missing}
        plan.letter(Letter.ALERT, mail.book.registrars[0], because, template="form-changed", facts=facts)
