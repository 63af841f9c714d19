"""A rehearsal from beginning to end: look, play, write; what it needs on the way is thrown away afterwards."""

from __future__ import annotations

import secrets as randomness
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from service.config import Mailbox
from service.core.people import addresses
from service.core.standby import Mode
from service.core.verdict import Role
from service.desk.database import Database
from service.desk.desk import Desk, Folders
from service.doors.cage import Cage
from service.inforce import InForce
from service.rehearsal import found, page
from service.rehearsal.history import History
from service.rehearsal.play import FOLLOWED, Play

Follow = Callable[[int, str], AbstractContextManager[Callable[[int], None]]]
"""Follows long work of so many steps, with its name; what it gives is called with each number of steps made."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be rehearsed: the mails of the folders from `since` to `until` (aware), by the rules of now.

    own: the addresses of all the service's mailboxes. secrets: whether the page shows what secret cases say.
    """

    mailbox: Mailbox
    own: Sequence[str]
    folders: Sequence[str]
    since: datetime
    until: datetime
    secrets: bool = False


@dataclass(frozen=True, slots=True)
class Done:
    """How much it was."""

    mails: int
    cases: int
    letters_left_out: int


def rehearse(asked: Asked, file: Path, follow: Follow) -> Done:
    """Read, play, and write the page.

    Raises:
        InboxError: the mailbox cannot be read; no page is written.
        RulesFault: the rules cannot be used.
        OSError: the page cannot be written.
    """
    rules = InForce(asked.mailbox.rules, asked.mailbox.address, asked.own)
    with Cage() as cage, _register() as database, History(asked.mailbox, asked.folders, asked.since, asked.until) as h:
        desk = _desk(asked, rules, cage, database)
        play = Play(desk, asked.since)
        with follow(h.total, "mails") as advance:
            for _ in play.mails(h.mails()):
                advance(1)
        play.passes(asked.until)
        return _write(asked, desk, play, h, file)


@contextmanager
def _register() -> Iterator[Database]:
    """A register for nobody else, which is gone afterwards."""
    with (
        tempfile.TemporaryDirectory(prefix="synpunkten-") as folder,
        closing(Database(f"sqlite:///{folder}/register.db", lasting=False)) as database,
    ):
        database.upgrade()
        yield database


def _desk(asked: Asked, rules: InForce, cage: Cage, database: Database) -> Desk:
    mailbox = asked.mailbox
    return Desk(
        database=database,
        mailbox=mailbox.name,
        address=mailbox.address,
        folders=Folders(**mailbox.folders.model_dump()),
        book=rules.book,
        stationery=rules.stationery,
        secret=randomness.token_bytes(32),
        own=frozenset(map(addresses.key, asked.own)),
        reader=cage.read,
        contents=cage.contents,
        mode=Mode.REHEARSAL,
    )


def _write(asked: Asked, desk: Desk, play: Play, history: History, file: Path) -> Done:
    first, last = found.span(asked.since, asked.until, desk.book)
    with desk.database.reading() as s:
        texts, counts = found.shown(s), found.counts(s, desk.book, secrets=asked.secrets)
        page.write(
            file,
            address=desk.address,
            first=first,
            last=last,
            folders=list(asked.folders),
            secrets=asked.secrets,
            mails=history.total,
            besides=history.besides,
            failed=play.failed,
            again=play.verdicts[Role.AGAIN],
            counts=counts,
            leaves=found.leaves(s),
            followed=FOLLOWED.days,
            letters=found.letters_by_kind(s),
            left_out=texts.left_out,
            most_of_a_kind=found.MOST_OF_A_KIND,
            nobody=found.nobody_got(s, desk),
            cases=found.cases(s, desk, texts, secrets=asked.secrets),
            others=found.outside_cases(s, desk, texts),
        )
    return Done(history.total, counts.cases, texts.left_out)
