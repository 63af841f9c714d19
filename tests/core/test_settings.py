"""Every key of the files has an effect, or is in the table of those that have none yet."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from service.config import Settings
from service.core.rules.rulebook import FILES
from service.core.rules.settings import WITHOUT_EFFECT
from tests.desk.every_letter import ROOT

MODELS: dict[str, type[BaseModel]] = {**FILES, "synpunkten.yaml": Settings}
ONLY_MODELS = {"choices.py", "fieldtypes.py", "municipality.py", "rulechecks.py", "settings.py"}

# What a value is called where the code reads it, when that is not the key that it stands under.
CALLED = {
    "municipality.yaml": {
        "archive": ("terms",),
        "publish.accessibility": ("statement",),
        "": ("municipality", "town", "own"),
        "automatic_mail": ("budget",),
        "contact": ("town.contact",),
        "deadlines": ("promises", "self"),
        "likeness": ("wanted",),
        "reports": ("line",),
        "disposal": ("line",),
        "escalation": ("level",),
        "trusted_authserv": ("server",),
        "trusted_headers": ("trusted",),
    },
    "people.yaml": {
        "": ("people",),
        "departments": ("department", "d"),
        "people": ("person", "sender"),
        "units": ("unit", "u"),
    },
    "routing.yaml": {
        "": ("routing",),
        "examples": ("example",),
        "rules": ("rule",),
        "rules.then": ("then",),
        "rules.then.refer": ("refer",),
        "rules.when": ("when",),
    },
    "forms.yaml": {"": ("forms",), "forms": ("form",)},
    "synpunkten.yaml": {
        "": ("settings", "self"),
        "log": ("settings.log",),
        "mailboxes": ("given", "m"),
        "alerts": ("given",),
        "database_password": ("given",),
        "alerts.smtp": ("given",),
        "alerts.smtp.password": ("given",),
        "alerts.smtp.oauth2": ("given",),
        "alerts.smtp.oauth2.client_secret": ("given",),
        "mailboxes.imap": ("given",),
        "mailboxes.imap.password": ("given",),
        "mailboxes.imap.oauth2": ("given",),
        "mailboxes.imap.oauth2.client_secret": ("given",),
        "mailboxes.smtp": ("given",),
        "mailboxes.smtp.password": ("given",),
        "mailboxes.smtp.oauth2": ("given",),
        "mailboxes.smtp.oauth2.client_secret": ("given",),
        "mailboxes.folders": ("folders",),
    },
}
# What is followed without its name being written anywhere.
FOLLOWED = {
    ("routing.yaml", "otherwise.to"): "has one choice, which is how routing works",
    ("routing.yaml", "examples.*"): "each key is asked in a loop over the keys",
    ("routing.yaml", "rules.when.*"): "each condition is asked in a loop over the conditions",
    ("forms.yaml", "forms.fields.*"): "every label says where an answer ends, and rules may ask for it",
    ("synpunkten.yaml", "mailboxes.folders.*"): "all are handed over together",
    ("municipality.yaml", "deadlines.roll"): "read by the property roll_to_working_day, which the code asks",
    ("municipality.yaml", "languages.*"): "read by the method reads, which the code asks",
    ("municipality.yaml", "map"): "read by the method on_map, which the templates ask",
    ("municipality.yaml", "roads.*"): "read by the methods alerted and ways and by terms_of, which the code asks",
    ("municipality.yaml", "words.types.*"): "read in a loop over the types",
    ("municipality.yaml", "measures.*"): "read by the properties measures and measure_sentences, which the code asks",
    ("municipality.yaml", "roles"): "read by the method called, which the code asks",
    ("municipality.yaml", "status_labels"): "read by the method label, which the code asks",
    ("municipality.yaml", "sender_name"): "read by the property sender, which the code asks",
    ("municipality.yaml", "channels"): "what the rules may name",
    ("synpunkten.yaml", "mailboxes.canary"): "read by the property canary_every, which the code asks",
    ("synpunkten.yaml", "metrics.listen"): "read by the property place, which the code asks",
    ("synpunkten.yaml", "alerts.smtp.oauth2.tenant"): "read by the property endpoint, which the code asks",
    ("synpunkten.yaml", "alerts.smtp.oauth2.token_url"): "read by the property endpoint, which the code asks",
    ("synpunkten.yaml", "mailboxes.imap.oauth2.tenant"): "read by the property endpoint, which the code asks",
    ("synpunkten.yaml", "mailboxes.imap.oauth2.token_url"): "read by the property endpoint, which the code asks",
    ("synpunkten.yaml", "mailboxes.smtp.oauth2.tenant"): "read by the property endpoint, which the code asks",
    ("synpunkten.yaml", "mailboxes.smtp.oauth2.token_url"): "read by the property endpoint, which the code asks",
}
# What the code asks for, but nothing has ever the value that it asks for.
NEVER_TRUE: dict[tuple[str, str], str] = {}


@cache
def read_keys() -> frozenset[tuple[str, str]]:
    """Each `name.key` of the program's own text, without the lines that only describe the files."""
    texts = [path.read_text() for path in (ROOT / "service").rglob("*.py") if path.name not in ONLY_MODELS]
    pages = [*(ROOT / "templates").glob("*.txt"), *(ROOT / "service").rglob("*.html")]
    told = "\n".join([*texts, *(path.read_text() for path in pages)])
    return frozenset(tuple(found.split(".")) for found in re.findall(r"(?=\b(\w+\.\w+)\b)", told))


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from models_in(part)


