"""The echo: what was understood and done, what is left to do, and how it is taken back, to whoever ordered it."""

from __future__ import annotations

from service.core.cases import Status
from service.core.decide import answers
from service.core.decide.deeds.undoing import other_way
from service.core.decide.incoming import Plan
from service.core.decide.people import responsible
from service.core.decide.stopping import to_release, when_it_leaves
from service.core.effects import Letter, SendLetter, SetFields, SplitOff
from service.core.people.addresses import same
from service.core.publicity.publication import Wording
from service.core.rules.choices import Echo


def echo(plan: Plan, to: str, because: str) -> None:
    """What was done, what is left to do and what will happen. A plain success is told where the setting says so."""
    missing = _missing(plan, to)
    if plan.case.leaving and plan.done and not plan.coming:
        when = when_it_leaves(plan, plan.case.leaving)
        plan.left.append(f"Svaret som väntar skickas {when}, som förut. Skriv #ÅNGRA om det inte ska skickas.")
    answered = any(isinstance(e, SetFields) and "answered_at" in e.changes for e in plan.effects)
    needed = bool(plan.left or plan.coming or (missing and answered))
    if not (plan.done or needed) or (plan.book.municipality.echo is Echo.WHEN_NEEDED and not needed):
        return
    plan.letter(Letter.ECHO, to, because, facts=facts(plan, to, missing))


def facts(plan: Plan, to: str, missing: str = "") -> dict[str, object]:
    """What the template of an echo needs."""
    case = plan.case
    return {
        "done": tuple(plan.done),
        "left": tuple(plan.left),
        "coming": tuple(plan.coming),
        "leaves": when_it_leaves(plan, case.leaving) if case.leaving and plan.coming else "",
        "missing": missing,
        "public": _public(plan),
        "divided": sum(isinstance(e, SplitOff) for e in plan.effects),
        "may_undo": _may_undo(plan, to),
        "left_for_good": plan.sends_an_answer,
    }


def _public(plan: Plan) -> Wording | None:
    """The words that were approved for publication by what was done, as they will stand there."""
    said = any(isinstance(e, SetFields) and e.changes.get("approved") for e in plan.effects)
    case = plan.case
    return Wording(case.public_title, case.public_text, case.public_answer) if said and case.approved else None


def _may_undo(plan: Plan, to: str) -> bool:
    """Whether something was done that its writer can take back; what the submitter knows of stays."""
    last = plan.case.obeyed
    own = last is not None and same(last.by, to) and bool(plan.done) and not other_way(last)
    for_good = any(
        isinstance(e, SplitOff) or (isinstance(e, SendLetter) and e.kind is Letter.REFUSAL) for e in plan.effects
    )
    lies = to_release(plan.case)
    return plan.case.leaving is not None or bool(lies and same(lies.officer, to)) or (own and not for_good)


def _missing(plan: Plan, to: str) -> str:
    """All that the case lacks before it can be closed, in a sentence; empty where somebody else has to see to that."""
    case = plan.case
    ended = case.status in {Status.CLOSED, Status.REFUSED} or case.close_wanted or case.leaving
    return "" if ended or not same(to, responsible(case, plan.book)) else answers.what_is_missing(case, plan.book)
