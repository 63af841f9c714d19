"""The journal as proof: each line is linked to the one before it, and each mail and letter has a line that vouches."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from service.core.keeping.chain import BEGINNING, Facts, link, new_salt, seal
from service.desk.tables import Instant

revision = "0021"
down_revision = "0020"

_AT_A_TIME = 5_000
_JOURNAL = sa.table(
    "journal",
    *map(sa.column, ("id", "case_id", "mailbox", "kind", "actor", "text", "message", "document")),
    *map(sa.column, ("salt", "seal", "link")),
    sa.column("at", Instant()),
)
_MESSAGES = sa.table(
    "messages",
    *map(sa.column, ("id", "case_id", "mailbox", "direction", "kind", "sha256")),
    sa.column("at", Instant()),
)
_CHAIN = sa.table("chain", *map(sa.column, ("id", "lines", "link")))


def upgrade() -> None:
    """Make the step. What is there is chained as it stands: the past is proven from now on, not before."""
    with op.batch_alter_table("journal") as journal:
        journal.add_column(sa.Column("message", sa.Integer()))
        journal.add_column(sa.Column("document", sa.String(64)))
        for name, length in (("salt", 32), ("seal", 64), ("link", 64)):
            journal.add_column(sa.Column(name, sa.String(length), nullable=False, server_default=sa.text("''")))
    op.create_index(op.f("ix_journal_message"), "journal", ["message"])
    op.create_table(
        "chain",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("link", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chain")),
    )
    lines, end = _link_the_rest(*_link_lines(op.get_bind()))
    op.get_bind().execute(sa.insert(_CHAIN).values(id=1, lines=lines, link=end))


def _link_lines(s: sa.Connection) -> tuple[int, str]:
    """The lines that are there, in their order; returns how many, and the last link."""
    lines, end, last = 0, BEGINNING, 0
    changed = sa.update(_JOURNAL).where(_JOURNAL.c.id == sa.bindparam("b_id"))
    while rows := s.execute(_after(_JOURNAL, last)).all():
        linked: list[dict[str, Any]] = []
        for row in rows:
            salt = new_salt()
            sealed = seal(salt, row.actor, row.text)
            end = link(end, Facts(row.case_id, row.mailbox, row.at, row.kind, None, None), sealed)
            linked.append({"b_id": row.id, "salt": salt, "seal": sealed, "link": end})
        s.execute(changed, linked)
        lines, last = lines + len(rows), rows[-1].id
    return lines, end


def _link_the_rest(lines: int, end: str) -> tuple[int, str]:
    """A line for each mail and letter: none of those that are there vouches for them. Its time is the last known."""
    s, last = op.get_bind(), 0
    now = s.scalar(sa.select(sa.func.max(_JOURNAL.c.at)))
    while rows := s.execute(_after(_MESSAGES, last)).all():
        added: list[dict[str, Any]] = []
        for row in rows:
            words = {"actor": "", "text": f"{row.direction}:{row.kind}, kept since before the journal was chained"}
            facts = {"case_id": row.case_id, "mailbox": row.mailbox, "at": now or row.at, "kind": "vouched"}
            facts |= {"message": row.id, "document": row.sha256}
            salt = new_salt()
            sealed = seal(salt, words["actor"], words["text"])
            end = link(end, Facts(**facts), sealed)
            added.append({**facts, **words, "salt": salt, "seal": sealed, "link": end})
        s.execute(sa.insert(_JOURNAL), added)
        lines, last = lines + len(rows), rows[-1].id
    return lines, end


def _after(table: Any, last: int) -> sa.Select[Any]:
    return sa.select(table).where(table.c.id > last).order_by(table.c.id).limit(_AT_A_TIME)
