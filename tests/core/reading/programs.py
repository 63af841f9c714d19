"""How mail programs quote a letter of ours in an answer: each as a function of what stands above and of the letter."""

# ruff: noqa: E501 - the forms stand as programs write them, one line each

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP

from service.core.message import Message, read

OURS = "Ekviks kommun – Synpunkten"
MAILBOX = "synpunkten@ekvik.example"
FIELDS = f"Från: {OURS} <{MAILBOX}>\nSkickat: den 24 november 2026 09:00\nTill: Bo Ek <bo.ek@ekvik.example>\nÄmne: Nytt ärende [EKV-26-00123-K]"


@dataclass(frozen=True)
class Program:
    """A mail program: what it sets above what it quotes, and how it quotes."""

    above: str
    quote: Callable[[str], str] = str

    def reply(self, own: str, letter: str) -> str:
        """The text of an answer."""
        return f"{own}\n\n{self.above}\n{self.quote(letter)}\n"


def arrows(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


def wrapped_arrows(text: str) -> str:
    """Quoted and wrapped again: Gmail's text part."""
    lines = [part for line in text.split("\n") for part in (textwrap.wrap(line, 70) or [""])]
    return arrows("\n".join(lines))


def wrapped(text: str) -> str:
    return "\n".join(part for line in text.split("\n") for part in (textwrap.wrap(line, 76) or [""]))


def spaced(text: str) -> str:
    """Outlook's text part: an empty line between all lines, no-break spaces, straight signs made round."""
    return text.replace("\n", "\n\n").replace(" - ", " – ").replace('"', "”").replace("  ", " \xa0")


def indented(text: str) -> str:
    return "\n".join(f"    {line}".rstrip() for line in text.split("\n"))


def twice_marked(text: str) -> str:
    return "\n".join(f">> {line}".rstrip() for line in text.split("\n"))


def with_links(text: str) -> str:
    """As Outlook writes out the links of an HTML letter."""
    return re.sub(r"https?://\S+", r"\g<0><https://eur01.safelinks.protection.outlook.com/?url=\g<0>&data=05>", text)


def mangled(text: str) -> str:
    return text.encode("ascii", "replace").decode()


PROGRAMS = {
    "Outlook": Program(FIELDS + "\n", spaced),
    "Outlook, safe links": Program(FIELDS + "\n", with_links),
    "Outlook, wrapped": Program(FIELDS + "\n", wrapped),
    "Outlook for Windows, new": Program("________________________________\n" + FIELDS + "\n"),
    "Outlook on the web": Program("________________________________________\n" + FIELDS + "\n", spaced),
    "Outlook for iOS": Program(
        "Hämta Outlook för iOS<https://aka.ms/o0ukef>\n________________________________\n" + FIELDS + "\n"
    ),
    "Outlook for Android": Program("Hämta Outlook för Android\n________________________________\n" + FIELDS + "\n"),
    "Outlook for Mac": Program(
        f"Från: {OURS} <{MAILBOX}>\nDatum: tisdag, 24 november 2026 09:00\nTill: Bo Ek <bo.ek@ekvik.example>\nÄmne: Nytt ärende\n"
    ),
    "Outlook, old": Program("-----Ursprungligt meddelande-----\n" + FIELDS + "\n"),
    "Gmail": Program(f"Den tis 24 nov. 2026 kl 09:00 skrev {OURS} <\n{MAILBOX}>:\n", wrapped_arrows),
    "Gmail for Android": Program(f"tis 24 nov. 2026 kl. 09:00 skrev {OURS} <{MAILBOX}>:\n", wrapped_arrows),
    "Apple Mail": Program(f"24 nov. 2026 kl. 09:00 skrev {OURS} <{MAILBOX}>:\n", arrows),
    "iPhone": Program(f"Skickat från min iPhone\n\n> 24 nov. 2026 kl. 09:00 skrev {OURS} <{MAILBOX}>:\n>", arrows),
    "Thunderbird": Program(f"Den 2026-11-24 kl. 09:00, skrev {OURS}:", arrows),
    "Thunderbird, English": Program(f"On 2026-11-24 09:00, {OURS} wrote:", arrows),
    "Samsung": Program(
        f"Skickat från min Galaxy\n\n\n-------- Originalmeddelande --------\nFrån: {OURS} <{MAILBOX}>\nDatum: 2026-11-24 09:00 (GMT+01:00)\nTill: bo.ek@ekvik.example\nÄmne: Nytt ärende\n"
    ),
    "Samsung, old": Program(
        f"\n----- Ursprungligt meddelande -----\nFrån: {OURS} <{MAILBOX}>\nTill: bo.ek@ekvik.example\nÄmne: Nytt ärende\nSkickat: 24 november 2026 09:00\n"
    ),
    "Zoho": Program(f"\n---- Den Tue, 24 Nov 2026 09:00:11 +0100  {OURS} <{MAILBOX}> skrev ----\n", indented),
    "Zoho, English": Program(f"\n---- On Tue, 24 Nov 2026 09:00:11 +0100 {MAILBOX} wrote ----\n"),
    "Yahoo": Program(f"    Den tisdag 24 november 2026 09:00:11 CET, {OURS} <{MAILBOX}> skrev:  \n", indented),
    "Proton": Program(
        f"Skickat med [Proton Mail](https://proton.me/mail/home) säker e-post.\n\ntisdag den 24 november 2026 kl. 09:00 skrev {OURS} <{MAILBOX}>:\n",
        arrows,
    ),
    "Roundcube": Program(f"2026-11-24 09:00 skrev {OURS}:", wrapped_arrows),
    "Roundcube, English": Program(f"On 2026-11-24 09:00, {OURS} wrote:", wrapped_arrows),
    "eM Client": Program(
        f'------ Originalmeddelande ------\nFrån: "{OURS}" <{MAILBOX}>\nTill: bo.ek@ekvik.example\nSkickat: 2026-11-24 09:00:11\nÄmne: Nytt ärende\n'
    ),
    "Spark": Program(f"On 24 Nov 2026 at 09:00 +0100, {OURS} <{MAILBOX}>, wrote:", arrows),
    "Notes": Program(
        f"-----{OURS} <{MAILBOX}> skrev: -----\nTill: bo.ek@ekvik.example\nFrån: {OURS} <{MAILBOX}>\nDatum: 2026-11-24 09:00\nÄrende: Nytt ärende\n"
    ),
    "GroupWise": Program(f">>> {OURS} <{MAILBOX}> 2026-11-24 09:00 >>>\n"),
    "Telia webmail": Program(
        f"----Ursprungligt meddelande----\nFrån : {MAILBOX}\nDatum : 24/11/2026 - 09:00 (CEST)\nTill : bo.ek@ekvik.example\nÄmne : Nytt ärende\n"
    ),
    "Bredband webmail": Program(f"Citerar {OURS} <{MAILBOX}>:\n", arrows),
    "Horde": Program(f"Quoting {OURS} <{MAILBOX}>:\n", arrows),
    "time first": Program(f"kl. 09:00 den 24 november 2026 skrev {OURS} <{MAILBOX}>:\n", arrows),
    "time first, unmarked": Program(f"kl. 09:00 den 24 november 2026 skrev {OURS} <{MAILBOX}>:\n"),
    "K-9": Program(f"Den 24 november 2026 09:00:11 CET, skrev {OURS} <{MAILBOX}>:", arrows),
    "mutt": Program(f"On Tue, Nov 24, 2026 at 09:00:11AM +0100, {OURS} wrote:", twice_marked),
    "å ä ö lost": Program(FIELDS + "\n", mangled),
    "a language not known": Program(f"Þann þri., 24. nóv. 2026 kl. 09:00 skrifaði {OURS} <{MAILBOX}>:\n", arrows),
    "nothing said": Program(""),
}


def answer(text: str, *, html: str | None = None, subject: str = "Sv: Nytt ärende [EKV-26-00123-K]") -> Message:
    """The mail with that text, as the service reads it."""
    mail = EmailMessage(policy=SMTP.clone(max_line_length=0))
    mail["From"] = "Bo Ek <bo.ek@ekvik.example>"
    mail["To"] = MAILBOX
    mail["Subject"] = subject
    mail["Message-ID"] = "<1@ekvik.example>"
    mail["In-Reply-To"] = "<letter@ekvik.example>"
    if text or html is None:
        mail.set_content(text, cte="8bit")
    if html is not None and text:
        mail.add_alternative(html, subtype="html", cte="8bit")
    elif html is not None:
        mail.set_content(html, subtype="html", cte="8bit")
    return read(mail.as_bytes())
