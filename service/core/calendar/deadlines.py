"""Promises and the ladder: when a case is due, and which reminder or escalation is the present one.

Everything here is derived from the case, the rules and the instant; nothing is stored but the keys of the steps that
were taken. A service that slept for a month takes the present step only, and the journal names those it passed over.
"""

from __future__ import annotations

import enum
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from service.core.calendar.durations import Duration
from service.core.calendar.workdays import Calendar, due
from service.core.cases import Case, Clock, Deadline, Status
from service.core.rules.choices import CloseMode, Role
from service.core.rules.rulebook import RuleBook

_TOO_CLOSE = 2  # working days
_ON_ITS_WAY = timedelta(hours=1)  # so long a receipt may be under way before somebody is told that it is missing
_MOST_REPEATS = 200  # four years of weekly escalations: the ladder of a case stays finite


class StepKind(enum.StrEnum):
    """What a step of the ladder does."""

    REMIND = "remind"
    ESCALATE = "escalate"
    WATCH_RECEIPT = "watch-receipt"
    WATCH_APPEAL = "watch-appeal"


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its key is unique in the case for ever, `at` is the first instant (UTC) at which it may be taken."""

    key: str
    kind: StepKind
    at: datetime
    roles: tuple[Role, ...] = ()
    rung: int = 0  # how high on the ladder an escalation stands


@dataclass(frozen=True, slots=True)
class Present:
    """What is to be done now: the steps of one instant as one, and the earlier ones that it makes needless.

    Rungs of the ladder often fall on the same morning (ten working days are fourteen days); then their roles add up.
    """

    kind: StepKind
    key: str
    at: datetime
    roles: tuple[Role, ...]
    superseded: tuple[str, ...]


def due_at(arrived: datetime, duration: Duration, book: RuleBook) -> datetime:
    """When a promise counted from `arrived` is due (UTC); rolled where the municipality rolls calendar days (C01)."""
    return due(arrived, duration, book.calendar, roll=book.municipality.deadlines.roll_to_working_day)


def month_after(day: date) -> date:
    """One month later, the last day of a shorter month: so long a data-subject request may take (GDPR art. 12.3)."""
    year, month = divmod(day.year * 12 + day.month, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def answer_duration(channel: str, process: str, book: RuleBook) -> Duration:
    """The promise for an answer by channel (KOP-14: social media has its own) or process (C11)."""
    return promised(Clock.ANSWER, channel, process, book)[1]


def promised(kind: Clock, channel: str, process: str, book: RuleBook) -> tuple[str, Duration]:
    """The promise of that kind to feedback that came so, and the key in municipality.yaml that gives it."""
    promises = book.municipality.deadlines
    if kind is Clock.RECEIPT:
        return "deadlines.receipt", promises.receipt
    if kind is Clock.SECOND_ANSWER:
        return "deadlines.second_answer", promises.second_answer
    if channel in promises.per_channel:
        return f"deadlines.per_channel.{channel}", promises.per_channel[channel]
    if process in promises.per_process:
        return f"deadlines.per_process.{process}", promises.per_process[process]
    return "deadlines.answer", promises.answer


def office_opens(after: datetime, book: RuleBook) -> datetime:
    """The first instant of office hours at or after the instant: reminders and escalations leave only then."""
    calendar, hours = book.calendar, book.municipality.office_hours
    day = calendar.local_date(after)
    if calendar.is_working_day(day):
        opens = calendar.at(day, hours.opens)
        if after <= opens or after < calendar.at(day, hours.closes):
            return max(after, opens)
    return calendar.at(calendar.add_working_days(day, 1), hours.opens)


def ladders(case: Case, book: RuleBook, until: datetime) -> list[list[Step]]:
    """The steps of each promise that runs, in order of time; repeating ones up to the first after `until`."""
    if case.status in {Status.CLOSED, Status.REFUSED}:
        return []
    running = case.running
    return [
        receipt_steps(case, book),
        appeal_steps(case, book, until),
        answer_steps(running, book, until) if running else [],
    ]


def appeal_steps(case: Case, book: RuleBook, until: datetime) -> list[Step]:
    """Each working day until an appeal has been passed on: it has no answer date, and its day may decide (KLI-09).

    From the second day on the head of the department hears of it besides.
    """
    if not case.is_appeal or case.running:
        return []
    steps: list[Step] = []
    day = book.calendar.local_date(case.received_at)
    for turn in range(1, _MOST_REPEATS):
        day = book.calendar.add_working_days(day, 1)
        at = book.calendar.at(day, book.municipality.office_hours.opens)
        roles = (Role.REGISTRAR,) if turn == 1 else (Role.REGISTRAR, Role.HEAD)
        steps.append(Step(f"appeal/{turn}", StepKind.WATCH_APPEAL, at, roles))
        if at > until:
            break
    return steps


def answer_steps(promise: Deadline, book: RuleBook, until: datetime) -> list[Step]:
    """The reminders and escalations of one promise of an answer, in order of time.

    Without those that would say the same to the same person once more: before the day a reminder and a step that tells
    only the officer are one and the same mail, and of two such within two working days of each other the later is left
    out. Two reminders of the municipality's own list are both meant.
    """
    kept: list[Step] = []
    to_the_officer: list[Step] = []  # those kept that may be said twice: of a ladder of years these are few
    for step in every_step(promise, book, until):
        if step.at > promise.due_at or not set(step.roles) <= {Role.OFFICER}:
            kept.append(step)
        elif not any(_repeats(step, earlier, book.calendar) for earlier in to_the_officer):
            to_the_officer.append(step)
            kept.append(step)
    return sorted([*kept, *_steps_of_hours(promise, book)], key=lambda step: step.at)


def _steps_of_hours(promise: Deadline, book: RuleBook) -> list[Step]:
    """Of a promise of hours (KOP-14), for which the ladder's days are too long: half-way, and when it has passed."""
    calendar = book.calendar
    in_days = promise.due_at == calendar.day_ends(calendar.local_date(promise.due_at))
    if in_days or promise.due_at - promise.started_at > _FEW_HOURS:
        return []
    half = office_opens(promise.started_at + (promise.due_at - promise.started_at) / 2, book)
    late = office_opens(promise.due_at + timedelta(seconds=1), book)
    steps = [Step(f"{_series(promise)}/remind/half", StepKind.REMIND, half)] if half < promise.due_at else []
    return [*steps, Step(f"{_series(promise)}/escalate/late", StepKind.ESCALATE, late, (Role.OFFICER, Role.MANAGER))]


