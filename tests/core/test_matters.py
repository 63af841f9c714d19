"""Whether two pieces of feedback are about the same matter."""

from __future__ import annotations

import pytest

from service.core.alike.matters import LONGEST_KEY, MOST_KEYS, Common, Matter, matter
from service.core.alike.matters import alike as are_alike

HOLE = "Hej! Det är ett stort hål i asfalten vid Storgatan 14, precis efter övergångsstället.\n\nMvh\nAnna"


def alike(mine: Matter, theirs: Matter) -> bool:
    whole = bool(mine.whole) and mine.whole == theirs.whole
    places, words = len(mine.places & theirs.places), len(mine.words & theirs.words)
    return are_alike(mine, Common(whole, places, words, len(theirs.places), len(theirs.words)))


@pytest.mark.parametrize(
    "other",
    [
        HOLE,
        HOLE.upper().replace("HEJ", "Hej"),
        "Hålet på Storgatan är livsfarligt för cyklister. Laga asfalten!",
        "Hål i asfalten på Storgatan",
        "storgatan har ett jättehål i asfalten igen, hålet är halvmetern brett",
        "När lagas hålen på Storgatan? Asfalten är helt trasig utanför Ica.",
    ],
)
def test_the_same_place_and_words_are_the_same_matter(other: str) -> None:
    assert alike(matter("Hål", HOLE), matter("", other))
    assert alike(matter("", other), matter("Hål", HOLE))


@pytest.mark.parametrize(
    "other",
    [
        "Lampan på Storgatan är släckt.",
        "Det är ett stort hål i asfalten vid Parkgatan 2, precis efter övergångsstället.",
        "Stor parkering på Storgatan behövs.",
        "Den vegetariska rätten är slut på Björkskolan.",
        "Hej! Tack för hjälpen.",
        "Hål",
        "",
    ],
)
def test_another_place_or_another_thing_is_another_matter(other: str) -> None:
    assert not alike(matter("Hål", HOLE), matter("", other))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (
            "Sophämtningen har inte tömt det bruna kärlet på tre veckor",
            "Bruna kärlet är inte tömt på tre veckor, vad gör sophämtningen?",
            True,
        ),
        ("Sophämtningen har inte tömt det bruna kärlet", "Sophämtningen skrämde hunden", False),
        ("Lampan vid Ekstigen är trasig.", "Trasig lampa på Ekstigen!", True),
        ("Hål i vägen på Norra Storgatan.", "Hål i vägen på Södra Storgatan.", False),
        ("Hål i vägen på Norra Storgatan.", "Norra Storgatan har ett hål i vägen", True),
        ("Lekparken är smutsig", "Lekparken är trasig och gungan vinglar", False),
        ("Badet på Solvik borde öppna tidigare på sommaren", "Öppna badet i Solvik tidigare, redan i maj!", True),
    ],
)
def test_words_count_in_any_inflection(one: str, other: str, same: bool) -> None:
    assert alike(matter("", one), matter("", other)) is same


def test_keys_are_few_and_short_whatever_the_text() -> None:
    keys = matter("Ämne", "Långt " + " ".join(f"ord{chr(97 + n % 26) * (n % 40)}" for n in range(5_000))).keys
    assert len(keys) <= MOST_KEYS
    assert max(map(len, keys)) <= LONGEST_KEY
