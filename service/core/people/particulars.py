"""Who a person is and how to reach them, as a colleague jots it down: "Gun Ek, 070-174 06 05, vill bli uppringd"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from service.core.cases import Contact
from service.core.people import addresses
from service.core.speech.commands import fold

_EMAIL: Final = re.compile(r"(?:mailto:)?([^\s<>()\[\]\"',;:]{1,64}@[^\s<>()\[\]\"',;:]{1,255})")
_PHONE: Final = re.compile(r"(?<![\w.-])(?:\+|0)\d(?:[\s\-\u2010-\u2014/()]{0,3}\d){5,14}(?!\w)")
_WORDS: Final = r"(?:[^\W\d_][\w.'-]*+\s++)"
_STREET: Final = rf"(?:{_WORDS}{{1,5}}\d{{1,4}}\s?[a-z]?(?:\s*+(?:,\s*+)?lgh\.?\s*+\d{{1,4}})?|box\s+\d{{1,5}})"
_TOWN: Final = r"(?:(?:se?-)?\d{3}\s?\d{2}\s+[^\W\d_][\w -]{1,40})"
_PLACE: Final = re.compile(rf"{_STREET}\s+{_TOWN}|{_STREET}|{_TOWN}", re.IGNORECASE)
_NAME_AND_STREET: Final = re.compile(rf"({_WORDS}[^\W\d_][\w.'-]*)\s+({_WORDS}{{1,3}}\d.*)", re.DOTALL)
_LABEL: Final = re.compile(r"(?i)(?:namn|tel(?:efon)?|tfn|mobil|e-?post|mejl|mail|adress|postadress)\s*[.:]\s*")
_ANONYMOUS: Final = re.compile(r"anonym\w*|okand\w*|vill vara anonym|uppger inte namn|namn saknas")
_WISHES: Final = {  # in words without å ä ö; the first that holds decides
    Contact.NONE: r"(?:vill|behover|onskar) (?:inte|ej)\b|\bing(?:et|en) (?:svar|aterkoppling|kontakt)\b"
    r"|\b(?:inte|ej) (?:bli )?kontakta\w*",
    Contact.PHONE: r"\b(?:upp)?ring(?:d|as|ning|a|er)?\b|\b(?:per|pa|via|med) (?:telefon|tfn|tel)\b"
    r"|\btelefonsvar\b|\baterring\w*",
    Contact.LETTER: r"\b(?:per|med|via|i|ett) (?:brev|post(?:en)?)\b|\bbrevsvar\b",
    Contact.EMAIL: r"\b(?:per|med|via|pa|ett) (?:e-?post|mejl|mail|e-?mail)\b|\bmejlsvar\b|\bmejla\b",
}
_ASKED_FOR: Final = re.compile(
    r"\b(?:vill|onskar|svar\w*|aterkoppling|kontakt\w*|besked|ring(?:a|as|er)?|uppring\w*|mejla)\b"
)


@dataclass(frozen=True, slots=True)
class Particulars:
    """What is known of a person. contact None: nobody has said how the person wants to be reached."""

    name: str = ""
    email: str = ""
    phone: str = ""
    address: str = ""
    contact: Contact | None = None
    anonymous: bool = False

    @property
    def says_nothing(self) -> bool:
        """Whether nothing at all is known."""
        return self == Particulars()

    @property
    def way(self) -> Contact:
        """How the person is reached: as wished, else by whatever is known of them."""
        if self.contact is not None:
            return self.contact
        ways = ((self.email, Contact.EMAIL), (self.phone, Contact.PHONE), (self.address, Contact.LETTER))
        return next((way for known, way in ways if known), Contact.IMPOSSIBLE)


def read_person(words: str) -> Particulars:
    """The person whom the words tell of, in any order, with commas between or not."""
    words = words[:_READ]
    email, phone = _EMAIL.search(words), _PHONE.search(words)
    mailable = email[1].rstrip(".") if email and addresses.is_mailable(email[1].rstrip(".")) else ""
    rest = _PHONE.sub(",", _EMAIL.sub(",", words))
    name, address, contact, anonymous = "", list[str](), wish_of(words), False
    pieces = _pieces(rest)
    for number, piece in enumerate(pieces):
        if _ANONYMOUS.search(fold(piece)):
            anonymous = True
        elif _PLACE.fullmatch(piece) or _WITH.match(piece) or (name and _is_above_town(pieces, number)):
            address.append(piece)
        elif not name and not _is_wish(piece) and re.search(r"[^\W\d_]", piece):
            name = piece[:_LONGEST_NAME]
    if not name and address and (both := _NAME_AND_STREET.match(address[0])):
        name, address[0] = both[1], both[2]
    return Particulars(name, mailable, phone[0].strip() if phone else "", ", ".join(address), contact, anonymous)


def _is_above_town(pieces: list[str], number: int) -> bool:
    """Whether the town of an address follows: then the piece is a house or a village, which has no number."""
    after = pieces[number + 1 : number + 1 + _ABOVE_TOWN]
    return not _is_wish(pieces[number]) and any(re.fullmatch(_TOWN, line, re.IGNORECASE) for line in after)


_ABOVE_TOWN: Final = 2  # lines
_WITH: Final = re.compile(r"(?i)c/o\s")  # whom somebody lives with
_LONGEST_NAME: Final = 80  # characters
_READ: Final = 1_000  # characters: nobody says more of a person


def wish_of(words: str) -> Contact | None:
    """How the words say that somebody wants to be reached; None where they do not say."""
    for piece in re.split(r"[,;\n]|\.\s", fold(words)):
        if _is_wish(piece):
            found = next((way for way, form in _WISHES.items() if re.search(form, piece)), None)
            if found:
                return found
    return None


def _is_wish(piece: str) -> bool:
    return _ASKED_FOR.search(fold(piece)) is not None


def _pieces(words: str) -> list[str]:
    pieces = (_LABEL.sub("", piece) for piece in re.split(r"[,;\n]|\s[–—-]\s", words))
    return [bare for piece in pieces if (bare := piece.strip(" \t.:()<>[]\"'”“„»«’‘*_"))]
