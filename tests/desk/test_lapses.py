"""A register that is an earlier one: what shows it, since when days are lost, and that it is noticed once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, delete, insert, select, update

from service.desk import handling, ledger
from service.desk.database import Database
from service.desk.handling import Delivered
from service.desk.journal import Journal
from service.desk.rounds import lapses, restoration
from service.desk.rounds.lapses import Mark, Past
from service.desk.tables import beginnings, journal, messages, restorations
from tests.conversations.town import ANNA, HOLE, Town
from tests.core.values import NOW

pytestmark = pytest.mark.databases("sqlite", "postgresql")

HOUR = timedelta(hours=1)
HERE = ("ekvik", "INBOX", 7)


def noted(database: Database, at: datetime = NOW) -> Mark:
    """One more line in the journal; where it ends then."""
    line = Journal("ekvik", at)
    line.add(None, "note", "a line")
    with database.transaction() as s:
        line.write(s)
        return end_of(s)


def end_of(s: Connection) -> Mark:
    """Where the journal ends."""
    end = lapses.follow(s, None, NOW)
    assert end
    return end


def test_a_register_is_the_one_from_before_while_it_has_the_line_that_was_its_last(database: Database) -> None:
    with database.reading() as s:
        empty = end_of(s)
    assert empty == Mark(0, "", NOW)
    first, last = noted(database), noted(database)
    assert last.line > first.line
    with database.transaction() as s:
        assert [lapses.follow(s, each, NOW) for each in (empty, first, last)] == [last, last, last]
        assert lapses.follow(s, replace(last, link=first.link), NOW) is None, "another line has its number"
        s.execute(delete(journal).where(journal.c.id == last.line))
        assert [lapses.follow(s, each, NOW) for each in (empty, first, last)] == [first, first, None]


@pytest.mark.parametrize(
    ("begun", "seen", "mended", "highest", "latest"),
    [
        pytest.param(HERE, [], {}, 4, 0, id="what lay there at the beginning"),
        pytest.param(("ekvik", "INBOX", 6), [], {}, None, 0, id="a folder that was made anew since"),
        pytest.param(("ekvik", "INBOX", 6), [(*HERE, 2, 1)], {}, 2, 1, id="and whose mails it has handled"),
        pytest.param(HERE, [(*HERE, 9, 1), (*HERE, 6, 2)], {}, 9, 2, id="mails that were handled"),
        pytest.param(HERE, [(*HERE, 2, 1)], {}, 4, 1, id="a mail below the beginning"),
        pytest.param(HERE, [("ekvik", "Nytt", 7, 9, 3)], {}, 4, 3, id="a mail of another folder is news alone"),
        pytest.param(HERE, [("ekvik", "INBOX", 6, 9, 3)], {}, 4, 3, id="so is one of the folder before"),
        pytest.param(HERE, [("hjo", "INBOX", 7, 9, 3)], {}, 4, 0, id="another mailbox"),
        pytest.param(HERE, [(*HERE, 9, 1)], {"ekvik": 2}, 9, 2, id="what was lost has been taken in again"),
        pytest.param(HERE, [(*HERE, 9, 3)], {"ekvik": 2}, 9, 3, id="and mails have come since"),
        pytest.param(HERE, [(*HERE, 9, 1)], {"hjo": 2}, 9, 1, id="or another mailbox's has"),
    ],
)
def test_what_the_register_knows_of_an_inbox_folder(
    database: Database,
    begun: tuple[str, str, int],
    seen: Sequence[tuple[str, str, int, int, int]],
    mended: dict[str, int],
    highest: int | None,
    latest: int,
) -> None:
    """Instants are hours after the beginning."""
    with database.transaction() as s:
        s.execute(insert(beginnings).values(mailbox=begun[0], at=NOW, uidvalidity=begun[2], below=5))
        for mailbox, folder, uidvalidity, uid, hour in seen:
            ledger.mark_seen(s, mailbox, (folder, uidvalidity, uid), NOW + hour * HOUR, "Ärenden")
        for mailbox, hour in mended.items():
            restoration.begin(s, [mailbox], NOW, NOW, NOW)
            s.execute(update(restorations).values(finished_at=NOW + hour * HOUR))
        assert lapses.past(s, *HERE) == (None if highest is None else Past(highest, NOW + latest * HOUR))
        assert lapses.past(s, "klippan", "INBOX", 7) is None, "it has never looked at that one"


def test_which_mails_no_mailbox_has_had(town: Town) -> None:
    """What left is none that came in; and a folder may hold many."""
    town.writes(ANNA, HOLE)
    with town.database.reading() as s:
        rows = s.execute(select(messages.c.direction, messages.c.message_id)).all()
        had, sent = ({row.message_id for row in rows if row.direction == way} for way in ("in", "out"))
        others = {f"<{each:04}@example.org>" for each in range(1000)}
        assert lapses.unknown(s, had | sent | others) == sent | others
        assert lapses.unknown(s, []) == set()


Found = list[tuple[str, datetime, datetime, datetime]]


def found(database: Database) -> Found:
    wanted = select(restorations.c.mailbox, restorations.c.copied_at, restorations.c.since, restorations.c.restored_at)
    with database.reading() as s:
        return [tuple(row) for row in s.execute(wanted.order_by(restorations.c.id))]


def begins(database: Database, *mailboxes: str, since: datetime | None = None, now: datetime = NOW) -> int | None:
    with database.transaction() as s:
        return lapses.begin(s, mailboxes, "lines are gone", now, since)


@pytest.mark.parametrize(
    ("last", "lost_from"),
    [
        pytest.param(NOW - 30 * HOUR, NOW - 30 * HOUR, id="its last line"),
        pytest.param(NOW + HOUR, NOW, id="a clock that was ahead"),
        pytest.param(None, NOW, id="no line at all"),
    ],
)
def test_days_are_lost_from_the_last_line_on(database: Database, last: datetime | None, lost_from: datetime) -> None:
    if last:
        noted(database, last)
    assert begins(database, "ekvik", "hjo") == 0
    since = lost_from - restoration.LOOKED_BACK
    assert found(database) == [(name, lost_from, since, NOW) for name in ("ekvik", "hjo")]


def test_what_waits_to_leave_is_held(town: Town) -> None:
    handling.handle_mail(town.desk, Delivered(town.mail(ANNA, HOLE), NOW, ("INBOX", 1, 1)), NOW)
    assert begins(town.database, "ekvik") == 2


def test_it_is_noticed_once_and_anew_where_more_is_lost(database: Database) -> None:
    assert begins(database, "ekvik") == 0
    assert begins(database, "ekvik", since=NOW + HOUR, now=NOW + HOUR) is None, "it is being mended"
    assert begins(database, "ekvik", "hjo") == 0
    assert [row[0] for row in found(database)] == ["ekvik", "hjo"]
    with database.transaction() as s:
        s.execute(update(restorations).values(finished_at=NOW + HOUR))
    assert begins(database, "ekvik", since=NOW, now=NOW + 2 * HOUR) is None, "somebody has seen the same"
    assert begins(database, "ekvik", since=NOW + HOUR, now=NOW + 2 * HOUR) == 0
    assert begins(database, "hjo", now=NOW + 2 * HOUR) == 0


@pytest.mark.parametrize(
    ("noticed", "is_mended", "later", "is_told"),
    [
        pytest.param("lines are gone", False, 100 * HOUR, True, id="until it is mended"),
        pytest.param("lines are gone", True, 23 * HOUR, True, id="and for a day"),
        pytest.param("lines are gone", True, 24 * HOUR, False, id="no longer"),
        pytest.param("", False, HOUR, False, id="whoever put a copy back knows"),
    ],
)
def test_how_long_it_is_told(
    database: Database, noticed: str, is_mended: bool, later: timedelta, is_told: bool
) -> None:
    noted(database)
    with database.transaction() as s:
        restoration.begin(s, ["ekvik"], NOW - HOUR, NOW - HOUR, NOW, noticed=noticed)
        if is_mended:
            s.execute(update(restorations).values(finished_at=NOW))
        assert lapses.lately(s, NOW + later) == ({"ekvik": (NOW - HOUR, NOW)} if is_told else {})
