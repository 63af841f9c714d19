"""Postfix in its own directories: takes mail to any address and hands it to Dovecot over LMTP. Needs root."""

from __future__ import annotations

import os
import shutil
import smtplib

from service.doors.account import Security, Server
from tests.servers.own import OwnServer, answers, certificate, find, free_port, memory

INSTALL = "apt-get install postfix"
NEEDS_ROOT = "Postfix runs only as root: run the tests with sudo, or in a container as root"

MAIN = """\
compatibility_level = 3.6
queue_directory = {directory}/queue
data_directory = {directory}/data
maillog_file = {directory}/mail.log
maillog_file_prefixes = {directory}
multi_instance_directories =
import_environment = MAIL_CONFIG
myhostname = {hostname}
mydestination =
alias_maps =
alias_database =
local_recipient_maps =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
relay_domains =
default_transport = lmtp:inet:127.0.0.1:{lmtp_port}
transport_maps = regexp:{directory}/transport
smtp_dns_support_level = disabled
smtpd_peername_lookup = no
smtpd_recipient_restrictions = check_recipient_access regexp:{directory}/recipients, permit_mynetworks, reject
smtpd_tls_security_level = may
smtpd_tls_chain_files = {key}, {cert}
message_size_limit = 40000000
mailbox_size_limit = 0
in_flow_delay = 0
queue_run_delay = 1s
minimal_backoff_time = 1s
maximal_backoff_time = 2s
"""

# What a recipient can be like, by the part before the @: refused or deferred at once, or bounced after acceptance.
RECIPIENTS = """\
/^refused[@+]/  550 5.1.1 No such user here
/^deferred[@+]/ 451 4.2.0 Mailbox busy, try again later
"""
TRANSPORT = """\
/^bounced[@+]/  bounced:
"""

MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
cleanup   unix  n - n - 0 cleanup
qmgr      unix  n - n 300 1 qmgr
tlsmgr    unix  - - n 1000? 1 tlsmgr
rewrite   unix  - - n - - trivial-rewrite
bounce    unix  - - n - 0 bounce
defer     unix  - - n - 0 bounce
trace     unix  - - n - 0 bounce
verify    unix  - - n - 1 verify
flush     unix  n - n 1000? 0 flush
proxymap  unix  - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp      unix  - - n - - smtp
lmtp      unix  - - n - - lmtp
error     unix  - - n - - error
retry     unix  - - n - - error
bounced   unix  - n n - - pipe user=nobody argv=/bin/sh -c {{ echo No such user here; exit 67 }}
anvil     unix  - - n - 1 anvil
scache    unix  - - n - 1 scache
postlog   unix-dgram n - n - 1 postlogd
"""


# What `postfix check` would make, in two seconds.
QUEUE_FOLDERS = (
    *("active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming", "maildrop", "pid", "private"),
    *("public", "saved", "trace"),
)


class Postfix(OwnServer):
    """Recipients named refused@, deferred@ and bounced@ are treated so; `hostname` stands in the Received stamps."""

    name = "postfix"

    def __init__(self, lmtp_port: int, hostname: str = "mx.ekvik.example") -> None:
        super().__init__(memory())
        self.lmtp_port = lmtp_port
        self.hostname = hostname
        self.port = free_port()

    def prepare(self) -> None:
        self.directory.chmod(0o711)
        for folder in ("etc", "data", "queue", *(f"queue/{name}" for name in QUEUE_FOLDERS)):
            (self.directory / folder).mkdir()
        for folder in ("data", *(f"queue/{name}" for name in QUEUE_FOLDERS if name != "pid")):
            shutil.chown(self.directory / folder, "postfix")
        cert, key = certificate(self.directory)
        self.certificate = cert
        etc = self.directory / "etc"
        (self.directory / "recipients").write_text(RECIPIENTS)
        (self.directory / "transport").write_text(TRANSPORT)
        (etc / "master.cf").write_text(MASTER.format(port=self.port))
        (etc / "main.cf").write_text(
            MAIN.format(directory=self.directory, hostname=self.hostname, lmtp_port=self.lmtp_port, cert=cert, key=key)
        )

        for path in (etc / "main.cf", self.directory / "recipients", self.directory / "transport"):
            os.utime(path, (0, 0))  # Postfix waits two seconds for a file that has just been written

    def hand_over(self) -> None:
        """Postfix starts as root and gives up what it doesn't need by itself."""

    def as_user(self) -> list[str]:
        return []

    def command(self) -> list[str]:
        # Postfix changes users, which makes the system forget that it should die with its parent: the shell doesn't.
        master = find("master", "/usr/lib/postfix/sbin") or "master"
        return ["sh", "-c", '"$0" -c "$1" & trap "kill $!" TERM; wait; wait', master, str(self.directory / "etc")]

    def is_up(self) -> bool:
        return answers(self.port, b"220")

    def account(self, security: Security = Security.NONE) -> Server:
        return Server("127.0.0.1", self.port, security)

    def send(self, raw: bytes, to: str, sender: str = "anna@example.org") -> None:
        """Send one mail as a person's mail program does."""
        with smtplib.SMTP("127.0.0.1", self.port, local_hostname="example.org", timeout=10) as client:
            client.sendmail(sender, [to], raw)
