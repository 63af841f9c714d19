"""What automatic mail brings about in a case: shown to whoever has it, unless it certainly is an absence alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from service.core.cases import Case
from service.core.decide import Incoming, on_mail
from service.core.decide.incoming import SentLetter
from service.core.decide.machines import ALERT_LOST
from service.core.effects import (
    AddMessage,
    Effect,
    Letter,
    NoCase,
    Note,
    PassOn,
    RememberAbsence,
    SendLetter,
    SetFields,
)
from service.core.message import Absence, Attachment, Bounce, Kind, Received
from service.core.people.origin import Arrival
from service.core.people.tokens import make_message_id
from service.core.rules.rulebook import RuleBook
from service.core.verdict import Context, Match, Role, Verdict
from tests.core.values import ANNA, BO, MARIA, NOW, NUMBER, REGISTRAR, SECRET, a_case, a_mail


@pytest.mark.parametrize(
    ("absence", "certain", "shown"),
    [
        pytest.param(None, True, [BO], id="a ticket system"),
        pytest.param(Absence(date(2026, 9, 20)), True, [], id="an absence, and nothing else"),
        pytest.param(Absence(date(2026, 9, 20)), False, [BO], id="told by words alone: it may be a person's"),
    ],
)
def test_who_reads_a_mail_that_bears_the_marks_of_a_machine(
    ekvik: RuleBook, absence: Absence | None, certain: bool, shown: list[str]
) -> None:
    message = a_mail(ANNA, "Jag är borta.", kind=Kind.AUTO_REPLY, absence=absence, certain=certain)
    verdict, ctx = Verdict(Role.MACHINE, "its words"), Context(case=a_case(), match=Match(NUMBER, "number"))
    effects = on_mail(Incoming(message, verdict, ctx, ekvik, Arrival(NOW, ""), NOW, date(2026, 9, 7)))
    assert [effect.to for effect in effects if isinstance(effect, SendLetter)] == shown


FILE = Attachment("karta.pdf", "application/pdf", 1, "f" * 64, False)


@pytest.mark.parametrize(
    ("case", "sender", "files", "template"),
    [
        pytest.param({}, ANNA, (), "automatic-mail", id="without files"),
        pytest.param({}, ANNA, (FILE,), "automatic-mail", id="with files"),
        pytest.param({"secrecy": True}, ANNA, (FILE,), "follow-up-secret", id="in a secret case"),
        pytest.param({}, MARIA, (), "", id="a colleague's machine"),
    ],
)
def test_what_is_shown_of_it(
    ekvik: RuleBook, case: dict[str, Any], sender: str, files: tuple[Attachment, ...], template: str
) -> None:
    quiet_since = NOW - timedelta(days=3)
    message = a_mail(sender, "Ditt ärende är mottaget.", kind=Kind.AUTO_REPLY, attachments=files)
    ctx = Context(case=a_case(last_mail_at=quiet_since, **case), match=Match(NUMBER, "number"))
    verdict = Verdict(Role.MACHINE, "its words")
    effects = on_mail(Incoming(message, verdict, ctx, ekvik, Arrival(NOW, ""), NOW, date(2026, 9, 7)))
    is_secret = bool(case)
    assert [(e.template_name, e.facts["new_text"], bool(e.files_of)) for e in effects if isinstance(e, SendLetter)] == (
        [(template, "" if is_secret else message.new_text, bool(files) and not is_secret)] if template else []
    )
    assert any(isinstance(e, SetFields) and e.changes == {"last_mail_at": quiet_since} for e in effects)


@pytest.mark.parametrize(
    ("sender", "message", "to"),
    [
        (BO, {"by_subject": True}, [REGISTRAR]),
        (REGISTRAR, {"by_subject": True}, [BO]),
        (BO, {"by_subject": True, "new_text": ""}, []),
        (BO, {"by_subject": False}, []),
    ],
)
def test_who_reads_a_colleagues_mail_whose_subject_alone_is_a_machines(
    ekvik: RuleBook, sender: str, message: dict[str, Any], to: list[str]
) -> None:
    """Never its writer, who may be a machine that answers each mail."""
    mail = replace(a_mail(sender, "Hålet är lagat.", kind=Kind.AUTO_REPLY), **message)
    verdict, ctx = Verdict(Role.MACHINE, "its words"), Context(case=a_case(), match=Match(NUMBER, "number"))
    effects = on_mail(Incoming(mail, verdict, ctx, ekvik, Arrival(NOW, ""), NOW, date(2026, 9, 7)))
    assert [effect.to for effect in effects if isinstance(effect, SendLetter)] == to


OUTSIDE = {"received": (Received("mx.ekvik.example", NOW, ("mail.example.org",), "192.0.2.7"),)}
FINAL, DELAYED = Bounce(ANNA, "5.2.2", "failed"), Bounce(ANNA, "4.2.2", "delayed")
LETTER = SentLetter(Letter.HANDOVER, ANNA, NUMBER, "<h@ekvik.example>")
WORK = SentLetter(Letter.ASSIGNMENT, BO, NUMBER, "<a@ekvik.example>")


def reported(book: RuleBook, bounce: Bounce, letter: SentLetter | None, case: Case | None, **mail: Any) -> list[Effect]:
    message = a_mail("mailer-daemon@example.org", kind=Kind.BOUNCE, bounce=bounce, **mail)
    ctx = Context(case=case, match=Match(NUMBER, "token") if case else Match())
    verdict = Verdict(Role.BOUNCE, "a report")
    arrival = Arrival(NOW, "")
    return on_mail(Incoming(message, verdict, ctx, book, arrival, NOW, date(2026, 9, 7), bounced=letter))


@pytest.mark.parametrize(
    ("bounce", "letter", "mail", "note", "acts"),
    [
        pytest.param(FINAL, LETTER, {}, "handover was not delivered: failed 5.2.2", True, id="lost"),
        pytest.param(FINAL, LETTER, OUTSIDE, "handover was not delivered: failed 5.2.2", True, id="its id is secret"),
        pytest.param(
            FINAL,
            SentLetter(Letter.HANDOVER, ANNA, NUMBER, has_answer=True),
            OUTSIDE,
            "a report says that handover was not delivered: failed 5.2.2; nothing shows that the report is true",
            False,
            id="a letter that was answered",
        ),
        pytest.param(
            FINAL,
            WORK,
            OUTSIDE,
            "a report says that assignment was not delivered: failed 5.2.2; nothing shows that the report is true",
            False,
            id="a letter to staff, by a stranger",
        ),
        pytest.param(FINAL, WORK, {}, "assignment was not delivered: failed 5.2.2", True, id="by the own server"),
        pytest.param(
            DELAYED, LETTER, {}, "a report says that handover was not delivered: delayed 4.2.2", False, id="not yet"
        ),
        pytest.param(
            FINAL, None, {}, "a report says that a mail was not delivered: failed 5.2.2", False, id="of whose"
        ),
        pytest.param(Bounce(), LETTER, {}, "handover was not delivered: failed", True, id="that says nothing else"),
    ],
)
def test_s21_which_report_is_believed(
    ekvik: RuleBook, bounce: Bounce, letter: SentLetter | None, mail: dict[str, Any], note: str, acts: bool
) -> None:
    quiet_since = NOW - timedelta(days=3)
    effects = reported(ekvik, bounce, letter, a_case(last_mail_at=quiet_since), **mail)
    assert isinstance(effects[0], AddMessage)
    assert any(isinstance(e, SetFields) and e.changes == {"last_mail_at": quiet_since} for e in effects)
    assert [e.text for e in effects if isinstance(e, Note)] == [note]
    assert any(isinstance(e, SendLetter | PassOn) for e in effects) is acts


@pytest.mark.parametrize(
    ("bounce", "letter", "mail", "passed_on"),
    [
        pytest.param(FINAL, WORK, {}, True, id="work is passed on"),
        pytest.param(FINAL, WORK, OUTSIDE, False, id="by a stranger"),
        pytest.param(DELAYED, WORK, {}, False, id="not yet"),
        pytest.param(FINAL, LETTER, {}, False, id="a letter to somebody outside"),
        pytest.param(FINAL, None, {}, False, id="none of ours"),
    ],
)
def test_s21_a_report_about_no_case(
    ekvik: RuleBook, bounce: Bounce, letter: SentLetter | None, mail: dict[str, Any], passed_on: bool
) -> None:
    first, *rest = reported(ekvik, bounce, letter, None, **mail)
    assert isinstance(first, NoCase)
    assert first.kind == "bounce"
    assert [type(e) for e in rest] == ([PassOn] if passed_on else [])


@pytest.mark.parametrize(("certain", "secret"), [(False, True), (True, False)])
def test_s06_a_later_automatic_mail_may_make_a_case_secret(ekvik: RuleBook, certain: bool, secret: bool) -> None:
    absence = Absence() if certain else None
    message = a_mail(ANNA, "Min son är placerad på HVB.", kind=Kind.AUTO_REPLY, absence=absence)
    ctx = Context(case=a_case(), match=Match(NUMBER, "number"))
    mail = Incoming(message, Verdict(Role.MACHINE, ""), ctx, ekvik, Arrival(NOW, ""), NOW, date(2026, 9, 7))
    effects = on_mail(mail)
    assert any(isinstance(e, SetFields) and e.changes.get("secrecy") for e in effects) is secret


@pytest.mark.parametrize(
    ("sender", "absence", "where", "remembered"),
    [
        pytest.param(BO, Absence(date(2026, 9, 20)), "", True, id="a colleague is away"),
        pytest.param(ANNA, Absence(date(2026, 9, 20)), "quarantine", False, id="somebody outside is away"),
        pytest.param(BO, None, "quarantine", False, id="a colleague's newsletter"),
    ],
)
def test_s17_automatic_mail_about_no_case(
    ekvik: RuleBook, sender: str, absence: Absence | None, where: str, remembered: bool
) -> None:
    message = a_mail(sender, "Jag är borta.", kind=Kind.AUTO_REPLY, absence=absence)
    mail = Incoming(message, Verdict(Role.MACHINE, ""), Context(), ekvik, Arrival(NOW, ""), NOW, date(2026, 9, 7))
    first, *rest = on_mail(mail)
    assert isinstance(first, NoCase)
    assert (first.folder == "quarantine") is bool(where)
    assert any(isinstance(e, RememberAbsence) for e in rest) is remembered


OF_THE_SERVICE = make_message_id(SECRET, Letter.ALERT, "", "svcabcdefgh", "drift@ekvik.example", "ekvik.example")
OF_A_MATTER = make_message_id(SECRET, Letter.QUESTION, "", "abcdefghijk", BO, "ekvik.example")


@pytest.mark.parametrize(
    ("original", "status", "kind", "folder"),
    [
        pytest.param(OF_THE_SERVICE, "failed", ALERT_LOST, "quarantine", id="a person sees it"),
        pytest.param(OF_THE_SERVICE, "delayed", "bounce", "handled", id="not yet"),
        pytest.param(OF_A_MATTER, "failed", "bounce", "handled", id="of another letter"),
        pytest.param(None, "failed", "bounce", "handled", id="of none that is named"),
    ],
)
def test_whoever_looks_after_the_service_was_not_reached(
    ekvik: RuleBook, original: str | None, status: str, kind: str, folder: str
) -> None:
    [found] = reported(ekvik, Bounce("drift@ekvik.example", "5.1.1", status, original), None, None)
    assert isinstance(found, NoCase)
    assert (found.kind, found.folder) == (kind, folder)
    filed, *_ = reported(ekvik, Bounce("drift@ekvik.example", "5.1.1", status, original), None, a_case())
    assert isinstance(filed, AddMessage), "what points to a case is filed there"


@pytest.mark.parametrize(
    ("role", "came_back", "folder"),
    [
        (Role.OWN, False, "quarantine"),
        (Role.OWN, True, "handled"),
        (Role.ABOUT_US, False, "quarantine"),
        (Role.ABOUT_US, True, "handled"),
        (Role.CANARY, False, "handled"),
        (Role.TRIAL, False, "handled"),
    ],
)
def test_where_mail_of_our_own_lies(ekvik: RuleBook, role: Role, came_back: bool, folder: str) -> None:
    ctx = Context(came_back=came_back)
    message, arrival = a_mail("synpunkten@ekvik.example"), Arrival(NOW, "")
    [found] = on_mail(Incoming(message, Verdict(role, "ours"), ctx, ekvik, arrival, NOW, date(2026, 9, 7)))
    assert isinstance(found, NoCase)
    assert (found.kind, found.folder) == (role, folder)
