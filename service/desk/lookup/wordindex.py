"""The index of the cases' words: the one door to SQLite's FTS5 and PostgreSQL's text search.

Both get keys that are made here (`core/alike/searching`), never words to read themselves: so both find the same.
The register writes it in the transaction of the case.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Boolean, Connection, literal, text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import ColumnElement
from sqlalchemy.sql.functions import FunctionElement

from service.core.alike import searching
from service.core.alike.searching import Asked
from service.core.cases import Case
from service.desk.tables import cases

NAME = "case_words"
"""The table, and the beginning of the names of those that FTS5 keeps behind it. The migrations alone make it."""
_AT_A_TIME = 500


def searchable(case: Case) -> str:
    """Everything of a case that it is found by."""
    who = case.submitter
    kept = (case.number, case.registry_number, case.external_ref, case.title, case.staff_title, *case.keywords)
    return "\n".join((*kept, who.name, who.email, who.reply_to, case.officer, case.text, case.answer))


def put(s: Connection, case_id: int, words: str) -> None:
    """The case is found by these words from now on."""
    _put(s, {case_id: words})


def forget(s: Connection, case_id: int) -> None:
    """The case is found by nothing any longer."""
    s.execute(_FORGET[s.dialect.name], {"case_id": case_id})


def occurring(words: Iterable[str]) -> ColumnElement[bool]:
    """The condition that each of the words occurs in a case, in any inflection, or as a word's beginning or end."""
    question = searching.asked(words)
    if not question:
        return literal(value=True)
    return _occurs(cases.c.id, literal(_fts5(question)), literal(_tsquery(question)))


def refill(s: Connection) -> None:
    """Index every case anew, from the columns that the register had when the index came."""
    s.execute(text(f"DELETE FROM {NAME}"))  # noqa: S608 - a name of ours
    after = 0
    while rows := s.execute(_STORED, {"after": after, "most": _AT_A_TIME}).mappings().all():
        _put(s, {row["id"]: _stored(row) for row in rows})
        after = rows[-1]["id"]


# --- writing ---------------------------------------------------------------------------------------------------------


def _put(s: Connection, words: Mapping[int, str]) -> None:
    dialect = s.dialect.name
    found = ((case_id, searching.keys(each)) for case_id, each in words.items())
    rows = [{"case_id": case_id, "words": " ".join(each) if dialect == "sqlite" else each} for case_id, each in found]
    s.execute(_PUT[dialect], rows)


_PUT = {
    "sqlite": text(f"INSERT OR REPLACE INTO {NAME} (rowid, words) VALUES (:case_id, :words)"),  # noqa: S608 - names of ours
    "postgresql": text(
        f"INSERT INTO {NAME} (case_id, words) VALUES (:case_id, array_to_tsvector(CAST(:words AS text[])))"  # noqa: S608 - names of ours
        " ON CONFLICT (case_id) DO UPDATE SET words = EXCLUDED.words"
    ),
}
_FORGET = {
    "sqlite": text(f"DELETE FROM {NAME} WHERE rowid = :case_id"),  # noqa: S608 - names of ours
    "postgresql": text(f"DELETE FROM {NAME} WHERE case_id = :case_id"),  # noqa: S608 - names of ours
}
_COLUMNS = ("number", "registry_number", "external_ref", "title", "staff_title", "keywords", "submitter_name",
            "submitter_email", "submitter_reply_to", "officer", "text", "answer")  # fmt: skip
_STORED = text(f"SELECT id, {', '.join(_COLUMNS)} FROM cases WHERE id > :after ORDER BY id LIMIT :most")  # noqa: S608 - names of ours


def _stored(row: Mapping[Any, Any]) -> str:
    keywords = row["keywords"]
    listed = json.loads(keywords) if isinstance(keywords, str) else keywords
    return "\n".join(" ".join(listed) if name == "keywords" else row[name] for name in _COLUMNS)


# --- asking ----------------------------------------------------------------------------------------------------------


class _occurs(FunctionElement[bool]):  # noqa: N801 - SQLAlchemy's own functions are written so
    """The case's id, and the question as each of the databases wants it."""

    type = Boolean()
    inherit_cache = True
    name = "occurs"


@compiles(_occurs, "sqlite")
def _in_sqlite(element: _occurs, compiler: Any, **options: Any) -> str:
    case_id, question, _ = (compiler.process(each, **options) for each in element.clauses)
    return f"{case_id} IN (SELECT rowid FROM {NAME} WHERE {NAME} MATCH {question})"  # noqa: S608 - names of ours


@compiles(_occurs, "postgresql")
def _in_postgresql(element: _occurs, compiler: Any, **options: Any) -> str:
    case_id, _, question = (compiler.process(each, **options) for each in element.clauses)
    return f"{case_id} IN (SELECT case_id FROM {NAME} WHERE words @@ CAST({question} AS tsquery))"  # noqa: S608 - names of ours


def _fts5(question: tuple[Asked, ...]) -> str:
    each = ([*(f'"{key}"' for key in one.keys), *(f'"{key}" *' for key in one.beginnings)] for one in question)
    return " AND ".join(f"({' OR '.join(any_of)})" for any_of in each)


def _tsquery(question: tuple[Asked, ...]) -> str:
    each = ([*(f"'{key}'" for key in one.keys), *(f"'{key}':*" for key in one.beginnings)] for one in question)
    return " & ".join(f"({' | '.join(any_of)})" for any_of in each)
