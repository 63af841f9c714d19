"""A case as figures see it: what sort it is and how its promises went. It knows neither who nor what."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime

from service.core.calendar.workdays import Calendar
from service.core.cases import Deadline, Status


class Went(enum.StrEnum):
    """How a promise went, by the day that was first promised (HJO-26: a later day that was told moves nothing)."""

    IN_TIME = "in_time"
    LATE = "late"  # kept too late, or not yet and the day has passed
    WAITING = "waiting"
    NOT_PROMISED = "not_promised"


def went(promise: Deadline | None, now: datetime) -> Went:
    """How the promise went, as things are at the instant (aware). Late begins the second after `due_at`."""
    if promise is None:
        return Went.NOT_PROMISED
    if promise.met_at is not None:
        return Went.IN_TIME if promise.met_at <= promise.due_at else Went.LATE
    return Went.WAITING if now <= promise.due_at else Went.LATE


@dataclass(frozen=True, slots=True)
class Counted:
    """The facts of a case that are counted. Instants are aware UTC.

    receipt, answer: the first promise of each kind. department: the name of the one that its unit belongs to.
    assigned, reopened: so many times. alike: it came in while others about the same matter were open.
    receipt_late_because: why its receipt was late, in words for people; empty where it was not. appeal: it is no
    feedback, but an appeal that is to be passed on (KLI-09): counted apart.
    """

    number: str
    received_at: datetime
    status: Status = Status.NEW
    type: str = ""
    category: str = ""
    measure: str = ""
    channel: str = ""
    process: str = ""
    language: str = "sv"
    unit: str = ""
    department: str = ""
    anonymous: bool = False
    secrecy: bool = False
    receipt: Deadline | None = None
    answer: Deadline | None = None
    late_reason: str = ""
    assigned: int = 0
    reopened: int = 0
    alike: bool = False
    receipt_late_because: str = ""
    appeal: bool = False

    @property
    def is_open(self) -> bool:
        """Whether somebody still owes the submitter something."""
        return self.status not in {Status.ANSWERED, Status.CLOSED, Status.REFUSED}


@dataclass(frozen=True, slots=True)
class Judged:
    """A case and how it went at an instant. days: working days from arrival to the answer, None without one."""

    case: Counted
    receipt: Went
    answer: Went
    days: int | None

    @property
    def number(self) -> str:
        """The case's number."""
        return self.case.number


def judge(case: Counted, calendar: Calendar, now: datetime) -> Judged:
    """The case as it stands at the instant."""
    met_at = case.answer.met_at if case.answer else None
    days = None
    if met_at:
        days = calendar.working_days_between(calendar.local_date(case.received_at), calendar.local_date(met_at))
    return Judged(case, went(case.receipt, now), went(case.answer, now), days)
