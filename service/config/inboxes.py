"""What makes two inboxes one: the same folder of the same account on the same server, whatever each is called.

Only what is one for certain is taken as one here. Names of a server that the name system alone knows to be the same,
and an account with and without its domain, show themselves at work (`desk/neighbours`).
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address

from service.core.people import addresses

_STANDARD = {143, 993}
_THIS_MACHINE = "localhost"
_ITS_NUMBERS = {"127.0.0.1", "::1"}  # what listens on another one, such as 127.0.0.2, may lead anywhere


@dataclass(frozen=True, slots=True)
class Account:
    """A mail account, as it is compared. `tunnel`: a port of this machine that may lead to any other."""

    host: str
    tunnel: int
    user: str


def account(host: str, port: int, username: str | None) -> Account:
    """The account in the form in which accounts are compared. One server has them behind all of its ports."""
    host = _host(host)
    tunnel = port if host == _THIS_MACHINE and port not in _STANDARD else 0
    return Account(host, tunnel, addresses.key(_composed(username or "").lower()))


def name(host: str, port: int, username: str | None, inbox: str) -> str:
    """By which the register knows an inbox again: account and folder."""
    its = account(host, port, username)
    return f"{its.user} {its.host}{f':{its.tunnel}' if its.tunnel else ''} {folder(inbox)}"


def may_be_one(username: str | None, other: str | None) -> bool:
    """Whether both may be the same user: servers add the domain to a name without one."""
    (name, _, domain), (name_of_other, _, domain_of_other) = (
        addresses.key(_composed(each or "").lower()).partition("@") for each in (username, other)
    )
    return name == name_of_other and (domain == domain_of_other or not (domain and domain_of_other))


def folder(name: str) -> str:
    """The form in which folders are compared: INBOX in any letters (RFC 3501 section 5.1), others as they are."""
    name = _composed(name).rstrip("/")
    return "INBOX" if name.upper() == "INBOX" else name


def _host(name: str) -> str:
    name = name.strip().removesuffix(".")
    try:
        number = ip_address(name)
    except ValueError:
        return addresses.domain_key(_composed(name).lower())
    if isinstance(number, IPv6Address):
        number = number.ipv4_mapped or number
    return _THIS_MACHINE if str(number) in _ITS_NUMBERS else str(number)


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)
