"""Who writes and what for, and which case a mail points to."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from service.core.cases import Case, Contact, Submitter
from service.core.classify import (
    classify,
    is_proven_by_server,
    match_case,
    shown_outside,
    tokens_of,
    would_a_yes_count,
)
from service.core.message import Absence, Address, Authentication, Bounce, Forwarded, Kind, Message, Received
from service.core.people.origin import Word
from service.core.people.proof import Strength
from service.core.people.tokens import NO_CASE, make_message_id
from service.core.rules.rulebook import RuleBook
from service.core.verdict import Context, Match, Role, Verdict
from tests.core.values import ANNA, BO, MAILBOX, MARIA, NOW, NUMBER, SECRET, a_book, a_case, a_mail

OTHER = "EKV-26-00002-E"
THIRD = "EKV-26-00003-G"
FOREIGN = "KLI-26-00001-H"
STAMP = (Received("mx.ekvik.example", NOW, ("mail.example.org",)),)


def judged(word: str = "pass", above: int = 0) -> dict[str, Any]:
    """What stands on a mail that the own server has judged; `above` 1: what a stranger has written below its stamp."""
    value = f"mx.ekvik.example; dmarc={word} header.from=ekvik.example"
    return {"received": STAMP, "authentication": (Authentication("mx.ekvik.example", value, above),)}


FORGED = judged(above=1)


def token(to: str = ANNA, number: str = NUMBER, kind: str = "receipt", secret: bytes = SECRET) -> str:
    return make_message_id(secret, kind, number, "0123456789ab", to, "ekvik.example")


def role(
    message: Message, book: RuleBook, case: Case | None = None, by: str = "number", own: frozenset[str] | None = None
) -> Role:
    match = Match(case.number, by) if case else Match()
    ctx = Context(case, match, frozenset({MAILBOX}) if own is None else own, SECRET)
    return classify(message, ctx, book).role


def verdict(message: Message, book: RuleBook, case: Case) -> Verdict:
    return classify(message, Context(case, Match(case.number, "number"), frozenset({MAILBOX}), SECRET), book)


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
    pytest.param(a_mail(None, in_reply_to=token(ANNA)), CASE, Role.STRANGER, id="no sender, in a letter's thread"),
    pytest.param(a_mail(message_id=None), None, Role.NEW, id="no Message-ID"),
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
    pytest.param(a_mail(BO, **judged()), CASE, Role.OFFICER, id="the officer by the own server"),
    pytest.param(a_mail(BO), CASE, Role.UNPROVEN_STAFF, id="the officer without proof (S39)"),
    pytest.param(a_mail(BO, **FORGED), CASE, Role.UNPROVEN_STAFF, id="with a stranger's proof"),
    pytest.param(a_mail(BO, in_reply_to=token(MARIA)), CASE, Role.UNPROVEN_STAFF, id="with a colleague's token"),
    pytest.param(a_mail(BO, in_reply_to=token(BO, OTHER)), CASE, Role.UNPROVEN_STAFF, id="with another case's token"),
    pytest.param(
        a_mail(BO, in_reply_to=token(BO, secret=b"other")), CASE, Role.UNPROVEN_STAFF, id="with a forged token"
    ),
    pytest.param(
        a_mail("ny@ekvik.example", in_reply_to=token("ny@ekvik.example")), CASE, Role.OFFICER, id="of the domain"
    ),
    pytest.param(a_mail("ny@sub.ekvik.example"), CASE, Role.STRANGER, id="of a domain below"),
    pytest.param(a_mail(BO, **judged()), None, Role.NEW, id="staff with feedback of their own (S36)"),
    pytest.param(a_mail("ny@ekvik.example"), None, Role.NEW, id="an employee who has no part in cases (S36)"),
    pytest.param(a_mail(BO), None, Role.UNPROVEN_STAFF, id="news in an officer's name that nobody vouches for"),
    pytest.param(a_mail(BO, **judged("fail")), None, Role.UNPROVEN_STAFF, id="news that the server calls forged"),
    pytest.param(
        a_mail("ny@ekvik.example", **judged("fail")), None, Role.UNPROVEN_STAFF, id="forged in any employee's name"
    ),
    pytest.param(
        a_mail(BO, "#AVSLUTA", in_reply_to=token(BO)),
        a_case(submitter=Submitter("Bo Ek", BO, contact=Contact.EMAIL), officer=MARIA),
        Role.OFFICER,
        id="commands in a case that was mailed in by the registrar's own hand",
    ),
    pytest.param(
        a_mail(BO, "#AVSLUTA"),
        a_case(submitter=Submitter("Bo Ek", BO, contact=Contact.EMAIL), officer=MARIA),
        Role.SUBMITTER,
        id="unproven commands in one's own case are words",
    ),
    # Reply-To is a wish and no identity
    pytest.param(
        a_mail(MAILBOX, reply_to=Address("", ANNA)),
        None,
        Role.UNKNOWN_FORM,
        id="the mailbox itself, with a person behind",
    ),
    pytest.param(a_mail("no-reply@webb.example", reply_to=Address("", ANNA)), None, Role.UNKNOWN_FORM, id="a robot"),
    pytest.param(
        a_mail("no-reply@webb.example", reply_to=Address("", ANNA), kind=Kind.BULK),
        None,
        Role.MACHINE,
        id="a newsletter",
    ),
    pytest.param(a_mail(MAILBOX, reply_to=Address("", MAILBOX)), None, Role.OWN, id="the mailbox twice"),
    pytest.param(a_mail(MAILBOX, reply_to=Address("", BO)), None, Role.OWN, id="with staff in Reply-To"),
    pytest.param(
        a_mail(MAILBOX, reply_to=Address("", ANNA), message_id=token(ANNA)), CASE, Role.OWN, id="a letter of ours again"
    ),
    pytest.param(a_mail(MAILBOX, reply_to=Address("", ANNA)), CASE, Role.STRANGER, id="in a case it proves nothing"),
    # lists in front of the mailbox
    pytest.param(a_mail(kind=Kind.BULK, lists=(MAILBOX,)), None, Role.NEW, id="the mailbox's own list"),
    pytest.param(a_mail(kind=Kind.BULK, lists=("synpunkten.ekvik.example",)), None, Role.NEW, id="by its id"),
    pytest.param(a_mail(kind=Kind.BULK, lists=("nyheter.example.org",)), None, Role.MACHINE, id="another list"),
    # whose letter it was
    pytest.param(
        a_mail("granne@example.org", in_reply_to=token("granne@example.org", kind="information")),
        CASE,
        Role.STRANGER,
        id="a copy for information makes nobody a party",
    ),
    pytest.param(
        a_mail("jour@example.org", in_reply_to=token("jour@example.org", kind="alert")),
        CASE,
        Role.STRANGER,
        id="nor does an alert",
    ),
    pytest.param(a_mail(BO, "#AVSLUTA"), None, Role.STAFF_WITHOUT_CASE, id="commands about no case"),
    pytest.param(a_mail(BO, "\n  #SVAR\nHej"), None, Role.STAFF_WITHOUT_CASE, id="indented commands about no case"),
    pytest.param(a_mail(BO, "Hej\n#ekvik", **judged()), None, Role.NEW, id="a hashtag in feedback"),
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


CERTAIN, WEAK, NONE, FAILED = Strength.CERTAIN, Strength.TOKEN, Strength.NONE, Strength.FAILED


@pytest.mark.parametrize(
    ("setting", "silent", "none", "passed", "both", "by_token", "failed"),
    [
        ("token", NONE, NONE, NONE, CERTAIN, WEAK, FAILED),
        ("dmarc", NONE, NONE, CERTAIN, CERTAIN, NONE, FAILED),
        ("either", NONE, NONE, CERTAIN, CERTAIN, WEAK, FAILED),
        ("both", NONE, NONE, NONE, CERTAIN, NONE, FAILED),
    ],
)
def test_hjo_14_what_proves_staff_is_a_setting(
    ekvik: RuleBook,
    setting: str,
    silent: Strength,
    none: Strength,
    passed: Strength,
    both: Strength,
    by_token: Strength,
    failed: Strength,
) -> None:
    """The server's fail beats every token, and a token alone is never certain."""
    book = a_book(ekvik, staff_proof=setting)
    answering = {"in_reply_to": token(BO)}
    found = [
        verdict(a_mail(BO, **mail), book, CASE).proof.strength
        for mail in (
            {},
            judged("none"),
            judged(),
            answering | judged(),
            answering,
            answering | judged("fail"),
        )
    ]
    assert found == [silent, none, passed, both, by_token, failed]
    assert verdict(a_mail(BO, **answering, **judged("none")), book, CASE).proof.strength is by_token


