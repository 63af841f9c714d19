"""What a submitter was told of a later day, and when feedback was taken back."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make the step."""
    with op.batch_alter_table("cases") as cases:
        cases.add_column(sa.Column("delayed_to", sa.Date(), nullable=True))
        cases.add_column(sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True))
