"""The scenario mails S01 to S42 in Ekvik, over real mail servers: who writes what, and who hears of it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from service.core.cases import Contact, Publication
from tests.conversations.town import BO, MARIA, REGISTRAR, STOCKHOLM

if TYPE_CHECKING:
    from tests.conversations.street import Street

KARIN, SOFIA = "karin.moberg@ekvik.example", "sofia.ros@ekvik.example"


pytestmark = pytest.mark.databases("postgresql")
"""Real servers all through; the conversations without a network go over SQLite too."""


def anna(street: Street) -> str:
    """The citizen as a sender."""
    return f"Anna Ek <{street.anna}>"


def hole(street: Street, **more: Any) -> None:
    """The everyday case: a hole in a street, which is Bo's."""
    text = "Hej! Det är ett stort hål i asfalten vid Storgatan 14, precis efter övergångsstället. Anna"
    street.writes(anna(street), text, **more)


# --- what citizens write ----------------------------------------------------------------------------------------------


def test_s01_a_pothole_with_a_photo(street: Street) -> None:
    hole(street, files=[("hål.jpg", b"\xff\xd8\xff\xe0 photo")])
    receipt, assignment = street.letter("receipt", street.anna), street.letter("assignment", BO)
    assert street.case().number in receipt.text
    assert "asfalten" not in receipt.text
    assert assignment.files == ["hål.jpg"]
    assert "Storgatan 14" in assignment.text
    assert street.case().title == "Hål i vägen"


def test_s02_school_food_with_a_weak_subject(street: Street) -> None:
    text = "Varför är den vegetariska rätten alltid slut kl 11.30 på Björkskolan? Ordna fler portioner. /Mamma i 4B"
    street.writes(anna(street), text, subject="synpunkt")
    assert street.letter("assignment", "petra.lind@ekvik.example")
    assert "vegetariska" in street.case().title


def test_s03_praise(street: Street) -> None:
    text = "Ni som jobbar på avdelning 2 är guld värda. Mamma ler igen. Hälsa Amina särskilt."
    street.writes(anna(street), text, subject="Tack till Solgården")
    assert street.case().type == "beröm"
    assert "beklag" not in street.letter("receipt", street.anna).text.casefold()
    assert "Amina" not in street.letter("assignment", "sekr.social@ekvik.example").text  # elder care: secret


def test_s04_an_angry_mail_with_an_identity_number(street: Street) -> None:
    text = "Jag har ringt er FEM gånger om min faktura. Mitt personnummer är 19121212-1212, era klåpare!"
    street.writes(anna(street), text, subject="NU RÄCKER DET!!! 19121212-1212")
    receipt, assignment = (
        street.letter("receipt", street.anna),
        street.letter("assignment", "birgit.falk@ekvik.example"),
    )
    for letter in (receipt, assignment):
        assert "1212-1212" not in letter.text + letter.html + letter.subject
    assert "faktura" in assignment.text
    assert street.case().publication is not Publication.YES


def test_s05_an_anonymous_form(street: Street) -> None:
    form = "Din synpunkt: Det luktar skit från pumpstationen vid badet.\nVill du ha svar?: Nej\nNamn:\nE-post:\n"
    street.writes("Webben <noreply@ekvik.example>", form, subject="Synpunkter och klagomål", authenticated=True)
    assert street.case().submitter.contact in {Contact.NONE, Contact.IMPOSSIBLE}
    assert street.letter("assignment", "nils.fors@ekvik.example")
    assert street.kinds("noreply@ekvik.example") == []


def test_s06_secret_content(street: Street) -> None:
    text = "Min son är placerad på HVB sedan i mars och Karin svarar inte. Han har självskadat igen."
    street.writes(anna(street), text, subject="Klagomål på handläggare Karin")
    assert street.case().secrecy
    receipt = street.letter("receipt", street.anna)
    assert not {"HVB", "Individ", "Karin", "social"} & set(receipt.text.split())
    told = street.letter("assignment", "sekr.social@ekvik.example")
    assert "HVB" not in told.text + told.subject + told.html
    assert street.kinds(KARIN) == []  # the one who is complained of does not have the case


