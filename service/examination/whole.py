"""Every check of an installation, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from service import config as configuration
from service.config import Examined
from service.examination import access, inboxes, lost, register, rules, servers, trial, watching
from service.examination.check import Check, Status
from service.examination.register import Follow
from service.yamlfile import YamlFault

_FIRST_SANE_DAY = datetime(2026, 1, 1, tzinfo=UTC)  # before this version existed: the clock was never set


@contextmanager
def _unfollowed(_total: int, _what: str) -> Iterator[Callable[[int], None]]:
    yield lambda _steps: None


def checks(
    file: Path, checksum: str = "", follow: Follow = _unfollowed, *, send: bool = False, to: str = ""
) -> Iterator[Check]:
    """Every check, one after the other; what is wrong with one thing keeps no other from being looked at.

    `checksum` is looked for in the journal; `follow` is told how far the reading of the journal is.
    Nothing is changed, but with `send` a letter goes to each mailbox, and with `to` one from each to that address.
    """
    try:
        config = configuration.examine(file)
    except YamlFault as fault:
        yield from (Check("configuration", Status.FAILED, str(each)) for each in fault.faults)
        database, parts = configuration.salvaged(file)
        alerts = None
    else:
        yield from _configuration(file, config)
        yield from access.checks(file, config)
        database, parts, alerts = config.database, config.parts, config.alerts
    addresses = [part.address for part in parts if part.address]
    for part in parts:
        if part.rules.is_dir():
            yield from rules.checks(part, addresses)
    if database:
        yield register.database(database)
        yield from register.room(database)
        yield from register.of_nobody(database, [part.name for part in parts])
        yield from register.out_of_reach(database)
        yield from register.journal(database, checksum, follow)
        yield from register.undecided(database)
        yield from register.backup(database, datetime.now(UTC))
        yield from lost.lately(database, datetime.now(UTC))
    for part in parts:
        if part.rules.is_dir():
            yield from register.results(database, part.name, part.rules)
    yield from servers.credentials(parts, datetime.now(UTC).date())
    for part in parts:
        yield from watching.mode(database, part)
        yield from watching.since(part, datetime.now(UTC))
        if part.imap:
            yield from servers.imap(part, part.imap)
            yield from lost.now(database, part)
        if part.smtp:
            yield servers.smtp(part, part.smtp)
        yield trial.both_ways(database, part).check if send else trial.lately(database, part, datetime.now(UTC))
        if to:
            yield trial.to_somebody(database, part, to)
    yield from inboxes.checks(parts)
    yield from servers.alarms(alerts, parts)
    yield _clock()


def _configuration(file: Path, config: Examined) -> Iterator[Check]:
    yield from (Check("configuration", Status.WARNING, warning.bare) for warning in config.warnings)
    yield from (Check("configuration", Status.FAILED, str(fault)) for fault in config.faults)
    if not config.faults:
        names = ", ".join(part.name for part in config.parts)
        yield Check("configuration", Status.OK, f"{file}: mailboxes {names}")


def _clock() -> Check:
    now = datetime.now(UTC)
    if now < _FIRST_SANE_DAY:
        text = f"this machine believes it is {now:%Y-%m-%d %H:%M} UTC; set the clock: all deadlines follow it"
        return Check("clock", Status.FAILED, text)
    return Check("clock", Status.OK, f"{now:%Y-%m-%d %H:%M} UTC")
