"""Whether a case is published: yes, no, or a question to the registrar from whoever is not sure (HJO-31, HJO-33)."""

from __future__ import annotations

from datetime import date
from typing import Final

from service.core.cases import Publication
from service.core.decide.deeds.deed import Deed, Job, Settled
from service.core.decide.incoming import Plan
from service.core.decide.people import registrar_of
from service.core.decide.publishing import ASK_PUBLICATION, MASKED, approve_masked, approve_or_hold
from service.core.effects import Letter
from service.core.people.addresses import same
from service.core.speech import commands
from service.core.speech.commands import Command, Word

_ASK: Final = "fråga"


def _settle_publish(plan: Plan, command: Command, _today: date) -> Settled:
    barred = plan.case.secrecy or plan.case.internal
    if commands.fold(command.value).strip(" .!?:\"'”“»«") == commands.fold(_ASK):
        if same(plan.actor, registrar_of(plan.case, plan.book)):
            return Settled(_ASK, "Det är du som bestämmer. Skriv #PUBLICERA JA eller #PUBLICERA NEJ.")
        return Settled("nej" if barred else _ASK)
    yes = commands.read_yes_no(command.value)
    if yes is None:
        fault = "Skriv #PUBLICERA JA eller #PUBLICERA NEJ. Är du osäker? Skriv #PUBLICERA FRÅGA."
        return Settled(command.value, fault)
    if yes and barred:
        return Settled("ja", "Ärendet kan inte publiceras: det är internt eller markerat med sekretess.")
    return Settled("ja" if yes else "nej")


def _told_publish(_plan: Plan, value: str) -> str:
    if value == _ASK:
        return "Registratorn får frågan om ärendet får publiceras."
    if value.startswith(MASKED):
        return "Ärendet publiceras med den text som visas i mejlet."
    return "Ärendet får publiceras." if value == "ja" else "Ärendet publiceras inte."


def _do_publish(plan: Plan, value: str, _job: Job) -> None:
    if value == _ASK:
        to, because = registrar_of(plan.case, plan.book), f"asked by {plan.actor}"
        plan.letter(Letter.QUESTION, to, because, template=ASK_PUBLICATION, facts={"by": plan.actor})
        plan.done.append("Registratorn har fått frågan om ärendet får publiceras.")
        return
    if value.startswith(MASKED):
        if not (plan.case.secrecy or plan.case.internal) and approve_masked(plan, value.removeprefix(MASKED)):
            plan.done.append("Ärendet får publiceras med den text som du såg.")
        return
    yes = value == "ja" and not plan.case.secrecy
    plan.set("decided by staff", publication=Publication.YES if yes else Publication.NO)
    if not yes or approve_or_hold(plan, "approved by staff in this wording"):
        plan.done.append(_told_publish(plan, "ja" if yes else "nej"))


DEEDS = (Deed(Word.PUBLISH, _told_publish, _do_publish, _settle_publish),)
