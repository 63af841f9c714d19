"""Cases about the same matter: what the database counts is what a comparison of the keys themselves finds."""

from __future__ import annotations

import random

import pytest

from service.core.alike.matters import Common, Matter, matter
from service.desk.database import Database
from service.desk.lookup import resembling
from service.desk.tables import matters
from tests.conversations.town import Town

_WORDS = [
    "hål",
    "lampa",
    "skräp",
    "gata",
    "buss",
    "stuga",
    "träd",
    "grus",
    "vatten",
    "cykel",
    "mur",
    "bänk",
    "katt",
    "fukt",
]
_PLACES = ["Storgatan", "Parkgatan", "Solvik", "Ekstigen"]


def some_texts(seed: int) -> list[str]:
    chosen = random.Random(seed)
    return [
        " ".join([*chosen.choices(_WORDS, k=chosen.randint(1, 9)), *chosen.sample(_PLACES, chosen.randint(0, 2))])
        for _ in range(60)
    ]


def in_common(mine: Matter, theirs: Matter) -> Common:
    whole = bool(mine.whole) and mine.whole == theirs.whole
    places, words = len(mine.places & theirs.places), len(mine.words & theirs.words)
    return Common(whole, places, words, len(theirs.places), len(theirs.words))


@pytest.mark.databases("sqlite", "postgresql")
def test_cases_are_compared_by_what_their_keys_have_in_common(town: Town, database: Database) -> None:
    for number, words in enumerate(some_texts(7)):
        town.writes(f"a{number}@example.org", f"Det är {words}.")
    with database.transaction() as s:
        stored: dict[int, set[str]] = {}
        for row in s.execute(matters.select()):
            stored.setdefault(row.case_id, set()).add(row.key)
        known = {case_id: Matter(frozenset(keys)) for case_id, keys in stored.items()}
        for text in some_texts(8):
            mine = matter("", f"Det är {text}.")
            found = {each.case_id: each.common for each in resembling.near_to(s, "ekvik", mine)}
            sharing = {
                case_id: in_common(mine, theirs)
                for case_id, theirs in known.items()
                if len(mine.keys & theirs.keys) + bool(mine.whole != "" and mine.whole == theirs.whole) > 1
            }
            assert found == sharing
        assert len(known) > 50
