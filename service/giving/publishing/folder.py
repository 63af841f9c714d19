"""The folder that pages are written to: each file whole or not at all, and what is no longer written goes away.

A list of our own files lies in it. A name is noted there before its file is written, so that a run that was broken off
leaves nothing that the next one does not know of; what somebody else has laid there is never touched. Names that nobody
is to find are in no list: all in their folder is ours.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from service.core.publicity.published import OWN
from service.giving.writing import put

OURS = ".synpunkten"


class NotOurs(Exception):
    """The folder has files in it, and none of them is known to be ours."""


class Folder:
    """A folder of published files, for one run. Leaving it by an error removes nothing."""

    def __init__(self, path: Path) -> None:
        """Raises NotOurs for a folder of somebody else's."""
        self._path, self._list = path, path / OURS
        if path.is_dir() and any(path.iterdir()) and not self._list.exists():
            raise NotOurs(str(path))
        path.mkdir(parents=True, exist_ok=True)
        self._known = set(self._list.read_text("utf-8").split("\n")) - {""} if self._list.exists() else set()
        self._known |= {f"{OWN}{file.name}" for file in (path / OWN).glob("*")}
        self._written: set[str] = set()
        self._notes: TextIO = self._list.open("a", encoding="utf-8")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self._notes.close()

    def write(self, name: str, content: str | bytes) -> None:
        """A file, by its name with `/`; one with the same bytes is left as it is."""
        data = content.encode("utf-8", "replace") if isinstance(content, str) else content
        if name not in self._known and not name.startswith(OWN):
            self._notes.write(f"{name}\n")
            self._notes.flush()
            self._known.add(name)
        self._written.add(name)
        path = self._path / name
        if path.is_file() and path.read_bytes() == data:
            return
        put(path, data)

    def left_over(self) -> Iterator[str]:
        """The files of earlier runs that this one has not written."""
        yield from sorted(self._known - self._written)

    def remove(self, name: str) -> None:
        """A file of an earlier run goes away."""
        (self._path / name).unlink(missing_ok=True)

    def finish(self) -> None:
        """The list says what is there now."""
        listed = (name for name in sorted(self._written) if not name.startswith(OWN))
        put(self._list, "".join(f"{name}\n" for name in listed).encode())
