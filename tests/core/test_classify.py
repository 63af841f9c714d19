"""Who writes and what for, and which case a mail points to."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from service.core.cases import Case
from service.core.classify import Context, Match, Role, classify, match_case, tokens_of
from service.core.message import Absence, Address, Authentication, Bounce, Kind, Message
from service.core.rules.rulebook import RuleBook
from service.core.tokens import make_message_id
from tests.core.values import ANNA, BO, MAILBOX, MARIA, NUMBER, SECRET, a_book, a_case, a_mail

OTHER = "EKV-26-00002-E"
THIRD = "EKV-26-00003-G"
FOREIGN = "KLI-26-00001-H"
GENUINE = (Authentication("mx.ekvik.example", "mx.ekvik.example; dmarc=pass header.from=ekvik.example", 0),)
FORGED = (Authentication("mx.evil.example", "mx.evil.example; dmarc=pass header.from=ekvik.example", 0),)


def token(to: str = ANNA, number: str = NUMBER, kind: str = "receipt", secret: bytes = SECRET) -> str:
    return make_message_id(secret, kind, number, "0123456789ab", to, "ekvik.example")


def role(
    message: Message, book: RuleBook, case: Case | None = None, by: str = "number", own: frozenset[str] | None = None
) -> Role:
    match = Match(case.number, by) if case else Match()
    ctx = Context(case, match, frozenset({MAILBOX}) if own is None else own, SECRET)
    return classify(message, ctx, book).role


CASE = a_case()
TABLE: list[Any] = [
    # who, in which case, with what proof
    pytest.param(a_mail(), None, Role.NEW, id="a citizen, about nothing"),
    pytest.param(a_mail(), CASE, Role.SUBMITTER, id="the submitter"),
    pytest.param(a_mail(ANNA.upper()), CASE, Role.SUBMITTER, id="the submitter in other letters"),
    pytest.param(a_mail("granne@example.org"), CASE, Role.STRANGER, id="somebody else with the number (S38)"),
    pytest.param(
        a_mail("anna@jobbet.example", in_reply_to=token("anna@jobbet.example")),
        CASE,
        Role.SUBMITTER,
        id="another address of the submitter's that we wrote to",
    ),
    pytest.param(
        a_mail("granne@example.org", in_reply_to=token(ANNA)), CASE, Role.STRANGER, id="a forwarded letter of ours"
    ),
    pytest.param(
        a_mail("granne@example.org", in_reply_to=token("granne@example.org", OTHER)),
        CASE,
        Role.STRANGER,
        id="a token of another case",
    ),
    pytest.param(a_mail(None), None, Role.NEW, id="no sender"),
    pytest.param(a_mail(None), CASE, Role.STRANGER, id="no sender, with the number"),
    pytest.param(a_mail(MAILBOX), None, Role.OWN, id="ourselves"),
    pytest.param(a_mail(MAILBOX.upper()), CASE, Role.OWN, id="ourselves in other letters"),
    # machines
    pytest.param(a_mail(kind=Kind.BOUNCE, bounce=Bounce(ANNA, "5.1.1", "failed")), CASE, Role.BOUNCE, id="bounce"),
    pytest.param(a_mail(MAILBOX, kind=Kind.BOUNCE, bounce=Bounce()), CASE, Role.BOUNCE, id="a bounce from ourselves"),
    pytest.param(a_mail(kind=Kind.AUTO_REPLY), CASE, Role.MACHINE, id="the submitter's machine (S32)"),
    pytest.param(a_mail(kind=Kind.AUTO_REPLY), None, Role.MACHINE, id="a machine about nothing"),
    pytest.param(
        a_mail(BO, kind=Kind.AUTO_REPLY, absence=Absence(), in_reply_to=token(BO)), CASE, Role.MACHINE, id="away (S17)"
    ),
    pytest.param(a_mail(kind=Kind.BULK), None, Role.MACHINE, id="a newsletter"),
    pytest.param(a_mail(BO, kind=Kind.CALENDAR, in_reply_to=token(BO)), CASE, Role.MACHINE, id="an invitation"),
    pytest.param(a_mail(kind=Kind.EMPTY), None, Role.NEW, id="an empty mail"),
    # staff
    pytest.param(a_mail(BO, in_reply_to=token(BO)), CASE, Role.OFFICER, id="the officer with a token"),
    pytest.param(a_mail(BO, references=(token(BO), "<x@y>")), CASE, Role.OFFICER, id="the token among the references"),
    pytest.param(a_mail(BO, authentication=GENUINE), CASE, Role.OFFICER, id="the officer by the own server"),
    pytest.param(a_mail(BO), CASE, Role.UNPROVEN_STAFF, id="the officer without proof (S39)"),
    pytest.param(a_mail(BO, authentication=FORGED), CASE, Role.UNPROVEN_STAFF, id="with a stranger's proof"),
    pytest.param(a_mail(BO, in_reply_to=token(MARIA)), CASE, Role.UNPROVEN_STAFF, id="with a colleague's token"),
    pytest.param(a_mail(BO, in_reply_to=token(BO, OTHER)), CASE, Role.UNPROVEN_STAFF, id="with another case's token"),
    pytest.param(
        a_mail(BO, in_reply_to=token(BO, secret=b"other")), CASE, Role.UNPROVEN_STAFF, id="with a forged token"
    ),
    pytest.param(
        a_mail("ny@ekvik.example", in_reply_to=token("ny@ekvik.example")), CASE, Role.OFFICER, id="of the domain"
    ),
    pytest.param(a_mail("ny@sub.ekvik.example"), CASE, Role.STRANGER, id="of a domain below"),
    pytest.param(a_mail(BO), None, Role.NEW, id="staff with feedback of their own (S36)"),
    pytest.param(a_mail(BO, "#AVSLUTA"), None, Role.STAFF_WITHOUT_CASE, id="commands about no case"),
    pytest.param(a_mail(BO, "\n  #SVAR\nHej"), None, Role.STAFF_WITHOUT_CASE, id="indented commands about no case"),
    pytest.param(a_mail(BO, "Hej\n#ekvik"), None, Role.NEW, id="a hashtag in feedback"),
    pytest.param(a_mail(ANNA, "#AVSLUTA"), None, Role.NEW, id="a citizen's hashtag"),
    pytest.param(a_mail(ANNA, "#AVSLUTA"), CASE, Role.SUBMITTER, id="a citizen's command"),
]


@pytest.mark.parametrize(("message", "case", "expected"), TABLE)
def test_the_role_of_a_mail(ekvik: RuleBook, message: Message, case: Case | None, expected: Role) -> None:
    assert role(message, ekvik, case) is expected


def test_s36_an_employee_is_the_submitter_of_an_own_case_and_still_an_officer_of_it(ekvik: RuleBook) -> None:
    """Feedback of one's own needs no proof; commands in a case that one also has do."""
    own = a_case(submitter=replace(CASE.submitter, email=MARIA))
    assert role(a_mail(MARIA), ekvik, own) is Role.SUBMITTER
    both = replace(own, officer=MARIA)
    assert role(a_mail(MARIA), ekvik, both) is Role.UNPROVEN_STAFF
    assert role(a_mail(MARIA, in_reply_to=token(MARIA)), ekvik, both) is Role.OFFICER


