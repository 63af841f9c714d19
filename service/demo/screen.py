"""What the demo shows: a timeline of mails in and out, then the register. In Swedish, for a registrar.

Reads well without colours too: direction and escalations are told by signs and words.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from rich import box
from rich.console import Console
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from service.core.cases import Case, Status
from service.core.rules.choices import Role
from service.core.rules.rulebook import RuleBook
from service.core.speech import swedish
from service.demo.clients import ZONE
from service.demo.stage import Changed, Happening, Letter, Posted, Unanswered, Written

WIDTH = 100
_SECONDS_A_MAIL, _SECONDS_A_LETTER = 1.4, 0.7
_STATUS = {
    Status.NEW: "nytt",
    Status.TRIAGE: "att fördela",
    Status.ASSIGNED: "fördelat",
    Status.WAITING: "väntar",
    Status.ANSWERED: "besvarat",
    Status.CLOSED: "avslutat",
    Status.REFUSED: "avvisat",
}
LETTERS: Mapping[str, str] = {
    "receipt": "Bekräftelse",
    "assignment": "Ärende",
    "reminder": "Påminnelse",
    "escalation": "ESKALERING",
    "answer": "Svar",
    "delay": "Besked",
    "handover": "Besked",
    "referral": "Hänvisning",
    "refusal": "Besked",
    "closing": "Besked",
    "echo": "Besked",
    "question": "Fråga",
    "alert": "Larm",
    "report": "Rapport",
    "information": "Besked",
    "digest": "Morgonmejl",
    "letter": "Brev",
}
_STYLES = {"escalation": "bold red", "reminder": "yellow", "alert": "bold red", "question": "magenta"}
_PROMISED = re.compile(r"\bsvar senast (\w+ \d+ \w+)")


class Screen:
    """Shows each happening as it comes; with `pace` it pauses a little, so that one can follow."""

    def __init__(self, console: Console, *, pace: bool) -> None:
        self._console, self._pace = console, pace
        self._names: dict[str, str] = {}
        self._units: dict[str, str] = {}
        self._registrar = ""
        self._day: date | None = None

    def title(self, book: RuleBook, names: Mapping[str, str]) -> None:
        """The head of the timeline. People (`names`, by address) and units are called by their names from here on."""
        self._names = dict(names)
        self._units = {unit.id: unit.name for unit in book.people.units}
        self._registrar = book.municipality.called(Role.REGISTRAR)
        self._console.print(Text(f"Synpunkten i {book.municipality.name}", "bold"))
        self._console.print(
            "Påhittade personer, riktiga mejl: allt går över IMAP och SMTP på den här datorn. Klockan går fort.\n"
            "→ ett mejl kommer in   ← tjänsten skickar ett mejl   • ärendet ändras"
        )

    def show(self, happening: Happening) -> None:
        """One line of the timeline, or a few where it is long."""
        self._new_day(happening.at.astimezone(ZONE).date())
        match happening:
            case Written(at, what, number):
                self._line(at, "→", Text(what, "bold"), number)
                self._rest(_SECONDS_A_MAIL)
            case Posted(at, letter, more):
                self._line(at, "←", self._letter(letter, more), letter.number)
                self._rest(_SECONDS_A_LETTER)
            case Changed(at, before, case):
                self._line(at, "•", Text(self._change(before, case), "cyan"), case.number)
            case Unanswered(at, number):
                self._line(at, "•", Text("Mejlet sparas i ärendet. Ingen får något svar på det.", "cyan"), number)

    def register(self, cases: Sequence[Case]) -> None:
        """The register as it stands at the end."""
        table = Table(
            title="Registret", title_justify="left", title_style="bold", box=box.ROUNDED, show_lines=True, expand=True
        )
        for heading in ("Nummer", "Rubrik", "Enhet och handläggare", "Status", "Kom in", "Besvarat"):
            table.add_column(heading, no_wrap=heading in {"Nummer", "Status", "Kom in", "Besvarat"})
        for case in cases:
            who = "\n".join(filter(None, [self._units.get(case.unit), self._name(case.officer)]))
            days = [_short(at) if at else "" for at in (case.received_at, case.answered_at)]
            table.add_row(case.number, Text(case.known_as), Text(who), _STATUS[case.status], *days)
        self._console.print()
        self._console.print(table)

    def further(self, lines: Sequence[str]) -> None:
        """How to look further; each line whole, so that it can be copied."""
        self._console.print()
        for line in lines:
            self._console.print(Text(line), soft_wrap=True)

    def _new_day(self, day: date) -> None:
        if day != self._day:
            self._day = day
            self._console.print()
            self._console.print(Rule(Text(swedish.day(day).capitalize(), "bold"), align="left", style="dim"))

    def _line(self, at: datetime, sign: str, what: Text, number: str) -> None:
        row = Table.grid(padding=(0, 1), expand=True)
        row.add_column(no_wrap=True, width=len("mån 30 sept 09.12"))
        row.add_column(no_wrap=True, width=1)
        row.add_column(ratio=1)
        row.add_column(no_wrap=True, justify="right")
        row.add_row(Text(_moment(at), "dim"), sign, what, Text(number, "dim"))
        self._console.print(row)

    def _rest(self, seconds: float) -> None:
        if self._pace:
            time.sleep(seconds)

    def _letter(self, letter: Letter, more: int) -> Text:
        sort, who = LETTERS[letter.kind], self._name(letter.to)
        who += f" och {more} till" if more else ""
        promised = _PROMISED.search(letter.received.text) if letter.kind == "receipt" else None
        what = f"svar senast {promised[1]}" if promised else letter.subject.removeprefix(f"{sort}, ")
        files = f" (bilaga: {', '.join(letter.files)})" if letter.files else ""
        return Text(f"{sort} till {who}: {what}{files}", _STYLES.get(letter.kind, ""))

    def _change(self, before: Case | None, case: Case) -> str:
        if case.status is Status.ASSIGNED:
            again = "öppnas igen hos" if before and not before.is_open else "fördelas till"
            unit = self._units.get(case.unit)
            return f"Ärendet {again} {self._name(case.officer)}" + (f", {unit}" if unit else "")
        if case.status is Status.TRIAGE and case.secrecy:
            return "Ärendet är markerat med sekretess. Mejlet ligger i mappen Sekretess."
        if case.status is Status.TRIAGE:
            proposal = f", förslag: {self._name(case.proposal)}" if case.proposal else ""
            return f"Ärendet väntar på att {self._registrar} fördelar det{proposal}"
        if case.status is Status.WAITING:
            return "Svaret är ett brev, och ärendet väntar på att det postas"
        answered = "besvarat och " if case.status is Status.CLOSED and before and before.is_open else ""
        return f"Ärendet är {answered}{_STATUS[case.status]}"

    def _name(self, address: str) -> str:
        return self._names.get(address, address)


def _moment(at: datetime) -> str:
    """ "mån 2 mars 09.12"."""
    local = at.astimezone(ZONE)
    return f"{_short(at, weekday=True)} {local:%H.%M}"


def _short(at: datetime, *, weekday: bool = False) -> str:
    day = at.astimezone(ZONE).date()
    month = swedish.short_day(day).partition(" ")[2]
    return f"{swedish.day(day)[:3] + ' ' if weekday else ''}{day.day} {month if len(month) <= 4 else month[:3]}"  # noqa: PLR2004


def console() -> Console:
    """At most 100 columns wide; in a pipe exactly so."""
    made = Console(highlight=False, markup=False, emoji=False)
    made.width = min(made.width, WIDTH) if made.is_terminal else WIDTH
    return made
