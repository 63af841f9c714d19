"""A station: one mailbox with everything that the work on it needs, put together."""

from __future__ import annotations

import gc
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from service.config import Config, Mailbox, inboxes
from service.core.people import addresses
from service.desk import handling
from service.desk.database import Database
from service.desk.desk import Desk, Folders
from service.desk.occupancy import Occupancy
from service.doors.ahead import Ahead
from service.doors.cage import Cage
from service.doors.foresight import Foresight
from service.doors.inbox import Inbox
from service.doors.mailroom import Mailroom
from service.doors.unnoted import Unnoted
from service.doors.untouched import UntouchedInbox
from service.doors.vitals import Vitals
from service.inforce import InForce
from service.rulesfolder import RulesFault


@dataclass
class Station:
    """One mailbox with everything it needs."""

    settings: Mailbox
    rules: InForce
    room: Mailroom

    def follow_rules(self, now: datetime) -> None:
        """Take over an edited rules folder whole; tell the registrar, once, when it cannot be used."""
        before = id(self.room.desk)
        self.room.desk = self.rules.follow(self.room.desk, now)
        if id(self.room.desk) != before:
            gc.collect()  # the rules from before are megabytes of rings, which by itself Python looks for rarely
        self.room.vitals.rules(self.settings.name, self.rules.faults)


def inbox_of(settings: Mailbox) -> Inbox:
    """A connection of its own to the mailbox; where that is only watched, one that cannot touch it."""
    sort = Inbox if settings.mode.is_live else UntouchedInbox
    return sort(settings.imap, settings.name, settings.folders.inbox)


def open_stations(
    config: Config,
    database: Database,
    clock: Callable[[], datetime],
    stop: threading.Event,
    cage: Cage,
    place: Occupancy | None = None,
    unnoted: Unnoted | None = None,
    vitals: Vitals | None = None,
) -> list[Station]:
    """Everything put together, one station for each mailbox. Nothing is connected yet.

    All of them read their mails in `cage`. `place` is this run's at the register, for those who fetch mails, and
    `unnoted` what it knows of letters that the register does not. How they fare stands in `vitals`.

    Raises:
        RulesFault: everything that is wrong in rules folders that cannot be used.
    """
    watched, faults = {}, []
    mailboxes = [mailbox.address for mailbox in config.mailboxes]
    for settings in config.mailboxes:
        try:
            watched[settings.name] = InForce(settings.rules, settings.address, mailboxes)
        except RulesFault as fault:
            faults += [f for f in fault.faults if f not in faults]
    if faults:
        raise RulesFault(faults)
    common = _Common(
        database,
        cage,
        handling.signing_secret(database, lambda: secrets.token_bytes(32)),
        frozenset(addresses.key(m.address) for m in config.mailboxes),
        tuple(m for m in config.mailboxes if m.mode.is_live),
    )
    stations = []
    for settings in config.mailboxes:
        rules = watched[settings.name]
        ahead = Ahead(cage.read)
        desk = _desk(settings, rules, common, ahead)
        seen, known = vitals or Vitals(clock), unnoted or Unnoted()
        room = Mailroom(desk, inbox_of(settings), settings.smtp, clock, stop, vitals=seen, unnoted=known)
        room.foresight = Foresight(settings.name, (settings.imap, settings.smtp), by_mail=config.alerts is None)
        room.line_up = ahead.line_up
        room.fellows = tuple(each.name for each in config.mailboxes)
        if place:
            room.run, room.is_alive, room.has_died = place.run, place.is_alive, place.has_died
            room.may_note = place.may_note
        stations.append(Station(settings, rules, room))
    return stations


@dataclass(frozen=True, slots=True)
class _Common:
    """What all mailboxes share. own: the keys of all their addresses; served: the settings of those that are served."""

    database: Database
    cage: Cage
    secret: bytes
    own: frozenset[str]
    served: tuple[Mailbox, ...]

    def neighbours(self, of: Mailbox) -> tuple[tuple[str, str], ...]:
        """The served mailboxes whose inbox may be the same one by another name, each with its inbox folder."""
        if not of.mode.is_live:
            return ()
        may_be = (m for m in self.served if m.name != of.name and inboxes.may_be_one(m.imap.username, of.imap.username))
        return tuple((m.name, m.folders.inbox) for m in may_be)


def _desk(settings: Mailbox, rules: InForce, common: _Common, ahead: Ahead) -> Desk:
    return Desk(
        database=common.database,
        mailbox=settings.name,
        address=settings.address,
        folders=Folders(**settings.folders.model_dump()),
        book=rules.book,
        stationery=rules.stationery,
        secret=common.secret,
        own=common.own,
        reader=ahead.read,
        contents=common.cage.contents,
        since=settings.since,
        canary=settings.canary,
        mode=settings.mode,
        inbox=inboxes.name(settings.imap.host, settings.imap.port, settings.imap.username, settings.folders.inbox),
        neighbours=common.neighbours(settings),
    )