def test_a_form_comes_before_the_guard_against_machines_and_ourselves(ekvik: RuleBook) -> None:
    text = "Vad gäller det?\nFörskola\nDin synpunkt\nGrinden går inte att stänga.\nNamn\nPetra Holm"
    form = a_mail(
        "noreply@ekvik.example", text, subject="Synpunkter och klagomål", kind=Kind.AUTO_REPLY, auto_submitted=True
    )
    assert role(form, ekvik) is Role.FORM
    assert role(form, ekvik, own=frozenset({"noreply@ekvik.example"})) is Role.FORM
    assert role(replace(form, subject="Frånvaro"), ekvik) is Role.MACHINE


@pytest.mark.parametrize(
    ("setting", "proved_by"),
    [
        ("token", {"token", "both"}),
        ("dmarc", {"dmarc", "both"}),
        ("either", {"token", "dmarc", "both"}),
        ("both", {"both"}),
    ],
)
def test_hjo_14_what_proves_staff_is_a_setting(ekvik: RuleBook, setting: str, proved_by: set[str]) -> None:
    book = a_book(ekvik, staff_proof=setting)
    mails = {
        "nothing": a_mail(BO),
        "token": a_mail(BO, in_reply_to=token(BO)),
        "dmarc": a_mail(BO, authentication=GENUINE),
        "both": a_mail(BO, in_reply_to=token(BO), authentication=GENUINE),
    }
    assert {name for name, mail in mails.items() if role(mail, book, CASE) is Role.OFFICER} == proved_by


