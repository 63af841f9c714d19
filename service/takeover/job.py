"""The work of an import: what the mapping file says is checked against file and rules, then row after row is taken."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from service.core.faulttexts import say
from service.core.takeover.mapping import Takeover
from service.core.takeover.rows import NotUnderstood, Old, Reader
from service.desk.takeover import Taken
from service.takeover.sheet import Sheet
from service.yamlfile import Document, Fault, YamlFault, nearest

_AT_A_TIME = 100  # rows in one transaction: a daemon at work waits for less than a second

Take = Callable[[Sequence[Old]], list[Taken]]
"""What makes cases of rows, or only says which are there."""


@dataclass
class Outcome:
    """What became of the rows so far."""

    taken: list[Taken] = field(default_factory=list)
    faults: list[NotUnderstood] = field(default_factory=list)

    @property
    def rows_left_out(self) -> int:
        """How many rows are not understood."""
        return len({fault.row for fault in self.faults})


def check(document: Document, takeover: Takeover, sheet: Sheet, reader: Reader) -> None:
    """Say everything in the mapping file that does not fit the file or the rules.

    Raises:
        YamlFault: with each of them.
    """
    faults: list[Fault] = []
    named = [(("columns", *fact.split(".")), columns) for fact, columns in takeover.columns.every()]
    for at, columns in [*named, (("journal",), takeover.journal)]:
        for column in columns:
            if column not in sheet.columns:
                known = nearest(column, filter(None, sheet.columns))
                faults.append(document.fault(at, say("no-such-column", name=column), known))
    for fact, values in takeover.values.items():
        for word, ours in values.items():
            if reader.ours(fact, ours) is None:
                known = nearest(str(ours), dict.fromkeys(reader.words[fact].right.values()))
                faults.append(document.fault(("values", fact, word), say("not-ours", name=ours), known))
    if faults:
        raise YamlFault(faults)


def unused(takeover: Takeover, sheet: Sheet) -> list[str]:
    """The file's columns that nothing is made of."""
    used = {column for _, columns in takeover.columns.every() for column in columns} | set(takeover.journal)
    return [column for column in sheet.columns if column and column not in used]


def run(sheet: Sheet, reader: Reader, take: Take, outcome: Outcome) -> Iterator[int]:
    """Take row after row; yields each row's number when it has been read. `outcome` is filled meanwhile."""
    first_of: dict[str, int] = {}
    waiting: list[Old] = []
    for number, cells in sheet.rows():
        found = reader.read(number, cells)
        if isinstance(found, Old) and found.number in first_of:
            what = f"is the number of row {first_of[found.number]}, too"
            found = [NotUnderstood(number, "number", found.number, what)]
        if isinstance(found, Old):
            first_of[found.number] = number
            waiting.append(found)
        else:
            outcome.faults += found
        if len(waiting) == _AT_A_TIME:
            outcome.taken += take(waiting)
            waiting = []
        yield number
    if waiting:
        outcome.taken += take(waiting)