def test_the_reasons_of_a_proof_are_told_in_words(ekvik: RuleBook) -> None:
    found = verdict(a_mail(BO, in_reply_to=token(BO), **judged("fail")), ekvik, CASE)
    assert found.role is Role.UNPROVEN_STAFF
    assert found.because == (
        "staff proof either: the own server says that the sender is not genuine; "
        "it answers a letter that was sent to this person"
    )


@pytest.mark.parametrize(
    ("setting", "mail", "exposed", "expected"),
    [
        pytest.param("either", {}, False, Role.ANSWERS_LIST, id="whom it was sent to"),
        pytest.param("either", {"to": MARIA}, False, Role.STAFF_WITHOUT_CASE, id="a colleague's list"),
        pytest.param("either", {}, True, Role.STAFF_WITHOUT_CASE, id="a list that people outside have seen"),
        pytest.param("either", judged(), True, Role.ANSWERS_LIST, id="with the server's word besides"),
        pytest.param("either", judged() | {"to": MARIA}, False, Role.STAFF_WITHOUT_CASE, id="the server's word alone"),
        pytest.param("either", judged("fail"), False, Role.UNPROVEN_STAFF, id="forged"),
        pytest.param("both", {}, False, Role.STAFF_WITHOUT_CASE, id="where the server's word is asked for"),
        pytest.param("both", judged(), False, Role.ANSWERS_LIST, id="and is there"),
        pytest.param("both", judged(), True, Role.STAFF_WITHOUT_CASE, id="and is there, but the letter shows nothing"),
    ],
)
def test_whose_answer_to_a_list_counts(
    ekvik: RuleBook, setting: str, mail: dict[str, Any], exposed: bool, expected: Role
) -> None:
    answered = token(mail.pop("to", BO), NO_CASE, "digest")
    message = a_mail(BO, "1 klar", in_reply_to=answered, **mail)
    ctx = Context(secret=SECRET, exposed=frozenset({answered}) if exposed else frozenset())
    assert classify(message, ctx, a_book(ekvik, staff_proof=setting)).role is expected


