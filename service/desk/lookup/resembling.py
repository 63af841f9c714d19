"""Cases about the same matter, looked up by a few keys: a mail costs the same however many cases there are."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    bindparam,
    delete,
    exists,
    func,
    insert,
    literal_column,
    select,
    union_all,
    update,
)

from service.core.alike.drafts import as_draft
from service.core.alike.matters import (
    MANY,
    MOST_KEYS,
    Alike,
    Common,
    Matter,
    Settled,
    alike,
    matter,
    settled,
)
from service.core.cases import Case, Status
from service.core.decide import Incoming, repeats
from service.core.people import addresses
from service.desk.tables import cases, makeups, matters, steps

if TYPE_CHECKING:
    from service.desk.turn import Turn

_LATEST_OF_A_KEY = 100  # a word of so many more says little; all of them are counted for each mail
_MOST_COMPARED = 100
_LEAST_SHARED = 2


def index(s: Connection, case_id: int, case: Case) -> None:
    """Remember what the case is about; of a secret one, nothing."""
    if case.secrecy:
        return
    about = matter(case.title, case.text)
    if about.keys:
        s.execute(_ADD, [{"mailbox": case.mailbox, "key": key, "case_id": case_id} for key in sorted(about.keys)])
        s.execute(_ADD_MAKEUP, {"case_id": case_id, "places": len(about.places), "words": len(about.words)})


_ADD, _ADD_MAKEUP = insert(matters), insert(makeups)


def look_up(work: Turn, mail: Incoming) -> Alike:
    """What the register knows of the matter that the new feedback is about: the latest cases, a hundred at most."""
    address, words = repeats.said_by(mail)
    form = mail.verdict.form
    mine = matter(form.heading if form else mail.message.subject, words)
    near = near_to(work.s, work.desk.mailbox, mine)
    found = [each.case_id for each in near if alike(mine, each.common)]
    rows = work.s.execute(_ALIKE, {"ids": found}).all() if found else []
    others = [r for r in rows if not r.secrecy and not _is_of(address, r.submitter_email)]
    still_open = [r for r in others if r.status in _OPEN]
    told = any(r.told for r in still_open)
    answered = [r for r in others if r.status in _DONE and r.has_answer and r.answered_at and not r.internal]
    last = max(answered, key=lambda r: r.answered_at, default=None)
    draft = as_draft(*work.s.execute(_ANSWER, {"id": last.id}).one(), work.desk.book) if last else ""
    where = _settled(work.s, mine, near) if work.desk.book.municipality.likeness.suggest else None
    return Alike(tuple(r.number for r in still_open), told, draft, last.number if last and draft else "", where)


def _settled(s: Connection, mine: Matter, near: list[Near]) -> Settled | None:
    keys_of = {each.case_id: each.shared for each in near}
    done = s.execute(_UNITS, {"ids": list(keys_of)}).all() if near else []
    return settled((unit, mine.words.intersection(_keys_at(keys_of[case_id], mine))) for case_id, unit in done)


def _is_of(address: str, other: str) -> bool:
    return bool(address and other) and addresses.same(address, other)


_OPEN = frozenset({Status.NEW.value, Status.TRIAGE.value, Status.ASSIGNED.value, Status.WAITING.value})
_DONE = frozenset({Status.ANSWERED.value, Status.CLOSED.value})
_THESE = cases.c.id.in_(bindparam("ids", expanding=True))
_ALIKE = (
    select(
        *(cases.c[name] for name in ("id", "number", "status", "secrecy", "internal", "answered_at")),
        (cases.c.answer != "").label("has_answer"),
        exists().where(steps.c.case_id == cases.c.id, steps.c.key == MANY).label("told"),
        cases.c.submitter_email,
    )
    .where(_THESE)
    .order_by(cases.c.id)
)
_ANSWER = select(cases.c.answer, cases.c.submitter_name).where(cases.c.id == bindparam("id"))
_UNITS = (
    select(cases.c.id, cases.c.unit)
    .where(_THESE, cases.c.status.in_(sorted(_DONE)), ~cases.c.secrecy, ~cases.c.internal)
    .order_by(cases.c.id.desc())
)


class Near(NamedTuple):
    """A case that shares keys with a matter. shared: which ones, a bit for each slot."""

    case_id: int
    shared: int
    common: Common


def near_to(s: Connection, mailbox: str, mine: Matter) -> list[Near]:
    """The latest cases that share keys with the matter, those with the most of them."""
    keys = _in_slots(mine)
    places, words = (sum(1 << n for n, key in enumerate(keys) if key in those) for those in (mine.places, mine.words))
    rows = s.execute(_NEAR, {"mailbox": mailbox, **dict(zip_longest(_SLOTS, keys, fillvalue=""))}).all()
    return [Near(case_id, bits, _common(bits & 1, bits & places, bits & words, *made)) for case_id, bits, *made in rows]


def _common(whole: int, places: int, words: int, others_places: int, others_words: int) -> Common:
    return Common(bool(whole), places.bit_count(), words.bit_count(), others_places, others_words)


def _in_slots(mine: Matter) -> tuple[str, ...]:
    return (mine.whole, *sorted(mine.keys - {mine.whole}))


def _keys_at(shared: int, mine: Matter) -> Iterator[str]:
    return (key for n, key in enumerate(_in_slots(mine)) if shared >> n & 1)


_SLOTS = tuple(f"key_{number}" for number in range(MOST_KEYS))
"""One for each key that a matter may have, that of its whole text in the first; an empty key finds nothing."""
_ONCE: ColumnElement[int] = literal_column(str(1 << MOST_KEYS))
"""What a shared key counts in the one sum of a case: so many times that, above the bits of the slots."""


def _latest(number: int, slot: str) -> Select[int, int]:
    """The latest cases with one key, and how much it counts, with its bit."""
    latest = (
        select(matters.c.case_id)
        .where(matters.c.mailbox == bindparam("mailbox"), matters.c.key == bindparam(slot))
        .order_by(matters.c.case_id.desc())
        .limit(literal_column(str(_LATEST_OF_A_KEY)))
        .subquery()
    )
    times = _LEAST_SHARED if number == 0 else 1
    return select(latest.c.case_id, literal_column(str(times << MOST_KEYS | 1 << number)).label("counts"))


def _near() -> Select[int, int, int, int]:
    """All of it in one statement: the database counts some thousand entries faster than we could fetch them."""
    found = union_all(*(_latest(number, slot) for number, slot in enumerate(_SLOTS))).subquery()
    shared = func.sum(found.c.counts, type_=BigInteger)
    near = (
        select(found.c.case_id, shared.label("shared"))
        .group_by(found.c.case_id)
        .having(shared >= literal_column(str(_LEAST_SHARED << MOST_KEYS)))
        .order_by((shared // _ONCE).desc(), found.c.case_id.desc())
        .limit(literal_column(str(_MOST_COMPARED)))
        .subquery()
    )
    wanted = select(near.c.case_id, near.c.shared % _ONCE, makeups.c.places, makeups.c.words)
    return wanted.join_from(near, makeups, makeups.c.case_id == near.c.case_id)


_NEAR = _near()


def forget(s: Connection, case_id: int, number: str) -> None:
    """The case has become secret: it is known as nothing, and its answer is nobody's proposal any longer."""
    for table in (matters, makeups):
        s.execute(delete(table).where(table.c.case_id == case_id))
    s.execute(update(cases).where(cases.c.draft_from == number).values(draft="", draft_from=""))
