"""A registrar answers a question about several cases: yes, no, or the name of somebody else."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from service.core.cases import Case
from service.core.decide import colleagues, registering, staff
from service.core.decide.absences import handed, move
from service.core.decide.incoming import Incoming
from service.core.decide.people import registrar_for
from service.core.decide.questions import nonce_of
from service.core.decide.replies import signature
from service.core.effects import AskStanding, Effect, Elsewhere, Letter, NoCase, RememberAbsence, SendLetter
from service.core.people.absence import Absent, Away, new_officer, told
from service.core.people.addresses import same
from service.core.rules.people import Person
from service.core.speech import swedish
from service.core.speech.consent import Consent, body, read_consent
from service.core.speech.standing import About, Standing


def on_answer(mail: Incoming) -> list[Effect]:
    """What the answer brings about; nothing of it becomes a case. What is unclear is asked again."""
    filed = NoCase("standing-answer", mail.verdict.because)
    question = mail.ctx.standing
    assert question
    if question.about is About.KEPT:
        asked = registering.on_answer(mail, question)
        return [filed, *asked] if asked else staff.on_staff_without_case(mail)
    to, why = _meant(mail, question)
    if to:
        return [filed, *_carry_out(mail, question, to)]
    if why:
        return [filed, *_ask_again(mail, question, why)]
    return [filed, *_keep(mail, question)]


def _meant(mail: Incoming, question: Standing) -> tuple[str, str]:
    """Whom the answer gives the cases to, or why nobody can say; neither: a no."""
    said = read_consent(mail.message.new_text, signature(mail))
    proposed = str(question.facts["to"])
    found = _named(mail)
    chosen = proposed if said is Consent.YES else found.person.email if found.person else ""
    if chosen or said is Consent.YES:
        why = _unfit(mail, chosen)
        return ("", why) if why else (chosen, "")
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
        | skicka | flytta | låt | dem | de | alla | allt | ärendena | ska | till | över | åt )\b [\s,.:;!–-]*+ )+
    | (?<!\s)\s++(?: tar\ dem | tar\ över | får\ dem | får\ ta\ dem | ska\ ha\ dem | i\ ?stället )\b .*$
    """
)


def _carry_out(mail: Incoming, question: Standing, to: str) -> list[Effect]:
    held_by: dict[str, str] = dict(question.facts["held_by"])
    person = str(question.facts["person"])
    absent = mail.ctx.away.of(person)
    is_back = question.about is About.RETURN
    if not is_back and absent is None:
        return _echo(mail, "the person is back", (), (f"{_name(mail, person)} är tillbaka, så inget är flyttat.",))
    still = [case for case in mail.ctx.cases if _is_theirs_to_move(case, held_by, absent)]
    moved = [case for case in still if not same(case.officer, to)]
    because = f"{person} is {'back' if is_back else 'away'}"
    why = None if is_back else absent
    effects: list[Effect] = [move(mail.book, mail.now, case, to, because, why, mail.sender) for case in moved]
    if absent and not is_back:
        vouched = replace(handed(absent, moved, to), proven=True)
        effects.append(RememberAbsence(vouched, "a registrar has decided"))
    gone = [number for number in held_by if number not in {case.number for case in still}]
    return [*effects, *_echo(mail, because, _done(mail, moved, to), _left(mail, absent, moved, gone))]


def _is_theirs_to_move(case: Case, held_by: Mapping[str, str], absent: Absent | None) -> bool:
    """Whether the case is where the question saw it, or where an answer to it has put it; and open."""
    places = (held_by.get(case.number, ""), absent.handed.get(case.number, "") if absent else "")
    return case.is_open and not case.secrecy and any(same(case.officer, place) for place in places if place)


