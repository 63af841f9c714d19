"""What a municipality has decided: the four files of a rules folder as frozen values, and look-ups over them.

The files are described in `rules/LÄSMIG.md`. Reading them from disk is the work of `service.rulesfolder`; whether they
agree with each other is that of `rulechecks`. Keys are English, values Swedish. Addresses are kept as written and
compared in one form alone (`core/people/addresses`).
"""

import enum
from collections.abc import Mapping
from functools import cached_property
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, StrictBool

from service.core.calendar.workdays import Calendar
from service.core.people import addresses
from service.core.rules.choices import (
    Anonymous,
    AnswerMode,
    CloseMode,
    Disposable,
    Oral,
    Period,
    PlainReply,
    Publish,
    ReceiptTells,
    ReceiptTo,
    ReportContent,
    Required,
    Road,
    Role,
    Scope,
    SecrecyRoad,
    StaffProof,
    Triage,
)
from service.core.rules.fieldtypes import Address, Addresses, AddressPatterns, Id, Model, Patterns, Terms, Text, Texts
from service.core.rules.municipality import Municipality
from service.core.rules.people import Department, People, Person, Unit
from service.core.rules.roads import terms_of
from service.core.rules.words import Lexicon, Term

__all__ = [
    "Anonymous", "AnswerMode", "CloseMode", "ContactChoice", "Disposable", "Example", "Form", "Forms",
    "Layout", "Municipality", "Oral", "Period", "PlainReply", "Publish", "ReceiptTells",
    "ReceiptTo", "Refer", "ReportContent", "Required", "Role", "Routing", "Rule", "RuleBook", "Scope", "SecrecyRoad",
    "StaffProof", "Then", "Triage", "When",
]  # fmt: skip

# --- routing.yaml ---------------------------------------------------------------------------------------------------


class When(Model):
    """The conditions of a rule. All must hold; a list in a condition means any of them. None at all: always."""

    words: Terms = ()
    not_words: Terms = ()
    subject: Terms = ()
    from_: Annotated[AddressPatterns, Field(alias="from")] = ()
    to: AddressPatterns = ()
    channel: Patterns = ()
    language: Patterns = ()
    attachment: Patterns = ()
    form: Mapping[Text, Patterns] = {}

    @property
    def is_always(self) -> bool:
        """Whether there is no condition."""
        return self == When()


class Refer(Model):
    """Another authority and how to reach it."""

    to: Text
    how: Text


class Then(Model):
    """What a rule decides. Neither unit nor refer: a registrar decides where it goes."""

    unit: Id | None = None
    officer: Address | None = None
    refer: Refer | None = None
    type: Text | None = None
    category: Text | None = None
    process: Text | None = None
    secrecy: StrictBool | None = None
    for_information: Addresses = ()
    registrar: StrictBool = False
    duty: StrictBool = False
    public: StrictBool | None = None


class Rule(Model):
    """One rule."""

    name: Text
    when: When
    then: Then


class Otherwise(Model):
    """Who gets what no rule knows: the registrars, so that nothing falls into a void (KOP-21)."""

    to: Annotated[Role, Field(json_schema_extra={"enum": ["registrar"]})] = Role.REGISTRAR


class Example(Model):
    """A mail, and what the rules must make of it. `rules test` runs these."""

    text: Annotated[str, Field(strict=True)]
    subject: Annotated[str, Field(strict=True)] = ""
    from_: Annotated[Address, Field(alias="from")] = "someone@example.org"
    to: Addresses = ()
    channel: Text = "e-post"
    language: Text = ""  # empty: what the text is in
    attachments: Texts = ()
    form: Mapping[Text, Text] = {}
    # what is expected; a key that is left out is not looked at
    rule: Text | None = None
    unit: Id | None = None
    officer: Address | None = None
    refer: Text | None = None
    type: Text | None = None
    category: Text | None = None
    process: Text | None = None
    secrecy: StrictBool | None = None
    registrar: StrictBool | None = None
    duty: StrictBool | None = None
    public: StrictBool | None = None

    @property
    def expected(self) -> dict[str, object]:
        """What the rules must decide, by the key of a route."""
        return {key: value for key in _EXPECTED if (value := getattr(self, key)) is not None}