_FEW_HOURS = timedelta(hours=48)


def every_step(promise: Deadline, book: RuleBook, until: datetime) -> list[Step]:
    """Every reminder and escalation of the rules, in order of time, whether or not it repeats another."""
    every = _reminders(promise, book) + _escalations(promise, book, until)
    return sorted(every, key=lambda step: step.at)


def _repeats(step: Step, earlier: Step, calendar: Calendar) -> bool:
    if step.kind is earlier.kind:
        return False
    days = calendar.working_days_between(calendar.local_date(earlier.at), calendar.local_date(step.at))
    return days <= _TOO_CLOSE


def _series(deadline: Deadline) -> str:
    """Names one promise of a case: a second follow-up has a ladder of its own."""
    return f"{deadline.kind.value}:{deadline.started_at:%Y%m%dT%H%M%S}"


def receipt_steps(case: Case, book: RuleBook) -> list[Step]:
    """The registrar hears that a promised receipt has not gone out while there is time to mend it (KLI-22).

    Whatever has kept it: it has come back, waits for its turn, or is to be a letter that nobody has posted yet.
    """
    promise = case.deadline(Clock.RECEIPT)
    if not promise or not promise.running:
        return []
    at = office_opens(max(_last_opening(promise.due_at, book), promise.started_at + _ON_ITS_WAY), book)
    return [Step(f"{_series(promise)}/watch", StepKind.WATCH_RECEIPT, at)]


def _last_opening(before: datetime, book: RuleBook) -> datetime:
    """The last instant before the other at which the office opens."""
    calendar, opens = book.calendar, book.municipality.office_hours.opens
    day = calendar.local_date(before)
    if calendar.is_working_day(day) and calendar.at(day, opens) < before:
        return calendar.at(day, opens)
    return calendar.at(calendar.add_working_days(day, -1), opens)


def _reminders(promise: Deadline, book: RuleBook) -> list[Step]:
    calendar, opens = book.calendar, book.municipality.office_hours.opens
    due_day, first_day = calendar.local_date(promise.due_at), calendar.local_date(promise.started_at)
    steps = []
    for reminder in dict.fromkeys(book.municipality.reminders):  # the same one twice is one step
        day = _days_before(due_day, reminder.before, calendar)
        if not calendar.is_working_day(day):  # sooner, since after the weekend the day itself may have passed (SPA-24)
            day = calendar.add_working_days(day, -1)
        if day > first_day:
            key = f"{_series(promise)}/remind/{reminder}"
            steps.append(Step(key, StepKind.REMIND, calendar.at(day, opens)))
    return steps


def _days_before(day: date, duration: Duration, calendar: Calendar) -> date:
    if duration.unit.value == "working_days":
        return calendar.add_working_days(day, -duration.amount)
    if duration.unit.value == "days":
        return day - timedelta(days=duration.amount)
    return day


