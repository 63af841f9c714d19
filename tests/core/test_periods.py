"""Periods as people write them."""

from __future__ import annotations

from datetime import date

import pytest

from service.core.calendar.periods import read_period

TODAY = date(2026, 9, 7)  # a Monday of week 37


@pytest.mark.parametrize(
    ("words", "first", "last", "rest"),
    [
        ("", "2026-01-01", "2026-12-31", ""),
        ("i år", "2026-01-01", "2026-12-31", ""),
        ("2025", "2025-01-01", "2025-12-31", ""),
        ("år 2025", "2025-01-01", "2025-12-31", ""),
        ("förra året", "2025-01-01", "2025-12-31", ""),
        ("i fjol Gata och park", "2025-01-01", "2025-12-31", "Gata och park"),
        ("maj", "2026-05-01", "2026-05-31", ""),
        ("Maj 2025", "2025-05-01", "2025-05-31", ""),
        ("sept.", "2026-09-01", "2026-09-30", ""),
        ("oktober", "2025-10-01", "2025-10-31", ""),
        ("feb 2024, Förskola", "2024-02-01", "2024-02-29", "Förskola"),
        ("2026-05", "2026-05-01", "2026-05-31", ""),
        ("förra månaden", "2026-08-01", "2026-08-31", ""),
        ("den här månaden", "2026-09-01", "2026-09-30", ""),
        ("vecka 24", "2026-06-08", "2026-06-14", ""),
        ("v24", "2026-06-08", "2026-06-14", ""),
        ("v. 50", "2025-12-08", "2025-12-14", ""),
        ("vecka 1 2026", "2025-12-29", "2026-01-04", ""),
        ("förra veckan", "2026-08-31", "2026-09-06", ""),
        ("veckan", "2026-09-07", "2026-09-13", ""),
        ("kvartal 2", "2026-04-01", "2026-06-30", ""),
        ("tertial 1 2025", "2025-01-01", "2025-04-30", ""),
        ("halvår 1", "2026-01-01", "2026-06-30", ""),
        ("i går", "2026-09-06", "2026-09-06", ""),
        ("2026-05-04 till 2026-05-10 Förskola", "2026-05-04", "2026-05-10", "Förskola"),
    ],
)
def test_a_period(words: str, first: str, last: str, rest: str) -> None:
    period, left = read_period(words, TODAY)
    assert period
    assert (f"{period.first}", f"{period.last}", left) == (first, last, rest)


@pytest.mark.parametrize(
    "words", ["majj", "2099", "1999", "vecka 54", "kvartal 5", "2026-13", "nyss", "2026-05-10 till 2026-05-04", "Gata"]
)
def test_no_period(words: str) -> None:
    assert read_period(words, TODAY) == (None, words)


def test_the_name_is_said_in_full() -> None:
    names = [period.name for words in ("maj", "v 24", "i år") if (period := read_period(words, TODAY)[0])]
    assert names == ["maj 2026", "vecka 24 2026", "i år (2026)"]
