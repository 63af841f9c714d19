"""What leaves: everything, or, beside an older system, nothing but a daily summary, or in a rehearsal nothing at all.

Everything is read, decided and registered all the same. Source: contract section 3 (`mode: shadow`).
"""

from __future__ import annotations

import enum
from datetime import datetime

from service.core.cases import Case, Clock, Move
from service.core.effects import (
    Ask,
    ChangeStatus,
    Effect,
    LetGoLater,
    SendLetter,
    SetFields,
    StopClock,
    Withdraw,
)
from service.core.rules.rulebook import RuleBook

SUMMARY = "shadow"
"""The template of the daily summary."""


TAKEN_OVER = "the service has only watched this case; the system before has answered it"
"""Why a case ends with the watching, as its journal has it."""


class Mode(enum.StrEnum):
    """Whether a mailbox is served, or only watched: by a daemon day after day, or once in a rehearsal."""

    LIVE = "live"
    SHADOW = "shadow"
    REHEARSAL = "rehearsal"

    @property
    def is_live(self) -> bool:
        """Whether letters leave and mails are moved."""
        return self is Mode.LIVE


def withheld(mode: Mode, letter: SendLetter, book: RuleBook) -> str:
    """Why the letter is written and never leaves; empty: it may leave. The summary reaches registrars alone."""
    if mode.is_live or (mode is Mode.SHADOW and letter.template_name == SUMMARY and book.is_registrar(letter.to)):
        return ""
    return f"mode: {mode.value}"


def on_taking_over(case: Case, now: datetime) -> list[Effect]:
    """The mailbox is served from now on: what came in while it was watched was answered by the system before.

    The case is closed without a letter, and nothing of it waits or is promised any longer.
    """
    because = TAKEN_OVER
    effects: list[Effect] = [Withdraw(because)]
    effects += [StopClock(clock, now, because) for clock in Clock if (d := case.deadline(clock)) and d.running]
    effects += [Ask(None, because)] if case.pending else []
    effects += [LetGoLater(None, because)] if case.leaving else []
    effects.append(SetFields({"closed_at": case.closed_at or now, "close_wanted": False}, because))
    return [*effects, ChangeStatus(Move.CLOSE, because)]
