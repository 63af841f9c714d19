"""A case is closed, kept open, or refused: what is no feedback that the municipality can take up."""

from __future__ import annotations

from datetime import date
from typing import Final

from service.core.cases import Contact, Move
from service.core.decide import answers, colleagues, posting
from service.core.decide.deeds.deed import Deed, Job, Settled, say_untold, says
from service.core.decide.incoming import Plan
from service.core.decide.posting import Paper
from service.core.effects import Ask, Letter, Note
from service.core.speech import commands
from service.core.speech.commands import Command, Word

_ENDED: Final = "Ärendet var redan avslutat."


def _do_keep_open(plan: Plan, _value: str, _job: Job) -> None:
    if plan.case.closed_at is not None:
        plan.left.append(f"{_ENDED} Skriv #SVAR och ett svar, så öppnas det igen.")
        return
    plan.set("asked by staff", keep_open=True, close_wanted=False)
    plan.done.append("Ärendet hålls öppet tills du skriver #AVSLUTA.")


def _do_close(plan: Plan, _value: str, _job: Job) -> None:
    if plan.case.leaving or (plan.case.pending and plan.case.pending.answer):
        plan.set("closing waits for the answer to leave", close_wanted=True)
        plan.left.append("Ärendet avslutas när svaret har skickats.")
    elif plan.case.closed_at is None:
        answers.close(plan)
    elif not plan.done:
        plan.left.append(_ENDED)


def _settle_refuse(plan: Plan, command: Command, _today: date) -> Settled:
    if commands.is_left_open(command.value):
        return Settled(command.value, "#AVVISA är inte ifyllt. Skriv varför, så att synpunktslämnaren förstår.")
    if plan.case.answered_at:
        return Settled(command.value, "Ärendet är redan besvarat, så det går inte att avvisa.")
    if plan.case.secrecy:
        return Settled(command.value)
    if plan.case.submitter.contact not in {Contact.EMAIL, Contact.LETTER}:
        return Settled(command.value)
    aside = colleagues.not_for_the_reader(command.value, "skälet", plan.case, plan.book, plan.actor)
    return Settled(command.value, doubt=f"Synpunktslämnaren får läsa skälet ord för ord. {aside}".strip())


DOUBTED: Final = " Det är osäkert om det kommer fram, för automatiska mejl dit är stoppade."


def _told_refuse(plan: Plan, value: str) -> str:
    if plan.case.may_be_mailed and not plan.case.secrecy:
        doubt = "" if plan.may_write(plan.case.submitter.mail_to) else DOUBTED
        return f"Ärendet avvisas. Synpunktslämnaren får läsa varför: ”{value}”{doubt}"
    if plan.case.submitter.contact is Contact.LETTER and not plan.case.secrecy:
        return f"Ärendet avvisas. Synpunktslämnaren får ett brev om varför: ”{value}”"
    return "Ärendet avvisas. Synpunktslämnaren får inget mejl."


def _do_refuse(plan: Plan, reason: str, _job: Job) -> None:
    """The submitter reads the reason in the officer's own words; of a secret case nothing goes by mail."""
    case = plan.case
    because = "refused by staff"
    plan.add(Note("refusal", reason, plan.actor))
    plan.set(because, closed_at=plan.now, close_wanted=False)
    plan.move(Move.REFUSE, because)
    plan.stop_answer_clocks(plan.now, because)
    if case.pending:
        plan.add(Ask(None, because))
    plan.done.append("Ärendet är avvisat.")
    if case.may_be_mailed and not case.secrecy:
        facts = {"reason": reason, "officer_address": plan.actor}
        plan.letter(Letter.REFUSAL, case.submitter.mail_to, because, facts=facts, automatic=False)
        if plan.may_write(case.submitter.mail_to):
            plan.done.append(f"{case.submitter.name or case.submitter.mail_to} har fått besked om varför.")
        else:
            plan.left.append(f"Beskedet om varför är skickat.{DOUBTED} Ge besked på annat sätt också.")
    elif posting.may_be_posted(case):
        posting.post(plan, Paper.REFUSAL, because, {"refused": reason, "officer_address": plan.actor})
        plan.left.append("Beskedet går med brev. Det finns som fil i ett mejl till registratorn, som postar det.")
    else:
        say_untold(plan)


DEEDS = (
    Deed(Word.REFUSE, _told_refuse, _do_refuse, _settle_refuse),
    Deed(Word.KEEP_OPEN, says("Ärendet hålls öppet."), _do_keep_open),
    Deed(Word.CLOSE, says("Ärendet avslutas."), _do_close),
)
