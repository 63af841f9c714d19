"""The watch over a running daemon: it follows the configuration, looks at the register, and ends with the daemon."""

from __future__ import annotations

import json
import signal
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass

from tests.cli.conftest import SECONDS, Installation, said
from tests.servers.own import free_port


def get(port: int, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def until(comes: Callable[[], bool]) -> None:
    ends = time.monotonic() + SECONDS
    while not comes():
        assert time.monotonic() < ends
        time.sleep(0.05)


@dataclass
class Port:
    """What answers on a port, if anything."""

    number: int

    def answers(self) -> bool:
        try:
            return get(self.number, "/metrics")[0] == 200
        except (urllib.error.URLError, OSError):
            return False


def test_figures_are_served_as_long_as_the_daemon_works_and_where_the_configuration_says_now(
    installation: Installation,
) -> None:
    first, second = Port(free_port()), Port(free_port())
    installation.configure(more=f"metrics: {{listen: 127.0.0.1:{first.number}}}\n")
    daemon = installation.start("run", "--config", str(installation.file))
    lines: list[str] = []
    reader = threading.Thread(target=lambda: lines.extend(daemon.stderr))
    reader.start()
    try:
        until(first.answers)
        until(lambda: "synpunkten_register_look_timestamp_seconds 0.0" not in get(first.number, "/metrics")[1])
        status, body = get(first.number, "/healthz")
        told = json.loads(body)
        until(lambda: json.loads(get(first.number, "/healthz")[1])["mailboxes"]["ekvik"]["poll_failing"] == "unreached")
        assert (status, told["ok"], "@" in body) == (200, True, False), "it has not lasted yet"
        installation.configure(more=f"metrics: {{listen: 127.0.0.1:{second.number}}}\n")
        daemon.send_signal(signal.SIGHUP)
        until(second.answers)
        until(lambda: not first.answers())
        installation.configure(more=f"metrics: {{listen: 0.0.0.0:{second.number}}}\n")
        daemon.send_signal(signal.SIGHUP)
        until(lambda: any('"host": "0.0.0.0"' in line for line in lines))
        until(second.answers)
        installation.configure(more=f"metrics: {{listen: 192.0.2.1:{second.number}}}\n")
        daemon.send_signal(signal.SIGHUP)
        until(lambda: any("cannot listen on 192.0.2.1" in line for line in lines))
        until(lambda: "synpunkten_config_reloads_refused_total 1.0" in get(second.number, "/metrics")[1])
        with socket.create_server(("127.0.0.1", first.number)):
            installation.configure(more=f"metrics: {{listen: 127.0.0.1:{first.number}}}\n")
            daemon.send_signal(signal.SIGHUP)
            until(lambda: "synpunkten_config_reloads_refused_total 2.0" in get(second.number, "/metrics")[1])
        daemon.send_signal(signal.SIGTERM)
        assert daemon.wait(SECONDS) == 0
        assert not second.answers()
    finally:
        daemon.kill()
        daemon.wait()
        reader.join()
        daemon.stderr.close()
    assert said("".join(lines)) == []
    assert any("another program has the port" in line for line in lines)


def test_a_port_that_is_taken_is_an_error_at_the_start(installation: Installation) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        installation.configure(more=f"metrics: {{listen: 127.0.0.1:{port}}}\n")
        done = installation.run("run")
    assert done.returncode == 1
    what = f"metrics: cannot listen on 127.0.0.1 port {port}: another program has the port; correct `listen`"
    assert said(done.stderr) == [f"synpunkten: {what}"]
