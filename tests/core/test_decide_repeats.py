"""The same feedback once more (S33): how it is filed, who reads it, and which colleague hears the number."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from service.core.cases import Submitter
from service.core.decide import repeats
from service.core.decide.incoming import Incoming
from service.core.effects import AddMessage, SendLetter
from service.core.mail import Message
from service.core.message import Address, Attachment
from service.core.people.origin import Arrival
from service.core.rules.forms import Submission
from service.core.rules.rulebook import RuleBook
from service.core.verdict import Context, Match, Role, Verdict
from tests.core.values import ANNA, BO, MARIA, NOW, NUMBER, a_case, a_mail

FILE = Attachment("karta.pdf", "application/pdf", 1, "f" * 64, inline=False)
GRANNE = "granne@example.org"


def again(
    book: RuleBook, message: Message, form: Submission | None = None, **case: Any
) -> tuple[AddMessage, list[SendLetter]]:
    """How the copy is filed, and the letters about it."""
    ctx = Context(case=a_case(**case), match=Match(NUMBER, "token"))
    mail = Incoming(message, Verdict(Role.AGAIN, "", form=form), ctx, book, Arrival(NOW, ""), NOW, date(2026, 9, 7))
    filed, *rest = repeats.on_again(mail)
    assert isinstance(filed, AddMessage)
    return filed, [e for e in rest if isinstance(e, SendLetter)]


FORM = Submission("synpunkt", email=ANNA, text="Hej!")


@pytest.mark.parametrize(
    ("sender", "form", "case", "kind", "letters", "colleague"),
    [
        pytest.param(ANNA, None, {}, "follow-up", [("duplicate", BO)], "", id="mailed twice"),
        pytest.param(GRANNE, None, {}, "duplicate", [("duplicate", BO)], "", id="by somebody else"),
        pytest.param(ANNA, FORM, {}, "duplicate", [("duplicate", BO)], "", id="through the form too"),
        pytest.param(MARIA, None, {}, "duplicate", [("duplicate", BO), ("echo", MARIA)], MARIA, id="passed on"),
        pytest.param(
            MARIA,
            None,
            {"submitter": Submitter("Maria", MARIA)},
            "follow-up",
            [("duplicate", BO)],
            MARIA,
            id="a colleague's own",
        ),
        pytest.param(MARIA, FORM, {}, "duplicate", [("duplicate", BO)], "", id="by the form, in a colleague's name"),
        pytest.param(
            MARIA,
            None,
            {"secrecy": True},
            "duplicate",
            [("follow-up-secret", BO), ("echo", MARIA)],
            MARIA,
            id="passed on, in a secret case",
        ),
        pytest.param(ANNA, None, {"secrecy": True}, "follow-up", [("follow-up-secret", BO)], "", id="in a secret case"),
    ],
)
def test_s33_who_hears_that_it_came_once_more(
    ekvik: RuleBook,
    sender: str,
    form: Submission | None,
    case: dict[str, Any],
    kind: str,
    letters: list[tuple[str, str]],
    colleague: str,
) -> None:
    filed, told = again(ekvik, a_mail(sender, attachments=(FILE,)), form, **case)
    assert (filed.kind, filed.from_submitter) == (kind, kind == "follow-up")
    assert [(e.template_name, e.to) for e in told] == letters
    is_secret = "secrecy" in case
    assert told[0].facts == {
        "new_text": "" if is_secret else "Hej!",
        "sender": sender,
        "by_form": form is not None,
        "colleague": colleague,
    }
    assert told[0].files_of == ("" if is_secret else "d" * 64)
    for echo in told[1:]:
        assert ("Gata och park tar hand om den." in echo.facts["done"]) is not is_secret
        assert any("finns redan som ett ärende" in line for line in echo.facts["done"])


def test_what_came_without_files_is_shown_without(ekvik: RuleBook) -> None:
    _, [letter] = again(ekvik, a_mail(ANNA))
    assert letter.files_of == ""


def test_s33_what_is_secret_in_the_copy_makes_the_case_so(ekvik: RuleBook) -> None:
    _, told = again(ekvik, a_mail(ANNA, "Min son är placerad på HVB."))
    assert told[-1].template_name == "follow-up-secret"


FORWARDED = (
    f"Hej!\n\n-----Ursprungligt meddelande-----\nFrån: Anna Ek <{ANNA}>\nSkickat: den 4 maj 2026 09:12\n"
    "Till: Maria Lund\nÄmne: Hål\n\nDet är ett hål."
)


@pytest.mark.parametrize(
    ("verdict", "text", "said"),
    [
        pytest.param({}, "Hålet!", (MARIA, "Hålet!"), id="the sender's own"),
        pytest.param({"form": FORM}, "Epost: x", (ANNA, "Hej!"), id="a form's"),
        pytest.param({"role": Role.FILE_NOTE}, FORWARDED, (ANNA, "Det är ett hål."), id="passed on"),
        pytest.param({"role": Role.FILE_NOTE}, "Ringde om hålet.", ("", ""), id="a note that names nobody"),
        pytest.param(
            {"role": Role.UNKNOWN_FORM, "reply_to": Address("", ANNA)},
            "Hålet!",
            (ANNA, "Hålet!"),
            id="an unknown form's",
        ),
        pytest.param({"role": Role.UNKNOWN_FORM}, "Hålet!", (MARIA, "Hålet!"), id="one that names nobody"),
        pytest.param({"reply_to": Address("", ANNA)}, "Hålet!", (MARIA, "Hålet!"), id="a wish is no identity"),
    ],
)
def test_whose_feedback_a_mail_brings(
    ekvik: RuleBook, verdict: dict[str, Any], text: str, said: tuple[str, str]
) -> None:
    known = Verdict(**{"role": Role.NEW, "because": ""} | verdict)
    mail = Incoming(
        a_mail(MARIA, text, subject="VB: Hål"), known, Context(), ekvik, Arrival(NOW, ""), NOW, date(2026, 9, 7)
    )
    assert repeats.said_by(mail) == said


@pytest.mark.parametrize(("fresh", "said"), [("Hålet!", "Hålet!"), ("", "Hålet!\n> Vilket?")])
def test_what_is_quoted_is_said_by_whoever_writes_nothing_else(ekvik: RuleBook, fresh: str, said: str) -> None:
    message = a_mail(ANNA, text="Hålet!\n> Vilket?", new_text=fresh)
    mail = Incoming(message, Verdict(Role.NEW, ""), Context(), ekvik, Arrival(NOW, ""), NOW, date(2026, 9, 7))
    assert repeats.said_by(mail) == (ANNA, said)
