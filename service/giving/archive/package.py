"""Writing a package, case by case. A run that is broken off is taken up again where it was.

While it is made the folder holds `.part/`: the list of files so far and `state.json`, which says how far that list,
the description and the register's lines reach, and which case was the last. What was written behind that is cut off
when the work goes on. `METS.xml` is the last file, and is there whole or not at all: with it the package is complete.
"""

from __future__ import annotations

import datetime as dt
import email
import hashlib
import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import Connection

from service.core.rules.archiving import Archiving
from service.desk.lookup import reader
from service.desk.writing import paper
from service.giving.archive import contents, documentation, erms, mets
from service.giving.archive.contents import Archived, Period
from service.giving.archive.erms import File, Maker

_DATA = f"{mets.REPRESENTATION}/data"
REGISTER = f"{_DATA}/register.jsonl"
DESCRIPTION = "metadata/descriptive/erms.xml"
_PREMIS = "metadata/preservation/premis.xml"
_WHOLE, _STATE = "METS.xml", "state.json"
_SAVED_EVERY = 200
_BLOCK = 1 << 20


class NotOurs(Exception):
    """The folder holds something else than a package that this very order began."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be delivered. `version`: that of the program."""

    period: Period
    terms: Archiving
    maker: Maker
    version: str

    @property
    def _mark(self) -> dict[str, str]:
        """What two runs must have in common to be one work."""
        chosen = self.period
        return {
            "mailbox": chosen.mailbox,
            "first": chosen.first.isoformat(),
            "last": chosen.last.isoformat(),
            "closed": str(chosen.closed),
            "terms": self.terms.model_dump_json(),
        }


def make(s: Connection, order: Order, out: Path, told: Callable[[], None] = lambda: None) -> int:
    """Write the package into the folder and return how many cases it holds. `told` is called for each case.

    Raises:
        NotOurs: the folder is not empty and holds no beginning of this very package.
        OSError: it can't be written; the next run goes on from there.
    """
    with closing(_Work.taken_up(order, out)) as work:
        if not work.is_described:
            for archived in contents.read(s, order.period, work.last):
                if archived:
                    work.add(s, archived)
                told()
            work.end()
        return work.finish()


