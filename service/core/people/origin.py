"""What the municipality's own servers say of a mail: when it came, and whether its sender is genuine."""

from __future__ import annotations

import enum
import fnmatch
import ipaddress
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from service.core.mail import FEIGNED_RESULT, SEVERAL_SENDERS, Mark, Message, Received
from service.core.people import addresses, results
from service.core.people.results import Result
from service.core.rules.choices import ResultsPlace
from service.core.rules.municipality import Municipality
from service.core.rules.rulebook import RuleBook


@dataclass(frozen=True, slots=True)
class Arrival:
    """When the mail came in (aware UTC) and how we know."""

    at: datetime
    because: str


def arrival(message: Message, internal_date: datetime | None, now: datetime, trusted: Iterable[str]) -> Arrival:
    """When the mail reached the municipality: the topmost stamp of a trusted server, else IMAP's INTERNALDATE.

    A mail has come in when it reached the municipality's servers, even if nobody looked (FL 22 §, NJA 2024 s. 3); the
    sender's own `Date` counts for nothing. A stamp that lies ahead of our clock is taken as now: no promise may
    begin in the future.
    """
    patterns = tuple(trusted)
    for stamp in message.received:
        if stamp.at and is_trusted(stamp.by, patterns):
            return _not_ahead(Arrival(stamp.at, f"stamped by {stamp.by}"), now)
    if internal_date:
        return _not_ahead(Arrival(internal_date, "by the mailbox's own date"), now)
    return Arrival(now, "seen now; the mail carries no trusted stamp")


def _not_ahead(found: Arrival, now: datetime) -> Arrival:
    return found if found.at <= now else Arrival(now, f"{found.because}, which lies ahead of the clock")


def is_trusted(host: str, trusted: Iterable[str]) -> bool:
    """Whether the host is one of the municipality's own (setting `trusted_authserv`; `*` is a wildcard)."""
    host = addresses.domain_key(host)
    return any(fnmatch.fnmatchcase(host, addresses.domain_key(pattern)) for pattern in trusted)


class Word(enum.StrEnum):
    """What the own server says of a sender."""

    PASS = "pass"  # noqa: S105  # a word of RFC 8601, no secret
    FAIL = "fail"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the municipality's own server says of the sender, and where it says so."""

    word: Word
    because: str


def judgement(message: Message, book: RuleBook) -> Judgement:
    """Whether the municipality's own server found the From domain genuine (RFC 8601), found it false, or says nothing.

    Only what stands in the own zone of the header counts, whatever name it gives itself (Microsoft 365 gives none):
    anything else was written by whoever sent the mail. A fail anywhere in the zone is a fail; else the topmost result
    that says anything decides. `none`, errors of the moment and what is neutral say nothing.
    """
    own = book.municipality
    zone = own_zone(message, own)
    if zone:
        fields = [r for r in message.authentication if r.received_above <= zone.results]
    elif _laid_in_the_mailbox(message.received) == len(message.received):
        # No server has taken it from anybody: it was put into the mailbox as it is, by those who may open it.
        unsigned = [r for r in message.authentication if not is_trusted(r.authserv_id, own.trusted_hosts)]
        fields = [r for r in message.authentication if r not in unsigned or _word(r.value, message) is Word.FAIL]
    else:
        return Judgement(Word.NOTHING, "no stamp of an own server stands on top of the mail")
    said = [_word(r.value, message) for r in fields]
    if Word.FAIL in said:
        return Judgement(Word.FAIL, "the own server says that the sender is not genuine")
    if Word.PASS in said and FEIGNED_RESULT in message.warnings:
        return Judgement(Word.NOTHING, "the own server's pass may be what the sending host called itself")
    if Word.PASS in said:
        return Judgement(Word.PASS, "the own server says that the sender is genuine")
    for trusted in own.trusted_headers:
        values = {m.value.lower() for m in message.marks if m.name == trusted.name.lower() and zone and zone.holds(m)}
        if values == {trusted.value.lower()}:
            return Judgement(Word.PASS, f"the own server has written {trusted.name}: {trusted.value}")
    return Judgement(Word.NOTHING, "the own server says nothing of the sender" if said else "the own server is silent")


@dataclass(frozen=True, slots=True)
class Zone:
    """The part of a header that only own servers have written, in Received stamps that stand above a field of it.

    border: the lowest stamp of an own server in unbroken order from the top. What stands above it is the own zone.
    results: so many stamps may stand above a result that counts: one more where the server writes below its stamp.
    inside: the mail has never been outside: every stamp is an own server's, made of a mail from an own server.
    """

    border: int
    results: int
    inside: bool

    def holds(self, mark: Mark) -> bool:
        """Whether the field is the own servers'. A mail that has never been outside was written by them as a whole."""
        return self.inside or mark.received_above <= self.border


