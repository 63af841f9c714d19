"""Numbers that another system has given what was sent in, and the case that has such a number (S15, domain 10.3).

A number is no proof of anything: others have numbers too, and whoever saw one mail of the e-service knows it. It joins
the e-service's own later mails, and those of people who belong to the case anyway; of anybody else's mail it is only
said that it names one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from service.core.cases import Case
from service.core.message import Message
from service.core.rules.forms import Submission, read_form
from service.core.rules.rulebook import RuleBook
from service.core.verdict import BY_REFERENCE, Match

# As in: Nytt ärende Synpunkten (ärende nr. 48213).
_IN_SUBJECT = re.compile(r"\bärende\w{0,20}[\s.:(#]{0,10}(?:nr|nummer|id)?[\s.:#]{0,10}(\d{3,40})\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reference:
    """The number that a mail names, and the form's submission that it stands in (None: it stands in the subject)."""

    number: str
    form: Submission | None = None


def named_in(message: Message, book: RuleBook) -> Reference | None:
    """The other system's number that the mail names, if any."""
    form = read_form(book, message)
    if form:
        return Reference(form.external_ref, form) if form.external_ref else None
    found = _IN_SUBJECT.search(message.subject)
    return Reference(found[1]) if found else None


def match(reference: Reference, message: Message, known: Sequence[Case], book: RuleBook) -> Match:
    """The case to which the mail belongs by its reference. known: the cases that came with that number."""
    if reference.form:
        same = [case for case in known if _goes_on(case, reference.form)]
        return Match(same[0].number, BY_REFERENCE) if len(same) == 1 else Match()
    sender = message.sender
    belongs = [
        case for case in known if sender and (case.submitter.has(sender.address) or book.is_staff(sender.address))
    ]
    if len(known) == len(belongs) == 1:
        return Match(belongs[0].number, BY_REFERENCE)
    numbers = tuple(case.number for case in known)
    return Match(doubt=f"the mail names {reference.number}, which {', '.join(numbers)} came with", numbers=numbers)


def _goes_on(case: Case, form: Submission) -> bool:
    """Whether the form's mail is about the same matter: from the same form, and from nobody else than the first."""
    who = case.submitter
    return case.form == form.form and (not form.email or not who.email or who.has(form.email))
