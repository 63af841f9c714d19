"""The one gate that every automatic mail passes: never to a machine, never past the budget of what nobody waits for.

Three answers are possible. A letter leaves. It is refused, where nobody can be written to: that is no matter of time.
Or it is held back, which delays it and never drops it: a budget holds back what nobody waits for (receipts and notices
to people outside) and gathers the work that one person outside makes without end; the held letter stands in the outbox
with its reason and leaves by itself when the budget allows.

Sources: RFC 3834 sections 2 and 4 (whom an automatic responder may answer), contract section 6 (`automatic_mail`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from service.core.effects import Letter
from service.core.people import addresses
from service.core.rules.rulebook import RuleBook

_NOBODY_READS = re.compile(
    r"(no[._-]?reply|do[._-]?not[._-]?reply|not[._-]?reply|inte[._-]?svara|svara[._-]?(ej|inte)|mailer-daemon|postmaster"
    r"|bounces?|auto[._-]?(reply|svar|responder)|daemon|nobody)([+._-].*)?@",
    re.IGNORECASE,
)
# Where everybody has a mailbox: a budget of the domain would let one flood hold back the receipts of all others.
_EVERYBODYS = frozenset(
    re.findall(
        r"\S+",
        """
    gmail.com googlemail.com hotmail.com hotmail.se hotmail.fi outlook.com outlook.se live.com live.se msn.com
    yahoo.com yahoo.se icloud.com me.com mac.com aol.com proton.me protonmail.com pm.me gmx.com gmx.net gmx.de
    fastmail.com mail.com zoho.com tutanota.com yandex.com mail.ru telia.com bredband.net bredband2.com comhem.se
    tele2.se spray.se swipnet.se bahnhof.se home.se glocalnet.net passagen.se algonet.se ownit.nu boremail.com
    netatonce.net riksnet.se t-online.de web.de orange.fr wanadoo.fr wp.pl o2.pl interia.pl seznam.cz luukku.com
    """,
    )
)
_DOMAIN_TIMES = 10  # a domain's budget is so many times an address's


@dataclass(frozen=True, slots=True)
class Counts:
    """Automatic mails so far.

    To the address, its domain and in the case: to people outside, this local day. `of_cause`: work that the same person
    outside has brought to this recipient this local day. In the last hour: `cause_hour` by that person, `first_hour` of
    the first rank, `this_hour` in all.
    """

    to_address: int = 0
    to_domain: int = 0
    in_case: int = 0
    of_cause: int = 0
    cause_hour: int = 0
    first_hour: int = 0
    this_hour: int = 0
    address_stopped: bool = False
    about_case: bool = True


def is_unread(address: str) -> bool:
    """Whether the address is by its very name one that nobody reads (no-reply, a mail system)."""
    return bool(_NOBODY_READS.match(address.strip()))


def budget_key(address: str) -> str:
    """The mailbox that an address leads to, as budgets count: `anna+1@` and `anna+2@` are one (RFC 5233)."""
    local, at, domain = addresses.key(address).rpartition("@")
    return f"{local.partition('+')[0] or local}{at}{domain}"


def budget_domain(address: str, book: RuleBook) -> str:
    """The domain whose budget counts, without subdomains; empty for the municipality's own and for everybody's."""
    domain = addresses.domain_of(address)
    found = _REGISTERED.search(domain)
    registered = found[0] if found else domain
    return "" if registered in _EVERYBODYS or book.is_staff(f"x@{domain}") else registered


_REGISTERED = re.compile(r"[^.]+\.[^.]{1,3}\.[^.]{2}\Z|[^.]+\.[^.]+\Z")  # example.co.uk, example.se


def refusal(to: str, own_addresses: frozenset[str], counts: Counts, kind: Letter | None = None) -> str | None:
    """Why nobody can be written to at the address, ever; None where somebody can. The reason goes to the journal.

    The mailbox itself gets nothing but the canary, which nothing answers.
    """
    address = addresses.key(to)
    if "@" not in address:
        return "there is no address to send to"
    if not addresses.is_mailable(to):
        return "no mail can be sent to an address of that form"
    if kind is Letter.CANARY:
        return None if address in own_addresses else "a canary is for the mailbox itself"
    if address in own_addresses:
        return "the address is the service's own mailbox"
    if is_unread(address):
        return "nobody reads that address (a no-reply or mail system address)"
    if counts.address_stopped:
        return "mail to the address has bounced for good, or staff want none to go there"
    return None


def held(kind: Letter, counts: Counts, book: RuleBook) -> str | None:
    """Why the letter has to wait for another day; None lets it pass.

    Work is never counted against the address or the case: an officer with many cases hears of each. Only what one
    person outside brings about without end is gathered.
    """
    if kind is Letter.CANARY:  # its number is bounded by the time between two
        return None
    budget = book.municipality.automatic_mail
    # What staff hear of their own mails in a case is bounded by those mails. Without a case anybody can write commands
    # in an officer's name.
    if kind.is_to_staff and (counts.about_case or kind not in {Letter.QUESTION, Letter.ECHO}):
        if counts.of_cause >= budget.per_sender_and_day:
            return f"one sender has brought about {budget.per_sender_and_day} letters to the recipient today"
        return None
    if counts.to_address >= budget.per_address_and_day:
        return f"the address has had its {budget.per_address_and_day} automatic mails today"
    if counts.to_domain >= budget.per_address_and_day * _DOMAIN_TIMES:
        return f"the domain has had its {budget.per_address_and_day * _DOMAIN_TIMES} automatic mails today"
    if not kind.is_to_staff and counts.in_case >= budget.per_case_and_day:
        return f"the case has had its {budget.per_case_and_day} automatic mails to people outside today"
    return None


def rank(kind: Letter, template: str = "") -> int:
    """What leaves first where many letters wait: 0 receipts and duty alerts, 1 what people say to each other, 2 work.

    A promise runs on the receipt, and danger does not wait behind the mails of somebody who has sent hundreds.
    """
    if kind is Letter.RECEIPT or template in {"duty", "road", "canary"}:
        return 0
    return 1 if kind in _SAID_BY_PEOPLE else 2


_SAID_BY_PEOPLE = frozenset({Letter.ANSWER, Letter.QUESTION, Letter.ECHO, Letter.DELAY})


def must_wait(first: bool, counts: Counts, book: RuleBook) -> bool:
    """Whether the hour's budget is used up: the letter is written but leaves later.

    No single person outside uses more than half of it, and letters of the `first` rank wait for their own kind alone.
    """
    per_hour = book.municipality.automatic_mail.per_hour
    if counts.cause_hour >= max(per_hour // 2, 1):
        return True
    return (counts.first_hour if first else counts.this_hour) >= per_hour
