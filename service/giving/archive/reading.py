"""Reading a package back: are all its files there, unchanged, and which cases does it hold."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from lxml import etree

from service.giving.archive import erms
from service.giving.archive.package import DESCRIPTION, REGISTER

_METS, _XLINK = "{http://www.loc.gov/METS/}", "{http://www.w3.org/1999/xlink}"
_SAFE = {"resolve_entities": False, "no_network": True, "huge_tree": True}


def cases(package: Path) -> Iterator[dict[str, Any]]:
    """The package's cases, as `case show --json` had them."""
    with (package / REGISTER).open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def described(package: Path) -> list[str]:
    """The numbers of the cases that the package's ERMS document describes, in its order."""
    tag = f"{{{erms.NAMESPACE}}}aggregation"
    return erms.numbers_in(etree.iterparse(str(package / DESCRIPTION), events=("end",), tag=tag, **_SAFE))


def faults(package: Path) -> Iterator[str]:
    """What is wrong with the package's files: one that is missing, changed or named nowhere."""
    named = {"METS.xml"}
    for document in ("METS.xml", *(f"representations/{place.name}/METS.xml" for place in _representations(package))):
        folder = document.rpartition("/")[0]
        for path, size, digest in _mentioned(package / document):
            where = f"{folder}/{path}" if folder else path
            named.add(where)
            file = package / where
            if not file.is_file():
                yield f"{where}: named in {document}, and not there"
            elif size is not None and (file.stat().st_size, _digest(file)) != (size, digest):
                yield f"{where}: not as {document} has it"
    for file in sorted(package.rglob("*")):
        place = file.relative_to(package).as_posix()
        if file.is_file() and place not in named:
            yield f"{place}: named in no METS document"


def _representations(package: Path) -> list[Path]:
    return sorted(place for place in (package / "representations").iterdir() if place.is_dir())


def _mentioned(document: Path) -> Iterator[tuple[str, int | None, str]]:
    """Path, size and checksum of each file that the document names; without a size where it only points to it."""
    tags = tuple(f"{_METS}{name}" for name in ("file", "mdRef", "mptr"))
    for _, node in etree.iterparse(str(document), events=("end",), tag=tags, **_SAFE):
        link = node if node.tag != f"{_METS}file" else node.find(f"{_METS}FLocat")
        path = unquote(link.get(f"{_XLINK}href") or "")
        size = node.get("SIZE")
        yield path, int(size) if size else None, node.get("CHECKSUM") or ""
        node.clear()


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
