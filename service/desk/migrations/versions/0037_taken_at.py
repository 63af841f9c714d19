"""When a run took a mail in hand: for a while it is its own."""

import sqlalchemy as sa
from alembic import op

from service.desk.tables import Instant

revision = "0037"
down_revision = "0036"


def upgrade() -> None:
    """Make the step."""
    op.add_column("in_hand", sa.Column("taken_at", Instant(), nullable=True))
