"""Which mails a run has in hand, written down before it handles them.

A mail over which a process dies (killed for its memory, or for hanging) would otherwise be met by every new process
again. The mails of a batch are handled in order, and one that is done is in `seen`: the first that is not was in hand.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import Connection, and_, delete, exists, insert, select

from service.desk.tables import in_hand, seen

NOBODY = 0
"""In place of a run: the mail waits, under suspicion."""


def take(
    s: Connection, mailbox: str, folder: str, uidvalidity: int, uids: Sequence[int], run: int, deaths: int = 0
) -> None:
    """This run handles these mails now, in this order; whatever it had in hand before is done."""
    s.execute(delete(in_hand).where(in_hand.c.mailbox == mailbox, in_hand.c.run == run))
    if not uids:
        return
    here = {"mailbox": mailbox, "folder": folder, "uidvalidity": uidvalidity}
    s.execute(
        delete(in_hand).where(
            in_hand.c.mailbox == mailbox,
            in_hand.c.folder == folder,
            in_hand.c.uidvalidity == uidvalidity,
            in_hand.c.uid.in_(uids),
        )
    )
    rows = [here | {"uid": uid, "run": run, "place": n, "deaths": deaths} for n, uid in enumerate(uids)]
    s.execute(insert(in_hand), rows)


def let_go(s: Connection, mailbox: str, run: int, uid: int) -> None:
    """The mail stays where it is, but not in this run's hands."""
    s.execute(delete(in_hand).where(in_hand.c.mailbox == mailbox, in_hand.c.run == run, in_hand.c.uid == uid))


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
