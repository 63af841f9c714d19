"""What staff call the kinds of letters, for one and for several."""

from __future__ import annotations

from collections.abc import Mapping

from service.core.effects import Letter
from service.core.speech import swedish

_SORTS: dict[Letter, tuple[str, str]] = {
    Letter.RECEIPT: ("bekräftelse", "bekräftelser"),
    Letter.ACKNOWLEDGEMENT: ("besked om att ett mejl har kommit", "besked om att ett mejl har kommit"),
    Letter.ASSIGNMENT: ("ärende att svara på", "ärenden att svara på"),
    Letter.REMINDER: ("påminnelse", "påminnelser"),
    Letter.ESCALATION: ("mejl om ett sent ärende", "mejl om sena ärenden"),
    Letter.ANSWER: ("svar", "svar"),
    Letter.DELAY: ("besked om försening", "besked om försening"),
    Letter.HANDOVER: ("besked om överlämning", "besked om överlämning"),
    Letter.REFERRAL: ("hänvisning till någon annan", "hänvisningar till någon annan"),
    Letter.REFUSAL: ("besked om avvisning", "besked om avvisning"),
    Letter.CLOSING: ("besked om avslut", "besked om avslut"),
    Letter.ECHO: ("kvittens till en kollega", "kvittenser till kolleger"),
    Letter.QUESTION: ("fråga till en kollega", "frågor till kolleger"),
    Letter.ALERT: ("varning", "varningar"),
    Letter.REPORT: ("rapport", "rapporter"),
    Letter.INFORMATION: ("mejl för kännedom", "mejl för kännedom"),
    Letter.DIGEST: ("morgonmejl eller lista", "morgonmejl eller listor"),
    Letter.LETTER: ("brev att posta", "brev att posta"),
}


def sort_of(kind: Letter) -> str:
    """The kind in one word or a few: "bekräftelse"."""
    return _SORTS[kind][0]


def counted(found: Mapping[Letter, int]) -> list[str]:
    """So many of each kind, a phrase each: "12 bekräftelser". In the order of a case's life."""
    return [f"{found[kind]} {words[found[kind] != 1]}" for kind, words in _SORTS.items() if found.get(kind)]


def total(found: Mapping[Letter, int]) -> str:
    """How many letters in all: "ett mejl", "25 mejl"."""
    count = sum(found.values())
    return "ett mejl" if count == 1 else swedish.count(count, "", "mejl")
