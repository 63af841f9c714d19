"""What a run has in hand stays its own, or is taken over once: sessions break, clocks differ, a process stands still or
is stopped while the database cannot be written."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError, OperationalError

from service.desk import handling, journal
from service.desk.database import Database
from service.desk.journal import Journal
from service.desk.occupancy import Occupancy
from service.desk.post import claims, heldback, outcomes
from service.desk.tables import chain, messages
from service.doors import delivery
from service.doors.account import Security, Server
from service.doors.sender import Sender, _Claims
from service.doors.smtp import DeliveryError
from service.doors.transfer import Deferred, Envelope, Outcome, Refused, Sent, Uncertain, Untried
from service.doors.unnoted import Unnoted
from tests.conversations.conftest import MONDAY
from tests.conversations.town import BO, Town, rules_of
from tests.doors.test_delivery import Behaviour, serving
from tests.servers.postgres import Postgres

ANNA = "Anna Ek <anna.ek@example.org>"
HOLE = "Det är ett stort hål i asfalten på Lillgränd."
SERVER = Server("127.0.0.1", 1, Security.NONE)
LONG = 1000.0  # seconds: longer than a run that lives goes without its sign
BOUND_SECONDS = 6  # for what would wait for ever


@dataclass
class Daemon:
    """As much of a daemon as has letters in hand."""

    town: Town
    database: Database
    seconds: float = 0.0
    sender: Sender = field(init=False)

    def __post_init__(self) -> None:
        self.place = Occupancy(self.database, lambda: self.seconds)
        self.sender = self.another(Unnoted())

    def another(self, unnoted: Unnoted) -> Sender:
        place = self.place
        return Sender(
            lambda: self.town.desk,
            SERVER,
            lambda: self.town.now,
            threading.Event(),
            run=lambda: place.run,
            is_alive=place.is_alive,
            has_died=place.has_died,
            may_note=place.may_note,
            unnoted=unnoted,
        )

    def claims(self) -> list[int]:
        dead = self.sender._dead()
        noting = self.sender._noting()
        return [w.id for w in handling.claim_letters(self.town.desk, self.town.now, 20, self.place.run, dead, noting)]


@pytest.fixture
def register(postgres: Postgres, migrated: str) -> Iterator[str]:
    """The address of an empty register on a real PostgreSQL, whose clock goes on by itself."""
    url = postgres.new_database(like=migrated)
    yield url
    postgres.drop(url)


@pytest.fixture
def two(register: str) -> Iterator[tuple[Daemon, Daemon]]:
    """Two daemons that share a mailbox, in which a mail has just been handled and two letters wait."""
    with ExitStack() as stack:
        bases = [stack.enter_context(closing(Database(register))) for _ in range(2)]
        towns = [Town(base, rules_of("ekvik"), MONDAY) for base in bases]
        towns[0].delivers = lambda: None  # type: ignore[method-assign]
        towns[0].writes(ANNA, HOLE)
        daemons = [Daemon(town, base) for town, base in zip(towns, bases, strict=True)]
        for daemon in daemons:
            stack.enter_context(daemon.place)
        yield daemons[0], daemons[1]


def break_every_session(database: Database) -> None:
    """As a restart, a failover or a firewall does; nobody dies."""
    others = "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = current_database()"
    with database.reading() as s:
        s.execute(text(f"{others} AND pid <> pg_backend_pid()"))


# --- sessions break -------------------------------------------------------------------------------------------------


def test_a_break_of_all_sessions_frees_nothing_that_a_living_run_has_in_hand(two: tuple[Daemon, Daemon]) -> None:
    one, other = two
    assert len(one.claims()) == 2
    assert other.claims() == []
    break_every_session(other.database)
    assert other.claims() == [], "it may live, and wait for the mail server's answer"
    assert one.place.is_alive(one.place.run)
    other.seconds += LONG
    assert other.claims() == [], "it has shown itself meanwhile"


def test_what_a_dead_run_had_in_hand_is_taken_over_after_a_while(two: tuple[Daemon, Daemon]) -> None:
    one, other = two
    taken = one.claims()
    one.place.__exit__(None, None, None)
    assert other.claims() == []
    other.seconds += LONG
    break_every_session(other.database)
    assert other.claims() == [], "its own session broke meanwhile: what it saw before proves nothing"
    other.seconds += LONG
    assert other.claims() == taken


def test_a_run_shows_itself_before_a_letter_leaves(two: tuple[Daemon, Daemon]) -> None:
    one, other = two
    (letter, *_) = one.claims()
    break_every_session(other.database)
    assert not other.place.is_alive(one.place.run)
    assert _Claims(one.sender, {letter}).still_holds(Envelope(letter, "", "", b""))
    assert other.place.is_alive(one.place.run)


def test_a_run_is_seen_anew_although_the_server_still_has_its_session_from_before(two: tuple[Daemon, Daemon]) -> None:
    """A link that has died without a word: the server may keep that session for hours."""
    one, other = two
    lost, one.place._session = one.place._session, None
    assert lost
    again = threading.Thread(target=lambda: one.place.is_alive(one.place.run), daemon=True)
    again.start()
    again.join(BOUND_SECONDS)
    assert not again.is_alive()
    lost.invalidate()
    lost.close()
    assert other.place.is_alive(one.place.run)


# --- the database is away for longer than a claim holds ---------------------------------------------------------------


def run_out(database: Database) -> None:
    with database.transaction() as s:
        s.execute(update(messages).where(messages.c.claimed_until.is_not(None)).values(claimed_until=MONDAY))


@pytest.mark.parametrize("broken", [True, False], ids=["it failed over", "its disk was full"])
def test_who_lives_notes_what_it_knows_before_another_one_takes_over(two: tuple[Daemon, Daemon], broken: bool) -> None:
    one, other = two
    (sent, waits) = one.claims()
    run_out(other.database)
    if broken:
        break_every_session(other.database)
    assert other.claims() == []
    with other.database.reading() as s:
        letter = claims.left_in_hand(
            s, sent, s.scalar(select(messages.c.sha256).where(messages.c.id == sent)), one.place.run
        )
    assert letter
    one.sender.unnoted.keep("ekvik", letter, Sent("250 ok"))
    one.sender.note_kept()
    other.seconds += 2 * LONG
    assert other.claims() == [waits], "it has had its time: maybe it stands still"


def test_of_a_run_that_is_not_there_a_claim_ends_with_its_time(two: tuple[Daemon, Daemon]) -> None:
    one, other = two
    taken = one.claims()
    one.place.__exit__(None, None, None)
    run_out(other.database)
    assert other.claims() == taken


# --- clocks -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ahead", [timedelta(minutes=15), timedelta(hours=-2)], ids=str)
def test_claims_go_by_the_servers_clock_whatever_the_machines_say(two: tuple[Daemon, Daemon], ahead: timedelta) -> None:
    one, other = two
    assert len(one.claims()) == 2
    other.town.now = one.town.now + max(ahead, timedelta(0))  # whose time has come
    assert other.claims() == []
    one.town.now, other.town.now = one.town.now + ahead, one.town.now
    with one.database.transaction() as s:
        ours = [*s.scalars(select(messages.c.id).where(messages.c.claimed_by == one.place.run))]
        claims.renew(s, ours, one.place.run, one.town.now)
    assert other.claims() == []
    with other.database.transaction() as s:
        assert heldback.retry(s, None, other.town.now + timedelta(hours=1)) == []
        outcomes.withdraw(s, 1, other.town.now + timedelta(hours=1))
        assert {*s.scalars(select(messages.c.state).where(messages.c.id.in_(ours)))} == {"queued"}
        long_ago = messages.c.claimed_until - text("interval '11 minutes'")
        s.execute(update(messages).where(messages.c.id.in_(ours)).values(claimed_until=long_ago))
    assert other.claims() == []
    other.seconds += LONG
    assert other.claims() == ours, "who stands still for long keeps nobody from them"


# --- one stands still -------------------------------------------------------------------------------------------------


def test_who_stands_still_with_the_journals_end_in_hand_holds_nobody_up_for_long(
    two: tuple[Daemon, Daemon], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = two
    monkeypatch.setattr(journal, "_SHARED_END", journal._ending(1))
    done = threading.Event()

    def writes() -> None:
        with other.database.transaction() as s:
            lines = Journal("another", MONDAY)
            lines.add(None, "note", "the neighbour's")
            lines.write(s)
        done.set()

    def stands_still() -> None:
        with one.database.transaction() as s:
            lines = Journal("ekvik", MONDAY)
            lines.add(None, "note", "of one who stands still")
            lines.write(s)
            threading.Thread(target=writes, daemon=True).start()
            assert done.wait(BOUND_SECONDS)

    with pytest.raises(DBAPIError):
        stands_still()
    with other.database.reading() as s:
        assert s.scalar(text("SHOW idle_in_transaction_session_timeout")) == "2min", "elsewhere there is more to think"
        assert s.scalars(select(chain.c.lines)).one() == s.scalar(text("SELECT count(*) FROM journal"))


# --- stopped while the database cannot be written ---------------------------------------------------------------------


def stored(database: Database) -> list[tuple[str, str]]:
    with database.reading() as s:
        found = s.execute(select(messages.c.state, messages.c.last_error).where(messages.c.direction == "out"))
        return sorted((row.state, row.last_error) for row in found)


class Post:
    """A mail server, from whose answer on the database cannot be written."""

    def __init__(self, outcome: Outcome, breaks: Callable[[], None]) -> None:
        self.outcome, self.breaks, self.asked = outcome, breaks, 0

    def deliver(self, _server: object, envelopes: list[Envelope], report: Callable[..., None], **_: object) -> None:
        for envelope in envelopes:
            self.asked += 1
            self.breaks()
            report(envelope, self.outcome)


@pytest.mark.databases("sqlite", "postgresql")
@pytest.mark.parametrize(
    ("outcome", "states"),
    [
        (Sent("250 ok"), ["sent"] * 2),
        (Uncertain("the link died"), ["uncertain"] * 2),
        (Deferred(451, "later"), ["queued"] * 2),
        (Refused(550, "no such user"), ["held", "queued", "queued", "queued", "refused"]),
    ],
    ids=repr,
)
def test_what_became_of_a_letter_outlives_the_process(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, outcome: Outcome, states: list[str]
) -> None:
    """The next run notes it before it sends anything."""
    monkeypatch.setenv("STATE_DIRECTORY", f"{tmp_path}:{tmp_path / 'other'}")
    town = Town(database, rules_of("ekvik"), MONDAY)
    town.delivers = lambda: None  # type: ignore[method-assign]
    town.writes(ANNA, HOLE)
    daemon = Daemon(town, database)
    with monkeypatch.context() as broken, daemon.place, Unnoted.beside(database) as unnoted:
        post = Post(outcome, lambda: broken.setattr(handling, "_settle", _away))
        broken.setattr(delivery, "deliver", post.deliver)
        with pytest.raises(OperationalError):
            daemon.another(unnoted).deliver()
        assert post.asked == 2
        assert stored(database) == [("queued", "")] * 2
    (file,) = tmp_path.glob("*outcomes")
    assert file.stat().st_mode & 0o777 == 0o600
    post = Post(Untried("told to stop"), lambda: None)
    monkeypatch.setattr(delivery, "deliver", post.deliver)
    daemon = Daemon(town, database)
    with daemon.place, Unnoted.beside(database) as unnoted:
        sender = daemon.another(unnoted)
        sender.note_kept()
        assert [state for state, _ in stored(database)] == states
        sender.deliver()
    assert post.asked == len(stored(database)) - 2, "no other than those that tell of a refusal"
    assert not file.read_bytes().strip()


def _away(*_: object) -> None:
    raise OperationalError("", {}, Exception("database or disk is full"))


def test_an_outcome_that_was_noted_all_the_same_is_not_noted_twice(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process ended between the commit and the file; or the register was put back from a copy meanwhile."""
    town = Town(database, rules_of("ekvik"), MONDAY)
    town.delivers = lambda: None  # type: ignore[method-assign]
    town.writes(ANNA, HOLE)
    file = tmp_path / "outcomes"
    letter, other = handling.claim_letters(town.desk, MONDAY, 20, 1)
    with Unnoted(file) as unnoted:
        unnoted.keep("ekvik", letter, Uncertain("the link died"))
        unnoted.keep("ekvik", other, Untried("told to stop"))
    assert len(file.read_text().split("\n")) == 2, "of what was not tried there is nothing to tell"
    handling.handle_uncertain(town.desk, letter, "the link died", MONDAY)
    before = stored(database)
    monkeypatch.setattr(delivery, "deliver", lambda *_, **__: None)
    with Unnoted(file) as unnoted:
        sender = Daemon(town, database).another(unnoted)
        sender.note_kept()
        assert unnoted.told()["outcomes"] == 0
    assert stored(database) == before
    with database.reading() as s:
        assert claims.left_in_hand(s, other.id, "of other bytes", 1) is None