@pytest.mark.parametrize(
    ("sender", "expected"),
    [
        pytest.param("granne@example.org", Role.FILE_NOTE, id="a citizen's mail, passed on"),
        pytest.param(MARIA, Role.NEW, id="a colleague's mail, passed on"),
        pytest.param(MAILBOX, Role.NEW, id="a letter of ours, passed on"),
    ],
)
def test_kop_20_whose_mail_a_colleague_passes_on(ekvik: RuleBook, sender: str, expected: Role) -> None:
    passed = Forwarded(Address("", sender), "Hål", "Det är ett hål.", None)
    assert role(a_mail(BO, "Kan ni ta det här?", forwarded=passed, **judged()), ekvik) is expected


@pytest.mark.parametrize(
    ("mail", "as_role", "said", "because"),
    [
        pytest.param(a_mail(BO), Role.OFFICER, Word.PASS, "", id="among ourselves"),
        pytest.param(a_mail(MAILBOX), Role.OWN, Word.NOTHING, "", id="from ourselves"),
        pytest.param(a_mail(ANNA), Role.STRANGER, Word.PASS, "somebody outside", id="from outside"),
        pytest.param(a_mail(ANNA), Role.BOUNCE, Word.PASS, "", id="a server has seen it, no person"),
        pytest.param(a_mail(BO), Role.UNPROVEN_STAFF, Word.FAIL, "somebody else", id="forged"),
        pytest.param(a_mail(BO, cc=(Address("", ANNA),)), Role.OFFICER, Word.PASS, "it went to people", id="a copy"),
        pytest.param(
            a_mail(BO, reply_to_all=(Address("", ANNA),)), Role.OFFICER, Word.PASS, "it went to people", id="Reply-To"
        ),
        pytest.param(a_mail(None), Role.MACHINE, Word.NOTHING, "", id="without a sender"),
    ],
)
def test_who_outside_has_seen_a_letters_id(
    ekvik: RuleBook, mail: Message, as_role: Role, said: Word, because: str
) -> None:
    ctx = Context(own_addresses=frozenset({MAILBOX}))
    found = shown_outside(mail, Verdict(as_role, "", said=said), ctx, ekvik)
    assert because in found
    assert bool(found) is bool(because)


