"""`synpunkten letters`: every mail of a rules folder on one page."""

from __future__ import annotations

import email
import email.policy
import io
import re
import shutil
from pathlib import Path

import pikepdf
import pytest
from typer.testing import CliRunner

from service.cli import app
from service.desk.writing import samples
from service.resources import shipped
from tests import papers

RULES = Path(__file__).parents[2] / "rules"


def run(*arguments: str | Path) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, ["letters", *map(str, arguments)])
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(RULES / "hjo", tmp_path / "hjo"))


def test_every_mail_is_shown_as_text_and_at_two_widths(folder: Path, tmp_path: Path) -> None:
    code, out, err = run(folder, "--out", tmp_path / "brev")
    assert (code, err) == (0, "")
    page = (tmp_path / "brev/index.html").read_text("utf-8")
    names = re.findall('<section id="([^"]+)"', page)
    assert out == f"{tmp_path}/brev/index.html: {len(names)} mails\n"
    assert {name.partition(".")[0] for name in names} == set(samples.LETTERS)
    for name in names:
        if name.startswith("paper-"):
            assert f'src="{name}-1.svg"' in page
            continue
        assert page.count(f'src="{name}.html"') == 2
        assert "<h1" in (tmp_path / f"brev/{name}.html").read_text("utf-8")
        mail = email.message_from_bytes((tmp_path / f"brev/{name}.eml").read_bytes())
        assert mail["X-Synpunkten-Kind"] == samples.LETTERS[name.partition(".")[0]][0].in_mail
    assert "HJO-26-00123" in page
    assert "EKV-" not in re.sub("EKV-26-0012[45]-[A-Z]", "", page)
    assert "egen text" not in page


def test_a_letter_on_paper_is_shown_as_it_is_printed(folder: Path, tmp_path: Path) -> None:
    run(folder, "--out", tmp_path / "brev")
    text = papers.text((tmp_path / "brev/paper-answer.pdf").read_bytes())
    assert "Bengt Alm\nNorra vägen 3\nEkvik" in text
    assert (tmp_path / "brev/paper-answer-1.svg").read_text("utf-8").startswith("<svg")
    assert not (tmp_path / "brev/paper-answer.eml").exists()


def test_a_letter_on_paper_is_in_finnish_too(folder: Path, tmp_path: Path) -> None:
    run(folder, "--out", tmp_path / "brev")
    pdf = (tmp_path / "brev/paper-answer.fi.pdf").read_bytes()
    text = " ".join(papers.text(pdf).split())
    for words in ("Vastaus palautteeseesi", "24.11.2026 Asianumero HJO-26-00123", "Vastaus on ruotsiksi", "Puhelin"):
        assert words in text
    with pikepdf.open(io.BytesIO(pdf)) as file:
        assert str(file.Root.Lang) == "fi"


def test_no_secret_mail_shows_anything_of_the_case(folder: Path, tmp_path: Path) -> None:
    run(folder, "--out", tmp_path / "brev")
    secret = list((tmp_path / "brev").glob("*.sekretess.html"))
    assert len(secret) > 20
    for file in secret:
        assert "Kastanjelunden" not in file.read_text("utf-8"), file


def test_an_own_template_is_marked_and_shown(folder: Path, tmp_path: Path) -> None:
    (folder / "templates").mkdir()
    (folder / "templates/receipt.txt").write_text("Ämne: Tack från Hjo\nHej!", encoding="utf-8")
    code, _, _ = run(folder, "--out", tmp_path / "brev")
    page = (tmp_path / "brev/index.html").read_text("utf-8")
    assert code == 0
    assert page.count("egen text: receipt.txt") == 2
    assert "Tack från Hjo [HJO-26-00123" in page


def test_an_own_template_that_fails_is_said_and_the_shipped_one_shown(folder: Path, tmp_path: Path) -> None:
    (folder / "templates").mkdir()
    (folder / "templates/receipt.txt").write_text("Ämne: Tack\n{{ okand }}", encoding="utf-8")
    code, _, err = run(folder, "--out", tmp_path / "brev")
    assert code == 1
    assert err == f'{folder}/templates/receipt.txt:2:1: "okand" is not known here\n'
    assert "Vi har tagit emot din synpunkt" in (tmp_path / "brev/index.html").read_text("utf-8")


def test_faults_in_the_rules_are_said_and_nothing_is_written(folder: Path, tmp_path: Path) -> None:
    (folder / "people.yaml").write_text("registrars: []\n")
    code, out, err = run(folder, "--out", tmp_path / "brev")
    assert (code, out) == (1, "")
    assert err.startswith(f"{folder}/people.yaml:1:")
    assert not (tmp_path / "brev").exists()


def test_a_folder_that_is_not_there_or_takes_no_files(folder: Path, tmp_path: Path) -> None:
    assert run("/nowhere", "--out", tmp_path / "brev") == (1, "", "synpunkten: /nowhere: no such folder\n")
    (tmp_path / "file").write_text("")
    code, _, err = run(folder, "--out", tmp_path / "file")
    assert (code, err) == (1, f"synpunkten: {tmp_path}/file: File exists; name another folder with --out\n")


def test_without_a_place_to_write_to_it_is_wrong_usage() -> None:
    assert run(shipped("rules") / "hjo")[0] == 2


def test_no_sentence_is_glued_to_the_one_before(folder: Path, tmp_path: Path) -> None:
    """A tag at the end of a template's line takes the line break with it."""
    run(folder, "--out", tmp_path / "brev")
    for file in (tmp_path / "brev").glob("*.eml"):
        mail = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
        part = mail.get_body(("plain",))
        assert part
        assert not re.findall(r"[a-zåäö)][.!?][A-ZÅÄÖ]\w+|\w ,|,,| \.", part.get_content()), file.name
