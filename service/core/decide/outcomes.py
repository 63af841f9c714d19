"""A letter has been handed to the mail server, or has been refused for good."""

from __future__ import annotations

from datetime import datetime

from service.core.cases import Case, Clock
from service.core.decide.answers import answer_lost
from service.core.decide.incoming import Plan
from service.core.decide.machines import is_dead_address
from service.core.decide.people import registrar_of, same
from service.core.effects import Effect, Letter, Note, SetFields, StopAddress, StopClock
from service.core.rules.rulebook import RuleBook


def on_sent(case: Case, kind: str, to: str, now: datetime) -> list[Effect]:
    """The receipt's promise is kept when the mail server has taken the receipt, not before (domain 3.5)."""
    if kind != Letter.RECEIPT or case.receipt_sent_at or not same(to, case.submitter.email):
        return []
    promise = case.deadline(Clock.RECEIPT)
    if not promise or not promise.running:
        return []
    because = "the receipt was handed to the mail server"
    return [StopClock(Clock.RECEIPT, now, because), SetFields({"receipt_sent_at": now}, because)]


def on_refused(case: Case, kind: str, to: str, reply: str, book: RuleBook, now: datetime) -> list[Effect]:
    """The mail server refuses the address for good: the registrar finds another road."""
    plan = Plan(case, book, now)
    plan.add(Note("refused", f"the mail server refused a {kind}: {reply}"))
    if is_dead_address(reply):
        plan.add(StopAddress(to, f"refused by the mail server: {reply}"))
    if kind == Letter.ANSWER:
        answer_lost(plan, "the answer was refused")
    registrar = registrar_of(case, book)
    if not same(to, registrar):
        facts = {"letter": kind, "failed": to, "status": reply}
        plan.letter(Letter.ALERT, registrar, "a mail of ours was refused", template="bounce", facts=facts)
    return plan.effects


def on_uncertain(case: Case, kind: str, to: str, book: RuleBook, now: datetime, *, is_repeated: bool) -> list[Effect]:
    """Nobody knows whether a letter arrived: it is sent once more; where that ends likewise the registrar finds out."""
    plan = Plan(case, book, now)
    then = "it is sent once more in an hour" if is_repeated else "it is not sent again"
    plan.add(Note("uncertain", f"the link died after a {kind} was handed over, before the server answered; {then}"))
    registrar = registrar_of(case, book)
    if not is_repeated and not same(to, registrar):
        facts = {"letter": kind, "failed": to}
        plan.letter(Letter.ALERT, registrar, "a letter may not have arrived", template="uncertain", facts=facts)
    return plan.effects
