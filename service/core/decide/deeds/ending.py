"""A case is closed, or kept open."""

from __future__ import annotations

from service.core.commands import Word
from service.core.decide import answers
from service.core.decide.deeds.deed import Deed, Job, says
from service.core.decide.incoming import Plan
from service.core.effects import Letter, SendLetter


def _do_keep_open(plan: Plan, _value: str, _job: Job) -> None:
    plan.set("asked by staff", keep_open=True, close_wanted=False)
    plan.done.append("Ärendet hålls öppet tills du skriver #AVSLUTA.")


def _do_close(plan: Plan, _value: str, _job: Job) -> None:
    answered_now = any(isinstance(e, SendLetter) and e.kind is Letter.ANSWER for e in plan.effects)
    if plan.case.leaving or (plan.case.pending and plan.case.pending.answer):
        plan.set("closing waits for the answer to leave", close_wanted=True)
        plan.left.append("Ärendet avslutas när svaret har skickats.")
    elif plan.case.closed_at is None:
        answers.close(plan, merged=answered_now)
    elif not plan.done:
        plan.left.append("Ärendet var redan avslutat.")


DEEDS = (
    Deed(Word.KEEP_OPEN, says("Ärendet hålls öppet."), _do_keep_open),
    Deed(Word.CLOSE, says("Ärendet avslutas."), _do_close),
)
