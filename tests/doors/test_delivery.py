"""The SMTP door against a real Postfix, and against servers that misbehave in every way."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import gc
import socket
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from service.doors import delivery, lines, smtp, tls, transfer
from service.doors.account import Security, Server
from service.doors.delivery import check, deliver
from service.doors.lines import Lines
from service.doors.smtp import DeliveryError
from service.doors.transfer import Deferred, Envelope, Outcome, Refused, Sent, Uncertain, Untried
from tests.servers.own import free_port

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tests.servers.mail_system import MailSystem
    from tests.servers.postfix import Postfix
    from tests.servers.sink import SmtpSink

SENDER = "synpunkten@ekvik.example"


def letter(text: str = "Tack för din synpunkt.", size: int = 0) -> bytes:
    long = ("x" * 76 + "\r\n") * (size // 78)
    return f"From: {SENDER}\r\nSubject: Kvitto\r\nMessage-ID: <1@ekvik.example>\r\n\r\n{text}\r\n{long}".encode()


def envelopes(*recipients: str, raw: bytes = b"", sender: str = SENDER) -> list[Envelope]:
    return [Envelope(number, sender, recipient, raw or letter()) for number, recipient in enumerate(recipients)]


class Outcomes(dict[str, Outcome]):
    """Every outcome by recipient; a second one for the same mail is a fault."""

    def note(self, envelope: Envelope, outcome: Outcome) -> None:
        assert envelope.recipient not in self
        self[envelope.recipient] = outcome


def delivered(server: Server, mails: Sequence[Envelope], connections: int = 2) -> Outcomes:
    outcomes = Outcomes()
    deliver(server, mails, outcomes.note, connections)
    assert set(outcomes) == {envelope.recipient for envelope in mails}
    return outcomes


@dataclass
class Behaviour:
    """An SMTP server's answers: by recipient, or to whatever is named; `cut` ends the connection at that command."""

    recipients: dict[str, str] = field(default_factory=dict)
    senders: dict[str, str] = field(default_factory=dict)
    asked: int = 0
    mail: str = "250 OK"
    data: str = "250 OK"
    cut: str = ""
    slow_recipient: str = ""
    connections: int = 0
    most_connections: int = 100
    received: list[tuple[str, str]] = field(default_factory=list)
    login_accepted: bool = True
    together: bool = False  # knows PIPELINING
    link: Any = None  # the latest connection, and the loop that it lives on

    async def handle_EHLO(  # noqa: N802 -- the library's name, as below
        self, server: Any, session: Any, envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        self.link = server.transport, asyncio.get_running_loop()
        session.host_name = hostname
        if self.connections > self.most_connections:
            return ["421 Too many connections"]
        return [responses[0], "250-PIPELINING", *responses[1:]] if self.together else responses

    async def handle_MAIL(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        self.asked += 1
        return self.senders.get(address, self.mail)

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if self.cut == "RCPT":
            server.transport.abort()
        if address == self.slow_recipient:
            await asyncio.sleep(600)
        answer = self.recipients.get(address, self.recipients.get("*", "250 OK"))
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.cut == "after the dot":
            server.transport.abort()
        if self.data.startswith("250"):
            self.received += [(envelope.mail_from, recipient) for recipient in envelope.rcpt_tos]
        return self.data

    def act(self, how: str) -> None:
        """What the server does on the latest connection though nobody has asked it for anything."""
        transport, loop = self.link
        done = threading.Event()

        def going() -> None:
            if how == "falls silent":
                transport.pause_reading()
            elif how == "says something":
                transport.write(b"250 2.0.0 By the way\r\n")
            else:
                transport.write(b"421 4.4.2 Idle for too long\r\n" if how == "says good-bye first" else b"")
                transport.close()
            loop.call_soon(done.set)

        loop.call_soon_threadsafe(going)
        assert done.wait(10)

    def authenticate(self, server: Any, session: Any, envelope: Any, mechanism: str, login: Any) -> AuthResult:
        return AuthResult(success=self.login_accepted, handled=False)


@contextlib.contextmanager
def serving(behaviour: Behaviour, **options: Any) -> Iterator[Server]:
    controller = Controller(
        behaviour,
        hostname="127.0.0.1",
        port=free_port(),
        server_hostname="mx.ekvik.example",
        auth_require_tls=False,
        authenticator=behaviour.authenticate,
        **options,
    )
    controller.start()
    try:
        yield Server("127.0.0.1", controller.port, Security.NONE)
    finally:
        controller.stop()


def test_mail_lands_in_the_mailboxes_of_the_recipients(mail_system: MailSystem) -> None:
    outcomes = delivered(mail_system.smtp(), envelopes("anna.ek@example.org", "bo@ekvik.example"))
    assert all(isinstance(outcome, Sent) and "queued as" in outcome.text for outcome in outcomes.values())
    for recipient in outcomes:
        [raw] = mail_system.mailbox(recipient, at_least=1)
        assert raw.endswith("\r\n\r\nTack för din synpunkt.\r\n".encode())
        assert f"Return-Path: <{SENDER}>".encode() in raw


def test_an_automatic_mail_has_the_null_sender(mail_system: MailSystem) -> None:
    delivered(mail_system.smtp(), envelopes("null@example.org", sender=""))
    [raw] = mail_system.mailbox("null@example.org", at_least=1)
    assert b"Return-Path: <>" in raw


def test_one_recipients_fault_holds_no_other_up(mail_system: MailSystem) -> None:
    outcomes = delivered(
        mail_system.smtp(),
        envelopes("refused@example.org", "eva@example.org", "deferred@example.org", "ulf@example.org"),
        connections=1,
    )
    refused, deferred = outcomes["refused@example.org"], outcomes["deferred@example.org"]
    assert isinstance(refused, Refused)
    assert refused.code == 550
    assert "No such user here" in refused.text
    assert isinstance(deferred, Deferred)
    assert deferred.code == 451
    for recipient in ("eva@example.org", "ulf@example.org"):
        assert isinstance(outcomes[recipient], Sent)
        assert len(mail_system.mailbox(recipient, at_least=1)) == 1


def test_starttls_needs_a_trusted_certificate(postfix: Postfix, monkeypatch: pytest.MonkeyPatch) -> None:
    outcomes = Outcomes()
    with pytest.raises(DeliveryError, match="certificate") as caught:
        deliver(postfix.account(Security.STARTTLS), envelopes("tls@example.org"), outcomes.note)
    assert not caught.value.temporary
    assert isinstance(outcomes["tls@example.org"], Untried)
    monkeypatch.setenv("SSL_CERT_FILE", str(postfix.certificate))
    assert isinstance(
        delivered(postfix.account(Security.STARTTLS), envelopes("tls@example.org"))["tls@example.org"], Sent
    )


def test_a_server_without_starttls_gets_nothing(smtp_sink: SmtpSink) -> None:
    server = dataclasses.replace(smtp_sink.account(), security=Security.STARTTLS)
    outcomes = Outcomes()
    with pytest.raises(DeliveryError, match="STARTTLS") as caught:
        deliver(server, envelopes("tls@example.org"), outcomes.note)
    assert not caught.value.temporary
    assert isinstance(outcomes["tls@example.org"], Untried)


@pytest.mark.parametrize(
    ("behaviour", "expected"),
    [
        (Behaviour(recipients={"a@x.se": "450 4.7.1 Greylisted"}), Deferred(450, "4.7.1 Greylisted")),
        (Behaviour(recipients={"a@x.se": "550 5.1.1 Unknown"}), Refused(550, "5.1.1 Unknown")),
        (Behaviour(mail="552 5.3.4 Too large"), Refused(552, "5.3.4 Too large")),
        (Behaviour(data="451 4.7.0 Try later"), Deferred(451, "4.7.0 Try later")),
        (Behaviour(data="554 5.7.1 Spam"), Refused(554, "5.7.1 Spam")),
        (Behaviour(data="200 What?"), Uncertain("200 What?")),
        (Behaviour(data="999 What?"), Uncertain("999 What?")),
        (Behaviour(data="421 4.7.0 Closing"), Untried("421 4.7.0 Closing", in_hand=True)),
        (Behaviour(cut="RCPT"), Untried("Unexpected EOF received", in_hand=True)),
        (Behaviour(cut="after the dot"), Uncertain("Unexpected EOF received")),
    ],
    ids=["4xx recipient", "5xx recipient", "too large", "4xx mail", "5xx mail", "nonsense", "no code", "closing",
         "cut before", "cut after the dot"],
)  # fmt: skip
@pytest.mark.parametrize("together", [False, True], ids=["one by one", "together"])
def test_every_answer_has_its_outcome(behaviour: Behaviour, expected: Outcome, together: bool) -> None:
    with serving(dataclasses.replace(behaviour, together=together)) as server:
        assert delivered(server, envelopes("a@x.se")) == {"a@x.se": expected}


def test_commands_leave_together_where_the_server_knows_that_and_a_refused_one_spoils_no_other_letter() -> None:
    behaviour = Behaviour(recipients={"b@x.se": "550 5.1.1 Unknown"}, together=True)
    with serving(behaviour) as server:
        outcomes = delivered(server, envelopes("a@x.se", "b@x.se", "c@x.se"), connections=1)
    assert [type(outcomes[to]) for to in ("a@x.se", "b@x.se", "c@x.se")] == [Sent, Refused, Sent]
    assert behaviour.connections == 1


@contextlib.contextmanager
def saying(*answers: bytes) -> Iterator[tuple[Server, list[bytes]]]:
    """A server that gives one answer after the other, each to whatever comes; and what came."""
    heard: list[bytes] = []

    def speak() -> None:
        link, _ = listener.accept()
        with link:
            for answer in answers:
                link.sendall(answer)
                heard.append(link.recv(10_000))
            while more := link.recv(10_000):
                heard.append(more)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(10)
        thread = threading.Thread(target=speak)
        thread.start()
        yield Server("127.0.0.1", listener.getsockname()[1], Security.NONE), heard
        thread.join(10)
        assert not thread.is_alive()


_HELLO = (b"220 hello\r\n", b"250-hello\r\n250 PIPELINING\r\n")


def test_a_server_that_waits_for_the_content_of_a_refused_letter_gets_none() -> None:
    """RFC 2920, 3.1: it may go on to DATA though it has refused the only recipient before."""
    with saying(*_HELLO, b"250 ok\r\n550 5.1.1 Unknown\r\n354 go ahead\r\n") as (server, heard):
        assert delivered(server, envelopes("a@x.se")) == {"a@x.se": Refused(550, "5.1.1 Unknown")}
    assert [line.split()[0] for line in heard[1].split(b"\r\n") if line] == [b"MAIL", b"RCPT", b"DATA"]
    assert b"".join(heard[2:]) == b""


def test_what_a_server_says_before_it_hangs_up_counts() -> None:
    with saying(*_HELLO, b"421 4.7.0 Going\r\n") as (server, _):
        assert delivered(server, envelopes("a@x.se"), connections=1) == {
            "a@x.se": Untried("421 4.7.0 Going", in_hand=True)
        }


def test_an_answer_that_is_none_refuses_no_letter() -> None:
    answers = b"250 ok\r\nwhat?\r\n503 no recipient\r\n", b"250 forgotten\r\n", b"221 bye\r\n"
    with saying(*_HELLO, *answers) as (server, _):
        assert delivered(server, envelopes("a@x.se")) == {"a@x.se": Deferred(-1, "what?")}


def test_an_answers_control_characters_go_no_further() -> None:
    """PostgreSQL stores no NUL: an outcome that could never be noted kept every later letter back."""
    with saying(*_HELLO, b"250 ok\r\n550 5.1.1 who\x00\x1b[2J\xc2\x85?\r\n503 bad\r\n", b"250 ok\r\n") as (server, _):
        assert delivered(server, envelopes("a@x.se")) == {"a@x.se": Refused(550, "5.1.1 who  [2J ?")}


def test_an_answer_that_nothing_asked_for_is_not_the_answer_to_the_letter() -> None:
    """Else a letter that the server refuses after the final dot counts as sent."""
    with saying(*_HELLO, b"250 ok\r\n250 ok\r\n354 go ahead\r\n250 early\r\n", b"552 5.3.4 Too large\r\n") as (
        server,
        heard,
    ):
        outcomes = delivered(server, envelopes("a@x.se"))
    assert outcomes == {"a@x.se": Untried("the server answers unasked", in_hand=True)}
    assert b"Subject" not in b"".join(heard)


def test_a_server_that_answers_twice_is_left_and_the_next_letter_goes_over_another_connection() -> None:
    behaviour = Behaviour(data="250 taken\r\n550 5.1.1 not this one", together=True)
    with serving(behaviour) as server:
        outcomes = delivered(server, envelopes("a@x.se", "b@x.se"), connections=1)
    assert outcomes == {"a@x.se": Sent("taken"), "b@x.se": Sent("taken")}
    assert behaviour.connections == 2


def test_an_answer_whose_lines_say_different_things_is_none() -> None:
    """RFC 5321, 4.2.1: every line of a reply begins with the same code."""
    answers = b"250 ok\r\n250 ok\r\n354 go ahead\r\n", b"550-no such user\r\n250 ok\r\n"
    with saying(*_HELLO, *answers) as (server, _):
        assert delivered(server, envelopes("a@x.se")) == {"a@x.se": Uncertain("-1 no such user\nok")}


@pytest.mark.parametrize("raw", [b".\r\n..\r\nslut.\r\n", b"a\n.b\rc\r\n\r\n", b"utan radslut"])
def test_dots_and_line_ends_arrive_as_they_should(raw: bytes) -> None:
    content = b"".join(transfer.content(raw))
    assert content.endswith(b"\r\n.\r\n")
    lines = content.removesuffix(b".\r\n").split(b"\r\n")
    assert all(b"\n" not in line and b"\r" not in line for line in lines)
    assert all(not line.startswith(b".") or line.startswith(b"..") for line in lines)
    told = b"\r\n".join(line[1:] if line.startswith(b".") else line for line in lines)
    ends = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n").removesuffix(b"\n") + b"\n"
    assert told == ends.replace(b"\n", b"\r\n")


ABOUT_THE_SENDER = [
    # how servers say that this account may not send, or not now
    Behaviour(mail="550 5.7.60 SMTP; Client does not have permissions to send as this sender"),
    Behaviour(mail="553 5.7.1 Not your address"),
    Behaviour(mail="452 4.3.1 Insufficient system storage"),
    Behaviour(mail="450 4.7.1 Error: too much mail from 192.0.2.1"),
    Behaviour(mail="501 Sender not allowed"),
    Behaviour(recipients={"*": "553 5.7.1 <a@b>: Sender address rejected: not owned by user synpunkten"}),
    Behaviour(recipients={"*": "550 5.1.8 <a@b>: Sender address rejected: Domain not found"}),
    Behaviour(recipients={"*": "554 5.7.1 <c@d>: Relay access denied"}),
    Behaviour(recipients={"*": "450 4.7.1 Client host rejected: cannot find your hostname"}),
    Behaviour(recipients={"*": "550 relay not permitted, authentication required"}),
    Behaviour(
        recipients={"*": "554 5.7.1 Service unavailable; Client host [192.0.2.5] blocked using zen.spamhaus.org"}
    ),
    Behaviour(recipients={"*": "550 rejected because 192.0.2.5 is in a black list at bl.example"}),
    Behaviour(data="554 5.2.0 STOREDRV.Submission.Exception:SendAsDeniedException.MapiExceptionSendAsDenied"),
    Behaviour(data="550 5.1.8 Access denied, bad outbound sender AS(42004)"),
    Behaviour(data="554 5.2.252 SendAsDenied; a not allowed to send as b"),
    Behaviour(data="550 5.1.90 Your message can't be sent because you've reached your daily limit for recipients"),
    Behaviour(data="550 5.7.705 Access denied, tenant has exceeded threshold"),
    Behaviour(data="550 5.4.5 Daily user sending limit exceeded"),
    Behaviour(data="550 Domain ekvik.example has exceeded the max emails per hour (200/200 (100%)) allowed"),
]


@pytest.mark.parametrize("behaviour", ABOUT_THE_SENDER, ids=lambda b: (b.mail + b.data + str(b.recipients))[:60])
def test_what_is_said_of_the_sender_gives_no_letter_up(behaviour: Behaviour) -> None:
    """All wait, the fault is told, and the server is not asked for each of them."""
    outcomes = Outcomes()
    recipients = [f"{number}@x.se" for number in range(10)]
    with serving(behaviour) as server, pytest.raises(DeliveryError) as caught:
        deliver(server, envelopes(*recipients), outcomes.note, connections=1)
    assert set(outcomes) == set(recipients)
    assert {type(outcome) for outcome in outcomes.values()} == {Untried}
    assert behaviour.asked == delivery.ENOUGH_DOUBTS
    assert behaviour.received == []
    assert str(caught.value).startswith("127.0.0.1:")


ABOUT_THE_RECIPIENT = [
    "550 5.1.1 <a@b>: Recipient address rejected: User unknown in local recipient table",
    "550 5.2.1 The email account that you tried to reach is disabled",
    "552 5.2.2 Mailbox full, user over quota",
    "550 No such user here",
    "554 5.7.1 <a@b>: Recipient address rejected: Access denied",
    "450 4.2.0 <a@b>: Recipient address rejected: Greylisted",
    "550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required; Delivery restriction",
    "550 5.7.1 RESOLVER.RST.AuthRequired; authentication required",
    "550 5.7.129 RESOLVER.RST.RestrictedToRecipientsPermission; not authorized to send",
]


@pytest.mark.parametrize("answer", ABOUT_THE_RECIPIENT)
def test_what_is_said_of_the_recipient_is_the_letters_own(answer: str) -> None:
    with serving(Behaviour(recipients={"a@x.se": answer})) as server:
        outcomes = delivered(server, envelopes("a@x.se"))
    code, _, text = answer.partition(" ")
    expected = Refused if code[0] == "5" else Deferred
    assert outcomes == {"a@x.se": expected(int(code), text)}


@pytest.mark.parametrize(
    "answer",
    [
        "552 5.3.4 Message size exceeds fixed limit",
        "552 5.2.3 Message exceeds maximum fixed size",
        "552 Message size exceeds the limit of this account",
        "554 5.6.9 UTF-8 header message can't be transmitted",
    ],
)
def test_what_is_said_of_the_letters_size_is_its_own(answer: str) -> None:
    with serving(Behaviour(data=answer)) as server:
        outcomes = delivered(server, envelopes("a@x.se"))
    assert outcomes == {"a@x.se": Refused(int(answer[:3]), answer[4:])}


def test_words_about_the_sender_that_only_one_letter_meets_are_that_letters_own() -> None:
    """A server that relays while we wait hands on its neighbour's words: the others leave, this one is tried again."""
    told = "554 5.7.1 <a@x.se>: Relay access denied"
    with serving(Behaviour(recipients={"a@x.se": told})) as server:
        outcomes = delivered(server, envelopes("a@x.se", "b@x.se", "c@x.se"), connections=1)
    assert outcomes["a@x.se"] == Deferred(554, told[4:])
    assert [type(outcomes[to]) for to in ("b@x.se", "c@x.se")] == [Sent, Sent]


def test_whether_the_content_or_the_address_was_refused_is_told() -> None:
    with serving(Behaviour(data="550 5.7.1 Not like this", recipients={"b@x.se": "550 5.1.1 Who?"})) as server:
        outcomes = delivered(server, envelopes("a@x.se", "b@x.se"))
    assert [(to, out.by_content) for to, out in sorted(outcomes.items()) if isinstance(out, Refused)] == [
        ("a@x.se", True),
        ("b@x.se", False),
    ]


def test_each_sender_fares_by_itself() -> None:
    """Automatic letters have no sender, answers have the mailbox: one may be refused while the other passes."""
    outcomes = Outcomes()
    mixed = [*envelopes("a@x.se", "b@x.se"), *envelopes("c@x.se", "d@x.se", sender="")]
    with serving(Behaviour(senders={"<>": "550 5.7.60 Not as this sender"})) as server, pytest.raises(DeliveryError):
        deliver(server, mixed, outcomes.note)
    assert [type(outcomes[f"{x}@x.se"]) for x in "abcd"] == [Sent, Sent, Untried, Untried]


def test_the_check_asks_whether_the_account_may_send_as_this_address() -> None:
    refusing = Behaviour(mail="550 5.7.60 Client does not have permissions to send as this sender")
    with serving(refusing) as server, pytest.raises(DeliveryError, match=r"5\.7\.60"):
        check(server, SENDER)


def test_after_a_lost_connection_the_others_go_over_a_new_one() -> None:
    behaviour = Behaviour(cut="after the dot")

    def mend(envelope: Envelope, outcome: Outcome) -> None:
        outcomes.note(envelope, outcome)
        behaviour.cut = ""

    outcomes = Outcomes()
    with serving(behaviour) as server:
        deliver(server, envelopes("a@x.se", "b@x.se", "c@x.se"), mend, connections=1)
    assert [type(outcome) for outcome in outcomes.values()] == [Uncertain, Sent, Sent]
    assert behaviour.received == [
        (SENDER, "a@x.se"),
        (SENDER, "b@x.se"),
        (SENDER, "c@x.se"),
    ]  # so the first was uncertain
    assert behaviour.connections == 2


def test_a_server_that_is_silent_after_a_recipient_holds_up_that_mail_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "COMMAND_SECONDS", 0.3)
    with serving(Behaviour(slow_recipient="a@x.se")) as server:
        outcomes = delivered(server, envelopes("a@x.se", "b@x.se"), connections=1)
    assert isinstance(outcomes["a@x.se"], Untried)
    assert isinstance(outcomes["b@x.se"], Sent)


def test_connections_are_reused_and_renewed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "MAILS_A_CONNECTION", 4)
    behaviour = Behaviour()
    recipients = [f"{number}@x.se" for number in range(10)]
    with serving(behaviour) as server:
        delivered(server, envelopes(*recipients), connections=1)
    assert sorted(recipient for _, recipient in behaviour.received) == recipients
    assert behaviour.connections == 3


