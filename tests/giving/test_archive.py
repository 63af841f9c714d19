"""Archive packages: what they hold, that a broken run is taken up again, and that they give back the same cases."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from sqlalchemy import update

from service.core.calendar.durations import Duration
from service.core.rules.archiving import Archiving, Classification, ErmsVersion, Keeping
from service.core.rules.choices import Disposable
from service.core.rules.municipality import Disposal
from service.desk import disposal, tables
from service.desk.disposal import Office
from service.desk.lookup import catalogue
from service.giving.archive import package, reading
from service.giving.archive.contents import Period
from service.giving.archive.erms import Maker
from service.giving.archive.package import Order
from tests.conversations.town import ANNA, BO, HOLE, Town
from tests.core.values import NOW

pytestmark = pytest.mark.databases("sqlite", "postgresql")

ERMS, METS = "{https://DILCIS.eu/XML/ERMS}", "{http://www.loc.gov/METS/}"
TERMS = Archiving(
    organisation_number="212000-0000",
    classification=Classification(scheme="KLASSA", code="1.4.2", per_process={"felanmälan": "3.1"}),
    keeping=Keeping(plan="Plan 2026", keep_years=5),
)
MAKER = Maker(
    municipality="Ekviks kommun",
    committees=["Tekniska nämnden"],
    software="Synpunkten 1",
    at=dt.datetime(2027, 1, 4, 9, tzinfo=dt.UTC),
    units={"gata-park": "Gata och park"},
    provision="26 kap. 1 § OSL",
)
CASES = 3
ORDER = Order(Period("ekvik", dt.date(2026, 1, 1), dt.date(2026, 12, 31)), TERMS, MAKER, "1")


@pytest.fixture
def year(town: Town) -> Town:
    """Anna's hole in the road, answered and closed; a secret case; one in which the mail holds what XML cannot."""
    town.writes(ANNA, HOLE)
    done = "#SVAR\nHålet lagas i morgon.\n#AVSLUTA\n#ÅTGÄRD 1\n#PUBLICERA NEJ\n#KATEGORI 1"
    town.writes(BO, done, answers=town.letter("assignment", BO))
    town.writes(ANNA, "Det gäller min mors insulin.", "Hemtjänst")
    town.writes("Kurt <kurt@example.org>", "Fel\x0btecken & <taggar> \ufffe i texten.", "Gata\x01")
    with town.database.transaction() as s:
        secret = tables.cases.c.number == town.cases()[1].number
        s.execute(update(tables.cases).where(secret).values(secrecy=True))
    return town


def made(town: Town, out: Path, order: Order = ORDER, told: Callable[[], None] = lambda: None) -> Path:
    with town.database.reading() as s:
        package.make(s, order, out, told)
    return out


def shown(town: Town) -> list[dict[str, Any]]:
    with town.database.reading() as s:
        found = [catalogue.shown(s, case.number) for case in town.cases()]
    return [case for case in found if case]


def test_a_package_gives_back_the_same_cases(year: Town, tmp_path: Path) -> None:
    out = made(year, tmp_path / "leverans")
    assert list(reading.faults(out)) == []
    assert list(reading.cases(out)) == shown(year)
    assert reading.described(out) == [case.number for case in year.cases()]
    assert out.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("version", list(ErmsVersion))
def test_a_case_is_described_in_the_order_of_the_schema(version: ErmsVersion, year: Town, tmp_path: Path) -> None:
    out = made(year, tmp_path / "leverans", replace(ORDER, terms=TERMS.model_copy(update={"erms": version})))
    document = etree.parse(str(out / package.DESCRIPTION))
    road, care, odd = document.iter(f"{ERMS}aggregation")
    tags = list(dict.fromkeys(etree.QName(child).localname for child in road))
    assert tags == ["objectId", "classification", "title", "status", "disposal", "agents", "dates", "action", "record"]
    assert road.find(f"{ERMS}status").get("value") == "closed"
    assert road.find(f"{ERMS}classification").get("fullyQualifiedClassificationCode") == "1.4.2"
    assert [d.get("dateType") for d in road.find(f"{ERMS}dates")] == [
        "created", "received", "opened", "expedited", "closed",
    ]  # fmt: skip
    [due] = road.iter(f"{ERMS}disposalDate")
    assert (due.get("dateType"), due.text[:4]) == ("action_due", "2031")
    assert care.findtext(f"{ERMS}restriction/{ERMS}regulation") == "26 kap. 1 § OSL"
    assert road.find(f"{ERMS}restriction") is None
    responsible = road.find(f"{ERMS}agents/{ERMS}agent[@agentType='responsible_person']")
    assert [part.text for part in responsible] == [BO, "Tekniska nämnden", "Gata och park"]
    assert odd.findtext(f"{ERMS}title")  # and the document could be read at all


