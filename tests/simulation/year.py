"""A year through the real code: events on a clock, and people who react to the letters that they get."""

from __future__ import annotations

import heapq
import random
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count

from service.core.cases import Case, Contact, Status
from service.core.rules.choices import Triage
from service.desk import register
from tests.conversations.town import Letter, Town
from tests.simulation.mails import Writing, written

_QUIET = timedelta(days=75)  # after the last mail: everybody has time to finish
_HABITS = ("quick", "quick", "steady", "steady", "slow")
_DAYS = {"quick": (0, 2), "steady": (1, 6), "slow": (9, 24)}
_MOST_LETTERS_OF_A_CASE = 14  # after so many an officer who is a machine in our test has misunderstood: stop
_WORK = {"assignment", "reminder", "escalation", "question", "handover", "information"}
Event = tuple[datetime, int, Callable[[], None]]


class Year:
    """So many mails in a year, and all that follows from them. What people do is drawn from the seed alone."""

    def __init__(self, town: Town, mails: int, seed: int) -> None:
        self.town, self.mails, self.dice = town, mails, random.Random(seed)
        self.begins = town.now
        self.came: Counter[str] = Counter()
        self._events: list[Event] = []
        self._order = count()
        self._read = 0  # letters that their readers have seen
        staff = sorted({p.email for p in town.book.people.people} | self._unit_staff())
        self._habit = {address: self.dice.choice(_HABITS) for address in staff}
        self._tries: Counter[tuple[str, str]] = Counter()
        self._answering: set[str] = set()

    def _unit_staff(self) -> set[str]:
        units = self.town.book.people.units
        return {address for unit in units for address in (*unit.officers, unit.manager)}

    def happens(self) -> None:
        """Let the year pass, and some quiet weeks after it."""
        for _ in range(self.mails):
            at = self.begins + timedelta(minutes=self.dice.randrange(60 * 24 * 365))
            writing = written(self.dice, self.town.book)
            self._at(at, lambda writing=writing: self._write(writing))
        while self._events:
            at, _, what = heapq.heappop(self._events)
            self._wait_until(at)
            what()
            self._post_arrives()
        self._wait_until(self.town.now + _QUIET)
        self._post_arrives()

    def left(self, letter: Letter) -> datetime:
        """When the letter left, by a clock that is right."""
        return letter.at

    def secret_since(self, case: Case) -> datetime | None:
        """When the case became secret, by a clock that is right; None: from its beginning."""
        return case.secret_since

    def _at(self, when: datetime, what: Callable[[], None]) -> None:
        heapq.heappush(self._events, (when, next(self._order), what))

    def _wait_until(self, when: datetime) -> None:
        """The daemon runs until then; mornings and noons are when the clock matters."""
        zone = self.town.book.calendar.zone
        day = self.town.now.astimezone(zone)
        while day.date() <= when.astimezone(zone).date():
            for look in (day.replace(hour=7, minute=30), day.replace(hour=12, minute=0)):
                if self.town.now < look < when:
                    self.town.now = look
                    self.town.looks_at_the_clock()
                    self._post_arrives()
            day += timedelta(days=1)
        self.town.now = max(self.town.now, when)

    def _write(self, writing: Writing) -> None:
        self.came[writing.kind] += 1
        self.town.writes(writing.sender, writing.text, writing.subject, headers=writing.headers, to=writing.to)

    # --- people read their post -----------------------------------------------------------------------------------

    def _post_arrives(self) -> None:
        while self._read < len(self.town.sent):
            letter = self.town.sent[self._read]
            self._read += 1
            (self._staff_reads if self.town.book.is_staff(letter.to) else self._citizen_reads)(letter)

    def _citizen_reads(self, letter: Letter) -> None:
        if letter.kind == "answer" and self.dice.random() < 0.25:
            text = self.dice.choice(
                ("Tack för svaret!", "Tack, men när blir det klart?", "Det var inget svar på min fråga.")
            )
            self._later(letter, 0, 9, lambda: self._reply("följd", letter, text))
        elif letter.kind == "receipt" and self.dice.random() < 0.03:
            away = [("Auto-Submitted", "auto-replied")]
            self._later(letter, 0, 0, lambda: self._reply("autosvar", letter, "Jag är på semester.", headers=away))

    def _staff_reads(self, letter: Letter) -> None:
        if letter.kind == "alert" and letter.number:
            self._later(letter, 0, 1, lambda: self._passes_on(letter))
        elif letter.kind in _WORK and letter.number:
            low, high = _DAYS[self._habit.get(letter.to, "quick")]
            if letter.kind in {"question", "reminder", "escalation"}:
                low, high = 0, 2
            self._later(letter, low, high, lambda: self._staff_acts(letter))

    def _later(self, letter: Letter, low: int, high: int, what: Callable[[], None]) -> None:
        hours = self.dice.randrange(8, 16)
        day = (letter.at + timedelta(days=self.dice.randint(low, high))).replace(
            hour=hours, minute=self.dice.randrange(60)
        )
        self._at(max(day, self.town.now + timedelta(minutes=5)), what)

    def _reply(self, kind: str, letter: Letter, text: str, headers: list[tuple[str, str]] | None = None) -> None:
        self.came[kind] += 1
        self.town.writes(letter.to, text, answers=letter, headers=headers or [])

    def _staff_acts(self, letter: Letter) -> None:
        case = self._case(letter.number)
        self._tries[letter.number, letter.to] += 1
        if case is None or self._tries[letter.number, letter.to] > _MOST_LETTERS_OF_A_CASE:
            return
        if letter.kind == "question":
            self._reply("personal", letter, "JA")
        elif case.status is Status.TRIAGE:
            self._reply("personal", letter, self._sorted(case))
        elif case.status in {Status.ASSIGNED, Status.WAITING}:
            self._reply("personal", letter, self._worked(case))

    def _passes_on(self, letter: Letter) -> None:
        """An appeal and its like goes to whoever decides about it, and the case is closed here."""
        case = self._case(letter.number)
        if case and case.status is Status.TRIAGE and self.town.book.is_registrar(letter.to):
            self._reply("personal", letter, "#INTERNT\nÖverlämnat till nämndens registrator i dag.\n#AVSLUTA")

    def _case(self, number: str) -> Case | None:
        with self.town.database.reading() as s:
            stored = register.load(s, number)
        return stored.case if stored else None

    def _sorted(self, case: Case) -> str:
        """How a registrar sorts: a yes to a proposal, else somebody of a unit."""
        if case.proposal and self.town.book.municipality.triage is Triage.REGISTRAR_FIRST:
            return "JA"
        unit = self.dice.choice(self.town.book.people.units)
        return f"#ÖVERLÄMNA {self.dice.choice((*unit.officers, unit.manager))}"

    def _worked(self, case: Case) -> str:
        """What an officer writes who has done the work."""
        own = self.town.book.municipality
        lines = [f"#TYP {self.dice.choice(own.types)}"]
        lines += [f"#KATEGORI {self.dice.choice(own.categories)}"] if own.categories else []
        lines += [f"#ÅTGÄRD {self.dice.choice(own.measures)}"] if own.measures else []
        lines += ["#PUBLICERA NEJ"] if own.publish.default.value == "ask" else []
        lines += ["#FÖRSENAD i morgon Vi har väntat på en reservdel."] if self._is_late(case) else []
        week = self.dice.randrange(1, 52)
        text = f"Hej! Vi har tittat på saken och gör det som behövs före vecka {week}.\nTack för att du hörde av dig."
        closing = ["#AVSLUTA"] if own.close.mode.value == "on_command" else []
        if case.secrecy or case.submitter.contact in {Contact.NONE, Contact.IMPOSSIBLE}:
            return "\n".join([*lines, "#INTERNT", "Vi har talats vid och är överens.", "#AVSLUTA"])
        return "\n".join([*lines, *closing, "#SVAR", text])

    def _is_late(self, case: Case) -> bool:
        return bool(case.running and case.running.due_at < self.town.now)
