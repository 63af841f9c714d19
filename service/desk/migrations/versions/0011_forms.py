"""The form that a case came by, where on the map it is, and how the mails of each form have looked."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Make the step."""
    with op.batch_alter_table("cases") as cases:
        for name in ("form", "position"):
            cases.add_column(sa.Column(name, sa.Text(), nullable=False, server_default=sa.text("''")))
        cases.create_index("ix_cases_external_ref", ["external_ref"])
    op.create_table(
        "forms",
        sa.Column("mailbox", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("mails", sa.Integer(), nullable=False),
        sa.Column("labels", sa.JSON(), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("mailbox", "form", name="pk_forms"),
    )
