"""Questions of staff that change nothing: the state of a case, a list of cases, figures."""

from __future__ import annotations

from datetime import date

from service.core.calendar.periods import read_period
from service.core.decide import answers, binder
from service.core.decide.deeds.deed import Deed, Job, Settled, says
from service.core.decide.incoming import Plan
from service.core.decide.seeing import Unknown, read_wanted, registered, unit_named
from service.core.effects import Effect, Letter, ShowBinder, ShowCase, ShowCases, ShowFigures
from service.core.people.sight import Sight, sight_of
from service.core.rules.rulebook import RuleBook
from service.core.speech.commands import Command, Word

NEED_NO_CASE = frozenset({Word.LIST, Word.STATISTICS})
_UNSEEN = "Du finns inte bland kommunens handläggare, så vi kan inte visa några ärenden."


def fault_of(command: Command, asker: str, book: RuleBook, today: date) -> str:
    """Why the list or the figures cannot be shown; empty where they can."""
    sight = sight_of(asker, book)
    if sight is None:
        return _UNSEEN
    if command.word is Word.LIST:
        wanted = binder.read_asked(command.value, sight, book) or read_wanted(command.value, sight, book)
        return wanted.fault if isinstance(wanted, Unknown) else ""
    period, rest = read_period(command.value, today)
    if period is None:
        return (
            f"”{command.value}” är ingen period som vi förstår. Skriv till exempel #STATISTIK maj, förra månaden, "
            "vecka 24, kvartal 2 eller 2026."
        )
    units = _units(rest, sight, book)
    return units.fault if isinstance(units, Unknown) else ""


def shown(command: Command, asker: str, book: RuleBook, today: date, kind: Letter | None = None) -> Effect:
    """The list or the figures, to the asker's registered address; the value is settled."""
    sight = sight_of(asker, book)
    assert sight
    to = registered(asker, book)
    if command.word is Word.LIST and (leaves := binder.read_asked(command.value, sight, book)):
        assert not isinstance(leaves, Unknown)
        because = "the binder was asked for"
        return ShowBinder(to, leaves.departments, leaves.leaf, leaves.whose, kind or Letter.INFORMATION, because)
    if command.word is Word.LIST:
        wanted = read_wanted(command.value, sight, book)
        assert not isinstance(wanted, Unknown)
        return ShowCases(to, sight, wanted, kind or Letter.INFORMATION, "a list was asked for")
    period, rest = read_period(command.value, today)
    units = _units(rest, sight, book)
    assert period
    assert not isinstance(units, Unknown)
    over, about = units
    return ShowFigures(to, over, period, about, kind or Letter.REPORT, "figures were asked for")


def _units(words: str, sight: Sight, book: RuleBook) -> tuple[frozenset[str] | None, str] | Unknown:
    """Over which units the figures are, and whose they are in words."""
    if not words:
        about = "hela kommunen" if sight.units is None else "dina enheter"
        return sight.units, about
    unit = unit_named(words, book)
    if unit is None:
        return Unknown(
            f"”{words}” är ingen enhet. Skriv en period och om du vill en enhet, till exempel #STATISTIK maj."
        )
    if not sight.sees_unit(unit.id):
        return Unknown(f"Du kan inte se ärendena på enheten {unit.name}. Du ser dina enheters ärenden.")
    return frozenset({unit.id}), unit.name


def _settle(plan: Plan, command: Command, today: date) -> Settled:
    return Settled(command.value, fault_of(command, plan.actor, plan.book, today) if plan.actor else "")


def _do_show(word: Word, plan: Plan, value: str, job: Job) -> None:
    plan.add(shown(Command(word, value), plan.actor, plan.book, job.today))


def _do_status(plan: Plan, _value: str, _job: Job) -> None:
    case = plan.case
    missing = () if case.secrecy else tuple(answers.NAMES[m] for m in answers.missing_to_close(case, plan.book))
    facts = {"missing": missing, "waits": bool(case.pending)}
    to = registered(plan.actor, plan.book)
    plan.add(ShowCase(to, facts, "the state of the case was asked for"))


DEEDS = (
    Deed(Word.STATUS, says(""), _do_status),
    Deed(Word.LIST, says(""), lambda plan, value, job: _do_show(Word.LIST, plan, value, job), _settle),
    Deed(Word.STATISTICS, says(""), lambda plan, value, job: _do_show(Word.STATISTICS, plan, value, job), _settle),
)
