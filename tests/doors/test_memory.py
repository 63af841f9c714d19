"""What shows that a register is an earlier one: the folders of the mailbox, and what this process has seen of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, func, insert, select, update

from service.core.rules.rulebook import RuleBook
from service.core.standby import Mode
from service.desk import ledger
from service.desk.database import Database
from service.desk.rounds import restoration
from service.desk.tables import beginnings, journal, restorations
from service.doors import memory
from service.doors.imap import Headed
from service.doors.link import InboxError
from service.doors.memory import Memory
from tests.conversations.town import ADDRESS, ANNA, HOLE, Town
from tests.core.values import NOW

HOUR = timedelta(hours=1)
FOLDERS = ("INBOX", "Ärenden", "Karantän")
OURS = f"From: {ADDRESS}\r\nMessage-ID: <own@ekvik.example>\r\n\r\n".encode()
LOST = b"From: bea@example.org\r\nMessage-ID: <lost@example.org>\r\n\r\n"
NAMELESS = b"From: bea@example.org\r\n\r\n"
NOBODYS = b"Message-ID: <nobody@example.org>\r\n\r\n"


@dataclass
class Folders:
    """A mailbox by what it lists: the UIDs in its inbox folder, and the mails in the others."""

    next_uid: int
    here: list[int] = field(default_factory=list)
    filed: list[Headed] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    meanwhile: Callable[[], None] = lambda: None
    is_broken: bool = False
    mailbox: str = "ekvik"
    folder: str = "INBOX"
    uidvalidity: int = 1

    def select(self) -> int:
        self.asked.append("select")
        return len(self.here)

    def uids_from(self, first: int) -> list[int]:
        self.meanwhile()
        return [uid for uid in self.here if uid >= first]

    def heads(self, folders: Iterable[str], since: datetime) -> list[Headed]:
        if self.is_broken:
            raise InboxError("gone", temporary=True)
        wanted = [*folders]
        return [mail for mail in self.filed if mail.folder in wanted and (mail.internal_date or NOW) >= since]


def filed(head: bytes, folder: str = "Ärenden", at: datetime = NOW) -> Headed:
    return Headed(1, len(head), at, folder, 1, head)


@pytest.fixture
def town(database: Database, ekvik: RuleBook) -> Town:
    """Its register has looked at the mailbox, and has had Anna's mail there, with the UID 1."""
    town = Town(database, ekvik, NOW)
    with town.database.transaction() as s:
        s.execute(insert(beginnings).values(mailbox="ekvik", at=NOW - HOUR, uidvalidity=1, below=1))
    town.writes(ANNA, HOLE)
    return town


def lost(town: Town, inbox: Folders) -> list[bytes]:
    return [mail.head for mail in memory.lost(inbox, FOLDERS, town.database, ADDRESS)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("inbox", "found"),
    [
        pytest.param(Folders(3, [], [filed(LOST)]), [LOST], id="one has gone, and lies among the handled"),
        pytest.param(Folders(4, [2], [filed(LOST)]), [LOST], id="another one still waits"),
        pytest.param(Folders(2, [], [filed(LOST)]), [], id="none has come that it has not seen"),
        pytest.param(Folders(3, [2], [filed(LOST)]), [], id="what has come waits"),
        pytest.param(Folders(3, [2, 3], [filed(LOST)]), [], id="more has come while it was asked"),
        pytest.param(Folders(3), [], id="somebody has deleted it"),
        pytest.param(Folders(3, [], [filed(LOST, at=NOW - HOUR)]), [LOST], id="clocks apart"),
        pytest.param(Folders(3, [], [filed(LOST, at=NOW - 2 * HOUR)]), [], id="an old mail that somebody put there"),
        pytest.param(Folders(3, [], [filed(LOST, "INBOX")]), [], id="what lies in the inbox folder is not handled"),
        pytest.param(Folders(3, [], [filed(OURS)]), [], id="a letter of ours"),
        pytest.param(Folders(3, [], [filed(NAMELESS)]), [], id="nothing tells which it is"),
        pytest.param(Folders(3, [], [filed(NOBODYS)]), [NOBODYS], id="nobody has signed it"),
        pytest.param(
            Folders(4, [], [filed(LOST), filed(NOBODYS, "Karantän"), filed(LOST, "Karantän")]),
            [LOST, NOBODYS],
            id="each once",
        ),
        pytest.param(Folders(3, [], [filed(LOST)], uidvalidity=2), [], id="a folder that was made anew"),
        pytest.param(Folders(3, [], [filed(LOST)], mailbox="hjo"), [], id="a mailbox that it has never looked at"),
    ],
)
def test_what_the_mailbox_has_and_the_register_never_had(town: Town, inbox: Folders, found: list[bytes]) -> None:
    assert lost(town, inbox) == found
    assert inbox.asked == ["select"]


