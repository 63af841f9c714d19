"""What a service manager (systemd) hears of the daemon: begun, reading again, alive, at its end (sd_notify(3))."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from service import config
from service.daemon import Daemon
from service.doors import manager, rounds
from service.doors.mailroom import Mailroom
from service.doors.manager import Manager
from service.doors.rounds import Pause, Round, StopSign
from tests.cli.conftest import PROGRAM, SECONDS, Installation, events
from tests.servers.postgres import Postgres
from tests.servers.wire import Wire


class Systemd:
    """A service manager's socket, and what is heard at it."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.line = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.line.bind("\0" + address[1:] if address.startswith("@") else address)
        self.line.settimeout(SECONDS)

    def hears(self) -> list[str]:
        return self.line.recv(4096).decode().splitlines()

    def hears_at_last(self, line: str) -> list[str]:
        """Everything up to that line."""
        heard: list[str] = []
        while line not in heard:
            heard += self.hears()
        return heard


@pytest.fixture
def systemd(tmp_path: Path) -> Iterator[Systemd]:
    listening = Systemd(str(tmp_path / "notify"))
    yield listening
    listening.line.close()


def test_the_daemon_tells_each_step_of_its_life(installation: Installation, systemd: Systemd) -> None:
    """Also where the mail server is away: that is no fault of the service, and a new start mends nothing."""
    environment = {"NOTIFY_SOCKET": systemd.address, "WATCHDOG_USEC": "200000"}
    daemon = subprocess.Popen(
        [PROGRAM, "run", "--config", installation.file], env=os.environ | environment, stderr=subprocess.DEVNULL
    )
    try:
        before = systemd.hears_at_last("READY=1")
        assert before[:2] == ["STATUS=bringing the register up to date", "EXTEND_TIMEOUT_USEC=60000000"]
        assert systemd.hears_at_last("WATCHDOG=1")
        daemon.send_signal(signal.SIGHUP)
        assert systemd.hears_at_last("RELOADING=1")
        assert "STATUS=taking care of 1 mailbox" in systemd.hears_at_last("READY=1") + systemd.hears()
        daemon.terminate()
        assert systemd.hears_at_last("STOPPING=1")
        assert daemon.wait(SECONDS) == 0
    finally:
        daemon.kill()
        daemon.wait()


