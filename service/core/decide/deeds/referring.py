"""Another authority's matter: the submitter is told who answers for it, and the case is closed (FL 6 and 8 §§)."""

from __future__ import annotations

from datetime import date

from service.core.cases import Case, IllegalMove, Move
from service.core.decide import posting
from service.core.decide.deeds.deed import Deed, Job, Settled, say_untold
from service.core.decide.incoming import Plan
from service.core.decide.posting import Paper
from service.core.effects import Letter
from service.core.rules.rulebook import Refer, RuleBook
from service.core.speech.commands import Command, Word, fold


def _settle_refer(plan: Plan, command: Command, _today: date) -> Settled:
    found = authority(command.value, plan.book)
    if found is None:
        return Settled(command.value, f"”{command.value}” finns inte bland dem som reglerna hänvisar till.")
    if plan.case.secrecy:
        return Settled(command.value, "Ärendet har sekretess, så en hänvisning kan inte skickas med mejl.")
    return Settled(found.to)


def authority(words: str, book: RuleBook) -> Refer | None:
    """The other authority that the words name, as the rules know it."""
    wanted = fold(words).strip(" .:#")
    return next((r.then.refer for r in book.routing.rules if r.then.refer and fold(r.then.refer.to) == wanted), None)


def can_be_told(case: Case) -> bool:
    """Whether a referral reaches the submitter: else nobody would learn of the matter, and a person decides."""
    return case.may_be_mailed or posting.may_be_posted(case)


def refer(plan: Plan, to: Refer, because: str) -> bool:
    """Tell the submitter who answers for the matter, and close. Returns whether a mail tells it.

    Raises IllegalMove where nothing is owed any more.
    """
    is_told = False
    if plan.case.may_be_mailed:
        is_told = plan.letter(Letter.REFERRAL, plan.case.submitter.mail_to, because, facts={"refer": to})
    elif posting.may_be_posted(plan.case):
        posting.post(plan, Paper.REFERRAL, because, {"refer": to})
    plan.set(because, measure=referral_measure(plan.book), closed_at=plan.now)
    plan.move(Move.CLOSE, because)
    return is_told


def referral_measure(book: RuleBook) -> str:
    """The municipality's own word for "referred to another authority", from its list of measures (HJO-28)."""
    return next((m for m in book.municipality.measures if m.lower().startswith("hänvis")), "Hänvisad")


def _do_refer(plan: Plan, value: str, _job: Job) -> None:
    found = authority(value, plan.book)
    assert found
    if not plan.case.is_open:
        raise IllegalMove(plan.case.status, Move.CLOSE)
    is_told = refer(plan, found, f"referred to {found.to} by {plan.actor}")
    plan.stop_answer_clocks(plan.now, f"referred to {found.to}")
    if is_told:
        plan.done.append(f"Synpunktslämnaren är hänvisad till {found.to}, och ärendet är avslutat.")
        return
    plan.done.append(f"Ärendet är avslutat med hänvisning till {found.to}.")
    if posting.may_be_posted(plan.case):
        plan.left.append("Hänvisningen går med brev. Den finns som fil i ett mejl till registratorn, som postar den.")
    elif not plan.case.may_be_mailed:
        say_untold(plan)


def _told_refer(plan: Plan, value: str) -> str:
    case = plan.case
    if (case.may_be_mailed and plan.may_write(case.submitter.mail_to)) or posting.may_be_posted(case):
        return f"Synpunktslämnaren hänvisas till {value}, och ärendet avslutas."
    return f"Ärendet avslutas med hänvisning till {value}. Synpunktslämnaren får inget mejl."


DEEDS = (Deed(Word.REFER, _told_refer, _do_refer, _settle_refer),)
