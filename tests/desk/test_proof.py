"""The journal as proof: whatever is changed or taken away behind its back is found, and nothing else is."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, timedelta

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, MetaData, delete, func, insert, select, update

from service.desk.database import _MIGRATIONS, Database
from service.desk.desk import Desk
from service.desk.journal import Journal
from service.desk.lookup import proof
from service.desk.lookup.proof import prove
from service.desk.tables import chain, journal, messages
from service.desk.turn import turn
from tests.conversations.town import ANNA, HOLE, Town
from tests.core.values import NOW

pytestmark = pytest.mark.databases("sqlite", "postgresql")


@pytest.fixture
def busy(town: Town) -> Town:
    """A case that has gone all its way, a mail in quarantine, and a delivery report about no case."""
    town.writes(ANNA, HOLE)
    town.writes(town.letter("assignment").to, "#SVAR\nHålet är lagat.\n#AVSLUTA", answers=town.letter("assignment"))
    town.writes("nyheter@example.org", "Köp nu!", headers=[("Precedence", "bulk"), ("List-Id", "<x.example.org>")])
    return town


def test_what_the_service_itself_does_leaves_no_fault(busy: Town) -> None:
    with busy.database.reading() as s:
        found = prove(s)
        lines, end = proof.end(s)
        documents = s.scalar(select(func.count()).select_from(messages)) or 0
    assert found.faults == []
    assert (found.lines, found.end, found.documents) == (lines, end, documents)
    assert lines > documents > 4


LATER = NOW + timedelta(hours=1)
_ANSWER = select(func.max(messages.c.id)).where(messages.c.kind == "answer").scalar_subquery()
_THIRD = select(journal.c.id).order_by(journal.c.id).offset(2).limit(1).scalar_subquery()
_LAST = select(func.max(journal.c.id)).scalar_subquery()


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("UPDATE messages SET raw = 'Hopp' WHERE kind = 'answer'", "it has been changed"),
        ("UPDATE journal SET at = 'i går' WHERE id = 3", "its time cannot be read"),
        ("UPDATE journal SET salt = x'01' WHERE id = 3", "its words have been changed"),
        ("INSERT INTO chain SELECT id + 1, lines, link FROM chain", "and should after 0"),
    ],
)
def test_a_change_by_sqlite_s_own_means_is_found_too_whatever_it_leaves_there(
    change: str, says: str, busy: Town
) -> None:
    """SQLite puts text or bytes into any column: what is found there must not end the look."""
    with busy.database.transaction() as s:
        s.exec_driver_sql(change)
    with busy.database.reading() as s:
        assert any(says in fault for fault in prove(s).faults)


@pytest.mark.parametrize(
    ("tamper", "says"),
    [
        pytest.param(
            lambda s: s.execute(update(journal).where(journal.c.id == _THIRD).values(text="nothing happened")),
            "its words have been changed",
            id="a line's words",
        ),
        pytest.param(
            lambda s: s.execute(update(journal).where(journal.c.id == _THIRD).values(at=LATER)),
            "it has been changed, or a line before it is missing",
            id="a line's time",
        ),
        pytest.param(
            lambda s: s.execute(delete(journal).where(journal.c.id == s.scalar(select(_THIRD)))),
            "a line before it is missing",
            id="a line is gone",
        ),
        pytest.param(
            lambda s: s.execute(delete(journal).where(journal.c.id == s.scalar(select(_LAST)))),
            "the journal ends after",
            id="the last line is gone",
        ),
        pytest.param(
            lambda s: s.execute(update(journal).where(journal.c.id == _THIRD).values(salt="", actor="", text="")),
            "its words are gone, and no disposal says so",
            id="a line is emptied as if disposed of",
        ),
        pytest.param(
            lambda s: s.execute(update(messages).where(messages.c.id == _ANSWER).values(raw=b"Hej")),
            "it has been changed",
            id="a letter",
        ),
        pytest.param(
            lambda s: s.execute(update(messages).where(messages.c.id == _ANSWER).values(raw=b"", sha256="")),
            "it has been changed",
            id="a letter is emptied",
        ),
        pytest.param(
            lambda s: s.execute(delete(messages).where(messages.c.id == s.scalar(select(_ANSWER)))),
            "is missing",
            id="a letter is gone",
        ),
        pytest.param(
            lambda s: s.execute(insert(messages).values(_copy(s))), "no line of the journal vouches", id="a mail is new"
        ),
        pytest.param(lambda s: s.execute(delete(chain)), "should after 0", id="where it ends is forgotten"),
    ],
)
def test_what_is_changed_behind_its_back_is_found(
    busy: Town, tamper: Callable[[Connection], object], says: str
) -> None:
    with busy.database.transaction() as s:
        tamper(s)
    with busy.database.reading() as s:
        found = prove(s)
    assert any(says in fault for fault in found.faults), found.faults
    assert len(found.faults) <= 2, "one change is not told as many"


def _copy(s: Connection) -> dict[str, object]:
    row = s.execute(select(messages).where(messages.c.id == _ANSWER)).one()
    return {key: value for key, value in row._mapping.items() if key != "id"}


def test_a_checksum_from_a_mail_is_found_again_until_the_past_is_rewritten(busy: Town) -> None:
    """Who has the database can build a chain that holds together; what the registrar has in the mailbox betrays it."""
    with busy.database.reading() as s:
        _, mailed = proof.end(s)
    busy.writes(ANNA, "Tack!", answers=busy.letter("answer"))
    with busy.database.reading() as s:
        found = prove(s, mailed)
    assert (found.faults, found.asked) == ([], busy.now)
    with busy.database.reading() as s:
        assert prove(s, "0" * 64).asked is None


def test_two_daemons_keep_one_chain(desk: Desk, second: Database) -> None:
    """Each writes many turns at the same time; whoever is second waits for the end of the first."""

    def work(database: Database) -> None:
        for _ in range(20):
            with database.transaction() as s:
                lines = Journal("ekvik", NOW)
                lines.add(None, "note", "something")
                lines.add(None, "note", "something else")
                lines.write(s)

    with ThreadPoolExecutor(2) as both:
        list(both.map(work, (desk.database, second)))
    with desk.database.reading() as s:
        found = prove(s)
    assert (found.lines, found.faults) == (80, [])


def test_a_turn_that_fails_leaves_the_chain_as_it_was(desk: Desk) -> None:
    def fails() -> None:
        with turn(desk, NOW) as work:
            work.lines.add(None, "note", "something")
            work.lines.write(work.s)
            raise KeyError

    with pytest.raises(KeyError):
        fails()
    with turn(desk, NOW) as work:
        work.lines.add(None, "note", "something")
    with desk.database.reading() as s:
        assert (prove(s).lines, prove(s).faults) == (1, [])


def test_a_register_from_before_is_chained_as_it_stands(bare_url: str) -> None:
    """Each line is linked, and each mail and letter gets a line of its own."""
    database = Database(bare_url)
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["database"] = database
    command.upgrade(config, "0020")
    old = MetaData()
    old.reflect(database.engine, only=["journal", "messages"])
    at = NOW.astimezone(UTC).replace(tzinfo=None) if database.is_sqlite else NOW
    line = {"mailbox": "ekvik", "at": at, "kind": "note", "actor": "bo.ek@ekvik.example", "text": "as it was"}
    words = dict.fromkeys(("state", "sender", "recipient", "subject", "message_id", "last_error"), "")
    mail = {"mailbox": "ekvik", "direction": "in", "kind": "feedback", "at": at, "raw": b"Hej", "size": 3, **words}
    mail |= {"automatic": False, "attempts": 0, "exposed": False, "sha256": hashlib.sha256(b"Hej").hexdigest()}
    with database.transaction() as s:
        s.execute(insert(old.tables["journal"]), [line, line])
        s.execute(insert(old.tables["messages"]), [mail, mail, mail])
    database.upgrade()
    with database.reading() as s:
        found = prove(s)
    database.close()
    assert (found.lines, found.documents, found.faults) == (5, 3, [])
