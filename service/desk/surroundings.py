"""What the register knows around a mail, and the verdict on it: all that a decision about the mail may look at."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

from service.core import classify
from service.core.alike import responders
from service.core.cases import Case
from service.core.decide import Incoming, SentLetter, Unread
from service.core.decide.lists import read_numbers
from service.core.effects import AddMessage, Effect, Letter, Listing, NoCase
from service.core.formlooks import NEVER_SEEN
from service.core.identity.numbers import find_numbers
from service.core.message import Message
from service.core.people.origin import Arrival
from service.core.people.tokens import NO_CASE, read_token
from service.core.reading.automatic import subjects
from service.core.reading.automatic.evidence import ADDRESS
from service.core.speech.quotation import compared
from service.core.speech.standing import Standing
from service.core.verdict import Context, Match, Role
from service.desk import absences, documents, formlooks, register, standing
from service.desk.lookup import earlier_mails, lost, matching
from service.desk.post import budget
from service.desk.register import Stored
from service.desk.rounds import canary
from service.desk.turn import Turn
from service.desk.writing import mailbytes


def look_around(work: Turn, message: Message, arrival: Arrival, unreadable: str = "") -> tuple[Stored | None, Incoming]:
    """What the register knows around the mail, and the verdict. `unreadable`: why it could not be read."""
    desk, book = work.desk, work.desk.book
    ids = classify.thread_ids(message)
    question = _question(work, message)
    listing = _listing(work, message, ids)
    bounced = _bounced(work, message)
    match = _match(work, message, ids, bool(question or listing), bounced)
    stored = work.case(match.number)
    if match.number and stored is None:
        match = lost.found_again(work, message, match)
        stored = work.case(match.number)
    by_staff = message.sender is not None and book.is_staff(message.sender.address)
    answered = documents.subjects_of(work.s, ids) if by_staff else ()
    if stored and by_staff:
        message = _as_written(work, message, answered, stored)
    elif by_staff:
        message = _answered_again(work, message, listing, question)
    message = _compared(work, message, ids, stored)
    away = absences.absences(work.s, desk.mailbox, book, work.now)
    ctx = Context(
        stored.case if stored else None,
        match,
        desk.own,
        desk.secret,
        documents.exposed(work.s, ids),
        _staff_letters(work, {*ids, *message.carried_ids}),
        any(named.case.secrecy for number in match.numbers if (named := work.case(number))),
        away,
        question,
        tuple(_others(work, message, question)),
        listing,
        _listed(work, listing, message) if listing else {},
        desk.words_to_itself if read_token(message.message_id or "") else frozenset(),
        desk.words_of_canary if canary.is_awaited(work.s, desk.mailbox, message.message_id) else frozenset(),
        _came_back(work, message),
    )
    verdict = classify.classify(message, ctx, book)
    today = book.calendar.local_date(work.now)
    folder = desk.folder_of(stored.case) if stored and stored.case.secrecy else desk.folders.quarantine
    unread = Unread(unreadable, folder) if unreadable else None
    in_it = stored if verdict.role is Role.OFFICER else None
    joined = matching.joined(work, in_it.case, message.new_text) if in_it else {}
    looks = formlooks.looks(work.s, desk.mailbox, verdict.form.form) if verdict.form else NEVER_SEEN
    circumstances = (book, arrival, work.now, today, desk.mailbox, bounced, unread)
    mail = Incoming(message, verdict, ctx, *circumstances, joined=joined, looks=looks)
    return stored, replace(mail, answered=answered, unwritable=_unwritable(work, mail) if by_staff else frozenset())


def _as_written(work: Turn, message: Message, answered: Sequence[str], stored: Stored) -> Message:
    """A colleague's mail that looks like a machine's by its subject alone, or by its coming again and again."""
    first = next(iter(classify.tokens_of(message)), None)
    asked = first is not None and (first.is_for(Letter.QUESTION) or first.is_for(Letter.ECHO))
    if first is not None:
        message = subjects.as_written(message, answered, asked=asked)
    own = message.sender is not None and stored.case.submitter.has(message.sender.address)
    # A program that names no letter of ours may answer any; whoever asks after a case of one's own is none.
    if message.auto_submitted or not (asked or (first is None and not own)):
        return message
    earlier = earlier_mails.written_by(work.s, stored.id, message.sender.address if message.sender else "")
    return responders.as_a_machines(message, earlier, work.now)


def _answered_again(work: Turn, message: Message, listing: Listing | None, question: Standing | None) -> Message:
    """A colleague's answer to a list, or to a question about several cases, that comes again and again."""
    first = next((token for i in classify.thread_ids(message) if (token := read_token(i))), None)
    is_one = listing or question or (first is not None and first.is_for(Letter.DIGEST))
    if message.auto_submitted or not message.sender or not is_one:
        return message
    since = work.now - _REMEMBERED
    earlier = earlier_mails.written_about_several(work.s, work.desk.mailbox, message.sender.address, since)
    sorts = bool(_SORTS.search(message.new_text) or read_numbers(message.new_text))
    return responders.as_a_machines(message, earlier, work.now, sorts=sorts, chooses=question is not None)


