"""Where feedback goes: the rules in order, the first whose conditions all hold decides.

What no rule knows goes to the registrars, never into a void (KOP-21). A unit without a named officer means its manager,
who is the default officer (SPA-31), also where the unit has officers. Nobody gets a complaint that names them: it goes
to the manager, and from the manager to the head of the department (STR-07).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from service.core.message import Message
from service.core.people import addresses
from service.core.rules import grounds, roads
from service.core.rules.choices import Road
from service.core.rules.forms import Submission
from service.core.rules.people import Unit
from service.core.rules.rulebook import Refer, Rule, RuleBook, Then, When
from service.core.rules.words import Pattern, Term, Text
from service.core.speech.languages import language_of
from service.core.speech.praise import is_mere_praise

_PRAISE = "beröm"


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rules can ask of a mail. `form` holds the answers of a web form by their labels."""

    subject: str = ""
    text: str = ""
    sender: str = ""
    to: tuple[str, ...] = ()
    channel: str = "e-post"
    language: str = ""
    attachments: tuple[str, ...] = ()
    form: Mapping[str, str] = field(default_factory=dict)


def facts_of(message: Message, form: Submission | None) -> Facts:
    """What a mail, or the form that was read from it, gives the rules to ask."""
    text = form.text if form and form.text else message.new_text
    return Facts(
        subject=message.subject,
        text=text,
        sender=form.email if form else (message.sender.address if message.sender else ""),
        to=tuple(address.address for address in (*message.to, *message.cc)),
        channel=form.channel if form else "e-post",
        language=language_of(text),
        attachments=tuple(attachment.filename for attachment in message.attachments),
        form=form.answers if form else {},
    )


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of a rule: what was asked, whether it holds, and what of the mail decided it."""

    name: str
    holds: bool
    on: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Trial:
    """One rule that was tried: its conditions up to the first that failed."""

    rule: str
    holds: bool
    conditions: tuple[Condition, ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        """What of the mail made the conditions hold."""
        return tuple(dict.fromkeys(value for condition in self.conditions if condition.holds for value in condition.on))


@dataclass(frozen=True, slots=True)
class Route:
    """Where feedback goes and as what. Empty text and None: the rules say nothing of it.

    registrar: a person decides; unit and officer are then no more than a proposal.
    because: rule and words, for the journal; `grounds.in_swedish` for a mail.
    """

    unit: str = ""
    officer: str = ""
    refer: Refer | None = None
    type: str = ""
    category: str = ""
    process: str = ""
    secrecy: bool = False
    for_information: tuple[str, ...] = ()
    registrar: bool = False
    duty: bool = False
    public: bool | None = None
    rule: str = ""
    because: str = ""
    roads: tuple[Road, ...] = ()  # what it may be besides feedback
    department: str = ""  # the one whose committee an appeal names


@dataclass(frozen=True, slots=True)
class Explanation:
    """How a route was found: every rule that was tried, in order."""

    route: Route
    trials: tuple[Trial, ...]


def route(book: RuleBook, facts: Facts) -> Route:
    """Where the feedback goes."""
    return explain(book, facts).route


def explain(book: RuleBook, facts: Facts) -> Explanation:
    """Where the feedback goes, and why not elsewhere."""
    asked, trials = _Asked(book, facts), []
    for rule in book.routing.rules:
        trials.append(_try(rule, asked))
        if trials[-1].holds:
            found = _decide(book, asked, rule, trials[-1])
            break
    else:
        found = _undecided(book, asked.words)
    # Whoever reads a language hears of what is written in it beside whom the rule names, whichever rule it is.
    informed = (*found.for_information, *book.municipality.reads(facts.language))
    found = replace(found, for_information=tuple(dict.fromkeys(informed)))
    return Explanation(_with_attention(found, asked.words, book), tuple(trials))


# --- conditions -----------------------------------------------------------------------------------------------------


class _Asked:
    """The facts, prepared for many rules."""

    def __init__(self, book: RuleBook, facts: Facts) -> None:
        self.facts = facts
        self._lexicon = book.lexicon
        self.words = book.lexicon.read(facts.subject, facts.text)

    @cached_property
    def subject(self) -> Text:
        return self._lexicon.read(self.facts.subject)

    @cached_property
    def answers(self) -> dict[str, str]:
        """The form's answers by label, the labels without regard to case and final punctuation."""
        return {_label(label): answer for label, answer in self.facts.form.items()}


