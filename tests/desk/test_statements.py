"""What a mail's way asks of the database: how many statements, and that none of them looks through a whole table.

Times cannot be asserted; these can, and a step back is seen in them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, event

from service.core import message
from service.core.message import Message
from service.desk import handling, register
from service.desk.database import Database
from service.desk.handling import Delivered
from service.desk.post.claims import Waiting
from service.desk.post.states import WAITING
from service.desk.tables import WAITS
from tests.conversations.town import ANNA, BO, HOLE, Town

GROWS = (
    "answers",
    "cases",
    "case_words",
    "deadlines",
    "files",
    "journal",
    "makeups",
    "matters",
    "messages",
    "seen",
    "steps",
)
"""Tables that have more rows the more cases there are."""


@contextmanager
def asked(database: Database) -> Iterator[list[str]]:
    """The statements that are carried out meanwhile, without those that only begin a transaction."""
    found: list[str] = []

    def note(_s: Connection, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith("BEGIN"):
            found.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


@contextmanager
def plans(database: Database) -> Iterator[dict[str, str]]:
    """How the database goes about each statement that is carried out meanwhile, where it may use every index."""
    found: dict[str, str] = {}

    def explain(s: Connection, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
        if not statement.startswith(("SELECT", "UPDATE", "DELETE")) or statement in found or many:
            return
        beside = s.connection.cursor()
        if database.is_sqlite:
            beside.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
        else:  # a small table is read whole, whatever indexes it has: only where there is none, now
            beside.execute("SET LOCAL enable_seqscan = off")
            beside.execute(f"EXPLAIN {statement}", parameters)
        found[statement] = "\n".join(str(row[-1]) for row in beside.fetchall())
        if not database.is_sqlite:
            beside.execute("SET LOCAL enable_seqscan = on")
        beside.close()

    event.listen(database.engine, "before_cursor_execute", explain)
    try:
        yield found
    finally:
        event.remove(database.engine, "before_cursor_execute", explain)


def waiting(town: Town) -> dict[str, Waiting]:
    """The letters that wait, by kind."""
    return {letter.kind: letter for letter in handling.claim_letters(town.desk, town.now, 100, 1)}


class TestHowMany:
    def test_a_new_mail_takes_so_many_whatever_the_register_holds(self, town: Town, database: Database) -> None:
        town.writes("Per Ask <per@example.org>", "Lampan vid Kvarngatan 3 är trasig sedan en vecka.", "Trasig lampa")
        counts = []
        for serial in range(3):
            mail = town.mail(f"{serial}@example.org", HOLE, f"Hål {serial}")
            with asked(database) as statements:
                handling.handle_mail(town.desk, Delivered(mail, town.now, ("INBOX", 1, 100 + serial)), town.now)
            counts.append(len(statements))
        # one of them asks whether the same words were marked as secret; one more where others are about the same matter
        assert counts == [28, 29, 29]

    def test_a_receipt_is_settled_by_so_many_and_an_assignment_by_two(self, town: Town, database: Database) -> None:
        handling.handle_mail(town.desk, Delivered(town.mail(ANNA, HOLE), town.now, ("INBOX", 1, 1)), town.now)
        taken = {}
        for kind, letter in waiting(town).items():
            with asked(database) as statements:
                handling.handle_sent(town.desk, letter, town.now)
            taken[kind] = len(statements)
        assert taken == {"receipt": 8, "assignment": 2}

    def test_a_mail_is_read_once(self, town: Town) -> None:
        read: list[bytes] = []

        def reader(raw: bytes) -> Message:
            read.append(raw)
            return message.read(raw)

        town.desk = replace(town.desk, reader=reader)
        mail = town.mail(ANNA, HOLE, files=[("hål.jpg", b"\xff\xd8\xff" + bytes(2000))])
        town.receives(mail)
        assert read == [mail]


@pytest.mark.databases("sqlite", "postgresql")
def test_no_statement_of_a_cases_way_looks_through_a_table_that_grows(town: Town, database: Database) -> None:
    town.writes("per@example.org", HOLE)
    with plans(database) as found:
        town.writes(ANNA, HOLE)
        town.writes(ANNA, "Det har blivit större nu.", answers=town.letter("receipt", "anna.ek@example.org"))
        town.writes(BO, "#SVAR\nVi lagar hålet på fredag.\n#AVSLUTA", answers=town.letters("assignment")[-1])
        town.writes("per@example.org", "Vad händer med mitt ärende?", "Fråga")
        town.now += timedelta(days=20)
        with database.reading() as s:
            numbers = register.numbers_to_check(s, "ekvik", town.now)
        for number in numbers:
            handling.handle_time(town.desk, number, town.now)
    tables = "|".join(GROWS)
    # Of an index that begins with the mailbox, the mailbox alone chooses nearly all rows; but few are those that wait.
    by_mailbox = rf"^SEARCH (?:{tables}) (?!.*ix_messages_waiting).*\(mailbox=\?\)$"
    whole = re.compile(rf"(?m)^SCAN (?:{tables})$|{by_mailbox}|Seq Scan on (?:{tables})\b")
    assert numbers
    assert len(found) > 30
    assert {statement: plan for statement, plan in found.items() if whole.search(plan)} == {}


@pytest.mark.databases("sqlite", "postgresql")
def test_the_next_letters_are_found_in_their_order_however_many_wait(town: Town, database: Database) -> None:
    handling.handle_mail(town.desk, Delivered(town.mail(ANNA, HOLE), town.now, ("INBOX", 1, 1)), town.now)
    if not database.is_sqlite:
        with database.transaction() as s:
            s.exec_driver_sql("SET enable_sort = off")  # of two letters, that is cheaper than to follow an index
    with plans(database) as found:
        assert len(waiting(town)) == 2
    plan = next(plan for statement, plan in found.items() if "LIMIT" in statement and "messages.rank" in statement)
    assert "ix_messages_waiting" in plan
    assert not re.search(r"(?i)\bsort\b|temp b-tree", plan)


def test_the_index_of_what_waits_holds_what_waits() -> None:
    assert f"state IN ({', '.join(repr(state.value) for state in WAITING)})" == WAITS
