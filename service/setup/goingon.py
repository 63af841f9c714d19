"""Going on from what is there: an installation has its configuration, and something else may be missing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pydantic import SecretStr

from service import config as configuration
from service import yamlfile
from service.config import Settings
from service.config.settings import MailboxSettings, Reference
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
            if account.oauth2:
                what = f"Client secret of {account.oauth2.client_id}"
                yield from _secret(asker, folder, "client_secret", what, account.oauth2.client_secret)
            yield from _secret(asker, folder, "password", f"{name} password of {mailbox.address}", account.password)
        yield from _rules(asker, folder, mailbox)
    configuration.load(file)


def _secret(asker: Asker, folder: Path, key: str, what: str, named: Reference | SecretStr | None) -> Iterator[str]:
    """The secret, where the configuration says that it lies in our own folder of secrets."""
    if not isinstance(named, Reference) or named.env:
        return
    path = Path(named.file) if named.file else Path(plan.SECRETS) / str(named.credential)
    if path.parent == Path(plan.SECRETS) and not (folder / path).exists():
        plan.keep_secret(folder, path.name, asker.hidden(key, what))
        yield f"written: {folder / path}"


def _rules(asker: Asker, folder: Path, mailbox: MailboxSettings) -> Iterator[str]:
    rules = Path(mailbox.rules)
    if rules.parent == Path("rules") and not (folder / rules).exists():
        profile = Interview(asker, folder).municipality(addresses.domain_of(mailbox.address))
        yield from plan.copy_rules(folder, rules.name, profile)