def _terms(name: str, terms: tuple[Term, ...], text: Text) -> Condition:
    matches = text.found(terms)
    return Condition(name, bool(matches), matches)


def _any(name: str, patterns: tuple[Pattern, ...], values: tuple[str, ...]) -> Condition:
    matches = tuple(value for value in values if any(pattern.matches(value) for pattern in patterns))
    return Condition(name, bool(matches), matches)


def _comparable(*written: str) -> tuple[str, ...]:
    """The addresses in the form of comparison; one that is not ASCII there is nobody's that a rule could name."""
    return tuple(key for key in map(addresses.key, written) if key.isascii())


def _form(when: When, asked: _Asked) -> Condition:
    given = {label: asked.answers.get(_label(label), "") for label in when.form}
    holds = all(any(p.matches(given[label]) for p in patterns) for label, patterns in when.form.items())
    return Condition("form", holds, tuple(filter(None, given.values())) if holds else ())


def _not_words(when: When, asked: _Asked) -> Condition:
    matches = asked.words.found(when.not_words)
    return Condition("not_words", not matches, matches)


# The cheap ones first: a rule is given up at its first condition that fails.
_CONDITIONS: tuple[tuple[str, Callable[[When, _Asked], Condition]], ...] = (
    ("from_", lambda when, asked: _any("from", when.from_, _comparable(asked.facts.sender))),
    ("to", lambda when, asked: _any("to", when.to, _comparable(*asked.facts.to))),
    ("channel", lambda when, asked: _any("channel", when.channel, (asked.facts.channel,))),
    ("language", lambda when, asked: _any("language", when.language, (asked.facts.language,))),
    ("attachment", lambda when, asked: _any("attachment", when.attachment, asked.facts.attachments)),
    ("form", _form),
    ("subject", lambda when, asked: _terms("subject", when.subject, asked.subject)),
    ("words", lambda when, asked: _terms("words", when.words, asked.words)),
    ("not_words", _not_words),
)


def _try(rule: Rule, asked: _Asked) -> Trial:
    held = []
    for name, ask in _CONDITIONS:
        if not getattr(rule.when, name):
            continue
        held.append(ask(rule.when, asked))
        if not held[-1].holds:
            return Trial(rule.name, holds=False, conditions=tuple(held))
    return Trial(rule.name, holds=True, conditions=tuple(held))


def _label(label: str) -> str:
    return " ".join(label.casefold().split()).rstrip(" :*?.")


# --- results --------------------------------------------------------------------------------------------------------


def _decide(book: RuleBook, asked: _Asked, rule: Rule, trial: Trial) -> Route:
    then, unit, words = rule.then, book.unit(rule.then.unit or ""), asked.words
    reasons = [grounds.by_rule(trial.rule, trial.words)]
    kind = then.type or _told_type(book, words)
    officer = officer_of(book, words, rule, reasons, kind) if unit else ""
    secret, urgent = _word_lists(book, words, reasons)
    return Route(
        unit=then.unit or "",
        officer=officer,
        refer=then.refer,
        type=kind,
        category=then.category or "",
        process=then.process or "",
        secrecy=bool(then.secrecy or secret or (unit and _is_secret_by_unit(unit, then, asked.facts, book))),
        for_information=then.for_information,
        registrar=then.registrar or not (officer or then.refer),
        duty=then.duty or urgent,
        public=then.public,
        rule=rule.name,
        because="; ".join(reasons),
    )