@pytest.mark.databases("sqlite", "postgresql")
@pytest.mark.parametrize("noted", ["in the file", "in memory"])
def test_what_left_and_was_withdrawn_before_it_was_noted_is_known_to_have_left(
    database: Database, tmp_path: Path, noted: str
) -> None:
    """An hour without a database that can be written; then a mail makes the case secret before the outcome is noted."""
    town = Town(database, rules_of("ekvik"), MONDAY)
    town.writes(ANNA, HOLE)
    assignment = town.letter("assignment", BO)
    delivers, town.delivers = town.delivers, lambda: None  # type: ignore[method-assign]
    town.writes(BO, "#SVAR\nHålet är lagat.\n#ÅTGÄRD 1\n#PUBLICERA NEJ", answers=assignment)
    town.passes(hours=1)
    in_hand = {letter.kind: letter for letter in handling.claim_letters(town.desk, town.now, 20, 1)}
    town.now += timedelta(hours=1)
    with database.transaction() as s:
        s.execute(update(messages).where(messages.c.claimed_by == 1).values(claimed_until=MONDAY))
    file = tmp_path / "outcomes"
    with Unnoted(file) as unnoted:
        unnoted.keep("ekvik", in_hand["answer"], Sent("250 ok"))
        town.writes(BO, "#SEKRETESS", answers=assignment)
        if noted == "in memory":
            Daemon(town, database).another(unnoted).note_kept()
    with Unnoted(file) as unnoted:
        Daemon(town, database).another(unnoted).note_left_behind()
        assert unnoted.told()["outcomes"] == 0
    with database.reading() as s:
        states = dict(
            s.execute(
                select(messages.c.kind, messages.c.state).where(messages.c.id.in_([w.id for w in in_hand.values()]))
            ).all()
        )
    assert states == {"answer": "sent", "echo": "withdrawn"}
    said = town.journal()
    assert ("sent-before", "a answer that was withdrawn had left before") in said
    assert [kind for kind, _ in said].count("may-have-left") == 2
    town.delivers = delivers  # type: ignore[method-assign]
    town.passes(hours=1)
    assert not town.letters("answer"), "the case is secret"


