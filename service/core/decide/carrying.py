"""Orders are carried out in a plan, and what they changed is remembered for whoever takes it back."""

from __future__ import annotations

from service.core.cases import IllegalMove
from service.core.decide import answers, deeds, joining, publishing
from service.core.decide.deeds import delaying, undoing
from service.core.decide.deeds.deed import Job
from service.core.decide.incoming import Plan
from service.core.effects import RememberObeyed
from service.core.speech.commands import Command, Word


def do(plan: Plan, orders: tuple[Command, ...], job: Job) -> None:
    """Do what was ordered; the values are settled. Raises IllegalMove where the case cannot make a move."""
    before, known = plan.case, len(plan.effects)
    for command in deeds.in_order(orders):
        deeds.DEEDS[command.word].do(plan, command.value, job)
    words = {c.word for c in orders}
    publishing.settle(plan, plan.effects[known:], job)
    if Word.DELAYED in words:
        delaying.settle(plan, plan.effects[known:])
    if plan.case.close_wanted and Word.CLOSE not in words:
        answers.close(plan)
    joining.follow(plan, orders, plan.effects[known:], job)
    if words - _CHANGE_NOTHING:  # also where nothing of it can be taken back: an older mail is not the last one
        plan.add(RememberObeyed(undoing.what_changed(before, plan.case, plan.effects[known:], plan.actor, words)))


_CHANGE_NOTHING = {Word.UNDO, Word.HELP, Word.STATUS, Word.LIST, Word.STATISTICS}


def tried(plan: Plan, orders: tuple[Command, ...], job: Job) -> Plan:
    """A copy of the plan in which the orders have been carried out. Raises IllegalMove as the doing would."""
    trial = plan.anew()
    do(trial, orders, job)
    return trial


def not_now(illegal: IllegalMove) -> str:
    """A sentence that says why a move is refused."""
    return f"Det går inte i ärendets nuvarande läge ({_STATUS[illegal.status.value]})."


_STATUS = {
    "new": "nytt",
    "triage": "ofördelat",
    "assigned": "fördelat",
    "waiting": "väntar",
    "answered": "besvarat",
    "closed": "avslutat",
    "refused": "avvisat",
}
