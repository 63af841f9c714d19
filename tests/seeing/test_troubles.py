"""What counts as trouble, and since when; and what the two pages say of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families as parsed

from service.core.endings import Ending
from service.desk.lookup.backlog import Backlog
from service.desk.room import Room
from service.doors.vitals import Sort, Work
from service.seeing import health, metrics
from service.seeing.troubles import Kind, troubles
from tests.seeing.situation import MONDAY, Situation


def found(situation: Situation) -> list[tuple[Kind, str]]:
    return [(trouble.kind, trouble.mailbox) for trouble in troubles(situation.view)]


def figures(situation: Situation) -> dict[tuple[str, ...], float]:
    """Every sample by its name and the values of its labels, the mailbox first."""
    _, body = metrics.exposition(situation.view)
    samples = [sample for family in parsed(body.decode()) for sample in family.samples]
    return {(s.name, *(s.labels[k] for k in sorted(s.labels, key="mailbox".__ne__))): s.value for s in samples}


def test_all_is_well() -> None:
    situation = Situation()
    situation.works_for(60)
    assert found(situation) == []
    well, told = health.report(situation.view)
    assert well
    assert told["mailboxes"]["ekvik"]["last_poll"] == "2026-05-04T08:12:00+00:00"
    json.dumps(told)


@pytest.mark.parametrize(
    ("sort", "kind"),
    [
        (Sort.UNREACHED, Kind.MAILBOX),
        (Sort.CERTIFICATE, Kind.MAILBOX),
        (Sort.LOGIN, Kind.LOGIN),
        (Sort.TOKEN, Kind.TOKEN),
        (Sort.PROGRAM, Kind.MAILBOX),
    ],
)
def test_a_mailbox_that_fails_is_trouble_after_five_minutes_and_of_its_sort(sort: Sort, kind: Kind) -> None:
    situation = Situation()
    situation.works_for(5, ekvik=sort)
    assert found(situation) == []
    situation.works_for(1, ekvik=sort)
    assert found(situation) == [(kind, "ekvik")]
    (trouble,) = troubles(situation.view)
    assert (trouble.since, trouble.sort) == (MONDAY + timedelta(seconds=30), sort)
    well, told = health.report(situation.view)
    assert not well
    assert (told["mailboxes"]["ekvik"]["ok"], told["mailboxes"]["hjo"]["ok"]) == (False, True)
    situation.works_for(1)
    assert found(situation) == []


def hangs(situation: Situation) -> None:
    """The poll of one mailbox waits for a server that never answers, and says nothing."""
    with situation.vitals.attempt("ekvik", Work.POLL):
        for _ in range(22):
            situation.passes(seconds=30)
            situation.does("hjo", Work.POLL)
            situation.does("", Work.LOOK)
        assert found(situation) == [(Kind.MAILBOX, "ekvik")]


def is_refused(situation: Situation) -> None:
    """A refused log-in is not tried again for a quarter of an hour, or the server locks the account."""
    situation.does("ekvik", Work.POLL, Sort.LOGIN)
    situation.passes(minutes=6)
    situation.does("hjo", Work.POLL)
    situation.does("", Work.LOOK)
    assert found(situation) == [(Kind.LOGIN, "ekvik")]


def keeps_its_letters(situation: Situation) -> None:
    """Letters that cannot leave are trouble as long as there are any."""
    situation.look = replace(situation.look, backlogs={"ekvik": Backlog({"queued": 1}, MONDAY)})
    situation.does("ekvik", Work.DELIVERY, Sort.LOGIN)
    situation.passes(minutes=6)
    for mailbox in situation.mailboxes:
        situation.does(mailbox, Work.POLL)
    assert found(situation) == [(Kind.LOGIN, "ekvik")]
    situation.look = replace(situation.look, backlogs={})
    assert found(situation) == []


def loses_its_signature(situation: Situation) -> None:
    """The mail server takes nobody's content: each delivery ends well, and nothing leaves."""
    for minutes, told in ((4, []), (1, [(Kind.LETTERS, "ekvik")])):
        situation.works_for(minutes)
        refused = Backlog({"queued": 3}, MONDAY, refused_since=MONDAY)
        situation.look = replace(situation.look, backlogs={"ekvik": refused})
        assert found(situation) == told
    assert troubles(situation.view)[0].sort is Sort.REFUSED
    assert not health.report(situation.view)[0]


def loses_days(situation: Situation) -> None:
    """It works, on an earlier register: whoever put that back is to hear what it meant."""
    situation.look = replace(situation.look, backlogs={"ekvik": Backlog(lost_since=MONDAY)})
    assert found(situation) == [(Kind.LOST, "ekvik")]
    assert health.report(situation.view)[0]


