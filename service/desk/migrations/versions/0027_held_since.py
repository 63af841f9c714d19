"""Since when nothing of a case is disposed of."""

import sqlalchemy as sa
from alembic import op

from service.desk.tables import Instant

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    """Make the step."""
    op.add_column("cases", sa.Column("hold_since", Instant()))
