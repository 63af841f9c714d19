"""Lists that are answered by lines: what a letter lists, and where a case that nobody has yet may belong."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Make the step."""
    with op.batch_alter_table("cases") as cases:
        cases.add_column(sa.Column("guesses", sa.JSON(), nullable=False, server_default=sa.text("'[]'")))
    with op.batch_alter_table("messages") as messages:
        messages.add_column(sa.Column("listing", sa.JSON(), nullable=True))