def loses_its_database(situation: Situation) -> None:
    """Everybody suffers from it, and it is told once."""
    for _ in range(12):
        situation.passes(seconds=30)
        for mailbox in situation.mailboxes:
            situation.does(mailbox, Work.POLL, Sort.DATABASE)
        situation.does("", Work.LOOK, Sort.DATABASE)
    assert found(situation) == [(Kind.DATABASE, "")]
    assert not health.report(situation.view)[0]


def fills_its_disk(situation: Situation) -> None:
    """Nearly full is a warning: the service still does its work."""
    situation.look = replace(situation.look, room=Room(free=400_000_000, size=100_000_000_000))
    assert found(situation) == [(Kind.DISK, "")]
    assert health.report(situation.view)[0]
    situation.look = replace(situation.look, room=Room(free=400_000_000, size=1_000_000_000))
    assert found(situation) == []


def loses_its_credential(situation: Situation) -> None:
    """A secret's last day is told thirty days before: while it works the service is healthy."""
    last = MONDAY.date() + timedelta(days=31)
    situation.look = replace(situation.look, credentials=(Ending(("ekvik", "hjo"), "secret", last),))
    assert found(situation) == []
    midnight = datetime.combine(last + timedelta(days=1), time(), UTC)
    assert figures(situation)["synpunkten_credential_expiry_timestamp_seconds", "hjo", "secret"] == midnight.timestamp()
    situation.now += timedelta(days=1)
    assert found(situation) == [(Kind.CREDENTIAL, "ekvik"), (Kind.CREDENTIAL, "hjo")]
    assert health.report(situation.view)[0]


def has_faulty_files(situation: Situation) -> None:
    situation.vitals.rules("hjo", 2)
    situation.vitals.reload(refused=True)
    situation.passes(minutes=1)
    situation.vitals.rules("hjo", 1)
    assert found(situation) == [(Kind.RULES, "hjo"), (Kind.CONFIG, "")]
    assert {trouble.since for trouble in troubles(situation.view)} == {MONDAY}
    situation.vitals.rules("hjo", 0)
    situation.vitals.reload(refused=False)
    assert found(situation) == []


@pytest.mark.parametrize(
    "happens",
    [
        hangs,
        is_refused,
        keeps_its_letters,
        loses_its_signature,
        loses_its_database,
        fills_its_disk,
        loses_days,
        loses_its_credential,
        has_faulty_files,
    ],
)
def test_other_troubles(happens: Callable[[Situation], None]) -> None:
    happens(Situation())


def test_what_can_be_counted_is_there_from_the_start() -> None:
    """An alert can be written, and works, before the first thing happens."""
    first = figures(Situation())
    assert first["synpunkten_mails_total", "hjo", "new"] == 0
    assert first["synpunkten_letters_sent_total", "ekvik", "receipt"] == 0
    assert first["synpunkten_letter_failures_total", "ekvik", "refused"] == 0
    assert first["synpunkten_config_reloads_refused_total",] == 0
    assert first["synpunkten_trouble", "ekvik", "login"] == 0
    assert first["synpunkten_trouble", "", "database"] == 0


def test_figures_tell_what_has_happened() -> None:
    situation = Situation()
    before = set(figures(situation))
    situation.vitals.mail("ekvik", "new")
    situation.vitals.mail("ekvik", "new")
    situation.vitals.waiting("ekvik", MONDAY - timedelta(minutes=3))
    situation.vitals.letter("ekvik", "receipt", "sent")
    situation.vitals.letter("ekvik", "receipt", "deferred")
    situation.look = replace(
        situation.look, backlogs={"ekvik": Backlog({"held": 2}, MONDAY - timedelta(hours=1), 3, 4)}
    )
    situation.vitals.reload(refused=True)
    now = figures(situation)
    assert now["synpunkten_mails_total", "ekvik", "new"] == 2
    assert now["synpunkten_letters_sent_total", "ekvik", "receipt"] == 1
    assert now["synpunkten_letter_failures_total", "ekvik", "deferred"] == 1
    assert now["synpunkten_oldest_unhandled_mail_age_seconds", "ekvik"] == 180
    assert now["synpunkten_oldest_unsent_letter_age_seconds", "ekvik"] == 3600
    assert now["synpunkten_outbox_letters", "ekvik", "held"] == 2
    assert now["synpunkten_receipts_late", "ekvik"] == 3
    assert now["synpunkten_quarantine_mails", "ekvik"] == 4
    assert now["synpunkten_last_successful_poll_timestamp_seconds", "ekvik"] == MONDAY.timestamp()
    assert now["synpunkten_poll_duration_seconds_count", "ekvik"] == 1
    assert now["synpunkten_trouble", "", "config"] == 1
    assert set(now) == before, "no figure appears only when something has happened"
