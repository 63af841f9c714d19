"""A mail that cannot be read: what begins all the same, and what is filled in when it can be read at last."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from service.core.cases import Case, Clock, Contact, Move, Publication, Status, Submitter
from service.core.decide import Incoming, on_mail
from service.core.decide.incoming import Unread
from service.core.decide.unreadable import NOTICE, on_readable
from service.core.effects import (
    AddMessage,
    ChangeStatus,
    Effect,
    NoCase,
    OpenCase,
    SendLetter,
    SetFields,
    StartClock,
    Withdraw,
)
from service.core.message import Attachment, Message
from service.core.people.origin import Arrival
from service.core.rules.forms import Submission
from service.core.rules.rulebook import RuleBook
from service.core.verdict import Context, Match, Role, Verdict
from tests.core.values import ANNA, BO, NOW, NUMBER, REGISTRAR, a_case, a_mail

GRANNE = "granne@example.org"


def incoming(
    book: RuleBook,
    message: Message,
    role: Role,
    case: Case | None = None,
    form: Submission | None = None,
    unread: Unread | None = None,
) -> Incoming:
    ctx = Context(case=case, match=Match(NUMBER, "number") if case else Match())
    verdict = Verdict(role, "its header", form)
    return Incoming(message, verdict, ctx, book, Arrival(NOW, ""), NOW, date(2026, 9, 7), unread=unread)


def effects_of(
    book: RuleBook, role: Role, case: Case | None = None, sender: str | None = ANNA, text: str = ""
) -> list[Effect]:
    message = a_mail(sender, text)
    return on_mail(incoming(book, message, role, case, unread=Unread("too long", "Karantän")))


def told(effects: list[Effect]) -> list[tuple[str, str]]:
    return [(effect.template_name, effect.to) for effect in effects if isinstance(effect, SendLetter)]


OPENED = [("receipt", ANNA), ("unreadable", REGISTRAR)]
IN_CASE = [("unreadable-in-case", BO), ("unreadable-in-case", REGISTRAR)]


@pytest.mark.parametrize(
    ("role", "case", "sender", "letters"),
    [
        pytest.param(Role.NEW, None, ANNA, OPENED, id="something new"),
        pytest.param(Role.NEW, None, None, OPENED[1:], id="from nobody"),
        pytest.param(Role.FORM, None, "noreply@ekvik.example", OPENED[1:], id="a form"),
        pytest.param(Role.FORM, a_case(), "noreply@ekvik.example", OPENED[1:], id="a form that names a case"),
        pytest.param(Role.UNKNOWN_FORM, None, "noreply@ekvik.example", OPENED[1:], id="an unknown form"),
        pytest.param(Role.SUBMITTER, a_case(), ANNA, IN_CASE, id="the submitter"),
        pytest.param(Role.STRANGER, a_case(), GRANNE, [*IN_CASE, ("receipt-stranger", GRANNE)], id="a stranger"),
        pytest.param(Role.OFFICER, a_case(), BO, IN_CASE, id="the officer"),
        pytest.param(Role.UNPROVEN_STAFF, a_case(), BO, IN_CASE, id="in the officer's name"),
        pytest.param(Role.UNPROVEN_STAFF, None, BO, [("unproven-new", REGISTRAR)], id="news in an officer's name"),
        pytest.param(Role.SUBMITTER, a_case(officer=""), ANNA, IN_CASE[1:], id="a case of the registrar's"),
        pytest.param(Role.SUBMITTER, a_case(secrecy=True), ANNA, IN_CASE[:1], id="a secret case: no registrar"),
        pytest.param(Role.NEW, None, "mailer-daemon@example.org", [], id="a mail system"),
        pytest.param(Role.MACHINE, None, ANNA, [], id="a machine"),
        pytest.param(Role.MACHINE, a_case(), ANNA, [], id="a machine in a case"),
        pytest.param(Role.OWN, None, ANNA, [], id="ourselves"),
        pytest.param(Role.CANARY, None, ANNA, [], id="a letter to itself"),
        pytest.param(Role.ABOUT_US, None, ANNA, [], id="about the service"),
    ],
)
def test_kop_10_who_hears_of_a_mail_that_cannot_be_read(
    ekvik: RuleBook, role: Role, case: Case | None, sender: str | None, letters: list[tuple[str, str]]
) -> None:
    effects = effects_of(ekvik, role, case, sender, "x")
    assert told(effects) == letters
    in_quarantine = not letters or letters[0][0] == "unproven-new"
    filed = AddMessage if letters and letters[0] in IN_CASE else OpenCase
    assert isinstance(effects[0], NoCase if in_quarantine else filed)


def test_its_case_says_so_in_place_of_the_text(ekvik: RuleBook) -> None:
    opened, *rest = effects_of(ekvik, Role.NEW, text="=?utf-8?b?oläsligt")
    assert isinstance(opened, OpenCase)
    assert opened.case.text == NOTICE
    assert any(isinstance(effect, ChangeStatus) and effect.move is Move.TRIAGE for effect in rest)


@pytest.mark.parametrize("secrecy", [False, True])
def test_where_the_original_is_found(ekvik: RuleBook, secrecy: bool) -> None:
    effects = effects_of(ekvik, Role.SUBMITTER, a_case(secrecy=secrecy))
    letter = next(effect for effect in effects if isinstance(effect, SendLetter))
    assert dict(letter.facts) == {"reason": "too long", "folder": "Karantän", "sender": ANNA}
    assert bool(letter.files_of) is not secrecy


@pytest.mark.parametrize(
    ("role", "status", "moves"),
    [
        (Role.SUBMITTER, Status.ASSIGNED, []),
        (Role.SUBMITTER, Status.WAITING, [Status.ASSIGNED]),
        (Role.SUBMITTER, Status.CLOSED, [Status.ASSIGNED]),
        (Role.STRANGER, Status.WAITING, []),
        (Role.STRANGER, Status.CLOSED, []),
    ],
)
def test_somebody_is_owed_an_answer_to_it(ekvik: RuleBook, role: Role, status: Status, moves: list[Status]) -> None:
    effects = effects_of(ekvik, role, a_case(status=status))
    assert sum(isinstance(effect, ChangeStatus) for effect in effects) == len(moves)
    [filed] = [effect for effect in effects if isinstance(effect, AddMessage)]
    assert filed.from_submitter is (role is Role.SUBMITTER)


# --- and can be read at last -----------------------------------------------------------------------------------------

FILE = Attachment("karta.pdf", "application/pdf", 1, "f" * 64, False)
OPENED_UNREAD = a_case(text=NOTICE, title="Hål", officer="", status=Status.TRIAGE)


def filled(book: RuleBook, case: Case, opened_it: bool = True, form: Submission | None = None, **mail: Any) -> Any:
    """What changes in the case, and the letter."""
    message = a_mail(mail.pop("sender", ANNA), mail.pop("text", "Lampan på Kyrkogatan är trasig."), **mail)
    effects = on_readable(
        incoming(book, message, Role.FORM if form else Role.NEW, None, form), case, opened_it=opened_it
    )
    changes = {key: value for e in effects if isinstance(e, SetFields) for key, value in e.changes.items()}
    return changes, effects


@pytest.mark.parametrize(
    ("case", "opened_it", "is_filled"),
    [
        pytest.param(OPENED_UNREAD, True, True, id="the mail that opened it"),
        pytest.param(OPENED_UNREAD, False, False, id="another mail"),
        pytest.param(a_case(), True, False, id="somebody has written down what it is about"),
    ],
)
def test_the_case_gets_its_text_at_last(ekvik: RuleBook, case: Case, opened_it: bool, is_filled: bool) -> None:
    changes, effects = filled(ekvik, case, opened_it)
    assert changes.get("text") == ("Lampan på Kyrkogatan är trasig." if is_filled else None)
    assert ("title" in changes) is is_filled
    [letter] = [effect for effect in effects if isinstance(effect, SendLetter)]
    assert letter.facts["new_text"] == "Lampan på Kyrkogatan är trasig."


@pytest.mark.parametrize(
    ("known", "form", "submitter"),
    [
        pytest.param(Submitter(), {"email": ANNA}, Submitter(email=ANNA, contact=Contact.EMAIL), id="where to write"),
        pytest.param(
            Submitter(), {"phone": "070-1"}, Submitter(phone="070-1", contact=Contact.PHONE), id="where to call"
        ),
        pytest.param(
            Submitter(address="Storgatan 1", contact=Contact.LETTER),
            {"phone": "070-1"},
            None,
            id="staff have noted another way",
        ),
        pytest.param(Submitter(email=GRANNE, contact=Contact.EMAIL), {"email": ANNA}, None, id="known already"),
    ],
)
def test_who_wrote_is_known_at_last(
    ekvik: RuleBook, known: Submitter, form: dict[str, str], submitter: Submitter | None
) -> None:
    case = a_case(text=NOTICE, officer="", status=Status.TRIAGE, submitter=known)
    changes, effects = filled(ekvik, case, form=Submission("webb", text="En grind.", **form))  # type: ignore[arg-type]
    assert changes.get("submitter") == submitter
    assert any(isinstance(e, StartClock) and e.kind is Clock.RECEIPT for e in effects) is (
        submitter is not None and submitter.contact is Contact.EMAIL
    )


@pytest.mark.parametrize(
    ("case", "text", "files", "is_secret"),
    [
        pytest.param(a_case(), "Lampan är trasig.", (FILE,), False, id="with its files"),
        pytest.param(a_case(), "Lampan är trasig.", (), False, id="without files"),
        pytest.param(a_case(secrecy=True), "Lampan är trasig.", (FILE,), True, id="in a secret case"),
        pytest.param(a_case(), "Min son är placerad på HVB.", (FILE,), True, id="what makes it secret"),
    ],
)
def test_what_is_shown_of_it(
    ekvik: RuleBook, case: Case, text: str, files: tuple[Attachment, ...], is_secret: bool
) -> None:
    changes, effects = filled(ekvik, case, False, text=text, attachments=files)
    [letter] = [effect for effect in effects if isinstance(effect, SendLetter)]
    assert letter.facts["new_text"] == ("" if is_secret else text)
    assert bool(letter.files_of) is (bool(files) and not is_secret)
    assert letter.to == BO
    becomes_secret = is_secret and not case.secrecy
    assert (changes.get("secrecy"), changes.get("publication")) == (
        (True, Publication.NO) if becomes_secret else (None, None)
    )


def test_what_was_worded_before_it_was_seen_to_be_secret_leaves_no_more(ekvik: RuleBook) -> None:
    """Nor does it leave again, to the next in turn, when it comes back."""
    changes, effects = filled(ekvik, a_case(), False, text="Min son är placerad på HVB.")
    assert changes["secret_since"] == NOW
    assert any(isinstance(effect, Withdraw) for effect in effects)
