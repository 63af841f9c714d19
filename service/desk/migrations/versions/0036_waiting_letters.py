"""An index of what waits to leave, in its order: the next letters are found at once, however many wait."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
_WAITS = "state IN ('queued', 'uncertain')"


def upgrade() -> None:
    """Make the step."""
    op.create_index(
        "ix_messages_waiting",
        "messages",
        ["mailbox", "rank", "next_try_at", "claimed_until", "claimed_by"],
        sqlite_where=sa.text(_WAITS),
        postgresql_where=sa.text(_WAITS),
    )
