"""`synpunkten archive`: packages for the municipality's e-archive."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from importlib import metadata
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from lxml import etree
from rich.console import Console
from rich.progress import Progress

from service import config as configuration
from service.cli.choosing import mailbox_named
from service.cli.options import DEFAULT_CONFIG, ConfigFile
from service.cli.register import opened
from service.core.rules.archiving import ErmsVersion
from service.core.rules.rulebook import RuleBook
from service.core.speech.english import counted, verb
from service.desk.lookup import reader
from service.giving.archive import contents, package, reading
from service.giving.archive.erms import Maker
from service.rulescheck import checked

app = typer.Typer(
    help="Deliver cases to the e-archive.", no_args_is_help=True, add_completion=False, rich_markup_mode=None
)


@app.command()
def export(
    first: Annotated[dt.datetime, typer.Option("--from", formats=["%Y-%m-%d"], metavar="DATE", help="first day")],
    last: Annotated[dt.datetime, typer.Option("--to", formats=["%Y-%m-%d"], metavar="DATE", help="last day")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="a new folder; the package gets its name")],
    closed: Annotated[bool, typer.Option("--closed", help="only cases that are closed or refused")] = False,
    erms: Annotated[ErmsVersion | None, typer.Option(help="another version than the rules say")] = None,
    mailbox: Annotated[str | None, typer.Option(metavar="NAME", help="where there are several")] = None,
    config: ConfigFile = DEFAULT_CONFIG,
) -> None:
    """Write the cases that came in on those days as an archive package: CITS ERMS in an E-ARK SIP.

    FGS Ärendehantering 2.0 in FGS Paketstruktur 2.0. Broken off, it goes on where it was when it is called again.
    Secret cases are in it, marked with their provision: guard the folder.

    Example: synpunkten archive export --from 2026-01-01 --to 2026-12-31 --closed --out leverans-2026
    """
    if last < first:
        raise typer.BadParameter("the last day is before the first")
    name, book = _chosen(config, mailbox)
    terms = book.municipality.archive
    terms = terms.model_copy(update={"erms": erms}) if erms else terms
    version = metadata.version("synpunkten")
    period = contents.Period(name, first.date(), last.date(), closed)
    with opened(config) as s:
        count = reader.count(s, period.wanted)
        if not count:
            raise typer.TyperException("no case came in on those days; nothing is written")
        unfinished = count - sum(reader.count(s, replace(period.wanted, status=status)) for status in contents.ENDED)
        if closed and unfinished == count:
            raise typer.TyperException("none of the cases of those days is closed; nothing is written")
        order = package.Order(period, terms, _maker(book, version), version)
        with Progress(console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task("cases", total=count)
            try:
                written = package.make(s, order, out, lambda: bar.advance(task))
            except package.NotOurs as error:
                raise typer.TyperException(str(error)) from None
    if unfinished and closed:
        left = f"{counted(unfinished, 'cases')} of those days, not closed yet"
        typer.echo(f"left for a later package: {left}", err=True)
    elif unfinished:
        still = f"{unfinished} of them {verb(unfinished, 'is', 'are')} not closed yet"
        typer.echo(f"{still}; --closed leaves such for a later package", err=True)
    if not terms.organisation_number:
        typer.echo("municipality.yaml: archive.organisation_number is not set; most archives ask for it", err=True)
    typer.echo(f"{out}: {counted(written, 'cases')}")


@app.command()
def check(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="a package, or a copy of one")],
) -> None:
    """Read a package back: are all its files there and unchanged, and does its description name each case.

    Example: synpunkten archive check leverans-2026
    """
    if not (folder / "METS.xml").is_file():
        raise typer.TyperException(f"{folder} is no package: it has no METS.xml")
    numbers: list[str] = []
    try:
        wrong = list(reading.faults(folder))
        numbers = [case["number"] for case in reading.cases(folder)] if not wrong else []
        if not wrong and numbers != reading.described(folder):
            wrong = ["erms.xml and register.jsonl do not have the same cases"]
    except (etree.XMLSyntaxError, ValueError, KeyError) as error:
        raise typer.TyperException(f"{folder} is damaged, one of its documents cannot be read: {error}") from None
    for line in wrong:
        typer.echo(line, err=True)
    if wrong:
        raise typer.Exit(1)
    typer.echo(f"{folder}: {counted(len(numbers), 'cases')}, every file as it was written")


def _chosen(config: Path, mailbox: str | None) -> tuple[str, RuleBook]:
    """The mailbox that is meant, and its rules."""
    part = mailbox_named(configuration.salvaged(config)[1], mailbox or "")
    book, faults = checked(part.rules)
    if book is None:
        raise typer.TyperException(f"{part.rules}: {next(iter(faults), 'the rules have faults')}")
    return part.name, book


def _maker(book: RuleBook, version: str) -> Maker:
    committees = (department.committee for department in book.people.departments)
    return Maker(
        municipality=book.municipality.name,
        committees=[name for name in dict.fromkeys(committees) if name],
        software=f"Synpunkten {version}",
        at=dt.datetime.now(ZoneInfo(book.municipality.time_zone)).replace(microsecond=0),
        units={unit.id: unit.name for unit in book.people.units},
        provision=book.municipality.secrecy.provision,
    )
