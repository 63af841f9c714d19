"""`synpunkten restore`: what is put back, what is kept, and what it refuses."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import select, text

from service.core.keeping.chain import DISPOSED
from service.desk.database import Database
from service.desk.journal import Journal
from service.desk.lookup.backlog import backlogs
from service.desk.lookup.proof import prove
from service.desk.occupancy import Occupancy
from service.desk.rounds import restoration
from service.desk.tables import cases, counters, journal, messages, restorations
from service.examination import register
from service.safekeeping import archive
from service.safekeeping.faults import SafekeepingFault
from tests import registers
from tests.cli.conftest import Installation
from tests.cli.test_backup import FACTS, filled
from tests.conversations.town import ANNA, HOLE, STOCKHOLM, Town, rules_of
from tests.core.values import NOW
from tests.servers.mail_system import MailSystem
from tests.servers.own import free_port, is_root
from tests.servers.postgres import Postgres

BACKUP = "copy.backup"


def backed_up(installation: Installation) -> Path:
    """An installation with a case, and a backup of it."""
    filled(installation)
    assert installation.invoke("backup", BACKUP).exit_code == 0
    return installation.folder / BACKUP


def opened(installation: Installation) -> Database:
    return registers.opened(f"sqlite:///{installation.folder}/var/synpunkten.db")


def test_the_register_comes_back_and_what_was_there_is_kept(installation: Installation) -> None:
    backed_up(installation)
    place = installation.folder / "var" / "synpunkten.db"
    place.write_bytes(b"destroyed")
    place.with_name("synpunkten.db-wal").write_bytes(b"a log that must not be replayed")
    done = installation.invoke("restore", BACKUP)
    assert done.exit_code == 0, done.stderr
    assert "is kept as" in done.stdout
    kept, log = sorted(f for f in place.parent.iterdir() if "before-restore" in f.name)
    assert kept.read_bytes() == b"destroyed"
    assert log.name == f"{kept.name}-wal"
    assert not place.with_name("synpunkten.db-wal").exists()
    assert place.stat().st_mode & 0o777 == 0o600
    database = opened(installation)
    with database.reading() as s:
        assert s.scalar(select(cases.c.number)) == "EKV-26-00001-C"
        assert prove(s).faults == []
        assert "put back from a copy of" in str(s.scalar(select(journal.c.text).where(journal.c.kind == "restored")))
        this_year = counters.c.year == datetime.now(STOCKHOLM).year
        assert (s.scalar(select(counters.c.last).where(this_year)) or 0) >= 500  # no number is given again
        assert restoration.waiting(s, "ekvik")
    database.close()


def test_what_waited_in_the_outbox_is_held(installation: Installation) -> None:
    database = installation.new_register()
    town = Town(database, rules_of("ekvik"), NOW)
    town.delivers = lambda: None  # type: ignore[method-assign]
    town.writes(ANNA, HOLE)
    database.close()
    assert installation.invoke("backup", BACKUP).exit_code == 0
    assert "held: 2 letters that waited" in installation.invoke("restore", BACKUP).stdout
    database = opened(installation)
    town = Town(database, rules_of("ekvik"), NOW + timedelta(days=3))
    town.delivers()
    assert town.sent == []
    with database.reading() as s:
        assert set(s.scalars(select(messages.c.state).where(messages.c.direction == "out"))) == {"uncertain"}
        assert backlogs(s, NOW)["ekvik"].oldest_letter is None  # no alarm: they wait for a person
        copied_at = s.scalars(select(restorations.c.copied_at)).one()
        assert restoration.untold(s, ["ekvik"], copied_at) == {}
        assert restoration.untold(s, ["annan"], copied_at) == {"ekvik": 2}  # the mailbox is taken out meanwhile
    url = f"sqlite:///{installation.folder}/var/synpunkten.db"
    (check,) = register.undecided(url)
    assert (check.status, "2 letters may have left" in check.text, "outbox list" in check.text) == (
        "warning",
        True,
        True,
    )
    assert "2 letters noted as sent" in installation.invoke("outbox", "settle", "--all").stdout
    assert list(register.undecided(url)) == []
    assert installation.invoke("outbox", "settle", "1").exit_code == 1
    with database.reading() as s:
        assert set(s.scalars(select(messages.c.state).where(messages.c.direction == "out"))) == {"sent"}
        assert prove(s).faults == []
    database.close()


def test_a_register_in_use_is_not_touched(installation: Installation) -> None:
    backed_up(installation)
    place = installation.folder / "var" / "synpunkten.db"
    database = opened(installation)
    with Occupancy(database):
        before = place.read_bytes()
        refused = installation.invoke("restore", BACKUP)
    database.close()
    assert refused.exit_code == 1
    assert "is at work on it; stop that one first" in refused.stderr
    assert place.read_bytes() == before
    assert sorted(f.name for f in place.parent.iterdir()) == ["synpunkten.db", "synpunkten.db.lock"]


def test_rules_are_put_back_where_they_are_missing(installation: Installation) -> None:
    backed_up(installation)
    own = installation.rules / "municipality.yaml"
    own.write_text(own.read_text() + "# edited since\n")
    left = installation.invoke("restore", BACKUP)
    assert "rules of ekvik are not as in the backup and were left" in left.stdout
    assert own.read_text().endswith("# edited since\n")
    shutil.rmtree(installation.rules)
    assert "rules put back for ekvik" in installation.invoke("restore", BACKUP).stdout
    assert not own.read_text().endswith("# edited since\n")
    own.write_text("# edited again\n")
    assert installation.invoke("restore", BACKUP, "--rules").exit_code == 0
    assert own.read_text() != "# edited again\n"
    kept = next(installation.rules.parent.glob("ekvik.before-restore-*"))
    assert (kept / "municipality.yaml").read_text() == "# edited again\n"


def test_a_copy_of_another_municipality_is_refused(installation: Installation) -> None:
    backed_up(installation)
    here = installation.file.read_text()
    installation.file.write_text(here.replace('"name": "ekvik"', '"name": "hjo"'))
    for how in ([], ["--check"]):
        refused = installation.invoke("restore", BACKUP, *how)
        assert refused.exit_code == 1
        assert "the backup is of the mailbox ekvik, and the configuration has hjo" in refused.stderr
    assert not list((installation.folder / "var").glob("*before-restore*"))


def last_serial(installation: Installation) -> int:
    """The last one of this year."""
    with contextlib.closing(opened(installation)) as database, database.reading() as s:
        return restoration.serials(s, "EKV")[datetime.now(STOCKHOLM).year]


def test_what_a_copy_that_was_put_back_has_given_is_not_given_again(installation: Installation) -> None:
    """The same backup put back a second time, after days of work on the first."""
    backed_up(installation)
    assert installation.invoke("restore", BACKUP).exit_code == 0
    with contextlib.closing(opened(installation)) as database, database.transaction() as s:
        restoration.raise_serials(s, "EKV", {datetime.now(STOCKHOLM).year: 530})
        restoration.raise_serials(s, "NEW", {2026: 7})
    assert installation.invoke("restore", BACKUP).exit_code == 0
    assert last_serial(installation) >= 530 + 500
    with contextlib.closing(opened(installation)) as database, database.reading() as s:
        assert restoration.serials(s, "NEW")[2026] >= 7


def test_an_empty_folder_becomes_an_installation(installation: Installation, tmp_path: Path) -> None:
    file = backed_up(installation)
    other = tmp_path / "other"
    done = installation.invoke("restore", str(file), "--to", str(other))
    assert done.exit_code == 0, done.stderr
    assert (other / "rules" / "ekvik" / "people.yaml").is_file()
    assert (other / "var" / "synpunkten.db").is_file()
    assert "VALUE-NOT-IN-THE-BACKUP" in (other / "synpunkten.yaml").read_text()
    again = installation.invoke("restore", str(file), "--to", str(other))
    assert again.exit_code == 1
    assert "is there already" in again.stderr


def test_a_copy_of_a_later_version_is_refused(installation: Installation) -> None:
    filled(installation)
    database = opened(installation)
    with database.transaction() as s:
        s.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    database.close()
    assert installation.invoke("backup", BACKUP).exit_code == 1  # by the version that has worked on it alone
    with archive.beside(installation.folder / BACKUP) as work:
        part = archive.Part("register.sqlite", installation.folder / "var" / "synpunkten.db")
        facts = FACTS | {"version": "9.9", "register": part.name, "contents": {"schema": "9999", "end": "x"}}
        archive.write([part], facts, installation.folder / BACKUP, work)
    refused = installation.invoke("restore", BACKUP)
    assert refused.exit_code == 1
    assert "install synpunkten 9.9" in refused.stderr


def test_postgresql_must_be_empty_and_nobody_connected(
    installation: Installation, postgres: Postgres, migrated: str
) -> None:
    url = postgres.new_database(like=migrated)
    here = installation.file.read_text()
    installation.file.write_text(here.replace("sqlite:///var/synpunkten.db", url))
    assert installation.invoke("backup", BACKUP).exit_code == 0
    refused = installation.invoke("restore", BACKUP)
    assert refused.exit_code == 1
    assert "is not empty" in refused.stderr
    assert "RENAME TO" in refused.stderr

    empty = postgres.new_database()
    installation.file.write_text(here.replace("sqlite:///var/synpunkten.db", empty))
    other = registers.opened(empty)
    with other.reading() as s:
        s.scalar(text("SELECT 1"))
        refused = installation.invoke("restore", BACKUP)
    other.close()
    assert refused.exit_code == 1
    assert "1 others are connected" in refused.stderr
    renamed = registers.opened(postgres.new_database(like=migrated, name=f"{empty.rpartition('/')[2]}_before"))
    with renamed.transaction() as s:
        restoration.raise_serials(s, "EKV", {2026: 530})
    renamed.close()
    assert installation.invoke("restore", BACKUP).exit_code == 0
    other = registers.opened(empty)
    with other.reading() as s:
        assert restoration.serials(s, "EKV")[2026] >= 530 + 500  # what the one before has given is not given again
    other.close()

    installation.file.write_text(here)
    refused = installation.invoke("restore", BACKUP)
    assert refused.exit_code == 1
    assert "goes back to the sort of database it came from" in refused.stderr


def test_a_check_says_what_the_copy_lacks_and_changes_nothing(
    installation: Installation, mail_system: MailSystem
) -> None:
    address = installation.address
    installation.configure(imap=mail_system.imap(address), smtp=mail_system.smtp())
    backed_up(installation)
    register_before = (installation.folder / "var" / "synpunkten.db").read_bytes()
    town = Town(opened(installation), rules_of("ekvik"), datetime.now(STOCKHOLM), address=address)
    with mail_system.dovecot.client(address) as client:
        client.create_folder("Ärenden")
        client.append("Ärenden", town.mail(ANNA, "Long ago."), msg_time=datetime.now(UTC) - timedelta(days=4000))
        client.append("Ärenden", town.mail(ANNA, "Handled since.", "hemligt"), msg_time=datetime.now(UTC))
        client.append("INBOX", town.mail(ANNA, "Not yet."), msg_time=datetime.now(UTC) + timedelta(minutes=1))
    town.database.close()
    done = installation.invoke("restore", BACKUP, "--check", "--json")
    assert done.exit_code == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["ok"]
    assert found["journal"]["faults"] == []
    assert found["ahead"] == 1  # the line that says that there is a backup
    (mailbox,) = found["mailboxes"]
    assert [mail["folder"] for mail in mailbox["retaken"]] == ["Ärenden"]
    assert [mail["folder"] for mail in mailbox["new"]] == ["INBOX"]
    assert "hemligt" not in done.stdout
    shutil.rmtree(installation.rules)  # as on a new machine: a restore brings them
    told = installation.invoke("restore", BACKUP, "--check").stdout
    assert not installation.rules.exists()
    assert "handled since, to be taken in again without letters: 1 mail; still to be handled: 1;" in told
    assert (installation.folder / "var" / "synpunkten.db").read_bytes() == register_before
    with mail_system.dovecot.client(address) as client:
        client.select_folder("INBOX", readonly=True)
        assert client.search("UNSEEN") == client.search("ALL")


def test_a_check_finds_a_broken_chain(installation: Installation, mail_system: MailSystem) -> None:
    filled(installation)
    database = opened(installation)
    with database.transaction() as s:
        s.execute(text("UPDATE journal SET text = 'something else' WHERE id = 2"))
    database.close()
    installation.configure(imap=mail_system.imap(installation.address), smtp=mail_system.smtp())
    assert installation.invoke("backup", BACKUP).exit_code == 0
    done = installation.invoke("restore", BACKUP, "--check")
    assert done.exit_code == 1
    assert "FAILED: line 2 (case EKV-26-00001-C): its words have been changed" in done.stdout


@pytest.mark.parametrize(
    ("days", "says"),
    [pytest.param(1, "the last one is of", id="fresh"), pytest.param(3, "see deploy/BACKUP.md", id="old")],
)
def test_doctor_knows_the_age_of_the_last_backup(installation: Installation, days: int, says: str) -> None:
    backed_up(installation)
    url = f"sqlite:///{installation.folder}/var/synpunkten.db"
    (check,) = register.backup(url, datetime.now(UTC) + timedelta(days=days))
    assert check.status == ("ok" if days == 1 else "warning")
    assert says in check.text


def test_doctor_misses_a_backup(installation: Installation) -> None:
    filled(installation)
    url = f"sqlite:///{installation.folder}/var/synpunkten.db"
    assert list(register.backup(url, NOW + timedelta(days=1))) == []
    (check,) = register.backup(url, NOW + timedelta(days=3))
    assert "there is none of the register" in check.text


def test_doctor_tells_of_a_restore_that_is_not_done(installation: Installation) -> None:
    backed_up(installation)
    assert installation.invoke("restore", BACKUP).exit_code == 0
    pending, age = register.backup(f"sqlite:///{installation.folder}/var/synpunkten.db", datetime.now(UTC))
    assert "is not taken in again yet" in pending.text
    assert age.status == "ok"  # of the copy that it is


@pytest.mark.skipif(not is_root(), reason="only root gives files away; run the tests as root")
def test_what_root_puts_back_is_the_services_own(installation: Installation) -> None:
    """Root types the commands, and the service works as a user of its own."""
    backed_up(installation)
    var = installation.folder / "var"
    os.chown(var, 4711, 4712)
    os.chown(installation.rules.parent, 0, 4712)
    shutil.rmtree(installation.rules)
    assert installation.invoke("restore", BACKUP).exit_code == 0
    made = {f.name: (f.stat().st_uid, f.stat().st_gid) for f in var.iterdir() if "before" not in f.name}
    assert made == dict.fromkeys(("synpunkten.db", "synpunkten.db.lock"), (4711, 4712))
    assert (installation.rules / "people.yaml").stat().st_gid == 4712
    nights = installation.folder / "nights"
    nights.mkdir()
    os.chown(nights, 4711, 4712)
    assert installation.invoke("backup", "nights").exit_code == 0
    (file,) = nights.iterdir()
    assert (file.stat().st_uid, file.stat().st_mode & 0o777) == (4711, 0o600)


def test_what_a_person_should_know_of_a_copy_is_said(installation: Installation, tmp_path: Path) -> None:
    """Others can read it, its clock was wrong, it has what was disposed of since."""
    backup = backed_up(installation)
    backup.chmod(0o644)
    with contextlib.closing(opened(installation)) as database, database.transaction() as s:
        line = Journal("ekvik", datetime.now(UTC))
        line.add(None, DISPOSED, "EKV-26-00001-X, gallrat")
        line.write(s)
    done = installation.invoke("restore", BACKUP)
    assert done.exit_code == 0, done.stderr
    assert "has the rights 644: others can read what people have written, and write as staff; run `chmod" in done.stdout
    assert "1 thing in the copy was disposed of since: run `synpunkten dispose`" in done.stdout
    ahead = archive.Unpacked(tmp_path, {"at": (datetime.now(UTC) + timedelta(days=2)).isoformat()})
    assert "lies ahead of this machine's clock" in archive.doubts(backup, ahead, datetime.now(UTC))[-1]


def test_a_copy_is_unpacked_where_there_is_room(
    installation: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup = backed_up(installation)
    register_file = installation.folder / "var" / "synpunkten.db"
    free = {register_file.parent: 1 << 40, backup.parent: 1 << 40}
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: SimpleNamespace(free=free.get(folder, 0)))
    assert archive.roomy(backup, register_file).parent == register_file.parent
    free[register_file.parent] = 1000
    assert archive.roomy(backup, register_file).parent == backup.parent
    with archive.unpacked(backup) as copy:
        assert copy.folder.parent == backup.parent
        assert copy.folder.stat().st_mode & 0o777 == 0o700
    assert not list(archive.left_over(backup.parent))
    free.clear()
    with pytest.raises(SafekeepingFault, match="there is no room in"):
        archive.roomy(backup, register_file)


def test_a_mailbox_that_cannot_be_reached_is_told_and_the_others_are_looked_at(
    installation: Installation, mail_system: MailSystem
) -> None:
    """The server has also counted the mails anew meanwhile (UIDVALIDITY): what the copy has is known all the same."""
    address = installation.address
    installation.configure(imap=mail_system.imap(address), smtp=mail_system.smtp())
    text = installation.file.read_text()
    head, _, mailbox = text.partition("mailboxes:\n  - ")
    away = json.loads(mailbox) | {"name": "hjo", "address": "synpunkten@hjo.example"}
    away["imap"] = {**away["imap"], "port": free_port()}
    installation.file.write_text(f"{head}mailboxes:\n  - {json.dumps(away)}\n  - {mailbox}")
    backed_up(installation)
    with contextlib.closing(opened(installation)) as database, database.reading() as s:
        raw = s.scalars(select(messages.c.raw).where(messages.c.direction == "in")).one()
    with mail_system.dovecot.client(address) as client:
        client.create_folder("Ärenden")
        client.append("Ärenden", raw, msg_time=datetime.now(UTC))  # under a UIDVALIDITY that the copy never saw
    done = installation.invoke("restore", BACKUP, "--check", "--json")
    assert done.exit_code == 1
    found = {each["mailbox"]: each for each in json.loads(done.stdout)["mailboxes"]}
    assert "nothing listens on this port" in found["hjo"]["fault"]
    assert (found["ekvik"]["fault"], found["ekvik"]["retaken"]) == ("", [])
