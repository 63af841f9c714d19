"""A colleague passes a citizen's mail on (KOP-20): whose it is and what it says, where that is certain.

Only for mails that are certainly a colleague's: anybody can enclose a mail that somebody else never wrote.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import islice

from service.core.mail import Address, Forwarded, Message
from service.core.people import addresses
from service.core.reading.history.quotes_text import FORWARDED

_SUBJECT_OF_ONE = re.compile(r"\s*(?:vb|vs|vl|fw|fwd|wg|vidarebefordrat)\s*:", re.IGNORECASE)
_LONGEST_LINE = 500  # characters; a longer line is no header's
_LABEL = re.compile(
    r"[\s>*_]*(från|from|skickat|sent|datum|date|till|to|kopia|cc|ämne|subject|svara till|reply-to)[*_]*\s*:[*_]*",
    re.IGNORECASE,
)
_FROM, _SUBJECT = {"från", "from"}, {"ämne", "subject"}
_LEAST_LABELS = 3  # lines that a header needs before it is taken for one
_LONGEST_BLOCK = 40
_MOST_FOLDED = 2  # lines that a long list of recipients may go on over
_ADDRESS = re.compile(r"[^\s<>()\[\]\"',;:]{1,64}@[^\s<>()\[\]\"',;:]{1,255}")


def looks_passed_on(message: Message) -> bool:
    """Whether the mail carries another one that it passes on."""
    in_the_text = FORWARDED in message.warnings or bool(_SUBJECT_OF_ONE.match(message.subject))
    return message.forwarded is not None or in_the_text


def passed_on(message: Message) -> Forwarded | None:
    """The one mail that this one passes on, enclosed as a file or below its own header lines; None where in doubt."""
    if message.forwarded:
        return message.forwarded if message.forwarded.sender else None
    return _below_a_header(message.text) if looks_passed_on(message) else None


def own_words(message: Message) -> str:
    """What the sender wrote beside the mail that is passed on: all of it where none is."""
    if message.forwarded or not looks_passed_on(message):
        return message.new_text
    lines = message.text.splitlines()
    begins = next((at for at in range(len(lines)) if _block(lines, at)), None)
    if begins is None:
        return message.new_text
    above = lines[:begins]
    while above and not re.search(r"\w", _SEPARATOR.sub("", above[-1])):
        above.pop()
    return "\n".join(above).strip()


_SEPARATOR = re.compile(
    r"(?i)(?:ursprungligt|vidarebefordrat) (?:meddelande|brev|mejl)|(?:original|forwarded) message|begin forwarded"
)


def as_written_by_its_writer(message: Message, found: Forwarded) -> Message:
    """The mail as if its writer had sent it to us; its files, its place and its arrival stay."""
    return replace(
        message,
        sender=found.sender,
        reply_to=None,
        reply_to_all=(),
        subject=found.subject or message.subject,
        text=found.text,
        new_text=found.text,
        message_id=found.message_id or message.message_id,
        auto_submitted=False,
    )


def _below_a_header(text: str) -> Forwarded | None:
    lines = text.splitlines()
    blocks = list(islice((block for at in range(len(lines)) if (block := _block(lines, at))), 2))
    if len(blocks) != 1:
        return None
    sender, subject, end = blocks[0]
    return Forwarded(sender, subject, "\n".join(lines[end:]).strip(), None)


def _block(lines: list[str], at: int) -> tuple[Address, str, int] | None:
    """A mail's header lines as a mail program copies them, in any order: who, about what, and where they end."""
    if not (first := _label(lines[at])) or (at and _label(lines[at - 1])):
        return None
    found, folded, end = dict([first]), 0, at + 1
    while end < min(len(lines), at + _LONGEST_BLOCK) and lines[end].strip():
        if labelled := _label(lines[end]):
            found.setdefault(*labelled)
            folded = 0
        elif (folded := folded + 1) > _MOST_FOLDED:
            break
        end += 1
    written = next((value for label, value in found.items() if label in _FROM), "")
    sender = _ADDRESS.search(written)
    if len(found) < _LEAST_LABELS or not sender or not addresses.is_mailable(sender[0]):
        return None
    name = written[: sender.start()].removesuffix("mailto:").strip(" \t<[(\"'*_:")
    subject = next((value for label, value in found.items() if label in _SUBJECT), "")
    return Address(name, sender[0]), subject, end


def _label(line: str) -> tuple[str, str] | None:
    found = _LABEL.match(line[:_LONGEST_LINE])
    return (found[1].lower(), line[found.end() : _LONGEST_LINE].strip()) if found else None
