"""What waits for a yes: whole orders, not only answers."""

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the step."""
