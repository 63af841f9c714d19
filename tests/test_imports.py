"""The house: three rings whose imports point inward only, and a core without a clock, an environment or a log.

`faults` judges the source text of one module; the tests below run it on every module under `service/`, and on invented
modules, one for each rule, to show that each rule can be broken.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

SERVICE = Path(__file__).parent.parent / "service"

CORE, DESK, DOORS = {"core"}, {"core", "desk"}, {"core", "desk", "doors"}
BESIDE = {"core", "config", "rulesfolder", "yamlfile", "yamlquick", "yamlsyntax"}
MAY_IMPORT = {
    "core": CORE,
    "desk": DESK,
    "doors": DOORS,
    "config": BESIDE | {"doors", "glance", "resources"},
    "glance": {"yamlquick"},
    "rulesfolder": BESIDE,
    "yamlfile": BESIDE,
    "yamlquick": set(),
    "resources": set(),
    "logs": {"config"},
    "yamlsyntax": BESIDE,
    "rulescheck": DESK | BESIDE | {"resources"},
    "inforce": DESK | BESIDE | {"rulescheck"},
    "gallery": DESK,
    "examination": DOORS | BESIDE | {"examination", "rulescheck"},
    "giving": DESK | BESIDE | {"giving", "resources"},
    "rehearsal": DOORS | BESIDE | {"giving", "inforce", "rehearsal"},
    "takeover": DESK | BESIDE | {"takeover"},
    "safekeeping": DOORS | BESIDE | {"safekeeping"},
    "setup": DOORS | BESIDE | {"examination", "resources", "setup"},
    "stations": DOORS | BESIDE | {"inforce"},
    "crew": DOORS | {"stations"},
    "seeing": DOORS | BESIDE | {"__version__", "seeing", "stations"},
    "daemon": DOORS | BESIDE | {"crew", "inforce", "resources", "seeing", "stations"},
    "demo": DOORS | BESIDE | {"daemon", "demo", "giving", "logs", "resources", "stations"},
    "cli": DOORS
    | BESIDE
    | {
        "cli",
        "daemon",
        "demo",
        "examination",
        "gallery",
        "giving",
        "glance",
        "logs",
        "rehearsal",
        "resources",
        "rulescheck",
        "setup",
        "safekeeping",
        "seeing",
        "stations",
        "takeover",
    },
    "reference": {"cli", "config", "core", "reference", "resources"},
    "__main__": {"cli"},
}
"""What the modules of each ring, and of the places beside the rings, may import of this package."""

PURE = {"flufl", "holidays", "idna", "inscriptis", "lxml", "mailparser", "msgspec", "snowballstemmer", "tnefparse"}
"""The libraries that work on values alone, which every module of the core may use."""
IMPURE = {
    "asyncio",
    "http",
    "imaplib",
    "pathlib",
    "shutil",
    "smtplib",
    "socket",
    "sqlite3",
    "ssl",
    "subprocess",
    "tempfile",
    "threading",
}
"""The parts of the standard library that the core has no business with: network, disk, processes, threads."""

RULEBOOK = tuple(
    f"service.core.rules.{name}"
    for name in ("fieldtypes", "mailing", "municipality", "publishing", "rulebook", "settings", "trusting")
)
ONLY_IN = {
    "aiosmtplib": ("service.doors.smtp", "service.doors.transfer"),
    "imapclient": ("service.doors.imap", "service.doors.imaplogin", "service.doors.inbox", "service.doors.link"),
    "typst": ("service.desk.writing.typesetting",),
    "mailparser": ("service.core.message", "service.core.reading"),
}
"""The modules, with what is below them, that alone may import a library."""
ONLY_IN_OF_THE_CORE = {"email_validator": RULEBOOK, "pydantic": (*RULEBOOK, "service.core.takeover.mapping")}
"""The same for libraries that are free outside the core: inside it they describe files that people write."""

CLOCK = {
    "datetime.date.today",
    "datetime.datetime.now",
    "datetime.datetime.today",
    "datetime.datetime.utcnow",
    "time.time",
    "time.time_ns",
}
ENVIRONMENT = {"os.environ", "os.environb", "os.getenv"}
SILENCING = {"setLevel", "disabled"}


def faults(module: str, source: str, package: bool = False) -> list[str]:
    """What is wrong with the imports and the names of a module, one line each. package: it is an `__init__.py`."""
    tree = ast.parse(source)
    ring = module.split(".")[1] if "." in module else ""
    targets = list(imports(tree, module if package else module.rpartition(".")[0]))
    found = [fault for target in targets for fault in import_faults(module, ring, target)]
    if ring in DESK:
        found += [f"{name} in {ring}" for name in used(tree) if name in CLOCK | ENVIRONMENT]
    if ring in CORE:
        found += core_faults(tree, targets)
    return sorted(set(found))


def import_faults(module: str, ring: str, target: str) -> Iterator[str]:
    top, _, rest = target.partition(".")
    place = rest.partition(".")[0]
    if top == "service" and place not in MAY_IMPORT.get(ring, set()):
        yield f"{ring or module} imports {target}"
    alone = ONLY_IN.get(top) or (ONLY_IN_OF_THE_CORE.get(top) if ring in CORE else None)
    if alone and not any(module == only or module.startswith(f"{only}.") for only in alone):
        yield f"{module} imports {top}"
    stranger = top not in sys.stdlib_module_names and top not in PURE and top != "service" and not alone
    if ring in CORE and (stranger or top in IMPURE):
        yield f"core imports {top}"


def core_faults(tree: ast.AST, targets: list[str]) -> Iterator[str]:
    """A library's logger may be silenced, since what it logs may be personal data; nothing may be logged."""
    silenced = sum(
        isinstance(node, ast.Attribute) and isinstance(node.value, ast.Call) and node.attr in SILENCING
        for node in ast.walk(tree)
    )
    names = list(used(tree))
    if names.count("logging.getLogger") > silenced:
        yield "core keeps a logger"
    for name in names:
        if name.startswith("logging.") and name not in {"logging.getLogger", "logging.CRITICAL"}:
            yield f"core uses {name}"
        if name == "open":
            yield "core opens a file"
    if any(target.startswith("logging.") for target in targets):
        yield "core imports from logging"


