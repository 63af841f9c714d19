"""What is published, what never is, and what becomes of it when it is withdrawn."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin

import html5lib
import jsonschema
import pytest
import rdflib
from lxml import etree

from service.core.cases import Case, Publication, Status, Submitter
from service.core.publicity.publication import approval, proposed
from service.core.publicity.published import own_page
from service.core.rules.choices import Road
from service.core.rules.rulebook import RuleBook
from service.desk.database import Database
from service.giving.publishing.folder import Folder, NotOurs
from tests.conversations.conftest import MONDAY
from tests.conversations.town import ANNA, HOLE, Town
from tests.giving.site import BEGAN, a_year, publish, with_address, with_own_pages

PUBLISHED, UNDECIDED, SECRET = "EKV-26-00001-A", "EKV-26-00004-A", "EKV-26-00006-A"


@pytest.fixture
def book(ekvik: RuleBook) -> RuleBook:
    return with_address(ekvik)


def everything(out: Path) -> dict[str, str]:
    return {str(f.relative_to(out)): f.read_text("utf-8") for f in sorted(out.rglob("*")) if f.is_file()}


def test_kli_17_the_public_register_has_every_case_and_nothing_of_secret_ones(book: RuleBook, tmp_path: Path) -> None:
    cases = [replace(case, type="hemligt" if case.secrecy else case.type) for case in a_year(book, 20)]
    publish(cases, book, tmp_path)
    rows = {row["case_id"]: row for row in json.loads((tmp_path / "register.json").read_text())["cases"]}
    assert len(rows) == 20
    assert rows[SECRET] == {
        "case_id": SECRET, "received_on": "2026-08-09", "hidden": True, "answered_on": None, "concerns": None
    }  # fmt: skip
    assert rows[UNDECIDED]["concerns"] == "Klagomål: Fysisk miljö"
    assert rows[PUBLISHED]["concerns"] == "Hål 1 & <vägen>"
    shown = everything(tmp_path)
    assert [name for name, text in shown.items() if "Hål 6" in text or "hemligt" in text.lower()] == []
    assert [name for name, text in shown.items() if SECRET in text] == ["register/2026-08.html", "register.json"]


def test_kli_09_an_appeal_stands_in_the_register_as_one_and_is_never_published(book: RuleBook, tmp_path: Path) -> None:
    done = publish([replace(case, roads=(Road.APPEAL,)) for case in a_year(book, 1)], book, tmp_path)
    row = json.loads((tmp_path / "register.json").read_text())["cases"][0]
    assert (done.cases, row["concerns"]) == (0, "Överklagande")


def test_hjo_31_hjo_29_only_what_was_approved_stands_there_and_nothing_that_tells_who_wrote(
    book: RuleBook, tmp_path: Path
) -> None:
    assert publish(a_year(book, 20), book, tmp_path).cases == 14
    shown = everything(tmp_path)
    assert [name for name in shown if UNDECIDED in name] == []
    page = shown[f"arende/{PUBLISHED}.html"]
    assert "Det är ett hål på Storgatan 1. Ring [telefonnummer]." in page
    assert "Hål 1 &amp; &lt;vägen&gt;" in page
    for word in ("Anna", "anna.ek", "174 06 05", "bo.ek"):
        assert [name for name, text in shown.items() if word in text] == []


def test_hjo_29_what_staff_wrote_in_place_of_a_word_of_the_list_is_not_published(
    book: RuleBook, tmp_path: Path
) -> None:
    own = {"type": "klagomål på Sven", "category": "Svens fel", "measure": "Sven Berg är avstängd"}
    publish([replace(case, **own) for case in a_year(book, 5)], book, tmp_path)
    assert [name for name, text in everything(tmp_path).items() if "Sven" in text] == []


def test_hjo_57_what_is_withdrawn_leaves_a_note_without_content(book: RuleBook, tmp_path: Path) -> None:
    cases = a_year(book, 20)
    publish(cases, book, tmp_path)
    changes = {
        cases[1].number: {"secrecy": True},
        cases[2].number: {"publication": Publication.NO},
        cases[3].number: {"public_text": "Något annat än det som blev godkänt."},
    }
    now = [replace(case, **changes.get(case.number, {})) for case in cases if case.number != cases[5].number]
    done = publish(now, book, tmp_path)
    gone = [cases[n].number for n in (1, 2, 3, 5)]
    assert list(done.withdrawn) == gone
    shown = everything(tmp_path)
    for number in gone:
        note = shown[f"arende/{number}.html"]
        assert "inte längre publicerat" in note
        assert "Hål" not in note.replace("Hoppa", "")
        assert [name for name in shown if number in name] == [f"arende/{number}.html"]
        assert number not in shown["synpunkter.json"] + shown["atom.xml"] + shown["sok-2026.js"]
    assert list(publish(now, book, tmp_path).withdrawn) == gone  # the note stays
    assert list(publish(cases, book, tmp_path).withdrawn) == []


def test_the_same_cases_give_the_same_bytes(book: RuleBook, tmp_path: Path) -> None:
    publish(a_year(book, 20), book, tmp_path / "a")
    publish(a_year(book, 20), book, tmp_path / "b")
    assert everything(tmp_path / "a") == everything(tmp_path / "b")


def test_a_run_that_was_broken_off_leaves_nothing_that_the_next_one_does_not_know_of(
    book: RuleBook, tmp_path: Path
) -> None:
    cases = a_year(book, 20)

    def breaks_off() -> object:
        yield from cases[:4]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        publish(breaks_off(), book, tmp_path)  # type: ignore[arg-type]
    assert (tmp_path / f"arende/{PUBLISHED}.html").exists()
    done = publish([replace(case, secrecy=True) for case in cases], book, tmp_path)
    assert PUBLISHED in done.withdrawn
    assert not (tmp_path / f"open311/v2/requests/{PUBLISHED}.json").exists()


def test_somebody_else_s_folder_is_not_touched(book: RuleBook, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("kommunens egen sida")
    with pytest.raises(NotOurs):
        Folder(tmp_path)
    assert everything(tmp_path) == {"index.html": "kommunens egen sida"}


# --- pages -----------------------------------------------------------------------------------------------------------


class Links(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if name in {"href", "src"} and value]


def test_every_page_is_valid_html_and_every_link_leads_somewhere(book: RuleBook, tmp_path: Path) -> None:
    publish(a_year(book), book, tmp_path)
    shown = everything(tmp_path)
    pages = {name: text for name, text in shown.items() if name.endswith(".html")}
    assert len([name for name in pages if name.startswith("manad/")]) == 5
    for name, text in pages.items():
        html5lib.HTMLParser(strict=True).parse(text)
        assert text.count("<h1>") == 1
        inner = [link for link in Links(text).found if not link.startswith(("http", "mailto:", "#"))]
        assert [link for link in inner if urljoin(name, link) not in shown] == []
        assert ("<script" in text) == (name == "sok.html"), "nothing else needs one"


def test_a_long_list_has_pages(book: RuleBook, tmp_path: Path) -> None:
    one = a_year(book, 1)[0]
    publish([replace(one, number=f"EKV-26-{n:05}-A") for n in range(205)], book, tmp_path)
    first, last = ((tmp_path / f"manad/2026-08{end}.html").read_text() for end in ("", "-3"))
    assert "205 publicerade synpunkter, sida 1 av 3" in first
    assert 'href="../manad/2026-08-2.html" rel="next"' in first
    assert last.count('<li><a href="../arende/') == 5


def test_foreign_words_are_marked_and_written_from_their_own_side(book: RuleBook, tmp_path: Path) -> None:
    case = replace(a_year(book, 1)[0], text="توجد حفرة في الطريق", public_text="", language="ar", submitter=Submitter())
    publish([replace(case, **approval(proposed(case, book)))], book, tmp_path)
    assert (
        '<div class="words" dir="auto" lang="ar">توجد حفرة في الطريق</div>'
        in everything(tmp_path)[f"arende/{case.number}.html"]
    )


# --- data ------------------------------------------------------------------------------------------------------------


def test_the_data_follow_their_standards(book: RuleBook, tmp_path: Path) -> None:
    publish(a_year(book, 20), book, tmp_path)
    data = json.loads((tmp_path / "synpunkter.json").read_text())
    schema = json.loads((tmp_path / "schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(data, schema)
    assert len(data["cases"]) == 14
    assert (data["cases"][1]["working_days"], data["cases"][1]["in_time"]) == (3, True)

    atom = etree.parse(tmp_path / "atom.xml").getroot()
    feed = json.loads((tmp_path / "feed.json").read_text())
    name = {"a": "http://www.w3.org/2005/Atom"}
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert atom.xpath("//a:entry/a:id/text()", namespaces=name) == [item["id"] for item in feed["items"]]
    assert feed["items"][0]["url"] == "https://www.ekvik.example/synpunkter/arende/EKV-26-00018-A.html"

    requests = json.loads((tmp_path / "open311/v2/requests.json").read_text())
    codes = {s["service_code"] for s in json.loads((tmp_path / "open311/v2/services.json").read_text())}
    as_xml = etree.parse(tmp_path / "open311/v2/requests.xml").getroot()
    assert {r["service_code"] for r in requests} <= codes
    assert as_xml.xpath("//service_request_id/text()") == [r["service_request_id"] for r in requests]
    assert requests[0]["expected_datetime"].startswith("2026-09-04T23:59:59+02:00")


def test_the_catalogue_has_what_the_data_portal_asks_for(book: RuleBook, ekvik: RuleBook, tmp_path: Path) -> None:
    publish(a_year(book, 3), book, tmp_path / "a")
    graph = rdflib.Graph().parse(tmp_path / "a/catalog.rdf", format="xml")
    dcat, dct, rdf = (rdflib.Namespace(str(n)) for n in (rdflib.DCAT, rdflib.DCTERMS, rdflib.RDF))
    for kind, needed in (
        (dcat.Catalog, (dct.title, dct.description, dct.publisher, dct.license, dcat.dataset)),
        (dcat.Dataset, (dct.title, dct.description, dct.publisher, dcat.distribution, dcat.theme, dcat.contactPoint)),
        (dcat.Distribution, (dcat.accessURL, dct.license)),
    ):
        things = list(graph.subjects(rdf.type, kind))
        assert things
        for thing in things:
            assert [wanted for wanted in needed if (thing, wanted, None) not in graph] == []
    for distribution in graph.objects(None, dcat.distribution):
        assert (distribution, rdf.type, dcat.Distribution) in graph
    nowhere = with_address(ekvik, None)
    publish(a_year(nowhere, 3), nowhere, tmp_path / "b")
    assert not (tmp_path / "b/catalog.rdf").exists(), "nobody has said where the pages are"


def test_texts_that_xml_has_no_place_for_break_nothing(book: RuleBook, tmp_path: Path) -> None:
    case: Case = replace(a_year(book, 1)[0], text="Hål\x0b i \x00vägen \ud83d", title="Hål\x1b")
    publish([replace(case, **approval(proposed(case, book)))], book, tmp_path)
    assert etree.parse(tmp_path / "atom.xml").getroot().xpath("//*[local-name()='content']/text()")


# --- a case's own page -----------------------------------------------------------------------------------------------


def test_a_case_has_a_page_of_its_own_that_nobody_can_guess_and_that_names_nobody(
    book: RuleBook, tmp_path: Path
) -> None:
    own = with_own_pages(book)
    cases = a_year(own, 7)
    publish(cases, own, tmp_path)
    shown = everything(tmp_path)
    where = own_page(cases[4], own, b"a secret")
    assert own_page(cases[4], own, b"another") != where
    assert own_page(cases[4], book, b"a secret") == "", "the setting is off"
    assert 'Kom in</dt><dd><time datetime="2026-08-07">' in shown[where]
    for word in ("Hål 4", "Storgatan", "Anna", "Bo Ek"):
        assert word not in shown[where]
    assert [name for name, text in shown.items() if where.removeprefix("mitt/") in text] == [], "no list tells of it"
    assert own_page(cases[6], own, b"a secret") == "", "it is secret"
    assert len([name for name in shown if name.startswith("mitt/")]) == 6 + 1

    later = [replace(case, closed_at=BEGAN, status=Status.CLOSED) for case in cases[:5]]
    publish([replace(cases[5], secrecy=True), *later[:4]], own, tmp_path, now=BEGAN + timedelta(days=29))
    left = [name for name in everything(tmp_path) if name.startswith("mitt/")]
    assert len(left) == 4 + 1
    publish(later, own, tmp_path, now=BEGAN + timedelta(days=31))
    assert [name for name in everything(tmp_path) if name.startswith("mitt/")] == ["mitt/index.html"]


@pytest.mark.databases("sqlite", "postgresql")
def test_the_receipt_leads_to_the_own_page_where_the_setting_is_on(book: RuleBook, database: Database) -> None:
    town = Town(database, with_own_pages(book), MONDAY)
    town.writes(ANNA, HOLE)
    page = own_page(town.case(), town.book, town.desk.secret)
    assert page
    assert f"https://www.ekvik.example/synpunkter/{page}" in town.letter("receipt").text
