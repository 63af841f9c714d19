"""The rounds of a mailbox, cut off at every step: afterwards one case, one receipt, one assignment. No servers here."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select

from service.core.rules.rulebook import RuleBook
from service.core.standby import Mode
from service.desk import documents, handling, hands, ledger, register, watched
from service.desk.database import Database
from service.desk.journal import Journal
from service.desk.post import claims, outbox, outcomes
from service.desk.register import StaleCase
from service.desk.rounds import beginnings, removal, trouble, watching
from service.desk.rounds.beginnings import Border
from service.desk.rounds.refiling import Sought
from service.desk.tables import in_hand, messages, refiling, to_remove
from service.desk.writing.letters import Writer
from service.doors import delivery, sender
from service.doors.account import Security, Server
from service.doors.cage import CageBroken
from service.doors.clearing import Clearing
from service.doors.imap import Headed
from service.doors.inbox import Fetched
from service.doors.link import InboxError
from service.doors.mailroom import Mailroom
from service.doors.smtp import DeliveryError
from service.doors.transfer import Deferred, Envelope, Outcome, Refused, Sent, Uncertain, Untried
from service.doors.vitals import Sort
from tests.conversations.town import ANNA, BO, REGISTRAR, Letter, Town
from tests.core.values import NOW

HOLE = "Det är ett stort hål i asfalten på Storgatan."


class PowerCutError(BaseException):
    """The process ends here: nothing catches it."""


@dataclass
class Mailbox:
    """A mailbox as the mailroom uses one: the inbox folder's mails by UID, and the folders that they were moved to."""

    mails: dict[int, bytes] = field(default_factory=dict)
    filed: dict[str, list[int]] = field(default_factory=dict)
    moved: dict[int, bytes] = field(default_factory=dict)
    folder: str = "INBOX"
    batch: int = 2
    mailbox: str = "ekvik"
    uidvalidity: int = 7
    refuses: dict[str, str] = field(default_factory=dict)
    keeps: set[int] = field(default_factory=set)
    old: int = 0
    asked: list[str] = field(default_factory=list)
    without_content: list[Fetched] = field(default_factory=list)

    @property
    def next_uid(self) -> int:
        return max((*self.mails, *self.moved), default=0) + 1

    def select(self) -> int:
        return len(self.mails)

    def uids_from(self, first: int) -> list[int]:
        return sorted(uid for uid in self.mails if uid >= first)

    def heads(self, folders: Iterable[str], since: datetime) -> list[Headed]:
        return []  # nothing that the register has never had

    def older(self, border: Border) -> int:
        return self.old

    def new_mail(
        self,
        already: Callable[[int, Sequence[int]], set[int]],
        border: Border | None = None,
        exists: int | None = None,
    ) -> Iterator[list[Fetched]]:
        self.without_content = []
        done = already(7, sorted(self.mails))
        waiting = [uid for uid in sorted(self.mails) if uid not in done]
        for start in range(0, len(waiting), self.batch):
            batch = [
                Fetched("ekvik", self.folder, 7, uid, NOW, len(self.mails[uid]), self.mails[uid])
                for uid in waiting[start : start + self.batch]
            ]
            self.without_content += [mail for mail in batch if not mail.raw]
            yield [mail for mail in batch if mail.raw]

    def file_away(self, moves: Mapping[str, Sequence[int]]) -> dict[int, str]:
        refused = {}
        for folder, uids in moves.items():
            for uid in uids:
                if folder in self.refuses:
                    refused[uid] = self.refuses[folder]
                    continue
                self.moved[uid] = self.mails.pop(uid)
                self.filed.setdefault(folder, []).append(uid)
        return refused

    def gather(self, sought: Sought, folders: Iterable[str]) -> bool:
        found = self._take_out(sought, folders)
        self.filed.setdefault(sought.folder, []).extend(found)
        return bool(found)

    def remove(self, sought: Sought, folders: Iterable[str]) -> bool:
        self.asked.append(sought.message_id)
        return bool(self._take_out(sought, folders))

    def _take_out(self, sought: Sought, folders: Iterable[str]) -> list[int]:
        """What is sought, from whichever of the folders it lies in, unless the server keeps it there."""
        alike = {uid for uid, raw in self.moved.items() if hashlib.sha256(raw).hexdigest() == sought.sha256}
        found = []
        for folder in folders:
            for uid in alike.intersection(self.filed.get(folder, ())) - self.keeps:
                self.filed[folder].remove(uid)
                found.append(uid)
        return found


