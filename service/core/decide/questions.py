"""Letters back to a staff member: what was done, what must be decided first, what was not understood."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from service.core.cases import Pending
from service.core.decide.incoming import Incoming, Plan
from service.core.effects import Ask, Letter
from service.core.people.addresses import same
from service.core.rules.rulebook import RuleBook
from service.core.speech.commands import Word, fold


def lists(book: RuleBook) -> dict[str, tuple[str, ...]]:
    """The municipality's lists that commands choose from, for letters that explain the commands."""
    return {
        "types": tuple(book.municipality.types),
        "categories": tuple(book.municipality.categories),
        "measures": tuple(book.municipality.measures),
    }


def ask_back(plan: Plan, mail: Incoming, faults: Iterable[str] = ()) -> None:
    """Nothing was done: say why, everything at once, and how it is done."""
    faults, text = tuple(faults), mail.message.new_text
    if plan.case.secrecy:  # what was written may itself be secret: it is not repeated in a mail
        text, faults = "", without_quotes(plan, faults)
    elif _SECRECY.search(fold(text)):  # nor is what its writer has just called secret, though nothing of it is done
        text, faults = "", tuple(_QUOTED.sub(_first_word, fault) for fault in faults)
    facts = {"faults": faults, "text": text, **lists(mail.book)}
    plan.letter(Letter.QUESTION, mail.sender, "; ".join(faults) or "a reply without a command", facts=facts)


_SECRECY = re.compile(r"#[ \t]{0,5}sekr")
_QUOTED = re.compile(r"”([^”]*)”")


def _first_word(quoted: re.Match[str]) -> str:
    """Of what somebody wrote, the command alone: `”#SEKRETES …”`."""
    words = quoted[1].split()
    command = words[0] if words and words[0].startswith("#") else ""
    return quoted[0] if command == quoted[1] else f"”{command} …”".replace("” ", "”")


def without_quotes(plan: Plan, sentences: Iterable[str]) -> tuple[str, ...]:
    """Of a secret case only the sentences that repeat nothing of what somebody wrote; the others become one."""
    sentences = tuple(sentences)
    if not plan.case.secrecy:
        return sentences
    ours = tuple(sentence for sentence in sentences if "”" not in sentence)
    return ours if len(ours) == len(sentences) else (*ours, _NEVER_BY_MAIL)


_NEVER_BY_MAIL = (
    "Det som står i mejlet går inte att utföra som det är skrivet. I ett ärende med sekretess skickas aldrig något "
    "svar med mejl: ring eller skriv ett brev."
)


def explain(plan: Plan, mail: Incoming) -> None:
    """All commands, for whoever asks for them."""
    plan.letter(Letter.QUESTION, mail.sender, "the commands were asked for", template="help", facts=lists(mail.book))


NONCE = 8  # characters of a mail's digest that make the letter's Message-ID one of a kind


def nonce_of(mail: Incoming) -> str:
    """What the letter that answers this mail carries in its Message-ID, so that a yes to it is known."""
    return mail.message.digest[:NONCE]


def ask(plan: Plan, waiting: Pending, template: str, facts: Mapping[str, object]) -> None:
    """Orders wait for somebody's yes to this very letter. Of a secret case no words are shown."""
    plan.add(Ask(waiting, "orders wait for a yes"))
    secret = plan.case.secrecy or any(c.word is Word.SECRECY for c in waiting.orders)
    note = next((c.value for c in waiting.orders if c.word is Word.INTERNAL), "")
    shown = {
        "answer": "" if secret else waiting.answer,
        "note": "" if secret else note,
        "officer_address": waiting.officer,
        "own": same(waiting.asked, waiting.officer),
        **facts,
    }
    because = "nothing is done without a yes"
    plan.letter(Letter.QUESTION, waiting.asked, because, template=template, facts=shown, nonce=waiting.questions[-1])
