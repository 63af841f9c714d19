"""What cases are about, by keys; others' cases about the same, and the last good answer as a proposal."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Make the step. Cases from before have no keys: they resemble none."""
    with op.batch_alter_table("cases") as cases:
        cases.add_column(sa.Column("alike", sa.JSON(), nullable=False, server_default=sa.text("'[]'")))
        cases.add_column(sa.Column("draft", sa.Text(), nullable=False, server_default=sa.text("''")))
        cases.add_column(sa.Column("draft_from", sa.Text(), nullable=False, server_default=sa.text("''")))
    op.create_table(
        "matters",
        sa.Column("mailbox", sa.Text(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_matters_case_id_cases")),
        sa.PrimaryKeyConstraint("mailbox", "key", "case_id", name=op.f("pk_matters")),
    )
    op.create_index(op.f("ix_matters_case_id"), "matters", ["case_id"])