@contextlib.contextmanager
def kept(server: Server) -> Iterator[tuple[Lines, Callable[..., Outcomes]]]:
    """Connections that last, and a delivery over one of them."""
    over = Lines(server)

    def hand_over(*recipients: str) -> Outcomes:
        outcomes = Outcomes()
        deliver(server, envelopes(*recipients), outcomes.note, 1, lines=over)
        return outcomes

    try:
        yield over, hand_over
    finally:
        over.close()


def test_a_connection_lasts_from_one_delivery_to_the_next_and_no_longer_than_it_is_told() -> None:
    behaviour = Behaviour()
    with serving(behaviour) as server, kept(server) as (over, hand_over):
        hand_over("a@x.se")
        over.rest(60)
        hand_over("b@x.se")
        assert behaviour.connections == 1
        over.rest(0)
        hand_over("c@x.se")
    assert behaviour.connections == 2
    assert [to for _, to in behaviour.received] == ["a@x.se", "b@x.se", "c@x.se"]


@pytest.mark.parametrize("goes", ["hangs up", "says good-bye first", "falls silent", "says something"])
def test_a_kept_connection_that_the_server_has_left_costs_no_letter(goes: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "_TRUSTED_SECONDS", 0.0)
    monkeypatch.setattr(smtp, "_NOOP_SECONDS", 0.2)
    monkeypatch.setattr(smtp, "COMMAND_SECONDS", 1.0)
    behaviour = Behaviour()
    with serving(behaviour) as server, kept(server) as (_, hand_over):
        assert isinstance(hand_over("a@x.se")["a@x.se"], Sent)
        behaviour.act(goes)
        assert isinstance(hand_over("b@x.se")["b@x.se"], Sent)
    assert [to for _, to in behaviour.received] == ["a@x.se", "b@x.se"]
    assert behaviour.connections == 2


