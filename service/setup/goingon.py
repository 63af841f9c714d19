"""Going on from what is there: an installation has its configuration, and something else may be missing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from service import config as configuration
from service import yamlfile
from service.config import Settings
from service.config.settings import Account, MailboxSettings, Reference
from service.core.people import addresses
from service.resources import CONFIG_FILE
from service.setup import plan
from service.setup.interview import Asker, Interview


def complete(asker: Asker, folder: Path) -> Iterator[str]:
    """Ask for and write what the configuration names and is not there: secrets and rules. Says what was written.

    Raises:
        YamlFault: the configuration is not right.
    """
    file = folder / CONFIG_FILE
    for mailbox in yamlfile.read(file).validated(Settings).mailboxes:
        for name, account in (("IMAP", mailbox.imap), ("SMTP", mailbox.smtp)):
            yield from _secret(asker, folder, f"{name} password of {mailbox.address}", account)
        yield from _rules(asker, folder, mailbox)
    configuration.load(file)


def _secret(asker: Asker, folder: Path, what: str, account: Account) -> Iterator[str]:
    """The password, where the configuration says that it lies in our own folder of secrets."""
    named = account.password
    path = Path(named.file) if isinstance(named, Reference) and named.file else None
    if path and path.parent == Path(plan.SECRETS) and not (folder / path).exists():
        plan.keep_secret(folder, path.name, asker.hidden("password", what))
        yield f"written: {folder / path}"


def _rules(asker: Asker, folder: Path, mailbox: MailboxSettings) -> Iterator[str]:
    rules = Path(mailbox.rules)
    if rules.parent == Path("rules") and not (folder / rules).exists():
        profile = Interview(asker, folder).municipality(addresses.domain_of(mailbox.address))
        yield from plan.copy_rules(folder, rules.name, profile)
