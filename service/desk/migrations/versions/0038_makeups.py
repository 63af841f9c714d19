"""How many places and words a case has among its keys, counted once, and not for each mail that may be like it."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
_COUNTED = """
    INSERT INTO makeups (case_id, places, words)
    SELECT case_id,
        sum(CASE WHEN substr("key", 1, 1) = '@' THEN 1 ELSE 0 END),
        sum(CASE WHEN substr("key", 1, 1) IN ('@', '=') THEN 0 ELSE 1 END)
    FROM matters GROUP BY case_id
"""


def upgrade() -> None:
    """Make the step."""
    op.create_table(
        "makeups",
        sa.Column("case_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("words", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_makeups_case_id_cases")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_makeups")),
    )
    op.execute(_COUNTED)
