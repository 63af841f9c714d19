"""What people write to a municipality in a year, in the proportions in which they do."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from service.core.rules.rulebook import Form, Layout, RuleBook


@dataclass(frozen=True)
class Writing:
    """A mail that somebody sends. kind: what it is meant to be, for the summary."""

    kind: str
    sender: str
    subject: str
    text: str
    headers: Sequence[tuple[str, str]] = field(default=())
    to: str = ""


_FIRST = ("Anna", "Gun", "Kurt", "Amina", "Bengt", "Petra", "Leif", "Sara", "Ove", "Ingrid", "Tomas", "Zahra")
_LAST = ("Ek", "Holm", "Alm", "Sjö", "Berg", "Lind", "Dal", "Rask", "Ström", "Vik")
_OPENINGS = ("Hej!", "God dag,", "Hej igen.", "Hallå!", "Till kommunen:", "")
_ENDINGS = ("Hoppas på svar.", "Ordna det!", "Tack på förhand.", "Så här har det varit i flera veckor.", "")
_OTHERS = (
    ("fråga", "Öppettider", "När har ni öppet i påsk, och var lämnar jag in en nyckel som jag har hittat?"),
    ("beröm", "Tack", "Ni gör ett fantastiskt jobb. Hälsa alla som skottade i går natt."),
    (
        "flera",
        "Lite av varje",
        "1) Lampan är trasig. 2) Biblioteket borde ha öppet på söndagar. 3) Hur söker man bygglov?",
    ),
    ("annan", "Riksväg", "När ska ni salta riksväg 63? Det var livsfarligt i går."),
    ("överklagande", "Överklagar", "Jag överklagar nämndens beslut om avslag på bygglov från den 3 november."),
    ("handling", "Handlingar", "Jag begär ut alla handlingar om ombyggnaden av torget, allmän handling enligt lag."),
    ("sekretess", "Om min son", "Min son är placerad i familjehem och socialtjänsten svarar inte på försörjningsstöd."),
    (
        "arg",
        "NU RÄCKER DET 19121212-1212",
        "Jag har ringt FEM gånger. Mitt personnummer är 19121212-1212, kolla upp det!",
    ),
    ("engelska", "Snow", "Hello, when will you clear the snow from the pavement outside the school? Thank you."),
    ("finska", "Lumi", "Hei, milloin te auraatte lumen jalkakäytävältä koulun edestä? Kiitos vastauksesta."),
    ("utan mening", "hej", "?"),
)


def person(dice: random.Random) -> str:
    """Somebody new."""
    first, last = dice.choice(_FIRST), dice.choice(_LAST)
    return f"{first} {last} <{first.lower()}.{dice.randrange(100_000)}@example.org>".replace("ö", "o").replace("å", "a")


def written(dice: random.Random, book: RuleBook) -> Writing:
    """One mail to the mailbox."""
    kinds: list[tuple[int, Callable[[random.Random, RuleBook], Writing]]] = [
        (60, _feedback), (12, _other), (10, _form), (5, _note), (5, _newsletter), (3, _away), (3, _anonymous),
        (2, _spam),
    ]  # fmt: skip
    return dice.choices([make for _, make in kinds], [weight for weight, _ in kinds])[0](dice, book)


def _feedback(dice: random.Random, book: RuleBook) -> Writing:
    """What the rules are for, in the words of their own examples."""
    example = dice.choice([e for e in book.routing.examples if not e.form and e.from_.endswith("example.org")])
    place = (
        f"Det gäller {dice.choice(('Norra', 'Södra', 'Lilla'))} {dice.choice('ABCDEFGH')}backen {dice.randrange(90)}."
    )
    text = "\n".join(filter(None, (dice.choice(_OPENINGS), example.text, place, dice.choice(_ENDINGS))))
    return Writing("synpunkt", person(dice), example.subject or "Synpunkt", text)


def _other(dice: random.Random, _book: RuleBook) -> Writing:
    kind, subject, text = dice.choice(_OTHERS)
    return Writing(kind, person(dice), subject, f"{text}\n\n{dice.randrange(1000)} hälsningar")


def _form(dice: random.Random, book: RuleBook) -> Writing:
    forms = [form for form in book.forms if form.layout is Layout.FIELDS and form.fields_.text]
    return _filled(dice, dice.choice(forms)) if forms else _feedback(dice, book)


def _filled(dice: random.Random, form: Form) -> Writing:
    own, sender = form.fields_, person(dice)
    answers = {
        own.text: f"Grinden vid {dice.choice('ABCDEFGH')}gården går inte att stänga.\nObs: barnen springer ut!",
        own.heading: "Grinden",
        own.contact: next(iter(form.contact), "Ja"),
        own.name: sender.partition(" <")[0],
        own.email: sender.partition("<")[2].strip(">"),
    }
    lines = [f"{label}\n{answer}" for label, answer in answers.items() if label]
    subject = form.subject[0].written.replace("*", "") if form.subject else form.name
    automatic = (("Auto-Submitted", "auto-generated"),)
    return Writing("formulär", form.from_[0].written.replace("*", "web"), subject, "\n".join(lines), automatic)


def _note(dice: random.Random, book: RuleBook) -> Writing:
    """A colleague took a call."""
    colleague = dice.choice(sorted(person.email for person in book.people.people))
    caller = person(dice).partition(" <")[0]
    text = f"#KANAL telefon\n#FRÅN {caller}, 0701-74 06 {dice.randrange(10, 99)}\nKlagar på snöröjningen på Björkvägen."
    return Writing("samtal", colleague, "Samtal", text)


def _newsletter(dice: random.Random, _book: RuleBook) -> Writing:
    headers = (("List-Id", "<nyheter.example.net>"), ("Precedence", "bulk"))
    return Writing("utskick", f"nyhetsbrev{dice.randrange(5)}@example.net", "Höstens kurser", "Boka plats nu!", headers)


def _away(dice: random.Random, _book: RuleBook) -> Writing:
    return Writing(
        "autosvar",
        person(dice),
        "Automatiskt svar: hej",
        "Jag är tillbaka på måndag.",
        (("Auto-Submitted", "auto-replied"),),
    )


def _anonymous(dice: random.Random, book: RuleBook) -> Writing:
    found = _form(dice, book)
    if found.kind != "formulär":
        return found
    kept = [line for line in found.text.split("\n") if "@example.org" not in line]
    names = {name for form in book.forms for name in (form.fields_.name, form.fields_.email) if name}
    text = "\n".join(line for line in kept if line not in names and not any(line.startswith(f) for f in _FIRST))
    return Writing("anonym", found.sender, found.subject, text, found.headers)


def _spam(dice: random.Random, _book: RuleBook) -> Writing:
    return Writing(
        "reklam", f"offer{dice.randrange(99)}@example.com", "Billiga däck", "Köp nu! Klicka här: http://x.example"
    )
