"""Texts in another transfer encoding than they are declared in: what gateways and lists make of mails."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.core.message import read

HEAD = (
    "From: Anna Ek <anna@example.org>\nTo: synpunkten@ekvik.example\nSubject: Lampan\nMIME-Version: 1.0\n"
    "Content-Type: text/plain; charset={charset}\n"
)
SHORT = "Hej! Hålet på Storgatan är kvar."
LONG = "\n".join(f"Det är ett stort hål i vägen vid Storgatan {n}, precis efter övergångsstället." for n in range(9))
WARNED = ("base64 with lines of words above or below: both were read",)


def encoded(text: str, charset: str = "utf-8", width: int = 76) -> str:
    letters = base64.b64encode(text.encode(charset)).decode()
    return "\n".join(letters[at : at + width] for at in range(0, len(letters), width))


def read_body(body: str, encoding: str = "base64", charset: str = "utf-8") -> tuple[str, tuple[str, ...]]:
    field = f"Content-Transfer-Encoding: {encoding}\n" if encoding else ""
    message = read((HEAD.format(charset=charset) + field + "\n" + body).encode())
    return message.text, message.warnings


@pytest.mark.parametrize("text", [SHORT, LONG, "Hej! Lampan", "Hej då!"], ids=["short", "long", "ASCII", "shorter"])
@pytest.mark.parametrize("padded", [True, False], ids=["padded", "unpadded"])
@pytest.mark.parametrize(
    ("above", "below"),
    [
        ("", "\n\nDetta mejl kommer från en extern avsändare. Klicka inte på länkar.\n"),
        ("", "\n_______________________________________________\nStyrelsen mailing list\nStyrelsen@brf.example\n"),
        ("", "\n\nThis email has been scanned.\n"),
        ("", "\nSkannad\n"),
        ("EXTERNT MEJL: Klicka inte på länkar.\n\n", ""),
        ("[Extern avsändare]\n", "\n--\nSkannat av Filter AB\n"),
    ],
    ids=["footer", "list", "English", "one word", "banner", "both"],
)
def test_lines_of_words_around_base64_are_kept_and_the_base64_is_read(
    text: str, padded: bool, above: str, below: str
) -> None:
    body = encoded(text)
    found, warnings = read_body(above + (body if padded else body.rstrip("=")) + below)
    assert text in found
    for line in (above + below).splitlines():
        assert line.strip() in found
    assert warnings == WARNED


@pytest.mark.parametrize(
    ("body", "text"),
    [
        pytest.param(encoded(LONG), LONG, id="as it should be"),
        pytest.param(encoded(LONG)[:100] + "!" + encoded(LONG)[100:], LONG, id="a stray character"),
        pytest.param(encoded(SHORT)[:10] + "*" + encoded(SHORT)[10:], SHORT, id="a stray character in a short line"),
        pytest.param(encoded("Hej! Lampan")[:5] + "§" + encoded("Hej! Lampan")[5:], "Hej! Lampan", id="stray letter"),
        pytest.param(encoded(LONG).replace("\n", "!\n "), LONG, id="old sendmail's folding"),
        pytest.param(encoded(LONG).replace("\n", "\n\n"), LONG, id="doubled line ends"),
        pytest.param(encoded(LONG, width=75), LONG, id="lines of odd length"),
        pytest.param("\n".join("> " + line for line in encoded(LONG).split("\n")), LONG, id="quoted"),
        pytest.param(encoded("Hej ") + "\n" + encoded("du där."), "Hej du där.", id="two portions"),
        pytest.param(encoded(SHORT).replace("+", "-").replace("/", "_"), SHORT, id="the alphabet of addresses"),
    ],
)
def test_base64_is_read_without_a_warning(body: str, text: str) -> None:
    assert read_body(body) == (text, ())


def test_footer_without_a_line_of_its_own() -> None:
    assert read_body(encoded("Hej! Lampan på!!") + "Skannat av Filter AB") == (
        "Hej! Lampan på!!\nSkannat av Filter AB",
        WARNED,
    )


def test_run_in_the_declared_charset_and_a_footer_in_utf_8() -> None:
    found, _ = read_body(encoded(SHORT, "iso-8859-1").rstrip("=") + "\n\nAvsändaren är okänd.", charset="iso-8859-1")
    assert found == SHORT + "\n\nAvsändaren är okänd."


@pytest.mark.parametrize("body", ["Hejsan", "Hej hej", "Det är ett hål i vägen.\nMvh Anna", "Mvh\nAnna\nEk", "Lampan!"])
def test_words_that_are_declared_as_base64_stay_words(body: str) -> None:
    assert read_body(body) == (body, ("a part that is declared as base64 is not",))


@pytest.mark.parametrize(
    ("body", "text", "warning"),
    [
        (encoded(LONG), LONG, "base64 that is not declared"),
        (
            "H=C3=A5let p=C3=A5 Storgatan =\n=C3=A4r kvar.",
            "Hålet på Storgatan är kvar.",
            "quoted-printable that is not",
        ),
    ],
    ids=["base64", "quoted-printable"],
)
def test_encoding_whose_field_was_lost(body: str, text: str, warning: str) -> None:
    found, warnings = read_body(body, encoding="")
    assert found == text
    assert warnings[0].startswith(warning)


@pytest.mark.parametrize(
    "body",
    ["En formel: a=C3=A5 och b=42, x = 7.", "https://ekvik.example/?a=C3=A5=A5&b=åäö", "AAAABBBBCCCCDDDD" * 4, "A=B=C"],
)
def test_what_only_looks_encoded_stays(body: str) -> None:
    assert read_body(body, encoding="")[0] == body


def test_utf_8_called_latin_1_with_a_sign_that_is_no_letter_of_swedish() -> None:
    assert read_body("Hålet är kvar 😀 – Zoë, Łukasz", "8bit", "iso-8859-1")[0] == "Hålet är kvar 😀 – Zoë, Łukasz"


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1"])
@pytest.mark.parametrize("length", range(100, 160))
def test_a_text_of_any_length_is_read_to_its_end(length: int, charset: str) -> None:
    text = ("Det är ett stort hål i vägen vid Storgatan, precis efter övergångsstället. " * 3)[:length].strip() + "x"
    # Without its padding a short end is known by what it completes, which only UTF-8 tells.
    for body in (encoded(text, charset), *([encoded(text).rstrip("=")] if charset == "utf-8" else [])):
        assert read_body(body, charset=charset) == (text, ())


@pytest.mark.parametrize("word", ["Tack", "Mvh", "Anna", "Bo", "SAAB", "2026"])
def test_a_short_word_below_is_no_group_of_letters(word: str) -> None:
    text = "Det är ett stort hål i vägen vid Storgatan, precis efter."[:54]
    assert read_body(encoded(text) + f"\n{word}\n")[0].split() == [*text.split(), word]


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Co", "Cn"]), max_size=300))
def test_any_text_in_base64_is_read_as_the_text(text: str) -> None:
    found, _ = read_body(encoded(text))
    assert " ".join(found.split()) == " ".join(
        text.replace("\u2028", " ").replace("\u2029", " ").replace("\ufeff", "").split()
    )
