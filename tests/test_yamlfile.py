import os
import re
from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict

from service.core.faulttexts import CATALOGUE, Said
from service.yamlfile import YamlFault, nearest, parse, read


class Inner(BaseModel):
    model_config = ConfigDict(extra="forbid")

    officer: str = ""
    size: int = 0


class Outer(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str
    inner: Inner = Inner()
    rows: list[Inner] = []


def fault(text: str | bytes) -> str:
    """The only fault of a text, as a line."""
    with pytest.raises(YamlFault) as caught:
        parse(text if isinstance(text, bytes) else text.encode(), "a.yaml").validated(Outer)
    assert len(caught.value.faults) == 1
    return str(caught.value.faults[0])


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("name: a\nnam: b\n", 'a.yaml:2:1: unknown key "nam"; did you mean "name"?'),
        ("\ufeffnam: a\nname: b\n", 'a.yaml:1:1: unknown key "nam"; did you mean "name"?'),
        ("\ufeffname: 1\n", "a.yaml:1:7: should be text, but YAML reads it as a number; put it in quotes"),
        ("name: a\ninner: {oficer: b}\n", 'a.yaml:2:9: unknown key "oficer"; did you mean "officer"?'),
        ("name: a\nrows:\n  - officer: b\n  - ofcer: c\n", 'a.yaml:4:5: unknown key "ofcer"; did you mean "officer"?'),
        ("inner: {}\n", 'a.yaml:1:1: the key "name" is missing'),
        ("", 'a.yaml:1:1: the key "name" is missing'),
        ("name: 0123\n", "a.yaml:1:7: should be text, but YAML reads it as a number; put it in quotes"),
        ("name:\n  - a\n", "a.yaml:2:3: should be text"),
        ("name: a\ninner: b\n", "a.yaml:2:8: should be a mapping of keys and values"),
        ("- a\n", "a.yaml:1:1: should be a mapping of keys and values"),
        ("name: a\nname: hemligt\n", 'a.yaml:2:1: the key "name" comes twice in one mapping'),
        ("name: a\ninner:\n\tofficer: b\n", "a.yaml:3:1: a tab cannot indent a line; use spaces"),
        (
            "name: a: b\n",
            "a.yaml:1:8: a second colon in one line; a text that holds a colon and a space needs quotes",
        ),
        (
            "name: *a\n",
            'a.yaml:1:7: a text cannot begin with "*"; a text that starts with * needs quotes: "*belysning"',
        ),
        (
            "name: a\nrows: [&x {size: 1}, *x]\n",
            "a.yaml:2:8: a mapping or list cannot be used in two places; write it out",
        ),
        (
            "inner: &i {officer: b}\nname: {<<: *i}\n",
            "a.yaml:2:7: a mapping or list cannot be used in two places; write it out",
        ),
        (
            "name: a\ninner:\n  <<: &i {officer: b}\n",
            "a.yaml:3:3: a mapping or list cannot be used in two places; write it out",
        ),
        ("inner: &i {<<: *i}\n", "a.yaml:1:1: not YAML"),
        (
            "name: a\nrows: !!omap [x: 1]\n",
            "a.yaml:2:7: a tag is not understood here; put a text that starts with ! in quotes",
        ),
        (
            "name: a\nrows: !rad [1]\n",
            "a.yaml:2:7: a tag is not understood here; put a text that starts with ! in quotes",
        ),
        ("name: !!bool kanske\n", "a.yaml:1:1: not YAML"),
        ('name: "\\UFFFFFFFF"\n', "a.yaml:1:1: not YAML"),
        ('name: "\\ud800"\n', "a.yaml:1:7: the control character U+D800 is not allowed"),
        ("name: &x [*x]\n", None),
        ("name: !hus a\n", "a.yaml:1:7: a tag is not understood here; put a text that starts with ! in quotes"),
        ("name: a\n2: b\n", "a.yaml:2:1: a key should be text; put it in quotes"),
        ("name: a\nrows: [\n", None),
        ("name: a\x00b\n", "a.yaml:1:8: the control character U+0000 is not allowed"),
        ("name: åå\nrows: \ufffe\n", "a.yaml:2:7: the control character U+FFFE is not allowed"),
        (b"name: a\nrows: \xe5\n", "a.yaml:2:7: the byte 0xe5 is not UTF-8; save the file with the encoding UTF-8"),
        (b"\xff\xfen\x00a\x00", "a.yaml:1:1: the byte 0xff is not UTF-8; save the file with the encoding UTF-8"),
        ("---\nname: a\n---\nname: b\n", None),
    ],
)
def test_a_fault_says_where_and_what(text: str | bytes, line: str | None) -> None:
    said = fault(text)
    assert line is None or said == line
    assert "\n" not in said
    assert "hemligt" not in said


