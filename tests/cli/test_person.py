"""`synpunkten person export`: everything about one person as a folder (GDPR article 15)."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Installation

ROWS = """Nr;Inkom;Text;Avslutad;E-post;Sekretess
1;2025-03-04;Hål i Storgatan.;2025-03-20;anna.ek@example.org;nej
2;2025-03-05;Det gäller mitt ärende.;2025-03-20;Anna.Ek@example.org;ja
3;2025-03-06;Lampan lyser inte.;2025-03-20;kurt@example.org;nej
"""
MAP = """columns: {external_ref: Nr, received_at: Inkom, text: Text, closed_at: Avslutad, secrecy: Sekretess,
  submitter: {email: E-post}}
"""


@pytest.fixture
def three(installation: Installation) -> Installation:
    """Two cases of Anna's, one of them secret, and one of somebody else's."""
    (installation.folder / "a.csv").write_text(ROWS)
    (installation.folder / "a.yaml").write_text(MAP)
    assert installation.invoke("case", "import", "a.csv", "--map", "a.yaml").exit_code == 0
    return installation


def test_s30_a_folder_with_the_persons_cases_and_a_word_about_secret_ones(three: Installation) -> None:
    done = three.invoke("person", "export", "anna.ek@example.org", "--to", "utdrag")
    assert (done.exit_code, done.stdout) == (0, "utdrag/index.html: 2 cases\n")
    assert "EKV-" in done.stderr
    assert "judged" in done.stderr
    written = [file for file in (three.folder / "utdrag").rglob("*") if file.is_file()]
    assert not any(b"kurt@" in file.read_bytes() for file in written)
    again = three.invoke("person", "export", "anna.ek@example.org", "--to", "utdrag")
    assert again.exit_code == 0


def test_what_is_no_address_is_said(installation: Installation) -> None:
    done = installation.run("person", "export", "Anna", "--to", "utdrag")
    assert (done.returncode, done.stderr) == (1, 'synpunkten: "Anna" is not an e-mail address\n')
    assert not (installation.folder / "utdrag").exists()
