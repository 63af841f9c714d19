"""Forms, unrouted mail, machines, the same mail twice, and mail in trouble."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime
from functools import partial

import pytest
from sqlalchemy import select

from service.core.cases import Contact, Status
from service.core.rules.choices import Echo
from service.desk.handling import Delivered
from service.desk.rounds import trouble
from service.desk.tables import messages
from tests.conversations.town import ANNA, BO, REGISTRAR, STOCKHOLM, Town
from tests.core.values import a_book

HOLE = "Det är ett stort hål i asfalten på Storgatan."
FORM = """Vad gäller det?
Förskola
Din synpunkt
Grinden på Myran går inte att stänga.
Obs: barnen springer ut!
Vill du ha svar?
{contact}
Namn
{name}
E-post
{email}
Sidans adress: https://www.ekvik.example/forskola/myran.html
IP-adress: 192.0.2.44
"""
FORM_HEADERS = [("Auto-Submitted", "auto-generated")]


def form(
    town: Town, contact: str = "Ja, via e-post", name: str = "Petra Holm", email: str = "petra@example.org"
) -> None:
    text = FORM.format(contact=contact, name=name, email=email)
    town.writes("noreply@ekvik.example", text, subject="Synpunkter och klagomål", headers=FORM_HEADERS)


def test_s14_a_form_is_a_case_of_the_person_who_filled_it_in(town: Town) -> None:
    """S14: the submitter is Petra, the receipt goes to her, and the form's own address gets nothing."""
    form(town)
    case = town.case()
    assert (case.submitter.name, case.submitter.email) == ("Petra Holm", "petra@example.org")
    assert "Obs: barnen springer ut!" in case.text
    assert case.unit == "forskola"
    assert case.channel == "webbformulär"
    assert town.letter("receipt").to == "petra@example.org"
    assert town.letters(to="noreply@ekvik.example") == []


def test_s05_an_anonymous_form_gets_no_mail_and_says_so(town: Town) -> None:
    """S05, KLI-18: no receipt to anybody; the officer reads that nobody can be answered."""
    form(town, contact="Nej", name="", email="")
    assert town.letters("receipt") == []
    assert town.case().anonymous
    assert town.letter("assignment")


def test_hjo_32_who_wants_no_contact_gets_none(town: Town) -> None:
    """HJO-32: an answer is written down, nothing is sent."""
    form(town, contact="Nej")
    assert town.case().submitter.contact is Contact.NONE
    assignment = town.letter("assignment")
    town.writes(
        assignment.to, "#SVAR\nLagat.\n#ÅTGÄRD 1\n#PUBLICERA NEJ\n#TYP klagomål\n#KATEGORI 2", answers=assignment
    )
    assert [x for x in town.sent if x.to == "petra@example.org"] == []
    assert town.case().status is Status.ANSWERED


def test_kop_21_what_no_rule_knows_goes_to_the_registrar(town: Town) -> None:
    """KOP-21: not into a void; the registrar hands it to somebody, who gets the case whole."""
    town.writes(ANNA, "Xyz abc def.", subject="Qwerty")
    case = town.case()
    assert case.status is Status.TRIAGE
    assert town.letter("receipt")
    triage = town.letter("assignment", REGISTRAR)
    town.writes(REGISTRAR, f"#ÖVERLÄMNA {BO}", answers=triage)
    assert (town.case().status, town.case().officer) == (Status.ASSIGNED, BO)
    assert "Xyz abc def." in town.letter("assignment", BO).text
    assert "Bo Ek" in town.letter("handover", "anna.ek@example.org").text


def test_s18_the_wrong_officer_returns_the_case(town: Town) -> None:
    """S18: back to the registrar with the reason."""
    town.writes(ANNA, HOLE)
    town.writes(BO, "#FEL HANDLÄGGARE Det här är länsvägen.", answers=town.letter("assignment"))
    assert town.case().status is Status.TRIAGE
    assert "Det här är länsvägen." in town.letter("assignment", REGISTRAR).text


def test_s11_another_authoritys_matter_is_referred(town: Town) -> None:
    """S11, SPA-16: who answers for it and how to reach them; closed as referred."""
    town.writes(ANNA, "När ska ni salta riksväg 63 förbi Norrby? Livsfarligt i går.", subject="Väg 63")
    referral = town.letter("referral")
    assert "Trafikverket" in referral.text
    assert "0771-921 921" in referral.text
    assert town.case().status is Status.CLOSED
    assert town.case().measure == "Hänvisad till annan myndighet"
    assert town.news() == [("alert", "jour@ekvik.example"), ("referral", "anna.ek@example.org")], (
        "danger to life is told at once, whoever's road it is"
    )


