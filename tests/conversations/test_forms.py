"""Web forms: what each municipality's own forms send becomes a case of whoever filled them in."""

from __future__ import annotations

import pytest

from service.core.cases import Contact
from service.desk.database import Database
from service.resources import shipped
from service.rulesfolder import load
from tests.conversations.conftest import MONDAY
from tests.conversations.town import BO, Town

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
    return Town(database, load(shipped("rules") / name), MONDAY, address=f"synpunkten@{name}.example")


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
