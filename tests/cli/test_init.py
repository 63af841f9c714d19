"""`synpunkten init`: what it writes can be used as it is."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from typer.testing import CliRunner, Result

from service import config, rulesfolder
from service.cli import app
from service.doors.account import Security
from service.resources import shipped
from service.yamlfile import read

PROFILES = ["ekvik", "hjo", "klippan", "koping", "spanga-tensta", "stromstad"]


def init(folder: Path, municipality: str) -> Result:
    return CliRunner().invoke(app, ["init", str(folder), "--municipality", municipality])


@pytest.mark.parametrize("name", PROFILES)
def test_what_is_written_loads_once_the_passwords_are_set(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = init(tmp_path / "new" / "folder", name)
    assert (done.exit_code, done.stderr) == (0, "")
    file = tmp_path / "new" / "folder" / "synpunkten.yaml"
    assert f"synpunkten doctor --config {file}" in done.stdout
    monkeypatch.setenv("IMAP_PASSWORD", "in")
    monkeypatch.setenv("SMTP_PASSWORD", "out")
    loaded = config.load(file)
    (mailbox,) = loaded.mailboxes
    assert mailbox.name == name
    assert mailbox.rules == file.parent / "rules" / name
    assert (mailbox.imap.port, mailbox.imap.security, mailbox.imap.password) == (993, Security.TLS, "in")
    assert (mailbox.smtp.port, mailbox.smtp.security, mailbox.smtp.password) == (587, Security.STARTTLS, "out")
    assert loaded.database == f"sqlite:///{file.parent}/var/synpunkten.db"
    assert loaded.warnings == ()
    domain = rulesfolder.load(mailbox.rules).municipality.staff_domains[0]
    assert mailbox.address == f"synpunkten@{domain}"


def test_without_the_passwords_the_configuration_says_which_are_missing(tmp_path: Path) -> None:
    init(tmp_path, "ekvik")
    done = CliRunner().invoke(app, ["run", "--config", str(tmp_path / "synpunkten.yaml")])
    assert done.exit_code == 2
    assert [name for name in ("IMAP_PASSWORD", "SMTP_PASSWORD") if name in done.stderr] == [
        "IMAP_PASSWORD",
        "SMTP_PASSWORD",
    ]


def test_the_rules_are_copied_whole(tmp_path: Path) -> None:
    init(tmp_path, "ekvik")
    source, copy = shipped("rules") / "ekvik", tmp_path / "rules" / "ekvik"
    names = sorted(path.relative_to(source) for path in source.rglob("*") if path.is_file())
    assert [path.relative_to(copy) for path in sorted(copy.rglob("*")) if path.is_file()] == names
    assert all((copy / name).read_bytes() == (source / name).read_bytes() for name in names)


@pytest.mark.parametrize("taken", ["synpunkten.yaml", "rules/ekvik/people.yaml"])
def test_nothing_is_overwritten(tmp_path: Path, taken: str) -> None:
    path = tmp_path / taken
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("mine")
    done = init(tmp_path, "ekvik")
    assert (done.exit_code, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    assert "exists already" in line
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == [path]
    assert path.read_text() == "mine"


def test_another_municipality_may_be_added_beside(tmp_path: Path) -> None:
    (tmp_path / "rules" / "hjo").mkdir(parents=True)
    assert init(tmp_path, "ekvik").exit_code == 0


@pytest.mark.parametrize(
    ("name", "says"),
    [
        pytest.param("Ekvick", 'did you mean "ekvik"?', id="nearly"),
        pytest.param("spanga", 'did you mean "spanga-tensta"?', id="in part"),
        pytest.param("oslo", "known are: ekvik, hjo,", id="unknown"),
        pytest.param("../rules/ekvik", "there are no rules", id="a path"),
    ],
)
def test_an_unknown_municipality_suggests_the_nearest(tmp_path: Path, name: str, says: str) -> None:
    done = init(tmp_path / "x", name)
    assert (done.exit_code, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert says in line
    assert not (tmp_path / "x").exists()


def test_the_manual_of_the_rules_comes_along(tmp_path: Path) -> None:
    assert "LÄSMIG.md" in init(tmp_path, "ekvik").stdout
    manual = tmp_path / "rules" / "LÄSMIG.md"
    assert manual.read_bytes() == (shipped("rules") / "LÄSMIG.md").read_bytes()
    manual.write_text("mine")
    assert init(tmp_path / "x", "hjo").exit_code == 0
    (tmp_path / "synpunkten.yaml").unlink()
    assert init(tmp_path, "hjo").exit_code == 0
    assert manual.read_text() == "mine"


def test_editors_find_the_schema_of_each_file(tmp_path: Path) -> None:
    init(tmp_path, "hjo")
    files = [tmp_path / "synpunkten.yaml", *(tmp_path / "rules" / "hjo").glob("*.yaml")]
    assert len(files) == 5
    for file in files:
        _, _, named = file.read_text(encoding="utf-8").partition("\n")[0].partition("$schema=")
        schema = json.loads((file.parent / named).read_text(encoding="utf-8"))
        jsonschema.validate(json.loads(json.dumps(read(file).plain, default=str)), schema)
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({"nmae": "Hjo"}, schema)
