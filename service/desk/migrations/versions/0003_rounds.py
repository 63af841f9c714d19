"""What the rounds of a mailbox remember: mails in hand, where a mailbox began, what has been told."""

import sqlalchemy as sa
from alembic import op

from service.desk.tables import Instant

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the step."""
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.add_column(sa.Column("link_failures", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("doubts", sa.Integer(), nullable=False, server_default="0"))
    op.create_table(
        "in_hand",
        sa.Column("mailbox", sa.Text(), nullable=False),
        sa.Column("folder", sa.Text(), nullable=False),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=False),
        sa.Column("uid", sa.BigInteger(), nullable=False),
        sa.Column("run", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("deaths", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("mailbox", "folder", "uidvalidity", "uid", name=op.f("pk_in_hand")),
    )
    op.create_table(
        "beginnings",
        sa.Column("mailbox", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("since", Instant(), nullable=True),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=False),
        sa.Column("below", sa.BigInteger(), nullable=False),
        sa.Column("left", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("mailbox", name=op.f("pk_beginnings")),
    )
    op.create_table(
        "told",
        sa.Column("mailbox", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("mailbox", "what", name=op.f("pk_told")),
    )
