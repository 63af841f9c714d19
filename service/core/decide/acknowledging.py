"""A submitter's later mail has come: one letter a day and case says so, with what holds now.

It goes to the registered address only, never to a machine, and it says nothing of a secret case.
"""

from __future__ import annotations

from service.core.cases import Clock
from service.core.decide import alerting
from service.core.decide.incoming import Incoming, Plan
from service.core.effects import Letter, TakeStep
from service.core.speech import sayings


def acknowledge(plan: Plan, mail: Incoming, template: str = "") -> None:
    """Say that the mail has come; where it asks what becomes of the case, what state that is in.

    template: where the mail is about something else than adding to the case.
    """
    case, message = plan.case, mail.message
    if not template and alerting.is_later_appeal(mail):
        template = "later-appeal"  # its time of arrival may decide, so it is told whatever else was told that day
    step = f"appeal:{mail.today}" if template == "later-appeal" else f"acknowledged:{mail.today}"
    by_machine = message.auto_submitted or message.mass_marked or mail.verdict.unconfirmed
    if by_machine or not case.may_be_acknowledged or step in case.steps or _says_nothing_new(plan, mail):
        return
    plan.add(TakeStep(step, (), "the submitter hears that the mail has come, once a day"))
    asks = sayings.asks_what_happens(message.new_text)
    plan.letter(
        Letter.ACKNOWLEDGEMENT,
        case.submitter.mail_to,
        "a later mail of the submitter's has come",
        template=template or ("state" if asks else ""),
        facts=_what_holds(plan) | {"arrived": mail.arrival.at},
    )


def _says_nothing_new(plan: Plan, mail: Incoming) -> bool:
    """A responder without any mark repeats itself: what the case began with, word by word, is nobody's addition."""
    words = mail.message.new_text.split()
    return not mail.message.attachments and words in ([], plan.case.text.split())


def _what_holds(plan: Plan) -> dict[str, object]:
    """The day that the answer is promised by: the one that was told last, and whether it has passed."""
    case, calendar = plan.case, plan.book.calendar
    running = case.running
    day = calendar.local_date(running.due_at) if running else None
    if day and case.delayed_to:
        day = max(day, case.delayed_to)
    return {
        "due_day": day,
        "late": bool(day and calendar.local_date(plan.now) > day),
        "again": running is not None and running.kind is Clock.SECOND_ANSWER,
    }