def own_zone(message: Message, own: Municipality) -> Zone | None:
    """How far down the header is the own servers': to the first own stamp that took the mail from a foreign host.

    None where the topmost stamp is no own server's: then nobody knows who wrote what stands there.
    """
    stamps, hosts = message.received, own.trusted_hosts
    border = _laid_in_the_mailbox(stamps)
    if border == len(stamps) or not is_trusted(stamps[border].by, hosts):
        return None
    # Whoever handed the mail to an own server is known by that server's stamp; where it was an own server too, the next
    # stamp is genuine as well.
    while _came_from_inside(stamps[border], hosts):
        if border + 1 == len(stamps):
            return Zone(border, _results(stamps[border], border, own), inside=True)
        if not (is_trusted(stamps[border + 1].by, hosts) or stamps[border + 1].by in _THIS_VERY_HOST):
            break
        border += 1
    return Zone(border, _results(stamps[border], border, own), inside=False)


def _laid_in_the_mailbox(stamps: Sequence[Received]) -> int:
    """How many stamps on top only tell that the mail was laid in the mailbox.

    LMTP (RFC 2033) is spoken between the own mail server and the own mailbox alone, and nobody outside can write the
    topmost stamp: whatever the mailbox server calls itself, it is the municipality's.
    """
    return 1 if stamps and stamps[0].protocol.startswith("lmtp") else 0


def _results(stamp: Received, border: int, own: Municipality) -> int:
    below = (server.host for server in own.trusted_authserv if server.results is ResultsPlace.BELOW)
    return border + 1 if is_trusted(stamp.by, below) else border


def is_from_inside(message: Message, book: RuleBook) -> bool:
    """Whether the mail was made by the municipality's own servers and has never been outside.

    A mail from outside bears at least the stamp of the server that took it, which names whom it came from.
    """
    if _laid_in_the_mailbox(message.received) == len(message.received):
        return True
    zone = own_zone(message, book.municipality)
    if zone is None:
        return False
    lowest = message.received[-1]
    made_here = zone.border == len(message.received) - 1 and not lowest.sources and not lowest.source_ips
    return zone.inside or made_here


_THIS_VERY_HOST = {"localhost", "localhost.localdomain"}  # as content filters name themselves


def _came_from_inside(stamp: Received, hosts: tuple[str, ...]) -> bool:
    """Whether the host that handed the mail over was an own one.

    The name that it gave itself is only a claim, also an address: `[127.0.0.1] (unknown [192.0.2.7])`.
    It counts where the stamping host has found the same sort of name, or where no address is one that a stranger can
    have.
    """
    ips = [ip for written in stamp.source_ips if (ip := _address(written))]
    if ips and all(ip.is_loopback for ip in ips):
        return True
    if not stamp.sources or not all(is_trusted(name, hosts) for name in stamp.sources):
        return False
    by_ip = _address(stamp.by_ip)
    near = all(any(ip in net for net in _NOT_OF_THE_INTERNET if net.version == ip.version) for ip in ips)
    beside = by_ip is not None and all(_beside(ip, by_ip) for ip in ips)
    return len(stamp.sources) > 1 or near or beside


_Ip = ipaddress.IPv4Address | ipaddress.IPv6Address
_NOT_OF_THE_INTERNET = tuple(
    map(
        ipaddress.ip_network,
        ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "fc00::/7", "fe80::/10"),
    )
)


def _address(written: str) -> _Ip | None:
    try:
        return ipaddress.ip_address(written)
    except ValueError:
        return None


def _beside(ip: _Ip, other: _Ip) -> bool:
    return ip.version == other.version and _network(ip) == _network(other)


def _network(ip: _Ip) -> int:
    """The first bits: 24 of an IPv4 address, 32 of an IPv6 address, which is what one operator has."""
    return int(ip) >> (8 if ip.version == 4 else 96)  # noqa: PLR2004  # the version is its name


def where_results_stand(message: Message, book: RuleBook) -> str:
    """Where the own server has written its results: `above` or `below` its stamp, `none`, or `no stamp` of its own."""
    zone = own_zone(message, book.municipality)
    if zone is None:
        return "no stamp"
    places = {result.received_above for result in message.authentication}
    if any(place <= zone.border for place in places):
        return "above"
    return "below" if zone.border + 1 in places else "none"


def _word(value: str, message: Message) -> Word:
    """DMARC decides where it was judged; else a DKIM signature of exactly the From domain.

    A broken signature is as good as none (RFC 6376 section 6.1): lists and filters break them.
    """
    domain = message.sender.key.rpartition("@")[2] if message.sender else ""
    found = results.read(value, message.return_path)
    dmarc = {result.verdict for result in found if result.method == "dmarc"}
    if "fail" in dmarc:
        return Word.FAIL
    passed = [result for result in found if result.verdict == "pass" and result.own]
    genuine = [result for result in passed if result.method == "dmarc"] or [
        result for result in passed if result.method == "dkim" and result.domain == domain
    ]
    # A pass for another domain than the one that we read in From is none for this mail.
    # Where it names several senders, a pass that names no domain may be about another one.
    named = {domain} if SEVERAL_SENDERS in message.warnings else {"", domain}
    about_it = bool(domain) and all(result.domain in named for result in genuine)
    return Word.PASS if genuine and about_it and not _contradicts(genuine[0].method, found) else Word.NOTHING


def _contradicts(method: str, found: list[Result]) -> bool:
    """Whether the field says something else of the method besides its pass: then one of both may be the sender's.

    Of several signatures some may be broken or another's; `none` says that there is not one.
    """
    others = {result.verdict for result in found if result.method == method} - {"pass"}
    return bool(others) if method == "dmarc" else "none" in others
