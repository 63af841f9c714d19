"""A restore from yesterday: nobody hears anything twice, no number is given again, and nothing lies unseen."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from service.core.mail import Message
from service.desk import register
from service.desk.lookup.proof import prove
from service.desk.post import heldback
from service.desk.post.states import State
from service.desk.rounds import restoration
from service.desk.tables import messages
from service.doors.imap import Headed
from service.doors.link import InboxError
from service.resources import shipped
from service.safekeeping import archive, comparing, making, restoring
from tests.conversations.street import Street, citizen, numbers, started_on
from tests.conversations.test_undo import answers_wait
from tests.conversations.town import ANNA, BO, HOLE, REGISTRAR, Letter, Town
from tests.servers.postgres import Postgres

RULES = {"ekvik": shipped("rules") / "ekvik"}


def backed_up(street: Street, folder: Path) -> Path:
    """A backup of the register as it is now."""
    config = folder / "synpunkten.yaml"
    config.write_text("database: elsewhere\n")
    url = street.town.database.url.render_as_string(hide_password=False)
    return making.make(url, config, RULES, folder / "yesterday.backup", datetime.now(UTC)).file


@contextlib.contextmanager
def put_back(street: Street, backup: Path, request: pytest.FixtureRequest) -> Iterator[Street]:
    """The register is destroyed, the backup put back, and the service stands before its first pass."""
    database = street.town.database
    database.close()
    if database.file:
        database.file.write_bytes(b"destroyed")
        url = str(database.url)
    else:
        postgres: Postgres = request.getfixturevalue("postgres")
        url = postgres.new_database()
    restoring.restore(backup, url, RULES, datetime.now(UTC))
    with started_on(street, url) as restored:
        yield restored


@pytest.mark.databases("sqlite", "postgresql")
def test_a_restore_from_yesterday(street: Street, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """Two days of conversation, of which the copy has the first; the register is destroyed and put back."""
    anna, bea, cilla, dan, eva = map(citizen, ("anna", "bea", "cilla", "dan", "eva"))
    street.writes(anna, HOLE)
    of_anna = street.letter("assignment", BO)
    street.arrives(street.town.mail(bea, "Lampan vid Kastanjevägen är trasig sedan i måndags."), bea)
    street.station.room.poll()  # her receipt waits in the outbox that is copied, and leaves a moment later
    backup = backed_up(street, tmp_path)
    street.works()
    street.letter("assignment", BO)
    street.town.now -= timedelta(minutes=7)  # what is written anew tells other minutes than what left

    street.writes(BO, "#SVAR\nHålet är lagat i dag.\n#ÅTGÄRD 1\n#PUBLICERA NEJ\n#AVSLUTA", answers=of_anna)
    street.writes(cilla, "Det behövs en cykelväg längs Kvarngatan, det är farligt där.", subject="Cykelväg")
    receipt = street.inbox_of(cilla, 1)[0]
    street.writes(BO, "Vi bygger en cykelväg där nästa år.", answers=street.letter("assignment", BO))
    street.writes(BO, "Ja", answers=street.letter("question", BO))
    street.writes(cilla, "Tack! Bra att veta.", answers=receipt)
    street.writes(dan, "Gatubelysningen på Parkvägen är släckt.", subject="Belysning")
    of_dan = street.inbox_of(dan, 1)[0]
    before, known = street.town.cases(), numbers(street.town)
    had = {who: street.kinds(who) for who in (anna, bea, cilla, dan)}
    assert had == {
        anna: ["receipt", "answer"],
        bea: ["receipt"],
        cilla: ["receipt", "answer"],
        dan: ["receipt"],
    }

    with archive.unpacked(backup) as copy:
        url = street.town.database.url.render_as_string(hide_password=False)
        checked = comparing.check(copy, url, street.config.mailboxes)
    assert checked.faults == []
    assert checked.contents.cases == 2
    assert checked.ahead
    assert len(checked.mailboxes[0].retaken) == 6  # the answer, two of Cilla's, two of Bo's to her, and Dan's
    assert checked.mailboxes[0].new == []

    with put_back(street, backup, request) as after:
        after.arrives(after.town.mail(eva, "Vägen vid Torget är full av hål.", subject="Vägen"), eva)
        after.works()
        now = numbers(after.town)
        assert {who: after.kinds(who) for who in had} == had
        assert [now[who] for who in (anna, bea, cilla)] == [known[who] for who in (anna, bea, cilla)]
        assert now[dan] not in known.values()  # nothing showed which number he had
        assert now[eva] not in known.values()
        assert after.kinds(eva) == ["receipt"]
        assert len(now) == 5
        was, are = ({c.submitter.email: c for c in cases} for cases in (before, after.town.cases()))
        for who in (anna, cilla):
            assert (are[who].status, are[who].answer) == (was[who].status, was[who].answer)
            assert are[who].answered_at
        assert are[dan].receipt_sent_at

        told = after.letter("alert", REGISTRAR)
        assert now[dan] in told.text
        assert now[cilla] in told.text
        assert bea in told.text  # whether her receipt has left, the copy does not know
        assigned = [x.number for x in after.inbox_of(BO) if x.kind == "assignment"]
        assert sorted(assigned[len(known) :]) == sorted((now[dan], now[eva]))  # and no other case once more
        with after.town.database.reading() as s:
            assert prove(s).faults == []
            held = [(each["kind"], each["to"]) for each in heldback.listed(s) if each["to"] in had]
        assert ("receipt", bea) in held
        assert ("answer", anna) in held

        after.writes(dan, "Nu är det svart i hela backen.", answers=of_dan)
        assert after.kinds(dan) == ["receipt", "information"]  # it has come to his case: no new one, no second receipt
        assert "svart i hela backen" in after.letter("information", BO).text
        assert len(after.town.cases()) == 5
        alerts = [x for x in after.inbox_of(REGISTRAR) if x.kind == "alert"]
        after.works()
        assert len([x for x in after.inbox_of(REGISTRAR) if x.kind == "alert"]) == len(alerts)


def test_a_restore_finds_what_lies_in_odd_places_and_goes_on_after_a_break(
    street: Street, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An old mail that somebody had moved into the inbox, one that lies there again, one that breaks what reads it."""
    anna, bea, cilla, dan, eva = map(citizen, ("anna", "bea", "cilla", "dan", "eva"))
    backup = backed_up(street, tmp_path)  # of an empty register, which knows of no series of numbers
    street.writes(anna, HOLE)
    now = datetime.now(UTC)
    for who, text, at in (
        (bea, "Lampan vid Kastanjevägen är trasig.", now - timedelta(days=30)),
        (cilla, "Det är hål i vägen vid skolan.", now - timedelta(minutes=9)),
        (dan, "Vägen vid Torget är full av hål.", now - timedelta(minutes=5)),
    ):
        street.mails.dovecot.put(street.address, street.town.mail(who, text), when=at)
        street.works()
    with street.mails.dovecot.client(street.address) as client:
        client.select_folder("Ärenden")
        client.move(client.search(["FROM", cilla]), "INBOX")
    had = {who: street.kinds(who) for who in (anna, bea, cilla, dan)}
    assert had == {who: ["receipt"] for who in had}
    given = numbers(street.town)
    with street.mails.dovecot.client(street.address) as client:
        client.create_folder("Skickat")  # some servers keep what they send for the mailbox
        client.append("Skickat", street.inbox_of(cilla)[0].raw)
        client.create_folder("Sparat")  # a person's own, where nobody would look
        client.append("Sparat", street.town.mail(citizen("fia"), "Parkbänken vid ån är trasig."))

    with put_back(street, backup, request) as after:
        room = after.station.room
        read, reader, reads = room.inbox.read, room.desk.reader, []

        def breaks(mail: Headed) -> bytes:
            reads.append(mail)
            if len(reads) == 2:
                raise InboxError("the link is dead", temporary=True)
            return read(mail)

        def stumbles(raw: bytes) -> Message:
            if dan.encode() in raw:
                raise RuntimeError
            return reader(raw)

        monkeypatch.setattr(room.inbox, "read", breaks)
        monkeypatch.setattr(room.inbox, "sent_folder", lambda: "Skickat")
        room.desk = dataclasses.replace(room.desk, reader=stumbles)
        after.mails.send(after.town.mail(eva, "Gatubelysningen på Parkvägen är släckt."), after.address, eva)
        after.mails.mailbox(after.address, at_least=2)
        with pytest.raises(InboxError):
            room.poll()
        assert room.check_deadlines() == 0  # first what the register lacks
        after.works()
        assert {who: after.kinds(who) for who in had} == had
        assert after.kinds(eva) == ["receipt"]
        assert sorted(numbers(after.town)) == sorted([*had, eva])
        assert numbers(after.town)[cilla] == given[cilla]
        assert not {number for who, number in numbers(after.town).items() if who != cilla} & {*given.values()}
        assert after.folder("INBOX") == []
        (told,) = [x for x in after.inbox_of(REGISTRAR) if "återställt" in x.subject]
        assert told.kind == "alert"
        assert "- Sparat: ett mejl\n" in told.text
        assert "Skickat" not in told.text


