"""CITS ERMS: the description of the cases. Order and values are the schema's; ours come from contract section 5.

Rules of this module: nothing here reads or writes anything; instants are aware and written with their offset; versions
2.1 and 3.0 differ in what `Dialect` says and nowhere else.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from lxml import etree

from service.core.rules.archiving import Archiving, ErmsVersion

NAMESPACE = "https://DILCIS.eu/XML/ERMS"
_SPACES = {"erms": NAMESPACE}
_OURS = uuid.UUID("6f0a3e0e-51d4-5a7e-9d9c-3f5b7a3c1d20")  # a case has the same identifier in every package
_TEXT = str.maketrans(dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF], "\ufffd"))  # XML 1.0 has none

STATUSES = {
    "new": "received",
    "triage": "received",
    "assigned": "in_progress",
    "waiting": "on_hold",
    "answered": "expedited",
    "closed": "closed",
    "refused": "closed",
}
"""Where a case stands, in the words of the schema. What it is here stands beside it, in `register.jsonl`."""

_DIRECTIONS = {"in": "incoming", "out": "outgoing"}
_INTERNAL = {"assignment", "reminder", "escalation", "handover", "echo", "question", "alert", "report", "digest"}
"""Kinds of letters that stay inside the municipality."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """What differs between two versions of CITS ERMS.

    address: the attribute that says what a line of an address is. half_contact: whether an address may stand
    without a telephone number or e-mail, and the other way round. scheme_status: whether the classification scheme
    says that it is in force.
    """

    version: ErmsVersion
    content_type: tuple[str, str]
    address: str = "adressType"
    half_contact: bool = False
    scheme_status: bool = False


DIALECTS = {
    ErmsVersion.V2_1: Dialect(ErmsVersion.V2_1, ("citserms_v2_1", "")),
    # CSIP 2.1.0 does not know the name of version 3.0: it is said as "other".
    ErmsVersion.V3_0: Dialect(ErmsVersion.V3_0, ("OTHER", "citserms_v3_0"), "addressType", True, True),
}


class File(NamedTuple):
    """A document of a case as it lies in the package: `path` from the package's root."""

    path: str
    media_type: str
    size: int
    sha256: str
    at: str


class Maker(NamedTuple):
    """Who makes the package, for whom, and when (aware)."""

    municipality: str
    committees: Sequence[str]
    software: str
    at: dt.datetime
    units: Mapping[str, str]  # the name of each unit by its id
    provision: str  # what makes a secret case secret where nobody has said more


def opening(terms: Archiving, maker: Maker, package: str) -> str:
    """The document up to its first case, to be followed by each case and `CLOSING`."""
    root = etree.Element(f"{{{NAMESPACE}}}erms", nsmap=_SPACES)
    control = _add(root, "control")
    _add(control, "identification", package, identificationType="package")
    _add(control, "identification", maker.municipality, identificationType="arkivbildare")
    digits = (terms.organisation_number or "").replace("-", "")
    if digits:
        _add(control, "identification", digits, identificationType="organisationsnummer")
    scheme = _add(control, "classificationSchema")
    if DIALECTS[terms.erms].scheme_status:
        scheme.set("classificationSchemaId", "scheme")
        scheme.set("classificationSchemaStatus", "current")
    _add(_add(scheme, "textualDescriptionOfClassificationSchema"), "p", terms.classification.scheme)
    upkeep = _add(control, "maintenanceInformation")
    _add(upkeep, "maintenanceStatus", value="new")
    agency = _add(upkeep, "maintenanceAgency")
    if digits:
        _add(agency, "agencyCode", digits, type="organisationsnummer")
    for name in maker.committees or [maker.municipality]:
        _add(agency, "agencyName", name)
    event = _add(_add(upkeep, "maintenanceHistory"), "maintenanceEvent")
    _add(event, "eventType", value="created")
    _add(event, "eventDateTime", _instant(maker.at))
    _agent(event, "deliverer", maker.software)
    _add(root, "aggregations").text = "\n"
    head, _, _ = etree.tostring(root, encoding="unicode").rpartition("</erms:aggregations>")
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + head


CLOSING = "</erms:aggregations></erms:erms>\n"


def aggregation(
    case: Mapping[str, Any],
    documents: Sequence[tuple[Mapping[str, Any], Sequence[File]]],
    terms: Archiving,
    maker: Maker,
) -> str:
    """One case with its documents, as a piece of the document that `opening` begins."""
    at = case["received_at"]
    found = _element("aggregation", systemIdentifier=_identifier(case["number"]), aggregationType="caseFile")
    _add(found, "objectId", case["number"])
    for kind, value in (("diarienummer", case["registry_number"]), ("externt_nummer", case["external_ref"])):
        if value:
            _add(found, "extraId", value, extraIdType=kind)
    code = terms.code_of(case["process"] or "")
    if code:
        _add(found, "classification", fullyQualifiedClassificationCode=code)
    if case["keywords"]:
        words = _add(found, "keywords")
        for word in case["keywords"]:
            _add(words, "keyword", word)
    _add(found, "title", case["title"] or case["number"])
    _add(found, "status", value=STATUSES[case["status"]])
    if case["secrecy"]:
        _add(_add(found, "restriction", restrictionType="confidential"), "regulation", maker.provision)
    _disposal(found, case, terms)
    _agents(found, case, DIALECTS[terms.erms], maker)
    dates = _add(found, "dates")
    marks = (
        ("created", at),
        ("received", at),
        ("opened", at),
        ("expedited", case["answered_at"]),
        ("closed", case["closed_at"]),
    )
    for kind, value in marks:
        if value:
            _add(dates, "date", value, dateType=kind)
    for event in case["events"]:
        _action(found, event)
    for running, (facts, files) in enumerate(documents, 1):
        _record(found, case["number"], running, facts, files)
    return etree.tostring(found, encoding="unicode").replace(f' xmlns:erms="{NAMESPACE}"', "", 1)


