"""The cage: whatever a mail does to its reader, it is said in time, and the next mail is read."""

from __future__ import annotations

import json
import os
import pickle
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from service.core.mail import MAX_LINE, MAX_MANY, MAX_TEXT, Unreadable
from service.core.message import contents, read
from service.doors import cage as cages
from service.doors import wire
from service.doors.cage import Cage, CageBroken
from tests.conversations.town import ANNA

SHORT = 0.6  # seconds, for mails that never end
PATIENT = 60  # seconds, for the others, on however busy a machine
READERS = {"read": "tests.doors.readers:read", "contents": "tests.doors.readers:contents"}


def mail(subject: str, text: str = "Hål i vägen") -> bytes:
    return f"From: {ANNA}\r\nSubject: {subject}\r\nMessage-ID: <1@example.org>\r\n\r\n{text}\r\n".encode()


def see(cage: Cage, what: str) -> list[str]:
    """Ask the process itself how things are in there."""
    return [sight.decode() for sight in cage.contents(what.encode())]


@pytest.fixture(scope="module")
def cage() -> Iterator[Cage]:
    with Cage(PATIENT, 64, **READERS) as made:
        yield made


@pytest.fixture(scope="module")
def own() -> Iterator[Cage]:
    """As the service uses it, with the readers of the core."""
    with Cage() as made:
        yield made


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(mail("Hål i vägen"), id="plain"),
        pytest.param(b"", id="empty"),
        pytest.param(mail("Stor", "Hål i vägen\r\n" * 200_000), id="larger than the line takes at once"),
        pytest.param(
            b"Auto-Submitted: auto-replied\r\nDate: Mon, 7 Sep 2026 09:12:00 +0200\r\n"
            b"Received: from a by mx.ekvik.example; Mon, 7 Sep 2026 09:12:00 +0200\r\n"
            b"Authentication-Results: mx.ekvik.example; dmarc=pass\r\n" + mail("Frånvarande till 2026-09-30"),
            id="every sort of value",
        ),
        pytest.param(
            b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n"
            + mail("x").rstrip()
            + b"\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; a\r\n\r\n"
            b"Final-Recipient: rfc822; a@example.org\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b--\r\n",
            id="bounce",
        ),
    ],
)
def test_a_mail_is_read_as_without_a_cage(own: Cage, raw: bytes) -> None:
    assert own.read(raw) == read(raw)


def test_files_come_out_as_without_a_cage(own: Cage) -> None:
    raw = (
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: image/png; name=a.png\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\nQUJD\r\n--b\r\n\r\nHej\r\n--b--\r\n"
    )
    assert own.contents(raw) == contents(raw) == (b"ABC",)


@pytest.mark.parametrize(
    ("subject", "because"),
    [
        pytest.param("eat 1000000000", "needs too much memory", id="memory"),
        pytest.param("exit", "the process that read it died, twice", id="exit"),
        pytest.param("kill", "the process that read it died, twice", id="killed"),
        pytest.param("raise", "ValueError", id="exception"),
        pytest.param("deep", "RecursionError", id="recursion"),
    ],
)
def test_what_cannot_be_read_is_said_and_the_next_mail_is_read(cage: Cage, subject: str, because: str) -> None:
    """The reason never holds what the mail says."""
    with pytest.raises(Unreadable) as unreadable:
        cage.read(mail(subject))
    assert str(unreadable.value) == because
    assert cage.read(mail("Hej")).subject == "Hej"


@pytest.mark.parametrize("subject", ["hang", "work"])
def test_a_mail_that_takes_too_long_is_said_and_the_next_mail_is_read(subject: str) -> None:
    with Cage(SHORT, **READERS) as cage:
        with pytest.raises(Unreadable, match="reading it took longer than 1 s"):
            cage.read(mail(subject))
        cage._seconds = PATIENT
        assert cage.read(mail("Hej")).subject == "Hej"


def test_a_large_mail_gets_more_time_and_memory(cage: Cage) -> None:
    """What is too much for a small mail is not too much for a large one."""
    eats = "eat 70000000"
    with pytest.raises(Unreadable, match="memory"):
        cage.read(mail(eats))
    assert cage.read(mail(eats, "a\r\n" * 7_000_000)).subject == eats


