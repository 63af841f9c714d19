"""Kind words about staff, and what is more than that."""

from __future__ import annotations

import pytest

from service.core.speech.praise import is_mere_praise


@pytest.mark.parametrize(
    "text",
    ["Hemtjänstens personal är underbar.", "Tack till alla på Solgården! Ni är guld värda.", "Vilket bra jobb ni gör!"],
)
def test_mere_praise(text: str) -> None:
    assert is_mere_praise("Beröm", text)


@pytest.mark.parametrize(
    "text",
    [
        "Hemtjänsten kommer för sent.",
        "Ni är underbara, men personalen kommer för sent.",
        "Tack för hjälpen med mamma på Solgården.",
        "Tack för att ni hjälpte mig ur missbruket.",
        "Underbar personal! Hälsa Greta 19121212-1212.",
        "Tack. Ring 0700-00 00 00.",
        "Kan ni vara så vänliga att svara?",
        "Tack " * 100,
    ],
)
def test_more_than_praise(text: str) -> None:
    assert not is_mere_praise("Hej", text)
