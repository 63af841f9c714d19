"""Signed tokens: our Message-IDs name the letter, the case and, by signature, the person they were sent to.

A reply carries them back in In-Reply-To and References. Since the recipient's address is part of what is signed, a
token proves that its bearer was sent that very letter, and proves nothing for anybody else (domain 11.4).

They are short on purpose: a header with an id of more than some 65 characters is folded by many programs in ways that
others cannot read, and the thread is lost.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass

from service.core.people import addresses

NO_CASE = "none"
"""In place of a number: the letter concerns no case, or several."""

_KIND, _SIGNATURE = 3, 12  # characters; twelve of base 32 are sixty bits
_RANDOM, _MARK = 5, 4
_OF_THE_SERVICE, _SERVICE_NONCE = "svc", 11
_SHAPE = re.compile(r"<?([a-z]{2,3})\.([A-Z0-9-]{3,30}|none)\.([a-z0-9]{6,20})\.([a-z2-7]{12})@[^<>\s]{1,255}>?")


@dataclass(frozen=True, slots=True)
class Token:
    """What one of our Message-IDs says. It counts for somebody only after `proves`."""

    kind: str  # the first three letters of the letter's kind
    number: str
    nonce: str
    mac: str

    @property
    def mark(self) -> str:
        """The case's mark; empty where the letter bears none."""
        return self.nonce[_RANDOM:] if len(self.nonce) == _RANDOM + _MARK else ""

    @property
    def is_of_the_service(self) -> bool:
        """Whether the letter was about the service itself."""
        return self.number == NO_CASE and self.nonce.startswith(_OF_THE_SERVICE) and len(self.nonce) == _SERVICE_NONCE

    def is_for(self, kind: str) -> bool:
        """Whether the letter was of that kind."""
        return self.kind == kind[:_KIND]

    def proves(self, secret: bytes, address: str) -> bool:
        """Whether the letter with this token was sent to `address`."""
        return hmac.compare_digest(self.mac, _sign(secret, self.kind, self.number, self.nonce, address))


def make_message_id(secret: bytes, kind: str, number: str, nonce: str, address: str, domain: str) -> str:
    """The Message-ID of a letter: `<kind.NUMBER.nonce.signature@domain>`."""
    short, number = kind[:_KIND], number or NO_CASE
    return f"<{short}.{number}.{nonce}.{_sign(secret, short, number, nonce, address)}@{domain}>"


def mark(secret: bytes, text: str, submitter: str) -> str:
    """What tells, to whoever has the key, with whose text a letter's case began; empty for no text.

    After a register has been put back from a copy, an answer to a letter of the lost days thus names the mail that had
    that case number.
    """
    if not text.strip():
        return ""
    what = "\n".join(("mark", addresses.key(submitter) if submitter else "", text.strip()))
    return _base32(hmac.digest(secret, what.encode("utf-8", "replace"), hashlib.sha256))[:_MARK]


def new_nonce(marked: str = "") -> str:
    """What makes a letter's Message-ID one of a kind: random bits, and its case's mark where it has one."""
    return _base32(secrets.token_bytes(8))[:_RANDOM] + (marked or _base32(secrets.token_bytes(5))[:3])


def nonce_of_the_service() -> str:
    """A nonce for a letter about the service itself, which is about nobody's matter and stands in no register."""
    return _OF_THE_SERVICE + _base32(secrets.token_bytes(5))


def read_token(message_id: str) -> Token | None:
    """The token in a Message-ID, if it has the shape of one of ours."""
    found = _SHAPE.fullmatch(message_id.strip())
    return Token(*found.groups()) if found else None


def find_ids(content: bytes) -> Iterator[str]:
    """Everything in the bytes that has the shape of one of our Message-IDs, with its angle brackets."""
    end, at = 0, content.find(b"@")
    while at >= 0:
        # Each has one @, and before that a signature and a dot, which is looked at first: most mails are long.
        if content[at - _SIGNATURE - 1 : at - _SIGNATURE] == b".":
            found = _ANYWHERE.search(content, max(end, at - _LONGEST), at + _LONGEST_DOMAIN)
            if found and found.start() < at:
                yield f"<{found[0].decode('ascii')}>"
                end = found.end()
        end = max(end, at + 1)
        at = content.find(b"@", end)


_LONGEST, _LONGEST_DOMAIN = 70, 256
_ANYWHERE = re.compile(
    rb"\b[a-z]{2,3}\.(?:[A-Z0-9-]{3,30}|none)\.[a-z0-9]{6,20}\.[a-z2-7]{12}@[A-Za-z0-9._-]{1,253}[A-Za-z0-9]"
)


def _sign(secret: bytes, kind: str, number: str, nonce: str, address: str) -> str:
    what = "\n".join((kind, number, nonce, addresses.key(address)))
    return _base32(hmac.digest(secret, what.encode(), hashlib.sha256))[:_SIGNATURE]


def _base32(content: bytes) -> str:
    return base64.b32encode(content).decode().lower()