@pytest.mark.parametrize("outcome", [Sent("250 ok"), Uncertain("no answer")], ids=repr)
def test_an_outcome_is_noted_at_no_other_letter_with_the_same_row(database: Database, outcome: Outcome) -> None:
    """The database has failed over to a replica that lagged, and gives the numbers of its rows once more."""
    town = Town(database, rules_of("ekvik"), MONDAY)
    town.delivers = lambda: None  # type: ignore[method-assign]
    town.writes(ANNA, HOLE)
    (letter, *_) = handling.claim_letters(town.desk, MONDAY, 20, 1)
    before = stored(database)
    with Unnoted() as unnoted:
        unnoted.keep("ekvik", dataclasses.replace(letter, raw=b"another letter"), outcome)
        Daemon(town, database).another(unnoted).note_kept()
    assert stored(database) == before


def test_a_spoilt_or_foreign_file_of_outcomes_stops_nothing(tmp_path: Path) -> None:
    file = tmp_path / "outcomes"
    file.write_bytes(b'{"mailbox": "ekvik", "lett\xff\n\n')
    with Unnoted(file) as unnoted:
        assert not unnoted.has_left_behind("ekvik")
        with Unnoted(file) as second:
            assert second.told() == {"outcomes": 0, "kept_in": "memory alone"}, "another process has it"
    with Unnoted(tmp_path / "nowhere" / "outcomes") as unnoted:
        assert unnoted.first("ekvik") is None


