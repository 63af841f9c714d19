"""What the register remembers or is asked besides: people and addresses, other cases, lists and figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from service.core.calendar.periods import Period
from service.core.effects.letters import Letter
from service.core.keeping.binder import Leaf
from service.core.people.absence import Absent
from service.core.people.sight import Sight, Wanted
from service.core.speech.commands import Command
from service.core.speech.standing import Standing

if TYPE_CHECKING:
    from service.core.effects import Effect


@dataclass(frozen=True, slots=True)
class NoCase:
    """The mail in hand belongs to no case: it is kept and logged, and filed in the named sort of folder."""

    kind: str
    because: str
    folder: str = "handled"


@dataclass(frozen=True, slots=True)
class CountGrade:
    """One more submitter is so content (1 to 5). The count knows neither who nor which case; month: `2026-09`."""

    month: str
    unit: str
    type: str
    grade: int


@dataclass(frozen=True, slots=True)
class RememberAbsence:
    """A staff member is away; what was remembered of the same person before gives way."""

    absent: Absent
    because: str


@dataclass(frozen=True, slots=True)
class ForgetAbsence:
    """A staff member is back."""

    email: str
    because: str


@dataclass(frozen=True, slots=True)
class AskStanding:
    """A question that concerns no single case waits for its answer."""

    standing: Standing
    because: str


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Effects outside of the case in hand: in another one, or in none (empty number)."""

    number: str
    effects: tuple[Effect, ...]


@dataclass(frozen=True, slots=True)
class ShowCase:
    """The state of the case in hand, asked for by somebody who has a say in it; the desk adds its documents."""

    to: str
    facts: Mapping[str, Any]
    because: str


@dataclass(frozen=True, slots=True)
class ShowCases:
    """A list of open cases, asked for by somebody who may see them: the desk looks them up and writes the letter.

    wanted: which of those in `sight`. kind: the sort of letter, about no case.
    """

    to: str
    sight: Sight
    wanted: Wanted
    kind: Letter
    because: str


@dataclass(frozen=True, slots=True)
class ShowFigures:
    """Figures of a period, over the cases that somebody may see: the desk counts and writes the letter.

    units: over those of these units, None: all. about: whose figures they are, in words.
    """

    to: str
    units: frozenset[str] | None
    period: Period
    about: str
    kind: Letter
    because: str


@dataclass(frozen=True, slots=True)
class StopAddress:
    """A submitter's address refuses mail for good: no automatic mail goes there any more.

    lasting: it is staff who want that (`#SPÄRRA`), and a mail from there does not end it.
    """

    email: str
    because: str
    lasting: bool = False


@dataclass(frozen=True, slots=True)
class FreeAddress:
    """Automatic mail may go to the address again."""

    email: str
    because: str


@dataclass(frozen=True, slots=True)
class LetIn:
    """Somebody who may decides that mails in quarantine are let in after all; the numbers are those of the list."""

    numbers: tuple[int, ...]
    by: str
    because: str


@dataclass(frozen=True, slots=True)
class SawForm:
    """A web form's mail has come, with these of its labels. told_on: the day on which a change of it is told."""

    form: str
    labels: tuple[str, ...]
    told_on: date | None = None


@dataclass(frozen=True, slots=True)
class KeepInBinder:
    """The mail in hand becomes a leaf of the binder, and each of `to` is told of it, for information only.

    files_of: the digest of the mail whose files go along, as in `SendLetter`.
    """

    leaf: Leaf
    to: tuple[str, ...]
    files_of: str
    because: str


@dataclass(frozen=True, slots=True)
class RegisterKept:
    """A mail that is kept without a case becomes one, with its own arrival time: a leaf, or a note of something spoken.

    It is named by its digest, or as the leaf with a number of these departments (ids, None: all). may: who may order
    that beside the registrars; empty: the registrar of the leaf's department. orders: what is said of the new case.
    """

    by: str
    because: str
    digest: str = ""
    leaf: int | None = None
    departments: frozenset[str] | None = None
    may: str = ""
    orders: tuple[Command, ...] = ()


@dataclass(frozen=True, slots=True)
class ShowBinder:
    """Leaves of the binder, asked for by somebody who may see them: the desk looks them up and writes the letter.

    departments: whose leaves, by id, None: all. leaf: only the one with that number, whole. whose: in words.
    """

    to: str
    departments: frozenset[str] | None
    leaf: int | None
    whose: str
    kind: Letter
    because: str


@dataclass(frozen=True, slots=True)
class ExposeThread:
    """Message-IDs of ours went to somebody outside in a staff member's own mail: they prove nothing any longer."""

    message_ids: tuple[str, ...]
    because: str
