"""Time passes: promises are missed, reminders and escalations fall due, a quiet case closes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from service.core.alike.matters import RAISED
from service.core.calendar import deadlines
from service.core.calendar.deadlines import Present, StepKind
from service.core.cases import Case, Clock, Move
from service.core.decide import alerting, answers, later
from service.core.decide.incoming import Plan
from service.core.decide.mornings import is_told_in_the_morning
from service.core.decide.people import above, department_of, in_place_of, registrar_of, responsible
from service.core.effects import Effect, Letter, MissClock, Note, TakeStep
from service.core.people import addresses
from service.core.people.absence import EVERYBODY_IS_IN, Away
from service.core.people.addresses import same
from service.core.rules.choices import Road, Role
from service.core.rules.rulebook import RuleBook


def on_time(
    case: Case, book: RuleBook, now: datetime, away: Away = EVERYBODY_IS_IN, joined: Mapping[str, Case] | None = None
) -> list[Effect]:
    """What the clock alone brings about in the case. Asked twice for the same instant, the second has nothing left."""
    plan = Plan(case, book, now, joined=joined or {})
    if case.leaving and case.leaving.at <= now:
        later.let_go(plan)
        case = plan.case
    for promise in deadlines.missed(case, now):
        plan.add(MissClock(promise.kind, promise.due_at, f"not kept by {_local(plan, promise.due_at)}"))
    for present in deadlines.present_steps(case, book, now):
        plan.add(TakeStep(present.key, present.superseded, f"{_named(present)}, due since {_local(plan, present.at)}"))
        _take(plan, present, away)
    ends = deadlines.quiet_ends(plan.case, book)
    if ends and now > ends:
        _close_quietly(plan)
    return plan.effects


def on_served_again(case: Case, book: RuleBook, now: datetime) -> list[Effect]:
    """The mailbox was only watched when the time of an answer that waits came: its writer says whether it still holds.

    Weeks may have passed, and the system beside this one may have answered. Before its time it leaves as promised.
    """
    plan = Plan(case, book, now)
    if case.leaving and case.leaving.at <= now:
        later.ask_anew(plan)
    return plan.effects


def _local(plan: Plan, at: datetime) -> str:
    """An instant as the journal tells it, in the municipality's time."""
    return f"{at.astimezone(plan.book.calendar.zone):%Y-%m-%d %H:%M}"


_STEPS = {
    StepKind.WATCH_RECEIPT: "receipt not sent",
    StepKind.WATCH_APPEAL: "appeal not passed on",
    StepKind.REMIND: "reminder",
    StepKind.ESCALATE: "escalation",
}


def _named(present: Present) -> str:
    """A step in words."""
    return _STEPS[present.kind]


def _take(plan: Plan, present: Present, away: Away) -> None:
    if present.kind is StepKind.WATCH_RECEIPT:
        registrar = registrar_of(plan.case, plan.book)
        promise = plan.case.deadline(Clock.RECEIPT)
        facts = {"receipt_day": plan.book.calendar.local_date(promise.due_at) if promise else None}
        plan.letter(Letter.ALERT, registrar, "a promised receipt has not gone out", template="no-receipt", facts=facts)
    elif present.kind is StepKind.WATCH_APPEAL:
        _remind_of_appeal(plan, present, away)
    elif present.kind is StepKind.REMIND:
        _remind(plan, _named(present), away)
    else:
        _escalate(plan, present, away)


def _remind_of_appeal(plan: Plan, present: Present, away: Away) -> None:
    """Whoever is to pass it on, and then somebody above, hears of it once a working day."""
    case, book = plan.case, plan.book
    people = [registrar_of(case, book)]
    department = department_of(case, book)
    if Role.HEAD in present.roles and department and department.head:
        people.append(department.head)
    for person in people:
        to = in_place_of(person, case, book, away) if away.certain(person) else person
        because = "the appeal has not been passed on"
        alerting.alert(
            plan, to, [Road.APPEAL], because, {"again": True, "distributes": to == people[0]}, _files_of(case)
        )