def test_an_answer_that_left_after_the_copy_does_not_leave_again(town: Town, assigned: Letter) -> None:
    """With `answer.undo` it waits in the case of the copy; the clock let it go in the days that are lost."""
    answers_wait(town)
    town.writes(BO, "#SVAR\nLagat.\n#ÅTGÄRD 1\n#PUBLICERA NEJ\n#AVSLUTA", answers=assigned)
    copied_at = town.now
    town.now += timedelta(days=1)
    town.news()
    with town.database.transaction() as s:
        restoration.begin(s, ["ekvik"], copied_at, copied_at, town.now)
        what = restoration.waiting(s, "ekvik")
        due = register.numbers_to_check(s, "ekvik", town.now)
    assert what
    for number in due:
        restoration.overdue(town.desk, number, what, town.now)
    restoration.finish(town.desk, what, (), (), town.now)
    town.delivers()
    assert town.news() == [("alert", REGISTRAR)]
    assert "svaret till synpunktslämnaren till anna.ek@example.org" in town.letter("alert").text
    assert (town.case().status, town.case().answer) == ("closed", "Lagat.")
    with town.database.transaction() as s:
        assert heldback.retry(s, None, town.now) == []
        (held,) = (each["id"] for each in heldback.listed(s) if each["kind"] == "answer")
        assert heldback.retry(s, held, town.now) == [held]  # a person has asked, and it had not left
    town.delivers()
    assert town.news() == [("answer", "anna.ek@example.org")]


