"""The mornings on which the morning mails were written: each once, whoever looks at the clock."""

import sqlalchemy as sa
from alembic import op

from service.desk.tables import Instant

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the step."""
    op.create_table(
        "mornings",
        sa.Column("mailbox", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("mailbox", "day", name=op.f("pk_mornings")),
    )
