"""Which account and folder the places are of that the register knows of a mailbox."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"


def upgrade() -> None:
    """Make the step."""
    op.add_column("beginnings", sa.Column("inbox", sa.Text(), nullable=True))
