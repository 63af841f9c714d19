"""Which department and committee has a case, and the files of each mail by name and digest."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Make the step."""
    with op.batch_alter_table("cases") as cases:
        cases.add_column(sa.Column("department", sa.Text(), nullable=False, server_default=sa.text("''")))
        cases.add_column(sa.Column("committee", sa.Text(), nullable=False, server_default=sa.text("''")))
    op.create_table(
        "files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_files"),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name="fk_files_message_id_messages"),
    )
    op.create_index("ix_files_message_id", "files", ["message_id"])