def _remind(plan: Plan, because: str, away: Away) -> None:
    """Whoever has the case is reminded; who is shown it in each morning's mail needs no other, and who is away none."""
    late = responsible(plan.case, plan.book)
    to = _present(plan, late, away)
    if not to:
        plan.add(Note("reminder", f"{because}: left out, {late} is away and back in time"))
    elif not same(to, late):
        _tell(plan, to, f"{because}: {late} is away", away)
    elif is_told_in_the_morning(plan.case, plan.book):
        plan.add(Note("reminder", f"{because}: told in the morning mail"))
    else:
        plan.letter(Letter.REMINDER, late, because, facts=_times(plan), files_of=_files_of(plan.case))


def _files_of(case: Case) -> str:
    """Whoever is asked to answer has the submitter's files at hand, but for those of a secret case."""
    return "" if case.secrecy else "case"


def _escalate(plan: Plan, present: Present, away: Away) -> None:
    """Each role's person once; the late one is reminded, those above are told (HJO-01)."""
    late = responsible(plan.case, plan.book)
    reached: dict[str, tuple[str, Role]] = {}
    raised = _one_higher(present.roles) if RAISED in plan.case.steps else ()
    for role in (*present.roles, *raised):
        to = above(plan.case, role, plan.book)
        if to := _present(plan, to, away) if to else "":
            reached.setdefault(addresses.key(to), (to, role))
    for to, role in reached.values():
        because = f"{_named(present)} ({role})"
        if same(to, late):
            _remind(plan, because, away)
        else:
            _tell(plan, to, because, away)
    if not reached:  # whoever would be told is the late one, who then hears it anew
        _remind(plan, f"{_named(present)} (nobody above)", away)


_UPWARDS = (Role.OFFICER, Role.MANAGER, Role.HEAD)


def _one_higher(roles: tuple[Role, ...]) -> tuple[Role, ...]:
    """Many wait for the same: the step reaches whoever is above the highest of its people, too (`raise_ladder`)."""
    highest = max((_UPWARDS.index(role) for role in roles if role in _UPWARDS), default=0)
    return _UPWARDS[highest + 1 : highest + 2]


def _present(plan: Plan, person: str, away: Away) -> str:
    """The person, or who stands in for one who is away; empty: whoever has the case is back in time for it."""
    absent, running = away.certain(person), plan.case.running
    if absent is None:
        return person
    due_day = plan.book.calendar.local_date(running.due_at) if running else None
    if same(person, responsible(plan.case, plan.book)) and not absent.lasts_past(due_day):
        return ""
    return in_place_of(person, plan.case, plan.book, away)


def _tell(plan: Plan, to: str, because: str, away: Away) -> None:
    absent = away.of(responsible(plan.case, plan.book))
    facts = _times(plan) | {"absent": absent}
    plan.letter(Letter.ESCALATION, to, because, facts=facts, files_of=_files_of(plan.case))


def _times(plan: Plan) -> dict[str, object]:
    """What reminders and escalations say of time: the due day, how late it is, and when the next step comes."""
    running = plan.case.running
    assert running
    calendar = plan.book.calendar
    today, due_day = calendar.local_date(plan.now), calendar.local_date(running.due_at)
    coming = [
        step
        for steps in deadlines.ladders(plan.case, plan.book, plan.now)
        for step in steps
        if step.at > plan.now and step.kind is StepKind.ESCALATE and step.key not in plan.case.steps
    ]
    return {
        "due_day": due_day,
        "late_days": calendar.working_days_between(due_day, today) if today > due_day else 0,
        "left_days": calendar.working_days_between(today, due_day) if today <= due_day else 0,
        "waited_days": calendar.working_days_between(calendar.local_date(running.started_at), today),
        "next_day": calendar.local_date(coming[0].at) if coming else None,
        "next_roles": tuple(dict.fromkeys(role for s in coming if s.at == coming[0].at for role in s.roles)),
        "is_follow_up": running.kind is Clock.SECOND_ANSWER,
    }


def _close_quietly(plan: Plan) -> None:
    """Nothing more has come since the answer (KOP-29). What the routine demands before closing is not waited for."""
    case = plan.case
    plan.set("nothing more has come", closed_at=plan.now, close_wanted=False)
    plan.move(Move.CLOSE, "the quiet period is over")
    answers.tell_closing(plan)
    missing = answers.missing_to_close(case, plan.book)
    if missing:
        facts = {"missing": tuple(answers.NAMES[m] for m in missing)}
        plan.letter(
            Letter.ALERT,
            registrar_of(case, plan.book),
            "closed with facts missing",
            template="closed-incomplete",
            facts=facts,
        )
