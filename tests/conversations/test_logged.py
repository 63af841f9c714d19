"""What a conversation over real servers leaves in the log: one line a mail and a letter, and no word of people's."""

from __future__ import annotations

import json
import re

import pytest

from service import logs
from service.config import LogFormat
from service.desk.database import Database
from tests.conversations.street import Street
from tests.conversations.town import BO, HOLE
from tests.test_logs import as_before

__all__ = ["as_before"]

WORDS = ("anna", "ek@", "bo.ek", "storgatan", "asfalten", "lagat", "hål", "grannen", "lotta", "registrator", "lotteri")
"""Of subjects, names, addresses and texts below."""


@pytest.mark.usefixtures("as_before")
def test_no_address_subject_or_name_is_in_the_log_of_a_whole_conversation(
    street: Street, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.set_up(LogFormat.JSON, "debug")
    town, anna = street.town, f"Anna Ek <{street.anna}>"
    street.writes(anna, HOLE, "Hål i asfalten hos grannen", files=[("storgatan.jpg", b"\xff\xd8")])
    assignment = street.letter("assignment", BO)
    street.writes(f"Bo Ek <{BO}>", "#SVAR\nHålet är lagat.\n#FELSTAVAT", answers=assignment)
    street.writes(f"Bo Ek <{BO}>", "#SVAR\nHålet är lagat.\n#AVSLUTA", answers=assignment)
    street.writes("Lotta <refused@example.org>", "Lampan är trasig vid skolan i Ekvik sedan i tisdags.", "Lotta klagar")
    street.writes("Lotteri <lotteri@example.org>", "Vinn!", headers=[("Precedence", "bulk"), ("List-Id", "<anna.se>")])
    town.passes(days=1)
    street.works()
    log = capsys.readouterr().err
    lines = [json.loads(line) for line in log.splitlines()]

    mails = [line for line in lines if line["event"] == "mail"]
    assert [line["verdict"] for line in mails] == ["new", "officer", "officer", "new", "machine"]
    number = town.cases()[0].number
    assert [line["case"] for line in mails[:3]] == [number] * 3
    assert all(isinstance(line["ms"], int) and isinstance(line["uid"], int) for line in mails)
    letters = [line for line in lines if line["event"] == "letter"]
    assert {"receipt", "assignment", "question", "answer"} <= {
        each["kind"] for each in letters if each["state"] == "sent"
    }
    assert {(each["code"], each["answer"][:17]) for each in letters if each["state"] == "sent"} == {
        (250, "2.0.0 Ok: queued ")
    }
    (refused,) = [line for line in letters if line["state"] == "refused"]
    assert (refused["kind"], refused["code"]) == ("receipt", 550)
    assert re.match(r"5\.1\.1 .*No such user here", refused["answer"])
    with database.reading() as s:
        assert len(letters) == s.exec_driver_sql("SELECT count(*) FROM messages WHERE direction = 'out'").scalar()
    assert [word for word in (*WORDS, street.anna.partition("@")[0], street.address) if word in log.lower()] == []
    assert "@" not in log
