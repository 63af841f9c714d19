"""Why a receipt was late: read from what became of its letter (the receipt's promise is the one nobody may miss)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from service.core.cases import Contact


@dataclass(frozen=True, slots=True)
class ReceiptsWay:
    """What became of a receipt: when its case was opened (aware), and its letters in the outbox.

    is_given: the promise is kept by now. letters: the states of the receipts, oldest first. tries: the mail server
    has put one of them off so many times. held: one of them had to wait.
    """

    contact: Contact
    blocked: bool
    opened_at: datetime | None
    due_at: datetime
    is_given: bool
    letters: tuple[str, ...] = ()
    tries: int = 0
    held: bool = False


def why_late(way: ReceiptsWay) -> str:
    """The reason, in words for people. The first that holds is the one that came first on the receipt's way."""
    if way.opened_at and way.opened_at > way.due_at:
        return "Togs in i registret först när dagen hade passerat"
    if way.blocked:
        return "Automatiska mejl till personen är spärrade"
    if way.contact is Contact.LETTER:
        return "Skulle postas som brev"
    came_back = not way.is_given and "sent" in way.letters  # a bounce takes the given receipt back
    if came_back or "refused" in way.letters:
        return "Mejlet kom inte fram till adressen"
    if way.held:
        return "Hölls kvar av gränsen för automatiska mejl"
    if way.tries:
        return "Mejlservern tog inte emot mejlet i tid"
    return "Inget mejl har skickats" if not way.letters else "Skickades efter sista dagen"
