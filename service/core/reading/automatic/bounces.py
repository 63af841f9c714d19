"""Delivery reports: those after RFC 3464, and the free forms of the servers that never heard of it.

A person may paste, forward or write about such a report. So a free form is one only if a machine shows itself as the
sender (its address, the empty envelope sender, its own headers) and two more things speak for it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from service.core.mail import Bounce
from service.core.reading.automatic import delivery_status, failed_recipients, returned
from service.core.reading.automatic.delivery_status import RecipientStatus
from service.core.reading.automatic.evidence import (
    ADDRESS,
    begins_as_answer,
    content_type,
    has_any,
    has_null_return_path,
    has_thread,
    header,
    is_forwarded,
    parameter,
    parts,
    payload,
    source,
    squeezed,
    untagged,
    written,
)
from service.core.reading.automatic.persons import names_client, names_program, speaks
from service.core.reading.automatic.phrases import (
    AUTO_REPLY_SUBJECTS,
    BOUNCE_ENDINGS,
    BOUNCE_SUBJECTS,
    CHALLENGES,
    DELAYS,
    DELETED_UNREAD,
    FAILURES,
    OFFICE_SUBJECTS,
    READ_RECEIPT_SUBJECTS,
    REJECTIONS,
    REPORT_OPENINGS,
)
from service.core.reading.automatic.replies import auto_submitted
from service.core.reading.mime import headers

if TYPE_CHECKING:
    from email.message import Message as Mail

TEXT_LIMIT = 50_000
_PROSE_LIMIT = 8_000

_DAEMON = re.compile(
    r"(?:mail[._-]?er?[._-]?daemon|mailer|mdaemon|post[._-]?master|mail[._-]?delivery|mail[._-]?system|"
    r"microsoftexchange[0-9a-f]{8,40}|internet[._-]?mail[._-]?delivery|mmsc|ndr|bounce)[\w.+=-]{0,60}(?:@|$)",
    re.IGNORECASE,
)
_DAEMON_NAMES = (
    "mail delivery",
    "mail administrator",
    "mail system",
    "mail router",
    "mailer-daemon",
    "mailer daemon",
    "internet mail delivery",
    "system administrator",
    "systemadministratör",
    "microsoft outlook",
    "postmaster",
    "interscan",
    "mmsc ndr",
)
_DAEMON_HEADERS = (
    "x-failed-recipients",
    "x-ms-embedded-report",
    "x-report-type",
    "x-mx-bounce",
    "x-mailer-daemon-recipients",
    "x-dsncontext",
)
# What a server answered: "550 5.1.1 ...", "said: 550", "<<< 550", "550 <user@...", "#5.1.1", "5.1.1 <user@...".
_SMTP_REFUSAL = re.compile(
    r"(?<![\d.])[45]\d\d[ -]#?[45]\.\d{1,3}\.\d{1,3}\b"
    r"|(?:said|answered|responded|with|was|returned)[\w :]{0,30}:?\s{0,4}\[?[45]\d\d\b"
    r"|[<>]{3}\s{0,4}[45]\d\d\b"
    r"|(?<![\d.])55\d\s?[-:.<]"
    r"|#[45]\.[0-7]\.\d{1,3}\b"
    r"|(?<![\d.])[45]\.[0-7]\.\d{1,3} [A-Z<]"
)
_TAIL = re.compile(r"(?:\([^()]*\)|\s[-–—] [^-–—]*)$")
_LONGEST_TAIL = 100
_THROWN_AWAY = re.compile(
    r"^disposition:[^\n]{0,40}automatic-action[^\n;]{0,60};\s?deleted", re.IGNORECASE | re.MULTILINE
)
_FINAL_RECIPIENT = re.compile(
    rf"^final-recipient:[^\n;]{{0,40}};?\s{{0,3}}<?({ADDRESS.pattern})", re.IGNORECASE | re.MULTILINE
)
_GREETING = re.compile(
    r"\W{0,4}(?:hej|hejsan|tjena|hallå|god|bästa|hei|moi|hallo|hello|dear|hi(?!\. this is the))\b", re.IGNORECASE
)


def find_bounce(mail: Mail, subject: str, text: str) -> Bounce | None:
    """Return what the mail reports of a delivery, None if it is no delivery report.

    `subject` and `text` are decoded; header fields and attached parts are read from `mail`. A warning of delay and a
    report of success are reports too: their `action` tells.
    """
    text = text[:TEXT_LIMIT]
    if rejection := _rejection(mail, subject, text):
        return rejection
    statuses = _reported(mail, subject, text)
    if statuses is None and (wrapped := _wrapped(mail, subject, text)):
        return wrapped
    if statuses is None and not _is_free_form(mail, subject, text):
        return None
    prose = returned.split(text)[0]
    best = statuses[0] if statuses else RecipientStatus(None, None, None)
    return Bounce(
        recipient=best.recipient or _recipient(mail, text),
        status=best.status or _status(prose),
        action=best.action or _action(subject, prose),
        original_message_id=returned.message_id(mail, text),
    )


def _rejection(mail: Mail, subject: str, text: str) -> Bounce | None:
    """Read a mailbox's refusal that comes as a disposition notification (RFC 5429 section 2.1.2, RFC 8098).

    A person's program uses the same form to tell that a letter was deleted unread: that one was delivered.
    """
    notes = [part for part in parts(mail) if content_type(part) == "message/disposition-notification"]
    fields = source(notes[0], TEXT_LIMIT) if notes else ""
    if not _THROWN_AWAY.search(fields) or has_any(text, DELETED_UNREAD):
        return None
    if untagged(subject).startswith(READ_RECEIPT_SUBJECTS):
        return None
    if not has_any(subject + "\n" + text[:_PROSE_LIMIT], (*REJECTIONS, *FAILURES)):
        return None
    final = _FINAL_RECIPIENT.search(fields)
    original = returned.message_id(mail, fields)
    return Bounce(final[1] if final else _recipient(mail, text), _status(text), "failed", original)


def _wrapped(mail: Mail, subject: str, text: str) -> Bounce | None:
    """Read a report that a server hands on within a mail of its own; what a person forwards is no report."""
    attached = [part for part in parts(mail) if content_type(part) == "message/rfc822"]
    if len(attached) != 1 or (is_forwarded(subject) and not _has_daemon_sender(mail)):
        return None
    said_nothing = not text.strip() and not names_client(mail)
    if not (said_nothing or auto_submitted(mail) or _is_machine(mail, subject, text)):
        return None
    inside = payload(attached[0])
    inner = inside[0] if isinstance(inside, list) and inside else None
    if inner is None or not (_is_daemon(inner) or has_null_return_path(inner)):
        return None
    said = "\n".join(source(part, TEXT_LIMIT) for part in parts(inner) if content_type(part) in {"text/plain", ""})
    return find_bounce(inner, headers.unstructured(header(inner, "subject")), said)


def _reported(mail: Mail, subject: str, text: str) -> list[RecipientStatus] | None:
    """Return the fields of a report after RFC 3464; None if it is none, or a person passes one on."""
    found = delivery_status.status_parts(mail)
    if found is not None and _is_report(mail):
        return found
    if is_forwarded(subject) or not _is_machine(mail, subject, text):
        return None
    return found if found is not None else delivery_status.fields_in(text) or None


def _is_report(mail: Mail) -> bool:
    """Whether the whole mail is a report, not an ordinary mail with a report among its parts."""
    kind = content_type(mail)
    return kind == "message/delivery-status" or (
        kind == "multipart/report" and parameter(mail, "report-type") in {"delivery-status", ""}
    )


def _is_free_form(mail: Mail, subject: str, text: str) -> bool:
    if is_forwarded(subject) or not _is_machine(mail, subject, text):
        return False
    title, (prose, copy) = untagged(subject), returned.split(text)
    prose = prose[:_PROSE_LIMIT]
    if title.startswith((*AUTO_REPLY_SUBJECTS, *OFFICE_SUBJECTS)) or has_any(prose, CHALLENGES):
        return False
    if parameter(mail, "report-type") not in {"", "delivery-status"}:
        return False
    named, told, refused = (
        _names_failure(subject),
        has_any(prose, FAILURES),
        bool(_SMTP_REFUSAL.search(prose)),
    )
    if not (named or told or refused):
        return False
    copied = bool(copy or returned.copies(mail))
    daemon, null = _is_daemon(mail), has_null_return_path(mail)
    if names_program(mail) and not (refused or daemon or null):
        return False  # words alone, in a mail from a person's program: only what a server has answered is more
    recipient, surely = failed_recipients.in_text(prose, _own_addresses(mail))
    # In an absent person's reply with an empty Return-Path, the address on a line of its own is a colleague's.
    listed = recipient is not None if daemon else surely and not null
    needed = 2 if daemon or null else 3
    return sum((named, told, refused, copied, listed, daemon and null)) >= needed


def _is_machine(mail: Mail, subject: str, text: str) -> bool:
    """Whether a mail server shows itself as the sender: a person may write from postmaster@ as well."""
    if _has_daemon_marks(mail) or has_null_return_path(mail):
        return True
    if _has_daemon_sender(mail):
        return (_opens_as_report(text) and not speaks(written(text))) or not _is_letter(mail, text)
    if names_client(mail) or speaks(written(text)):
        return False
    if begins_as_answer(subject) and not (_ends_in_failure(subject) and auto_submitted(mail)):
        return False
    if has_thread(mail) and not auto_submitted(mail):
        return False
    return _names_failure(subject) and _opens_as_report(text)


def _names_failure(subject: str) -> bool:
    """Whether the subject begins as a report's, also in brackets, or ends in a gateway's words."""
    starts = (untagged(subject), subject.casefold().lstrip(" [(*"))
    return any(start.startswith(BOUNCE_SUBJECTS) for start in starts) or _ends_in_failure(subject)


def _ends_in_failure(subject: str) -> bool:
    """Whether a gateway's words stand behind the subject of what was sent: "Lampan (delivery failed)"."""
    tail = _TAIL.search(subject[-_LONGEST_TAIL:].casefold())
    return tail is not None and has_any(tail[0], BOUNCE_ENDINGS)


