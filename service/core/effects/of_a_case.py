"""What changes a case: `evolve` computes what it becomes, the register stores it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from service.core.cases import Case, Clock, How, Leaving, Move, Obeyed, Pending

if TYPE_CHECKING:
    from service.core.effects import Effect


@dataclass(frozen=True, slots=True)
class OpenCase:
    """A case begins: the register gives it a number."""

    case: Case
    because: str


@dataclass(frozen=True, slots=True)
class AddMessage:
    """The mail in hand, arrived at `at`, is filed in the case. `from_submitter`: answers are threaded on it."""

    kind: str
    at: datetime
    because: str
    message_id: str = ""
    from_submitter: bool = False
    actor: str = ""


@dataclass(frozen=True, slots=True)
class ChangeStatus:
    """The case moves by the table in `cases`."""

    move: Move
    because: str
    actor: str = ""


@dataclass(frozen=True, slots=True)
class Assign:
    """The case gets a responsible unit and officer (empty officer: the registrar has it).

    department, committee: whose unit that is; empty: the same as before.
    """

    unit: str
    officer: str
    because: str
    actor: str = ""
    department: str = ""
    committee: str = ""


@dataclass(frozen=True, slots=True)
class SetFields:
    """Plain facts of the case change (type, measure, answer…); `because` says who said so."""

    changes: Mapping[str, Any]
    because: str
    actor: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """A line in the journal and nothing else."""

    kind: str
    text: str
    actor: str = ""


@dataclass(frozen=True, slots=True)
class StartClock:
    """A promise begins."""

    kind: Clock
    started_at: datetime
    due_at: datetime
    because: str


@dataclass(frozen=True, slots=True)
class StopClock:
    """A promise is kept (or can no longer be asked for)."""

    kind: Clock
    at: datetime
    because: str


@dataclass(frozen=True, slots=True)
class RestartClock:
    """A promise that was thought kept runs again (a bounced receipt)."""

    kind: Clock
    because: str


@dataclass(frozen=True, slots=True)
class MoveClock:
    """A promise is counted anew, kept or not: the arrival, the channel or the process was another one."""

    kind: Clock
    started_at: datetime
    due_at: datetime
    because: str


@dataclass(frozen=True, slots=True)
class MissClock:
    """A promise's day has passed without its being kept."""

    kind: Clock
    at: datetime
    because: str


@dataclass(frozen=True, slots=True)
class TakeStep:
    """A step of the ladder is taken; the register refuses a second one with the same key."""

    key: str
    superseded: tuple[str, ...]
    because: str


@dataclass(frozen=True, slots=True)
class Ask:
    """Orders wait for somebody's yes; None: nothing waits any longer."""

    pending: Pending | None
    because: str

    @property
    def changes(self) -> Mapping[str, Any]:
        """The facts of the case that change."""
        return {"pending": self.pending}


@dataclass(frozen=True, slots=True)
class LetGoLater:
    """Orders with an answer are carried out by the clock; None: nothing waits for its time any longer."""

    leaving: Leaving | None
    because: str

    @property
    def changes(self) -> Mapping[str, Any]:
        """The facts of the case that change."""
        return {"leaving": self.leaving}


@dataclass(frozen=True, slots=True)
class RememberObeyed:
    """What a mail's orders changed, for whoever takes it back; None: there is nothing to take back."""

    obeyed: Obeyed | None

    @property
    def changes(self) -> Mapping[str, Any]:
        """The facts of the case that change."""
        return {"obeyed": self.obeyed}


@dataclass(frozen=True, slots=True)
class DisposeOf:
    """The words and people of the case go, for good; what is counted stays.

    because: which rule says so. measures: the municipality's own words for a measure, which may stay.
    """

    at: datetime
    because: str
    actor: str
    measures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Relate:
    """The case has to do with another one."""

    number: str
    how: How
    because: str


@dataclass(frozen=True, slots=True)
class Unrelate:
    """The case has nothing to do with the other one after all."""

    number: str
    because: str


@dataclass(frozen=True, slots=True)
class SplitOff:
    """A part becomes a case of its own: its effects begin with `OpenCase`. The two know of each other."""

    effects: tuple[Effect, ...]
    because: str


@dataclass(frozen=True, slots=True)
class BringOriginal:
    """The mail that opened the other case becomes the first document of this one, too."""

    number: str
