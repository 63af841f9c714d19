"""Cases about the same matter, looked up by a few keys: a mail costs the same however many cases there are."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from service.core.alike.drafts import as_draft
from service.core.alike.matters import MANY, WHOLE, Alike, Matter, Settled, matter, nearest, settled
from service.core.cases import Case, Status
from service.core.decide import Incoming, repeats
from service.core.people import addresses
from service.desk.tables import cases, matters, steps

if TYPE_CHECKING:
    from service.desk.turn import Turn

_LATEST_OF_A_KEY = 200
_MOST_COMPARED = 100
_LEAST_SHARED = 2


def index(s: Connection, case_id: int, case: Case) -> None:
    """Remember what the case is about; of a secret one, nothing."""
    if case.secrecy:
        return
    keys = sorted(matter(case.title, case.text).keys)
    if keys:
        s.execute(_ADD, [{"mailbox": case.mailbox, "key": key, "case_id": case_id} for key in keys])


_ADD = insert(matters)


def look_up(work: Turn, mail: Incoming) -> Alike:
    """What the register knows of the matter that the new feedback is about: the latest cases, a hundred at most."""
    address, words = repeats.said_by(mail)
    form = mail.verdict.form
    mine = matter(form.heading if form else mail.message.subject, words)
    known = _compared(work.s, work.desk.mailbox, mine)
    found = nearest(mine, sorted(known.items()))
    rows = work.s.execute(_CASES, {"ids": found}).all() if found else []
    others = [r for r in rows if not r.secrecy and not _is_of(address, r.submitter_email)]
    still_open = [r for r in others if r.status in _OPEN]
    ids = [r.id for r in still_open]
    told = bool(ids) and work.s.scalar(_TOLD, {"ids": ids}) is not None
    answered = [r for r in others if r.status in _DONE and r.answer and r.answered_at and not r.internal]
    last = max(answered, key=lambda r: r.answered_at, default=None)
    draft = as_draft(last.answer, last.submitter_name, work.desk.book) if last else ""
    where = _settled(work.s, mine, known) if work.desk.book.municipality.likeness.suggest else None
    return Alike(tuple(r.number for r in still_open), told, draft, last.number if last and draft else "", where)


def _settled(s: Connection, mine: Matter, known: dict[int, Matter]) -> Settled | None:
    rows = s.execute(_CASES, {"ids": list(known)}).all() if known else []
    done = [r for r in reversed(rows) if r.status in _DONE and not r.secrecy and not r.internal]
    return settled(mine, ((r.unit, known[r.id]) for r in done))


def _is_of(address: str, other: str) -> bool:
    return bool(address and other) and addresses.same(address, other)


_OPEN = frozenset({Status.NEW.value, Status.TRIAGE.value, Status.ASSIGNED.value, Status.WAITING.value})
_DONE = frozenset({Status.ANSWERED.value, Status.CLOSED.value})
_WANTED = (
    "id",
    "number",
    "status",
    "secrecy",
    "internal",
    "unit",
    "answer",
    "answered_at",
    "submitter_email",
    "submitter_name",
)
_CASES = (
    select(*(cases.c[name] for name in _WANTED))
    .where(cases.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(cases.c.id)
)
_TOLD = (
    select(steps.c.case_id).where(steps.c.key == MANY, steps.c.case_id.in_(bindparam("ids", expanding=True))).limit(1)
)


def _compared(s: Connection, mailbox: str, mine: Matter) -> dict[int, Matter]:
    """The latest cases that share keys with the matter, those with the most of them, and what each is about."""
    votes: Counter[int] = Counter()
    for key in mine.keys:
        weight = _LEAST_SHARED if key.startswith(WHOLE) else 1
        for case_id in s.scalars(_LATEST, {"mailbox": mailbox, "key": key}):
            votes[case_id] += weight
    near = sorted((n for n, shared in votes.items() if shared >= _LEAST_SHARED), key=lambda n: (-votes[n], -n))
    ids = near[:_MOST_COMPARED]
    keys: dict[int, set[str]] = {case_id: set() for case_id in ids}
    for row in s.execute(_KEYS, {"ids": ids}) if ids else ():
        keys[row.case_id].add(row.key)
    return {case_id: Matter(frozenset(found)) for case_id, found in keys.items()}


_LATEST = (
    select(matters.c.case_id)
    .where(matters.c.mailbox == bindparam("mailbox"), matters.c.key == bindparam("key"))
    .order_by(matters.c.case_id.desc())
    .limit(_LATEST_OF_A_KEY)
)
_KEYS = select(matters.c.case_id, matters.c.key).where(matters.c.case_id.in_(bindparam("ids", expanding=True)))


def forget(s: Connection, case_id: int, number: str) -> None:
    """The case has become secret: it is known as nothing, and its answer is nobody's proposal any longer."""
    s.execute(delete(matters).where(matters.c.case_id == case_id))
    s.execute(update(cases).where(cases.c.draft_from == number).values(draft="", draft_from=""))
