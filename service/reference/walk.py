"""The tree of commands as typer holds it: what each takes, and the example that its help gives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import typer

from service.cli import app

_EXAMPLE = "Example: "


@dataclass(frozen=True, slots=True)
class Command:
    """A command, or a group of them, as its `--help` tells it.

    about: paragraphs, the first of them one sentence or two that say what it does.
    arguments, options: what is written, and what that means.
    """

    words: tuple[str, ...]
    usage: str
    about: tuple[str, ...]
    example: str
    arguments: tuple[tuple[str, str], ...]
    options: tuple[tuple[str, str], ...]
    is_group: bool

    @property
    def name(self) -> str:
        """`synpunkten case list`."""
        return " ".join(("synpunkten", *self.words))


def commands() -> Iterator[Command]:
    """The program itself, then every command in the order of the overview, groups before what is in them."""
    yield from _walked(typer.main.get_command(app), ())


def _walked(command: Any, words: tuple[str, ...]) -> Iterator[Command]:
    inner = list(getattr(command, "commands", ()))
    yield _read(command, words, is_group=bool(inner))
    for name in inner:
        yield from _walked(command.get_command(None, name), (*words, name))


def _read(command: Any, words: tuple[str, ...], *, is_group: bool) -> Command:
    context = command.context_class(command, info_name=" ".join(("synpunkten", *words)))
    paragraphs = [" ".join(part.split()) for part in (command.help or "").split("\n\n") if part.strip()]
    told: dict[str, list[tuple[str, str]]] = {"argument": [], "option": []}
    for parameter in command.get_params(context):
        if record := parameter.get_help_record(context):
            told[parameter.param_type_name].append(record)
    return Command(
        words,
        " ".join([context.command_path, *command.collect_usage_pieces(context)]),
        tuple(part for part in paragraphs if not part.startswith(_EXAMPLE)),
        next((part.removeprefix(_EXAMPLE) for part in paragraphs if part.startswith(_EXAMPLE)), ""),
        tuple(told["argument"]),
        tuple(record for record in told["option"] if record[0] != "--help"),
        is_group,
    )
