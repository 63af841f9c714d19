"""The one file that holds a copy: a compressed tar with a list of what is in it and the checksum of each part.

It holds what people write, and the key that proves who is staff: its owner alone can read it, from its first byte.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import io
import json
import os
import shutil
import stat
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from service.safekeeping.faults import SafekeepingFault
from service.safekeeping.ownership import give

MANIFEST, README, CONFIGURATION, RULES = "manifest.json", "README.txt", "synpunkten.yaml", "rules"
FORM = 1
"""The archive's own form, for versions to come."""

_CHUNK = 1 << 20
_LONGEST_LIST = 16 << 20
_LEVEL = 6
_MAKING = ".making-"
_DAMAGED = (tarfile.TarError, EOFError, gzip.BadGzipFile, zlib.error, ValueError, KeyError, TypeError)


@dataclass(frozen=True, slots=True)
class Part:
    """One file of the archive: its name there, and where it lies."""

    name: str
    file: Path


@dataclass(frozen=True, slots=True)
class Unpacked:
    """An archive whose parts have been compared with their checksums, in a folder of its own."""

    folder: Path
    manifest: dict[str, Any]

    @property
    def register(self) -> Path:
        """The copy of the register."""
        return self.folder / str(self.manifest["register"])

    @property
    def mailboxes(self) -> tuple[str, ...]:
        """The names of the mailboxes that the copy's configuration had."""
        return tuple(self.manifest["rules"])

    @property
    def at(self) -> datetime:
        """When the copy was taken (aware)."""
        return datetime.fromisoformat(self.manifest["at"])


