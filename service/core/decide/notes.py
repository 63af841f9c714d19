"""A colleague has taken feedback in and tells us: the case is the citizen's, and the colleague hears its number."""

from __future__ import annotations

from dataclasses import replace

from service.core.cases import Contact
from service.core.decide import arrivals, binder, obey, spoken
from service.core.decide.binder import Draft
from service.core.decide.deeds.deed import Job
from service.core.decide.incoming import Incoming, Plan
from service.core.effects import Effect, Letter, Note
from service.core.people.origin import Arrival
from service.core.speech import filenotes, forwards, swedish
from service.core.speech.commands import Word
from service.core.speech.filenotes import FileNote


def on_file_note(mail: Incoming) -> list[Effect]:
    """The effects of a note: a case with its submitter, its channel and its day, and an echo to the note-taker."""
    note = filenotes.read_file_note(mail.message, mail.book, mail.arrival.at)
    message = mail.message
    if note.citizens:
        message = forwards.as_written_by_its_writer(message, note.citizens)
    came = Arrival(note.at, f"as {mail.sender} noted; the note {mail.arrival.because}") if note.at else mail.arrival
    verdict = replace(mail.verdict, form=note.said, note=note, reply_to=None)
    taken = replace(
        mail, message=message, arrival=came, verdict=verdict, taken_in_by=mail.sender, mailed_at=mail.arrival.at
    )
    if leaf := _leaf_of(taken, note):
        return binder.keep(taken, leaf, mail.sender)
    if not mail.secret and spoken.is_for_information(sketch := arrivals.sketch(taken), note, taken):
        return spoken.tell(sketch, taken)
    plan = arrivals.take_in(taken, secret=mail.secret or any(c.word is Word.SECRECY for c in note.orders))
    plan.actor = mail.sender
    if note.own.strip():
        plan.add(Note("note", note.own, mail.sender))
    unclear = [*note.unclear, *_beside(plan, mail, note)]
    _tell(plan, mail.sender, unclear)
    return plan.effects


def _leaf_of(taken: Incoming, note: FileNote) -> Draft | None:
    """What the note would be as a case, where it goes into the binder; what is unclear in it makes a case of it."""
    leaf = None if _REGISTERED & {c.word for c in note.orders} else arrivals.leaf_of(taken)
    if leaf is None:
        return None
    sketch = Plan(leaf.case, taken.book, taken.now, actor=taken.sender)
    return None if _beside(sketch, taken, note) else replace(leaf, case=sketch.case)


_REGISTERED = frozenset({Word.SECRECY, Word.REGISTRY_NUMBER})  # what is said only of what is registered


def _beside(plan: Plan, mail: Incoming, note: FileNote) -> list[str]:
    """What else the note says of the case is done, or named as not understood."""
    settled, faults, _ = obey.settle(plan, tuple(c for c in note.orders if c.word is not Word.SECRECY), mail.today)
    if not faults:
        obey.carry_out(plan, settled, Job(mail.sender, mail.message.digest, mail.today))
    return faults


def _tell(plan: Plan, to: str, unclear: list[str]) -> None:
    """The note-taker learns the number (KOP-15), what was understood, and what is still to be said."""
    secret = plan.case.secrecy
    facts = {
        "understood": () if secret else (*_understood(plan), *plan.done),
        "unclear": () if secret else (*unclear, *plan.left),
    }
    plan.letter(Letter.ECHO, to, "whoever took it in hears what became of it", template="taken-in", facts=facts)


def _understood(plan: Plan) -> list[str]:
    case, calendar = plan.case, plan.book.calendar
    who = case.submitter
    known = [part for part in (who.name, who.phone, who.email, who.address) if part]
    told = [f"Synpunktslämnare: {', '.join(known)}."] if known else []
    told += ["Synpunktslämnaren är anonym."] if case.anonymous else []
    told.append(f"Kanal: {case.channel}. Kom in {swedish.day(calendar.local_date(case.received_at))}.")
    if case.running:
        told.append(f"Sista svarsdag: {swedish.last_moment(case.running.due_at, calendar.zone)}.")
    told.append(_WAYS[who.contact])
    return told


_WAYS = {
    Contact.EMAIL: "Synpunktslämnaren får svaret med e-post.",
    Contact.PHONE: "Synpunktslämnaren vill ha svaret på telefon och får inga mejl.",
    Contact.LETTER: "Synpunktslämnaren vill ha svaret med brev och får inga mejl.",
    Contact.NONE: "Synpunktslämnaren vill inte bli kontaktad och får inga mejl.",
    Contact.IMPOSSIBLE: "Synpunktslämnaren går inte att nå och får inga mejl.",
    Contact.EDITOR: "Du får svaret med mejl, så att du kan publicera det. Den som skrev får inga mejl från oss.",
}