@pytest.mark.parametrize(
    ("setting", "mail", "with_a_letter", "alone"),
    [
        ("token", {}, True, False),
        ("token", judged(), True, False),
        ("dmarc", {}, False, False),
        ("dmarc", judged(), True, True),
        ("either", {}, True, False),
        ("either", judged(), True, True),
        ("both", {}, False, False),
        ("both", judged(), True, False),
        ("either", judged("fail"), False, False),
    ],
)
def test_whether_a_yes_to_a_letter_would_prove_its_writer(
    ekvik: RuleBook, setting: str, mail: dict[str, Any], with_a_letter: bool, alone: bool
) -> None:
    """Who could never be proven is not asked; who is proven by the server's word alone needs no letter."""
    book = a_book(ekvik, staff_proof=setting)
    assert would_a_yes_count(a_mail(BO, **mail), book) is with_a_letter
    assert is_proven_by_server(a_mail(BO, **mail), book) is alone


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


@pytest.mark.parametrize(
    ("mail", "threads"),
    [
        ({"in_reply_to": token(), "case_numbers": (OTHER,)}, []),
        ({"in_reply_to": token(), "case_numbers": (OTHER,)}, [NUMBER]),
        ({"case_numbers": (OTHER,)}, [NUMBER]),
    ],
)
def test_the_thread_of_one_case_and_the_number_of_another_are_a_doubt(mail: dict[str, Any], threads: list[str]) -> None:
    """An answer for one family must not go to another because somebody has changed the subject."""
    assert match_case(a_mail(**mail), "EKV", threads) == Match(
        doubt=f"the mail points to several cases: {NUMBER}, {OTHER}", numbers=(NUMBER, OTHER)
    )


def test_a_second_number_beside_the_threads_own_is_no_doubt() -> None:
    message = a_mail(in_reply_to=token(), case_numbers=(OTHER, NUMBER))
    assert match_case(message, "EKV", []) == Match(NUMBER, "token")


@pytest.mark.parametrize(
    ("sender", "reply_to", "expected"),
    [
        ("anna@jobbet.example", (ANNA,), ANNA),
        (ANNA, (ANNA.upper(),), None),
        ("anna@jobbet.example", (ANNA, "annan@example.org"), None),
        ("anna@jobbet.example", (ANNA, ANNA.upper()), ANNA),
        ("anna@jobbet.example", (MAILBOX,), None),
        ("anna@jobbet.example", (BO,), None),
        ("anna@jobbet.example", ("no-reply@example.org",), None),
        ("anna@jobbet.example", ("åsa@example.org",), None),
        ("anna@jobbet.example", ("lista@ekvik.test",), None),
        ("anna@jobbet.example", (), None),
    ],
)
def test_reply_to_is_a_wish_for_one_other_ordinary_address(
    ekvik: RuleBook, sender: str, reply_to: tuple[str, ...], expected: str | None
) -> None:
    every = tuple(Address("", address) for address in reply_to)
    message = a_mail(sender, reply_to=every[0] if every else None, reply_to_all=every)
    book = a_book(ekvik, own_lists=["lista@ekvik.test"])
    found = classify(message, Context(own_addresses=frozenset({MAILBOX})), book).reply_to
    assert (found.address if found else None) == expected


def test_tokens_are_asked_for_in_the_order_of_what_was_answered() -> None:
    message = a_mail(in_reply_to=token(number=NUMBER), references=(token(number=THIRD), "<x@y>", token(number=OTHER)))
    assert [t.number for t in tokens_of(message)] == [NUMBER, OTHER, THIRD]


def test_two_people_may_share_a_mail_program_but_no_case(ekvik: RuleBook) -> None:
    """Reply-To is what anybody may write: it proves nothing."""
    assert role(a_mail("granne@example.org", reply_to=Address("", ANNA)), ekvik, CASE) is Role.STRANGER
