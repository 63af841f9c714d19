"""`synpunkten report`: the figures of a period as a file."""

from __future__ import annotations

import enum
from collections.abc import Callable
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from service import config as configuration
from service.cli.choosing import in_use, mailbox_named
from service.cli.options import DEFAULT_CONFIG, ConfigFile
from service.cli.register import opened
from service.core.calendar.periods import spanning
from service.core.decide.reporting import WHOLE
from service.core.decide.seeing import unit_named
from service.core.figures.report import Wanted
from service.core.figures.sheets import Shape, shape
from service.core.rules.people import Unit
from service.core.rules.rulebook import RuleBook
from service.desk.lookup.counting import last_happened, reported
from service.rulesfolder import load


class Format(enum.StrEnum):
    """What the figures are written as."""

    HTML = "html"
    XLSX = "xlsx"
    CSV = "csv"
    JSON = "json"


_WRITERS = {
    Format.HTML: "service.giving.reports.page:as_page",
    Format.XLSX: "service.giving.reports.workbook:as_workbook",
    Format.CSV: "service.giving.reports.lists:as_csv",
    Format.JSON: "service.giving.reports.lists:as_json",
}


def report(
    first: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], metavar="DATE", help="the first day")],
    last: Annotated[
        datetime, typer.Option("--to", formats=["%Y-%m-%d"], metavar="DATE", help="the last day, included")
    ],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="the file to write; - is standard output")],
    form: Annotated[Format, typer.Option("--format", help="what to write")] = Format.HTML,
    unit: Annotated[str, typer.Option("--unit", metavar="U", help="only this unit's cases, by its id or name")] = "",
    public: Annotated[bool, typer.Option("--public", help="to be published: no case numbers, no small groups")] = False,
    mailbox: Annotated[str, typer.Option("--mailbox", metavar="NAME", help="which, where there are several")] = "",
    config: ConfigFile = DEFAULT_CONFIG,
) -> None:
    """Write the statistics of what came in within a period, as things stand now.

    Example: synpunkten report --from 2026-01-01 --to 2026-06-30 --format html --out halvår.html
    """
    if first > last:
        raise typer.BadParameter(f"--from {first.date()} is later than --to {last.date()}")
    part = mailbox_named(configuration.examine(config).parts, mailbox)
    book = load(part.rules)
    only = _unit(unit, book) if unit else None
    period = spanning(in_use(first.date()), in_use(last.date()))
    wanted = Wanted(period, frozenset({only.id}) if only else None, only.name if only else WHOLE)
    with opened(config) as s:
        # A register that was run with another clock (`run --now`) has a time of its own, which is later.
        now = max(filter(None, (datetime.now(UTC), last_happened(s, part.name))))
        made = shape(reported(s, part.name, wanted, book, now), public=public)
    content = _writer(form)(made)
    if str(out) == "-":
        typer.get_binary_stream("stdout").write(content)
    else:
        out.write_bytes(content)
        typer.echo(f"{out}: {period.name}, {wanted.about}")


def _writer(form: Format) -> Callable[[Shape], bytes]:
    """What makes the bytes; imported when it is needed, for its libraries are heavy."""
    module, _, name = _WRITERS[form].partition(":")
    writer: Callable[[Shape], bytes] = getattr(import_module(module), name)
    return writer


def _unit(words: str, book: RuleBook) -> Unit:
    """The unit of that id or name."""
    found = book.unit(words) or unit_named(words, book)
    if found is None:
        names = ", ".join(unit.id for unit in book.people.units)
        raise typer.BadParameter(f'there is no unit "{words}"; there are {names}')
    return found
