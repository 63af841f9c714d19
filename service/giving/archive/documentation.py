"""What the package says of itself: how to read it, the form of the register's lines, and where it comes from."""

from __future__ import annotations

import json
import uuid
from typing import Any

from lxml import etree

from service.giving.archive.mets import Head

_PREMIS = "http://www.loc.gov/premis/v3"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"

_READ_ME = """\
# Leverans av synpunkter från {municipality}

Paketet innehåller {cases} ärenden ur tjänsten {software} {version}. Det skapades {day}.

| plats | innehåll |
|---|---|
| `metadata/descriptive/erms.xml` | ärendena och deras handlingar, enligt CITS ERMS {erms} (FGS Ärendehantering 2.0) |
| `metadata/preservation/premis.xml` | hur paketet kom till |
| `representations/rep1/data/NUMMER/` | ärendets mejl byte för byte, i tidsordning: `in` kom in, `out` skickades |
| `representations/rep1/data/register.jsonl` | samma ärenden en gång till, ett per rad, i JSON (UTF-8) |
| `schemas/case.schema.json` | hur en rad i `register.jsonl` ser ut |
| `METS.xml` | alla filer med storlek och kontrollsumma (E-ARK SIP 2.1.0, FGS Paketstruktur 2.0) |

Tider har tidszon. `status` i `erms.xml` är standardens ord; kommunens eget ord står i `register.jsonl`.
Sekretess är utmärkt med `restriction` och lagrummet. Klassificering: {scheme}. Gallring: {plan}.
"""


def pages(head: Head, cases: int) -> dict[str, str]:
    """The package's own explanation, by path; in Swedish, for the archivist."""
    text = _READ_ME.format(
        municipality=head.municipality,
        cases=cases,
        software=head.software,
        version=head.version,
        day=head.at.date().isoformat(),
        erms=head.terms.erms.value,
        scheme=head.terms.classification.scheme,
        plan=head.terms.keeping.plan,
    )
    return {"documentation/LÄS-MIG.txt": text}


def schemas() -> dict[str, str]:
    """JSON Schema of a line of the register, by path."""
    return {"schemas/case.schema.json": json.dumps(_case_schema(), ensure_ascii=False, indent=1) + "\n"}


def _case_schema() -> dict[str, Any]:
    text: dict[str, Any] = {"type": ["string", "null"]}
    instant = {"type": ["string", "null"], "format": "date-time"}
    person = ("name", "email", "reply_to", "phone", "address", "contact")
    texts = (
        "registry_number mailbox status status_label type category process title channel received_by language unit"
        " officer external_ref page position publication measure late_reason text answer"
    )
    times = ("received_at", "receipt_sent_at", "answer_due_at", "answered_at", "closed_at")
    lists = ("keywords", "related", "deadlines", "events", "messages")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Ett ärende",
        "type": "object",
        "required": ["number", "status", "received_at", "text", "messages"],
        "properties": {
            "number": {"type": "string"},
            **dict.fromkeys(texts.split(), text),
            **dict.fromkeys(times, instant),
            **{key: {"type": "boolean"} for key in ("secrecy", "anonymous")},
            **{key: {"type": "array"} for key in lists},
            "submitter": {"type": "object", "properties": dict.fromkeys(person, text)},
        },
    }


def premis(head: Head) -> bytes:
    """PREMIS 3: the package, how it came to be, and by what."""
    root = etree.Element(f"{{{_PREMIS}}}premis", nsmap={"premis": _PREMIS, "xsi": _XSI}, version="3.0")
    thing = _add(root, "object")
    thing.set(f"{{{_XSI}}}type", "intellectualEntity")
    _identified(thing, "object", "local", head.package)
    event = _add(root, "event")
    _identified(event, "event", "UUID", str(uuid.uuid5(uuid.NAMESPACE_OID, f"{head.package} {head.at.isoformat()}")))
    _add(event, "eventType", "creation")
    _add(event, "eventDateTime", head.at.isoformat(timespec="seconds"))
    agent = _add(root, "agent")
    _identified(agent, "agent", "local", head.software)
    _add(agent, "agentName", head.software)
    _add(agent, "agentType", "software")
    _add(agent, "agentVersion", head.version)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _identified(parent: etree._Element, what: str, kind: str, value: str) -> None:
    identifier = _add(parent, f"{what}Identifier")
    _add(identifier, f"{what}IdentifierType", kind)
    _add(identifier, f"{what}IdentifierValue", value)


def _add(parent: etree._Element, tag: str, text: str | None = None) -> etree._Element:
    made = etree.SubElement(parent, f"{{{_PREMIS}}}{tag}")
    made.text = text
    return made
