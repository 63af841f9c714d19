"""A case becomes secret from here on: what is told later follows the rules of secret cases (C15, OSL 5:5).

What has left cannot be called back, and the echo says so; what waits to leave is withdrawn.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from service.core import commands
from service.core.addresses import same
from service.core.cases import Clock, Publication
from service.core.commands import Command, Word
from service.core.decide.deeds.deed import Deed, Job, Settled
from service.core.decide.incoming import Plan
from service.core.decide.people import is_registrar, registrar_of, secrecy_reader
from service.core.decide.stopping import stop_asking, stop_leaving
from service.core.effects import Letter, Note, Withdraw

_LIFTED: Final = "NEJ"
_SECTION = re.compile(r"(\d{1,2})\s*(?:kap\.?|:)\s*(\d{1,2}\s?[a-z]?)\b", re.IGNORECASE)
_LONGEST = 60  # characters


def lifts(value: str) -> bool:
    """Whether the command says that there is no secrecy."""
    return commands.read_yes_no(value) is False or commands.fold(value).startswith(("hav", "ta bort", "upphav"))


def _settle_secrecy(plan: Plan, command: Command, _today: date) -> Settled:
    if lifts(command.value):
        return _settle_lifting(plan)
    return Settled("" if commands.is_left_open(command.value) else command.value)


def _settle_lifting(plan: Plan) -> Settled:
    if not plan.case.secrecy:
        return Settled(_LIFTED, "Ärendet har ingen sekretess.")
    reader = secrecy_reader(plan.case, plan.book)
    if not (same(plan.actor, reader) or is_registrar(plan.actor, plan.book)):
        return Settled(_LIFTED, "Bara registratorn eller den som har tagit över ärendet kan ta bort sekretessen.")
    return Settled(_LIFTED, doubt="Innehållet i ärendet kommer att stå i mejl igen.")


def _told_secrecy(_plan: Plan, value: str) -> str:
    return (
        "Sekretessen tas bort." if value == _LIFTED else "Ärendet får sekretess och lämnas till den som tar över det."
    )


def _do_secrecy(plan: Plan, value: str, _job: Job) -> None:
    if value == _LIFTED:
        because = f"lifted by {plan.actor}"
        plan.set(because, secrecy=False, secrecy_provision="", secret_since=None)
        plan.done.append("Sekretessen är borttagen. Skriv #ÖVERLÄMNA och vem som ska ha ärendet.")
        return
    provision, words = _provision(value, plan.book.municipality.secrecy.provision)
    if words:
        plan.add(Note("note", words, plan.actor))  # why it is secret may be secret itself: it stays inside
    because = f"marked by {plan.actor}"
    known = plan.case.secrecy
    since = plan.case.secret_since if known else plan.now
    plan.set(because, secrecy=True, secrecy_provision=provision, secret_since=since, publication=Publication.NO)
    if known:
        plan.done.append(f"Sekretess enligt {provision} är antecknad.")
        return
    plan.done.append(f"Ärendet har sekretess enligt {provision} från och med nu.")
    _stop_what_waits(plan, because)
    _give_away(plan, because)
    plan.left.append(
        "Mejl som redan har skickats i ärendet går inte att ta tillbaka. Ta bort dem som du har, och be andra som har "
        "fått dem att göra det."
    )


def _provision(value: str, default: str) -> tuple[str, str]:
    """The section of the law as it is written in a diary, and what else was said."""
    found = _SECTION.search(value)
    if not found:
        return default, value
    rest = value[: found.start()] + value[found.end() :]
    bare = re.sub(r"(?i)§|\bosl\b|\benligt\b|[\s,.:]+", " ", rest).strip()
    return f"{int(found[1])} kap. {' '.join(found[2].split())} § OSL"[:_LONGEST], bare


def _stop_what_waits(plan: Plan, because: str) -> None:
    """Nothing that was worded before leaves any more; a receipt is written anew, without a word of the matter."""
    plan.add(Withdraw(because))
    if plan.case.leaving:
        stop_leaving(plan, because)
        plan.left.append("Svaret som väntade på att skickas är stoppat: sekretess går aldrig med mejl.")
    if plan.case.pending:
        stop_asking(plan, because)
    receipt = plan.case.deadline(Clock.RECEIPT)
    if receipt and receipt.running and plan.case.may_be_mailed:
        plan.letter(Letter.RECEIPT, plan.case.submitter.mail_to, because, template="receipt-neutral")


def _give_away(plan: Plan, because: str) -> None:
    """Whoever takes over secret cases has this one now, where somebody still has to do something in it."""
    case = plan.case
    reader = secrecy_reader(case, plan.book)
    who = plan.book.person(reader)
    name = who.name if who else reader
    if case.is_open:
        plan.assign(case.unit, "", because)
        plan.letter(Letter.ASSIGNMENT, reader, because, template="assignment-secret")
        plan.done.append(f"{name} tar över ärendet och har fått veta det, utan innehåll.")
    elif not same(plan.actor, registrar_of(case, plan.book)):
        plan.left.append(f"Ärendet är redan besvarat. Prata med {name} om hur det ska förvaras.")


DEEDS = (Deed(Word.SECRECY, _told_secrecy, _do_secrecy, _settle_secrecy),)
