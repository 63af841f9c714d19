"""Who wants to be anonymous, and what colleagues then see of whoever has written (domain 7, KLI-18).

A mail is never anonymous: its sender stands in the register, which others may ask to read. The wish is kept inwards: no
letter to staff shows the name or the address. Answers still reach the person, through us.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from service.core.cases import Case, Contact, Submitter
from service.core.speech.commands import plain
from service.core.speech.phrasing import any_of, own_words, sentences

UNNAMED: Final = "synpunktslämnaren"
"""What stands in place of a hidden name or address."""

_I = r"(?:^|\b(?:jag|vi|och|men|sa|dessutom|ps|obs)\s+)"
_HIDDEN = r"(?:helt |garna )?anonym(?:a|t)?\b"
_NAME = r"(?:(?:mitt|vart|vara|nagot|nagra|mina|eget) )?(?:namn|identitet|personuppgifter)"
_WISH: Final = any_of(
    rf"""
    {_I}(?:vill|onskar|foredrar|begar|tanker|kommer) (?:garna |helst |absolut |ocksa |dock )*(?:att )?
    +(?:fa |forbli |vara |halla mig |halla oss |skriva |fortsatt |fortsatta )*{_HIDDEN}
    \b(?:vill|onskar|foredrar|far) (?:jag|vi) (?:garna |helst |absolut |dock )*(?:forbli|vara) {_HIDDEN}
    {_I}(?:vill|onskar|tanker|kommer) (?:helst |absolut |dock )?(?:inte|ej) (?:att )?
    +(?:uppge|lamna(?: ut)?|ange|saga|skriva|skylta med|beratta|ga ut med) {_NAME}\b
    {_I}(?:uppger|lamnar|anger|skriver) (?:inte|ej|inget|ogarna) (?:ut )?{_NAME}\b
    {_I}(?:skriver|lamnar|skickar|horde av mig|hor av mig) (?:[a-z]+ ){{0,4}}anonymt\b
    {_I}(?:vill|onskar) (?:inte|ej) att {_NAME} (?:ska |skall )?
    +(?:syns|synas|kommer fram|komma fram|namns|namnas|lamnas ut|sprids|spridas|star|sta|avslojas|rojs|rojas)\b
    \b{_NAME} (?:ska|skall|far|bor) (?:inte|ej) (?:synas|komma fram|sta|spridas|publiceras|lamnas ut|namnas|rojas)\b
    \b(?:hall|lat|behandla) (?:garna |snalla )?(?:mig|oss|detta|det har|min identitet) (?:vara |forbli )?{_HIDDEN}
    ^(?:helt |ps |obs |garna )?anonym(?:t|a)?(?: tack| svar)?\s*[.!]?$
    \bi (?:want|wish|would like|prefer) to (?:be|stay|remain) anonymous\b
    """
)
_ASKS_WHETHER = re.compile(r"\b(?:om|ifall) (?:jag|man|vi)\b")


def wishes_anonymity(text: str) -> bool:
    """Whether the writer asks to be anonymous, in plain words of the own. A name hidden in vain does little harm."""
    folded = text.casefold()
    if "anonym" not in folded and "namn" not in folded and "identitet" not in folded:
        return False
    return any(_WISH.search(s) and not _ASKS_WHETHER.search(s) for s in sentences(own_words(text)))


def withholds_name(answer: str) -> bool:
    """Whether what stands where a name is asked for says that none is given: "Anonym", "vill ej uppge"."""
    return bool(_WITHHELD.fullmatch(plain(answer).casefold().strip(" .,!?()\"'")))


_WITHHELD: Final = re.compile(
    r"(?:(?:vill|önskar|tänker)(?: helst| gärna)? (?:(?:vara|förbli) )?|helt )?anonym(?:t|a|ous)?(?: tack)?"
    r"|(?:jag |vi )?(?:vill|önskar|tänker)(?: helst)? (?:inte|ej)"
    r"(?: (?:att )?(?:uppge|ange|lämna|säga|skriva)\b.{0,30})?"
    r"|(?:uppger|anger|lämnar) (?:inte|ej)|(?:inget|okänt|hemligt) namn|ej (?:angivet|uppgivet)|hemlig|okänd"
)


def as_staff_see(case: Case) -> Case:
    """The case as letters to staff show it: whole, or without what tells who has written.

    The number to call, or the address to post to, stays where that is the only way to answer.
    """
    if not case.anonymous:
        return case
    who = case.submitter
    shown = Submitter(
        phone=who.phone if who.contact is Contact.PHONE else "",
        address=who.address if who.contact is Contact.LETTER else "",
        contact=who.contact,
        unconfirmed=who.unconfirmed,
    )
    return replace(case, submitter=shown, text=without(who, case.text), title=without(who, case.title))


def without(who: Submitter, text: str) -> str:
    """The text without the person's own name and addresses; of a signature, without parts of the name too."""
    for known in (who.name, who.email, who.reply_to):
        if known:
            text = re.sub(rf"(?<![\w@.]){re.escape(known)}(?![\w@])", UNNAMED, text, flags=re.IGNORECASE)
    names = [re.escape(part) for part in who.name.split() if len(part) > 1]
    if not names:
        return text
    part = re.compile(rf"(?<!\w)(?:{'|'.join(names)})(?!\w)(?:\s+(?:{'|'.join(names)})(?!\w))*")
    lines = text.split("\n")
    written = [place for place, line in enumerate(lines) if line.strip()]
    for place in written[-_SIGNATURE:]:
        if len(lines[place].split()) <= _FEW:
            lines[place] = part.sub(UNNAMED, lines[place])
    return "\n".join(lines)


_SIGNATURE: Final = 4  # lines at the end that may be a signature
_FEW: Final = 4  # words: a line of a signature has no more