def test_the_room_for_outcomes_is_taken_while_the_disk_has_it(tmp_path: Path) -> None:
    file = tmp_path / "outcomes"
    with Unnoted(file):
        room = file.stat().st_size
        assert room >= 100 * 500, "a hundred letters' answers"
    with Unnoted(file):
        assert file.stat().st_size == room


def open_files() -> set[str]:
    return {file.name for file in Path("/dev/fd").iterdir()}


def test_a_file_that_another_process_has_is_let_go_again(tmp_path: Path) -> None:
    with Unnoted(tmp_path / "outcomes"):
        before = open_files()
        Unnoted(tmp_path / "outcomes")
        assert open_files() == before


@pytest.mark.parametrize(
    ("database", "folders", "file"),
    [
        pytest.param("sqlite:///{}/register.db", "", "register.db.outcomes", id="beside the register"),
        pytest.param("sqlite:///{}/register.db", "{}/state", "register.db.outcomes", id="whatever systemd gives"),
        pytest.param("postgresql+psycopg://nobody@127.0.0.1:1/none", "{}/state", "state/outcomes", id="its folder"),
        pytest.param("postgresql+psycopg://nobody@127.0.0.1:1/none", "{}/state:{}/other", "state/outcomes", id="two"),
        pytest.param("postgresql+psycopg://nobody@127.0.0.1:1/none", "", None, id="nowhere to write"),
        pytest.param("sqlite://", "{}/state", None, id="a register in memory is gone by then"),
    ],
)
def test_where_outcomes_are_written_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database: str, folders: str, file: str | None
) -> None:
    (tmp_path / "state").mkdir()
    monkeypatch.setenv("STATE_DIRECTORY", folders.replace("{}", str(tmp_path)))
    with closing(Database(database.format(tmp_path))) as register, Unnoted.beside(register) as unnoted:
        assert unnoted.told()["kept_in"] == (str(tmp_path.resolve() / file) if file else "memory alone")


