"""A letter that was written before leaves once more: to the next person, or without the files that were refused."""

from __future__ import annotations

import email
import email.policy
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, select, update

from service.core.decide.absences import Asking, move_at_once, on_out_of_reach
from service.core.decide.outcomes import is_about_address
from service.core.decide.people import registrar_of
from service.core.effects import Letter, SendAgain, SendLetter
from service.core.people.addresses import same
from service.core.people.tokens import read_token
from service.core.publicity import enclosures
from service.core.standby import SUMMARY
from service.desk import absences, documents, register
from service.desk.post import files, outcomes, unreachable
from service.desk.post.outbox import Circumstances
from service.desk.post.states import State
from service.desk.tables import messages
from service.desk.writing import markup
from service.desk.writing.mailbytes import File

if TYPE_CHECKING:
    from service.desk.register import Stored
    from service.desk.turn import Turn

_DAY = timedelta(days=1)


def pass_on(work: Turn, message_id: str, because: str) -> None:
    """A letter to staff was lost: the next person gets it at once, once, and its own address each day again."""
    row = _letter(work, message_id)
    if row is None or _is_void(work, row, because):
        return
    is_news = is_about_address(because) and unreachable.note(work.s, row.recipient, because, work.now)
    tried = tuple((row.tried or "").split())
    values = {"state": State.HELD, "held_because": because, "next_try_at": work.now + _DAY, "claimed_until": None}
    values["tried"] = "\n".join(dict.fromkeys((*tried, row.recipient)))
    _change(work, row, values)
    if row.recipient in tried:
        return  # the next person has it since the first time
    stored = work.case_of(row.case_id)
    moved = _move_to_substitute(work, row, stored)
    instead = "" if moved else work.next_person(row.recipient, stored, tried)
    if is_news and not _ask_about_cases(work, row, because):
        _tell(work, row, because, moved or instead)
    if moved:
        _change(work, row, {"state": State.WITHDRAWN, "held_because": "the case has gone to the substitute"})
    elif instead:
        line, source = in_place_of(row.recipient), _source(row)
        around = Circumstances(cause=row.cause or "", above=line, tried=(*tried, row.recipient), source=source)
        letter = _again(work, row, instead, f"{row.recipient} cannot be reached")
        work.send(letter, stored, enclosed(bytes(row.raw)), around)
    else:
        work.lines.add(row.case_id, "nobody-reached", f"{row.kind}: nobody else can be written to")
        _tell_that_nobody_has_it(work, row, because, stored)


def _change(work: Turn, row: Row[Any], values: dict[str, Any]) -> None:
    work.s.execute(update(messages).where(messages.c.id == row.id).values(**values))


def _tell(work: Turn, row: Row[Any], because: str, instead: str) -> None:
    """The registrar hears that a colleague cannot be reached, where nothing else has told it."""
    registrar = work.desk.book.registrars[0]
    # A letter about no case says itself, above its words, whom it could not reach: else each makes another one.
    is_told = row.case_id is None and row.kind in {Letter.ALERT, Letter.QUESTION}
    if not is_told and not same(registrar, row.recipient) and not same(registrar, instead):
        facts = {"failed": row.recipient, "status": because, "instead": instead}
        work.send(SendLetter(Letter.ALERT, registrar, "a colleague cannot be reached", "out-of-reach", facts), None)


def _tell_that_nobody_has_it(work: Turn, row: Row[Any], because: str, stored: Stored | None) -> None:
    """The registrar hears it in a letter without the words that a filter may have minded, once for each letter."""
    if stored is None or row.kind == Letter.ALERT:
        return
    facts = {"letter": row.kind, "status": because}
    registrar = registrar_of(stored.case, work.desk.book)
    work.send(SendLetter(Letter.ALERT, registrar, "nobody could be written to", "nobody-reached", facts), stored)


def _move_to_substitute(work: Turn, row: Row[Any], stored: Stored | None) -> str:
    """The substitute who has the new case now whose assignment was lost (`absence: auto`); empty: nobody."""
    if stored is None or row.kind != Letter.ASSIGNMENT:
        return ""
    away = absences.absences(work.s, work.desk.mailbox, work.desk.book, work.now)
    effects = move_at_once(row.recipient, stored.case, work.desk.book, away, work.now)
    after = work.carry_out(stored, effects) if effects else None
    return after.case.officer if after else ""


