"""The rules that ship with the service, and the examples of their manual, do what they say."""

import re
from pathlib import Path

import pytest

from service.core.rules.examples import failures
from service.core.rules.rulebook import Anonymous, AnswerMode, CloseMode, Oral, Publish, ReceiptTo, RuleBook, Triage
from service.core.rules.words import Lexicon, Term
from service.core.takeover.mapping import Takeover
from service.rulesfolder import check, load
from service.yamlfile import parse

RULES = Path(__file__).parent.parent / "rules"
PROFILES = ["ekvik", "hjo", "klippan", "koping", "spanga-tensta", "stromstad"]
MANUAL = (RULES / "LÄSMIG.md").read_text(encoding="utf-8")


def test_every_profile_is_tested() -> None:
    assert sorted(path.name for path in RULES.iterdir() if path.is_dir()) == PROFILES


@pytest.mark.parametrize("name", PROFILES)
def test_a_profile_is_without_fault_or_warning(name: str) -> None:
    book, faults = check(RULES / name)
    assert [str(fault) for fault in faults if "has no effect yet" not in fault.message] == []
    assert book is not None
    assert len(book.routing.examples) >= 15


@pytest.mark.parametrize("name", PROFILES)
def test_a_profile_passes_its_own_examples(name: str) -> None:
    assert list(failures(load(RULES / name))) == []


@pytest.mark.parametrize("name", PROFILES)
def test_a_profile_names_nobody_s_real_address(name: str) -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in (RULES / name).glob("*.yaml"))
    assert [
        address
        for address in re.findall(r"[\w.-]+@[\w.-]+", text)
        if not re.search(r"\.example|example\.org$", address)
    ] == []


@pytest.mark.parametrize(
    ("name", "prefix", "answer", "triage", "mode", "close", "publish", "types"),
    [
        ("ekvik", "EKV", "10 working days", Triage.AUTO, AnswerMode.RELAY, CloseMode.ON_COMMAND, Publish.ASK, 5),
        (
            "koping",
            "KOP",
            "5 working days",
            Triage.REGISTRAR_FIRST,
            AnswerMode.OFFICER_DIRECT,
            CloseMode.QUIET,
            Publish.NO,
            4,
        ),
        (
            "klippan",
            "KLI",
            "10 working days",
            Triage.REGISTRAR_FIRST,
            AnswerMode.CENTRAL_RELEASE,
            CloseMode.ON_COMMAND,
            Publish.YES,
            5,
        ),
        ("spanga-tensta", "SPA", "14 days", Triage.AUTO, AnswerMode.RELAY, CloseMode.ON_ANSWER, Publish.NO, 5),
        (
            "hjo",
            "HJO",
            "10 working days",
            Triage.REGISTRAR_FIRST,
            AnswerMode.RELAY,
            CloseMode.ON_COMMAND,
            Publish.ASK,
            5,
        ),
        ("stromstad", "STR", "10 working days", Triage.AUTO, AnswerMode.RELAY, CloseMode.ON_COMMAND, Publish.NO, 4),
    ],
)
def test_kop_10_spa_24_hjo_04_the_routines_differ_where_they_do(
    name: str,
    prefix: str,
    answer: str,
    triage: Triage,
    mode: AnswerMode,
    close: CloseMode,
    publish: Publish,
    types: int,
) -> None:
    own = load(RULES / name).municipality
    assert (own.case_number.prefix, str(own.deadlines.answer), own.triage) == (prefix, answer, triage)
    assert (own.answer.mode, own.close.mode, own.publish.default, len(own.types)) == (mode, close, publish, types)


@pytest.fixture(params=["stromstad"])
def stromstad(request: pytest.FixtureRequest) -> RuleBook:
    return load(RULES / request.param)


def test_stromstad_s_profile_says_binder_and_a_notice_at_the_end(stromstad: RuleBook) -> None:
    own = stromstad.municipality
    assert (own.anonymous, own.oral, own.receipt.to) == (Anonymous.BINDER, Oral.FOR_INFORMATION, ReceiptTo.WRITTEN)
    assert own.close.notify
    assert [(line.what.value, str(line.after)) for line in own.disposal] == [("binder", "365 days")]


def test_hjo_28_hjo_46_hjo_has_its_full_lists() -> None:
    own = load(RULES / "hjo").municipality
    assert (len(own.types), len(own.categories), len(own.measures)) == (5, 11, 9)


def test_kop_14_social_media_has_a_day_and_night() -> None:
    assert str(load(RULES / "koping").municipality.deadlines.per_channel["sociala medier"]) == "24 hours"


# --- the manual -----------------------------------------------------------------------------------------------------

EVERY_BLOCK = re.findall(r"```yaml\n(.*?)```", MANUAL, re.DOTALL)
TAKEOVERS = [block for block in EVERY_BLOCK if "\ncolumns:" in block]  # what `case import` reads, and no rules
BLOCKS = [block for block in EVERY_BLOCK if block not in TAKEOVERS]
TABLE = re.findall(
    r"^\| `(.+?)` \| (.+?) \| (.+?) \|$", MANUAL.partition("| Du skriver |")[2].partition("\n\n")[0], re.MULTILINE
)


@pytest.mark.parametrize("block", BLOCKS, ids=[f"block {number}" for number in range(1, len(BLOCKS) + 1)])
def test_the_manual_s_rules_do_what_it_says(block: str, tmp_path: Path) -> None:
    for name in ("municipality.yaml", "people.yaml"):
        (tmp_path / name).write_bytes((RULES / "ekvik" / name).read_bytes())
    (tmp_path / "routing.yaml").write_text(block, encoding="utf-8")
    book = load(tmp_path)
    assert list(failures(book)) == []
    assert book.routing.examples


def test_the_manual_s_mapping_for_older_cases_is_one() -> None:
    [block] = TAKEOVERS
    assert parse(block.encode(), "arenden.yaml").validated(Takeover).columns


@pytest.mark.parametrize(("term", "yes", "no"), TABLE, ids=[row[0] for row in TABLE])
def test_the_manual_s_words_match_as_it_says(term: str, yes: str, no: str) -> None:
    parsed = Term.parse(term.strip('"'))
    lexicon = Lexicon([parsed])
    assert [text for text in yes.split(", ") if not lexicon.read(text).find(parsed)] == []
    assert [text for text in no.split(", ") if lexicon.read(text).find(parsed)] == []


def test_the_manual_has_examples_and_a_table_of_words() -> None:
    assert len(BLOCKS) >= 4
    assert len(TABLE) >= 6


def test_the_manual_names_every_key_of_a_rule(tmp_path: Path) -> None:
    keys = re.findall(r"`(\w+)`", MANUAL)
    book = load(RULES / "ekvik")
    rule = book.routing.rules[0]
    wanted = {
        name.rstrip("_") for model in (rule.when, rule.then, book.municipality) for name in type(model).model_fields
    }
    easy = {"name", "sender_name", "contact", "case_number", "time_zone", "calendar", "staff_domains", "staff_proof",
            "trusted_authserv", "office_hours", "diary", "automatic_mail"}  # fmt: skip
    assert wanted - easy - set(keys) == set()


def test_the_manual_shows_a_fault_as_it_is_said() -> None:
    document = parse((RULES / "ekvik" / "routing.yaml").read_bytes(), "rules/ekvik/routing.yaml")
    example = str(document.fault(("rules", 0), 'unknown unit "gatapark"', 'did you mean "gata-park"?'))
    assert example.partition(": ")[2] in MANUAL
