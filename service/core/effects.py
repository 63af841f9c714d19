"""What the core can ask the desk to do. Each effect carries the reason (`because`) that the journal keeps."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from service.core.absence import Absent
from service.core.cases import Case, Clock, How, Leaving, Move, Obeyed, Pending
from service.core.periods import Period
from service.core.sight import Sight, Wanted
from service.core.standing import Standing


class Letter(enum.StrEnum):
    """The kinds of outgoing mail; `in_mail` is what the mail itself says (contract section 7)."""

    RECEIPT = "receipt"
    ACKNOWLEDGEMENT = "acknowledgement"  # a submitter's later mail has come
    ASSIGNMENT = "assignment"
    REMINDER = "reminder"
    ESCALATION = "escalation"
    ANSWER = "answer"
    DELAY = "delay"
    HANDOVER = "handover"
    REFERRAL = "referral"
    REFUSAL = "refusal"
    CLOSING = "closing"
    ECHO = "echo"
    QUESTION = "question"
    ALERT = "alert"
    REPORT = "report"
    INFORMATION = "information"
    DIGEST = "digest"
    LETTER = "letter"

    @property
    def in_mail(self) -> str:
        """The value of `X-Synpunkten-Kind`: to readers an acknowledgement is information, and no second receipt."""
        return Letter.INFORMATION.value if self is Letter.ACKNOWLEDGEMENT else self.value

    @property
    def is_to_staff(self) -> bool:
        """Whether such a letter goes to somebody who works with the case; all others go to people outside."""
        return self not in _TO_PEOPLE_OUTSIDE


_TO_PEOPLE_OUTSIDE = frozenset(
    {
        Letter.RECEIPT,
        Letter.ACKNOWLEDGEMENT,
        Letter.ANSWER,
        Letter.DELAY,
        Letter.HANDOVER,
        Letter.REFERRAL,
        Letter.REFUSAL,
        Letter.CLOSING,
    }
)


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
class NoCase:
    """The mail in hand belongs to no case: it is kept and logged, and filed in the named sort of folder."""

    kind: str
    because: str
    folder: str = "handled"


@dataclass(frozen=True, slots=True)
class ChangeStatus:
    """The case moves by the table in `cases`."""

    move: Move
    because: str
    actor: str = ""


@dataclass(frozen=True, slots=True)
class Assign:
    """The case gets a responsible unit and officer (empty officer: the registrar has it)."""

    unit: str
    officer: str
    because: str
    actor: str = ""


@dataclass(frozen=True, slots=True)
class SetFields:
    """Plain facts of the case change (type, measure, answer…); `because` says who said so."""

    changes: Mapping[str, Any]
    because: str
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
class Listing:
    """What a letter lists, so that lines such as `1 2` or `00123 förskola` in an answer to it are understood.

    rows: the numbers of the cases by their running numbers, the first is 1. others: cases that it names besides.
    waiting: lines that a yes to this letter carries out.
    """

    rows: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()

    @property
    def numbers(self) -> tuple[str, ...]:
        """All the cases."""
        return (*self.rows, *self.others)


@dataclass(frozen=True, slots=True)
class SendLetter:
    """A mail leaves: which sort, to whom, with what facts for its template.

    `files_of` is the digest of the incoming mail whose attachments go with it. `nonce` fixes the letter's Message-ID
    where the case must remember it. `automatic` letters pass the gate; a person's answer does not. `paper` names the
    template of a letter to print, which goes along as a file.
    """

    kind: Letter
    to: str
    because: str
    template: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    files_of: str = ""
    nonce: str = ""
    automatic: bool = True
    listing: Listing | None = None
    paper: str = ""

    @property
    def template_name(self) -> str:
        """The template's name: that of the kind where no other is named."""
        return self.template or self.kind.value


@dataclass(frozen=True, slots=True)
class CountGrade:
    """One more submitter is so content (1 to 5). The count knows neither who nor which case; month: `2026-09`."""

    month: str
    unit: str
    type: str
    grade: int


@dataclass(frozen=True, slots=True)
class Note:
    """A line in the journal and nothing else."""

    kind: str
    text: str
    actor: str = ""


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
class Withdraw:
    """Letters of the case that have not left yet never do: the case is secret, and they may say what it is about."""

    because: str


@dataclass(frozen=True, slots=True)
class PassOn:
    """A letter to staff was lost on its way: it goes to the next person at once, and to its own again each day."""

    message_id: str
    because: str


@dataclass(frozen=True, slots=True)
class SendAgain:
    """The case's latest letter of that kind leaves once more, word for word and with its files, to another address."""

    kind: Letter
    to: str
    because: str


@dataclass(frozen=True, slots=True)
class LeaveFilesOut:
    """A letter was refused for its files: it leaves again without them and says where they are."""

    message_id: str
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
class ExposeThread:
    """Message-IDs of ours went to somebody outside in a staff member's own mail: they prove nothing any longer."""

    message_ids: tuple[str, ...]
    because: str


Effect = (
    OpenCase
    | AddMessage
    | NoCase
    | ChangeStatus
    | Assign
    | SetFields
    | StartClock
    | StopClock
    | RestartClock
    | MissClock
    | MoveClock
    | TakeStep
    | SendLetter
    | CountGrade
    | Note
    | Ask
    | LetGoLater
    | RememberObeyed
    | RememberAbsence
    | ForgetAbsence
    | AskStanding
    | Elsewhere
    | StopAddress
    | Relate
    | Unrelate
    | SplitOff
    | BringOriginal
    | FreeAddress
    | Withdraw
    | PassOn
    | LeaveFilesOut
    | SendAgain
    | LetIn
    | ExposeThread
    | ShowCase
    | ShowCases
    | ShowFigures
    | SawForm
)
