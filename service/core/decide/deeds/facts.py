"""Facts of a case that staff set: its type, category, measure, title and keywords, and notes."""

from __future__ import annotations

import re
from datetime import date

from service.core.decide.deeds.choosing import choose
from service.core.decide.deeds.deed import Deed, Job, Settled, says
from service.core.decide.incoming import Plan
from service.core.effects import Note
from service.core.speech import commands
from service.core.speech.commands import Command, Word
from service.core.speech.notekinds import SAID, kind_of

_LONGEST_TITLE = 120  # characters


def _settle_choice(plan: Plan, command: Command, _today: date) -> Settled:
    town = plan.book.municipality
    lists = {Word.MEASURE: town.measures, Word.TYPE: town.types, Word.CATEGORY: town.categories}
    return choose(command, tuple(lists[command.word]), own=command.word is Word.TYPE and town.own_type)


def _settle_note(_plan: Plan, command: Command, _today: date) -> Settled:
    own = commands.holds_placeholder(command.value)
    return Settled(command.value, "Texten under #INTERNT är vår egen exempeltext. Byt ut den." if own else "")


def _told_type(plan: Plan, value: str) -> str:
    """Words of the writer's own may tell of the matter: of a secret case they stand in no mail."""
    known = value in plan.book.municipality.types
    return f"Typ: {value}." if known or not plan.case.secrecy else "Typen är sparad."


def _do_type(plan: Plan, value: str, _job: Job) -> None:
    plan.set("set by staff", type=value)
    plan.done.append(_told_type(plan, value))


def _do_category(plan: Plan, value: str, _job: Job) -> None:
    plan.set("set by staff", category=value)
    plan.done.append(f"Kategori: {value}.")


def _do_measure(plan: Plan, value: str, _job: Job) -> None:
    plan.set("set by staff", measure=value)
    plan.done.append(f"Åtgärd: {value}.")


def _told_title(plan: Plan, value: str) -> str:
    return "Rubriken ändras." if plan.case.secrecy else f"Rubriken ändras till ”{value}”."


def _do_title(plan: Plan, value: str, _job: Job) -> None:
    plan.set("set by staff", staff_title=value[:_LONGEST_TITLE])
    plan.done.append("Rubriken är ändrad." if plan.case.secrecy else f"Rubrik: {value[:_LONGEST_TITLE]}")


def _settle_keywords(_plan: Plan, command: Command, _today: date) -> Settled:
    if commands.is_left_open(command.value):
        return Settled(command.value, "#NYCKELORD är inte ifyllt. Skriv ett eller flera ord med komma emellan.")
    return Settled(", ".join(_words_of(command.value)))


def _words_of(value: str) -> list[str]:
    return [word for part in re.split(r"[,;\n]", value) if (word := " ".join(part.split()))]


def _do_keywords(plan: Plan, value: str, _job: Job) -> None:
    known = {commands.fold(word) for word in plan.case.keywords}
    added = [word for word in _words_of(value) if commands.fold(word) not in known]
    plan.set("set by staff", keywords=(*plan.case.keywords, *added))
    shown = "är sparade" if plan.case.secrecy else f"i ärendet: {', '.join(plan.case.keywords)}"
    plan.done.append(f"Nyckelord {shown}.")


def _do_note(plan: Plan, text: str, _job: Job) -> None:
    kind = kind_of(text)
    plan.add(Note(kind, text, plan.actor))
    plan.done.append(f"{SAID[kind]} är sparad internt. Den skickas inte.")


DEEDS = (
    Deed(Word.TYPE, _told_type, _do_type, _settle_choice),
    Deed(Word.CATEGORY, lambda _plan, value: f"Kategori: {value}.", _do_category, _settle_choice),
    Deed(Word.TITLE, _told_title, _do_title),
    Deed(Word.MEASURE, lambda _plan, value: f"Åtgärd: {value}.", _do_measure, _settle_choice),
    Deed(Word.KEYWORD, lambda _plan, value: f"Nyckelord: {value}.", _do_keywords, _settle_keywords),
    Deed(Word.INTERNAL, says("Anteckningen sparas internt. Den skickas inte."), _do_note, _settle_note),
)
