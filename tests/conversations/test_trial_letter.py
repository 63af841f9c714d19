"""A letter that somebody tries the way with: the daemon may be quicker than whoever waits for it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from service.core.effects import Letter, SendLetter
from service.core.people import tokens
from service.core.rules.rulebook import Form
from service.desk.lookup import catalogue
from tests.conversations.test_odd_mail import bounce
from tests.conversations.town import ADDRESS, ANNA, BO, HOLE, REGISTRAR, Town
from tests.conversations.town import Letter as Sent

TROUBLES = {"begun": (), "lasting": (), "over": (), "host": ""}
pytestmark = pytest.mark.databases("sqlite", "postgresql")


def test_no_case_comes_of_it_and_what_was_read_and_sent_last_is_known(town: Town) -> None:
    with town.database.reading() as s:
        assert catalogue.latest_traffic(s, "ekvik") == (None, None)
    order = SendLetter(Letter.INFORMATION, ADDRESS, "somebody tries", "trial")
    trial = town.desk.writer.write(order, None, (), "0123456789ab", town.now)
    assert town.receives(trial.raw) == "Ärenden"
    assert (town.cases(), town.sent) == ([], [])
    town.writes(ANNA, HOLE)
    with town.database.reading() as s:
        assert catalogue.latest_traffic(s, "ekvik") == (town.now, town.now)


def test_a_letter_that_came_back_and_the_report_of_it_are_no_sign_that_mail_goes_both_ways(town: Town) -> None:
    town.writes(ANNA, HOLE)
    first = town.now
    town.now += timedelta(minutes=5)
    for letter in town.sent:  # what is sent to others instead comes back, too
        town.receives(bounce(str(letter.mail["Message-ID"])))
    with town.database.reading() as s:
        assert catalogue.latest_traffic(s, "ekvik") == (first, None)


@pytest.mark.parametrize("template", ["trial", "service-trouble"])
def test_nobody_is_asked_to_write_above_a_line_in_what_no_case_hears_of(town: Town, template: str) -> None:
    order = SendLetter(Letter.ALERT, "it@ekvik.example", "of the service itself", template, TROUBLES)
    written = town.desk.writer.write(order, None, (), "0123456789ab", town.now)
    assert "ovanför den här raden" not in written.text + written.page


def _of_troubles(town: Town, to: str) -> Sent:
    order = SendLetter(Letter.ALERT, to, "troubles", "service-trouble", TROUBLES)
    return Sent.read(town.desk.writer.write(order, None, (), tokens.nonce_of_the_service(), town.now).raw, town.now)


def test_an_answer_from_outside_to_a_letter_of_troubles_is_nobodys_case(town: Town) -> None:
    """Whoever runs the servers may be away, and a machine that tells so without a mark must not get a receipt."""
    who = "jour@drift.example"
    letter = _of_troubles(town, who)
    assert town.writes(who, "Jag är ledig och åter den 21 september.", "Frånvarande", answers=letter) == "Karantän"
    assert (town.cases(), town.sent) == ([], [])
    town.writes(who, HOLE)
    town.writes("annan@drift.example", HOLE, answers=letter)
    assert len(town.cases()) == 2, "a mail of its own, or of somebody else, is a citizen's"


def test_a_colleague_who_is_away_is_not_asked_which_case_a_letter_of_troubles_is_about(town: Town) -> None:
    """The registrar sees once that something has come; what begins with an order is one all the same."""
    who = "it@ekvik.example"
    letter = _of_troubles(town, who)
    assert town.writes(who, "Jag är ledig och åter den 21 september.", "Borta", answers=letter) == "Karantän"
    assert (town.cases(), town.news()) == ([], [])
    town.writes(who, "#HJÄLP", answers=letter)
    assert [to for _, to in town.news()] == [who], "whoever writes orders hears of them"
    town.waits_until("2026-09-08 08:00")
    assert "Det är ett svar på ett mejl om själva tjänsten." in town.letter("digest", REGISTRAR).text


def test_that_a_letter_of_troubles_does_not_arrive_is_seen_by_the_registrar(town: Town) -> None:
    order = SendLetter(Letter.ALERT, "it@ekvik.example", "troubles", "service-trouble", TROUBLES)
    sent = town.desk.writer.write(order, None, (), tokens.nonce_of_the_service(), town.now)
    assert town.receives(bounce(sent.message_id)) == "Karantän"
    assert (town.cases(), town.news()) == ([], [])
    town.waits_until("2026-09-08 08:00")
    assert "Ett mejl om fel i tjänsten kom inte fram." in town.letter("digest", REGISTRAR).text


def test_only_a_letter_of_ours_as_it_left_comes_back_unseen(town: Town) -> None:
    """Who may send as the mailbox, or pretends to, is no letter of ours, whatever Message-ID the mail has."""
    town.writes(ANNA, HOLE)
    receipt = town.letter("receipt", "anna.ek@example.org")
    known = str(receipt.mail["Message-ID"])
    assert town.receives(receipt.raw) == "Ärenden"
    for number, message_id in enumerate((known, known.replace("<rec.", "<ans."), "<1@outlook.example>")):
        raw = town.mail(ADDRESS, "Smugglade ord", f"Smugglat ämne {number}")
        raw = re.sub(rb"(?<=\nMessage-ID: )\S+", message_id.encode(), raw)
        assert town.receives(raw) == "Karantän"
    assert town.news() == [("receipt", "anna.ek@example.org"), ("assignment", BO)]
    town.waits_until("2026-09-08 08:00")
    told = town.letter("digest", REGISTRAR).text
    assert told.count("Smugglat ämne") == 3
    assert "det är inte tjänsten som har skrivit det" in told


def test_a_form_that_writes_as_the_mailbox_does_not_take_it(town: Town) -> None:
    """The signed Message-ID comes before all other signs; with another one the same mail is the form's."""
    form = Form.model_validate({"name": "Webben", "from": ADDRESS, "fields": {"text": "Din synpunkt"}})
    town.desk = replace(town.desk, book=town.desk.book.model_copy(update={"forms": (form,)}))
    order = SendLetter(Letter.INFORMATION, ADDRESS, "somebody tries", "trial")
    trial = town.desk.writer.write(order, None, (), "0123456789ab", town.now)
    town.receives(trial.raw)
    assert town.cases() == []
    town.receives(trial.raw.replace(trial.message_id.encode(), b"<annat@ekvik.example>"))
    assert len(town.cases()) == 1
