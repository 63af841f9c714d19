"""The IMAP door against a real Dovecot."""

from __future__ import annotations

import dataclasses
import threading
import time
import tracemalloc
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest
from imapclient import IMAPClient

from service.doors import imap, imaplogin
from service.doors import inbox as inbox_module
from service.doors.account import Security, Server
from service.doors.inbox import Fetched, Inbox
from service.doors.link import InboxError
from tests.servers.dovecot import Dovecot
from tests.servers.unwilling import Unwilling
from tests.servers.wire import Wire

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def letter(number: int = 1, text: str = "Gatlyktan är släckt.", size: int = 0) -> bytes:
    body = text + "\r\n" + ("x" * 76 + "\r\n") * (size // 78)
    return f"From: anna@example.org\r\nSubject: Nummer {number}\r\n\r\n{body}".encode()


def nothing_done(uidvalidity: int, uids: Sequence[int]) -> set[int]:
    return set()


def everything(inbox: Inbox) -> list[Fetched]:
    return [mail for batch in inbox.new_mail(nothing_done) for mail in batch]


@contextmanager
def opened(dovecot: Dovecot, address: str) -> Iterator[Inbox]:
    with Inbox(dovecot.account(address), "ekvik") as inbox:
        yield inbox


def test_a_mail_comes_with_everything_that_identifies_it(dovecot: Dovecot, address: str) -> None:
    when = datetime(2026, 5, 4, 9, 12, tzinfo=timezone(timedelta(hours=2)))
    dovecot.put(address, letter(), when=when)
    with opened(dovecot, address) as inbox:
        [mail] = everything(inbox)
    assert mail == Fetched("ekvik", "INBOX", mail.uidvalidity, 1, when, len(letter()), letter())
    assert mail.internal_date is not None
    assert mail.internal_date.tzinfo is UTC
    with dovecot.client(address) as client:
        assert client.folder_status("INBOX", "UIDVALIDITY")[b"UIDVALIDITY"] == mail.uidvalidity


def test_a_server_that_does_not_say_what_it_calls_the_next_mail_is_asked_for_the_last(
    dovecot: Dovecot, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or years of mail in the inbox would be new to the service (RFC 3501, 6.3.1: UIDNEXT may be missing)."""
    select = IMAPClient.select_folder

    def silent(self: IMAPClient, *args: Any, **kwargs: Any) -> dict[bytes, Any]:
        return {name: said for name, said in select(self, *args, **kwargs).items() if name != b"UIDNEXT"}

    monkeypatch.setattr(IMAPClient, "select_folder", silent)
    with opened(dovecot, address) as inbox:
        inbox.select()
        assert inbox.next_uid == 1
        for number in range(3):
            dovecot.put(address, letter(number))
        inbox.select()
        assert inbox.next_uid == 4


def test_arrival_in_the_hour_that_comes_twice_is_exact(
    dovecot: Dovecot, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Europe/Stockholm")
    time.tzset()
    moments = [datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in (0, 1)]  # both are 02:30 by a Swedish clock
    for moment in moments:
        dovecot.put(address, letter(), when=moment)
    with opened(dovecot, address) as inbox:
        assert [mail.internal_date for mail in everything(inbox)] == moments
    monkeypatch.undo()
    time.tzset()


def test_mail_is_work_whatever_its_flags_and_fetching_changes_none(dovecot: Dovecot, address: str) -> None:
    dovecot.put(address, *[letter(number) for number in range(1, 5)])
    marks = {1: (b"\\Seen",), 2: (b"\\Flagged", b"\\Answered"), 3: (b"\\Deleted",), 4: ()}
    with dovecot.client(address) as client:
        client.select_folder("INBOX")
        for uid, flags in marks.items():
            client.set_flags([uid], flags)
    with opened(dovecot, address) as inbox:
        assert [mail.uid for mail in everything(inbox)] == [1, 2, 3, 4]
    with dovecot.client(address) as client:
        client.select_folder("INBOX", readonly=True)
        flags_now = {uid: set(flags) - {b"\\Recent"} for uid, flags in client.get_flags([1, 2, 3, 4]).items()}
    assert flags_now == {uid: set(flags) for uid, flags in marks.items()}


def test_what_the_register_has_done_is_not_fetched_again(dovecot: Dovecot, address: str) -> None:
    dovecot.put(address, letter(1), letter(2), letter(3))
    asked: list[tuple[int, list[int]]] = []

    def already(uidvalidity: int, uids: Sequence[int]) -> set[int]:
        asked.append((uidvalidity, list(uids)))
        return {1, 3}

    with opened(dovecot, address) as inbox:
        assert [[mail.uid for mail in batch] for batch in inbox.new_mail(already)] == [[2]]
        assert asked == [(inbox.uidvalidity, [1, 2, 3])]
        assert inbox.uids() == [1, 2, 3]


def test_batches_hold_at_most_so_many_mails_and_so_many_bytes(
    dovecot: Dovecot, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap, "BATCH_MAILS", 3)
    monkeypatch.setattr(imap, "BATCH_BYTES", 10_000)
    monkeypatch.setattr(imap, "UIDS_A_COMMAND", 6)
    sizes = [0, 0, 0, 0, 6_000, 6_000, 20_000, 0]
    dovecot.put(address, *[letter(number, size=size) for number, size in enumerate(sizes, 1)])
    with opened(dovecot, address) as inbox:
        batches = [[mail.uid for mail in batch] for batch in inbox.new_mail(nothing_done)]
    assert batches == [[1, 2, 3], [4, 5], [6], [7], [8]]


@pytest.mark.parametrize("extra", [-1, 0, 1, 40], ids=["just below", "exactly", "just above", "well above"])
def test_a_large_mail_comes_whole_in_slices(
    dovecot: Dovecot, address: str, extra: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap, "SLICE_BYTES", 1000)
    raw = (letter(size=5000) + b"y" * 3000)[: 3000 + extra]
    dovecot.put(address, raw)
    with opened(dovecot, address) as inbox:
        [mail] = everything(inbox)
    assert mail.raw == raw


def test_a_large_mail_is_in_memory_only_once(dovecot: Dovecot, address: str) -> None:
    raw = letter(size=24_000_000)
    dovecot.put(address, raw)
    with opened(dovecot, address) as inbox:
        inbox.uids()
        tracemalloc.start()
        [[mail]] = list(inbox.fetch([1]))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert mail.raw == raw
    assert peak < 1.4 * len(raw)


def test_a_mail_without_content_is_left_for_the_next_time(dovecot: Dovecot, address: str) -> None:
    dovecot.put(address, letter(1))
    dovecot.damage(address)
    with opened(dovecot, address) as inbox:
        inbox.uids()
        dovecot.put(address, letter(3))
        assert [mail.uid for mail in everything(inbox)] == [1, 3]
        assert inbox.uids() == [1, 2, 3]


def test_a_mail_that_a_person_deletes_meanwhile_is_no_mail(dovecot: Dovecot, address: str) -> None:
    dovecot.put(address, letter(1), letter(2), letter(3))
    with opened(dovecot, address) as inbox:
        inbox.uids()
        with dovecot.client(address) as client:
            client.select_folder("INBOX")
            client.delete_messages([2])
            client.expunge()
        assert [mail.uid for batch in inbox.fetch([1, 2, 3]) for mail in batch] == [1, 3]


def test_a_mail_that_the_server_cannot_read_holds_no_other_up(dovecot: Dovecot, address: str) -> None:
    with opened(dovecot, address) as inbox:
        for number in range(1, 9):  # Dovecot ends the connection over each mail that it may not read
            if number in {3, 4}:
                dovecot.damage(address, letter(number), mode=0)
                assert inbox.uids()[-1] == number
            else:
                dovecot.put(address, letter(number))
        fetched: set[int] = set()

        def one_pass() -> None:
            for batch in inbox.new_mail(lambda _, __: fetched):
                fetched.update(mail.uid for mail in batch)

        for _ in range(4):  # the first meets all of them in one command, then each damaged mail may end one pass
            with pytest.raises(InboxError) as caught:
                one_pass()
            assert caught.value.temporary
        assert fetched == {1, 2, 5, 6, 7, 8}
        dovecot.put(address, letter(9))
        with pytest.raises(InboxError):
            one_pass()
        assert fetched == {1, 2, 5, 6, 7, 8, 9}


def test_mails_move_to_folders_that_are_created_and_subscribed(dovecot: Dovecot, address: str) -> None:
    dovecot.put(address, letter(1), letter(2), letter(3))
    with opened(dovecot, address) as inbox:
        everything(inbox)
        inbox.file_away({"Ärenden": [1], "Sekretess/Läggs åt sidan": [2]})
        assert inbox.uids() == [3]
        inbox.file_away({"Ärenden": [3]})
        assert {"Ärenden", "Sekretess/Läggs åt sidan"} <= set(inbox.folders())
    assert dovecot.mailbox(address, "Ärenden") == [letter(1), letter(3)]
    assert dovecot.mailbox(address, "Sekretess/Läggs åt sidan") == [letter(2)]
    with dovecot.client(address) as client:
        assert "Ärenden" in [name for _, _, name in client.list_sub_folders()]


def test_only_what_was_listed_in_this_connection_is_filed(dovecot: Dovecot, address: str) -> None:
    dovecot.put(address, letter())
    with opened(dovecot, address) as inbox:
        everything(inbox)
        inbox.close()
        with pytest.raises(InboxError) as caught:
            inbox.file_away({"Ärenden": [1]})
        assert caught.value.temporary
        assert inbox.uids() == [1]


@pytest.mark.parametrize(
    ("capability", "left_behind"),
    [("IMAP4rev1 UIDPLUS NAMESPACE", []), ("IMAP4rev1 NAMESPACE", [2, 3])],
    ids=["without MOVE", "without MOVE and UIDPLUS"],
)
def test_an_old_server_never_loses_what_people_marked_as_deleted(
    capability: str, left_behind: list[int], address: str
) -> None:
    with Dovecot(capability=capability) as dovecot, opened(dovecot, address) as inbox:
        dovecot.put(address, letter(1), letter(2), letter(3))
        with dovecot.client(address) as client:
            client.select_folder("INBOX")
            client.delete_messages([1])
        inbox.uids()
        for _ in range(2):  # a second time, as when the register's note of the filing was lost
            inbox.file_away({"Ärenden": [2, 3]})
        assert inbox.uids() == [1, *left_behind]
        assert dovecot.mailbox(address, "Ärenden") == [letter(2), letter(3)]


def test_folders_below_the_inbox_with_dots_between(address: str) -> None:
    with Dovecot(prefix="INBOX.", separator=".") as dovecot, opened(dovecot, address) as inbox:
        dovecot.put(address, letter(1), letter(2))
        inbox.uids()
        inbox.file_away({"Ärenden/Handlagda": [1], "INBOX/Sekretess": [2]})
        assert dovecot.mailbox(address, "INBOX.Ärenden.Handlagda") == [letter(1)]
        assert dovecot.mailbox(address, "INBOX.Sekretess") == [letter(2)]


def test_the_watched_folder_may_be_another_one(dovecot: Dovecot, address: str) -> None:
    when = datetime(2026, 5, 4, 7, 12, tzinfo=UTC)
    with Inbox(dovecot.account(address), "ekvik", "Inkommande/Webben") as inbox:
        inbox.append("Inkommande/Webben", letter(), when)
        [mail] = everything(inbox)
    assert (mail.folder, mail.raw, mail.internal_date) == ("Inkommande/Webben", letter(), when)


def test_a_connection_cut_in_the_middle_is_temporary_and_the_next_try_gets_all(dovecot: Dovecot, address: str) -> None:
    dovecot.put(address, *[letter(number, size=5000) for number in range(1, 41)])
    with Wire(dovecot.imap_port) as wire:
        inbox = Inbox(dataclasses.replace(dovecot.account(address), port=wire.port), "ekvik")
        wire.cut_after = 60_000
        with pytest.raises(InboxError) as caught:
            everything(inbox)
        assert caught.value.temporary
        wire.cut_after = None
        assert [mail.uid for mail in everything(inbox)] == list(range(1, 41))
        inbox.close()


@pytest.mark.parametrize(
    ("command", "told"),
    [
        pytest.param("SELECT", "* 0 EXISTS", id="nothing of UIDVALIDITY"),
        pytest.param("SELECT", "* OK [UIDVALIDITY 7] ok", id="nothing of how many there are"),
        pytest.param("SELECT", "* BYE {99999999999}", id="more than any memory holds"),
        pytest.param("SELECT", "* BYE {99999999999999999999999}", id="more than any number of the machine"),
        pytest.param("SELECT", "* 2 EXISTS\r\n* OK [UIDVALIDITY \xff] ok", id="no number"),
        pytest.param("UID", f"* SEARCH 1\r\n* 1 FETCH {'(' * 5000}{')' * 5000}", id="nested without end"),
        pytest.param("UID", "* SEARCH 1\r\n* 1 FETCH NIL", id="nothing of the mail"),
        pytest.param("UID", "* SEARCH 1\r\n* 1 FETCH (UID 1 NIL NIL)", id="a field without a name"),
        pytest.param("NAMESPACE", "* NAMESPACE NIL", id="less than was asked for"),
    ],
)
def test_what_no_server_may_say_is_the_servers_fault_and_passes(command: str, told: str) -> None:
    usual = {
        "CAPABILITY": "* CAPABILITY IMAP4rev1 NAMESPACE",
        "NAMESPACE": '* NAMESPACE (("" "/")) NIL NIL',
        "SELECT": "* 1 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 2] ok",
    }
    with Unwilling(told=usual | {command: told}) as server, Inbox(server.account(None, "anna"), "ekvik") as inbox:
        with pytest.raises(InboxError) as caught:
            everything(inbox)
        assert caught.value.temporary
        server.told = usual
        assert everything(inbox) == []


@pytest.mark.parametrize(
    ("told", "offers"),
    [("IMAP4rev1 AUTH=XOAUTH2", True), ("IMAP4rev1", False), ("\xe9", False), ("(", False), ("{99999999999}", False)],
)
def test_what_a_server_offers_is_asked_of_any(told: str, offers: bool) -> None:
    with Unwilling(told={"CAPABILITY": f"* CAPABILITY {told}"}) as server:
        assert imaplogin.takes_tokens(server.account(None, "anna")) is offers


def test_nobody_listening_is_temporary(dovecot: Dovecot, address: str) -> None:
    with Wire(dovecot.imap_port) as wire:
        port = wire.port
    with pytest.raises(InboxError, match="could not log in") as caught:
        Inbox(dataclasses.replace(dovecot.account(address), port=port), "ekvik").connect()
    assert caught.value.temporary


def test_a_connection_cut_anywhere_in_the_log_in_is_temporary(dovecot: Dovecot, address: str) -> None:
    with Wire(dovecot.imap_port) as wire:
        server = dataclasses.replace(dovecot.account(address), port=wire.port)
        inbox = Inbox(server, "ekvik")
        inbox.connect()
        heard = wire.passed
        inbox.close()
        for wire.cut_after in range(0, heard, 25):
            with pytest.raises(InboxError) as caught:
                Inbox(server, "ekvik").connect()
            assert caught.value.temporary


def test_a_refused_log_in_is_for_a_person_and_tells_no_password(dovecot: Dovecot, address: str) -> None:
    server = dovecot.account(address, password="fel lösenord")
    with pytest.raises(InboxError, match="AUTHENTICATIONFAILED") as caught:
        Inbox(server, "ekvik").connect()
    assert not caught.value.temporary
    assert "fel lösenord" not in f"{caught.value} {server!r}"


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
def test_an_encrypted_connection_needs_a_trusted_certificate(
    dovecot: Dovecot, address: str, security: Security, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox = Inbox(dovecot.account(address, security), "ekvik")
    with pytest.raises(InboxError, match="certificate") as caught:
        inbox.connect()
    assert not caught.value.temporary
    monkeypatch.setenv("SSL_CERT_FILE", str(dovecot.certificate))
    with inbox:
        assert inbox.uids() == []


def test_idle_tells_of_new_mail_at_once(dovecot: Dovecot, address: str) -> None:
    stop = threading.Event()
    with opened(dovecot, address) as inbox:
        inbox.uids()
        sender = threading.Timer(0.2, dovecot.deliver, (letter(), address))
        sender.start()
        assert inbox.wait(60, stop)
        sender.join()
        assert len(everything(inbox)) == 1


def test_mail_that_came_between_listing_and_waiting_is_told_at_once(dovecot: Dovecot, address: str) -> None:
    with opened(dovecot, address) as inbox:
        inbox.uids()
        dovecot.deliver(letter(), address)
        assert inbox.wait(60, threading.Event())


def test_waiting_ends_without_news_and_the_connection_is_usable(dovecot: Dovecot, address: str) -> None:
    dovecot.put(address, letter())
    with opened(dovecot, address) as inbox:
        inbox.uids()
        assert not inbox.wait(0.1, threading.Event())
        assert inbox.uids() == [1]


def test_idling_is_renewed(dovecot: Dovecot, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox_module, "IDLE_RENEWAL_SECONDS", 0.05)
    with opened(dovecot, address) as inbox:
        inbox.uids()
        assert not inbox.wait(0.3, threading.Event())
        sender = threading.Timer(0.1, dovecot.deliver, (letter(), address))
        sender.start()
        assert inbox.wait(60, threading.Event())
        sender.join()


@pytest.mark.parametrize("capability", ["", "IMAP4rev1"], ids=["with IDLE", "without IDLE"])
def test_waiting_ends_when_the_daemon_is_to_stop(capability: str, address: str) -> None:
    stop = threading.Event()
    with Dovecot(capability=capability) as dovecot, opened(dovecot, address) as inbox:
        inbox.uids()
        timer = threading.Timer(0.1, stop.set)
        timer.start()
        assert not inbox.wait(600, stop)
        timer.join()


def test_a_link_that_dies_while_idling_is_an_error_and_no_busy_loop(
    dovecot: Dovecot, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = 0
    look = IMAPClient.idle_check

    def counted(client: IMAPClient, timeout: float) -> list[object]:
        nonlocal looks
        looks += 1
        return look(client, timeout)

    monkeypatch.setattr(IMAPClient, "idle_check", counted)
    with Wire(dovecot.imap_port) as wire:
        inbox = Inbox(dataclasses.replace(dovecot.account(address), port=wire.port), "ekvik")
        inbox.uids()
        timer = threading.Timer(0.2, wire.cut)
        timer.start()
        with pytest.raises(InboxError) as caught:
            inbox.wait(2, threading.Event())
        timer.join()
    assert caught.value.temporary
    assert looks < 10


@pytest.mark.parametrize(
    ("host", "security", "accepted"),
    [
        ("127.0.0.1", Security.NONE, True),
        ("::1", Security.NONE, True),
        ("localhost", Security.NONE, True),
        ("mail.ekvik.example", Security.NONE, False),
        ("10.0.0.1", Security.NONE, False),
        ("mail.ekvik.example", Security.STARTTLS, True),
    ],
)
def test_an_unprotected_connection_goes_nowhere_but_to_this_machine(
    host: str, security: Security, accepted: bool
) -> None:
    if accepted:
        assert Server(host, 143, security).place == f"{host}:143"
    else:
        with pytest.raises(ValueError, match="only allowed towards this machine"):
            Server(host, 143, security)
