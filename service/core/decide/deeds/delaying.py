"""An answer that will be late: the reason is registered, and with a new day the submitter is told (HJO-26)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from service.core.calendar import swedish_dates
from service.core.cases import Case
from service.core.decide import colleagues, posting
from service.core.decide.deeds.deed import Deed, Job, Settled, may_be_reached
from service.core.decide.incoming import Plan
from service.core.decide.posting import Paper
from service.core.decide.stopping import to_release
from service.core.decide.unwritten import NOT_WRITTEN
from service.core.effects import Effect, Letter, Note, SetFields
from service.core.speech import commands, swedish
from service.core.speech.commands import Command, Word


def _settle_delayed(plan: Plan, command: Command, today: date) -> Settled:
    """`#FÖRSENAD [day] reason`: the day in its exact form, YYYY-MM-DD, before the reason."""
    calendar = plan.book.calendar
    if commands.is_left_open(command.value):
        return Settled(command.value, "#FÖRSENAD är inte ifyllt. Skriv ett datum och varför svaret dröjer.")
    read = swedish_dates.read_day(command.value, today, calendar)
    if read.wrong:
        return Settled(command.value, f"”{read.wrong}” är inget datum som vi förstår. Skriv till exempel 10 juni.")
    if read.day is None:
        later = swedish_dates.find_day(command.value, today, calendar)
        if later and later > today:
            return Settled(
                command.value,
                f"Menade du att svaret kommer {swedish.day(later)}? Skriv datumet först, direkt efter #FÖRSENAD.",
            )
        return Settled(command.value)
    if read.day <= today:
        which = "i dag" if read.day == today else "en dag som har varit"
        return Settled(command.value, f"{swedish.day(read.day).capitalize()} är {which}. Skriv ett senare datum.")
    told = _hears_by_mail(plan.case) or _hears_by_letter(plan.case)
    aside = colleagues.not_for_the_reader(read.rest, "orsaken", plan.case, plan.book, plan.actor) if told else ""
    if calendar.is_working_day(read.day):
        return Settled(f"{read.day} {read.rest}".strip(), doubt=aside)
    working = calendar.add_working_days(read.day, 1)
    doubt = f"{swedish.day(read.day).capitalize()} är ingen arbetsdag. Beskedet blir {swedish.day(working)}."
    return Settled(f"{working} {read.rest}".strip(), doubt=f"{doubt} {aside}".strip())


def day_of(value: str) -> date | None:
    """The day that a settled value begins with; None where it begins with none."""
    try:
        return date.fromisoformat(value.partition(" ")[0])
    except ValueError:
        return None


def _hears_by_mail(case: Case) -> bool:
    """Whether a new day reaches the submitter by mail: of a secret case nothing does (SPA-25)."""
    return case.may_be_notified and not case.secrecy and case.running is not None


def _hears_by_letter(case: Case) -> bool:
    return posting.may_be_posted(case) and not case.blocked and case.running is not None


def _told_delay(plan: Plan, value: str) -> str:
    promised = day_of(value)
    if promised and _hears_by_mail(plan.case) and plan.may_write(plan.case.submitter.mail_to):
        reason = value.partition(" ")[2]
        why = f" Orsaken står med: ”{reason}”" if reason else ""
        return f"Synpunktslämnaren får besked om att svaret kommer senast {swedish.day(promised)}.{why}"
    if promised and _hears_by_letter(plan.case):
        return f"Synpunktslämnaren får brev om att svaret kommer senast {swedish.day(promised)}."
    return "Orsaken till förseningen antecknas. Synpunktslämnaren får inget besked."


def _do_delayed(plan: Plan, value: str, _job: Job) -> None:
    promised, case = day_of(value), plan.case
    reason = commands.strip(value.partition(" ")[2]) if promised else value
    if reason:
        plan.set("given by staff", late_reason=reason)
        plan.done.append("Orsaken till förseningen är antecknad.")
    if promised and _hears_by_mail(case):
        because, facts = "the submitter is told of the delay", {"promised": promised, "reason": reason}
        if plan.letter(Letter.DELAY, case.submitter.mail_to, because, facts=facts):
            plan.set("the submitter is told of it", delayed_to=promised)
            plan.done.append(f"Synpunktslämnaren får besked om att svaret kommer senast {swedish.day(promised)}.")
    elif promised and _hears_by_letter(case):
        plan.set("the submitter is told of it", delayed_to=promised)
        posting.post(plan, Paper.DELAY, "the submitter is told of the delay", {"promised": promised, "reason": reason})
        plan.done.append(
            f"Synpunktslämnaren får brev om att svaret kommer senast {swedish.day(promised)}. Det finns som fil i ett "
            "mejl till registratorn, som postar det."
        )


def settle(plan: Plan, effects: Sequence[Effect]) -> None:
    """All of a mail's orders are done, one of them a delay: unless the submitter was told, or has the answer soon."""
    case = plan.case
    told = any(isinstance(e, SetFields) and e.changes.get("delayed_to") for e in effects)
    said = any(isinstance(e, Note) and e.kind == NOT_WRITTEN for e in effects)
    if told or said or not case.running or case.leaving or case.to_post_since or to_release(case):
        return
    no_mail = not case.may_be_notified or case.secrecy or not plan.may_write(case.submitter.mail_to)
    untold = "Synpunktslämnaren har inte fått något besked"
    otherwise = " Ge besked på annat sätt." if may_be_reached(plan) and not case.blocked else ""
    plan.left.append(f"{untold} med mejl.{otherwise}" if no_mail else f"{untold}. Skriv #FÖRSENAD och ett datum.")


DEEDS = (Deed(Word.DELAYED, _told_delay, _do_delayed, _settle_delayed),)
