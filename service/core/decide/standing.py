"""A registrar answers a question about several cases: yes, no, or the name of somebody else."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from service.core import swedish
from service.core.absence import Absent, told
from service.core.addresses import same
from service.core.cases import Case
from service.core.consent import Consent, body, read_consent
from service.core.decide import colleagues
from service.core.decide.absences import handed, move
from service.core.decide.incoming import Incoming
from service.core.decide.questions import nonce_of
from service.core.decide.replies import signature
from service.core.effects import AskStanding, Effect, Letter, NoCase, RememberAbsence, SendLetter
from service.core.rules.rulebook import Person
from service.core.standing import About, Standing


def on_answer(mail: Incoming) -> list[Effect]:
    """What the answer brings about; nothing of it becomes a case. What is unclear is asked again."""
    filed = NoCase("standing-answer", mail.verdict.because)
    question = mail.ctx.standing
    assert question
    to, why = _meant(mail, question)
    if to:
        return [filed, *_carry_out(mail, question, to)]
    if why:
        return [filed, *_ask_again(mail, question, why)]
    kept = "Inget är flyttat. Svara JA på vår fråga om du ångrar dig."
    return [filed, _echo(mail, "a no", (), (kept,))]


def _meant(mail: Incoming, question: Standing) -> tuple[str, str]:
    """Whom the answer gives the cases to, or why nobody can say; neither: a no."""
    said = read_consent(mail.message.new_text, signature(mail))
    proposed = str(question.facts["to"])
    if said is Consent.YES:
        return (proposed, _unfit(mail, proposed)) if not _unfit(mail, proposed) else ("", _unfit(mail, proposed))
    found = _named(mail)
    if found.person:
        why = _unfit(mail, found.person.email)
        return ("", why) if why else (found.person.email, "")
    if said is Consent.NO:
        return "", ""
    if found.near:
        return "", f"Menade du {' eller '.join(map(_presented, found.near))}? Svara med hela namnet."
    return "", "Vi förstod inte ditt svar."


def _presented(person: Person) -> str:
    return f"{person.name}{f', {person.title}' if person.title else ''}"


def _unfit(mail: Incoming, to: str) -> str:
    """Why that person cannot have the cases; empty: the person can."""
    person, absent = mail.book.person(to), mail.ctx.away.of(to)
    if not to or not person:
        return "Vi har inget förslag på vem som kan ta över. Svara med ett namn."
    return told(absent, person.name) if absent else ""


def _named(mail: Incoming) -> colleagues.Found:
    """The colleague whom the first line names, beside the words that people put around a name."""
    line = next(iter(body(mail.message.new_text, signature(mail))), "")
    name = _AROUND.sub("", line).strip(" .,!;:")
    found = colleagues.find(name, mail.book) if name else colleagues.Found()
    return colleagues.Found() if found.person and same(found.person.email, mail.sender) else found


_AROUND = re.compile(
    r"""(?ix)
    ^(?: (?: \#?\s*(?:överlämna|lämna\ över) | ja | nej | okej | ok | nja | tack | men | hellre | helst | ge | lämna
        | skicka | flytta | låt | dem | de | alla | allt | ärendena | ska | till | över | åt )\b [\s,.:;!–-]* )+
    | \s+(?: tar\ dem | tar\ över | får\ dem | får\ ta\ dem | ska\ ha\ dem | i\ ?stället )\b .*$
    """
)


def _carry_out(mail: Incoming, question: Standing, to: str) -> list[Effect]:
    held_by: dict[str, str] = dict(question.facts["held_by"])
    person = str(question.facts["person"])
    absent = mail.ctx.away.of(person)
    name = _name(mail, person)
    if question.about is About.ABSENCE and absent is None:
        return [_echo(mail, "the person is back", (), (f"{name} är tillbaka, så inget är flyttat.",))]
    still = [case for case in mail.ctx.cases if _is_still(case, held_by.get(case.number, ""))]
    moved = [case for case in still if not same(case.officer, to)]
    because = f"{person} is away" if question.about is About.ABSENCE else f"{person} is back"
    why = absent if question.about is About.ABSENCE else None
    effects: list[Effect] = [move(mail.book, mail.now, case, to, because, why, mail.sender) for case in moved]
    if absent and question.about is About.ABSENCE:
        vouched = replace(handed(absent, moved, to), proven=True)
        effects.append(RememberAbsence(vouched, "a registrar has decided"))
    gone = [number for number in held_by if number not in {case.number for case in still}]
    return [*effects, _echo(mail, because, _done(mail, moved, to), _left(mail, absent, gone))]


def _is_still(case: Case, holder: str) -> bool:
    """Whether the case is as it was when the question was asked: open, and with the same officer."""
    return case.is_open and not case.secrecy and same(case.officer, holder)


def _done(mail: Incoming, moved: Sequence[Case], to: str) -> tuple[str, ...]:
    if not moved:
        return ()
    numbers = swedish.join([case.number for case in moved])
    how_many = swedish.cases(len(moved)).capitalize()
    are = "är överlämnat" if len(moved) == 1 else "är överlämnade"
    return (f"{how_many} {are} till {_name(mail, to)}: {numbers}. Sista svarsdag är densamma.",)


def _left(mail: Incoming, absent: Absent | None, gone: Sequence[str]) -> tuple[str, ...]:
    lines = []
    if gone:
        why = "eftersom det är besvarat, avslutat eller redan hos någon annan"
        lines.append(f"Inte flyttat, {why}: {', '.join(gone)}.")
    if absent:
        lines.append(f"Nya ärenden går fortfarande till {_name(mail, absent.email)}.")
    return tuple(lines)


def _name(mail: Incoming, address: str) -> str:
    person = mail.book.person(address)
    return person.name if person else address


def _echo(mail: Incoming, because: str, done: tuple[str, ...], left: tuple[str, ...]) -> SendLetter:
    return SendLetter(Letter.ECHO, mail.sender, because, "moved", {"done": done, "left": left})


def _ask_again(mail: Incoming, question: Standing, why: str) -> list[Effect]:
    """The same question under a new letter; a yes to the older one still counts."""
    anew = replace(question, nonce=nonce_of(mail), asked=mail.sender)
    facts = {
        "why": why,
        "back": question.about is About.RETURN,
        "who": str(question.facts["person"]),
        "proposed": str(question.facts["to"]),
        "numbers": tuple(question.facts["held_by"]),
    }
    letter = SendLetter(Letter.QUESTION, mail.sender, why, "ask-again", facts, nonce=anew.nonce)
    return [AskStanding(anew, "asked again"), letter]