def test_s11_a_person_sees_another_authoritys_matter_when_nobody_can_be_referred(town: Town) -> None:
    """S11, FL 8 §: who wants no answer is told nothing, and what came in must not be closed unseen."""
    form = "Din synpunkt: Riksväg 63 är full av hål förbi Norrby.\nVill du ha svar?: Nej"
    town.writes("noreply@ekvik.example", form, subject="Synpunkter och klagomål från webben")
    assert town.case().status is Status.TRIAGE
    told = " ".join(town.letter("assignment", REGISTRAR).text.split())
    assert "hör till Trafikverket, men synpunktslämnaren kan inte hänvisas dit" in told
    assert town.letters("referral") == []


def test_s11_the_registrar_hears_of_a_referral_to_an_address_that_does_not_exist(town: Town) -> None:
    """A form may hold any address: the first letter to it shows that, and the next one is not even written."""
    form = "Din synpunkt: {}\nNamn: Anna Ek\nE-post: ana.ek@example.org"
    town.refuses["ana.ek@example.org"] = "550 5.1.1 no such user"
    for text in ("Lampan vid lekplatsen lyser inte.", "Riksväg 63 är full av hål förbi Norrby."):
        town.writes("noreply@ekvik.example", form.format(text), subject="Synpunkter och klagomål från webben")
    alert = town.letters("alert", REGISTRAR)[-1]
    assert "Hänvisningen till Anna Ek kom inte fram till ana.ek@example.org" in " ".join(alert.text.split())
    assert alert.number == town.cases()[-1].number


@pytest.mark.parametrize("mode", list(Echo))
@pytest.mark.parametrize(
    ("order", "untold"),
    [
        ("#FÖRSENAD 15 oktober Vi väntar på en lampa.", "har inte fått beskedet om att svaret dröjer"),
        ("#AVVISA Det är inget vi kan ta upp.", "Det är osäkert om det kommer fram"),
    ],
)
def test_whoever_orders_it_hears_that_the_submitter_could_not_be_told(
    town: Town, mode: Echo, order: str, untold: str
) -> None:
    town.desk = replace(town.desk, book=a_book(town.book, echo=mode))
    town.refuses["ana.ek@example.org"] = "550 5.1.1 no such user"
    form = "Din synpunkt: Lampan vid lekplatsen lyser inte.\nNamn: Anna Ek\nE-post: ana.ek@example.org"
    town.writes("noreply@ekvik.example", form, subject="Synpunkter och klagomål från webben")
    assigned = town.letter("assignment")
    town.writes(assigned.to, order, answers=assigned, authenticated=True)
    if questions := town.letters("question"):  # a refusal is shown first, with the same doubt
        assert "osäkert om det kommer fram" in " ".join(questions[-1].text.split())
        town.writes(assigned.to, "Ja", answers=questions[-1], authenticated=True)
    echo = " ".join(town.letters("echo")[-1].text.split())
    assert untold in echo
    assert "på annat sätt" in echo
    assert "Anna Ek får besked" not in echo
    assert town.letters("alert", REGISTRAR)


def test_s06_a_secret_case_has_a_neutral_receipt_and_no_content_in_any_mail(town: Town) -> None:
    """S06, KLI-13: the committee's secretary hears of it; nobody reads it in a mail, and an answer is held back."""
    text = "Min son är placerad på HVB sedan i mars och Karin svarar inte. Han har skadat sig igen."
    folder = town.writes(ANNA, text, subject="Klagomål på handläggare Karin")
    assert folder == "Sekretess"
    assert town.case().secrecy
    assignment = town.letter("assignment", "sekr.social@ekvik.example")
    for mail in town.sent:
        for never in ("HVB", "son", "Karin svarar", "Individ och familj"):
            assert never not in mail.text.replace("person", ""), mail.kind
    town.writes("sekr.social@ekvik.example", "#SVAR\nDin son på HVB mår bra.", answers=assignment)
    town.writes("sekr.social@ekvik.example", "#PLACERAD på HVB", answers=assignment)
    assert town.letters("answer") == []
    assert not any("HVB" in mail.text or "HVB" in mail.html for mail in town.sent)


