"""KOP-30: a title says what the case is about, and nothing that identifies anybody."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.core.identity.titles import UNTITLED, Title, title
from service.core.people.personal import find_personal_numbers

TEXT = "Hej!\n\nLampan på Ekstigen är trasig. Kan ni laga den?\n\nMvh\nAnna Ek"
FROM_TEXT = "Lampan på Ekstigen är trasig"


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        pytest.param("Hål i vägen", "Hål i vägen", id="S01 as it is"),
        pytest.param("Sv: VB: FW: Re: Hål i vägen", "Hål i vägen", id="reply marks"),
        pytest.param("SV:Hål i vägen", "Hål i vägen", id="reply mark without a space"),
        pytest.param("Re[2]: Hål i vägen", "Hål i vägen", id="counted reply mark"),
        pytest.param("Ang. hål i vägen", "Hål i vägen", id="Ang."),
        pytest.param("Angående hålet i vägen", "Hålet i vägen", id="Angående"),
        pytest.param("[EXTERNT] Sv: Hål i vägen", "Hål i vägen", id="external tag"),
        pytest.param("Hål i vägen *** Externt mejl ***", "Hål i vägen", id="external tag behind"),
        pytest.param("Sv: Hål i vägen [EKV-26-00123-K]", "Hål i vägen", id="case number"),
        pytest.param("Hål i vägen ekv 26 00123 k", "Hål i vägen", id="case number, other spelling"),
        pytest.param("Hål i vägen (850709-9805)", "Hål i vägen", id="personal number"),
        pytest.param("Hål i vägen, ring 070-174 06 05", "Hål i vägen, ring", id="phone number"),
        pytest.param("Hål i vägen 0500-123 45 070-174 06 05", "Hål i vägen", id="two phone numbers"),
        pytest.param("Hål i vägen anna.ek@example.org", "Hål i vägen", id="e-mail address"),
        pytest.param("Ring +46 70 174 06 05 om hålet", "Ring … om hålet", id="number in the middle"),
        pytest.param("Hål: https://example.org/karta?x=1", "Hål", id="web address"),
        pytest.param("HÅL I VÄGEN!!!", "Hål i vägen", id="shouting"),
        pytest.param("LSS", "LSS", id="abbreviation"),
        pytest.param("hål i vägen...", "Hål i vägen", id="capital and full stops"),
        pytest.param("Varför är isbanan stängd???", "Varför är isbanan stängd?", id="question"),
        pytest.param("Hej! Hål i vägen", "Hål i vägen", id="greeting"),
        pytest.param("Fråga om bygglov", "Fråga om bygglov", id="a weak word among others"),
        pytest.param("Klagomål på snöröjningen", "Klagomål på snöröjningen", id="complaint about something"),
        pytest.param("Väg 63", "Väg 63", id="S11 number of a road"),
        pytest.param("Hål  i\r\n\tvägen\x00", "Hål i vägen", id="folded, control character"),
        pytest.param("مرحبا", "مرحبا", id="S26 other script"),
    ],
)
def test_kop_30_subject_becomes_the_title(subject: str, expected: str) -> None:
    assert title(subject, TEXT) == Title(expected, weak=False)


@pytest.mark.parametrize(
    "subject",
    [
        "", "Synpunkt", "synpunkter", "Synpunkter och klagomål", "KLAGOMÅL!", "Beröm", "Fråga",
        "En fråga till kommunen", "Hej", "Hej Anna!", "God morgon", "(no subject)", "(inget ämne)", "Sv: Sv:",
        "Sv: [EKV-26-00123-K]", "48213", "KS 2026/123", "850709-9805", "Nytt ärende Synpunkten (ärende nr. 48213)",
        "Viktigt!", "anna.ek@example.org", "???", "Felanmälan park", "sv: FELANMÄLAN PARK",
    ],
)  # fmt: skip
def test_kop_30_weak_subject_is_replaced_by_the_text(subject: str) -> None:
    assert title(subject, TEXT, ["Felanmälan park"]) == Title(FROM_TEXT, weak=False)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Hej Ekviks kommun,\nlampan är trasig.", "Lampan är trasig", id="greeting with a name"),
        pytest.param("Hej på er!\nlampan är trasig.", "Lampan är trasig", id="greeting with other words"),
        pytest.param("Hej Anna\nlampan är trasig.", "Lampan är trasig", id="greeting without punctuation"),
        pytest.param(
            "Hej det är kallt, plogen kom inte", "Det är kallt, plogen kom inte", id="greeting in the sentence"
        ),
        pytest.param("God morgon! Tack! Lampan är trasig.", "Lampan är trasig", id="greeting and thanks"),
        pytest.param("Lampan på\r\nEkstigen är trasig.\r\nLaga!", FROM_TEXT, id="wrapped lines"),
        pytest.param("> Lampan lyser.\nDen är trasig.", "Den är trasig", id="quoted line"),
        pytest.param("Jag heter Anna Ek. Lampan är trasig.", "Lampan är trasig", id="who writes"),
        pytest.param("Hej!\nJag heter Anna Ek. Lampan är trasig.", "Lampan är trasig", id="who writes, second line"),
        pytest.param("När plogas t.ex. Storgatan? Hälsa!", "När plogas t.ex. Storgatan?", id="abbreviation"),
        pytest.param("Usch!! Lampan är trasig.", "Lampan är trasig", id="one word is no sentence"),
        pytest.param("LAMPAN ÄR TRASIG!!", "Lampan är trasig", id="shouting"),
        pytest.param("Anna, 850709-9805, tycker om badet.", "Anna, …, tycker om badet", id="personal number"),
        pytest.param("Ring 0500-123 45 om lampan.", "Ring … om lampan", id="phone number"),
    ],
)
def test_kop_30_first_sentence_that_says_something(text: str, expected: str) -> None:
    assert title("Synpunkt", text) == Title(expected, weak=False)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("Hej!\n\nMvh\nAnna Ek", id="greeting and name"),
        pytest.param("Tack så mycket! Skickat från min iPhone", id="S27 thanks"),
        pytest.param("> Lampan är trasig.", id="only quoted"),
        pytest.param("Jag heter Anna Ek.", id="only who writes"),
        pytest.param("850709-9805\n070-174 06 05", id="only numbers"),
        pytest.param("Med vänliga hälsningar,\nAnna Ek, Ekbacken Ekvik", id="only a signature"),
    ],
)
def test_kop_30_nothing_left_is_flagged(text: str) -> None:
    assert title("Synpunkt", text) == Title("Synpunkt utan rubrik", weak=True)


def test_long_title_is_cut_at_a_word() -> None:
    found = title("Lampan på Ekstigen " * 10, "").text
    assert found == "Lampan på Ekstigen Lampan på Ekstigen Lampan på Ekstigen Lampan på Ekstigen…"
    assert title("x" * 500, "").text == "X" + "x" * 78 + "…"
    assert title("x" * 80, "").text == "X" + "x" * 79


def test_subject_of_a_megabyte_is_cut_first() -> None:
    assert title("(" * 1_000_000, "[" * 1_000_000).weak


pieces = st.sampled_from(
    ["850709-9805", "19121212", "-1212", "8507", "09-9805", "701063-2391", "EKV-26-00123-K", "[", "]", "(", ")",
     " ", "\n", "Sv:", "hål", "!", "?", "\u200b", " 070-174 06 05, ", "anna@example.org", "[EXTERNT]", "Hej", ". Bra"]
)  # fmt: skip


@given(st.lists(pieces, max_size=12).map("".join), st.lists(pieces, max_size=12).map("".join))
def test_kop_30_no_title_identifies_anybody(subject: str, text: str) -> None:
    found = title(subject, text)
    assert find_personal_numbers(found.text) == ()
    assert "@" not in found.text
    assert "174 06 05" not in found.text
    assert 0 < len(found.text) <= 80
    assert found.weak == (found.text == UNTITLED)
