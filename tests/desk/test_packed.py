"""The bytes of mails: smaller where they are stored, and the very same when they are read."""

from __future__ import annotations

import base64
import random
import zlib

import pytest
from sqlalchemy import LargeBinary, Text, func, literal, select, type_coerce, update

from service.desk import documents, packed
from service.desk.database import Database
from service.desk.lookup.proof import prove
from service.desk.tables import messages
from tests.conversations.town import ANNA, HOLE, Town

pytestmark = pytest.mark.databases("sqlite", "postgresql")

_STORED = type_coerce(messages.c.raw, LargeBinary)
NOISE = random.Random(1).randbytes(3_000)


def keep(database: Database, raw: bytes) -> tuple[bytes, bytes]:
    """What is read again, and what is stored."""
    with database.transaction() as s:
        s.execute(update(messages).values(raw=raw))
        return tuple(map(bytes, s.execute(select(messages.c.raw, _STORED).limit(1)).one()))  # type: ignore[return-value]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"Hej",
        b"Hej " * 1_000,
        b"x" * (packed.LARGE + 1),
        b"Hej " * 5_000 + base64.encodebytes(NOISE * 20),
        NOISE,
        b"\0zNUL",
        b"\0=NUL",
        b"\0z" + NOISE,
        b"\0z" + b"x" * packed.LARGE,
        b"\0z" + zlib.compress(b"x" * 1_000),
    ],
    ids=[
        "nothing",
        "short",
        "words",
        "large",
        "words and a file",
        "noise",
        "marked",
        "marked as well",
        "noise 2",
        "large 2",
        "packed before",
    ],
)
def test_any_bytes_are_read_as_they_were(town: Town, database: Database, raw: bytes) -> None:
    town.writes(ANNA, HOLE)
    read, stored = keep(database, raw)
    assert read == raw
    assert len(stored) <= len(raw) + 2


def test_words_take_less_room_than_they_have(town: Town, database: Database) -> None:
    town.writes(ANNA, HOLE * 20)
    with database.reading() as s:
        size, room = s.execute(select(func.sum(messages.c.size), func.sum(func.length(_STORED)))).one()
    assert room < size / 2


@pytest.mark.parametrize("source", [None, "", "Kort", "Hål\nVi har fått ditt mejl. " * 100, "\x02z" * 400])
def test_a_letters_source_is_read_as_it_was(town: Town, database: Database, source: str | None) -> None:
    town.writes(ANNA, HOLE)
    with database.transaction() as s:
        s.execute(update(messages).values(source=source))
        read, room = s.execute(select(messages.c.source, func.length(messages.c.source)).limit(1)).one()
    assert read == source
    assert not database.is_sqlite or (room or 0) < 500


def test_a_letters_source_from_before_is_read_as_it_stands(town: Town, database: Database) -> None:
    town.writes(ANNA, HOLE)
    words = "Hål\nVi har fått ditt mejl. " * 100
    with database.transaction() as s:
        s.execute(update(messages).values(source=literal(words, Text)))
        assert s.scalar(select(messages.c.source).limit(1)) == words


def test_the_beginning_of_a_mail_is_read_from_the_beginning_of_what_is_stored(town: Town, database: Database) -> None:
    raw = town.mail(ANNA, " ".join(map(str, range(20_000))))
    town.receives(raw)
    with database.reading() as s:
        assert documents.latest_headers(s, "ekvik") == [raw[: 16 * 1024]]


@pytest.mark.parametrize("stored", [b"\0z", b"\0z\0\0", b"\0z" + zlib.compress(HOLE.encode()) + b"more"])
def test_what_is_changed_behind_its_back_is_told(town: Town, database: Database, stored: bytes) -> None:
    town.writes(ANNA, HOLE)
    with database.transaction() as s:
        s.execute(update(messages).where(messages.c.direction == "in").values(raw=type_coerce(stored, LargeBinary)))
    with database.reading() as s:
        assert [fault for fault in prove(s).faults if "it has been changed" in fault]
