"""What a case may be besides feedback: an appeal, a threat, a request for records."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    """Make the step."""
    with op.batch_alter_table("cases") as cases:
        cases.add_column(sa.Column("roads", sa.JSON(), nullable=False, server_default=sa.text("'[]'")))
