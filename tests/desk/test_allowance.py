"""What filling in a template costs: each value at its full size, each stretch when it is entered, and nothing twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from service.desk.writing.allowance import Bound, allowed, called, paid, rounds, spend
from service.desk.writing.sandbox import Source, environment

MOST = 2**20


def cost(work: Callable[[], object]) -> int:
    """The least allowance with which it comes to its end."""
    too_little, enough = -1, MOST
    while enough - too_little > 1:
        tried = (too_little + enough) // 2
        try:
            with allowed(tried):
                work()
            enough = tried
        except Bound:
            too_little = tried
    assert enough < MOST
    return enough


@pytest.mark.parametrize(
    ("value", "price"),
    [
        ("", 20),
        ("hål", 23),
        (7, 20),
        (True, 20),
        (None, 20),
        (2**63 - 1, 20),
        (-(2**63), 20),
        (range(5), 120),
        ([], 20),
        (["hål", "a"], 20 + 23 + 21),
        (("a",), 41),
        ({"a"}, 41),
        (frozenset({"a"}), 41),
        ({"a": "hål"}, 20 + 20 + 21 + 23),
        ([["a"], ["a"]], 20 + 2 * (20 + 21)),
        (object(), 20),
    ],
)
def test_a_value_costs_all_that_is_in_it(value: object, price: int) -> None:
    assert cost(lambda: paid(value)) == price
    with allowed(price):
        assert paid(value) is value


@pytest.mark.parametrize("number", [2**63, -(2**63) - 1, [2**63]])
def test_a_number_that_is_too_large_is_refused_whatever_is_left(number: object) -> None:
    with allowed(MOST), pytest.raises(Bound) as refused:
        paid(number)
    assert refused.value.said == "a number becomes too large"


@pytest.mark.parametrize(
    ("values", "price"),
    [(["a", "b", "c"], 60), ({}, 0), ("hål", 60), (range(1000), 20_000), (iter("hål"), 60)],
)
def test_a_loop_pays_for_its_rounds_before_the_first_where_they_can_be_counted(values: Any, price: int) -> None:
    with allowed(price):
        assert len([*rounds(values)]) == price // 20
        with pytest.raises(Bound):
            spend(1)


def test_a_loop_over_what_cannot_be_counted_pays_round_by_round() -> None:
    with allowed(40):
        going = rounds(iter("hål"))
        assert [next(going), next(going)] == ["h", "å"]
        with pytest.raises(Bound):
            next(going)


@pytest.mark.parametrize(
    ("function", "given", "named", "price"),
    [
        (len, ("hål",), {}, 50 + 23 + 20),
        (max, (3, 7), {}, 50 + 40 + 20),
        (lambda: None, (), {}, 50 + 20),
        (lambda **_: "", (), {"text": "hål"}, 50 + 20 + 23 + 20),
        (lambda **_: "", (), {"_context": "hål" * 99}, 50 + 20 + 20),
        (reversed, (("a", "b"),), {}, 50 + 62 + 62),
    ],
)
def test_a_call_pays_for_what_it_is_given_and_for_what_it_makes(
    function: Callable[..., Any], given: tuple[object, ...], named: dict[str, object], price: int
) -> None:
    assert cost(lambda: called(function, *given, **named)) == price


def test_nothing_comes_out_of_a_call_piece_by_piece() -> None:
    with allowed(MOST):
        assert called(reversed, ("a", "b")) == ["b", "a"]


def test_one_filling_within_another_has_an_allowance_of_its_own() -> None:
    with allowed(10):
        with allowed(5):
            spend(5)
            with pytest.raises(Bound):
                spend(1)
        with pytest.raises(LookupError), allowed(5):
            raise LookupError
        spend(10)
        with pytest.raises(Bound):
            spend(1)


def of_template(body: str, **facts: object) -> int:
    """What filling it in costs."""
    sandbox = environment({"a.txt": Source(body, "a.txt")})
    template = sandbox.get_template("a.txt")
    return cost(lambda: "".join(template.generate(facts)))


LONG, SHORT = "a" * 5000, "a" * 10
FACTS: dict[str, object] = {"other": "b", "number": 3}


@pytest.mark.parametrize(
    ("body", "goes_through_it"),
    [
        ("{% if big == 'ja' %}{% endif %}", False),
        ("{% if 'ja' == big %}{% endif %}", False),
        ("{% if big in ['ja', 'nej'] %}{% endif %}", False),
        ("{% if big in ('ja', 'nej') %}{% endif %}", False),
        ("{% if big == other %}{% endif %}", True),
        ("{% if big in [other] %}{% endif %}", True),
        ("{% if 'ja' in big %}{% endif %}", True),
        ("{% if 'ja' not in big %}{% endif %}", True),
        ("{% if 'a' < big < 'b' %}{% endif %}", True),
        ("{% if big %}{% endif %}", False),
        ("{% if big is defined %}{% endif %}", False),
        ("{{ (big ~ other)|length }}", True),
        ("{{ big[1:]|length }}", True),
        ("{% for each in big %}{% endfor %}", True),
        ("{{ big }}", True),
    ],
)
def test_what_goes_through_a_text_pays_for_its_length(body: str, goes_through_it: bool) -> None:
    longer = of_template(body, big=LONG, **FACTS) - of_template(body, big=SHORT, **FACTS)
    assert longer >= len(LONG) - len(SHORT) if goes_through_it else longer == 0


@pytest.mark.parametrize(
    ("body", "with_none", "with_five"),
    [
        pytest.param("BODY", 1, 1, id="the whole"),
        pytest.param("{% for each in all %}BODY{% endfor %}", 0, 5, id="a loop"),
        pytest.param("{% for each in all %}{% else %}BODY{% endfor %}", 1, 0, id="what comes in its place"),
        pytest.param("{% for each in all %}{% if each %}BODY{% endif %}{% endfor %}", 0, 5, id="a choice there"),
        pytest.param("{% if all %}BODY{% else %}x{% endif %}", 1, 1, id="a choice"),
        pytest.param("{% if not all %}x{% else %}BODY{% endif %}", 1, 1, id="its other branch"),
        pytest.param("{% if number > 3 %}x{% elif all %}BODY{% endif %}", 1, 1, id="a third"),
        pytest.param("{% macro m() %}BODY{% endmacro %}", 0, 0, id="a part that nobody calls"),
        pytest.param(
            "{% macro m() %}BODY{% endmacro %}{% for a in all %}{% set b = m() %}{% endfor %}", 0, 10, id="one"
        ),
    ],
)
def test_a_stretch_is_paid_for_as_often_as_it_is_entered(body: str, with_none: int, with_five: int) -> None:
    """A choice is paid for with what stands around it; what a part makes is paid for besides."""
    text = "b" * 1000

    def times(many: int) -> int:
        of_text, of_none = (of_template(body.replace("BODY", b), all=["a"] * many, **FACTS) for b in (text, ""))
        return (of_text - of_none) // len(text)

    assert (times(0), times(5)) == (with_none, with_five)
