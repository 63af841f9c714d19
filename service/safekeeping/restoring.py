"""Putting a copy back: never over a register in use, and never over one that is there without keeping that."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import URL, Connection, MetaData, inspect, make_url, text
from sqlalchemy.exc import SQLAlchemyError

from service.core.keeping.chain import DISPOSED
from service.desk.database import Database
from service.desk.occupancy import Occupancy
from service.desk.rounds import restoration
from service.desk.rounds.restoration import LOOKED_BACK, Serial
from service.safekeeping import archive, postgres
from service.safekeeping.archive import Unpacked
from service.safekeeping.contents import contents
from service.safekeeping.copying import POSTGRESQL, opened_copy
from service.safekeeping.faults import SafekeepingFault
from service.safekeeping.ownership import give


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back. kept: where what was there before is now. held: letters that wait for a person.

    rules: the rules folders that were put back; differing: those that are there and are not as in the copy.
    untold: how many of the held letters are of mailboxes that the configuration does not name. disposed: how many
    things had been disposed of since the copy, which has them still. doubts: what else a person should know.
    """

    at: datetime
    kept: tuple[Path, ...]
    held: int
    rules: tuple[str, ...]
    differing: tuple[str, ...]
    untold: Mapping[str, int]
    disposed: int
    doubts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Before:
    """What the register that gives way tells: the last serials that it has given, and what was disposed of in it."""

    given: Collection[Serial] = ()
    disposed: int = 0


def restore(file: Path, url: str, rules: Mapping[str, Path], now: datetime, *, with_rules: bool = False) -> Restored:
    """Put the register back where `url` says, and the rules folders that are missing; with_rules: all of them.

    Nothing leaves and no mail is looked at: that is the next run's work, which knows what has happened.

    Raises:
        SafekeepingFault: the file is no whole backup, or does not fit the database, or something is in its place.
        Occupied: somebody is at work on the register.
    """
    parsed = make_url(url)
    is_sqlite = parsed.get_backend_name() == "sqlite"
    near = Path(str(parsed.database)) if is_sqlite else None
    if near:
        near.parent.mkdir(parents=True, exist_ok=True)
    with archive.unpacked(file, near) as copy:
        if (copy.register.name == POSTGRESQL) == is_sqlite:
            raise SafekeepingFault(
                f"{file} holds {copy.register.name}, and `database` is {parsed.get_backend_name()}:"
                " a copy goes back to the sort of database it came from"
            )
        _refuse_later_schema(copy)
        refuse_other(copy, rules)
        put = _put_sqlite if is_sqlite else _put_postgresql
        (held, others), before, kept = put(copy, url, tuple(rules), now)
        doubts = tuple(archive.doubts(file, copy, now))
        done, replaced, differing = _put_rules(copy, rules, now, with_rules=with_rules)
    return Restored(copy.at, (*kept, *replaced), held, done, differing, others, before.disposed, doubts)


def _refuse_later_schema(copy: Unpacked) -> None:
    with contextlib.closing(Database("sqlite://")) as empty:
        _, mine = empty.schema()
    if (has := str(copy.manifest["contents"]["schema"])) > mine:
        version = copy.manifest["version"]
        raise SafekeepingFault(
            f"the copy has schema {has}, and this version knows {mine}; install synpunkten {version}"
        )


def refuse_other(copy: Unpacked, mailboxes: Iterable[str]) -> None:
    """A copy of which the configuration knows no mailbox is another municipality's: its cases are not to be mixed up.

    Raises:
        SafekeepingFault: it is such a copy.
    """
    had, has = copy.mailboxes, tuple(mailboxes)
    if had and not set(had) & set(has):
        raise SafekeepingFault(
            f"the backup is of the mailbox {', '.join(had)}, and the configuration has {', '.join(has)}: it is another"
            " municipality's; take the configuration that goes with it (--config, or --to for an empty folder)"
        )


def _prepared(
    database: Database, copy: Unpacked, mailboxes: tuple[str, ...], now: datetime, given: Collection[Serial]
) -> _Held:
    """The copy in this version's schema, knowing that it is one; returns how many letters are held, and of whom else.

    given: the last serials of the register that gives way.
    """
    with database.reading() as s:
        found = contents(s)
    if found.end != copy.manifest["contents"]["end"]:
        raise SafekeepingFault("the copy's journal does not end as its list says: it is not as it was written")
    database.upgrade()
    since = min(copy.at, found.latest or copy.at) - LOOKED_BACK
    with database.transaction() as s:
        held = restoration.begin(s, mailboxes, copy.at, since, now, given)
        return held, restoration.untold(s, mailboxes, copy.at)


_Held = tuple[int, Mapping[str, int]]
_Put = tuple[_Held, _Before, tuple[Path, ...]]


# --- SQLite --------------------------------------------------------------------------------------------------------


def _put_sqlite(copy: Unpacked, url: str, mailboxes: tuple[str, ...], now: datetime) -> _Put:
    place = Path(str(make_url(url).database))
    with contextlib.ExitStack() as stack:
        if place.exists():
            stack.enter_context(_alone(place))
        before = _told_by_file(place, copy.at)
        with opened_copy(copy.register) as database:
            held = _prepared(database, copy, mailboxes, now, before.given)
        kept = _moved_aside(place, now)
        for each in (copy.register, *(place.with_name(f"{place.name}{end}") for end in (".lock", ".outcomes"))):
            if each.exists():
                give(each, place.parent)
        copy.register.replace(place)
        archive.sync(place.parent)
    return held, before, kept


