"""Which case a mail belongs to, by its own signs and by what the register knows of its writer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from service.core import classify
from service.core.alike.likeness import A_DAY, WITHIN, is_receipt_again, likeness, says_the_same, stands_in
from service.core.cases import Case
from service.core.decide import Incoming, joining, repeats
from service.core.identity import references
from service.core.mail import Unreadable
from service.core.message import Message
from service.core.speech import sayings
from service.core.verdict import Match, Role
from service.desk import documents, register
from service.desk.lookup import submitters
from service.desk.register import Stored

if TYPE_CHECKING:
    from service.desk.turn import Turn


def match(work: Turn, message: Message, ids: Sequence[str]) -> Match:
    """The case that the mail points to. ids: the Message-IDs that it names."""
    threads = documents.threads(work.s, work.desk.mailbox, ids)
    found = classify.match_case(message, work.desk.book.municipality.case_number.prefix, threads)
    if found != Match():
        return found
    ways = (_overtaken, _referred, _spoken_of, _past_us)
    return next((other for way in ways if (other := way(work, message)) != Match()), found)


def _overtaken(work: Turn, message: Message) -> Match:
    """The case of a follow-up that came before the mail that it answers: the same person's mails are joined."""
    numbers = documents.answered_by(work.s, work.desk.mailbox, message.message_id)
    if not numbers:
        return Match()
    stored, sender = work.case(numbers[0]), message.sender
    if len(numbers) == 1 and stored and sender and stored.case.submitter.has(sender.address):
        return Match(numbers[0], "a mail that answers this one")
    return Match(doubt=f"mails in {', '.join(numbers)} answer this one", numbers=tuple(numbers))


def _referred(work: Turn, message: Message) -> Match:
    """The case that came with the other system's number which the mail names."""
    for reference in references.named_in(message, work.desk.book):
        numbers = register.numbers_with(work.s, work.desk.mailbox, reference.number)
        known = [stored.case for number in numbers if (stored := work.case(number))]
        if known:
            return references.match(reference, message, known, work.desk.book)
    return Match()


def _spoken_of(work: Turn, message: Message) -> Match:
    """The only open case of somebody who asks what becomes of it, or takes it back, and names no number."""
    sender = message.sender
    if not sender or work.desk.book.is_staff(sender.address) or not sayings.speaks_of_own_case(message.new_text):
        return Match()
    open_ones = submitters.open_numbers_of(work.s, work.desk.mailbox, sender.address)
    return Match(open_ones[0], "the sender's only open case") if len(open_ones) == 1 else Match()


def _past_us(work: Turn, message: Message) -> Match:
    """The only open case of whom a colleague writes to directly, with us in copy and without its number (S31)."""
    sender, book = message.sender, work.desk.book
    if not sender or not book.is_staff(sender.address):
        return Match()
    outside = {a.key: a.address for a in (*message.to, *message.cc) if not book.is_staff(a.address)}
    others = [address for key, address in outside.items() if key not in work.desk.own][:_MOST_ASKED]
    open_ones = {n for a in others for n in submitters.open_numbers_of(work.s, work.desk.mailbox, a)}
    return Match(open_ones.pop(), "the only open case of whom it was sent to") if len(open_ones) == 1 else Match()


_MOST_ASKED = 5


def repeated(work: Turn, stored: Stored | None, mail: Incoming) -> tuple[Stored | None, Incoming]:
    """New feedback that is the same as some of the last hour belongs to that one's case, whatever road it came by.

    A system's receipt belongs to that of the last day: it answers ours.
    """
    if mail.verdict.role not in repeats.NEWS or mail.unread or mail.ctx.match.doubt:
        return stored, mail
    same_case = _same_mail(work, mail) or _same_words(work, mail)
    if same_case is None:
        return stored, mail
    because = "the same person has written the same a short while ago"
    ctx = replace(mail.ctx, case=same_case.case, match=Match(same_case.case.number, because))
    return same_case, replace(mail, ctx=ctx, verdict=replace(mail.verdict, role=Role.AGAIN, because=because))


def _same_mail(work: Turn, mail: Incoming) -> Stored | None:
    key = likeness(mail.message) if mail.verdict.role is Role.NEW else None
    return work.case_of(documents.case_of_like(work.s, work.desk.mailbox, key, work.now - WITHIN)) if key else None


def _same_words(work: Turn, mail: Incoming) -> Stored | None:
    address, words = repeats.said_by(mail)
    if not address:
        return None
    at = mail.arrival.at
    numbers = submitters.numbers_of(work.s, work.desk.mailbox, address, at - A_DAY)
    for stored in filter(None, map(work.case, numbers)):
        text, recent = stored.case.text, stored.case.received_at >= at - WITHIN
        if (recent and says_the_same(text, words)) or is_receipt_again(text, words):
            return stored
    return None


def as_secret_as_before(work: Turn, mail: Incoming) -> Incoming:
    """A mail in which the words of a secret case of the same person stand is secret, and what it joins becomes so."""
    address, words = repeats.said_by(mail)
    joins_secret = mail.ctx.case is not None and mail.ctx.case.secrecy
    if mail.verdict.role not in repeats.NEWS | {Role.SUBMITTER} or mail.unread or not address or joins_secret:
        return mail
    theirs = (work.s, work.desk.mailbox, address, mail.arrival.at - _REMEMBERED)
    before = submitters.secret_texts_of(*theirs)
    again = any(stands_in(text, words) for text in before)
    again = again or (bool(before) and any(stands_in(text, words) for text in _added_in_secret(work, theirs)))
    return replace(mail, secret=True) if again else mail


def _added_in_secret(work: Turn, theirs: tuple[Connection, str, str, datetime]) -> Iterator[str]:
    """What the person has added in secret cases: of what anybody may ask or thank for, nothing."""
    for raw in submitters.secret_mails_of(*theirs):
        with suppress(Unreadable):
            text = work.desk.reader(raw).new_text
            if len(text.split()) >= _TELLS and not sayings.speaks_of_own_case(text):
                yield text


_TELLS = 12  # words


_REMEMBERED = timedelta(days=365)


def joined(work: Turn, case: Case, text: str = "") -> dict[str, Case]:
    """The cases of the same matter as this one, directly or by way of another, and those that a text would join."""
    today = work.desk.book.calendar.local_date(work.now)
    wanted = [*joining.same(case), *sorted(joining.named_in(case, text, work.desk.book, today))]
    found: dict[str, Case] = {}
    for number in wanted:
        if number != case.number and number not in found and len(found) < _MOST_JOINED:
            stored = work.case(number)
            if stored:
                found[number] = stored.case
                wanted += joining.same(stored.case)
    return found


_MOST_JOINED = 500
