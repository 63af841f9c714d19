"""Cases that staff mark as secret, and submitters whom no automatic mail goes to."""

import sqlalchemy as sa
from alembic import op

from service.desk.tables import Instant

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Make the step."""
    with op.batch_alter_table("cases") as cases:
        cases.add_column(sa.Column("secrecy_provision", sa.Text(), nullable=False, server_default=sa.text("''")))
        cases.add_column(sa.Column("secret_since", Instant()))
        cases.add_column(sa.Column("blocked", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("stopped") as stopped:
        stopped.add_column(sa.Column("lasting", sa.Boolean(), nullable=False, server_default=sa.false()))
