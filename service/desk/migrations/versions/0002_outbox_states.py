"""Letters that are held back or uncertain, and staff addresses that cannot be reached for now."""

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the step."""
