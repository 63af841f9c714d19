import json
import re
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from service.cli.rules import app

RULES = Path(__file__).parents[2] / "rules"
MAIL = (
    "From: Anna Ek <anna.ek@example.org>\nTo: synpunkten@ekvik.example\nSubject: =?utf-8?q?H=C3=A5l_i_v=C3=A4gen?=\n"
    "Message-ID: <1@example.org>\nDate: Mon, 04 May 2026 09:12:00 +0200\n"
    "Content-Type: text/plain; charset=utf-8\n\nDet är ett stort hål på Storgatan.\n"
)


def run(*arguments: str | Path) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(RULES / "ekvik", tmp_path / "ekvik"))


@pytest.fixture
def mail(tmp_path: Path) -> Path:
    path = tmp_path / "mejl.eml"
    path.write_text(MAIL, encoding="utf-8")
    return path


def spoil(folder: Path, old: str, new: str) -> int:
    """Put a fault into the routing rules; its line."""
    path = folder / "routing.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def test_check_says_what_a_right_folder_holds() -> None:
    code, out, err = run("check", RULES / "ekvik")
    assert (code, err) == (0, "")
    assert "24 rules, 15 units, 4 forms" in out


def test_check_says_every_fault_with_its_place(folder: Path) -> None:
    one = spoil(folder, "unit: kost,", "unit: kosten,")
    two = spoil(folder, "type: beröm, category", "type: berom, category")
    code, out, _ = run("check", folder)
    lines = out.splitlines()
    assert code == 1
    assert lines[0].startswith(f"{folder}/routing.yaml:{min(one, two)}:")
    assert any(f":{one}:" in line and 'unknown unit "kosten"; did you mean "kost"?' in line for line in lines)
    assert any(f":{two}:" in line and 'did you mean "beröm"?' in line for line in lines)


@pytest.mark.parametrize("command", [("check",), ("test",), ("explain",)])
def test_a_folder_that_is_not_there(command: tuple[str], mail: Path) -> None:
    more = [mail] if command == ("explain",) else []
    code, out, err = run(*command, "/nowhere", *more)
    assert (code, out) == (1, "")
    assert err == "synpunkten: /nowhere: no such folder\n"


def test_test_runs_the_examples() -> None:
    code, out, _ = run("test", RULES / "ekvik")
    assert code == 0
    assert "30 of 30 examples" in out


def test_test_says_which_example_fails(folder: Path) -> None:
    line = spoil(folder, 'unit: fritid}\n  - {text: "Grinden', 'unit: kost}\n  - {text: "Grinden')
    code, out, _ = run("test", folder)
    assert code == 1
    assert f"routing.yaml:{line - 0}:" in out
    assert 'unit should be "kost", is "fritid"' in out
    assert "29 of 30 examples" in out


def test_test_of_a_faulty_folder_says_the_faults_on_standard_error(folder: Path) -> None:
    spoil(folder, "unit: kost,", "unit: kosten,")
    code, out, err = run("test", folder)
    assert (code, out) == (1, "")
    assert "unknown unit" in err


def test_explain_tells_the_rule_the_words_and_the_place(mail: Path) -> None:
    code, out, _ = run("explain", RULES / "ekvik", mail)
    assert code == 0
    assert "HOLDS  Gator och vägar" in out
    assert "Storgatan" in out
    assert "goes to    gata-park" in out


def test_explain_as_json_is_one_object(mail: Path) -> None:
    code, out, err = run("explain", RULES / "ekvik", mail, "--json")
    found = json.loads(out)
    assert (code, err) == (0, "")
    assert (found["file"], found["unit"], found["officer"]) == (str(mail), "gata-park", "bo.ek@ekvik.example")
    assert (found["rule"], found["form"], found["refer"], found["registrar"]) == ("Gator och vägar", None, None, False)
    assert found["trials"][-1]["holds"] is True
    assert "Hål i vägen" in found["trials"][-1]["conditions"][0]["on"]


def test_explain_reads_a_form(mail: Path) -> None:
    text = MAIL.replace("anna.ek@example.org", "noreply@ekvik.example").replace(
        "=?utf-8?q?H=C3=A5l_i_v=C3=A4gen?=", "Synpunkter =?utf-8?q?och_klagom=C3=A5l?="
    )
    mail.write_text(
        text.replace("Det är ett stort hål på Storgatan.", "Vad gäller det?\nFörskola\nDin synpunkt\nHål i väggen"),
        encoding="utf-8",
    )
    found = json.loads(run("explain", RULES / "ekvik", mail, "--json")[1])
    assert (found["form"], found["unit"], found["rule"]) == (
        "Synpunkter på webben",
        "forskola",
        "Formuläret säger förskola",
    )


def test_explain_of_a_mail_that_is_not_there(tmp_path: Path) -> None:
    code, out, err = run("explain", RULES / "ekvik", tmp_path / "none.eml")
    assert (code, out) == (1, "")
    assert "none.eml: No such file" in err


def test_one_file_has_a_schema_of_its_own() -> None:
    code, out, _ = run("schema", "synpunkten.yaml")
    assert code == 0
    assert "mailboxes" in json.loads(out)["properties"]
    assert run("schema", "regler.yaml")[0] == 2


