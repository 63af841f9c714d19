"""Evidence that a person wrote the mail: the marks of mail programs, and words about a machine's text.

A mail that answers nothing and was written in a person's mail program is a person's, whatever its subject begins with
and whatever is pasted into it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from service.core.reading.automatic.evidence import header, is_threaded, squeezed
from service.core.reading.automatic.phrases import COMMENTS

if TYPE_CHECKING:
    from email.message import Message as Mail

# What people write with, as it calls itself in X-Mailer. Notes is not here: its agents call themselves so too.
_PROGRAMS = re.compile(
    r"apple mail|iphone|ipad|thunderbird|outlook|android|k-9|mutt|evolution|webmail|roundcube|zimbrawebclient|ymail|"
    r"open-xchange|em ?client|the bat!|windows ?live|windows mail|airmail|mailbird|mailspring|samsung|aquamail|"
    r"blue ?mail|postbox|claws|sylpheed|kmail|pine\b|squirrelmail|horde|sogo|mailmate|zoho mail|proton|spark|"
    r"superhuman|mail\.ru|vivaldi|betterbird|edison|seamonkey|mozilla|eudora|pegasus",
    re.IGNORECASE,
)
_ROBOTS = re.compile(
    r"python|perl|php|java|curl|libwww|nagios|zabbix|jenkins|redmine|abusix|cron|script", re.IGNORECASE
)
# Web mail names no program, but makes its Message-IDs in a way of its own.
_WEB_MAIL = re.compile(
    r"@(?:mail\.gmail|mail\.yahoo|email\.android|protonmail|ymail)\.com>|@proton\.me>", re.IGNORECASE
)
_EXCHANGE = ("thread-topic", "thread-index", "x-ms-has-attach", "accept-language", "x-ms-tnef-correlator")
_SENTENCE = re.compile(r"[^.!?\n]{3,300}\?")
# A question of one who waits for something, not a heading such as "Brådskar det?".
_ASKS = re.compile(
    r"\b(?:när|varför|hur|vem|vad|kan|ska|skall|kommer|why|when|how|who|what|can|could|will)\b", re.IGNORECASE
)
_OF_WHOM = re.compile(r"\b(?:ni|er|ert|era|jag|mig|mitt|min|mina|i|my|me)\b", re.IGNORECASE)
_LIMIT = 4_000


def names_client(mail: Mail) -> bool:
    """Whether the mail says that it was written with a mail program: servers don't, those of a few vendors apart."""
    agent = header(mail, "user-agent")
    named = (agent and not _ROBOTS.search(agent)) or _PROGRAMS.search(header(mail, "x-mailer"))
    return bool(named or _WEB_MAIL.search(header(mail, "message-id")))


def names_program(mail: Mail) -> bool:
    """Whether a mail program shows itself in the header, also by the fields of Exchange.

    Exchange puts the same fields on its own automatic answers, but marks those, unless a gateway takes that away.
    """
    if names_client(mail):
        return True
    if "all" in header(mail, "x-auto-response-suppress").lower():
        return False
    if header(mail, "auto-submitted") and not is_redirected(mail):
        return False
    return any(name in mail for name in _EXCHANGE)


def is_redirected(mail: Mail) -> bool:
    """Whether a rule of an Exchange mailbox passed on what another wrote; its automatic answers are marked besides."""
    by_rule = "rules" in header(mail, "x-ms-exchange-generated-message-source").lower()
    return by_rule and "all" not in header(mail, "x-auto-response-suppress").lower()


def speaks(text: str) -> bool:
    """Whether a person speaks in the words: of what a machine wrote, or with a question that waits for an answer."""
    words = squeezed(text[:_LIMIT])
    if any(phrase in words for phrase in COMMENTS):
        return True
    return any(_asks(sentence[0]) for sentence in _SENTENCE.finditer(text[:_LIMIT]))


def _asks(sentence: str) -> bool:
    asked = _ASKS.search(sentence)
    return bool(asked and _OF_WHOM.search(sentence, asked.end()))


def wrote_anew(mail: Mail, subject: str) -> bool:
    """Whether a mail program's mail answers nothing: no word in it makes it a machine's."""
    return names_program(mail) and not is_threaded(mail, subject)
