"""`synpunkten letters`: every mail of a rules folder on one page to look at."""

from pathlib import Path
from typing import Annotated

import typer

from service import gallery
from service.core.speech.english import counted
from service.desk.writing.wording import tried
from service.rulescheck import checked, stationery

_ADDRESS = "synpunkten@{domain}"


def letters(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="a rules folder, for example rules/ekvik")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="where the page is written; it is made")],
) -> None:
    """Write every mail of a rules folder, filled with sample facts, as one page: index.html, and each mail beside it.

    Own templates are marked. Status 1: the rules, or an own template, have faults; where only a template has, the page
    shows the shipped one in its place.

    Example: synpunkten letters rules/ekvik --out brev
    """
    if not folder.is_dir():
        typer.echo(f"synpunkten: {folder}: no such folder", err=True)
        raise typer.Exit(1)
    book, faults = checked(folder)
    wrong = [fault for fault in faults if not fault.warning]
    for fault in wrong:
        typer.echo(str(fault), err=True)
    if book is None:
        raise typer.Exit(1)
    domain = next(iter(book.municipality.staff_domains), "kommun.example")
    address = _ADDRESS.format(domain=domain)
    usable, _ = tried(stationery(folder, book), book, address)
    shown = list(gallery.every_mail(usable, book, address))
    try:
        gallery.write(out, shown, book.municipality.name)
    except OSError as error:
        typer.echo(f"synpunkten: {error.filename or out}: {error.strerror}; name another folder with --out", err=True)
        raise typer.Exit(1) from None
    typer.echo(f"{out / 'index.html'}: {counted(len(shown), 'mails')}")
    if wrong:
        raise typer.Exit(1)
