import os
import re
from pathlib import Path

import pytest

from service import rulesfolder, yamlfile
from service.core.rules.rulebook import When
from service.core.rules.rulechecks import problems
from service.core.rules.settings import WITHOUT_EFFECT
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


def looks_twice(watched: Watched) -> list[str]:
    """What is told after two looks: at the first one somebody may still be writing."""
    assert watched.refresh() is False
    assert watched.faults == ()
    assert watched.refresh() is True
    return [fault.message for fault in watched.faults]


def test_a_changed_folder_is_swapped_in_whole_at_once(folder: Path) -> None:
    watched = Watched(folder)
    first = watched.book
    assert (watched.refresh(), watched.book) == (False, first)
    change(folder, "municipality.yaml", "Ekviks", "Nya Ekviks")
    assert (watched.refresh(), watched.faults) == (True, ())
    assert watched.book.municipality.name == "Nya Ekviks kommun"


def test_the_last_good_book_stays_and_the_fault_is_told_once(folder: Path) -> None:
    watched = Watched(folder)
    first = watched.book
    change(folder, "people.yaml", "registrars", "registrar")
    assert looks_twice(watched) == ['the key "registrars" is missing', 'unknown key "registrar"']
    assert (watched.refresh(), watched.book) == (False, first)
    change(folder, "people.yaml", "registrar:", "registrars:")
    assert (watched.refresh(), watched.faults) == (True, ())
    assert watched.book is not first


def test_a_fault_that_is_gone_at_the_next_look_was_only_half_written(folder: Path) -> None:
    watched = Watched(folder)
    change(folder, "people.yaml", "registrars", "registrar")
    assert watched.refresh() is False
    change(folder, "people.yaml", "registrar:", "registrars:")
    assert (watched.refresh(), watched.faults) == (True, ())


def test_a_removed_file_is_noticed(folder: Path) -> None:
    watched = Watched(folder)
    (folder / "routing.yaml").unlink()
    assert looks_twice(watched) == ["the file is missing"]
    assert len(watched.book.routing.rules) == 1


RULE = "  - name: Regel {n}\n    when: {{words: [ord{n}]}}\n    then: {{unit: gata-park}}\n"


@pytest.fixture
def many(folder: Path) -> Path:
    """Thirty rules, an example and a form."""
    rules = "".join(RULE.format(n=n) for n in range(30))
    (folder / "routing.yaml").write_text(f"rules:\n{rules}examples:\n  - {{text: ord1, unit: gata-park}}\n")
    (folder / "forms.yaml").write_text(
        "forms:\n  - {name: Webben, from: noreply@ekvik.example, fields: {text: Synpunkt}}\n"
    )
    return folder


@pytest.mark.parametrize(
    ("name", "text"),
    [
        pytest.param("routing.yaml", "", id="no bytes"),
        pytest.param("routing.yaml", "# regler\n\n", id="only a comment"),
        pytest.param("routing.yaml", "rules: []\n", id="an empty list"),
        pytest.param("routing.yaml", "otherwise: {to: registrar}\n", id="no list"),
        pytest.param("routing.yaml", "rules:\n" + "".join(RULE.format(n=n) for n in range(3)), id="three of thirty"),
        pytest.param("forms.yaml", "", id="no bytes of forms"),
        pytest.param("forms.yaml", "forms: []\n", id="no forms"),
        pytest.param("people.yaml", "", id="no bytes of people"),
        pytest.param("municipality.yaml", "", id="no bytes of the municipality"),
    ],
)
def test_rules_that_vanish_stay_in_force(many: Path, name: str, text: str) -> None:
    watched = Watched(many)
    (many / name).write_text(text)
    told = looks_twice(watched)
    assert told
    assert (len(watched.book.routing.rules), len(watched.book.forms)) == (30, 1)
    assert watched.refresh() is False


@pytest.mark.parametrize("part", [0.2, 0.5, 0.9])
def test_a_file_cut_anywhere_stays_out(many: Path, part: float) -> None:
    whole = (many / "routing.yaml").read_bytes()
    for end in range(int(len(whole) * part), int(len(whole) * part) + 25):
        watched = Watched(many)
        (many / "routing.yaml").write_bytes(whole[:end])
        if not whole[:end].endswith(b"\n"):
            assert watched.refresh() is False
            assert watched.refresh() is True
            assert watched.faults, whole[:end][-60:]
        (many / "routing.yaml").write_bytes(whole)


def test_a_person_who_asks_for_it_may_take_rules_away(many: Path) -> None:
    watched = Watched(many)
    (many / "routing.yaml").write_text("rules: []\n")
    looks_twice(watched)
    watched.reload()
    assert (watched.refresh(), watched.faults, len(watched.book.routing.rules)) == (True, (), 0)
    (many / "routing.yaml").write_text("")
    watched.reload()
    assert watched.refresh() is True
    assert [fault.message for fault in watched.faults] == ["the file is empty"]


