"""The language of a mail by its script and its small words."""

from __future__ import annotations

import pytest

from service.core.speech.languages import NAMES, language_of, told_by_words

TEXTS = {
    "sv": [
        "Hej! Det är ett stort hål i asfalten vid Storgatan 14.",
        "",
        "Tack!",
        "Hål",
        "Lampan lyser inte",
        "Parking meter trasig, the end",
        "Jag såg skylten 'Please keep off the grass, it is not for you' på torget",
        "På skylten står ”Please keep off the grass, it is not for you”",
        "Hej, er app säger 'your session has expired'. Jag vill att ni lagar den och att det går fort.",
    ],
    "fi": ["Hei! Äitini kotipalvelu myöhästyy joka aamu. Haluaisin vastauksen suomeksi. Terveisin Ritva"],
    "en": ["Hello, the recycling bins at Harbour Street have been full for two weeks. Could you empty them?"],
    "ar": ["مرحبا، الإضاءة في الملعب لا تعمل منذ أسبوع."],
    "fa": ["سلام، چراغ پارک کار نمی‌کند و شب‌ها خیلی تاریک است."],
    "ru": ["Здравствуйте, во дворе не горит свет."],
    "uk": ["Добрий день, у дворі не горить світло, і дітям темно."],
    "de": ["Guten Tag, die Lampe auf dem Spielplatz ist seit einer Woche kaputt und wir haben Angst."],
    "no": ["Hei, jeg lurer på hvorfor dere ikke har brøytet veien til oss. Takk for svar."],
    "so": ["Waxaan rabaa in aan ogaado sababta aan loo hagaajin waddada ee ku taal xaafadda."],
}


@pytest.mark.parametrize(("code", "text"), [(code, text) for code, texts in TEXTS.items() for text in texts])
def test_s24_s25_s26_the_language_of_a_text(code: str, text: str) -> None:
    assert language_of(text) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Hej Bengt,\n\ngungan är lagad i dag.", "sv"),
        ("Korjasimme keinun.", ""),
        ("Keinu on korjattu. Kiitos!", "fi"),
        ("The swing is mended.", "en"),
        ("تم إصلاح الأرجوحة", "ar"),
        ("Klart!", ""),
    ],
)
def test_of_a_line_by_staff_no_language_is_told_that_no_word_shows(text: str, code: str) -> None:
    assert told_by_words(text) == code


def test_every_language_has_a_swedish_name() -> None:
    assert all(NAMES[code] for code in TEXTS)


def test_a_long_text_costs_no_more_than_its_beginning() -> None:
    assert language_of("och " * 1_000_000) == "sv"
