import os
from pathlib import Path

import pytest

from service.rulesfolder import RulesFault, Watched, check, load

FILES = {
    "municipality.yaml": "name: Ekviks kommun\ncase_number: {prefix: EKV}\n",
    "people.yaml": (
        "departments: [{id: teknik, name: Teknik}]\n"
        "units: [{id: gata-park, name: Gata, department: teknik, manager: maria@ekvik.example}]\n"
        "people: [{email: maria@ekvik.example, name: Maria}]\n"
        "registrars: [registrator@ekvik.example]\n"
    ),
    "routing.yaml": "rules:\n  - name: Gator\n    when: {words: [gata]}\n    then: {unit: gata-park}\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def change(folder: Path, name: str, old: str, new: str) -> None:
    """Edit a file; its time of change moves even where the file system's clock is coarse."""
    path = folder / name
    before = path.stat().st_mtime_ns
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    os.utime(path, ns=(before + 1_000_000, before + 1_000_000))


def said(folder: Path) -> list[str]:
    with pytest.raises(RulesFault) as caught:
        load(folder)
    return [str(fault).removeprefix(f"{folder}/") for fault in caught.value.faults]


def test_a_folder_is_read_and_forms_may_be_missing(folder: Path) -> None:
    book = load(folder)
    assert (book.municipality.name, len(book.routing.rules), book.forms) == ("Ekviks kommun", 1, ())


def test_the_faults_of_all_files_are_told(folder: Path) -> None:
    change(folder, "municipality.yaml", "name:", "nam:")
    change(folder, "people.yaml", "manager", "manger")
    (folder / "routing.yaml").write_text("rules: [", encoding="utf-8")
    lines = said(folder)
    assert 'municipality.yaml:1:1: unknown key "nam"; did you mean "name"?' in lines
    assert 'people.yaml:2:57: unknown key "manger"; did you mean "manager"?' in lines
    assert {line.partition(":")[0] for line in lines} == set(FILES)


@pytest.mark.parametrize("name", list(FILES))
def test_a_missing_file_is_one_fault(folder: Path, name: str) -> None:
    (folder / name).unlink()
    assert said(folder) == [f"{name}:1:1: the file is missing"]


def test_what_does_not_fit_together_has_a_place_and_a_suggestion(folder: Path) -> None:
    change(folder, "routing.yaml", "unit: gata-park", "unit: gatapark")
    assert said(folder) == ['routing.yaml:4:18: unknown unit "gatapark"; did you mean "gata-park"?']


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("words: [gata]", "words: [gata, '*']", 'routing.yaml:3:26: "*" holds no word to look for'),
        ("unit: gata-park", "unit: gata-park, officer: bo", 'routing.yaml:4:38: "bo" is not an e-mail address'),
        ("unit: gata-park", "unit: gata-park, duty: ja", "routing.yaml:4:35: should be true or false"),
        (
            "when: {words: [gata]}",
            "when: {word: [gata]}",
            'routing.yaml:3:12: unknown key "word"; did you mean "words"?',
        ),
        ("when: {words: [gata]}", "when: [gata]", "routing.yaml:3:11: should be a mapping of keys and values"),
    ],
)
def test_faults_in_a_rule(folder: Path, old: str, new: str, line: str) -> None:
    change(folder, "routing.yaml", old, new)
    lines = said(folder)
    assert len(lines) == 1
    assert lines[0].startswith(line)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("deadlines: {answer: 10 arbetsdagar}", '3:21: "10 arbetsdagar" is not a duration'),
        ("publish: {default: maybe}", '3:20: "maybe" is not a choice here; known are: yes, no, ask'),
        ("triage: registrar_frist", '3:9: "registrar_frist" is not a choice here; did you mean "registrar_first"?'),
        ("contact: {phone: 050010000}", "3:18: should be text, but YAML reads it as a number; put it in quotes"),
        ("deadlines: {per_channel: {fax: 1 day}}", '3:32: unknown channel "fax"'),
        ("reports: [{period: year, to: [chefen]}]", '3:31: "chefen" is not an e-mail address'),
    ],
)
def test_faults_in_a_promise(folder: Path, line: str, message: str) -> None:
    with (folder / "municipality.yaml").open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")
    lines = said(folder)
    assert len(lines) == 1
    assert lines[0].startswith(f"municipality.yaml:{message}")


def test_a_warning_does_not_make_the_folder_unusable(folder: Path) -> None:
    change(folder, "people.yaml", "people: [{email: maria@", "people: [{email: mari@")
    book, faults = check(folder)
    assert book is not None
    assert ["warning:" in str(fault) for fault in faults] == [True]
    assert 'did you mean "mari@ekvik.example"?' in str(faults[0])


def test_an_override_of_an_unknown_template_is_a_fault(folder: Path) -> None:
    (folder / "templates").mkdir()
    (folder / "templates" / "recipt.txt").write_text("Hej", encoding="utf-8")
    assert load(folder)
    with pytest.raises(RulesFault, match=r'no mail uses a template "recipt.txt"; did you mean "receipt.txt"'):
        load(folder, {"receipt.txt", "answer.txt"})
    (folder / "templates" / "recipt.txt").rename(folder / "templates" / "receipt.txt")
    assert load(folder, {"receipt.txt", "answer.txt"})


def test_a_changed_folder_is_swapped_in_whole(folder: Path) -> None:
    watched = Watched(folder)
    first = watched.book
    assert (watched.refresh(), watched.book) == ((), first)
    change(folder, "municipality.yaml", "Ekviks", "Nya Ekviks")
    assert watched.refresh() == ()
    assert watched.book.municipality.name == "Nya Ekviks kommun"


def test_the_last_good_book_stays_and_the_fault_is_told_once(folder: Path) -> None:
    watched = Watched(folder)
    first = watched.book
    change(folder, "people.yaml", "registrars", "registrar")
    assert [fault.line for fault in watched.refresh()] == [1, 4]
    assert (watched.refresh(), watched.book) == ((), first)
    change(folder, "people.yaml", "registrar:", "registrars:")
    assert watched.refresh() == ()
    assert watched.book is not first


def test_a_removed_file_is_noticed(folder: Path) -> None:
    watched = Watched(folder)
    (folder / "routing.yaml").unlink()
    assert [fault.message for fault in watched.refresh()] == ["the file is missing"]
    assert len(watched.book.routing.rules) == 1


def test_a_faulty_folder_is_refused_from_the_start(folder: Path) -> None:
    (folder / "people.yaml").unlink()
    with pytest.raises(RulesFault):
        Watched(folder)
