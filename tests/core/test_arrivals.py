"""Who has new feedback, and who is written to: by the rules, or by way of a registrar where nobody can be sure."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from service.core.cases import Clock, Publication, Status
from service.core.decide import arrivals
from service.core.decide.incoming import Incoming
from service.core.effects import AddMessage, Note, SendLetter
from service.core.message import Address
from service.core.people.absence import EVERYBODY_IS_IN, Absent, Away
from service.core.people.origin import Word
from service.core.rules.forms import Submission
from service.core.rules.rulebook import RuleBook
from service.core.speech.filenotes import FileNote
from service.core.speech.forwards import Forwarded
from service.core.verdict import Match, Role
from tests.core.test_deeds_done import letters_of
from tests.core.test_deeds_settled import OTHER
from tests.core.test_drafts import FILE, GRANNE, incoming
from tests.core.values import ANNA, BO, MARIA, NOW, a_book, a_case, a_mail

CARRIED = Forwarded(None, None, "Hål", "")
BO_IS_AWAY = Away.of_all([Absent(BO, NOW)])
HOLE = "Det är ett stort hål i asfalten på Storgatan."
ROAD_63 = "När ska ni salta riksväg 63?"
DANGER = "Livsfara! En strömförande kabel hänger ner."
PASSED_ON = f"Till er.\n\n-----Ursprungligt meddelande-----\nFrån: Anna <{ANNA}>\nÄmne: Hål\n\n{HOLE}"
AFTER_BO = {"triage": "registrar_first"}
IN_THE_MORNING = AFTER_BO | {"digest": {"registrars": True, "triage_letters": False, "at": "07:30"}}
NAMED = {"receipt": {"to": "written_and_named"}}
WRITTEN = {"receipt": {"to": "written"}}


def a_form(**changes: Any) -> Submission:
    return Submission("webb", **{"text": HOLE, "name": "Anna", "email": ANNA} | changes)


def new(
    book: RuleBook,
    text: str = HOLE,
    sender: str | None = ANNA,
    role: Role = Role.NEW,
    numbers: tuple[str, ...] = (),
    secret_doubt: bool = False,
    mail: dict[str, Any] | None = None,
    rules: dict[str, Any] | None = None,
    away: Away = EVERYBODY_IS_IN,
    **verdict: Any,
) -> Incoming:
    if "form" in verdict:
        role = Role.FORM
    came = incoming(a_book(book, **rules or {}), a_mail(sender, text, **mail or {}), role, **verdict)
    match = Match(doubt=", ".join(numbers), numbers=numbers) if numbers else came.ctx.match
    return replace(came, ctx=replace(came.ctx, match=match, secret_doubt=secret_doubt, away=away))


@pytest.mark.parametrize(
    ("mail", "officer", "letters", "why"),
    [
        pytest.param({}, BO, "receipt Anna, assignment Bo", "", id="the rules know"),
        pytest.param({"rules": AFTER_BO}, "", "receipt Anna, triage Rut", "Gator", id="a registrar sees all first"),
        pytest.param({"rules": IN_THE_MORNING}, "", "receipt Anna", "", id="a registrar sees all in the morning"),
        pytest.param(
            {"rules": IN_THE_MORNING, "text": DANGER},
            "",
            "receipt Anna, triage Rut, duty jour@ekvik.example",
            "Livsfara",
            id="danger does not wait for the morning",
        ),
        pytest.param(
            {"rules": AFTER_BO, "form": a_form(channel="sociala medier")},
            BO,
            "receipt Anna, assignment Bo",
            "",
            id="an answer within hours waits for no registrar (KOP-14)",
        ),
        pytest.param(
            {"rules": {"absence": "auto"}, "away": BO_IS_AWAY},
            MARIA,
            "receipt Anna, assignment Maria",
            "",
            id="the officer is away (S17)",
        ),
        pytest.param(
            {"rules": AFTER_BO, "away": BO_IS_AWAY},
            "",
            "receipt Anna, triage Rut",
            "Gator",
            id="the proposed officer is away",
        ),
        pytest.param({"numbers": (OTHER,)}, "", "receipt Anna, triage Rut", OTHER, id="it names another case"),
        pytest.param(
            {"numbers": (OTHER,), "secret_doubt": True},
            "",
            "receipt-neutral Anna, assignment-secret secretary",
            "",
            id="it names a secret case",
        ),
        pytest.param(
            {"sender": "no-reply@x.example", "role": Role.UNKNOWN_FORM, "reply_to": Address("Gun", GRANNE)},
            "",
            f"receipt {GRANNE}, triage Rut",
            f"svar går till {GRANNE}",
            id="a form that nobody has described",
        ),
        pytest.param({"form": a_form()}, BO, "receipt Anna, assignment Bo", "", id="a form"),
        pytest.param({"form": a_form(), "said": Word.FAIL}, "", "triage Rut", "bekräfta", id="a forged form"),
        pytest.param({"said": Word.FAIL}, BO, "assignment Bo", "", id="a forged mail gets no receipt"),
        pytest.param(
            {"form": a_form(), "sender": MARIA, "note": FileNote(a_form())},
            BO,
            "receipt Anna, assignment Bo",
            "",
            id="a colleague's note",
        ),
        pytest.param(
            {"form": a_form(), "sender": MARIA, "note": FileNote(a_form(), unclear=("När?",))},
            "",
            "receipt Anna, triage Rut",
            "något i anteckningen är oklart",
            id="a note that leaves something open",
        ),
        pytest.param(
            {"sender": MARIA, "text": PASSED_ON, "mail": {"subject": "VB: Hål"}},
            "",
            "receipt Maria, triage Rut",
            "vidarebefordrat av en medarbetare",
            id="a colleague passes somebody's mail on",
        ),
        pytest.param(
            {"text": PASSED_ON, "mail": {"subject": "VB: Hål"}},
            BO,
            "receipt Anna, assignment Bo",
            "",
            id="a citizen passes one on",
        ),
        pytest.param({"sender": MARIA}, BO, "receipt Maria, assignment Bo", "", id="a colleague's own"),
        pytest.param(
            {"form": Submission("webb", link="https://x.example/1", email=ANNA)},
            "",
            "receipt Anna, triage Rut",
            "bara en länk",
            id="a form elsewhere",
        ),
        pytest.param(
            {"form": a_form(), "case": a_case()},
            "",
            "receipt Anna, triage Rut",
            "nämner ärende",
            id="a form names one",
        ),
        pytest.param(
            {"form": a_form(), "case": a_case(secrecy=True)},
            "",
            "receipt-neutral Anna, assignment-secret secretary",
            "",
            id="a form names a secret case",
        ),
        pytest.param(
            {"text": "Det gäller LVU"}, "", "receipt-neutral Anna, assignment-secret secretary", "", id="secret"
        ),
        pytest.param({"text": ROAD_63}, "", "referral Anna", "", id="another authority's"),
        pytest.param(
            {"form": a_form(text=ROAD_63, contact="letter", address="Storgatan 1", email="")},
            "",
            "to-post Rut",
            "",
            id="another authority's, by letter",
        ),
        pytest.param(
            {"text": ROAD_63, "sender": None}, "", "triage Rut", "kan inte hänvisas dit", id="and nobody to tell"
        ),
        pytest.param(
            {"text": f"{ROAD_63} Det gäller LVU."},
            "",
            "receipt-neutral Anna, assignment-secret Rut",
            "",
            id="another authority's, and secret: somebody sees it",
        ),
        pytest.param({"text": ROAD_63, "said": Word.FAIL}, "", "triage Rut", "Riksvägar", id="and the mail is forged"),
        pytest.param(
            {"form": a_form(contact="letter", address="Storgatan 1", email="")},
            BO,
            "to-post Rut, assignment Bo",
            "",
            id="a receipt on paper (SPA-20)",
        ),
        pytest.param({"rules": WRITTEN}, BO, "receipt Anna, assignment Bo", "", id="receipts for what is written"),
        pytest.param(
            {"rules": WRITTEN, "form": a_form(channel="telefon")}, BO, "assignment Bo", "", id="but not for a call"
        ),
        pytest.param({"rules": NAMED}, BO, "receipt Anna, assignment Bo", "", id="receipts by name (C03): a mail"),
        pytest.param({"rules": NAMED, "form": a_form()}, BO, "receipt Anna, assignment Bo", "", id="a name in a form"),
        pytest.param({"rules": NAMED, "form": a_form(name="")}, BO, "assignment Bo", "", id="a form without a name"),
    ],
)
def test_who_has_new_feedback(ekvik: RuleBook, mail: dict[str, Any], officer: str, letters: str, why: str) -> None:
    plan = arrivals.take_in(new(ekvik, **mail))
    assert (plan.case.officer, letters_of(plan)) == (officer, letters)
    reasons = [e.facts["reason"] for e in plan.effects if isinstance(e, SendLetter) and e.facts.get("reason")]
    assert (why in reasons[0]) if why else not reasons


def test_what_somebody_calls_secret_is_secret_whatever_the_rules_say(ekvik: RuleBook) -> None:
    plan = arrivals.take_in(new(ekvik), secret=True)
    assert plan.case.secrecy
    assert letters_of(plan) == "receipt-neutral Anna, assignment-secret secretary"


def test_another_authoritys_matter_is_closed_and_promises_nothing(ekvik: RuleBook) -> None:
    case = arrivals.take_in(new(ekvik, ROAD_63)).case
    assert (case.status, case.measure, case.deadlines) == (Status.CLOSED, "Hänvisad till annan myndighet", ())


@pytest.mark.parametrize("files", [(), (FILE,)])
@pytest.mark.parametrize("rules", [{}, AFTER_BO])
def test_whoever_is_asked_has_the_files_at_hand(ekvik: RuleBook, files: tuple[Any, ...], rules: dict[str, Any]) -> None:
    plan = arrivals.take_in(new(ekvik, rules=rules, mail={"attachments": files}))
    [letter] = [e for e in plan.effects if isinstance(e, SendLetter) and e.kind == "assignment"]
    assert letter.files_of == ("d" * 64 if files else "")


def test_a_registrar_who_confirms_gives_it_to_whom_the_rules_propose(ekvik: RuleBook) -> None:
    plan = arrivals.take_in(new(ekvik, rules=AFTER_BO))
    pending = plan.case.pending
    assert plan.case.proposal == BO
    assert pending
    assert [(c.word.value, c.value) for c in pending.orders] == [("ÖVERLÄMNA", BO)]
    [letter] = [e for e in plan.effects if isinstance(e, SendLetter) and e.kind == "assignment"]
    assert (letter.nonce,) == pending.questions


@pytest.mark.parametrize(
    ("default", "text", "decided"),
    [
        ("yes", HOLE, Publication.YES),
        ("yes", f"{HOLE} Ring 070-123 45 67", Publication.UNDECIDED),
        ("no", f"{HOLE} Ring 070-123 45 67", Publication.NO),
        ("ask", HOLE, Publication.UNDECIDED),
    ],
)
def test_hjo_29_what_tells_who_wrote_is_looked_at_before_it_is_published(
    ekvik: RuleBook, default: str, text: str, decided: Publication
) -> None:
    assert arrivals.take_in(new(ekvik, text, rules={"publish": {"default": default}})).case.publication is decided


@pytest.mark.parametrize(
    ("mail", "theirs"),
    [
        ({}, True),
        ({"form": a_form()}, True),
        ({"form": a_form(contact="none")}, False),
        ({"form": a_form(), "sender": MARIA, "note": FileNote(a_form())}, False),
        (
            {"form": a_form(), "sender": MARIA, "note": FileNote(a_form(), citizens=CARRIED)},
            True,
        ),
    ],
)
def test_whose_words_the_answer_is_threaded_on(ekvik: RuleBook, mail: dict[str, Any], theirs: bool) -> None:
    """A colleague's note of a call is no mail of the submitter's, unless it carries one."""
    [filed] = [e for e in arrivals.take_in(new(ekvik, **mail)).effects if isinstance(e, AddMessage)]
    assert filed.from_submitter is theirs


def test_kli_09_an_appeal_is_promised_no_answer(ekvik: RuleBook) -> None:
    plan = arrivals.take_in(new(ekvik, "Jag överklagar beslutet om bygglov.", mail={"subject": "Överklagande"}))
    assert [d.kind for d in plan.case.deadlines] == [Clock.RECEIPT]
    assert letters_of(plan).startswith("receipt-appeal Anna")


def test_s17_a_letter_says_in_whose_place_somebody_has_it(ekvik: RuleBook) -> None:
    absent = Absent(BO, NOW)
    at_once = new(ekvik, rules={"absence": "auto"}, away=Away.of_all([absent]))
    first = new(ekvik, rules=AFTER_BO, away=Away.of_all([absent]))
    letters = [e for mail in (at_once, first) for e in arrivals.take_in(mail).effects if isinstance(e, SendLetter)]
    facts = [e.facts for e in letters if e.kind == "assignment"]
    assert (facts[0]["in_place_of"], facts[1]["absent"]) == (absent, absent)
    assert "in_place_of" not in arrivals.take_in(new(ekvik)).effects[-1].facts  # type: ignore[union-attr]


def test_signs_that_disagree_are_noted_in_the_case(ekvik: RuleBook) -> None:
    notes = [e.text for e in arrivals.take_in(new(ekvik, numbers=(OTHER,))).effects if isinstance(e, Note)]
    assert notes == [OTHER]
    assert not any(isinstance(e, Note) for e in arrivals.take_in(new(ekvik)).effects)