@pytest.mark.parametrize("kept", [True, False], ids=["message-id", "no-message-id"])
def test_s06_hjo_57_what_becomes_secret_later_is_moved_in_the_mailbox_too(street: Street, kept: bool) -> None:
    """The citizen's mail and the officer's order follow their case, and go back when the secrecy is lifted."""
    raw = street.town.mail(anna(street), "Hej! Det är ett hål i asfalten vid Storgatan 14.")
    if not kept:
        raw = b"".join(line for line in raw.splitlines(keepends=True) if not line.startswith(b"Message-ID:"))
    street.arrives(raw, street.anna)
    street.works()
    street.writes("nisse@example.org", "Trottoaren på Björkvägen är trasig.", subject="Trottoar")
    assert len(street.folder("Ärenden")) == 2
    assigned = next(x for x in street.inbox_of(BO, 2) if "asfalten" in x.text)
    street.writes(BO, "#SEKRETESS", answers=assigned, quote=False)
    street.works()
    assert sorted(b"Storgatan 14" in mail for mail in street.folder("Sekretess")) == [False, True]
    [other] = street.folder("Ärenden")
    assert "Björkvägen".encode() in other or b"Bj=C3=B6rkv" in other
    street.writes(REGISTRAR, "#SEKRETESS NEJ", subject=f"[{street.cases()[0].number}]")
    street.writes(REGISTRAR, "JA", answers=street.letter("question", REGISTRAR))
    street.works()
    assert not street.cases()[0].secrecy
    assert street.folder("Sekretess") == []
    assert len(street.folder("Ärenden")) == 5


def test_s07_an_appeal_on_a_friday_night(street: Street) -> None:
    friday = datetime(2026, 11, 20, 22, 52, 7, tzinfo=UTC)
    text = "Jag överklagar byggnadsnämndens beslut BN 2026-0417 från den 3 november om avslag på bygglov."
    street.found_late(street.town.mail(anna(street), text, subject="Överklagar"), friday)
    assert street.letter("receipt", street.anna)
    alert = street.letter("alert", "registrator.bygg@ekvik.example")
    assert "BN 2026-0417" in alert.text
    assert "23.52.07" in alert.text
    assert "original.eml" in alert.files
    assert street.case().deadlines[0].kind == "receipt"
    assert len(street.case().deadlines) == 1
    assert street.case().received_at == friday
    assert len(street.folder("Ärenden")) == 1


def test_s08_urgent(street: Street) -> None:
    text = "Vattnet sprutar upp ur gatan vid Kvarnbacken och det är minusgrader."
    street.writes(anna(street), text, subject="Vattenläcka")
    assert "Kvarnbacken" in street.letter("alert", "jour@ekvik.example").text
    assert "319\u00a0212" in street.letter("receipt", street.anna).text.replace(" ", "\u00a0")


def test_s11_another_authority(street: Street) -> None:
    street.writes(anna(street), "När ska ni salta riksväg 63 förbi Norrby? Livsfarligt i går.", subject="Väg 63")
    referral = street.letter("referral", street.anna)
    assert "Trafikverket" in referral.text
    assert "0771-921" in referral.text
    assert street.case().status == "closed"
    assert BO not in {x.to for x in street.inbox_of(BO)}


def test_s11_s09_what_else_stands_in_the_mail_is_not_referred_away(street: Street) -> None:
    text = "1. När ska ni salta riksväg 63 förbi Norrby?\n2. Lampan på Ekstigen är trasig."
    street.writes(anna(street), text, subject="Två saker")
    assert "”Gata och park”, ”Trafikverket”" in street.letter("assignment", REGISTRAR).text
    assert street.case().status == "triage"


def test_s14_a_form_with_a_list_of_fields(street: Street) -> None:
    form = f"""Vad gäller det?
Förskola
Din synpunkt
Grinden på Myran går inte att stänga.
Obs: barnen springer ut!
Vill du ha svar?
Ja, via e-post
Namn
Petra Holm
E-post
{street.anna}
Sidans adress: https://www.ekvik.example/forskola/myran.html
IP-adress: 192.0.2.44"""
    street.writes("Webben <noreply@ekvik.example>", form, subject="Synpunkter och klagomål", authenticated=True)
    case = street.case()
    assert case.submitter.name == "Petra Holm"
    assert "Obs: barnen springer ut!" in case.text
    assert case.page == "https://www.ekvik.example/forskola/myran.html"
    assert street.letter("receipt", street.anna)
    assignment = street.letter("assignment", "anna.kvist@ekvik.example")
    assert "192.0.2.44" not in assignment.text