def test_each_mail_lies_there_byte_for_byte(year: Town, tmp_path: Path) -> None:
    out = made(year, tmp_path / "leverans")
    number = year.cases()[0].number
    letter = year.letter("answer")
    files = sorted(file.name for file in (out / "representations/rep1/data" / number).iterdir())
    assert files[0] == "0001-in-feedback.eml"
    [answer] = [name for name in files if "answer" in name]
    assert (out / "representations/rep1/data" / number / answer).read_bytes() == letter.raw


def test_a_letter_on_paper_lies_there_as_it_was_printed(town: Town, tmp_path: Path) -> None:
    town.writes(BO, "#KANAL brev\n#FRÅN Gun Berg, Ekvägen 2, 540 00 Ekvik\nLampan utanför mig är trasig.", "Brev")
    out = made(town, tmp_path / "leverans")
    [pdf] = (out / "representations/rep1/data").rglob("*.pdf")
    assert pdf.read_bytes()[:5] == b"%PDF-"
    described = etree.parse(str(out / package.DESCRIPTION))
    [appendix] = [a for a in described.iter(f"{ERMS}appendix") if a.get("fileFormat") == "application/pdf"]
    assert (out / appendix.get("path")) == pdf
    newer = made(town, tmp_path / "later", replace(ORDER, terms=TERMS.model_copy(update={"erms": ErmsVersion.V3_0})))
    [line] = etree.parse(str(newer / package.DESCRIPTION)).iter(f"{ERMS}addressLine")
    assert dict(line.attrib) == {"addressType": "postal_address"}, "as its schema has corrected 2.1's adressType"


