"""The files of an incoming mail that go along with a letter, and a line for each that stays in the mailbox."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.core.decide.unreadable import UNREADABLE
from service.core.effects import Letter, SendLetter
from service.core.mail import Attachment, Message, Unreadable
from service.core.people.tokens import read_token
from service.core.publicity import enclosures
from service.core.publicity.enclosures import Kept
from service.core.reading.history.quotes import REPLY_MARKER
from service.core.speech import swedish
from service.desk import documents
from service.desk.writing import markup
from service.desk.writing.mailbytes import File

if TYPE_CHECKING:
    from service.desk.register import Stored
    from service.desk.turn import AtHand, Turn

LARGEST_ENCLOSURE = 15 * 1024 * 1024  # all files of one letter together; larger ones are fetched from the mailbox
_MOST_NAMED = 20
_MOST_MAILS = 50


@dataclass(frozen=True, slots=True)
class Enclosed:
    """What goes along, and what stays behind with the reason."""

    files: tuple[File, ...] = ()
    kept: tuple[Kept, ...] = ()


def enclosed(work: Turn, letter: SendLetter, stored: Stored | None, at_hand: AtHand) -> Enclosed:
    """The real files of the mail that the letter names ("case": of the mail that opened the case), judged one by one.

    Of a mail that cannot be read, the original itself.
    """
    if not letter.files_of:
        return Enclosed()
    message, raw = at_hand[letter.files_of] if letter.files_of in at_hand else _kept(work, letter.files_of, stored)
    if message is None or (letter.original and not _holds_harm(work, letter, message, raw)):
        whole = original(raw)
        return Enclosed(whole, () if whole else (Kept("Mejlet", "är för stort att skicka med"),))
    judged = [(a, _why_not(a, letter)) for a in message.attachments]
    wanted = [not a.inline and not a.technical and not why for a, why in judged]
    real = [(a, why) for a, why in judged if not a.inline and not a.technical]
    kept = [Kept(enclosures.shown_name(a.filename), why) for a, why in real if why]
    if not any(wanted):
        return Enclosed(kept=tuple(kept))
    passing = [a for a, why in real if not why]
    if sum(a.size for a in passing) > LARGEST_ENCLOSURE:
        too_large = [Kept(enclosures.shown_name(a.filename), "är för stor att skicka vidare") for a in passing]
        return Enclosed(kept=(*kept, *too_large))
    try:
        contents = work.desk.contents(raw)
    except Unreadable:
        return Enclosed(original(raw))
    passed, left = [], [_MOST_MAILS]
    for attachment, content, is_wanted in zip(message.attachments, contents, wanted, strict=True):
        name = enclosures.shown_name(attachment.filename)
        hidden = _hidden(work, attachment, content, left) if is_wanted else ""
        if hidden:
            kept.append(Kept(name, hidden))
        elif is_wanted and letter.kind is Letter.ANSWER and _holds_ours(work, attachment, content):
            kept.append(Kept(name, "innehåller ett mejl som är skrivet till dig, inte till synpunktslämnaren"))
        elif is_wanted:
            passed.append(File(name, attachment.content_type, content))
    return Enclosed(tuple(passed), tuple(kept))


def _why_not(file: Attachment, letter: SendLetter) -> str:
    """Why the file does not go along; for an answer also where nobody can see whether it holds a letter of ours."""
    if letter.kind is Letter.ANSWER and enclosures.is_mail(file) and not enclosures.is_plain_mail(file):
        return enclosures.UNSEEN
    return enclosures.fault(file, own=letter.kind is Letter.ANSWER)


def _holds_harm(work: Turn, letter: SendLetter, message: Message, raw: bytes) -> bool:
    """Whether a file in the mail may harm whoever opens it: then the mail goes to no person as it came.

    The diary gets every mail as it is: there it is a document.
    """
    if letter.kind is not Letter.ALERT:
        return False
    if any(map(enclosures.fault, message.attachments)):
        return True
    try:
        contents = work.desk.contents(raw)
    except Unreadable:
        return True
    left = [_MOST_MAILS]
    return any(_hidden(work, file, its, left) for file, its in zip(message.attachments, contents, strict=True))


def _hidden(work: Turn, file: Attachment, content: bytes, left: list[int]) -> str:
    """Why the file stays, by what it holds: of a mail also what is attached to it, and to the mails in that.

    left: how many mails may still be looked at for this letter.
    """
    if why := enclosures.fault_of_content(file, content):
        return why
    mails = [content] if enclosures.is_plain_mail(file) else []
    while mails:
        left[0] -= 1
        try:
            inside, contents = work.desk.reader(mails[-1]), work.desk.contents(mails.pop())
        except Unreadable:
            return enclosures.UNSEEN
        if left[0] < 0 or len(contents) != len(inside.attachments):
            return enclosures.UNSEEN
        held = tuple(zip(inside.attachments, contents, strict=True))
        if any(enclosures.fault(each) or enclosures.fault_of_content(each, its) for each, its in held):
            return enclosures.HARM_INSIDE
        mails += [its for each, its in held if enclosures.is_plain_mail(each)]
    return ""


def _holds_ours(work: Turn, file: Attachment, content: bytes) -> bool:
    """Whether an attached mail is a letter of ours, answers one, or holds one; a mail that cannot be read may be."""
    if any(mark in content for mark in _OUR_MARKS):
        return True
    if not enclosures.is_mail(file):
        return False
    try:
        inside = work.desk.reader(content)
    except Unreadable:
        return True
    ids = (inside.message_id, inside.in_reply_to, *inside.references)
    ours = bool(inside.sender and inside.sender.key in work.desk.own) or any(i and read_token(i) for i in ids)
    numbers = [n for n in inside.case_numbers if n.startswith(work.desk.book.municipality.case_number.prefix + "-")]
    nested = any(enclosures.is_mail(a) for a in inside.attachments)
    return ours or nested or bool(numbers) or REPLY_MARKER in inside.text


_OUR_MARKS = tuple(
    mark.encode(coding) for mark in ("X-Synpunkten-", REPLY_MARKER) for coding in ("utf-8", "utf-16-le", "iso-8859-1")
)


def lines_about(work: Turn, letter: SendLetter, stored: Stored | None, kept: tuple[Kept, ...]) -> tuple[str, ...]:
    """What the letter says of the files that stay: why, and for staff where they are."""
    if not kept:
        return ()
    named = [f"{markup.inline(k.name)} {k.why}" for k in kept[:_MOST_NAMED]]
    if len(kept) > _MOST_NAMED:
        named.append(f"{len(kept) - _MOST_NAMED} filer till har också lämnats kvar")
    listed = "\n".join(f"- {line}." for line in named)
    if not letter.kind.is_to_staff:
        return (f"Alla filer följer inte med det här mejlet:\n\n{listed}", "Svara på mejlet om du behöver dem.")
    return (f"Alla filer följer inte med det här mejlet:\n\n{listed}", whereabouts(work, letter.files_of, stored))


def whereabouts(work: Turn, files_of: str, stored: Stored | None) -> str:
    """Where in the mailbox the mail is that has the files: the folder, and when it came in."""
    folder = work.desk.folder_of(stored.case) if stored else work.desk.folders.handled
    at = documents.arrival_of(work.s, work.desk.mailbox, files_of, stored.id if stored else None)
    calendar = work.desk.book.calendar
    came = f"som kom in {swedish.day(calendar.local_date(at))} {swedish.clock(at, calendar.zone)}, " if at else ""
    line = (
        f"Filerna finns i mejlet {came}i mappen {folder} i brevlådan {work.desk.address}. Öppna dem med försiktighet."
    )
    return markup.inline(line)


def _kept(work: Turn, files_of: str, stored: Stored | None) -> tuple[Message | None, bytes]:
    """A mail in the register, read again; one that could not be read is not tried again in here."""
    assert stored
    opening = files_of == "case"
    found = documents.first_kept(work.s, stored.id) if opening else documents.kept(work.s, work.desk.mailbox, files_of)
    if found is None or found.kind == UNREADABLE:
        return None, bytes(found.raw) if found else b""
    raw = bytes(found.raw)
    try:
        return work.desk.reader(raw), raw
    except Unreadable:
        return None, raw


def original(raw: bytes) -> tuple[File, ...]:
    """The whole mail as a file, where it is not too large for a letter."""
    return (File("original.eml", "message/rfc822", raw),) if 0 < len(raw) <= LARGEST_ENCLOSURE else ()
