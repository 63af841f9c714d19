"""The journal as evidence: what the registrar has in the mailbox proves what stood in the register."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select, update

from service.core.keeping import chain
from service.desk.lookup.proof import prove
from service.desk.tables import chain as ends
from service.desk.tables import journal
from tests.conversations.town import ANNA, HOLE, REGISTRAR, Town

pytestmark = pytest.mark.databases("sqlite", "postgresql")


def test_once_a_month_the_registrar_gets_the_checksum(town: Town) -> None:
    """After a standstill too, once; the mail's sum is part of the chain for as long as nobody rewrites it."""
    town.writes(ANNA, HOLE)
    town.waits_until("2026-09-30 12:00")
    assert town.checksums == [], "a new register has nothing to prove"
    town.waits_until("2026-10-02 12:00")
    assert [f"{x.at:%m-%d %H:%M}" for x in town.checksums] == ["10-01 07:30"]
    assert town.checksums[0].to == REGISTRAR
    town.passes(days=70)
    town.passes(hours=1)
    assert [f"{x.at:%m-%d}" for x in town.checksums] == ["10-01", "12-11"]
    mailed = next(word for word in town.checksums[0].text.split() if len(word) == 64)
    with town.database.reading() as s:
        found = prove(s, mailed)
    assert (found.faults, found.asked is not None) == ([], True)
    _rewrite(town)
    with town.database.reading() as s:
        found = prove(s, mailed)
    assert (found.faults, found.asked) == ([], None), "a chain computed anew holds together, but not with the mail"


def _rewrite(town: Town) -> None:
    """Somebody with the database, and knowledge of this service, changes a line and computes all links anew."""
    with town.database.transaction() as s:
        first = select(func.min(journal.c.id)).scalar_subquery()
        s.execute(update(journal).where(journal.c.id == first).values(text="nothing of the kind"))
        end = chain.BEGINNING
        for row in s.execute(select(journal).order_by(journal.c.id)).all():
            sealed = chain.seal(row.salt, row.actor, row.text)
            facts = chain.Facts(row.case_id, row.mailbox, row.at, row.kind, row.message, row.document)
            end = chain.link(end, facts, sealed)
            s.execute(update(journal).where(journal.c.id == row.id).values(seal=sealed, link=end))
        s.execute(update(ends).values(link=end))