_REMEMBERED = timedelta(days=7)
_SORTS = re.compile(r"^[ \t>*•-]*\d|\b[A-ZÅÄÖ]{2,6}-\d\d-\d", re.MULTILINE)


def _unwritable(work: Turn, mail: Incoming) -> frozenset[str]:
    """Who cannot be written to, of those whom an order in the mail may have told: its echo must not say they were."""
    concerned = (mail.ctx.case, *mail.ctx.listed.values())
    named = ADDRESS.findall(mail.message.new_text)[:_MOST_NAMED]
    to = {case.submitter.mail_to for case in concerned if case}
    return budget.unwritable(work.s, {*to, *named}, work.desk.own, work.desk.book)


_MOST_NAMED = 20  # addresses in what is written now, such as a corrected one


def _came_back(work: Turn, message: Message) -> bool:
    """Whether the mail is a letter of ours as it left. Its Message-ID alone says nothing: others have seen it."""
    message_id = message.message_id or ""
    if not message.sender or message.sender.key not in work.desk.own or not read_token(message_id):
        return False
    letter = documents.letter_as_it_left(work.s, message_id)
    if letter is None or message.attachments:
        return False
    subject, raw = letter
    ours = "\n".join((subject, *mailbytes.parts_of(raw)))
    return classify.words_in(f"{message.subject}\n{message.whole_text}") <= classify.words_in(ours)


def _question(work: Turn, message: Message) -> Standing | None:
    """The question about several cases whose letter the mail answers."""
    first = next(iter(classify.tokens_of(message)), None)
    return standing.find(work.s, work.desk.mailbox, first.nonce) if first and first.number == NO_CASE else None


def _match(work: Turn, message: Message, ids: Sequence[str], is_listed: bool, bounced: SentLetter | None) -> Match:
    """The case that the mail points to; of a question about several, or a list, the answer is filed in none of them."""
    if bounced and bounced.number:
        return Match(bounced.number, "the letter that bounced")
    if is_listed:
        return Match()
    return matching.match(work, message, ids)


def _others(work: Turn, message: Message, question: Standing | None) -> Iterator[Case]:
    """The cases that the mail is about besides: the open ones of who is away, or those that a question named."""
    if message.absence and message.sender and work.desk.book.person(message.sender.address):
        yield from register.open_of(work.s, work.desk.mailbox, message.sender.address)
    elif question:
        stored = (work.case(number) for number in question.facts.get("held_by", ()))
        yield from (one.case for one in stored if one)


def _listing(work: Turn, message: Message, ids: Sequence[str]) -> Listing | None:
    """The list that the mail answers; none where its subject names a case, which it is about then."""
    ours = next((i for i in ids if read_token(i)), "")
    return None if find_numbers(message.subject) else documents.listing_of(work.s, ours)


def _listed(work: Turn, listing: Listing, message: Message) -> dict[str, Case]:
    """The cases of the list, and those that the mail names besides."""
    named = find_numbers(message.new_text, work.desk.book.municipality.case_number.prefix)
    found = ((number, work.case(number)) for number in dict.fromkeys((*listing.numbers, *named)))
    return {number: stored.case for number, stored in found if stored}


def _compared(work: Turn, message: Message, ids: Sequence[str], stored: Stored | None) -> Message:
    """The message with what its writer wrote, told from the letters of ours that it answers."""
    if message.bounce or message.auto_submitted or not (ids or stored):
        return message
    if lost.is_of_lost_days(work, ids):
        return message
    sender = message.sender.address if message.sender else ""
    quotable = documents.letters_quoted(work.s, work.desk.mailbox, ids, stored.id if stored else None, sender)
    words = [mailbytes.words_of(raw) for raw in quotable]
    return compared(message, [*words, *([(stored.case.text,)] if stored else [])])


def _staff_letters(work: Turn, ids: set[str]) -> frozenset[str]:
    """Those of the ids that are letters of ours to staff, and that still prove who was sent them."""
    sent = documents.letters_to(work.s, ids)
    return frozenset(i for i, to in sent.items() if work.desk.book.is_staff(to))


def _bounced(work: Turn, message: Message) -> SentLetter | None:
    """The letter of ours that a delivery report is about: by the Message-ID it names, or those in its thread."""
    if not message.bounce:
        return None
    ids = (message.bounce.original_message_id, message.in_reply_to, *message.references)
    return next((letter for i in ids if i and (letter := documents.sent_letter(work.s, i))), None)


def filed_as(effects: list[Effect]) -> str:
    """The sort of document that the effects make of the mail in hand."""
    return next(e.kind for e in effects if isinstance(e, AddMessage | NoCase))
