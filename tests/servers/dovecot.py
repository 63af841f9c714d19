"""Dovecot (IMAP and LMTP) in its own directory: every address has a mailbox, and one password opens them all."""

from __future__ import annotations

import grp
import os
import pwd
import shutil
import signal
import smtplib
import subprocess
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from imapclient import IMAPClient

from service.doors.account import Security, Server
from tests.servers.own import OwnServer, answers, certificate, find, free_port, is_root

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

PASSWORD = "lösen-för-prov"
INSTALL = "apt-get install dovecot-imapd dovecot-lmtpd"

CONFIGURATION = """\
{for_this_version}
listen = 127.0.0.1
base_dir = {directory}/run
state_dir = {directory}/run
log_path = {directory}/log
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
ssl = yes
auth_failure_delay = 0
auth_mechanisms = plain{xoauth2}
mail_uid = {user}
mail_gid = {group}
mail_fsync = never
first_valid_uid = 1
first_valid_gid = 1
mail_max_userip_connections = 50
{capability}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap_port}
  }}
  inet_listener imaps {{
    port = {imaps_port}
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    port = {lmtp_port}
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0  # or a refused log-in slows down those of the tests that follow
  }}
}}
service stats {{
  chroot =
}}
namespace inbox {{
  inbox = yes
  separator = {separator}
  prefix = {prefix}
}}
"""

VERSION_2_3 = """\
protocols = imap lmtp
hostname = mx.ekvik.example
ssl_cert = <{cert}
ssl_key = <{key}
disable_plaintext_auth = no
mail_location = maildir:{directory}/mail/%u
{token_check}
passdb {{
  driver = static
  mechanisms = plain
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={directory}/mail/%u allow_all_users=yes
}}
"""

VERSION_2_4 = """\
dovecot_config_version = 2.4.0
dovecot_storage_version = 2.4.0
protocols {{
  imap = yes
  lmtp = yes
}}
hostname = mx.ekvik.example
ssl_server_cert_file = {cert}
ssl_server_key_file = {key}
auth_allow_cleartext = yes
mail_driver = maildir
mail_path = {directory}/mail/%{{user}}
mail_inbox_path = {directory}/mail/%{{user}}
mail_home = {directory}/mail/%{{user}}
{token_check}
passdb static {{
  password = {password}
}}
userdb static {{
  fields {{
    uid = {user}
    gid = {group}
  }}
  allow_all_users = yes
}}
"""

TOKENS_2_3 = """\
passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = {directory}/oauth2.conf
}}
"""

TOKENS_2_4 = """\
oauth2 {{
{asking}
}}
"""


class Dovecot(OwnServer):
    """`capability` replaces what the server says that it can; `prefix` and `separator` shape the folder names.

    introspection: where it asks whether a token is good (RFC 7662); with it, it takes XOAUTH2 too.
    """

    name = "dovecot"
    stop_signal = signal.SIGKILL  # a graceful stop takes a second, and nothing here is worth keeping

    def __init__(
        self, *, capability: str = "", prefix: str = "", separator: str = "/", introspection: str = ""
    ) -> None:
        super().__init__()
        self.introspection = introspection
        self.capability = capability
        self.prefix = prefix
        self.separator = separator
        self.imap_port, self.imaps_port, self.lmtp_port = free_port(), free_port(), free_port()

    def prepare(self) -> None:
        account = pwd.getpwnam(self.user) if is_root() else pwd.getpwuid(os.geteuid())
        cert, key = certificate(self.directory)
        self.certificate = cert
        (self.directory / "mail").mkdir()
        values = {
            "directory": self.directory,
            "password": PASSWORD,
            "user": account.pw_name,
            "group": grp.getgrgid(account.pw_gid).gr_name,
            "cert": cert,
            "key": key,
            "capability": f"imap_capability = {self.capability}" if self.capability else "",
            "imap_port": self.imap_port,
            "imaps_port": self.imaps_port,
            "lmtp_port": self.lmtp_port,
            "separator": self.separator,
            "prefix": self.prefix,
        }
        values |= self._asking_about_tokens(values)
        values["for_this_version"] = (VERSION_2_3 if self.version() < (2, 4) else VERSION_2_4).format(**values)
        (self.directory / "dovecot.conf").write_text(CONFIGURATION.format(**values))

    def _asking_about_tokens(self, values: dict[str, object]) -> dict[str, str]:
        if not self.introspection:
            return {"xoauth2": "", "token_check": ""}
        settings = (
            "introspection_mode = post",
            f"introspection_url = {self.introspection}",
            "username_attribute = username",
        )
        asking = "\n".join((*settings, "active_attribute = active", "active_value = true", "force_introspection = yes"))
        (self.directory / "oauth2.conf").write_text(asking)
        form = TOKENS_2_3 if self.version() < (2, 4) else TOKENS_2_4
        return {"xoauth2": " xoauth2", "token_check": form.format(asking=asking, **values)}

    def version(self) -> tuple[int, ...]:
        """Debian 12 has 2.3; Debian 13 has 2.4, which names many settings anew."""
        told = subprocess.run([self.command()[0], "--version"], capture_output=True, check=True, text=True).stdout
        return tuple(int(number) for number in told.split()[0].split(".")[:2])

    def command(self) -> list[str]:
        return [find("dovecot") or "dovecot", "-F", "-c", str(self.directory / "dovecot.conf")]

    def is_up(self) -> bool:
        return answers(self.imap_port, b"* OK") and answers(self.lmtp_port, b"220")

    def account(self, address: str, security: Security = Security.NONE, password: str = PASSWORD) -> Server:
        """How the service connects to this address's mailbox."""
        port = self.imaps_port if security is Security.TLS else self.imap_port
        return Server("127.0.0.1", port, security, username=address, password=password)

    @contextmanager
    def client(self, address: str) -> Iterator[IMAPClient]:
        """A person's mail program, logged in to the mailbox of `address`."""
        with IMAPClient("127.0.0.1", self.imap_port, ssl=False, timeout=10) as client:
            client.plain_login(address, PASSWORD)
            yield client

    def put(self, address: str, *mails: bytes, when: datetime | None = None, folder: str = "INBOX") -> None:
        """Put mails straight into a folder, all with `when` as their INTERNALDATE."""
        with self.client(address) as client:
            for raw in mails:
                client.append(folder, raw, msg_time=when)

    def damage(self, address: str, raw: bytes = b"", *, mode: int = 0o644) -> None:
        """Put a mail into the inbox behind the server's back: an empty one, or one that it may not read."""
        folder = self.directory / "mail" / address / "new"
        path = folder / f"{time.time_ns()}.damaged"
        path.write_bytes(raw)
        path.chmod(mode)
        if is_root():
            shutil.chown(path, self.user)

    def deliver(self, raw: bytes, to: str, sender: str = "anna@example.org") -> None:
        """Deliver one mail over LMTP, as the mail server in front does."""
        with smtplib.LMTP("127.0.0.1", self.lmtp_port, local_hostname="mx.ekvik.example", timeout=10) as client:
            client.sendmail(sender, [to], raw)

    def mailbox(self, address: str, folder: str = "INBOX") -> list[bytes]:
        """Every mail in the folder, oldest first; empty when there is no such folder."""
        with self.client(address) as client:
            if not client.folder_exists(folder):
                return []
            client.select_folder(folder, readonly=True)
            answers_ = client.fetch(client.search(), ["BODY.PEEK[]"])
            return [answers_[uid][b"BODY[]"] for uid in sorted(answers_)]
