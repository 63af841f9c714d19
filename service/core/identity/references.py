"""Numbers that another system has given what was sent in, and the case that has such a number (S15, domain 10.3).

A number is no proof of anything: others have numbers too, and whoever saw one mail of the e-service knows it. It joins
the e-service's own later mails, and those of people who belong to the case anyway; of anybody else's mail it is only
said that it names one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from service.core.cases import Case
from service.core.message import Message
from service.core.rules.forms import Submission, read_form
from service.core.rules.rulebook import RuleBook
from service.core.verdict import BY_REFERENCE, Match

# As in: Nytt ärende Synpunkten (ärende nr. 48213).
_IN_SUBJECT = re.compile(r"\bärende\w{0,20}[\s.:(#]{0,10}(?:nr|nummer|id)?[\s.:#]{0,10}(\d{3,40})\b", re.IGNORECASE)

# As in a system that was used before: SYN 2024-0123, KS/2024:55, 2024-000123, Ticket#48213.
_MARKED = re.compile(r"(?<!\w)(?:[^\W\d_]{1,8}[ /:.-]?|([^\W\d_]{0,8}# ?))?(\d{1,12}(?:[/:.-]\d{1,12}){0,3})(?!\w)")
_SEARCHED, _MOST_NUMBERS = 500, 5


@dataclass(frozen=True, slots=True)
class Reference:
    """The number that a mail names, and the form's submission that it stands in (None: it stands in the subject)."""

    number: str
    form: Submission | None = None


def named_in(message: Message, book: RuleBook) -> tuple[Reference, ...]:
    """What in the mail may be another system's number; whether it is one, the register knows."""
    form = read_form(book, message)
    if form:
        return (Reference(form.external_ref, form),) if form.external_ref else ()
    bare = [found[1] for found in [_IN_SUBJECT.search(message.subject)] if found]
    return tuple(map(Reference, dict.fromkeys([*bare, *_marked(message.subject[:_SEARCHED])])))


def _marked(subject: str) -> Iterator[str]:
    """Numbers with a series, with it and without, and numbers with a mark; a bare number may be a house's."""
    for found in islice(_MARKED.finditer(subject), _MOST_NUMBERS):
        whole, number = found[0], found[2]
        if whole != number:
            yield from (whole, whole.upper())
        if found[1] or not number.isdigit():
            yield number


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
