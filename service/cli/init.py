"""`synpunkten init`: a configuration and a municipality's rules to start from."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated

import typer

from service import rulesfolder
from service.resources import CONFIG_FILE, shipped
from service.yamlfile import nearest

_CONFIGURATION = """\
# Synpunkten for {town}. Paths are relative to this file. `synpunkten doctor` says whether everything is right.

# Any SQLAlchemy address; PostgreSQL where several daemons share the work: postgresql+psycopg://user@host/synpunkten
database: sqlite:///var/synpunkten.db

# How often each mailbox is asked for mail. Where the mail server has IMAP IDLE, mail is noticed at once anyway.
poll: 30 s

# format: json | console; level: debug | info | warning | error. To standard error.
log: {{format: json, level: info}}

# Figures for Prometheus at /metrics, and /healthz: take the mark away to serve them.
# metrics: {{listen: 127.0.0.1:9464}}

# Who hears that the service itself is in trouble; by `smtp`, another mail server, also when the mailbox's own is.
# alerts: {{to: it@{domain}, smtp: {{host: relay.{domain}, port: 25, security: starttls}}}}

mailboxes:
  - name: {name}  # short, and never changed: the register knows the mailbox by it
    address: {address}
    # security: tls | starttls | none (none only towards this machine).
    # A password is {{env: NAME}}, an environment variable, or {{file: PATH}}, a file with nothing else in it.
    imap:
      host: imap.{domain}
      port: 993
      security: tls
      username: {address}
      password: {{env: IMAP_PASSWORD}}
    smtp:
      host: smtp.{domain}
      port: 587
      security: starttls
      username: {address}
      password: {{env: SMTP_PASSWORD}}
    # Who answers for what, and by when. Edited while the daemon runs; `synpunkten rules check` says what is wrong.
    rules: rules/{name}
    # Where mail goes in the mailbox once it is done. Folders that are missing are created.
    folders: {{inbox: INBOX, handled: Ärenden, secrecy: Sekretess, quarantine: Karantän}}
    # The mailbox sends itself a mail so often: that it does not come back is told to `alerts`.
    # canary: 60 minutes
"""


_MANUAL = "LÄSMIG.md"


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="where to write; made when missing")],
    municipality: Annotated[
        str, typer.Option("--municipality", metavar="NAME", help="whose rules to start from; ekvik is invented")
    ],
) -> None:
    """Write DIR/synpunkten.yaml and DIR/rules/NAME to start from. Nothing is overwritten.

    Example: synpunkten init /etc/synpunkten --municipality ekvik
    """
    profiles = {path.name: path for path in sorted(shipped("rules").iterdir()) if path.is_dir()}
    if municipality not in profiles:
        hint = nearest(municipality, profiles)
        raise typer.BadParameter(f'there are no rules for "{municipality}"; {hint}', param_hint="--municipality")
    file, rules = folder / CONFIG_FILE, folder / "rules" / municipality
    for path in (file, rules):
        if path.exists():
            raise typer.TyperException(
                f"{path} exists already and is left as it is; move it away or choose another folder"
            )
    town = rulesfolder.load(profiles[municipality]).municipality
    domain = town.staff_domains[0]
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # secrets and the register may come to lie here
    shutil.copytree(profiles[municipality], rules)
    manual = rules.parent / _MANUAL
    if not manual.exists():
        shutil.copyfile(shipped("rules") / _MANUAL, manual)
    file.touch(mode=0o600)
    file.write_text(
        _CONFIGURATION.format(town=town.name, name=municipality, address=f"synpunkten@{domain}", domain=domain), "utf-8"
    )
    typer.echo(f"{file} and {rules} are written. What is left to do:")
    typer.echo(f"  1. Change servers and addresses in {file}, and people in {rules / 'people.yaml'}.")
    typer.echo(f"     How rules are written is told in {manual}.")
    typer.echo("  2. Set IMAP_PASSWORD and SMTP_PASSWORD.")
    typer.echo(f"  3. synpunkten doctor --config {file}")
    typer.echo(f"  4. synpunkten run --config {file}")
