"""`mode: shadow` by the command line, and the day on which the mailbox is served: nobody gets a letter of that time."""

from __future__ import annotations

import json

from service import examination
from service.doors.account import Server
from service.examination import Check, Status
from tests.cli.conftest import Installation
from tests.cli.test_rehearse import nobody_calls, put
from tests.conversations.looks import looks
from tests.servers.dovecot import Dovecot
from tests.servers.rude import Rude


def configure(installation: Installation, dovecot: Dovecot, mode: str, smtp: Server | None = None) -> None:
    installation.configure(dovecot.account(installation.address), smtp)
    text = installation.file.read_text()
    more = f'"rules": "rules/ekvik", "mode": "{mode}", "since": "2026-09-01"'
    installation.file.write_text(text.replace('"rules": "rules/ekvik"', more))


def runs(installation: Installation, dovecot: Dovecot, mode: str, day: str) -> None:
    """One pass, in which nobody calls the mail server."""
    with nobody_calls() as smtp:
        configure(installation, dovecot, mode, smtp)
        done = installation.run("run", "--once", "--now", f"{day}T10:00:00+02:00")
    assert done.returncode == 0, done.stderr
    configure(installation, dovecot, mode)  # the doctor would call it


def checks(installation: Installation, *, send: bool = False) -> dict[str, Check]:
    return {check.name: check for check in examination.checks(installation.file, send=send)}


def test_watched_and_served_at_last_without_a_letter_of_that_time(installation: Installation, dovecot: Dovecot) -> None:
    put(dovecot, installation.address, "Det är ett stort hål i asfalten vid Storgatan 14.", "Hål i vägen")
    before = looks(dovecot, installation.address)
    runs(installation, dovecot, "shadow", "2026-09-07")
    told = checks(installation, send=True)
    assert looks(dovecot, installation.address) == before
    assert told["mode ekvik"] == Check(
        "mode ekvik",
        Status.OK,
        "shadow: nothing leaves but the registrars' daily summary, the mailbox stays untouched; "
        "since 2026-09-07, with 1 open case",
    )
    assert "INBOX; the mailbox is only watched" in told["folders ekvik"].text
    assert "not tried: the mailbox is only watched" in told["mail both ways ekvik"].text
    listed = installation.invoke("outbox", "list")
    assert listed.stdout.splitlines()[-1].startswith("withheld (mode: shadow), never to leave: 2")
    letters = json.loads(installation.invoke("outbox", "list", "--all", "--json").stdout)
    assert {(x["state"], x["reason"]) for x in letters} == {("withheld", "mode: shadow")}

    configure(installation, dovecot, "live")
    assert "live from the next start on" in checks(installation)["mode ekvik"].text
    with Rude() as smtp:
        configure(installation, dovecot, "live", smtp.account())
        installation.run("run", "--once", "--now", "2026-09-30T10:00:00+02:00")
    configure(installation, dovecot, "live")
    (told_registrars,) = smtp.taken
    assert (told_registrars.kind, told_registrars.recipient) == ("alert", "registrator@ekvik.example")
    assert "mode ekvik" not in checks(installation)
    assert [*looks(dovecot, installation.address)["INBOX"][2]] == [*before["INBOX"][2]]  # served, it lies there still
    case = json.loads(installation.invoke("case", "show", letters[0]["case"], "--json").stdout)
    assert (case["status"], {x["state"] for x in case["messages"]}) == ("closed", {"received", "withheld"})
