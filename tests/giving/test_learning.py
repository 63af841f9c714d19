"""What the register teaches about the rules: words with their cases behind them, tried before anybody is shown them."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from service.core.alike import learning
from service.core.alike.learning import Lesson, Taught
from service.core.cases import Case, Status, Submitter
from service.core.rules.routing import Facts, route
from service.core.rules.rulebook import RuleBook
from service.desk import tables
from service.desk.lookup.wanted import Wanted
from service.giving import lessons, replay, rulediff
from service.giving.lessons import Place, Proposal, Report
from service.giving.replay import Tried
from service.rulesfolder import check
from tests.conversations.town import ANNA, HOLE, Town
from tests.core.values import NOW

pytestmark = pytest.mark.databases("sqlite", "postgresql")

RULES = """
rules:
  - name: Gator
    when: {words: [gata, "hål i vägen"]}
    then: {unit: gata-park}
  - name: Mat
    when:
      words:
        - skolmat
    then: {unit: skolmat}
  - name: Aldrig
    when: {words: zeppelinare}
    then: {unit: gata-park}

otherwise: {to: registrar}
"""
PEOPLE = """
departments:
  - {id: teknik, name: Tekniska förvaltningen, head: eva@ekvik.example, registrar: reg@ekvik.example}
units:
  - {id: gata-park, name: Gata och park, department: teknik, manager: maria@ekvik.example}
  - {id: skolmat, name: Skolmat, department: teknik, manager: lena@ekvik.example}
  - {id: va, name: Vatten och avlopp, department: teknik, manager: nils@ekvik.example}
people: [{email: nils@ekvik.example, name: Nils Brunn}]
registrars: [reg@ekvik.example]
"""
TOWN = """
name: Ekviks kommun
case_number: {prefix: EKV}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in {"municipality": TOWN, "people": PEOPLE, "routing": RULES}.items():
        (tmp_path / f"{name}.yaml").write_text(text.lstrip(), encoding="utf-8")
    return tmp_path


@pytest.fixture
def book(folder: Path) -> RuleBook:
    found, faults = check(folder)
    assert found, faults
    return found


TEXTS = {
    "va": "Brunnslocket på {}gatan skramlar när bilar kör över, gatan är stängd.",
    "gata-park": "Gatan vid {}torget är full av hål, asfalten har gått sönder.",
    "skolmat": "Skolmaten på {}skolan är kall, potatisen är hård.",
}


PER_UNIT = 12


def cases(per_unit: int = PER_UNIT, **change: object) -> Iterator[Tried]:
    """So many settled cases of each unit; those about manhole covers were all sent to the streets first."""
    serial = 0
    for n in range(per_unit):
        for unit, text in TEXTS.items():
            serial += 1
            words = text.format(chr(ord("A") + n) * 3)
            case = Case(
                mailbox="ekvik",
                number=f"EKV-26-{serial:05}-A",
                title="Klagomål",
                text=words,
                submitter=Submitter(name=f"Anna Lock{n}"),
                received_at=NOW + timedelta(days=n),
                status=Status.CLOSED,
                unit=unit,
            )
            yield Tried(replace(case, **change) if unit == "va" else case, Facts(subject=case.title, text=words))


def patched_in(difference: str, folder: Path) -> None:
    subprocess.run(["git", "apply", "-p0"], input=difference, text=True, check=True, cwd=folder)


def test_a_unit_without_a_rule_gets_one_before_the_rule_that_takes_its_cases(book: RuleBook) -> None:
    report = lessons.learn(book, cases())
    [proposal] = report.proposals
    assert (proposal.unit, proposal.place) == ("va", Place(0, new=True))
    assert (len(proposal.right), proposal.wrong) == (PER_UNIT, ())
    assert (report.cases, report.routed_right) == (3 * PER_UNIT, 2 * PER_UNIT)
    assert report.silent == ("Aldrig",)
    [pair] = report.mixed
    assert (pair.routed, pair.unit, len(pair.numbers)) == ("gata-park", "va", PER_UNIT)
    assert "brunnslock" in pair.words


def test_what_is_proposed_can_be_patched_in_and_sends_the_cases_right(book: RuleBook, folder: Path) -> None:
    file, report = folder / "routing.yaml", lessons.learn(book, cases())
    difference = rulediff.difference(file.read_bytes().decode(), book, report)
    patched_in(difference, folder)
    patched, faults = check(folder)
    assert patched, faults
    for case, facts in cases():
        assert route(patched, facts).unit == case.unit


