"""The quick reader and the careful one read the same, and the quick one leaves alone what it does not know."""

from __future__ import annotations

from pathlib import Path

import pytest
from ruamel.yaml.resolver import implicit_resolvers

from service import yamlquick
from service.yamlfile import Document, YamlFault, parse

RULES = Path(__file__).parent.parent / "rules"


def test_both_take_the_same_scalars_for_something_else_than_text() -> None:
    scalars = ["", "~", "null", "Null", "<<", "=", "!", "&", "*", "true", "False", "0", "-12", "+1_000", "0b1", "0o17"]
    scalars += ["017", "0x1F", "1.5", ".5", "1e3", "-.inf", ".NaN", "2026-05-04", "2026-05-04T09:12:00Z", "2026-5-4"]
    scalars += [
        "10:30",
        "no",
        "yes",
        "tack",
        "nu",
        "-",
        "0771-921 921",
        "1,5",
        "0b2",
        "12 st",
        "2026-05",
        "..",
        "1.2.3",
    ]
    by_library = [
        any(form.match(each) for versions, _, form, _ in implicit_resolvers if (1, 2) in versions) for each in scalars
    ]
    by_us = [any(form.match(each) for form in yamlquick._NO_TEXT) for each in scalars]
    assert [each for each, is_one, taken in zip(scalars, by_library, by_us, strict=True) if is_one and not taken] == []
    firsts = {first for versions, _, _, any_of in implicit_resolvers if (1, 2) in versions for first in any_of}
    assert firsts - {""} == yamlquick._MAY_BE_NO_TEXT


def carefully(text: str) -> Document:
    """What the careful reader makes of a text that it can read."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(yamlquick, "read", lambda _text: None)
        return parse(text.encode(), "a.yaml")


def typed(value: object) -> object:
    """The value with the types of its parts, those of the library taken for the plain ones that they are."""
    if isinstance(value, dict):
        return {key: typed(each) for key, each in value.items()}
    if isinstance(value, list):
        return [typed(each) for each in value]
    plain = next(kind for kind in (bool, int, float, str, object) if isinstance(value, kind))
    return plain, value


def assert_alike(text: str) -> None:
    quick, careful = yamlquick.read(text), carefully(text)
    assert quick
    assert typed(quick.plain) == typed(careful.plain)
    assert quick.keys == careful._keys
    assert quick.values == careful._values


@pytest.mark.parametrize("path", sorted(RULES.rglob("*.yaml")), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_the_shipped_rules_are_read_alike(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    if yamlquick.read(text):
        assert_alike(text)


def test_most_shipped_files_are_read_quickly() -> None:
    paths = list(RULES.rglob("*.yaml"))
    assert sum(yamlquick.read(path.read_text(encoding="utf-8")) is not None for path in paths) > len(paths) * 0.8


@pytest.mark.parametrize(
    "text",
    [
        "a: b", "- a\n- b\n", "a: 1\nb: -5\nc: 0\n", "a: 2026-05-15", "a: TRUE\nb: True\nc: false\n",
        "a: yes\nb: off\nc: n\nd: NULL\ne: ~\nf: ''\n", "a: 'x\n  y'\n", "a: x\n y\n", "? a\n: b\n",
        "a: >\n  folded\n  text\n\n  more\nb: |\n  lit\n   eral\n", 'a: [10:30, "å\\u00e4", 12:30:45]',
        "{Vad gäller det?: [Förskola]}", "# c\na: b # c\n", "a: b\n...\n", "--- \na: b", "a: b:c", "a: [b:c]",
        '{"a":1}', "a: http://x.se/#y", "  a: b", "a: 'it''s'", 'a: "\\/x"', "a: [a,b,]", "a: b %x", "- - - a\n",
        "a:\n- b\n- c\n", "\ufeffa: b", "a: Null x", "a: ~x", "a: 2026-5-1", "a: é\nö: [ä, {å: 1}]",
        "a: " + "x" * 10_000, "a: -x", "a: .x", "a: 1a", "a: 0500-112 00", "a: 1-2",
    ],
)  # fmt: skip
def test_both_read_the_same_at_the_same_place(text: str) -> None:
    assert_alike(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "a:\nb:\n", "a: {b: , c}", "a: 0123", "a: 0x1f", "a: 1_000", "a: 1.5", "a: 1e3", "a: +5", "a: .inf",
        "a: 99999999999999999999999", "a: 2026-05-15T10:00:00Z", "a: 2026-13-15", "a: 1\na: 2\n", "a: &x b\nc: *x",
        "a: !x b", "<<: {a: b}", "=: a", "1: a", "true: b", "a: b\n---\nc: d", "a: - b", "a: @x", "a: [", "a:\tb",
        "a: b\u2028c: d", "%YAML 1.1\n---\na: b", "[" * 100_000, "{a: " * 100_000, "[" * 60 + "]" * 60,
    ],
)  # fmt: skip
def test_what_is_out_of_the_ordinary_is_left_to_the_careful_reader(text: str) -> None:
    assert yamlquick.read(text) is None


def test_a_fault_is_told_by_the_careful_reader() -> None:
    with pytest.raises(YamlFault, match="comes twice"):
        parse(b"a: 1\na: 2\n", "a.yaml")
