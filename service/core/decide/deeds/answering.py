"""The answer: mailed by the service, or given past it."""

from __future__ import annotations

from datetime import date

from service.core.alike import drafts
from service.core.cases import Contact
from service.core.decide import answers, colleagues, joining
from service.core.decide.deeds.deed import Deed, Job, Settled, says
from service.core.decide.incoming import Plan
from service.core.publicity import disclosure, enclosures
from service.core.reading.history import pointers
from service.core.speech import commands
from service.core.speech.commands import Command, Word
from service.core.speech.consent import Consent, read_consent


def settle_answer(plan: Plan, command: Command, _today: date) -> Settled:
    """The words that somebody will get as the answer: never our own example, a bare yes or no, or nothing."""
    name = command.word.value
    if plan.case.secrecy:
        return Settled(
            command.value,
            "Svaret kan inte skickas: ärendet är markerat med sekretess, och sekretess går aldrig med mejl. "
            "Ring eller skriv ett brev i stället.",
        )
    if commands.holds_placeholder(command.value):
        return Settled(command.value, f"Texten under #{name} är vår egen exempeltext. Byt ut den mot ditt svar.")
    said = read_consent(command.value)
    if commands.is_left_open(command.value):
        return Settled(command.value, f"Det står ingen text under #{name}.")
    if said in {Consent.YES, Consent.NO}:
        return Settled(command.value, f"”{command.value}” är inget svar till synpunktslämnaren. Skriv hela svaret.")
    aside = colleagues.not_for_the_reader(command.value, "svaret", plan.case, plan.book, plan.actor)
    doubts = [aside] if aside else []
    doubts += joining.shows(plan, command.value)
    doubts += [gap] if (gap := drafts.left_open(command.value)) else []
    if pointer := pointers.leads_nowhere(answers.without_sign_off(command.value, plan.actor, plan.book)):
        doubts.append(
            f"I svaret står ”{pointer}”, men inget svar under det. Det som du har skrivit i citatet går inte med."
        )
    leaves = enclosures.without_picture_places(command.value)  # "cid:image001@…" of a signature is no address
    doubts += disclosure.shown_of_others(leaves, plan.case, plan.book, _name(plan))
    return Settled(command.value, doubt=" ".join(doubts))


def _name(plan: Plan) -> str:
    person = plan.book.person(plan.actor)
    return person.name if person else ""


def _told_answer(plan: Plan, _value: str) -> str:
    case = plan.case
    if case.may_be_mailed:
        return f"Svaret skickas till {case.submitter.name or case.submitter.mail_to}.{joining.told(plan)}"
    if case.submitter.contact is Contact.LETTER:
        return "Svaret går med brev. Registratorn får det för att posta det."
    return "Svaret antecknas i ärendet."


def _do_answer(plan: Plan, text: str, job: Job) -> None:
    give = answers.send_answer if job.release else answers.give_answer
    give(plan, text, job.officer, job.source)


def _do_answered(plan: Plan, text: str, job: Job) -> None:
    answers.on_direct_answer(plan, text, job.officer, job.at or plan.now, job.source)


DEEDS = (
    Deed(Word.ANSWER, _told_answer, _do_answer, settle_answer),
    Deed(Word.ANSWERED, says("Ditt mejl till synpunktslämnaren registreras som svaret."), _do_answered),
)
