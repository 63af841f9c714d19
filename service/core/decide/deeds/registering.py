"""What registrars set of a case: its road, its day, its submitter, its process, its registry number, its public words.

The promises are counted anew where they depend on it (HJO-04, KOP-14): a day is understood and named, a due day told.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from service.core.calendar import deadlines
from service.core.cases import Clock, Contact, Submitter
from service.core.decide import arrivals, colleagues
from service.core.decide.counting import count_anew
from service.core.decide.deeds.choosing import choose
from service.core.decide.deeds.deed import Deed, Job, Settled, says
from service.core.decide.incoming import Plan
from service.core.effects import StartClock
from service.core.identity import registry
from service.core.people.particulars import Particulars, read_person
from service.core.speech import channels, commands, swedish
from service.core.speech.commands import Command, Word
from service.core.speech.filenotes import read_arrival

_LONG_AGO = timedelta(days=90)


# --- the road --------------------------------------------------------------------------------------------------------


def _settle_channel(plan: Plan, command: Command, _today: date) -> Settled:
    known = plan.book.municipality.channels
    named = channels.find_channel(command.value, known)
    if named is None:
        return Settled(command.value, f"”{command.value}” är ingen kanal. Skriv en av de här: {', '.join(known)}.")
    return Settled(named.channel)


def _do_channel(plan: Plan, channel: str, _job: Job) -> None:
    plan.set("set by staff", channel=channel)
    who = plan.case.submitter
    if channels.is_social(channel) and plan.case.received_by and who.contact is Contact.IMPOSSIBLE:
        plan.set("an editor took it in", submitter=replace(who, contact=Contact.EDITOR))
    count_anew(plan)
    plan.done.append(f"Kanal: {channel}.{_due(plan)}")


# --- the day ---------------------------------------------------------------------------------------------------------


def _settle_arrival(plan: Plan, command: Command, _today: date) -> Settled:
    """The instant in its exact form, after ISO 8601."""
    at, wrong = read_arrival(command.value, plan.book, plan.now)
    if at is None:
        return Settled(command.value, f"{wrong} Skriv till exempel #INKOM 19 november.")
    if _day(plan, at) == _day(plan, plan.case.received_at):
        at = plan.case.received_at  # the same day: the time of day that is known stays
    doubt = ""
    if plan.now - at > _LONG_AGO:
        doubt = f"{swedish.day(_day(plan, at)).capitalize()} är länge sedan."
    elif at > plan.case.received_at:
        doubt = f"Ärendet är registrerat som inkommet redan {swedish.day(_day(plan, plan.case.received_at))}."
    return Settled(at.isoformat(), doubt=doubt)


def _day(plan: Plan, at: datetime) -> date:
    return plan.book.calendar.local_date(at)


def _told_arrival(plan: Plan, value: str) -> str:
    return f"Ärendet kom in {swedish.day(_day(plan, datetime.fromisoformat(value)))}. Svarstiden räknas därifrån."


def _do_arrival(plan: Plan, value: str, _job: Job) -> None:
    plan.set("set by staff", received_at=datetime.fromisoformat(value))
    count_anew(plan)
    plan.done.append(f"Kom in {swedish.day(_day(plan, plan.case.received_at))}.{_due(plan)}")


def _due(plan: Plan) -> str:
    running = plan.case.running
    return f" Sista svarsdag: {swedish.last_moment(running.due_at, plan.book.calendar.zone)}." if running else ""


# --- the process -----------------------------------------------------------------------------------------------------


def _settle_process(plan: Plan, command: Command, _today: date) -> Settled:
    choices = tuple(plan.book.municipality.processes)
    return choose(command, choices)


def _do_process(plan: Plan, value: str, _job: Job) -> None:
    plan.set("set by staff", process=value)
    count_anew(plan)
    plan.done.append(f"Process: {value}.{_due(plan)}")


# --- the submitter ---------------------------------------------------------------------------------------------------


def _settle_from(plan: Plan, command: Command, _today: date) -> Settled:
    person, known = read_person(command.value), plan.case.submitter
    if person.says_nothing:
        return Settled(
            command.value, "#FRÅN är inte ifyllt. Skriv namn och telefon, e-post eller adress. Eller skriv anonym."
        )
    if plan.book.is_staff(person.email):
        return Settled(command.value, "Adressen under #FRÅN är en kollegas. Skriv den som har lämnat synpunkten.")
    if _is_other(person, known):
        doubt = "Ärendet har redan en synpunktslämnare. Personen byts ut om du svarar ja."
        return Settled(command.value, doubt=doubt)
    return Settled(command.value)


def _is_other(person: Particulars, known: Submitter) -> bool:
    named = bool(known.name and person.name) and commands.fold(known.name) != commands.fold(person.name)
    return named or bool(known.email and person.email and not known.has(person.email)) or person.anonymous


def _told_from(plan: Plan, value: str) -> str:
    return "Uppgiften om vem som har skrivit ändras." if plan.case.secrecy else f"Synpunktslämnare: {value}."


def _do_from(plan: Plan, value: str, _job: Job) -> None:
    person, known = read_person(value), plan.case.submitter
    other = _is_other(person, known)
    old = Particulars() if other else Particulars(known.name, known.email, known.phone, known.address)
    whole = Particulars(
        person.name or old.name,
        person.email or old.email,
        person.phone or old.phone,
        person.address or old.address,
        person.contact,
        person.anonymous,
    )
    social = channels.is_social(plan.case.channel) and bool(plan.case.received_by) and person.contact is None
    way = Contact.EDITOR if social and not whole.email else whole.way
    submitter = Submitter(whole.name, whole.email, whole.phone, whole.address, way)
    because = "named by staff"
    plan.set(because, submitter=submitter, anonymous=whole.anonymous, **({"thread": ()} if other else {}))
    plan.done.append(
        "Uppgiften om vem som har skrivit är ändrad." if plan.case.secrecy else f"Synpunktslämnare: {value}."
    )
    _acknowledge(plan)


def _acknowledge(plan: Plan) -> None:
    """Whoever can be mailed now and has had no receipt gets one (KOP-07)."""
    case, book = plan.case, plan.book
    if case.receipt_sent_at or not case.is_open or case.submitter.contact not in {Contact.EMAIL, Contact.LETTER}:
        return
    if not case.deadline(Clock.RECEIPT):
        if not arrivals.is_due_a_receipt(case, book):
            return
        due = deadlines.due_at(case.received_at, book.municipality.deadlines.receipt, book)
        plan.add(StartClock(Clock.RECEIPT, case.received_at, due, "the submitter can be reached now"))
    arrivals.receipt(plan, "receipt-neutral" if case.secrecy else "")
    if case.may_be_mailed and plan.may_write(case.submitter.mail_to):
        plan.done.append("Synpunktslämnaren har fått en bekräftelse.")


# --- the diary and the public ----------------------------------------------------------------------------------------


def _settle_registry_number(plan: Plan, command: Command, _today: date) -> Settled:
    example = plan.book.municipality.diary.number or ""
    number = registry.read_number(command.value, example)
    if not number:
        shown = example or registry.ANY_EXAMPLE
        return Settled(command.value, f"”{command.value}” är inget diarienummer. Skriv till exempel #DNR {shown}.")
    return Settled(number)


def _do_registry_number(plan: Plan, value: str, _job: Job) -> None:
    plan.set("given in the diary", registry_number=value)
    plan.done.append(f"Diarienummer: {value}.")


def _settle_public_text(plan: Plan, command: Command, _today: date) -> Settled:
    if plan.case.secrecy or plan.case.internal:
        return Settled("", "Ärendet kan inte publiceras: det är internt eller markerat med sekretess.")
    own = commands.holds_placeholder(command.value)
    fault = "Texten under #TEXT är vår egen exempeltext. Byt ut den." if own else ""
    aside = colleagues.not_for_the_reader(command.value, "texten", plan.case, plan.book, plan.actor)
    return Settled(command.value, fault, aside)


def _do_public_text(plan: Plan, value: str, _job: Job) -> None:
    plan.set("worded for publication", public_text=value)
    plan.done.append("Texten för publicering är sparad. Originalet är kvar i ärendet.")


DEEDS = (
    Deed(Word.CHANNEL, lambda _plan, value: f"Kanal: {value}.", _do_channel, _settle_channel),
    Deed(Word.PROCESS, lambda _plan, value: f"Process: {value}.", _do_process, _settle_process),
    Deed(Word.CAME_IN, _told_arrival, _do_arrival, _settle_arrival),
    Deed(Word.FROM, _told_from, _do_from, _settle_from),
    Deed(
        Word.REGISTRY_NUMBER,
        lambda _plan, value: f"Diarienummer: {value}.",
        _do_registry_number,
        _settle_registry_number,
    ),
    Deed(Word.TEXT, says("Texten för publicering sparas. Originalet är kvar."), _do_public_text, _settle_public_text),
)