# --- which case ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mail", "threads", "expected"),
    [
        pytest.param({}, [], Match(), id="nothing"),
        pytest.param({"in_reply_to": token()}, [], Match(NUMBER, "token"), id="token"),
        pytest.param({}, [NUMBER], Match(NUMBER, "thread"), id="thread"),
        pytest.param({"case_numbers": (NUMBER,)}, [], Match(NUMBER, "number"), id="number"),
        pytest.param(
            {"in_reply_to": token(), "case_numbers": (NUMBER,)}, [NUMBER], Match(NUMBER, "token"), id="all agree"
        ),
        pytest.param({"in_reply_to": token()}, [OTHER], Match(NUMBER, "token"), id="token before thread"),
        pytest.param({"case_numbers": (NUMBER, NUMBER)}, [], Match(NUMBER, "number"), id="the same number twice"),
        pytest.param(
            {"references": (token(number=OTHER), token(number=NUMBER))},
            [],
            Match(NUMBER, "token"),
            id="the last reference is the one answered",
        ),
        pytest.param(
            {"in_reply_to": token(number=NUMBER), "references": (token(number=OTHER),)},
            [],
            Match(NUMBER, "token"),
            id="the mail answered before older ones",
        ),
        pytest.param({"in_reply_to": token(number="")}, [], Match(), id="a letter about no case"),
        pytest.param({"case_numbers": (FOREIGN,)}, [], Match(), id="another municipality's number"),
        pytest.param({"case_numbers": (FOREIGN, NUMBER)}, [], Match(NUMBER, "number"), id="ours beside a foreign one"),
        pytest.param({"in_reply_to": token(number=FOREIGN)}, [], Match(), id="another municipality's token"),
        pytest.param({}, [NUMBER, NUMBER], Match(NUMBER, "thread"), id="one case by two threads"),
        pytest.param(
            {"case_numbers": (OTHER, NUMBER)}, [NUMBER], Match(NUMBER, "thread"), id="two numbers, one in the thread"
        ),
        pytest.param(
            {"case_numbers": (NUMBER,)}, [OTHER, NUMBER], Match(NUMBER, "thread"), id="two threads, one in the subject"
        ),
        pytest.param({"in_reply_to": token(number="EKVX-26-00001-C")}, [], Match(), id="a longer prefix"),
    ],
)
def test_kop_32_the_strongest_sign_decides(mail: dict[str, Any], threads: list[str], expected: Match) -> None:
    assert match_case(a_mail(**mail), "EKV", threads) == expected


@pytest.mark.parametrize(
    ("mail", "threads", "named"),
    [
        pytest.param({"case_numbers": (NUMBER, OTHER)}, [], (NUMBER, OTHER), id="two numbers"),
        pytest.param({}, [NUMBER, OTHER], (NUMBER, OTHER), id="two threads"),
        pytest.param({"case_numbers": (NUMBER, OTHER)}, [THIRD, NUMBER, OTHER], (NUMBER, OTHER), id="both in both"),
        pytest.param({"case_numbers": (THIRD,)}, [NUMBER, OTHER], (NUMBER, OTHER), id="two threads, a third subject"),
    ],
)
def test_signs_that_disagree_are_no_match(mail: dict[str, Any], threads: list[str], named: tuple[str, ...]) -> None:
    """Domain 11.3: a person decides; nobody's mail drops into somebody else's case."""
    match = match_case(a_mail(**mail), "EKV", threads)
    assert match.number == ""
    assert all(number in match.doubt for number in named)


def test_one_number_written_does_not_outweigh_the_thread() -> None:
    """An officer may mention another case in the answer to this one."""
    message = a_mail(in_reply_to=token(), case_numbers=(OTHER,))
    assert match_case(message, "EKV", []) == Match(NUMBER, "token")
    assert match_case(a_mail(case_numbers=(OTHER,)), "EKV", [NUMBER]) == Match(NUMBER, "thread")


def test_tokens_are_asked_for_in_the_order_of_what_was_answered() -> None:
    message = a_mail(in_reply_to=token(number=NUMBER), references=(token(number=THIRD), "<x@y>", token(number=OTHER)))
    assert [t.number for t in tokens_of(message)] == [NUMBER, OTHER, THIRD]


def test_two_people_may_share_a_mail_program_but_no_case(ekvik: RuleBook) -> None:
    """Reply-To is what anybody may write: it proves nothing."""
    assert role(a_mail("granne@example.org", reply_to=Address("", ANNA)), ekvik, CASE) is Role.STRANGER
