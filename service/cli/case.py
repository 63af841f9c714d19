"""`synpunkten case`: the register of cases, to be looked at (contract section 5)."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text
from sqlalchemy import Connection

from service import config as configuration
from service.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile, write
from service.core.cases import Status
from service.core.numbers import find_numbers
from service.desk import catalogue
from service.desk.database import Database, exists

app = typer.Typer(
    help="List, show and search cases.", no_args_is_help=True, add_completion=False, rich_markup_mode=None
)

_LIMIT = 50
_WIDTH = 100
_UNSHOWN = dict.fromkeys([*range(9), *range(11, 32), 127, *range(128, 160)], "\ufffd")
"""Control characters, which a citizen's text could steer the terminal with."""

Limit = Annotated[
    int | None,
    typer.Option("--limit", metavar="N", min=1, help=f"at most so many, the newest ({_LIMIT}; with --json all)"),
]


@app.command("list")
def list_cases(
    as_json: AsJson = False,
    status: Annotated[Status | None, typer.Option(help="only cases in this state")] = None,
    unfinished: Annotated[bool, typer.Option("--open", help="only cases that still await an answer")] = False,
    limit: Limit = None,
    config: ConfigFile = DEFAULT_CONFIG,
) -> None:
    """List cases, the newest first.

    Example: synpunkten case list --open
    """
    with _register(config) as s:
        chosen = status.value if status else None
        found = catalogue.listed(s, status=chosen, unfinished=unfinished, limit=_asked(limit, as_json))
        _print_list(found, as_json, limit or _LIMIT)


@app.command()
def show(
    number: Annotated[list[str], typer.Argument(metavar="NUMBER", help="in any spelling that a subject may have")],
    as_json: AsJson = False,
    config: ConfigFile = DEFAULT_CONFIG,
) -> None:
    """Show one case with its deadlines, messages and everything that has happened.

    Example: synpunkten case show EKV-26-00123-K
    """
    given = " ".join(number)
    candidates = find_numbers(given)
    if len(candidates) != 1:
        raise typer.TyperException(f'"{given}" is not one case number; a number looks like EKV-26-00123-K')
    with _register(config) as s:
        case = catalogue.shown(s, candidates[0])
    if case is None:
        raise typer.TyperException(f"there is no case {candidates[0]}; `synpunkten case list` shows those there are")
    if as_json:
        write(json.dumps(case, ensure_ascii=False, indent=1))
    else:
        _print_case(case)


@app.command()
def search(
    words: Annotated[list[str], typer.Argument(metavar="WORDS", help="all of them must occur, whole or as a part")],
    as_json: AsJson = False,
    limit: Limit = None,
    config: ConfigFile = DEFAULT_CONFIG,
) -> None:
    """Search numbers, titles, texts, answers, submitters and officers.

    Example: synpunkten case search belysning Storgatan
    """
    with _register(config) as s:
        each = [word for given in words for word in given.split()]
        _print_list(catalogue.search(s, each, _asked(limit, as_json)), as_json, limit or _LIMIT)


@contextlib.contextmanager
def _register(config: Path) -> Iterator[Connection]:
    """The register, to read in. Nothing is created or migrated by looking."""
    url = configuration.database_of(config)
    if not exists(url):
        raise typer.TyperException("there is no register yet; `synpunkten run` makes it")
    database = Database(url)
    try:
        here, wanted = database.schema()
        if here != wanted:
            raise typer.TyperException(
                "the register has another version's schema; `synpunkten run` brings it up to date"
            )
        with database.reading() as s:
            yield s
    finally:
        database.close()


def _asked(limit: int | None, as_json: bool) -> int | None:
    """How many to ask for: of a list for people one more than is shown, to tell that there are more."""
    return limit if as_json else (limit or _LIMIT) + 1


def _print_list(found: Iterable[dict[str, Any]], as_json: bool, limit: int) -> None:
    if as_json:
        _print_array(found)
        return
    rows = list(found)
    if not rows:
        typer.echo("no cases")
        return
    table = _table("number", "received", "status", "answer by", "unit", "title")
    for case in rows[:limit]:
        days = _day(case["received_at"]), _day(case["answer_due_at"])
        cells = [_cell(v) for v in (case["number"], days[0], case["status"], days[1], case["unit"], case["title"])]
        cells[-1].no_wrap, cells[-1].overflow = True, "ellipsis"  # a case a line
        table.add_row(*cells)
    _console().print(table)
    if len(rows) > limit:
        typer.echo(f"and older ones; --limit shows more than {limit}", err=True)


def _print_array(found: Iterable[dict[str, Any]]) -> None:
    """One JSON array, an object a line: a large register is never in memory whole."""
    lines = (json.dumps(case, ensure_ascii=False) for case in found)
    first = next(lines, None)
    write("[" + (first or ""))
    for line in lines:
        write("," + line)
    write("]")


def _print_case(case: dict[str, Any]) -> None:
    facts = Table.grid(padding=(0, 2))
    facts.add_column(no_wrap=True)
    facts.add_column()
    lists = ("text", "answer", "deadlines", "events", "messages")
    submitter = {f"submitter {key}": value for key, value in case["submitter"].items()}
    for key, value in {**case, **submitter}.items():
        if key not in lists and key != "submitter" and value is not None:
            facts.add_row(key.replace("_", " "), _cell(_minute(value) if key.endswith("_at") else value))
    for message in case["messages"]:
        message["other party"] = message["from" if message["direction"] == "in" else "to"]
    console = _console()
    console.print(facts)
    for key in ("text", "answer"):
        if case[key]:
            console.print(f"\n{key}")
            console.print(_indented(case[key]))
    for key, columns in _LISTS.items():
        if case[key]:
            console.print(f"\n{key}")
            console.print(_rows(case[key], columns))


_LISTS = {
    "deadlines": ("kind", "due_at", "met_at", "missed_at"),
    "messages": ("at", "direction", "kind", "state", "other party"),
    "events": ("at", "kind", "actor", "text"),
}


def _rows(entries: list[dict[str, Any]], columns: tuple[str, ...]) -> Table:
    table = _table(*(column.removesuffix("_at") for column in columns))
    for entry in entries:
        values = (_minute(entry[key]) if key == "at" or key.endswith("_at") else entry[key] for key in columns)
        table.add_row(*map(_cell, values))
    return table


def _table(*columns: str) -> Table:
    """Columns alone, so that a line can be copied and cut. On a narrow terminal the last one gives way."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for column in columns:
        table.add_column(column, no_wrap=column != columns[-1], overflow="ellipsis")
    return table


def _console() -> Console:
    console = Console(highlight=False, markup=False, emoji=False)
    # What is piped is searched and cut by other programs: no line may be broken or shortened.
    console.width = min(console.width, _WIDTH) if console.is_terminal else 10_000
    return console


def _cell(value: Any) -> Text:
    shown = {None: "-", True: "yes", False: "no"}.get(value, value) if not isinstance(value, str) else value
    return Text(" ".join(str(shown).split()).translate(_UNSHOWN))


def _indented(text: str) -> Text:
    return Text("\n".join(f"  {line}" for line in text.split("\n")).translate(_UNSHOWN))


def _day(at: str | None) -> str | None:
    return at and at[:10]


def _minute(at: str | None) -> str | None:
    return at and at[:16].replace("T", " ")
