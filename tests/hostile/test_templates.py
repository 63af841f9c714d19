"""Own wordings that go on, or grow: each comes to its end within an ordinary memory, and says what is wrong.

Each is filled in by a process of its own, with limits of memory and of the processor's time: what the service does not
stop ends there, and takes nothing else with it.
"""

from __future__ import annotations

import multiprocessing
import resource
from multiprocessing.connection import Connection
from pathlib import Path

import pytest
from jinja2 import TemplateError

from service.core.faulttexts import Said
from service.desk.writing.sandbox import Source, environment, filled, said_of
from service.desk.writing.stationery import Stationery
from service.desk.writing.wording import tried
from service.resources import shipped
from tests.desk.every_letter import FULL, MAILBOX

MEMORY = 300_000_000
"""Bytes that a filling may need besides what the process has from its start."""
SECONDS = 60
"""Of the processor: what takes so long takes for ever."""
FORKED = multiprocessing.get_context("fork")


def outcome(body: str) -> str:
    """What becomes of a letter with this template: its fault in one line, or "filled"."""
    reader, writer = FORKED.Pipe(duplex=False)
    process = FORKED.Process(target=_fill, args=(body, writer))
    process.start()
    writer.close()
    try:
        return str(reader.recv())
    except EOFError:
        return "the process came to its limits"
    finally:
        process.join()


def _fill(body: str, writer: Connection) -> None:
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + MEMORY,) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    parts = {"a.txt": f"Ämne: x\n{body}", "part.txt": "del", "itself.txt": "{% include 'itself.txt' %}" * 2}
    try:
        filled(environment({name: Source(text, name) for name, text in parts.items()}), "a", {"name": "Bo", "left": 3})
    except MemoryError:
        writer.send("no memory")
    except (TemplateError, RecursionError) as error:
        writer.send(str(said_of(error)))
    else:
        writer.send("filled")


def grows(first: str, then: str, times: int = 60, end: str = "{{ ns.x|length }}") -> str:
    """A template in whose loop x becomes something else."""
    loop = f"{{% for i in range({times}) %}}{{% set ns.x = {then} %}}{{% endfor %}}"
    return f"{{% set ns = namespace(x={first}, y=1) %}}{loop}{end}"


TOO_MUCH = "the template does more than a letter needs; does a loop go on, or a text grow?"
TOO_LARGE = "a number becomes too large"
LONG = "{% set big %}{% for i in range(80000) %}ab{% endfor %}{% endset %}{% for i in range(100000) %}"
DEEP = "(0,)", "(ns.x, ns.x)", 60

TEXTS = [
    grows("'ab'", "ns.x ~ ns.x"),
    grows("'ab'", "ns.x + ns.x"),
    grows("'ab'", "(ns.x ~ ns.x)[0:]"),
    grows("'ab'", "ns.x.join(['c', 'd', 'e'])"),
    grows("'ab'", "[ns.x, ns.x]|join(ns.x)"),
    grows("'ab'", "ns.x.replace('a', 'aaaaa')"),
    grows("'ab'", "ns.x|replace('', 'aaaaa')"),
    grows("'ab'", "[ns.x]|map('replace', 'a', ns.x)|join"),
    grows("'ab'", "'%s%s' % (ns.x, ns.x)"),
    grows("'ab'", "'%s%s'|format(ns.x, ns.x)"),
    grows("'ab'", "(ns.x, ns.x)|joined"),
    grows("'ab '", "ns.x|page(ns.x)"),
    grows("'å '", "(ns.x ~ ns.x)|literal"),
    "{% set n = namespace(x='ab') %}{% for i in range(60) %}{% set n.x %}{{ n.x }}{{ n.x }}{% endset %}{% endfor %}",
    "{% macro m(x) %}{{ x }}{{ x }}{% endmacro %}{{ " + "m(" * 40 + "'abcd'" + ")" * 40 + " }}",
    "{% macro m() %}{{ caller() }}{{ caller() }}{% endmacro %}" + "{% call m() %}" * 40 + "abcd" + "{% endcall %}" * 40,
]
LISTS = [
    grows("[0]", "ns.x + ns.x"),
    grows("[0]", "ns.x[:] + ns.x"),
    grows("['a']", "ns.x|list + ns.x"),
    grows(*DEEP, "{{ ns.x }}"),
    grows(*DEEP, "{{ ns.x ~ 1 }}"),
    grows(*DEEP, "{{ '%s' % (ns.x,) }}"),
    grows(*DEEP, "{{ ns.x|string }}"),
    grows(*DEEP, "{{ ns.x == [ns.x] }}"),
    grows(*DEEP, "{{ {'a': 1}[ns.x] }}"),
    grows(*DEEP, "{{ {'a': 1}.get(ns.x) }}"),
    grows(*DEEP, "{{ [ns.x]|select('in', [ns.x]) }}"),
    grows("[1]", "ns.x|select", 100_000),
    grows("[1]", "ns.x|map('string')", 100_000),
    "{% set all = [1] %}{% for each in all %}{% set _ = all.append(1) %}{% endfor %}",
    "{{ range(1000000000)|list }}",
    "{{ range(1000000000)|join }}",
    "{{ range(1000000000) }}",
]
LOOPS = [
    "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
    "{% set all = range(9000)|list %}{% for a in all %}{% for b in all if false %}{% endfor %}{% endfor %}",
    "{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(60) }}",
    "{% for i in range(99999) %}{% include 'part.txt' %}{% endfor %}",
    LONG + "{% if 'abb' in big %}{% endif %}{% endfor %}",
    LONG + "{% if big[1:] %}{% endif %}{% endfor %}",
    LONG + "{% if big.count('abb') %}{% endif %}{% endfor %}",
    LONG + "{% if big is upper %}{% endif %}{% endfor %}",
    LONG + "{% if big == big ~ 'a' %}{% endif %}{% endfor %}",
]
NUMBERS = [
    grows("9", "ns.x * ns.x", 40),
    grows("9", "ns.x + ns.x", 90_000),
    grows("9", "ns.x - -ns.x", 90_000),
    "{{ '" + "9" * 30 + "'|int }}",
]