@pytest.mark.parametrize("name", ["routing", "routing.yaml", RULES / "ekvik" / "routing.yaml"])
def test_a_schema_is_asked_for_by_name_or_by_a_file_that_it_is_for(name: str | Path) -> None:
    code, out, _ = run("schema", name)
    assert code == 0
    assert "rules" in json.loads(out)["properties"]


def test_schema_is_json() -> None:
    code, out, _ = run("schema")
    assert code == 0
    assert json.loads(out)["routing.yaml"]["properties"]["rules"]


@pytest.mark.parametrize("command", ["check", "explain", "test", "schema"])
def test_every_command_has_help_with_an_example(command: str) -> None:
    code, out, _ = run(command, "--help")
    assert code == 0
    assert "Example: synpunkten rules" in " ".join(out.split())


def test_check_as_json_is_one_object(folder: Path) -> None:
    line = spoil(folder, "unit: kost,", "unit: kosten,")
    code, out, err = run("check", folder, "--json")
    found = json.loads(out)
    assert (code, err, found["ok"]) == (1, "", False)
    (error,) = [fault for fault in found["faults"] if fault["severity"] == "error"]
    assert error == {
        "file": f"{folder}/routing.yaml",
        "line": line,
        "column": error["column"],
        "severity": "error",
        "message": 'unknown unit "kosten"',
        "suggestion": 'did you mean "kost"?',
    }
    right = json.loads(run("check", RULES / "ekvik", "--json")[1])
    assert (right["ok"], right["counts"]["rules"]) == (True, 24)


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        pytest.param(
            "receipt.txt", "Ämne: a\n\n{{ okand }}\n", 'receipt.txt:3:1: "okand" is not known here', id="name"
        ),
        pytest.param("receipt.txt", "Ämne: a\n{% if %}\n", "receipt.txt:2:1: ", id="syntax"),
        pytest.param("_files.txt", "a\n{{ okand }}\n", '_files.txt:2:1: "okand" is not known here', id="part"),
        pytest.param(
            "recept.txt", "Ämne: a\nb\n", 'recept.txt:1:1: no mail uses this file; did you mean "receipt.txt"?'
        ),
        pytest.param("receipt.txt", b"\xc4mne: a\nb\n", "receipt.txt:1:1: the byte 0xc4 is not UTF-8", id="Latin-1"),
    ],
)
def test_check_looks_at_own_templates(folder: Path, name: str, text: str | bytes, says: str) -> None:
    (folder / "templates").mkdir()
    (folder / "templates" / name).write_bytes(text.encode() if isinstance(text, str) else text)
    code, out, _ = run("check", folder)
    assert code == 1
    assert any(line.startswith(f"{folder}/templates/{says}") for line in out.splitlines()), out


def test_check_knows_the_mailbox_of_the_configuration_above(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(RULES / "ekvik", tmp_path / "rules" / "ekvik"))
    (tmp_path / "synpunkten.yaml").write_text("mailboxes: [{address: bo.ek@ekvik.example}]\n")
    code, out, _ = run("check", folder)
    assert code == 1
    assert '"bo.ek@ekvik.example" is the mailbox of the service itself' in out


def test_check_warns_of_no_rules_and_test_without_examples_is_no_success(folder: Path) -> None:
    (folder / "routing.yaml").write_text("rules: []\n")
    code, out, _ = run("check", folder)
    assert code == 0
    assert "warning: there are no rules" in out
    code, out, _ = run("test", folder)
    assert code == 1
    assert "there are no examples to run" in out
    (folder / "routing.yaml").write_text("")
    code, out, _ = run("check", folder)
    assert code == 1
    assert "routing.yaml:1:1: the file is empty" in out


def test_explain_says_line_and_words_also_of_what_fails(mail: Path) -> None:
    _, out, _ = run("explain", RULES / "ekvik", mail)
    text = (RULES / "ekvik" / "routing.yaml").read_text()
    line = text[: text.index("- name: Gator och vägar")].count("\n") + 1
    assert f"HOLDS  Gator och vägar ({RULES}/ekvik/routing.yaml:{line})" in out
    (because,) = re.findall(r"^because +(.*)$", out, re.MULTILINE)
    assert because.startswith("rule “Gator och vägar” on “")
    assert "words fails: none of orolig för barn, " in out
    (first, *_) = json.loads(run("explain", RULES / "ekvik", mail, "--json")[1])["trials"]
    assert first["line"] >= 1
    assert "orolig för barn" in first["conditions"][0]["asked"]


def test_check_tells_of_the_templates_also_where_the_rules_have_faults(folder: Path) -> None:
    spoil(folder, "unit: kost,", "unit: kosten,")
    (folder / "templates").mkdir()
    (folder / "templates" / "receipt.txt").write_text("Ämne: a\n\n{{ okand }}\n")
    _, out, _ = run("check", folder)
    assert 'unknown unit "kosten"' in out
    assert 'receipt.txt:3:1: "okand" is not known here' in out
