"""Disposal: cases that are held or disposed of, and leaves of the binder that are disposed of."""

import sqlalchemy as sa
from alembic import op

from service.desk.tables import Instant

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    """Make the step."""
    op.add_column("cases", sa.Column("hold", sa.Text(), nullable=False, server_default=sa.text("''")))
    op.add_column("cases", sa.Column("disposed_at", Instant()))
    op.add_column("binder", sa.Column("disposed_at", Instant()))
