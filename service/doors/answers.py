"""What a mail server's answer is about: this letter, or the account and the sender that all letters share.

Whom a server blames stands in three places: the command that it answers (RFC 5321), the enhanced status code (RFC 3463,
7372 and what Exchange Online adds to them), and words. The words are needed since Postfix answers complaints about the
client and the sender at RCPT (`smtpd_delay_reject`), often with a mere 5.7.1.
"""

from __future__ import annotations

import enum
import re

FIRST_REFUSAL, FIRST_PERMANENT_CODE = 400, 500
CLOSING = 421
# 530 log in first, 534 and 535 credentials, 538 encryption: the account's fault, whichever mail meets it (RFC 4954).
LOGIN_CODES = frozenset({530, 534, 535, 538})
TOO_LARGE_CODE = 552


class Step(enum.Enum):
    """The command that was answered; DATA is the mail's content with the final dot."""

    MAIL = "MAIL"
    RCPT = "RCPT"
    DATA = "DATA"


_STATUS = re.compile(r"(?<![\d.])[245]\.(\d{1,3})\.(\d{1,3})(?![\d.])")
# Its size (RFC 3463: too big for the system, longer than the recipient may get), or characters that nobody can carry.
_OF_THE_LETTER = frozenset({(3, 4), (2, 3), (6, 7), (6, 8), (6, 9)})
_OF_THE_ACCOUNT = frozenset(
    {
        *((1, 7), (1, 8), (1, 90)),  # the sender's address; Exchange: a blocked sender, the day's recipients used up
        *((2, 252), (3, 2), (4, 5)),  # SendAsDenied; no connections now; Gmail's daily limit
        *((7, number) for number in (8, 9, 10, 11, 12, 14, 15, 27)),  # log-in and encryption (RFC 4954, 5248, 7505)
        *((7, number) for number in range(20, 27)),  # signature, SPF, DMARC, reverse DNS of what we send (RFC 7372)
        *(
            (7, number) for number in (54, 57, 59, 60, 64, 139)
        ),  # Exchange: not authenticated, not as this sender, relay
        *((7, number) for number in (232, 233, 236, 501, 502, 503, 506, 508, 509, 511)),  # Exchange: limits, bans
    }
)
_FIRST_OF_EXCHANGE_BANS, _LAST_OF_EXCHANGE_BANS = 600, 799  # 5.7.606 and on: addresses; 5.7.705 and on: the tenant
_WORDS = re.compile(
    r"sender address rejected|sender (?:rejected|denied|verif|rate|is not allowed|not )"
    r"|bad outbound sender|client host rejected|helo command rejected|invalid helo"
    r"|client (?:host )?\[[^\]]*\] blocked|blocked using|dnsbl|spamhaus|(?:in|on|at|by) (?:\S+ )?(?:black|block) ?list"
    r"|\bip\b.{0,40}\b(?:blocked|listed|banned|reputation)|originating from your ip"
    r"|relay(?:ing)?(?: access)? (?:denied|not (?:permitted|allowed))|unable to relay|(?:permitted|allowed) to relay"
    r"|not (?:permitted|allowed|authori[sz]ed|owned)\b.{0,40}\b(?:send(?! to)|sender)|permissions? to send"
    r"|(?:must|not|first) authenticat|authentication required|authenticate first"
    r"|too (?:many|much) (?:messages|mails?|e-?mails?)|(?:messages|mails|e-?mails|recipients) per (?:minute|hour|day)"
    r"|(?:sending|outbound|daily|hourly|message rate|submission|rate) (?:\w+ ){0,3}(?:limit|quota)"
    r"|(?:limit|quota) (?:\w+ ){0,2}(?:for|of) (?:the )?(?:sender|user|account)",
    re.IGNORECASE,
)
# Two kinds, in Exchange's words and in Postfix's: so many connections at a time, so many letters a minute or a day.
_CONNECTIONS = re.compile(
    r"(?:concurrent|simultaneous|too many) (?:\w+ )?connections|thread limit|\bthrottl", re.IGNORECASE
)
_QUOTA = re.compile(r"submission ?quota|message rate|recipient rate|(?<![\d.])[45]\.1\.90(?![\d.])", re.IGNORECASE)
_WAIT_FOR_CONNECTIONS_SECONDS, _WAIT_FOR_QUOTA_SECONDS = 60.0, 600.0
_MAILBOX, _SECURITY = 2, 7  # subjects of RFC 3463
_OF_THE_RECIPIENT = frozenset(
    {
        *((1, number) for number in (1, 2, 3, 4, 6, 10)),  # RFC 3463, 7505
        *((7, number) for number in range(120, 139)),  # Exchange: a group or mailbox that takes mail from some alone
    }
)
# The same two in older Exchange's words, below a status that says less.
_RECIPIENT_IS_CHOOSY = re.compile(r"resolver\.rst\.", re.IGNORECASE)
_MAY_NOT_SEND_AS = re.compile(r"send ?as ?denied", re.IGNORECASE)