def test_after_a_fault_of_the_account_no_connection_is_kept() -> None:
    behaviour = Behaviour(mail="530 5.7.0 Authentication required")
    with serving(behaviour) as server, kept(server) as (_, hand_over):
        with pytest.raises(DeliveryError, match="530"):
            hand_over("a@x.se")
        behaviour.mail = "250 OK"
        assert isinstance(hand_over("b@x.se")["b@x.se"], Sent)
    assert behaviour.connections == 2


def test_a_server_that_allows_one_connection_gets_all_over_that() -> None:
    behaviour = Behaviour(most_connections=1)
    recipients = [f"{number}@x.se" for number in range(5)]
    with serving(behaviour) as server:
        outcomes = delivered(server, envelopes(*recipients), connections=3)
    assert all(isinstance(outcome, Sent) for outcome in outcomes.values())


@pytest.mark.parametrize("login_accepted", [True, False])
def test_a_refused_log_in_defers_everything_and_is_told_once(login_accepted: bool) -> None:
    with serving(Behaviour(login_accepted=login_accepted)) as plain:
        server = dataclasses.replace(plain, username=SENDER, password="hemligt")
        if login_accepted:
            assert isinstance(delivered(server, envelopes("a@x.se"))["a@x.se"], Sent)
            return
        outcomes = Outcomes()
        with pytest.raises(DeliveryError, match="535") as caught:
            deliver(server, envelopes("a@x.se", "b@x.se", "c@x.se"), outcomes.note)
        with pytest.raises(DeliveryError, match="535"):
            check(server)
    assert not caught.value.temporary
    assert "hemligt" not in f"{caught.value} {server!r}"
    assert {type(outcome) for outcome in outcomes.values()} == {Untried}
    assert len(outcomes) == 3


