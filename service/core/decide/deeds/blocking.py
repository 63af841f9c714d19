"""`#SPÄRRA`: somebody threatens, floods or must not be written to. No automatic mail goes there; nothing is refused.

What comes in is registered as before (JO 180-2014), and an answer that a person writes still leaves.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from service.core import commands
from service.core.addresses import same
from service.core.cases import Clock
from service.core.commands import Command, Word
from service.core.decide.deeds.deed import Deed, Job, Settled
from service.core.decide.incoming import Plan
from service.core.decide.people import registrar_of
from service.core.effects import FreeAddress, Letter, StopAddress, StopClock

_LIFTED: Final = "NEJ"


def _settle_block(plan: Plan, command: Command, _today: date) -> Settled:
    if commands.read_yes_no(command.value) is False or commands.fold(command.value).startswith(("hav", "ta bort")):
        return Settled(_LIFTED, "" if plan.case.blocked else "Synpunktslämnaren är inte spärrad i ärendet.")
    if not plan.case.submitter.mail_to:
        return Settled(command.value, "Det finns ingen e-postadress till synpunktslämnaren, så inget mejl går dit.")
    if commands.is_left_open(command.value):
        return Settled(command.value, "#SPÄRRA är inte ifyllt. Skriv varför, till exempel hot.")
    return Settled(command.value)


def _told_block(_plan: Plan, value: str) -> str:
    if value == _LIFTED:
        return "Synpunktslämnaren kan få automatiska mejl igen."
    return "Synpunktslämnaren får inga automatiska mejl. Skälet antecknas."


def _do_block(plan: Plan, value: str, _job: Job) -> None:
    who = plan.case.submitter
    written = [address for address in dict.fromkeys((who.email, who.reply_to)) if address]
    if value == _LIFTED:
        plan.set("lifted by staff", blocked=False)
        for address in written:
            plan.add(FreeAddress(address, f"lifted by {plan.actor}"))
        plan.done.append("Spärren är borttagen. Synpunktslämnaren kan få automatiska mejl igen.")
        return
    plan.set("blocked by staff", blocked=True)
    for address in written:
        plan.add(StopAddress(address, f"by {plan.actor}: {value}", lasting=True))
    receipt = plan.case.deadline(Clock.RECEIPT)
    if receipt and receipt.running:
        plan.add(StopClock(Clock.RECEIPT, plan.now, "no automatic mail goes to the submitter"))
    plan.done.append(
        "Synpunktslämnaren får inga automatiska mejl. Det som kommer därifrån registreras som vanligt, och ett svar "
        "som du skriver skickas. Skriv #SPÄRRA NEJ om det ska upphöra."
    )
    _tell(plan, value)


def _tell(plan: Plan, reason: str) -> None:
    """The registrar and the manager hear of it: a threat is not for one person alone."""
    facts = {"by": plan.actor, "reason": "" if plan.case.secrecy else reason}
    for to in dict.fromkeys((registrar_of(plan.case, plan.book), plan.book.manager_of(plan.case.unit) or "")):
        if to and not same(to, plan.actor):
            plan.letter(Letter.ALERT, to, "the submitter gets no automatic mail", template="blocked", facts=facts)


DEEDS = (Deed(Word.BLOCK, _told_block, _do_block, _settle_block),)
