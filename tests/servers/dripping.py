"""A mail server that speaks so slowly that nobody is ever done: a byte now and then, or none at all."""

from __future__ import annotations

import contextlib
import socketserver
import threading
from typing import Self

from service.doors.account import Security, Server

_SECONDS_BETWEEN = 0.1


class Dripping:
    """An IMAP server. knows: the commands it answers in good order, before it drips without end.

    is_silent: it does not even drip.
    """

    def __init__(self, *knows: str, is_silent: bool = False) -> None:
        self.knows, self.is_silent = knows, is_silent
        self.connections = 0
        self.ends = threading.Event()

    def __enter__(self) -> Self:
        self._server = _Listener(("127.0.0.1", 0), _Session)
        self._server.dripping = self
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ends.set()
        self._server.shutdown()
        self._server.server_close()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def account(self, security: Security = Security.NONE) -> Server:
        return Server("127.0.0.1", self.port, security, "a@ekvik.example", "secret")


class _Listener(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True
    dripping: Dripping


class _Session(socketserver.StreamRequestHandler):
    server: _Listener

    def handle(self) -> None:
        server = self.server.dripping
        server.connections += 1
        with contextlib.suppress(OSError):
            if server.knows:
                self.wfile.write(b"* OK ready\r\n")
                self._answer(server.knows)
            while not server.ends.wait(_SECONDS_BETWEEN):
                if not server.is_silent:
                    self.wfile.write(b"*")

    def _answer(self, knows: tuple[str, ...]) -> None:
        for line in self.rfile:
            tag, command, *_ = line.decode().upper().split()
            if command not in knows:
                return
            told = b"* CAPABILITY IMAP4rev1\r\n" if command == "CAPABILITY" else b""
            self.wfile.write(told + f"{tag} OK done\r\n".encode())
