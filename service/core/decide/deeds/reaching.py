"""Whom a case's mails reach: others for information, and the submitter at an address that was put right."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from service.core.cases import Clock, Contact
from service.core.decide import colleagues
from service.core.decide.answers import reached_again
from service.core.decide.deeds.deed import Deed, Job, Settled
from service.core.decide.incoming import Plan
from service.core.effects import Letter, SendAgain
from service.core.people import addresses
from service.core.people.particulars import read_person
from service.core.speech.commands import Command, Word

_ADDRESS = re.compile(r"[^\s<>()\[\]\"',;:]{1,64}@[^\s<>()\[\]\"',;:]{1,255}")


def _address_in(words: str) -> str:
    found = _ADDRESS.search(words.replace("mailto:", " "))
    return found[0].rstrip(".") if found and addresses.is_mailable(found[0].rstrip(".")) else ""


# --- for information -------------------------------------------------------------------------------------------------


def _settle_for_information(plan: Plan, command: Command, _today: date) -> Settled:
    """The address; outside the municipality only after a yes, and never of a secret case (SPA-25)."""
    if plan.case.secrecy:
        return Settled("", "Ärendet är markerat med sekretess, så det kan inte skickas för kännedom.")
    address = _address_in(command.value)
    person = None if address else colleagues.find(command.value, plan.book).person
    to = person.email if person else address
    if not to:
        return Settled(command.value, f"”{command.value}” är ingen e-postadress och ingen kollega.")
    if plan.case.submitter.has(to):
        return Settled(to, f"{to} är synpunktslämnarens egen adress. Skriv #SVAR om du vill svara.")
    if not (plan.may_write(to) or plan.book.person(to)):
        return Settled(to, f"Det går inte att skicka mejl till {to}.")
    doubt = f"{to} är utanför kommunen. Den som får mejlet kan läsa hela synpunkten."
    return Settled(to, doubt="" if plan.book.is_staff(to) else doubt)


def _do_for_information(plan: Plan, to: str, _job: Job) -> None:
    files = "case" if plan.book.is_staff(to) else ""
    because = f"for information, by {plan.actor}"
    plan.letter(Letter.INFORMATION, to, because, template="for-information", files_of=files)
    person = plan.book.person(to)
    plan.done.append(f"{person.name if person else to} har fått synpunkten för kännedom.")


# --- the submitter's address -----------------------------------------------------------------------------------------


def _settle_address(plan: Plan, command: Command, _today: date) -> Settled:
    address = _address_in(command.value)
    if not address and read_person(command.value).address:
        return Settled(command.value)
    if not address:
        return Settled(command.value, f"”{command.value}” är varken en e-postadress eller en postadress.")
    if plan.book.is_staff(address):
        return Settled(address, f"{address} är en kollegas adress. Skriv adressen till den som har lämnat synpunkten.")
    if addresses.same(address, plan.case.submitter.mail_to) and plan.case.may_be_mailed:
        return Settled(address, f"{address} är redan synpunktslämnarens adress.")
    doubt = "" if _was_lost(plan) else f"Inga mejl till {plan.case.submitter.mail_to} har kommit tillbaka."
    return Settled(address, doubt=doubt if plan.case.may_be_mailed else "")


def _was_lost(plan: Plan) -> bool:
    """Whether something that we have sent the submitter is known not to have arrived."""
    receipt = plan.case.deadline(Clock.RECEIPT)
    return bool(receipt and receipt.running) or _answer_lost(plan)


def _answer_lost(plan: Plan) -> bool:
    """Whether the answer was given, and its promise runs again because it did not arrive."""
    case = plan.case
    began = case.running.started_at if case.running else None
    return bool(case.answer and case.answered_at and began and case.answered_at >= began) and not case.secrecy


def _do_address(plan: Plan, address: str, _job: Job) -> None:
    """What has come back is sent again; the receipt's clock runs until it has left (KOP-07)."""
    case = plan.case
    if not _address_in(address):
        plan.set("corrected by staff", submitter=replace(case.submitter, address=address))
        plan.done.append("Synpunktslämnarens postadress är ändrad.")
        return
    owes_answer = _answer_lost(plan)
    # Whoever names the very address that is known says that mail is wished after all.
    wished = addresses.same(address, case.submitter.mail_to)
    contact = Contact.EMAIL if wished or case.submitter.contact is Contact.IMPOSSIBLE else case.submitter.contact
    plan.set("corrected by staff", submitter=replace(case.submitter, email=address, reply_to="", contact=contact))
    plan.done.append("Synpunktslämnarens adress är ändrad.")
    receipt = plan.case.deadline(Clock.RECEIPT)
    if not plan.case.may_be_mailed:
        return
    if receipt and receipt.running:
        template = "receipt-neutral" if case.secrecy else ""
        if plan.letter(Letter.RECEIPT, address, "the address was corrected", template=template):
            plan.done.append("Bekräftelsen är skickad på nytt.")
    if owes_answer:
        plan.add(SendAgain(Letter.ANSWER, address, "the address was corrected"))
        reached_again(plan, "the answer has left for the corrected address")
        plan.done.append("Svaret är skickat på nytt.")


DEEDS = (
    Deed(
        Word.FOR_INFORMATION,
        lambda _plan, value: f"{value} får synpunkten för kännedom.",
        _do_for_information,
        _settle_for_information,
    ),
    Deed(
        Word.ADDRESS,
        lambda _plan, value: f"Synpunktslämnarens adress blir {value}. Det som har kommit tillbaka skickas dit.",
        _do_address,
        _settle_address,
    ),
)
