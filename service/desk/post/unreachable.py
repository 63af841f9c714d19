"""Staff whose address takes no mail for now. It is never given up: each day one letter tries it again.

An address is held to be in order again when the server has taken a letter to staff for it and no report of its loss has
come within the hour, or when somebody writes from it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from service.core.people import addresses
from service.desk.lookup.catalogue import plain
from service.desk.tables import unreachable

_PROVEN_AFTER = timedelta(hours=1)


def note(s: Connection, address: str, because: str, now: datetime) -> bool:
    """The address has refused a letter, or a report says that one was lost. Whether that is news."""
    email = addresses.key(address)
    changed = s.execute(
        update(unreachable).where(unreachable.c.email == email).values(because=because, accepted_at=None)
    )
    if changed.rowcount:
        return False
    s.execute(insert(unreachable).values(email=email, since=now, because=because))
    return True


def note_accepted(s: Connection, address: str, now: datetime) -> None:
    """The server has taken a letter to staff for the address."""
    s.execute(_ACCEPTED, {"b_email": addresses.key(address), "b_at": now})


_ACCEPTED = (
    update(unreachable)
    .where(unreachable.c.email == bindparam("b_email"), unreachable.c.accepted_at.is_(None))
    .values(accepted_at=bindparam("b_at"))
)


def every(s: Connection) -> frozenset[str]:
    """The addresses, in the form that addresses are compared in."""
    return frozenset(s.scalars(_EVERY))


_EVERY = select(unreachable.c.email)


def listed(s: Connection) -> list[dict[str, Any]]:
    """The addresses with when it began and what the server says, the longest out of reach first."""
    wanted = select(unreachable.c.email, unreachable.c.since, unreachable.c.because).order_by(unreachable.c.since)
    return [{key: plain(value) for key, value in row.items()} for row in s.execute(wanted).mappings()]


def clear(s: Connection, address: str) -> bool:
    """The address is in order again. False where it was before."""
    return s.execute(_CLEAR, {"b_email": addresses.key(address)}).rowcount > 0


_CLEAR = delete(unreachable).where(unreachable.c.email == bindparam("b_email"))


def proven(s: Connection, now: datetime) -> list[str]:
    """Those that have taken mail and of which nothing has come back since."""
    return list(s.scalars(_PROVEN, {"before": now - _PROVEN_AFTER}))


_PROVEN = select(unreachable.c.email).where(unreachable.c.accepted_at <= bindparam("before"))
