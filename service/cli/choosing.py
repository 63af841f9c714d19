"""What commands choose by: a mailbox among several, a day, and the options that choose cases (contract section 2)."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Annotated, Any, Protocol, TypeVar
from zoneinfo import ZoneInfo

import typer

from service import glance
from service.core.cases import Status
from service.desk.lookup.wanted import Wanted

_ZONE = ZoneInfo("Europe/Stockholm")
_FIRST_YEAR, _LAST_YEAR = 1900, 2999


def _day(given: str | date) -> date:
    if isinstance(given, date):
        return given
    try:
        return in_use(date.fromisoformat(given))
    except ValueError:
        raise typer.BadParameter(f'"{given}" is not a day; write for example 2026-05-04') from None


def in_use(day: date) -> date:
    """The day, where the days and years around it are days of the calendar too; else BadParameter."""
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise typer.BadParameter(f"{day} is not a day of a register; the year is from {_FIRST_YEAR} to {_LAST_YEAR}")
    return day


class _Named(Protocol):
    @property
    def name(self) -> str: ...


N = TypeVar("N", bound=_Named)


def mailbox_named(mailboxes: Sequence[N], name: str) -> N:
    """The mailbox (or what else stands for it) of that name, or the only one; else BadParameter."""
    names = ", ".join(each.name for each in mailboxes)
    found = [each for each in mailboxes if not name or each.name == name]
    if not found:
        raise typer.BadParameter(f'there is no mailbox "{name}"; there are {names}', param_hint="--mailbox")
    if len(found) > 1:
        raise typer.BadParameter(f"there are several mailboxes; choose one with --mailbox: {names}")
    return found[0]


def _options(
    status: Annotated[Status | None, typer.Option(help="only cases in this state")] = None,
    unfinished: Annotated[bool, typer.Option("--open", help="only cases that still await an answer")] = False,
    late: Annotated[bool, typer.Option("--late", help="only cases whose answer should have come by now")] = False,
    unit: Annotated[str | None, typer.Option(metavar="UNIT", help="the unit's id or name")] = None,
    officer: Annotated[str | None, typer.Option(metavar="ADDRESS", help="the officer's address or name")] = None,
    type_: Annotated[str | None, typer.Option("--type", metavar="TYPE", help='"" for cases without')] = None,
    category: Annotated[str | None, typer.Option(metavar="CATEGORY", help='"" for cases without')] = None,
    process: Annotated[str | None, typer.Option(metavar="PROCESS", help='"" for cases without')] = None,
    channel: Annotated[str | None, typer.Option(metavar="CHANNEL", help="such as e-post or telefon")] = None,
    submitter: Annotated[str | None, typer.Option(metavar="ADDRESS", help="the submitter's address or name")] = None,
    since: Annotated[
        date | None, typer.Option("--from", parser=_day, metavar="DATE", help="came in on that day or later")
    ] = None,
    until: Annotated[
        date | None, typer.Option("--to", parser=_day, metavar="DATE", help="came in on that day or earlier")
    ] = None,
) -> None:
    """Read for its signature alone."""


def choosing(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options above in place of its parameter `wanted`, which it then gets as one value."""
    offered = inspect.signature(_options, eval_str=True).parameters
    own = inspect.signature(command, eval_str=True)

    @functools.wraps(command)
    def chosen(**given: Any) -> None:
        asked = {name: given.pop(name) for name in offered}
        command(**given, wanted=_wanted(given["config"], **asked))

    parameters = [p for p in own.parameters.values() if p.name != "wanted"]
    chosen.__signature__ = own.replace(parameters=[*parameters, *offered.values()])  # type: ignore[attr-defined]
    return chosen


def _wanted(
    config: Path,
    *,
    unit: str | None,
    officer: str | None,
    type_: str | None,
    late: bool,
    since: date | None,
    until: date | None,
    **others: Any,
) -> Wanted:
    """What was asked for, as one value: names of units and people are looked up in the rules."""
    return Wanted(
        units=None if unit is None else {unit, *_ids(config, "units", unit, "id")},
        officer=officer and next(_ids(config, "people", officer, "email"), officer),
        type=type_,
        late_at=datetime.now(UTC) if late else None,
        since=datetime.combine(since, time(), _ZONE) if since else None,
        before=datetime.combine(until + timedelta(days=1), time(), _ZONE) if until else None,
        **others,
    )


def _ids(config: Path, key: str, name: str, known_as: str) -> Iterator[str]:
    """What those with that name are known as in people.yaml, of which nothing else is read."""
    looked = glance.at_configuration(config)
    for rules in looked.rules.values() if looked else ():
        listed = glance.at_file(rules / "people.yaml").get(key)
        for each in listed if isinstance(listed, list) else ():
            if isinstance(each, dict) and str(each.get("name", "")).casefold() == name.casefold():
                yield str(each.get(known_as, ""))


def refuse_unknown(wanted: Wanted, config: Path) -> None:
    """Say so where nothing was found by a word that the rules do not know: a slip must not look like an empty list.

    Of units that the rules have lost the register may know cases; those are found before anybody asks here.

    Raises:
        typer.BadParameter: with the nearest right word.
    """
    looked = glance.at_configuration(config)
    folders = looked.rules.values() if looked else ()
    people = [glance.at_file(rules / "people.yaml") for rules in folders]
    towns = [glance.at_file(rules / "municipality.yaml") for rules in folders]
    units = {str(each[key]) for each in _entries(people, "units") for key in ("id", "name") if key in each}
    _refuse("--unit", next(iter(wanted.units or ()), ""), units if len(wanted.units or ()) == 1 else set())
    staff = {str(each[key]) for each in _entries(people, "people") for key in ("email", "name") if key in each}
    staff |= {str(address) for each in _entries(people, "units") for address in _staff_of(each)}
    _refuse("--officer", wanted.officer or "", staff)
    for option, given, key in (
        ("--type", wanted.type, "types"),
        ("--category", wanted.category, "categories"),
        ("--process", wanted.process, "processes"),
        ("--channel", wanted.channel, "channels"),
    ):
        _refuse(option, given or "", {str(word) for town in towns for word in town.get(key) or ()})


def _entries(files: list[dict[str, Any]], key: str) -> list[dict[str, Any]]:
    return [each for file in files for each in file.get(key) or () if isinstance(each, dict)]


def _staff_of(unit: dict[str, Any]) -> Iterator[object]:
    yield from (unit[key] for key in ("manager", "deputy") if key in unit)
    yield from unit.get("officers") or ()


def _refuse(option: str, given: str, known: set[str]) -> None:
    """Where the rules name none at all, those of the program hold, and nothing is refused."""
    if not given or not known or given.casefold() in {word.casefold() for word in known}:
        return
    from service.yamlfile import nearest  # noqa: PLC0415 - for an error alone

    hint = nearest(given, sorted(known))
    raise typer.BadParameter(f'the rules know no "{given}"{f"; {hint}" if hint else ""}', param_hint=option)
