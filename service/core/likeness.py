"""When two mails are the same once more: same sender, subject and words.

A vacation responder without any mark answers each receipt with the same mail, and a phone sends twelve photos in twelve
mails that say nothing. Within the hour such a mail joins the case of the first: one receipt, and every mail is shown.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta

from service.core.message import Message

WITHIN = timedelta(hours=1)


def likeness(message: Message) -> str | None:
    """Equal for mails that are alike; None for a mail without sender."""
    if not message.sender:
        return None
    words = (message.subject, message.new_text or message.text)
    folded = (message.sender.key, *(" ".join(text.casefold().split()) for text in words))
    return hashlib.sha256("\0".join(folded).encode("utf-8", "replace")).hexdigest()
