"""Where a mailbox begins: with the Swedish midnight of the day that the configuration names."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from service.desk.handling import LEFT, Delivered, handle_mail
from service.desk.rounds import beginnings
from tests.conversations.town import STOCKHOLM, Town


@pytest.mark.parametrize(
    ("day", "came", "is_left"),
    [
        pytest.param("2026-11-02", "2026-11-01 23:59:59", True, id="the evening before, in winter"),
        pytest.param("2026-11-02", "2026-11-02 00:00:00", False, id="midnight, in winter"),
        pytest.param("2026-11-02", "2026-11-02 09:00:00", False, id="the day itself, in winter"),
        pytest.param("2026-07-01", "2026-06-30 23:59:59", True, id="the evening before, in summer"),
        pytest.param("2026-07-01", "2026-07-01 00:00:00", False, id="midnight, in summer"),
        pytest.param("2026-07-01", "2026-07-01 09:00:00", False, id="the day itself, in summer"),
        pytest.param("2026-03-29", "2026-03-28 23:59:59", True, id="before the night that is an hour shorter"),
        pytest.param("2026-03-29", "2026-03-29 00:00:00", False, id="midnight of the night that is an hour shorter"),
    ],
)
def test_what_came_on_the_first_day_is_read_and_what_came_before_is_left(
    town: Town, day: str, came: str, is_left: bool
) -> None:
    since = datetime.fromisoformat(day).replace(tzinfo=STOCKHOLM)
    at = datetime.fromisoformat(came).replace(tzinfo=STOCKHOLM)
    town.now = at
    desk = replace(town.desk, since=since)
    with town.database.transaction() as s:
        border = beginnings.border(s, desk, 1, 2, at)
    assert border
    assert border.leaves(1, at) is is_left
    mail = Delivered(town.mail("anna.ek@example.org", "Lampan lyser inte."), at, ("INBOX", 1, 1), border.since)
    assert (handle_mail(desk, mail, at).verdict == LEFT) is is_left