def test_a_waiting_letter_that_somebody_has_answered_had_left(town: Town) -> None:
    """It waited in the outbox when the copy was taken; the answer to it lies in the mailbox."""
    delivers, town.delivers = town.delivers, lambda: None  # type: ignore[method-assign]
    town.writes(ANNA, HOLE)
    with town.database.transaction() as s:
        raw = s.scalars(select(messages.c.raw).where(messages.c.kind == "receipt")).one()
        restoration.begin(s, ["ekvik"], town.now, town.now, town.now)
        what = restoration.waiting(s, "ekvik")
    assert what
    town.writes(ANNA, "Det är två hål.", answers=Letter.read(raw, town.now))
    restoration.finish(town.desk, what, (), (), town.now)
    with town.database.reading() as s:
        sent = s.execute(select(messages.c.kind, messages.c.state).where(messages.c.direction == "out")).all()
        states = {row.kind: row.state for row in sent}
        assert states["receipt"] == "sent"
        assert states["assignment"] == "uncertain"
    assert town.case().receipt_sent_at
    town.delivers = delivers  # type: ignore[method-assign]
    town.delivers()
    assert town.letters("receipt") == []


def test_a_case_that_only_an_answer_to_us_tells_of_has_no_title_of_ours(town: Town) -> None:
    """Its first mail is gone from the mailbox: the subject that is left is our receipt's."""
    number = "EKV-26-00123-K"
    subject = f"Sv: Vi har tagit emot din synpunkt [{number}]"
    town.writes(
        ANNA, "Hålet på Storgatan är ännu större nu.", subject, headers=[("In-Reply-To", "<nagot@annat.example>")]
    )
    assert town.case().title == "Hålet på Storgatan är ännu större nu"


@pytest.mark.databases("sqlite", "postgresql")
def test_held_letters_of_a_mailbox_that_nobody_serves_are_counted(town: Town) -> None:
    town.writes(ANNA, HOLE)
    why = restoration.because(town.now)
    with town.database.transaction() as s:
        ours = messages.c.direction == "out"
        held = s.execute(update(messages).where(ours).values(state=State.UNCERTAIN, last_error=why)).rowcount
        assert held
        assert restoration.untold(s, ["annan"], town.now) == {"ekvik": held}
        assert restoration.untold(s, ["ekvik"], town.now) == {}
        assert restoration.disposed_since(s, town.now) == 0
