"""The port that answers: right questions, wrong ones, slow ones and too many."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from http import HTTPStatus

import pytest

from service.seeing import listener
from service.seeing.listener import Answer, CannotListen, Listener
from tests.servers.own import free_port


@pytest.fixture
def served() -> Iterator[Listener]:
    def breaks(_accept: str) -> Answer:
        raise ValueError("Anna Ek")

    pages = {"/healthz": lambda accept: Answer(HTTPStatus.OK, body=accept.encode() or b"well"), "/breaks": breaks}
    here = Listener("127.0.0.1", free_port(), pages)
    here.start()
    yield here
    here.stop()


def ask(served: Listener, head: bytes) -> bytes:
    """What is answered, until the connection is closed."""
    with socket.create_connection((served.host, served.port), 5) as link:
        link.sendall(head)
        return b"".join(iter(lambda: link.recv(4096), b""))


@pytest.mark.parametrize(
    ("first", "begins", "ends"),
    [
        ("GET /healthz HTTP/1.1", b"HTTP/1.1 200 OK\r\n", b"\r\n\r\nwell"),
        ("GET /healthz?a=b HTTP/1.0", b"HTTP/1.1 200 OK\r\n", b"\r\n\r\nwell"),
        ("GET /healthz HTTP/1.1\r\naccept: x/y", b"HTTP/1.1 200 OK\r\n", b"\r\n\r\nx/y"),
        ("HEAD /healthz HTTP/1.1", b"HTTP/1.1 200 OK\r\n", b"Connection: close\r\n\r\n"),
        ("GET / HTTP/1.1", b"HTTP/1.1 404 ", b"/metrics or /healthz\n"),
        ("GET /../etc/passwd HTTP/1.1", b"HTTP/1.1 404 ", b"/metrics or /healthz\n"),
        ("POST /healthz HTTP/1.1", b"HTTP/1.1 405 ", b"\r\n\r\n"),
        ("GET /breaks HTTP/1.1", b"HTTP/1.1 500 ", b"\r\n\r\n"),
        ("hej", b"HTTP/1.1 400 ", b"\r\n\r\n"),
        ("GET /healthz HTTP/1.1\r\nX: " + "x" * 20_000, b"HTTP/1.1 431 ", b"\r\n\r\n"),
    ],
)
def test_what_is_answered(served: Listener, first: str, begins: bytes, ends: bytes) -> None:
    answer = ask(served, f"{first}\r\n\r\n".encode())
    assert answer.startswith(begins)
    assert answer.endswith(ends)
    assert b"Anna" not in answer
    assert (b"Allow: GET, HEAD" in answer) == (b" 405 " in answer[:16])


def test_who_asks_slowly_is_cut_off_and_holds_nobody_up(served: Listener, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listener, "SECONDS_TO_ASK", 0.2)
    with socket.create_connection((served.host, served.port), 5) as slow:
        slow.sendall(b"GET /healthz HTTP/1.1\r\n")
        assert ask(served, b"GET /healthz HTTP/1.1\r\n\r\n").endswith(b"well")
        with suppress(ConnectionError):
            assert slow.recv(1) == b"", "neither answered nor left waiting"


def test_the_oldest_of_many_slow_ones_makes_room(served: Listener) -> None:
    place = (served.host, served.port)
    idle = [socket.create_connection(place, 5) for _ in range(listener.MOST_AT_A_TIME)]
    try:
        for link in idle:
            link.sendall(b"GET ")
        assert ask(served, b"GET /healthz HTTP/1.1\r\n\r\n").endswith(b"well")
        with suppress(ConnectionError):
            assert idle[0].recv(1) == b"", "it is closed"
    finally:
        for link in idle:
            link.close()


def test_a_port_that_is_taken_is_told_in_words(served: Listener) -> None:
    before = threading.active_count()
    with pytest.raises(CannotListen, match="another program has the port"):
        Listener(served.host, served.port, {}).start()
    assert threading.active_count() == before
    with pytest.raises(CannotListen, match="no such address"):
        Listener("192.0.2.1", free_port(), {}).start()


def test_after_the_end_nobody_listens(served: Listener) -> None:
    served.stop()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((served.host, served.port), 1)
