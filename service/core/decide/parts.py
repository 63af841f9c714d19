"""A case is divided: a part of it becomes a case of its own, as if it had come in by itself (KOP-31)."""

from __future__ import annotations

from dataclasses import replace

from service.core.calendar import deadlines
from service.core.cases import Case, Clock, How, Publication, Related
from service.core.decide import arrivals, diary
from service.core.decide.incoming import Plan
from service.core.effects import BringOriginal, Effect, OpenCase, StartClock
from service.core.identity import titles
from service.core.rules.routing import Facts, route
from service.core.speech.languages import language_of


def part_of(whole: Plan, text: str, source: str) -> tuple[Effect, ...]:
    """The effects that make the case of the part: the submitter, the arrival and the original mail are the whole's.

    The rules decide where it goes. It gets no receipt of its own: one letter names all the numbers.
    source: digest of the mail that divides.
    """
    case, book = whole.case, whole.book
    sender = case.submitter.email
    found = route(book, Facts(text=text, sender=sender, channel=case.channel, language=language_of(text)))
    found = replace(found, secrecy=found.secrecy or case.secrecy)
    part = Case(
        mailbox=case.mailbox,
        title=titles.title("", text).text,
        text=text,
        submitter=case.submitter,
        received_at=case.received_at,
        receipt_sent_at=case.receipt_sent_at,
        channel=case.channel,
        received_by=case.received_by,
        language=language_of(text),
        type=found.type or "",
        category=found.category or "",
        process=found.process or case.process,
        unit=found.unit or "",
        secrecy=found.secrecy,
        anonymous=case.anonymous,
        internal=case.internal,
        publication=Publication.NO if found.secrecy else case.publication,
        external_ref=case.external_ref,
        page=case.page,
        thread=case.thread,
        last_mail_at=case.last_mail_at,
        related=(Related(case.number, How.SPLIT_FROM),),
    )
    plan = Plan(part, book, whole.now, whole.actor, away=whole.away)
    plan.effects += [OpenCase(part, f"divided from {case.number} by {whole.actor}"), BringOriginal(case.number)]
    plan.effects += diary.of_mail(part, "feedback", "case", book)
    here = arrivals.refer_elsewhere(plan, found)
    if here is None:
        return tuple(plan.effects)
    duration = deadlines.answer_duration(part.channel, part.process, book)
    due = deadlines.due_at(part.received_at, duration, book)
    plan.add(StartClock(Clock.ANSWER, part.received_at, due, f"promised within {duration} of arrival"))
    arrivals.place(plan, here, source=source, files="case")
    return tuple(plan.effects)
