"""The wording that is approved for publication, and the digest that the approval is of."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Make the step."""
    with op.batch_alter_table("cases") as cases:
        cases.add_column(sa.Column("public_title", sa.Text(), nullable=False, server_default=sa.text("''")))
        cases.add_column(sa.Column("public_answer", sa.Text(), nullable=False, server_default=sa.text("''")))
        cases.add_column(sa.Column("approved", sa.String(length=64), nullable=False, server_default=sa.text("''")))
