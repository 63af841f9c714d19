"""The main job over real mail servers: Postfix takes mail, Dovecot keeps it, and everybody reads their own mailbox."""

from __future__ import annotations

import dataclasses
import threading
from datetime import UTC, datetime, timedelta

import pytest

from service.core.rules.choices import Disposable
from service.daemon import Daemon
from service.desk import disposal
from service.desk.disposal import Office
from service.desk.rounds.refiling import Sought
from service.desk.tables import to_remove
from service.doors.cage import Cage
from tests.conversations.street import Street
from tests.conversations.test_disposal import with_disposal
from tests.conversations.town import BO, HOLE, REGISTRAR

pytestmark = pytest.mark.databases("sqlite", "postgresql")


def test_the_receipt_lands_with_anna_and_bos_reply_comes_back(street: Street) -> None:
    """Citizen to officer to citizen to follow-up, through the mail servers all the way."""
    town, room = street.town, street.station.room
    anna = f"Anna Ek <{street.anna}>"
    street.arrives(town.mail(anna, HOLE, files=[("hål.jpg", b"\xff\xd8 photo")]), street.anna)
    room.once()
    receipt = street.inbox_of(street.anna, 1)[0]
    assert receipt.kind == "receipt"
    assert receipt.subject.endswith(f"[{town.case().number}]")
    assignment = street.letter("assignment", BO)
    assert assignment.files == ["hål.jpg"]

    answer = "#SVAR\nHålet är lagat i dag.\n#ÅTGÄRD 1\n#PUBLICERA NEJ\n#AVSLUTA"
    street.arrives(town.mail(f"Bo Ek <{BO}>", answer, answers=assignment), BO)
    room.once()
    answered = street.inbox_of(street.anna, 2)[1]
    assert answered.kind == "answer"
    assert "Hålet är lagat i dag." in answered.text
    assert town.case().status == "closed"

    street.arrives(town.mail(anna, "Men lampan då?", answers=answered), street.anna)
    room.once()
    assert "Men lampan då?" in street.letter("information", BO).text
    assert town.case().status == "assigned"
    assert street.mails.mailbox(street.address) == []
    assert len(street.mails.mailbox(street.address, folder="Ärenden")) == 3


def test_the_mailboxs_mail_to_itself_is_deleted_there_once_it_has_come_back(street: Street) -> None:
    room = street.station.room
    room.desk = dataclasses.replace(room.desk, canary=timedelta(hours=1))
    room.once()
    (raw,) = street.mails.mailbox(street.address, at_least=1)
    assert b"provmejl" in raw
    room.once()
    assert [street.mails.mailbox(street.address, folder=folder) for folder in ("INBOX", "Ärenden")] == [[], []]
    assert street.town.cases() == []


