"""Orders that wait for a yes: what they would bring about is shown to whoever is asked (HJO-21)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from service.core.cases import Pending
from service.core.decide import deeds, questions
from service.core.decide.deeds.moving import presented
from service.core.decide.incoming import Incoming, Plan
from service.core.decide.obey import Open
from service.core.speech.commands import CHOOSES, Command, Word


def ask_first(
    plan: Plan,
    mail: Incoming,
    orders: tuple[Command, ...],
    reasons: Iterable[str] = (),
    *,
    written: bool = True,
) -> None:
    """Show the writer what would be done, and wait for a yes to this very letter (HJO-21).

    written: the orders stand in the mail; else they are what the mail was taken to mean.
    """
    asked, nonces = _registered(mail), (questions.nonce_of(mail),)
    waiting = Pending(orders, mail.sender, mail.message.digest, nonces, asked, at=mail.arrival.at)
    facts = {
        "wishes": deeds.told(plan, orders),
        "reasons": questions.without_quotes(plan, reasons),
        "text": "" if written else mail.message.new_text,
    }
    alone = {c.word for c in orders} == {Word.ANSWER}
    questions.ask(plan, waiting, "ask-answer" if alone else "ask-orders", facts)


def ask_again(plan: Plan, mail: Incoming, waiting: Pending, new_text: str = "", reason: str = "") -> None:
    """The same orders once more, under a new letter; `new_text` is what was written instead of a yes or a no."""
    # A yes to the older letter means the same: it showed the very same words.
    anew = replace(waiting, questions=(*waiting.questions, questions.nonce_of(mail)))
    secret = plan.case.secrecy
    facts = {"wishes": deeds.told(plan, anew.orders), "new_text": "" if secret else new_text, "why": reason}
    questions.ask(plan, anew, "ask-which", facts)


def ask_which_one(plan: Plan, mail: Incoming, unclear: Open, reasons: Iterable[str] = ()) -> None:
    """One command may mean several things: a number says which, and is a yes to all the rest."""
    nonce, by = questions.nonce_of(mail), _registered(mail)
    waiting = Pending(unclear.orders, mail.sender, mail.message.digest, (nonce,), by, choices=unclear.options)
    shown = f"#{unclear.written.word.value} {unclear.written.value}"
    why = f"Vi förstod inte ”{shown[:_SHOWN]}”." if not plan.case.secrecy else ""
    _ask_which_one(plan, waiting, why, [*reasons, *unclear.doubts])


def ask_again_which_one(plan: Plan, mail: Incoming, waiting: Pending) -> None:
    """The same choice once more, under a new letter."""
    anew = replace(waiting, questions=(*waiting.questions, questions.nonce_of(mail)))
    _ask_which_one(plan, anew, "Vi förstod inte vilket nummer du menar.", ())


_SHOWN = 80  # characters


def _ask_which_one(plan: Plan, waiting: Pending, why: str, reasons: Iterable[str]) -> None:
    people = {value: person for value in waiting.choices if (person := plan.book.person(value))}
    labels = [presented(people[value], plan.book) if value in people else value for value in waiting.choices]
    facts = {
        "why": why,
        "choices": tuple(labels),
        "wishes": deeds.told(plan, (c for c in waiting.orders if c.value or c.word not in CHOOSES)),
        "people": bool(people),
        "reasons": questions.without_quotes(plan, reasons),
    }
    questions.ask(plan, waiting, "ask-choice", facts)


def _registered(mail: Incoming) -> str:
    person = mail.book.person(mail.sender)
    return person.email if person else mail.sender
