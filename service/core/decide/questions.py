"""Letters back to a staff member: what was done, what must be decided first, what was not understood."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date

from service.core import swedish
from service.core.addresses import same
from service.core.cases import Pending
from service.core.commands import Command, Word
from service.core.decide.incoming import Incoming, Plan
from service.core.effects import Ask, Letter
from service.core.rules.rulebook import RuleBook


def lists(book: RuleBook) -> dict[str, tuple[str, ...]]:
    """The municipality's lists that commands choose from, for letters that explain the commands."""
    return {
        "types": tuple(book.municipality.types),
        "categories": tuple(book.municipality.categories),
        "measures": tuple(book.municipality.measures),
    }


def echo(plan: Plan, to: str, because: str) -> None:
    """What was done, and what is left to do, to whoever ordered it."""
    if plan.done or plan.left:
        plan.letter(Letter.ECHO, to, because, facts={"done": tuple(plan.done), "left": tuple(plan.left)})


def ask_back(plan: Plan, mail: Incoming, faults: Iterable[str] = ()) -> None:
    """Nothing was done: say why, everything at once, and how it is done."""
    faults, text = tuple(faults), mail.message.new_text
    if plan.case.secrecy:  # what was written may itself be secret: it is not repeated in a mail
        text, faults = "", (_NEVER_BY_MAIL,) if faults else ()
    facts = {"faults": faults, "text": text, **lists(mail.book)}
    plan.letter(Letter.QUESTION, mail.sender, "; ".join(faults) or "a reply without a command", facts=facts)


_NEVER_BY_MAIL = (
    "Det som står i mejlet går inte att utföra som det är skrivet. I ett ärende med sekretess skickas aldrig något "
    "svar med mejl: ring eller skriv ett brev."
)


def explain(plan: Plan, mail: Incoming) -> None:
    """All commands, for whoever asks for them."""
    plan.letter(Letter.QUESTION, mail.sender, "the commands were asked for", template="help", facts=lists(mail.book))


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
    waiting = Pending(orders, mail.sender, mail.message.digest, (nonce_of(mail),), _registered(mail))
    facts = _shown(plan, waiting) | {"reasons": tuple(reasons), "text": "" if written else mail.message.new_text}
    alone = {c.word for c in orders} == {Word.ANSWER}
    _ask(plan, waiting, "ask-answer" if alone else "ask-orders", facts)


def ask_for_release(plan: Plan, text: str, officer: str, source: str, registrar: str) -> None:
    """An officer's answer waits for the registrar's yes (KLI-20)."""
    waiting = Pending((Command(Word.ANSWER, text),), officer, source, (source[:NONCE],), registrar)
    _ask(plan, waiting, "ask-release", _shown(plan, waiting))


def ask_again(plan: Plan, mail: Incoming, waiting: Pending, new_text: str = "", reason: str = "") -> None:
    """The same orders once more, under a new letter; `new_text` is what was written instead of a yes or a no."""
    # A yes to the older letter means the same: it showed the very same words.
    anew = replace(waiting, questions=(*waiting.questions, nonce_of(mail)))
    secret = plan.case.secrecy
    facts = _shown(plan, anew) | {"new_text": "" if secret else new_text, "why": reason}
    _ask(plan, anew, "ask-which", facts)


NONCE = 8  # characters of a mail's digest that make the letter's Message-ID one of a kind


def nonce_of(mail: Incoming) -> str:
    """What the letter that answers this mail carries in its Message-ID, so that a yes to it is known."""
    return mail.message.digest[:NONCE]


def _registered(mail: Incoming) -> str:
    person = mail.book.person(mail.sender)
    return person.email if person else mail.sender


def _ask(plan: Plan, waiting: Pending, template: str, facts: dict[str, object]) -> None:
    plan.add(Ask(waiting, "orders wait for a yes"))
    because = "nothing is done without a yes"
    plan.letter(Letter.QUESTION, waiting.asked, because, template=template, facts=facts, nonce=waiting.questions[-1])


def _shown(plan: Plan, waiting: Pending) -> dict[str, object]:
    """What a yes would bring about. Of a secret case no words are shown."""
    wishes = tuple(told for c in waiting.orders if (told := _TOLD[c.word](plan, c.value)))
    note = next((c.value for c in waiting.orders if c.word is Word.INTERNAL), "")
    own = same(waiting.asked, waiting.officer)
    return {
        "answer": "" if plan.case.secrecy else waiting.answer,
        "note": "" if plan.case.secrecy else note,
        "officer_address": waiting.officer,
        "wishes": wishes,
        "own": own,
    }


def _told_answer(plan: Plan, _value: str) -> str:
    case = plan.case
    if case.may_be_mailed:
        return f"Svaret skickas till {case.submitter.name or case.submitter.mail_to}."
    return "Svaret antecknas i ärendet."


def _told_hand_over(plan: Plan, value: str) -> str:
    person = plan.book.person(value)
    title = f", {person.title}" if person and person.title else ""
    return f"Ärendet lämnas över till {person.name if person else value}{title}."


def _told_delay(plan: Plan, value: str) -> str:
    promised = promised_day(value)
    if promised and plan.case.may_be_mailed:
        reason = value.partition(" ")[2]
        why = f" Orsaken står med: ”{reason}”" if reason and not plan.case.secrecy else ""
        return f"Synpunktslämnaren får besked om att svaret kommer senast {swedish.day(promised)}.{why}"
    return "Orsaken till förseningen antecknas. Synpunktslämnaren får inget besked."


def promised_day(value: str) -> date | None:
    """The day that a settled `#FÖRSENAD` begins with."""
    try:
        return date.fromisoformat(value.partition(" ")[0])
    except ValueError:
        return None


_TOLD: dict[Word, Callable[[Plan, str], str]] = {
    Word.TYPE: lambda _plan, value: f"Typ: {value}.",
    Word.CATEGORY: lambda _plan, value: f"Kategori: {value}.",
    Word.TITLE: lambda plan, value: "Rubriken ändras." if plan.case.secrecy else f"Rubriken ändras till ”{value}”.",
    Word.MEASURE: lambda _plan, value: f"Åtgärd: {value}.",
    Word.PUBLISH: lambda _plan, value: "Ärendet får publiceras." if value == "ja" else "Ärendet publiceras inte.",
    Word.INTERNAL: lambda _plan, _value: "Anteckningen sparas internt. Den skickas inte.",
    Word.DELAYED: _told_delay,
    Word.ANSWER: _told_answer,
    Word.ANSWERED: lambda _plan, _value: "Ditt mejl till synpunktslämnaren registreras som svaret.",
    Word.HAND_OVER: _told_hand_over,
    Word.WRONG_OFFICER: lambda _plan, _value: "Ärendet lämnas tillbaka till registratorn.",
    Word.KEEP_OPEN: lambda _plan, _value: "Ärendet hålls öppet.",
    Word.CLOSE: lambda _plan, _value: "Ärendet avslutas.",
    Word.HELP: lambda _plan, _value: "",
}
