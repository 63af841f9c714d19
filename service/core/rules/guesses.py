"""Where feedback that no rule decides about may belong: the rules whose words came close, and on what.

A guess is only ever shown to a registrar, who chooses by its number. Looked at are the words that a rule has although
another of its conditions fails, words that are made with one of them ("asfaltkanten"), words that are nearly spelt like
one ("asfallt"), and units that are named.
"""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from service.core.alike.matters import Settled
from service.core.cases import Case, Guess
from service.core.people import addresses
from service.core.rules.routing import Facts, Route, officer_of
from service.core.rules.rulebook import Rule, RuleBook
from service.core.rules.words import Term, Text

MOST = 3
_SHORTEST = 4  # letters of a word that another may be made with
_LIKE = 0.84
_SHORTEST_LIKE = 5
_MOST_WORDS = 300  # of a mail that are looked at: the matter stands at its beginning
_WORD = re.compile(r"[^\W\d_]{4,40}")
_VOWELS = "aeiouyåäö"


def guesses(book: RuleBook, facts: Facts, found: Route, before: Settled | None = None) -> tuple[Guess, ...]:
    """Where the feedback may belong: at most three places, the most likely first.

    found: what the rules say; what they propose comes before all guesses. before: where the like was answered.
    """
    if found.secrecy:
        return ()  # where it belongs would say what it is about
    read = book.lexicon.read(facts.subject, facts.text)
    known = _known(book)
    piles: dict[tuple[str, str], _Pile] = {}
    for rule, weight, why in (
        *_by_rule(book, read),
        *_by_likeness(known, facts, read),
        *_by_unit_name(book, known, facts),
        *_by_register(book, before),
    ):
        guess = _place(book, read, rule) if isinstance(rule, Rule) else rule
        if guess is None:
            continue
        pile = piles.setdefault((addresses.key(guess.officer), guess.refer_to), _Pile(guess))
        pile.weight += weight
        pile.why.setdefault(why)
    best = sorted(piles.values(), key=lambda pile: -pile.weight)
    proposed = Guess(found.unit, found.officer, why=_because(found)) if found.unit and found.officer else None
    others = [pile.guess_with_reasons() for pile in best]
    if proposed:
        others = [g for g in others if not g.officer or not addresses.same(g.officer, proposed.officer)]
    return (*([proposed] if proposed else ()), *others)[:MOST]


def label(guess: Guess, book: RuleBook) -> str:
    """A guess as staff are shown it: "Gata och park (Bo Ek)", "Trafikverket"."""
    if guess.refer_to:
        return guess.refer_to
    unit, person = book.unit(guess.unit), book.person(guess.officer)
    name = person.name if person else guess.officer
    return f"{unit.name} ({name})" if unit else name


def shown(case: Case, book: RuleBook) -> tuple[dict[str, str], ...]:
    """The case's guesses for a letter, in the order of their numbers; of a secret case none."""
    return () if case.secrecy else tuple({"label": label(guess, book), "why": guess.why} for guess in case.guesses)


@dataclass(slots=True)
class _Pile:
    guess: Guess
    weight: int = 0
    why: dict[str, None] = field(default_factory=dict)

    def guess_with_reasons(self) -> Guess:
        g = self.guess
        return Guess(g.unit, g.officer, g.refer_to, g.refer_how, " och ".join(list(self.why)[:2]))


_Found = tuple[Rule | Guess, int, str]
_STRONG, _MEDIUM = 3, 2


def _because(found: Route) -> str:
    return f"regeln ”{found.rule}” föreslår det" if found.rule else "reglerna föreslår det"


def _is_place(rule: Rule) -> bool:
    """Whether a registrar may be pointed there: what is secret or a danger is no guess."""
    then = rule.then
    return bool(then.unit or then.refer) and not then.secrecy and not then.registrar and not then.duty


def _place(book: RuleBook, read: Text, rule: Rule) -> Guess | None:
    then = rule.then
    if then.refer:
        return Guess(refer_to=then.refer.to, refer_how=then.refer.how)
    unit = book.unit(then.unit or "")
    officer = officer_of(book, read, rule, []) if unit and not unit.secrecy else ""
    return Guess(then.unit or "", officer) if officer else None