@contextlib.contextmanager
def beside(target: Path) -> Iterator[Path]:
    """A folder beside a file to be, for its owner alone, gone in the end: what is made there can be moved at once."""
    folder = Path(tempfile.mkdtemp(prefix=f".{target.name}{_MAKING}", dir=target.parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def left_over(folder: Path) -> Iterator[Path]:
    """What runs that were killed have left in the folder."""
    return (each for each in folder.glob(f".*{_MAKING}*") if each.is_dir())


def write(parts: list[Part], facts: dict[str, Any], target: Path, work: Path) -> None:
    """Write the archive in `work`, and give it its name when all of it is on the disk.

    Raises:
        OSError: the disk is full or cannot be written; what was there under the name is as it was.
    """
    listed = [{"name": p.name, "size": p.file.stat().st_size, "sha256": _sha256(p.file)} for p in parts]
    manifest = json.dumps({**facts, "form": FORM, "parts": listed}, ensure_ascii=False, indent=1).encode()
    unfinished = work / "archive"
    with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:  # noqa: PTH123 - rights first
        with gzip.GzipFile("", "wb", _LEVEL, file) as packed, tarfile.open(fileobj=packed, mode="w") as tar:
            _add(tar, MANIFEST, io.BytesIO(manifest), len(manifest))
            for part in parts:
                with part.file.open("rb") as content:
                    _add(tar, part.name, content, part.file.stat().st_size)
        file.flush()
        os.fsync(file.fileno())
    give(unfinished, target.parent)
    os.replace(unfinished, target)  # noqa: PTH105
    sync(target.parent)


def sync(folder: Path) -> None:
    """What has got a new name in the folder keeps it after a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def roomy(archive: Path, near: Path | None) -> Path:
    """A file to be in whose folder there is room for the archive's parts twice over: unpacked, and brought up to date.

    near: where it is looked for first; then beside the archive, then where temporary files go, which is often memory.

    Raises:
        SafekeepingFault: there is none.
    """
    needed = 2 * _unpacked_size(archive)
    places = [*([near.parent] if near else []), archive.absolute().parent, Path(tempfile.gettempdir())]
    for folder in dict.fromkeys(places):
        with contextlib.suppress(OSError):
            if os.access(folder, os.W_OK | os.X_OK) and shutil.disk_usage(folder).free > needed:
                return folder / archive.name
    told = ", ".join(map(str, dict.fromkeys(places)))
    what = f"{archive} takes {needed >> 20} MB unpacked, and there is no room in {told}"
    raise SafekeepingFault(f"{what}; name a folder in the environment variable TMPDIR")


def _unpacked_size(archive: Path) -> int:
    """What the parts take by the list in front, in bytes; what cannot be read is told by whoever unpacks it."""
    with contextlib.suppress(*_DAMAGED, SafekeepingFault), tarfile.open(archive, "r:gz") as tar:
        first = tar.next()
        content = tar.extractfile(first) if first else None
        if content:
            return sum(int(part["size"]) for part in json.loads(content.read(_LONGEST_LIST))["parts"])
    return 0


def doubts(archive: Path, copy: Unpacked, now: datetime) -> list[str]:
    """What a person should know of a copy that is whole. now: aware."""
    found = []
    if (mode := stat.S_IMODE(archive.stat().st_mode)) & 0o077:
        text = f"{archive} has the rights {mode:o}: others can read what people have written, and write as staff"
        found.append(f"{text}; run `chmod 600 {archive}`")
    if copy.at > now:
        text = f"it says that it was taken on {copy.at:%Y-%m-%d %H:%M} UTC, which lies ahead of this machine's clock"
        found.append(f"{text}: one of the two clocks was wrong")
    return found


@contextlib.contextmanager
def unpacked(archive: Path, near: Path | None = None) -> Iterator[Unpacked]:
    """The archive unpacked and found whole; what it was unpacked into, its owner's alone, is gone in the end.

    near: a file in whose folder it is unpacked, so that its parts can be moved there; without it, where there is room.

    Raises:
        SafekeepingFault: it is no archive of this program, or not as it was written.
        OSError: it cannot be read, or the disk is full.
    """
    with beside(near or roomy(archive, None)) as folder:
        try:
            manifest = _unpack(archive, folder)
        except _DAMAGED as error:
            raise SafekeepingFault(f"{archive} is no backup of this program, or damaged: {_briefly(error)}") from error
        yield Unpacked(folder, manifest)


def _unpack(archive: Path, folder: Path) -> dict[str, Any]:
    with tarfile.open(archive, "r:gz") as tar:
        first = tar.next()
        content = tar.extractfile(first) if first and first.name == MANIFEST else None
        if content is None:
            raise ValueError("it does not begin with its list of parts")
        manifest: dict[str, Any] = json.loads(content.read(_LONGEST_LIST))
        if manifest["form"] > FORM:
            raise SafekeepingFault(f"{archive} was made by a later version; install synpunkten {manifest['version']}")
        _refuse_incomplete(manifest)
        expected = {part["name"]: part for part in manifest["parts"]}
        for member in tar:
            if member.name == MANIFEST:
                continue
            if not member.isfile() or member.name not in expected or not _is_plain(member.name):
                raise ValueError(f"it holds {member.name!r}, which its list lacks")
            _take_out(tar, member, folder / member.name, expected.pop(member.name))
    if expected:
        raise ValueError(f"{', '.join(expected)} is missing")
    return manifest


def _refuse_incomplete(manifest: dict[str, Any]) -> None:
    """Whoever looks at the copy relies on what the list says of it.

    Raises:
        KeyError, TypeError, ValueError: something is missing or no such thing.
    """
    held = manifest["contents"]
    if not all(isinstance(each, str) for each in (manifest["version"], held["schema"], held["end"])):
        raise ValueError("its list does not say what it holds")
    if datetime.fromisoformat(manifest["at"]).tzinfo is None:
        raise ValueError("its list does not say when it was made")
    if manifest["register"] not in [part["name"] for part in manifest["parts"]]:
        raise ValueError("its list names no register")
    if not isinstance(manifest["rules"], dict):
        raise TypeError("its list names no mailboxes")


def _take_out(tar: tarfile.TarFile, member: tarfile.TarInfo, to: Path, expected: dict[str, Any]) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    content = tar.extractfile(member)
    assert content
    digest = hashlib.sha256()
    with open(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:  # noqa: PTH123
        while chunk := content.read(_CHUNK):
            digest.update(chunk)
            file.write(chunk)
    if digest.hexdigest() != expected["sha256"]:
        raise ValueError(f"{member.name} is not as it was written")


def _is_plain(name: str) -> bool:
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts


def _briefly(error: Exception) -> str:
    return str(error).partition("\n")[0] or type(error).__name__


def _add(tar: tarfile.TarFile, name: str, content: Any, size: int) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, 0o600
    tar.addfile(entry, content)


def _sha256(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
