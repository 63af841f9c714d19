"""How many bytes the register holds for a case with its mail and its letters, and where they lie."""

from __future__ import annotations

from sqlalchemy import make_url, text

from service.desk.database import Database

_SHOWN = 6


def told(url: str, cases: int) -> str:
    """What a register holds in which the benchmark's mails are all the cases: in all, and the largest parts."""
    sizes = _sizes(url)
    largest = sorted(sizes.items(), key=lambda each: -each[1])[:_SHOWN]
    listed = ", ".join(f"{name} {size / cases / 1000:.1f}" for name, size in largest)
    return f"{sum(sizes.values()) / cases / 1000:.1f} kB a case; of it {listed}"


def _sizes(url: str) -> dict[str, int]:
    """Bytes by table and index."""
    database = Database(url)
    asked = _SQLITE if make_url(url).get_backend_name() == "sqlite" else _POSTGRESQL
    with database.reading() as s:
        found = {str(name): int(size) for name, size in s.execute(text(asked)).all()}
    database.close()
    return found


_SQLITE = "SELECT name, sum(pgsize) FROM dbstat GROUP BY name"
_POSTGRESQL = (
    "SELECT relname, CASE WHEN relkind = 'r' THEN pg_table_size(c.oid) ELSE pg_relation_size(c.oid) END"
    " FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname = 'public' AND relkind IN ('r', 'i')"
)


def version(url: str) -> str:
    """The PostgreSQL server's version."""
    database = Database(url)
    with database.reading() as s:
        number = str(s.scalar(text("SHOW server_version")))
    database.close()
    return number.split(maxsplit=1)[0]