def test_what_another_process_takes_in_meanwhile_is_not_lost(town: Town) -> None:
    def takes() -> None:
        with town.database.transaction() as s:
            ledger.mark_seen(s, "ekvik", ("INBOX", 1, 2), NOW, "Ärenden")

    assert lost(town, Folders(3, [], [filed(LOST)], meanwhile=takes)) == []


def test_what_the_register_has_had_is_not_lost(town: Town) -> None:
    raw = town.mail(ANNA, "Lampan lyser inte.")
    town.receives(raw)
    assert lost(town, Folders(4, [], [filed(raw)])) == []


def memory_of(town: Town, inbox: Folders, fellows: tuple[str, ...] = ("hjo",)) -> Memory:
    return Memory(lambda: town.desk, inbox, lambda: town.now, lambda: fellows)  # type: ignore[arg-type]


def begun(database: Database) -> list[str]:
    with database.reading() as s:
        return [*s.scalars(select(restorations.c.mailbox).order_by(restorations.c.id))]


def test_the_mailbox_is_asked_once(town: Town) -> None:
    inbox = Folders(3, [], [filed(LOST)])
    remembers = memory_of(town, inbox)
    assert remembers.ask()
    assert begun(town.database) == ["ekvik", "hjo"]
    assert not remembers.ask()
    assert inbox.asked == ["select"]
    assert any(kind == "lost-days" and "1 mails lie" in text for kind, text in town.journal())


def test_a_mailbox_that_has_lost_nothing_is_asked_once_too(town: Town) -> None:
    inbox = Folders(3, [2])
    remembers = memory_of(town, inbox)
    assert [remembers.ask(), remembers.ask()] == [False, False]
    assert (inbox.asked, begun(town.database)) == (["select"], [])


def test_a_mailbox_that_is_only_watched_is_not_asked(town: Town) -> None:
    town.desk = replace(town.desk, mode=Mode.SHADOW)
    inbox = Folders(3, [], [filed(LOST)])
    remembers = memory_of(town, inbox)
    assert not remembers.ask()
    assert remembers.has_asked
    assert (inbox.asked, begun(town.database)) == ([], [])


def test_a_mailbox_that_does_not_answer_is_asked_again(town: Town) -> None:
    inbox = Folders(3, [], [filed(LOST)], is_broken=True)
    remembers = memory_of(town, inbox)
    with pytest.raises(InboxError):
        remembers.ask()
    inbox.is_broken = False
    assert remembers.ask()


def loses_a_line(database: Database) -> None:
    with database.transaction() as s:
        last = s.scalar(select(func.max(journal.c.id)))
        s.execute(delete(journal).where(journal.c.id == last))


def test_a_process_notices_that_lines_are_gone_which_it_has_seen(town: Town) -> None:
    remembers = memory_of(town, Folders(2))
    remembers.look()
    town.writes(ANNA, "Lampan lyser inte.")
    remembers.look()
    assert begun(town.database) == []
    loses_a_line(town.database)
    town.now += HOUR
    remembers.look()
    assert begun(town.database) == ["ekvik", "hjo"]
    remembers.look()
    with town.database.transaction() as s:
        s.execute(update(restorations).values(finished_at=town.now))
    remembers.look()
    assert begun(town.database) == ["ekvik", "hjo"], "it is told once"


def test_what_two_have_seen_is_told_once(town: Town) -> None:
    """The mailboxes of a process, or two processes, look one after the other; the first has mended it by then."""
    first, second = memory_of(town, Folders(2)), memory_of(town, Folders(2))
    first.look()
    second.look()
    loses_a_line(town.database)
    town.now += HOUR
    first.look()
    with town.database.transaction() as s:
        s.execute(update(restorations).values(finished_at=town.now))
    town.now += HOUR
    second.look()
    assert begun(town.database) == ["ekvik", "hjo"]
    with town.database.reading() as s:
        assert restoration.waiting(s, "ekvik") is None
