"""The people of a storm, with the habits that real ones have; what they write is drawn from the seed."""

from __future__ import annotations

import random
from collections.abc import Mapping
from functools import cached_property, partial

from service.core.cases import Case
from tests.conversations.town import Letter
from tests.simulation.storms.forger import FORGED
from tests.simulation.storms.mailserver import message_id
from tests.simulation.storms.world import World
from tests.simulation.year import Year

_STAFF = {"plain": 60, "away": 8, "bouncing": 6, "forwarding": 8, "to all": 8, "from home": 5, "in a word": 8}
_CITIZENS = {"plain": 60, "thankful": 10, "angry": 8, "robot": 8, "away": 6, "again": 8, "all at once": 3}
_OFTEN = 3  # about a case: nobody does it for ever
_IN_NEW_CASES = {"all at once", "again"}  # and of each its writer would do the same again, without end
_PICTURES = 12  # more mails in a day than the brakes let through to anybody
_ANGRY = "Det är skandal! Varför händer det ingenting?"
_ANSWERED_BY_MACHINE = [("Auto-Submitted", "auto-replied")]


class People(Year):
    """A year's people, who keep to their habits."""

    town: World
    seed: int

    def _manner(self, address: str, manners: Mapping[str, int]) -> str:
        """Each address has its own all the time, whenever it is first asked for."""
        dice, usual = random.Random(f"{self.seed} {address}"), self.town.weather.mix.habit
        if usual in manners and dice.random() < 0.5:
            return usual
        return dice.choices(list(manners), list(manners.values()))[0]

    def _behaves(self, letter: Letter, manners: Mapping[str, int]) -> str:
        """What the reader does with a letter: mostly what all do."""
        habit, mix = self._manner(letter.to, manners), self.town.weather.mix
        times = (letter.to, "habit" if habit in _IN_NEW_CASES else f"habit {letter.number}")
        often, seldom = (2 * _OFTEN, 1.0) if habit == "robot" else (_OFTEN, mix.habits)
        if self._tries[times] >= often or self.dice.random() > seldom:
            return "plain"
        self._tries[times] += 1
        return habit

    @cached_property
    def _workers(self) -> set[str]:
        return self._unit_staff() | set(self.town.book.registrars)

    def is_robot(self, address: str) -> bool:
        """Whether a machine reads there, and answers all that it gets."""
        return not self.town.book.is_staff(address) and self._manner(address, _CITIZENS) == "robot"

    # --- staff ------------------------------------------------------------------------------------------------------

    def _staff_reads(self, letter: Letter) -> None:
        if letter.to not in self._workers:
            return None  # who gets copies reads them
        match self._behaves(letter, _STAFF) if letter.number and FORGED not in letter.text else "plain":
            case "away":
                text = "Jag är ledig och läser inte min e-post."
                self._later(letter, 0, 0, lambda: self._reply("frånvaro", letter, text, _ANSWERED_BY_MACHINE))
            case "bouncing":
                return self._later(letter, 0, 0, lambda: self._bounces(letter))
            case "forwarding":
                colleague = self.dice.choice(sorted(self._unit_staff()))
                text = "Det här har vi ordnat i dag, hälsar en kollega."
                self._later(letter, 0, 3, lambda: self._writes(colleague, text, letter))
            case "to all":
                return self._later(letter, 0, 5, lambda: self._answers_all(letter))
            case "from home":
                text = "Vi åker ut och tittar i morgon."
                self._later(letter, 0, 2, lambda: self._writes("hemma@example.com", text, letter))
            case "in a word":
                word = self.dice.choice(("JA", "NEJ", "Tack", "?", "#AVSLUTA", "#HJÄLP", "#STATUS"))
                self._later(letter, 0, 2, lambda: self._reply("ett ord", letter, word))
        return super()._staff_reads(letter)

    def _staff_acts(self, letter: Letter) -> None:
        """Who is asked what she means says it; a yes would be asked about again. A forger gets no yes."""
        case = self._case(letter.number)
        if letter.kind == "question" and FORGED in letter.text:
            self._reply("personal", letter, "NEJ")
        elif letter.kind == "question" and "förtydligande" in letter.subject and case and case.is_open:
            self._reply("personal", letter, self._worked(case))
        else:
            super()._staff_acts(letter)

    def _bounces(self, letter: Letter) -> None:
        """The address took it and gives it back: its mailbox is full, or the person has left."""
        self.town.office.gives_back(message_id(letter.raw))
        status = self.dice.choice(("5.1.1", "5.2.2", "4.2.2"))
        self.town.receives(_report(letter, status, self.dice.getrandbits(40), self.town.address))

    def _answers_all(self, letter: Letter) -> None:
        case = self._case(letter.number)
        if case:
            text = self._worked(case)
            self._writes(letter.to, text, letter, cc=case.submitter.email or "")

    def _writes(self, sender: str, text: str, answers: Letter | None = None, subject: str = "", cc: str = "") -> None:
        self.town.writes(sender, text, subject, answers=answers, cc=cc)

    # --- people outside ---------------------------------------------------------------------------------------------

    def _citizen_reads(self, letter: Letter) -> None:
        match self._behaves(letter, _CITIZENS):
            case "thankful":
                self._later(letter, 0, 2, lambda: self._reply("tack", letter, "Tack så mycket!"))
            case "angry" if letter.kind == "receipt":
                for day in range(self.dice.randrange(2, 6)):
                    text = f"{_ANGRY} Det är dag {day + 1}!"
                    self._later(letter, day, day, partial(self._reply, "arg", letter, text))
            case "all at once" if letter.kind == "receipt":
                for number in range(_PICTURES):
                    text = f"Här är bild {number + 1} av {_PICTURES}."
                    self._later(letter, 0, 0, partial(self._writes, letter.to, text, subject=f"Bild {number + 1}"))
            case "robot":
                text = f"Ditt ärende {self.dice.randrange(10_000)} är mottaget och besvaras i turordning."
                self._later(letter, 0, 0, lambda: self._writes(letter.to, text, subject=f"Mottaget: {letter.subject}"))
            case "away":
                text = "Jag är tillbaka på måndag."
                self._later(letter, 0, 0, lambda: self._reply("autosvar", letter, text, _ANSWERED_BY_MACHINE))
            case "again":
                text = "Jag skrev häromdagen och undrar hur det går med saken."
                self._later(letter, 1, 9, lambda: self._writes(letter.to, text, subject="Hur går det?"))
            case _:
                super()._citizen_reads(letter)

    def _worked(self, case: Case) -> str:
        """Some officers just write, as to anybody."""
        if self.dice.random() < 0.2:
            return "Hej! Vi har lagat det i dag.\nTack för att du hörde av dig."
        return super()._worked(case)


def _report(letter: Letter, status: str, mark: int, mailbox: str) -> bytes:
    """A mail server's report (RFC 3464) of a letter that came back."""
    return (
        f"From: MAILER-DAEMON@mx.example.org\r\nTo: {mailbox}\r\nSubject: Undelivered Mail\r\n"
        f"Return-Path: <>\r\nMessage-ID: <{mark}@mx.example.org>\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nCould not be delivered.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.org\r\n\r\n"
        f"Final-Recipient: rfc822; {letter.to}\r\nAction: failed\r\nStatus: {status}\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {message_id(letter.raw)}\r\n\r\n--b--\r\n"
    ).encode()
