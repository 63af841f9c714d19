"""What the service sends of its own accord: how much at most, the morning mails, and the reports."""

import datetime as dt
from typing import Annotated

from pydantic import Field, StrictBool

from service.core.rules.choices import Period, ReportContent, Role, Scope
from service.core.rules.fieldtypes import Address, ClockTime, Count, Model, listed


class AutomaticMail(Model):
    """The most automatic mails that leave in an hour, and in a day to one address or to people outside about one case.

    per_sender_and_day: the most letters of work that one person outside brings to one colleague in a day; what comes
    after them is gathered.
    """

    per_address_and_day: Count = 5
    per_case_and_day: Count = 10
    per_sender_and_day: Count = 20
    per_hour: Count = 500


class Report(Model):
    """A report that is sent when its period has ended (C14). `to` holds addresses and roles (`head`, `manager`)."""

    period: Period
    to: Annotated[tuple[Role | Address, ...], Field(min_length=1), listed(Role | Address, 1)]
    scope: Scope = Scope.ALL
    content: ReportContent = ReportContent.STATISTICS


class Digest(Model):
    """Who gets a morning mail on working days, and when (local wall-clock time).

    triage_letters: what a registrar is to sort also comes singly, at once; else only in the registrar's morning mail.
    """

    officers: StrictBool = False
    managers: StrictBool = False
    registrars: StrictBool = False
    triage_letters: StrictBool = True
    at: ClockTime = dt.time(7, 30)
