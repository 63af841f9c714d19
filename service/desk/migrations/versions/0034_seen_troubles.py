"""When a process had a trouble last that somebody has been told of: nobody else takes it to be over."""

import sqlalchemy as sa
from alembic import op

from service.desk.tables import Instant

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    """Make the step. What was told counts as seen then."""
    op.add_column("alarms", sa.Column("seen_at", Instant))
    op.execute("UPDATE alarms SET seen_at = told_at")
    with op.batch_alter_table("alarms") as alarms:
        alarms.alter_column("seen_at", nullable=False)
