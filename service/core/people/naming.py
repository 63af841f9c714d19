"""Words that are, or may be, the name of a person whom the register knows nothing of: the neighbour, the teacher.

No list of names is long enough. What has the form of one is taken for one where nobody looks at the words before they
are shown to the public: a place that is asked about does less harm than a teacher who stands on the web.
"""

from __future__ import annotations

import re
from typing import Final

_RELATED: Final = (
    r"grannen?|grannfru\w*|hustru\w*|make[nr]?|makan|fru|frun|sambon?|son|sonen|dotter|dottern|pappan?|mamman?|farfar|"
    r"mormor|morfar|farmor|bror|brodern|syster|systern|kompisen?|herr|fröken|familjen|hyresgästen?|brukaren?|kunden|"
    r"barnet|pojken|flickan|killen|tjejen|mannen|kvinnan"
)
_AT_WORK: Final = (
    r"eleven?|\w*läraren?|\w*lärarinnan|rektorn?|\w*pedagogen?|fritidsledaren?|tränaren?|\w*sköterskan?|läkaren?|doktorn?|"
    r"kassörskan?|receptionisten?|chauffören?|föraren|vaktmästaren?|\w*handläggaren?|inspektören?|chefen|enhetschefen?|"
    r"socialsekreteraren?|kuratorn?|bibliotekarien?|kocken|vikarien?|personalen|väktaren?|medarbetaren?"
)
_NAME: Final = r"[A-ZÅÄÖÉ][a-zåäöéüø]+(?:-[A-ZÅÄÖÉ][a-zåäöéüø]+)?"

BY_PART: Final = re.compile(rf"\b((?i:{_RELATED}|{_AT_WORK}))[ ]+({_NAME}(?:[ ]{_NAME})?)(?=s?\b)")
"""Somebody who is named by what they are to another: the neighbour Karin Holm. Groups: what, and the name."""

_NO_FIRST_NAME: Final = (
    r"Stora|Lilla|Norra|Södra|Östra|Västra|Gamla|Nya|Övre|Nedre|Inre|Yttre|Sankt|Sankta|Kungliga|Svenska|"
    r"Är|Har|Kan|Ska|Vill|Får|Bör|Måste|Finns|Vid|På|Från|Till|Mot|Mellan|Längs|Genom|Utanför|Bakom|Framför|Under|Över|"
    r"Efter|Före|Innan|Hos|Med|Om|Enligt|Att|Varför|När|Hur|Var|Vad|Vem|Vilken|Det|Den|De|Detta|Denna|Vi|Ni|Jag|Du|Han|"
    r"Hon|Man|Alla|Ingen|Inget|Någon|Många|Men|Och|Eller|Så|Nu|Här|Där|Sedan|Igår|Idag|Min|Mitt|Mina|Vår|Vårt|Våra|Er|"
    r"Ert|Era|Din|Ditt|Dina|Tack|Hej|Bra|Gäller|Angående|Att|Kommunen|Kommun|Enheten|Gata|Hela"
)
_OF_PLACES: Final = (
    r"gatan?|väg(?:en)?|torg(?:et)?|stig(?:en)?|gränd(?:en)?|backe[n]?|bron?|plan(?:en)?|plats(?:en)?|park(?:en)?|"
    r"skolan?|gymnasi(?:um|et)|bad(?:et)?|hall(?:en)?|hus(?:et)?|gård(?:en)?|kyrkan?|station(?:en)?|centrum|kommun(?:en)?|"
    r"stad(?:en)?|län(?:et)?|sjön?|ån?|älv(?:en)?|bäck(?:en)?|berg(?:et)?|by(?:n)?|strand(?:en)?|hamn(?:en)?|allén?|"
    r"rondell(?:en)?|viadukt(?:en)?|bibliotek(?:et)?|förvaltning(?:en)?|nämnd(?:en)?|fritid|park|trafik|avlopp"
)
FULL: Final = re.compile(
    rf"(?<![\w.])(?!(?:{_NO_FIRST_NAME})[ ])({_NAME})[ ](?!\w*(?i:{_OF_PLACES})s?\b)({_NAME})(?!\w)"
)
"""Two names beside each other, first name and surname, that are not those of a place. Groups: both."""

_FEW_LETTERS: Final = 20
_SHOUTED: Final = 0.8  # of the letters


def tells_no_names(text: str) -> bool:
    """Whether names in the text could not be told from other words: it has capitals alone, or none."""
    letters = [character for character in text if character.isalpha()]
    capitals = sum(map(str.isupper, letters))
    return len(letters) > _FEW_LETTERS and (not capitals or capitals > _SHOUTED * len(letters))
