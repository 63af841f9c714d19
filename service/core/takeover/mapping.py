"""The mapping file: which column of the export is which fact of a case, and what its values are called here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal, Self

from pydantic import Field, StrictBool, model_validator

from service.core.faulttexts import say
from service.core.rules.fieldtypes import Model, Text, Texts

SomeTexts = Annotated[Texts, Field(min_length=1)]


class SubmitterColumns(Model):
    """Who wrote, and how the person is reached."""

    name: Texts = ()
    email: Texts = ()
    phone: Texts = ()
    address: Texts = ()
    contact: Texts = ()


class Columns(Model):
    """The columns of each fact, by the keys of a case as JSON (contract section 5). Several are put together."""

    external_ref: Texts = ()
    registry_number: Texts = ()
    received_at: SomeTexts
    text: SomeTexts
    status: Texts = ()
    type: Texts = ()
    category: Texts = ()
    process: Texts = ()
    keywords: Texts = ()
    title: Texts = ()
    channel: Texts = ()
    received_by: Texts = ()
    unit: Texts = ()
    officer: Texts = ()
    submitter: SubmitterColumns = SubmitterColumns()
    page: Texts = ()
    receipt_sent_at: Texts = ()
    answered_at: Texts = ()
    closed_at: Texts = ()
    secrecy: Texts = ()
    secrecy_provision: Texts = ()
    anonymous: Texts = ()
    measure: Texts = ()
    late_reason: Texts = ()
    answer: Texts = ()

    @model_validator(mode="after")
    def _has_a_number(self) -> Self:
        """Without the old number nobody could tell which rows have been taken over."""
        if not (self.external_ref or self.registry_number):
            raise ValueError(say("import-without-number"))
        return self

    def of(self, field: str) -> tuple[str, ...]:
        """The columns of a fact; those of `submitter.email` too."""
        first, _, inner = field.partition(".")
        found: tuple[str, ...] = getattr(getattr(self, first), inner) if inner else getattr(self, first)
        return found

    def every(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Each fact that has columns, and they."""
        for name in type(self).model_fields:
            inner = [f"submitter.{each}" for each in SubmitterColumns.model_fields]
            for field in inner if name == "submitter" else [name]:
                if columns := self.of(field):
                    yield field, columns


Chosen = Literal[
    "status", "type", "category", "process", "channel", "unit", "officer", "measure", "secrecy", "anonymous", "contact"
]
"""The facts whose values are chosen among ours."""

EMPTY, OTHERWISE = "", "*"


class Takeover(Model):
    """A mapping file.

    values: what a value of theirs is here; `""` stands for an empty cell or a fact without a column, `"*"` for every
    value that nothing else knows. dates: how days are written, as in Python's `strptime`; ISO 8601 is always read.
    journal: columns that are kept as a line in the case's journal.
    """

    mailbox: Text | None = None
    sheet: Text | None = None
    columns: Columns
    values: Mapping[Chosen, Mapping[str, StrictBool | str]] = {}
    dates: Texts = ()
    journal: Texts = ()