# What people get wrong, where it is said to be, and a word of what is said.
SLIPS = [
    pytest.param('rows:\n  - {officer: "Bo, size: 1}\n  - {officer: "Eva"}\n', "2:15", "opens in line 2", id="quote"),
    pytest.param('name: "Ekvik\ninner: {officer: "b"}\n', "1:7", "opens in line 1", id="quote of a value"),
    pytest.param('name: "Ekvik\n', "1:7", "opens in line 1", id="quote to the end"),
    pytest.param("name: 'Ekvik\ninner: {officer: 'b'}\n", "1:7", "opens in line 1", id="single quote"),
    pytest.param("name: 'it's me'\n", "1:11", "after its closing quotation mark", id="quote inside"),
    pytest.param('name: "a "b" c"\n', "1:11", "after its closing quotation mark", id="quotes inside"),
    pytest.param('name: "c:\\dir"\n', "1:11", "backslash", id="backslash"),
    pytest.param("rows:\n  - officer: b\n    size: 1\n   - officer: c\n", "4:", "line 4 is indented less", id="less"),
    pytest.param("rows:\n  - officer: b\n - officer: c\n", "3:2", "line 3 is indented less", id="less, an item"),
    pytest.param("name: a\n  inner: {}\n", "2:3", "line 2 is indented more", id="more"),
    pytest.param("  name: a\ninner: {}\n", "2:1", "line 2 is indented less", id="all but one"),
    pytest.param("rows:\n  - officer: b\n  name: c\n", "3:3", "a key stands where the items", id="key among items"),
    pytest.param("rows:\n  - officer: b\n   size: 1\n", "3:4", "line 3 is indented less", id="less than in its item"),
    pytest.param("rows:\n  - officer: b\n  -officer: c\n", "3:3", "a dash without a space", id="dash alone"),
    pytest.param("rows: [{size: 1}]]\n", "1:18", '"]" closes nothing', id="bracket too many, at the end"),
    pytest.param("inner: {size: 1}}\nname: a\n", "1:17", '"}" closes nothing', id="brace too many"),
    pytest.param('name: "a" b\nrows: []\n', "1:11", "something follows", id="text after a value"),
    pytest.param("name: ? a\n", "1:7", 'cannot begin with "?"', id="question mark"),
    pytest.param("inner: {<<: 1}\n", "1:", "this line is not YAML", id="merge of nothing"),
    pytest.param("name: a\ninner\nrows: []\n", "2:1", "without a colon", id="no colon"),
    pytest.param("name:a\nrows: []\n", "1:1", "a colon and a space", id="no space"),
    pytest.param("name: a\n<<<<<<< HEAD\nrows: []\n", "2:1", "", id="a merge left over"),
    pytest.param("rows: [{size: 1}, {size: 2}\nname: a\n", "1:7", '"[" that opens in line 1', id="bracket"),
    pytest.param("inner: {size: 1\nname: a\n", "1:8", '"{" that opens in line 1', id="brace"),
    pytest.param("inner: {size: 1 officer: b}\n", "1:2", 'a comma or "}" is missing', id="comma"),
    pytest.param("rows: ]\n", "1:7", '"]" closes nothing', id="bracket too many"),
    pytest.param("name: @a\n", "1:7", 'cannot begin with "@"', id="at"),
    pytest.param("name: & b\n", "1:", 'cannot begin with "&"', id="and"),
    pytest.param("name: > x\n", "1:", "nothing can follow > or |", id="folded"),
    pytest.param("name: - b\n", "1:7", "cannot begin here", id="dash"),
    pytest.param("name: 2026-02-30\n", "1:7", "there is no day 2026-02-30", id="a day that is none"),
    pytest.param("name: a\n...\nrows: []\n", "3:1", "--- or ... ends", id="two documents"),
    pytest.param("name: " + "[" * 1200 + "\n", "1:", "", id="deep"),
    pytest.param("name: a\ninner: {size: fem}\n", "2:15", "should be a number, for example 5", id="no number"),
]


