"""When a mail came in, and whether its sender is genuine, by what the municipality's own servers wrote on it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from service.core.message import Authentication, Received, glance, read
from service.core.people.origin import (
    Arrival,
    Word,
    arrival,
    is_from_inside,
    is_trusted,
    judgement,
    where_results_stand,
)
from service.core.rules.rulebook import RuleBook
from tests.core.values import NOW, a_book, a_mail

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
FAIL = "dmarc=fail header.from=ekvik.example"
NONE = "dmarc=none header.from=ekvik.example"
FROM_OUTSIDE = (Received(MX, NOW, ("mail.example.org",), "192.0.2.7"),)
P, F, N = Word.PASS, Word.FAIL, Word.NOTHING


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (PASS, P),
        ("dmarc=pass (p=none dis=none) header.from=ekvik.example", P),
        ("DMARC=Pass header.from=EKVIK.example", P),
        ("dmarc = pass header.from = ekvik.example", P),
        ("dmarc=pass", P),
        (
            (
                "spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=ekvik.example; dkim=pass (signature was verified)"
                " header.d=ekvik.example;dmarc=pass action=none header.from=ekvik.example;compauth=pass reason=100"
            ),
            P,
        ),
        ("spf=pass smtp.mailfrom=ekvik.example dmarc=pass action=none header.from=ekvik.example", P),
        # what a server repeats of the envelope that the mail has, or of nobody's choosing, ends where it seems to end
        (f"spf=pass smtp.mailfrom=BO.EK@ekvik.example; {PASS}", P),
        (f"spf=pass smtp.mailfrom=<bo.ek@ekvik.example>; {PASS}", P),
        (f'spf=pass smtp.mailfrom="bo.ek@ekvik.example"; {PASS}', P),
        (f"iprev=pass smtp.remote-ip=192.0.2.1; spf=pass smtp.mailfrom=ekvik.example; {PASS}", P),
        (f"spf=pass smtp.mailfrom=evil.example; {PASS}", N),
        (f"spf=pass smtp.mailfrom=sub.ekvik.example; {PASS}", N),
        (f"spf=pass smtp.mailfrom=ekvik.example smtp.helo=mail.ekvik.example; {PASS}", N),
        (f"spf=pass smtp.mailfrom=ekvik.example; spf=none smtp.helo=ekvik.example; {PASS}", N),
        (f"spf=pass smtp.mailfrom=ekvik.example; x=y smtp.rcptto=ekvik.example; {PASS}", N),
        ("spf=none smtp.helo=x; dkim=pass header.d=ekvik.example", N),
        ("dkim=pass header.d=ekvik.example; spf=none smtp.helo=x; dmarc=none", P),
        (f"{PASS}; spf=none smtp.helo=x", P),
        ("dmarc=pass; spf=none smtp.helo=x", P),
        (f"spf=none smtp.helo=x; {FAIL}", F),
        (f'spf=none smtp.helo="; {FAIL}; x="', F),
        (f"spf=none smtp.helo=x {'y' * 5000}; {FAIL}", F),
        (f"{PASS}; spf=none smtp.helo={'y' * 5000}", N),
        # one that contradicts itself
        (f"{NONE}; {PASS}", N),
        (f"{PASS}; {NONE}", N),
        (f"{PASS}; {PASS}", P),
        (f"{PASS}; dkim=none", P),
        ("dkim=none; dkim=pass header.d=ekvik.example", N),
        ("dkim=fail header.d=ekvik.example; dkim=pass header.d=ekvik.example", P),
        ("spf=fail smtp.mailfrom=evil.example dmarc=fail action=quarantine header.from=ekvik.example", F),
        ("dmarc=fail header.from=ekvik.example", F),
        ("dmarc=fail", F),
        ("dmarc=pass header.from=ekvik.example; dmarc=fail header.from=evil.example", F),
        ("dmarc=none header.from=ekvik.example", N),
        ("dmarc=temperror header.from=ekvik.example", N),
        ("dmarc=permerror header.from=ekvik.example", N),
        ("dmarc=neutral header.from=ekvik.example", N),
        ("dmarc=bestguesspass header.from=ekvik.example", N),
        ("dmarc=pass header.from=evil.example", N),
        ("dmarc=pass header.from=ekvik.example; dmarc=pass header.from=evil.example", N),
        ("dmarc=pass header.from=evil.example; dkim=pass header.d=ekvik.example", N),
        ("dmarc=pass header.from=ekvik.example.evil.example", N),
        ("dmarc=pass header.from=sub.ekvik.example", N),
        ("dmarc=fail header.from=ekvik.example; dkim=pass header.d=ekvik.example", F),
        ("dmarc=none; dkim=pass header.d=ekvik.example", P),
        ("dkim=pass header.d=ekvik.example", P),
        ("dkim=pass header.d=ekvik.example header.s=s1 header.b=abc", P),
        ("dkim=pass header.i=@ekvik.example", P),
        ("dkim=pass header.i=bo.ek@ekvik.example", P),
        ('dkim=pass header.i="@ekvik.example"', P),
        ("dkim=pass header.d=evil.example; dkim=pass header.d=ekvik.example", P),
        ("dkim=pass header.d=evil.example", N),
        ("dkim=pass", N),
        ("dkim=fail header.d=ekvik.example", N),
        ("spf=pass smtp.mailfrom=ekvik.example", N),
        ("spf=pass smtp.mailfrom=bo.ek@ekvik.example; dkim=none; dmarc=none", N),
        ("none", N),
        ("", N),
        # words that somebody else has put into a value of the server's
        ('spf=pass smtp.mailfrom="x; dmarc=pass header.from=ekvik.example"@evil.example; dkim=none', N),
        ('spf=pass smtp.mailfrom="x dmarc=pass header.from=ekvik.example"@evil.example; dkim=none', N),
        ('spf=pass smtp.mailfrom="a\\"; dmarc=pass"@evil.example', N),
        ("spf=pass smtp.mailfrom=dmarc=pass@evil.example", N),
        ("spf=pass smtp.mailfrom=x;dmarc=pass@evil.example header.from=ekvik.example", N),
        ("spf=none smtp.helo=x;dmarc=pass; dkim=none", N),
        ("spf=none smtp.helo=x;dmarc=pass/header.from=ekvik.example; dkim=none", N),
        ("spf=none smtp.helo=x;dkim=pass/header.d=ekvik.example", N),
        ("spf=pass (evil.example: dmarc=pass header.from=ekvik.example) smtp.mailfrom=evil.example", N),
        ("dkim=fail (dkim=pass header.d=ekvik.example) header.d=ekvik.example", N),
        ("dmarc=fail (the sender says (dmarc=pass)) header.from=ekvik.example", F),
    ],
)
def test_hjo_14_what_the_own_server_found(ekvik: RuleBook, value: str, expected: Word) -> None:
    message = a_mail(
        "bo.ek@ekvik.example",
        received=FROM_OUTSIDE,
        authentication=(Authentication(MX, f"{MX}; {value}", 0),),
        return_path="bo.ek@ekvik.example",
    )
    assert judgement(message, ekvik).word is expected
    assert judgement(replace(message, authentication=(Authentication("", value, 0),)), ekvik).word is expected


BEHIND = f"spf=pass smtp.mailfrom=ekvik.example; {PASS}"


@pytest.mark.parametrize(
    ("envelope", "value", "expected"),
    [
        ("bo.ek@ekvik.example", BEHIND, P),
        ("bounce+a=b@EKVIK.example", BEHIND, P),
        ("bo.ek@evil.example", BEHIND, N),
        ("", BEHIND, N),
        (None, BEHIND, N),
        ("", f"spf=none smtp.mailfrom=; {PASS}", P),
        (None, f"spf=none smtp.mailfrom=; {PASS}", N),
        (None, PASS, P),
    ],
)
def test_a_pass_behind_an_envelope_counts_where_it_is_the_mails(
    ekvik: RuleBook, envelope: str | None, value: str, expected: Word
) -> None:
    said = (Authentication(MX, f"{MX}; {value}", 0),)
    message = a_mail("bo.ek@ekvik.example", received=FROM_OUTSIDE, authentication=said, return_path=envelope)
    assert judgement(message, ekvik).word is expected


def test_a_domain_with_swedish_letters_is_judged_in_its_own_form(ekvik: RuleBook) -> None:
    said = (Authentication(MX, f"{MX}; dmarc=pass header.from=xn--mla-ula.example", 0),)
    assert judgement(a_mail("asa@måla.example", received=FROM_OUTSIDE, authentication=said), ekvik).word is P


def mail_with(head: str, book: RuleBook, **settings: object) -> Word:
    """What is found about a mail with these fields on top."""
    settings = {"trusted_authserv": TRUSTED} | settings
    mail = f"{head}From: Bo Ek <bo.ek@ekvik.example>\r\nMessage-ID: <a@b>\r\nSubject: Sv: x\r\n\r\nHej\r\n"
    return judgement(read(mail.encode()), a_book(book, **settings)).word


INNER = "a.inre.ekvik.example"
EVIL = "mail.evil.example"


def result(host: str, value: str = PASS) -> str:
    return f"Authentication-Results: {host}; {value}\r\n" if host else f"Authentication-Results: {value}\r\n"


def hop(by: str, source: str = "mail.example.org (mail.example.org [192.0.2.7])") -> str:
    return f"Received: from {source} by {by}; {NOW:%a, %d %b %Y %H:%M:%S} +0000\r\n"


LMTP = hop("lada.example", "mx (mx [192.0.2.8])").replace(";", " with LMTP id x;")

SOURCELESS = f"Received: by {MX} (Postfix, from userid 0) id 1; {NOW:%a, %d %b %Y %H:%M:%S} +0000\r\n"
BELOW = [{"host": MX, "results": "below"}]


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        pytest.param("", N, id="nothing"),
        pytest.param(result(MX), P, id="no stamp at all: put into the mailbox as it is"),
        pytest.param(result("", PASS), N, id="no stamp, and no server named"),
        pytest.param(result(EVIL), N, id="no stamp, another's result"),
        pytest.param(result(MX) + result("", FAIL), F, id="no stamp, and any fail"),
        pytest.param(LMTP + result(MX) + hop(MX), P, id="laid in a mailbox by a server of whatever name"),
        pytest.param(LMTP + result(MX, FAIL) + hop(MX), F, id="a fail under the mailbox's stamp"),
        pytest.param(LMTP + hop(MX) + result(MX), N, id="under both stamps"),
        pytest.param(LMTP + hop(EVIL) + result(MX) + hop(MX), N, id="a foreign server behind the mailbox"),
        pytest.param(LMTP + LMTP + result(MX) + hop(MX), N, id="only the topmost stamp is the mailbox's for certain"),
        pytest.param(LMTP + result(MX), P, id="laid in the mailbox, and never sent"),
        pytest.param(result(MX) + hop(MX), P, id="above the own stamp"),
        pytest.param(result(MX, FAIL) + hop(MX), F, id="a fail above the own stamp"),
        pytest.param(result("") + hop(MX), P, id="Microsoft 365: no server named"),
        pytest.param(result("", FAIL) + hop(MX), F, id="Microsoft 365: a fail"),
        pytest.param(hop(MX) + result(MX), N, id="below the own stamp, and nobody has said that it is there"),
        pytest.param(hop(MX) + result(""), N, id="a nameless one below the own stamp"),
        pytest.param(hop(MX) + result(MX, FAIL), N, id="a fail that anybody may have written"),
        pytest.param(hop(INNER, MX) + result(MX) + hop(MX), P, id="an own hop on top"),
        pytest.param(hop(INNER, MX) + hop(MX) + result(MX), N, id="an own hop on top, forged below"),
        pytest.param(result(INNER) + hop(INNER), P, id="a host by wildcard"),
        pytest.param(result("other.example") + hop(MX), P, id="whatever name it gives itself"),
        pytest.param(hop(MX) + hop(EVIL) + result(MX), N, id="forged below a foreign stamp"),
        pytest.param(hop(MX) + result(MX) + hop(MX), N, id="forged above a forged second stamp of the own server"),
        pytest.param(hop(MX) + hop(MX) + result(MX), N, id="forged below a forged second stamp of the own server"),
        pytest.param(
            result(MX, NONE) + hop(MX) + result(MX) + hop(MX, INNER) + result(MX), N, id="a whole forged chain below"
        ),
        pytest.param(hop("filter.example.net", MX) + result(MX) + hop(MX), N, id="a foreign hop on top"),
        pytest.param(result(MX) + hop(EVIL), N, id="a foreign stamp only"),
        pytest.param(result(MX, FAIL) + hop(MX) + result(MX), F, id="the topmost decides"),
        pytest.param(result(MX) + result(MX, FAIL) + hop(MX), F, id="any fail in the zone is a fail"),
        pytest.param(result(MX) + hop(INNER, MX) + result("", FAIL) + hop(MX), F, id="a fail between own stamps"),
        pytest.param(result(MX, NONE) + result(MX) + hop(MX), P, id="none is no word"),
        pytest.param(result(MX, "spf=pass smtp.mailfrom=x") + result("") + hop(MX), P, id="spf alone is no word"),
        pytest.param(result(f"{MX} 1") + hop(MX), P, id="with a version"),
        pytest.param(f"ARC-Authentication-Results: i=1; {MX}; {PASS}\r\n" + hop(MX), N, id="ARC is another field"),
        pytest.param(f"X-Authentication-Results: {MX}; {PASS}\r\n" + hop(MX), N, id="a field of anybody's"),
        # who handed the mail over: the name that a client gives itself is no proof
        pytest.param(
            hop(MX, f"{MX} ({EVIL} [203.0.113.9])") + result(MX) + hop(MX), N, id="a client that says it is ourselves"
        ),
        pytest.param(
            hop(MX, f"{MX} (unknown [203.0.113.9])") + result(MX) + hop(MX), N, id="without a name of its own"
        ),
        pytest.param(hop(MX, f"{MX} (203.0.113.9)") + result(MX) + hop(MX), N, id="an address of the Internet"),
        pytest.param(hop(MX, f"[203.0.113.9] (helo={MX})") + result(MX) + hop(MX), N, id="Exim, without a name"),
        pytest.param(hop(MX, f"unknown (HELO {MX}) (203.0.113.9)") + result(MX) + hop(MX), N, id="qmail"),
        *(
            pytest.param(hop(MX, source) + result(MX) + hop(MX), N, id=f"only a claim: {source}")
            for source in (
                "[127.0.0.1] (unknown [203.0.113.9])",
                "[IPv6:::1] (unknown [203.0.113.9])",
                "[127.0.0.1] (203.0.113.9)",
                "[203.0.113.9] (port=5 helo=[127.0.0.1])",
                f"[10.0.0.1] ({MX} [203.0.113.9])",
                "unknown (HELO [127.0.0.1]) (203.0.113.9)",
                f"{MX} ({MX} [203.0.113.9] (may be forged))",
            )
        ),
        pytest.param(hop(MX, f"by (by {MX} [203.0.113.9])") + result(MX) + hop(MX), N, id="a client named by"),
        pytest.param(
            hop(INNER, f"{MX} ({MX} [203.0.113.9])") + result(MX) + hop(MX), P, id="a name that was looked up"
        ),
        pytest.param(hop(INNER, f"{MX} (10.1.2.3)") + result(MX) + hop(MX), P, id="an address of the own network"),
        pytest.param(hop(INNER, f"{MX} ([IPv6:fd00::1])") + result(MX) + hop(MX), P, id="in IPv6, too"),
        pytest.param(
            hop(f"{INNER} (2603:10a6:10:2e1::9)", f"{MX} (2603:10a6:208::33)") + result("") + hop(MX),
            P,
            id="Microsoft 365: hops in one network",
        ),
        *(
            pytest.param(
                hop(f"{INNER} ({own})", f"{MX} ({other})") + result("") + hop(MX), word, id=f"{other} to {own}"
            )
            for own, other, word in (
                ("2603:10a6::9", "2603:10a7::33", N),
                ("203.0.113.9", "203.0.113.77", P),
                ("203.0.113.9", "203.0.112.77", N),
                ("203.0.113.9", "cb:71::1", N),
            )
        ),
        pytest.param(
            hop(MX, "localhost (localhost [127.0.0.1])")
            + result(MX)
            + hop("localhost", "mx (mx [127.0.0.1])")
            + hop(MX),
            P,
            id="a content filter on the very host",
        ),
        pytest.param("Received: by mx.ekvik.example id 1; x\r\n" + result(MX), N, id="a stamp without a source"),
        pytest.param(SOURCELESS + result(MX) + hop(MX), N, id="a stamp without a source, and a forged one"),
        pytest.param(hop(MX, EVIL) + result(MX) + hop(MX), N, id="a stranger without an address"),
    ],
)
def test_s39_whose_judgement_counts(ekvik: RuleBook, head: str, expected: Word) -> None:
    assert mail_with(head, ekvik) is expected


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        pytest.param(hop(MX) + result(MX), P, id="right below the own stamp"),
        pytest.param(hop(MX) + result(MX, FAIL) + hop(EVIL) + result(MX), F, id="a fail there"),
        pytest.param(hop(MX) + hop(EVIL) + result(MX), N, id="below the next stamp"),
        pytest.param(result(MX, FAIL) + hop(MX) + result(MX), F, id="a fail above"),
        pytest.param(hop(INNER, MX) + result(MX), N, id="below another own server's stamp, which writes above"),
    ],
)
def test_a_server_that_writes_below_its_stamp(ekvik: RuleBook, head: str, expected: Word) -> None:
    assert mail_with(head, ekvik, trusted_authserv=[*BELOW, "*.inre.ekvik.example"]) is expected


RETURN = "Return-Path: <bo.ek@ekvik.example>\r\n"
FORGED = "x; dmarc=pass header.from=ekvik.example"
IN_M365 = "header.d=ekvik.example;dmarc=pass action=none header.from=ekvik.example;compauth=pass reason=100"
M365 = f"spf=pass (sender IP is 192.0.2.7) smtp.mailfrom=ekvik.example; dkim=pass (signature was verified) {IN_M365}"
GOOGLE = (
    "dkim=pass header.i=@ekvik.example header.s=20230601 header.b=Xa1;\r\n spf=pass (google.com: domain of"
    " bo.ek@ekvik.example designates 192.0.2.7 as permitted sender) smtp.mailfrom=bo.ek@ekvik.example;\r\n"
    " dmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from=ekvik.example"
)
RSPAMD = (
    f"dkim=pass header.d=ekvik.example header.s=dkim header.b=Xa1;\r\n spf=pass ({MX}: domain of bo.ek@ekvik.example"
    " designates 192.0.2.7 as permitted sender) smtp.mailfrom=bo.ek@ekvik.example;\r\n"
    " dmarc=pass (policy=reject) header.from=ekvik.example"
)
SIGNED = "DKIM-Signature: v=1; a=rsa-sha256; d=ekvik.example; s=dkim;\r\n h=from:dkim-pass; b=dkimpass\r\n"


def signed(tag: str) -> str:
    return f"DKIM-Signature: v=1; a=rsa-sha256; d=evil.example; {tag}; b=Xa1\r\n"


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(result("", M365) + hop(MX) + SIGNED + RETURN, id="Microsoft 365, which writes Return-Path below"),
        pytest.param(RETURN + result(MX, GOOGLE) + hop(MX) + SIGNED, id="Google"),
        pytest.param(RETURN + result(MX, RSPAMD) + hop(MX) + SIGNED, id="rspamd"),
        pytest.param(
            RETURN
            + result(MX, "dmarc=pass (p=reject dis=none) header.from=ekvik.example")
            + result(MX, "spf=pass smtp.mailfrom=ekvik.example")
            + result(MX, "dkim=pass (2048-bit key) header.d=ekvik.example header.i=@ekvik.example header.b=Xa1")
            + hop(MX)
            + SIGNED,
            id="Postfix with OpenDMARC and OpenDKIM: a field each",
        ),
        pytest.param(
            RETURN
            + result(MX, "spf=pass smtp.mailfrom=ekvik.example; dmarc=pass header.from=ekvik.example")
            + hop(MX, "dkim.ekvik.example (dkim.ekvik.example [192.0.2.7])"),
            id="a host that is called after a method",
        ),
        pytest.param(
            result(MX, PASS) + hop(MX) + signed("s=a; i=b=6F=40ekvik.example"), id="a signature's identity, escaped"
        ),
    ],
)
def test_s39_what_usual_servers_write_is_believed(ekvik: RuleBook, head: str) -> None:
    assert mail_with(head, ekvik) is P


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(result(MX, f"spf=none smtp.helo={FORGED}") + hop(MX), id="HELO"),
        pytest.param(result(MX, f"{NONE}; spf=none smtp.helo={FORGED}") + hop(MX), id="HELO, behind the server's word"),
        pytest.param(result(MX, NONE) + result(MX, f"spf=none smtp.helo={FORGED}") + hop(MX), id="in its own field"),
        pytest.param(result("", f"spf=none smtp.helo={FORGED}") + hop(MX), id="where no server is named"),
        pytest.param(result(MX, f"spf=none smtp.helo=x {PASS}") + hop(MX), id="with blanks alone"),
        pytest.param(result(MX, "spf=none smtp.helo=x; dkim=pass header.d=ekvik.example") + hop(MX), id="a signature"),
        pytest.param(
            result(MX, f"{PASS} policy.name=x") + hop(MX, f"{FORGED} (evil.example [203.0.113.9])"),
            id="HELO under any name, as the stamp has it",
        ),
        pytest.param(
            result(MX, PASS) + hop(MX, "x??dmarc=pass?header.from=ekvik.example (unknown [203.0.113.9])"),
            id="HELO, as Postfix has it",
        ),
        pytest.param(result(MX, PASS) + hop(MX, "x (; dkim (=) PASS [203.0.113.9])"), id="the name of the host"),
        pytest.param(result(MX, f"spf=pass smtp.mailfrom={FORGED} @evil.example") + hop(MX), id="MAIL FROM"),
        pytest.param(
            result(MX, "dkim=pass header.i=ekvik.example x@evil.example")
            + hop(MX)
            + signed("s=a; i=ekvik.example=20x=40evil.example"),
            id="a signature's identity that ends early",
        ),
        pytest.param(
            f'Return-Path: <"{FORGED} "@evil.example>\r\n'
            + result(MX, f"spf=pass smtp.mailfrom={FORGED} @evil.example")
            + hop(MX),
            id="MAIL FROM, in Return-Path",
        ),
        pytest.param(
            'Return-Path: <"evil.example; d\\marc=p\\ass header.from=ekvik.example "@evil.example>\r\n'
            + result(MX, f"spf=pass smtp.mailfrom=evil.example; {PASS} @evil.example")
            + hop(MX),
            id="MAIL FROM that begins with its domain, escaped",
        ),
        pytest.param(
            f'Return-Path: <"x) ; {PASS} ("@evil.example>\r\n'
            + result(MX, f"spf=pass (domain of x) ; {PASS} (@evil.example) smtp.mailfrom=evil.example")
            + hop(MX),
            id="MAIL FROM, out of a comment",
        ),
        pytest.param(
            result(MX, f"dkim=pass header.d=evil.example header.i=a; {PASS} @evil.example")
            + hop(MX)
            + signed("s=a; i=a=3B=20dm=61rc=3Dpass=20header.from=3Dekvik.example=20@evil.example"),
            id="a signature's identity",
        ),
        pytest.param(
            result(MX, f"dkim=pass header.s=a {PASS} header.d=evil.example")
            + hop(MX)
            + signed("s=a dmarc=pass header.from=ekvik.example"),
            id="a signature's selector",
        ),
        pytest.param(
            result(MX, PASS) + hop(MX) + "X-A: b\r\n" * 10_000 + signed("s=a"), id="a header that hides signatures"
        ),
        pytest.param(result(MX, PASS) + hop(MX) + f"Delivered-To: synpunkten+x;{PASS}@ekvik.example\r\n", id="RCPT TO"),
    ],
)
def test_s39_what_the_sending_host_says_of_itself_is_no_result(ekvik: RuleBook, head: str) -> None:
    assert mail_with(head, ekvik) is N
    assert mail_with(result(MX, FAIL) + head, ekvik) is F
    seen = glance(f"{head}From: bo.ek@ekvik.example\r\n\r\nHej".encode())
    assert judgement(seen, a_book(ekvik, trusted_authserv=TRUSTED)).word is N


AUTH_AS = {"name": "X-MS-Exchange-Organization-AuthAs", "value": "Internal"}
MARK = "X-MS-Exchange-Organization-AuthAs: Internal\r\n"


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        pytest.param(hop(INNER, f"{MX} (10.0.0.1)") + MARK, P, id="Exchange: the mail was never outside"),
        pytest.param(hop(INNER, MX) + hop(MX, INNER) + MARK.lower(), P, id="in any letters"),
        pytest.param(MARK + hop(MX), P, id="above the stamp of a mail from outside"),
        pytest.param(hop(MX) + MARK, N, id="a stranger who writes it himself"),
        pytest.param(hop(INNER, MX) + hop(MX) + MARK, N, id="a stranger, behind two own hops"),
        pytest.param(hop(INNER, MX) + hop(EVIL) + MARK, N, id="below a foreign stamp"),
        pytest.param(MARK, N, id="no stamp"),
        pytest.param(hop(MX, f"{MX} (203.0.113.9)") + MARK, N, id="a client that says it is ourselves"),
        pytest.param(result(MX, FAIL) + MARK + hop(MX), F, id="the server's fail beats it"),
        pytest.param(MARK.replace("Internal", "Anonymous") + hop(MX), N, id="another value"),
        pytest.param(MARK + MARK.replace("Internal", "Anonymous") + hop(MX), N, id="two that disagree"),
    ],
)
def test_a_header_that_only_the_own_server_writes(ekvik: RuleBook, head: str, expected: Word) -> None:
    assert mail_with(head, ekvik, trusted_headers=[AUTH_AS]) is expected
    assert mail_with(head, ekvik) is (expected if expected is F else N)


def test_without_a_trusted_server_nobody_judges(ekvik: RuleBook) -> None:
    assert mail_with(result(MX) + hop(MX), ekvik, trusted_authserv=[]) is N


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (result(MX) + hop(MX), "above"),
        (hop(MX) + result(MX), "below"),
        (hop(MX), "none"),
        (hop(MX) + hop(EVIL) + result(MX), "none"),
        (hop(EVIL), "no stamp"),
    ],
)
def test_where_the_own_server_writes(ekvik: RuleBook, head: str, expected: str) -> None:
    assert where_results_stand(read(f"{head}From: a@b.se\r\n\r\nHej".encode()), ekvik) == expected


@pytest.mark.parametrize(
    ("more", "value", "expected"),
    [
        pytest.param(", m@evil.example", "dmarc=pass", N, id="two in one field: whom the pass is about"),
        pytest.param("\r\nFrom: m@evil.example", "dmarc=pass", N, id="two fields"),
        pytest.param(", m@evil.example", "dmarc=pass header.from=evil.example", N, id="about the other one"),
        pytest.param(", m@evil.example", PASS, P, id="about the one that we read"),
        pytest.param("", "dmarc=pass", P, id="one sender"),
    ],
)
def test_whose_pass_it_is_where_several_senders_are_named(
    ekvik: RuleBook, more: str, value: str, expected: Word
) -> None:
    mail = f"{result(MX, value)}{hop(MX)}From: Bo <bo.ek@ekvik.example>{more}\r\nSubject: x\r\n\r\nHej\r\n"
    assert judgement(read(mail.encode()), a_book(ekvik, trusted_authserv=TRUSTED)).word is expected


@pytest.mark.parametrize(
    ("head", "inside"),
    [
        pytest.param("", True, id="no stamp: put into the mailbox as it is"),
        pytest.param(LMTP, True, id="laid in the mailbox, and never sent"),
        pytest.param(SOURCELESS, True, id="made on the own server"),
        pytest.param(hop(INNER, MX) + SOURCELESS, True, id="made on one own server, taken by another"),
        pytest.param(hop(INNER, MX), True, id="from an own server, which has stamped nothing"),
        pytest.param(hop(MX), False, id="taken from a stranger"),
        pytest.param(hop(INNER, MX) + hop(MX), False, id="taken from a stranger, two hops ago"),
        pytest.param(hop(MX, EVIL), False, id="from a stranger without an address"),
        pytest.param(hop(MX, "[203.0.113.9]"), False, id="from a stranger without a name"),
        pytest.param(hop(MX) + SOURCELESS, False, id="a stranger who has written our stamp"),
        pytest.param(hop(EVIL), False, id="no own stamp"),
    ],
)
def test_whether_a_mail_has_ever_been_outside(ekvik: RuleBook, head: str, inside: bool) -> None:
    mail = f"{head}From: a@b.se\r\n\r\nHej"
    assert is_from_inside(read(mail.encode()), a_book(ekvik, trusted_authserv=TRUSTED)) is inside


@pytest.mark.parametrize(("said", "because"), [(NONE, "says nothing of the sender"), ("", "is silent")])
def test_a_server_that_says_nothing_of_the_sender_is_told_from_one_that_says_nothing(
    ekvik: RuleBook, said: str, because: str
) -> None:
    head = (result(MX, said) if said else "") + hop(MX)
    found = judgement(read(f"{head}From: a@b.se\r\n\r\nHej".encode()), a_book(ekvik, trusted_authserv=TRUSTED))
    assert found.because == f"the own server {because}"


def test_a_mail_without_sender_is_never_genuine(ekvik: RuleBook) -> None:
    message = a_mail(None, received=FROM_OUTSIDE, authentication=(Authentication(MX, f"{MX}; {PASS}", 0),))
    assert judgement(message, ekvik).word is N


def test_no_header_of_a_stranger_costs_more_than_a_look(ekvik: RuleBook) -> None:
    for head in ("Received: " + "(" * 200_000, "Authentication-Results: " + "dmarc=" * 30_000, "X-A: b\r\n" * 20_000):
        assert mail_with(f"{head}\r\n{hop(MX)}", ekvik, trusted_headers=[AUTH_AS]) is N


def test_stamps_are_read_in_every_usual_form() -> None:
    """Outlook's, Postfix's and a broken one."""
    mail = (
        "Received: from A.prod.outlook.com (2603::1) by\r\n B.inre.ekvik.example (2603::2) with Microsoft SMTP;\r\n"
        " Mon, 7 Sep 2026 05:00:00 +0000\r\n"
        f"Received: by {MX} (Postfix, from userid 0) id 4; Mon,  7 Sep 2026 06:30:00 +0200 (CEST)\r\n"
        "Received: broken\r\nFrom: a@example.org\r\n\r\nHej\r\n"
    )
    assert read(mail.encode()).received == (
        Received(
            "b.inre.ekvik.example",
            datetime(2026, 9, 7, 5, 0, tzinfo=UTC),
            ("a.prod.outlook.com",),
            ("2603::1",),
            "2603::2",
            "microsoft",
        ),
        Received(MX, datetime(2026, 9, 7, 4, 30, tzinfo=UTC)),
        Received("", None),
    )
