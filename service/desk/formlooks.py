"""How the mails of each web form have looked, as the register remembers it."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select, update

from service.core.effects import SawForm
from service.core.formlooks import NEVER_SEEN, Looks
from service.desk.tables import forms


def looks(s: Connection, mailbox: str, form: str) -> Looks:
    """How the form's mails have looked so far."""
    row = s.execute(select(forms).where(forms.c.mailbox == mailbox, forms.c.form == form)).one_or_none()
    return Looks(row.mails, row.labels, row.told_on) if row else NEVER_SEEN


def remember(s: Connection, mailbox: str, seen: SawForm) -> None:
    """One more mail of the form."""
    before = looks(s, mailbox, seen.form)
    labels = {label: before.labels.get(label, 0) + (label in seen.labels) for label in {*before.labels, *seen.labels}}
    values = {"mails": before.mails + 1, "labels": labels, "told_on": seen.told_on or before.told_on}
    if before == NEVER_SEEN:
        s.execute(insert(forms).values(mailbox=mailbox, form=seen.form, **values))
    else:
        s.execute(update(forms).where(forms.c.mailbox == mailbox, forms.c.form == seen.form).values(**values))
