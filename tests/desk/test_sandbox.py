"""What a template may work out, and what would cost more than a letter needs."""

from __future__ import annotations

import html
import re
from urllib.parse import unquote

import pytest
from jinja2 import TemplateError

from service.desk.writing.htmlpart import as_html
from service.desk.writing.markup import read_blocks
from service.desk.writing.sandbox import Source, environment, filled
from service.desk.writing.textpart import as_text
from tests.desk.every_letter import CASE, MAILBOX, NUMBER


def filled_in(body: str) -> str:
    """The body of a letter with this template."""
    sandbox = environment({"a.txt": Source(f"Ämne: x\n{body}", "a.txt")})
    return filled(sandbox, "a", {"left": 3, "name": "Bo"})[1]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("{{ left * 2 }}", "6"),
        ("{{ left % 2 }}", "1"),
        ("{{ 'nya: %d' % left }}", "nya: 3"),
        ("{{ 'låg %d mejl'|format(left) }}", "låg 3 mejl"),
        ("{{ '%.1s.' % name }}", "B."),
        ("{{ 'nu %d av 1000' % left }}", "nu 3 av 1000"),
        ("{{ (left + 1) // 2 - 1 }}", "1"),
        ("{{ name ~ (left + 1) }}", "Bo4"),
        ("{{ 'å'.join([name, 'x']) }} {{ name.replace('o', 'ö').upper() }}", "Boåx BÖ"),
        ("{{ 'a b a'|replace('a', 'c', 1) }} {{ ['a', 'b']|join(', ') }}", "c b a a, b"),
        ("{% for a in [3, 1, 2]|sort if a > 1 %}{{ loop.index }}{{ a }} {% endfor %}", "12 23 "),
        ("{% set n = namespace(x=0) %}{% for a in range(4) %}{% set n.x = n.x + a %}{% endfor %}{{ n.x }}", "6"),
        ("{{ [1, 2]|map('string')|list|length }}{{ 'B' in name }}{{ name[1:] }}", "2Trueo"),
    ],
)
def test_numbers_and_texts_are_filled_in(body: str, expected: str) -> None:
    assert filled_in(body) == expected


@pytest.mark.parametrize(
    "body",
    [
        "{{ name * 1000000000 }}",
        "{{ left ** 9 }}",
        "{{ '%1000000000d' % left }}",
        "{{ '%*d' % (1000000000, 1) }}",
        "{{ '%1000000000d'|format(left) }}",
    ],
)
def test_what_could_fill_the_memory_is_refused(body: str) -> None:
    with pytest.raises(TemplateError):
        filled_in(body)


def test_a_link_opens_a_mail_about_the_case_filled_in() -> None:
    sandbox = environment({"a.txt": Source('Ämne: x\n- {{ "Lämna över"|mailto("#ÖVERLÄMNA\\n") }} nu', "a.txt")})
    body = filled(sandbox, "a", {"mailbox": MAILBOX, "case": CASE})[1]
    link = unquote(html.unescape(re.findall('href="([^"]*)"', as_html(read_blocks(body), "x", []))[0]))
    assert link == f"mailto:{MAILBOX}?subject=Sv: [{NUMBER}]&body=#ÖVERLÄMNA"
    assert as_text(read_blocks(body)).startswith("- Lämna över nu\n")


def test_a_link_can_be_about_another_case_or_none() -> None:
    body = '{{ "a"|mailto("JA", number="EKV-26-00124-M") }} {{ "b"|mailto("1 1", subject="Sv: Att fördela") }}'
    sandbox = environment({"a.txt": Source(f"Ämne: x\n{body}", "a.txt")})
    page = unquote(html.unescape(as_html(read_blocks(filled(sandbox, "a", {"mailbox": MAILBOX})[1]), "x", [])))
    assert "?subject=Sv: [EKV-26-00124-M]&body=JA" in page
    assert "?subject=Sv: Att fördela&body=1 1" in page


def test_a_part_says_the_same_within_its_letter_as_beside_it() -> None:
    """The names that it sets are its own, and its first and last lines stand, blank ones too."""
    parts = {
        "a.txt": 'Ämne: x\n{% set n = "ute" %}\n  {% include "_b.txt" %}\n{{ n }}{% include "_c.txt" %}\n!',
        "_b.txt": '\n{% set n = "inne" %}\n{{ n }}\n\n',
        "_c.txt": '  {% include "_b.txt" %}  ',
    }
    sources = {name: Source(text, name) for name, text in parts.items()}
    beside, within = (filled(environment(sources, measured=measured), "a", {}) for measured in (True, False))
    assert within == beside == ("x", "\ninne\n\nute\ninne\n\n  !")
