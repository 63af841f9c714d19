"""What staff call a case, beside the submitter's own words; and whole orders that wait for a yes, not only answers."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


_CASES = sa.table("cases", sa.column("id", sa.Integer), sa.column("pending", sa.JSON))


def upgrade() -> None:
    """Make the step. An answer that waits for a yes becomes the one order of what waits."""
    with op.batch_alter_table("cases") as cases:
        cases.add_column(sa.Column("staff_title", sa.Text(), nullable=False, server_default=sa.text("''")))
    s = op.get_bind()
    for case_id, waiting in s.execute(sa.select(_CASES.c.id, _CASES.c.pending)).all():
        if waiting and "text" in waiting:
            orders = [{"word": "SVAR", "value": waiting.pop("text")}]
            waiting["questions"] = [waiting.pop("question")]
            s.execute(sa.update(_CASES).where(_CASES.c.id == case_id).values(pending={"orders": orders, **waiting}))