@contextlib.contextmanager
def _alone(place: Path) -> Iterator[None]:
    """Nobody else works on the register in this file, which may be damaged, while this goes on."""
    with contextlib.closing(Database(f"sqlite:///{place}")) as database, Occupancy(database):
        yield


def _told_by_file(place: Path, at: datetime) -> _Before:
    """What the register in the file tells; nothing where it is damaged. Nothing of it is touched, nor its log."""
    since = f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"
    try:
        with contextlib.closing(sqlite3.connect(f"{place.absolute().as_uri()}?immutable=1", uri=True)) as register:
            given = register.execute("SELECT prefix, year, last FROM counters").fetchall()
            (disposed,) = register.execute(_DISPOSED, (DISPOSED, since)).fetchone()
            return _Before(given, disposed)
    except sqlite3.Error:
        return _Before()


_DISPOSED = "SELECT count(*) FROM journal WHERE kind = ? AND at > ?"


def _moved_aside(place: Path, now: datetime) -> tuple[Path, ...]:
    """What is there is kept beside, under a name that tells when; so is its log, or SQLite would replay it."""
    aside, moved = aside_of(place, now), False
    for suffix in ("", "-wal", "-shm"):
        part = place.with_name(place.name + suffix)
        if part.exists():
            part.rename(aside.with_name(aside.name + suffix))
            moved = True
    return (aside,) if moved else ()


def aside_of(place: Path, now: datetime) -> Path:
    """The name of what had to give way."""
    return place.with_name(f"{place.name}.before-restore-{now:%Y%m%dT%H%M%SZ}")


# --- PostgreSQL ------------------------------------------------------------------------------------------------------


def _put_postgresql(copy: Unpacked, url: str, mailboxes: tuple[str, ...], now: datetime) -> _Put:
    with contextlib.closing(Database(url)) as database:
        with database.reading() as s:
            server = int(s.scalar(text("SHOW server_version_num")) or 0) // 10_000
            _refuse_in_use(s, str(database.url.database))
        database.close()
        before = _told_by_database(database.url.set(database=f"{database.url.database}{_BEFORE}"), copy.at)
        postgres.restore(database.url, server, copy.register)
        try:
            return _prepared(database, copy, mailboxes, now, before.given), before, ()
        except BaseException:
            _empty(database)
            raise


def _refuse_in_use(s: Connection, name: str) -> None:
    if others := s.scalar(text(_OTHERS)):
        raise SafekeepingFault(f"{others} others are connected to the database {name}; stop the daemons first")
    if inspect(s).get_table_names():
        raise SafekeepingFault(
            f"the database {name} is not empty. Keep it under another name and make an empty one:"
            f" `ALTER DATABASE {name} RENAME TO {name}{_BEFORE}; CREATE DATABASE {name};`"
        )


def _told_by_database(url: URL, at: datetime) -> _Before:
    """What the register tells that was renamed as told; nothing where there is no such one."""
    try:
        with (
            contextlib.closing(Database(url.render_as_string(hide_password=False))) as database,
            database.reading() as s,
        ):
            return _Before(restoration.every_serial(s), restoration.disposed_since(s, at))
    except SQLAlchemyError:
        return _Before()


_BEFORE = "_before"
_OTHERS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


def _empty(database: Database) -> None:
    """Half a restoration is none: nobody may take it for a register that knows what it is."""
    found = MetaData()
    found.reflect(database.engine)
    found.drop_all(database.engine)


# --- rules -----------------------------------------------------------------------------------------------------------


def _put_rules(
    copy: Unpacked, rules: Mapping[str, Path], now: datetime, *, with_rules: bool
) -> tuple[tuple[str, ...], tuple[Path, ...], tuple[str, ...]]:
    """The folders that were put back, what they took the place of, and those that are not as in the copy."""
    done, replaced, differing = [], [], []
    for name, folder in rules.items():
        source = copy.folder / archive.RULES / name
        if not source.is_dir():
            continue
        if folder.exists() and not with_rules:
            if not _same(source, folder):
                differing.append(name)
            continue
        if folder.exists():
            replaced.append(aside_of(folder, now))
            folder.rename(replaced[-1])
        shutil.copytree(source, folder, copy_function=shutil.copyfile)
        give(folder, folder.parent)
        done.append(name)
    return tuple(done), tuple(replaced), tuple(differing)


def _same(one: Path, other: Path) -> bool:
    return _content(one) == _content(other)


def _content(folder: Path) -> dict[Path, bytes]:
    names = (file.relative_to(folder) for file in folder.rglob("*") if file.is_file())
    return {name: (folder / name).read_bytes() for name in names if not any(p.startswith(".") for p in name.parts)}


def put_configuration(file: Path, folder: Path) -> Path:
    """Write the configuration that the backup holds into a folder that has none.

    Raises:
        SafekeepingFault: the folder has one, or the backup holds none.
    """
    target = folder / archive.CONFIGURATION
    if target.exists():
        raise SafekeepingFault(f"{target} is there already; leave --to out, and name it with --config")
    with archive.unpacked(file) as copy:
        source = copy.folder / archive.CONFIGURATION
        if not source.exists():
            raise SafekeepingFault(f"{file} holds no configuration: write one, and leave --to out")
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
        give(target, folder)
    return target
