"""All published cases as JSON, what the fields mean (JSON Schema), and the description that the data portal reads."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from lxml import etree

from service.core.publicity.published import Entry, Row
from service.core.rules.rulebook import RuleBook

_SCHEMA: Final = "https://json-schema.org/draft/2020-12/schema"
_DAY: Final[dict[str, Any]] = {"type": ["string", "null"], "format": "date"}
_TEXT: Final[dict[str, Any]] = {"type": "string"}
_FIELDS: Final[dict[str, tuple[dict[str, Any], str]]] = {
    "case_id": (_TEXT, "Ärendenummer"),
    "received_on": (_DAY | {"type": "string"}, "Dagen då synpunkten kom in"),
    "channel": (_TEXT, "Hur den kom in"),
    "type": (_TEXT, "Typ av synpunkt, enligt kommunens lista"),
    "category": (_TEXT, "Kategori, enligt kommunens lista"),
    "process": (_TEXT, "Process i kommunens handläggning"),
    "unit": (_TEXT, "Enheten som har ärendet"),
    "title": (_TEXT, "Rubrik, som den är godkänd för publicering"),
    "text": (_TEXT, "Synpunkten, som den är godkänd för publicering"),
    "language": (_TEXT, "Språket som synpunkten är skriven på (ISO 639)"),
    "answer": (_TEXT, "Svaret, som det är godkänt för publicering"),
    "answered_on": (_DAY, "Dagen då svaret lämnades"),
    "due_on": (_DAY, "Dagen då svar senast var utlovat"),
    "in_time": ({"type": ["boolean", "null"]}, "Om svaret kom i tid, räknat från det första löftet"),
    "working_days": ({"type": ["integer", "null"]}, "Arbetsdagar från det att synpunkten kom in till svaret"),
    "measure": (_TEXT, "Vad synpunkten ledde till, enligt kommunens lista"),
    "status": ({"enum": ["open", "answered", "closed"]}, "Läge: pågår, besvarad eller avslutad"),
    "updated_at": (_TEXT | {"format": "date-time"}, "När ärendet senast ändrades"),
}


def as_json(one: Entry, book: RuleBook) -> str:
    """A case as a JSON object on one line."""
    plain = {key: _plain(value, book) for key, value in asdict(one).items() if key in _FIELDS}
    return json.dumps(plain, ensure_ascii=False)


def _plain(value: object, book: RuleBook) -> object:
    if isinstance(value, datetime):
        return value.astimezone(book.calendar.zone).isoformat()
    return value if value is None or isinstance(value, bool | int | str) else str(value)


def opening(book: RuleBook) -> str:
    """How the file with all cases begins; the objects follow, one a line."""
    town = book.municipality
    head = {"$schema": "schema.json", "publisher": town.name, "licence": town.publish.licence}
    return json.dumps(head, ensure_ascii=False).removesuffix("}") + ', "cases": ['


CLOSING: Final = "\n]}\n"


def schema() -> str:
    """The JSON Schema of the file with all cases."""
    fields = {name: shape | {"description": about} for name, (shape, about) in _FIELDS.items()}
    case = {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}
    names = {"$schema": _TEXT, "publisher": _TEXT, "licence": _TEXT}
    whole: dict[str, Any] = {"$schema": _SCHEMA, "title": "Publicerade synpunkter", "type": "object"}
    whole |= {"properties": names | {"cases": {"type": "array", "items": case}}, "required": [*names, "cases"]}
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def register(rows: list[Row], book: RuleBook) -> str:
    """The register's public shape as JSON: of a hidden case its number and the day that it came in."""
    lines = [
        json.dumps(
            {"case_id": row.case_id, "received_on": str(row.received_on), "hidden": row.is_hidden}
            | {"answered_on": str(row.answered_on) if row.answered_on else None, "concerns": row.concerns or None},
            ensure_ascii=False,
        )
        for row in rows
    ]
    publisher = json.dumps(book.municipality.name, ensure_ascii=False)
    return f'{{"publisher": {publisher}, "cases": [\n' + ",\n".join(lines) + CLOSING


# --- the catalogue ---------------------------------------------------------------------------------------------------

