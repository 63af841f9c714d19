"""`synpunkten init`: a configuration and a municipality's rules to start from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from service import rulesfolder
from service.resources import CONFIG_FILE, shipped
from service.setup import plan
from service.yamlfile import nearest

_IMAP = """\
host: imap.{domain}
port: 993
security: tls
username: {address}
password: {{env: IMAP_PASSWORD}}"""
_SMTP = """\
host: smtp.{domain}
port: 587
security: starttls
username: {address}
password: {{env: SMTP_PASSWORD}}"""


def _profiles(incomplete: str) -> list[str]:
    return sorted(name for name in _shipped() if name.startswith(incomplete))


def _shipped() -> dict[str, Path]:
    return {path.name: path for path in sorted(shipped("rules").iterdir()) if path.is_dir()}


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="where to write; made when missing")],
    municipality: Annotated[
        str,
        typer.Option(
            "--municipality",
            metavar="NAME",
            help="whose rules to start from; ekvik is invented",
            autocompletion=_profiles,
        ),
    ],
) -> None:
    """Write DIR/synpunkten.yaml and DIR/rules/NAME to start from. Nothing is overwritten.

    Example: synpunkten init /etc/synpunkten --municipality ekvik
    """
    profiles = _shipped()
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
    address = f"synpunkten@{domain}"
    imap, smtp = (text.format(domain=domain, address=address).splitlines() for text in (_IMAP, _SMTP))
    list(plan.copy_rules(folder, municipality, municipality))
    plan.put(file, plan.configuration(town.name, municipality, address, imap, smtp), 0o600)
    typer.echo(f"{file} and {rules} are written. What is left to do:")
    typer.echo(f"  1. Change servers and addresses in {file}, and people in {rules / 'people.yaml'}.")
    typer.echo(f"     How rules are written is told in {rules.parent / plan.MANUAL}.")
    typer.echo("  2. Set IMAP_PASSWORD and SMTP_PASSWORD.")
    typer.echo(f"  3. synpunkten doctor --config {file}")
    typer.echo(f"  4. synpunkten run --config {file}")
