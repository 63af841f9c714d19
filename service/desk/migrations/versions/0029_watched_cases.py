"""Cases of a mailbox that is only watched are told from those that the municipality has from this service."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    """Make the step."""
    op.add_column("cases", sa.Column("watched", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("beginnings", sa.Column("watched_since", sa.DateTime(timezone=True)))