_NS: Final = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
}
_THEME: Final = "http://publications.europa.eu/resource/authority/data-theme/GOVE"
_SWEDISH: Final = "http://publications.europa.eu/resource/authority/language/SWE"
_FILES: Final = (
    ("synpunkter.json", "Alla publicerade synpunkter som JSON", "application/json"),
    ("open311/v2/requests.xml", "De senaste synpunkterna enligt Open311 GeoReport v2", "application/xml"),
    ("atom.xml", "De senaste synpunkterna som Atom", "application/atom+xml"),
)


def catalogue(book: RuleBook) -> bytes:
    """The catalogue after DCAT-AP-SE 3, as RDF/XML; the municipality has said its public address."""
    town, address = book.municipality, book.municipality.publish.root
    root = etree.Element(_name("rdf:RDF"), nsmap=_NS)
    catalogue = _thing(root, "dcat:Catalog", f"{address}catalog.rdf#katalog")
    _words(catalogue, "dcterms:title", f"Öppna data om synpunkter från {town.name}")
    _words(catalogue, "dcterms:description", f"Synpunkter till {town.name} och svaren på dem, utan personuppgifter.")
    dataset = f"{address}catalog.rdf#synpunkter"
    publisher = f"{address}catalog.rdf#utgivare"
    for key, value in (
        ("dcterms:publisher", publisher),
        ("dcterms:license", town.publish.licence),
        ("dcterms:language", _SWEDISH),
        ("foaf:homepage", f"{address}index.html"),
        ("dcat:dataset", dataset),
    ):
        _points(catalogue, key, value)
    _dataset(root, dataset, publisher, book)
    agent = _thing(root, "foaf:Agent", publisher)
    etree.SubElement(agent, _name("foaf:name")).text = town.name
    for name, about, media in _FILES:
        file = _thing(root, "dcat:Distribution", f"{address}catalog.rdf#{name}")
        _words(file, "dcterms:title", about)
        for key, value in (
            ("dcat:accessURL", address + name),
            ("dcat:downloadURL", address + name),
            ("dcterms:license", town.publish.licence),
            ("dcat:mediaType", f"http://www.iana.org/assignments/media-types/{media}"),
        ):
            _points(file, key, value)
    return etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)


def _dataset(root: etree._Element, about: str, publisher: str, book: RuleBook) -> None:
    town, address = book.municipality, book.municipality.publish.root
    dataset = _thing(root, "dcat:Dataset", about)
    _words(dataset, "dcterms:title", f"Synpunkter till {town.name}")
    text = "Synpunkter, klagomål, frågor och beröm med svar, som de är godkända för publicering. Utan personuppgifter."
    _words(dataset, "dcterms:description", text)
    for word in ("synpunkter", "klagomål", "medborgardialog"):
        _words(dataset, "dcat:keyword", word)
    _points(dataset, "dcterms:publisher", publisher)
    _points(dataset, "dcat:theme", _THEME)
    _points(dataset, "dcterms:language", _SWEDISH)
    _points(dataset, "dcat:landingPage", f"{address}index.html")
    contact = _thing(
        etree.SubElement(dataset, _name("dcat:contactPoint")), "vcard:Organization", f"{address}om.html#kontakt"
    )
    etree.SubElement(contact, _name("vcard:fn")).text = town.name
    if town.contact.email:
        _points(contact, "vcard:hasEmail", f"mailto:{town.contact.email}")
    for name, _, _ in _FILES:
        _points(dataset, "dcat:distribution", f"{address}catalog.rdf#{name}")


def _name(short: str) -> str:
    prefix, _, name = short.partition(":")
    return f"{{{_NS[prefix]}}}{name}"


def _thing(parent: etree._Element, kind: str, about: str) -> etree._Element:
    made = etree.SubElement(parent, _name(kind))
    made.set(_name("rdf:about"), about)
    return made


def _words(parent: etree._Element, key: str, text: str) -> None:
    made = etree.SubElement(parent, _name(key))
    made.set("{http://www.w3.org/XML/1998/namespace}lang", "sv")
    made.text = text


def _points(parent: etree._Element, key: str, at: str) -> None:
    etree.SubElement(parent, _name(key)).set(_name("rdf:resource"), at)