def _is_secret_by_unit(unit: Unit, then: Then, facts: Facts, book: RuleBook) -> bool:
    """Whether the unit's matters are secret, unless a rule says no, or it is only praised where that is open."""
    if not unit.secrecy or then.secrecy is False:
        return False
    return book.municipality.secrecy.praise or not is_mere_praise(facts.subject, facts.text)


def secret_at(unit: Unit | None, facts: Facts, book: RuleBook) -> bool:
    """Whether what somebody gives to the unit becomes secret by that; not where the rules called it so already: then
    whoever gives it has opened it.
    """
    if unit is None or route(book, facts).secrecy:
        return False
    return _is_secret_by_unit(unit, Then(), facts, book)


def _undecided(book: RuleBook, words: Text) -> Route:
    reasons = [grounds.NO_RULE]
    secret, urgent = _word_lists(book, words, reasons)
    kind = _told_type(book, words)
    return Route(type=kind, registrar=True, secrecy=secret, duty=urgent, because="; ".join(reasons))


def _told_type(book: RuleBook, words: Text) -> str:
    """The type whose words the mail has; empty where it has none, or those of several."""
    told = book.municipality.words.types.items()
    found = [kind for kind, own in told if words.found(own.words) and not words.found(own.not_words)]
    return found[0] if len(found) == 1 else ""


def _word_lists(book: RuleBook, words: Text, reasons: list[str]) -> tuple[bool, bool]:
    """Whether the municipality's words for secrecy and for urgency are there."""
    secret, urgent = words.found(book.municipality.words.secrecy), words.found(book.municipality.words.urgent)
    told = ((grounds.SECRECY, secret), (grounds.URGENT, urgent))
    reasons += [grounds.by_words(why, found) for why, found in told if found]
    return bool(secret), bool(urgent)


def officer_of(book: RuleBook, words: Text, rule: Rule, reasons: list[str], kind: str = "") -> str:
    """The rule's officer or the unit's manager; the next above where the mail complains of that very person."""
    unit = rule.then.unit or ""
    for address in dict.fromkeys(filter(None, (rule.then.officer, book.manager_of(unit), book.head_of(unit)))):
        if (kind or rule.then.type) == _PRAISE or not words.found(book.names_of(address)):
            return address
        reasons.append(grounds.not_to(address))
    return ""


# --- what it may be besides feedback ---------------------------------------------------------------------------------


def found_in(words: Text, book: RuleBook) -> dict[Road, tuple[str, ...]]:
    """What the mail may be besides feedback, each with the words of it that say so."""
    told = ((road, words.found(roads.terms_of(road, book.municipality))) for road in Road)
    return {road: on for road, on in told if on}


def _with_attention(found: Route, words: Text, book: RuleBook) -> Route:
    """The route with what the mail may be besides feedback; nothing that the rules decided is lost, only held."""
    on = found_in(words, book)
    if not on:
        return found
    told = "; ".join(grounds.by_words(grounds.called(road), tuple(dict.fromkeys(said))) for road, said in on.items())
    is_more = set(on) - {Road.DANGER}
    decider = _decider(words, book) if Road.APPEAL in on else ""
    unit = book.unit(found.unit)
    if decider and unit and unit.department != decider:
        found = replace(found, unit="", officer="")  # an appeal goes to whoever has decided, whatever it is about
    return replace(
        found,
        roads=tuple(on),
        department=decider,
        registrar=found.registrar or bool(roads.REGISTRAR_DECIDES & set(on)) or bool(found.refer and is_more),
        secrecy=found.secrecy or bool(roads.SECRET & set(on)),
        duty=found.duty or Road.DANGER in on,
        public=False if is_more else found.public,
        because=f"{found.because}; {told}",
    )


def _decider(words: Text, book: RuleBook) -> str:
    """The department whose committee the mail names: that decides who gets an appeal. Empty where it names none."""
    return next((key for key, terms in book.committees.items() if words.found(terms)), "")
