"""Links that open a new mail with address, subject and text filled in (RFC 6068).

What mail programs agree on decides the form: UTF-8 in percent signs, `%0D%0A` for a new line, `%20` for a blank (a `+`
would stand there as a plus), and no more signs than Outlook for Windows takes from a link.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final
from urllib.parse import quote

LONGEST: Final = 1_800
"""Signs of a link. Outlook for Windows opens nothing, or half a mail, where one is longer than about 2,000."""

_IN_ADDRESS: Final = "@!$'*+,;:"  # what may stand bare before the question mark (RFC 6068 section 2)


def mailto(address: str, subject: str = "", body: str = "") -> str:
    """The link to a new mail.

    body: its lines end as they like. A link that would be longer than `LONGEST` has no body: half of what somebody is
    to send is worse than nothing.
    """
    start = f"mailto:{quote(address, safe=_IN_ADDRESS)}"
    fields = [f"subject={_percent(' '.join(subject.split()))}"] if subject else []
    whole = _joined(start, [*fields, f"body={_percent(_crlf(body))}"] if body else fields)
    return whole if len(whole) <= LONGEST else _joined(start, fields)


def subject_of(number: str) -> str:
    """The subject of a mail about a case, as an answer to a letter of ours has it."""
    return f"Sv: [{number}]"


def _joined(start: str, fields: list[str]) -> str:
    return f"{start}?{'&'.join(fields)}" if fields else start


def _crlf(text: str) -> str:
    return "\r\n".join(text.splitlines())


@lru_cache(maxsize=256)  # the links of a letter have one subject, and say the same as those of the letter before
def _percent(text: str) -> str:
    """The text as a link carries it. Hyphens too: a case number in a link is not our mark, which stands once."""
    return quote(text.encode("utf-8", "replace"), safe="").replace("-", "%2D")
