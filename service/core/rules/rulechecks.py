"""Do the four files of a rules folder agree with each other? Every name that they use must be one that they define."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from service.core import addresses
from service.core.rules.rulebook import Example, Form, Layout, Rule, RuleBook, When
from service.core.rules.words import Pattern

Location = tuple[int | str, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """What does not fit, and where. `right` are the words of which the nearest may be meant."""

    file: str
    at: Location
    message: str
    right: tuple[str, ...] = ()
    word: str = ""
    warning: bool = False


def problems(book: RuleBook) -> Iterator[Problem]:
    """Everything in the book that does not fit together."""
    yield from _people(book)
    yield from _promises(book)
    for number, rule in enumerate(book.routing.rules):
        yield from _rule(book, number, rule)
    yield from _order(book.routing.rules)
    for number, example in enumerate(book.routing.examples):
        yield from _example(book, number, example)
    for number, form in enumerate(book.forms):
        yield from _form(number, form)
    yield from _twice("forms.yaml", "forms", "name", [form.name for form in book.forms])


def _unknown(file: str, at: Location, what: str, word: str | None, right: Iterable[str]) -> Iterator[Problem]:
    right = tuple(right)
    if word is not None and word not in right:
        yield Problem(file, at, f'unknown {what} "{word}"', right, word)


def _twice(file: str, top: str, key: str, values: list[str]) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for number, value in enumerate(values):
        if first.setdefault(value.casefold(), number) != number:
            yield Problem(
                file, (top, number, key), f'"{value}" is already the {key} of entry {first[value.casefold()] + 1}'
            )


def _people(book: RuleBook) -> Iterator[Problem]:
    people = book.people
    yield from _twice("people.yaml", "departments", "id", [department.id for department in people.departments])
    yield from _twice("people.yaml", "units", "id", [unit.id for unit in people.units])
    yield from _twice("people.yaml", "people", "email", [person.email for person in people.people])
    departments = [department.id for department in people.departments]
    for number, unit in enumerate(people.units):
        at: Location = ("units", number)
        yield from _unknown("people.yaml", (*at, "department"), "department", unit.department, departments)
        yield from _person(book, (*at, "manager"), unit.manager)
        for place, officer in enumerate(unit.officers):
            yield from _person(book, (*at, "officers", place), officer)
    for number, person in enumerate(people.people):
        if person.substitute:
            yield from _person(book, ("people", number, "substitute"), person.substitute)
    yield from _spellings(book)


def _person(book: RuleBook, at: Location, address: str) -> Iterator[Problem]:
    if not book.person(address):
        known = tuple(person.email for person in book.people.people)
        message = f'"{address}" has no entry under people, so mails cannot say name and phone number'
        yield Problem("people.yaml", at, message, known, address, warning=True)


def _spellings(book: RuleBook) -> Iterator[Problem]:
    people = book.people
    written: dict[str, str] = {}
    for at, address in (
        *((("people", n, "email"), person.email) for n, person in enumerate(people.people)),
        *((("units", n, "manager"), unit.manager) for n, unit in enumerate(people.units)),
        *((("units", n, "officers", o), a) for n, unit in enumerate(people.units) for o, a in enumerate(unit.officers)),
        *((("registrars", n), address) for n, address in enumerate(people.registrars)),
    ):
        first = written.setdefault(addresses.key(address), address)
        if first != address:
            yield Problem("people.yaml", at, f'"{address}" is elsewhere spelled "{first}"', warning=True)


def _promises(book: RuleBook) -> Iterator[Problem]:
    own, file = book.municipality, "municipality.yaml"
    for channel in own.deadlines.per_channel:
        yield from _unknown(file, ("deadlines", "per_channel", channel), "channel", channel, own.channels)
    for process in own.deadlines.per_process:
        yield from _unknown(file, ("deadlines", "per_process", process), "process", process, own.processes)
    for key in ("types", "categories", "measures", "processes", "channels"):
        for word, count in Counter(getattr(own, key)).items():
            if count > 1:
                last = max(number for number, other in enumerate(getattr(own, key)) if other == word)
                yield Problem(file, (key, last), f'"{word}" is already in the list')


def _rule(book: RuleBook, number: int, rule: Rule) -> Iterator[Problem]:
    then, own = rule.then, book.municipality
    at: Location = ("rules", number, "then")
    if not then.model_fields_set:
        yield Problem("routing.yaml", at, "the rule decides nothing")
    if then.refer and then.unit:
        yield Problem("routing.yaml", (*at, "refer"), "a rule either refers to another authority or names a unit")
    yield from _outcome(book, at, then.unit, then.officer)
    for what, word, right in (
        ("type", then.type, own.types),
        ("category", then.category, own.categories),
        ("process", then.process, own.processes),
    ):
        yield from _unknown("routing.yaml", (*at, what), what, word, right)
    yield from _channels(own.channels, ("rules", number, "when", "channel"), rule.when.channel)


def _outcome(book: RuleBook, at: Location, unit_id: str | None, officer: str | None) -> Iterator[Problem]:
    yield from _unknown("routing.yaml", (*at, "unit"), "unit", unit_id, [unit.id for unit in book.people.units])
    if officer is None:
        return
    staff = {addresses.key(address): address for u in book.people.units for address in (u.manager, *u.officers)}
    unit = book.unit(unit_id) if unit_id else None
    if addresses.key(officer) not in staff:
        yield Problem("routing.yaml", (*at, "officer"), f'unknown officer "{officer}"', tuple(staff.values()), officer)
    elif unit_id is None:
        yield Problem("routing.yaml", (*at, "officer"), "an officer needs a unit beside it")
    elif unit and addresses.key(officer) not in map(addresses.key, (unit.manager, *unit.officers)):
        message = f'"{officer}" is neither officer nor manager of the unit "{unit_id}"'
        yield Problem("routing.yaml", (*at, "officer"), message, (unit.manager, *unit.officers), officer)


def _channels(known: tuple[str, ...], at: Location, channels: tuple[Pattern, ...]) -> Iterator[Problem]:
    for place, pattern in enumerate(channels):
        if not any(map(pattern.matches, known)):
            yield Problem("routing.yaml", (*at, place), f'unknown channel "{pattern}"', known, pattern.written)


def _order(rules: tuple[Rule, ...]) -> Iterator[Problem]:
    """A rule after one that always holds, or that asks the same, can never be the first that holds."""
    yield from _twice("routing.yaml", "rules", "name", [rule.name for rule in rules])
    earlier: list[Rule] = []
    for number, rule in enumerate(rules):
        shadow = next((other for other in earlier if other.when in (When(), rule.when)), None)
        if shadow:
            message = f'the rule never decides: "{shadow.name}" before it holds whenever it does'
            yield Problem("routing.yaml", ("rules", number, "name"), message)
        earlier.append(rule)


def _example(book: RuleBook, number: int, example: Example) -> Iterator[Problem]:
    at: Location = ("examples", number)
    own = book.municipality
    if not example.expected:
        yield Problem("routing.yaml", at, "the example expects nothing; say unit, officer, rule, refer or registrar")
    yield from _unknown("routing.yaml", (*at, "unit"), "unit", example.unit, [unit.id for unit in book.people.units])
    yield from _unknown("routing.yaml", (*at, "rule"), "rule", example.rule, [rule.name for rule in book.routing.rules])
    yield from _unknown("routing.yaml", (*at, "type"), "type", example.type, own.types)
    yield from _unknown("routing.yaml", (*at, "category"), "category", example.category, own.categories)
    yield from _unknown("routing.yaml", (*at, "process"), "process", example.process, own.processes)
    yield from _unknown("routing.yaml", (*at, "channel"), "channel", example.channel, own.channels)


def _form(number: int, form: Form) -> Iterator[Problem]:
    at: Location = ("forms", number)
    if (
        form.layout is not Layout.LINK
        and not form.fields_.text
        and not (form.layout is Layout.SECTIONS and form.fields_.heading)
    ):
        yield Problem("forms.yaml", (*at, "fields"), "no label for text: where is what the submitter wrote?")
    if form.contact and not form.fields_.contact:
        yield Problem("forms.yaml", (*at, "contact"), "answers about contact need a label: fields: contact")
