"""Which mails a run has in hand, written down before it handles them: several processes share a mailbox by it.

A mail over which a process dies (killed for its memory, or for hanging) would otherwise be met by every new process
again. The mails of a batch are handled in order, and one that is done is in `seen`: the first that is not was in hand.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Table, and_, bindparam, delete, exists, select
from sqlalchemy.dialects import postgresql, sqlite

from service.desk.tables import in_hand, seen

NOBODY = 0
"""In place of a run: the mail waits, under suspicion."""


LEASE = timedelta(minutes=2)
"""So long a run that lives keeps others from the mails of its batch: it may stand still. A batch takes some seconds."""


def take(
    s: Connection,
    place: tuple[str, str, int],
    uids: Sequence[int],
    run: int,
    now: datetime,
    is_alive: Callable[[int], bool],
    deaths: int = 0,
) -> frozenset[int]:
    """This run handles these mails from now on, in this order; whatever it had in hand before is done.

    place: mailbox, folder and UIDVALIDITY. Returns those that it has: without what others have done since the folder
    was listed, and without what a run that lives has in hand. Two that handle the same mail all the same harm nothing:
    the second one's transaction fails.
    """
    mailbox, folder, uidvalidity = place
    s.execute(_MINE_SO_FAR, {"mailbox": mailbox, "run": run})
    if not uids:
        return frozenset()
    here = {"mailbox": mailbox, "folder": folder, "uidvalidity": uidvalidity}
    others = s.execute(_OTHERS, here | {"uids": list(uids)}).all()
    alive = {other: other != NOBODY and is_alive(other) for other in {row.run for row in others}}
    kept = {row.uid for row in others if alive[row.run] and row.taken_at and abs(now - row.taken_at) < LEASE}
    kept |= {row.uid for row in s.execute(_DONE, here | {"uids": list(uids)})}
    free = [uid for uid in uids if uid not in kept]
    if not free:
        return frozenset()
    s.execute(_FREED, here | {"uids": free})
    mine = here | {"run": run, "taken_at": now, "deaths": deaths}
    rows = [mine | {"uid": uid, "place": n} for n, uid in enumerate(free)]
    return frozenset(s.scalars(_TAKE[s.dialect.name], rows))


def _these(table: Table) -> tuple[ColumnElement[bool], ...]:
    here = [table.c[name] == bindparam(name) for name in ("mailbox", "folder", "uidvalidity")]
    return (*here, table.c.uid.in_(bindparam("uids", expanding=True)))


_MINE_SO_FAR = delete(in_hand).where(in_hand.c.mailbox == bindparam("mailbox"), in_hand.c.run == bindparam("run"))
_OTHERS = select(in_hand.c.uid, in_hand.c.run, in_hand.c.taken_at).where(*_these(in_hand))
_DONE = select(seen.c.uid).where(*_these(seen))
_FREED = delete(in_hand).where(*_these(in_hand))
_TAKE = {
    name: make(in_hand).on_conflict_do_nothing().returning(in_hand.c.uid)
    for name, make in (("sqlite", sqlite.insert), ("postgresql", postgresql.insert))
}


def let_go(s: Connection, mailbox: str, run: int, uids: Sequence[int]) -> None:
    """The mails stay where they are, but not in this run's hands."""
    s.execute(delete(in_hand).where(in_hand.c.mailbox == mailbox, in_hand.c.run == run, in_hand.c.uid.in_(uids)))


def suspects(s: Connection, mailbox: str, is_alive: Callable[[int], bool]) -> dict[tuple[int, int], int]:
    """What dead runs had in hand: (UIDVALIDITY, UID) of each mail under suspicion, and how many runs ended over it."""
    done = exists().where(
        and_(
            seen.c.mailbox == in_hand.c.mailbox,
            seen.c.folder == in_hand.c.folder,
            seen.c.uidvalidity == in_hand.c.uidvalidity,
            seen.c.uid == in_hand.c.uid,
        )
    )
    rows = s.execute(
        select(in_hand, done.label("is_done"))
        .where(in_hand.c.mailbox == mailbox)
        .order_by(in_hand.c.run, in_hand.c.place)
    ).all()
    alive = {run: run != NOBODY and is_alive(run) for run in {row.run for row in rows}}
    blamed: set[int] = {NOBODY}
    found: dict[tuple[int, int], int] = {}
    for row in rows:
        if alive[row.run] or row.is_done:
            continue
        deaths = row.deaths + (row.run not in blamed)
        blamed.add(row.run)
        if deaths:
            found[row.uidvalidity, row.uid] = deaths
            values = row._mapping
            kept = {key: values[key] for key in ("mailbox", "folder", "uidvalidity", "uid")}
            s.execute(
                in_hand.update()
                .where(*(in_hand.c[key] == value for key, value in kept.items()))
                .values(run=NOBODY, place=0, deaths=deaths)
            )
    dead = [run for run, lives in alive.items() if not lives and run != NOBODY]
    if dead:
        s.execute(delete(in_hand).where(in_hand.c.mailbox == mailbox, in_hand.c.run.in_(dead)))
    return found
