"""What is given away as folders: a whole case, and everything about one person."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from service.desk.lookup import reader
from service.desk.lookup.wanted import Wanted
from service.giving import casefolder, personfolder
from tests.conversations.town import Town
from tests.core.values import ANNA, BO, MARIA

pytestmark = pytest.mark.databases("sqlite", "postgresql")

KURT = "kurt@example.org"


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Where the folders are written."""
    return tmp_path / "out"


def files(folder: Path) -> dict[str, bytes]:
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def export(town: Town, folder: Path) -> Path:
    with town.database.reading() as s:
        return casefolder.write(s, next(reader.read(s, Wanted(), mails=True)), folder)


def test_a_whole_case_is_a_folder_with_every_mail_byte_for_byte(town: Town, out: Path) -> None:
    raw = town.mail(ANNA, "Hål <b>i</b> vägen på Storgatan.", files=[("hål.png", b"a picture")])
    town.receives(raw)
    town.writes(BO, "#SVAR\nHålet lagas.", answers=town.letter("assignment"))
    home = export(town, out)
    written = files(home)
    mails = [content for name, content in written.items() if name.startswith("mejl/")]
    assert raw in mails
    assert {hashlib.sha256(each).hexdigest() for each in mails} == {
        message["sha256"] for message in json.loads(written["arende.json"])["messages"]
    }
    page = written["index.html"].decode()
    assert "Hål &lt;b&gt;i&lt;/b&gt; vägen" in page  # what people write is text, never markup
    assert "Hålet lagas." in page
    listed = dict(line.split("  ")[::-1] for line in written["SHA256SUMS"].decode().splitlines())
    assert listed == {n: hashlib.sha256(c).hexdigest() for n, c in written.items() if n != "SHA256SUMS"}


def test_kli_22_the_letters_to_print_lie_beside(town: Town, out: Path) -> None:
    town.writes("sara.lind@ekvik.example", "#KANAL brev\n#FRÅN Gun Ek, Storgatan 4, 123 45 Ekvik\nHål i vägen.")
    written = files(export(town, out))
    assert [content[:5] for name, content in written.items() if name.startswith("brev/")] == [b"%PDF-"]


def test_an_export_that_was_broken_off_is_taken_up_again(
    town: Town, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.writes(ANNA, "Hål i vägen på Storgatan.")
    home = export(town, out)
    (home / casefolder.DATA).unlink()  # it is written last: so far had the work come
    (home / "index.html").write_bytes(b"half")
    export(town, out)
    assert b"Storgatan" in (home / "index.html").read_bytes()
    monkeypatch.setattr(casefolder, "put", lambda *_: pytest.fail("what is whole is left as it is"))
    export(town, out)


def test_s30_everything_about_one_person_and_nothing_about_others(town: Town, out: Path) -> None:
    town.writes(ANNA, "Hål i vägen på Storgatan.")
    town.writes(BO, "#INTERNT\nHon ringer ofta.", answers=town.letter("assignment"))
    town.writes(KURT, "Maten i skolan är god.", "Mat")
    with town.database.reading() as s:
        found = list(personfolder.write(s, ANNA.upper(), [town.book], out, "2026-09-07"))
    written = files(out)
    (case,) = {name.split("/")[1] for name in written if name.startswith("arenden/")}
    assert [each.number for each in found] == [case] == [town.cases()[0].number]
    whole = b"".join(written.values())
    assert b"Maten i skolan" not in whole
    assert KURT.encode() not in whole
    mails = [content for name, content in written.items() if name.endswith(".eml")]
    assert all(ANNA.encode() in content.partition(b"\r\n\r\n")[0] for content in mails)  # not what colleagues write
    page = written["index.html"].decode()
    for said in ("artikel 15", "Varför uppgifterna finns", "Hur länge de finns kvar", "Integritetsskyddsmyndigheten"):
        assert said in page
    assert f"<li>{BO}</li>" in page  # one of those who have had mail about it


def test_s30_who_else_wrote_in_the_case_is_not_told(town: Town, out: Path) -> None:
    town.writes(ANNA, "Hål i vägen på Storgatan.")
    number = town.case().number
    town.writes(KURT, "Jag såg Anna slå sönder vägen. Säg inget till henne.", subject=f"Om [{number}]")
    town.writes(BO, "#SVAR\nHålet lagas.", answers=town.letter("assignment"))
    with town.database.reading() as s:
        list(personfolder.write(s, ANNA, [town.book], out, "2026-09-07"))
    written = files(out)
    assert [name for name, content in written.items() if KURT.encode() in content] == []
    data = json.loads(written[f"arenden/{number}/arende.json"])
    assert {message["kind"] for message in data["messages"]} >= {"feedback", "receipt", "answer"}
    assert f"<li>{BO}</li>" in written["index.html"].decode()


def test_s30_a_colleague_gets_no_mails_of_other_peoples_cases(town: Town, out: Path) -> None:
    town.writes(ANNA, "Hål i vägen på Storgatan.")
    with town.database.reading() as s:
        assert list(personfolder.write(s, BO, [town.book], out, "2026-09-07")) == []
    assert not [name for name in files(out) if name.endswith(".eml")]
    assert town.case().number in (out / "index.html").read_text()
    assert MARIA not in (out / "index.html").read_text()


def test_s30_cases_with_notes_by_colleagues_are_named_to_whoever_hands_the_folder_over(town: Town, out: Path) -> None:
    town.writes(ANNA, "Hål i vägen på Storgatan.")
    town.writes(ANNA, "Lampan på Ekstigen är trasig.", "Lampan")
    town.writes(BO, "#INTERNT\nGrannen Nils har ringt om samma hål.", answers=town.letters("assignment", BO)[0])
    with town.database.reading() as s:
        found = list(personfolder.write(s, ANNA, [town.book], out, "2026-09-07"))
    assert [each.noted for each in found] == [True, False]
