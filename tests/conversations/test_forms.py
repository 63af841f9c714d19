"""Web forms: what each municipality's own forms send becomes a case of whoever filled them in."""

from __future__ import annotations

import pytest

from service.core.cases import Contact
from service.desk.database import Database
from tests.conversations.conftest import MONDAY
from tests.conversations.town import BO, REGISTRAR, Town, rules_of

BY_MACHINE = [("Auto-Submitted", "auto-generated")]
MAP = """** Uppgiftslämnare
Namn: Ola Ström
Epost: ola@example.org
** Information om ärendet
ID: 90812
Kategori: Belysning
Ärende: Släckt lampa
Lampan vid lekplatsen lyser inte.
** Geografisk position
Latitude: 59.51
Longitude: 15.99
https://karta.example/90812
"""


def in_town(database: Database, name: str) -> Town:
    """The service at work with a municipality's own rules."""
    return Town(database, rules_of(name), MONDAY, address=f"synpunkten@{name}.example")


def test_hjo_49_the_forms_own_type_and_the_whole_address(database: Database) -> None:
    """The letter wanted goes to street, postcode and town; the chosen type is the case's."""
    town = in_town(database, "hjo")
    form = (
        "Synpunktstyp *\nKlagomål\nRubrik *\nGrinden\nSynpunkt *\nGrinden är trasig.\nObs: farligt!\n"
        "Kontaktsätt\nBrev\nNamn\nPetra Holm\nAdress\nNorra vägen 3\nPostnummer och ort\n544 30 Hjo\n"
        "Telefon\n\nE-post\n"
    )
    town.writes("noreply@hjo.example", form, subject="Synpunkt från webben", headers=BY_MACHINE)
    case = town.case()
    assert (case.type, case.title, case.text) == ("klagomål", "Grinden", "Grinden är trasig.\nObs: farligt!")
    assert case.submitter.address == "Norra vägen 3, 544 30 Hjo"
    assert case.submitter.contact is Contact.LETTER
    assert town.letters(to="noreply@hjo.example") == []


@pytest.mark.parametrize("given", ["synpunkten@ekvik.example", "Synpunkten@EKVIK.example", "noreply@ekvik.example"])
@pytest.mark.parametrize(("phone", "way"), [("", Contact.IMPOSSIBLE), ("0980-1 23 45", Contact.PHONE)])
def test_an_address_that_is_no_persons_is_no_road(town: Town, given: str, phone: str, way: Contact) -> None:
    """With the mailbox as the submitter, each mail of the officer would count as sent to them already."""
    form = f"Din synpunkt\nGatan är hal.\nVill du ha svar?\nJa, via e-post\nE-post\n{given}\nTelefon\n{phone}\n"
    town.writes("noreply@ekvik.example", form, subject="Synpunkter och klagomål")
    assert town.case().submitter.contact is way
    assignment = town.letter("assignment")
    town.writes(assignment.to, "#SVAR\nVi sandar i dag.", answers=assignment)
    assert "inte en gång till" not in town.sent[-1].text


def test_a_note_that_names_the_mailbox_names_no_address(town: Town) -> None:
    note = "Samtal 2026-05-02. Inringare: Gun Ek, synpunkten@ekvik.example, 070-174 06 05. Klagar på halka."
    town.writes("kontaktcenter@ekvik.example", note, subject="samtal")
    assert not town.case().submitter.email
    assert town.case().submitter.contact is Contact.PHONE


@pytest.mark.parametrize(
    ("name", "form", "process", "kind"),
    [
        ("hjo", "Vad gäller felet?: Annat\nBeskrivning: Xyz abc.", "Felanmälan Gata/park", ""),
        ("klippan", "Vad är fel?: Något helt annat\nBeskriv felet: Xyz abc.", "felanmälan", "felanmälan"),
    ],
)
def test_hjo_47_kli_10_a_fault_form_is_a_fault_report_whatever_the_rules_say(
    database: Database, name: str, form: str, process: str, kind: str
) -> None:
    town = in_town(database, name)
    town.writes(f"noreply@{name}.example", form, subject="Felanmälan", headers=BY_MACHINE)
    assert (town.case().process, town.case().type) == (process, kind)


