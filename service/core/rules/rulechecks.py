"""Do the four files of a rules folder agree with each other? Every name that they use must be one that they define."""

from collections.abc import Collection, Iterable, Iterator, Mapping

from service.core.faulttexts import joined, say
from service.core.people import addresses
from service.core.rules.ladderchecks import ladder_problems
from service.core.rules.municipality import Municipality
from service.core.rules.problem import Location, Problem
from service.core.rules.rulebook import Example, Form, Layout, Rule, RuleBook, When
from service.core.rules.words import Pattern


def problems(book: RuleBook, own: Collection[str] = ()) -> Iterator[Problem]:
    """Everything in the book that does not fit together.

    own: the addresses of the service's mailboxes, where they are known; nobody reads what is sent there.
    """
    known = _Known(book)
    yield from _people(book)
    yield from _addresses(book, own)
    yield from _substitutes(book)
    yield from _promises(book)
    yield from ladder_problems(book)
    for number, rule in enumerate(book.routing.rules):
        yield from _rule(known, number, rule)
    yield from _order(book.routing.rules)
    for number, example in enumerate(book.routing.examples):
        yield from _example(known, number, example)
    for number, form in enumerate(book.forms):
        yield from _form(known, number, form)
    yield from _twice("forms.yaml", "forms", "name", [form.name for form in book.forms])


class _Known:
    """What the rules may name, collected once for all of them."""

    def __init__(self, book: RuleBook) -> None:
        own = book.municipality
        self.book = book
        self.words = {"type": own.types, "category": own.categories, "process": own.processes, "channel": own.channels}
        self.words |= {"unit": tuple(unit.id for unit in book.people.units)}
        self.words |= {"rule": tuple(rule.name for rule in book.routing.rules)}
        self._sets = {what: frozenset(words) for what, words in self.words.items()}
        staff = (address for unit in book.people.units for address in (unit.manager, *unit.officers))
        self.staff = {addresses.key(address): address for address in staff}

    def unknown(self, what: str, at: Location, word: str | None) -> Iterator[Problem]:
        """A word of the routing rules that the lists do not have."""
        if word is not None and word not in self._sets[what]:
            yield _not_known("routing.yaml", at, what, word, self.words[what])


def _not_known(file: str, at: Location, what: str, word: str, right: Iterable[str]) -> Problem:
    return Problem(file, at, say("unknown", what=say(what), word=word), right=tuple(right), word=word)


def _unknown(file: str, at: Location, what: str, word: str | None, right: Iterable[str]) -> Iterator[Problem]:
    right = tuple(right)
    if word is not None and word not in right:
        yield _not_known(file, at, what, word, right)


def _twice(file: str, top: str, key: str, values: list[str]) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for number, value in enumerate(values):
        if first.setdefault(value.casefold(), number) != number:
            taken = say("taken", value=value, key=key, entry=first[value.casefold()] + 1)
            yield Problem(file, (top, number, key), taken)


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
    yield from _spellings(book)


def _person(book: RuleBook, at: Location, address: str) -> Iterator[Problem]:
    if not book.person(address):
        known = tuple(person.email for person in book.people.people)
        yield Problem("people.yaml", at, say("nameless", address=address), right=known, word=address, warning=True)


def _spellings(book: RuleBook) -> Iterator[Problem]:
    written: dict[str, str] = {}
    for file, at, address in named_addresses(book):
        first = written.setdefault(addresses.key(address), address)
        if first != address:
            yield Problem(file, at, say("spelled", address=address, first=first), warning=True)


def named_addresses(book: RuleBook) -> Iterator[tuple[str, Location, str]]:
    """Every address that the service may write to by the rules: its file, its place there, and the address."""
    people, town = book.people, book.municipality
    file = "people.yaml"
    for n, department in enumerate(people.departments):
        for key in ("head", "registrar", "secretary"):
            if address := getattr(department, key):
                yield file, ("departments", n, key), address
    for n, unit in enumerate(people.units):
        yield file, ("units", n, "manager"), unit.manager
        yield from ((file, ("units", n, "officers", place), address) for place, address in enumerate(unit.officers))
    for n, person in enumerate(people.people):
        yield file, ("people", n, "email"), person.email
        if person.substitute:
            yield file, ("people", n, "substitute"), person.substitute
    yield from ((file, ("registrars", n), address) for n, address in enumerate(people.registrars))
    for n, rule in enumerate(book.routing.rules):
        at: Location = ("rules", n, "then")
        if rule.then.officer:
            yield "routing.yaml", (*at, "officer"), rule.then.officer
        for place, address in enumerate(rule.then.for_information):
            yield "routing.yaml", (*at, "for_information", place), address
    yield from (("municipality.yaml", place, address) for place, address in _of_town(town))


