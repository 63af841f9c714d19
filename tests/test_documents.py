"""What is written for readers is so: links lead somewhere, letters are quoted as they are, and every example runs."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import openpyxl
import pytest
from markdown_it import MarkdownIt
from sqlalchemy import select

from service.core.cases import Contact, Status
from service.core.rules.choices import Anonymous
from service.core.rules.rulebook import RuleBook
from service.core.speech.commands import WRITTEN, read_command
from service.desk.database import Database
from service.desk.tables import binder as binder_leaves
from service.desk.tables import messages, quarantine
from service.reference.walk import commands
from service.setup import units
from tests.cli.conftest import Installation
from tests.conftest import need
from tests.conversations.conftest import MONDAY
from tests.conversations.town import ANNA, BO, HOLE, MARIA, REGISTRAR, Town, rules_of
from tests.demands import HOUSE, names_of_tests
from tests.servers import browser

DOCUMENTS = [
    *(HOUSE / name for name in ("README.md", "CHANGELOG.md")),
    *(file for folder in ("deploy", "docs", "rules") for file in sorted((HOUSE / folder).rglob("*.md"))),
]
GUIDES = [HOUSE / "docs" / f"{name}.md" for name in ("handlaggare", "registrator", "chef", "administrator")]


def read(file: Path) -> str:
    return file.read_text(encoding="utf-8")


def named(file: Path) -> str:
    return str(file.relative_to(HOUSE))


# --- links ------------------------------------------------------------------------------------------------------------


def anchors(text: str) -> set[str]:
    """The names that a heading gives to links, as code hosts make them."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_links_lead_to_files_and_headings(document: Path) -> None:
    lost = []
    for link, anchor in re.findall(r"\]\(([^)#\s]*)(?:#([^)\s]*))?\)", read(document)):
        target = document.parent / link if link else document
        if re.match(r"[a-z]+:", link):
            continue
        if not target.exists() or (anchor and anchor not in anchors(read(target))):
            lost.append(f"{link}#{anchor}")
    assert lost == []


def test_what_security_says_is_shown_by_tests() -> None:
    claimed = re.findall(r"`(test_\w+)`", read(HOUSE / "deploy" / "SECURITY.md"))
    assert len(claimed) > 30
    assert sorted(set(claimed) - set(names_of_tests())) == []


def test_whoever_begins_at_the_readme_comes_to_every_document() -> None:
    found, waiting = set(), [HOUSE / "README.md"]
    while waiting:
        document = waiting.pop()
        found.add(document)
        links = re.findall(r"\]\(([^)#\s]+\.md)\b", read(document))
        waiting += [to for link in links if (to := (document.parent / link).resolve()) not in found and to.exists()]
    assert [named(document) for document in DOCUMENTS if document not in found] == []


def test_the_tour_of_the_house_names_every_room() -> None:
    service, tour = HOUSE / "service", read(HOUSE / "docs" / "house.md")
    packages = [
        file.parent for file in sorted(service.rglob("__init__.py")) if len(file.relative_to(service).parts) <= 3
    ]
    modules = [file.with_suffix("") for file in sorted(service.glob("*.py")) if file.stem != "__init__"]
    rooms = [each for each in [*packages, *modules] if each != service]
    assert [str(room.relative_to(service)) for room in rooms if not re.search(rf"[`/]{room.name}[`/]", tour)] == []


def test_the_readme_ends_the_installation_as_setup_does() -> None:
    last = read(HOUSE / "README.md").partition("5. **Let it run**")[2].partition("## ")[0]
    wanted = [line for line in units.to_do(Path("/etc/synpunkten")) if not line.startswith("#")]
    (block,) = re.findall(r"```sh\n(.*?)```", last, re.DOTALL)
    assert [line.strip() for line in block.strip().splitlines()] == wanted


# --- what the guides say of letters and of commands in them -----------------------------------------------------------


def wordings() -> str:
    """The text of all letters, on one line and without the marks that only the service reads."""
    texts = " ".join(read(file) for file in sorted((HOUSE / "templates").glob("*.txt")))
    return " ".join(texts.split())


