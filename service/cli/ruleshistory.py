"""Rules beside the cases that the register already has: what `synpunkten rules diff` and `rules learn` print."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.progress import Progress

from service import config as configuration
from service.cli.options import write
from service.cli.register import cell, console, opened, table
from service.cli.rulebooks import book_in
from service.core.speech.english import counted, verb
from service.desk.lookup import reader
from service.desk.lookup.wanted import Wanted
from service.giving import lessons, replay, rulediff
from service.giving.replay import Change, goes

_ZONE = ZoneInfo("Europe/Stockholm")
_DAYS = 365


def print_diff(old: Path, new: Path, since: dt.datetime | None, as_json: bool, config: Path) -> None:
    """Which cases other rules would send another way."""
    before, after = book_in(old), book_in(new)
    wanted = _wanted(config, old, since)
    with opened(config) as s, _progress(reader.count(s, wanted)) as step:
        found = []
        for change in replay.changes(s, before, after, wanted):
            step()
            found += [change] if change else []
    if as_json:
        write(json.dumps([_as_json(change) for change in found], ensure_ascii=False, indent=1))
        return
    if not found:
        typer.echo("every case goes as before")
        return
    shown = table("number", "before", "after", "by rule", "")
    for change in found:
        judged = {True: "right", False: "wrong", None: ""}[change.is_right]
        rule = change.after.rule or "no rule"
        shown.add_row(*map(cell, (change.number, goes(change.before), goes(change.after), rule, judged)))
    console().print(shown)
    right, wrong = (sum(change.is_right is way for change in found) for way in (True, False))
    go = f"{counted(len(found), 'cases')} {verb(len(found), 'goes', 'go')} another way"
    typer.echo(f"{go}: {right} right, {wrong} wrong, {len(found) - right - wrong} neither")


def print_lessons(folder: Path, since: dt.datetime | None, as_json: bool, config: Path) -> None:
    """The difference on standard output, and the reasons for it on standard error."""
    book, wanted = book_in(folder), _wanted(config, folder, since)
    with opened(config) as s, _progress(reader.count(s, wanted)) as step:
        report = lessons.learn(book, replay.tried(s, book, wanted), step)
    with (folder / "routing.yaml").open(encoding="utf-8", newline="") as file:  # with its own line ends
        proposed = rulediff.difference(file.read(), book, report)
    if as_json:
        write(json.dumps(rulediff.as_json(report, book, proposed), ensure_ascii=False, indent=1))
        return
    for line in rulediff.reasons(report, book):
        typer.echo(line, err=True)
    if proposed:
        write(proposed.rstrip("\n"))
    else:
        typer.echo("nothing to propose", err=True)


def _as_json(change: Change) -> dict[str, object]:
    ways = {"before": goes(change.before), "after": goes(change.after)}
    rules = {"before_rule": change.before.rule or None, "after_rule": change.after.rule or None}
    return {"number": change.number, "unit": change.unit or None, **ways, **rules, "right": change.is_right}


def _wanted(config: Path, folder: Path, since: dt.datetime | None) -> Wanted:
    """The cases of the mailbox that these rules are for."""
    parts = configuration.salvaged(config)[1]
    own = [part.name for part in parts if part.rules.resolve() == folder.resolve()]
    if not own and len(parts) > 1:
        raise typer.TyperException(f"no mailbox of the configuration has its rules in {folder}")
    first = since or dt.datetime.combine(dt.datetime.now(_ZONE).date() - dt.timedelta(days=_DAYS), dt.time())
    return Wanted(mailbox=(own or [part.name for part in parts])[0], since=first.replace(tzinfo=_ZONE))


@contextmanager
def _progress(total: int) -> Iterator[Callable[[], None]]:
    """A bar on a terminal; to be called for each case."""
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("cases", total=total)
        yield lambda: bar.advance(task)
