"""An answer to a list of ours: lines that sort cases or give orders in them, and numbers of mails to let in."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from service.core.decide import deeds, lookups, obey
from service.core.decide.deeds.deed import Job
from service.core.decide.incoming import Incoming, Plan
from service.core.decide.replies import signature
from service.core.decide.sorting import Line, Meant, left_over, meaning, read_lines
from service.core.effects import Effect, Elsewhere, LetIn, Letter, Listing, NoCase, Note, SendLetter
from service.core.rules.guesses import shown
from service.core.speech import courtesy
from service.core.speech.commands import STAYS_INSIDE
from service.core.speech.consent import Consent, read_consent

_ORDER = re.compile(r"^[ \t>*-]*+(?:[#＃][ \t]*+)?sl[äa]ppa?[ \t]*+in\b:?(.*)$", re.IGNORECASE | re.MULTILINE)
_ORDERS = re.compile(rf"{_ORDER.pattern}(?:\n[ \t]*\d[\d \t,;&.–-]*(?:och[\d \t.]+)?$)?", _ORDER.flags)
_NUMBERS_ALONE = re.compile(r"\n[ \t]*\d[\d \t,;&.–-]*(?:och[\d \t.]+)?$", re.IGNORECASE | re.MULTILINE)
_NUMBER = re.compile(r"\d{1,9}")
_RANGE = re.compile(r"(\d{1,9})\s*(?:-|–|till?\b|t\.?o\.?m\b\.?)\s*(\d{1,9})", re.IGNORECASE)
_MOST = 100


def on_list_answer(mail: Incoming) -> list[Effect]:
    """All lines that are clear are done and told in one echo; the others come back in one question, with choices.

    Nothing that is written in answer to a list reaches a citizen as words of the writer, and nothing becomes a case.
    """
    filed = NoCase("list-answer", mail.verdict.because)
    if asked := lookups.asked(mail):
        return [filed, *asked]
    numbers, listing = read_numbers(mail.message.new_text), mail.ctx.listing
    let_in: list[Effect] = [LetIn(numbers, mail.sender, "a registrar lets them in")] if numbers else []
    if listing is None:
        return [filed, *(let_in or [_nothing_named(mail)])]
    if listing.waiting and read_consent(mail.message.new_text, signature(mail)) is Consent.YES:
        answer = _Answer(mail, listing)
        answer.take("\n".join(listing.waiting), may_act=True)
    else:
        answer = _Answer(mail, listing)
        answer.take(_ORDERS.sub("", mail.message.new_text), may_act=mail.verdict.proof.may_act)
    return [filed, *let_in, *answer.effects, *answer.letters(is_rest=bool(let_in))]


def _nothing_named(mail: Incoming) -> SendLetter:
    done = ("Inget är gjort. Skriv SLÄPP IN och numret på mejlet, till exempel SLÄPP IN 12.",)
    return SendLetter(Letter.ECHO, mail.sender, "no number was named", "let-in", {"done": done})


@dataclass(slots=True)
class _Answer:
    """What an answer to a list brings about, line by line."""

    mail: Incoming
    listing: Listing
    effects: list[Effect] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    waiting: list[Meant] = field(default_factory=list)  # clear, but the writer is not proven well enough
    unclear: list[Meant] = field(default_factory=list)
    rest: str = ""

    def take(self, text: str, *, may_act: bool) -> None:
        """Do, or ask about, each line of the text."""
        mail = self.mail
        prefix = mail.book.municipality.case_number.prefix
        lines, others = read_lines(text, self.listing, mail.ctx.listed, prefix)
        self.rest = left_over(others, signature(mail))
        wished: dict[str, set[str]] = {}
        for line in lines:
            wished.setdefault(line.number, set()).add(line.wish)
        taken: set[tuple[str, str]] = set()
        for line in lines:
            if line.number and (line.number, line.wish) in taken:
                continue
            taken.add((line.number, line.wish))
            if line.number and len(wished[line.number]) > 1:
                self.unclear.append(Meant(line, fault="Flera rader gäller samma ärende men säger olika saker."))
            elif not line.number:
                self.unclear.append(Meant(line, fault="Numret finns inte i listan."))
            elif read_consent(line.wish) is not Consent.NO:
                self._take(line, may_act=may_act)

    def _take(self, line: Line, *, may_act: bool) -> None:
        mail = self.mail
        case = mail.ctx.listed[line.number]
        plan = Plan(case, mail.book, mail.now, mail.sender, away=mail.ctx.away, unwritable=mail.unwritable)
        meant = meaning(line, case, plan, mail.today)
        if meant.fault:
            self.unclear.append(meant)
        elif not may_act and not {c.word for c in meant.commands} <= STAYS_INSIDE:
            self.waiting.append(meant)
        else:
            plan.add(Note("list", "ordered by a line in answer to a list", mail.sender))
            obey.carry_out(plan, meant.commands, Job(mail.sender, mail.message.digest, mail.today))
            self.effects.append(Elsewhere(line.number, tuple(plan.effects)))
            self.done += [f"{line.number}: {sentence}" for sentence in (*plan.done, *plan.coming, *plan.left)]

    def letters(self, *, is_rest: bool) -> list[Effect]:
        """One echo of what was done, and one question about what was not. is_rest: something else was ordered too."""
        letters: list[Effect] = []
        if self.done:
            facts = {"done": tuple(self.done)}
            letters.append(SendLetter(Letter.ECHO, self.mail.sender, "lines of a list are done", "list-done", facts))
        nothing = not (self.done or self.waiting or self.unclear or is_rest) and not is_thanks(self.mail)
        if self.waiting or self.unclear or self.rest or nothing:
            letters.append(self._question())
        return letters

    def _question(self) -> SendLetter:
        mail = self.mail
        facts = {
            "waiting": tuple(f"{m.line.number}: {s}" for m in self.waiting for s in self._told(m)),
            "unclear": tuple(self._shown(m) for m in self.unclear),
            "rest": self.rest,
            "done": bool(self.done),
        }
        lines = tuple(f"{m.line.number} {m.line.wish}" for m in self.waiting)
        asked = tuple(dict.fromkeys((*self.listing.others, *mail.ctx.listed)))
        listing = Listing(self.listing.rows, tuple(n for n in asked if n not in self.listing.rows), lines)
        to = person.email if (person := mail.book.person(mail.sender)) else mail.sender
        return SendLetter(Letter.QUESTION, to, "lines of a list are not clear", "ask-list", facts, listing=listing)

    def _told(self, meant: Meant) -> tuple[str, ...]:
        mail, case = self.mail, self.mail.ctx.listed[meant.line.number]
        plan = Plan(case, mail.book, mail.now, actor=mail.sender, unwritable=mail.unwritable)
        return deeds.told(plan, meant.commands)

    def _shown(self, meant: Meant) -> dict[str, object]:
        case = self.mail.ctx.listed.get(meant.line.number)
        is_secret = case is not None and case.secrecy
        return {
            "number": meant.line.number,
            "title": case.known_as if case and not is_secret else "",
            "written": meant.line.number if is_secret else meant.line.written,
            "why": meant.fault,
            "choices": tuple(guess["label"] for guess in shown(case, self.mail.book)) if case else (),
        }


def is_thanks(mail: Incoming) -> bool:
    """Whether the mail says nothing but thanks."""
    return courtesy.is_acknowledgement(mail.message.new_text, signature(mail))


def read_numbers(text: str) -> tuple[int, ...]:
    """The numbers that are to be let in, each once, in order; none where the text does not say so.

    They stand on the order's line, or alone on the next. `9–11` are three.
    """
    named: list[int] = []
    for order in _ORDER.finditer(text):
        below = _NUMBERS_ALONE.match(text, order.end())
        line = order[1] if _NUMBER.search(order[1]) or not below else below[0]
        named += [int(n) for n in _NUMBER.findall(_RANGE.sub(_spelled_out, line))]
    return tuple(dict.fromkeys(named))[:_MOST]


def _spelled_out(found: re.Match[str]) -> str:
    first, last = int(found[1]), int(found[2])
    return " ".join(map(str, range(first, last + 1))) if first < last < first + _MOST else found[0]