@pytest.mark.parametrize("guide", GUIDES, ids=named)
def test_a_guide_quotes_letters_as_they_are(guide: Path) -> None:
    letters = wordings()
    quoted = [" ".join(each.split()) for each in re.findall(r"”([^”]+)”", read(guide))]
    assert [each for each in quoted if each not in letters] == []


def test_the_guides_quote_letters() -> None:
    assert sum(read(guide).count("”") for guide in GUIDES) >= 20


def mails_in(guide: Path) -> list[str]:
    """The mails that a guide shows how to write: those that begin with a command."""
    blocks = re.findall(r"(?:^    .+\n)+", read(guide), re.MULTILINE)
    return [re.sub(r"^    ", "", block, flags=re.MULTILINE) for block in blocks if block.startswith("    #")]


@pytest.mark.parametrize("guide", GUIDES, ids=named)
def test_the_commands_of_a_guide_are_understood(guide: Path) -> None:
    inline = re.findall(r"`(#[^`\n]+)`", read(guide))
    assert [each for each in inline if (found := read_command(each)) is None or found.word not in WRITTEN] == []


def test_what_the_guides_show_how_to_write_is_done(database: Database, ekvik: RuleBook) -> None:
    town = Town(database, ekvik, MONDAY)
    town.writes(ANNA, HOLE)
    (answer,), (note,), (figures,) = (mails_in(guide) for guide in GUIDES[:3])
    town.writes(BO, answer, answers=town.letter("assignment"))
    assert (town.case().status, len(town.letters("answer"))) == (Status.CLOSED, 1)
    town.writes(REGISTRAR, note, subject="Samtal")
    assert town.cases()[1].submitter.contact is Contact.PHONE
    town.writes(MARIA, figures, subject="Siffror")
    assert town.letter("report").to == MARIA
    assert town.letters("question") == []


PAPER = """<!doctype html><html lang="sv"><meta charset="utf-8"><style>
@page { size: A4; margin: 18mm }
body { font: 11pt/1.4 Liberation Sans, Arial, sans-serif; margin: 0 }
h1 { font-size: 18pt; margin: 0 0 6pt } h2 { font-size: 13pt; margin: 10pt 0 4pt } p { margin: 4pt 0 }
table { border-collapse: collapse; width: 100% } td, th { border: 1px solid; padding: 2pt 5pt; text-align: left }
code { font: 10pt monospace } pre { padding: 4pt 8pt; margin: 4pt 0 }
</style>"""


def test_the_officer_s_guide_is_one_page_in_type_that_can_be_read(tmp_path: Path) -> None:
    need(browser.chromium(), browser.INSTALL)
    page = tmp_path / "handlaggare.html"
    page.write_text(PAPER + MarkdownIt().enable("table").render(read(GUIDES[0])), encoding="utf-8")
    assert browser.printed(page) == 1


# --- every example runs -----------------------------------------------------------------------------------------------

ELSEWHERE: Mapping[str, str] = {
    "demo": "demo/test_demo.py",
    "doctor": "cli/test_doctor.py",
    "rehearse": "cli/test_rehearse.py",
    "run": "cli/test_run.py",
    "setup": "cli/test_setup.py",
    "restore": "cli/test_restore.py",  # with --check alone
}
"""Commands whose examples want mail servers, and the test that runs each over such servers."""

PROGRAM = re.compile(r"^(?:\S*/)?synpunkten(?= )")


def examples() -> Iterator[tuple[str, str]]:
    """Each command line that help, a page or a guide shows, and where."""
    for command in commands():
        if command.example:
            yield command.name, command.example
    for document in DOCUMENTS:
        text = read(document)
        shown = [*re.findall(r"```sh\n(.*?)```", text, re.DOTALL), *re.findall(r"^    .*$", text, re.MULTILINE)]
        for line in "\n".join(shown).splitlines():
            if PROGRAM.match(line.strip()) and "[OPTIONS]" not in line and "COMMAND" not in line:
                yield named(document), line.strip()


def lines() -> dict[str, str]:
    """Each example once, as it is typed, with the first place that shows it."""
    found: dict[str, str] = {}
    for where, line in examples():
        found.setdefault(shlex.join(shlex.split(line, comments=True)[1:]).partition(" '>' ")[0], where)
    return found


RUN = [line for line in lines() if line.split()[0] not in ELSEWHERE or ("restore" in line and "--check" not in line)]


