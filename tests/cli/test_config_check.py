"""`synpunkten config check`, and the forms in which findings are printed."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from service.cli.findings import Form, print_found
from service.yamlfile import Fault
from tests.cli.conftest import Installation


def write_over(file: Path, old: str, new: str) -> int:
    """Put a fault into a file; its line."""
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")
    return text[: text.index(old)].count("\n") + 1


def test_the_whole_installation_is_checked_without_secrets_network_or_register(installation: Installation) -> None:
    line = write_over(installation.file, '"password": "hemligt"', '"password": {"env": "NOWHERE_SET"}')
    done = installation.invoke("config", "check")
    assert done.exit_code == 0
    warned, *_, last, rules = done.stdout.splitlines()
    assert warned.startswith(f"synpunkten.yaml:{line}:")
    assert "warning: here, the environment variable NOWHERE_SET is not set" in warned
    assert last == "synpunkten.yaml: right"
    assert rules == "rules/ekvik: 24 rules, 15 units, 4 forms, 30 examples: right"
    assert not (installation.folder / "var").exists()


def test_every_fault_of_every_file_is_told_once(installation: Installation) -> None:
    rule = write_over(installation.rules / "routing.yaml", "unit: kost,", "unit: kosten,")
    (installation.rules / "templates").mkdir()
    (installation.rules / "templates" / "receipt.txt").write_text("Ämne: a\n\n{{ okand }}\n")
    key = write_over(installation.file, "poll:", "pol:")
    done = installation.invoke("config", "check", "--json")
    found = json.loads(done.stdout)
    errors = {(each["file"], each["line"]) for each in found["faults"] if each["severity"] == "error"}
    assert (done.exit_code, found["ok"], found["mailboxes"][0]["counts"]) == (1, False, {})
    assert errors == {
        ("synpunkten.yaml", key),
        ("rules/ekvik/routing.yaml", rule),
        ("rules/ekvik/templates/receipt.txt", 3),
    }


def test_an_example_that_goes_elsewhere_is_a_fault_with_its_place(installation: Installation) -> None:
    line = write_over(
        installation.rules / "routing.yaml", 'unit: fritid}\n  - {text: "Grinden', 'unit: kost}\n  - {text: "Grinden'
    )
    done = installation.invoke("config", "check", "--format", "github")
    assert done.exit_code == 1
    assert f"::error file=rules/ekvik/routing.yaml,line={line}," in done.stdout
    assert "unit should be" in done.stdout


@pytest.mark.parametrize("text", [None, "- a\n- b\n"], ids=["missing", "a list"])
def test_what_is_no_configuration_ends_with_2(installation: Installation, text: str | None) -> None:
    installation.file.unlink()
    if text:
        installation.file.write_text(text)
    assert installation.invoke("config", "check").exit_code == 2


def test_github_gets_its_own_signs_escaped(capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path) -> None:
    fault = Fault(f"{Path.cwd()}/a,b:c%/å.yaml", 3, 7, "100 %\nfel: här, där", "", warning=True)
    print_found(Form.GITHUB, [fault], {}, "right")
    said = capfdbinary.readouterr().out.decode().splitlines()
    assert said == ["::warning file=a%2Cb%3Ac%25/å.yaml,line=3,col=7::100 %25%0Afel: här, där", "right"]


def test_rules_check_has_the_same_forms(installation: Installation) -> None:
    line = write_over(installation.rules / "routing.yaml", "unit: kost,", "unit: kosten,")
    done = installation.invoke("rules", "check", str(installation.rules), "--format", "github")
    assert done.exit_code == 1
    assert f"::error file=rules{os.sep}ekvik/routing.yaml,line={line},col=" in done.stdout
    assert '::unknown unit "kosten"; did you mean "kost"?' in done.stdout


def test_an_unknown_form_is_wrong_usage(installation: Installation) -> None:
    done = installation.invoke("rules", "check", str(installation.rules), "--format", "gitub")
    assert done.exit_code == 2
    assert done.stderr.startswith("synpunkten: Invalid value for '--format': 'gitub' is not one of")
