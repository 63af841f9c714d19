"""Mails that belong in another folder of the mailbox now."""

import sqlalchemy as sa
from alembic import op

from service.desk.tables import Instant

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """Make the step."""
    op.create_table(
        "refiling",
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("mailbox", sa.Text(), nullable=False),
        sa.Column("folder", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name="fk_refiling_message_id_messages"),
        sa.PrimaryKeyConstraint("message_id", name="pk_refiling"),
    )