@dataclass(frozen=True)
class Prepared:
    """An installation in which all is there that the examples name, or something of its sort under another number."""

    installation: Installation
    number: str
    ids: Mapping[str, str]

    def fitted(self, line: str, into: Path) -> list[str]:
        """The words of an example, with numbers that there are; what it writes elsewhere is written below `into`."""
        words = shlex.split(line)
        own = {"EKV-26-00123-K": self.number, "12": self.ids.get(words[0], "12"), "FILE": f"{into}/a.backup"}
        own |= {"/etc/synpunkten/synpunkten.yaml": "synpunkten.yaml"}
        return [own.get(word, f"{into}{word}" if word.startswith("/") else word) for word in words]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    made = Installation.made(tmp_path_factory.mktemp("examples"))
    shutil.copytree(made.rules, made.rules.with_name("ekvik-new"))
    database = made.new_register()
    book = rules_of("ekvik")
    binder = book.municipality.model_copy(update={"anonymous": Anonymous.BINDER})
    town = Town(database, book.model_copy(update={"municipality": binder}), MONDAY, address=made.address)
    (made.folder / "mejl.eml").write_bytes(town.mail(ANNA, HOLE))
    town.writes(ANNA, HOLE)
    town.writes(BO, "#SVAR\nLagat.\n#ÅTGÄRD 1\n#PUBLICERA JA\n#AVSLUTA", answers=town.letter("assignment"))
    town.passes(days=1)
    for number in range(7):  # more than one gets receipts for in a day: the last ones wait
        town.writes(ANNA, f"{HOLE} {number}")
    town.writes(ANNA, HOLE, headers=[("Precedence", "bulk")])
    town.writes("noreply@ekvik.example", "Din synpunkt: Det är halt på Storgatan.", subject="Synpunkter och klagomål")
    with database.reading() as s:
        held = s.scalar(select(messages.c.id).where(messages.c.state == "held"))
        ids = {
            "outbox": str(held),
            "quarantine": str(s.scalar(select(quarantine.c.id))),
            "binder": str(s.scalar(select(binder_leaves.c.id))),
        }
    database.close()
    sheet = openpyxl.Workbook()
    assert sheet.active
    sheet.active.append(["Ärendenummer", "Inkom", "Text", "Status"])
    sheet.active.append(["SYN 1", "2026-03-04", "Hål i Storgatan.", "Pågår"])
    sheet.save(made.folder / "arenden.xlsx")
    (made.folder / "arenden.yaml").write_text(
        "columns: {external_ref: Ärendenummer, received_at: Inkom, text: Text, status: Status}\n"
        "values: {type: {'': övrigt}}\n"
    )
    return Prepared(made, town.cases()[0].number, ids)


def test_every_command_has_an_example_that_is_run_here_or_elsewhere() -> None:
    shown = [line.split() for line in lines()]
    lone = [c.name for c in commands() if not c.is_group and not any(s[: len(c.words)] == [*c.words] for s in shown)]
    assert lone == []
    for command, file in ELSEWHERE.items():
        assert f'"{command}"' in read(HOUSE / "tests" / file), command


def made_ready(words: list[str], here: Installation) -> Installation:
    """What a command wants to find, or not to find, when it begins."""
    match words:
        case ["init", *_]:
            return replace(here, folder=here.folder.parent)
        case ["backup", folder, *_]:
            Path(folder).mkdir(parents=True)
        case ["restore", file, *_]:
            Path(file).parent.mkdir(parents=True, exist_ok=True)
            here.invoke("backup", file)
            shutil.rmtree(here.folder / "var")
        case ["archive", "check", folder]:
            here.invoke("archive", "export", "--from", "2026-01-01", "--to", "2026-12-31", "--out", folder)
    return here


@pytest.mark.parametrize("line", RUN)
def test_an_example_runs(line: str, prepared: Prepared, tmp_path: Path) -> None:
    shutil.copytree(prepared.installation.folder, tmp_path / "here")
    words = prepared.fitted(line, tmp_path)
    here = made_ready(words, Installation(tmp_path / "here", prepared.installation.address))
    done = here.invoke(*words)
    assert done.exit_code == 0, done.stderr
