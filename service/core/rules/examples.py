"""The examples beside the rules: mails, and what the rules must make of them (`rules test`)."""

from collections.abc import Iterator
from dataclasses import dataclass

from service.core.rules.routing import Facts, Route, route
from service.core.rules.rulebook import Example, RuleBook
from service.core.speech.languages import language_of


@dataclass(frozen=True, slots=True)
class Failure:
    """An example (its place in the file, from 0) that the rules route otherwise than it expects."""

    number: int
    example: Example
    wrong: dict[str, tuple[object, object]]  # key: expected, found
    because: str


def failures(book: RuleBook) -> Iterator[Failure]:
    """The examples that fail, in the order of the file."""
    for number, example in enumerate(book.routing.examples):
        found = route(book, facts_of_example(example))
        values = _values(found)
        wrong = {
            key: (wanted, values[key]) for key, wanted in example.expected.items() if not _same(wanted, values[key])
        }
        if wrong:
            yield Failure(number, example, wrong, found.because)


def facts_of_example(example: Example) -> Facts:
    """What the rules can ask of an example."""
    return Facts(
        subject=example.subject,
        text=example.text,
        sender=example.from_,
        to=example.to,
        channel=example.channel,
        language=example.language or language_of(example.text),
        attachments=example.attachments,
        form=example.form,
    )


def _values(found: Route) -> dict[str, object]:
    names = ("rule", "unit", "officer", "type", "category", "process", "secrecy", "registrar", "duty", "public")
    return {name: getattr(found, name) for name in names} | {"refer": found.refer.to if found.refer else ""}


def _same(wanted: object, value: object) -> bool:
    if isinstance(wanted, str) and isinstance(value, str):
        return wanted.casefold() == value.casefold()
    return wanted == value
