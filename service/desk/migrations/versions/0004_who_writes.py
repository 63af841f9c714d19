"""What the register knows of who writes: the wish of Reply-To, and ids that people outside have seen."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the step."""
    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.add_column(sa.Column("submitter_reply_to", sa.Text(), nullable=False, server_default=sa.text("''")))
        batch_op.add_column(sa.Column("submitter_unconfirmed", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.add_column(sa.Column("answers", sa.Text(), nullable=True))
        batch_op.create_index(batch_op.f("ix_messages_answers"), ["answers"], unique=False)
