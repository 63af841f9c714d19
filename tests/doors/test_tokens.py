"""The token door: one request for all, what a fault means, and mail servers that demand XOAUTH2."""

from __future__ import annotations

import dataclasses
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from email.utils import formatdate
from pathlib import Path

import pytest

from service.doors import answers, delivery, tokenfaults, tokenrights, tokens
from service.doors.account import Server, Token
from service.doors.application import ClientCertificate, ClientSecret, ProofError
from service.doors.inbox import Inbox
from service.doors.link import InboxError
from service.doors.smtp import DeliveryError
from service.doors.tls import Speech
from service.doors.tokenfaults import TokenError
from service.doors.transfer import Deferred, Envelope, Sent
from service.doors.vitals import Sort
from tests.conftest import need
from tests.servers import dovecot as dovecot_server
from tests.servers.dovecot import Dovecot
from tests.servers.entra import CLIENT_ID, OBJECT_ID, Entra, said
from tests.servers.own import certificate, find, free_port
from tests.servers.rude import Rude
from tests.servers.unwilling import Unwilling


@pytest.fixture
def entra() -> Iterator[Entra]:
    with Entra() as server:
        yield server


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate and its RSA key."""
    folder = tmp_path_factory.mktemp("pair")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "20", "-subj", "/CN=Synpunkten",
         "-keyout", "key.pem", "-out", "cert.pem"],
        cwd=folder, check=True, capture_output=True,
    )  # fmt: skip
    return folder / "cert.pem", folder / "key.pem"


def fault(source: tokens.TokenSource) -> TokenError:
    with pytest.raises(TokenError) as caught:
        source.token()
    return caught.value


def test_one_request_serves_all_until_shortly_before_the_token_ends(
    entra: Entra, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, got = entra.source(), list[str]()
    threads = [threading.Thread(target=lambda: got.append(source.token().text)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(got), len(set(got)), len(entra.requests)) == (8, 1, 1)
    assert entra.requests[0] == {
        "grant_type": "client_credentials",
        "client_id": CLIENT_ID,
        "scope": "https://outlook.office365.com/.default",
        "client_secret": "rätt-hemlighet",
    }
    now = time.monotonic()
    monkeypatch.setattr(tokens.time, "monotonic", lambda: now + 3600 - 301)
    assert source.token().text == got[0]
    monkeypatch.setattr(tokens.time, "monotonic", lambda: now + 3600 - 299)
    assert source.token().text != got[0]


def test_a_certificate_proves_who_asks_and_is_read_again_when_renewed(
    entra: Entra, pair: tuple[Path, Path], tmp_path: Path
) -> None:
    proof = ClientCertificate(tmp_path / "cert.pem", tmp_path / "key.pem")
    source = entra.source(proof)
    assert "cannot be read" in fault(source).what
    for file in pair:
        (tmp_path / file.name).write_bytes(file.read_bytes())
    told = fault(source)
    assert (told.temporary, "does not know the certificate" in told.what) == (False, True)
    assert f"upload {proof.certificate} (thumbprint {proof.thumbprint()})" in told.advice
    entra.certificate = pair[0]
    assert entra.is_good(source.token().text)
    assert proof.ends() is not None


def test_what_is_wrong_with_a_certificate_is_told(pair: tuple[Path, Path], tmp_path: Path) -> None:
    elliptic, its_key = certificate(tmp_path)
    locked = tmp_path / "locked.pem"
    subprocess.run(["openssl", "pkey", "-in", pair[1], "-aes256", "-passout", "pass:x", "-out", locked], check=True)
    for files, words in (
        ((pair[0], tmp_path / "none.pem"), "cannot be read"),
        ((pair[1], pair[1]), "holds no certificate"),
        ((pair[0], pair[0]), "holds no private key"),
        ((pair[0], locked), "locked by a password"),
        ((elliptic, its_key), "no RSA key"),
        ((elliptic, pair[1]), "does not belong"),
    ):
        with pytest.raises(ProofError, match=words):
            ClientCertificate(*files).checked()


@pytest.mark.parametrize(
    ("code", "what", "advice"),
    [
        (90002, "no tenant of this name", "Directory (tenant) ID"),
        (700016, "no application with this client_id", "Application (client) ID"),
        (7000215, "the client secret is wrong", "the secret's Value"),
        (7000222, "the client secret has expired", "make a new one"),
        (700027, "does not know the certificate", "upload the certificate"),
        (700024, "outside its time", "clock"),
        (1, "gives no token", "AADSTS"),
    ],
)
def test_each_of_entras_faults_says_what_to_do(entra: Entra, code: int, what: str, advice: str) -> None:
    entra.fault = (401, said(code, "Words of Entra's."), {})
    told = fault(entra.source())
    assert what in told.what
    assert f"AADSTS{code}: Words of Entra's." in told.what
    assert advice in told.advice
    assert (told.temporary, entra.secret in str(told)) == (False, False)


def test_a_clock_that_is_wrong_is_told_by_the_endpoints_own(entra: Entra) -> None:
    entra.fault = (401, said(700024, "Client assertion is not within its valid time range."), {})
    assert "minutes" not in fault(entra.source()).advice
    refused = tokenfaults.refused(entra.application(), 401, entra.fault[1], 15 * 60)
    assert refused.advice.startswith("set this machine's clock, which is 15 minutes ahead of the endpoint's")


def test_an_endpoint_that_is_asked_too_often_is_left_alone_as_long_as_it_says(
    entra: Entra, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = entra.source()
    entra.fault = (429, {"error": "temporarily_unavailable"}, {"Retry-After": "120"})
    told = fault(source)
    assert (told.temporary, told.wait_seconds) == (True, 120)
    entra.fault = None
    again = fault(source)
    assert (115 < again.wait_seconds <= 120, again.what) == (True, told.what)
    assert len(entra.requests) == 1
    now = time.monotonic()
    monkeypatch.setattr(tokens.time, "monotonic", lambda: now + 121)
    assert entra.is_good(source.token().text)
    entra.fault = (503, {}, {"Retry-After": formatdate(time.time() + 90, usegmt=True)})
    assert 60 < fault(entra.source()).wait_seconds <= 90


def test_an_endpoint_that_is_not_there_or_not_to_be_trusted(entra: Entra, tmp_path: Path) -> None:
    nobody = fault(entra.source(token_url=f"https://127.0.0.1:{free_port()}/token"))
    assert "is not reached: nothing listens on this port" in nobody.what
    assert "HTTPS_PROXY" in nobody.advice
    assert nobody.temporary
    stranger = fault(entra.source(ca_file=None))
    assert "it is for localhost, issued by localhost" in stranger.what
    assert "`ca_file`" in stranger.advice
    assert not stranger.temporary
    entra.fault = (302, {}, {"Location": entra.url})
    assert "HTTP 302" in fault(entra.source()).what
    assert len(entra.requests) == 1  # nobody follows to another place with a secret


def test_an_endpoint_that_never_answers_costs_bounded_time(entra: Entra, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever it is that hangs, be it the name service."""
    monkeypatch.setattr(tokens, "REQUEST_SECONDS", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        told = fault(entra.source(token_url=f"https://127.0.0.1:{silent.getsockname()[1]}/token"))
    assert (told.temporary, "the server does not answer" in told.what) == (True, True)
    with pytest.raises(TimeoutError):
        tokens.within(0.1, threading.Event().wait)
    with pytest.raises(ZeroDivisionError):
        tokens.within(10, lambda: 1 // 0)


def test_a_secret_is_read_again_for_each_token(entra: Entra, tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("gammal\n")
    source = entra.source(ClientSecret(file))
    assert "the client secret is wrong" in fault(source).what
    file.write_text(f"{entra.secret}\n")
    assert entra.is_good(source.token().text)


def test_a_token_that_is_refused_is_exchanged_unless_it_is_new(entra: Entra, monkeypatch: pytest.MonkeyPatch) -> None:
    source = entra.source()
    first = source.token()
    assert source.instead_of(first) is None
    now = time.monotonic()
    monkeypatch.setattr(tokens.time, "monotonic", lambda: now + tokens.NEW_SECONDS + 1)
    second = source.instead_of(first)
    assert second
    assert second != first
    assert source.instead_of(first) == second


# --- mail servers that demand XOAUTH2 --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def with_tokens() -> Iterator[tuple[Entra, Dovecot]]:
    """A Dovecot that asks the token server."""
    need(find("dovecot"), dovecot_server.INSTALL)
    with Entra() as entra, Dovecot(introspection=entra.introspection) as dovecot:
        yield entra, dovecot


def by_token(server: Server, entra: Entra, address: str) -> Server:
    entra.user = address
    return dataclasses.replace(server, username=address, password=None, tokens=entra.source())


def test_a_mailbox_is_opened_by_token_and_anew_before_the_token_ends(
    with_tokens: tuple[Entra, Dovecot], address: str
) -> None:
    """The watcher's connection, too; what came meanwhile is news."""
    entra, dovecot = with_tokens
    entra.life, before = 2.0, len(entra.requests)
    stop = threading.Event()
    with Inbox(by_token(dovecot.account(address), entra, address), "ekvik") as inbox:
        assert inbox.uids() == []
        began = time.monotonic()
        assert not inbox.wait(60, stop)
        assert time.monotonic() - began < 30
        dovecot.put(address, b"From: anna@example.org\r\nSubject: A\r\n\r\nHej.")
        assert inbox.wait(60, stop)
        assert inbox.uids() == [1]
    assert len(entra.requests) - before >= 2
    entra.life = 3600.0


def test_an_old_token_that_is_refused_is_exchanged_at_the_log_in(
    with_tokens: tuple[Entra, Dovecot], address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    entra, dovecot = with_tokens
    monkeypatch.setattr(tokens, "NEW_SECONDS", 0.0)
    server = by_token(dovecot.account(address), entra, address)
    with Rude(is_good=entra.is_good) as rude:
        smtp = dataclasses.replace(rude.account(), username=address, tokens=server.tokens)
        for _ in range(2):
            with Inbox(server, "ekvik") as inbox:
                assert inbox.uids() == []
            assert "logged in" in delivery.check(smtp)
            entra.revoke()
        assert rude.logins == 2


def test_a_token_that_is_right_for_another_mailbox_says_what_to_do(
    with_tokens: tuple[Entra, Dovecot], address: str
) -> None:
    entra, dovecot = with_tokens
    server = by_token(dovecot.account(address), entra, address)
    entra.user = "another@ekvik.example"
    with pytest.raises(InboxError) as caught:
        Inbox(server, "ekvik").connect()
    assert (caught.value.temporary, caught.value.sort) == (False, Sort.TOKEN)
    assert f"New-ServicePrincipal -AppId {CLIENT_ID} -ObjectId {OBJECT_ID}" in caught.value.advice
    assert (
        f"Add-MailboxPermission -Identity {address} -User {OBJECT_ID} -AccessRights FullAccess" in caught.value.advice
    )
    entra.fault = (401, said(7000222, "The provided client secret keys are expired."), {})
    with pytest.raises(InboxError, match="has expired") as ended:
        Inbox(by_token(dovecot.account(address), entra, address), "ekvik").connect()
    entra.fault = None
    assert (ended.value.temporary, ended.value.sort) == (False, Sort.TOKEN)
    assert "make a new one" in ended.value.advice


def test_a_server_that_takes_no_tokens_says_so(entra: Entra, dovecot: Dovecot, address: str) -> None:
    with pytest.raises(InboxError) as caught:
        Inbox(by_token(dovecot.account(address), entra, address), "ekvik").connect()
    assert "this server takes no tokens" in caught.value.advice
    with Rude() as rude, pytest.raises(DeliveryError) as refused:
        delivery.check(by_token(rude.account(), entra, address))
    assert "this server takes no tokens" in refused.value.advice


@pytest.mark.parametrize(
    ("answer", "roles", "advice"),
    [
        (
            "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox.",
            ("SMTP.SendAsApp",),
            "`Set-CASMailbox -Identity a@ekvik.example -SmtpClientAuthenticationDisabled $false`",
        ),
        ("535 5.7.3 Authentication unsuccessful", ("IMAP.AccessAsApp",), "lacks the permission SMTP.SendAsApp"),
        ("535 5.7.3 Authentication unsuccessful", ("SMTP.SendAsApp",), f"-ObjectId {OBJECT_ID}"),
        (
            "535 5.7.139 Authentication unsuccessful, user is locked by your organization's security defaults policy.",
            (),
            "security defaults",
        ),
    ],
)
def test_a_sender_that_is_refused_with_a_right_token(
    entra: Entra, answer: str, roles: tuple[str, ...], advice: str
) -> None:
    entra.roles = roles
    with Rude(is_good=lambda _: False, answers={"AUTH": answer}) as rude:
        server = dataclasses.replace(rude.account(), username="a@ekvik.example", tokens=entra.source())
        with pytest.raises(DeliveryError) as caught:
            delivery.check(server)
    assert advice in caught.value.advice
    assert (caught.value.temporary, caught.value.sort) == (False, Sort.TOKEN)
    assert len(entra.requests) == 1


def test_a_token_of_another_form_or_for_another_service() -> None:
    assert "does not let it into the mailbox a@b.se" in tokenrights.advice(
        Token("opaque", 0, 0), "a@b.se", Speech.IMAP, "NO"
    )


# --- servers that want to be left alone ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "answer", "seconds"),
    [
        ("SELECT", "NO Request is throttled. Suggested Backoff Time: 90123 milliseconds", 90.123),
        ("SELECT", "BAD Request is throttled. Suggested Backoff Time: 299961 milliseconds", 299.961),
        ("IDLE", "* BYE Request is throttled. Suggested Backoff Time: 5000 milliseconds", 5),
        ("AUTHENTICATE", "NO [LIMIT] Too many simultaneous connections", 60),
        ("IDLE", "* BYE Session invalidated - AccessTokenExpired", 0),
    ],
)
def test_a_mailbox_says_how_long_it_is_to_be_left_alone(
    entra: Entra, command: str, answer: str, seconds: float
) -> None:
    def work() -> None:
        with Inbox(server.account(entra.source(), "a@ekvik.example"), "ekvik") as inbox:
            inbox.uids()
            inbox.wait(10, threading.Event())

    with Unwilling({command: answer}) as server, pytest.raises(InboxError) as caught:
        work()
    assert (caught.value.wait_seconds, caught.value.temporary) == (pytest.approx(seconds), True)


def test_a_mail_that_a_throttled_mailbox_does_not_move_is_no_refused_one(entra: Entra) -> None:
    """It stays for the next round, and nobody is told that the folder is at fault."""
    with Unwilling() as server, Inbox(server.account(entra.source(), "a@ekvik.example"), "ekvik") as inbox:
        assert inbox.uids() == []
        server.answers["UID"] = "NO Request is throttled. Suggested Backoff Time: 7000 milliseconds"
        with pytest.raises(InboxError) as caught:
            inbox.file_away({"INBOX": [1, 2]})
    assert caught.value.wait_seconds == 7


def test_a_mailbox_that_stays_shut_behind_a_right_log_in_is_told_as_a_missing_right(entra: Entra) -> None:
    """Exchange answers so to each command where the application has no FullAccess."""
    shut = {"SELECT": "BAD User is authenticated but not connected."}
    with Unwilling(shut) as server, pytest.raises(InboxError) as caught:
        Inbox(server.account(entra.source(), "a@ekvik.example"), "ekvik").select()
    assert not caught.value.temporary
    assert f"Add-MailboxPermission -Identity a@ekvik.example -User {OBJECT_ID}" in caught.value.advice


@pytest.mark.parametrize(
    ("code", "text", "seconds"),
    [
        (432, "4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded", 60),
        (421, "4.3.2 The maximum number of concurrent connections has exceeded a limit", 60),
        (451, "4.3.2 concurrent connections limit exceeded", 60),
        (421, "4.7.0 mx.ekvik.example Error: too many connections from 192.0.2.7", 60),
        (554, "5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException; Failed to process message", 600),
        (550, "5.1.90 Your message can't be sent because you've reached your daily limit", 600),
        (550, "5.2.2 Mailbox full", 0),
        (250, "2.0.0 OK, submission quota left: 7", 0),
    ],
)
def test_a_mail_server_that_is_asked_too_much_blames_no_letter(code: int, text: str, seconds: float) -> None:
    assert answers.told_wait(code, text) == seconds
    if code >= 400 and code != answers.CLOSING:
        assert answers.is_about_us(answers.Step.DATA, code, text) == (seconds > 0)


def test_where_one_connection_is_too_much_the_other_takes_the_letters() -> None:
    class Once(dict[str, str]):
        def get(self, key: str, default: str = "") -> str:  # type: ignore[override]
            return self.pop(key, default)

    with Rude(answers=Once(DATA="432 4.3.2 sender thread limit exceeded")) as rude:
        outcomes: list[object] = []
        mails = [Envelope(n, "a@ekvik.example", f"p{n}@example.org", b"Subject: A\r\n\r\nA\r\n") for n in range(6)]
        delivery.deliver(rude.account(), mails, lambda _, outcome: outcomes.append(type(outcome)))
    assert (outcomes.count(Sent), outcomes.count(Deferred), rude.connections) == (5, 1, 2)


def test_an_endpoint_that_says_the_secret_again_brings_it_into_no_log(entra: Entra) -> None:
    for words in ("rätt-hemlighet is wrong", "client_secret=r%C3%A4tt-hemlighet is wrong"):
        entra.fault = (401, said(7000215, words), {})
        told = fault(entra.source())
        assert "hemlighet" not in f"{told.what} {told.advice} {told}"
        assert "… is wrong" in told.what


@pytest.mark.parametrize("token", [None, 5, "", "a\r\nb", "åäö", "\ud800", "a\0b"])
def test_what_no_header_can_carry_is_no_token(entra: Entra, token: object) -> None:
    entra.fault = (200, {"token_type": "Bearer", "access_token": token}, {})
    told = fault(entra.source())
    assert told.what.endswith("answers with HTTP 200, and not as a token endpoint does")
    assert told.temporary
