"""A closing greeting below the commands is no note of the officer's; anything said there is."""

import pytest

from service.core.speech.consent import is_sign_off


@pytest.mark.parametrize(
    "text",
    [
        "Med vänlig hälsning\nBo Ek\ngatuingenjör",
        "Mvh",
        "mvh Bo",
        "MVH, Bo Ek",
        "Vänliga hälsningar,\n\nBo Ek\ngatuingenjör\n0980-319 222\nEkviks kommun, 123 45 Ekvik",
        "Hälsningar\nBo",
    ],
)
def test_a_greeting_with_a_signature(text: str) -> None:
    assert is_sign_off(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Bo Ek",
        "Vänligen ring Anna om grinden",
        "Mvh Bo, som har ringt henne redan",
        "Mvh Bo\nPS Anna ringer på torsdag!",
        "Jag har ringt.\nMvh Bo",
        "Mvh\n" + "Bo Ek\n" * 8,
        "Mvh\nBo\nett stycke text som är längre än vad någon rad i en underskrift brukar vara",
    ],
)
def test_something_said(text: str) -> None:
    assert not is_sign_off(text)