def test_the_process_is_kept_from_mail_to_mail(cage: Cage) -> None:
    before = see(cage, "pid")
    cage.read(mail("Hej"))
    assert see(cage, "pid") == before


def test_a_process_that_was_killed_between_two_mails_is_replaced(cage: Cage) -> None:
    os.kill(int(see(cage, "pid")[0]), signal.SIGKILL)
    assert cage.read(mail("Hej")).subject == "Hej"


def test_a_death_that_does_not_come_again_is_not_the_mails_fault(cage: Cage, tmp_path: Path) -> None:
    subject = f"die-once {tmp_path / 'mark'}"
    assert cage.read(mail(subject)).subject == subject


def test_nothing_of_the_service_is_in_there(cage: Cage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No environment, no open files but the line, no database code."""
    monkeypatch.setenv("IMAP_PASSWORD", "hemligt")
    with socket.create_server(("127.0.0.1", 0)) as server, (tmp_path / "register.db").open("w") as file:
        server.set_inheritable(True)
        os.set_inheritable(file.fileno(), True)
        assert set(see(cage, "environment")) <= {"PYTHONPATH", "LC_CTYPE"}
        line_and_standard, listing = {"0", "1", "2", "3"}, 1
        assert len(set(see(cage, "files")) - line_and_standard) <= listing
    assert not [name for name in see(cage, "modules") if name.startswith(("sqlalchemy", "service.desk"))]


def test_nothing_can_be_written_from_in_there(cage: Cage, tmp_path: Path) -> None:
    target = tmp_path / "out"
    with pytest.raises(Unreadable):
        cage.read(mail(f"write {target}"))
    assert not target.exists() or target.read_bytes() == b""


@pytest.fixture(scope="module")
def hostile() -> Iterator[Cage]:
    """A process that a mail has taken over: it sends what the mail holds, byte for byte."""
    with Cage(PATIENT, 64, read="tests.doors.readers:take_over", contents="tests.doors.readers:take_over") as made:
        yield made


def reply(sign: bytes, written: bytes, size: int | None = None) -> bytes:
    return wire.REPLY.pack(sign, len(written) if size is None else size) + written


WELL = json.loads(wire.MESSAGE.write(read(mail("Hej"))))


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(reply(wire.READ, pickle.dumps(read(mail("Hej")))), id="pickle"),
        pytest.param(reply(wire.READ, b""), id="nothing"),
        pytest.param(reply(wire.READ, b"[" * 1_000_000), id="deep"),
        *(
            pytest.param(reply(wire.READ, json.dumps(WELL | fields).encode()), id=name)
            for name, fields in {
                "subject of another type": {"subject": 7},
                "subject too long": {"subject": "a" * (MAX_LINE + 1)},
                "text too long": {"text": "a" * (MAX_TEXT + 1)},
                "too many": {"to": [{"name": "", "address": "a@example.org"}] * (MAX_MANY + 1)},
                "address too long": {"sender": {"name": "", "address": "a" * 321}},
                "half a character": {"text": "\ud800"},
                "no such kind": {"kind": "order"},
                "date without zone": {"date": "2026-09-07T09:12:00"},
                "number as text": {"size": "1"},
                "negative": {"size": -1},
                "endless number": {"size": 10**400},
                "missing": {"sender": {"name": ""}},
                "nothing where something must be": {"text": None},
            }.items()
        ),
    ],
)
def test_what_is_no_mail_is_not_taken_for_one(hostile: Cage, answer: bytes) -> None:
    with pytest.raises(Unreadable, match=r"^what was read of it is no mail$"):
        hostile.read(answer)


def test_what_nobody_declared_is_passed_over(hostile: Cage) -> None:
    answer = json.dumps(WELL | {"__class__": "os.system", "proof": {"strength": "strong"}}).encode()
    assert hostile.read(reply(wire.READ, answer)) == read(mail("Hej"))


@pytest.mark.parametrize("written", [[1], ["text"], {"a": b"b"}, None, b"bytes"], ids=repr)
def test_files_are_bytes_and_nothing_else(hostile: Cage, written: object) -> None:
    with pytest.raises(Unreadable, match=r"^what was read of it is no mail$"):
        hostile.contents(reply(wire.READ, wire.FILES.write(written)))


def test_no_more_is_received_than_a_mail_may_say(hostile: Cage) -> None:
    """A size that nobody has the memory for is refused before any of it is awaited."""
    with pytest.raises(Unreadable, match=r"^what was read of it is too much$"):
        hostile.read(reply(wire.READ, b"", size=1 << 62))


@pytest.mark.parametrize("reason", [b"Anna Ek\nskriver", b"\x1b[2J", b"", "Hål".encode(), b"a b"], ids=repr)
def test_a_reason_is_the_name_of_an_error(hostile: Cage, reason: bytes) -> None:
    with pytest.raises(Unreadable, match=r"^no reason was given$"):
        hostile.read(reply(wire.UNREADABLE, reason))


def test_an_answer_in_drops_ends_with_the_time() -> None:
    """Each piece comes in time, and the last would come after an hour."""
    with Cage(SHORT, read="tests.doors.readers:drip") as cage, pytest.raises(Unreadable, match="longer than"):
        cage.read(mail("Hej"))


def test_threads_share_it(cage: Cage) -> None:
    """Several mailboxes read at once: each gets its own mail back."""
    subjects = [f"Ärende {number}" for number in range(40)]
    with ThreadPoolExecutor(8) as pool:
        read_back = list(pool.map(lambda subject: cage.read(mail(subject)).subject, subjects))
    assert read_back == subjects
    assert see(cage, "threads") == ["1"]


def test_a_threads_bad_mail_does_not_spoil_anothers(cage: Cage) -> None:
    subjects = ["raise", "Hej", "exit", "Hej"] * 3

    def outcome(subject: str) -> str:
        try:
            return cage.read(mail(subject)).subject
        except Unreadable:
            return "unreadable"

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(outcome, subjects)) == ["unreadable", "Hej"] * 6


def test_closing_ends_the_process(cage: Cage) -> None:
    [pid] = see(cage, "pid")
    cage.close()
    assert not Path(f"/proc/{pid}").exists()


def test_closing_waits_for_the_mail_in_hand(tmp_path: Path) -> None:
    """A daemon that stops finishes the message that it reads."""
    mark = tmp_path / "mark"
    done: list[str] = []
    with Cage(PATIENT, **READERS) as cage:
        reading = threading.Thread(target=lambda: done.append(cage.read(mail(f"slow {mark}")).subject))
        reading.start()
        while not mark.exists():
            time.sleep(0.01)
        cage.close()
        reading.join()
    assert done == [f"slow {mark}"]


def test_without_a_process_no_mail_is_to_blame(monkeypatch: pytest.MonkeyPatch) -> None:
    with Cage(read="tests.doors.readers:no_such_reader") as cage, pytest.raises(CageBroken):
        cage.read(mail("Hej"))
    monkeypatch.setattr(cages.sys, "executable", "/nowhere/python")
    with Cage() as cage, pytest.raises(CageBroken):
        cage.read(mail("Hej"))


_PARENT = """
import threading, time
from service.doors.cage import Cage
cage = Cage({seconds}, read="tests.doors.readers:read", contents="tests.doors.readers:contents")
print(cage.contents(b"pid")[0].decode(), flush=True)
threading.Thread(target=cage.read, args=({raw!r},), daemon=True).start()
time.sleep({patient})
"""


@pytest.mark.parametrize("is_at_work", [False, True], ids=["idle", "at work"])
def test_it_ends_with_its_parent(is_at_work: bool, tmp_path: Path) -> None:
    """Also when the service is killed and has no time to end anything."""
    mark = tmp_path / "mark"
    raw = mail(f"work {mark}" if is_at_work else "Hej")
    program = _PARENT.format(seconds=SHORT if is_at_work else PATIENT, raw=raw, patient=PATIENT)
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as parent:
        assert parent.stdout
        reader = os.pidfd_open(int(parent.stdout.readline()))
        while is_at_work and not mark.exists():
            time.sleep(0.01)
        parent.kill()
    ended, _, _ = select.select([reader], [], [], PATIENT)
    os.close(reader)
    assert ended