LISTS = [
    ("  - {name: A, when: {words: [gata, väg]}, then: {unit: va}}", "[gata, väg, brunn]"),
    ('  - {name: A, when: {words: [gata, "a ] b",\n      väg]}, then: {unit: va}}', "väg, brunn]"),
    ("  - {name: A, when: {words: gata}, then: {unit: va}}", "{words: [gata, brunn]}"),
    (
        "  - name: A\n    when:\n      words:\n        - gata\n        - väg\n    then: {unit: va}",
        "- väg\n        - brunn\n",
    ),
    ("  - {name: A, when: {words: [gata, väg, ]}, then: {unit: va}}", "[gata, väg, brunn, ]"),
    (
        "  - name: A\n    when: {words: [gata,  # ] \"\n      moster's,\n    ]}\n    then: {unit: va}",
        "moster's, brunn,\n",
    ),
    ('  - {name: A, when: {words: ["ga\\"ta"]}, then: {unit: va}}', '["ga\\"ta", brunn]'),
    (
        "  - name: A\n    when:\n      words:\n      - gata\n        under\n    then: {unit: va}",
        "under\n      - brunn\n",
    ),
    ("  - name: A\n    when:\n      words: hål, stort\n    then: {unit: va}", 'words: ["hål, stort", brunn]'),
    ("  - name: A\n    when:\n      words: >-\n        gata\n    then: {unit: va}", "words: [gata, brunn]\n    then"),
    ("  - {name: A, when: {words: &w [gata]}, then: {unit: va}}", "&w [gata, brunn]"),
]


def proposed(place: Place, *words: str) -> Proposal:
    lesson = Lesson("va", words[0], 3.0, ("EKV-26-00001-A",), (), ("EKV-26-00001-A",), (0, 0))
    return Proposal("va", place, tuple((word, lesson) for word in words), ("EKV-26-00001-A",), ())


@pytest.mark.parametrize(("rule", "then"), LISTS)
def test_a_word_is_added_in_the_form_that_the_list_has(rule: str, then: str, folder: Path, book: RuleBook) -> None:
    file = folder / "routing.yaml"
    file.write_text(f"rules:\n{rule}\notherwise: {{to: registrar}}\n", encoding="utf-8")
    report = Report(1, 0, (proposed(Place(0, new=False), "brunn"),))
    difference = rulediff.difference(file.read_bytes().decode(), book, report)
    patched_in(difference, folder)
    assert then in file.read_text(encoding="utf-8")
    assert check(folder)[0], check(folder)[1]


FILES = {
    "rules in the first column": "rules:\n- name: A\n  when: {words: [gata]}\n  then: {unit: va}\n",
    "far to the right": "rules:\n      - name: A\n        when: {words: [gata]}\n        then: {unit: va}\n\n# slut\n",
    "a dash alone": "rules:\n  -\n    name: A\n    when: {words: [gata]}\n    then: {unit: va}\n",
    "in brackets": "rules: [{name: A, when: {words: [gata]}, then: {unit: va}}]\n",
    "no newline at the end": "rules:\n  - name: A\n    when: {words: [gata]}\n    then: {unit: va}",
    "line ends of Windows": "rules:\r\n  - name: A\r\n    when: {words: [gata]}\r\n    then: {unit: va}\r\n",
    "its name is taken": "rules:\n  - name: Vatten och avlopp\n    when: {words: [gata]}\n    then: {unit: va}\n",
}


@pytest.mark.parametrize("rules", FILES.values(), ids=FILES.keys())
def test_new_rules_stand_as_the_others_do_whatever_their_words_mean_to_yaml(
    rules: str, folder: Path, book: RuleBook
) -> None:
    file = folder / "routing.yaml"
    file.write_bytes(rules.encode())
    report = Report(1, 0, (proposed(Place(0, new=True), "true", "null"), proposed(Place(1, new=True), "brunn")))
    patched_in(rulediff.difference(file.read_bytes().decode(), book, report), folder)
    patched, faults = check(folder)
    assert patched, faults
    words = [[word.written for word in rule.when.words] for rule in patched.routing.rules]
    assert words == [["true", "null"], ["gata"], ["brunn"]]


