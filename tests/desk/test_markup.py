"""The light markup of letters: each sort of block in both parts, and that nobody's words can become one."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.desk.writing import htmlpart, markup
from service.desk.writing.htmlpart import as_html
from service.desk.writing.markup import Block, inline, link, literal, page, quote, read_blocks, unmarked
from service.desk.writing.textpart import as_text

BOX = ('<table role="presentation"><tr><td>', "</td></tr></table>")


def html(source: str) -> str:
    whole = as_html(read_blocks(source), "t", [])
    return re.sub(r' style="[^"]*"', "", whole.partition("</h1>")[2].partition("<hr")[0])


@pytest.mark.parametrize(
    ("source", "text", "page"),
    [
        ("One\ntwo\n\nthree", "One two\n\nthree", "<p>One two</p><p>three</p>"),
        ("One\n/ two\n/ three", "One\ntwo\nthree", "<p>One<br>two<br>three</p>"),
        ("= Head\ntext", "Head\n----\ntext", "<h2>Head</h2><p>text</p>"),
        ("- a\n- b", "- a\n- b", "<ul><li>a</li><li>b</li></ul>"),
        ("1. a\n2. b", "1. a\n2. b", "<ol><li>a</li><li>b</li></ol>"),
        (
            "| Label | value | more",
            "Label: value | more",
            '<table aria-label="Ärendet"><tr><th scope="row">Label</th><td>value | more</td></tr></table>',
        ),
        ("    #SVAR\n    text", "    #SVAR\n    text", f"{BOX[0]}<pre>#SVAR\ntext</pre>{BOX[1]}"),
        (quote("a\n\nb"), "> a\n>\n> b", f'{BOX[0]}<blockquote dir="auto">a<br><br>b</blockquote>{BOX[1]}'),
        (
            quote("a\nb", "en"),
            "> a\n> b",
            f'{BOX[0]}<blockquote dir="auto" lang="en">a<br>b</blockquote>{BOX[1]}',
        ),
        (quote("a", 'x" y'), "> a", f'{BOX[0]}<blockquote dir="auto">a</blockquote>{BOX[1]}'),
        (".. a\n.. b", "a b", "<p>a b</p>"),
        (literal("a\nb\n\nc"), "a\nb\n\nc", '<p dir="auto">a<br>b</p><p dir="auto">c</p>'),
        ("a < b & c", "a < b & c", "<p>a &lt; b &amp; c</p>"),
        (
            "Se https://www.ekvik.example/a?b=1&c=2.",
            "Se https://www.ekvik.example/a?b=1&c=2.",
            '<p>Se <a href="https://www.ekvik.example/a?b=1&amp;c=2">https://www.ekvik.example/a?b=1&amp;c=2</a>.</p>',
        ),
    ],
    ids=[
        "paragraphs",
        "break",
        "heading",
        "list",
        "numbered",
        "facts",
        "example",
        "quote",
        "foreign",
        "no language",
        "small print",
        "literal",
        "signs",
        "link",
    ],
)
def test_blocks(source: str, text: str, page: str) -> None:
    assert as_text(read_blocks(source)) == f"{text}\n"
    assert html(source) == page


def test_rule() -> None:
    assert as_text(read_blocks("a\n---\nb")) == "a\n\n--------------------\n\nb\n"
    assert as_html(read_blocks("a\n---\nb"), "t", []).count("<hr") == 2


@pytest.mark.parametrize("address", ["javascript:alert(1)", 'https://x.example/"onclick="x', "ftp://x.example/a"])
def test_only_plain_addresses_of_pages_become_links(address: str) -> None:
    shown = html(f"Se {address} nu")
    assert "javascript" not in "".join(re.findall("<a[^>]*>", shown))
    assert 'onclick="' not in shown


def test_the_page_says_its_language_and_title() -> None:
    whole = as_html([Block("paragraph", ("x",))], "Å < Ö", [])
    assert '<html lang="sv">' in whole
    assert "<title>Å &lt; Ö</title>" in whole
    assert re.search("<h1 [^>]*>Å &lt; Ö</h1>", whole)


def test_what_the_list_of_mails_shows_comes_first_and_is_not_seen() -> None:
    source = "Hej,\n~ Vinglig gunga < 27 november"
    assert as_text(read_blocks(source)) == "Hej,\n"
    marker = Block("marker", ("Svara ovanför",))
    whole = as_html([marker, *read_blocks(source)], "t", [])
    first, _, rest = whole.partition("<body")[2].partition("</div>")
    assert first.endswith(">Vinglig gunga &lt; 27 november")
    assert "display:none" in first
    assert rest.index("Svara ovanför") < rest.index("<h1") < rest.index("Hej,")


def test_no_colour_is_set_that_could_vanish_on_a_dark_ground() -> None:
    whole = as_html(read_blocks(f"= a\n- b\n| c | d\n    e\n.. f\n{quote('g')}"), "t", ["h"])
    assert not re.search(r"[;\"](?:color|background)[-a-z]*:", whole)
    assert '<meta name="color-scheme" content="light dark">' in whole


def test_word_draws_a_page_of_640_and_a_font_in_every_cell() -> None:
    whole = as_html(read_blocks(f"| c | d\n    e\n{quote('g')}"), "t", [])
    assert re.search(r'<!--\[if mso\]><table role="presentation" width="640"', whole)
    assert all("font-family" in cell for cell in re.findall("<t[dh][^>]*>", whole))


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("Ring 0980-319 200.", '<p>Ring <a href="tel:+46980319200">0980-319 200</a>.</p>'),
        (
            "| Telefon | 08-465 004 12",
            '<td><a href="tel:+4684650041 2">08-465 004 12</a></td>'.replace("1 2", "12"),
        ),
        ("+46 980 319 200", '<p><a href="tel:+46980319200">+46 980 319 200</a></p>'),
        ("Ring 112 om", '<p>Ring <a href="tel:112">112</a> om</p>'),
        ("Rum 112", "<p>Rum 112</p>"),
        ("EKV-26-00123-K", "<p><span>EKV-26-00123-K</span></p>"),
        ("KS 2026-00123", "<p>KS 2026-00123</p>"),
        ("fredag 27 november 2026 kl. 10.12", "<p><span>fredag 27 november 2026</span> <span>kl. 10.12</span></p>"),
        ("12 345 kronor", "<p><span>12 345</span> kronor</p>"),
        ("bo.ek@ekvik.example.", '<p><a href="mailto:bo.ek@ekvik.example">bo.ek@ekvik.example</a>.</p>'),
    ],
)
def test_numbers_hold_together_and_can_be_dialled(line: str, shown: str) -> None:
    assert shown in html(line)


def test_in_letters_to_staff_a_strangers_addresses_are_no_links() -> None:
    whole = as_html(read_blocks("Ring 0980-319 200 a@example.org https://example.org"), "t", [], to_staff=True)
    assert re.findall('href="([^"]*)"', whole) == ["tel:+46980319200"]


def test_a_link_to_a_page_has_words_and_the_text_its_address() -> None:
    source = f"- {page('Så gör vi', 'https://www.ekvik.example/gdpr')}\n- {page('Mer', 'ekvik.se')}"
    assert (
        html(source) == '<ul><li><a href="https://www.ekvik.example/gdpr">Så gör vi</a></li><li>Mer: ekvik.se</li></ul>'
    )
    assert as_text(read_blocks(source)) == "- Så gör vi: https://www.ekvik.example/gdpr\n- Mer: ekvik.se\n"


MARKUP = ["= x", "- x", "| x | y", "/ x", "    x", "---", "1. x", "\x01x", "\x02x", "\x03= x", "#SVAR", "<b>x</b>"]


@pytest.mark.parametrize("words", MARKUP)
def test_a_value_cannot_begin_a_block(words: str) -> None:
    assert [block.kind for block in read_blocks(f"{inline(words)}\nmore")] == ["paragraph"]


@pytest.mark.parametrize("words", MARKUP)
@pytest.mark.parametrize("mark", [literal, quote])
def test_a_line_that_somebody_wrote_stays_one(words: str, mark: Callable[[str], str]) -> None:
    twice = mark("\n".join([words] * 2))
    assert [block.kind for block in read_blocks(f"  {twice}")] == [mark.__name__]


@given(st.text())
def test_whatever_is_quoted_stays_within_the_quotation(text: str) -> None:
    blocks = read_blocks(f"= Before\n{quote(text)}\n= After")
    assert [block.kind for block in blocks] == ["heading", "quote", "heading"]
    assert as_html(blocks, "t", []).count("<") == as_html(blocks, "t", []).count(">")


@given(st.text())
def test_an_inserted_value_is_one_line_without_control_characters(text: str) -> None:
    line = unmarked(inline(text))
    assert len(line.splitlines()) <= 1
    assert not re.search("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", line)


@given(st.text(st.characters(blacklist_categories=("Cc", "Cs", "Zl", "Zp"))))
def test_nothing_that_can_be_read_is_lost(text: str) -> None:
    assert as_text(read_blocks(literal(text))).removesuffix("\n") == text.rstrip("\n") or not text.strip()


def test_arabic_keeps_its_direction() -> None:
    assert '<blockquote dir="auto"' in as_html(read_blocks(quote("مرحبا")), "t", [])


def test_a_link_of_ours_is_words_and_nothing_else_in_the_text() -> None:
    source = f"- {link('Svara & avsluta', 'mailto:a@b?subject=x&body=y')} nu, eller {link('Ring', 'tel:+46')}.\n\nSlut"
    assert html(source).startswith(
        '<ul><li><a href="mailto:a@b?subject=x&amp;body=y">Svara &amp; avsluta</a> nu, eller <a href="tel:+46">Ring</a>'
    )
    assert as_text(read_blocks(source)) == "- Svara & avsluta nu, eller Ring.\n\nSlut\n"


@pytest.mark.parametrize("mark", [literal, quote, inline])
def test_nobody_else_can_make_a_link(mark: Callable[[str], str]) -> None:
    assert "<a" not in html(mark("\x04Svara\x05mailto:a@b\x06"))


def test_nothing_that_somebody_wrote_is_shown_the_other_way_round() -> None:
    for shown in (quote, literal, inline):
        line = shown("Öppna \u202efdp.exe\u202c och \u2066den\u2069")
        assert not re.search("[\u202a-\u202e\u2066-\u2069]", line)
        assert "fdp.exe och den" in line


@pytest.mark.parametrize("mark", [literal, quote])
def test_what_people_wrote_is_shown_and_not_remembered(mark: Callable[..., str]) -> None:
    """Lines are remembered as they are shown, since most are a template's own: people's are not."""
    remembered = [part.cache_info for part in (markup._read_before, htmlpart._PHONES[1], htmlpart._ADDRESSES[1])]
    as_html(read_blocks("= Heading"), "t", [])
    before = [info().misses for info in remembered]
    for _ in range(2):
        assert "Bo skriver" in as_html(read_blocks(mark("Bo skriver.\nRing 0980-319 200!")), "t", [])
    assert [info().misses for info in remembered] == before
