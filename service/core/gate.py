"""The one gate that every automatic mail passes: never a machine, never a stopped address, never past the budget.

Sources: RFC 3834 sections 2 and 4 (whom an automatic responder may answer), contract section 6 (`automatic_mail`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from service.core import addresses
from service.core.effects import Letter
from service.core.rules.rulebook import RuleBook

# Letters that carry the work itself: each is bound to a step that happens once, so the budget per address, which is
# there against loops, must not keep an officer with many cases from hearing of one.
_WORK = frozenset(
    {Letter.ASSIGNMENT, Letter.REMINDER, Letter.ESCALATION, Letter.ALERT, Letter.REPORT, Letter.INFORMATION}
)
# What staff hear of their own mails in a case: an officer who answers six cases a day must be asked about the sixth
# too. Without a case nothing else bounds them.
_ANSWERS_TO_STAFF = frozenset({Letter.QUESTION, Letter.ECHO})
_NOBODY_READS = re.compile(
    r"(no[._-]?reply|do[._-]?not[._-]?reply|not[._-]?reply|inte[._-]?svara|svara[._-]?(ej|inte)|mailer-daemon|postmaster"
    r"|bounces?|auto[._-]?(reply|svar|responder)|daemon|nobody)([+._-].*)?@",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Counts:
    """Automatic mails written so far: to the address and in the case this local day, and in the last hour in all."""

    to_address: int = 0
    in_case: int = 0
    this_hour: int = 0
    address_stopped: bool = False
    about_case: bool = True


def is_unread(address: str) -> bool:
    """Whether the address is by its very name one that nobody reads (no-reply, a mail system)."""
    return bool(_NOBODY_READS.match(address.strip()))


def refusal(kind: Letter, to: str, own_addresses: frozenset[str], counts: Counts, book: RuleBook) -> str | None:
    """Why the automatic letter must not be written; None lets it pass. The reason goes to the journal."""
    budget = book.municipality.automatic_mail
    address = addresses.key(to)
    if "@" not in address:
        return "there is no address to send to"
    if not addresses.is_mailable(to):
        return "no mail can be sent to an address of that form"
    if address in own_addresses:
        return "the address is the service's own mailbox"
    if is_unread(address):
        return "nobody reads that address (a no-reply or mail system address)"
    if counts.address_stopped:
        return "mail to the address has bounced for good"
    is_work = kind in _WORK or (kind in _ANSWERS_TO_STAFF and counts.about_case)
    if not is_work and counts.to_address >= budget.per_address_and_day:
        return f"the address has had its {budget.per_address_and_day} automatic mails today"
    if counts.in_case >= budget.per_case_and_day:
        return f"the case has had its {budget.per_case_and_day} automatic mails today"
    return None


def rank(kind: Letter, template: str = "") -> int:
    """What leaves first where many letters wait: 0 receipts and duty alerts, 1 what people say to each other, 2 work.

    A promise runs on the receipt, and danger does not wait behind the mails of somebody who has sent hundreds.
    """
    if kind is Letter.RECEIPT or template == "duty":
        return 0
    return 1 if kind in _SAID_BY_PEOPLE else 2


_SAID_BY_PEOPLE = frozenset({Letter.ANSWER, Letter.QUESTION, Letter.ECHO, Letter.DELAY})


def must_wait(counts: Counts, book: RuleBook) -> bool:
    """Whether the hour's budget is used up: the letter is written but leaves later."""
    return counts.this_hour >= book.municipality.automatic_mail.per_hour
