"""`#LISTA` and `#STATISTIK` in a mail about no case: what is shown changes nothing and goes to a registered address."""

from __future__ import annotations

from service.core.decide import registering
from service.core.decide.deeds.asking import NEED_NO_CASE, fault_of, shown
from service.core.decide.incoming import Incoming
from service.core.decide.seeing import registered
from service.core.effects import Effect, Letter, SendLetter
from service.core.people.origin import Word as Said
from service.core.speech import orders


def asked(mail: Incoming) -> list[Effect]:
    """What the mail asks to be shown, all of it or what is wrong with it; empty where it asks for something else.

    A mail that the own server calls forged is shown nothing. Where the server says nothing, anybody may have written
    it: the letters then count against the budget of questions that nobody has proven (`gate`).
    """
    text, subject = mail.message.new_text, mail.message.subject
    in_subject = orders.is_command(subject) and not orders.begins_with_command(text)
    read = orders.read_orders(subject if in_subject else text)
    if not read.faults and (registered_leaf := registering.of_leaf(mail, read)):
        return registered_leaf
    if not read.words or not read.words <= NEED_NO_CASE or read.faults or mail.verdict.said is Said.FAIL:
        return []
    book, to = mail.book, registered(mail.sender, mail.book)
    faults = tuple(f for c in read.commands if (f := fault_of(c, mail.sender, book, mail.today)))
    if faults and not book.is_known_staff(mail.sender):
        return []
    if faults:
        because = "what is asked for cannot be shown"
        return [SendLetter(Letter.QUESTION, to, because, "ask-show", {"faults": faults})]
    kind = None if mail.verdict.said is Said.PASS else Letter.ECHO
    return [shown(command, mail.sender, book, mail.today, kind) for command in read.commands]
