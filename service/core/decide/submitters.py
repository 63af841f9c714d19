"""The citizen writes again, or somebody else writes in the citizen's case."""

from __future__ import annotations

import hashlib

from service.core.calendar import deadlines
from service.core.cases import Case, Clock, Move, Pending, Status
from service.core.decide import alerting, grades, questions, reaching
from service.core.decide.acknowledging import acknowledge
from service.core.decide.deeds import secrecy
from service.core.decide.incoming import Incoming, Plan
from service.core.decide.people import responsible
from service.core.effects import Ask, Effect, Letter, Note, StartClock, TakeStep
from service.core.reading.history.quotes import LEFT_OUT
from service.core.speech import sayings
from service.core.speech.commands import Command, Word
from service.core.speech.courtesy import is_thanks_only


def on_submitter(mail: Incoming) -> list[Effect]:
    """The citizen's mail joins the case, reopens it where it was answered or closed, and reaches the officer."""
    case = mail.ctx.case
    assert case
    grade = grades.given(mail, _names(mail, case))
    if grade and not grade.goes_on:
        return grades.on_grade(mail, grade)
    plan = Plan(case, mail.book, mail.now)
    plan.file(mail, "follow-up", from_submitter=True)
    if not case.is_open and secrecy.makes_secret(case, mail):
        reopen(plan, mail)  # whoever takes over secret cases has it to answer
    secrecy.on_later_mail(plan, mail, "follow-up")
    if grade:
        grades.count(plan, mail, grade)
    alerting.on_later_mail(plan, mail)
    said = mail.message.new_text
    if is_thanks_only(said, _names(mail, case)) and not mail.message.carries_files:
        plan.add(Note("thanks", "thanks only: nobody is bothered, nothing is reopened and no clock starts"))
    elif mail.verdict.unconfirmed:  # somebody else may have written it: it is shown, and changes nothing else
        _go_on(plan, mail)
    elif sayings.withdraws(said):
        _take_back(plan, mail)
    else:
        reaching.wish_anew(plan, said, mail.message.text)
        _go_on(plan, mail)
    return plan.effects


def _go_on(plan: Plan, mail: Incoming) -> None:
    """There is more to answer, or the same still."""
    case = plan.case
    if case.withdrawn_at:
        plan.set("the submitter has written again", withdrawn_at=None)
        if case.pending and {c.word for c in case.pending.orders} == {Word.CLOSE}:
            plan.add(Ask(None, "the feedback is no longer taken back: an older yes closes nothing"))
    if not case.is_open:
        reopen(plan, mail)
    elif case.status is Status.WAITING:
        plan.move(Move.ASSIGN, "the submitter has answered")
    _tell(plan, mail, "follow-up-secret" if case.secrecy else "follow-up", "the submitter has written again")
    acknowledge(plan, mail)


def _take_back(plan: Plan, mail: Incoming) -> None:
    """The citizen takes it back (S40): nothing is deleted, and whoever has the case may close it with one word."""
    case, because = plan.case, "the submitter takes the feedback back"
    to = responsible(case, plan.book)
    plan.add(Note("withdrawal", because))
    if not case.is_open:
        _tell(plan, mail, "follow-up-secret" if case.secrecy else "follow-up", because)
    else:
        plan.set(because, withdrawn_at=mail.arrival.at)
        nonce = questions.nonce_of(mail)
        plan.add(Ask(Pending((Command(Word.CLOSE),), to, mail.message.digest, (nonce,), to), because))
        facts = {"new_text": "" if case.secrecy else mail.message.new_text, "sender": mail.sender}
        plan.letter(Letter.QUESTION, to, because, template="withdrawn", facts=facts, nonce=nonce)
    acknowledge(plan, mail, "withdrawal")


def _names(mail: Incoming, case: Case) -> str:
    officer, sender = mail.book.person(case.officer), mail.message.sender
    names = (case.submitter.name, sender.name if sender else "", officer.name if officer else "")
    return " ".join((*names, mail.book.municipality.name))


def reopen(plan: Plan, mail: Incoming) -> None:
    """Somebody is owed an answer once more."""
    was = plan.case.status
    because = f"the submitter wrote when the case was {was.value}"
    plan.set(because, close_wanted=False)
    if plan.case.officer and was is not Status.REFUSED:
        plan.move(Move.REOPEN, because)
    else:
        plan.move(Move.TRIAGE, because)
    owed = plan.case.deadline(Clock.SECOND_ANSWER)
    if owed and owed.running:
        return  # of an answer that did not arrive: it is kept by the same one
    began, promise = mail.arrival.at, mail.book.municipality.deadlines.second_answer
    plan.add(StartClock(Clock.SECOND_ANSWER, began, deadlines.due_at(began, promise, mail.book), because))


def _tell(plan: Plan, mail: Incoming, template: str, because: str) -> None:
    case = plan.case
    files = mail.message.digest if mail.message.attachments and not case.secrecy else ""
    facts = {
        "new_text": "" if case.secrecy else mail.message.new_text,
        "sender": mail.sender,
        "arrived": mail.arrival.at,
        "left_out": LEFT_OUT.intersection(mail.message.warnings),
        "unconfirmed": mail.verdict.unconfirmed,
    }
    plan.letter(
        Letter.INFORMATION, responsible(case, plan.book), because, template=template, facts=facts, files_of=files
    )


def on_stranger(mail: Incoming) -> list[Effect]:
    """Somebody who is no party of the case has its number (S38): kept and shown to the officer, nothing revealed."""
    case = mail.ctx.case
    assert case
    plan = Plan(case, mail.book, mail.now)
    plan.file(mail, "unverified")
    secrecy.on_later_mail(plan, mail, "unverified")
    alerting.on_later_mail(plan, mail)
    _tell(plan, mail, "follow-up-secret" if case.secrecy else "stranger", "another sender has written in the case")
    acknowledge_stranger(plan, mail)
    return plan.effects


def acknowledge_stranger(plan: Plan, mail: Incoming) -> None:
    """Somebody who is no party of the case hears, once a day, that the mail has come, and nothing of the case."""
    by_machine = mail.message.auto_submitted or mail.message.mass_marked
    is_appeal = alerting.is_later_appeal(mail)
    who = hashlib.sha256(mail.sender.lower().encode()).hexdigest()[:_DISTINCT]
    step = f"{'appeal' if is_appeal else 'acknowledged'}:{mail.today}:{who}"
    if mail.sender and not by_machine and not mail.verdict.unconfirmed and step not in plan.case.steps:
        plan.add(TakeStep(step, (), "a stranger hears that the mail has come, once a day"))
        plan.letter(
            Letter.RECEIPT,
            mail.sender,
            "whoever writes hears that the mail has come",
            template="later-appeal" if is_appeal else "receipt-stranger",
            facts={"arrived": mail.arrival.at},
        )


_DISTINCT = 12  # hexadecimal digits that tell one stranger from another
