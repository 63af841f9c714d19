"""One incoming mail: this table says which module decides about it."""

from __future__ import annotations

from collections.abc import Callable

from service.core.classify import shown_outside
from service.core.decide import (
    absences,
    arrivals,
    lists,
    machines,
    notes,
    platforms,
    repeats,
    staff,
    standing,
    submitters,
    unreadable,
)
from service.core.decide.incoming import Incoming
from service.core.effects import Effect, ExposeThread, NoCase
from service.core.verdict import TO_ITSELF, Role


def on_mail(mail: Incoming) -> list[Effect]:
    """The effects of the mail. The first of them always files it: as a new case, in a case, or as no case."""
    if mail.unread:
        return [*unreadable.on_unreadable(mail, mail.unread), *_exposed(mail)]
    return [*_BY_ROLE[mail.verdict.role](mail), *_exposed(mail), *absences.on_presence(mail)]


def _exposed(mail: Incoming) -> list[Effect]:
    """A mail that somebody outside has seen shows the ids of our letters to staff, which then prove nobody any more."""
    ids = tuple(sorted(mail.ctx.staff_letters))
    because = shown_outside(mail.message, mail.verdict, mail.ctx, mail.book) if ids else ""
    return [ExposeThread(ids, because)] if because else []


def _own(mail: Incoming) -> list[Effect]:
    """A letter of ours that came back as it left is done with; anything else from our own address a person looks at."""
    is_done = mail.verdict.role in TO_ITSELF or mail.ctx.came_back
    return [NoCase(mail.verdict.role, mail.verdict.because, "handled" if is_done else "quarantine")]


_BY_ROLE: dict[Role, Callable[[Incoming], list[Effect]]] = {
    Role.OWN: _own,
    Role.ABOUT_US: _own,
    Role.CANARY: _own,
    Role.TRIAL: _own,
    Role.BOUNCE: machines.on_bounce,
    Role.MACHINE: machines.on_machine,
    Role.FORM: arrivals.on_new,
    Role.FORM_AGAIN: platforms.on_form_again,
    Role.UNKNOWN_FORM: arrivals.on_new,
    Role.NEW: arrivals.on_new,
    Role.SUBMITTER: submitters.on_submitter,
    Role.STRANGER: submitters.on_stranger,
    Role.OFFICER: staff.on_officer,
    Role.UNPROVEN_STAFF: staff.on_unproven,
    Role.FILE_NOTE: notes.on_file_note,
    Role.AGAIN: repeats.on_again,
    Role.ANSWERS_LIST: lists.on_list_answer,
    Role.DECIDES: standing.on_answer,
    Role.STAFF_IN_DOUBT: staff.on_staff_without_case,
    Role.STAFF_WITHOUT_CASE: staff.on_staff_without_case,
}
