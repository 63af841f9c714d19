"""The fields of a delivery report (RFC 3464), wherever in the mail they stand."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.core.reading.automatic.evidence import ADDRESS, content_type, parts, source

if TYPE_CHECKING:
    from email.message import Message as Mail

LIMIT = 100_000

_STATUS_TYPES = {"message/delivery-status", "message/global-delivery-status", "text/delivery-status"}
# A field may be folded; reports put into prose are indented or quoted by gateways.
_FIELD = re.compile(
    r"^[ \t>]{0,8}(original-recipient|final-recipient|x-actual-recipient|action|status|diagnostic-code)[ \t]*:[ \t]*"
    r"([^\n]{0,998}(?:\n[ \t]+[^\n]{1,998}){0,20})",
    re.IGNORECASE | re.MULTILINE,
)
_FIELDS_FOLLOW = re.compile(r"^[ \t>]{0,8}(?:final|original)-recipient[ \t]*:", re.IGNORECASE | re.MULTILINE)
# Class, subject and detail; not a piece of an IP address or of a version number.
_ENHANCED = re.compile(r"(?<![\w.])([245]\.[0-7]\.\d{1,3})(?!\.?\w)")
_ACTIONS = {"failed": "failed", "failure": "failed", "fail": "failed", "delayed": "delayed", "delay": "delayed"} | {
    name: name for name in ("delivered", "relayed", "expanded")
}
_XTEXT = re.compile(r"\+([2-7][0-9A-F])")


@dataclass(frozen=True, slots=True)
class RecipientStatus:
    """What a report says of one recipient."""

    recipient: str | None
    status: str | None
    action: str | None


def enhanced_status(text: str) -> str | None:
    """Return the first enhanced status code (RFC 3463) in the text."""
    found = _ENHANCED.search(text)
    return found[1] if found else None


def status_parts(mail: Mail) -> list[RecipientStatus] | None:
    """Read the mail's delivery-status parts; None if it has none, [] if they name no recipient."""
    found = [part for part in parts(mail) if content_type(part) in _STATUS_TYPES]
    if not found:
        return None
    return [status for part in found[:10] for status in read_fields(source(part, LIMIT))]


def fields_in(text: str) -> list[RecipientStatus]:
    """Read the fields of a report whose MIME structure is lost, from the text of the mail."""
    return read_fields(text[:LIMIT]) if _FIELDS_FOLLOW.search(text[:LIMIT]) else []


def read_fields(text: str) -> list[RecipientStatus]:
    """Read the fields of a report, one value for each recipient, those where delivery failed first.

    A field that comes a second time opens the next recipient: blank lines get lost or doubled on the way.
    """
    groups: list[dict[str, str]] = []
    for field in _FIELD.finditer(text.replace("\r\n", "\n")):
        name, value = field[1].lower(), " ".join(field[2].split())
        if not groups or name in groups[-1]:
            groups.append({})
        groups[-1][name] = value
    found = [_recipient_status(group) for group in groups if "action" in group or len(group) > 1]
    rank = {"failed": 0, None: 1, "delayed": 2}
    return sorted(found, key=lambda status: rank.get(status.action, 3))


def _recipient_status(group: dict[str, str]) -> RecipientStatus:
    final = _address(group.get("final-recipient", ""))
    recipient = final or _address(group.get("original-recipient", "")) or _address(group.get("x-actual-recipient", ""))
    words = re.findall(r"[a-z]+", group.get("action", "").lower()[:40])
    action = next((_ACTIONS[word] for word in words if word in _ACTIONS), None)
    return RecipientStatus(recipient, _status(group), action)


def _status(group: dict[str, str]) -> str | None:
    stated = _ENHANCED.search(group.get("status", ""))
    told = enhanced_status(group.get("diagnostic-code", ""))
    if stated and told and stated[1].endswith(".0.0") and told[0] == stated[1][0]:
        return told  # the report's own "5.0.0" says no more than that it failed
    return stated[1] if stated else told


def _address(value: str) -> str | None:
    """Return the address of a recipient field ('rfc822; <user@example.org>', also in the xtext of RFC 3461)."""
    kind, _, rest = value.rpartition(";")
    found = ADDRESS.search(rest or kind)
    if found:
        return found[0]
    plain = _XTEXT.sub(lambda code: chr(int(code[1], 16)), rest)
    again = ADDRESS.search(plain)
    return again[0] if again else None
