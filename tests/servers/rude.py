"""An SMTP server that answers as it is told: refuses, hangs, hangs up, and remembers every mail that it has taken."""

from __future__ import annotations

import base64
import contextlib
import email
import socketserver
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import Message
from typing import Self

from service.doors.account import Security, Server


@dataclass(frozen=True)
class Taken:
    """A mail that the server answered for, or would have."""

    sender: str
    recipient: str
    raw: bytes

    @property
    def mail(self) -> Message:
        return email.message_from_bytes(self.raw)

    @property
    def kind(self) -> str:
        return str(self.mail["X-Synpunkten-Kind"])

    @property
    def message_id(self) -> str:
        return str(self.mail["Message-ID"])


@dataclass
class Rude:
    """Answers by step (`EHLO`, `MAIL`, `RCPT`, `DATA`, `DOT`); `hang` and `cut` name the step that gets no answer.

    A mail whose final dot came is in `taken`, whatever was answered. With `is_good` it takes mail only from whoever has
    logged in by XOAUTH2 with a token that this says is good; `logins` counts them.
    """

    answers: dict[str, str] = field(default_factory=dict)
    hang: str = ""
    cut: str = ""
    slow_seconds: float = 0.0  # how long after the final dot it answers
    taken: list[Taken] = field(default_factory=list)
    connections: int = 0
    is_good: Callable[[str], bool] | None = None
    logins: int = 0
    may_answer: threading.Event = field(
        default_factory=threading.Event
    )  # cleared, a mail gets no answer until it is set

    def __post_init__(self) -> None:
        self.may_answer.set()

    def __enter__(self) -> Self:
        self._ends = threading.Event()
        self._server = _Listener(("127.0.0.1", 0), _Session)
        self._server.rude = self
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ends.set()
        self.may_answer.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def account(self) -> Server:
        return Server("127.0.0.1", self.port, Security.NONE)

    def of(self, kind: str) -> list[Taken]:
        return [each for each in self.taken if each.kind == kind]

    def wait(self) -> None:
        """Let a client wait for ever."""
        self._ends.wait()


class _Listener(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    rude: Rude


class _Session(socketserver.StreamRequestHandler):
    server: _Listener

    def handle(self) -> None:
        self.server.rude.connections += 1
        with contextlib.suppress(OSError):
            self._talk()

    def _talk(self) -> None:
        rude, sender, recipient = self.server.rude, "", ""
        is_shut = rude.is_good is not None
        self._say("220 rude.example ESMTP")
        while line := self.rfile.readline().decode("utf-8", "replace").strip():
            step = line.split(" ", maxsplit=1)[0].split(":")[0].upper()
            if step == "QUIT":
                return self._say("221 bye")
            if is_shut and step in ("EHLO", "AUTH"):
                is_shut = self._asks_for_a_token(line)
                continue
            if is_shut:
                self._say("530 5.7.57 Client not authenticated to send mail")
                continue
            if step == "MAIL":
                sender = line.partition("<")[2].partition(">")[0]
            if step == "RCPT":
                recipient = line.partition("<")[2].partition(">")[0]
            answer = rude.answers.get(step, "354 go on" if step == "DATA" else "250 ok")
            if not self._answers(step):
                return None
            self._say(answer)
            if step == "DATA" and answer.startswith("354"):
                raw = b""
                while not raw.endswith(b"\r\n.\r\n"):
                    piece = self.rfile.readline()
                    if not piece:
                        return None
                    raw += piece
                rude.taken.append(Taken(sender, recipient, raw[:-3].replace(b"\r\n..", b"\r\n.")))
                rude.may_answer.wait()
                time.sleep(rude.slow_seconds)
                if not self._answers("DOT"):
                    return None
                self._say(rude.answers.get("DOT", "250 taken"))
        return None

    def _asks_for_a_token(self, line: str) -> bool:
        """Answer EHLO and AUTH; whether the client is still to log in."""
        rude = self.server.rude
        if line.upper().startswith("EHLO"):
            self._say("250-rude.example\r\n250 AUTH PLAIN XOAUTH2")
            return True
        told = base64.b64decode(line.rsplit(maxsplit=1)[-1]).decode()
        if rude.is_good and rude.is_good(told.partition("auth=Bearer ")[2].rstrip("\1")):
            rude.logins += 1
            self._say("235 2.7.0 Authentication successful")
            return False
        if "XOAUTH2" in line:
            self._say("334 " + base64.b64encode(b'{"status":"401"}').decode())
            self.rfile.readline()
        self._say(rude.answers.get("AUTH", "535 5.7.3 Authentication unsuccessful"))
        return True

    def _answers(self, step: str) -> bool:
        if self.server.rude.hang == step:
            self.server.rude.wait()
            return False
        return self.server.rude.cut != step

    def _say(self, answer: str) -> None:
        self.wfile.write(f"{answer}\r\n".encode())
