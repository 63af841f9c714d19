"""What a look at the register needs of configuration and rules, and no more: it is read without what checks them.

A list of cases is asked for many times a day, and a third of its time went into the models of what it does not use.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from service import yamlquick


@dataclass(frozen=True, slots=True)
class Glance:
    """Where the register is, and the rules folder of each mailbox by the mailbox's name."""

    database: str
    rules: dict[str, Path]


def at_configuration(path: Path) -> Glance | None:
    """What the configuration says in plain words; None where only the careful reader can tell, or say what is wrong."""
    settings = at_file(path)
    database, mailboxes = settings.get("database"), settings.get("mailboxes")
    named = [each for each in mailboxes if isinstance(each, dict)] if isinstance(mailboxes, list) else []
    if not isinstance(database, str) or not named:
        return None
    folder = path.resolve().parent
    rules = {str(m.get("name") or m["rules"]): folder / m["rules"] for m in named if isinstance(m.get("rules"), str)}
    try:
        return Glance(absolute_sqlite(database, folder), rules)
    except (ArgumentError, ValueError):
        return None


def at_file(path: Path) -> dict[str, Any]:
    """The values of a YAML file that is in order; none of any other."""
    try:
        found = yamlquick.read(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        return {}
    return found.plain if found and isinstance(found.plain, dict) else {}


def absolute_sqlite(url: str, folder: Path) -> str:
    """The database's address with the path of its file made whole.

    Raises:
        ArgumentError, ValueError: it is no address.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database or parsed.database == ":memory:":
        return url
    return parsed.set(database=str(folder / parsed.database)).render_as_string(hide_password=False)