def _keep(mail: Incoming, question: Standing) -> list[Effect]:
    """A no: the cases stay where they were. What a yes to the same question has moved goes back there."""
    held_by: dict[str, str] = dict(question.facts["held_by"])
    absent = mail.ctx.away.of(str(question.facts["person"])) if question.about is About.ABSENCE else None
    theirs = [case for case in mail.ctx.cases if absent and _is_theirs_to_move(case, held_by, absent)]
    moved = [case for case in theirs if not same(case.officer, held_by[case.number])]
    if not absent or not moved:
        kept = "Inget är flyttat. Svara JA om du ångrar dig."
        return _echo(mail, "a no", (), (kept,))
    back: list[Effect] = [
        move(mail.book, mail.now, case, held_by[case.number], "a no after a yes", None, mail.sender) for case in moved
    ]
    left = {number: to for number, to in absent.handed.items() if number not in {case.number for case in moved}}
    remembered = RememberAbsence(replace(absent, handed=left), "a registrar has decided")
    return [*back, remembered, *_echo(mail, "a no after a yes", _done(mail, moved, absent.email), ())]


def ask_next(mail: Incoming) -> list[Effect]:
    """Whoever was asked is away: the next one is asked the same."""
    question, asked = mail.ctx.standing, mail.sender
    if question is None or not same(question.asked, asked):
        return []
    away = Away.of_all([*mail.ctx.away.by_key.values(), Absent(asked, mail.now)])
    to = registrar_for(str(question.facts["person"]), mail.book, away)
    if same(to, asked):
        return []
    anew = replace(question, nonce=nonce_of(mail), asked=to)
    return [Elsewhere("", tuple(_asked_again(mail, anew, f"{_name(mail, asked)} är borta och svarar inte på frågan.")))]


def _done(mail: Incoming, moved: Sequence[Case], to: str) -> tuple[str, ...]:
    if not moved:
        return ()
    numbers = swedish.join([case.number for case in moved])
    how_many = swedish.cases(len(moved)).capitalize()
    are = "är överlämnat" if len(moved) == 1 else "är överlämnade"
    return (f"{how_many} {are} till {_name(mail, to)}: {numbers}. Sista svarsdag är densamma.",)


def _left(mail: Incoming, absent: Absent | None, moved: Sequence[Case], gone: Sequence[str]) -> tuple[str, ...]:
    lines = []
    if absent and moved:
        lines.append(f"Ångrar du dig? Svara NEJ, så går allt tillbaka till {_name(mail, absent.email)}.")
    if gone:
        why = "eftersom det är besvarat, avslutat eller redan hos någon annan"
        lines.append(f"Inte flyttat, {why}: {', '.join(gone)}.")
    if absent:
        at_once = new_officer(absent.email, mail.book, mail.ctx.away)
        how = (
            f"direkt till {_name(mail, at_once)} så länge"
            if at_once
            else f"fortfarande till {_name(mail, absent.email)}"
        )
        lines.append(f"Nya ärenden går {how}.")
    return tuple(lines)


def _name(mail: Incoming, address: str) -> str:
    person = mail.book.person(address)
    return person.name if person else address


def _echo(mail: Incoming, because: str, done: tuple[str, ...], left: tuple[str, ...]) -> list[Effect]:
    """What was done; an answer to this letter, such as a second thought, counts as one to the question itself."""
    question = mail.ctx.standing
    assert question
    anew = replace(question, nonce=nonce_of(mail))
    letter = SendLetter(Letter.ECHO, mail.sender, because, "moved", {"done": done, "left": left}, nonce=anew.nonce)
    return [AskStanding(anew, because), letter]


def _ask_again(mail: Incoming, question: Standing, why: str) -> list[Effect]:
    """The same question under a new letter; a yes to the older one still counts."""
    return _asked_again(mail, replace(question, nonce=nonce_of(mail), asked=mail.sender), why)


def _asked_again(mail: Incoming, question: Standing, why: str) -> list[Effect]:
    facts = {
        "why": why,
        "absent": mail.ctx.away.of(str(question.facts["person"])) if question.about is About.ABSENCE else None,
        "who": str(question.facts["person"]),
        "proposed": str(question.facts["to"]),
        "numbers": tuple(question.facts["held_by"]),
    }
    letter = SendLetter(Letter.QUESTION, question.asked, why, "ask-again", facts, nonce=question.nonce)
    return [AskStanding(question, "asked again"), letter]