def _of_town(town: Municipality) -> Iterator[tuple[Location, str]]:
    if town.contact.duty_email:
        yield ("contact", "duty_email"), town.contact.duty_email
    yield from ((("diary", "copy_to", n), address) for n, address in enumerate(town.diary.copy_to))
    for code, own in town.languages.items():
        yield from ((("languages", code, "for_information", n), a) for n, a in enumerate(own.for_information))
    for road, other in town.roads.items():
        yield from ((("roads", road.value, "to", n), address) for n, address in enumerate(other.to))


def _addresses(book: RuleBook, own: Collection[str]) -> Iterator[Problem]:
    """Addresses that nobody reads, and people who are not known as staff by their domain."""
    ours = {addresses.key(address) for address in own}
    domains = tuple(addresses.domain_key(domain.lstrip("@")) for domain in book.municipality.staff_domains)
    told: set[str] = set()
    for file, at, address in named_addresses(book):
        folded = addresses.key(address)
        if folded in ours:
            yield Problem(file, at, say("own-mailbox", address=address))
        elif domains and file == "people.yaml" and folded not in told and folded.rpartition("@")[2] not in domains:
            told.add(folded)
            outside = say("outside", address=address, domains=joined(domains))
            yield Problem(file, at, outside, warning=True)


def _substitutes(book: RuleBook) -> Iterator[Problem]:
    """Nobody stands in for himself. Two who stand in for each other are warned of: both may be away."""
    people = book.people.people
    next_of = {addresses.key(person.email): person.substitute for person in people if person.substitute}
    in_ring: set[str] = set()
    for number, person in enumerate(people):
        if not person.substitute:
            continue
        at: Location = ("people", number, "substitute")
        yield from _person(book, at, person.substitute)
        if addresses.key(person.substitute) == addresses.key(person.email):
            yield Problem("people.yaml", at, say("own-substitute", address=person.substitute))
            continue
        way = _way(person.email, next_of)
        if addresses.same(way[-1], person.email) and addresses.key(person.email) not in in_ring:
            in_ring |= set(map(addresses.key, way))
            ring = say("substitutes-in-a-ring", way=" → ".join(way))
            yield Problem("people.yaml", at, ring, warning=True)


def _way(start: str, next_of: Mapping[str, str]) -> list[str]:
    """From a person to the substitute, the substitute's, and so on, until there is none or one comes twice."""
    way, seen = [start], {addresses.key(start)}
    while after := next_of.get(addresses.key(way[-1])):
        way.append(after)
        if addresses.key(after) in seen:
            break
        seen.add(addresses.key(after))
    return way


def _promises(book: RuleBook) -> Iterator[Problem]:
    own, file = book.municipality, "municipality.yaml"
    for channel in own.deadlines.per_channel:
        yield from _unknown(file, ("deadlines", "per_channel", channel), "channel", channel, own.channels)
    for process in own.deadlines.per_process:
        yield from _unknown(file, ("deadlines", "per_process", process), "process", process, own.processes)
    for kind in own.words.types:
        yield from _unknown(file, ("words", "types", kind), "type", kind, own.types)
    if not own.digest.triage_letters and not own.digest.registrars:
        yield Problem(file, ("digest", "triage_letters"), say("needs-registrars"), warning=True)
    if own.digest.model_fields_set and own.digest.at >= own.office_hours.closes:
        yield Problem(file, ("digest", "at"), say("after-hours", at=f"{own.digest.at:%H:%M}"))
    for key in ("types", "categories", "measures", "processes", "channels"):
        seen: set[str] = set()
        for number, word in enumerate(getattr(own, key)):
            if word.casefold() in seen:
                yield Problem(file, (key, number), say("in-list", word=word))
            seen.add(word.casefold())


