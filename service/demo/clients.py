"""Mails as the usual programs write them: a phone, Outlook in Swedish, a web form, an absent person's mail server."""

from __future__ import annotations

import email.policy
import html
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from zoneinfo import ZoneInfo

from service.core.rules.rulebook import ContactChoice, Form
from service.core.speech import swedish

ZONE = ZoneInfo("Europe/Stockholm")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a mailbox."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Received:
    """A letter as its recipient's mail program shows it, and answers it."""

    to: str
    subject: str
    text: str
    message_id: str
    references: str
    sender: str
    at: datetime

    @classmethod
    def read(cls, mail: EmailMessage, at: datetime) -> Received:
        """The letter that lay in the mailbox at that time."""
        body = mail.get_body(("plain",))
        text = str(body.get_content()).replace("\r\n", "\n").rstrip() if body else ""
        to, subject, message_id, references, sender = (
            str(mail[name] or "") for name in ("To", "Subject", "Message-ID", "References", "From")
        )
        return cls(to, subject, text, message_id, references, sender, at)


def phone_mail(
    sender: Person, to: str, subject: str, text: str, at: datetime, photos: Sequence[tuple[str, bytes]] = ()
) -> bytes:
    """A new mail from a phone, photos enclosed."""
    mail = _mail(sender, to, subject, at, program="iPhone Mail (22F76)")
    mail.set_content(f"{text}\n\nSkickat från min iPhone\n", cte="quoted-printable")
    for name, jpeg in photos:
        mail.add_attachment(jpeg, maintype="image", subtype="jpeg", filename=name)
    return _bytes(mail)


def outlook_mail(sender: Person, to: str, subject: str, text: str, at: datetime, copy: str = "") -> bytes:
    """A new mail from Outlook; `copy` is who has a copy of it."""
    mail = _mail(sender, to, subject, at, program="Microsoft Outlook 16.0")
    if copy:
        mail["Cc"] = copy
    mail.set_content(f"{text}\n", cte="quoted-printable")
    return _bytes(mail)


def phone_reply(sender: Person, letter: Received, text: str, at: datetime) -> bytes:
    """A reply from a phone: the letter stands quoted below, a mark before each line."""
    mail = _reply(sender, letter, at, "Re: ", program="iPhone Mail (22F76)")
    then = letter.at.astimezone(ZONE)
    opening = f"{swedish.short_day(then.date())} {then.year} kl. {then:%H:%M} skrev {letter.sender}:"
    quoted = "\n".join(f"> {line}".rstrip() for line in [opening, "", *letter.text.splitlines()])
    mail.set_content(f"{text}\n\nSkickat från min iPhone\n\n{quoted}\n", cte="quoted-printable")
    return _bytes(mail, letter)


def outlook_reply(sender: Person, letter: Received, text: str, at: datetime, signature: str = "") -> bytes:
    """A reply from Outlook in Swedish: text and HTML, the letter below under a block of its headers."""
    mail = _reply(sender, letter, at, "SV: ", program="Microsoft Outlook 16.0")
    mail["Thread-Topic"] = letter.subject
    mail["Accept-Language"] = "sv-SE, en-US"
    mail["Content-Language"] = "sv-SE"
    then = letter.at.astimezone(ZONE)
    block = [
        ("Från", letter.sender),
        ("Skickat", f"den {swedish.short_day(then.date())} {then.year} {then:%H:%M}"),
        ("Till", f"{sender.name} <{sender.email}>"),
        ("Ämne", letter.subject),
    ]
    own = f"{text}\n\n{signature}" if signature else text
    header = "\n".join(f"{name}: {value}" for name, value in block)
    mail.set_content(f"{own}\n\n{header}\n\n{letter.text}\n", charset="windows-1252", cte="quoted-printable")
    page = _outlook_page(own, block, letter.text)
    mail.add_alternative(page, subtype="html", charset="windows-1252", cte="quoted-printable")
    return _bytes(mail, letter)