@pytest.mark.parametrize(("text", "place", "says"), SLIPS)
def test_a_slip_is_said_in_plain_words_in_both_languages(text: str, place: str, says: str) -> None:
    said = fault(text)
    assert said.startswith(f"a.yaml:{place}")
    assert says in said
    assert not re.search(r"<\w[\w ]*>|'\?'|Error|token|parser|scalar|block end|stream", said)
    with pytest.raises(YamlFault) as caught:
        parse(text.encode(), "a.yaml").validated(Outer)
    (one,) = caught.value.faults
    assert isinstance(one.message, Said)
    assert one.swedish != one.message
    assert not re.search(r"\b(the|is|line|not|with)\b", one.swedish)


def test_a_mapping_used_nine_times_is_one_fault() -> None:
    assert "cannot be used in two places" in fault(f"name: a\nrows: [&x {{size: 1}}{', *x' * 9}]\n")


def test_every_fault_of_the_catalogue_is_in_both_languages_with_the_same_facts() -> None:
    for kind, (english, swedish) in CATALOGUE.items():
        facts = set(re.findall(r"{(\w+)}", english.replace("{{{{", "").replace("{{", "")))
        assert set(re.findall(r"{(\w+)}", swedish.replace("{{", ""))) <= facts, kind
        assert all((english.strip(), swedish.strip())), kind


def test_all_faults_are_told_in_the_order_of_the_file() -> None:
    with pytest.raises(YamlFault) as caught:
        parse(b"rows:\n  - {size: x}\n  - {officer: 1, colour: red}\n", "a.yaml").validated(Outer)
    assert [(f.line, f.column) for f in caught.value.faults] == [(1, 1), (2, 12), (3, 15), (3, 18)]


def test_an_unknown_key_is_told_before_what_follows_it() -> None:
    with pytest.raises(YamlFault) as caught:
        parse(b"nam: b\nname: 1\n", "a.yaml").validated(Outer)
    assert [f.line for f in caught.value.faults] == [1, 2]


def test_values_are_plain_and_read_as_yaml_1_2(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes('\ufeffa: no\nb: 10:30\nc: [1, "07"]\nd: {e: true, f: ~}\n'.encode())
    plain = read(path).plain
    assert plain == {"a": "no", "b": "10:30", "c": [1, "07"], "d": {"e": True, "f": None}}
    assert [type(value) for value in (plain, plain["a"], plain["c"])] == [dict, str, list]


@pytest.mark.parametrize(("name", "said"), [("none.yaml", "the file is missing"), (".", "the file cannot be read")])
def test_a_file_that_is_not_there(tmp_path: Path, name: str, said: str) -> None:
    with pytest.raises(YamlFault, match=said):
        read(tmp_path / name)


@pytest.mark.parametrize(
    ("word", "right", "suggestion"),
    [
        ("gatapark", ["gata-park", "va"], 'did you mean "gata-park"?'),
        ("KLAGOMAL", ["klagomål", "fråga"], 'did you mean "klagomål"?'),
        ("xyz", ["gata-park", "va"], "known are: gata-park, va"),
        ("xyz", [str(number) * 5 for number in range(40)], ""),
        ("xyz", [], ""),
    ],
)
def test_the_nearest_right_word_is_suggested(word: str, right: list[str], suggestion: str) -> None:
    assert nearest(word, right) == suggestion


def test_a_pipe_in_a_folder_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "synpunkten.yaml")
    with pytest.raises(YamlFault) as caught:
        read(tmp_path / "synpunkten.yaml")
    assert "a pipe, not a file" in str(caught.value.faults[0])
    given, taken = os.pipe()
    os.write(taken, b"poll: 1 s\n")
    os.close(taken)
    assert read(Path(f"/dev/fd/{given}")).plain, "what a shell hands over is read"
    os.close(given)
