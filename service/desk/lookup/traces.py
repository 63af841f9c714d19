"""What the register holds of one address besides its own cases (GDPR article 15). Nothing here writes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from service.core.people import addresses
from service.desk.lookup.catalogue import plain
from service.desk.tables import absences, binder, cases, journal, messages, quarantine, stopped, unreachable


def mails(s: Connection, address: str) -> list[int]:
    """The ids of all mails and letters from the address and to it, in the order of time.

    A letter to several is found too where the address is one of those it is addressed to.
    """
    key = addresses.key(address)
    of_it = or_(_is(messages.c.sender, key), _is_among(messages.c.recipient, key))
    at = func.coalesce(messages.c.sent_at, messages.c.at)
    return [*s.scalars(select(messages.c.id).where(of_it).order_by(at, messages.c.id))]


def elsewhere(s: Connection, address: str) -> dict[str, list[dict[str, Any]]]:
    """Everything else, by sort, as plain values: what was put aside, kept in the binder, remembered of the address."""
    key = addresses.key(address)
    wrote = _is(messages.c.sender, key)
    in_quarantine = quarantine.join(messages, messages.c.id == quarantine.c.message_id)
    same_mail = and_(messages.c.mailbox == binder.c.mailbox, messages.c.digest == binder.c.digest)
    kept = [binder.c[name] for name in ("id", "received_at", "title", "text")]
    asked = {
        "quarantine": select(quarantine.c.at, quarantine.c.reason, quarantine.c.state, messages.c.subject)
        .select_from(in_quarantine)
        .where(wrote),
        "binder": select(*kept).select_from(binder.join(messages, same_mail)).where(wrote),
        "stopped": select(stopped.c.since, stopped.c.because).where(stopped.c.email == key),
        "unreachable": select(unreachable.c.since, unreachable.c.because).where(_is(unreachable.c.email, key)),
        "absences": select(absences.c.since, absences.c.until, absences.c.substitute).where(_is(absences.c.email, key)),
        "officer": select(cases.c.number, cases.c.status).where(
            or_(_is(cases.c.officer, key), _is(cases.c.received_by, key))
        ),
        "journal": select(cases.c.number, journal.c.at, journal.c.kind)
        .select_from(journal.outerjoin(cases, cases.c.id == journal.c.case_id))
        .where(_is(journal.c.actor, key), func.coalesce(func.lower(cases.c.submitter_email), "") != key)
        .order_by(journal.c.id),
    }
    return {sort: list(_plain(s, wanted)) for sort, wanted in asked.items()}


def recipients(s: Connection, case_ids: list[int], address: str) -> list[str]:
    """Whom letters about these cases have gone to besides that person (GDPR article 15.1 c), in alphabetical order."""
    found = select(messages.c.recipient).where(
        messages.c.case_id.in_(case_ids), messages.c.direction == "out", messages.c.sent_at.is_not(None)
    )
    named = {each.strip() for told in s.scalars(found.distinct()) for each in told.split(",")}
    return sorted(each for each in named if each and not addresses.same(each, address))


def _is(column: ColumnElement[str], key: str) -> ColumnElement[bool]:
    return func.lower(column) == key


def _is_among(column: ColumnElement[str], key: str) -> ColumnElement[bool]:
    listed = func.lower(", " + column + ", ")
    return listed.contains(f", {key}, ", autoescape=True)


def _plain(s: Connection, wanted: Any) -> Iterator[dict[str, Any]]:
    for row in s.execute(wanted).mappings():
        yield {key: plain(value.isoformat() if key == "until" and value else value) for key, value in row.items()}