# --- what the server says ---------------------------------------------------------------------------------------------


@contextmanager
def through_a_filter(town: Town, database: Database) -> Iterator[Sender]:
    """A sender whose mail server minds some words; no receipt is among what it sends."""
    with database.transaction() as s:
        s.execute(update(messages).where(messages.c.kind == "receipt").values(state="refused"))
    with serving(Filter()) as server:
        sender = Daemon(town, database).sender
        sender.smtp = server
        sender.__post_init__()
        yield sender
        sender.close()


@pytest.mark.databases("sqlite")
def test_letters_whose_words_sound_like_ours_go_last_the_next_time(database: Database) -> None:
    """A filter that names a block list, of what six citizens wrote: nobody else waits behind them for ever."""
    town = Town(database, rules_of("ekvik"), MONDAY)
    town.delivers = lambda: None  # type: ignore[method-assign]
    for number in range(6):
        town.writes(f"{number}@example.org", HOLE, "Kasino")
    town.writes(ANNA, HOLE)
    with through_a_filter(town, database) as sender:
        for _ in range(3):
            with suppress(DeliveryError):
                sender.deliver()
            town.now += timedelta(minutes=1)
    work = select(messages.c.state).where(messages.c.kind == "assignment").order_by(messages.c.id)
    with database.reading() as s:
        assert s.scalars(work).all() == [*["queued"] * 6, "sent"]


@pytest.mark.databases("sqlite")
def test_a_letter_whose_words_sound_like_ours_is_refused_once_others_have_left(database: Database) -> None:
    """Alone in its round it blames the account, and waited for ever."""
    town = Town(database, rules_of("ekvik"), MONDAY)
    town.delivers = lambda: None  # type: ignore[method-assign]
    town.writes(ANNA, HOLE, "Kasino")

    def state() -> tuple[str, int]:
        with database.reading() as s:
            row = s.execute(select(messages).where(messages.c.kind == "assignment").order_by(messages.c.id)).first()
        assert row
        return row.state, row.attempts

    with through_a_filter(town, database) as sender:
        for _ in range(3):
            with pytest.raises(DeliveryError):
                sender.deliver()
            assert state() == ("queued", 0)
            town.now += timedelta(minutes=1)
        with suppress(DeliveryError):
            sender.deliver()
        town.writes("0@example.org", HOLE, "Hål")
        sender.deliver()
        town.now += timedelta(minutes=1)
        sender.deliver()
        assert state() == ("queued", 1), "by itself once more, and now for what it holds"
        town.now += timedelta(seconds=9)
        town.writes("1@example.org", HOLE, "Hål")
        sender.deliver()
        town.now += timedelta(minutes=1)
        with suppress(DeliveryError):  # the next person's
            sender.deliver()
    assert state()[0] == "held"


class Filter(Behaviour):
    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        is_minded = b"Kasino" in envelope.content
        return "554 5.7.1 it holds an address that is listed by Spamhaus DBL" if is_minded else "250 OK"
