"""Letters on paper: what stands where, what the file says of itself, and what no letter may be lost for."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from service.desk.writing import markup
from service.desk.writing.typesetting import Mark, NotSet, Sheet, pdf, pictures
from tests import papers

LAYOUT = (Path(__file__).parents[2] / "templates/letter.typ").read_text("utf-8")
MARK = Mark("svg", b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M1 1h7v5l-3 2-4-2z"/></svg>')


def a_sheet(body: str = "Hej Elsa,\n\nHålet är lagat.", **changed: object) -> Sheet:
    sheet = Sheet(
        title="Svar på din synpunkt",
        number="EKV-26-00123-K",
        town="Ekviks kommun",
        receiver=("Elsa Nyman", "c/o Åsa Öberg", "Norra vägen 3", "123 45 Ekvik"),
        about=("Måndag 21 september 2026", "Ärendenummer EKV-26-00123-K"),
        blocks=tuple(markup.read_blocks(body)),
        foot=("Ekviks kommun", "Box 1, 123 45 Ekvik"),
        day=date(2026, 9, 21),
    )
    return replace(sheet, **changed)  # type: ignore[arg-type]


@pytest.mark.parametrize("mark", [None, MARK])
def test_the_address_and_nothing_else_stands_in_the_window(mark: Mark | None) -> None:
    lines = papers.lines(pdf(a_sheet(mark=mark), LAYOUT).content)
    seen = [line.words for line in lines if line.x >= 105 and 45 <= line.y <= 80]
    assert seen == ["Elsa Nyman", "c/o Åsa Öberg", "Norra vägen 3", "123 45 Ekvik"]
    assert all(line.x < 105 for line in lines if line.y < 90 and line.words not in seen)
    assert min(line.y for line in lines if line.words.startswith("Svar på")) > 95, "below the window"


def test_the_file_is_for_the_archive_and_for_who_reads_by_ear() -> None:
    made = pdf(a_sheet("Hej,\n\n= Vårt svar\n- ett\n- två", mark=MARK), LAYOUT)
    with pikepdf.open(io.BytesIO(made.content)) as file:
        told = file.open_metadata()
        assert (told["pdfaid:part"], told["pdfaid:conformance"], told["pdfuaid:part"]) == ("2", "A", "1")
        assert told["dc:title"] == "Svar på din synpunkt, EKV-26-00123-K"
        assert str(told["xmp:CreateDate"]).startswith("2026-09-21")
        assert (str(file.Root.Lang), bool(file.Root.MarkInfo.Marked)) == ("sv", True)
        assert [kind for kind in _kinds(file.Root.StructTreeRoot.K) if kind in {"Figure", "H1", "H2", "L", "LI"}] == [
            "Figure", "H1", "H2", "L", "LI", "LI",
        ]  # fmt: skip
    assert made.lost == ""


def _kinds(node: object) -> list[str]:
    if isinstance(node, pikepdf.Array):
        return [kind for each in node for kind in _kinds(each)]
    if not isinstance(node, pikepdf.Dictionary) or "/S" not in node:
        return []
    return [str(node["/S"]).removeprefix("/"), *_kinds(node.get("/K"))]


def _languages(node: object) -> set[str]:
    if isinstance(node, pikepdf.Array):
        return {code for each in node for code in _languages(each)}
    if not isinstance(node, pikepdf.Dictionary):
        return set()
    return {str(node.get("/Lang", ""))} | _languages(node.get("/K"))


def test_the_same_letter_gives_the_same_bytes() -> None:
    assert pdf(a_sheet(mark=MARK), LAYOUT) == pdf(a_sheet(mark=MARK), LAYOUT)


@pytest.mark.parametrize(
    "words",
    ["Tack för å, ä och ö.", "Äitini kotipalvelu myöhästyy", "č ž ł ș ğ", "Привіт", "γειά", "שלום", "⁂ • € ½ 😊"],
)
def test_the_typefaces_that_ship_have_the_letters(words: str) -> None:
    made = pdf(a_sheet(markup.literal(words)), LAYOUT)
    assert made.lost == ""
    shown = "".join(papers.text(made.content).split())
    assert sorted(set(words) - {" "}) == sorted(set(words) & set(shown))


def test_arabic_is_set_from_the_right_in_its_own_language() -> None:
    made = pdf(a_sheet(markup.literal("الإضاءة في الملعب لا تعمل منذ أسبوع.")), LAYOUT)
    assert made.lost == ""
    with pikepdf.open(io.BytesIO(made.content)) as file:
        assert "ar" in _languages(file.Root.StructTreeRoot.K)
    x = max(line.x for line in papers.lines(made.content) if re.search("[\u0600-\u06ff]", line.words))
    assert x > 100, "it begins at the right"


def test_a_letter_that_no_typeface_has_is_named_and_shown_as_a_box() -> None:
    made = pdf(a_sheet(markup.literal("Hej \U0001e900\u202c och \U0001e901")), LAYOUT)
    assert made.lost == "\U0001e900\U0001e901"
    assert "Hej □ och □" in papers.text(made.content)


@pytest.mark.parametrize(
    ("words", "lost"),
    [
        ("a\ud800b", ""),  # half a character
        ("\u202e\ub1b8\u0301\U000e0001", ""),  # made the typesetter fail inside
        ("\ue000 \ufeff\uffff", "\ue000\uffff"),  # nobody's characters
        ("\u2066x\u2069 \u263a\ufe0f", ""),
    ],
)
def test_characters_that_no_archive_takes_cost_no_letter(words: str, lost: str) -> None:
    made = pdf(a_sheet(markup.literal(words), receiver=(words,)), LAYOUT)
    assert made.lost == lost
    assert "Svar på din synpunkt" in papers.text(made.content)


def test_a_fault_inside_the_typesetter_is_no_more_than_a_letter_that_is_not_made(monkeypatch: Any) -> None:
    class PanicException(BaseException):
        pass

    def fails(*_: object, **__: object) -> None:
        raise PanicException

    monkeypatch.setattr("typst.compile_with_warnings", fails)
    with pytest.raises(NotSet):
        pdf(a_sheet(), LAYOUT)


@pytest.mark.parametrize("words", ["#panic() $x$ *a* `b` @c <d> \\ //", '"]) #import "x"', "= Rubrik"])
def test_nothing_that_people_write_is_taken_for_typst(words: str) -> None:
    assert words in papers.text(pdf(a_sheet(markup.literal(words), receiver=(words,)), LAYOUT).content)


def test_a_long_letter_tells_its_pages() -> None:
    text = papers.text(pdf(a_sheet("\n\n".join(["Vi har lagat hålet. " * 40] * 8)), LAYOUT).content)
    assert [line for line in text.split("\n") if "sida" in line] == [
        "EKV-26-00123-K, sida 1 (2)",
        "EKV-26-00123-K, sida 2 (2)",
    ]


def test_a_mark_that_is_no_picture_costs_no_letter() -> None:
    assert "Hålet är lagat." in papers.text(pdf(a_sheet(mark=Mark("svg", b"<svg oops")), LAYOUT).content)


def test_a_faulty_layout_is_said_without_a_word_of_the_letter() -> None:
    with pytest.raises(NotSet) as caught:
        pdf(a_sheet(), "#nothing-like-it()")
    assert "Elsa" not in str(caught.value)


def test_the_pages_can_be_looked_at() -> None:
    assert [page.startswith("<svg") for page in pictures(a_sheet(), LAYOUT)] == [True]
