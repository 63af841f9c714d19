"""Indexes that hold the rows alone in which their column is set."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
_INDEXES = (
    ("ix_messages_answers", "messages", ["answers"]),
    ("ix_messages_likeness", "messages", ["likeness"]),
    ("ix_messages_budget", "messages", ["budget_key", "at"]),
    ("ix_messages_domain", "messages", ["budget_domain", "at"]),
    ("ix_messages_cause", "messages", ["cause", "at"]),
    ("ix_journal_message", "journal", ["message"]),
)


def upgrade() -> None:
    """Make the step. SQLite reads the mails once for each index: some minutes for a million cases."""
    for name, table, columns in _INDEXES:
        is_set = sa.text(f"{columns[0]} IS NOT NULL")
        op.drop_index(name, table)
        op.create_index(name, table, columns, sqlite_where=is_set, postgresql_where=is_set)
