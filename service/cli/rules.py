"""`synpunkten rules`: is a rules folder right, and what does it do with a mail?"""

import dataclasses
import datetime as dt
import json
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer

from service.cli.findings import Form, FormOption, is_right, print_found
from service.cli.options import DEFAULT_CONFIG, ConfigFile
from service.cli.rulebooks import book_in, there
from service.core.message import read
from service.core.rules.forms import Submission, read_form
from service.core.rules.routing import Condition, Explanation, Route, Trial, explain, facts_of
from service.core.rules.rulebook import RuleBook
from service.core.speech.english import counted
from service.rulescheck import checked, counts_of, misrouted
from service.yamlfile import YamlFault
from service.yamlfile import read as read_yaml

app = typer.Typer(
    help="Check, explain and test a municipality's rules.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)

_Folder = Annotated[Path, typer.Argument(metavar="DIR", help="a rules folder, for example rules/ekvik")]


_AsJson = Annotated[bool, typer.Option("--json", help="one JSON object")]
_Since = Annotated[
    dt.datetime | None,
    typer.Option("--since", formats=["%Y-%m-%d"], metavar="DATE", help="cases from that day on (the last 365 days)"),
]


@app.command()
def check(folder: _Folder, as_json: _AsJson = False, form: FormOption = Form.TEXT) -> None:
    """Say everything that is wrong in a rules folder, its own templates too. Status 1: there are faults.

    Warnings are no faults: what they speak of works, or has no effect yet.

    Example: synpunkten rules check rules/ekvik
    """
    there(folder)
    book, faults = checked(folder, _mailboxes_of(folder))
    counts = counts_of(book) if book else {}
    right = f"{folder}: {', '.join(counted(count, what) for what, count in counts.items())}: right"
    print_found(Form.JSON if as_json else form, faults, {"folder": str(folder), "counts": counts}, right)
    if not is_right(faults):
        raise typer.Exit(1)


def _mailboxes_of(folder: Path) -> list[str]:
    """The addresses of the mailboxes, where `init` has put a configuration above the rules folder."""
    for above in folder.resolve().parents[:2]:
        file = above / "synpunkten.yaml"
        try:
            plain = read_yaml(file).plain if file.is_file() else None
        except YamlFault:
            continue
        mailboxes = plain.get("mailboxes") if isinstance(plain, dict) else None
        if isinstance(mailboxes, list):
            return [str(box["address"]) for box in mailboxes if isinstance(box, dict) and "address" in box]
    return []


@app.command("explain")
def explain_mail(
    folder: _Folder,
    mail: Annotated[Path, typer.Argument(metavar="FILE.eml", help="the mail; - is standard input")],
    as_json: _AsJson = False,
) -> None:
    """Show which rules were tried on a mail, which one holds and on which words, and where the mail goes.

    Example: synpunkten rules explain rules/ekvik mejl.eml
    """
    book = book_in(folder)
    try:
        raw = typer.get_binary_stream("stdin").read() if str(mail) == "-" else mail.read_bytes()
    except OSError as error:
        typer.echo(f"synpunkten: {mail}: {error.strerror}", err=True)
        raise typer.Exit(1) from None
    message = read(raw)
    form = read_form(book, message)
    explanation = explain(book, facts_of(message, form))
    places = _places(folder, book)
    if as_json:
        typer.echo(json.dumps(_object(str(mail), form, explanation, places), ensure_ascii=False, indent=1))
    else:
        typer.echo("\n".join(_lines(form, explanation, places)))


@app.command("test")
def run_examples(folder: _Folder) -> None:
    """Run the examples of routing.yaml and say which are routed otherwise than they expect.

    Status 1: an example fails, or there is none.

    Example: synpunkten rules test rules/ekvik
    """
    book = book_in(folder)
    if not book.routing.examples:
        typer.echo(f"{folder / 'routing.yaml'}: there are no examples to run; write some under `examples`")
        raise typer.Exit(1)
    failed = misrouted(folder, book)
    for fault in failed:
        typer.echo(str(fault))
    total, wrong = len(book.routing.examples), len({(fault.line, fault.column) for fault in failed})
    typer.echo(f"{folder}: {total - wrong} of {counted(total, 'examples')} routed as expected")
    if failed:
        raise typer.Exit(1)


@app.command("schema")
def print_schema(
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="one of them alone: such as routing, or a file of that name")
    ] = None,
) -> None:
    """Print the JSON Schema of the rule files, the configuration and the mapping file of `case import`.

    Each stands under its file name; with FILE that one alone. An editor with it completes and explains the keys.

    Example: synpunkten rules schema routing.yaml > routing.schema.json
    """
    every = import_module("service.reference.editors").schemas()
    name = file and f"{file.name.removesuffix('.yaml')}.yaml"
    if name and name not in every:
        raise typer.BadParameter(f'there is no "{file}"; there are {", ".join(every)}')
    typer.echo(json.dumps(every[name] if name else every, ensure_ascii=False, indent=1))


