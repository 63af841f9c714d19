"""A real mailbox that is only watched is as before, and served at last it begins with what comes then."""

from __future__ import annotations

import threading
import time

import pytest

from service.core.cases import Status
from service.core.standby import Mode
from service.daemon import Daemon
from service.desk.handling import Delivered, handle_mail
from service.desk.watched import Served
from service.doors.link import InboxError
from service.doors.vitals import Sort
from tests.conversations.looks import looks
from tests.conversations.street import PATIENCE, Street
from tests.conversations.town import HOLE


@pytest.fixture
def watched(street: Street) -> Street:
    street.starts_anew(Mode.SHADOW)
    return street


def test_the_mailbox_is_as_before_and_served_at_last_it_begins_with_what_comes_then(watched: Street) -> None:
    raw = watched.town.mail(f"Anna Ek <{watched.anna}>", HOLE)
    watched.arrives(raw, watched.anna)
    offer = watched.town.mail("rea@shop.example", "Köp!", "Rea", headers=[("Precedence", "bulk")])
    watched.arrives(offer, "rea@shop.example")
    secret = watched.town.mail(f"Anna Ek <{watched.anna}>", "Min orosanmälan om ett barn.", "Orosanmälan")
    watched.arrives(secret, watched.anna)
    before = looks(watched.mails.dovecot, watched.address)
    watched.works()
    watched.passes(days=12)
    assert looks(watched.mails.dovecot, watched.address) == before
    assert not any(case.status is Status.CLOSED for case in watched.cases())
    watched.starts_anew(Mode.LIVE)
    watched.works()
    assert {case.status for case in watched.cases()} == {Status.CLOSED}
    assert set(looks(watched.mails.dovecot, watched.address)["INBOX"][2]) == set(before["INBOX"][2])
    assert watched.kinds(watched.anna) == []
    watched.writes(f"Anna Ek <{watched.anna}>", "Gungan på Lekplatsvägen är trasig.", "Trasig gunga")
    assert watched.kinds(watched.anna) == ["receipt"]
    assert len(watched.folder("Ärenden")) == 1
    assert len(watched.folder("INBOX")) == 3


def test_of_two_processes_the_one_started_last_decides_and_the_other_stands_still_and_says_so(watched: Street) -> None:
    watched.works()
    old = watched.station.room
    old.inbox.close()
    watched.starts_anew(Mode.LIVE)
    watched.works()
    raw = watched.town.mail(f"Anna Ek <{watched.anna}>", HOLE)
    watched.arrives(raw, watched.anna)
    with pytest.raises(InboxError) as told:
        old.poll()
    assert (told.value.sort, old.check_deadlines(), old.deliver(), watched.cases()) == (Sort.MODE, 0, 0, [])
    with pytest.raises(Served):  # what it had in hand while the other was started
        handle_mail(old.desk, Delivered(raw, None, ("INBOX", 1, 1)), watched.town.now)
    watched.works()
    assert watched.kinds(watched.anna) == ["receipt"]
    old.inbox.close()


def test_another_uidvalidity_doubles_nothing(watched: Street) -> None:
    watched.arrives(watched.town.mail(f"Anna Ek <{watched.anna}>", HOLE), watched.anna)
    watched.works()
    watched.station.room.inbox.close()
    folder = watched.mails.dovecot.directory / "mail" / watched.address
    for index in folder.glob("dovecot*"):  # the server has lost its lists and numbers all mails anew
        index.unlink()
    watched.mails.dovecot.put(watched.address, watched.town.mail("Per <per@example.org>", "Lampan är trasig."))
    watched.works()
    assert len(watched.cases()) == 2


def test_the_daemon_with_all_its_rounds_touches_nothing(watched: Street) -> None:
    before = looks(watched.mails.dovecot, watched.address)
    daemon = Daemon(watched.config)
    thread = threading.Thread(target=daemon.run)
    thread.start()
    try:
        watched.arrives(watched.town.mail(f"Anna Ek <{watched.anna}>", HOLE), watched.anna)
        arrived = looks(watched.mails.dovecot, watched.address)
        ends = time.monotonic() + PATIENCE
        while not watched.cases() and time.monotonic() < ends:
            time.sleep(0.05)
    finally:
        daemon.stop.set()
        thread.join(timeout=30)
    assert len(watched.cases()) == 1
    assert looks(watched.mails.dovecot, watched.address) == arrived
    assert arrived.keys() == before.keys()
    assert watched.kinds(watched.anna) == []
