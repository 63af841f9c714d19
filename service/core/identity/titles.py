"""The title of a case (ärendemening): what it is about, in the submitter's words (KOP-30).

"Synpunkt" or "Hej" is no title: where the subject says nothing, the first sentence of the text that says something
takes its place. A title is read by more people than the mail, so personal numbers, e-mail addresses, phone numbers and
web addresses never get into it.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from service.core.identity.numbers import without_numbers
from service.core.people import accounts
from service.core.people.personal import MASK, mask_personal_numbers

UNTITLED: Final = "Synpunkt utan rubrik"

_LONGEST: Final = 80  # characters, the ellipsis included
_SUBJECT_READ: Final = 1_000
_TEXT_READ: Final = 5_000
_SHOUTED_LETTERS: Final = 7  # fewer capitals in a row may be an abbreviation
_SHOUTED_SHARE: Final = 0.8
_WORDS_OF_A_SENTENCE: Final = 2

# Words of three letters or more that say nothing about the matter; a title of nothing else is weak.
_SAYING_NOTHING: Final = """
akut allmän allmänt anmälan att behövs beröm besvär brev dag dig din dina ditt enkät epost era ert ett felanmälan
feedback formulär fråga frågan frågor från för förfrågan förslag förslaget god hallå hej hejsan här hälsning
hälsningar hjälp info information ingen inget inkommande inkommen inkommet jag klagan klagomål klagomålet kommun
kommunen kontakt kontaktformulär lämna mail mailet med medborgarförslag meddelande mejl mejlet min mina mitt morgon
mvh mycket nummer nya nytt obs och omgående post rubrik saknas skickat svar synpunkt synpunkten synpunkter tack till
undran undrar utan vidare viktigt webb webben webbformulär webbplatsen ämne ärende ärendet åsikt
complaint contact dear form from hello help message new none question subject untitled your
"""
_WEAK_WORDS: Final = frozenset(_SAYING_NOTHING.split())

_PREFIX: Final = re.compile(
    r"\s*+(?:(?:re|sv|vs|vb|vl|fwd?|aw|wg|ang)\s*+(?:(?:\[\d+\]|\(\d+\))\s*+)?[:.]|angående\b:?|\[[^\]]{0,60}\])\s*+",
    re.IGNORECASE,
)
_TAG: Final = re.compile(r"[\[(<*]{1,3}\s*(?:ext|extern\w*|spam|misstänkt)\b[^\])>*]{0,60}[\])>*]{1,3}", re.IGNORECASE)
_EMPTY_BRACKETS: Final = re.compile(r"\[\s*\]|\(\s*\)")
_ADDRESS: Final = re.compile(r"(?<![^\s<>@])[^\s<>@]++@[^\s<>]+|(?:https?://|www\.)\S+", re.IGNORECASE)
_PHONE: Final = re.compile(r"(?<![\d.,])(?:\+|0)(?:[\s\-\u2010-\u2014/()]{0,3}\d){7,}")
_OMITTED: Final = "…"
_OMITTED_IN_BRACKETS: Final = re.compile(r"[\[(]…[\])]")
_LEADING: Final = " .,;:!?-–—…*#>_|/\\])}"
_TRAILING: Final = " .,;:!?-–—…*#<_|/\\[({"

# A name or another word of address belongs to the greeting when punctuation or the end of the line follows it.
_GREETING: Final = re.compile(
    r"^\W*(?i:hej(?:san)?(?:\shej)?|hallå|tjena|god\s(?:morgon|förmiddag|dag|middag|eftermiddag|kväll)|hello|hi|hei|dear)\b"
    r"(?:(?:\s(?:[A-ZÅÄÖ]\w*|på|er|alla|där|igen|kommunen|kommun)){1,3}\s*(?:[,!.:]|$))?[\s,!.:\u2013-]*"
)
_SIGN_OFF: Final = re.compile(
    r"^(?:--|_{5,}|(?:mvh|(?:med\s)?(?:vänlig|bästa|varm)\w*\shälsning|hälsning|vänligen|skickat från|hämta outlook"
    r"|sent from|get outlook|(?:kind|best) regards).{0,40}$)",
    re.IGNORECASE | re.MULTILINE,
)
_NOT_THE_MATTER: Final = re.compile(
    r"\s*(?:jag heter|mitt namn|my name|skickat från|sent from|hämta outlook|get outlook)\b", re.IGNORECASE
)
_SENTENCE_END: Final = re.compile(
    r"(?<=[.!?…])(?<!\bt\.ex\.)(?<!\bbl\.a\.)(?<!\bca\.)(?<!\bnr\.)(?<!\bkl\.)(?<!\bst\.)\s+(?=[A-ZÅÄÖÉ\"”])",
)
_PARAGRAPH_END: Final = re.compile(r"\n[^\S\n]*\n")


@dataclass(frozen=True, slots=True)
class Title:
    """A title of at most 80 characters. weak: it does not say what the case is about; a registrar should name it."""

    text: str
    weak: bool


def title(subject: str, text: str, weak_subjects: Iterable[str] = ()) -> Title:
    """The title of a case that came with this subject and text (KOP-30).

    subject: decoded; reply marks, tags, case numbers and shouting are removed.
    text: what the submitter wrote, without quoted history.
    weak_subjects: subjects that say nothing here, such as the name of a web form; compared without regard to case.
    """
    cleaned = _cleaned(_without_prefixes(subject[:_SUBJECT_READ]))
    meaningless = {_cleaned(_without_prefixes(weak)).casefold() for weak in weak_subjects}
    if _tells(cleaned) and cleaned.casefold() not in meaningless:
        return Title(_cut(cleaned), weak=False)
    for sentence in _sentences(text[:_TEXT_READ]):
        if _tells(sentence) and len(_words(sentence)) >= _WORDS_OF_A_SENTENCE:
            return Title(_cut(sentence), weak=False)
    return Title(UNTITLED, weak=True)


def _sentences(text: str) -> Iterator[str]:
    """The sentences of the text, fit for a title, without greetings, quoted lines and what follows the sign-off."""
    for paragraph in _PARAGRAPH_END.split(_SIGN_OFF.split(text.replace("\r\n", "\n"), maxsplit=1)[0]):
        lines = (_GREETING.sub("", line.strip()) for line in paragraph.split("\n") if not line.startswith(">"))
        for sentence in _SENTENCE_END.split(" ".join(lines)):
            if not _NOT_THE_MATTER.match(sentence):
                yield _cleaned(sentence)


def _without_prefixes(subject: str) -> str:
    subject = without_numbers(subject)
    while prefix := _PREFIX.match(subject):
        subject = subject[prefix.end() :]
    return subject


def _cleaned(text: str) -> str:
    """The text as one line, fit for a title, of any length.

    What identifies somebody is taken out last: nothing that is removed later could then join two halves of a number.
    """
    printable = "".join(character if character.isprintable() else " " for character in without_numbers(text))
    line = " ".join(_EMPTY_BRACKETS.sub(" ", _TAG.sub(" ", printable)).split())
    line = accounts.mask_account_numbers(_GREETING.sub("", line)).replace(accounts.MASK, _OMITTED)
    line = mask_personal_numbers(_ADDRESS.sub(_OMITTED, line)).replace(MASK, _OMITTED)
    line = _OMITTED_IN_BRACKETS.sub(_OMITTED, _PHONE.sub(_OMITTED, line)).lstrip(_LEADING)
    bare = line.rstrip(_TRAILING)
    line = f"{bare}?" if "?" in line[len(bare) :] else bare
    letters = [character for character in line if character.isalpha()]
    if len(letters) >= _SHOUTED_LETTERS and sum(map(str.isupper, letters)) > _SHOUTED_SHARE * len(letters):
        line = line.lower()
    return line[:1].upper() + line[1:]


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]{3,}", text.casefold())


def _tells(text: str) -> bool:
    return any(word not in _WEAK_WORDS for word in _words(text))


def _cut(text: str) -> str:
    if len(text) <= _LONGEST:
        return text
    kept, _, _ = text[:_LONGEST].rpartition(" ")
    return (kept or text[: _LONGEST - 1]).rstrip(_TRAILING) + _OMITTED
