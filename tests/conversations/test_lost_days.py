"""A register that was put back by no command of ours: the service notices, and what a restore does is done."""

from __future__ import annotations

import contextlib
import dataclasses
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from service.config import FolderNames
from service.desk.database import Database
from service.desk.lookup.backlog import backlogs
from service.desk.lookup.proof import prove
from service.desk.rounds import restoration
from tests.conversations.street import Street, citizen, numbers, started_on
from tests.conversations.town import HOLE, REGISTRAR
from tests.servers.postgres import Postgres

BELATED = "Registret hade tappat dagar"


def snapshot(street: Street, folder: Path, request: pytest.FixtureRequest) -> str:
    """The register as it is now, as a machine's snapshot has it; its address."""
    database = street.town.database
    if database.file:
        file = folder / "snapshot.db"
        copied(database.file, file)
        return f"sqlite:///{file}"
    database.close()
    postgres: Postgres = request.getfixturevalue("postgres")
    return postgres.new_database(like=database.url.render_as_string(hide_password=False))


def copied(source: Path, target: Path) -> None:
    with contextlib.closing(sqlite3.connect(source)) as here, contextlib.closing(sqlite3.connect(target)) as there:
        here.backup(there)


def told(street: Street) -> list[str]:
    street._settles()
    return [letter.text for letter in street.inbox_of(REGISTRAR) if letter.subject.startswith(BELATED)]


def lost_since(database: Database) -> datetime | None:
    with database.reading() as s:
        found = backlogs(s, datetime.now(UTC)).get("ekvik")
    return found.lost_since if found else None


@pytest.mark.databases("sqlite", "postgresql")
def test_a_snapshot_is_noticed_at_the_start(street: Street, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    anna, bea, cilla, dan = map(citizen, ("anna", "bea", "cilla", "dan"))
    street.writes(anna, HOLE)
    url = snapshot(street, tmp_path, request)
    street.writes(bea, "Lampan vid Kastanjevägen är trasig sedan i måndags.", subject="Lampan")
    street.writes(cilla, "Det behövs en cykelväg längs Kvarngatan, det är farligt där.", subject="Cykelväg")
    receipt = street.inbox_of(cilla, 1)[0]
    street.writes(cilla, "Och bänken där är trasig.", answers=receipt)
    given = numbers(street.town)
    had = {who: street.kinds(who) for who in (anna, bea, cilla)}

    with started_on(street, url) as after:
        after.arrives(after.town.mail(dan, "Vägen vid Torget är full av hål.", "Vägen"), dan)
        after.works()
        now = numbers(after.town)
        assert now.keys() == {anna, bea, cilla, dan}
        assert now[anna] == given[anna]
        assert now[cilla] == given[cilla]  # her reply shows which number she had
        assert now[bea] not in given.values()
        assert now[dan] not in given.values()
        assert {who: after.kinds(who) for who in had} == had
        assert after.kinds(dan) == ["receipt"]
        assert after.folder("INBOX") == []
        (text,) = told(after)
        assert now[bea] in text
        assert "säkerhetskopia" not in text
        assert lost_since(after.town.database)
        with after.town.database.reading() as s:
            assert prove(s).faults == []
            assert restoration.last_backup(s) is None  # a snapshot is none
        after.works()
        with started_on(after, url) as again:
            again.works()
            assert len(told(again)) == 1


@pytest.mark.databases("sqlite", "postgresql")
def test_an_earlier_register_is_noticed_by_who_works_on_it(
    street: Street, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """A database that fails over to a replica that lags, or a file that is overwritten: nobody starts anew."""
    anna, bea, cilla = map(citizen, ("anna", "bea", "cilla"))
    street.writes(anna, HOLE)
    url = snapshot(street, tmp_path, request)
    street.writes(bea, "Lampan vid Kastanjevägen är trasig sedan i måndags.", subject="Lampan")
    given = numbers(street.town)
    with street.mails.dovecot.client(street.address) as client:  # no trace of her in the mailbox
        client.select_folder("Ärenden")
        client.delete_messages(client.search(["FROM", bea]))
        client.expunge()
    with started_on(street, url) as after:
        room = after.station.room
        room.memory._mark = street.station.room.memory._mark  # it has been at work all the time
        room.memory.has_asked = True
        assert room.deliver() == 0
        with after.town.database.reading() as s:
            assert restoration.waiting(s, "ekvik")
        after.writes(cilla, "Vägen vid Torget är full av hål.", subject="Vägen")
        assert numbers(after.town)[cilla] not in given.values()
        assert len(told(after)) == 1
        assert lost_since(after.town.database)


def test_what_people_do_in_the_mailbox_is_no_loss(street: Street, request: pytest.FixtureRequest) -> None:
    """They delete from the inbox while the service is away, or put mails of their own into its folders; not both."""
    anna, bea, cilla = map(citizen, ("anna", "bea", "cilla"))
    street.writes(anna, HOLE)
    url = street.town.database.url.render_as_string(hide_password=False)
    street.arrives(street.town.mail(bea, "Lampan är trasig."), bea)
    with street.mails.dovecot.client(street.address) as client:
        client.select_folder("INBOX")
        client.delete_messages(client.search(["FROM", bea]))
        client.expunge()
    with started_on(street, url) as after:
        after.works()
        assert after.town.cases()
        assert lost_since(after.town.database) is None
        after.writes(cilla, "Vägen vid Torget är full av hål.", subject="Vägen")
        after.mails.dovecot.put(after.address, after.town.mail(bea, "Lampan är trasig."), folder="Ärenden")
        with started_on(after, url) as again:
            again.works()
            assert lost_since(again.town.database) is None
            assert told(again) == []
            assert again.kinds(cilla) == ["receipt"]


@pytest.mark.parametrize("handled", ["Ärenden", "Arkiv"])
def test_another_inbox_folder_is_no_loss(street: Street, handled: str) -> None:
    """In the new folders people have put in and deleted what the service never had."""
    anna, bea = map(citizen, ("anna", "bea"))
    street.writes(anna, HOLE)
    url = street.town.database.url.render_as_string(hide_password=False)
    with street.mails.dovecot.client(street.address) as client:
        for folder in {"Synpunkter", handled} - {name for _, _, name in client.list_folders()}:
            client.create_folder(folder)
        for folder in ("Synpunkter", handled):
            client.append(folder, street.town.mail(bea, "Lampan är trasig."))
        client.select_folder("Synpunkter")
        client.delete_messages(client.search("ALL"))
        client.expunge()
    box = dataclasses.replace(street.config.mailboxes[0], folders=FolderNames(inbox="Synpunkter", handled=handled))
    moved = dataclasses.replace(street, config=dataclasses.replace(street.config, mailboxes=(box,)))
    with started_on(moved, url) as after:
        after.works()
        assert lost_since(after.town.database) is None
        assert numbers(after.town).keys() == {anna}
