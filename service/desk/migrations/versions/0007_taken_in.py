"""Who took a case's feedback in, and what registrars set: registry number, wording for publication, related cases."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the step."""
    with op.batch_alter_table("cases") as cases:
        for name in ("received_by", "registry_number", "public_text"):
            cases.add_column(sa.Column(name, sa.Text(), nullable=False, server_default=sa.text("''")))
        cases.add_column(sa.Column("related", sa.JSON(), nullable=False, server_default=sa.text("'[]'")))