def _escalations(promise: Deadline, book: RuleBook, until: datetime) -> list[Step]:
    """A step counts from the arrival that the promise counts from, and comes once its own day has passed."""
    steps, series = [], _series(promise)
    for rung, level in enumerate(book.municipality.escalation, start=1):
        roles = tuple(level.to)
        at = _after(promise.started_at, level.after, book)
        steps.append(Step(f"{series}/escalate/{rung}", StepKind.ESCALATE, at, roles, rung))
        for turn in range(1, _MOST_REPEATS if level.repeat else 1):
            if at > until:
                break
            at = office_opens(_later(at, level.repeat, book), book) if level.repeat else at
            steps.append(Step(f"{series}/escalate/{rung}#{turn}", StepKind.ESCALATE, at, roles, rung))
    return steps


def _after(start: datetime, duration: Duration, book: RuleBook) -> datetime:
    return office_opens(due(start, duration, book.calendar, roll=False) + timedelta(seconds=1), book)


def _later(at: datetime, duration: Duration, book: RuleBook) -> datetime:
    """The same time of day so much later: a weekly reminder stays on its weekday."""
    calendar = book.calendar
    local = at.astimezone(calendar.zone)
    if duration.unit.value == "days":
        return calendar.at(local.date() + timedelta(days=duration.amount), local.time())
    if duration.unit.value == "working_days":
        return calendar.at(calendar.add_working_days(local.date(), duration.amount), local.time())
    return due(at, duration, calendar, roll=False)


def present_steps(case: Case, book: RuleBook, now: datetime) -> list[Present]:
    """What each promise asks for now: the latest that has come and was not done, in office hours only."""
    if case.leaving or office_opens(now, book) != now:
        return []  # nobody is reminded of an answer that is about to leave
    come = ([step for step in _untaken(steps, case) if step.at <= now] for steps in ladders(case, book, now))
    return [_together(steps) for steps in come if steps]


def _together(come: list[Step]) -> Present:
    """The steps of the latest instant; a reminder beside an escalation is one more whom the escalation tells.

    Where holidays lie in between, fourteen days may end before ten working days: a higher rung that was slept through
    is then taken with the lower one that came after it.
    """
    escalations = [step for step in come if step.kind is StepKind.ESCALATE]
    latest = [step for step in come if step.at == come[-1].at]
    chosen = [step for step in latest if step in escalations] or latest[-1:]
    highest = max(escalations, key=lambda step: step.rung, default=None)
    if highest and highest.rung > max(step.rung for step in chosen):
        chosen.insert(0, highest)
    reminded = [Role.OFFICER] if any(step.kind is StepKind.REMIND for step in latest) else []
    roles = dict.fromkeys([*reminded, *(role for step in chosen for role in step.roles)])
    kind = StepKind.ESCALATE if any(step in escalations for step in chosen) else chosen[-1].kind
    key = chosen[-1].key
    return Present(kind, key, chosen[-1].at, tuple(roles), tuple(s.key for s in come if s.key != key))


def _untaken(steps: list[Step], case: Case) -> list[Step]:
    """The steps after the last one taken: what lies before it is done with."""
    taken = max((i for i, step in enumerate(steps) if step.key in case.steps), default=-1)
    return steps[taken + 1 :]


def missed(case: Case, now: datetime) -> list[Deadline]:
    """Promises whose day has passed unkept and not yet noted: late begins the second after `due_at`."""
    if case.status in {Status.CLOSED, Status.REFUSED}:
        return []
    return [d for d in case.deadlines if d.running and not d.missed_at and now > d.due_at]


def quiet_ends(case: Case, book: RuleBook) -> datetime | None:
    """When an answered case closes by itself (KOP-29), None where it does not."""
    close = book.municipality.close
    if close.mode is not CloseMode.QUIET or case.status is not Status.ANSWERED or case.keep_open or case.running:
        return None
    last = case.last_mail_at or case.answered_at
    return due(last, close.quiet, book.calendar, roll=False) if last else None


def next_check(case: Case, book: RuleBook, now: datetime) -> datetime | None:
    """The next instant (UTC) at which time alone can change something in the case."""
    waits = []
    if case.status not in {Status.CLOSED, Status.REFUSED}:
        waits += [d.due_at + timedelta(seconds=1) for d in case.deadlines if d.running and not d.missed_at]
    if case.leaving:
        waits.append(case.leaving.at)
    earliest = case.leaving.at if case.leaving else now
    for steps in ladders(case, book, now):
        waits += [office_opens(max(now, earliest, step.at), book) for step in _untaken(steps, case)[:1]]
    ends = quiet_ends(case, book)
    if ends:
        waits.append(ends + timedelta(seconds=1))
    return min(waits, default=None)
