"""The rules and the wording of one mailbox as they are in force, and what has to be told about them.

A changed folder is taken over whole or not at all; a template of the municipality's own that cannot be filled in gives
way to the shipped one. What is wrong reaches the registrar by mail, in Swedish, with file and line.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection
from datetime import datetime
from pathlib import Path

import structlog

from service.core.rules.rulebook import RuleBook
from service.desk import register
from service.desk.desk import Desk
from service.desk.rounds import trouble
from service.desk.writing.wording import tried
from service.rulescheck import as_fault, stationery
from service.rulesfolder import Watched
from service.yamlfile import Fault

log = structlog.get_logger()


class InForce:
    """One mailbox's rules folder, followed while the daemon runs."""

    def __init__(self, folder: Path, address: str, own: Collection[str] = ()) -> None:
        """Read the folder; `RulesFault` where it cannot be used from the start.

        address: the mailbox that letters leave from. own: the addresses of all the service's mailboxes.
        """
        self._folder, self._address = folder, address
        self._rules = Watched(folder, own)
        self._is_told, self._is_fresh = False, False
        self._take_over()

    def _take_over(self) -> None:
        self.book: RuleBook = self._rules.book
        self.stationery, self._wordings = tried(stationery(self._folder, self.book), self.book, self._address)

    def follow(self, desk: Desk, now: datetime) -> Desk:
        """Take over an edited folder; tell what is wrong, or right again. The desk as it works from now on."""
        if self._rules.refresh():
            self._take_over()
            self._is_told, self._is_fresh = False, True
        elif self._is_fresh:
            self._is_fresh = False
        if desk.stationery is not self.stationery:
            desk = dataclasses.replace(desk, book=self.book, stationery=self.stationery)
            with desk.database.transaction() as s:
                register.check_all(s, desk.mailbox, now)
            if not self._rules.faults:
                log.info("rules-in-force", mailbox=desk.mailbox)
        self._tell(desk, now)
        return desk

    @property
    def faults(self) -> int:
        """How many faults the folder has as it lies there."""
        return len(self._rules.faults)

    def reload(self) -> None:
        """Read the folder anew at the next `follow`, whether or not a file has changed: a person asks for it."""
        self._rules.reload()

    def _tell(self, desk: Desk, now: datetime) -> None:
        # A template that has just changed may be half written: what is wrong with it is told at the next look.
        if not self._is_told and not (self._is_fresh and self._wordings):
            self._is_told = True
            refused = [self._line(fault) for fault in self._rules.faults]
            log_lines = [str(fault) for fault in self._rules.faults]
            if log_lines:
                log.warning("rules-refused", mailbox=desk.mailbox, faults=log_lines)
            trouble.tell_rules(desk, refused, [self._line(as_fault(each)) for each in self._wordings], now)
        if at_work := tuple(self.stationery.gave_way.values()):
            self.stationery.gave_way.clear()
            log.warning("wording-gave-way", mailbox=desk.mailbox, files=[f"{f.file}:{f.line}" for f in at_work])
            trouble.tell_wording(desk, [self._line(as_fault(each)) for each in at_work], now)

    def _line(self, fault: Fault) -> str:
        """A fault as the registrar reads it: the file as it is called inside the folder."""
        place = Path(fault.file)
        inside = place.relative_to(self._folder) if place.is_relative_to(self._folder) else place
        return f"{inside.as_posix()}, rad {fault.line}: {fault.swedish}"