@dataclass
class Post:
    """A mail server: what it took, and what becomes of a letter by its recipient."""

    taken: list[Letter] = field(default_factory=list)
    outcomes: dict[str, Outcome] = field(default_factory=dict)

    def deliver(
        self, _server: Server, envelopes: Sequence[Envelope], report: Callable[[Envelope, Outcome], None], **_: Any
    ) -> None:
        for envelope in envelopes:
            outcome = self.outcomes.get(envelope.recipient, Sent("250 ok"))
            if isinstance(outcome, Sent):
                self.taken.append(Letter.read(envelope.raw, NOW))
            report(envelope, outcome)

    def of(self, kind: str) -> list[Letter]:
        return [letter for letter in self.taken if letter.kind == kind]


@dataclass
class Office:
    """A mailroom over a mailbox and a mail server that are none."""

    town: Town
    box: Mailbox
    post: Post
    room: Mailroom

    def arrives(self, text: str = HOLE, sender: str = ANNA, **more: Any) -> None:
        self.box.mails[self.box.next_uid] = self.town.mail(sender, text, **more)


@pytest.fixture
def office(database: Database, ekvik: RuleBook, monkeypatch: pytest.MonkeyPatch) -> Office:
    town, box, post = Town(database, ekvik, NOW), Mailbox(), Post()
    monkeypatch.setattr(delivery, "deliver", post.deliver)
    server = Server("127.0.0.1", 1, Security.NONE)
    room = Mailroom(town.desk, box, server, lambda: town.now, threading.Event())  # type: ignore[arg-type]
    return Office(town, box, post, room)


def second_room(office: Office, box: Mailbox) -> Mailroom:
    """Another mailbox's room beside the office's, each knowing of the other."""
    first, server = office.room.desk, Server("127.0.0.1", 1, Security.NONE)
    office.room.desk = replace(first, neighbours=(("hjo", "INBOX"),))
    desk = replace(first, mailbox="hjo", neighbours=(("ekvik", "INBOX"),))
    return Mailroom(desk, box, server, lambda: office.town.now, threading.Event())  # type: ignore[arg-type]


def test_one_inbox_under_two_names_is_answered_once(office: Office) -> None:
    """A name that the name system alone knows: the second meets each mail before the first has moved it away."""
    second = second_room(office, office.box)
    office.arrives()
    office.box.refuses["Ärenden"] = "NO [OVERQUOTA] full"
    for _ in range(12):
        office.room.once()
        second.once()
        office.town.now += timedelta(minutes=5)
    assert office.box.mails
    office.box.refuses.clear()
    office.town.now += timedelta(hours=1)
    office.room._filing._stuck.clear()
    office.room.once()
    second.once()
    assert office.post.of("receipt")[1:] == []
    assert len(office.town.cases()) == 1
    assert office.box.mails == {}


def test_two_inboxes_that_look_alike_are_answered_both(office: Office) -> None:
    """A mail to both mailboxes may have the same place in each: servers number folders by the second, or by one."""
    second = second_room(office, Mailbox(mailbox="hjo"))
    office.arrives()
    second.inbox.mails[1] = office.box.mails[1]  # type: ignore[attr-defined]
    office.room.once()
    second.once()
    assert len(office.town.cases()) == 1
    office.town.now += timedelta(minutes=11)
    second.once()
    assert len(office.post.of("receipt")) == len(office.town.cases()) == 2


