"""When a mail came in, and whether its sender is genuine, by what the municipality's own servers wrote on it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from service.core.message import Authentication, Received, read
from service.core.origin import Arrival, arrival, is_authenticated, is_trusted
from tests.core.values import NOW, a_mail

MX = "mx.ekvik.example"
TRUSTED = [MX, "*.inre.ekvik.example"]
INTERNAL = NOW - timedelta(hours=1)


def hours_ago(hours: float) -> datetime:
    return NOW - timedelta(hours=hours)


@pytest.mark.parametrize(
    ("received", "internal", "at", "because"),
    [
        pytest.param([Received(MX, hours_ago(5))], INTERNAL, hours_ago(5), f"stamped by {MX}", id="the own stamp"),
        pytest.param(
            [Received("lager.inre.ekvik.example", hours_ago(4)), Received(MX, hours_ago(5))],
            INTERNAL,
            hours_ago(4),
            "stamped by lager.inre.ekvik.example",
            id="several own hops: the topmost",
        ),
        pytest.param(
            [Received("filter.example.net", hours_ago(3)), Received(MX, hours_ago(5))],
            INTERNAL,
            hours_ago(5),
            f"stamped by {MX}",
            id="an unknown hop on top",
        ),
        pytest.param(
            [Received(MX, hours_ago(5)), Received("mail.example.org", hours_ago(90))],
            INTERNAL,
            hours_ago(5),
            f"stamped by {MX}",
            id="a foreign stamp below",
        ),
        pytest.param(
            [Received(MX, None), Received("lager.inre.ekvik.example", hours_ago(6))],
            INTERNAL,
            hours_ago(6),
            "stamped by lager.inre.ekvik.example",
            id="an unreadable date: the next own stamp",
        ),
        pytest.param([Received(MX, None)], INTERNAL, INTERNAL, "by the mailbox's own date", id="no readable date"),
        pytest.param([], INTERNAL, INTERNAL, "by the mailbox's own date", id="no stamp: INTERNALDATE"),
        pytest.param(
            [Received("mail.example.org", hours_ago(9))],
            INTERNAL,
            INTERNAL,
            "by the mailbox's own date",
            id="foreign stamps only",
        ),
        pytest.param([], None, NOW, "seen now; the mail carries no trusted stamp", id="nothing at all"),
        pytest.param(
            [Received(MX, NOW + timedelta(seconds=1))],
            INTERNAL,
            NOW,
            f"stamped by {MX}, which lies ahead of the clock",
            id="ahead of the clock",
        ),
        pytest.param(
            [],
            NOW + timedelta(days=400),
            NOW,
            "by the mailbox's own date, which lies ahead of the clock",
            id="INTERNALDATE ahead of the clock",
        ),
        pytest.param([Received(MX, NOW)], None, NOW, f"stamped by {MX}", id="this very instant"),
        pytest.param(
            [Received("", hours_ago(2))], INTERNAL, INTERNAL, "by the mailbox's own date", id="a nameless hop"
        ),
    ],
)
def test_hjo_04_when_the_mail_came_in(
    received: list[Received], internal: datetime | None, at: datetime, because: str
) -> None:
    assert arrival(a_mail(received=tuple(received)), internal, NOW, TRUSTED) == Arrival(at, because)


def test_the_senders_own_date_counts_for_nothing() -> None:
    message = a_mail(date=NOW - timedelta(days=30))
    assert arrival(message, INTERNAL, NOW, TRUSTED).at == INTERNAL


def test_without_a_trusted_server_no_stamp_counts() -> None:
    assert arrival(a_mail(received=(Received(MX, hours_ago(5)),)), INTERNAL, NOW, []).at == INTERNAL


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        (MX, True),
        ("MX.Ekvik.Example", True),
        ("mx.ekvik.example.", True),
        ("a.inre.ekvik.example", True),
        ("a.b.inre.ekvik.example", True),
        ("inre.ekvik.example", False),
        ("evilinre.ekvik.example", False),
        ("mx.ekvik.example.evil.example", False),
        ("mx.ekvik.exampl", False),
        ("", False),
    ],
)
def test_whose_host_it_is(host: str, expected: bool) -> None:
    assert is_trusted(host, TRUSTED) is expected


# --- authentication --------------------------------------------------------------------------------------------------

PASS = "dmarc=pass header.from=ekvik.example"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (PASS, True),
        ("dmarc=pass (p=none dis=none) header.from=ekvik.example", True),
        ("DMARC=Pass header.from=EKVIK.example", True),
        ("dmarc = pass header.from = ekvik.example", True),
        ("dmarc=pass", True),
        ("dmarc=fail header.from=ekvik.example", False),
        ("dmarc=none header.from=ekvik.example", False),
        ("dmarc=bestguesspass header.from=ekvik.example", False),
        ("dmarc=pass header.from=evil.example", False),
        ("dmarc=pass header.from=ekvik.example.evil.example", False),
        ("dmarc=pass header.from=sub.ekvik.example", False),
        ("dmarc=fail header.from=ekvik.example; dkim=pass header.d=ekvik.example", False),
        ("dkim=pass header.d=ekvik.example", True),
        ("dkim=pass header.d=ekvik.example header.s=s1 header.b=abc", True),
        ("dkim=pass header.i=@ekvik.example", True),
        ("dkim=pass header.i=bo.ek@ekvik.example", True),
        ('dkim=pass header.i="@ekvik.example"', True),
        ("dkim=pass header.d=evil.example; dkim=pass header.d=ekvik.example", True),
        ("dkim=pass header.d=evil.example", False),
        ("dkim=pass", False),
        ("dkim=fail header.d=ekvik.example", False),
        ("spf=pass smtp.mailfrom=ekvik.example", False),
        ("spf=pass smtp.mailfrom=bo.ek@ekvik.example; dkim=none; dmarc=none", False),
        ("none", False),
        # words that somebody else has put into a value of the server's
        ('spf=pass smtp.mailfrom="x; dmarc=pass header.from=ekvik.example"@evil.example; dkim=none', False),
        ('spf=pass smtp.mailfrom="a\\"; dmarc=pass"@evil.example', False),
        ("spf=pass (evil.example: dmarc=pass header.from=ekvik.example) smtp.mailfrom=evil.example", False),
        ("dkim=fail (dkim=pass header.d=ekvik.example) header.d=ekvik.example", False),
        ("dmarc=fail (the sender says (dmarc=pass)) header.from=ekvik.example", False),
    ],
)
def test_hjo_14_what_the_own_server_found(value: str, expected: bool) -> None:
    message = a_mail("bo.ek@ekvik.example", authentication=(Authentication(MX, f"{MX}; {value}", 0),))
    assert is_authenticated(message, TRUSTED) is expected


def mail_with(head: str) -> bool:
    """Whether a mail with these fields on top is found genuine."""
    mail = f"{head}From: Bo Ek <bo.ek@ekvik.example>\r\nMessage-ID: <a@b>\r\nSubject: Sv: x\r\n\r\nHej\r\n"
    return is_authenticated(read(mail.encode()), TRUSTED)


def result(host: str, value: str = PASS) -> str:
    return f"Authentication-Results: {host}; {value}\r\n"


def hop(by: str) -> str:
    return f"Received: from somewhere by {by}; {NOW:%a, %d %b %Y %H:%M:%S} +0000\r\n"


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        pytest.param("", False, id="nothing"),
        pytest.param(result(MX) + hop(MX), True, id="above the own stamp"),
        pytest.param(hop(MX) + result(MX), True, id="below the own stamp, as some filters put it"),
        pytest.param(hop("a.inre.ekvik.example") + result(MX) + hop(MX), True, id="an own hop on top"),
        pytest.param(result("a.inre.ekvik.example"), True, id="a host by wildcard"),
        pytest.param(result("evil.example") + hop(MX), False, id="a stranger's judgement"),
        pytest.param(hop(MX) + hop("mail.evil.example") + result(MX), False, id="forged below a foreign stamp"),
        pytest.param(
            hop("filter.example.net") + result(MX) + hop(MX), False, id="below a hop that is not known as the own"
        ),
        pytest.param(
            result(MX, "dmarc=fail header.from=ekvik.example") + hop(MX) + result(MX), False, id="the topmost decides"
        ),
        pytest.param(
            result("other.example", "dmarc=fail") + result(MX) + hop(MX), True, id="the topmost of the own servers"
        ),
        pytest.param(result(f"{MX} 1"), True, id="with a version"),
        pytest.param(result("evil.example") + result("evil.example"), False, id="strangers only"),
        pytest.param(f"Authentication-Results: {PASS}\r\n", False, id="Microsoft 365: no server named"),
        pytest.param(f"ARC-Authentication-Results: i=1; {MX}; {PASS}\r\n", False, id="ARC is another field"),
        pytest.param(f"X-Authentication-Results: {MX}; {PASS}\r\n", False, id="a field of anybody's"),
    ],
)
def test_s39_whose_judgement_counts(head: str, expected: bool) -> None:
    assert mail_with(head) is expected


def test_a_mail_without_sender_is_never_genuine() -> None:
    message = a_mail(None, authentication=(Authentication(MX, f"{MX}; {PASS}", 0),))
    assert not is_authenticated(message, TRUSTED)


def test_stamps_are_read_in_every_usual_form() -> None:
    """Outlook's, Postfix's and a broken one."""
    mail = (
        "Received: from A.prod.outlook.com (2603::1) by\r\n B.inre.ekvik.example (2603::2) with Microsoft SMTP;\r\n"
        " Mon, 7 Sep 2026 05:00:00 +0000\r\n"
        f"Received: by {MX} (Postfix, from userid 0) id 4; Mon,  7 Sep 2026 06:30:00 +0200 (CEST)\r\n"
        "Received: broken\r\nFrom: a@example.org\r\n\r\nHej\r\n"
    )
    assert read(mail.encode()).received == (
        Received("b.inre.ekvik.example", datetime(2026, 9, 7, 5, 0, tzinfo=UTC)),
        Received(MX, datetime(2026, 9, 7, 4, 30, tzinfo=UTC)),
        Received("", None),
    )