def test_spa_25_a_secret_case_is_answered_by_other_roads_and_closed(town: Town) -> None:
    """SPA-25: called or written a letter, then #AVSLUTA; the ladder falls silent and no mail says anything."""
    town.writes(ANNA, "Min son är placerad på HVB sedan i mars.", subject="Klagomål")
    assignment = town.letter("assignment", "sekr.social@ekvik.example")
    orders = "#TYP klagomål\n#KATEGORI 1\n#ÅTGÄRD 4\n#PUBLICERA NEJ\n#AVSLUTA"
    town.writes("sekr.social@ekvik.example", orders, answers=assignment)
    assert town.case().status is Status.CLOSED
    sent = len(town.sent)
    town.waits_until("2026-11-01 12:00")
    assert len(town.sent) == sent


@pytest.mark.parametrize(
    ("subject", "headers"),
    [
        ("Autosvar: Vi har tagit emot ditt mejl", [("Auto-Submitted", "auto-replied")]),
        ("Nyhetsbrev i september", [("Precedence", "bulk"), ("List-Unsubscribe", "<https://example.org/av>")]),
    ],
    ids=["auto-reply", "newsletter"],
)
def test_a_machine_is_never_answered(town: Town, subject: str, headers: list[tuple[str, str]]) -> None:
    """RFC 3834: logged with a reason, no case, no letter."""
    town.writes("robot@example.org", "Tack för ditt mejl.", subject=subject, headers=headers)
    assert town.sent == []
    assert town.cases() == []
    assert any(kind.startswith("no-case") for kind, _ in town.journal())


def test_s32_the_citizens_out_of_office_changes_nothing(town: Town) -> None:
    """S32: an event in the case, no reply, no reopening."""
    town.writes(ANNA, HOLE)
    before = town.case()
    sent = len(town.sent)
    town.writes(
        ANNA,
        "Jag är inte på kontoret.",
        answers=town.letter("receipt"),
        headers=[("Auto-Submitted", "auto-replied")],
    )
    assert town.case() == before
    assert len(town.sent) == sent


def test_s17_an_absent_officer_is_no_answer_and_the_registrar_hears(town: Town) -> None:
    """S17: away beyond the due date; the clock keeps running."""
    town.writes(ANNA, HOLE)
    town.writes(
        BO,
        "Jag har semester till den 14 december. Kontakta Maria Lund, maria.lund@ekvik.example.",
        answers=town.letter("assignment"),
        headers=[("Auto-Submitted", "auto-replied")],
        quote=False,
    )
    assert town.letters("answer") == []
    assert town.case().status is Status.ASSIGNED
    assert "Maria Lund" in town.letter("question", REGISTRAR).text


def test_the_same_mail_twice_is_one_case(town: Town) -> None:
    """Peers 1, 2, 27: whatever road the copy came by, and whatever UID it has."""
    raw = town.mail(ANNA, HOLE)
    town.receives(raw)
    town.receives(b"Received: from elsewhere by mx.ekvik.example; Mon, 7 Sep 2026 09:12:00 +0200\r\n" + raw)
    assert len(town.cases()) == 1
    assert len(town.letters("receipt")) == 1
    assert ("again", "the same mail has come once more") in town.journal()


def test_the_same_message_id_with_other_words_is_another_mail(town: Town) -> None:
    """Peers 9: never dropped as a duplicate."""
    raw = town.mail(ANNA, HOLE)
    town.receives(raw)
    town.receives(raw.replace(b"Storgatan", b"Parkgatan"))
    assert len(town.cases()) == 2


def test_s21_a_bounced_receipt_reaches_the_registrar_and_runs_again(town: Town) -> None:
    """S21: the receipt's promise runs again, no new case, no mail to the dead address any more."""
    town.writes(ANNA, HOLE)
    receipt = town.letter("receipt")
    town.receives(bounce(str(receipt.mail["Message-ID"])))
    case = town.case()
    assert case.receipt_sent_at is None
    assert "anna.ek@example.org" in town.letter("alert", REGISTRAR).text
    town.writes(BO, "#ÖVERLÄMNA jonas.vik@ekvik.example", answers=town.letter("assignment"))
    assert town.letters("handover") == []


def test_a_forged_bounce_does_nothing(town: Town) -> None:
    """A report that names no letter of ours stops no address."""
    town.writes(ANNA, HOLE)
    town.receives(bounce("<somebody@else.example>"))
    assert town.case().receipt_sent_at
    assert town.letters("alert") == []


def bounce(message_id: str, status: str = "5.1.1", action: str = "failed") -> bytes:
    return (
        "From: MAILER-DAEMON@mx.ekvik.example\r\nTo: synpunkten@ekvik.example\r\n"
        f"Subject: Undelivered Mail\r\nReturn-Path: <>\r\nMessage-ID: <dsn{message_id.strip('<>')}>\r\n"
        "MIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nCould not be delivered.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.ekvik.example\r\n\r\n"
        f"Final-Recipient: rfc822; anna.ek@example.org\r\nAction: {action}\r\nStatus: {status}\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {message_id}\r\n\r\n--b--\r\n"
    ).encode()


