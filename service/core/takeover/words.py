"""What each chosen fact may be here, and by which words of another system it is known without being mapped."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from service.core.cases import Contact, Status
from service.core.rules.rulebook import RuleBook
from service.core.speech.channels import find_channel

YES, NO = "yes", "no"


def folded(word: str) -> str:
    """A word as words are compared: without regard to case and blanks."""
    return " ".join(word.split()).casefold()


@dataclass(frozen=True, slots=True)
class Words:
    """What is known of one fact. right: our value by each word, folded. is_free: any word will do.

    channels: the listed channels, where it is one: they are known by other words, too.
    """

    right: Mapping[str, str]
    is_free: bool = False
    channels: tuple[str, ...] = ()

    def find(self, word: str) -> str | None:
        """Our value; None where the word is not known."""
        found = self.right.get(folded(word))
        if found is None and self.channels:
            named = find_channel(word, self.channels)
            found = named.channel if named and not named.rest else None
        return word if found is None and self.is_free else found

    def nearest(self, word: str) -> str:
        """What is most alike among what is known; empty where nothing is."""
        close = difflib.get_close_matches(folded(word), list(self.right), n=1, cutoff=0.6)
        return self.right[close[0]] if close else ""


def words_of(book: RuleBook) -> dict[str, Words]:
    """What is known of each fact, by the municipality's rules."""
    town, people = book.municipality, book.people
    units = {u.name: u.id for u in people.units} | {u.id: u.id for u in people.units}
    known = {a: a for u in people.units for a in (*u.officers, u.manager)} | {a: a for a in people.registrars}
    named = {p.name: p.email for p in people.people} | {p.email: p.email for p in people.people}
    labels = {label: str(key) for key, label in town.status_labels.items() if str(key) in set(Status)}
    return {
        "status": Words(_all(_STATUS | labels | {str(each): str(each) for each in Status})),
        "type": _listed(town.types, is_free=town.own_type),
        "category": _listed(town.categories),
        "process": _listed(town.processes),
        "measure": _listed(town.measures),
        "channel": Words(_all({c: c for c in town.channels}), channels=tuple(town.channels)),
        "unit": Words(_all(units)),
        "officer": Words(_all(known | named)),
        "secrecy": Words(_TRUTH),
        "anonymous": Words(_TRUTH),
        "contact": Words(_all(_CONTACT | {str(each): str(each) for each in Contact})),
    }


def _listed(words: Iterable[str], *, is_free: bool = False) -> Words:
    """The municipality's own list; where it has none, any word will do."""
    right = {word: word for word in words}
    return Words(_all(right), is_free=is_free or not right)


def _all(right: Mapping[str, str]) -> dict[str, str]:
    return {folded(word): value for word, value in right.items()}


_TRUTH = {
    **dict.fromkeys(("ja", "j", "yes", "y", "sant", "true", "1", "x", "sekretess"), YES),
    **dict.fromkeys(("nej", "n", "no", "falskt", "false", "0", "-"), NO),
}
_STATUS = {
    **dict.fromkeys(("ny", "nytt", "inkommet", "registrerat", "att fördela", "ofördelat"), "triage"),
    **dict.fromkeys(("pågår", "pågående", "öppet", "öppen", "under handläggning", "tilldelat"), "assigned"),
    **dict.fromkeys(("väntar", "vilande", "parkerat"), "waiting"),
    **dict.fromkeys(("besvarat", "besvarad"), "answered"),
    **dict.fromkeys(("avslutat", "avslutad", "stängt", "stängd", "klart", "klar", "arkiverat"), "closed"),
    **dict.fromkeys(("avvisat", "avvisad", "makulerat"), "refused"),
}
_CONTACT = {
    **dict.fromkeys(("e-post", "epost", "mejl", "mail"), "email"),
    **dict.fromkeys(("brev", "post"), "letter"),
    **dict.fromkeys(("telefon", "samtal"), "phone"),
    **dict.fromkeys(("nej", "inget svar"), "none"),
}