def test_some_rules_fewer_are_an_edit_like_any_other(many: Path) -> None:
    watched = Watched(many)
    (many / "routing.yaml").write_text("rules:\n" + "".join(RULE.format(n=n) for n in range(20, 0, -1)))
    assert (watched.refresh(), watched.faults, len(watched.book.routing.rules)) == (True, (), 20)


@pytest.mark.parametrize("name", [*FILES, "forms.yaml"])
def test_an_empty_file_is_refused_from_the_start(folder: Path, name: str) -> None:
    (folder / name).write_bytes(b"")
    (line,) = said(folder)
    assert line.startswith(f"{name}:1:1: the file is empty; ")


def test_no_rules_at_all_are_a_warning_from_the_start(folder: Path) -> None:
    (folder / "routing.yaml").write_text("rules: []\n")
    book, faults = check(folder)
    assert book is not None
    assert [str(fault).removeprefix(f"{folder}/") for fault in faults] == [
        "routing.yaml:1:8: warning: there are no rules: every mail goes to the registrars"
    ]


def test_a_file_that_changes_while_it_is_read_is_read_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = (folder / "people.yaml").read_text()
    (folder / "people.yaml").write_text(whole[:40])

    def goes_on_writing(path: Path, name: str | None = None) -> yamlfile.Document:
        try:
            return yamlfile.read(path, name)
        finally:
            if path.name == "routing.yaml":
                (folder / "people.yaml").write_text(whole)

    monkeypatch.setattr(rulesfolder, "read", goes_on_writing)
    assert check(folder)[0] is not None


@pytest.mark.parametrize("name", ["routing.yaml.txt", "routing.yml", "Routing.yaml", "routing.yaml.bak"])
def test_a_file_of_nearly_the_right_name_is_named(folder: Path, name: str) -> None:
    (folder / "routing.yaml").rename(folder / name)
    assert said(folder) == [f'routing.yaml:1:1: the file is missing; "{name}" lies beside it: rename it']


def test_a_forms_file_of_nearly_the_right_name_is_a_warning(folder: Path) -> None:
    (folder / "forms.yaml.txt").write_text("forms: []\n")
    (fault,) = check(folder)[1]
    assert str(fault) == (
        f'{folder}/forms.yaml.txt:1:1: warning: nothing of this name is read; did you mean "forms.yaml"?'
    )


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("form.yaml", "forms.yaml"),
        ("formulär.yaml", "forms.yaml"),
        ("template/", "templates"),
        ("rules.yaml", None),
        ("routes.yaml", None),
        ("bilder/", None),
        (".forms.yaml.swp", None),
        ("#forms.yaml#", None),
    ],
)
def test_what_is_nearly_named_as_a_part_of_the_folder_is_told(folder: Path, name: str, meant: str | None) -> None:
    if name.endswith("/"):
        (folder / name).mkdir()
    else:
        (folder / name).write_text("forms: []\n")
    told = [f'{folder / name}:1:1: warning: nothing of this name is read; did you mean "{meant}"?']
    assert [str(fault) for fault in check(folder)[1]] == (told if meant else [])


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        pytest.param("people.yaml", "manager: maria@", "manager: synpunkten@", id="manager"),
        pytest.param(
            "people.yaml", "department: teknik, ", "department: teknik, officers: [SYNPUNKTEN@Ekvik.example], "
        ),
        pytest.param("people.yaml", "[registrator@", "[synpunkten@", id="registrar"),
        pytest.param(
            "people.yaml", "name: Maria}", "name: Maria, substitute: synpunkten@ekvik.example}", id="substitute"
        ),
        pytest.param("people.yaml", "name: Teknik}", "name: Teknik, head: synpunkten@ekvik.example}", id="head"),
        pytest.param("routing.yaml", "unit: gata-park}", "unit: gata-park, for_information: synpunkten@ekvik.example}"),
        pytest.param("municipality.yaml", "name: Ek", "contact: {duty_email: synpunkten@ekvik.example}\nname: Ek"),
    ],
)
def test_nobody_reads_the_mailbox_of_the_service(folder: Path, name: str, old: str, new: str) -> None:
    change(folder, name, old, new)
    book, faults = check(folder, ["synpunkten@ekvik.example"])
    assert book is None
    assert any("is the mailbox of the service itself" in fault.message for fault in faults)
    assert check(folder)[0] is not None  # nobody has said which mailbox it is


def substitutes(folder: Path, *pairs: tuple[str, str]) -> list[str]:
    people = "".join(f"  - {{email: {a}@e.example, name: N, substitute: {b}@e.example}}\n" for a, b in pairs)
    text = (folder / "people.yaml").read_text()
    (folder / "people.yaml").write_text(
        text.replace("people: [", f"people:\n{people}  - ").replace("Maria}]", "Maria}")
    )
    return [str(fault).partition(": ")[2] for fault in check(folder)[1] if "entry under people" not in fault.message]


