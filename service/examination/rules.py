"""Checks of a mailbox's rules folder: rules, examples, templates, the people named, and the time zone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from service import rulescheck
from service.config import Part
from service.core.rules.examples import failures
from service.core.rules.rulebook import RuleBook
from service.core.rules.rulechecks import named_addresses
from service.core.speech.english import counted
from service.examination.check import Check, Status
from service.yamlfile import Fault


def checks(part: Part, own: list[str]) -> Iterator[Check]:
    """Whether the folder can be used; `own` are the addresses of all the service's mailboxes."""
    name = f"rules {part.name}"
    book, faults = rulescheck.checked(part.rules, own, part.address)
    templates = part.rules / "templates"
    worded = [fault for fault in faults if Path(fault.file).is_relative_to(templates)]
    for fault in (fault for fault in faults if fault not in worded):
        yield Check(name, Status.WARNING if fault.warning else Status.FAILED, fault.bare)
    if book:
        held = {"rules": book.routing.rules, "units": book.people.units, "forms": book.forms}
        counts = ", ".join(counted(len(each), what) for what, each in held.items())
        yield Check(name, Status.OK, f"{part.rules}: {counts}")
        yield _examples(part, book)
        yield _people(part, book)
        yield _zone(part, book)
    yield from _templates(part.name, worded)


def _templates(name: str, faults: list[Fault]) -> Iterator[Check]:
    for fault in faults:
        what = f"{fault.file}:{fault.line}: {fault.message}"
        yield Check(f"templates {name}", Status.FAILED, f"{what}; the shipped one is used until it is mended")
    if not faults:
        yield Check(f"templates {name}", Status.OK, "all can be filled in")


def _people(part: Part, book: RuleBook) -> Check:
    name, found = f"people {part.name}", invented_people(part, book)
    if found:
        return Check(name, Status.WARNING if found.warning else Status.FAILED, f"{found.message}; {found.suggestion}")
    return Check(name, Status.OK, f"{len(_named(book))} addresses")


def invented_people(part: Part, book: RuleBook) -> Fault | None:
    """Whether the addresses of the shipped profiles are still there: mail to them reaches nobody (RFC 2606)."""
    invented = sorted(filter(_is_invented, _named(book)))
    if not invented:
        return None
    text = f"{len(invented)} addresses end in .example, such as {invented[0]}: mail to them reaches nobody"
    trial = _is_invented(part.address)
    advice = "fine for a trial, since the mailbox is invented too" if trial else _OWN_PEOPLE
    return Fault(str(part.rules / "people.yaml"), 1, 1, text, advice, warning=trial)


_OWN_PEOPLE = "write the municipality's own in people.yaml"


def _named(book: RuleBook) -> set[str]:
    return {address.casefold() for _, _, address in named_addresses(book)}


def _is_invented(address: str) -> bool:
    domain = address.rpartition("@")[2].casefold()
    return domain.endswith((".example", ".test", ".invalid")) or domain in _INVENTED


_INVENTED = {"example", "example.com", "example.net", "example.org", "example.se"}


def _examples(part: Part, book: RuleBook) -> Check:
    if not book.routing.examples:
        text = f"there are none; write some in {part.rules / 'routing.yaml'} to see what a change does"
        return Check(f"examples {part.name}", Status.WARNING, text)
    failed, total = len(list(failures(book))), len(book.routing.examples)
    if failed:
        text = f"{failed} of {total} are routed otherwise than they expect; see `synpunkten rules test {part.rules}`"
        return Check(f"examples {part.name}", Status.FAILED, text)
    return Check(f"examples {part.name}", Status.OK, f"{total} of {counted(total, 'examples')} routed as expected")


def _zone(part: Part, book: RuleBook) -> Check:
    zone = book.municipality.time_zone
    local = datetime.now(ZoneInfo(str(zone)))
    return Check(f"time zone {part.name}", Status.OK, f"{zone}, where it is {local:%Y-%m-%d %H:%M}")
