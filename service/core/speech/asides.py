"""What stands in an answer and is not for its reader: a note for colleagues, or what somebody else has written.

Told by how a line or a sentence begins. Whoever wrote it is asked: nothing is left out, and nothing is sent unasked.
"""

from __future__ import annotations

import re

_LONGEST = 80  # characters that are shown


def found(text: str) -> str:
    """The first line that is not for the reader, shortened; empty where none is."""
    line = _ASIDE.search(text)
    return " ".join(line[0].split())[:_LONGEST] if line else ""


_MARKS = r"(?:^|(?<=[.!?] ))[ \t>*_(\[{</\\#♯%•–—-]{0,10}"
_PS = r"(?:(?:ps|obs|nb|p\.s\.|fyi|not[ea]?)\b[ \t:.,!–—-]{0,5})?[(\[]?(?:(?:endast|enbart)[ \t])?"
_INTERNAL = (
    r"(?:(?-i:INTERNT)\b|internt[ \t]*(?:[.:!)\]}>*_–—-]|$)"
    r"|intern[ta]?(?:[ \t]\w{1,20}){1,3}[ \t]*[:)\]}>*_]"
    r"|intern[ta]?[ \t](?:kommentar\w*|anteckning\w*|notering\w*|info\w*|meddelande\w*)[ \t]*[.!–—-]?$"
    r"|(?:kommentar|anteckning|notering|info)[ \t](?:internt|för[ \t]internt[ \t]bruk)\b)"
)
_LABEL = (
    r"(?:tjänste)?(?:anteckning|notering)(?:ar)?[ \t]*:"
    r"|(?:arbetsmaterial|utkast|todo|att[ \t]göra|konfidentiellt|sekretess\w*|kolleg\w{1,4})[ \t]*[:)\]]"
    r"|till[ \t](?:synpunkten|synpunktsfunktionen|handläggarsystemet)\b"
)
_NOT_FOR = (
    r"(?:ej|inte|icke)[ \t](?:(?:till|för|åt|med[ \t]till)[ \t])?(?:medborgar|synpunktslämnar|kund|invånar|utskick)\w*"
    r"|skicka[ \t](?:ej|inte)[ \t](?:detta|det[ \t]här|det|vidare|ut|till|med|än|ännu|iväg)\b"
    r"|skickas[ \t](?:ej|inte)\b|ska[ \t](?:ej|inte)[ \t](?:skickas|med[ \t]i[ \t]svaret)\b"
    r"|tas?[ \t]bort[ \t](?:detta[ \t]|det[ \t]här[ \t])?(?:innan|före)\b"
    r"|(?:mellan[ \t]oss|(?:bara|endast)[ \t](?:till|för)[ \t](?:er|dig|oss|kollegor))[ \t]*[:)\].,]"
)
_OF_OTHERS = (  # the head of a mail or of a message, as programs copy it
    r"(?:från|from|avsändare)[ \t]*:[ \t]*\S"
    r"|(?:vidarebefordrat|ursprungligt)[ \t](?:meddelande|brev|mejl)\b|(?:begin[ \t])?forwarded[ \t]message\b"
)
_ASIDE = re.compile(
    rf"{_MARKS}{_PS}(?:{_INTERNAL}|{_LABEL}|{_NOT_FOR}|{_OF_OTHERS})[^\n]{{0,{_LONGEST}}}", re.IGNORECASE | re.MULTILINE
)