def test_kop_12_a_page_comment_has_its_channel_and_its_page(database: Database) -> None:
    """It goes to the department that the page belongs to."""
    town = in_town(database, "koping")
    form = "Kommentar: Stämmer tiderna?\nSida: https://www.koping.example/forskola/tider.html\nNamn: \nE-post: \n"
    town.writes("noreply@koping.example", form, subject="Kommentar på sidan Tider", headers=BY_MACHINE)
    case = town.case()
    assert (case.channel, case.unit) == ("sidkommentar", "forskola")
    assert case.page == "https://www.koping.example/forskola/tider.html"


def test_the_citys_own_service_is_a_channel(database: Database) -> None:
    town = in_town(database, "spanga-tensta")
    text = "Läs ärendet: https://e.spanga-tensta.example/48213"
    town.writes("etjanst@spanga-tensta.example", text, subject="Nytt ärende nr 48213", headers=BY_MACHINE)
    assert town.case().channel == "e-tjänsten Tyck till"


def test_s16_the_officer_finds_the_place_on_a_map_and_the_report(town: Town) -> None:
    """S16: coordinates are kept and shown as a link to a map, and the report's own page beside it."""
    town.writes("svar@karta.example", MAP, subject="Felanmälan")
    case = town.case()
    assert (case.position, case.page) == ("59.51, 15.99", "https://karta.example/90812")
    assert (case.process, case.external_ref, case.form) == ("felanmälan", "90812", "Felanmälan på karta")
    assignment = town.letter("assignment", BO)
    assert "https://www.openstreetmap.org/?mlat=59.51&mlon=15.99#map=17/59.51/15.99" in assignment.text
    assert "https://karta.example/90812" in assignment.text
    assert town.letter("receipt").to == "ola@example.org"
    assert town.letters(to="svar@karta.example") == []


PORTAL = "etjanst@ekvik.example"
LINK = "Petra Holm har fyllt i e-tjänsten. Läs ärendet här: https://e.ekvik.example/a/48213"
NEW_IN_PORTAL = "Nytt ärende Synpunkten (ärende nr. 48213)"
PETRA = "Petra Holm <petra@example.org>"


def shell(town: Town) -> None:
    """S15: the e-service only says that there is something to read."""
    town.writes(PORTAL, LINK, subject=NEW_IN_PORTAL, headers=BY_MACHINE)
    town.news()


def test_s15_a_mail_that_is_only_a_link_asks_the_registrar_for_the_content(town: Town) -> None:
    """No receipt, nobody is called anonymous, and the other system's number is not taken for ours."""
    town.writes(PORTAL, LINK, subject=NEW_IN_PORTAL, headers=BY_MACHINE)
    case = town.case()
    assert (case.external_ref, case.page, case.anonymous) == ("48213", "https://e.ekvik.example/a/48213", False)
    assert case.submitter.contact is Contact.IMPOSSIBLE
    triage = town.letter("assignment", REGISTRAR)
    assert "är bara en länk. Öppna den och lägg till vem som har skrivit, och vad" in " ".join(triage.text.split())
    assert "Från: Finns i e-tjänsten" in triage.text
    assert town.news() == [("assignment", REGISTRAR)]


def test_s15_the_content_in_an_attached_file_goes_along(town: Town) -> None:
    town.writes(
        PORTAL, LINK, subject=NEW_IN_PORTAL, headers=BY_MACHINE, files=[("48213.jpg", b"\xff\xd8\xff\xe0 scan")]
    )
    triage = town.letter("assignment", REGISTRAR)
    assert triage.files == ["48213.jpg"]
    assert "har ingen text, men en bifogad fil" in " ".join(triage.text.split())


