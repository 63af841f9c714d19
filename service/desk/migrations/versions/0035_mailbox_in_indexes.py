"""The indexes of the outbox and of Message-IDs hold the mailbox too: what is asked of one mailbox finds its rows."""

from alembic import op

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    """Make the step."""
    op.drop_index("ix_messages_message_id", "messages")
    op.create_index("ix_messages_message_id", "messages", ["message_id", "mailbox"])
    op.drop_index("ix_messages_outbox", "messages")
    op.create_index("ix_messages_outbox", "messages", ["state", "mailbox", "next_try_at"])