@pytest.mark.parametrize("body", [*TEXTS, *LISTS, *LOOPS])
def test_what_goes_on_or_grows_is_stopped(body: str) -> None:
    assert outcome(body) == TOO_MUCH


@pytest.mark.parametrize("body", NUMBERS)
def test_numbers_stay_numbers(body: str) -> None:
    assert outcome(body) == TOO_LARGE


@pytest.mark.parametrize(
    "body",
    [
        "{% include 'itself.txt' %}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{% block b %}{{ self.b() }}{% endblock %}",
        "{% set all = [1] %}{% set _ = all.append(all) %}{{ all }}",
    ],
)
def test_what_holds_itself_is_told_so(body: str) -> None:
    assert outcome(body) == "a template takes in itself, without end"


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("{{ name.center(300000000) }}", "center"),
        ("{% if left > 9 %}{{ name.ljust(300000000) }}{% endif %}", "ljust"),
        ("{{ '{:>300000000}'.format(1) }}", "format"),
        ("{{ (1).to_bytes(300000000, 'big') }}", "to_bytes"),
        ("{{ name.expandtabs(300000000) }}", "expandtabs"),
        ("{% set fill = name.center %}{{ fill(300000000) }}", "center"),
        ("{% set fill = name['zfill'] %}{{ fill(300000000) }}", "zfill"),
        ("{{ [name]|map(attribute='center') }}", "center"),
        ("{{ name.__class__ }}", "__class__"),
        ("{{ [].extend(name) }}", "extend"),
    ],
)
def test_methods_that_letters_have_no_use_for_are_none(body: str, name: str) -> None:
    assert outcome(body) == f"templates may not use .{name}"


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("{{ name|center(300000000) }}", "center"),
        ("{{ name|indent(300000000) }}", "indent"),
        ("{{ left|round(300000000) }}", "round"),
        ("{{ [1]|slice(300000000)|list }}", "slice"),
        ("{{ [1]|batch(300000000, 0)|list }}", "batch"),
        ("{{ name|attr('center') }}", "attr"),
        ("{% if left > 9 %}{{ name|wordwrap(1) }}{% endif %}", "wordwrap"),
        ("{{ [name]|map('center', 300000000) }}", "center"),
        ("{{ name is callable }}", "callable"),
    ],
)
def test_filters_that_letters_have_no_use_for_are_none(body: str, name: str) -> None:
    assert outcome(body) == f'there is no filter or test "{name}"'


@pytest.mark.parametrize(
    "body",
    [
        "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}",
        "{{ " + "not " * 20000 + "1 }}",
        "{{ " + "1+" * 20000 + "1 }}",
        "{{ " + "9" * 5000 + " }}",
        "{% if 1 %}" * 300 + "{% endif %}" * 300,
        "{% for a in [1] %}" * 40 + "{% endfor %}" * 40,
        "{{ {left: 1} }}",
    ],
)
def test_what_nobody_can_read_is_a_fault_of_the_template(body: str) -> None:
    assert outcome(body) == "a {{ … }} or {% … %} in this line is not rightly written"


def test_a_very_long_template_is_refused() -> None:
    assert outcome("a" * 100_001) == "the template is longer than 100000 characters"


@pytest.mark.parametrize(
    "body",
    [
        "{% for a in range(1000) %}{% for b in ['x', 'y', 'z'] %}{{ a }}{{ b }}{% endfor %}{% endfor %}",
        "{% set all = [] %}{% for a in range(1000) %}{% set _ = all.append('ord' ~ a) %}{% endfor %}{{ all|joined }}",
        "{% for a in range(1000) %}{% include 'part.txt' %}{% endfor %}",
    ],
)
def test_what_a_long_list_needs_is_not_stopped(body: str) -> None:
    assert outcome(body) == "filled"


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("Hej!\n{% if clicks and not clicks %}\n{{ mailbox.center(9) }}\n{% endif %}", 5),
        ("Hej!\n\n{% if not clicks and clicks %}{{ mailbox|indent(9) }}{% endif %}", 5),
        ("Hej!\n" + grows("9", "ns.x * ns.x", 40, "\nTack!"), 4),
        ("Hej!\n\n" + grows("'ab'", "ns.x ~ ns.x"), 5),
        ("Hej!\n{% for a in range(99999) %}\n{% for b in range(99999) %}\n{% endfor %}\n{% endfor %}", 5),
    ],
)
def test_the_fault_has_file_and_line_also_where_no_sample_comes_by(tmp_path: Path, body: str, line: int) -> None:
    own = tmp_path / "templates"
    own.mkdir()
    (own / "receipt.txt").write_text(f"Ämne: Tack\n\n{body}\n")
    stationery, (fault,) = tried(Stationery(shipped("templates"), own), FULL, MAILBOX)
    assert (fault.file, fault.line, stationery.own) == (str(own / "receipt.txt"), line, ())
    assert isinstance(fault.message, Said)