def _rule(known: _Known, number: int, rule: Rule) -> Iterator[Problem]:
    then = rule.then
    at: Location = ("rules", number, "then")
    if not then.model_fields_set:
        yield Problem("routing.yaml", at, say("decides-nothing"))
    if then.refer and then.unit:
        yield Problem("routing.yaml", (*at, "refer"), say("refer-and-unit"))
    yield from _outcome(known, at, then.unit, then.officer)
    for what, word in (("type", then.type), ("category", then.category), ("process", then.process)):
        yield from known.unknown(what, (*at, what), word)
    yield from _channels(known.words["channel"], ("rules", number, "when", "channel"), rule.when.channel)


def _outcome(known: _Known, at: Location, unit_id: str | None, officer: str | None) -> Iterator[Problem]:
    yield from known.unknown("unit", (*at, "unit"), unit_id)
    if officer is None:
        return
    here: Location = (*at, "officer")
    unit = known.book.unit(unit_id) if unit_id else None
    if addresses.key(officer) not in known.staff:
        yield _not_known("routing.yaml", here, "officer", officer, known.staff.values())
    elif unit_id is None:
        yield Problem("routing.yaml", here, say("officer-needs-unit"))
    elif unit and addresses.key(officer) not in map(addresses.key, (unit.manager, *unit.officers)):
        message = say("not-of-unit", officer=officer, unit=unit_id)
        yield Problem("routing.yaml", here, message, right=(unit.manager, *unit.officers), word=officer)


def _channels(known: tuple[str, ...], at: Location, channels: tuple[Pattern, ...]) -> Iterator[Problem]:
    for place, pattern in enumerate(channels):
        if not any(map(pattern.matches, known)):
            yield _not_known("routing.yaml", (*at, place), "channel", pattern.written, known)


def _order(rules: tuple[Rule, ...]) -> Iterator[Problem]:
    """A rule after one that always holds, or that asks the same, can never be the first that holds."""
    yield from _twice("routing.yaml", "rules", "name", [rule.name for rule in rules])
    earlier: dict[object, Rule] = {}
    for number, rule in enumerate(rules):
        if rule.when.is_always and number + 1 < len(rules):
            never = say("always-holds", count=len(rules) - number - 1, name=rule.name)
            yield Problem("routing.yaml", ("rules", number + 1, "name"), never, say("put-it-last"))
            return
        before = earlier.setdefault(_asks(rule.when), rule)
        if before is not rule:
            yield Problem("routing.yaml", ("rules", number, "name"), say("never-decides", name=before.name))


def _asks(when: When) -> object:
    """The conditions as one value that can be looked up."""
    lists = tuple(getattr(when, name) for name in When.model_fields if name != "form")
    return lists, tuple(sorted((label, patterns) for label, patterns in when.form.items()))


def _example(known: _Known, number: int, example: Example) -> Iterator[Problem]:
    at: Location = ("examples", number)
    if not example.expected:
        yield Problem("routing.yaml", at, say("expects-nothing"))
    for what in ("unit", "rule", "type", "category", "process", "channel"):
        yield from known.unknown(what, (*at, what), getattr(example, what))


def _form(known: _Known, number: int, form: Form) -> Iterator[Problem]:
    at: Location = ("forms", number)
    for key, word in (("channel", form.channel), ("type", form.type), ("process", form.process)):
        if key in form.model_fields_set:
            yield from _unknown("forms.yaml", (*at, key), key, word, known.words[key])
    for written, word in form.types.items():
        yield from _unknown("forms.yaml", (*at, "types", written), "type", word, known.words["type"])
    if (
        form.layout is not Layout.LINK
        and not form.fields_.text
        and not (form.layout is Layout.SECTIONS and form.fields_.heading)
    ):
        yield Problem("forms.yaml", (*at, "fields"), say("no-text-label"))
    if form.contact and not form.fields_.contact:
        yield Problem("forms.yaml", (*at, "contact"), say("no-contact-label"))
