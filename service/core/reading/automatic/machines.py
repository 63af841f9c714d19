"""Mail that a machine sent: automatic replies, bulk mail, calendar mail and receipts (RFC 3834, RFC 2919, RFC 8098).

A person's mail must not be taken for a machine's: that would cost a citizen the receipt. So no name of a sender counts,
`X-Auto-Response-Suppress` counts only besides other signs (Outlook puts it on ordinary mail), and what people write as
well, such as "Semester" in the subject, counts only in a mail that shows itself as an answer. What answers a case is
shown even with the marks of mass mail: companies' ticket systems put them on their people's answers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.core.identity.numbers import find_numbers
from service.core.mail import Absence, Address, Kind
from service.core.people.tokens import read_token
from service.core.reading.automatic import persons, replies
from service.core.reading.automatic.absences import read_absence
from service.core.reading.automatic.evidence import (
    LIST_HEADERS,
    content_type,
    has_any,
    has_null_return_path,
    has_thread,
    header,
    is_discussion,
    parameter,
    parts,
    untagged,
)
from service.core.reading.automatic.phrases import (
    ABSENCE_SENTENCES,
    MEETING_SUBJECTS,
    OFFICE_SUBJECTS,
    READ_RECEIPT_SUBJECTS,
)
from service.core.reading.mime import headers

if TYPE_CHECKING:
    from email.message import Message as Mail

_HEAD = 2_000
_BULK = {"bulk", "list", "junk", "mass"}


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether a machine sent the mail, and on what evidence.

    `kind` is None for what neither answers nor is sent to many: a person's mail, or with `auto_submitted` a machine's
    notice such as a web form's. `certain` is False where words alone speak for a machine: a person should look at it.
    `by_subject`: the subject alone does.
    """

    kind: Kind | None = None
    auto_submitted: bool = False
    because: str = ""
    absence: Absence | None = None
    certain: bool = True
    by_subject: bool = False


def judge(mail: Mail, subject: str, text: str, sender: Address | None, meeting: str = "") -> Judgement:
    """Tell a machine's mail from a person's by evidence, never by the sender's name alone.

    `subject` and `text` are decoded; `meeting` is what its own calendar part shows. The mail is taken to be no delivery
    report.
    """
    states = replies.auto_submitted(mail)
    meeting = meeting or _calendar(mail, subject)
    if meeting:
        return Judgement(Kind.CALENDAR, bool(states), meeting)
    receipt = _read_receipt(mail, subject)
    if receipt:
        return Judgement(Kind.AUTO_REPLY, True, receipt)
    reply = replies.find_reply(mail, subject, text)
    if reply:
        absence = _absence(mail, subject, text, sender)
        return Judgement(Kind.AUTO_REPLY, True, reply.because, absence, reply.certain, reply.by_subject)
    bulk = _bulk(mail)
    if bulk and not _is_persons(mail, subject):
        return Judgement(Kind.BULK, bool(states), bulk)
    if states:
        return Judgement(None, True, f"Auto-Submitted: {states}")
    return Judgement(because=bulk)


# Calendar and read receipts


def _read_receipt(mail: Mail, subject: str) -> str:
    noted = any(content_type(part) == "message/disposition-notification" for part in parts(mail))
    if noted or parameter(mail, "report-type") == "disposition-notification":
        return "a read receipt (RFC 8098)"
    if untagged(subject).startswith(READ_RECEIPT_SUBJECTS) and has_null_return_path(mail):
        return "read receipt: its subject, and an empty Return-Path"
    return ""


def _calendar(mail: Mail, subject: str) -> str:
    kinds = {content_type(part) for part in parts(mail)}
    title = untagged(subject)
    message_class = header(mail, "content-class").lower() + header(mail, "x-ms-exchange-message-class").lower()
    if "calendarmessage" in message_class or "ipm.schedule" in message_class:
        return "Content-class: calendarmessage"
    if title.startswith(MEETING_SUBJECTS) and "application/ms-tnef" in kinds:
        return "subject of a meeting, with Outlook's own attachment"
    return ""


# What an automatic reply tells


def _absence(mail: Mail, subject: str, text: str, sender: Address | None) -> Absence | None:
    """Read the day of return and the substitute; None where nothing tells of absence."""
    title = untagged(subject)
    told = (
        has_any(text[:_HEAD], ABSENCE_SENTENCES)
        or has_any(subject, ABSENCE_SENTENCES)
        or title.startswith(OFFICE_SUBJECTS)
    )
    sent, _ = headers.date(header(mail, "date"))
    if sent is None:
        return Absence() if told else None
    found = read_absence(text, sent.date(), sender.address if sender else None)
    if found.until is None:  # Domino writes the day into the subject; a subject of ours that it repeats holds none
        found = Absence(read_absence(subject, sent.date()).until, found.substitute)
    return found if told or found.until else None


# Bulk


def _is_persons(mail: Mail, subject: str) -> bool:
    """Whether a person wrote it in spite of its marks: it answers us, by a list or a ticket system, or is no list's."""
    if _answers_us(mail, subject) or (has_thread(mail) and not is_discussion(mail)):
        return True
    return persons.names_program(mail) and not any(header(mail, name) for name in LIST_HEADERS)


def _bulk(mail: Mail) -> str:
    """Find the marks of mail to many."""
    for name in LIST_HEADERS:
        if header(mail, name):
            return f"{name} is given"
    precedence = header(mail, "precedence").lower()
    return f"Precedence: {precedence}" if precedence in _BULK else ""


def _answers_us(mail: Mail, subject: str) -> bool:
    """Whether the mail names a case or answers a letter of this service, by the shape of its Message-ID."""
    thread = header(mail, "in-reply-to") + " " + header(mail, "references")
    return bool(find_numbers(subject)) or any(map(read_token, re.findall(r"<[^<>\s]{1,900}>", thread[-20_000:])))
