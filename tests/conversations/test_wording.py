"""A wording never costs a case: own templates that fail give way, and the registrar hears file and line, once."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from service.desk import register
from service.desk.database import Database
from service.desk.writing import sandbox
from service.desk.writing.stationery import Stationery
from service.desk.writing.wording import tried
from service.inforce import InForce
from service.resources import shipped
from service.rulesfolder import load
from tests.conversations.town import ADDRESS, ANNA, BO, REGISTRAR, Town

START = "Ämne: Vårt eget\n\nHej!\n"


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """Ekvik's rules with a folder for own templates."""
    folder = Path(shutil.copytree(shipped("rules") / "ekvik", tmp_path / "ekvik"))
    (folder / "templates").mkdir()
    return folder


@pytest.fixture
def open_town(database: Database, rules: Path, town: Town) -> Callable[[], tuple[Town, InForce]]:
    """The service starts, with what stands in the folder then."""

    def opened() -> tuple[Town, InForce]:
        in_force = InForce(rules, ADDRESS)
        town.book = in_force.book
        town.desk = in_force.follow(replace(town.desk, book=in_force.book, stationery=in_force.stationery), town.now)
        town.delivers()
        return town, in_force

    return opened


def write(rules: Path, name: str, text: str) -> None:
    path = rules / "templates" / name
    path.write_text(text, encoding="utf-8")
    os.utime(path, ns=(path.stat().st_mtime_ns + 1_000_000,) * 2)


def follows(town: Town, in_force: InForce) -> None:
    for _ in range(3):
        town.desk = in_force.follow(town.desk, town.now)
    town.delivers()


def told(town: Town) -> list[str]:
    """The registrar's mails about rules and wording."""
    return [
        " ".join(letter.text.split())
        for letter in town.letters("alert", REGISTRAR)
        if "egen mejltext" in letter.subject or "Felen i reglerna" in letter.subject or "Reglerna" in letter.subject
    ]


FAULTY = [
    pytest.param("receipt.txt", START + "{{ okand }}\n", "templates/receipt.txt, rad 4", id="a name nobody knows"),
    pytest.param(
        "receipt.txt", START + "{{ submitter.namn }}\n", "templates/receipt.txt, rad 4", id="no such attribute"
    ),
    pytest.param("receipt.txt", START + "{{ town.name | dag }}\n", "templates/receipt.txt, rad 4", id="no such filter"),
    pytest.param("receipt.txt", START + "{{ town.name\n", "templates/receipt.txt, rad", id="not closed"),
    pytest.param(
        "receipt.txt", START + '{% include "_borta.txt" %}\n', "templates/receipt.txt, rad 4", id="no such part"
    ),
    pytest.param("receipt.txt", START + "{{ 1 / 0 }}\n", "templates/receipt.txt, rad 4", id="a division"),
    pytest.param("receipt.txt", START + "{{ due_day|day|day }}\n", "templates/receipt.txt, rad 4", id="wrong value"),
    pytest.param("receipt.txt", "", "templates/receipt.txt, rad 1", id="nothing in it"),
    pytest.param("receipt.txt", "\n\nHej!\n{# #}", "templates/receipt.txt, rad 1: mejlet har", id="no text"),
    pytest.param(
        "receipt.txt",
        "Hej!\n\nTack för ditt mejl.\n",
        "templates/receipt.txt, rad 1: mejlet har ingen",
        id="no subject",
    ),
    pytest.param("receipt.txt", "Ämne:\n\nHej!\n", "templates/receipt.txt, rad 1: mejlet har", id="empty subject"),
    pytest.param(
        "receipt.txt",
        START + "{% if town %}\nHej\n",
        "templates/receipt.txt, rad 4: {% if %} avslutas aldrig: {% endif %} saknas",
        id="a block left open",
    ),
    pytest.param("receipt.txt", START + "{{ town.name }\n", "templates/receipt.txt, rad 4: något mellan", id="brace"),
    pytest.param("_farewell.txt", "Hej då\n{{ okand }}\n", "templates/_farewell.txt, rad 2", id="in a part"),
    pytest.param("_words.txt", "{# borta #}\n", "templates/_words.txt, rad 1", id="a part that lacks what others use"),
    pytest.param(
        "receipt.txt",
        START + "{% for a in range(9000) %}{% for b in range(9000) %}{% for c in range(9000) %}{% endfor %}"
        "{% endfor %}{% endfor %}\n",
        "templates/receipt.txt, rad 4",
        id="goes on for hours",
    ),
    pytest.param("receipt.txt", START + '{{ "x" * 999999999 }}\n', "templates/receipt.txt, rad 4", id="very much"),
    pytest.param(
        "receipt.txt", START + "{% for a in range(9999) %}" + "x" * 999 + "{% endfor %}\n", "rad", id="much in steps"
    ),
]