def test_another_account_behind_the_same_name_has_places_of_its_own(office: Office) -> None:
    """A test mailbox gives way to the real one, and the server gives both the same UIDVALIDITY."""
    office.room.desk = replace(office.room.desk, inbox="test@ekvik.example imap.ekvik.example INBOX")
    office.arrives()
    office.room.once()
    met, other = next(iter(office.box.moved.values())), Mailbox(old=3)
    desk = replace(office.room.desk, inbox="synpunkten@ekvik.example imap.ekvik.example INBOX")
    office.town.now += timedelta(days=10)

    def started() -> None:
        server = Server("127.0.0.1", 1, Security.NONE)
        room = Mailroom(desk, other, server, lambda: office.town.now, threading.Event())  # type: ignore[arg-type]
        room.once()

    other.mails = {1: office.town.mail("Bea Ek <bea@example.org>", "Lampan vid Kvarngatan 3 är trasig."), 2: met}
    started()
    assert len(office.town.cases()) == 2
    assert [letter.to for letter in office.post.of("receipt")] == ["anna.ek@example.org", "bea@example.org"]
    assert sorted(other.filed["Ärenden"]) == [1, 2]
    with office.town.database.transaction() as s:
        begun = beginnings.border(s, desk, 7, other.next_uid, office.town.now)
    assert begun
    assert (begun.since, begun.below) == (office.town.now - beginnings.TAKEN_AT_FIRST, 3)
    told = [letter for letter in office.post.of("alert") if "äldre" in letter.text]
    assert len(told) == 1
    started()
    assert len(office.post.of("receipt")) == 2


POINTS: list[Any] = [
    # what is cut off, and whether before or after it was done
    *((documents, "earlier_copy", when) for when in ("before", "after")),
    (documents, "threads", "before"),
    (handling, "on_mail", "after"),
    *((register, "apply", when) for when in ("before", "after")),
    *((outbox, "put", when) for when in ("before", "after")),
    (Writer, "write", "before"),
    *((documents, "add", when) for when in ("before", "after")),
    (register, "resume_address", "after"),
    *((ledger, "mark_seen", when) for when in ("before", "after")),
    *((Journal, "write", when) for when in ("before", "after")),
    *((handling, "handle_mail", when) for when in ("before", "after")),
    *((Mailbox, "file_away", when) for when in ("before", "after")),
    *((register, "numbers_to_check", when) for when in ("before", "after")),
    *((claims, "claim_due", when) for when in ("before", "after")),
    *((Post, "deliver", when) for when in ("before", "after")),
]


def cut(monkeypatch: pytest.MonkeyPatch, where: Any, name: str, when: str, fault: type[BaseException]) -> None:
    """Break off the first time that the function is called, before or after its work."""
    whole = getattr(where, name)

    def broken(*args: Any, **more: Any) -> Any:
        if when == "after":
            whole(*args, **more)
        raise fault

    monkeypatch.setattr(where, name, broken)


def holds_one_of_each(office: Office) -> None:
    assert len(office.town.cases()) == 1
    kinds = sorted((letter.kind, letter.to) for letter in office.post.taken)
    assert kinds == [("assignment", BO), ("receipt", "anna.ek@example.org")]
    assert office.box.mails == {}
    assert office.box.filed == {"Ärenden": [1]}


@pytest.mark.parametrize(
    ("where", "name", "when"), POINTS, ids=[f"{when}-{getattr(w, '__name__', w)}.{n}" for w, n, when in POINTS]
)
def test_kop_05_a_power_cut_anywhere_leaves_one_case_one_receipt_one_assignment(
    office: Office, where: Any, name: str, when: str
) -> None:
    """The next run, after every claim has run out, finishes what was begun, and nothing twice."""
    office.arrives()
    with pytest.MonkeyPatch.context() as broken:
        if where is Post:
            broken.setattr(delivery, "deliver", office.post.deliver)
            cut(broken, delivery, name, when, PowerCutError)
        else:
            cut(broken, where, name, when, PowerCutError)
        with pytest.raises(PowerCutError):
            office.room.once()
    office.room.once()
    office.town.now += timedelta(minutes=11)
    office.room.once()
    holds_one_of_each(office)


