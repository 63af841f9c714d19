"""What a mail or a form becomes as a case, and what is told when somebody writes in one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from service.core.alike.matters import Alike
from service.core.cases import Case, Contact, Move, Pending, Publication, Status, Submitter
from service.core.decide import Incoming, arrivals, on_mail
from service.core.effects import AddMessage, Ask, ChangeStatus, Effect, Note, SendLetter, SetFields, TakeStep
from service.core.message import Address, Attachment, Message
from service.core.people.origin import Arrival, Word
from service.core.rules.forms import Submission
from service.core.rules.routing import Route
from service.core.rules.rulebook import RuleBook
from service.core.speech import commands
from service.core.speech.commands import Command
from service.core.verdict import Context, Match, Role, Verdict
from tests.core.values import ANNA, BO, EVA, NOW, NUMBER, a_book, a_case, a_mail

GRANNE = "granne@example.org"
FILE = Attachment("karta.pdf", "application/pdf", 1, "f" * 64, False)
CLEAR = Route(unit="gata-park", officer=BO)


def incoming(
    book: RuleBook,
    message: Message,
    role: Role = Role.NEW,
    form: Submission | None = None,
    case: Case | None = None,
    doubt: str = "",
    **verdict: Any,
) -> Incoming:
    match = Match(NUMBER if case else "", "number" if case else "", doubt)
    read = Verdict(role, "its words", form, **verdict)
    return Incoming(message, read, Context(case=case, match=match), book, Arrival(NOW, ""), NOW, date(2026, 9, 7))


@pytest.mark.parametrize(
    ("message", "form", "found", "expected"),
    [
        pytest.param(a_mail(), None, CLEAR, {"text": "Hej!", "title": "Hål i vägen", "channel": "e-post"}, id="a mail"),
        pytest.param(a_mail(new_text="", text="> Hej!"), None, CLEAR, {"text": "> Hej!"}, id="nothing of one's own"),
        pytest.param(a_mail(), None, CLEAR, {"unit": "gata-park", "language": "sv", "form": ""}, id="its unit"),
        pytest.param(
            a_mail(in_reply_to="<1@x>", subject="Sv: Hål i vägen"),
            None,
            CLEAR,
            {"title": "Hål i vägen"},
            id="an answer",
        ),
        pytest.param(a_mail(), None, Route(), {"unit": "", "type": "", "category": ""}, id="no rule"),
        pytest.param(
            a_mail(text="Lampan på Kyrkogatan är trasig.", in_reply_to="<1@x>", subject=f"Sv: {NUMBER} Hål i vägen"),
            None,
            CLEAR,
            {"title": "Lampan på Kyrkogatan är trasig"},
            id="a subject of ours",
        ),
        pytest.param(
            a_mail(subject=f"Hål i vägen {NUMBER}"), None, CLEAR, {"title": "Hål i vägen"}, id="one's own subject"
        ),
        pytest.param(
            a_mail(),
            Submission("webb", heading="Grind", text="En grind. IP 192.0.2.44", ip="192.0.2.44", process="klagomål"),
            Route(process="synpunkt"),
            {"title": "Grind", "text": "En grind. IP –", "process": "klagomål", "channel": "webbformulär"},
            id="a form",
        ),
        pytest.param(a_mail(), Submission("webb"), CLEAR, {"text": "Hej!"}, id="a form without a text"),
        pytest.param(a_mail(), None, Route(process="synpunkt"), {"process": "synpunkt"}, id="a rule's process"),
    ],
)
def test_what_a_case_takes_from_the_mail(
    ekvik: RuleBook, message: Message, form: Submission | None, found: Route, expected: dict[str, Any]
) -> None:
    case = arrivals.draft(incoming(ekvik, message, Role.FORM if form else Role.NEW, form), found)
    assert {name: getattr(case, name) for name in expected} == expected


@pytest.mark.parametrize(
    ("role", "mail", "form", "verdict", "submitter"),
    [
        pytest.param(Role.NEW, {}, None, {}, Submitter("", ANNA, contact=Contact.EMAIL), id="who mails"),
        pytest.param(Role.NEW, {"sender": None}, None, {}, Submitter(), id="nobody"),
        pytest.param(
            Role.NEW,
            {},
            None,
            {"said": Word.FAIL},
            Submitter("", ANNA, contact=Contact.EMAIL, unconfirmed=True),
            id="a forged mail",
        ),
        pytest.param(Role.NEW, {"auto_submitted": True}, None, {}, Submitter("", ANNA), id="a machine's words"),
        pytest.param(
            Role.NEW, {"sender": "no-reply@x.example"}, None, {}, Submitter("", "no-reply@x.example"), id="unread"
        ),
        pytest.param(
            Role.NEW,
            {},
            None,
            {"reply_to": Address("", GRANNE)},
            Submitter("", ANNA, contact=Contact.EMAIL, reply_to=GRANNE),
            id="who wishes the answer elsewhere",
        ),
        pytest.param(
            Role.UNKNOWN_FORM,
            {"sender": "no-reply@x.example"},
            None,
            {"reply_to": Address("Gun", GRANNE)},
            Submitter("Gun", GRANNE, contact=Contact.EMAIL),
            id="who stands in Reply-To of a form",
        ),
        pytest.param(
            Role.FORM, {}, {"email": GRANNE}, {}, Submitter("", GRANNE, contact=Contact.EMAIL), id="a form's address"
        ),
        pytest.param(
            Role.FORM,
            {},
            {"contact": "email", "phone": "070-1"},
            {},
            Submitter(phone="070-1", contact=Contact.PHONE),
            id="an answer by mail, and no address",
        ),
        pytest.param(
            Role.FORM,
            {},
            {"contact": "none", "email": GRANNE},
            {"said": Word.FAIL},
            Submitter("", GRANNE, contact=Contact.NONE, unconfirmed=True),
            id="no answer, and a forged form",
        ),
    ],
)
def test_who_the_submitter_is(
    ekvik: RuleBook,
    role: Role,
    mail: dict[str, Any],
    form: dict[str, str] | None,
    verdict: dict[str, Any],
    submitter: Submitter,
) -> None:
    read = Submission("webb", text="Hej!", **form) if form else None  # type: ignore[arg-type]
    message = a_mail(**{"sender": ANNA} | mail)
    assert arrivals.draft(incoming(ekvik, message, role, read, **verdict), CLEAR).submitter == submitter


@pytest.mark.parametrize(
    ("form", "anonymous"),
    [
        ({}, True),
        ({"name": "Petra"}, False),
        ({"phone": "070-1"}, False),
        ({"email": GRANNE}, False),
        ({"name": "Anonym"}, True),
        ({"name": "Anonym", "email": GRANNE}, True),
        ({"name": "Petra", "anonymous": True}, True),
        ({"name": "Petra", "text": "Jag vill vara anonym."}, True),
    ],
)
def test_spa_04_who_is_anonymous(ekvik: RuleBook, form: dict[str, Any], anonymous: bool) -> None:
    mail = incoming(ekvik, a_mail(), Role.FORM, Submission("webb", **{"text": "Grinden."} | form))
    assert arrivals.draft(mail, CLEAR).anonymous is anonymous


@pytest.mark.parametrize(
    ("sender", "role", "form", "internal"),
    [
        (BO, Role.NEW, None, True),
        (ANNA, Role.NEW, None, False),
        (BO, Role.UNKNOWN_FORM, None, False),
        (BO, Role.FORM, Submission("webb", text="Grinden."), False),
    ],
)
def test_hjo_30_what_a_colleague_writes_is_internal(
    ekvik: RuleBook, sender: str, role: Role, form: Submission | None, internal: bool
) -> None:
    case = arrivals.draft(incoming(ekvik, a_mail(sender), role, form), CLEAR)
    assert case.internal is internal
    assert (case.publication is Publication.NO) is internal


@pytest.mark.parametrize(
    ("found", "doubt", "settings", "guessed"),
    [
        pytest.param(CLEAR, "", {}, False, id="the rules know"),
        pytest.param(replace(CLEAR, registrar=True), "", {}, True, id="the registrar decides"),
        pytest.param(Route(), "", {}, True, id="no rule knows"),
        pytest.param(CLEAR, "two cases", {}, True, id="in doubt"),
        pytest.param(CLEAR, "", {"triage": "registrar_first"}, True, id="the registrar sees all"),
        pytest.param(replace(CLEAR, registrar=True, secrecy=True), "", {}, False, id="a secret case"),
    ],
)
def test_where_a_registrar_reads_guesses(
    ekvik: RuleBook, found: Route, doubt: str, settings: dict[str, Any], guessed: bool
) -> None:
    message = a_mail(text="Det luktar avlopp i källaren och vattnet är brunt.", subject="Vatten")
    mail = incoming(a_book(ekvik, **settings), message, doubt=doubt)
    assert bool(arrivals.draft(mail, found).guesses) is guessed


@pytest.mark.parametrize("secrecy", [False, True])
def test_a_secret_case_has_nothing_of_other_cases(ekvik: RuleBook, secrecy: bool) -> None:
    alike = Alike(numbers=("EKV-26-00002-E",), draft="Vi lagar.", draft_from="EKV-26-00002-E")
    mail = replace(incoming(ekvik, a_mail()), alike=alike)
    case = arrivals.draft(mail, replace(CLEAR, secrecy=secrecy))
    found = (case.alike, case.draft, case.draft_from)
    assert found == (((), "", "") if secrecy else (alike.numbers, alike.draft, alike.draft_from))


# --- in a case -------------------------------------------------------------------------------------------------------


def written(book: RuleBook, case: Case, text: str, role: Role = Role.SUBMITTER, **mail: Any) -> list[Effect]:
    sender = ANNA if role is Role.SUBMITTER else GRANNE
    return on_mail(incoming(book, replace(a_mail(sender, text), **mail), role, case=case))


def told(effects: list[Effect]) -> list[tuple[str, str, str, bool]]:
    return [
        (e.template_name, e.to, e.facts.get("new_text", ""), bool(e.files_of))
        for e in effects
        if isinstance(e, SendLetter) and e.to not in {ANNA, GRANNE}
    ]


MORE = "Hålet är djupare nu."


@pytest.mark.parametrize(
    ("case", "role", "files", "letter"),
    [
        pytest.param({}, Role.SUBMITTER, (), ("follow-up", BO, MORE, False), id="the submitter"),
        pytest.param({}, Role.SUBMITTER, (FILE,), ("follow-up", BO, MORE, True), id="with a file"),
        pytest.param({"officer": EVA}, Role.STRANGER, (FILE,), ("stranger", EVA, MORE, True), id="a stranger"),
        pytest.param(
            {"secrecy": True}, Role.SUBMITTER, (FILE,), ("follow-up-secret", BO, "", False), id="in a secret case"
        ),
        pytest.param(
            {"secrecy": True}, Role.STRANGER, (FILE,), ("follow-up-secret", BO, "", False), id="a stranger, in one"
        ),
    ],
)
def test_what_is_shown_of_a_later_mail(
    ekvik: RuleBook, case: dict[str, Any], role: Role, files: tuple[Attachment, ...], letter: tuple[str, str, str, bool]
) -> None:
    effects = written(ekvik, a_case(**case), MORE, role, attachments=files)
    [filed] = [effect for effect in effects if isinstance(effect, AddMessage)]
    assert filed.from_submitter is (role is Role.SUBMITTER)
    assert told(effects) == [letter]


BACK = "Jag tar tillbaka min synpunkt."
CLOSING = Pending((Command(commands.Word.CLOSE),), BO, "d" * 64, ("0123456789ab",), BO)
HANDING = replace(CLOSING, orders=(Command(commands.Word.HAND_OVER, EVA),))


@pytest.mark.parametrize(
    ("case", "text", "letter"),
    [
        pytest.param({}, BACK, ("withdrawn", BO, BACK, False), id="an open case"),
        pytest.param({"secrecy": True}, BACK, ("withdrawn", BO, "", False), id="a secret one"),
        pytest.param({"status": Status.CLOSED}, BACK, ("follow-up", BO, BACK, False), id="a closed one"),
        pytest.param(
            {"status": Status.CLOSED, "secrecy": True},
            BACK,
            ("follow-up-secret", BO, "", False),
            id="a closed secret one",
        ),
    ],
)
def test_s40_who_hears_that_feedback_is_taken_back(
    ekvik: RuleBook, case: dict[str, Any], text: str, letter: tuple[str, str, str, bool]
) -> None:
    assert told(written(ekvik, a_case(**case), text)) == [letter]


@pytest.mark.parametrize(("pending", "ends"), [(CLOSING, True), (HANDING, False), (None, False)])
def test_s40_who_writes_again_takes_it_back_no_longer(ekvik: RuleBook, pending: Pending | None, ends: bool) -> None:
    effects = written(ekvik, a_case(withdrawn_at=NOW - timedelta(days=1), pending=pending), MORE)
    assert any(isinstance(effect, Ask) and effect.pending is None for effect in effects) is ends
    assert any(isinstance(effect, SetFields) and effect.changes == {"withdrawn_at": None} for effect in effects)


def test_s27_thanks_are_noted_and_bother_nobody(ekvik: RuleBook) -> None:
    effects = written(ekvik, a_case(), "Tack!")
    assert any(isinstance(effect, Note) and effect.kind == "thanks" for effect in effects)
    assert told(effects) == []
    assert told(written(ekvik, a_case(), "Tack!", attachments=(FILE,)))


@pytest.mark.parametrize(
    ("status", "officer", "moves"),
    [
        (Status.ASSIGNED, BO, []),
        (Status.TRIAGE, "", []),
        (Status.WAITING, BO, [Move.ASSIGN]),
        (Status.CLOSED, BO, [Move.REOPEN]),
        (Status.CLOSED, "", [Move.TRIAGE]),
        (Status.REFUSED, BO, [Move.TRIAGE]),
    ],
)
def test_whose_a_case_is_when_its_submitter_writes_again(
    ekvik: RuleBook, status: Status, officer: str, moves: list[Move]
) -> None:
    effects = written(ekvik, a_case(status=status, officer=officer), MORE)
    assert [effect.move for effect in effects if isinstance(effect, ChangeStatus)] == moves
    assert any(isinstance(effect, SendLetter) and effect.to == ANNA for effect in effects), "it has come"


def test_s38_a_stranger_hears_that_it_has_come_once_a_day(ekvik: RuleBook) -> None:
    effects = written(ekvik, a_case(), MORE, Role.STRANGER)
    [step] = [effect for effect in effects if isinstance(effect, TakeStep)]
    again = written(ekvik, a_case(steps=frozenset({step.key})), MORE, Role.STRANGER)
    by_machine = written(ekvik, a_case(), MORE, Role.STRANGER, auto_submitted=True)
    told_of = [[e.to for e in each if isinstance(e, SendLetter)] for each in (effects, again, by_machine)]
    assert told_of == [[BO, GRANNE], [BO], [BO]]


def test_s40_when_it_was_taken_back_is_remembered(ekvik: RuleBook) -> None:
    effects = written(ekvik, a_case(), BACK)
    assert any(isinstance(effect, SetFields) and effect.changes == {"withdrawn_at": NOW} for effect in effects)


@pytest.mark.parametrize("signed", ["Gun", "Bo", "Ekviks kommun"])
def test_s27_thanks_that_name_somebody_are_thanks(ekvik: RuleBook, signed: str) -> None:
    sender = Address("Gun Ny", ANNA)
    assert told(written(ekvik, a_case(), f"Tack {signed}!", sender=sender)) == []


def test_a_case_that_is_opened_again_is_no_longer_to_be_closed(ekvik: RuleBook) -> None:
    effects = written(ekvik, a_case(status=Status.ANSWERED, answered_at=NOW, close_wanted=True), MORE)
    assert any(isinstance(effect, SetFields) and effect.changes == {"close_wanted": False} for effect in effects)
