"""The official diary, where that is another register: it gets a copy of each document (KOP-06, KOP-26, C18)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from service.core.cases import Case
from service.core.effects import Letter, SendLetter
from service.core.rules.rulebook import RuleBook

_FROM_OUTSIDE = frozenset(
    {"feedback", "form", "file-note", "unreadable", "follow-up", "duplicate", "comment", "unverified"}
)
"""The mails of a case that are documents of the diary, by how they are filed; what staff order is none."""
_OPENING = frozenset({"feedback", "form", "file-note"})


def of_mail(
    case: Case, kind: str, digest: str, book: RuleBook, arrived: datetime | None = None
) -> Iterator[SendLetter]:
    """The mail as it came, for the diary where that is another register (KOP-06); of a secret case a pointer alone.

    arrived: when the mail came in; what opens a case came in when the case did, which staff may have corrected.
    """
    if kind in _FROM_OUTSIDE:
        facts = {} if kind in _OPENING or arrived is None else {"arrived": arrived}
        yield from _copies(case, book, "diary-mail", facts, digest, original=True)


def of_answer(case: Case, text: str, officer: str, source: str, book: RuleBook) -> Iterator[SendLetter]:
    """The answer with its files, for the diary (KOP-26). source: digest of the mail whose files went along."""
    facts = {"answer": "" if case.secrecy else text, "officer_address": officer}
    yield from _copies(case, book, "diary-answer", facts, source, original=False)


def _copies(
    case: Case, book: RuleBook, template: str, facts: Mapping[str, object], digest: str, *, original: bool
) -> Iterator[SendLetter]:
    because = (
        "a copy for the diary; the case is secret, so it shows nothing" if case.secrecy else "a copy for the diary"
    )
    files_of = "" if case.secrecy else digest
    for to in book.municipality.diary.copy_to:
        whole = original and bool(files_of)
        yield SendLetter(Letter.INFORMATION, to, because, template, facts, files_of, original=whole)