@pytest.mark.parametrize("name", ["mark_taken", "handle_sent"])
def test_only_a_cut_between_the_servers_yes_and_its_note_repeats_a_letter(office: Office, name: str) -> None:
    """The promise of the outbox: at least once, and then with the same Message-ID and the same bytes."""
    office.arrives()
    with pytest.MonkeyPatch.context() as broken:
        cut(broken, outcomes if name == "mark_taken" else handling, name, "before", PowerCutError)
        with pytest.raises(PowerCutError):
            office.room.once()
    office.room.once()
    office.town.now += timedelta(minutes=11)
    office.room.once()
    assert len(office.town.cases()) == 1
    receipts = office.post.of("receipt")
    assert len(receipts) == 2
    assert receipts[0].raw == receipts[1].raw
    assert [kind for kind, _ in office.town.journal()].count("sent-again") == 2, "both were in hand"
    assert len(office.post.of("assignment")) == 1


FAULTS: list[Any] = [p for p in POINTS if p[0] not in (Mailbox, Post, register) and p[1] != "claim_due"]


@pytest.mark.parametrize(
    ("where", "name", "when"), FAULTS, ids=[f"{when}-{getattr(w, '__name__', w)}.{n}" for w, n, when in FAULTS]
)
def test_a_passing_fault_in_one_mail_leaves_no_trace(office: Office, where: Any, name: str, when: str) -> None:
    """An ordinary error is rolled back and tried again; the next round handles the mail as if nothing had been."""
    office.arrives()
    with pytest.MonkeyPatch.context() as broken:
        cut(broken, where, name, when, ValueError)
        office.room.poll()
    office.room.once()
    holds_one_of_each(office)


@pytest.mark.parametrize(
    "reason", [StaleCase("another daemon was quicker"), CageBroken("who reads mails has died")], ids=repr
)
def test_a_mail_that_waits_without_a_fault_of_its_own_stays(
    office: Office, monkeypatch: pytest.MonkeyPatch, reason: Exception
) -> None:
    """It is not counted, and comes again."""
    office.arrives()
    with monkeypatch.context() as broken:

        def later(*_: object) -> None:
            raise reason

        broken.setattr(handling, "handle_mail", later)
        for _ in range(trouble.MAX_TRIES + 2):
            assert office.room.poll() == 0
    assert sorted(office.box.mails) == [1]
    with office.town.database.reading() as s:
        assert s.execute(select(in_hand)).all() == [], "nor is it to blame, should the process die later"
    office.room.once()
    holds_one_of_each(office)


def test_letters_may_leave_while_the_next_mails_are_handled(office: Office) -> None:
    """Whoever sends is told after each batch, when all of it is committed; of nothing, nobody is told."""
    for number in range(5):
        office.arrives(sender=f"Anna Ek <anna.{number}@example.org>")
    known: list[int] = []
    office.room.letters_wait = lambda: known.append(len(office.town.cases()))
    assert office.room.poll() == 5
    office.room.poll()
    assert known == [2, 4, 5]


