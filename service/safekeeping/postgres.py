"""PostgreSQL's own programs: pg_dump takes a copy in one snapshot, pg_restore puts one back or shows its rows."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import URL

from service.safekeeping.faults import SafekeepingFault

_DEBIAN = Path("/usr/lib/postgresql")
_LONGEST_REASON = 300


def dump(url: URL, server: int, snapshot: str, file: Path) -> None:
    """Write the database, as the exported snapshot sees it, in pg_dump's custom form. server: its major version.

    Raises:
        SafekeepingFault: pg_dump is missing, too old, or fails.
    """
    program = _program("pg_dump", server)
    options = ("--format=custom", "--compress=0", "--no-owner", "--no-privileges", f"--snapshot={snapshot}")
    _run([program, *options, f"--file={file}"], url)


def restore(url: URL, server: int, file: Path) -> None:
    """Put a dump into an empty database: all of it or nothing.

    Raises:
        SafekeepingFault: pg_restore is missing, too old, or fails.
    """
    options = ("--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges")
    _run([_program("pg_restore", server), *options, f"--dbname={url.database}", str(file)], url)


def as_text(file: Path, tables: Sequence[str], out: Path) -> None:
    """Write the rows of these tables as PostgreSQL's COPY text, without any server.

    Raises:
        SafekeepingFault: pg_restore is missing, or cannot read the file.
    """
    wanted = [f"--table={name}" for name in tables]
    _run([_program("pg_restore", 0), "--data-only", *wanted, f"--file={out}", str(file)], None)


def _program(name: str, server: int) -> str:
    """The program in a version that knows the server (a dump needs the server's own version or a later one)."""
    places = [shutil.which(name), *(str(folder / "bin" / name) for folder in _DEBIAN.glob("*"))]
    found = [(_version(place), place) for place in places if place and os.access(place, os.X_OK)]
    fitting = [(version, place) for version, place in found if version >= server]
    if fitting:
        return min(fitting, key=lambda each: each[0])[1]
    install = f"install it with `apt-get install postgresql-client{f'-{server}' if server else ''}`"
    if not found:
        raise SafekeepingFault(f"{name} is missing; {install}")
    newest = max(version for version, _ in found)
    raise SafekeepingFault(f"{name} here is of version {newest}, and the server of version {server}; {install}")


def _version(program: str) -> int:
    told = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)  # noqa: S603 - no shell
    found = re.search(r"(\d+)", told.stdout)
    return int(found[1]) if found else 0


def _run(command: Sequence[str], url: URL | None) -> None:
    """Run it. How to reach the server stands in its environment: what is on a command line, everybody can read."""
    environment = os.environ | (_reached(url) if url else {}) | {"LC_MESSAGES": "C"}
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, errors="replace", check=False)  # noqa: S603 - no shell
    except OSError as error:
        raise SafekeepingFault(f"{command[0]}: {error.strerror}") from error
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        raise SafekeepingFault(f"{lines[0][:_LONGEST_REASON] if lines else command[0] + ' failed'}")


def _reached(url: URL) -> dict[str, str]:
    named = {
        "PGHOST": url.host,
        "PGPORT": url.port,
        "PGUSER": url.username,
        "PGPASSWORD": url.password,
        "PGDATABASE": url.database,
    }
    query = {"host": "PGHOST", "port": "PGPORT", "sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT"}
    named |= {query[key]: value for key, value in url.query.items() if key in query and isinstance(value, str)}
    return {key: str(value) for key, value in named.items() if value is not None}
