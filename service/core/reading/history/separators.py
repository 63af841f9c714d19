"""Single lines that say what follows: the original message, or a forwarded one."""

from __future__ import annotations

import re

REPLY_MARKER = "Skriv ditt svar ovanför den här raden"
"""The line that the service's own letters carry above what they say; an answer stands above it."""

_ORIGINAL = re.compile(
    r"[\W_]{2,80}(?:ursprungligt meddelande|originalmeddelande|ursprungsmeddelande|original message|original-nachricht"
    r"|urspr(?:ü|ue)ngliche (?:nachricht|mail|e-mail)|originalnachricht|oprindelig (?:besked|meddelelse|mail)"
    r"|opprinnelig melding|original melding|alkuper(?:ä|ae)inen viesti|message d'origine|message original"
    r"|mensaje original|mensagem original|oorspronkelijk bericht|messaggio originale|wiadomość oryginalna"
    r"|исходное сообщение|original appointment|ursprunglig avtalad tid)[\W_]{0,80}",
    re.IGNORECASE,
)
_REPLY_ABOVE = re.compile(
    r"[\W_]{0,40}(?:please )?(?:skriv|svara|reply|write|type|antworten)\b.{0,30}\b(?:ovanför|above|ovenfor|oberhalb)\b"
    r".{0,12}\b(?:rad|raden|linje|linjen|line|zeile)\b.{0,60}",
    re.IGNORECASE,
)
_FORWARDED = re.compile(
    r"[\W_]{0,80}(?:(?:början på|påbörja|begin|start of|start på|anfang der|alku|début du) )?"
    r"(?:vidarebefordrat (?:meddelande|brev|mejl|mail)|vidarebefordrad e-?post|vidarebefordrat från .{0,60}"
    r"|forwarded (?:message|by)\b.{0,60}|videresendt (?:meddelelse|besked|melding|e-post|mail)"
    r"|weitergeleiteten? (?:nachricht|mail|e-mail)|(?:edelleen ?lähetetty|välitetty) viesti|välitetyn viestin"
    r"|message (?:transféré|réexpédié)|mensaje reenviado|doorgestuurd bericht|mensagem encaminhada|messaggio inoltrato"
    r"|пересылаемое сообщение)[\W_]{0,80}",
    re.IGNORECASE,
)
# "-----Bo Ek <bo.ek@example.org> skrev: -----" of Notes, "---- Den Tue, 12 Nov 2026 Bo Ek skrev ----" of Zoho
_NOTES = re.compile(
    r"-{2,40} {0,2}\w.{1,200}(?:skrev|wrote|schrieb|kirjoitti|skrev følgende|a écrit):? {0,2}-{2,40}\s{0,8}",
    re.IGNORECASE,
)
# ">>> Bo Ek <bo.ek@example.org> 2026-11-12 09:12 >>>" of GroupWise
_GROUPWISE = re.compile(
    r">>> ?\S.{1,160}\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}.{0,12}\d\d?[:.]\d\d.{0,12}>>>\s{0,8}", re.IGNORECASE
)
_MARKER = re.compile(rf"[\W_]{{0,40}}{REPLY_MARKER}[\W_]{{0,40}}", re.IGNORECASE)


def is_separator(line: str) -> bool:
    """Whether the line alone says that the original message follows, or that answers belong above it."""
    if is_reply_marker(line) or (line[:3] == ">>>" and _GROUPWISE.fullmatch(line)):
        return True
    if len(line) >= 260 or line.lstrip()[:1].isalnum():  # noqa: PLR2004 - a line drawn across the page at most
        return False
    if _ORIGINAL.fullmatch(line) or _NOTES.fullmatch(line):
        return True
    return bool(_REPLY_ABOVE.fullmatch(line)) and _is_framed(line)


def is_reply_marker(line: str) -> bool:
    """Whether the line is the service's own marker, whole, since a sender may mention its words in a sentence."""
    return bool(_MARKER.fullmatch(line))


def _is_framed(line: str) -> bool:
    """Whether signs stand before and after the words, as around the markers of ticket systems."""
    bare = line.strip()
    return len(bare) > 1 and bare[0] in "-#=*—–_" and bare[-1] in "-#=*—–_"


def is_forward(line: str) -> bool:
    """Whether the line says that a forwarded message follows."""
    bare = line.strip()
    if not bare or len(bare) > 160 or not (bare[0] in "-_=*>—–" or bare.endswith((":", "-"))):  # noqa: PLR2004 - as above
        return False
    return bool(_FORWARDED.fullmatch(bare))