def test_a_poison_mail_holds_no_other_up_and_reaches_a_person(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three tries; whatever then becomes of it, it has left the inbox folder and somebody is told."""
    office.arrives("Giftigt: " + HOLE, "Gift <gift@example.org>")
    office.arrives()
    handle = handling.handle_mail

    def choke(desk: Any, mail: Any, now: Any) -> str:
        if b"gift@" in mail.raw:
            raise ValueError("what the mail says")
        return handle(desk, mail, now)

    monkeypatch.setattr(handling, "handle_mail", choke)
    assert office.room.poll() == 1
    assert sorted(office.box.mails) == [1]
    assert office.room.poll() == 0
    office.room.poll()
    assert office.box.mails == {}
    office.room.once()
    assert [c.submitter.email for c in office.town.cases() if c.officer == BO] == ["anna.ek@example.org"]
    assert any(letter.to == REGISTRAR for letter in office.post.taken)
    with office.town.database.reading() as s:
        kept = s.scalars(select(messages.c.raw).where(messages.c.direction == "in")).all()
    assert any(b"gift@" in bytes(raw) for raw in kept)


def test_hjo_57_the_mails_of_a_case_that_has_become_secret_follow_it(office: Office) -> None:
    """One that somebody has moved to a folder of the own is looked for again."""
    office.arrives()
    office.room.once()
    office.arrives("Det är två hål.", answers=office.post.of("receipt")[0])
    office.room.once()
    office.box.filed["Ärenden"].remove(2)
    office.arrives("#SEKRETESS", BO, answers=office.post.of("assignment")[0])
    office.room.poll()
    assert office.box.filed == {"Ärenden": [], "Sekretess": [3, 1]}
    with office.town.database.reading() as s:
        missed = s.execute(select(refiling)).one()
    assert (missed.tries, missed.next_try_at) == (1, NOW + timedelta(minutes=1))
    office.box.filed["Ärenden"].append(2)
    office.town.now += timedelta(minutes=1)
    office.room.stop.set()
    office.room.poll()
    assert office.box.filed["Ärenden"] == [2], "told to stop, it moves nothing more"
    office.room.stop.clear()
    office.room.poll()
    assert office.box.filed == {"Ärenden": [], "Sekretess": [3, 1, 2]}
    with office.town.database.reading() as s:
        assert s.execute(select(refiling)).all() == []


def test_what_the_server_will_not_delete_is_left_alone_for_an_hour_and_holds_up_no_other(office: Office) -> None:
    """After three refusals the round ends: it may not be the mails that are the reason."""
    for number in range(4):
        office.arrives(f"{HOLE} Nummer {number}.", f"Anna <anna{number}@example.org>")
    office.room.once()
    ids = [f"<{number}@example.org>" for number in (1, 2, 3, 4)]
    office.box.keeps = {1, 2, 3}
    ticks = 0.0
    clearing = Clearing(lambda: office.town.desk, office.box, office.room.stop, lambda: ticks)  # type: ignore[arg-type]

    def asked_for(at: float) -> list[str]:
        nonlocal ticks
        ticks = at
        office.box.asked.clear()
        clearing.work()
        return office.box.asked

    with office.town.database.transaction() as s:
        removal.want(s, s.scalars(select(messages.c.id).where(messages.c.direction == "in")).all(), NOW)
        removal.want_unkept(s, "ekvik", "<canary>", b"not there")
    assert asked_for(0) == ids[:3]
    assert asked_for(1) == [ids[3], "<canary>"]
    assert asked_for(3599) == []
    office.room.stop.set()
    assert asked_for(3600) == [], "told to stop"
    office.room.stop.clear()
    assert asked_for(3600) == ids[:3]
    office.box.keeps.clear()
    office.room.poll()
    assert office.box.filed == {"Ärenden": []}
    with office.town.database.reading() as s:
        assert s.execute(select(to_remove)).all() == []


def test_what_came_in_before_the_first_start_stays_and_is_told_of_once(office: Office) -> None:
    """Also what its stamps alone betray; what somebody moves into the inbox folder later is handled, however old."""
    office.box.old = 3
    for _ in range(2):
        office.town.now -= timedelta(days=15)
        office.arrives(authenticated=True)
        office.town.now += timedelta(days=15)
        office.room.once()
    assert sorted(office.box.mails) == [1]
    assert office.box.filed == {"Ärenden": [2]}
    (told,) = office.post.of("alert")
    assert told.to == REGISTRAR
    assert "låg 4 mejl som kom in före" in told.text


def test_of_a_mailbox_that_the_register_knew_before_no_mail_is_left_however_old(office: Office) -> None:
    """An earlier version has taken mails in; what waits there has waited for the service."""
    before = office.town.mail("Per <per@example.org>", "Lampan är trasig.")
    handling.handle_mail(office.town.desk, handling.Delivered(before, NOW, ("INBOX", 1, 99)), NOW)
    office.town.now -= timedelta(days=30)
    office.arrives(authenticated=True)
    office.town.now += timedelta(days=30)
    office.room.poll()
    assert len(office.town.cases()) == 2
    assert office.box.filed == {"Ärenden": [1]}


def test_a_mail_that_stays_without_content_is_told_of_and_handled_once_it_has_one(office: Office) -> None:
    """The server was short of room, and an empty file lies where a mail was: nobody else would look there."""
    office.box.mails[1] = b""
    office.arrives()
    office.room.once()
    assert office.post.of("alert") == []
    for _ in range(3):
        office.town.now += timedelta(minutes=90)
        office.room.once()
    (told,) = office.post.of("alert")
    assert "ligger ett mejl som är tomt" in told.text
    assert sorted(office.box.mails) == [1]
    office.box.mails[1] = office.town.mail("Bea <bea@example.org>", HOLE)
    office.room.once()
    assert office.box.mails == {}


def test_time_passes_also_in_a_mailbox_that_is_only_watched(office: Office) -> None:
    office.room.desk = replace(office.town.desk, mode=Mode.SHADOW)
    office.arrives()
    office.room.poll()
    with office.town.database.reading() as s:
        assert watched.since(s, "ekvik") == NOW
    office.town.now += timedelta(days=9)
    assert office.room.check_deadlines() == 1
    assert office.box.filed == {}


def test_where_another_process_has_switched_the_mailbox_this_one_stands_still(office: Office) -> None:
    office.arrives()
    office.room.poll()
    office.arrives("Lampan är trasig.", "Per <per@example.org>")
    watching.follow(replace(office.town.desk, mode=Mode.SHADOW), NOW)
    office.town.now += timedelta(days=9)
    with pytest.raises(InboxError, match="its mode is live still") as told:
        office.room.poll()
    assert (told.value.temporary, told.value.sort) == (True, Sort.MODE)
    assert (office.room.check_deadlines(), office.room.deliver()) == (0, 0)
    assert len(office.town.cases()) == 1
    assert office.post.taken == []


def test_told_to_stop_it_finishes_the_mail_in_hand(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rest of the batch stays where it is; what is done is filed."""
    for number in range(5):
        office.arrives(f"{HOLE} Nummer {number}.", f"Anna <anna{number}@example.org>")
    handle = handling.handle_mail

    def then_stop(desk: Any, mail: Any, now: Any) -> str:
        folder = handle(desk, mail, now)
        if mail.place[2] == 3:
            office.room.stop.set()
        return folder

    monkeypatch.setattr(handling, "handle_mail", then_stop)
    lined_up: list[int] = []
    office.room.line_up = lambda mails: lined_up.append(len(list(mails)))
    assert office.room.poll() == 3
    assert lined_up == [2, 0, 2, 0], "whoever reads ahead lets go of what is left"
    assert office.room.vitals.health("ekvik").oldest_waiting == NOW
    with office.town.database.transaction() as s:
        assert hands.suspects(s, "ekvik", lambda _: False) == {}, (
            "the next run suspects none of being why this one ended"
        )
    assert sorted(office.box.mails) == [4, 5]
    assert office.box.filed == {"Ärenden": [1, 2, 3]}
    assert office.room.vitals.health("ekvik").mails == {"new": 3}
    assert office.room.check_deadlines() == 0
    assert office.room.deliver() == 0
    office.room.stop.clear()
    office.room.once()
    assert len(office.town.cases()) == 5
    assert len(office.post.of("receipt")) == 5
    assert office.room.vitals.health("ekvik").oldest_waiting is None


def test_what_is_held_back_and_what_ends_soon_is_looked_at_in_every_round(office: Office) -> None:
    looked: list[Any] = []
    office.room.foresight = SimpleNamespace(tell=lambda _desk, now: looked.append(now))  # type: ignore[assignment]
    for number in range(6):
        office.arrives(f"{HOLE} Nummer {number}.", subject=f"Hål {number}")
    office.room.once()
    assert len(office.post.of("receipt")) == 5
    office.town.now += timedelta(days=1)
    office.room.once()
    assert len(office.post.of("receipt")) == 6
    assert looked == [NOW, office.town.now]


def test_a_case_that_cannot_be_looked_at_holds_no_other_up(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Time goes on in the other cases, and letters still leave."""
    for number in range(3):
        office.arrives(f"{HOLE} Nummer {number}.", f"Anna <anna{number}@example.org>")
    office.room.once()
    sick = office.town.cases()[0].number
    office.town.now += timedelta(days=9)
    look = handling.on_time

    def choke(case: Any, *more: Any) -> Any:
        if case.number == sick:
            raise ValueError("what the case says")
        return look(case, *more)

    monkeypatch.setattr(handling, "on_time", choke)
    office.room.once()
    assert len(office.post.of("reminder")) == 2


def test_a_server_that_is_away_loses_nothing(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its letters wait a minute and not the ten of a claim."""
    office.arrives()

    def away(
        _server: Server, envelopes: Sequence[Envelope], report: Callable[[Envelope, Outcome], None], **_: Any
    ) -> None:
        for envelope in envelopes:
            report(envelope, Untried("connection refused"))
        raise DeliveryError("connection refused", temporary=True)

    with monkeypatch.context() as broken:
        broken.setattr(delivery, "deliver", away)
        with pytest.raises(DeliveryError):
            office.room.once()
    office.town.now += timedelta(minutes=1)
    office.room.once()
    holds_one_of_each(office)


def test_a_server_that_has_too_many_connections_gets_one_for_an_hour(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    used, deliver = list[int](), office.post.deliver
    monkeypatch.setattr(delivery, "deliver", lambda *given, **more: (used.append(more["connections"]), deliver(*given)))
    office.post.outcomes["anna.ek@example.org"] = Deferred(432, "4.3.2 sender thread limit exceeded")
    office.arrives()
    office.room.once()
    office.post.outcomes.clear()
    office.town.now += timedelta(minutes=15)
    office.room.once()
    after = time.monotonic() + 3601
    monkeypatch.setattr(sender.time, "monotonic", lambda: after)
    office.arrives(f"{HOLE} Igen.")
    office.room.once()
    assert (used[0], used[-1], set(used[1:-1])) == (2, 2, {1})
    assert len(office.post.of("receipt")) == 1


def test_a_refused_letter_is_told_to_the_registrar_once(office: Office) -> None:
    office.post.outcomes["anna.ek@example.org"] = Refused(550, "5.1.1 no such user")
    office.arrives()
    for _ in range(3):
        office.room.once()
        office.town.now += timedelta(minutes=11)
    alerts = office.post.of("alert")
    assert [letter.to for letter in alerts] == [REGISTRAR]
    assert len(office.post.of("assignment")) == 1


def test_a_letter_that_may_have_arrived_is_repeated_once_and_then_told_to_the_registrar(office: Office) -> None:
    office.post.outcomes["anna.ek@example.org"] = Uncertain("the link died")
    office.arrives()
    office.room.once()
    assert ("uncertain", "the link died after a receipt was handed over") in [
        (kind, text.partition(", ")[0]) for kind, text in office.town.journal()
    ]
    office.town.now += timedelta(hours=1)
    office.room.once()
    office.town.now += timedelta(days=1)
    office.room.once()
    assert [letter.to for letter in office.post.of("alert")] == [REGISTRAR]
    with office.town.database.reading() as s:
        receipt = s.execute(select(messages).where(messages.c.kind == "receipt")).one()
    assert (receipt.state, receipt.doubts, receipt.last_error) == ("uncertain", 2, "the link died")


def test_more_letters_than_one_claim_takes_all_leave(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sender, "LETTERS_AT_A_TIME", 3)
    for number in range(4):
        office.arrives(f"{HOLE} Nummer {number}.", f"Anna <anna{number}@example.org>")
    office.room.poll()
    assert office.room.deliver() == 8
