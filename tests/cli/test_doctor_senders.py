"""What `doctor` tells of the own server's word about senders, from the mails in the register."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from service.config import FolderNames, Part
from service.core.rules.rulebook import RuleBook
from service.core.standby import Mode
from service.examination import Status, register, servers, trial
from service.resources import shipped
from tests import registers
from tests.conversations.conftest import MONDAY
from tests.conversations.town import ADDRESS, BO, Town

RULES = shipped("rules") / "ekvik"
ABOVE = b"Authentication-Results: mx.ekvik.example; dmarc=pass\r\nReceived: from a.example by mx.ekvik.example; x\r\n"
BELOW = b"Received: from a.example by mx.ekvik.example; x\r\nAuthentication-Results: mx.ekvik.example; dmarc=pass\r\n"


@pytest.mark.parametrize(
    ("head", "status", "said"),
    [
        (ABOVE, Status.OK, "1 with the own server's result above its stamp, 0 below it, 0 none"),
        (BELOW, Status.WARNING, "set `results: below` in `trusted_authserv`"),
        (b"Received: from a.example by mx.ekvik.example; x\r\n", Status.WARNING, "let the mail server write"),
        (b"Received: from a.example by lager.example; x\r\n", Status.WARNING, "name every own server"),
        (b"", Status.WARNING, "name every own server"),
    ],
)
def test_doctor_says_where_the_server_has_written(
    tmp_path: Path, ekvik: RuleBook, head: bytes, status: Status, said: str
) -> None:
    url = f"sqlite:///{tmp_path / 'register.db'}"
    database = registers.new(tmp_path / "register.db")
    town = Town(database, ekvik, MONDAY)
    town.receives(head + town.mail(BO, "Hål i vägen", authenticated=False))
    database.close()
    [check] = register.results(url, "ekvik", RULES)
    assert check.status is status
    assert said in check.text


def test_the_mail_to_itself_tells_whether_mail_goes_both_ways(tmp_path: Path, ekvik: RuleBook) -> None:
    url = f"sqlite:///{tmp_path / 'register.db'}"
    database = registers.new(tmp_path / "register.db")
    town = Town(database, ekvik, MONDAY)
    town.desk = replace(town.desk, canary=timedelta(hours=1))
    without = Part("ekvik", ADDRESS, None, None, RULES, FolderNames(), None)
    part = replace(without, canary=timedelta(hours=1))
    assert trial.lately(url, part, town.now).status is Status.WARNING
    town.looks_at_the_clock()
    town.receives(town.letters(to=ADDRESS)[-1].raw)
    found = trial.lately(url, part, town.now)
    assert (found.status, "a mail to itself came back" in found.text) == (Status.OK, True)
    for _ in range(2):  # two more leave, and none comes back
        town.passes(hours=1)
    found = trial.lately(url, part, town.now)
    assert (found.status, "has not come back" in found.text) == (Status.FAILED, True)
    assert trial.lately(url, without, town.now).status is not Status.FAILED, "nobody waits for it any longer"
    (warned,) = servers.alarms(None, [part, without])
    assert (warned.status, "nobody is told" in warned.text) == (Status.WARNING, True)
    assert not list(servers.alarms(None, [without]))
    found = trial.lately(url, replace(part, mode=Mode.SHADOW), town.now + timedelta(days=2))
    assert "only watched" in found.text, "no advice to send what is not sent"
    database.close()


def test_without_mails_there_is_nothing_to_tell(tmp_path: Path) -> None:
    assert list(register.results(f"sqlite:///{tmp_path / 'none.db'}", "ekvik", RULES)) == []
