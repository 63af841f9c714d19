"""`synpunkten publish`: the public pages and the register's overview, as files for a web server."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Connection

from service import config as configuration
from service.cli.options import DEFAULT_CONFIG, ConfigFile
from service.cli.progress import followed
from service.cli.register import opened
from service.core.cases import Case
from service.core.speech.english import counted
from service.desk import handling
from service.desk.lookup import reader
from service.desk.lookup.wanted import Wanted
from service.giving.publishing import site
from service.giving.publishing.folder import OURS, Folder, NotOurs
from service.rulesfolder import load


def publish(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="an empty folder, or one of an earlier run")],
    config: ConfigFile = DEFAULT_CONFIG,
) -> None:
    """Write the cases that are approved for publication as static pages and open data, and the public register.

    A run that was broken off is taken up again by the next one. With several mailboxes each has a folder of its own.

    Example: synpunkten publish --out /srv/www/synpunkter
    """
    parts = configuration.examine(config).parts
    now = datetime.now(UTC)
    if len(parts) > 1 and (out / OURS).exists():
        raise typer.TyperException(
            f'"{out}" holds the pages of a single mailbox, from which nothing would be withdrawn any more; '
            "name an empty folder, and take the old pages off the web"
        )
    with opened(config) as s:
        secret = handling.secret_in(s)
        for part in parts:
            book = load(part.rules)
            place = out / part.name if len(parts) > 1 else out
            try:
                with Folder(place) as folder:
                    done = site.publish(_cases(s, part.name), book, folder, now=now, secret=secret)
            except NotOurs as error:
                raise typer.TyperException(
                    f'"{error}" holds files that are not ours; name an empty folder, or one of an earlier run'
                ) from None
            counts = f"{counted(done.cases, 'cases')}, {counted(done.rows, 'lines')}"
            typer.echo(f"{place}: {counts} in the register", err=True)
            for number in done.withdrawn:
                typer.echo(f"  not published any more: {number}", err=True)
            if not book.municipality.publish.address:
                typer.echo("  no catalog.rdf: municipality.yaml says no publish.address", err=True)


def _cases(s: Connection, mailbox: str) -> Iterator[Case]:
    """Every case of the mailbox; on a terminal a bar shows how far it has come."""
    wanted = Wanted(mailbox=mailbox, watched=False)
    for record in followed(reader.read(s, wanted), reader.count(s, wanted), mailbox):
        yield record.case