def _is_letter(mail: Mail, text: str) -> bool:
    """Whether a person wrote it: with a program, with words about a report, or with a greeting and no report below."""
    if names_program(mail) or speaks(written(text)):
        return True
    greeted = _GREETING.match(text[:2_000].lstrip(" \t\n*#=-_|>"))
    return bool(greeted) and delivery_status.status_parts(mail) is None


def _opens_as_report(text: str) -> bool:
    """Whether the text begins as a report does, not as a letter about one: "I got this: ..."."""
    lines = [squeezed(line) for line in text[:2_000].splitlines() if line.strip(" \t*#=-_|")][:2]
    opening = " ".join(lines if lines and not lines[0].endswith(":") else lines[:1]).lstrip("*#=-_|> ")
    if _GREETING.match(opening):
        return False
    return opening.startswith(REPORT_OPENINGS) or has_any(opening, FAILURES)


def _is_daemon(mail: Mail) -> bool:
    return _has_daemon_marks(mail) or _has_daemon_sender(mail)


def _has_daemon_marks(mail: Mail) -> bool:
    """Whether fields that no person's program writes name a mail server."""
    if any(header(mail, name) for name in _DAEMON_HEADERS):
        return True
    origin = mail.get_unixfrom() or ""
    return bool(_DAEMON.match(header(mail, "return-path").strip("< ")) or _DAEMON.match(origin.removeprefix("From ")))


