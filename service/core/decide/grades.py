"""A citizen says in one word how content they are: it is counted without the person (`content_question`)."""

from __future__ import annotations

from service.core.cases import Status
from service.core.decide.deeds import secrecy
from service.core.decide.incoming import Incoming, Plan
from service.core.decide.people import responsible
from service.core.effects import CountGrade, Effect, Letter, NoCase, TakeStep
from service.core.speech.grading import Grade, read_grade

GRADED = "graded"
"""The step of a case whose citizen has said it once: a second grade is not counted."""
_ASKED = (Status.ANSWERED, Status.CLOSED)


def given(mail: Incoming, names: str) -> Grade | None:
    """The grade that the submitter's mail gives, where the case has been answered and the municipality asks."""
    case = mail.ctx.case
    if not mail.book.municipality.content_question or not case or case.status not in _ASKED or case.secrecy:
        return None
    if mail.message.carries_files or mail.verdict.unconfirmed:
        return None
    return read_grade(mail.message.new_text, names)


def on_grade(mail: Incoming, grade: Grade) -> list[Effect]:
    """A grade alone is filed in no case; a reason is shown to whoever answered. Neither reopens anything."""
    case = mail.ctx.case
    assert case
    plan = Plan(case, mail.book, mail.now)
    if not grade.comment:
        plan.add(NoCase("grade", "one word on how content somebody is: counted without the person"))
        count(plan, mail, grade)
        return plan.effects
    plan.file(mail, "comment", from_submitter=True)
    count(plan, mail, grade)
    secrecy.on_later_mail(plan, mail, "comment")
    secret = plan.case.secrecy
    facts = {"new_text": "" if secret else grade.comment, "sender": mail.sender, "arrived": mail.arrival.at}
    template, to = "follow-up-secret" if secret else "comment", responsible(plan.case, plan.book)
    plan.letter(Letter.INFORMATION, to, "a comment on the answer", template=template, facts=facts)
    return plan.effects


def count(plan: Plan, mail: Incoming, grade: Grade) -> None:
    """One more of that grade, for the month, the unit and the type; once a case."""
    case = plan.case
    if GRADED not in case.steps:
        plan.add(TakeStep(GRADED, (), "how content the submitter is has been counted"))
        plan.add(CountGrade(f"{mail.today:%Y-%m}", case.unit, case.type, grade.value))
