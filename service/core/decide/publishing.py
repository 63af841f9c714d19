"""A yes to publishing is a yes to exactly these words (HJO-29, HJO-31): they are shown, approved, and kept as approved.

Where they would tell who wrote, nothing is approved: the same words with gaps are proposed, and wait for a yes of their
own. Where the routine publishes everything, it approves what tells of nobody (KLI-29).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from service.core.cases import Case, Pending, Publication, Status
from service.core.decide import questions
from service.core.decide.deeds.deed import Job
from service.core.decide.incoming import Plan
from service.core.decide.people import is_registrar, registrar_of
from service.core.effects import Effect, Letter, SetFields
from service.core.people.addresses import same
from service.core.publicity import publication
from service.core.rules.choices import Publish
from service.core.rules.rulebook import RuleBook
from service.core.speech import swedish
from service.core.speech.commands import Command, Word

ASK_PUBLICATION: Final = "ask-publication"
"""The letter that asks the registrar whether a case may be published (HJO-33)."""
_HELD = "what would be published tells who wrote"


def approve_or_hold(plan: Plan, because: str, *, unseen: bool = False) -> bool:
    """The case's words as they are now are approved; False where they tell who wrote: then the decision is open.

    unseen: the routine approves them, and nobody has looked at them.
    """
    found = publication.identifying(plan.case, plan.book, unseen=unseen)
    if found:
        plan.set(_HELD, publication=Publication.UNDECIDED)
        plan.left.append(
            f"Ärendet är inte godkänt för publicering: {swedish.join(list(found))} står i texten eller svaret. "
            "Skriv en text att publicera under #TEXT och #PUBLICERA JA, eller #PUBLICERA NEJ."
        )
        return False
    plan.set(because, **publication.approval(publication.proposed(plan.case, plan.book)))
    return True


def approve_masked(plan: Plan, digest: str) -> bool:
    """The words with gaps are approved, where they are still those that a yes was asked for."""
    both = (publication.proposed(plan.case, plan.book, unseen=unseen) for unseen in (False, True))
    shown = next((wording for wording in both if wording.digest == digest), None)
    if shown is None:
        plan.set(_HELD, publication=Publication.UNDECIDED)
        plan.left.append("Texten har ändrats sedan vi visade den. Ärendet är inte godkänt för publicering.")
        return False
    plan.set("the wording with gaps was approved", publication=Publication.YES, **publication.approval(shown))
    return True


def on_answer(plan: Plan) -> None:
    """An answer has been given: what the mail that brings it, or the routine, has said of publishing holds for it."""
    case, routine = plan.case, publishes_all(plan.case, plan.book)
    if on_letter(plan):
        return
    if routine:
        plan.set("the routine publishes all", publication=Publication.YES)
        approve_or_hold(plan, "approved by the routine: nothing in it tells who wrote", unseen=True)
    elif case.publication is Publication.YES and publication.identifying(case, plan.book):
        approve_or_hold(plan, "")


def on_letter(plan: Plan) -> bool:
    """The answer lies as a letter to be posted: what its mail has said of publishing holds for its words already."""
    said = plan.case.publication is Publication.YES and is_decided_now(plan.effects)
    if said:
        approve_or_hold(plan, "approved with the answer")
    return said


def publishes_all(case: Case, book: RuleBook) -> bool:
    """Whether the routine publishes the case without asking anybody (C10)."""
    barred = case.secrecy or case.internal or case.is_appeal or case.publication is Publication.NO
    return book.municipality.publish.default is Publish.YES and not barred


def is_decided_now(effects: Sequence[Effect]) -> bool:
    """Whether somebody has said yes to publishing in the mail in hand."""
    return any(isinstance(e, SetFields) and e.changes.get("publication") is Publication.YES for e in effects)


def settle(plan: Plan, effects: Sequence[Effect], job: Job) -> None:
    """All of a mail's orders are done: what is held is proposed with gaps, what is new is not approved yet."""
    case, changed = plan.case, [e for e in effects if isinstance(e, SetFields)]
    if case.publication is Publication.UNDECIDED and any(e.because == _HELD for e in changed):
        _propose(plan, job)
    worded = any({"answer", "public_text"} & e.changes.keys() for e in changed)
    yes = case.publication is Publication.YES and not (case.secrecy or case.approved)
    if worded and yes and (case.answered_at or case.status is Status.CLOSED):
        plan.left.append(
            "Texten är ny sedan någon sa ja till att publicera. Den publiceras först när du svarar #PUBLICERA JA."
        )


def _propose(plan: Plan, job: Job) -> None:
    """Whoever wrote is shown the words with gaps, and so is the registrar; a yes approves exactly those."""
    case, registrar = plan.case, registrar_of(plan.case, plan.book)
    unseen = publishes_all(case, plan.book)
    shown = publication.proposed(case, plan.book, unseen=unseen)
    facts = {
        "found": publication.identifying(case, plan.book, unseen=unseen),
        "title": shown.title,
        "words": shown.text,
        "answer": shown.answer,
    }
    if plan.actor and not case.pending:
        orders = (Command(Word.PUBLISH, f"{MASKED}{shown.digest}"),)
        half = questions.NONCE // 2
        nonce = f"{job.source[:half]}{shown.digest[:half]}"  # the same mail may be asked about more than once
        waiting = Pending(orders, plan.actor, job.source, (nonce,), plan.actor)
        questions.ask(plan, waiting, "ask-masked", facts)
    if not is_registrar(job.officer, plan.book) and not same(plan.actor, registrar):
        because = "a publication is held"
        plan.letter(Letter.ALERT, registrar, because, template="held-publication", facts=facts)


MASKED = "som ovan "
"""Before the digest of a proposed wording, in the value of the order that waits for a yes to it."""