def test_no_rules_at_all_get_their_first(folder: Path, book: RuleBook) -> None:
    file = folder / "routing.yaml"
    for rules in ("otherwise: {to: registrar}\n", "rules: []\n"):
        file.write_text(rules, encoding="utf-8")
        report = Report(1, 0, (proposed(Place(0, new=True), "brunn"),))
        patched_in(rulediff.difference(file.read_bytes().decode(), book, report), folder)
        patched, faults = check(folder)
        assert patched, faults
        assert len(patched.routing.rules) == 1


@pytest.mark.parametrize(
    ("per_unit", "change"),
    [
        pytest.param(4, {}, id="too few cases"),
        pytest.param(PER_UNIT, {"secrecy": True}, id="secret cases"),
        pytest.param(PER_UNIT, {"internal": True}, id="colleagues' own"),
        pytest.param(PER_UNIT, {"unit": ""}, id="nobody has said where they belong"),
    ],
)
def test_nothing_is_learned_from(per_unit: int, change: dict[str, object], book: RuleBook) -> None:
    assert lessons.learn(book, cases(per_unit, **change)).proposals == ()


def test_a_name_is_never_a_word_of_a_rule(book: RuleBook) -> None:
    named = [
        Tried(
            replace(each.case, text="Brunnström svarar inte." if each.case.unit == "va" else each.case.text,
                    submitter=Submitter(name="Eva Brunnström")),
            replace(each.facts, text="Brunnström svarar inte." if each.case.unit == "va" else each.facts.text),
        )
        for each in cases()
    ]  # fmt: skip
    words = [word for proposal in lessons.learn(book, named).proposals for word, _ in proposal.words]
    assert "brunnström" not in words


def test_a_word_of_several_units_is_not_proposed(book: RuleBook) -> None:
    found = learning.lessons(
        [
            Taught(f"EKV-26-{n:05}-A", "va" if n % 2 else "skolmat", "", frozenset({"brunn"}), NOW + timedelta(days=n))
            for n in range(40)
        ]
    )
    assert found == []


def test_a_word_that_has_lately_meant_something_else_is_not_proposed(book: RuleBook) -> None:
    taught = [
        Taught(f"EKV-26-{n:05}-A", unit, "", frozenset({"brunn", f"ord{n}"}), NOW + timedelta(days=n))
        for n, unit in enumerate(["va"] * 75 + ["skolmat"] * 7)
    ]
    assert [lesson.word for lesson in learning.lessons(taught)] == []


def test_other_rules_are_tried_on_the_register(town: Town) -> None:
    town.writes(ANNA, HOLE)
    town.writes(ANNA, "Maten på skolan är kall.", "Skolmat")
    streets = lessons.with_words(town.book, Place(0, new=True), "forskola", ["asfalt"])
    with town.database.reading() as s:
        found = list(replay.changes(s, town.book, streets, Wanted()))
    [change] = [each for each in found if each]
    assert len(found) == 2
    assert (change.number, change.before.unit, change.after.unit) == (town.cases()[0].number, "gata-park", "forskola")
    assert change.is_right is False
    with town.database.transaction() as s:
        s.execute(update(tables.cases).values(disposed_at=NOW))
        assert list(replay.changes(s, town.book, streets, Wanted())) == []


def test_where_no_rule_decides_the_registrar_is_shown_who_has_answered_the_like(town: Town, ekvik: RuleBook) -> None:
    likeness = ekvik.municipality.likeness.model_copy(update={"suggest": True})
    own = ekvik.municipality.model_copy(update={"likeness": likeness})
    book = RuleBook(municipality=own, people=ekvik.people, routing=ekvik.routing, forms=ekvik.forms)
    town = Town(town.database, book, NOW)
    for n in range(5):
        town.writes(f"{n}@example.org", f"Fontänen plaskar och stänker på bänken nummer {n}.", "Fontänen")
    with town.database.transaction() as s:
        s.execute(update(tables.cases).values(unit="gata-park", status="closed"))
    town.writes(ANNA, "Fontänen stänker och plaskar ner min hatt.", "Fontänen")
    assert "5 av 5 liknande ärenden" in town.letters("assignment", "registrator@ekvik.example")[-1].text