def test_a_mail_that_the_server_will_not_delete_holds_up_no_other(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = street.station.room
    room.desk = dataclasses.replace(room.desk, canary=timedelta(hours=1))
    room.once()
    (raw,) = street.mails.mailbox(street.address, at_least=1)
    asked: list[int] = []

    def remove(sought: Sought, _folders: object) -> bool:
        asked.append(sought.row)
        return sought.row == 2

    monkeypatch.setattr(room.inbox, "remove", remove)
    with street.town.database.transaction() as s:
        for row in (1, 2):
            s.execute(to_remove.insert().values(message=row, mailbox="ekvik", message_id="", size=1, sha256=str(row)))
    room.poll()
    assert asked == [1, 2, -1], "what people have written comes first"
    room.poll()
    assert asked[3:] == [], "what was refused is left alone for an hour, and a mail to itself for good"
    assert street.mails.mailbox(street.address, folder="Ärenden") == [raw]


def test_a_mail_that_a_person_has_read_is_work_all_the_same(street: Street) -> None:
    """JO 1308-2008: "read" is no state; colleagues open the shared mailbox."""
    street.arrives(street.town.mail(f"Anna <{street.anna}>", HOLE), street.anna)
    with street.mails.dovecot.client(street.address) as client:
        client.select_folder("INBOX")
        client.add_flags(client.search("ALL"), [rb"\Seen", rb"\Flagged", rb"\Answered"])
    street.station.room.once()
    assert street.inbox_of(street.anna, 1)[0].kind == "receipt"


def test_a_crash_between_commit_and_move_doubles_nothing(street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    """The database has the case, the mail still lies in the inbox: the next round only moves it."""
    street.arrives(street.town.mail(f"Anna <{street.anna}>", HOLE), street.anna)
    room = street.station.room
    with monkeypatch.context() as broken:

        def power_cut(*_: object) -> None:
            raise ConnectionError("power cut")

        broken.setattr(room.inbox, "file_away", power_cut)
        with pytest.raises(ConnectionError):
            room.poll()
    assert len(street.mails.mailbox(street.address)) == 1
    room.once()
    assert len(street.town.cases()) == 1
    assert len(street.inbox_of(street.anna, 1)) == 1
    assert street.mails.mailbox(street.address) == []


def test_the_daemon_answers_by_itself_and_stops_in_good_order(street: Street) -> None:
    """Started, it polls and idles; told to stop, it ends."""
    daemon = Daemon(street.config)
    thread = threading.Thread(target=daemon.run)
    thread.start()
    try:
        street.mails.send(street.town.mail(f"Anna <{street.anna}>", HOLE), street.address, street.anna)
        assert street.inbox_of(street.anna, 1)[0].kind == "receipt"
    finally:
        daemon.stop.set()
        thread.join(timeout=30)
    assert not thread.is_alive()


def test_a_mail_that_kills_its_reader_is_moved_aside_and_the_next_is_handled(street: Street) -> None:
    """In one round, and both senders have a receipt."""
    room, town = street.station.room, street.town
    street.arrives(town.mail(f"Anna <{street.anna}>", HOLE, subject="exit"), street.anna)
    street.arrives(town.mail(f"Anna <{street.anna}>", HOLE), street.anna)
    with Cage(read="tests.doors.readers:read") as cage:
        room.desk = dataclasses.replace(room.desk, reader=cage.read)
        room.once()
    assert len(street.mails.mailbox(street.address, folder="Karantän")) == 1
    assert len(street.mails.mailbox(street.address, folder="Ärenden")) == 1
    assert [letter.kind for letter in street.inbox_of(street.anna, 2)] == ["receipt", "receipt"]


def test_a_refused_address_holds_nobody_up(street: Street) -> None:
    """One recipient's fault: the registrar hears of it, the officer has the case all the same."""
    street.arrives(street.town.mail("Nobody <refused@example.org>", HOLE), street.anna)
    street.station.room.once()
    assert street.letter("assignment", BO)
    street.station.room.once()
    assert street.letter("alert", REGISTRAR)


def test_a_mail_that_arrived_last_week_has_its_own_day(street: Street) -> None:
    """S42: a mail found late counts from the trusted stamp, and the letters say so."""
    week = datetime.now(UTC) - timedelta(days=7)
    stamp = f"Received: from x by mx.ekvik.example; {week:%a, %d %b %Y %H:%M:%S} +0000\r\n".encode()
    street.mails.dovecot.put(street.address, stamp + street.town.mail(f"Anna <{street.anna}>", HOLE))
    street.station.room.once()
    assert abs(street.town.case().received_at - week) < timedelta(seconds=2)


def test_what_is_disposed_of_leaves_the_mailbox_and_nothing_else_does(street: Street) -> None:
    """C17: the daemon's next round deletes it from the folders, byte for byte the same."""
    town = street.town
    book = with_disposal(town.book, Disposable.CASES)
    street.writes(f"Anna Ek <{street.anna}>", HOLE)
    street.writes(
        f"Bo Ek <{BO}>", "#SVAR\nLagat.\n#ÅTGÄRD 1\n#PUBLICERA NEJ\n#AVSLUTA", answers=street.letter("assignment", BO)
    )
    street.writes(f"Anna Ek <{street.anna}>", "En annan lampa är sönder i Kastanjelunden.", subject="Lampa")
    first, second = town.cases()
    assert (first.status, second.status) == ("closed", "assigned")
    assert len(street.mails.mailbox(street.address, folder="Ärenden")) == 3
    place = Office(street.station.room.desk.database, street.station.settings.name, book, _YEARS_LATER, "arkivarien")
    assert [one.name for one in disposal.due(place) if disposal.dispose(place, one)] == [first.number]
    street.works()
    assert [b"Kastanjelunden" in raw for raw in street.mails.mailbox(street.address, folder="Ärenden")] == [True]
    street.works()
    assert len(town.cases()) == 2


_YEARS_LATER = datetime.now(UTC) + timedelta(days=900)
