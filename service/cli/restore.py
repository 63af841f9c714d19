"""`synpunkten restore`: look at a backup beside the mailbox, or put it back."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy import make_url

from service import config as configuration
from service import daemon
from service.cli.errors import FAILED
from service.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile, write
from service.core.speech.english import counted, verb
from service.safekeeping import archive, comparing, restoring
from service.safekeeping.archive import Unpacked
from service.safekeeping.comparing import Checked, Compared, Missing
from service.safekeeping.restoring import Restored

_MOST_LISTED = 200


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="a backup")],
    check: Annotated[
        bool, typer.Option("--check", help="only look: is it whole, and what do the mailboxes have that it lacks")
    ] = False,
    rules: Annotated[bool, typer.Option("--rules", help="put back rules folders that are there, too")] = False,
    to: Annotated[
        Path | None,
        typer.Option("--to", metavar="DIR", help="begin in an empty folder, with the configuration of the backup"),
    ] = None,
    as_json: AsJson = False,
    config: ConfigFile = DEFAULT_CONFIG,
) -> None:
    """Put the register back where the configuration says, and rules folders that are missing.

    Stop the daemon first. What is there is kept beside, under a name that tells when; a PostgreSQL database must be
    empty. The next run looks for what has come in since and takes it in again, without a second receipt or answer.
    Letters that waited when the backup was made do not leave by themselves: the registrar gets a list of them.

    With --check nothing is changed: the backup is unpacked and compared with its checksums, its journal is proven, and
    the mailboxes are looked through. Status 1: it is damaged, or a mailbox could not be reached.

    Example: synpunkten restore /var/backups/synpunkten/synpunkten-20261126T010000Z.backup --check
    """
    if check:
        _check(file, config, as_json=as_json)
        return
    place = restoring.put_configuration(file, to) if to else config
    url, folders = configuration.places(place)
    done = restoring.restore(file, url, folders, daemon.utc_now(), with_rules=rules)
    if as_json:
        write(_json(asdict(done) | {"kept": [str(each) for each in done.kept]}))
    else:
        for line in _told(done, place):
            write(line)


def _told(done: Restored, config: Path) -> list[str]:
    lines = [f"the register is as it was on {_minute(done.at)}"]
    lines += [f"rules put back for {name}" for name in done.rules]
    lines += [
        f"rules of {name} are not as in the backup and were left; --rules puts them back" for name in done.differing
    ]
    lines += [f"what was there is kept as {place}" for place in done.kept]
    lines += [f"warning: {doubt}" for doubt in done.doubts]
    lines += [_back_again(done.disposed)] * bool(done.disposed)
    if done.held:
        lines.append(f"held: {counted(done.held, 'letters')} that waited; `synpunkten outbox list` shows what and why")
    for name, many in done.untold.items():
        what = f"warning: {many} of them are of the mailbox {name}, which the configuration does not name"
        lines.append(f"{what}: no registrar gets a list of those")
    lines.append(
        f"now run `synpunkten run --config {config}`: it takes in what has come since, and tells the registrar"
    )
    return lines


def _back_again(disposed: int) -> str:
    """What was disposed of (gallrat) must not come back to life unseen."""
    what = f"warning: {counted(disposed, 'things')} in the copy {verb(disposed, 'was', 'were')} disposed of since"
    return f"{what}: run `synpunkten dispose` once it is put back and its letters are settled"


def _check(file: Path, config: Path, *, as_json: bool) -> None:
    settings = configuration.load(config, rules_to_come=True)
    url = make_url(settings.database)
    place = Path(str(url.database)) if url.get_backend_name() == "sqlite" else None
    with archive.unpacked(file, archive.roomy(file, place)) as copy:
        doubts = archive.doubts(file, copy, daemon.utc_now())
        found = comparing.check(copy, settings.database, settings.mailboxes)
        if as_json:
            write(_json(_as_object(copy, found) | {"warnings": doubts}))
        else:
            for line in (*_lines(copy, found), *(f"warning: {doubt}" for doubt in doubts)):
                write(line)
    if found.faults:
        raise typer.Exit(FAILED)


def _lines(copy: Unpacked, found: Checked) -> list[str]:
    held, proof = found.contents, found.proof
    counts = ", ".join(counted(getattr(held, name), name) for name in ("cases", "mails", "letters"))
    lines = [
        f"taken on {_minute(copy.at)} by version {copy.manifest['version']}; every part is as it was written",
        f"{counts}; {held.waiting} of these would be held",
        *(f"FAILED: {fault}" for fault in proof.faults),
    ]
    if not proof.faults:
        whole = f"{counted(proof.lines, 'lines')}, {proof.documents} mails and letters as they were"
        lines.append(f"the journal is unbroken: {whole}")
    if found.ahead is not None:
        lines.append(
            f"the register in place has {counted(found.ahead, 'lines')} more in its journal, which a restore would lose"
        )
    lines += [_back_again(found.disposed)] * bool(found.disposed)
    for mailbox in found.mailboxes:
        lines += _about(mailbox)
    return lines


def _about(mailbox: Compared) -> list[str]:
    if mailbox.fault:
        return [f"FAILED: {mailbox.fault}"]
    sent = "nobody knows how many" if mailbox.sent is None else str(mailbox.sent)
    again = f"handled since, to be taken in again without letters: {counted(len(mailbox.retaken), 'mails')}"
    lines = [f"mailbox {mailbox.mailbox}: {again}; still to be handled: {len(mailbox.new)}; letters sent since: {sent}"]
    lines += [f"  {_place(mail)}" for mail in mailbox.retaken[:_MOST_LISTED]]
    if len(mailbox.retaken) > _MOST_LISTED:
        lines.append(f"  and {len(mailbox.retaken) - _MOST_LISTED} more; --json lists all")
    return lines


def _place(mail: Missing) -> str:
    return f"{_minute(mail.at) if mail.at else 'without a date':20} {mail.folder}/{mail.uid} {mail.message_id}"


def _as_object(copy: Unpacked, found: Checked) -> dict[str, Any]:
    return {
        "at": copy.manifest["at"],
        "version": copy.manifest["version"],
        "contents": copy.manifest["contents"],
        "journal": {"lines": found.proof.lines, "documents": found.proof.documents, "faults": found.proof.faults},
        "ahead": found.ahead,
        "disposed": found.disposed,
        "mailboxes": [asdict(each) for each in found.mailboxes],
        "ok": not found.faults,
    }


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1, default=_plain)


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _minute(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
