"""A claim on a letter says whose it is: it ends with that run, and nobody else's word undoes it."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    """Make the step."""
    op.add_column("messages", sa.Column("claimed_by", sa.BigInteger()))