def leaves(model: type[BaseModel], path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, info in model.model_fields.items():
        inner = list(models_in(info.annotation))
        here = (*path, info.alias or name)
        if inner:
            for each in inner:
                yield from leaves(each, here)
        else:
            yield here


def is_read(file: str, path: tuple[str, ...]) -> bool:
    above = ".".join(path[:-1])
    names = (*CALLED[file].get(above, ()), *path[-2:-1])
    leaf = {"from": "from_"}.get(path[-1], path[-1])
    return any((name.rpartition(".")[2], leaf) in read_keys() for name in names)


def is_followed(file: str, path: tuple[str, ...]) -> bool:
    dotted = ".".join(path)
    return any(f == file and (key == dotted or key == f"{dotted.rpartition('.')[0]}.*") for f, key in FOLLOWED)


def is_in_the_table(file: str, path: tuple[str, ...]) -> bool:
    return any(".".join(path[:n]) in WITHOUT_EFFECT[file] for n in range(1, len(path) + 1))


@pytest.mark.parametrize(("file", "path"), [(file, path) for file, model in MODELS.items() for path in leaves(model)])
def test_a_key_is_read_somewhere_or_said_to_have_no_effect(file: str, path: tuple[str, ...]) -> None:
    if is_in_the_table(file, path):
        assert (file, ".".join(path)) in NEVER_TRUE or not is_read(file, path), (
            "it is read now: take it out of the table"
        )
    else:
        assert is_followed(file, path) or is_read(file, path), "nothing reads it: put it into the table"


def test_the_table_names_keys_that_exist() -> None:
    for file, keys in WITHOUT_EFFECT.items():
        known = {".".join(path[:n]) for path in leaves(MODELS[file]) for n in range(1, len(path) + 1)}
        assert keys <= known
    for file, key in FOLLOWED:
        assert any(key in {".".join(path), ".".join(path[:-1]) + ".*"} for path in leaves(MODELS[file])), key


def test_no_reason_in_the_journal_names_a_demand_by_its_number() -> None:
    """The journal becomes a public record: what it says is for everybody, and the numbers are ours."""
    told = []
    for path in [*(ROOT / "service/core/decide").glob("*.py"), *(ROOT / "service/desk").glob("*.py")]:
        tree = ast.parse(path.read_text())
        docs = {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Expr) and isinstance(n.value, ast.Constant)}
        told += [
            node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs
        ]
    assert len(told) > 300
    assert [text for text in told if re.search(r"\b(?:KLI|KOP|HJO|SPA|STR|C|S)-?\d\d\b", text)] == []