def _disposal(parent: etree._Element, case: Mapping[str, Any], terms: Archiving) -> None:
    years = terms.keeping.keep_years
    disposal = _add(parent, "disposal", disposable="true" if years else "false")
    _add(disposal, "disposalScheduleId", terms.keeping.plan)
    began = dt.datetime.fromisoformat(case["closed_at"] or case["received_at"])
    dates = _add(disposal, "dates")
    if years is None:
        _add(dates, "disposalDate", _instant(began), dateType="retention_period_start")
    else:
        _add(dates, "disposalDate", _instant(_years_later(began, years)), dateType="action_due")


def _years_later(at: dt.datetime, years: int) -> dt.datetime:
    try:
        return at.replace(year=at.year + years)
    except ValueError:  # a leap day
        return at.replace(year=at.year + years, day=28)


def _agents(parent: etree._Element, case: Mapping[str, Any], dialect: Dialect, maker: Maker) -> None:
    agents = _add(parent, "agents")
    person = case["submitter"]
    name = person["name"] or person["email"] or "Anonym"
    _reached(_agent(agents, "sender", name), person, dialect)
    unit, committee = maker.units.get(case["unit"] or "", case["unit"]), case["committee"]
    if case["officer"]:
        responsible = _agent(agents, "responsible_person", case["officer"])
        if committee:
            _add(responsible, "organisation", committee)
        if unit:
            _add(responsible, "unitName", unit)
    elif unit:
        _agent(agents, "owner", committee or unit)
    if case["received_by"]:
        _agent(agents, "opening_person", case["received_by"])


def _reached(agent: etree._Element, person: Mapping[str, Any], dialect: Dialect) -> None:
    lines = [(kind, person[key]) for kind, key in (("phonenumber", "phone"), ("email", "email")) if person[key]]
    if (person["address"] and lines) or (dialect.half_contact and (person["address"] or lines)):
        where = _add(agent, "addressContactInformation")
        if person["address"]:
            _add(where, "addressLine", person["address"], **{dialect.address: "postal_address"})
        for kind, value in lines:
            _add(where, "contactLine", value, contactType=kind)
    elif person["email"]:  # 2.1 has no place for an e-mail address without a postal one
        _add(agent, "idNumber", person["email"], idNumberType="email")


def _action(parent: etree._Element, event: Mapping[str, Any]) -> None:
    action = _add(parent, "action")
    _add(action, "actionText", event["text"] or event["kind"])
    _add(action, "actionType", event["kind"])
    _add(_add(action, "dates"), "actionDate", event["at"], dateType="created")
    if event["actor"]:
        _agent(_add(action, "agents"), "agent", event["actor"])


def _record(parent: etree._Element, number: str, running: int, facts: Mapping[str, Any], files: Sequence[File]) -> None:
    kind = facts["kind"]
    record = _element("record", systemIdentifier=_identifier(f"{number}/{running}"), recordType=kind)
    parent.append(record)
    _add(record, "objectId", f"{number}/{running}")
    _add(record, "title", facts["subject"] or kind)
    _add(record, "status", value="expedited" if facts["direction"] == "out" else "received")
    _add(record, "runningNumber", str(running))
    internal = facts["direction"] == "out" and kind in _INTERNAL
    way = "internal_memo_without_follow-up" if internal else _DIRECTIONS[facts["direction"]]
    _add(record, "direction", directionDefinition=way)
    agents = _add(record, "agents")
    for role, who in (("sender", facts["from"]), ("receiver", facts["to"])):
        if who:
            _agent(agents, role, who)
    dates = _add(record, "dates")
    _add(dates, "date", facts["at"], dateType="created")
    _add(dates, "date", facts["at"], dateType="sent" if facts["direction"] == "out" else "received")
    more = _add(record, "additionalInformation")
    for file in files:
        name = file.path.rpartition("/")[2]
        _add(more, "appendix", name=name, path=file.path, fileFormat=file.media_type)


def _agent(parent: etree._Element, kind: str, name: str) -> etree._Element:
    agent = _add(parent, "agent", agentType=kind)
    _add(agent, "name", name)
    return agent


def _element(tag: str, text: str | None = None, **attributes: str) -> etree._Element:
    made = etree.Element(f"{{{NAMESPACE}}}{tag}", nsmap=_SPACES)
    return _filled(made, text, attributes)


def _add(parent: etree._Element, tag: str, text: str | None = None, **attributes: str) -> etree._Element:
    return _filled(etree.SubElement(parent, f"{{{NAMESPACE}}}{tag}"), text, attributes)


def _filled(made: etree._Element, text: str | None, attributes: Mapping[str, str]) -> etree._Element:
    if text:
        made.text = text.translate(_TEXT)
    for key, value in attributes.items():
        made.set(key, value.translate(_TEXT))
    return made


def _identifier(name: str) -> str:
    return str(uuid.uuid5(_OURS, name))


def _instant(at: dt.datetime) -> str:
    return at.isoformat(timespec="seconds")


def numbers_in(document: Iterable[tuple[str, etree._Element]]) -> list[str]:
    """The number of each case that the document describes, in its order, however long it is."""
    found = []
    for _, element in document:
        found.append(element.findtext(f"{{{NAMESPACE}}}objectId") or "")
        element.clear()
    return found
