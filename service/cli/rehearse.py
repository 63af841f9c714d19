"""`synpunkten rehearse`: what would have become of the mails that lie in the real mailbox."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Annotated

import typer

from service import config as configuration
from service import logs
from service.cli import progress
from service.cli.choosing import in_use, mailbox_named
from service.cli.options import DEFAULT_CONFIG, ConfigFile
from service.core.speech.english import counted
from service.rehearsal import job
from service.rehearsal.job import Asked
from service.rulesfolder import load


def rehearse(
    since: Annotated[datetime, typer.Option("--since", formats=["%Y-%m-%d"], metavar="DATE", help="the first day")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="the page to write; only you may read it")],
    until: Annotated[
        datetime | None,
        typer.Option("--until", formats=["%Y-%m-%d"], metavar="DATE", help="the last day, included; else today"),
    ] = None,
    folder: Annotated[
        list[str] | None,
        typer.Option("--folder", metavar="NAME", help="a folder to read in place of the inbox; may be given again"),
    ] = None,
    mailbox: Annotated[str, typer.Option("--mailbox", metavar="NAME", help="which, where there are several")] = "",
    secrets: Annotated[bool, typer.Option("--secrets", help="also show what secret cases say")] = False,
    config: ConfigFile = DEFAULT_CONFIG,
) -> None:
    """Read the real mailbox without touching it, and write one page: what would have become of each mail, and why.

    Nothing is sent or moved, and the register is not looked at. The page holds what people have written.

    Example: synpunkten rehearse --since 2026-09-01 --out repetition.html
    """
    settings = configuration.load(config)
    logs.set_up(settings.log.format, "error")
    chosen = mailbox_named(settings.mailboxes, mailbox)
    zone = load(chosen.rules).calendar.zone
    first = datetime.combine(in_use(since.date()), time(), zone)
    now = datetime.now(UTC)
    last = datetime.combine(in_use(until.date()) + timedelta(days=1), time(), zone) if until else now
    if first >= min(last, now):
        raise typer.BadParameter(f"--since {since.date()} leaves no day to look at")
    if out.is_dir() or not out.parent.is_dir():
        fault = "is a folder" if out.is_dir() else f"cannot be written: there is no folder {out.parent}"
        raise typer.BadParameter(f"{out} {fault}; name a file", param_hint="--out")
    own = [each.address for each in settings.mailboxes]
    asked = Asked(chosen, own, _once(folder or [chosen.folders.inbox]), first, min(last, now), secrets)
    done = job.rehearse(asked, out, progress.bar)
    counts = f"{counted(done.mails, 'mails')}, {counted(done.cases, 'cases')}"
    typer.echo(f"{out}: {counts}" + ("; it holds personal data" if done.mails else ""))


def _once(folders: list[str]) -> tuple[str, ...]:
    """Each folder once; INBOX has one name in any case (RFC 3501, 5.1)."""
    return tuple({"INBOX" if name.casefold() == "inbox" else name: None for name in folders})