def _has_daemon_sender(mail: Mail) -> bool:
    sender = header(mail, "from")
    if not sender:
        return False
    addresses = ADDRESS.findall(sender)
    local = addresses[-1] if addresses else sender.strip('<>" ')
    return sender.replace(" ", "") == "<>" or bool(_DAEMON.match(local)) or _has_daemon_name(sender, local)


def _has_daemon_name(sender: str, address: str) -> bool:
    name = sender.replace(address, "").strip("\"<>() '").casefold()
    return name.startswith(_DAEMON_NAMES)


def _own_addresses(mail: Mail) -> list[str]:
    names = ("to", "from", "return-path", "reply-to", "sender", "delivered-to", "x-original-to", "envelope-to")
    return [address for name in names for address in ADDRESS.findall(header(mail, name)[:4000])]


def _recipient(mail: Mail, text: str) -> str | None:
    stated = failed_recipients.in_header(mail)
    if stated:
        return stated
    prose, copy = returned.split(text)
    named, surely = failed_recipients.in_text(prose, _own_addresses(mail))
    if surely:
        return named
    guessed = failed_recipients.by_library(mail)
    if guessed and (guessed in prose or guessed not in copy):  # the library takes a Message-ID for an address
        return guessed
    return named or next(returned.recipients(mail, text), None)


def _status(prose: str) -> str | None:
    return delivery_status.enhanced_status(prose) if _SMTP_REFUSAL.search(prose) else None


def _action(subject: str, prose: str) -> str:
    return "delayed" if has_any(subject + "\n" + prose[:_PROSE_LIMIT], DELAYS) else "failed"
