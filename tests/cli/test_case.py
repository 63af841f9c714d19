"""`synpunkten case`: the register as JSON (contract section 5) and for people."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, event, insert, select, update

from service import config
from service.cli import case as case_command
from service.core.identity import numbers
from service.desk import handling
from service.desk.database import Database
from service.desk.handling import Delivered, Desk
from service.desk.lookup import catalogue, wordindex
from service.desk.lookup.wanted import Wanted
from service.desk.tables import cases, deadlines, journal, messages
from service.doors.cage import Cage
from service.stations import open_stations
from tests.cli.conftest import Installation
from tests.servers.postgres import Postgres

MONDAY = datetime(2026, 9, 7, 7, 12, tzinfo=UTC)
KEYS = [
    *(
        "number",
        "registry_number",
        "mailbox",
        "status",
        "status_label",
        "type",
        "category",
        "process",
        "keywords",
        "title",
    ),
    *(
        "channel",
        "received_by",
        "language",
        "unit",
        "department",
        "committee",
        "officer",
        "submitter",
        "external_ref",
        "page",
        "position",
        "related",
    ),
    *("received_at", "receipt_sent_at", "answer_due_at", "answered_at", "closed_at", "roads", "secrecy", "anonymous"),
    *("publication", "measure", "late_reason", "published", "hold", "disposed_at", "text", "answer"),
]


@pytest.fixture(scope="module")
def mailed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database file of a register with three cases that came by mail, one a minute."""
    installation = Installation.made(tmp_path_factory.mktemp("mailed"))
    with Cage() as cage:
        desk = open_desk(installation, cage)
        comes(desk, "Det är ett stort hål i asfalten på Storgatan.")
        comes(desk, "Maten i skolan är 100% god, men snart_slut.", sender="Åke Öst <ake@example.org>", after=1)
        comes(desk, "Gatlyset vid ÅKERVÄGEN är trasigt.", after=2)
    desk.database.close()
    return Path(str(desk.database.url.database))


@pytest.fixture
def three(installation: Installation, mailed: Path) -> Iterator[Database]:
    """The same three cases in this test's own register."""
    file = installation.folder / "var" / "synpunkten.db"
    file.parent.mkdir()
    shutil.copy(mailed, file)
    database = Database(f"sqlite:///{file}")
    yield database
    database.close()


def open_desk(installation: Installation, cage: Cage) -> Desk:
    """The desk of the installation's mailbox, with an empty register; its database is to be closed."""
    database = installation.new_register()
    loaded = config.load(installation.file)
    (station,) = open_stations(loaded, database, lambda: MONDAY, threading.Event(), cage)
    return station.room.desk


def comes(desk: Desk, text: str, *, sender: str = "Anna Ek <anna.ek@example.org>", after: int = 0) -> None:
    """A mail comes `after` so many minutes."""
    raw = (
        f"From: {sender}\nTo: {desk.address}\nSubject: Hej\nMessage-ID: <{after}@example.org>\n"
        "Date: Mon, 7 Sep 2026 09:00:00 +0200\nMIME-Version: 1.0\n"
        f"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{text}\n"
    )
    handling.handle_mail(
        desk, Delivered(raw.encode(), None, ("INBOX", 1, after + 1)), MONDAY + timedelta(minutes=after)
    )


def empty(installation: Installation) -> None:
    """A register without cases."""
    database = installation.new_register()
    database.close()


def told(installation: Installation, *arguments: str) -> Any:
    """What the command gives as JSON, with nothing beside it."""
    done = installation.invoke("case", *arguments, "--json")
    assert (done.exit_code, done.stderr) == (0, "")
    return json.loads(done.stdout)