def test_nobody_is_the_own_substitute(folder: Path) -> None:
    (line,) = substitutes(folder, ("a", "a"))
    assert line == '"a@e.example" is the person\'s own address: nobody would take over'
    assert check(folder)[0] is None


def test_substitutes_in_a_ring_are_told_once(folder: Path) -> None:
    (line,) = substitutes(folder, ("a", "b"), ("b", "c"), ("c", "a"))
    assert "a@e.example → b@e.example → c@e.example → a@e.example" in line
    assert line.startswith("warning: ")


def test_a_substitute_may_have_one_too(folder: Path) -> None:
    assert substitutes(folder, ("a", "b"), ("b", "c"), ("c", "d")) == []


def test_an_address_outside_of_the_staff_domains_is_a_warning_once(folder: Path) -> None:
    change(folder, "municipality.yaml", "name:", "staff_domains: [ekvik.example]\nname:")
    change(folder, "people.yaml", "maria@ekvik.example", "maria@ekvik.se")
    assert [str(fault).partition(": ")[2] for fault in check(folder)[1]] == [
        'warning: "maria@ekvik.se" is outside of staff_domains (ekvik.example)'
    ]


def test_one_rule_that_always_holds_is_told_in_one_line(many: Path) -> None:
    change(many, "routing.yaml", "when: {words: [ord0]}", "when: {}")
    (line,) = said(many)
    assert "none of the 29 rules from here on ever decides" in line
    assert '"Regel 0"' in line


def test_checking_a_thousand_rules_is_no_more_than_a_thousand_steps(folder: Path) -> None:
    book = load(folder)
    rule = book.routing.rules[0]
    rules = tuple(
        rule.model_copy(update={"name": f"R{n}", "when": When.model_validate({"words": [f"o{n}x"]})})
        for n in range(3000)
    )
    large = book.model_copy(update={"routing": book.routing.model_copy(update={"rules": rules})})
    asked = 0

    def counted(_self: When, _other: object) -> bool:
        nonlocal asked
        asked += 1
        return False

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(When, "__eq__", counted)
        assert list(problems(large)) == []
    assert asked <= 4 * len(rules)


def test_keys_without_effect_are_named_once_each(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(WITHOUT_EFFECT, "municipality.yaml", frozenset({"reports"}))  # type: ignore[arg-type]
    with (folder / "municipality.yaml").open("a") as file:
        file.write(
            'digest: {officers: true, managers: true, registrars: true, at: "07:30"}\nabsence: ask\n'
            "likeness: {tell_manager_at: 10, raise_ladder: false}\ncontent_question: false\n"
            "status_labels: {assigned: Hos handläggare}\nreceipt: {to: written}\n"
            "reports:\n  - {period: year, to: [a@e.example]}\n  - {period: month, to: [a@e.example]}\n"
        )
    book, faults = check(folder)
    assert book is not None
    assert [re.findall('"(.+)"', fault.message)[0] for fault in faults] == ["reports"]
    assert all(fault.warning for fault in faults)


def test_a_morning_mail_after_the_office_has_closed_is_a_fault(folder: Path) -> None:
    with (folder / "municipality.yaml").open("a") as file:
        file.write('digest: {officers: true, at: "17:00"}\n')
    _, faults = check(folder)
    assert ["17:00 is not before the office closes" in fault.message for fault in faults] == [True]


def test_a_list_alone_needs_a_morning_mail(folder: Path) -> None:
    with (folder / "municipality.yaml").open("a") as file:
        file.write("digest: {officers: true, triage_letters: false}\n")
    _, faults = check(folder)
    assert [(fault.warning, "without registrars" in fault.message) for fault in faults] == [(True, True)]


def test_a_faulty_folder_is_refused_from_the_start(folder: Path) -> None:
    (folder / "people.yaml").unlink()
    with pytest.raises(RulesFault):
        Watched(folder)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "there is no file vapen.svg in the rules folder"),
        (b"GIF89a", "vapen.svg is no picture of the sort SVG, PNG or JPEG"),
        (b"<svg>" + bytes(1_000_000), "vapen.svg is larger than 1 MB"),
        (b"<svg>", ""),
    ],
)
def test_the_mark_for_letters_on_paper_is_a_picture_in_the_folder(
    folder: Path, content: bytes | None, told: str
) -> None:
    change(folder, "municipality.yaml", "name:", "paper: {mark: vapen.svg}\nname:")
    if content is not None:
        (folder / "vapen.svg").write_bytes(content)
    _, faults = check(folder)
    assert [str(fault).removeprefix(f"{folder}/") for fault in faults] == (
        [f"municipality.yaml:1:15: warning: {told}"] if told else []
    )
