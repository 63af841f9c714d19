"""What the rounds of a mailbox remember: mails in hand, where a mailbox began, what has been told."""

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the step."""
