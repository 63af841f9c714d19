"""`synpunkten rules`: is a rules folder right, and what does it do with a mail?"""

import dataclasses
import json
from pathlib import Path
from typing import Annotated, Any

import typer

from service.core.message import read
from service.core.rules.examples import failures
from service.core.rules.forms import Submission, read_form
from service.core.rules.routing import Explanation, Route, explain, facts_of
from service.core.rules.rulebook import RuleBook, schema
from service.rulesfolder import check as check_folder
from service.yamlfile import read as read_yaml

app = typer.Typer(
    help="Check, explain and test a municipality's rules.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)

_Folder = Annotated[Path, typer.Argument(metavar="DIR", help="a rules folder, for example rules/ekvik")]


@app.command()
def check(folder: _Folder) -> None:
    """Say everything that is wrong in a rules folder.

    Example: synpunkten rules check rules/ekvik
    """
    book = _book(folder, checking=True)
    counts = len(book.routing.rules), len(book.people.units), len(book.forms), len(book.routing.examples)
    typer.echo("{}: {} rules, {} units, {} forms, {} examples: right".format(folder, *counts))


@app.command("explain")
def explain_mail(
    folder: _Folder,
    mail: Annotated[Path, typer.Argument(metavar="FILE.eml", help="the mail; - is standard input")],
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object")] = False,
) -> None:
    """Show which rules were tried on a mail, which one holds and on which words, and where the mail goes.

    Example: synpunkten rules explain rules/ekvik mejl.eml
    """
    book = _book(folder)
    try:
        raw = typer.get_binary_stream("stdin").read() if str(mail) == "-" else mail.read_bytes()
    except OSError as error:
        typer.echo(f"synpunkten: {mail}: {error.strerror}", err=True)
        raise typer.Exit(1) from None
    message = read(raw)
    form = read_form(book, message)
    explanation = explain(book, facts_of(message, form))
    if as_json:
        typer.echo(json.dumps(_object(str(mail), form, explanation), ensure_ascii=False, indent=1))
    else:
        typer.echo("\n".join(_lines(form, explanation)))


@app.command("test")
def run_examples(folder: _Folder) -> None:
    """Run the examples of routing.yaml and say which are routed otherwise than they expect.

    Example: synpunkten rules test rules/ekvik
    """
    book = _book(folder)
    failed = list(failures(book))
    place = read_yaml(folder / "routing.yaml")
    for failure in failed:
        for key, (wanted, found) in failure.wrong.items():
            message = f"{key} should be {_said(wanted)}, is {_said(found)} ({failure.because})"
            typer.echo(place.fault(("examples", failure.number), message))
    total = len(book.routing.examples)
    typer.echo(f"{folder}: {total - len(failed)} of {total} examples are routed as they expect")
    if failed:
        raise typer.Exit(1)


@app.command("schema")
def print_schema() -> None:
    """Print the JSON Schema of the rule files, one under each file name.

    Example: synpunkten rules schema > rules.schema.json
    """
    typer.echo(json.dumps(schema(), ensure_ascii=False, indent=1))


def _book(folder: Path, *, checking: bool = False) -> RuleBook:
    """The folder's rulebook; where it has faults they are said and the command ends with 1.

    `checking`: the faults are what was asked for, so they go to standard output, and warnings with them.
    """
    if not folder.is_dir():
        typer.echo(f"synpunkten: {folder}: no such folder", err=True)
        raise typer.Exit(1)
    book, faults = check_folder(folder)
    for fault in faults:
        if checking or not fault.warning:
            typer.echo(str(fault), err=not checking)
    if book is None:
        raise typer.Exit(1)
    return book


def _said(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if value else "nothing"


def _object(file: str, form: Submission | None, explanation: Explanation) -> dict[str, Any]:
    found = explanation.route
    decided = {field.name: getattr(found, field.name) for field in dataclasses.fields(Route)}
    return {
        "file": file,
        "form": form.form if form else None,
        **{key: None if value == "" else value for key, value in decided.items()},
        "refer": found.refer.model_dump() if found.refer else None,
        "trials": [dataclasses.asdict(trial) for trial in explanation.trials],
    }


def _lines(form: Submission | None, explanation: Explanation) -> list[str]:
    lines = [f"form: {form.form}"] if form else []
    for trial in explanation.trials:
        lines.append(f"{'HOLDS' if trial.holds else 'no   '}  {trial.rule}")
        for condition in trial.conditions:
            on = ", ".join(condition.on)
            lines.append(f"         {condition.name} {'holds' if condition.holds else 'fails'}{on and f': {on}'}")
    return [*lines, "", *_decision(explanation.route)]


def _decision(found: Route) -> list[str]:
    goes = f"{found.refer.to} ({found.refer.how})" if found.refer else found.unit
    named = {name: getattr(found, name) for name in ("officer", "type", "category", "process")}
    return [
        f"{'goes to':10} {goes or 'the registrars'}",
        *(f"{name:10} {value}" for name, value in named.items() if value),
        *(f"{name:10} yes" for name in ("secrecy", "registrar", "duty") if getattr(found, name)),
        f"{'because':10} {found.because}",
    ]
