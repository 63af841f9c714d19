"""Why something failed, as servers and libraries say it, told in Swedish to those who read mails and no logs."""

from __future__ import annotations

import re


def reason_in_swedish(reason: str) -> str:
    """Why a mail could not be read or handled, for the registrar: the words of the log are for those who read logs."""
    for pattern, swedish in _REASONS:
        if found := pattern.search(reason):
            return swedish.format(*found.groups())
    return "ett fel som tjänsten inte känner igen; loggen säger mer"


def mail_server_in_swedish(status: str) -> str:
    """What a mail server says of a letter, by its code (RFC 3463, and RFC 5321 section 4.2 without one)."""
    codes = _CODE.findall(status)
    code, shown = max(codes, key=len, default=""), " ".join(codes)
    said = next((words for start, words in _REJECTED if code.startswith(start)), "")
    return f"{said} ({shown})" if said else shown or "mejlet togs inte emot"


_CODE = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b|^\d{3}\b")
_REJECTED = (
    ("5.1.1", "adressen finns inte"),
    ("5.1.", "adressen går inte att använda"),
    ("5.2.2", "brevlådan är full"),
    ("5.2.3", "mejlet är för stort"),
    ("5.2.", "brevlådan tar inte emot mejl"),
    ("5.3.4", "mejlet är för stort"),
    ("5.4.", "det gick inte att nå mottagarens mejlserver"),
    ("5.7.", "mottagarens mejlserver släpper inte in mejl från oss"),
    ("552", "mejlet är för stort"),
    ("5", "mejlet togs inte emot"),
    ("4", "mejlet kan inte tas emot just nu"),
)
_REASONS = tuple(
    (re.compile(pattern), swedish)
    for pattern, swedish in (
        (r"took longer than (\d+) s", "det tog mer än {0} sekunder att läsa mejlet"),
        (r"memory", "det skulle ta för mycket minne att läsa mejlet"),
        (r"died", "läsaren kraschade av mejlet"),
        (r"is too much|is no mail", "det som kom tillbaka från läsaren var inget mejl"),
        (r"(?i)quota|mailbox is full", "brevlådan är full"),
        (r"(?i)disk (?:is )?full|no space|disk or is full|disk is full", "disken är full"),
        (r"(?i)locked", "databasen används av någon annan"),
        (r"(?i)nonexistent|trycreate|unknown mailbox|doesn.t exist|does not exist", "mappen finns inte"),
        (r"(?i)noperm|permission|denied|read-?only", "tjänsten saknar behörighet"),
        (r"(?i)connect|refused|timed? ?out|unreachable", "det går inte att nå servern"),
        (r"after (\d+) tries", "det gick inte att hantera mejlet på {0} försök; loggen säger mer"),
    )
)
