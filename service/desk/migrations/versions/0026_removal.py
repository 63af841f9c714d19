"""Mails that are disposed of leave the mailbox, too."""

import sqlalchemy as sa
from alembic import op

from service.desk.tables import Instant

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    """Make the step."""
    op.add_column("messages", sa.Column("left_mailbox_at", Instant()))
    op.create_table(
        "to_remove",
        sa.Column("message", sa.Integer(), nullable=False),
        sa.Column("mailbox", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("message", name="pk_to_remove"),
    )
