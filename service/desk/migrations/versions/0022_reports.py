"""The reports that have left by themselves, by series and period: each once, whoever looks at the clock."""

import sqlalchemy as sa
from alembic import op

from service.desk.tables import Instant

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """Make the step."""
    op.create_table(
        "reports",
        sa.Column("mailbox", sa.Text(), nullable=False),
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("mailbox", "series", "first", name=op.f("pk_reports")),
    )
