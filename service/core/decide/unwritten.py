"""Nobody can write to the submitter by mail: whoever orders it, and the registrar, hear what was not said."""

from __future__ import annotations

from service.core.cases import Case
from service.core.decide.people import registrar_of
from service.core.effects import Letter, SendLetter
from service.core.rules.rulebook import RuleBook

NOT_WRITTEN = "not-written"
"""The journal's line of a letter to an address that nobody can write to."""


def on_unwritten(case: Case, letter: SendLetter, book: RuleBook) -> SendLetter | None:
    """Nobody can be written to at the address, and the submitter must learn what the letter says: a person finds out.

    Of a receipt the ladder tells, and an answer leaves in any case.
    """
    if letter.kind not in _MUST_ARRIVE or not case.submitter.has(letter.to):
        return None
    facts = {"letter": letter.kind, "failed": letter.to, "status": ""}
    return SendLetter(Letter.ALERT, registrar_of(case, book), "a mail of ours was not written", "bounce", facts)


def untold(kind: Letter) -> str:
    """What the submitter was not told, for the echo to whoever ordered it; no address, which not everybody may see."""
    what = _MUST_ARRIVE[kind]
    return f"Synpunktslämnaren har inte fått {what}: det går inte att skicka mejl dit. Ge besked på annat sätt."


_MUST_ARRIVE = {
    Letter.REFERRAL: "hänvisningen",
    Letter.REFUSAL: "beskedet om varför",
    Letter.DELAY: "beskedet om att svaret dröjer",
}
