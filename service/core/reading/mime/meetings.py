"""Meetings in a mail: invitations and the answers to them (RFC 5546, 6047), which a calendar writes and no person.

A calendar part is the mail's own where it is the mail itself or an alternative of its text. One that lies beside a
text, or is declared as attached, is a file that a person sends, whatever its method: the line is drawn here alone.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from service.core.reading.mime import decoding, wrappers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from service.core.reading.mime.parts import Part, Splitter

_CALENDARS = {"text/calendar", "text/x-vcalendar", "application/ics"}
_TEXTS = {"text/plain", "text/html", "text/enriched", "text/richtext"}
_KNOWN = ("reply", "counter", "declinecounter", "request", "cancel", "refresh", "add")
_PUBLISHED = "publish"  # the one method that asks for nothing and answers nothing
_MOST_READ = 256 * 1024
_BEGINNING = 2_000
_FOLD = re.compile(r"\n[ \t]")
_METHOD = re.compile(r'^METHOD[ \t]*+(?:;(?:"[^"\n]*+"|[^":\n])*+)?:([^\n]*)', re.IGNORECASE | re.MULTILINE)
_END = re.compile(r"^END[ \t]*+:[ \t]*+VCALENDAR\b", re.IGNORECASE | re.MULTILINE)


def find(root: Part, splitter: Splitter) -> str:
    """Return what shows that the mail is an invitation or the answer to one; '' if it is none."""
    return next((found for part in _own_calendars(root, splitter) if (found := _meeting(part))), "")


def _own_calendars(part: Part, splitter: Splitter, around: tuple[Part, ...] = ()) -> Iterator[Part]:
    """Yield them; `around` are the parts that are shown besides this one."""
    if wrappers.is_smime(part):
        content = wrappers.signed_content(part.content())
        if content is not None:
            inner = splitter.quiet().split(content, depth=1, parent="multipart/signed")
            yield from _own_calendars(inner, splitter, around)
    elif part.children:
        is_choice = part.content_type == "multipart/alternative"
        shown = () if is_choice else (*around, *part.children)
        for child in part.children:
            yield from _own_calendars(child, splitter, shown)
    elif part.content_type in _CALENDARS and not _is_attached(part, around):
        yield part


def _is_attached(part: Part, around: tuple[Part, ...]) -> bool:
    is_declared = part.disposition == "attachment" and bool(part.parent)
    return is_declared or any(map(_says_something, around))


def _says_something(part: Part) -> bool:
    if part.children:
        return any(map(_says_something, part.children))
    is_text = part.content_type in _TEXTS and part.disposition != "attachment"
    return is_text and bool(part.content(_BEGINNING).strip())


def _meeting(part: Part) -> str:
    """Tell by any method that is stated, in the header or in the calendar itself, whether it is about a meeting.

    What states none and does not reach its end (a scanner has taken it away, or it is endless) may be anything.
    """
    text = decoding.clean(decoding.decode(part.content(_MOST_READ), part.charset)[0])
    calendar = _FOLD.sub("", text)
    written = [part.parameters.get("method", ""), *_METHOD.findall(calendar)]
    stated = {method.strip().lower() for method in written} - {""}
    if not stated:
        return "" if _END.search(calendar) else "a calendar part that cannot be read"
    if stated == {_PUBLISHED}:
        return ""
    method = next((known for known in _KNOWN if known in stated), "")
    return f"text/calendar with METHOD:{method.upper()}" if method else "text/calendar with a method of its own"
