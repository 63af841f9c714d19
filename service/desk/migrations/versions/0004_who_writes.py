"""What the register knows of who writes: the wish of Reply-To, and ids that people outside have seen."""

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the step."""