def _outlook_page(own: str, block: Sequence[tuple[str, str]], quoted: str) -> str:
    header = "<br>\n".join(f"<b>{name}:</b> {html.escape(value)}" for name, value in block)
    return (
        '<html xmlns:o="urn:schemas-microsoft-com:office:office" xmlns="http://www.w3.org/TR/REC-html40">\n'
        '<head><meta http-equiv="Content-Type" content="text/html; charset=windows-1252">\n'
        "<style><!-- p.MsoNormal {margin:0cm; font-size:11.0pt; font-family:Calibri,sans-serif;} --></style></head>\n"
        '<body lang="SV" link="#0563C1" vlink="#954F72"><div class="WordSection1">\n'
        f"{_paragraphs(own)}\n<div>"
        '<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm">\n'
        f'<p class="MsoNormal">{header}</p></div></div>\n'
        f"{_paragraphs(quoted)}\n</div></body></html>\n"
    )


def _paragraphs(text: str) -> str:
    lines = (html.escape(line) or "<o:p>&nbsp;</o:p>" for line in text.splitlines())
    return "\n".join(f'<p class="MsoNormal">{line}</p>' for line in lines)


def form_mail(form: Form, to: str, given: dict[str, str], at: datetime) -> bytes:
    """What a web form sends when somebody has filled it in: each label with its answer below.

    `given` has the answers by what they are (`text`, `name`, `email`, `topic`...); the form leaves out what it has no
    label for, and an answer by mail is wanted unless `given` says otherwise.
    """
    by_mail = next((words for words, choice in form.contact.items() if choice is ContactChoice.EMAIL), "")
    answers = {"contact": by_mail} | given
    labels = form.fields_.model_dump(exclude_none=True)
    filled = [f"{label}\n{answers[what]}" for what, label in labels.items() if answers.get(what)]
    subject = str(form.subject[0]).replace("*", "").strip() if form.subject else form.name
    mail = _mail(Person("Webbformulär", str(form.from_[0])), to, subject, at, program="")
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content("\n\n".join(filled) + "\n", cte="quoted-printable")
    return _bytes(mail)


def automatic_reply(sender: Person, letter: Received, text: str, at: datetime) -> bytes:
    """What an absent person's mail server answers by itself (RFC 3834); it leaves with an empty return path."""
    mail = _reply(sender, letter, at, "Automatiskt svar: ", program="")
    mail["Auto-Submitted"] = "auto-replied"
    mail["X-Auto-Response-Suppress"] = "All"
    mail.set_content(f"{text}\n", cte="quoted-printable")
    return _bytes(mail, letter)


def _mail(sender: Person, to: str, subject: str, at: datetime, program: str) -> EmailMessage:
    mail = EmailMessage(policy=email.policy.SMTP)
    local, _, domain = sender.email.partition("@")
    mail["From"] = Address(sender.name, addr_spec=sender.email)
    mail["To"] = to
    mail["Subject"] = subject
    mail["Date"] = at.astimezone(ZONE)
    mail["Message-ID"] = f"<{at:%Y%m%d%H%M%S}.{local}@{domain}>"
    if program:
        mail["X-Mailer"] = program
    return mail


def _reply(sender: Person, letter: Received, at: datetime, prefix: str, program: str) -> EmailMessage:
    _, _, mailbox = letter.sender.rpartition("<")
    return _mail(sender, mailbox.rstrip(">"), prefix + letter.subject, at, program)


def _bytes(mail: EmailMessage, answers: Received | None = None) -> bytes:
    """The mail as it is sent. The thread's headers are folded here: the library would encode a long Message-ID."""
    if answers is None:
        return mail.as_bytes()
    thread = [*answers.references.split(), answers.message_id]
    references = "\r\n ".join(thread)
    return f"In-Reply-To: {answers.message_id}\r\nReferences: {references}\r\n".encode() + mail.as_bytes()