_EXPECTED = (
    "rule",
    "unit",
    "officer",
    "refer",
    "type",
    "category",
    "process",
    "secrecy",
    "registrar",
    "duty",
    "public",
)


class Routing(Model):
    """routing.yaml: the rules in order, what happens otherwise, and examples."""

    rules: tuple[Rule, ...] = ()
    otherwise: Otherwise = Otherwise()
    examples: tuple[Example, ...] = ()


# --- forms.yaml -----------------------------------------------------------------------------------------------------


class Layout(enum.StrEnum):
    """How a form's notification mail is laid out."""

    FIELDS = "fields"
    LINK = "link"
    SECTIONS = "sections"


class ContactChoice(enum.StrEnum):
    """How the submitter wants to be answered (HJO-23)."""

    EMAIL = "email"
    LETTER = "letter"
    PHONE = "phone"
    NONE = "none"
    ANONYMOUS = "anonymous"  # the name is shown to nobody; an address that was given is answered (KLI-18)


class Fields(Model):
    """The labels of the form, as its mails spell them."""

    text: Text | None = None
    heading: Text | None = None
    topic: Text | None = None
    contact: Text | None = None
    name: Text | None = None
    email: Text | None = None
    phone: Text | None = None
    address: Text | None = None
    postcode: Text | None = None  # postcode and town, where they are a question of their own (HJO-49)
    type: Text | None = None
    page: Text | None = None
    ip: Text | None = None
    reference: Text | None = None
    latitude: Text | None = None
    longitude: Text | None = None
    position: Text | None = None  # latitude and longitude in one answer


class Form(Model):
    """A web form whose notification mails are understood. A mail is the form's when sender and subject both match."""

    name: Text
    from_: Annotated[AddressPatterns, Field(alias="from", min_length=1)]
    subject: Patterns = ()
    layout: Layout = Layout.FIELDS
    fields_: Annotated[Fields, Field(alias="fields")] = Fields()
    others: Texts = ()  # labels of further questions, for rules and for knowing where an answer ends
    contact: Mapping[Text, ContactChoice] = {}
    types: Mapping[Text, Text] = {}  # what the form calls a type, where that is not the municipality's own word
    channel: Text = "webbformulär"
    type: Text | None = None  # what its mails are, unless the form asks
    process: Text | None = None


class Forms(Model):
    """forms.yaml."""

    forms: tuple[Form, ...] = ()


# --- the book -------------------------------------------------------------------------------------------------------


