"""What those who look after the service have been told, so that no new start tells it again."""

import sqlalchemy as sa
from alembic import op

from service.desk.tables import Instant

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    """Make the step."""
    op.create_table(
        "alarms",
        sa.Column("mailbox", sa.Text, primary_key=True),
        sa.Column("kind", sa.String(20), primary_key=True),
        sa.Column("since", Instant, nullable=False),
        sa.Column("told_at", Instant, nullable=False),
    )
