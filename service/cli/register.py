"""Looking into the register: opening it to read, and printing what is found, as JSON or for people."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Container, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from sqlalchemy import Connection

from service import glance
from service.cli.options import write
from service.desk.database import Database, exists

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

_WIDTH = 100
_UNSHOWN = dict.fromkeys([*range(9), *range(11, 32), 127, *range(128, 160)], "\ufffd")
"""Control characters, which a citizen's text could steer the terminal with."""
RawFile = Annotated[
    Path | None, typer.Option("--raw", metavar="FILE", dir_okay=False, help="write the original mail there")
]


@contextlib.contextmanager
def opened(config: Path) -> Iterator[Connection]:
    """The register, to read in. Nothing is created or migrated by looking."""
    looked = glance.at_configuration(config)
    url = looked.database if looked else _carefully(config)
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


def _carefully(config: Path) -> str:
    from service.config import database_of  # noqa: PLC0415 - says what is wrong, where anything is

    return database_of(config)


def print_array(found: Iterable[dict[str, Any]]) -> None:
    """One JSON array, an object a line: a large register is never in memory whole."""
    lines = (json.dumps(case, ensure_ascii=False) for case in found)
    first = next(lines, None)
    write("[" + (first or ""))
    for line in lines:
        write("," + line)
    write("]")


def table(*columns: str) -> Table:
    """Columns alone, so that a line can be copied and cut. On a narrow terminal the last one gives way."""
    from rich.table import Table  # noqa: PLC0415 - JSON waits for no tables

    made = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for column in columns:
        made.add_column(column, no_wrap=column != columns[-1], overflow="ellipsis")
    return made


def console() -> Console:
    """Where tables are printed."""
    from rich.console import Console  # noqa: PLC0415 - JSON waits for no tables

    made = Console(highlight=False, markup=False, emoji=False)
    # What is piped is searched and cut by other programs: no line may be broken or shortened.
    made.width = min(made.width, _WIDTH) if made.is_terminal else 10_000
    return made


def cell(value: Any) -> Text:
    """A value on one line, harmless to the terminal."""
    from rich.text import Text  # noqa: PLC0415 - JSON waits for no tables

    is_plain = value is None or isinstance(value, bool)
    listed = ", ".join(map(str, value)) if isinstance(value, list) else value
    shown = {None: "-", True: "yes", False: "no"}[value] if is_plain else listed
    return Text(" ".join(str(shown).split()).translate(_UNSHOWN))


def facts(entry: Mapping[str, Any], without: Container[str] = ()) -> Table:
    """What is known of one thing, a fact a line; what is empty is left out, and so are the keys in `without`."""
    from rich.table import Table  # noqa: PLC0415 - JSON waits for no tables

    made = Table.grid(padding=(0, 2))
    for key, value in entry.items():
        if value not in (None, []) and key not in without:
            made.add_row(key.replace("_", " "), cell(minute(value) if key.endswith("_at") else value))
    return made


def indented(text: str) -> Text:
    """A text with its lines, harmless to the terminal."""
    from rich.text import Text  # noqa: PLC0415 - JSON waits for no tables

    return Text("\n".join(f"  {line}" for line in text.split("\n")).translate(_UNSHOWN))


def day(at: str | None) -> str | None:
    """The date of a time in ISO 8601."""
    return at and at[:10]


def minute(at: str | None) -> str | None:
    """Date and minute of a time in ISO 8601."""
    return at and at[:16].replace("T", " ")
