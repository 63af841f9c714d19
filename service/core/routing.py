"""Where feedback goes: the rules in order, the first whose conditions all hold decides.

What no rule knows goes to the registrars, never into a void (KOP-21). A unit without a named officer means its manager,
who is the default officer (SPA-31), also where the unit has officers. Nobody gets a complaint that names them: it goes
to the manager, and from the manager to the head of the department (STR-07).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from service.core.forms import Submission
from service.core.message import Message
from service.core.rulebook import Refer, Rule, RuleBook, When
from service.core.words import Pattern, Term, Text, found

_PRAISE = "beröm"


@dataclass(frozen=True)  # without slots: the words are kept once they have been cut
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

    @cached_property
    def words(self) -> Text:
        """Subject and text as words."""
        return Text(self.subject, self.text)

    @cached_property
    def subject_words(self) -> Text:
        """The subject as words."""
        return Text(self.subject)

    @cached_property
    def answers(self) -> dict[str, str]:
        """The form's answers by label, the labels without regard to case and final punctuation."""
        return {_label(label): answer for label, answer in self.form.items()}


def facts_of(message: Message, form: Submission | None) -> Facts:
    """What a mail, or the form that was read from it, gives the rules to ask."""
    return Facts(
        subject=message.subject,
        text=form.text if form and form.text else message.new_text,
        sender=form.email if form else (message.sender.address if message.sender else ""),
        to=tuple(address.address for address in (*message.to, *message.cc)),
        channel="webbformulär" if form else "e-post",
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
    because: rule and words, in Swedish, for the register and the registrar.
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


@dataclass(frozen=True, slots=True)
class Explanation:
    """How a route was found: every rule that was tried, in order."""

    route: Route
    trials: tuple[Trial, ...]


def route(book: RuleBook, facts: Facts) -> Route:
    """Where the feedback goes."""
    for rule in book.routing.rules:
        trial = _try(rule, facts)
        if trial.holds:
            return _decide(book, facts, rule, trial)
    return _decide(book, facts, None, None)


def explain(book: RuleBook, facts: Facts) -> Explanation:
    """Where the feedback goes, and why not elsewhere."""
    trials = []
    for rule in book.routing.rules:
        trials.append(_try(rule, facts))
        if trials[-1].holds:
            break
    return Explanation(route(book, facts), tuple(trials))


# --- conditions -----------------------------------------------------------------------------------------------------


def _terms(name: str, terms: tuple[Term, ...], text: Text) -> Condition:
    matches = found(terms, text)
    return Condition(name, bool(matches), matches)


def _any(name: str, patterns: tuple[Pattern, ...], values: tuple[str, ...]) -> Condition:
    matches = tuple(value for value in values if any(pattern.matches(value) for pattern in patterns))
    return Condition(name, bool(matches), matches)


def _form(when: When, facts: Facts) -> Condition:
    given = {label: facts.answers.get(_label(label), "") for label in when.form}
    holds = all(any(p.matches(given[label]) for p in patterns) for label, patterns in when.form.items())
    return Condition("form", holds, tuple(filter(None, given.values())) if holds else ())


def _not_words(when: When, facts: Facts) -> Condition:
    matches = found(when.not_words, facts.words)
    return Condition("not_words", not matches, matches)


# The cheap ones first: a rule is given up at its first condition that fails.
_CONDITIONS: tuple[tuple[str, Callable[[When, Facts], Condition]], ...] = (
    ("from_", lambda when, facts: _any("from", when.from_, (facts.sender,))),
    ("to", lambda when, facts: _any("to", when.to, facts.to)),
    ("channel", lambda when, facts: _any("channel", when.channel, (facts.channel,))),
    ("language", lambda when, facts: _any("language", when.language, (facts.language,))),
    ("attachment", lambda when, facts: _any("attachment", when.attachment, facts.attachments)),
    ("form", _form),
    ("subject", lambda when, facts: _terms("subject", when.subject, facts.subject_words)),
    ("words", lambda when, facts: _terms("words", when.words, facts.words)),
    ("not_words", _not_words),
)


def _try(rule: Rule, facts: Facts) -> Trial:
    held = []
    for name, ask in _CONDITIONS:
        if not getattr(rule.when, name):
            continue
        held.append(ask(rule.when, facts))
        if not held[-1].holds:
            return Trial(rule.name, holds=False, conditions=tuple(held))
    return Trial(rule.name, holds=True, conditions=tuple(held))


def _label(label: str) -> str:
    return " ".join(label.casefold().split()).rstrip(" :*?.")


# --- results --------------------------------------------------------------------------------------------------------


def _decide(book: RuleBook, facts: Facts, rule: Rule | None, trial: Trial | None) -> Route:
    secret = found(book.municipality.words.secrecy, facts.words)
    urgent = found(book.municipality.words.urgent, facts.words)
    reasons = [_because(trial)]
    if secret:
        reasons.append(f"sekretess: {_quoted(secret)}")
    if urgent:
        reasons.append(f"brådskande: {_quoted(urgent)}")
    if rule is None:
        return Route(registrar=True, secrecy=bool(secret), duty=bool(urgent), because="; ".join(reasons))
    then = rule.then
    unit = book.unit(then.unit or "")
    officer = _officer(book, facts, rule, reasons) if unit else ""
    return Route(
        unit=then.unit or "",
        officer=officer,
        refer=then.refer,
        type=then.type or "",
        category=then.category or "",
        process=then.process or "",
        secrecy=bool(then.secrecy or secret or (unit and unit.secrecy and then.secrecy is not False)),
        for_information=then.for_information,
        registrar=then.registrar or not (officer or then.refer),
        duty=then.duty or bool(urgent),
        public=then.public,
        rule=rule.name,
        because="; ".join(reasons),
    )


def _because(trial: Trial | None) -> str:
    if trial is None:
        return "ingen regel stämmer"
    return f"regeln ”{trial.rule}”" + (f" på {_quoted(trial.words)}" if trial.words else "")


def _quoted(words: tuple[str, ...]) -> str:
    return ", ".join(f"”{word}”" for word in words)


def _officer(book: RuleBook, facts: Facts, rule: Rule, reasons: list[str]) -> str:
    """The rule's officer or the unit's manager; the next above where the mail complains of that very person."""
    unit = rule.then.unit or ""
    ladder = dict.fromkeys(filter(None, (rule.then.officer, book.manager_of(unit), book.head_of(unit))))
    for address in ladder:
        named = () if rule.then.type == _PRAISE else found(_names(book, address), facts.words)
        if not named:
            return address
        reasons.append(f"inte till {address}, som nämns vid namn")
    return ""


def _names(book: RuleBook, address: str) -> tuple[Term, ...]:
    person = book.person(address)
    return _terms_of(person.name, person.title or "") if person else ()


@lru_cache(maxsize=4096)
def _terms_of(name: str, title: str) -> tuple[Term, ...]:
    """The ways in which a mail names a person. A given name alone may be anybody's, after a title it is not."""
    given, *more = name.split()
    full = {name, f"{given} {more[-1]}"} if more else set()
    titles = {"handläggare", "handläggaren", "chef", "chefen", *filter(None, [title])}
    return tuple(Term.parse(phrase) for phrase in sorted(full | {f"{one} {given}" for one in titles}))
