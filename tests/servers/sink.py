"""smtp-sink (part of Postfix): takes every mail and throws it away, as fast as a server can. Runs without root."""

from __future__ import annotations

from service.doors.account import Security, Server
from tests.servers.own import OwnServer, answers, find, free_port

INSTALL = "apt-get install postfix"


class SmtpSink(OwnServer):
    name = "smtp-sink"

    def __init__(self) -> None:
        super().__init__()
        self.port = free_port()

    def command(self) -> list[str]:
        return [find("smtp-sink") or "smtp-sink", f"127.0.0.1:{self.port}", "1000"]

    def is_up(self) -> bool:
        return answers(self.port, b"220")

    def account(self) -> Server:
        return Server("127.0.0.1", self.port, Security.NONE)
