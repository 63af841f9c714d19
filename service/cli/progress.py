"""Progress of long work: a bar on a terminal, and nothing where nobody looks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

_T = TypeVar("_T")


def followed(steps: Iterable[_T], total: int, what: str) -> Iterator[_T]:
    """The steps as they are made, with a bar on standard error while that is a terminal."""
    with bar(total, what) as advance:
        for step in steps:
            yield step
            advance(1)


@contextmanager
def bar(total: int, what: str) -> Iterator[Callable[[int], None]]:
    """A bar on standard error while that is a terminal, and what tells it that so many steps more have been made."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as shown:
        task = shown.add_task(what, total=total)
        yield lambda steps: shown.advance(task, steps)