def test_two_answering_machines_stop_soon(town: Town) -> None:
    """What confirms our receipt is the same mail again but for its number: no second case and no second receipt."""
    for number in range(12):
        town.writes("robot@example.org", f"Ditt ärende {number} är mottaget.", subject=f"Ärende {number}")
    assert len(town.letters(to="robot@example.org")) == 1
    assert len(town.cases()) == 1


def test_arrival_is_the_trusted_stamp_and_not_the_senders_date(town: Town) -> None:
    """Domain 3, S42: found late, but it came in when the municipality's server had it."""
    stamp = b"Received: from x by mx.ekvik.example; Wed, 2 Sep 2026 23:30:00 +0000\r\n"
    town.receives(stamp + town.mail(ANNA, HOLE))
    assert town.case().received_at == datetime(2026, 9, 3, 1, 30, tzinfo=STOCKHOLM)


def test_a_large_mail_is_kept_byte_for_byte(town: Town) -> None:
    """Its road into the database is another one than that of small mails."""
    raw = town.mail(ANNA, HOLE, files=[("hål.jpg", random.Random(1).randbytes(2_500_000))])
    town.receives(raw)
    assert town.letter("assignment", BO).files == ["hål.jpg"]
    with town.database.reading() as s:
        assert bytes(s.scalar(select(messages.c.raw).where(messages.c.direction == "in")) or b"") == raw


def test_a_mail_that_cannot_be_handled_is_set_aside_after_three_tries(town: Town) -> None:
    """Poison is counted, moved to quarantine, its case begins all the same, and the registrar gets the original."""
    raw = town.mail(ANNA, HOLE)
    mail = Delivered(raw, town.now, ("INBOX", 1, 99))
    assert trouble.hold(town.desk, mail, "ValueError while handling", town.now) is None
    assert trouble.hold(town.desk, mail, "ValueError while handling", town.now) is None
    assert trouble.hold(town.desk, mail, "ValueError while handling", town.now) == "Karantän"
    town.delivers()
    assert town.letter("assignment", REGISTRAR).files == ["original.eml"]
    assert town.letter("receipt").to == "anna.ek@example.org"
    assert town.case().status is Status.TRIAGE


def test_an_answer_that_bounces_is_owed_again(town: Town) -> None:
    """The citizen has no answer: a closed case is taken up, its ladder runs, and the same words may be sent anew."""
    town.writes(ANNA, HOLE)
    answer = "#SVAR\nLagat.\n#ÅTGÄRD 1\n#PUBLICERA NEJ\n#AVSLUTA"
    town.writes(BO, answer, answers=town.letter("assignment"))
    assert town.case().status is Status.CLOSED
    town.receives(bounce(str(town.letter("answer").mail["Message-ID"]), status="5.2.2"))
    assert town.case().status is Status.ASSIGNED
    assert town.letter("alert", REGISTRAR)
    town.waits_until("2026-09-22 08:00")
    assert town.letters("escalation")
    town.writes(BO, answer, answers=town.letter("assignment"))
    assert len(town.letters("answer")) == 2


@pytest.mark.parametrize("writes_first", [True, False])
def test_one_answer_is_owed_at_a_time_however_late_a_bounce_comes(town: Town, *, writes_first: bool) -> None:
    """Two promises would run: one of them was broken anew at each look, and kept by no answer."""
    town.writes(ANNA, HOLE)
    town.writes(BO, "#SVAR\nLagat.", answers=town.letter("assignment"))
    town.writes(ANNA, "Hålet är kvar.", answers=town.letter("answer"))
    town.writes(BO, "#SVAR\nNu är det lagat.", answers=town.letter("assignment"))
    answer = town.letters("answer")[-1]
    late = partial(town.receives, bounce(str(answer.mail["Message-ID"]), status="5.2.2"))
    again = partial(town.writes, ANNA, "Nu är det där igen.", answers=answer)
    for happens in (again, late) if writes_first else (late, again):
        happens()
    assert len([promise for promise in town.case().deadlines if promise.running]) == 1
    town.waits_until("2026-10-20 08:00")
    broken = [what for _, what in town.journal() if "not kept by" in what]
    assert len(set(broken)) == len(broken)
    town.writes(BO, "#SVAR\nLagat till slut.", answers=town.letter("assignment"))
    assert not any(promise.running for promise in town.case().deadlines)