def imports(tree: ast.AST, parent: str) -> Iterator[str]:
    """The full dotted name of everything that is imported; parent is the package that relative imports start from."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            levels = parent.split(".")[: len(parent.split(".")) - node.level + 1] if node.level else []
            base = ".".join([*levels, *([node.module] if node.module else [])])
            yield from (f"{base}.{alias.name}" for alias in node.names)


def used(tree: ast.AST) -> Iterator[str]:
    """The full dotted name of every name and attribute in use, seen through `import … as …`."""
    known: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            known |= {
                alias.asname or alias.name.split(".")[0]: alias.name if alias.asname else alias.name.split(".")[0]
                for alias in node.names
            }
        elif isinstance(node, ast.ImportFrom):
            known |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    for node in ast.walk(tree):
        if name := dotted(node, known):
            yield name


def dotted(node: ast.AST, known: dict[str, str]) -> str:
    if isinstance(node, ast.Name):
        return known.get(node.id, node.id)
    if isinstance(node, ast.Attribute) and (base := dotted(node.value, known)):
        return f"{base}.{node.attr}"
    return ""


def modules() -> Iterator[tuple[str, Path]]:
    for path in sorted(SERVICE.rglob("*.py")):
        parts = path.relative_to(SERVICE.parent).with_suffix("").parts
        yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


@pytest.mark.parametrize(("module", "path"), [pytest.param(*found, id=found[0]) for found in modules()])
def test_module_keeps_the_rules_of_the_house(module: str, path: Path) -> None:
    assert faults(module, path.read_text(encoding="utf-8"), package=path.name == "__init__.py") == []


def test_every_ring_is_looked_at() -> None:
    assert {"core", "desk", "doors"} <= {module.split(".")[1] for module, _ in modules() if "." in module}


@pytest.mark.parametrize(
    ("module", "source", "expected"),
    [
        pytest.param("core.a", "import service.desk.b", "core imports service.desk.b", id="core, desk"),
        pytest.param("core.a", "from service.doors import b", "core imports service.doors.b", id="core, doors"),
        pytest.param("core.a", "from service import config", "core imports service.config", id="core, config"),
        pytest.param("core.a.b", "from ...desk import c", "core imports service.desk.c", id="relative import"),
        pytest.param(
            "core.a", "def f():\n import service.desk", "core imports service.desk", id="import in a function"
        ),
        pytest.param("desk.a", "from service.doors.b import c", "desk imports service.doors.b.c", id="desk, doors"),
        pytest.param("desk.a", "import service.config", "desk imports service.config", id="desk, config"),
        pytest.param("doors.a", "import service.cli", "doors imports service.cli", id="doors, cli"),
        pytest.param(
            "doors.a", "import service.rulesfolder", "doors imports service.rulesfolder", id="doors, rules folder"
        ),
        pytest.param("config", "import service.desk.a", "config imports service.desk.a", id="config, desk"),
        pytest.param("yamlfile", "import service.doors.a", "yamlfile imports service.doors.a", id="YAML file, doors"),
        pytest.param("rulesfolder", "import service.cli", "rulesfolder imports service.cli", id="rules folder, cli"),
        pytest.param("demo.a", "import service.cli.b", "demo imports service.cli.b", id="demo, cli"),
        pytest.param("desk.a", "import service.demo.b", "desk imports service.demo.b", id="desk, demo"),
        pytest.param("other", "import service.core.a", "other imports service.core.a", id="module without a place"),
        pytest.param("core.a", "import jinja2", "core imports jinja2", id="core, templates"),
        pytest.param("core.a", "from sqlalchemy import orm", "core imports sqlalchemy", id="core, database"),
        pytest.param(
            "core.a", "from pydantic import BaseModel", "service.core.a imports pydantic", id="core, pydantic"
        ),
        pytest.param(
            "core.a", "import email_validator", "service.core.a imports email_validator", id="core, addresses"
        ),
        pytest.param("core.a", "import structlog", "core imports structlog", id="core, structlog"),
        pytest.param("core.a", "import socket", "core imports socket", id="core, network"),
        pytest.param("core.a", "from pathlib import Path", "core imports pathlib", id="core, disk"),
        pytest.param("core.a", "x = open('f')", "core opens a file", id="core, open"),
        pytest.param(
            "core.a", "from mailparser import x", "service.core.a imports mailparser", id="mailparser elsewhere"
        ),
        pytest.param("core.messages", "import mailparser", "service.core.messages imports mailparser", id="name alike"),
        pytest.param("doors.a", "import mailparser", "service.doors.a imports mailparser", id="mailparser, doors"),
        pytest.param("doors.a", "import imapclient", "service.doors.a imports imapclient", id="imapclient elsewhere"),
        pytest.param("cli.a", "import imapclient", "service.cli.a imports imapclient", id="imapclient, cli"),
        pytest.param("doors.a", "import aiosmtplib", "service.doors.a imports aiosmtplib", id="aiosmtplib elsewhere"),
        pytest.param("core.a", "import datetime\ndatetime.datetime.now()", "datetime.datetime.now in core", id="now"),
        pytest.param(
            "desk.a", "from datetime import datetime as d\nd.now()", "datetime.datetime.now in desk", id="alias"
        ),
        pytest.param(
            "core.a", "import datetime as d\nd.datetime.utcnow()", "datetime.datetime.utcnow in core", id="utcnow"
        ),
        pytest.param(
            "core.a", "from datetime import date\nf(date.today)", "datetime.date.today in core", id="today, uncalled"
        ),
        pytest.param("desk.a", "from time import time\ntime()", "time.time in desk", id="time"),
        pytest.param("desk.a", "import os\nos.environ['A']", "os.environ in desk", id="environ"),
        pytest.param("core.a", "from os import getenv\ngetenv('A')", "os.getenv in core", id="getenv"),
        pytest.param("core.a", "import logging\nlog = logging.getLogger('a')", "core keeps a logger", id="logger"),
        pytest.param("core.a", "import logging\nlogging.warning('a')", "core uses logging.warning", id="log"),
        pytest.param("core.a", "from logging import info", "core imports from logging", id="from logging"),
    ],
)
def test_each_rule_can_be_broken(module: str, source: str, expected: str) -> None:
    assert expected in faults(f"service.{module}", source)


@pytest.mark.parametrize(
    ("module", "source"),
    [
        pytest.param("core.a", "import re, holidays\nfrom lxml import etree\nfrom service.core import b", id="core"),
        pytest.param(
            "core.a", "from datetime import datetime\ndatetime.fromisoformat(now)", id="core, date arithmetic"
        ),
        pytest.param(
            "core.a", "import logging\nlogging.getLogger('lib').setLevel(logging.CRITICAL)", id="level of a library"
        ),
        pytest.param("core.a", "import logging\nlogging.getLogger('lib').disabled = True", id="library silenced"),
        pytest.param("core.reading.mime.parts", "import mailparser", id="mailparser in its place"),
        pytest.param("core.rules.rulebook", "import pydantic, email_validator", id="pydantic in its place"),
        pytest.param("desk.a", "import sqlalchemy, jinja2, structlog\nfrom service.core import b", id="desk"),
        pytest.param("doors.inbox", "import imapclient, time\nfrom service.desk import b\ntime.time()", id="doors"),
        pytest.param("config", "import pydantic, os\nimport service.yamlfile\nos.environ['A']", id="config"),
        pytest.param("cli.a", "import service.demo.b, service.config, service.doors.inbox, service.cli.c", id="cli"),
        pytest.param("demo.a", "import service.doors.daemon, service.rulesfolder", id="demo"),
    ],
)
def test_what_is_allowed_is_no_fault(module: str, source: str) -> None:
    assert faults(f"service.{module}", source) == []


def test_relative_import_of_a_package_starts_at_itself() -> None:
    assert faults("service.core.reading", "from . import parts", package=True) == []
    assert faults("service.core", "from ..desk import a", package=True) == ["core imports service.desk.a"]
