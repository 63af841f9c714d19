"""One turn of work: the tools of one transaction, and what carries effects out in it."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from sqlalchemy import Connection

from service.core.decide.people import registrar_of, same
from service.core.decide.unreadable import UNREADABLE
from service.core.effects import Effect, Letter, NoCase, SendLetter
from service.core.mail import Message, Unreadable
from service.desk import documents, outbox, register
from service.desk.desk import Desk
from service.desk.letters import File
from service.desk.register import Journal, Stored

LARGEST_ENCLOSURE = 15 * 1024 * 1024  # all files of one letter together; larger ones are fetched from the mailbox
_MUST_REACH_SOMEBODY = frozenset({Letter.ASSIGNMENT, Letter.REMINDER, Letter.ESCALATION})

AtHand = Mapping[str, tuple[Message | None, bytes]]
"""Mails that are in memory anyway, by their digest: they need not be fetched from the database and read again.

None in place of the message: it cannot be read.
"""


@dataclasses.dataclass(slots=True)
class Turn:
    """One transaction at work. Nothing in it touches the network."""

    s: Connection
    desk: Desk
    now: datetime
    lines: Journal

    def case(self, number: str) -> Stored | None:
        """The case of that number, as it is now."""
        return register.load(self.s, number) if number else None

    def case_of(self, case_id: int | None) -> Stored | None:
        """The case with that place in the register."""
        return register.load_by_id(self.s, case_id) if case_id is not None else None

    def carry_out(self, stored: Stored | None, effects: list[Effect], at_hand: AtHand | None = None) -> Stored | None:
        """Make the effects true: the case, its journal, and every letter laid in the outbox. Returns the case."""
        concerned = stored if any(not isinstance(e, NoCase) for e in effects) else None
        after = register.apply(self.s, concerned, effects, self.desk.book, self.lines)
        for effect in effects:
            if isinstance(effect, SendLetter):
                self.send(effect, after, self._files(effect, after, at_hand or {}))
        return after

    def send(self, letter: SendLetter, stored: Stored | None, files: Iterable[File] = ()) -> None:
        """Lay a letter in the outbox; work that its officer cannot be sent reaches the registrar instead."""
        enclosed = list(files)
        if outbox.put(self.s, self.desk.writer, letter, stored, enclosed, self.desk.own, self.lines):
            return
        if stored and letter.kind in _MUST_REACH_SOMEBODY:
            registrar = registrar_of(stored.case, self.desk.book)
            if not same(letter.to, registrar):
                because = f"{letter.because}; {letter.to} cannot be reached"
                instead = dataclasses.replace(letter, to=registrar, because=because)
                outbox.put(self.s, self.desk.writer, instead, stored, enclosed, self.desk.own, self.lines)

    def _files(self, letter: SendLetter, stored: Stored | None, at_hand: AtHand) -> list[File]:
        """The real files of the mail that the letter names ("case": of the mail that opened the case).

        Of a mail that cannot be read, the original itself.
        """
        if not letter.files_of:
            return []
        message, raw = at_hand[letter.files_of] if letter.files_of in at_hand else self._kept(letter.files_of, stored)
        if message is None:
            return original(raw)
        wanted = [not a.inline and not a.technical for a in message.attachments]
        if not any(wanted) or sum(a.size for a in message.attachments) > LARGEST_ENCLOSURE:
            return []
        try:
            contents = self.desk.contents(raw)
        except Unreadable:
            return original(raw)
        whole = zip(message.attachments, contents, wanted, strict=True)
        return [File(a.filename, a.content_type, content) for a, content, is_wanted in whole if is_wanted]

    def _kept(self, files_of: str, stored: Stored | None) -> tuple[Message | None, bytes]:
        """A mail in the register, read again; one that could not be read is not tried again in here."""
        assert stored
        opening = files_of == "case"
        found = (
            documents.first_kept(self.s, stored.id) if opening else documents.kept(self.s, self.desk.mailbox, files_of)
        )
        if found is None or found.kind == UNREADABLE:
            return None, bytes(found.raw) if found else b""
        raw = bytes(found.raw)
        try:
            return self.desk.reader(raw), raw
        except Unreadable:
            return None, raw


def original(raw: bytes) -> list[File]:
    """The whole mail as a file, where it is not too large for a letter."""
    return [File("original.eml", "message/rfc822", raw)] if 0 < len(raw) <= LARGEST_ENCLOSURE else []


@contextlib.contextmanager
def turn(desk: Desk, now: datetime) -> Iterator[Turn]:
    """A turn: all of what is done in it is stored at its end, or none."""
    with desk.database.transaction() as s:
        lines = Journal(desk.mailbox, now)
        yield Turn(s, desk, now, lines)
        lines.write(s)
