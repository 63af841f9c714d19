"""The main job over real mail servers: Postfix takes mail, Dovecot keeps it, and everybody reads their own mailbox."""

from __future__ import annotations

import dataclasses
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from service.config import Config, FolderNames, Log, Mailbox
from service.core.rules.rulebook import RuleBook
from service.daemon import Daemon
from service.desk.database import Database
from service.doors.cage import Cage
from service.resources import shipped
from service.stations import Station, open_stations
from tests.conversations.town import BO, Letter, Town
from tests.servers.mail_system import MailSystem

HOLE = "Hej!\n\nDet är ett stort hål i asfalten vid Storgatan 14.\n\nMvh\nAnna"


@dataclasses.dataclass
class Street:
    """Ekvik with a mailbox of its own on the real servers, and a citizen with one."""

    mails: MailSystem
    config: Config
    station: Station
    town: Town  # writes mails as people's clients do
    anna: str

    @property
    def address(self) -> str:
        return self.station.settings.address

    def arrives(self, raw: bytes, sender: str, folder: int = 1) -> None:
        """A mail goes by SMTP to the service's mailbox and is there when this returns."""
        before = len(self.mails.mailbox(self.address))
        self.mails.send(raw, self.address, sender)
        self.mails.mailbox(self.address, at_least=before + folder)

    def is_ours(self, letter: Letter) -> bool:
        """Whether the letter is from this test's mailbox: officers' mailboxes are shared by all tests."""
        return self.address in str(letter.mail["From"])

    def for_bo(self, kind: str) -> Letter:
        """The letter of that kind that this test's service has sent to Bo."""
        ends = time.monotonic() + 20
        while not (found := [x for x in self.inbox_of(BO, 0) if self.is_ours(x) and x.kind == kind]):
            assert time.monotonic() < ends, f"no {kind} for Bo"
            time.sleep(0.05)
        assert len(found) == 1
        return found[0]

    def inbox_of(self, address: str, at_least: int) -> list[Letter]:
        """The letters in somebody's mailbox, once there are so many."""
        return [Letter.read(raw, datetime.now(UTC)) for raw in self.mails.mailbox(address, at_least=at_least)]


@pytest.fixture
def street(mail_system: MailSystem, database: Database, ekvik: RuleBook) -> Iterator[Street]:
    """Its own addresses, so that no test sees another's mail."""
    unique = uuid4().hex[:8]
    address, anna = f"synpunkten-{unique}@ekvik.example", f"anna-{unique}@example.org"
    mailbox = Mailbox(
        "ekvik", address, mail_system.imap(address), mail_system.smtp(), shipped("rules") / "ekvik", FolderNames()
    )
    config = Config(Path("synpunkten.yaml"), str(database.url), 1, Log(), (mailbox,), ())
    stop = threading.Event()
    with Cage() as cage:
        station = open_stations(config, database, lambda: datetime.now(UTC), stop, cage)[0]
        town = Town(database, ekvik, datetime.now(UTC), address=address)
        yield Street(mail_system, config, station, town, anna)
        station.room.inbox.close()


def test_the_receipt_lands_with_anna_and_bos_reply_comes_back(street: Street) -> None:
    """Citizen to officer to citizen to follow-up, through the mail servers all the way."""
    town, room = street.town, street.station.room
    anna = f"Anna Ek <{street.anna}>"
    street.arrives(town.mail(anna, HOLE, files=[("hål.jpg", b"\xff\xd8 photo")]), street.anna)
    room.once()
    receipt = street.inbox_of(street.anna, 1)[0]
    assert receipt.kind == "receipt"
    assert receipt.subject.endswith(f"[{town.case().number}]")
    assignment = street.for_bo("assignment")
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
    assert "Men lampan då?" in street.for_bo("information").text
    assert town.case().status == "assigned"
    assert street.mails.mailbox(street.address) == []
    assert len(street.mails.mailbox(street.address, folder="Ärenden")) == 3


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
    assert street.for_bo("assignment")
    street.station.room.once()
    alerts = street.inbox_of("registrator@ekvik.example", 1)
    assert any(street.is_ours(x) and x.kind == "alert" for x in alerts)


def test_a_mail_that_arrived_last_week_has_its_own_day(street: Street) -> None:
    """S42: a mail found late counts from the trusted stamp, and the letters say so."""
    week = datetime.now(UTC) - timedelta(days=7)
    stamp = f"Received: from x by mx.ekvik.example; {week:%a, %d %b %Y %H:%M:%S} +0000\r\n".encode()
    street.mails.dovecot.put(street.address, stamp + street.town.mail(f"Anna <{street.anna}>", HOLE))
    street.station.room.once()
    assert abs(street.town.case().received_at - week) < timedelta(seconds=2)