@pytest.mark.databases("sqlite", "postgresql")
def test_s15_later_mails_of_the_service_join_the_case(town: Town) -> None:
    """The same number from the same form is the same matter: shown to whoever has it, no new case, no new promise."""
    shell(town)
    town.writes(PORTAL, "Ärende 48213 är kompletterat.", subject="Nytt ärende (ärende nr 48213) – komplettering")
    assert town.news() == [("information", REGISTRAR)]
    assert "kompletterat" in town.sent[-1].text
    assert len(town.cases()) == 1
    town.writes(PORTAL, LINK.replace("48213", "48214"), subject="Nytt ärende (ärende nr. 48214)")
    assert len(town.cases()) == 2


def test_s15_a_secret_case_shows_nothing_of_the_services_later_mail(town: Town) -> None:
    town.writes("svar@karta.example", MAP.replace("lyser inte.", "lyser inte. Orosanmälan."), subject="Felanmälan")
    assert town.case().secrecy
    town.news()
    town.writes("svar@karta.example", MAP.replace("lyser inte.", "är trasig."), subject="Felanmälan, komplettering")
    assert len(town.cases()) == 1
    assert [kind for kind, _ in town.news()] == ["information"]
    assert "trasig" not in town.sent[-1].text


def test_s16_the_same_number_from_another_person_or_form_is_another_matter(town: Town) -> None:
    """Numbers begin anew in every system."""
    town.writes("svar@karta.example", MAP, subject="Felanmälan")
    town.writes("svar@karta.example", MAP.replace("ola@example.org", "eva@example.org"), subject="Felanmälan")
    town.writes(PORTAL, LINK, subject="Nytt ärende Synpunkten (ärende nr. 90812)")
    assert [case.external_ref for case in town.cases()] == ["90812"] * 3


def test_s16_the_submitter_who_names_the_number_writes_in_the_case(town: Town) -> None:
    town.writes("svar@karta.example", MAP, subject="Felanmälan")
    town.news()
    town.writes("Ola Ström <ola@example.org>", "Nu är den helt mörk.", subject="Ärende nr 90812")
    assert len(town.cases()) == 1
    assert ("information", BO) in town.news()


def test_s15_a_colleague_who_names_the_number_writes_in_the_case(town: Town) -> None:
    """And is obeyed as with our own number: by what proves a colleague, not by the number."""
    shell(town)
    town.writes(REGISTRAR, f"#ÖVERLÄMNA {BO}", subject="Ärende nr 48213")
    assert town.case().officer == BO
    town.writes(BO, "#AVSLUTA", subject="Ärende nr 48213", authenticated=False)
    assert town.case().is_open


@pytest.mark.parametrize("sender", [PETRA, "Okänd <okand@example.net>"])
def test_s38_the_number_is_no_proof(town: Town, sender: str) -> None:
    """A stranger with the number gets a case of their own; the registrar reads which one they may mean."""
    shell(town)
    first = town.case().number
    town.writes(sender, "Vad har hänt med lampan? Den är trasig.", subject="Ärende nr 48213")
    assert len(town.cases()) == 2
    triage = town.letters("assignment", REGISTRAR)[-1]
    assert first in triage.text
    receipt = town.letter("receipt")
    assert receipt.to in sender
    assert first not in receipt.text


def test_a_number_that_nobody_came_with_means_nothing(town: Town) -> None:
    town.writes(PETRA, "Det är ett stort hål i asfalten på Storgatan.", subject="Ärende nr 99999")
    assert town.letter("assignment", BO)


def fields(left_out: str = "", **renamed: str) -> str:
    """A form as the web site sends it, without one of its questions, or with another name for one."""
    asked = {"Din synpunkt": "Grinden på Myran är trasig.", "Namn": "Petra Holm", "E-post": "petra@example.org"}
    asked |= {"Vad gäller det?": "Förskola", "Vill du ha svar?": "Ja, via e-post"}
    return "".join(f"{renamed.get(k, k)}: {answer}\n" for k, answer in asked.items() if k != left_out)


def send(town: Town, text: str) -> None:
    """A new form mail; each from another person, so that none is the same feedback once more."""
    number = len(town.cases())
    text = text.replace("petra@", f"petra{number}@").replace("trasig", f"trasig {number}")
    town.writes("noreply@ekvik.example", text, subject="Synpunkter och klagomål", headers=BY_MACHINE)


