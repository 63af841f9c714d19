"""What a command is to the service: how its value is settled, what a yes would bring about, and the doing of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from service.core.cases import Contact
from service.core.decide.incoming import Plan
from service.core.speech.commands import Command, Word


@dataclass(frozen=True, slots=True)
class Job:
    """Who has ordered what is carried out, by which mail, and on what day.

    release: the writer's answer has been released by somebody else, and goes out as it is.
    """

    officer: str
    source: str
    today: date
    release: bool = False
    at: datetime | None = None  # when the writer answered the submitter, past the service


@dataclass(frozen=True, slots=True)
class Settled:
    """A command's value as it will be carried out, what is wrong with it, and what must be confirmed first.

    options: what it may mean, where the writer has to say which; the fault says the same without them.
    """

    value: str
    fault: str = ""
    doubt: str = ""
    options: tuple[str, ...] = ()


def says(sentence: str) -> Callable[[Plan, str], str]:
    """The same sentence, whatever the value is."""
    return lambda _plan, _value: sentence


def say_untold(plan: Plan) -> None:
    """No mail of ours goes to the submitter, who could be reached otherwise: whoever ordered it finds the way."""
    if may_be_reached(plan):
        plan.left.append("Synpunktslämnaren har inte fått något mejl. Ge besked på annat sätt.")


def may_be_reached(plan: Plan) -> bool:
    """Whether the submitter can be reached, and wishes to be, by whatever way."""
    return plan.case.submitter.contact not in {Contact.NONE, Contact.IMPOSSIBLE}


def as_it_is(_plan: Plan, command: Command, _today: date) -> Settled:
    """The value needs no settling."""
    return Settled(command.value)


@dataclass(frozen=True, slots=True)
class Deed:
    """One command that is obeyed.

    told: what it brings about, as a question before it is done says it; empty: nothing to ask about.
    do: carries it out. Raises IllegalMove where the case cannot make a move.
    settle: looks at the value before anything is done, and changes nothing.
    """

    word: Word
    told: Callable[[Plan, str], str]
    do: Callable[[Plan, str, Job], None]
    settle: Callable[[Plan, Command, date], Settled] = as_it_is