def test_a_reload_that_is_asked_for_while_the_daemon_starts_waits_until_it_listens(installation: Installation) -> None:
    """It would end the process: in a container nothing but the process itself says when it is ready."""
    program = (
        "import os, pathlib, signal, sys\n"
        "from service import config, daemon\n"
        "daemon.hold_reloads()\n"
        "os.kill(os.getpid(), signal.SIGHUP)\n"
        "path = pathlib.Path(sys.argv[1])\n"
        "starting = daemon.Daemon(config.load(path), load=lambda: config.load(path))\n"
        "starting.listen_to_signals()\n"
        "print(*starting._orders)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, installation.file], check=False, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (0, "reload\n"), done.stderr


def test_a_changed_configuration_ends_no_daemon_whose_database_is_away(
    installation: Installation, systemd: Systemd, postgres: Postgres
) -> None:
    """What is in force stays, and is said to; it serves on when the database is back."""
    with Wire(postgres.port) as wire:
        there = postgres.new_database().replace(f":{postgres.port}/", f":{wire.port}/")
        written = installation.file.read_text().replace("sqlite:///var/synpunkten.db", there)
        installation.file.write_text(written)
        daemon = subprocess.Popen(
            [PROGRAM, "run", "--config", installation.file],
            env=os.environ | {"NOTIFY_SOCKET": systemd.address},
            stderr=subprocess.PIPE,
            text=True,
        )
        systemd.hears_at_last("READY=1")
    try:
        installation.file.write_text(written.replace("poll: 1 s", "poll: 2 s"))
        daemon.send_signal(signal.SIGHUP)
        systemd.hears_at_last("RELOADING=1")
        systemd.hears_at_last("READY=1")
        daemon.terminate()
        _, log = daemon.communicate(timeout=SECONDS)
    finally:
        daemon.kill()
        daemon.wait()
    assert daemon.returncode == 0
    (fault,) = [each["fault"] for each in events(log) if each["event"] == "config-refused"]
    assert re.fullmatch("the register cannot be asked now: .*; reload again when it can", fault)


@pytest.mark.parametrize("named", ["{folder}/n", "@{folder}/n"], ids=["path", "abstract"])
def test_a_socket_of_either_sort_is_reached(tmp_path: Path, named: str) -> None:
    systemd = Systemd(named.format(folder=tmp_path))
    Manager(systemd.address).ready("at work")
    assert systemd.hears() == ["READY=1", "STATUS=at work"]
    systemd.line.close()


def test_a_manager_that_is_not_there_holds_nothing_up(tmp_path: Path) -> None:
    for nobody in (Manager(), Manager(str(tmp_path / "none"), watchdog_seconds=1)):
        nobody.ready("at work")
        nobody.still_at_work(list)
        with nobody.preparing("for long"):
            pass


def test_the_watchdog_is_kept_quiet_twice_in_its_time_and_only_while_nothing_hangs(
    systemd: Systemd, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    monkeypatch.setattr(manager.time, "monotonic", lambda: now)
    told = Manager.of({"NOTIFY_SOCKET": systemd.address, "WATCHDOG_USEC": "60000000"})
    told.still_at_work(list)
    told.still_at_work(list)
    now += 30
    told.still_at_work(lambda: ["poll ekvik"])
    now += 30
    told.still_at_work(list)
    told.stopping()
    heard = systemd.hears_at_last("STOPPING=1")
    assert heard[:-2] == ["WATCHDOG=1", "STATUS=hanging: poll ekvik", "WATCHDOG=1"]


def test_where_nobody_listens_who_would_end_what_hangs_it_ends_itself() -> None:
    """As in a container, which is started anew: the log names the round and where each thread stands."""
    hanging = "from service.doors.manager import Manager; Manager('', 60).still_at_work(lambda: ['poll ekvik'])"
    done = subprocess.run([sys.executable, "-c", hanging], capture_output=True, text=True, timeout=SECONDS, check=False)
    assert done.returncode == 1
    assert "poll ekvik" in done.stdout + done.stderr
    assert "most recent call first" in done.stderr


@pytest.mark.parametrize(
    ("environment", "seconds"),
    [
        ({"WATCHDOG_USEC": "180000000", "WATCHDOG_PID": str(os.getpid())}, 180),
        ({"WATCHDOG_USEC": "180000000", "WATCHDOG_PID": "1"}, 0),
        ({"WATCHDOG_USEC": "soon"}, 0),
        ({}, 0),
    ],
)
def test_another_process_s_watchdog_is_not_ours(environment: dict[str, str], seconds: float) -> None:
    assert Manager.of(environment).watchdog_seconds == seconds


def test_a_daemon_whose_poll_hangs_gives_no_sign_of_life_until_it_goes_on(
    installation: Installation, systemd: Systemd, monkeypatch: pytest.MonkeyPatch
) -> None:
    goes_on = threading.Event()
    monkeypatch.setattr(rounds, "_HANGS_AFTER_SECONDS", 1.0)
    monkeypatch.setattr(Mailroom, "poll", lambda _: goes_on.wait() and 0)
    daemon = Daemon(config.load(installation.file), manager=Manager(systemd.address, watchdog_seconds=0.1))
    thread = threading.Thread(target=daemon.run)
    thread.start()
    try:
        assert "WATCHDOG=1" in systemd.hears_at_last("STATUS=hanging: poll ekvik")
        assert systemd.hears()[0].startswith("STATUS=hanging: poll ekvik")
        goes_on.set()
        systemd.hears_at_last("WATCHDOG=1")
    finally:
        goes_on.set()
        daemon.stop.set()
        thread.join(SECONDS)
    assert not thread.is_alive()


class TestHanging:
    """A round hangs when it has not looked for ten minutes whether it shall stop; who waits does not hang."""

    @pytest.fixture
    def later(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
        """Seconds by which the monotonic clock of the rounds is ahead."""
        ahead, clock = [0.0], rounds.time.monotonic
        monkeypatch.setattr(rounds.time, "monotonic", lambda: clock() + ahead[0])
        yield ahead
        ahead[0] = 0.0

    def test_work_that_does_not_come_back(self, later: list[float]) -> None:
        stop, begun, ends = StopSign(), threading.Event(), threading.Event()

        def work() -> Pause:
            begun.set()
            ends.wait()
            return Pause(0)

        each = Round("poll", work, stop)
        each.start()
        begun.wait()
        assert not each.hangs
        later[0] = 601
        assert each.hangs
        stop.set()
        ends.set()
        each.join()
        assert not each.hangs

    def test_work_that_takes_long_and_looks_up_now_and_then(self, later: list[float]) -> None:
        stop, begun, looked, ends = StopSign(), threading.Event(), threading.Event(), threading.Event()

        def work() -> Pause:
            begun.set()
            while not stop.is_set():
                looked.set()
                ends.wait(0.001)
            return Pause(0)

        each = Round("poll", work, stop)
        each.start()
        begun.wait()
        later[0] = 3600
        looked.clear()
        looked.wait()
        assert not each.hangs
        stop.set()
        each.join()

    def test_a_long_rest_is_none(self, later: list[float]) -> None:
        stop, done = StopSign(), threading.Event()

        def work() -> Pause:
            done.set()
            return Pause(900, deaf=True)

        each = Round("poll", work, stop)
        each.start()
        done.wait()
        while stop.silence_of(each) >= 0:  # until it has lain down
            pass
        later[0] = 1499
        assert not each.hangs
        later[0] = 1501 + 900
        assert each.hangs
        stop.set()
        each.join()

    @pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
    def test_a_round_that_has_ended_by_itself(self) -> None:
        stop = StopSign()

        def work() -> Pause:
            raise SystemExit

        each = Round("poll", work, stop)
        assert not each.hangs
        each.start()
        each.join()
        assert each.hangs
