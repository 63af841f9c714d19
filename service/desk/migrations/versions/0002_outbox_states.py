"""Letters that are held back or uncertain, and staff addresses that cannot be reached for now."""

import sqlalchemy as sa
from alembic import op

from service.desk.tables import Instant

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the step."""
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.add_column(sa.Column("rank", sa.Integer(), nullable=False, server_default="2"))
        batch_op.add_column(sa.Column("held_because", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("told_at", Instant(), nullable=True))
        batch_op.add_column(sa.Column("source", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("tried", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("files_of", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("cause", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("budget_domain", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("likeness", sa.String(length=64), nullable=True))
        batch_op.drop_index("ix_messages_hour")
        batch_op.create_index("ix_messages_hour", ["mailbox", "automatic", "at", "state", "rank"], unique=False)
        batch_op.create_index("ix_messages_domain", ["budget_domain", "at"], unique=False)
        batch_op.create_index("ix_messages_cause", ["cause", "at"], unique=False)
        batch_op.create_index(batch_op.f("ix_messages_likeness"), ["likeness"], unique=False)
    with op.batch_alter_table("quarantine", schema=None) as batch_op:
        batch_op.add_column(sa.Column("told_at", Instant(), nullable=True))
    op.create_table(
        "unreachable",
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.Column("accepted_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("email", name=op.f("pk_unreachable")),
    )
