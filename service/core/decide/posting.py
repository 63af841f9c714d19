"""Letters on paper: they go as a file to whoever posts them, and which of them has been posted is told by the reply.

The letters' Message-IDs say what lies in them, so that `#BREV POSTAT` in answer to the receipt's letter keeps the
promise of a receipt and not that of an answer (HJO-56).
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import Any

from service.core.cases import Case, Contact
from service.core.classify import tokens_of
from service.core.decide.incoming import Plan
from service.core.decide.people import registrar_of
from service.core.effects import Letter
from service.core.mail import Message


class Paper(enum.StrEnum):
    """What a letter on paper tells; its template is `paper-…`."""

    RECEIPT = "receipt"
    ANSWER = "answer"
    REFUSAL = "refusal"
    DELAY = "delay"
    CLOSING = "closing"
    REFERRAL = "referral"


def may_be_posted(case: Case) -> bool:
    """Whether a letter to the submitter is wished and may be written here: of a secret case none is (SPA-25)."""
    return case.submitter.contact is Contact.LETTER and not case.secrecy


def post(plan: Plan, what: Paper, because: str, facts: Mapping[str, Any] | None = None, files_of: str = "") -> None:
    """The letter goes to the registrar, who posts it."""
    plan.letter(
        Letter.LETTER,
        registrar_of(plan.case, plan.book),
        because,
        template="to-post",
        facts={"answer": "", **(facts or {}), "what": what.value},
        files_of=files_of,
        nonce=f"{what}{int(plan.now.timestamp()):x}",
        paper=f"paper-{what}",
    )


def answered(message: Message) -> str:
    """What lies in the letter to post that the mail answers; empty where it answers none."""
    first = next(iter(tokens_of(message)), None)
    if first is None or not first.is_for(Letter.LETTER.value):
        return ""
    return next((what.value for what in Paper if first.nonce.startswith(what)), "")
