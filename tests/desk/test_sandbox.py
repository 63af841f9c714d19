"""What a template may work out, and what would cost more than a letter needs."""

from __future__ import annotations

import pytest
from jinja2.exceptions import SecurityError

from service.desk.sandbox import Source, environment, filled


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
    with pytest.raises(SecurityError):
        filled_in(body)
