"""Answers that wait for their time to leave, and what the last obeyed mail changed: both can be taken back."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Make the step."""
    with op.batch_alter_table("cases") as cases:
        cases.add_column(sa.Column("leaving", sa.JSON()))
        cases.add_column(sa.Column("obeyed", sa.JSON()))
