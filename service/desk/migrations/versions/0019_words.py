"""The index of the cases' words, and those that lists are chosen by."""

import sqlalchemy as sa
from alembic import op

from service.desk.lookup import wordindex

revision = "0019"
down_revision = "0018"

_LISTED = ["received_at", "id", "status", "unit", "officer", "type", "category", "channel", "process", "mailbox",
           "secrecy", "submitter_email", "submitter_reply_to"]  # fmt: skip


def upgrade() -> None:
    """Make the step. The words of 100,000 cases take a minute or two."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("CREATE VIRTUAL TABLE case_words USING fts5(words, detail=none, tokenize='ascii')")
    else:
        op.create_table(
            "case_words",
            sa.Column("case_id", sa.Integer(), nullable=False),
            sa.Column("words", sa.dialects.postgresql.TSVECTOR(), nullable=False),
            sa.PrimaryKeyConstraint("case_id", name="pk_case_words"),
            sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_case_words_case_id_cases"),
        )
        op.create_index("ix_case_words_words", "case_words", ["words"], postgresql_using="gin")
    wordindex.refill(op.get_bind())
    op.drop_column("cases", "search")
    op.create_index("ix_cases_listed", "cases", _LISTED)
    op.create_index("ix_deadlines_running", "deadlines", ["met_at", "due_at"])
