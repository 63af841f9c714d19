"""Mail addresses: the one form in which they are compared, and the one in which they are written into a header.

Two addresses are one person's only where a mail to both reaches the same mailbox. So nothing is folded that the mail
system keeps apart: letters A to Z lose their case, and a domain is taken in the form that the name system knows (IDNA
2008, RFC 5891: `måla.example` is `xn--mla-ula.example`). The Kelvin sign is no k, and ß is not ss.
"""

from __future__ import annotations

import re
import string
import unicodedata
from functools import lru_cache

import idna

_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
_LONGEST = 320  # 64 characters, the sign, and the longest domain (RFC 5321 section 4.5.3.1)
_LONGEST_LABEL = 63
# What may stand in an envelope and in a header without SMTPUTF8: RFC 5322 section 3.4.1, tolerant of dots, since some
# servers have handed out addresses with two in a row or one before the @.
_MAILABLE = re.compile(
    r"(?:[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}|\"(?:[ !#-\[\]-~]|\\[ -~]){1,62}\")"
    r"@(?:[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,250}[A-Za-z0-9])?|\[[A-Za-z0-9.:]{2,60}\])"
)


@lru_cache(maxsize=4096)
def key(address: str) -> str:
    """The form in which addresses are compared: `Anna.Ek@MÅLA.example.` is `anna.ek@xn--mla-ula.example`."""
    local, at, domain = address.strip().rpartition("@")
    return f"{local.translate(_LOWER)}{at}{domain_key(domain)}"


@lru_cache(maxsize=4096)
def domain_key(domain: str) -> str:
    """The form in which domains are compared: A-labels in small letters; a label that is none stays as it is."""
    domain = domain.translate(_LOWER).removesuffix(".")
    if domain.isascii() or len(domain) > _LONGEST:
        return domain
    return ".".join(label if label.isascii() else _a_label(label) for label in domain.split("."))


def _a_label(label: str) -> str:
    if len(label) > _LONGEST_LABEL or any(_looks_ascii(c) for c in label):
        return label
    try:
        return idna.alabel(unicodedata.normalize("NFC", label.lower())).decode("ascii")
    except UnicodeError:  # which `idna.IDNAError` is: no label that anybody could register
        return label


def _looks_ascii(character: str) -> bool:
    """Whether a character outside ASCII would become one of ASCII by folding: the Kelvin sign, full-width letters."""
    return not character.isascii() and unicodedata.normalize("NFKC", character.lower())[:1].isascii()


def same(a: str, b: str) -> bool:
    """Whether two addresses are one."""
    return key(a) == key(b)


def domain_of(address: str) -> str:
    """The domain in the form in which domains are compared; empty where the address has none."""
    return key(address).rpartition("@")[2] if "@" in address else ""


def written(address: str) -> str:
    """The address as it stands in a header and an envelope: its own letters, the domain in ASCII."""
    address = address.strip().removesuffix(".")
    if address.isascii():
        return address
    local, at, domain = address.rpartition("@")
    return f"{local}{at}{domain_key(domain)}"


def is_mailable(address: str) -> bool:
    """Whether a mail can be addressed to it: one mailbox, and in its written form nothing but ASCII."""
    return bool(_MAILABLE.fullmatch(written(address)))
