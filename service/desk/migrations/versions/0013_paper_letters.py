"""Answers that go by letter wait until somebody has posted them; and the keywords of a case."""

import sqlalchemy as sa
from alembic import op

from service.desk.tables import Instant

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Make the step."""
    with op.batch_alter_table("cases") as cases:
        cases.add_column(sa.Column("keywords", sa.JSON(), nullable=False, server_default=sa.text("'[]'")))
        cases.add_column(sa.Column("to_post_since", Instant()))
        cases.add_column(sa.Column("letter_by", sa.Text(), nullable=False, server_default=sa.text("''")))
