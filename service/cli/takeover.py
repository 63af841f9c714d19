"""`synpunkten case import`: cases from the system that was used before."""

from __future__ import annotations

import contextlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import typer
from sqlalchemy import Connection

from service import config as configuration
from service import daemon, rulesfolder, yamlfile
from service.cli.desks import desks
from service.cli.options import write
from service.cli.progress import followed
from service.cli.register import opened
from service.config import Part
from service.core.cases import Status
from service.core.faulttexts import say
from service.core.people import addresses
from service.core.speech.english import counted, verb
from service.core.takeover.mapping import Takeover
from service.core.takeover.rows import Old, Reader
from service.desk import register, takeover
from service.desk.database import Database, exists
from service.desk.takeover import Taken
from service.takeover import job, sheet
from service.takeover.job import Outcome, Take
from service.yamlfile import Document, YamlFault

_DONE = (Status.ANSWERED, Status.CLOSED, Status.REFUSED)


def import_cases(file: Path, mapping: Path, config: Path, *, dry: bool, as_json: bool) -> None:
    """Take the rows of the file over, or only say what would become of them. Status 1: not all are understood."""
    document = yamlfile.read(mapping)
    wanted = document.validated(Takeover)
    settings = configuration.examine(config)
    part = _part(document, wanted, settings.parts)
    now = daemon.utc_now()
    book = rulesfolder.load(part.rules)
    own = frozenset(addresses.key(each.address) for each in settings.parts)
    reader = Reader(wanted, book, part.name, book.calendar.local_date(now), own)
    try:
        table = sheet.opened(file, wanted.sheet or "")
        job.check(document, wanted, table, reader)
        outcome, letters = _run(table, reader, config, dry=dry)
    except sheet.NoTable as fault:
        raise typer.TyperException(str(fault)) from None
    unused = job.unused(wanted, table)
    if as_json:
        write(json.dumps(_object(file, outcome, unused, letters, dry=dry), ensure_ascii=False, indent=1))
    else:
        _print(outcome, unused, letters, dry=dry)
    if outcome.faults:
        raise typer.Exit(1)


def _part(document: Document, wanted: Takeover, parts: Sequence[Part]) -> Part:
    """The mailbox that the cases are put to."""
    found = [part for part in parts if wanted.mailbox in {None, part.name}]
    if len(found) == 1:
        return found[0]
    names = [part.name for part in parts]
    if wanted.mailbox is None:
        raise YamlFault(
            [document.fault((), say("missing-key", name="mailbox"), say("known-are", words=", ".join(names)))]
        )
    known = yamlfile.nearest(wanted.mailbox, names)
    raise YamlFault([document.fault(("mailbox",), say("not-ours", name=wanted.mailbox), known)])


def _run(table: sheet.Sheet, reader: Reader, config: Path, *, dry: bool) -> tuple[Outcome, int]:
    """What became of the rows, and how many letters tell of the open ones."""
    outcome, letters = Outcome(), 0
    with _looking(config, reader.mailbox) if dry else _taking(config, reader.mailbox, table.file.name) as (take, tell):
        try:
            for _ in followed(job.run(table, reader, take, outcome), table.count(), "rows"):
                pass
        finally:  # broken off, those who have got cases hear of them all the same
            letters = tell(outcome)
    return outcome, letters


@contextlib.contextmanager
def _taking(config: Path, mailbox: str, source: str) -> Iterator[tuple[Take, Any]]:
    """The way of a row into the register, which is made where there is none yet."""
    if exists(url := configuration.load(config).database):
        with opened(config):
            pass  # of another version it says so
    else:
        fresh = Database(url)
        fresh.upgrade()
        fresh.close()
    with desks(config) as every:
        desk = every[mailbox]
        yield (
            lambda rows: takeover.take(desk, rows, source, daemon.utc_now()),
            lambda outcome: takeover.tell(desk, _numbers(outcome), daemon.utc_now()),
        )


def _numbers(outcome: Outcome) -> set[str]:
    return {taken.number for taken in outcome.taken}


@contextlib.contextmanager
def _looking(config: Path, mailbox: str) -> Iterator[tuple[Take, Any]]:
    """The same way, but nothing is written; without a register nothing is there yet."""
    with contextlib.ExitStack() as stack:
        s = stack.enter_context(opened(config)) if exists(configuration.database_of(config)) else None

        def look(rows: Sequence[Old]) -> list[Taken]:
            return [Taken(old, known := _known(s, mailbox, old), was_there=bool(known)) for old in rows]

        yield look, lambda _: 0


def _known(s: Connection | None, mailbox: str, old: Old) -> str:
    """Our number of a case that is there already; empty for a new one."""
    if s is None:
        return ""
    return register.number_of_old(s, mailbox, old.case.external_ref, old.case.registry_number) or ""


# --- what is said ----------------------------------------------------------------------------------------------------


def _counts(outcome: Outcome) -> dict[str, int]:
    new = [taken.old for taken in outcome.taken if not taken.was_there]
    done = sum(old.status in _DONE for old in new)
    return {
        "rows": len(outcome.taken) + outcome.rows_left_out,
        "done": done,
        "open": len(new) - done,
        "secret": sum(old.case.secrecy for old in new),
        "already": len(outcome.taken) - len(new),
        "left_out": outcome.rows_left_out,
    }


def _object(file: Path, outcome: Outcome, unused: list[str], letters: int, *, dry: bool) -> dict[str, Any]:
    return {
        "file": str(file),
        "dry_run": dry,
        **_counts(outcome),
        "letters": letters,
        "unused_columns": unused,
        "cases": [
            {"row": t.old.row, "old_number": t.old.number, "number": t.number or None, "already": t.was_there}
            for t in outcome.taken
        ],
        "faults": [
            {"row": f.row, "column": f.column, "value": f.value, "message": f.what, "nearest": f.nearest or None}
            for f in outcome.faults
        ],
    }


def _print(outcome: Outcome, unused: list[str], letters: int, *, dry: bool) -> None:
    for taken in outcome.taken:
        if taken.was_there:
            typer.echo(f"row {taken.old.row}: {taken.old.number} is there already, as {taken.number}")
    for fault in outcome.faults:
        typer.echo(str(fault))
    kinds = Counter((f.column, " ".join(f.value.split())[:40], f.what, f.nearest) for f in outcome.faults)
    for (column, value, what, near), count in kinds.most_common():
        if count > 1:
            typer.echo(f'{count} rows, column {column}: "{value}" {what}{f"; nearest: {near}" if near else ""}')
    if unused:
        typer.echo(f"columns that nothing is made of: {', '.join(unused)}")
    n = _counts(outcome)
    done = "would be imported" if dry else "imported"
    typer.echo(
        f"{counted(n['rows'], 'rows')}: {n['done']} done and {counted(n['open'], 'open cases')} {done} "
        f"({n['secret']} of them secret), {n['already']} there already, {n['left_out']} left out"
    )
    if letters:
        typer.echo(f"{counted(letters, 'letters')} {verb(letters, 'tells', 'tell')} of the open ones")
