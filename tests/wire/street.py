"""The people who write, and what the register and the mail servers say of their mails afterwards."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from sqlalchemy import func, select, update

from service.desk.database import Database
from service.desk.tables import cases, journal, messages, quarantine
from tests.servers.dovecot import Dovecot
from tests.servers.rude import Rude, Taken

BO = "bo.ek@ekvik.example"


@dataclass
class Street:
    """People who write: citizens a stream of mails, and Bo an answer to each assignment."""

    dovecot: Dovecot
    sink: Rude
    address: str
    domain: str
    answered: set[str] = field(default_factory=set)
    written: int = 0
    put_in: list[str] = field(default_factory=list)  # SHA-256 of each mail

    def citizen(self, number: int) -> str:
        return f"anna{number}@{self.domain}"

    def write(self) -> None:
        number = self.written
        self.put(self.citizen(number), f"Det är ett stort hål i asfalten på Lillgränd {number}.", f"{number}.new")
        self.written += 1

    def answer(self) -> None:
        """Bo answers what has reached him since the last time, each once."""
        for letter in list(self.sink.taken):
            if letter.kind == "assignment" and letter.message_id not in self.answered:
                self.answered.add(letter.message_id)
                text = "#SVAR\nHålet är lagat.\n#ÅTGÄRD 1\n#PUBLICERA NEJ\n#AVSLUTA"
                self.put(BO, text, f"{len(self.answered)}.reply", letter)

    def is_at_rest(self, register: Register) -> bool:
        """Whether nothing waits to leave and nothing lies in the inbox folder."""
        return not register.waiting() and not self.dovecot.mailbox(self.address)

    def is_done(self, register: Register) -> bool:
        """Whether everybody has been answered, nothing waits to leave and nothing lies in the inbox folder."""
        return (
            len(self.answered) >= self.written
            and self.is_at_rest(register)
            and register.count_in() == self.written + len(self.answered)
        )

    def put(self, sender: str, text: str, message_id: str, answers: Taken | None = None) -> None:
        now, domain = datetime.now(UTC), sender.rpartition("@")[2]
        thread = f"In-Reply-To: {answers.message_id}\r\nReferences: {answers.message_id}\r\n" if answers else ""
        subject = f"Sv: [{answers.mail['X-Synpunkten-Case']}]" if answers else "Hål i vägen"
        raw = (
            f"Authentication-Results: mx.ekvik.example; dmarc=pass header.from={domain}\r\n"
            f"Received: from a by mx.ekvik.example; {now:%a, %d %b %Y %H:%M:%S +0000}\r\n"
            f"From: <{sender}>\r\nTo: {self.address}\r\nSubject: {subject}\r\n{thread}"
            f"Date: {now:%a, %d %b %Y %H:%M:%S +0000}\r\nMessage-ID: <{message_id}@{domain}>\r\n"
            f"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
            + text.replace("\n", "\r\n")
            + "\r\n"
        ).encode()
        self.put_in.append(hashlib.sha256(raw).hexdigest())
        self.dovecot.put(self.address, raw)


@dataclass
class Register:
    """What the register says, over either database."""

    database: Database

    def rows(self, *columns: Any, **where: Any) -> list[Any]:
        with self.database.reading() as s:
            question = select(*columns)
            for name, value in where.items():
                question = question.where(columns[0].table.c[name] == value)
            return list(s.execute(question))

    def be_impatient(self) -> None:
        """Let every letter that waits for another try have it now."""
        now, waits = datetime.now(UTC), messages.c.state.in_(("queued", "uncertain"))
        with self.database.transaction() as s:
            s.execute(update(messages).where(waits, messages.c.next_try_at > now).values(next_try_at=now))

    def count_in(self) -> int:
        """How many incoming mails it holds."""
        return len(self.rows(messages.c.id, direction="in"))

    def waiting(self) -> int:
        with self.database.reading() as s:
            given_to_a_person = (messages.c.state == "uncertain") & messages.c.next_try_at.is_(None)
            unsent = select(func.count()).where(
                messages.c.direction == "out", messages.c.state != "sent", ~given_to_a_person
            )
            return s.scalar(unsent) or 0


def generous(rules: Path) -> None:
    """Let no budget of automatic mail run out."""
    path, yaml = rules / "municipality.yaml", YAML()
    municipality = yaml.load(path)
    municipality["automatic_mail"] = dict.fromkeys(("per_address_and_day", "per_case_and_day", "per_hour"), 1_000_000)
    yaml.dump(municipality, path)


@dataclass(frozen=True, slots=True)
class Account:
    """What has become of every mail: all figures, of which those that must be nothing have been checked."""

    mails: int
    letters: int
    doubled: int
    set_aside: int

    def __str__(self) -> str:
        what = f"{self.mails} mails, {self.letters} letters: 0 lost, {self.doubled} twice in the moment after the dot"
        return f"{what} (same bytes, named in the journal), {self.set_aside} set aside"


def account_for(street: Street, register: Register, in_the_moment: Collection[str]) -> Account:
    """Mail by mail: one document, one place in the mailbox, one case, one receipt, one answer.

    in_the_moment: the Message-IDs of letters over which a run died, or lost the link, after their final dot had left
    and before the outcome was noted. Those alone may have left twice, with the same bytes.
    """
    citizens = [street.citizen(number) for number in range(street.written)]
    people = Counter(row[0] for row in register.rows(cases.c.submitter_email))
    assert people == dict.fromkeys(citizens, 1)
    incoming = register.rows(messages.c.sha256, direction="in")
    assert sorted(row[0] for row in incoming) == sorted(street.put_in)
    folders = {folder: street.dovecot.mailbox(street.address, folder) for folder in ("Ärenden", "Karantän", "INBOX")}
    assert not folders["INBOX"]
    assert sum(map(len, folders.values())) == len(incoming)

    written = {row[0]: row for row in register.rows(messages.c.message_id, messages.c.case_id, direction="out")}
    left: dict[str, list[bytes]] = {}
    for letter in street.sink.taken:
        left.setdefault(letter.message_id, []).append(letter.raw)
    given_to_a_person = register.rows(messages.c.message_id, messages.c.kind, state="uncertain", next_try_at=None)
    undecided = Counter(kind for message_id, kind in given_to_a_person if message_id not in left)
    assert set(written) - {row[0] for row in given_to_a_person} <= set(left) <= set(written)
    named = {row[0] for kind in ("sent-again", "uncertain") for row in register.rows(journal.c.case_id, kind=kind)}
    doubled = {message_id for message_id, copies in left.items() if len(copies) > 1}
    assert doubled <= set(in_the_moment), doubled - set(in_the_moment)
    for message_id in doubled:
        assert len(set(left[message_id])) == 1, f"{message_id} left with other bytes"
        assert written[message_id][1] in named, f"{message_id} left twice, and the journal does not know"

    set_aside = len(register.rows(quarantine.c.id))
    for kind, at_least in (("receipt", street.written), ("answer", street.written - set_aside)):
        reached = {letter.recipient: letter.message_id for letter in street.sink.of(kind)}
        assert len(reached) == len({x.message_id for x in street.sink.of(kind)}), f"somebody has two of a {kind}"
        assert set(reached) <= set(citizens)
        assert len(reached) >= at_least - undecided[kind], f"{undecided} wait for a person"
    return Account(len(incoming), len(left), len(doubled), set_aside)
