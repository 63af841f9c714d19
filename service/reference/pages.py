"""The pages of the reference: Markdown for the folder of documents, and the man page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from service.core.rules.settings import WITHOUT_EFFECT
from service.reference.keys import MODELS, Key, tables
from service.reference.walk import Command, commands

_MADE = "<!-- Made from the code by `make docs`: change the code and run that. -->"
_STATUS = (
    "Exit status: 0 done, 1 what was checked has faults or the job failed, 2 wrong usage or unusable configuration."
)
_CONFIGURATION = """\
Every key of the five files. A key below another is written with a dot (`deadlines.receipt`), one of each entry of a
list with `[]` (`escalation[].after`), and one below a key that you choose with `<>` (`roads.<road>.to`).

A duration is text: `10 working days`, `14 days`, `24 hours`, `15 minutes`. A list may be left out where it has one
entry. An unknown key is an error that names the nearest right one. `synpunkten rules schema` writes the same for
editors; in Swedish, with examples: [rules/LÄSMIG.md](../../rules/LÄSMIG.md)."""
_FILES: Mapping[str, str] = {
    "synpunkten.yaml": "Where mailboxes, mail servers and register are. Relative paths are relative to the file.",
    "municipality.yaml": "A municipality's names, promises and choices.",
    "people.yaml": "Departments, units and people.",
    "routing.yaml": "Where feedback goes.",
    "forms.yaml": "The web forms whose mails are understood.",
}


def pages() -> dict[str, str]:
    """Every page, by its place below the folder of documents."""
    every = list(commands())
    return {
        "reference/commands.md": _lines(_commands(every)),
        "reference/configuration.md": _lines(_configuration()),
        "synpunkten.1": _lines(_manual(every)),
    }


def _lines(given: Iterator[str]) -> str:
    return "\n".join(given) + "\n"


# --- commands ---------------------------------------------------------------------------------------------------------


def _commands(every: Sequence[Command]) -> Iterator[str]:
    yield from ("# Commands", "", _MADE, "")
    yield f"What `synpunkten COMMAND --help` says. {_STATUS}"
    for command in every:
        yield from ("", f"{'##' if len(command.words) < 2 else '###'} {command.name}", "")  # noqa: PLR2004 - a group's own
        yield from _paragraphs(map(_marked, command.about))
        if command.is_group and command.words:
            continue
        yield from ("", f"    {command.usage}")
        if command.example:
            yield from ("", "```sh", command.example, "```")
        yield from _table(("argument or option", "meaning"), [*command.arguments, *command.options])


def _paragraphs(given: Iterator[str]) -> Iterator[str]:
    yield "\n\n".join(given)


def _marked(text: str) -> str:
    """Prose of a help text, in which a name between angle brackets would be taken for HTML."""
    return text.replace("<", "\\<")


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    if rows:
        yield from ("", f"| {' | '.join(head)} |", "|" + "---|" * len(head))
    for first, *rest in rows:
        cells = (f"`{first}`", *map(_marked, rest))
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


# --- configuration ----------------------------------------------------------------------------------------------------


def _configuration() -> Iterator[str]:
    yield from ("# Configuration", "", _MADE, "")
    yield _CONFIGURATION
    for file in MODELS:
        yield from ("", f"## {file}", "", _FILES[file])
        for table in tables(file):
            if table.title:
                yield from ("", f"### {table.title}")
            idle = WITHOUT_EFFECT[file]
            rows = [(key.path, key.holds, key.default, _meaning(key, idle)) for key in table.keys]
            yield from _table(("key", "holds", "when left out", "meaning"), rows)


def _meaning(key: Key, idle: frozenset[str]) -> str:
    return f"{key.meaning} (has no effect yet)" if key.path.replace("[]", "") in idle else key.meaning


# --- the man page -----------------------------------------------------------------------------------------------------


def _manual(every: Sequence[Command]) -> Iterator[str]:
    program, *rest = every
    yield '.\\" Made from the code by `make docs`: change the code and run that.'
    yield '.TH SYNPUNKTEN 1 "" "Synpunkten" "User commands"'
    yield from (".SH NAME", "synpunkten \\- take care of a municipality's feedback mailbox")
    yield from (".SH SYNOPSIS", ".B synpunkten", _roff("COMMAND [OPTIONS] [ARGUMENTS]"))
    yield from (".SH OPTIONS", *_items(program.options))
    yield ".SH COMMANDS"
    for command in rest:
        if command.is_group:
            continue
        yield from (f".SS {_roff(command.name)}", *_filled(command.about))
        yield from (".PP", ".nf", _roff(command.usage), ".fi", *_items((*command.arguments, *command.options)))
        if command.example:
            yield from (".PP", "Example:", ".PP", ".nf", ".RS", _roff(command.example), ".RE", ".fi")
    yield from (".SH EXIT STATUS", *_items((("0", "done"), ("1", "what was checked has faults, or the job failed"))))
    yield from _items((("2", "wrong usage, or unusable configuration"),))
    yield from (
        ".SH ENVIRONMENT",
        *_items((("SYNPUNKTEN_CONFIG", "the configuration file, where --config is left out"),)),
    )
    yield from (".SH FILES", *_items((("./synpunkten.yaml", "the configuration file, where nothing names another"),)))


def _filled(paragraphs: Sequence[str]) -> Iterator[str]:
    for number, paragraph in enumerate(paragraphs):
        yield from (*([".PP"] if number else []), _roff(paragraph))


def _items(records: Sequence[tuple[str, str]]) -> Iterator[str]:
    for name, text in records:
        yield from (".TP", f"\\fB{_roff(name)}\\fR", _roff(text))


def _roff(text: str) -> str:
    """Text that roff does not read as its own: no escapes, and no line that begins as a request."""
    escaped = text.replace("\\", "\\e").replace("-", "\\-").replace("’", "\\(cq").replace("'", "\\(aq")
    return re.sub(r"^\.", r"\\&.", escaped)