def test_s15_a_form_that_is_only_a_link(street: Street) -> None:
    text = "Petra Holm har fyllt i e-tjänsten. Läs ärendet här: https://e.ekvik.example/a/48213"
    subject = "Nytt ärende Synpunkten (ärende nr. 48213)"
    street.writes("E-tjänst <etjanst@ekvik.example>", text, subject=subject, authenticated=True)
    assert street.case().external_ref == "48213"
    assert "https://e.ekvik.example/a/48213" in street.letter("assignment", REGISTRAR).text
    assert street.kinds("etjanst@ekvik.example") == []


def test_s16_a_form_in_sections(street: Street) -> None:
    form = f"""** Uppgiftslämnare
Namn: Ola Ström
Epost: {street.anna}
** Information om ärendet
ID: 90812
Kategori: Belysning
Ärende: Släckt lampa
Lampan vid lekplatsen lyser inte.
** Geografisk position
Latitude: 59.51
Longitude: 15.99"""
    street.writes("Kartan <svar@karta.example>", form, subject="Felanmälan")
    case = street.case()
    assert (case.submitter.name, case.external_ref) == ("Ola Ström", "90812")
    assert street.letter("assignment", BO)
    assert street.kinds(street.anna) == ["receipt"]
    assert street.kinds("svar@karta.example") == []


def test_s22_the_answer_by_letter(street: Street) -> None:
    text = "Jag lånar grannens mejl. Bänken i parken är trasig. Skicka svaret med posten: Elsa Nyman, Norra vägen 3, \
123 45 Ekvik. Svara inte hit."
    street.writes(anna(street), text, subject="Bänk")
    assert street.case().submitter.contact is Contact.LETTER
    assert street.kinds(street.anna) == []
    assert "Norra vägen 3" in street.letter("assignment", BO).text


def test_s23_no_contact(street: Street) -> None:
    text = "Bara så ni vet: parkbänken vid ån är rutten. Jag vill inte bli kontaktad."
    street.writes(anna(street), text, subject="Bänk")
    assert street.case().submitter.contact is Contact.NONE
    assert "vill inte bli kontaktad" in street.letter("assignment", BO).text
    assert street.kinds(street.anna) == []


def test_s24_finnish(street: Street) -> None:
    text = "Hei! Äitini kotipalvelu myöhästyy joka aamu. Haluaisin vastauksen suomeksi. Terveisin Ritva"
    street.writes(anna(street), text, subject="Kotipalvelu")
    case = street.case()
    assert (case.language, case.unit, case.secrecy) == ("fi", "hemtjanst", True)
    receipt = street.letter("receipt", street.anna)
    assert receipt.subject.startswith("Olemme vastaanottaneet viestisi")
    assert "ottaa sinuun yhteyttä" in receipt.text
    assert "kotipalvelu" not in receipt.text.lower()


def test_s25_english(street: Street) -> None:
    text = "Hello, the recycling bins at Harbour Street have been full for two weeks. Could you empty them?"
    street.writes(anna(street), text, subject="Bins")
    assert (street.case().language, street.case().unit) == ("en", "avfall")
    receipt = street.letter("receipt", street.anna)
    assert "You will get an answer by" in receipt.text
    assert "Du får svar senast" in receipt.text


def test_s26_arabic(street: Street) -> None:
    text = "مرحبا، الإضاءة في الملعب لا تعمل منذ أسبوع."
    street.writes(anna(street), text, subject="الإضاءة في الملعب")
    assert street.case().text.strip() == text
    receipt = street.letter("receipt", street.anna)
    for words in ("لقد تلقينا رسالتك", "We have received your message", "Du får svar senast"):
        assert words in receipt.text
    assignment = street.letter("assignment", REGISTRAR)
    assert text in assignment.text
    assert '<blockquote dir="auto" lang="ar"' in assignment.html


def test_s28_a_threat(street: Street) -> None:
    text = "Om gatan inte är plogad i morgon kommer jag hem till Maria Lund, jag vet var hon bor."
    street.writes(anna(street), text, subject="Snö")
    assert "Maria" not in street.letter("receipt", street.anna).text
    assert street.letter("alert", "sakerhet@ekvik.example")
    assert street.letter("alert", REGISTRAR)
    assert street.kinds(MARIA) == []


