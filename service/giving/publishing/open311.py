"""The published cases as Open311 GeoReport v2: read-only files, in JSON and XML, as the specification lays them out.

A service is a type of feedback. No position and no address is given: nobody has approved them for the public.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, time

from lxml import etree

from service.core.publicity.published import Entry
from service.core.rules.rulebook import RuleBook
from service.giving.publishing.feeds import xml_text
from service.giving.publishing.pages import slug

_ROOT = "open311/v2/"
_MOST = 1000  # what the specification lets one answer hold

Facts = Mapping[str, str | bool | None]


def services(book: RuleBook) -> Iterator[tuple[str, bytes]]:
    """The files that say which services there are."""
    rows: list[Facts] = [
        {
            "service_code": slug(name),
            "service_name": name.capitalize(),
            "description": f"{name.capitalize()} till {book.municipality.name}",
            "metadata": False,
            "type": "realtime",
            "keywords": name,
            "group": "Synpunkter",
        }
        for name in book.municipality.types
    ]
    yield from _files("services", "services", "service", rows)


def requests(latest: Sequence[Entry], book: RuleBook) -> Iterator[tuple[str, bytes]]:
    """The files with the latest cases."""
    yield from _files("requests", "service_requests", "request", [_request(one, book) for one in latest[:_MOST]])


def request(one: Entry, book: RuleBook) -> Iterator[tuple[str, bytes]]:
    """The files of one case."""
    yield from _files(f"requests/{one.case_id}", "service_requests", "request", [_request(one, book)])


def _request(one: Entry, book: RuleBook) -> Facts:
    zone = book.calendar.zone
    asked = datetime.combine(one.received_on, time(), zone).isoformat()
    expected = datetime.combine(one.due_on, time(23, 59, 59), zone).isoformat() if one.due_on else None
    return {
        "service_request_id": one.case_id,
        "status": "open" if one.status == "open" else "closed",
        "status_notes": one.answer or None,
        "service_name": (one.type or "övrigt").capitalize(),
        "service_code": slug(one.type),
        "description": f"{one.title}\n\n{one.text}",
        "agency_responsible": one.unit or book.municipality.name,
        "service_notice": None,
        "requested_datetime": asked,
        "updated_datetime": one.updated_at.astimezone(zone).isoformat(),
        "expected_datetime": expected,
    }


def _files(name: str, many: str, single: str, rows: Sequence[Facts]) -> Iterator[tuple[str, bytes]]:
    yield f"{_ROOT}{name}.json", (json.dumps(rows, ensure_ascii=False, indent=1) + "\n").encode()
    root = etree.Element(many)
    for row in rows:
        one = etree.SubElement(root, single)
        for key, value in row.items():
            text = "" if value is None else str(value).lower() if isinstance(value, bool) else value
            etree.SubElement(one, key).text = xml_text(text) or None
    yield f"{_ROOT}{name}.xml", etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)
