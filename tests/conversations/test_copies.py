"""A mail that comes once more, such as from a mailbox that was restored: it lies where the first one lies."""

from __future__ import annotations

from tests.conversations.test_orders import writes
from tests.conversations.town import ANNA, HOLE, Town


def test_of_an_ordinary_case_it_lies_among_the_handled(town: Town) -> None:
    mail = town.mail(ANNA, HOLE)
    assert [town.receives(mail), town.receives(mail)] == ["Ärenden", "Ärenden"]


def test_of_a_case_that_is_secret_by_now_it_lies_among_the_secret(town: Town) -> None:
    mail = town.mail(ANNA, HOLE)
    town.receives(mail)
    writes(town, "#SEKRETESS", town.letter("assignment"))
    assert town.receives(mail) == "Sekretess"


def test_what_was_put_aside_is_put_aside_again(town: Town) -> None:
    bulk = [("List-Id", "<nyheter.example.net>"), ("Precedence", "bulk")]
    mail = town.mail("rea@butik.example", "Höstrea!", "Rea", headers=bulk)
    assert [town.receives(mail), town.receives(mail)] == ["Karantän", "Karantän"]
