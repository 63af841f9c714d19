"""Cases are looked up by their number in the diary: a mail may name that alone."""

from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    """Make the step."""
    op.create_index("ix_cases_registry_number", "cases", ["registry_number"])
