"""The binder: anonymous feedback that is kept in order and not registered."""

import sqlalchemy as sa
from alembic import op

from service.desk.tables import Instant

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Make the step."""
    texts = ("channel", "type", "category", "title", "text", "language")
    op.create_table(
        "binder",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mailbox", sa.Text(), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in texts),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_binder"),
        sa.UniqueConstraint("mailbox", "digest", name="uq_binder_mailbox_digest"),
    )