def test_s29_the_press(street: Street) -> None:
    text = "Jag är reporter på Ekviksposten och skriver om skolmaten. Deadline kl 15. Begär också ut alla klagomål."
    street.writes(anna(street), text, subject="Fråga")
    assert street.letter("alert", "press@ekvik.example")
    assert "begäran om handlingar" in street.letter("alert", REGISTRAR).text
    assert street.letter("receipt", street.anna)


def test_s30_a_request_under_the_gdpr(street: Street) -> None:
    text = "Enligt GDPR artikel 15 vill jag ha alla uppgifter ni har om mig. Och radera mina gamla synpunkter."
    street.writes(anna(street), text, subject="Mina uppgifter")
    assert street.letter("alert", "dataskydd@ekvik.example")
    assert street.letter("assignment", REGISTRAR)


def test_s34_worry_about_a_child(street: Street) -> None:
    text = "Jag är orolig för barnen i lägenheten ovanför, de skriker varje natt och pappan är full."
    street.writes(anna(street), text, subject="Oro")
    assert street.case().secrecy
    alert, receipt = street.letter("alert", "socialjour@ekvik.example"), street.letter("receipt", street.anna)
    assert "skriker" not in alert.text
    assert "112" in receipt.text
    assert "Individ" not in receipt.subject


def test_s35_damages(street: Street) -> None:
    text = "Fälgen sprack i ert hål. Kvitto 4 200 kr bifogas, sätt in pengarna på konto 5012-1234567."
    street.writes(anna(street), text, subject="Fälg")
    for letter in (street.letter("alert", "forsakring@ekvik.example"), street.letter("assignment", REGISTRAR)):
        assert "på konto [kontonummer]." in letter.text
        assert "1234567" not in letter.text + letter.html
    assert "1234567" in street.case().text, "the case has what came in"


def test_s41_odd_files(street: Street) -> None:
    files = [("film.heic", b"x" * 4000), ("winmail.dat", b"not tnef"), ("virus.exe", b"MZ\x90" + b"x" * 400)]
    hole(street, files=files)
    assignment = street.letter("assignment", BO)
    assert "virus.exe" not in assignment.files
    assert "virus.exe" in assignment.text
    assert street.letter("receipt", street.anna)


def test_s42_a_mail_from_the_junk_folder(street: Street) -> None:
    late = datetime.now(UTC) - timedelta(days=9)
    street.found_late(street.town.mail(anna(street), "Hålet i asfalten på Storgatan är kvar."), late)
    assert abs(street.case().received_at - late) < timedelta(seconds=2)
    assert street.letter("assignment", BO)


# --- what goes on afterwards ------------------------------------------------------------------------------------------


ANSWER = (
    "#SVAR\nHej Anna! Hålet är lagat i dag. Tack för att du hörde av dig.\n#ÅTGÄRD åtgärdat\n#PUBLICERA ja\n#AVSLUTA"
)


def test_s10_a_reply_on_the_answer(street: Street) -> None:
    hole(street)
    street.writes(f"Bo Ek <{BO}>", ANSWER, answers=street.letter("assignment", BO))
    answer = street.letter("answer", street.anna)
    street.writes(anna(street), "Tack för svaret men du skriver ju inget om NÄR hålet lagas?", answers=answer)
    case = street.case()
    assert case.status == "assigned"
    assert case.running
    assert "NÄR hålet" in street.letter("information", BO).text


def test_s17_out_of_office(street: Street) -> None:
    hole(street)
    assignment, before = street.letter("assignment", BO), street.case().running
    text = "Jag har semester till den 14 december 2035. Vid frågor kontakta Eva Lind, eva.lind@ekvik.example."
    headers = [("Auto-Submitted", "auto-replied"), ("X-Auto-Response-Suppress", "All")]
    street.writes(f"Bo Ek <{BO}>", text, answers=assignment, quote=False, headers=headers)
    assert street.kinds(street.anna) == ["receipt"]
    assert street.case().running == before
    question = street.letter("question", REGISTRAR)
    assert "Ersättare är Maria Lund" in question.text
    assert "I sitt automatiska svar hänvisar Bo Ek till Eva Lind, fastighetschef." in question.text
    street.writes(f"Rut Alm <{REGISTRAR}>", "JA", answers=question)
    assert street.letter("assignment", MARIA)
    assert street.case().officer == MARIA


