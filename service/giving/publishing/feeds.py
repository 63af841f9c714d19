"""The latest cases as feeds: Atom (RFC 4287) and JSON Feed 1.1. Both have the same entries in the same order."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from typing import Any

from lxml import etree

from service.core.publicity.published import Entry
from service.core.rules.rulebook import RuleBook
from service.giving.publishing.pages import address_of

_ATOM = "http://www.w3.org/2005/Atom"
_NAMES: dict[str, str] = {None: _ATOM}  # type: ignore[dict-item]  # lxml: the namespace without a prefix
_BEFORE_ANY = "1970-01-01T00:00:00+00:00"
_TITLE = "Publicerade synpunkter"


def atom(latest: Sequence[Entry], book: RuleBook) -> bytes:
    """The Atom feed."""
    town = book.municipality
    feed = etree.Element(f"{{{_ATOM}}}feed", nsmap=_NAMES)
    feed.set("{http://www.w3.org/XML/1998/namespace}lang", "sv")
    _add(feed, "id", _id(f"feed:{town.case_number.prefix}"))
    _add(feed, "title", f"{_TITLE} – {town.name}")
    _add(feed, "updated", _updated(latest))
    _add(_add(feed, "author"), "name", town.name)
    _link(feed, "self", f"{town.publish.root}atom.xml")
    _link(feed, "alternate", f"{town.publish.root}index.html")
    for one in latest:
        entry = _add(feed, "entry")
        _add(entry, "id", _id(one.case_id))
        _add(entry, "title", one.title)
        _add(entry, "updated", one.updated_at.isoformat())
        _link(entry, "alternate", town.publish.root + address_of(one.case_id))
        if one.type:
            _add(entry, "category").set("term", xml_text(one.type))
        _add(entry, "content", words(one)).set("type", "text")
    return _serialised(feed)


def json_feed(latest: Sequence[Entry], book: RuleBook) -> str:
    """The JSON Feed. Without a public address it names none: addresses in it have to be whole."""
    address = book.municipality.publish.root
    feed: dict[str, Any] = {"version": "https://jsonfeed.org/version/1.1"}
    feed |= {"title": f"{_TITLE} – {book.municipality.name}", "language": "sv"}
    if address:
        feed |= {"home_page_url": f"{address}index.html", "feed_url": f"{address}feed.json"}
    feed["items"] = [
        {"id": _id(one.case_id), "title": one.title, "content_text": words(one)}
        | ({"url": address + address_of(one.case_id)} if address else {})
        | {"date_published": one.received_on.isoformat() + "T00:00:00Z", "date_modified": one.updated_at.isoformat()}
        | ({"tags": [one.type]} if one.type else {})
        for one in latest
    ]
    return json.dumps(feed, ensure_ascii=False, indent=1) + "\n"


def words(one: Entry) -> str:
    """Text and answer below each other."""
    return f"{one.text}\n\nSvar:\n{one.answer}" if one.answer else one.text


def _id(name: str) -> str:
    """An id that stays the same wherever the pages are moved to."""
    return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'synpunkten:{name}')}"


def _updated(latest: Sequence[Entry]) -> str:
    return max((one.updated_at.isoformat() for one in latest), default=_BEFORE_ANY)


def _add(parent: etree._Element, name: str, text: str = "") -> etree._Element:
    made = etree.SubElement(parent, f"{{{_ATOM}}}{name}")
    made.text = xml_text(text) or None
    return made


def _link(parent: etree._Element, rel: str, href: str) -> None:
    link = _add(parent, "link")
    link.set("rel", rel)
    link.set("href", href)


def xml_text(text: str) -> str:
    """The text without the characters that XML 1.0 has no place for."""
    return "".join(c for c in text if c in "\t\n" or " " <= c < "\ud800" or "\ue000" <= c not in "\ufffe\uffff")


def _serialised(root: etree._Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)