class _Work:
    """A package in the making."""

    def __init__(self, order: Order, out: Path, state: dict[str, Any]) -> None:
        self.order, self.out, self.part = order, out, out / ".part"
        self.last, self.cases = int(state["last"]), int(state["cases"])
        self.is_described = bool(state["end"])
        if state.get("at"):  # the same day stands everywhere, whenever it is finished
            self.order = replace(order, maker=order.maker._replace(at=dt.datetime.fromisoformat(state["at"])))
        self._described = _opened(self._place(DESCRIPTION), state["erms"])
        self._files = _opened(self.part / "files.jsonl", state["files"])
        self._register = _opened(out / REGISTER, state["register"])
        if not state["erms"]:
            head = erms.opening(self.order.terms, self.order.maker, out.resolve().name)
            self._described.write(head.encode())

    @classmethod
    def taken_up(cls, order: Order, out: Path) -> _Work:
        """Begin, or go on where the same order was broken off."""
        saved = out / ".part" / _STATE
        if saved.exists():
            state = json.loads(saved.read_bytes())
            if state["order"] != order._mark:
                raise NotOurs(f"{out} holds the beginning of another package; name another folder")
            return cls(order, out, state)
        begun = (out / ".part").is_dir()
        if begun and (out / _WHOLE).exists():  # broken off while the last of the working folder was taken away
            shutil.rmtree(out / ".part")
            raise NotOurs(f"{out} is a whole package already")
        if out.exists() and any(out.iterdir()) and not begun:
            raise NotOurs(f"{out} is not empty; name a new folder, the package gets its name")
        out.mkdir(mode=0o700, parents=True, exist_ok=True)
        (out / ".part").mkdir(exist_ok=True)
        (out / _DATA).mkdir(parents=True, exist_ok=True)
        work = cls(order, out, {"last": 0, "cases": 0, "erms": 0, "files": 0, "register": 0, "end": False})
        work._save()
        return work

    def add(self, s: Connection, archived: Archived) -> None:
        """Write one case: its documents, its description and its line in the register."""
        case = archived.facts
        folder = self.out / _DATA / case["number"]
        if folder.exists():  # a broken run's, and the case may have changed since
            shutil.rmtree(folder)
        folder.mkdir()
        written = []
        for running, document in enumerate(archived.documents, 1):
            files = self._document(case["number"], running, document.facts, reader.raw(s, document.mail))
            self._files.writelines(json.dumps(file).encode() + b"\n" for file in files)
            written.append((document.facts, files))
        described = erms.aggregation(case, written, self.order.terms, self.order.maker)
        self._described.write(described.encode() + b"\n")
        self._register.write(json.dumps(case, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
        self.last, self.cases = archived.place, self.cases + 1
        if self.cases % _SAVED_EVERY == 0:
            self._save()

    def _document(self, number: str, running: int, facts: Mapping[str, Any], raw: bytes) -> list[File]:
        """The mail, and beside it the letter on paper that it carries."""
        name = f"{_DATA}/{number}/{running:04}-{facts['direction']}-{facts['kind']}"
        files = [(f"{name}.eml", self.order.terms.mail_type, raw)]
        if facts["direction"] == "out" and _PDF.encode() in raw:
            files += [(f"{name}.pdf", _PDF, pdf) for pdf in _papers(raw, number)]
        for path, _, content in files:
            (self.out / path).write_bytes(content)
        return [File(p, kind, len(c), hashlib.sha256(c).hexdigest(), facts["at"]) for p, kind, c in files]

    def _save(self) -> None:
        """Note how far all is written; what is noted lies on the disk."""
        reached = {}
        for name, file in (("erms", self._described), ("files", self._files), ("register", self._register)):
            file.flush()
            reached[name] = file.tell()
        state = {"order": self.order._mark, "last": self.last, "cases": self.cases, "end": self.is_described, **reached}
        state["at"] = self.order.maker.at.isoformat()
        fresh = self.part / "state.new"
        fresh.write_text(json.dumps(state), encoding="utf-8")
        fresh.replace(self.part / _STATE)

    def close(self) -> None:
        """Leave the files as they are: what was not noted is written again."""
        for file in (self._described, self._files, self._register):
            file.close()

    def end(self) -> None:
        """Every case is written: no other is added, however often what follows is broken off."""
        self._described.write(erms.CLOSING.encode())
        self.is_described = True
        self._save()

    def finish(self) -> int:
        """Write what describes the whole, and take the working folder away."""
        self.close()
        head = mets.Head(
            package=self.out.resolve().name,
            at=self.order.maker.at,
            municipality=self.order.maker.municipality,
            software="Synpunkten",
            version=self.order.version,
            terms=self.order.terms,
        )
        with self._place(f"{mets.REPRESENTATION}/METS.xml").open("w", encoding="utf-8") as to:
            to.writelines(mets.of_representation(head, self._named()))
        self._place(_PREMIS).write_bytes(documentation.premis(head))
        for path, text in {**documentation.pages(head, self.cases), **documentation.schemas()}.items():
            self._place(path).write_text(text, encoding="utf-8")
        fresh = self.part / _WHOLE
        fresh.write_bytes(mets.of_package(head, self._parts()))
        fresh.replace(self.out / _WHOLE)
        (self.part / _STATE).unlink()  # first: without it nobody goes on with the rest
        shutil.rmtree(self.part)
        return self.cases

    def _named(self) -> Iterator[File]:
        yield self._measured(REGISTER, "application/jsonl")
        with (self.part / "files.jsonl").open(encoding="utf-8") as lines:
            for line in lines:
                yield File(*json.loads(line))

    def _parts(self) -> mets.Parts:
        return mets.Parts(
            described=self._measured(DESCRIPTION, "application/xml"),
            preserved=self._measured(_PREMIS, "application/xml"),
            documentation=[self._measured(path, "text/plain") for path in self._found("documentation")],
            schemas=[self._measured(path, "application/json") for path in self._found("schemas")],
            representation=self._measured(f"{mets.REPRESENTATION}/METS.xml", "application/xml"),
        )

    def _found(self, folder: str) -> list[str]:
        return sorted(f"{folder}/{file.name}" for file in (self.out / folder).iterdir())

    def _measured(self, path: str, media_type: str) -> File:
        digest, size = hashlib.sha256(), 0
        with (self.out / path).open("rb") as file:
            while block := file.read(_BLOCK):
                digest.update(block)
                size += len(block)
        return File(path, media_type, size, digest.hexdigest(), self.order.maker.at.isoformat(timespec="seconds"))

    def _place(self, path: str) -> Path:
        place = self.out / path
        place.parent.mkdir(parents=True, exist_ok=True)
        return place


def _opened(path: Path, reached: int) -> BinaryIO:
    """The file to write on, without what a broken run wrote behind the point that was noted."""
    file = path.open("r+b" if path.exists() else "w+b")
    file.truncate(reached)
    file.seek(reached)
    return file


_PDF = "application/pdf"


def _papers(raw: bytes, number: str) -> list[bytes]:
    """The letter on paper that a mail to whoever posts it carries, as it was printed."""
    parts = email.message_from_bytes(raw).walk()
    return [bytes(part.get_payload(decode=True)) for part in parts if part.get_filename() == paper.name_of(number)]