def refused(installation: Installation, *arguments: str) -> str:
    """The one line of a command that cannot do what it is asked for."""
    done = installation.invoke("case", *arguments)
    assert (done.exit_code, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    return line


class TestList:
    def test_a_terminal_that_cannot_show_a_letter_shows_the_rest(
        self, installation: Installation, three: Database
    ) -> None:
        """As with `LC_ALL=sv_SE`, which is ISO 8859-1: one citizen's picture must not cost the list."""
        with three.transaction() as s:
            s.execute(update(cases).where(cases.c.number.like("EKV-26-00002%")).values(title="Maten 🙂 är god"))
        done = installation.execute("case", "list", PYTHONIOENCODING="ascii:strict", PYTHONUTF8="0")
        assert (done.returncode, done.stderr) == (0, "")

    def test_the_newest_comes_first_with_the_keys_of_the_contract(
        self, installation: Installation, three: Database
    ) -> None:
        found = told(installation, "list")
        assert [case["number"][:12] for case in found] == ["EKV-26-00003", "EKV-26-00002", "EKV-26-00001"]
        assert [list(case) for case in found] == [KEYS] * 3
        oldest = found[-1]
        assert oldest["mailbox"] == "ekvik"
        assert oldest["received_at"] == "2026-09-07T09:12:00+02:00"
        assert oldest["answer_due_at"] == "2026-09-21T23:59:59+02:00"
        assert oldest["submitter"] == {
            "name": "Anna Ek", "email": "anna.ek@example.org", "reply_to": None, "phone": None, "address": None,
            "contact": "email",
        }  # fmt: skip
        assert oldest["text"] == "Det är ett stort hål i asfalten på Storgatan."
        nothing = ("receipt_sent_at", "answered_at", "closed_at", "publication", "measure", "late_reason", "answer")
        assert {oldest[key] for key in nothing} == {None}
        assert (oldest["secrecy"], oldest["anonymous"]) == (False, False)

    def test_times_have_the_offset_of_their_season(self, installation: Installation, three: Database) -> None:
        winter = datetime(2026, 12, 1, 8, 30, tzinfo=UTC)
        with three.transaction() as s:
            s.execute(update(cases).values(closed_at=winter))
        assert told(installation, "list", "--limit", "1")[0]["closed_at"] == "2026-12-01T09:30:00+01:00"

    @pytest.mark.parametrize(
        ("met", "due"),
        [
            pytest.param([False, True], "2026-09-14T00:00:00+02:00", id="the one that runs"),
            pytest.param([True, True], "2026-09-28T00:00:00+02:00", id="else the latest"),
        ],
    )
    def test_the_answer_is_due_by_the_promise_that_counts(
        self, installation: Installation, three: Database, met: list[bool], due: str
    ) -> None:
        monday = datetime(2026, 9, 6, 22, tzinfo=UTC)
        promises = [
            {
                "case_id": 3,
                "kind": kind,
                "started_at": monday,
                "due_at": monday + timedelta(weeks=weeks),
                "met_at": monday if is_met else None,
            }
            for kind, weeks, is_met in zip(("answer", "second_answer"), (1, 3), met, strict=True)
        ]
        with three.transaction() as s:
            s.execute(delete(deadlines).where(deadlines.c.case_id == 3))
            s.execute(insert(deadlines), promises)
        assert told(installation, "list")[0]["answer_due_at"] == due

    @pytest.mark.parametrize(("kept", "shown"), [("yes", "yes"), ("no", "no"), ("undecided", None)])
    def test_an_undecided_publication_is_null(
        self, installation: Installation, three: Database, kept: str, shown: str | None
    ) -> None:
        with three.transaction() as s:
            s.execute(update(cases).values(publication=kept))
        assert told(installation, "list")[0]["publication"] == shown

    def test_status_open_and_limit_choose(self, installation: Installation, three: Database) -> None:
        for serial, status in ((1, "closed"), (2, "answered"), (3, "waiting")):
            with three.transaction() as s:
                s.execute(update(cases).where(cases.c.id == serial).values(status=status))
        serials = {
            arguments: [int(case["number"][7:12]) for case in told(installation, "list", *arguments)]
            for arguments in [("--status", "closed"), ("--open",), ("--limit", "2"), ("--open", "--status", "closed")]
        }
        assert list(serials.values()) == [[1], [3], [3, 2], []]

    def test_an_unknown_status_is_wrong_usage(self, installation: Installation) -> None:
        done = installation.invoke("case", "list", "--status", "open")
        assert done.exit_code == 2
        assert "assigned" in done.stderr

    def test_the_number_of_queries_does_not_grow_with_the_cases(self, three: Database) -> None:
        asked: list[str] = []
        event.listen(three.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
        with three.reading() as s:
            assert len(list(catalogue.listed(s))) == 3
        assert sum(statement.startswith("SELECT") for statement in asked) == 1

    def test_for_people_it_fits_a_pipe_with_a_case_a_line(self, installation: Installation, three: Database) -> None:
        lines = installation.invoke("case", "list").stdout.splitlines()
        assert lines[0].split() == ["number", "received", "status", "answer", "by", "unit", "title"]
        assert len(lines) == 4
        assert "2026-09-07" in lines[3]
        assert "2026-09-21" in lines[3]

    def test_of_a_secret_case_no_list_tells_what_it_is_about(self, installation: Installation, three: Database) -> None:
        with three.transaction() as s:
            s.execute(update(cases).values(secrecy=True))
        title = told(installation, "list")[-1]["title"]
        lines = installation.invoke("case", "list").stdout.splitlines()
        assert title
        assert [line.split()[-1] for line in lines[1:]] == ["(secret)"] * 3

    def test_on_a_narrow_terminal_only_the_title_is_shortened(
        self, installation: Installation, three: Database
    ) -> None:
        done = installation.invoke("case", "list", FORCE_COLOR="1", NO_COLOR="1", COLUMNS="80")
        lines = re.sub(r"\x1b\[[0-9;]*m", "", done.stdout).splitlines()
        assert len(lines) == 4
        assert {len(line) for line in lines} == {80}
        number = told(installation, "list")[-1]["number"]
        assert lines[3].startswith(f"{number}  2026-09-07  assigned  2026-09-21  gata-park")
        assert lines[3].rstrip().endswith("…")

    def test_for_people_the_newest_are_enough_and_it_says_so(
        self, installation: Installation, three: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(case_command, "_LIMIT", 2)
        done = installation.invoke("case", "list")
        assert len(done.stdout.splitlines()) == 3
        assert "--limit" in done.stderr
        assert installation.invoke("case", "list", "--limit", "3").stderr == ""

    def test_kop_08_each_option_of_the_contract_chooses(self, installation: Installation, three: Database) -> None:
        """Statistics and lists "any time": the register is asked from every side."""
        with three.transaction() as s:
            s.execute(update(cases).where(cases.c.id == 2).values(type="beröm", category="Mat", process="ris och ros"))
            s.execute(update(cases).where(cases.c.id == 2).values(officer="eva.berg@ekvik.example", channel="telefon"))
            s.execute(update(cases).where(cases.c.id == 3).values(unit="forskola", received_at=MONDAY.replace(day=9)))
        choices = {
            ("--unit", "forskola"): [3],
            ("--unit", "förskola"): [3],
            ("--officer", "Eva.Berg@ekvik.example"): [2],
            ("--officer", "eva berg"): [2],
            ("--type", "Beröm"): [2],
            ("--category", "Mat"): [2],
            ("--process", "Ris och ros"): [2],
            ("--channel", "telefon"): [2],
            ("--submitter", "ake@example.org"): [2],
            ("--submitter", "åke"): [2],
            ("--from", "2026-09-08"): [3],
            ("--to", "2026-09-07", "--type", "beröm"): [2],
            ("--late",): [3, 2, 1],
            ("--open", "--status", "closed"): [],
        }
        listed = {
            asked: [int(case["number"][7:12]) for case in told(installation, "list", *asked)] for asked in choices
        }
        assert listed == choices
        assert len(told(installation, "search", "är", "--submitter", "ake@example.org")) == 1
        assert "write for example 2026-05-04" in installation.invoke("case", "list", "--from", "igår").stderr

    def test_no_cases(self, installation: Installation) -> None:
        empty(installation)
        assert told(installation, "list") == []
        assert installation.invoke("case", "list").stdout == "no cases\n"


class TestShow:
    def test_it_is_the_listed_object_and_three_lists(self, installation: Installation, three: Database) -> None:
        listed = told(installation, "list")[-1]
        shown = told(installation, "show", listed["number"])
        assert list(shown) == [*KEYS, "deadlines", "events", "messages"]
        assert {key: shown[key] for key in KEYS} == listed
        assert [(d["kind"], d["met_at"], d["missed_at"]) for d in shown["deadlines"]] == [
            ("receipt", None, None), ("answer", None, None)
        ]  # fmt: skip
        assert [set(e) for e in shown["events"]] == [{"at", "kind", "actor", "text"}] * len(shown["events"])
        assert shown["events"][0]["kind"] == "opened"
        first, *letters = shown["messages"]
        assert set(first) == {
            "direction", "kind", "at", "from", "to", "subject", "message_id", "sha256", "state", "files"
        }  # fmt: skip
        assert (first["direction"], first["from"], first["message_id"]) == (
            "in", "anna.ek@example.org", "<0@example.org>"
        )  # fmt: skip
        assert {(m["direction"], m["kind"], m["state"]) for m in letters} == {
            ("out", "receipt", "queued"), ("out", "assignment", "queued")
        }  # fmt: skip

    @pytest.mark.parametrize(
        "spelling",
        [
            pytest.param(["{0}"], id="as it is"),
            pytest.param(["[{0}]"], id="in brackets"),
            pytest.param(["Sv: [{0}] Hej"], id="a whole subject"),
            pytest.param(["{lower}"], id="lower case"),
            pytest.param(["{dashless}"], id="no dashes"),
            pytest.param(["EKV", "26", "00001", "{letter}"], id="four words"),
        ],
    )
    def test_the_number_in_any_spelling(self, installation: Installation, three: Database, spelling: list[str]) -> None:
        number = told(installation, "list")[-1]["number"]
        forms = {"lower": number.lower(), "dashless": number.replace("-", ""), "letter": number[-1]}
        assert told(installation, "show", *(word.format(number, **forms) for word in spelling))["number"] == number

    def test_a_number_that_nobody_has(self, installation: Installation, three: Database) -> None:
        number = numbers.number("EKV", 26, 123)
        assert f"there is no case {number}" in refused(installation, "show", number)

    @pytest.mark.parametrize("given", ["EKV-26-00001-Ö", "Storgatan"])
    def test_no_number_at_all(self, installation: Installation, three: Database, given: str) -> None:
        assert f'"{given}" is not one case number' in refused(installation, "show", given)

    def test_for_people_nothing_steers_the_terminal_or_vanishes(
        self, installation: Installation, three: Database
    ) -> None:
        with three.transaction() as s:
            s.execute(update(cases).values(text="Titta \x1b[31mrött [bold]fett[/bold] :smiley:"))
        shown = installation.invoke("case", "show", told(installation, "list")[0]["number"]).stdout
        assert "\x1b" not in shown
        assert "[bold]fett[/bold] :smiley:" in shown


class TestSearch:
    @pytest.mark.parametrize(
        ("words", "serials"),
        [
            pytest.param(["storgatan"], [1], id="lower case"),
            pytest.param(["ASFALTER"], [1], id="another form"),
            pytest.param(["asf"], [1], id="beginning of a word"),
            pytest.param(["vägar"], [3], id="end of a compound, in another form"),
            pytest.param(["gatlyse"], [3], id="the form in the text"),
            pytest.param(["åkervägen"], [3], id="å and ä folded"),
            pytest.param(["ÅKE", "öst"], [2], id="name"),
            pytest.param(["a\u030akerva\u0308gen"], [3], id="decomposed"),
            pytest.param(["är"], [3, 2, 1], id="all"),
            pytest.param(["är", "skolan"], [2], id="every word must occur"),
            pytest.param(["är skolan"], [2], id="words in one argument"),
            pytest.param(["100%"], [2], id="percent sign is itself"),
            pytest.param(["1%0"], [], id="percent sign is no wildcard"),
            pytest.param(["snart_slut"], [2], id="underscore is itself"),
            pytest.param(["sk_lan"], [], id="underscore is no wildcard"),
            pytest.param(["anna.ek@example.org"], [3, 1], id="address"),
            pytest.param(["EKV-26-00002"], [2], id="part of a number"),
            pytest.param(["badhus"], [], id="nowhere"),
        ],
    )
    def test_all_words_occur(
        self, installation: Installation, three: Database, words: list[str], serials: list[int]
    ) -> None:
        assert [int(case["number"][7:12]) for case in told(installation, "search", *words)] == serials

    def test_letters_kept_in_two_characters_are_found_by_one(self, installation: Installation, three: Database) -> None:
        with three.transaction() as s:
            wordindex.put(s, 2, "ba\u030at")
        assert [int(case["number"][7:12]) for case in told(installation, "search", "båt")] == [2]


def test_postgresql_gives_the_same(three: Database, postgres: Postgres) -> None:
    other = Database(postgres.new_database())
    other.upgrade()
    with three.reading() as source, other.transaction() as target:
        for table in (cases, deadlines, journal, messages):
            target.execute(insert(table), [dict(row._mapping) for row in source.execute(select(table))])
        wordindex.refill(target)
    with three.reading() as ours, other.reading() as theirs:
        listed = list(catalogue.listed(ours))
        assert len(listed) == 3
        assert list(catalogue.listed(theirs)) == listed
        number = listed[-1]["number"]
        assert catalogue.shown(theirs, number) == catalogue.shown(ours, number)
        for words in (("ÅKE",), ("100%",), ("vägar",), ("är", "skolor")):
            assert list(catalogue.listed(ours, Wanted(words=words)))
            assert list(catalogue.listed(theirs, Wanted(words=words))) == list(
                catalogue.listed(ours, Wanted(words=words))
            )
    other.close()


class TestRegister:
    def test_none_yet(self, installation: Installation) -> None:
        assert "`synpunkten run` makes it" in refused(installation, "list")
        assert not (installation.folder / "var").exists()

    def test_another_schema(self, installation: Installation, three: Database) -> None:
        with three.transaction() as s:
            s.exec_driver_sql("update alembic_version set version_num = '0000'")
        assert "brings it up to date" in refused(installation, "list")

    def test_a_look_needs_no_mailbox_secrets(self, installation: Installation, three: Database) -> None:
        text = installation.file.read_text()
        installation.file.write_text(text.replace('"hemligt"', '{"env": "SYNPUNKTEN_NOT_SET"}'))
        assert len(told(installation, "list")) == 3

    def test_a_faulty_configuration(self, installation: Installation) -> None:
        installation.file.write_text("databas: x\n")
        done = installation.invoke("case", "list")
        assert done.exit_code == 2
        assert 'did you mean "database"?' in done.stderr


class TestTrace:
    """`case show --trace`."""

    def test_c20_each_due_day_is_explained_line_by_line(self, installation: Installation, three: Database) -> None:
        assert three
        number = json.loads(installation.invoke("case", "list", "--json").stdout)[-1]["number"]
        shown = installation.invoke("case", "show", number, "--trace")
        assert shown.exit_code == 0, shown.output
        told = [line.strip() for line in shown.stdout.splitlines()]
        begins = told.index("answer, due Mon 2026-09-21 23:59")
        assert told[begins + 1 : begins + 8] == [
            "setting      deadlines.answer: 10 working days",
            "day 0        Mon 2026-09-07 09:12, arrival at the municipality",
            "not counted  Sat 2026-09-12, weekend",
            "not counted  Sun 2026-09-13, weekend",
            "not counted  Sat 2026-09-19, weekend",
            "not counted  Sun 2026-09-20, weekend",
            "last moment  Mon 2026-09-21 23:59",
        ]

    def test_hjo_26_a_later_day_that_the_submitter_was_told(self, installation: Installation, three: Database) -> None:
        with three.transaction() as s:
            s.execute(update(cases).where(cases.c.id == 1).values(delayed_to=date(2026, 10, 1)))
        number = json.loads(installation.invoke("case", "list", "--json").stdout)[-1]["number"]
        told = installation.invoke("case", "show", number, "--trace").stdout
        assert "later day    Thu 2026-10-01, in a letter to the submitter; no promise was moved by it" in told

    def test_a_changed_setting_and_a_closed_day_are_said(self, installation: Installation, three: Database) -> None:
        assert three
        file = installation.rules / "municipality.yaml"
        file.write_text(file.read_text().replace("extra_non_working: [", "extra_non_working: [2026-09-21, "))
        number = json.loads(installation.invoke("case", "list", "--json").stdout)[-1]["number"]
        told = installation.invoke("case", "show", number, "--trace").stdout
        assert "not counted  Mon 2026-09-21, closed (calendar.extra_non_working)" in told
        assert "the rules have changed since it was promised" in told
        traced = json.loads(installation.invoke("case", "show", number, "--trace", "--json").stdout)["trace"]
        answer = next(each for each in traced if each["kind"] == "answer")
        assert (answer["due_at"][:10], answer["due_at_by_rules"][:10]) == ("2026-09-21", "2026-09-22")
        assert (answer["setting"], answer["duration"]) == ("deadlines.answer", "10 working days")
        assert answer["not_counted"][0] == {"day": "2026-09-12", "why": "lördag"}


def test_a_list_waits_for_no_library_that_it_does_not_use() -> None:
    """A third of a second is all that a look at the register may take, and the models of the rules take more."""
    heavy = (
        "service.core.rules.rulebook",
        "pydantic",
        "holidays",
        "openpyxl",
        "lxml",
        "alembic",
        "ruamel",
        "rich",
        "msgspec",
    )
    heavy += ("service.core.publicity.publication", "service.core.message", "service.daemon")
    code = f"import sys, service.cli.case; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        pytest.param(["list", "--unit", "gata-prak"], 'no "gata-prak"; did you mean "gata-park"?', id="unit"),
        pytest.param(["list", "--type", "klagmål", "--json"], 'no "klagmål"; did you mean "klagomål"?', id="type"),
        pytest.param(["list", "--officer", "nobody@else.example"], 'no "nobody@else.example"', id="officer"),
        pytest.param(["search", "!!!", "–"], 'there is no word in "!!! –"; write letters or digits', id="signs"),
    ],
)
def test_a_slip_does_not_look_like_an_empty_list(
    installation: Installation, three: Database, arguments: list[str], says: str
) -> None:
    done = installation.invoke("case", *arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert says in done.stderr


def test_a_unit_that_the_rules_have_lost_is_found_by_its_cases(installation: Installation, three: Database) -> None:
    with three.transaction() as s:
        s.execute(update(cases).values(unit="vattenverket"))
    done = installation.invoke("case", "list", "--unit", "vattenverket")
    assert (done.exit_code, len(done.stdout.splitlines())) == (0, 4)


def test_help_shows_no_type_of_the_programming_language(installation: Installation) -> None:
    assert "list[" not in installation.invoke("case", "search", "--help").stdout
