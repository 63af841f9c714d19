"""An IMAP server that lets everybody in and then answers single commands as it is told, as Exchange Online does."""

from __future__ import annotations

import contextlib
import socketserver
import threading
from dataclasses import dataclass, field
from typing import Self

from service.doors.account import Security, Server, Tokens

_TOLD = {
    "CAPABILITY": "* CAPABILITY IMAP4rev1 AUTH=XOAUTH2 IDLE",
    "SELECT": "* 0 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 1] ok",
    "UID": "* SEARCH",
}


@dataclass
class Unwilling:
    """`answers` by command (`SELECT`, `IDLE`): what follows the tag, or a whole untagged line and the end.

    told: by command, the lines before the one with the tag, in place of the usual ones.
    """

    answers: dict[str, str] = field(default_factory=dict)
    told: dict[str, str] = field(default_factory=dict)

    def __enter__(self) -> Self:
        self._server = _Listener(("127.0.0.1", 0), _Session)
        self._server.unwilling = self
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def account(self, tokens: Tokens | None, username: str) -> Server:
        place, password = ("127.0.0.1", self._server.server_address[1]), None if tokens else "password"
        return Server(*place, Security.NONE, username, password, tokens=tokens)


class _Listener(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    unwilling: Unwilling


class _Session(socketserver.StreamRequestHandler):
    server: _Listener

    def handle(self) -> None:
        with contextlib.suppress(OSError):
            self._talk()

    def _talk(self) -> None:
        self._say("* OK The Microsoft Exchange IMAP4 service is ready.")
        while line := self.rfile.readline().decode().strip():
            tag, command, *_ = [*line.split(), "", ""]
            answer = self.server.unwilling.answers.get(command.upper(), "")
            if answer.startswith("* BYE"):
                return self._say(answer)
            if command == "AUTHENTICATE" and not answer:
                self._say("+ ")
                self.rfile.readline()
            told = self.server.unwilling.told.get(command.upper(), _TOLD.get(command.upper(), ""))
            if told and not answer:
                self._say(told)
            self._say(f"{tag} {answer or 'OK done'}")
        return None

    def _say(self, answer: str) -> None:
        self.wfile.write(f"{answer}\r\n".encode())
