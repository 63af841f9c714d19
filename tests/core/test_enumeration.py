"""Lists in what people write are found by their order; numbers in running text are none."""

from __future__ import annotations

import pytest

from service.core.speech.enumeration import items


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1) Lampan är trasig. 2) Gatan är hal.", ("Lampan är trasig.", "Gatan är hal.")),
        ("Hej!\n1. Lampan är trasig.\n2. Gatan är\nmycket hal.", ("Lampan är trasig.", "Gatan är\nmycket hal.")),
        ("a) Lampan är trasig\nb) Gatan är hal", ("Lampan är trasig", "Gatan är hal")),
        ("1: Lampan är sönder\n2: Gatan är hal\n3: Det är mörkt", ("Lampan är sönder", "Gatan är hal", "Det är mörkt")),
        ("1) Lampan vid hus 2) Gatan är hal.", ("Lampan vid hus", "Gatan är hal.")),
        ("Lampan är trasig sedan kl 1. Gatan är hal.", ()),
        ("2) Lampan är trasig. 1) Gatan är hal.", ()),
        ("1) Lampan 2) Gatan är hal.", ()),
        ("Det är 1 lampa och 2 bänkar som är trasiga", ()),
        ("", ()),
    ],
)
def test_the_entries_of_a_list(text: str, found: tuple[str, ...]) -> None:
    assert items(text) == found
