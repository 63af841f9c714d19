"""`rules learn`: what the register's own history teaches, tried on that history before anybody is shown it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from service.core.alike import learning
from service.core.alike.learning import Lesson, Mixed, Taught
from service.core.alike.matters import matter, spelt
from service.core.cases import Status
from service.core.rules.routing import route
from service.core.rules.rulebook import Rule, RuleBook, Then, When
from service.core.rules.words import Term
from service.giving.replay import Tried

_LEAST_RIGHT = 9  # cases that a word sends right, for each that it would send wrong
_NAME = 3  # letters of a word of a name, at least


class Place(NamedTuple):
    """Where words go: into the rule at that place, counted from 0, or into a new one before it."""

    rule: int
    new: bool


@dataclass(frozen=True, slots=True)
class Proposal:
    """Words for a rule; right, wrong: numbers of the cases that would go right, or no longer right, with them."""

    unit: str
    place: Place
    words: tuple[tuple[str, Lesson], ...]
    right: tuple[str, ...]
    wrong: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """What was learned from so many cases. silent: the rules that decided none of them."""

    cases: int
    routed_right: int
    proposals: tuple[Proposal, ...] = ()
    silent: tuple[str, ...] = ()
    mixed: tuple[Mixed, ...] = field(default=())


def learn(book: RuleBook, cases: Iterable[Tried], told: Callable[[], None] = lambda: None) -> Report:
    """What the cases teach; of secret ones nothing. `told` is called for each case."""
    taught, facts, fired = [], {}, Counter[str]()
    names: set[str] = set()
    for each in cases:
        told()
        case = each.case
        names |= {w for w, _ in spelt(case.submitter.name) if len(w) >= _NAME}
        found = route(book, each.facts)
        fired[found.rule] += 1
        if case.secrecy or case.internal or found.secrecy or not _is_settled(case.status, case.unit, found.unit):
            continue
        words = matter(case.title, case.text).words
        routed = "" if found.registrar else found.unit
        taught.append(Taught(case.number, case.unit, routed, words, case.received_at))
        facts[case.number] = each
    people = frozenset(names | {word for p in book.people.people for word, _ in spelt(p.name)})
    return Report(
        cases=len(taught),
        routed_right=sum(not case.moved for case in taught),
        proposals=tuple(_proposals(book, learning.lessons(taught, people), facts)),
        silent=tuple(rule.name for rule in book.routing.rules if not fired[rule.name]),
        mixed=tuple(learning.mixed(taught, people)),
    )


def _is_settled(status: Status, unit: str, routed: str) -> bool:
    """Whether somebody has said by deeds where the case belongs: answered it there, or moved it there."""
    return bool(unit) and (status in {Status.ANSWERED, Status.CLOSED} or unit != routed)


def _proposals(book: RuleBook, found: Sequence[Lesson], cases: dict[str, Tried]) -> Iterator[Proposal]:
    words: dict[tuple[str, Place], list[tuple[str, Lesson]]] = defaultdict(list)
    right: dict[tuple[str, Place], dict[str, None]] = defaultdict(dict)
    wrong: dict[tuple[str, Place], dict[str, None]] = defaultdict(dict)
    for lesson in found:
        word = _written(lesson, cases)
        for place in _places(book, lesson, cases):
            better, worse = _tried(book, place, lesson, word, cases)
            at = lesson.unit, place
            if better and len(better) >= _LEAST_RIGHT * len(worse):
                if any(number not in right[at] for number in better):  # what brings no case more is not worth a word
                    words[at].append((word, lesson))
                    right[at] |= dict.fromkeys(better)
                    wrong[at] |= dict.fromkeys(worse)
                break
    for (unit, place), learned in words.items():
        yield Proposal(unit, place, tuple(learned), tuple(right[unit, place]), tuple(wrong[unit, place]))


def _places(book: RuleBook, lesson: Lesson, cases: dict[str, Tried]) -> Iterator[Place]:
    """Where the word may go: into the unit's own rule, or into a new one before the rule that takes its cases now."""
    own = _rule_of(book, lesson.unit)
    if own is not None:
        yield Place(own, new=False)
    names = [rule.name for rule in book.routing.rules]
    taking = {route(book, cases[number].facts).rule for number in lesson.gained}
    yield Place(min((names.index(rule) for rule in taking if rule), default=len(names)), new=True)


def _rule_of(book: RuleBook, unit: str) -> int | None:
    """The rule that a word for the unit belongs in: the first that asks for words and nothing else."""
    for place, rule in enumerate(book.routing.rules):
        only_words = rule.when.words and rule.when == When.model_construct(words=rule.when.words)
        if rule.then.unit == unit and only_words and not rule.then.secrecy:
            return place
    return None


def _written(lesson: Lesson, cases: dict[str, Tried]) -> str:
    """The form of the word that people write most, among those that the rules read as one word."""
    texts = (cases[number].case for number in lesson.here)
    pairs = (p for case in texts for p in spelt(f"{case.title}\n{case.text}") if p[0] == lesson.word)
    return dict(learning.forms(pairs)).get(lesson.word, lesson.word)


def with_words(book: RuleBook, place: Place, unit: str, words: Sequence[str]) -> RuleBook:
    """The rulebook with the words at that place."""
    terms = tuple(Term.parse(word) for word in words)
    rules = list(book.routing.rules)
    if place.new:
        then = Then.model_construct(unit=unit)
        new = Rule.model_construct(name=name_of(book, unit), when=When.model_construct(words=terms), then=then)
        rules.insert(place.rule, new)
    else:
        old = rules[place.rule]
        when = old.when.model_copy(update={"words": (*old.when.words, *terms)})
        rules[place.rule] = old.model_copy(update={"when": when})
    routing = book.routing.model_copy(update={"rules": tuple(rules)})
    return RuleBook(municipality=book.municipality, people=book.people, routing=routing, forms=book.forms)


def name_of(book: RuleBook, unit: str) -> str:
    """What a unit's rule is called."""
    known = book.unit(unit)
    return known.name if known else unit


def _tried(
    book: RuleBook, place: Place, lesson: Lesson, word: str, cases: dict[str, Tried]
) -> tuple[list[str], list[str]]:
    """The cases that would go right with the word and did not, and the other way round."""
    other = with_words(book, place, lesson.unit, [word])
    better: list[str] = []
    worse: list[str] = []
    for number, each in cases.items():
        if lesson.word not in each.text:
            continue  # every form of a word holds its stem
        before, after = (route(rules, each.facts).unit == each.case.unit for rules in (book, other))
        if before != after:
            (better if after else worse).append(number)
    return better, worse