_ADDRESS = re.compile(r"[^\s<>()\[\]\"';:,=]{1,64}@[^\s<>()\[\]\"';:,]{1,255}|/o=\S{1,500}", re.IGNORECASE)
_LONGEST_ANSWER = 300


def without_addresses(text: str, *known: str) -> str:
    """What a server answers, as one line for the log: addresses, and the names in those `known`, are dots."""
    line = " ".join(text[:2000].split())
    names = {part for address in known for part in (address, address.rpartition("@")[0]) if part}
    folded = line.casefold()
    for name in (name for name in names if name.casefold() in folded):  # most answers name nobody
        line = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", "…", line, flags=re.IGNORECASE)
    return _ADDRESS.sub("…", line)[:_LONGEST_ANSWER]


def is_about_us(step: Step, code: int, text: str) -> bool:
    """Whether a refusal, be it passing or final, is about the account or the sender and not about this letter.

    All that is said at MAIL is, but for the letter's size and characters. It is no proof: a server that relays while we
    wait hands on its neighbour's words. So the caller looks how the next letters fare.
    """
    by_code = _by_code(step, code, text)
    return bool(_WORDS.search(text[:500])) if by_code is None else by_code


def is_in_words_alone(step: Step, code: int, text: str) -> bool:
    """Whether no code says whom a refusal is about: words such as a block list's may be about what a letter holds."""
    return _by_code(step, code, text) is None


def _by_code(step: Step, code: int, text: str) -> bool | None:
    if code in LOGIN_CODES:
        return True
    status = _STATUS.search(text[:200])
    detail = (int(status[1]), int(status[2])) if status else None
    if detail in _OF_THE_LETTER:
        return False
    if step is Step.MAIL:
        return code != TOO_LARGE_CODE
    if detail in _OF_THE_ACCOUNT or told_wait(code, text):
        return True
    if _MAY_NOT_SEND_AS.search(text):
        return True
    if code == TOO_LARGE_CODE or _RECIPIENT_IS_CHOOSY.search(text):
        return False
    if detail is not None:
        subject, number = detail
        if subject == _MAILBOX or detail in _OF_THE_RECIPIENT:
            return False
        if subject == _SECURITY and _FIRST_OF_EXCHANGE_BANS <= number <= _LAST_OF_EXCHANGE_BANS:
            return True
    return None


def advice(code: int, text: str) -> str:
    """What a person can do about a server's answer to what we send; empty where that is not known.

    code: 0 where there was none.
    """
    if may_not := _send_as_advice(text):
        return may_not
    if _FULL.search(text[:500]) and not told_wait(code, text):
        return "the account's quota is used up: empty its mailbox, sent mails too, or raise the quota; letters wait"
    if _GREYLISTED.search(text[:500]):
        return "the server takes what it does not know at the second try: try again in some minutes, or let it know us"
    if FIRST_REFUSAL <= code < FIRST_PERMANENT_CODE:
        return "the server puts it off for now: its own log says why, and letters wait"
    return ""


_FULL = re.compile(
    r"(?<![\d.])[45]\.2\.2(?![\d.])|quota|mailbox (?:is )?full|storage (?:limit|exceeded)", re.IGNORECASE
)
_GREYLISTED = re.compile(r"gr[ae]y[- ]?list|try again in|(?:try|come) (?:again|back) (?:later|in)", re.IGNORECASE)


def _send_as_advice(text: str) -> str:
    """What to do where the server says that the account may not send as the mailbox; empty where it does not say so."""
    status = _STATUS.search(text[:200])
    detail = (int(status[1]), int(status[2])) if status else None
    if detail in _SEND_AS or _MAY_NOT_SEND_AS.search(text) or _NOT_THE_OWNER.search(text):
        return "give the account the right to send as the mailbox (in Exchange: Send As)"
    return ""


_SEND_AS = frozenset({(2, 252), (7, 60)})
_NOT_THE_OWNER = re.compile(r"not owned by user|permissions? to send as|not authori[sz]ed to send as", re.IGNORECASE)


def told_wait(code: int, text: str) -> float:
    """How many seconds a server that is asked too much should be left alone; 0 where it says nothing of the kind.

    SMTP knows no way to tell the time, and Exchange says even a passing quota with a final code (554 5.2.0
    SubmissionQuotaExceeded): the letter waits as with any fault of the account.
    """
    if code < FIRST_REFUSAL:
        return 0.0
    if _QUOTA.search(text[:500]):
        return _WAIT_FOR_QUOTA_SECONDS
    return _WAIT_FOR_CONNECTIONS_SECONDS if _CONNECTIONS.search(text[:500]) else 0.0
