"""`#SAMMA`: two cases are the same matter. Each keeps its own submitter; whoever answers one answers both."""

from __future__ import annotations

from datetime import date

from service.core.cases import Case, How
from service.core.decide.deeds.deed import Deed, Job, Settled
from service.core.decide.incoming import Plan
from service.core.decide.joining import named
from service.core.decide.people import may_command
from service.core.effects import Effect, Elsewhere, Letter, Relate
from service.core.people.addresses import same
from service.core.speech.commands import Command, Word


def _settle_same(plan: Plan, command: Command, today: date) -> Settled:
    number = named(command.value, plan.book, today)
    other = plan.joined.get(number)
    if not number:
        return Settled(command.value, f"”{command.value}” är inget ärendenummer. Skriv hela numret efter #SAMMA.")
    if number == plan.case.number:
        return Settled(number, "#SAMMA har ärendets eget nummer. Skriv det andra ärendets nummer.")
    if other is None or other.mailbox != plan.case.mailbox:
        return Settled(number, f"Det finns inget ärende {number}.")
    if not may_command(plan.actor, other, plan.book):
        return Settled(number, f"Du har inte hand om {number}. Be registratorn att föra ihop ärendena.")
    if plan.case.secrecy or other.secrecy:
        return Settled(number, "Ärendena kan inte föras ihop: sekretess gäller.")
    return Settled(number)


def _do_same(plan: Plan, number: str, _job: Job) -> None:
    """Both know of each other; where only one of them has an officer, that officer has both."""
    other, because = plan.joined[number], f"the same matter, says {plan.actor}"
    if any(related.number == number and related.how is How.SAME for related in plan.case.related):
        plan.left.append(f"{number} hörde redan till samma sak.")
        return
    plan.add(Relate(number, How.SAME, because))
    twin = Plan(other, plan.book, plan.now, plan.actor)
    twin.add(Relate(plan.case.number, How.SAME, because))
    if plan.case.officer and not other.officer and other.is_open:
        _give(twin, plan.case)
    elif other.officer and not plan.case.officer and plan.case.is_open:
        _give(plan, other)
    else:
        _tell_officers(plan, twin)
    plan.joined = {**plan.joined, number: twin.case}
    effects: tuple[Effect, ...] = tuple(twin.effects)
    plan.add(Elsewhere(number, effects))
    plan.done.append(f"{number} hör till samma sak. Ett svar i det ena ärendet går till båda.")
    if other.answered_at:
        plan.left.append(f"{number} är redan besvarat och får inget nytt svar.")


def _tell_officers(plan: Plan, twin: Plan) -> None:
    """Whoever has one of the cases and has not joined them hears it: an answer in the other reaches both."""
    person = plan.book.person(plan.actor)
    told = [plan.actor]
    for each, like in ((plan, twin), (twin, plan)):
        officer = each.case.officer
        if officer and each.case.is_open and not any(same(officer, who) for who in told):
            facts = {"other": like.case.number, "by": person.name if person else ""}
            because = f"joined with {like.case.number} by {plan.actor}"
            each.letter(Letter.INFORMATION, officer, because, template="joined-by", facts=facts)
            told.append(officer)


def _give(plan: Plan, like: Case) -> None:
    """The officer of the other case has this one, too, and is shown it."""
    because = f"the same matter as {like.number}"
    plan.assign(like.unit, like.officer, because)
    facts = {"other": like.number}
    plan.letter(Letter.INFORMATION, like.officer, because, template="joined", facts=facts, files_of="case")


DEEDS = (
    Deed(
        Word.SAME,
        lambda _plan, value: f"{value} hör till samma sak. Ett svar i det ena ärendet går till båda.",
        _do_same,
        _settle_same,
    ),
)