class RuleBook(BaseModel):
    """The four files together. Compared by identity: a book that has been read anew is another one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    municipality: Municipality
    people: People
    routing: Routing = Routing()
    forms: tuple[Form, ...] = ()

    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        """Whether it is the very same book."""
        return self is other

    @cached_property
    def calendar(self) -> Calendar:
        """The municipality's working days in its time zone."""
        own = self.municipality
        return Calendar(frozenset(own.calendar.extra_non_working), ZoneInfo(own.time_zone))

    @cached_property
    def _people(self) -> dict[str, Person]:
        return {addresses.key(person.email): person for person in self.people.people}

    @cached_property
    def _units(self) -> dict[str, Unit]:
        return {unit.id: unit for unit in self.people.units}

    @cached_property
    def _departments(self) -> dict[str, Department]:
        return {department.id: department for department in self.people.departments}

    @cached_property
    def _unit_of(self) -> dict[str, str]:
        staff = ((unit.id, address) for unit in self.people.units for address in (*unit.officers, unit.manager))
        return {addresses.key(address): unit_id for unit_id, address in reversed(tuple(staff))}

    @cached_property
    def _named(self) -> frozenset[str]:
        people = self.people
        officials = ((d.head, d.registrar, d.secretary) for d in people.departments)
        named = [*people.registrars, *self._people, *self._unit_of]
        named += [person.substitute for person in people.people if person.substitute]
        named += [address for three in officials for address in three if address]
        return frozenset(map(addresses.key, named))

    @cached_property
    def _staff_domains(self) -> frozenset[str]:
        return frozenset(addresses.domain_key(domain.lstrip("@")) for domain in self.municipality.staff_domains)

    @cached_property
    def _names(self) -> dict[str, tuple[Term, ...]]:
        return {address: _named_as(person) for address, person in self._people.items()}

    @cached_property
    def committees(self) -> dict[str, tuple[Term, ...]]:
        """The terms by which a mail names each department's committee, by the department's id."""
        named = ((d.id, d.committee) for d in self.people.departments if d.committee)
        return {key: (Term.parse(name),) for key, name in named if any(map(str.isalnum, name))}

    @cached_property
    def lexicon(self) -> Lexicon:
        """Every term that a text may be asked for."""
        lists = [self.municipality.words.secrecy, self.municipality.words.urgent, *self._names.values()]
        for told in self.municipality.words.types.values():
            lists += [told.words, told.not_words]
        lists += [*self.committees.values(), *(terms_of(road, self.municipality) for road in Road)]
        for rule in self.routing.rules:
            lists += [rule.when.words, rule.when.not_words, rule.when.subject]
        return Lexicon(term for terms in lists for term in terms)

    @property
    def registrars(self) -> tuple[str, ...]:
        """The registrars' addresses; at least one."""
        return self.people.registrars

    def person(self, address: str) -> Person | None:
        """The person of an address, in any case of its letters."""
        return self._people.get(addresses.key(address))

    def names_of(self, address: str) -> tuple[Term, ...]:
        """The terms by which a mail names the person of an address (STR-07); none where people.yaml has no entry."""
        return self._names.get(addresses.key(address), ())

    def unit(self, unit_id: str) -> Unit | None:
        """The unit of an id."""
        return self._units.get(unit_id)

    def unit_of(self, address: str) -> str | None:
        """The id of the first unit that has the address as an officer or as its manager."""
        return self._unit_of.get(addresses.key(address))

    def department(self, department_id: str) -> Department | None:
        """The department of an id."""
        return self._departments.get(department_id)

    def department_of(self, unit_id: str) -> Department | None:
        """The department that a unit belongs to."""
        unit = self.unit(unit_id)
        return self.department(unit.department) if unit else None

    def manager_of(self, unit_id: str) -> str | None:
        """The address of a unit's manager."""
        unit = self.unit(unit_id)
        return unit.manager if unit else None

    def head_of(self, unit_id: str) -> str | None:
        """The address of the head of a unit's department."""
        department = self.department_of(unit_id)
        return department.head if department else None

    def is_registrar(self, address: str) -> bool:
        """Whether the address is a registrar's, the municipality's or a department's."""
        departments = (department.registrar for department in self.people.departments)
        return any(r and addresses.same(address, r) for r in (*self.registrars, *departments))

    def is_known_staff(self, address: str) -> bool:
        """Whether people.yaml names the address. It proves nothing of who sent a mail: see `staff_proof`."""
        return addresses.key(address) in self._named

    def is_staff(self, address: str) -> bool:
        """Whether the address is named in people.yaml or is in one of `staff_domains`."""
        return self.is_known_staff(address) or addresses.key(address).rpartition("@")[2] in self._staff_domains


def _named_as(person: Person) -> tuple[Term, ...]:
    """Full name, and given name after a title: a given name alone may be anybody's."""
    given, *more = person.name.split()
    full = {person.name, f"{given} {more[-1]}"} if more else set()
    titles = {"handläggare", "chef", *filter(None, [person.title])}
    return tuple(Term.parse(phrase) for phrase in sorted(full | {f"{title} {given}" for title in titles}))


FILES: Mapping[str, type[Model]] = {
    "municipality.yaml": Municipality,
    "people.yaml": People,
    "routing.yaml": Routing,
    "forms.yaml": Forms,
}
"""The files of a rules folder; `forms.yaml` may be left out."""