@pytest.mark.parametrize(("name", "text", "place"), FAULTY)
def test_a_faulty_template_costs_no_receipt(
    open_town: Callable[[], tuple[Town, InForce]], rules: Path, name: str, text: str, place: str
) -> None:
    write(rules, name, text)
    town, in_force = open_town()
    town.writes(ANNA, "Det är ett hål i vägen på Storgatan.")
    receipt = town.letter("receipt")
    assert "Tack för att du hör av dig" in receipt.text
    assert town.case().number == receipt.number
    (letter,) = told(town)
    assert place in letter
    assert "Mejlen går ut med våra färdiga texter så länge" in letter
    for _ in range(3):
        town.passes(hours=5)
        follows(town, in_force)
    assert len(told(town)) == 1


def test_a_right_template_is_used(open_town: Callable[[], tuple[Town, InForce]], rules: Path) -> None:
    write(rules, "receipt.txt", START + "Vi svarar {{ due_day|day if due_day else 'snart' }}.\n")
    write(rules, "_farewell.txt", "Hej då\n/ från oss\n")
    town, _ = open_town()
    town.writes(ANNA, "Det är ett hål i vägen på Storgatan.")
    assert town.letter("receipt").subject.startswith("Vårt eget [")
    assert told(town) == []


@pytest.mark.databases("sqlite", "postgresql")
def test_a_branch_that_no_sample_reached_gives_way_at_work(
    open_town: Callable[[], tuple[Town, InForce]], rules: Path
) -> None:
    write(rules, "receipt.txt", START + '{% if "traktor" in case.text %}\n{{ okand }}\n{% endif %}\nTack.\n')
    town, in_force = open_town()
    town.writes(ANNA, "Det är ett hål i vägen.")
    town.writes(ANNA, "En traktor har kört sönder vägen.", subject="Traktorn")
    town.writes(ANNA, "En traktor står på vägen.", subject="En annan traktor")
    subjects = [letter.subject.partition(" [")[0] for letter in town.letters("receipt")]
    assert subjects[0] == "Vårt eget"
    assert len(subjects) == len(town.cases()) == 3
    assert "Vårt eget" not in subjects[1:]
    follows(town, in_force)
    (letter,) = told(town)
    assert "templates/receipt.txt, rad 5: namnet ”okand” finns inte här" in letter
    town.writes(ANNA, "En traktor till.", subject="En tredje traktor")
    town.now += timedelta(hours=2)
    follows(town, in_force)
    assert len(told(town)) == 1


def test_an_answer_is_never_left_out(open_town: Callable[[], tuple[Town, InForce]], rules: Path) -> None:
    write(rules, "answer.txt", "Ämne: Svar\n\nHej! Nu har vi svarat.\n")
    town, _ = open_town()
    town.writes(ANNA, "Det är ett hål i vägen på Storgatan.")
    town.writes(BO, "#SVAR\nVi lagar hålet på måndag.", answers=town.letter("assignment"), authenticated=True)
    assert "Vi lagar hålet på måndag." in town.letter("answer").text
    assert "mejlet utelämnar svaret" in told(town)[0]


def test_the_shipped_letters_are_right_as_own_ones(rules: Path) -> None:
    shutil.copytree(shipped("templates"), rules / "templates", ignore=lambda *_: {"letter.typ"}, dirs_exist_ok=True)
    _, faults = tried(Stationery(shipped("templates"), rules / "templates"), load(rules), ADDRESS)
    assert faults == ()


def test_what_is_mended_is_told_and_counts_at_once(open_town: Callable[[], tuple[Town, InForce]], rules: Path) -> None:
    write(rules, "receipt.txt", START + "{{ okand }}\n")
    town, in_force = open_town()
    write(rules, "receipt.txt", START)
    follows(town, in_force)
    assert "Felen i reglerna är rättade" in town.letters("alert", REGISTRAR)[-1].subject
    town.writes(ANNA, "Det är ett hål i vägen på Storgatan.")
    assert town.letter("receipt").subject.startswith("Vårt eget")


def test_changed_rules_have_each_case_looked_at_once(
    open_town: Callable[[], tuple[Town, InForce]], rules: Path
) -> None:
    town, in_force = open_town()
    town.writes(ANNA, "Det är ett hål i vägen på Storgatan.", subject="Storgatan")
    town.writes(BO, "#SVAR\nDet är lagat.", answers=town.letter("assignment"))
    town.writes(ANNA, "Lampan på Kvarngatan lyser inte.", subject="Lampan")
    write(rules, "receipt.txt", START)
    follows(town, in_force)
    for due in ({"answered", "assigned"}, set(), set()):
        with town.database.reading() as s:
            numbers = register.numbers_to_check(s, "ekvik", town.now)
        assert {case.status for case in town.cases() if case.number in numbers} == due
        town.passes(minutes=1)
    town.passes(days=30)
    assert town.letters("escalation")


def test_a_new_start_repeats_nothing(open_town: Callable[[], tuple[Town, InForce]], rules: Path) -> None:
    write(rules, "receipt.txt", START + "{{ okand }}\n")
    for _ in range(3):
        town, _ = open_town()
    assert len(told(town)) == 1