def _ask_about_cases(work: Turn, row: Row[Any], because: str) -> bool:
    """Whether a registrar was asked who takes over the cases of somebody whose mailbox is full or gone."""
    s, mailbox, book = work.s, work.desk.mailbox, work.desk.book
    asking = Asking(book, absences.absences(s, mailbox, book, work.now), work.now, row.message_id)
    effects = on_out_of_reach(asking, row.recipient, register.open_of(s, mailbox, row.recipient), because)
    work.carry_out(None, effects)
    return bool(effects)


def in_place_of(lost: str) -> str:
    """The line above a letter that reaches another person than it was written to."""
    line = f"Det här mejlet skulle till {lost}, men adressen tar inte emot mejl. Därför har du fått det i stället."
    return markup.inline(line)


def leave_files_out(work: Turn, message_id: str, because: str) -> None:
    """A letter was refused for its files: it leaves again without them and says where they are."""
    row = _letter(work, message_id)
    if row is None or _is_void(work, row, because):
        return
    outcomes.mark_refused(work.s, row.id, because)
    stored = work.case_of(row.case_id)
    names = [enclosures.shown_name(file.name) for file in enclosed(bytes(row.raw))]
    kept = tuple(enclosures.Kept(name, "är för stor eller tas inte emot av mejlservern") for name in names)
    letter = _again(work, row, row.recipient, "without the files that were refused")
    below = files.lines_about(work, letter, stored, kept)
    work.send(letter, stored, (), Circumstances(cause=row.cause or "", below=below, source=_source(row)))


def send_again(work: Turn, stored: Stored, what: SendAgain) -> None:
    """The case's latest letter of a kind leaves once more for another address; where there is none, nothing does."""
    wanted = select(messages).where(
        messages.c.case_id == stored.id, messages.c.direction == "out", messages.c.kind == what.kind.value
    )
    row = work.s.execute(wanted.order_by(messages.c.id.desc()).limit(1)).first()
    if row and not _is_void(work, row, what.because):
        around = Circumstances(cause=row.cause or "", source=_source(row))
        work.send(_again(work, row, what.to, what.because), stored, enclosed(bytes(row.raw)), around)


def _is_void(work: Turn, row: Row[Any], because: str) -> bool:
    """Whether the letter was worded before its case was marked as secret: then it never leaves again."""
    stored = work.case_of(row.case_id)
    since = stored.case.secret_since if stored else None
    if since is None or row.at > since:
        return False
    if row.state != State.SENT:
        outcomes.mark_refused(work.s, row.id, because)
    work.lines.add(row.case_id, "withdrawn", f"{row.kind} is not sent again: the case is secret")
    return True


def enclosed(raw: bytes) -> list[File]:
    """The files of a letter of ours."""
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    parts = [part for part in mail.walk() if part.get_content_disposition() == "attachment"]
    return [File(p.get_filename() or "fil", p.get_content_type(), _bytes(p.get_payload(decode=True))) for p in parts]


def _source(row: Row[Any]) -> str:
    """The letter before it became a mail; of letters from before that was kept, its text as it stands."""
    if row.source:
        return str(row.source)
    body = email.message_from_bytes(bytes(row.raw), policy=email.policy.default).get_body(("plain",))
    subject = row.subject.rpartition(" [")[0] or row.subject
    return f"{subject}\n{markup.literal(str(body.get_content()) if body else '')}"


def _bytes(content: Any) -> bytes:
    return content if isinstance(content, bytes) else b""


def _letter(work: Turn, message_id: str) -> Row[Any] | None:
    wanted = select(messages).where(messages.c.message_id == message_id, messages.c.direction == "out")
    return work.s.execute(wanted).first()


def _again(work: Turn, row: Row[Any], to: str, because: str) -> SendLetter:
    kind = Letter(row.kind)
    template = "duty" if kind is Letter.ALERT and row.rank == 0 else ""
    if kind is Letter.DIGEST and not work.desk.mode.is_live:
        template = SUMMARY  # no other digest leaves while the mailbox is only watched
    listing = documents.listing(row.listing)
    token = read_token(row.message_id) if row.case_id is None else None  # whoever gets it instead may answer it
    return SendLetter(
        kind,
        to,
        because,
        template,
        files_of=row.files_of or "",
        nonce=token.nonce if token else "",
        automatic=row.automatic,
        listing=listing,
    )
