"""`synpunkten doctor`: is everything right before the daemon runs, and what to do where it is not?"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer

from service import logs
from service.cli.colours import line_of
from service.cli.errors import FAILED, UNUSABLE
from service.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile, write
from service.cli.progress import bar
from service.config import LogFormat
from service.core.people import addresses
from service.examination import Status, checks
from service.yamlfile import is_mapping


def doctor(
    config: ConfigFile = DEFAULT_CONFIG,
    as_json: AsJson = False,
    checksum: Annotated[
        str, typer.Option("--checksum", help="look for the journal's checksum of an earlier mail to the registrar")
    ] = "",
    send: Annotated[
        bool, typer.Option("--send", help="send each mailbox a letter, see it there, and take it away again")
    ] = False,
    to: Annotated[str, typer.Option("--to", metavar="ADDRESS", help="send a trial letter to this address, too")] = "",
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="only what is not in order")] = False,
) -> None:
    """Check configuration, rules, templates, database, journal, IMAP and SMTP log-in, folders and clock.

    One line a check: ok, warning or FAILED, and what to do. Nothing is changed, but for the letters that --send and
    --to order, and the journal's line that the former came back. The whole journal is read, with every mail and
    letter: what was changed or taken away since it was written is found.
    Status 1: a check failed. Status 2: the file is missing or no configuration at all.

    Example: synpunkten doctor --config synpunkten.yaml
    """
    logs.set_up(LogFormat.CONSOLE, "error")
    if to and not addresses.is_mailable(to):
        raise typer.BadParameter(f'"{to}" is no mail address', param_hint="--to")
    made = []
    for check in checks(config, checksum, bar, send=send, to=to):
        made.append(check)
        if not as_json and not (quiet and check.status is Status.OK):
            write(line_of(check))
    failed = any(check.status is Status.FAILED for check in made)
    if as_json:
        write(json.dumps({"checks": [asdict(check) for check in made], "ok": not failed}, ensure_ascii=False, indent=1))
    if failed:
        raise typer.Exit(FAILED if is_mapping(config) else UNUSABLE)