def test_a_template_saved_while_the_service_runs_is_tried_first(
    open_town: Callable[[], tuple[Town, InForce]], rules: Path
) -> None:
    town, in_force = open_town()
    write(rules, "receipt.txt", START + "{{ okand }}\n")
    town.writes(ANNA, "Ett hål.", subject="Före")  # saved, and not looked at yet
    follows(town, in_force)
    town.writes(ANNA, "Ett hål till.", subject="Efter")
    assert len(town.letters("receipt")) == len(town.cases()) == 2
    assert len(told(town)) == 1


@pytest.mark.parametrize("name", ["recipt.txt", "receipt.txt.bak", "receipt.html", "_greting.txt"])
def test_a_misnamed_file_is_told_and_stops_nothing(
    open_town: Callable[[], tuple[Town, InForce]], rules: Path, name: str
) -> None:
    write(rules, name, START)
    town, _ = open_town()
    town.writes(ANNA, "Det är ett hål i vägen på Storgatan.")
    assert len(town.letters("receipt")) == 1
    assert f"templates/{name}, rad 1: inget mejl använder den filen; menade du" in told(town)[0]


@pytest.mark.parametrize("name", [".receipt.txt.swp", "receipt.txt~", "#receipt.txt#", "~$receipt.txt"])
def test_what_editors_leave_behind_is_nothing(
    open_town: Callable[[], tuple[Town, InForce]], rules: Path, name: str
) -> None:
    write(rules, name, "{{ okand }}")
    assert told(open_town()[0]) == []


def test_refused_rules_are_told_in_swedish_with_paths_inside_the_folder(
    open_town: Callable[[], tuple[Town, InForce]], rules: Path
) -> None:
    town, in_force = open_town()
    text = (rules / "routing.yaml").read_text()
    (rules / "routing.yaml").write_text(text.replace("words:", "wrods:", 1))
    follows(town, in_force)
    (letter,) = told(town)
    assert "- routing.yaml, rad" in letter
    assert "nyckeln ”wrods” finns inte; menade du ”words”?" in letter
    assert str(rules) not in letter
    (rules / "routing.yaml").write_text("")
    follows(town, in_force)
    assert "- routing.yaml, rad 1: filen är tom" in told(town)[1]
    (rules / "routing.yaml").write_text(text)
    follows(town, in_force)
    assert len(told(town)) == 3
    assert "Felen i reglerna" in town.letters("alert", REGISTRAR)[-1].subject


def test_a_template_that_is_being_saved_is_told_of_only_when_it_stays_faulty(
    open_town: Callable[[], tuple[Town, InForce]], rules: Path
) -> None:
    town, in_force = open_town()
    write(rules, "receipt.txt", START + "{{ ok")
    town.desk = in_force.follow(town.desk, town.now)
    write(rules, "receipt.txt", START + "{{ town.name }}\n")
    follows(town, in_force)
    assert told(town) == []
    town.writes(ANNA, "Ett hål.")
    assert town.letter("receipt").subject.startswith("Vårt eget")


def test_a_very_long_mail_makes_a_long_letter_and_no_fault(
    open_town: Callable[[], tuple[Town, InForce]], rules: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sandbox, "LARGEST_LETTER", 3000)
    write(rules, "assignment.txt", "Ämne: Nytt\n\n{{ case.text|masked|quote }}\n")
    town, in_force = open_town()
    town.writes(ANNA, "Hål i vägen på Storgatan. " * 300)
    assert town.letter("assignment").text.count("Storgatan") == 300
    follows(town, in_force)
    assert told(town) == []


def test_an_own_letter_in_another_language_is_used_and_a_faulty_one_gives_way(
    rules: Path, open_town: Callable[[], tuple[Town, InForce]]
) -> None:
    for folder in ("so", "fi"):
        (rules / "templates" / folder).mkdir()
    write(rules, "so/receipt.txt", 'Ämne: Waan helnay\n\nSalaan,\n\n{{ received_day|day("so") }}\n')
    write(rules, "fi/receipt.txt", "Ämne: Oma\n\nHei\n{{ okand }}\n")
    town, _ = open_town()
    town.writes(ANNA, "Waxaan rabaa in aan ogaado sababta aan loo hagaajin waddada ee ku taal xaafadda.")
    town.writes("Ritva <ritva@example.org>", "Hei! Keinu on rikki ja se on vaarallinen. Kiitos. Terveisin Ritva")
    own, shipped_one = town.letters("receipt")
    assert own.subject.startswith("Waan helnay")
    assert own.mail["Content-Language"] == "so"
    assert shipped_one.subject.startswith("Olemme vastaanottaneet palautteesi")
    assert any("templates/fi/receipt.txt, rad 4" in text for text in told(town))


def test_rules_that_are_refused_are_not_logged_as_in_force(
    rules: Path, open_town: Callable[[], tuple[Town, InForce]]
) -> None:
    town, in_force = open_town()
    with capture_logs() as logged:
        (rules / "municipality.yaml").write_text("naem: Ekvik\n")
        in_force.reload()
        follows(town, in_force)
    assert [each["event"] for each in logged if each["event"].startswith("rules-")] == ["rules-refused"]