def _by_rule(book: RuleBook, read: Text) -> Iterator[_Found]:
    """Rules that have words of the mail, although another of their conditions fails."""
    for rule in filter(_is_place, book.routing.rules):
        for word in _held(rule, read):
            yield rule, _STRONG, f"ordet ”{word}” finns i texten"


def _held(rule: Rule, read: Text) -> tuple[str, ...]:
    return read.found((*rule.when.words, *rule.when.subject))


def _by_likeness(known: _Known, facts: Facts, read: Text) -> Iterator[_Found]:
    """Rules with a word that one of the mail's is made with, or is nearly spelt like."""
    for word in dict.fromkeys(_WORD.findall(f"{facts.subject} {facts.text}")[:_MOST_WORDS]):
        for stem, rules in known.near(word.casefold()):
            for rule in rules:
                if word not in _held(rule, read):
                    yield rule, _MEDIUM, f"ordet ”{word}” liknar ”{stem}”"


def _by_unit_name(book: RuleBook, known: _Known, facts: Facts) -> Iterator[_Found]:
    words = {w.casefold() for w in _WORD.findall(f"{facts.subject} {facts.text}")}
    for unit in book.people.units:
        named = [w for w in words if known.is_named(w, unit.name)]
        if named and not unit.secrecy:
            yield Guess(unit.id, unit.officers[0] if unit.officers else unit.manager), _STRONG, "enheten nämns"


def _by_register(book: RuleBook, before: Settled | None) -> Iterator[_Found]:
    unit = book.unit(before.unit) if before else None
    if before and unit and not unit.secrecy:
        yield Guess(unit.id, unit.officers[0] if unit.officers else unit.manager), _STRONG, before.why


class _Known:
    """The words of the rules, for looking up what a mail's words are made with."""

    def __init__(self, book: RuleBook) -> None:
        self._rules: dict[str, list[Rule]] = defaultdict(list)
        for rule in filter(_is_place, book.routing.rules):
            for word in dict.fromkeys(w for t in (*rule.when.words, *rule.when.subject) for w in _single(t)):
                self._rules[word].append(rule)
        self._beginning: dict[str, list[str]] = defaultdict(list)
        for word in self._rules:
            self._beginning[_stem(word)[:_SHORTEST]].append(word)

    def near(self, word: str) -> Iterator[tuple[str, list[Rule]]]:
        """The words of rules that begin or end in the word, or are nearly the same, each with its rules."""
        for at in range(len(word) - _SHORTEST + 1):
            for own in self._beginning.get(word[at : at + _SHORTEST], ()):
                rest = len(word) - at - len(own)
                is_part = word.startswith(_stem(own), at) and (at == 0 or (at >= _SHORTEST - 1 and rest <= _SHORTEST))
                if is_part or (at == 0 and _is_like(word, own)):
                    yield own, self._rules[own]

    def is_named(self, word: str, unit: str) -> bool:
        """Whether the word is the unit's name of one word, with an ending or without."""
        name = unit.casefold()
        return " " not in name and word.startswith(name) and len(word) - len(name) <= _SHORTEST - 1


def _single(term: Term) -> list[str]:
    """The term's word, where it is a single one that is long enough."""
    word = term.written.replace("*", "").casefold()
    return [word] if _WORD.fullmatch(word) and len(_stem(word)) >= _SHORTEST else []


def _stem(word: str) -> str:
    """The word as it stands in what is made with it: "skola" is in "skolbuss"."""
    return word[:-1] if word[-1:] in _VOWELS else word


def _is_like(word: str, own: str) -> bool:
    long_enough = min(len(word), len(own)) >= _SHORTEST_LIKE
    return long_enough and difflib.SequenceMatcher(None, word, own).ratio() >= _LIKE


_OF_BOOKS: WeakKeyDictionary[RuleBook, _Known] = WeakKeyDictionary()


def _known(book: RuleBook) -> _Known:
    """Made once for each book, and gone with it."""
    if book not in _OF_BOOKS:
        _OF_BOOKS[book] = _Known(book)
    return _OF_BOOKS[book]
