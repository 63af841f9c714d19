"""`#SPÄRRA`: somebody threatens, floods or must not be written to. No automatic mail goes there; nothing is refused.

What comes in is registered as before (JO 180-2014), and an answer that a person writes still leaves. Nothing of the
case is disposed of either: it may be evidence. `#SPÄRRA GALLRING reason` does that alone.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from service.core.cases import Clock
from service.core.decide.deeds.deed import Deed, Job, Settled
from service.core.decide.incoming import Plan
from service.core.decide.people import registrar_of
from service.core.effects import FreeAddress, Letter, StopAddress, StopClock
from service.core.keeping.disposal import holding
from service.core.people.addresses import key, same
from service.core.speech import commands
from service.core.speech.commands import Command, Word

_LIFTED: Final = "NEJ"
_NO_ADDRESS: Final = "Det finns ingen e-postadress till synpunktslämnaren, så inget mejl går dit."
_ONLY_HOLD: Final = "Ska ärendet inte gallras? Skriv #SPÄRRA GALLRING och varför."
_DISPOSAL: Final = re.compile(r"gallring(?:en)?\b[\s:,–-]*", re.IGNORECASE)
"""How a value begins that is about disposal alone."""


def _settle_block(plan: Plan, command: Command, _today: date) -> Settled:
    if about := _DISPOSAL.match(command.value):
        return _settle_hold(plan, command.value[about.end() :])
    if commands.read_yes_no(command.value) is False or commands.fold(command.value).startswith(("hav", "ta bort")):
        return Settled(_LIFTED, "" if plan.case.blocked else "Synpunktslämnaren är inte spärrad i ärendet.")
    if not plan.case.submitter.mail_to:
        return Settled(command.value, f"{_NO_ADDRESS} {_ONLY_HOLD}")
    if commands.is_left_open(command.value):
        return Settled(command.value, "#SPÄRRA är inte ifyllt. Skriv varför, till exempel hot.")
    return Settled(command.value)


def _settle_hold(plan: Plan, reason: str) -> Settled:
    if commands.read_yes_no(reason) is False or commands.fold(reason).startswith(("hav", "ta bort")):
        return Settled(f"{_HOLD}{_LIFTED}", "" if plan.case.hold else "Ärendet är inte spärrat för gallring.")
    if commands.is_left_open(reason):
        return Settled(
            f"{_HOLD}{reason}", "Skriv också varför ärendet inte får gallras, till exempel utlämnande begärt."
        )
    return Settled(f"{_HOLD}{reason.strip()}")


_HOLD: Final = "GALLRING "
_BLOCKED: Final = "spärrad: "
"""How the reason of a hold begins that came with the block, and ends with it."""


def _hold(plan: Plan, reason: str) -> None:
    """Nothing of the case is disposed of, for that reason; without one the rules decide again."""
    plan.add(holding(reason, plan.actor, plan.now))
    if reason:
        plan.done.append("Ingenting i ärendet gallras. Skriv #SPÄRRA GALLRING NEJ om det ska upphöra.")
    else:
        plan.done.append("Ärendet gallras som andra igen.")


def _told_block(_plan: Plan, value: str) -> str:
    if value.startswith(_HOLD):
        return "Ärendet gallras som andra igen." if value == f"{_HOLD}{_LIFTED}" else "Ingenting i ärendet gallras."
    if value == _LIFTED:
        return "Synpunktslämnaren kan få automatiska mejl igen."
    return "Synpunktslämnaren får inga automatiska mejl. Skälet antecknas."


def _do_block(plan: Plan, value: str, _job: Job) -> None:
    if value.startswith(_HOLD):
        reason = value.removeprefix(_HOLD)
        _hold(plan, "" if reason == _LIFTED else reason)
        return
    who = plan.case.submitter
    written = [address for address in dict.fromkeys((who.email, who.reply_to)) if address]
    if value == _LIFTED:
        plan.set("lifted by staff", blocked=False)
        if plan.case.hold.startswith(_BLOCKED):
            plan.add(holding("", plan.actor, plan.now))
        for address in written:
            plan.add(FreeAddress(address, f"lifted by {plan.actor}"))
            plan.unwritable -= {key(address)}
        plan.done.append("Spärren är borttagen. Synpunktslämnaren kan få automatiska mejl igen.")
        return
    plan.set("blocked by staff", blocked=True)
    if not plan.case.hold:
        plan.add(holding(f"{_BLOCKED}{value}", plan.actor, plan.now))
    for address in written:
        plan.add(StopAddress(address, f"by {plan.actor}: {value}", lasting=True))
    receipt = plan.case.deadline(Clock.RECEIPT)
    if receipt and receipt.running:
        plan.add(StopClock(Clock.RECEIPT, plan.now, "no automatic mail goes to the submitter"))
    plan.done.append(
        "Synpunktslämnaren får inga automatiska mejl. Det som kommer därifrån registreras som vanligt, och ett svar "
        "som du skriver skickas. Ingenting i ärendet gallras. Skriv #SPÄRRA NEJ om det ska upphöra."
    )
    _tell(plan, value)


def _tell(plan: Plan, reason: str) -> None:
    """The registrar and the manager hear of it: a threat is not for one person alone."""
    facts = {"by": plan.actor, "reason": "" if plan.case.secrecy else reason}
    for to in dict.fromkeys((registrar_of(plan.case, plan.book), plan.book.manager_of(plan.case.unit) or "")):
        if to and not same(to, plan.actor):
            plan.letter(Letter.ALERT, to, "the submitter gets no automatic mail", template="blocked", facts=facts)


DEEDS = (Deed(Word.BLOCK, _told_block, _do_block, _settle_block),)