def test_what_was_broken_off_is_taken_up_again_to_the_same_bytes(
    year: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(package, "_SAVED_EVERY", 1)
    whole = made(year, tmp_path / "whole" / "leverans")
    out, seen = tmp_path / "broken" / "leverans", []

    def breaks() -> None:
        seen.append(1)
        if len(seen) == CASES - 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        made(year, out, told=breaks)
    with (out / package.DESCRIPTION).open("ab") as file:
        file.write(b"<erms:aggregation> half a case")
    later = replace(ORDER, maker=MAKER._replace(at=MAKER.at + dt.timedelta(days=1)))
    made(year, out, later, told=lambda: seen.append(1))
    assert len(seen) == CASES  # no case twice
    names = sorted(file.relative_to(whole) for file in whole.rglob("*") if file.is_file())
    assert sorted(file.relative_to(out) for file in out.rglob("*") if file.is_file()) == names
    assert [name for name in names if (whole / name).read_bytes() != (out / name).read_bytes()] == []


@pytest.mark.parametrize("place", ["mets.of_representation", "mets.of_package", "shutil.rmtree"])
def test_a_run_that_is_broken_off_at_its_very_end_is_taken_up_again_too(
    place: str, year: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object) -> None:
        raise KeyboardInterrupt

    out = tmp_path / "leverans"
    with monkeypatch.context() as broken:
        broken.setattr(f"service.giving.archive.package.{place}", breaks)
        with pytest.raises(KeyboardInterrupt):
            made(year, out)
    year.writes(ANNA, "En lampa är trasig.", "Lampa")  # has come in since and belongs to a later package
    if place == "shutil.rmtree":
        with pytest.raises(package.NotOurs):
            made(year, out)
    else:
        made(year, out)
    assert list(reading.faults(out)) == []
    assert len(reading.described(out)) == len(list(reading.cases(out))) == CASES


def test_what_a_broken_run_wrote_of_a_case_that_has_changed_since_is_written_anew(year: Town, tmp_path: Path) -> None:
    def breaks() -> None:
        raise KeyboardInterrupt

    out = tmp_path / "leverans"
    with pytest.raises(KeyboardInterrupt):
        made(year, out, told=breaks)
    stale = next((out / "representations/rep1/data").rglob("*.eml"))
    stale.rename(stale.with_name("0009-out-answer.eml"))
    made(year, out)
    assert list(reading.faults(out)) == []


def test_a_case_that_has_been_disposed_of_brings_no_empty_mails(year: Town, tmp_path: Path) -> None:
    number = year.cases()[0].number
    rule = (Disposal(what=Disposable.CASES, after=Duration.parse("1 day")),)
    town = year.book.municipality.model_copy(update={"disposal": rule})
    book = year.book.model_copy(update={"municipality": town})
    office = Office(year.database, "ekvik", book, year.now + dt.timedelta(days=9), "arkivarien")
    assert [disposal.dispose(office, one) for one in disposal.due(office)] == [True]
    out = made(year, tmp_path / "leverans")
    assert list((out / "representations/rep1/data" / number).iterdir()) == []
    assert (reading.described(out)[0], next(reading.cases(out))["text"]) == (number, None)


def test_a_folder_that_holds_something_else_is_left_alone(year: Town, tmp_path: Path) -> None:
    out = tmp_path / "arkiv"
    out.mkdir()
    (out / "brev.txt").write_text("viktigt", encoding="utf-8")
    with pytest.raises(package.NotOurs):
        made(year, out)
    assert [file.name for file in out.iterdir()] == ["brev.txt"]


def test_another_order_does_not_go_on_with_the_work_of_the_first(year: Town, tmp_path: Path) -> None:
    def breaks() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        made(year, tmp_path / "leverans", told=breaks)
    other = replace(ORDER, period=replace(ORDER.period, closed=True))
    with pytest.raises(package.NotOurs):
        made(year, tmp_path / "leverans", other)


def test_only_closed_cases_are_delivered_where_that_is_asked(year: Town, tmp_path: Path) -> None:
    out = made(year, tmp_path / "leverans", replace(ORDER, period=replace(ORDER.period, closed=True)))
    assert [case["number"] for case in reading.cases(out)] == [year.cases()[0].number]


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        (lambda file: file.write_bytes(b"x"), "not as representations/rep1/METS.xml has it"),
        (lambda file: file.unlink(), "named in representations/rep1/METS.xml, and not there"),
        (lambda file: (file.parent / "extra").write_bytes(b"x"), "named in no METS document"),
    ],
)
def test_a_package_that_was_changed_is_found_out(
    harm: Callable[[Path], None], told: str, year: Town, tmp_path: Path
) -> None:
    out = made(year, tmp_path / "leverans")
    harm(next((out / "representations/rep1/data").rglob("*-in-feedback.eml")))
    [line] = reading.faults(out)
    assert told in line


def test_every_file_has_its_size_and_checksum_and_no_address_of_ours_is_absolute(year: Town, tmp_path: Path) -> None:
    out = made(year, tmp_path / "leverans")
    for document in ("METS.xml", "representations/rep1/METS.xml"):
        root = etree.parse(str(out / document)).getroot()
        for file in root.iter(f"{METS}file", f"{METS}mdRef"):
            assert {"SIZE", "CHECKSUM", "CHECKSUMTYPE", "MIMETYPE", "CREATED"} <= set(file.attrib)
        identifiers = [node.get("ID") for node in root.iter() if node.get("ID")]
        assert len(identifiers) == len(set(identifiers))
        assert str(tmp_path) not in etree.tostring(root, encoding="unicode")
    lines = (out / package.REGISTER).read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["received_at"][:4] for line in lines] == [str(NOW.year)] * CASES
