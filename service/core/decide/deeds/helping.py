"""`#HJÄLP`: it is answered beside what else is done."""

from __future__ import annotations

from service.core.decide.deeds.deed import Deed, Job, says
from service.core.decide.incoming import Plan
from service.core.speech.commands import Word


def _do_help(_plan: Plan, _value: str, _job: Job) -> None:
    """Nothing in the case changes."""


DEEDS = (Deed(Word.HELP, says(""), _do_help),)
