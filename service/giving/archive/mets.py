"""METS: which files the package has, with size and checksum, in the form of E-ARK CSIP and SIP 2.1.0.

Two documents: one for the whole package and one for its only representation, which names every mail and may be large;
it is written piece by piece.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple
from urllib.parse import quote

from lxml import etree

from service.core.rules.archiving import Archiving
from service.giving.archive.erms import DIALECTS, File

_METS, _XLINK = "http://www.loc.gov/METS/", "http://www.w3.org/1999/xlink"
_CSIP = "https://DILCIS.eu/XML/METS/CSIPExtensionMETS"
REPRESENTATION = "representations/rep1"
_HERE = f"{REPRESENTATION}/METS.xml"
_UNKNOWN = "okänt"


class Head(NamedTuple):
    """What both documents say of the package: its name, when it was made (aware), by whom and for whom."""

    package: str
    at: dt.datetime
    municipality: str
    software: str
    version: str
    terms: Archiving


class Parts(NamedTuple):
    """The files that the package's own METS names."""

    described: File  # ERMS
    preserved: File  # PREMIS
    documentation: Sequence[File]
    schemas: Sequence[File]
    representation: File  # the METS of the representation


def of_package(head: Head, parts: Parts) -> bytes:
    """METS.xml at the root of the package."""
    root = _root(head, head.package)
    for section, tag, kind, file in (
        ("dmdSec", None, ("OTHER", "ERMS"), parts.described),
        ("amdSec", "digiprovMD", ("PREMIS", ""), parts.preserved),
    ):
        place = (
            _add(root, section, ID=f"{section}-1")
            if not tag
            else _add(_add(root, section, ID="amdSec-1"), tag, ID="premis")
        )
        place.set("CREATED", _instant(head.at))
        place.set("STATUS", "CURRENT")
        pointer = _add(place, "mdRef", LOCTYPE="URL", MDTYPE=kind[0])
        if kind[1]:
            pointer.set("OTHERMDTYPE", kind[1])
        _link(pointer, file.path)
        _facts(pointer, file)
    groups = {
        "Documentation": parts.documentation,
        "Schemas": parts.schemas,
        "Representations/rep1": [parts.representation],
    }
    files = _add(root, "fileSec", ID="files")
    for use, found in groups.items():
        group = _add(files, "fileGrp", ID=_id(use), USE=use)
        if use.startswith("Representations"):
            _content(group, head)
        for n, file in enumerate(found, 1):
            group.append(_file(file, f"{_id(use)}-{n}", ""))
    top = _add(
        _add(root, "structMap", ID="structure", TYPE="PHYSICAL", LABEL="CSIP"), "div", ID="package", LABEL=head.package
    )
    _add(top, "div", ID="div-metadata", LABEL="Metadata", ADMID="amdSec-1", DMDID="dmdSec-1")
    for use in ("Documentation", "Schemas"):
        _add(_add(top, "div", ID=f"div-{_id(use)}", LABEL=use), "fptr", FILEID=_id(use))
    use = "Representations/rep1"
    pointer = _add(_add(top, "div", ID="div-rep1", LABEL=use), "mptr", LOCTYPE="URL")
    _link(pointer, _HERE)
    pointer.set(f"{{{_XLINK}}}title", _id(use))
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def of_representation(head: Head, files: Iterable[File]) -> Iterator[str]:
    """METS.xml of the representation, in pieces."""
    root = _root(head, REPRESENTATION.rpartition("/")[2])
    group = _add(_add(root, "fileSec", ID="files"), "fileGrp", ID="data", USE="Data")
    group.text = "\n"
    top = _add(_add(root, "structMap", ID="structure", TYPE="PHYSICAL", LABEL="CSIP"), "div", ID="rep1", LABEL="rep1")
    _add(_add(top, "div", ID="div-data", LABEL="Data"), "fptr", FILEID="data")
    head_part, closing, rest = etree.tostring(root, encoding="unicode").partition("</mets:fileGrp>")
    yield '<?xml version="1.0" encoding="UTF-8"?>\n' + head_part
    for n, file in enumerate(files, 1):
        yield _bare(_file(file, f"file-{n}", f"{REPRESENTATION}/")) + "\n"
    yield closing + rest + "\n"


def _bare(element: etree._Element) -> str:
    """The element as text inside a document that has declared its namespaces."""
    text = etree.tostring(element, encoding="unicode")
    for declared in (f' xmlns:mets="{_METS}"', f' xmlns:xlink="{_XLINK}"', f' xmlns:csip="{_CSIP}"'):
        text = text.replace(declared, "", 1)
    return text


def _root(head: Head, name: str) -> etree._Element:
    root = etree.Element(f"{{{_METS}}}mets", nsmap=_SPACES)
    for key, value in (("OBJID", name), ("TYPE", "Mixed"), ("PROFILE", head.terms.profile)):
        root.set(key, value)
    _content(root, head)
    header = _add(root, "metsHdr", CREATEDATE=_instant(head.at), LASTMODDATE=_instant(head.at))
    header.set(f"{{{_CSIP}}}OAISPACKAGETYPE", "SIP")
    _agent(header, ("CREATOR", "OTHER", "SOFTWARE"), head.software, (head.version, "SOFTWARE VERSION"))
    if name != head.package:
        return root
    code = (head.terms.organisation_number or _UNKNOWN, "IDENTIFICATIONCODE")
    for role in ("ARCHIVIST", "CREATOR"):
        _agent(header, (role, "ORGANIZATION", ""), head.municipality, code)
    if head.terms.contact:
        _agent(header, ("CREATOR", "INDIVIDUAL", ""), head.terms.contact, None)
    return root


_SPACES = {"mets": _METS, "xlink": _XLINK, "csip": _CSIP}


def _content(element: etree._Element, head: Head) -> None:
    kind, other = DIALECTS[head.terms.erms].content_type
    element.set(f"{{{_CSIP}}}CONTENTINFORMATIONTYPE", kind)
    if other:
        element.set(f"{{{_CSIP}}}OTHERCONTENTINFORMATIONTYPE", other)


def _agent(header: etree._Element, role: tuple[str, str, str], name: str, note: tuple[str, str] | None) -> None:
    agent = _add(header, "agent", ROLE=role[0], TYPE=role[1])
    if role[2]:
        agent.set("OTHERTYPE", role[2])
    _add(agent, "name").text = name
    if note:
        written = _add(agent, "note")
        written.text = note[0]
        written.set(f"{{{_CSIP}}}NOTETYPE", note[1])


def _file(file: File, name: str, base: str) -> etree._Element:
    found = etree.Element(f"{{{_METS}}}file", ID=name, nsmap=_SPACES)
    _facts(found, file)
    _link(_add(found, "FLocat", LOCTYPE="URL"), file.path.removeprefix(base))
    return found


def _facts(element: etree._Element, file: File) -> None:
    facts = {"MIMETYPE": file.media_type, "SIZE": str(file.size), "CREATED": file.at}
    for key, value in (facts | {"CHECKSUM": file.sha256, "CHECKSUMTYPE": "SHA-256"}).items():
        element.set(key, value)


def _link(element: etree._Element, path: str) -> None:
    element.set(f"{{{_XLINK}}}type", "simple")
    element.set(f"{{{_XLINK}}}href", quote(path))


def _add(parent: etree._Element, tag: str, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{_METS}}}{tag}", attributes)


def _id(use: str) -> str:
    return use.lower().replace("/", "-")


def _instant(at: dt.datetime) -> str:
    return at.isoformat(timespec="seconds")