def test_s18_the_wrong_officer(street: Street) -> None:
    hole(street)
    assignment = street.letter("assignment", BO)
    text = "Hej, det här är inte mitt. Det är Fastighet, testa Jonas Vik. /Bo"
    street.writes(f"Bo Ek <{BO}>", text, answers=assignment)
    assert "Jonas Vik" in street.letter("question", BO).text
    assert street.kinds(street.anna) == ["receipt"]
    street.writes(f"Bo Ek <{BO}>", "#ÖVERLÄMNA jonas.vik@ekvik.example", answers=assignment)
    assert street.letter("assignment", "jonas.vik@ekvik.example")
    assert "Jonas Vik" in street.letter("handover", street.anna).text


def test_s19_an_answer_with_commands(street: Street) -> None:
    hole(street)
    street.writes(f"Bo Ek <{BO}>", ANSWER, answers=street.letter("assignment", BO))
    answer = street.letter("answer", street.anna)
    assert "Hålet är lagat i dag." in answer.text
    assert "#" not in answer.text
    assert street.address in str(answer.mail["From"])
    assert (street.case().status, street.case().measure) == ("closed", "Åtgärdat")


def test_s20_thinking_aloud(street: Street) -> None:
    hole(street)
    text = "Han igen… vi har väl svarat på det där? Kolla med Jonas."
    street.writes(f"Bo Ek <{BO}>", text, answers=street.letter("assignment", BO))
    assert street.letter("question", BO)
    assert street.kinds(street.anna) == ["receipt"]


def test_s21_a_bounce(street: Street) -> None:
    street.writes("Anna Ek <bounced@example.org>", "Det är ett stort hål i asfalten på Storgatan.")
    street.mails.mailbox(street.address, at_least=1)
    street.works()
    assert street.letter("alert", REGISTRAR)
    assert len(street.cases()) == 1


def test_s27_thanks_only(street: Street) -> None:
    hole(street)
    street.writes(f"Bo Ek <{BO}>", ANSWER, answers=street.letter("assignment", BO))
    answer, echo = street.letter("answer", street.anna), street.letter("echo", BO)
    street.writes(anna(street), "Tack så mycket för snabbt svar! 😊\n\nSkickat från min iPhone", answers=answer)
    assert street.case().status == "closed"
    assert street.kinds(BO) == ["assignment", "echo"]
    street.writes(anna(street), "Tack, men det är fortfarande trasigt", answers=answer)
    assert street.case().status == "assigned"
    assert echo


def test_s31_an_answer_past_the_service(street: Street) -> None:
    hole(street)
    number = street.case().number
    subject = f"Sv: Hål i vägen [{number}]"
    street.writes(f"Bo Ek <{BO}>", "Hej Anna, nu är det lagat.", subject=subject, to=street.anna, cc=street.address)
    assert street.case().answered_at
    assert street.case().answer == "Hej Anna, nu är det lagat."
    assert street.kinds(street.anna) == ["receipt"]


def test_s32_a_machine_answers_the_receipt(street: Street) -> None:
    hole(street)
    receipt = street.letter("receipt", street.anna)
    headers = [("Auto-Submitted", "auto-replied")]
    for _ in range(4):
        street.writes(anna(street), "Tack för ditt mejl till Alm Bygg AB.", answers=receipt, headers=headers)
    assert len(street.cases()) == 1
    assert street.kinds(street.anna) == ["receipt"]


def test_s09_several_matters_in_one_mail(street: Street) -> None:
    text = "1) Lampan på Ekstigen är trasig. 2) Biblioteket borde ha öppet söndagar. 3) Hur söker man bygglov?"
    street.writes(anna(street), text, subject="Tre saker")
    [case] = street.cases()
    assignment = street.letter("assignment", REGISTRAR)
    assert "mejlet gäller flera saker: ”Gata och park”, ”Bibliotek och kultur”, ”Bygglov”" in assignment.text
    assert "#DELA" in assignment.text
    divided = "#DELA Biblioteket borde ha öppet söndagar.\n#DELA Hur söker man bygglov?"
    street.writes(f"Rut Alm <{REGISTRAR}>", divided, subject=f"Sv: [{case.number}]")
    numbers = [each.number for each in street.cases()]
    assert len(numbers) == 3
    assert {each.received_at for each in street.cases()} == {case.received_at}
    told = [x.text for x in street.inbox_of(street.anna)][-1]
    assert all(number in told for number in numbers)


