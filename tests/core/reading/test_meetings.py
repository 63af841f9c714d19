"""A calendar part that is the mail's own is a machine's word; one that a person attaches is a file like any other."""

from __future__ import annotations

import base64

import pytest

from service.core.mail import Kind, Message
from service.core.message import read
from tests.core.test_message import DATA, SIGNED_DATA, der

HEAD = "From: Anna Ek <anna@example.org>\nSubject: Syn\nMIME-Version: 1.0\n"
TEXT = "Content-Type: text/plain; charset=utf-8\n\nVi ses vid hålet.\n"
PAGE = "Content-Type: text/html; charset=utf-8\n\n<p>Vi ses vid hålet.</p>\n"
EMPTY = "Content-Type: text/plain\n\n \n"
REPLY = "text/calendar; charset=utf-8; method=REPLY"
ATTACHED = "Content-Disposition: attachment; filename=syn.ics\n"
_BASE64 = "Content-Transfer-Encoding: base64\n"
INLINE = "Content-Disposition: inline; filename=syn.ics\n"


def events(method: str = "METHOD:REPLY\n", before: str = "") -> str:
    return f"BEGIN:VCALENDAR\nVERSION:2.0\n{before}{method}BEGIN:VEVENT\nUID:1\nEND:VEVENT\nEND:VCALENDAR\n"


def calendar(declared: str = REPLY, content: str = "", fields: str = "") -> str:
    return f"Content-Type: {declared}\n{fields}\n{content or events()}"


def many(kind: str, *parts: str, boundary: str = "q") -> str:
    inside = "".join(f"--{boundary}\n{part}\n" for part in parts)
    return f"Content-Type: multipart/{kind}; boundary={boundary}\n\n{inside}--{boundary}--\n"


def mail(body: str, fields: str = "") -> Message:
    return read(f"{HEAD}{fields}{body}".encode())


def signed(content: str) -> str:
    """The content within an opaque signature (S/MIME), whose signers nobody asks for."""
    data = der(0x30, DATA, der(0xA0, der(4, content.encode())))
    wrapped = der(0x30, SIGNED_DATA, der(0xA0, der(0x30, der(2, b"\1"), der(0x31), data)))
    return f"Content-Type: application/pkcs7-mime\n{_BASE64}\n{base64.encodebytes(wrapped).decode()}"


NO_METHOD = "text/calendar; charset=utf-8"
_LONG = "X-PAD:" + "y" * 70 + "\n"


@pytest.mark.parametrize(
    "part",
    [
        pytest.param(calendar(), id="stated in both"),
        pytest.param(calendar(content=events("")), id="stated in the header alone"),
        pytest.param(calendar('text/calendar; METHOD="counter"', events("")), id="quoted, in small letters"),
        pytest.param(calendar("text/calendar;\n charset=utf-8;\n method=CANCEL", events("")), id="folded header"),
        pytest.param(calendar("text/calendar; method*=utf-8''REPLY", events("")), id="RFC 2231"),
        pytest.param(calendar("text/calendar; method=(x)REPLY", events("")), id="with a comment"),
        pytest.param(calendar("text/calendar; method=PUBLISH", events()), id="the calendar says another thing"),
        pytest.param(calendar("text/calendar; method=REPLY", events("METHOD:PUBLISH\n")), id="the header says another"),
        pytest.param(calendar(NO_METHOD), id="stated in the calendar alone"),
        pytest.param(calendar(NO_METHOD, events("method: request \n")), id="small letters and blanks"),
        pytest.param(calendar(NO_METHOD, events("METH\n OD:REPLY\n")), id="folded within the name"),
        pytest.param(calendar(NO_METHOD, events("METHOD:\n REPLY\n")), id="folded before the value"),
        pytest.param(calendar(NO_METHOD, events('METHOD;X="a:b";Y=1:REPLY\n')), id="with parameters"),
        pytest.param(calendar(NO_METHOD, events(before=_LONG * 100)), id="after 7000 characters"),
        pytest.param(calendar(NO_METHOD, events(before=_LONG * 5000)), id="after more than is read"),
        pytest.param(calendar(NO_METHOD, "\ufeff" + events()), id="byte order mark"),
        pytest.param(
            calendar(NO_METHOD, base64.encodebytes(events().encode()).decode(), _BASE64),
            id="base64",
        ),
        pytest.param(
            calendar("text/calendar; charset=utf-16", base64.encodebytes(events().encode("utf-16")).decode(), _BASE64),
            id="UTF-16",
        ),
        pytest.param(calendar(content="The attachment was removed by the mail filter."), id="removed by a scanner"),
        pytest.param(calendar(NO_METHOD, "Removed."), id="removed, and no method"),
        pytest.param(calendar(content="\n"), id="emptied"),
        pytest.param(calendar("application/ics; name=syn.ics; method=REPLY"), id="another name of the type"),
        pytest.param(calendar(fields=INLINE), id="inline, with a name"),
    ],
)
def test_the_mails_own_calendar_part(part: str) -> None:
    for body in (part, many("alternative", TEXT, part), many("alternative", TEXT, PAGE, part)):
        found = mail(body)
        assert (found.kind, found.auto_submitted) == (Kind.CALENDAR, False), found.because


