"""The sorts of scenes that a demo is made of: somebody writes, somebody answers a letter, time passes.

A script (`service/demo/scripts/`) is a list of them, in the order of their times. Each scene names the case that it is
about by a word of the script's own, and a letter by its kind and by who has it, as a person would.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from service.core.cases import Case
from service.demo import clients
from service.demo.clients import Person
from service.demo.stage import Letter, Stage


@dataclass(frozen=True, slots=True)
class Script:
    """What a municipality's demo shows.

    scenes: in order; times are local, `2026-03-02 09:12`, and a scene without one is played a little later than the
        one before.
    period: the first and the last day of the report at the end.
    """

    scenes: tuple[Scene, ...]
    period: tuple[date, date]

    @property
    def begins(self) -> str:
        """The local time of the first scene."""
        return self.scenes[0].at

    @property
    def citizens(self) -> dict[str, str]:
        """The names of the people who write from outside, by address."""
        writers = (scene.who for scene in self.scenes if isinstance(scene, Mail | FormFilledIn | AutomaticReply))
        return {who.email: who.name for who in writers}


@dataclass
class Playing:
    """A script that is being played, with the numbers that its cases have got."""

    stage: Stage
    numbers: dict[str, str] = field(default_factory=dict)

    def play(self, script: Script) -> None:
        """Every scene, in order."""
        for scene in script.scenes:
            if scene.at:
                self.stage.on(scene.at)
            else:
                self.stage.pause(_LITTLE)
            scene.play(self)

    def sends(self, raw: bytes, scene: Scene, what: str, sender: str) -> None:
        """The mail goes to the municipality; a case that it opens has the scene's name from here on."""
        known = {case.number for case in self.stage.register()}
        self.stage.write(raw, what, sender=sender, number=self.numbers.get(scene.case, ""))
        fresh = [case.number for case in self.stage.register() if case.number not in known]
        self.numbers |= dict(zip([scene.case], fresh, strict=False))

    def letter(self, kind: str, case: str, to: str) -> Letter:
        """The newest letter of that kind in the case that this person has."""
        address, number = self.address(to), self.numbers.get(case, "")
        found = (x for x in reversed(self.stage.letters) if (x.kind, x.number, x.to) == (kind, number, address))
        if letter := next(found, None):
            return letter
        raise LookupError(f"{to} has no {kind} in {case}")

    def address(self, name: str) -> str:
        """A whole address; the municipality's own people need none but the part before the @."""
        return name if "@" in name else f"{name}@{self.stage.book.municipality.staff_domains[0]}"

    def person(self, name: str) -> Person:
        """One of the municipality's people."""
        address = self.address(name)
        return Person(self.stage.names.get(address, address), address)

    def case(self, name: str) -> Case:
        """The case as it is now."""
        return self.stage.case(self.numbers[name])


_LITTLE = 17
"""Minutes between two scenes that follow one another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One thing that happens."""

    at: str = ""
    case: str = ""

    def play(self, playing: Playing) -> None:
        """Let it happen."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail(Scene):
    """A citizen writes, from a phone."""

    who: Person
    subject: str
    text: str
    photos: Sequence[tuple[str, bytes]] = ()
    tells: str = ""

    def play(self, playing: Playing) -> None:
        """The mail arrives."""
        stage = playing.stage
        raw = clients.phone_mail(self.who, stage.address, self.subject, self.text, stage.now, self.photos)
        told = self.tells or f"skriver: {self.subject}{' (foto)' if self.photos else ''}"
        playing.sends(raw, self, f"{self.who.name} {told}", self.who.email)


@dataclass(frozen=True, slots=True, kw_only=True)
class FormFilledIn(Scene):
    """Somebody fills in a web form of the municipality; `given` are the answers by what they are (see the rules)."""

    form: str
    who: Person
    given: Mapping[str, str]
    tells: str

    def play(self, playing: Playing) -> None:
        """The form's mail arrives."""
        stage = playing.stage
        form = next(form for form in stage.book.forms if form.name == self.form)
        named = {"name": self.who.name, "email": self.who.email} if self.who.email else {}
        raw = clients.form_mail(form, stage.address, {**named, **self.given}, stage.now)
        playing.sends(raw, self, f"{self.who.name} {self.tells}", str(form.from_[0]))


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffMail(Scene):
    """One of the staff writes a mail of their own: a note of a call, a wish for figures, or straight to the citizen.

    With `to` the mail is to that person, and the mailbox has a copy.
    """

    who: str
    subject: str
    text: str
    tells: str
    to: Person | None = None

    def play(self, playing: Playing) -> None:
        """The mail arrives."""
        stage, who = playing.stage, playing.person(self.who)
        number = playing.numbers.get(self.case)
        subject = f"{self.subject} [{number}]" if number else self.subject
        to, copy = (self.to.email, stage.address) if self.to else (stage.address, "")
        raw = clients.outlook_mail(who, to, subject, self.text, stage.now, copy)
        playing.sends(raw, self, f"{who.name} {self.tells}", who.email)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply(Scene):
    """Somebody answers a letter, from Outlook unless it is done on a phone; a citizen always answers from a phone."""

    to: str
    letter: str = "assignment"
    text: str
    tells: str = ""
    phone: bool = False

    def play(self, playing: Playing) -> None:
        """The reply arrives."""
        stage, letter = playing.stage, playing.letter(self.letter, self.case, self.to)
        who = Person(stage.names.get(letter.to, letter.to), letter.to)
        if self.phone:
            raw = clients.phone_reply(who, letter.received, self.text, stage.now)
        else:
            raw = clients.outlook_reply(who, letter.received, self.text, stage.now, _signature(playing, who))
        told = self.tells or f"svarar: {' '.join(self.text.split())}"
        playing.sends(raw, self, f"{who.name} {told}", who.email)


@dataclass(frozen=True, slots=True, kw_only=True)
class CitizenReply(Scene):
    """A citizen answers a letter, from a phone."""

    who: Person
    letter: str
    text: str
    tells: str

    def play(self, playing: Playing) -> None:
        """The reply arrives."""
        letter = playing.letter(self.letter, self.case, self.who.email)
        raw = clients.phone_reply(self.who, letter.received, self.text, playing.stage.now)
        playing.sends(raw, self, f"{self.who.name} {self.tells}", self.who.email)


@dataclass(frozen=True, slots=True, kw_only=True)
class AutomaticReply(Scene):
    """A citizen's mail server answers the receipt by itself."""

    who: Person
    text: str
    tells: str

    def play(self, playing: Playing) -> None:
        """The automatic mail arrives."""
        letter = playing.letter("receipt", self.case, self.who.email)
        raw = clients.automatic_reply(self.who, letter.received, self.text, playing.stage.now)
        playing.sends(raw, self, self.tells, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence(Scene):
    """Nobody does anything until such a letter has left in the case."""

    until: str

    def play(self, playing: Playing) -> None:
        """Time passes."""
        playing.stage.wait_for(self.until, playing.numbers[self.case])


@dataclass(frozen=True, slots=True, kw_only=True)
class TimePasses(Scene):
    """Nothing happens but what the clock brings, until `at` and at that instant."""

    def play(self, playing: Playing) -> None:
        """One look at the clock."""
        playing.stage.look()


def _signature(playing: Playing, who: Person) -> str:
    person = playing.stage.book.person(who.email)
    return "\n".join(["Med vänlig hälsning", who.name, *([person.title] if person and person.title else [])])