@app.command()
def diff(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="the rules folder as it is")],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="the rules folder as it would be")],
    since: _Since = None,
    as_json: _AsJson = False,
    config: ConfigFile = DEFAULT_CONFIG,
) -> None:
    """Show which cases of the register other rules would send another way. Nothing is changed.

    "right": only the new rules send the case where it ended; "wrong": only the old ones do.

    Example: synpunkten rules diff rules/ekvik rules/ekvik-new --since 2026-01-01
    """
    import_module("service.cli.ruleshistory").print_diff(old, new, since, as_json, config)


@app.command()
def learn(folder: _Folder, since: _Since = None, as_json: _AsJson = False, config: ConfigFile = DEFAULT_CONFIG) -> None:
    """Propose words for the rules from the register's own history, with the cases behind each. Nothing is changed.

    Prints a difference that `patch` takes, and on standard error what speaks for each word and what these cases would
    have become. Secret cases teach nothing, nor does a word of fewer than five cases, or of somebody's name.

    Example: synpunkten rules learn rules/ekvik > words.diff
    """
    import_module("service.cli.ruleshistory").print_lessons(folder, since, as_json, config)


@dataclasses.dataclass(frozen=True, slots=True)
class _Place:
    """Where a rule stands (line from 1), and what each of its conditions asks for, as it is written."""

    file: Path
    line: int
    asked: dict[str, list[str]]


def _places(folder: Path, book: RuleBook) -> list[_Place]:
    """One for each rule, in their order."""
    file = folder / "routing.yaml"
    document = read_yaml(file)
    written = [rule.get("when") or {} for rule in document.plain["rules"]] if book.routing.rules else []
    return [
        _Place(file, document.fault(("rules", number), "").line, {name: _asked(value) for name, value in when.items()})
        for number, when in enumerate(written)
    ]


def _asked(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [f"{label} {answer}" for label, answers in value.items() for answer in _asked(answers)]
    return [str(each) for each in value] if isinstance(value, list) else [str(value)]


def _object(file: str, form: Submission | None, explanation: Explanation, places: list[_Place]) -> dict[str, Any]:
    found = explanation.route
    decided = {field.name: getattr(found, field.name) for field in dataclasses.fields(Route)}
    return {
        "file": file,
        "form": form.form if form else None,
        **{key: None if value == "" else value for key, value in decided.items()},
        "refer": found.refer.model_dump() if found.refer else None,
        "trials": [_trial(trial, place) for trial, place in zip(explanation.trials, places, strict=False)],
    }


def _trial(trial: Trial, place: _Place) -> dict[str, Any]:
    conditions = [
        {**dataclasses.asdict(condition), "asked": place.asked.get(condition.name, [])}
        for condition in trial.conditions
    ]
    return {"rule": trial.rule, "line": place.line, "holds": trial.holds, "conditions": conditions}


def _lines(form: Submission | None, explanation: Explanation, places: list[_Place]) -> list[str]:
    lines = [f"form: {form.form}"] if form else []
    for trial, place in zip(explanation.trials, places, strict=False):
        lines.append(f"{'HOLDS' if trial.holds else 'no   '}  {trial.rule} ({place.file}:{place.line})")
        lines += [f"         {_condition(condition, place)}" for condition in trial.conditions]
    return [*lines, "", *_decision(explanation.route)]


def _condition(condition: Condition, place: _Place) -> str:
    """What was asked and what of the mail answered it."""
    asked, on = ", ".join(place.asked.get(condition.name, [])), ", ".join(condition.on)
    if condition.holds:
        return f"{condition.name} holds: {on}" if on else f"{condition.name} holds: none of {asked}"
    return f"{condition.name} fails: {on}" if on else f"{condition.name} fails: none of {asked}"


def _decision(found: Route) -> list[str]:
    goes = f"{found.refer.to} ({found.refer.how})" if found.refer else found.unit
    named = {name: getattr(found, name) for name in ("officer", "type", "category", "process")}
    return [
        f"{'goes to':10} {goes or 'the registrars'}",
        *(f"{name:10} {value}" for name, value in named.items() if value),
        *(f"{name:10} yes" for name in ("secrecy", "registrar", "duty") if getattr(found, name)),
        *([f"{'public':10} {'yes' if found.public else 'no'}"] if found.public is not None else []),
        *([f"{'informed':10} {', '.join(found.for_information)}"] if found.for_information else []),
        *([f"{'roads':10} {', '.join(found.roads)}"] if found.roads else []),
        f"{'because':10} {found.because}",
    ]
