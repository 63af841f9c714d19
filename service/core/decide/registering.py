"""What is kept without a case becomes one: a leaf of the binder, or a note of something spoken (STR-14, STR-18).

Whoever may say so answers the letter that told of it, or shows the leaf, with `#PROCESS`, or just "Registrera".
"""

from __future__ import annotations

import re
from typing import Final

from service.core import classify
from service.core.decide import binder, obey
from service.core.decide.binder import Asked
from service.core.decide.deeds.deed import Job
from service.core.decide.incoming import Incoming, Plan
from service.core.decide.replies import signature
from service.core.effects import Effect, Letter, RegisterKept
from service.core.people.addresses import same
from service.core.people.sight import sight_of
from service.core.rules.rulebook import RuleBook
from service.core.speech import consent, orders
from service.core.speech.commands import Command, Word
from service.core.speech.orders import Orders
from service.core.speech.standing import About, Standing

_SAYS_SO: Final = frozenset({Word.PROCESS, Word.REGISTRY_NUMBER, Word.SECRECY})
"""What is said only of what is registered."""
_BESIDE: Final = frozenset({Word.TYPE, Word.CATEGORY, Word.TITLE, Word.KEYWORD, Word.INTERNAL})
_PLAINLY: Final = re.compile(
    r"(?i)(?:hej(?:san)?[\s,.!]++)?(?:#\s*+)?\s*+registreras?(?: (?:den|det|detta|bladet|anteckningen))?"
    r"(?:[,.!]? tack)?[\s.!]*"
)


def question(nonce: str, digest: str, may: str = "") -> Standing:
    """What stands under a letter that tells of the mail. may: who may register it beside the registrars."""
    return Standing(nonce, About.KEPT, may, {"digest": digest})


def on_answer(mail: Incoming, asked: Standing) -> list[Effect]:
    """What an answer to such a letter orders; empty where it says something else."""
    given = _wished(mail)
    if given is None:
        return []
    because = "registered in answer to the letter that told of it"
    return [RegisterKept(mail.sender, because, digest=str(asked.facts["digest"]), may=asked.asked, orders=given)]


def of_leaf(mail: Incoming, read: Orders) -> list[Effect]:
    """`#LISTA blad 12` with what is said of a case; empty where the mail says something else, or proves nobody."""
    sight, value = sight_of(mail.sender, mail.book), read.value(Word.LIST)
    wanted = binder.read_asked(value, sight, mail.book) if sight and value else None
    given = tuple(c for c in read.commands if c.word is not Word.LIST)
    is_one = isinstance(wanted, Asked) and wanted.leaf is not None
    if not is_one or not _registers(given) or not classify.is_proven_by_server(mail.message, mail.book):
        return []
    assert isinstance(wanted, Asked)
    because = "registered by #LISTA and what is said of a case"
    return [
        RegisterKept(
            mail.sender, because, leaf=wanted.leaf, departments=wanted.departments, orders=_with_text(given, read)
        )
    ]


def _wished(mail: Incoming) -> tuple[Command, ...] | None:
    """What is said of the case that it is to become; None where the mail does not say that it is to become one."""
    said = consent.body(mail.message.new_text, signature(mail))
    if _PLAINLY.fullmatch(" ".join(said[:3])):
        return ()
    read = orders.read_orders(mail.message.new_text)
    return _with_text(read.commands, read) if _registers(read.commands) and not read.faults else None


def _registers(given: tuple[Command, ...]) -> bool:
    words = {c.word for c in given}
    return bool(words & _SAYS_SO) and words <= _SAYS_SO | _BESIDE


def _with_text(given: tuple[Command, ...], read: Orders) -> tuple[Command, ...]:
    """The orders, and what stands beside them as a note."""
    noted = read.text and not consent.is_sign_off(read.text) and Word.INTERNAL not in {c.word for c in given}
    return (*given, Command(Word.INTERNAL, read.text)) if noted else given


def may(by: str, also: str, book: RuleBook) -> bool:
    """Whether the person may register what is kept: a registrar, or whoever else it is left to."""
    return book.is_registrar(by) or (bool(also) and same(by, also))


def complete(plan: Plan, given: tuple[Command, ...], mail_digest: str, said: str) -> list[Effect]:
    """What was said of the new case is done, and whoever registered it hears its number and what is left to say."""
    today = plan.book.calendar.local_date(plan.now)
    secret = tuple(c for c in given if c.word is Word.SECRECY)
    settled, faults, _ = obey.settle(plan, given, today)
    if faults and secret:  # what may be secret is so at once, whatever else is unclear
        settled, _, _ = obey.settle(plan, secret, today)
    if secret or not faults:
        obey.carry_out(plan, settled, Job(plan.actor, mail_digest, today))
    facts = {"said": said, "done": tuple(plan.done), "left": (*faults, *plan.left)}
    plan.letter(Letter.ECHO, plan.actor, "what was kept without a case is one", template="registered", facts=facts)
    return plan.effects
