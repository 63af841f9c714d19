"""`#DELA`: each part that is named gets a case of its own; the submitter gets one letter with all the numbers (S09)."""

from __future__ import annotations

from datetime import date

from service.core.decide import parts
from service.core.decide.deeds.deed import Deed, Job, Settled
from service.core.decide.incoming import Plan
from service.core.effects import Letter, OpenCase, SendLetter, SplitOff
from service.core.speech import commands, swedish
from service.core.speech.commands import Command, Word

_RECEIPT = "receipt-parts"


def _settle_divide(plan: Plan, command: Command, _today: date) -> Settled:
    if not plan.case.is_open:
        return Settled(command.value, "Ärendet är besvarat eller avslutat, så det går inte att dela.")
    if commands.is_left_open(command.value) or commands.holds_placeholder(command.value):
        return Settled(command.value, "#DELA är inte ifyllt. Skriv texten till det nya ärendet på raderna under.")
    return Settled(command.value)


def _told_divide(plan: Plan, _value: str) -> str:
    hears = plan.case.may_be_notified and plan.may_write(plan.case.submitter.mail_to)
    heard = " Synpunktslämnaren får veta numret." if hears else ""
    return f"En del av ärendet blir ett nytt ärende.{heard}"


def _do_divide(plan: Plan, text: str, job: Job) -> None:
    part = parts.part_of(plan, text, job.source)
    plan.add(SplitOff(part, f"divided by {plan.actor}"))
    case = plan.case
    is_secret = any(isinstance(e, OpenCase) and e.case.secrecy for e in part)
    if is_secret and not case.secrecy and _STILL_HERE not in plan.left:
        plan.left.append(_STILL_HERE)
    if case.may_be_notified and not any(isinstance(e, SendLetter) and e.template == _RECEIPT for e in plan.effects):
        because = "one letter names the numbers of all parts"
        plan.letter(Letter.RECEIPT, case.submitter.mail_to, because, template=_RECEIPT)
    count = sum(isinstance(e, SplitOff) for e in plan.effects)
    said = [line for line in plan.done if not line.startswith(_DIVIDED)]
    new = "ett nytt ärende" if count == 1 else swedish.count(count, "nytt ärende", "nya ärenden")
    plan.done[:] = [*said, f"{_DIVIDED} {new}. Numren står i det här mejlet."]


_DIVIDED = "Ärendet är delat:"
_STILL_HERE = (
    "En del har sekretess, men hela texten finns kvar i det här ärendet och i dess mejl: skriv #SEKRETESS här också "
    "om den omfattas."
)

DEEDS = (
    Deed(
        Word.DIVIDE,
        _told_divide,
        _do_divide,
        _settle_divide,
    ),
)
