"""An answer to a list, line by line: which case each line names, and what is to be done with it.

`1 1`, `2 förskola`, `3 JA`, `00123 2`, `EKV-26-00123-K Bo Ek`, `EKV-26-00123-K #AVSLUTA`. A line that can mean two
things is not obeyed but shown with its choices.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from service.core.cases import Case, Guess, Status
from service.core.decide import colleagues, obey
from service.core.decide.deeds.referring import authority
from service.core.decide.incoming import Plan
from service.core.decide.people import may_command
from service.core.effects import Listing
from service.core.identity.numbers import find_numbers, without_numbers
from service.core.rules.rulebook import RuleBook
from service.core.speech import courtesy, orders
from service.core.speech.commands import Command, Word, plain
from service.core.speech.consent import Consent, body, read_consent

_LEAD = r"[\s*•–—-]*+(?:(?:rad|nr|nummer|ärende|nr\.)\s*+(?::\s*+)?)?"
_ROW = re.compile(rf"(?i){_LEAD}(\d{{1,3}})(?:\s*[.):=>→–-]+\s*|\s+)(\S.*)")
_SERIAL = re.compile(rf"(?i){_LEAD}(\d{{5,9}})(?:\s*[.):=>→–-]+\s*|\s+)(\S.*)")
_NUMBER_FIRST = re.compile(rf"(?i){_LEAD}\[?[a-z]{{2,5}}[\s–-]*+\d")
_MOST = 100  # lines of one answer
_MOST_DIGITS = 2


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an answer. number: the case that it names; empty: none that is known here."""

    number: str
    wish: str
    written: str


def read_lines(text: str, listing: Listing, listed: Mapping[str, Case], prefix: str) -> tuple[list[Line], list[str]]:
    """The lines that name a case, and those that do not."""
    lines: list[Line] = []
    others: list[str] = []
    for written in plain(text).splitlines():
        if written.lstrip().startswith(">"):
            continue  # what is quoted was written by somebody else
        read = _read(written, listing, listed, prefix) if len(lines) < _MOST else None
        if read:
            lines.append(read)
        elif written.strip():
            others.append(written.strip())
    return lines, others


def _read(written: str, listing: Listing, listed: Mapping[str, Case], prefix: str) -> Line | None:
    named = find_numbers(written, prefix)
    if named and _NUMBER_FIRST.match(written):
        wish = without_numbers(written).strip(" \t:=>→–-.[]()*•")
        return Line(named[0] if named[0] in listed else "", wish, written.strip())
    if serial := _SERIAL.fullmatch(written.strip()):
        found = [number for number in listed if int(number.split("-")[2]) == int(serial[1])]
        return Line(found[0] if len(found) == 1 else "", serial[2].strip(), written.strip())
    if row := _ROW.fullmatch(written.strip()):
        at = int(row[1])
        return Line(listing.rows[at - 1] if 0 < at <= len(listing.rows) else "", row[2].strip(), written.strip())
    return None


def left_over(others: list[str], writer: str) -> str:
    """What of the other lines says something: no greeting, signature, thanks, and no order to let mails in."""
    said = "\n".join(line for line in body("\n".join(others), writer) if not _COURTESY.fullmatch(line.strip()))
    return "" if not re.search(r"\w", said) or courtesy.is_acknowledgement(said) else said


_COURTESY = re.compile(  # a greeting or a signature on a line of its own
    r"(?i)(?:hej|hejsan|god (?:morgon|dag)|tack(?: på förhand)?|mvh|m\.v\.h\.?|/|"
    r"(?:med )?(?:vänliga?|bästa|varma) hälsning(?:ar)?|hälsning(?:ar)?)[\s,.!/]{0,3}"
    r"(?:(?-i:[A-ZÅÄÖ])[\w-]{0,30} ?){0,3}[.!,]?"
)


# --- what a line means -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Meant:
    """What a line orders in its case, or why it is not clear."""

    line: Line
    commands: tuple[Command, ...] = ()
    fault: str = ""


def choice(guess: Guess) -> Command:
    """What choosing the guess orders."""
    return Command(Word.REFER, guess.refer_to) if guess.refer_to else Command(Word.HAND_OVER, guess.officer)


def sorted_by(text: str, case: Case, writer: str, book: RuleBook, *, names: bool) -> Command | None:
    """What a short answer in a case that nobody has yet orders: the number of a guess, or by name.

    writer: what the writer signs with. None: the text is something else.
    """
    said = body(text, writer)
    if case.status is not Status.TRIAGE or case.secrecy or len(said) != 1 or len(said[0]) > _LONGEST_NAME:
        return None
    guess = chosen(said[0], case)
    if guess:
        return choice(guess)
    if not names:
        return None
    other, found = authority(said[0], book), colleagues.find(said[0], book)
    if other:
        return Command(Word.REFER, other.to)
    return Command(Word.HAND_OVER, found.person.email) if found.person else None


_LONGEST_NAME = 40  # characters


def chosen(text: str, case: Case) -> Guess | None:
    """The guess whose number the text is, and nothing else."""
    bare = text.strip(" \t\n.)#")
    if not bare.isdecimal() or len(bare) > _MOST_DIGITS:
        return None
    return case.guesses[int(bare) - 1] if 0 < int(bare) <= len(case.guesses) else None


def meaning(line: Line, case: Case, plan: Plan, today: date) -> Meant:
    """What the line orders, with settled values. Changes nothing."""
    if not may_command(plan.actor, case, plan.book):
        return Meant(line, fault="Du är inte handläggare, chef eller registrator för ärendet.")
    if "#" in line.wish:
        read = orders.read_orders(line.wish)
        commands, fault = read.commands, "; ".join((*read.faults, *read.doubts))
        if read.text:
            fault = fault or "Raden har både text och kommandon."
        if not fault and read.words & _NEED_A_MAIL:
            fault = "Ett svar till synpunktslämnaren skrivs i ett eget mejl om ärendet."
    else:
        command, fault = _assigns(line.wish, case, plan.book)
        commands = (command,) if command else ()
    if fault or not commands:
        return Meant(line, fault=fault or "Raden säger inte vad som ska göras.")
    settled, faults, doubts = obey.settle(plan, commands, today)
    return Meant(line, settled, " ".join((*faults, *doubts)))


_NEED_A_MAIL = frozenset({Word.ANSWER, Word.ANSWERED, Word.UNDO, Word.DIVIDE})


def _assigns(wish: str, case: Case, book: RuleBook) -> tuple[Command | None, str]:
    """Who is to have the case: by the number of a guess, by JA, by name or unit, or another authority."""
    if case.status is not Status.TRIAGE:
        person = book.person(case.officer)
        has_it = f" Det finns hos {person.name if person else case.officer}." if case.officer else ""
        return None, f"Ärendet väntar inte längre på att bli fördelat.{has_it}"
    if wish.strip(" .)").isdecimal():
        guess = chosen(wish, case)
        return (choice(guess), "") if guess else (None, f"Det finns inget förslag med nummer {wish.strip(' .)')}.")
    if read_consent(wish) is Consent.YES:
        return (choice(case.guesses[0]), "") if case.guesses else (None, "Det finns inget förslag att säga ja till.")
    other = authority(wish, book)
    if other:
        return Command(Word.REFER, other.to), ""
    found = colleagues.find(wish, book)
    return Command(Word.HAND_OVER, found.person.email if found.person else wish), ""
