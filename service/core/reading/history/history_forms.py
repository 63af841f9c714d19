"""The forms in which mail programs introduce what they quote, in the languages that reach a Swedish municipality.

Three forms exist: a separator line, a block of header fields (Outlook), and a line that names date and author (Gmail,
Apple Mail, Thunderbird). All matching is per line or over a few joined lines of bounded length, so that no text can
make it slow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from service.core.reading.history.attributions import attribution
from service.core.reading.history.header_fields import after_header, header_block
from service.core.reading.history.lines import LINE_LIMIT
from service.core.reading.history.separators import is_separator


@dataclass(frozen=True, slots=True)
class Head:
    """The lines from the one asked about up to `end` introduce a quotation.

    `certain`: the form is a machine's beyond doubt, so what follows is history even without a quotation mark.
    """

    end: int
    certain: bool


def head(lines: Sequence[str], start: int) -> Head | None:
    """Return the introduction to a quotation that begins at line `start`, if one does."""
    if is_separator(lines[start][:LINE_LIMIT]):
        return Head(after_header(lines, start + 1), certain=True)
    block = header_block(lines, start)
    if block is not None:
        return Head(block, certain=True)
    found = attribution(lines, start)
    return Head(*found) if found else None
