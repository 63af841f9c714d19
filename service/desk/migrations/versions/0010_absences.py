"""Absences as they are acted on, a mailbox each, and questions that concern no single case.

What was kept of absences before was never read: a new automatic reply tells of those that still last.
"""

import sqlalchemy as sa
from alembic import op

from service.desk.tables import Instant

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make the step."""
    op.drop_table("absences")
    op.create_table(
        "absences",
        sa.Column("mailbox", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("substitute", sa.Text(), nullable=False),
        sa.Column("cause", sa.String(length=20), nullable=False),
        sa.Column("proven", sa.Boolean(), nullable=False),
        sa.Column("handed", sa.JSON(), nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("mailbox", "email", name=op.f("pk_absences")),
    )
    op.create_table(
        "standing",
        sa.Column("mailbox", sa.Text(), nullable=False),
        sa.Column("nonce", sa.String(length=20), nullable=False),
        sa.Column("about", sa.String(length=20), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("mailbox", "nonce", name=op.f("pk_standing")),
    )