def changes_told(town: Town) -> list[str]:
    return [x.text for x in town.letters("alert", REGISTRAR) if "ser inte ut som förut" in x.subject]


def test_a_changed_form_is_told_of_once_a_day_and_its_mails_are_cases_all_the_same(town: Town) -> None:
    """HJO-49: the question for the address has got another name: nobody could be answered, and nobody would know."""
    for _ in range(3):
        send(town, fields())
    assert changes_told(town) == []
    send(town, fields(**{"E-post": "Mejladress"}))
    (told,) = changes_told(town)
    assert "- E-post" in told
    assert "Synpunkter på webben" in told
    assert town.cases()[-1].unit == "forskola"
    send(town, fields(left_out="Namn"))
    assert len(changes_told(town)) == 1, "once a day for each form"
    assert len(town.cases()) == 5


def test_a_form_without_its_text_is_told_of_every_day(town: Town) -> None:
    """Whatever came before: nothing of it can be read, and the whole mail is shown instead."""
    changed = fields(**{"Din synpunkt": "Vad tycker du?"})
    send(town, changed)
    send(town, changed)
    assert len(changes_told(town)) == 1
    town.passes(days=1)
    send(town, changed)
    assert len(changes_told(town)) == 2
    assert all("Vad tycker du?: Grinden på Myran är trasig" in case.text for case in town.cases())


def test_s14_the_visitors_network_address_is_shown_to_nobody(town: Town) -> None:
    """It stays in the original; not even a form whose text cannot be found shows it."""
    send(town, fields(**{"Din synpunkt": "Vad tycker du?"}) + "IP-adress: 192.0.2.44")
    send(town, fields() + "IP-adress: 192.0.2.44")
    assert all("192.0.2.44" not in x.text for x in town.sent)
    assert all("192.0.2.44" not in case.text for case in town.cases())


def test_a_question_that_was_not_always_answered_is_no_change(town: Town) -> None:
    """Some forms leave out what nobody has filled in."""
    for left_out in ("Namn", "", "E-post", "", "Namn", "E-post"):
        send(town, fields(left_out))
    assert changes_told(town) == []


def test_what_somebody_sends_in_a_forms_name_changes_nothing(town: Town) -> None:
    """The own server says that it was not the form."""
    for _ in range(3):
        send(town, fields())
    forged = [("Authentication-Results", "mx.ekvik.example; dmarc=fail header.from=ekvik.example")]
    forged += [("Received", "from evil.example by mx.ekvik.example; Mon, 7 Sep 2026 09:12:00 +0200")]
    raw = town.mail("noreply@ekvik.example", fields("E-post"), subject="Synpunkter och klagomål", authenticated=False)
    head = "".join(f"{name}: {value}\r\n" for name, value in forged).encode()
    town.receives(head + raw)
    assert changes_told(town) == []


def test_s38_a_form_that_names_a_case_is_shown_to_the_registrar(town: Town) -> None:
    """Whoever fills in a form proves to nobody who they are: a case of its own, which says what it names."""
    town.writes(PETRA, "Det är ett stort hål i asfalten på Storgatan.")
    number = town.case().number
    town.news()
    text = fields().replace("Grinden på Myran är trasig", f"{number}: när lagas hålet")
    town.writes("noreply@ekvik.example", text, subject=f"Synpunkter och klagomål {number}", headers=BY_MACHINE)
    assert len(town.cases()) == 2
    triage = town.letters("assignment", REGISTRAR)[-1]
    assert f"formuläret nämner ärende {number}" in " ".join(triage.text.split())


def test_what_a_form_adds_later_may_make_its_case_secret(town: Town) -> None:
    town.writes("svar@karta.example", MAP, subject="Felanmälan")
    town.news()
    known = len(town.sent)
    added = MAP.replace("lyser inte.", "lyser inte. Orosanmälan.")
    assert town.writes("svar@karta.example", added, subject="Felanmälan, komplettering") == "Sekretess"
    assert town.case().secrecy
    assert all("Orosanmälan" not in x.text + x.html for x in town.sent[known:])
