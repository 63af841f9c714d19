"""The whole mail system of the tests: Postfix takes mail, Dovecot keeps it and shows it over IMAP."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from service.doors.account import Security

if TYPE_CHECKING:
    from service.doors.account import Server
    from tests.servers.dovecot import Dovecot
    from tests.servers.postfix import Postfix

ARRIVAL_SECONDS = 20


class MailSystem:
    """Every address at every domain has a mailbox here, except the special recipients that `Postfix` names."""

    def __init__(self, dovecot: Dovecot, postfix: Postfix) -> None:
        self.dovecot = dovecot
        self.postfix = postfix

    def imap(self, address: str) -> Server:
        """How the service reads this mailbox."""
        return self.dovecot.account(address)

    def smtp(self, security: Security = Security.NONE) -> Server:
        """How the service sends."""
        return self.postfix.account(security)

    def deliver(self, raw: bytes, to: str, sender: str = "anna@example.org") -> None:
        """Put a mail into a mailbox over LMTP: it is there when this returns."""
        self.dovecot.deliver(raw, to, sender)

    def send(self, raw: bytes, to: str, sender: str = "anna@example.org") -> None:
        """Send a mail the whole way, over SMTP; it arrives a moment later."""
        self.postfix.send(raw, to, sender)

    def mailbox(self, address: str, *, at_least: int = 0, folder: str = "INBOX") -> list[bytes]:
        """The mails in a mailbox, oldest first, once there are `at_least` so many; waits for them."""
        ends = time.monotonic() + ARRIVAL_SECONDS
        while len(mails := self.dovecot.mailbox(address, folder)) < at_least:
            assert time.monotonic() < ends, f"{len(mails)} mails in {folder} of {address}, {at_least} expected"
            time.sleep(0.02)
        return mails
