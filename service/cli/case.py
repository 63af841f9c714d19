"""`synpunkten case`: the register of cases, to be looked at (contract section 5)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from sqlalchemy import Connection

from service.cli.choosing import choosing, refuse_unknown
from service.cli.labels import labelled
from service.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile, write
from service.cli.register import cell, console, day, facts, indented, minute, opened, print_array, table
from service.core.alike import searching
from service.core.identity.numbers import find_numbers
from service.core.speech.english import counted
from service.desk.lookup import catalogue
from service.desk.lookup.wanted import Wanted

if TYPE_CHECKING:
    from rich.table import Table

    from service.cli.trace import Trace

app = typer.Typer(
    help="List, show, search, export and import cases.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)

_LIMIT = 50

Limit = Annotated[
    int | None,
    typer.Option("--limit", metavar="N", min=1, help=f"at most so many, the newest ({_LIMIT}; with --json all)"),
]


@app.command("list")
@choosing
def list_cases(
    wanted: Wanted, as_json: AsJson = False, limit: Limit = None, config: ConfigFile = DEFAULT_CONFIG
) -> None:
    """List cases, the newest first.

    Example: synpunkten case list --open --unit gata-park
    """
    with opened(config) as s:
        _print_found(s, wanted, as_json, limit, config)


@app.command()
def show(
    number: Annotated[list[str], typer.Argument(metavar="NUMBER", help="in any spelling that a subject may have")],
    as_json: AsJson = False,
    trace: Annotated[bool, typer.Option("--trace", help="explain how each due day was counted")] = False,
    config: ConfigFile = DEFAULT_CONFIG,
) -> None:
    """Show one case with its deadlines, messages and everything that has happened.

    Example: synpunkten case show EKV-26-00123-K --trace
    """
    wanted = _number(" ".join(number))
    with opened(config) as s:
        case = catalogue.shown(s, wanted)
        traced = _traced(s, wanted, config) if trace and case else None
    if case is None:
        raise _unknown(wanted)
    [case] = labelled([case], config)
    if as_json:
        more = {"trace": traced.as_json()} if traced else {}
        write(json.dumps(case | more, ensure_ascii=False, indent=1))
        return
    _print_case(case)
    if traced:
        console().print("\nhow the due days were counted, by the rules as they are now")
        console().print(indented("\n".join(traced.lines())))


@app.command()
def export(
    number: Annotated[str, typer.Argument(metavar="NUMBER", help="in any spelling that a subject may have")],
    to: Annotated[Path, typer.Option("--to", metavar="DIR", help="where the case's folder is written; it is made")],
    config: ConfigFile = DEFAULT_CONFIG,
) -> None:
    """Write a whole case as a folder: a page to read, every mail byte for byte, letters to print, the data as JSON.

    Example: synpunkten case export EKV-26-00123-K --to utdrag
    """
    from service.desk.lookup import reader  # noqa: PLC0415 - for which no list waits
    from service.giving import casefolder  # noqa: PLC0415

    wanted = _number(number)
    with opened(config) as s:
        record = next(reader.read(s, Wanted(number=wanted), mails=True), None)
        if record is None:
            raise _unknown(wanted)
        case = catalogue.shown(s, wanted)
        label = next(labelled([case], config))["status_label"] if case else None
        home = casefolder.write(s, record, to, label=label)
    typer.echo(f"{home / 'index.html'}: {counted(len(record.mails), 'mails')}")
    if record.case.secrecy:
        typer.echo("the case is secret: judge each fact before anything is handed over", err=True)


@app.command("import")
def import_cases(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV or Excel (.xlsx), with a row of headings")],
    mapping: Annotated[Path, typer.Option("--map", metavar="FILE", help="YAML: which column is which fact")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="say what is not understood, and write nothing")] = False,
    as_json: AsJson = False,
    config: ConfigFile = DEFAULT_CONFIG,
) -> None:
    """Import closed and open cases from the system that was used before. Nobody outside is written to.

    What is not understood is left out and said, row by row, with status 1. Run again after the mapping file is
    corrected, or after it was broken off, it imports what is missing: an old number that is there already is left.

    Example: synpunkten case import arenden.xlsx --map arenden.yaml --dry-run
    """
    from service.cli import takeover  # noqa: PLC0415 - with it come rules and mail servers, for which no list waits

    takeover.import_cases(file, mapping, config, dry=dry_run, as_json=as_json)


def _number(given: str) -> str:
    candidates = find_numbers(given)
    if len(candidates) != 1:
        raise typer.TyperException(f'"{given}" is not one case number; a number looks like EKV-26-00123-K')
    return candidates[0]


def _unknown(number: str) -> typer.TyperException:
    return typer.TyperException(f"there is no case {number}; `synpunkten case list` shows those there are")


@app.command()
def hold(
    number: Annotated[list[str], typer.Argument(metavar="NUMBER", help="in any spelling that a subject may have")],
    why: Annotated[str, typer.Option("--why", help="the reason, which is kept with the decision")] = "",
    release: Annotated[bool, typer.Option("--release", help="the rules decide about it again")] = False,
    config: ConfigFile = DEFAULT_CONFIG,
) -> None:
    """Keep a case from being disposed of: somebody has asked to see it, has appealed, or the police want it.

    Example: synpunkten case hold EKV-26-00123-K --why "begäran om utlämnande"
    """
    from service.cli.dispose import hold as hold_it  # noqa: PLC0415 - with the rules comes half a second

    if not release and not why.strip():
        raise typer.BadParameter("--why needs some words: the decision is kept with them")
    wanted = _number(" ".join(number))
    with opened(config):  # a register of this version is there
        pass
    if not hold_it(config, wanted, "" if release else why.strip()):
        raise _unknown(wanted)
    typer.echo(
        f"{wanted}: {'the rules decide about its disposal again' if release else 'nothing of it is disposed of'}"
    )


def _traced(s: Connection, number: str, config: Path) -> Trace | None:
    from service.cli.trace import of  # noqa: PLC0415 - with the rules comes half a second, for which no list waits

    return of(s, number, config)


@app.command()
@choosing
def search(
    words: Annotated[list[str], typer.Argument(metavar="WORDS", help="all of them must occur, in any form of theirs")],
    wanted: Wanted,
    as_json: AsJson = False,
    limit: Limit = None,
    config: ConfigFile = DEFAULT_CONFIG,
) -> None:
    """Search numbers, titles, texts, answers, submitters and officers.

    Example: synpunkten case search belysning Storgatan --from 2026-01-01
    """
    if not searching.asked(words):
        raise typer.BadParameter(f'there is no word in "{" ".join(words)}"; write letters or digits')
    with opened(config) as s:
        _print_found(s, replace(wanted, words=tuple(words)), as_json, limit, config)


def _print_found(s: Connection, wanted: Wanted, as_json: bool, limit: int | None, config: Path) -> None:
    # Of a list for people one more is asked for than is shown, to tell that there are more.
    found = catalogue.listed(s, wanted, limit=limit if as_json else (limit or _LIMIT) + 1)
    first = next(found, None)
    if first is None:
        refuse_unknown(wanted, config)
    _print_list(labelled(chain([first] if first else [], found), config), as_json, limit or _LIMIT)


_KEPT_BACK = "(secret)"  # of a secret case no list tells what it is about


def _print_list(found: Iterable[dict[str, Any]], as_json: bool, limit: int) -> None:
    if as_json:
        print_array(found)
        return
    rows = list(found)
    if not rows:
        typer.echo("no cases")
        return
    shown = table("number", "received", "status", "answer by", "unit", "title")
    for case in rows[:limit]:
        days = day(case["received_at"]), day(case["answer_due_at"])
        cells = [
            cell(v)
            for v in (
                case["number"],
                days[0],
                case["status_label"] or case["status"],
                days[1],
                case["unit"],
                _KEPT_BACK if case["secrecy"] else case["title"],
            )
        ]
        cells[-1].no_wrap, cells[-1].overflow = True, "ellipsis"  # a case a line
        shown.add_row(*cells)
    console().print(shown)
    if len(rows) > limit:
        typer.echo(f"and older ones; --limit shows more than {limit}", err=True)


def _print_case(case: dict[str, Any]) -> None:
    without = {"submitter", "text", "answer", "deadlines", "events", "messages"}
    if hold := case["hold"]:
        case["hold"] = f"{hold['why']} (since {minute(hold['since'])})" if hold["since"] else hold["why"]
    case["related"] = [f"{each['number']} ({each['how']})" for each in case["related"]]
    submitter = {f"submitter {key}": value for key, value in case["submitter"].items()}
    zone = {"times in": "Europe/Stockholm"}
    for message in case["messages"]:
        message["other party"] = message["from" if message["direction"] == "in" else "to"]
        message["files"] = ", ".join(each["filename"] for each in message["files"])
    screen = console()
    screen.print(facts({**case, **submitter, **zone}, without))
    for key in ("text", "answer"):
        if case[key]:
            screen.print(f"\n{key}")
            screen.print(indented(case[key]))
    for key, columns in _LISTS.items():
        if case[key]:
            screen.print(f"\n{key}")
            screen.print(_rows(case[key], columns))


_LISTS = {
    "deadlines": ("kind", "due_at", "met_at", "missed_at"),
    "messages": ("at", "direction", "kind", "state", "other party", "files"),
    "events": ("at", "kind", "actor", "text"),
}


def _rows(entries: list[dict[str, Any]], columns: tuple[str, ...]) -> Table:
    shown = table(*(column.removesuffix("_at") for column in columns))
    for entry in entries:
        values = (minute(entry[key]) if key == "at" or key.endswith("_at") else entry[key] for key in columns)
        shown.add_row(*map(cell, values))
    return shown
