"""The light markup of letters: each sort of block in both parts, and that nobody's words can become one."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.desk.markup import Block, as_html, as_text, inline, link, literal, quote, read_blocks, unmarked


def html(source: str) -> str:
    page = as_html(read_blocks(source), "t", [])
    return re.sub(r' style="[^"]*"', "", page.partition('<div style="max-width:640px">')[2].partition("<hr")[0])


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
            '<table><tr><th scope="row">Label</th><td>value | more</td></tr></table>',
        ),
        ("    #SVAR\n    text", "    #SVAR\n    text", "<pre>#SVAR\ntext</pre>"),
        (quote("a\n\nb"), "> a\n>\n> b", '<blockquote dir="auto">a<br><br>b</blockquote>'),
        (literal("a\nb\n\nc"), "a\nb\n\nc", '<p dir="auto">a<br>b</p><p dir="auto">c</p>'),
        ("a < b & c", "a < b & c", "<p>a &lt; b &amp; c</p>"),
        (
            "Se https://www.ekvik.example/a?b=1&c=2.",
            "Se https://www.ekvik.example/a?b=1&c=2.",
            '<p>Se <a href="https://www.ekvik.example/a?b=1&amp;c=2">https://www.ekvik.example/a?b=1&amp;c=2</a>.</p>',
        ),
    ],
    ids=["paragraphs", "break", "heading", "list", "numbered", "facts", "example", "quote", "literal", "signs", "link"],
)
def test_blocks(source: str, text: str, page: str) -> None:
    assert as_text(read_blocks(source)) == f"{text}\n"
    assert html(source) == page


def test_rule() -> None:
    assert as_text(read_blocks("a\n---\nb")) == "a\n\n--------------------\n\nb\n"
    assert as_html(read_blocks("a\n---\nb"), "t", []).count("<hr") == 2


@pytest.mark.parametrize("address", ["javascript:alert(1)", 'https://x.example/"onclick="x', "ftp://x.example/a"])
def test_only_plain_addresses_of_pages_become_links(address: str) -> None:
    page = html(f"Se {address} nu")
    assert "javascript" not in "".join(re.findall("<a[^>]*>", page))
    assert 'onclick="' not in page


def test_the_page_says_its_language_and_title() -> None:
    page = as_html([Block("paragraph", ("x",))], "Å < Ö", [])
    assert '<html lang="sv">' in page
    assert "<title>Å &lt; Ö</title>" in page


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


def test_a_link_of_ours_has_words_in_both_parts_and_its_address_below_the_text() -> None:
    source = f"- {link('Svara & avsluta', 'mailto:a@b?subject=x&body=y')} nu, eller {link('Ring', 'tel:+46')}.\n\nSlut"
    assert html(source).startswith(
        '<ul><li><a href="mailto:a@b?subject=x&amp;body=y">Svara &amp; avsluta</a> nu, eller <a href="tel:+46">Ring'
    )
    assert as_text(read_blocks(source)) == (
        "- Svara & avsluta nu, eller Ring.\n\nSlut\n\n"
        "Länkar till färdiga mejl\n\nSvara & avsluta:\nmailto:a@b?subject=x&body=y\n\nRing:\ntel:+46\n"
    )


def test_many_links_do_not_fill_the_text() -> None:
    source = "\n".join(f"- {link('Svara', f'mailto:a@b?subject={number}')}" for number in range(9))
    assert as_text(read_blocks(source)) == "- Svara\n" * 9
    assert html(source).count("<a href") == 9


@pytest.mark.parametrize("mark", [literal, quote, inline])
def test_nobody_else_can_make_a_link(mark: Callable[[str], str]) -> None:
    assert "<a" not in html(mark("\x04Svara\x05mailto:a@b\x06"))
