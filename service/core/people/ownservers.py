"""Which servers a municipality's own mail has come through: what `trusted_authserv` would have to name.

To be shown to a person, who knows better, and never believed by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from service.core.mail import Message, Received
from service.core.people import addresses

# By what they write in Received lines. The servers by which Microsoft's customers send to each other are none of these
# (*.outbound.protection.outlook.com): so what another customer has written stays outside.
MICROSOFT = (
    "*.prod.outlook.com",
    "*.outlook.office365.com",
    "*.prod.protection.outlook.com",
    "*.mail.protection.outlook.com",
)
_MICROSOFTS = (".outlook.com", ".office365.com")


def seen_in(message: Message, domain: str) -> tuple[str, ...]:
    """The own servers' names in the stamps of a mail that lies in the mailbox, the last one first.

    domain: the mailbox's. Nobody outside can write the topmost stamp. The one below is an own server's where the one
    above says that it has handed the mail over, and both are neighbours by name.
    """
    found = tuple(dict.fromkeys(_linked(message.received, domain)))
    return MICROSOFT if any(host.endswith(_MICROSOFTS) for host in found) else found


def _linked(stamps: Sequence[Received], domain: str) -> Iterator[str]:
    """Stamps that tell only that the mail was laid in the mailbox (LMTP) come along where they have a name."""
    above: Received | None = None
    for stamp in stamps:
        host = addresses.domain_key(stamp.by)
        if above and above.sources and host not in map(addresses.domain_key, above.sources):
            return
        if above and not _are_neighbours(host, addresses.domain_key(above.by), domain):
            return
        if "." in host:
            yield host
        above = stamp


def _are_neighbours(host: str, other: str, domain: str) -> bool:
    zones = {addresses.domain_key(domain), other.partition(".")[2] if other.count(".") > 1 else other}
    return host == other or any(host.endswith(f".{zone}") or host == zone for zone in zones)
