"""Making a backup: register, rules and configuration in one file, and which older ones are no longer kept."""

from __future__ import annotations

import contextlib
import re
import shutil
import sqlite3
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError

from service.desk.database import Database, fault_words
from service.desk.rounds import restoration
from service.safekeeping import archive, masking
from service.safekeeping.archive import Part
from service.safekeeping.contents import Contents
from service.safekeeping.copying import copy_register
from service.safekeeping.faults import SafekeepingFault

_STALE_SECONDS = 24 * 3600
_OF_A_REGISTER = ("", "-wal", "-shm", ".lock", ".outcomes")
_DATED = re.compile(r"synpunkten-\d{8}T\d{6}Z\.backup")


@dataclass(frozen=True, slots=True)
class Made:
    """A backup on the disk: its file, its size in bytes, when the copy was taken (aware UTC) and what it holds."""

    file: Path
    size: int
    at: datetime
    contents: Contents


def make(url: str, config: Path, rules: Mapping[str, Path], target: Path, now: datetime) -> Made:
    """Write a backup under the name `target`, whole or not at all, and note in the journal that there is one.

    url: the register's. rules: each mailbox's rules folder by the mailbox's name. A link that is there stays one: what
    it points to is written.

    Raises:
        SafekeepingFault: the register cannot be copied, or `target` is no place for a backup of it; or there is one,
            and the register cannot be written in, as its full disk.
        OSError: the disk is full or cannot be written.
    """
    target = target.resolve()
    _refuse_place(target, url, config, rules)
    with contextlib.closing(Database(url)) as database, archive.beside(target) as work:
        here, wanted = database.schema()
        if here != wanted:
            raise SafekeepingFault(
                f"the register has schema {here}, and this version needs {wanted}; make the backup with the version"
                " that has worked on it"
            )
        try:
            copy, found = copy_register(database, work)
        except sqlite3.Error as error:
            raise SafekeepingFault(f"the register cannot be copied: {error}") from error
        parts = [Part(copy.name, copy), *_configuration(config, work), *_rules(rules)]
        parts.insert(0, _readme(work, config, parts, now))
        facts = {
            "version": metadata.version("synpunkten"),
            "at": now.astimezone(UTC).isoformat(timespec="seconds"),
            "register": copy.name,
            "contents": asdict(found) | {"latest": found.latest.isoformat() if found.latest else None},
            "rules": {name: folder.name for name, folder in rules.items()},
        }
        archive.write(parts, facts, target, work)
        try:
            with database.transaction() as s:
                restoration.note_backup(s, now, found.lines, found.end)
        except SQLAlchemyError as error:
            what = f"{target} is whole, but the register cannot note it: {fault_words(error)}"
            raise SafekeepingFault(f"{what}; keep that copy, and see to the register") from error
    return Made(target, target.stat().st_size, now, found)


def _refuse_place(target: Path, url: str, config: Path, rules: Mapping[str, Path]) -> None:
    """A backup takes the place of nothing that it copies, and lies in nothing of which the next one is made."""
    register = make_url(url).database if make_url(url).get_backend_name() == "sqlite" else None
    own = {config.resolve(), *(Path(f"{register}{suffix}").resolve() for suffix in _OF_A_REGISTER if register)}
    if target in own:
        raise SafekeepingFault(f"{target} is in use by the service: name another file")
    if target.exists() and not target.is_file():
        raise SafekeepingFault(f"{target} is no file: name another one")
    if not target.parent.is_dir():
        raise SafekeepingFault(f"{target.parent} is not there: make that folder first, or name another one")
    inside = [folder for folder in rules.values() if target.is_relative_to(folder.resolve())]
    if inside:
        raise SafekeepingFault(
            f"{target} is in the rules folder {inside[0]}, which each backup holds: name another folder"
        )


def dated(folder: Path, now: datetime) -> Path:
    """The name of a backup in a folder that holds one a night."""
    return folder / f"synpunkten-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}.backup"


def keep_newest(folder: Path, most: int, now: datetime) -> int:
    """Delete the oldest dated backups, until so many are left, and what killed runs have left; returns how many.

    What a clock that was wrong has dated after `now` goes first: none of it is newer than the one just made.
    """
    today = dated(folder, now).name
    found = (f for f in folder.iterdir() if _DATED.fullmatch(f.name))
    old = sorted(found, key=lambda f: (f.name <= today, f.name))[:-most]
    for file in old:
        file.unlink()
    for each in archive.left_over(folder):
        if now.timestamp() - each.stat().st_mtime > _STALE_SECONDS:
            shutil.rmtree(each, ignore_errors=True)
    return len(old)


def _configuration(config: Path, work: Path) -> list[Part]:
    masked = masking.without_secrets(config.read_text("utf-8"))
    if masked is None:
        return []
    file = work / archive.CONFIGURATION
    file.write_text(masked, "utf-8")
    return [Part(archive.CONFIGURATION, file)]


def _rules(rules: Mapping[str, Path]) -> list[Part]:
    return [
        Part(f"{archive.RULES}/{name}/{_written(file.relative_to(folder))}", file)
        for name, folder in rules.items()
        for file in sorted(folder.rglob("*"))
        if file.is_file() and not any(part.startswith(".") for part in file.relative_to(folder).parts)
    ]


def _written(file: Path) -> str:
    """A file's name as the list can hold it: one in another system's Latin-1 must not cost the backup."""
    return file.as_posix().encode("utf-8", "backslashreplace").decode()


def _readme(work: Path, config: Path, parts: list[Part], now: datetime) -> Part:
    has_configuration = any(part.name == archive.CONFIGURATION for part in parts)
    secrets = _ABOUT_SECRETS if has_configuration else _NO_CONFIGURATION.format(config=config.name)
    file = work / archive.README
    file.write_text(_README.format(at=f"{now.astimezone(UTC):%Y-%m-%d %H:%M} UTC", secrets=secrets), "utf-8")
    return Part(archive.README, file)


_README = """A backup of a Synpunkten register, taken {at}.

manifest.json    what is in here, with the checksum of each part and the one that the journal ends with
register.*       the register with every mail and letter, and the key that letters are signed with
rules/           each mailbox's rules, with its own templates
{secrets}
Whoever can read this file can read what people have written, and prove to be staff: keep it as safe as the register.
What has been disposed of since is still in it: it must not be kept longer than disposal allows.

Look at it:    synpunkten restore FILE --check --config synpunkten.yaml
Put it back:   synpunkten restore FILE --config synpunkten.yaml
"""
_ABOUT_SECRETS = f"""synpunkten.yaml  the configuration without comments; each secret is replaced by {masking.MASK}

Not in here: what the configuration names with env or file (passwords, client secrets, certificates). Keep those in
another safe place; without them nothing can be put to work again.
"""
_NO_CONFIGURATION = """
Not in here: {config}, because it could not be made sure that it holds no secret; and what it names with env or file
(passwords, client secrets, certificates). Keep them in another safe place.
"""