@pytest.mark.parametrize(
    "part",
    [
        pytest.param(calendar("text/calendar; method=PUBLISH", events("METHOD:PUBLISH\n")), id="published"),
        pytest.param(calendar(NO_METHOD, events("")), id="no method"),
        pytest.param(calendar('text/calendar; name="x; method=REPLY"', events("")), id="a name that looks like one"),
        pytest.param(calendar(NO_METHOD, events("DESCRIPTION:a\n METHOD:REPLY\n")), id="within another field"),
    ],
)
def test_a_calendar_part_about_no_meeting(part: str) -> None:
    assert mail(many("alternative", TEXT, part)).kind is Kind.NEW


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (calendar(), Kind.CALENDAR),
        (calendar(fields=ATTACHED), Kind.CALENDAR),  # the mail itself: beside what would it be attached?
        (many("alternative", TEXT, calendar()), Kind.CALENDAR),
        (many("mixed", calendar()), Kind.CALENDAR),
        (many("mixed", EMPTY, calendar()), Kind.CALENDAR),
        (many("mixed", f"{ATTACHED}{TEXT}", calendar()), Kind.CALENDAR),
        (many("mixed", many("alternative", TEXT, PAGE, calendar(), boundary="r"), calendar("x/y")), Kind.CALENDAR),
        (many("mixed", TEXT, many("alternative", TEXT, calendar(), boundary="r")), Kind.CALENDAR),
        (many("alternative", TEXT, many("mixed", calendar(), boundary="r")), Kind.CALENDAR),
        (many("signed", many("alternative", TEXT, calendar(), boundary="r")), Kind.CALENDAR),
        (signed(calendar()), Kind.CALENDAR),
        (signed(many("alternative", TEXT, calendar())), Kind.CALENDAR),
        (signed(calendar(fields=ATTACHED)), Kind.NEW),
        (signed(many("mixed", TEXT, calendar())), Kind.NEW),
        (many("mixed", TEXT, signed(calendar())), Kind.NEW),
        (signed("").replace("MI", "MA"), Kind.NEW),
        (many("mixed", TEXT, calendar()), Kind.NEW),
        (many("mixed", calendar(), TEXT), Kind.NEW),
        (many("mixed", TEXT, calendar(fields=INLINE)), Kind.NEW),
        (many("mixed", TEXT, calendar(fields=ATTACHED)), Kind.NEW),
        (many("mixed", PAGE, calendar(fields=ATTACHED)), Kind.NEW),
        (many("mixed", EMPTY, calendar(fields=ATTACHED)), Kind.NEW),
        (many("mixed", many("alternative", TEXT, PAGE, boundary="r"), calendar()), Kind.NEW),
        (many("mixed", TEXT, many("mixed", calendar(), boundary="r")), Kind.NEW),
        (many("alternative", TEXT, many("related", PAGE, calendar(), boundary="r")), Kind.NEW),
        (many("alternative", TEXT, calendar(fields=ATTACHED)), Kind.NEW),
        (many("mixed", TEXT, f"Content-Type: message/rfc822\n\n{HEAD}{calendar()}"), Kind.NEW),
        (many("mixed", TEXT, calendar("application/octet-stream; name=syn.ics")), Kind.NEW),
    ],
)
def test_where_the_line_to_a_file_is_drawn(body: str, kind: Kind) -> None:
    assert mail(body).kind is kind


@pytest.mark.parametrize(
    ("part", "because"),
    [
        (calendar(), "text/calendar with METHOD:REPLY"),
        (calendar(NO_METHOD, events("METHOD:cancel\n")), "text/calendar with METHOD:CANCEL"),
        (calendar("text/calendar; method=REQUEST", events("METHOD:REPLY\n")), "text/calendar with METHOD:REPLY"),
        (calendar(NO_METHOD, events("METHOD:X-OWN\n")), "text/calendar with a method of its own"),
        (calendar(NO_METHOD, "Removed."), "a calendar part that cannot be read"),
    ],
)
def test_what_shows_that_it_is_about_a_meeting(part: str, because: str) -> None:
    assert because in mail(part).because


def test_a_calendar_that_writes_by_itself() -> None:
    found = mail(many("alternative", TEXT, calendar()), "Auto-Submitted: auto-generated\n")
    assert (found.kind, found.auto_submitted) == (Kind.CALENDAR, True)
