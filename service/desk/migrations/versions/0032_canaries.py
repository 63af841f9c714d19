"""The mail that a mailbox sends to itself from time to time, and whether it has come back."""

import sqlalchemy as sa
from alembic import op

from service.desk.tables import Instant

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    """Make the step."""
    op.create_table(
        "canaries",
        sa.Column("mailbox", sa.Text, primary_key=True),
        sa.Column("message_id", sa.Text, nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("back_at", Instant),
        sa.Column("seconds", sa.Float),
        sa.Column("silent_since", Instant),
    )
