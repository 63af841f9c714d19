"""A case becomes secret from here on: what is told later follows the rules of secret cases (C15, OSL 5:5).

What has left cannot be called back, and the echo says so; what waits to leave is withdrawn.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from service.core.cases import Case, Clock, How, Publication
from service.core.decide import diary
from service.core.decide.deeds.deed import Deed, Job, Settled
from service.core.decide.incoming import Incoming, Plan
from service.core.decide.people import is_registrar, registrar_of, secrecy_reader
from service.core.decide.stopping import stop_asking, stop_leaving
from service.core.effects import Letter, Note, Withdraw
from service.core.people.addresses import same
from service.core.rules.routing import Facts, facts_of, route
from service.core.speech import commands, swedish
from service.core.speech.commands import Command, Word

_LIFTED: Final = "NEJ"
_DIVIDED: Final = {How.SPLIT_FROM, How.SPLIT_INTO}
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
    if plan.case.secrecy:
        plan.set(because, secrecy_provision=provision, publication=Publication.NO)
        plan.done.append(f"Sekretess enligt {provision} är antecknad.")
        return
    _begin(plan, provision, because)
    plan.left.append(
        "Mejl som redan har skickats i ärendet går inte att ta tillbaka. Ta bort dem som du har, och be andra som har "
        "fått dem att göra det."
    )
    if apart := [r.number for r in plan.case.related if r.how in _DIVIDED]:
        plan.left.append(
            f"Samma mejl finns också i {swedish.join(apart)}, eftersom ärendet har delats. Har inte det sekretess "
            "står orden kvar i dess mejl: skriv #SEKRETESS där också om de omfattas."
        )


def begin_secrecy(plan: Plan, provision: str, because: str) -> None:
    """From here on the case is secret, and what waits to leave is stopped. Who has it is left to the caller."""
    plan.set(because, secrecy=True, secrecy_provision=provision, secret_since=plan.now, publication=Publication.NO)
    plan.done.append(f"Ärendet har sekretess enligt {provision} från och med nu.")
    _stop_what_waits(plan, because)


def _begin(plan: Plan, provision: str, because: str) -> None:
    begin_secrecy(plan, provision, because)
    _give_away(plan, because)


def makes_secret(case: Case, mail: Incoming) -> bool:
    """Whether the mail is secret, by what a person has said of its words or by the rules, and the case it joins is not.

    Where the rules call the case's own text so, and it is open all the same, somebody has decided that.
    """
    if mail.secret and not case.secrecy:
        return True
    if case.secrecy or not route(mail.book, facts_of(mail.message, mail.verdict.form)).secrecy:
        return False
    return not route(mail.book, Facts(case.title, case.text, channel=case.channel)).secrecy


def on_later_mail(plan: Plan, mail: Incoming, kind: str) -> None:
    """The case that such a mail joins becomes secret, before anybody is shown a word of the mail.

    kind: how the mail is filed. The diary has a pointer in place of the copy, which is withdrawn.
    """
    case, book = plan.case, plan.book
    if not makes_secret(case, mail):
        return
    officer, reader = case.officer, secrecy_reader(case, book)
    _begin(plan, book.municipality.secrecy.provision, "a later mail may be secret")
    plan.effects += diary.of_mail(plan.case, kind, mail.message.digest, book, mail.arrival.at)
    if case.is_open and officer and not same(officer, reader):
        plan.letter(Letter.INFORMATION, officer, "the case is somebody else's now", template="became-secret")


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
