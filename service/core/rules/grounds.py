"""Why the rules send feedback where they do: in English for the journal and the command line, in Swedish for mails.

What the municipality and the mail say stands between quotation marks and is never translated; around it are few words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from service.core.rules import roads
from service.core.rules.choices import Road

NO_RULE, SECRECY, URGENT = "no rule holds", "secrecy", "urgent"
UNCONFIRMED_FORM = "the own mail server says that the form's sender is somebody else"
UNCLEAR_NOTE = "a colleague has noted the feedback, and something in the note is unclear"
PASSED_ON = "a member of staff has passed the mail on, and who has written it is not certain"
_SWEDISH = {
    NO_RULE: "ingen regel stämmer",
    SECRECY: "sekretess",
    URGENT: "brådskande",
    "rule": "regeln",
    "on": "på",
    "not to": "inte till",
    "who is named": "som nämns vid namn",
    "is away": "är borta",
    "secret": "sekretess",
    "belongs to": "hör till",
    "handed over by": "överlämnat av",
    "could be a form that nobody has described": "liknar ett formulär som ingen har beskrivit",
    "answers go to": "svar går till",
    UNCONFIRMED_FORM: (
        "formulärets mejl går inte att bekräfta: den egna mejlservern säger att avsändaren är någon annan"
    ),
    UNCLEAR_NOTE: "en kollega har antecknat synpunkten, och något i anteckningen är oklart",
    PASSED_ON: "mejlet är vidarebefordrat av en medarbetare, och det är inte säkert vem som har skrivit det",
    "the mail is about several matters:": "mejlet gäller flera saker:",
    "Each can have a case of its own by #DELA": "Dela upp det med #DELA och texten, en gång för varje sak",
    "the mail": "mejlet",
    "the form names case": "formuläret nämner ärende",
    "may belong to another case": "hör kanske till ett annat ärende",
    "but it is not filed there": "men det är inte lagt dit",
    "the mail from": "mejlet från",
    "has no text but a file. Read it and add who has written": (
        "har ingen text, men en bifogad fil. Läs den och lägg till vem som har skrivit"
    ),
    "is a link alone. Open it and add who has written, and what": (
        "är bara en länk. Öppna den och lägg till vem som har skrivit, och vad"
    ),
}
_MARKS = str.maketrans(dict.fromkeys("“”", "'"))


def by_rule(name: str, words: tuple[str, ...]) -> str:
    """A rule that holds, and what of the mail made it hold."""
    return f"rule {_quoted(name)}" + (f" on {_quoted(*words)}" if words else "")


def by_words(what: str, words: tuple[str, ...]) -> str:
    """Words of the mail that say something of it whichever rule holds."""
    return f"{what}: {_quoted(*words)}"


def not_to(address: str) -> str:
    """Nobody gets a complaint that names them."""
    return f"not to {_quoted(address)}, who is named"


def unknown_form(reply_to: str) -> str:
    """A mail that answers can only reach by what it says itself."""
    return f"the mail could be a form that nobody has described; answers go to {reply_to}"


def elsewhere(form: str, *, as_file: bool) -> str:
    """A form's mail that has nothing of the submission itself (S15)."""
    where = "has no text but a file. Read it and add" if as_file else "is a link alone. Open it and add"
    return f"the mail from {_quoted(form)} {where} who has written" + ("" if as_file else ", and what")


def names_a_case(number: str) -> str:
    """A form's mail with a number that nobody can vouch for."""
    return f"the form names case {number}, but it is not filed there"


def other_cases(numbers: Sequence[str]) -> str:
    """A mail whose signs disagree."""
    return f"the mail may belong to another case ({', '.join(numbers)}), but it is not filed there"


def several(places: Sequence[str]) -> str:
    """One mail about what belongs to different places (S09)."""
    return f"the mail is about several matters: {_quoted(*places)}. Each can have a case of its own by #DELA"


def called(road: Road) -> str:
    """What a mail may be besides feedback."""
    return road.value.replace("_", " ")


def in_swedish(text: str) -> str:
    """What these have written, also as the journal has it, for people who read Swedish."""
    pieces = re.split(r"(“[^”]*”)", text)
    return "".join(f"”{each[1:]}" if number % 2 else _translated(each) for number, each in enumerate(pieces))


def _translated(text: str) -> str:
    return _KNOWN.sub(lambda found: _WORDS[found[0]], text)


def _quoted(*words: str) -> str:
    return ", ".join(f"“{word.translate(_MARKS)}”" for word in words)


_WORDS = _SWEDISH | {called(road): name for road, name in roads.NAMES.items()}
_KNOWN = re.compile(rf"(?<![\w@.-])(?:{'|'.join(sorted(map(re.escape, _WORDS), key=len, reverse=True))})(?![\w@.-])")