def test_a_server_that_wants_a_log_in_is_the_accounts_fault() -> None:
    outcomes = Outcomes()
    refusing = Behaviour(mail="530 5.7.0 Authentication required")
    with serving(refusing) as server, pytest.raises(DeliveryError, match="530") as caught:
        deliver(server, envelopes("a@x.se", "b@x.se"), outcomes.note)
    assert not caught.value.temporary
    assert [type(outcome) for outcome in outcomes.values()] == [Untried, Untried]


def test_nobody_listening_defers_everything() -> None:
    outcomes = Outcomes()
    with pytest.raises(DeliveryError) as caught:
        deliver(Server("127.0.0.1", free_port(), Security.NONE), envelopes("a@x.se", "b@x.se"), outcomes.note)
    assert caught.value.temporary
    assert [type(outcome) for outcome in outcomes.values()] == [Untried, Untried]


def test_told_to_stop_while_connecting_leaves_no_connection_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is left open is told by the collector, and a warning fails the test."""
    monkeypatch.setattr(delivery, "STOP_SECONDS", 0.1)
    outcomes, stop = Outcomes(), threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        threading.Timer(0.3, stop.set).start()
        server = Server("127.0.0.1", silent.getsockname()[1], Security.NONE)
        deliver(server, envelopes("a@x.se"), outcomes.note, stop=stop)
    gc.collect()
    assert outcomes == {"a@x.se": Untried("told to stop")}


def test_a_server_that_never_greets_defers_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "CONNECT_SECONDS", 0.3)
    monkeypatch.setattr(tls, "PROBE_SECONDS", 0.3)  # whether it waits for TLS
    outcomes = Outcomes()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        server = Server("127.0.0.1", silent.getsockname()[1], Security.NONE)
        with pytest.raises(DeliveryError, match="does not answer") as caught:
            deliver(server, envelopes("a@x.se"), outcomes.note)
    assert caught.value.temporary
    assert isinstance(outcomes["a@x.se"], Untried)


@pytest.mark.parametrize(("greeting", "temporary"), [(b"421 Busy\r\n", True), (b"554 Go away\r\n", False)])
def test_a_greeting_that_is_no_welcome(greeting: bytes, temporary: bool) -> None:
    with socket.create_server(("127.0.0.1", 0)) as rude:

        def greet() -> None:
            link, _ = rude.accept()
            with link:
                link.sendall(greeting)
                link.recv(100)

        thread = threading.Thread(target=greet)
        thread.start()
        with pytest.raises(DeliveryError) as caught:
            check(Server("127.0.0.1", rude.getsockname()[1], Security.NONE))
        thread.join()
    assert caught.value.temporary is temporary


def test_a_mail_over_the_servers_limit_is_refused_without_being_sent() -> None:
    behaviour = Behaviour()
    with serving(behaviour, data_size_limit=10_000) as server:
        large, small = envelopes("stor@x.se", "liten@x.se")
        outcomes = delivered(server, [dataclasses.replace(large, raw=letter(size=20_000)), small])
    refusal = outcomes["stor@x.se"]
    assert isinstance(refusal, Refused)
    assert refusal.code == 552
    assert "högst 0,0 MB" in refusal.text
    assert behaviour.received == [(SENDER, "liten@x.se")]


@pytest.mark.parametrize(
    ("address", "utf8", "on_the_wire"),
    [
        ("åsa@x.se", True, "åsa@x.se"),
        ("åsa@x.se", False, None),
        ("asa@räddningstjänsten.se", False, "asa@xn--rddningstjnsten-0kbj.se"),
        ("åsa@räddningstjänsten.se", True, "åsa@xn--rddningstjnsten-0kbj.se"),
        ("a@x.se, b@x.se", True, None),
        ("Anna <a@x.se>", True, None),
        ("a@x.se> SIZE=1 <b@x.se", True, None),
        ("a(kommentar)@x.se", True, None),
        ("a@x.se\r\nRCPT TO:<b@x.se>", True, None),
        ("a\x00b@x.se", True, None),
        ("a@\udce5.se", True, None),
        ("", True, None),
    ],
)
def test_an_address_goes_out_as_it_is_or_not_at_all(address: str, utf8: bool, on_the_wire: str | None) -> None:
    behaviour = Behaviour()
    with serving(behaviour, enable_SMTPUTF8=utf8) as server:
        outcome = delivered(server, envelopes(address))[address]
    if on_the_wire is None:
        assert isinstance(outcome, Refused)
        assert outcome.code == 553
        assert behaviour.received == []
    else:
        assert isinstance(outcome, Sent)
        assert behaviour.received == [(SENDER, on_the_wire)]


def test_nothing_to_deliver_needs_no_server() -> None:
    deliver(Server("127.0.0.1", 1, Security.NONE), [], Outcomes().note)


def test_the_check_tells_what_the_server_takes(postfix: Postfix) -> None:
    assert check(postfix.account()).endswith("no log-in, security none, mails up to 40 MB")


def test_no_address_or_text_is_in_the_repr_of_an_envelope() -> None:
    assert repr(envelopes("anna@example.org")[0]) == "Envelope(id=0)"
