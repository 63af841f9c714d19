"""What automatic mail brings about in a case: shown to whoever has it, unless it certainly is an absence alone."""

from __future__ import annotations

from datetime import date

import pytest

from service.core.decide import Incoming, on_mail
from service.core.effects import SendLetter
from service.core.message import Absence, Kind
from service.core.people.origin import Arrival
from service.core.rules.rulebook import RuleBook
from service.core.verdict import Context, Match, Role, Verdict
from tests.core.values import ANNA, BO, NOW, NUMBER, a_case, a_mail


@pytest.mark.parametrize(
    ("absence", "certain", "shown"),
    [
        pytest.param(None, True, [BO], id="a ticket system"),
        pytest.param(Absence(date(2026, 9, 20)), True, [], id="an absence, and nothing else"),
        pytest.param(Absence(date(2026, 9, 20)), False, [BO], id="told by words alone: it may be a person's"),
    ],
)
def test_who_reads_a_mail_that_bears_the_marks_of_a_machine(
    ekvik: RuleBook, absence: Absence | None, certain: bool, shown: list[str]
) -> None:
    message = a_mail(ANNA, "Jag är borta.", kind=Kind.AUTO_REPLY, absence=absence, certain=certain)
    verdict, ctx = Verdict(Role.MACHINE, "its words"), Context(case=a_case(), match=Match(NUMBER, "number"))
    effects = on_mail(Incoming(message, verdict, ctx, ekvik, Arrival(NOW, ""), NOW, date(2026, 9, 7)))
    assert [effect.to for effect in effects if isinstance(effect, SendLetter)] == shown
