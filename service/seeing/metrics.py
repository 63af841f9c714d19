"""`/metrics`: the view as Prometheus reads it. Made anew for each question, from memory alone.

Names by Prometheus' rules: base units, `_total` for what only grows. What can be counted is there from the start with
the value 0, so that an alert can be written before the first one happens. Counters begin anew with the process.
"""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from itertools import accumulate

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily as Counter
from prometheus_client.core import GaugeMetricFamily as Gauge
from prometheus_client.core import HistogramMetricFamily as Histogram
from prometheus_client.core import InfoMetricFamily as Info
from prometheus_client.core import Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from service import __version__
from service.core.effects import Letter
from service.core.verdict import Role
from service.desk.handling import LEFT, UNREADABLE
from service.desk.post.states import State
from service.doors.vitals import POLL_BUCKETS, Work
from service.seeing.health import age
from service.seeing.troubles import OF_A_MAILBOX, Kind, troubles
from service.seeing.view import View

VERDICTS = (*Role, LEFT, UNREADABLE)
FAILURES = ("deferred", "untried", "uncertain", "refused")
_WAITING = (State.QUEUED, State.UNCERTAIN, State.HELD)


def exposition(view: View, accept: str = "") -> tuple[str, bytes]:
    """The content type and the figures, in the form that the asker takes (its `Accept` header)."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Figures(view))
    encode, content_type = choose_encoder(accept)
    return content_type, encode(registry)


class _Figures(Collector):
    """One view's figures."""

    def __init__(self, view: View) -> None:
        self._view = view

    def collect(self) -> Iterable[Metric]:
        view = self._view
        about = {"version": __version__, "python": platform.python_version()}
        yield Info("synpunkten_build", "The version at work", about)
        yield from _counted(view)
        yield from _waiting(view)
        yield _polls(view)
        yield from _canaries(view)
        yield from _of_the_whole(view)


def _counted(view: View) -> Iterator[Metric]:
    mails = Counter("synpunkten_mails", "Mails taken in, by what they were taken for", labels=("mailbox", "verdict"))
    failed = Counter("synpunkten_mail_failures", "Attempts to handle a mail that failed", labels=("mailbox",))
    sent = Counter("synpunkten_letters_sent", "Letters that the mail server took", labels=("mailbox", "kind"))
    refused = Counter(
        "synpunkten_letter_failures", "Attempts to send a letter that failed, by outcome", labels=("mailbox", "outcome")
    )
    for name in view.mailboxes:
        health = view.health[name]
        for verdict in VERDICTS:
            mails.add_metric((name, verdict), health.mails.get(verdict, 0))
        failed.add_metric((name,), health.failed_mails)
        for kind in Letter:
            sent.add_metric((name, kind), health.letters.get((kind, "sent"), 0))
        for outcome in FAILURES:
            refused.add_metric((name, outcome), sum(n for (_, of), n in health.letters.items() if of == outcome))
    yield from (mails, failed, sent, refused)


def _waiting(view: View) -> Iterator[Metric]:
    letters = Gauge("synpunkten_outbox_letters", "Letters that have not left, by state", labels=("mailbox", "state"))
    for name in view.mailboxes:
        for state in _WAITING:
            letters.add_metric((name, state), view.backlog(name).letters.get(state, 0))
    yield letters
    for name, says, of in _BY_MAILBOX:
        family = Gauge(f"synpunkten_{name}", says, labels=("mailbox",))
        for mailbox in view.mailboxes:
            family.add_metric((mailbox,), of(view, mailbox))
        yield family


def _polled(view: View, mailbox: str) -> float:
    course = view.health[mailbox].courses.get(Work.POLL)
    return _seconds(course.ok_at if course else None)


def _seconds(at: datetime | None) -> float:
    """An instant as Prometheus has it: seconds since 1970 (UTC); 0 for none."""
    return at.timestamp() if at else 0.0


_BY_MAILBOX: Sequence[tuple[str, str, Callable[[View, str], float]]] = (
    (
        "quarantine_mails",
        "Mails in quarantine that nobody has decided about",
        lambda view, mailbox: view.backlog(mailbox).quarantined,
    ),
    (
        "receipts_late",
        "Open cases whose promised receipt is late",
        lambda view, mailbox: view.backlog(mailbox).receipts_late,
    ),
    (
        "oldest_unsent_letter_age_seconds",
        "Age of the oldest letter that waits for the mail server; 0: none",
        lambda view, mailbox: age(view.now, view.backlog(mailbox).oldest_letter),
    ),
    (
        "oldest_unhandled_mail_age_seconds",
        "Age of the oldest mail in the inbox folder that is not handled, as of the last look there; 0: none",
        lambda view, mailbox: age(view.now, view.health[mailbox].oldest_waiting),
    ),
    (
        "rules_faults",
        "Faults in the rules folder; the last good rules are in force",
        lambda view, mailbox: view.health[mailbox].rules_faults,
    ),
    ("last_successful_poll_timestamp_seconds", "When the mailbox was last polled well; 0: never", _polled),
    (
        "last_delivered_letter_timestamp_seconds",
        "When the mail server last took a letter; 0: never",
        lambda view, mailbox: _seconds(view.health[mailbox].letter_taken_at),
    ),
)


def _canaries(view: View) -> Iterator[Metric]:
    trips = Gauge("synpunkten_canary_round_trip_seconds", "How long the latest canary took", labels=("mailbox",))
    back = Gauge("synpunkten_canary_return_timestamp_seconds", "When it came back; 0: not yet", labels=("mailbox",))
    for name in view.mailboxes:
        canary = view.backlog(name).canary
        if canary and name in view.canaries:
            back.add_metric((name,), _seconds(canary.back_at))
            if canary.seconds is not None:
                trips.add_metric((name,), canary.seconds)
    yield from (trips, back)


def _polls(view: View) -> Metric:
    lengths = Histogram("synpunkten_poll_duration_seconds", "How long polls take that go well", labels=("mailbox",))
    bounds = [*(str(bound) for bound in POLL_BUCKETS), "+Inf"]
    for name in view.mailboxes:
        health = view.health[name]
        buckets = list(zip(bounds, accumulate(health.polls), strict=True))
        lengths.add_metric((name,), buckets, health.poll_seconds)
    return lengths


def _of_the_whole(view: View) -> Iterator[Metric]:
    found = {(t.kind, t.mailbox) for t in troubles(view)}
    trouble = Gauge("synpunkten_trouble", "1 while the service suffers from it", labels=("mailbox", "kind"))
    for kind in Kind:
        for name in view.mailboxes if kind in OF_A_MAILBOX else ("",):
            trouble.add_metric((name, kind), (kind, name) in found)
    yield trouble
    yield _single(Counter, "config_reloads_refused", "Reloads whose configuration was refused", view.reloads.refused)
    looked = _seconds(view.look.at)
    yield _single(Gauge, "register_look_timestamp_seconds", "When the register was last looked at; 0: never", looked)
    ends = Gauge("synpunkten_credential_expiry_timestamp_seconds", "When it ends", labels=("mailbox", "credential"))
    for ending in view.look.credentials:
        for name in ending.mailboxes if ending.day else ():
            assert ending.day
            day_after = datetime.combine(ending.day + timedelta(days=1), time(), UTC)
            ends.add_metric((name, ending.called), day_after.timestamp())
    yield ends
    if view.look.room:
        yield _single(Gauge, "disk_free_bytes", "Room left on the register's disk", view.look.room.free)


def _single(sort: type[Counter | Gauge], name: str, says: str, value: float) -> Metric:
    return sort(f"synpunkten_{name}", says, value=value)