def test_s12_a_call_noted_by_the_contact_centre(street: Street) -> None:
    text = "Samtal 2026-11-19. Inringare: Gun Ek, 070-174 06 05, vill ha svar per telefon. Klagar på snöröjningen på \
Björkvägen. /Ali, kontaktcenter"
    street.writes("Kontaktcenter <kontaktcenter@ekvik.example>", text, subject="Samtal")
    case = street.case()
    assert (case.channel, case.submitter.name, case.submitter.contact) == ("telefon", "Gun Ek", Contact.PHONE)
    assert case.received_at.astimezone(STOCKHOLM).date() == date(2026, 11, 19)
    assert "070" in street.letter("assignment", BO).text


def test_s13_social_media(street: Street) -> None:
    text = "#KANAL sociala medier\nKommentar på vår sida från 'Lisa S': Varför är isbanan stängd??"
    editor = "redaktor@ekvik.example"
    street.writes(
        f"Redaktören <{editor}>", text, subject="Kommentar", files=[("skarmbild.png", b"\x89PNG\r\n\x1a\n x")]
    )
    case = street.case()
    assert case.channel == "sociala medier"
    assert case.running
    assert case.running.due_at - case.received_at <= timedelta(hours=24)
    officer = street.letter("assignment", "mats.gren@ekvik.example")
    assert officer.files == ["skarmbild.png"]
    street.writes("Mats Gren <mats.gren@ekvik.example>", "#SVAR\nIsbanan öppnar i morgon.", answers=officer)
    assert "Isbanan öppnar i morgon." in [x.text for x in street.inbox_of(editor, 1)][-1]


def test_s33_the_same_words_by_several_ways(street: Street) -> None:
    text = "Bänken i parken vid ån är rutten och har varit det sedan i våras. Kan ni byta den?"
    street.writes(anna(street), text, subject="Bänken")
    street.writes(anna(street), text, subject="Bänken", to=f"kommunalradet@ekvik.example, {street.address}")
    assert len(street.cases()) == 1
    assert street.kinds(street.anna).count("receipt") == 1


def test_s37_the_registrar_sets_the_number(street: Street) -> None:
    hole(street)
    number = street.case().number
    street.writes(f"Rut Alm <{REGISTRAR}>", "#DNR KS 2026-00341", subject=f"Hål [{number}]")
    assert street.case().registry_number == "KS 2026-00341"
    assert "KS 2026-00341" in street.letter("echo", REGISTRAR).text


def test_s40_a_withdrawal(street: Street) -> None:
    hole(street)
    assignment, receipt = street.letter("assignment", BO), street.letter("receipt", street.anna)
    street.writes(anna(street), "Glöm det jag skrev, det löste sig. Ta bort mejlet.", answers=receipt)
    assert len(street.folder("Ärenden")) == 2
    assert "allmän" in street.letter("information", street.anna).text  # kindly: it is a public record and stays
    assert "löste sig" in street.letter("question", BO).text
    assert assignment


def test_s36_an_employee_writes(street: Street) -> None:
    text = "Larmet på vårt kontor funkar inte, ingen bryr sig."
    street.writes("Anna Bergman <anna.bergman@ekvik.example>", text, subject="Larm")
    assert street.case().internal
    assert street.letter("assignment", "jonas.vik@ekvik.example")


def test_s38_a_guessed_number(street: Street) -> None:
    hole(street)
    stranger = f"okand-{street.anna}"
    street.writes(f"<{stranger}>", "Vad har hänt med ärendet? Skicka svaret hit.", subject=street.case().number)
    assert stranger in street.letter("information", BO).text
    receipt = street.letter("receipt", stranger)
    assert "asfalt" not in receipt.text
    assert "Bo Ek" not in receipt.text
    assert len(street.cases()) == 1


def test_s39_a_forged_officer(street: Street) -> None:
    hole(street)
    assert street.letter("assignment", BO)
    forged = street.town.mail(
        f"Bo Ek <{BO}>", "#AVSLUTA\n#SVAR\nVi struntar i detta.", subject=street.case().number, authenticated=False
    )
    street.arrives(forged, "villain@example.net")
    street.works()
    assert street.case().status == "assigned"
    assert street.kinds(street.anna) == ["receipt"]
