"""Blocks of header fields (Från, Skickat, Till, Ämne) that Outlook and others set above what they quote."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from service.core.reading.history.lines import ADDRESS, CLOCK, LINE_LIMIT, YEAR

_BLOCK_LINES = 40
_FEWEST_FIELDS = 3
_MOST_GAPS = 12  # lines that the recipients' names may fill

_ROLES = {
    "from": "från from von fra lähettäjä lähettänyt de van od da от afsender avsender absender expéditeur remitente "
    "mittente avsändare keneltä",
    "sent": "skickat skickades sent gesendet sendt lähetetty envoyé envoyé_le enviado enviado_el enviada_em verzonden "
    "verstuurd inviato wysłano отправлено",
    "date": "datum date dato päivämäärä päiväys pvm data fecha дата date_d'envoi",
    "to": "till to an til vastaanottaja kenelle à a para aan do кому mottagare",
    "subject": "ämne subject betreff emne aihe ärende objet asunto assunto onderwerp temat oggetto тема rubrik titel",
    "other": "kopia cc kopi kopio bcc blindkopia hemlig_kopia kopie cci dw копия reply-to svara_till antwort_an "
    "svar_til vastausosoite répondre_à responder_a vikt prioritet importance priority wichtigkeit viktighet "
    "prioriteetti bifogade_filer bilagor attachments anlagen liitteet vedhæftede_filer vedlegg organization "
    "organisation on_behalf_of på_uppdrag_av gesendet_von message-id resent-from via",
}
_TIMES = frozenset({"sent", "date"})
_ROLE_OF = {word.replace("_", " "): role for role, words in _ROLES.items() for word in words.split()}
_FIELD = re.compile(r"[\s*_]{0,20}([^\W\d_](?:[^\W\d_]|[' -]){0,24}?)[\s*_]{0,4}[:：][\s*_]{0,4}(.*)")


@dataclass(slots=True)
class _Fields:
    """What has been read of a block of header fields."""

    end: int
    order: list[str] = field(default_factory=list)
    spaced: bool | None = None  # whether blank lines stand between the fields
    has_address: bool = False
    has_clock: bool = False
    has_year: bool = False
    foreign: bool = False  # a label that no mail has: a form

    def accepts(self, role: str, gap: Sequence[str]) -> bool:
        """Whether a field may follow those read; a repeated one begins the next mail's header."""
        spaced = "" in gap
        if self.order and self.spaced is None:
            self.spaced = spaced
        if self.order and spaced != self.spaced:
            return False
        same = _TIMES if role in _TIMES else {role}
        return role == "other" or not same & set(self.order)

    def read(self, role: str, end: int) -> None:
        self.order.append(role)
        self.end = end

    def note(self, role: str, value: str) -> None:
        """Look at a field's value."""
        if role in {"from", "to"}:
            self.has_address |= bool(ADDRESS.search(value))
        elif role in _TIMES:
            self.has_clock |= bool(CLOCK.search(value))
            self.has_year |= bool(YEAR.search(value))


def header_block(lines: Sequence[str], start: int) -> int | None:
    """Return the line after a block of header fields that begins at `start`, or None.

    A sender's own lines may begin `Från:` and `Till:` (a bus route, a letter's head, a web form), so the block must
    have what only a mail's header has: author and sending time, and a subject or an address.
    """
    if ":" not in lines[start] or _role(lines[start]) not in {"from", *_TIMES}:
        return None
    fields = _read_fields(lines, start)
    known = set(fields.order)
    if fields.foreign or "from" not in known or not known & _TIMES or len(fields.order) < _FEWEST_FIELDS:
        return None
    if "sent" in known:  # the word of Outlook, which leaves out the addresses of colleagues
        sure = fields.has_clock or (fields.has_address and fields.has_year)
    elif fields.has_address:  # "Datum" is anybody's word; the programs that use it nearly always give an address
        sure = "subject" in known and (fields.has_clock or fields.has_year)
    else:  # a journey is told from, to, and when; a mail's header has the date second or third
        sure = (
            known >= {"from", "date", "to", "subject"}
            and fields.has_clock
            and fields.has_year
            and fields.order[1] != "to"
        )
    return fields.end if sure else None


def after_header(lines: Sequence[str], start: int) -> int:
    """Return the line after the header fields that may follow a separator, with or without blank lines between."""
    first = next((i for i in range(start, min(start + 4, len(lines))) if lines[i].strip()), None)
    if first is None or _role(lines[first]) is None:
        return start
    return _read_fields(lines, first).end


def _role(line: str) -> str | None:
    match = _FIELD.fullmatch(line[:LINE_LIMIT])
    return _ROLE_OF.get(match[1].strip().casefold()) if match else None


def _read_fields(lines: Sequence[str], start: int) -> _Fields:
    """Read labelled lines, all with blank lines between them or none; a value may go on over some lines."""
    fields = _Fields(start)
    role = ""
    gap: list[str] = []
    empty = False  # the label stands alone, its value on the next line
    for index in range(start, min(start + _BLOCK_LINES, len(lines))):
        line = lines[index][:LINE_LIMIT]
        match = _FIELD.fullmatch(line)
        if match is None:
            gap.append(line.strip())
            if len(gap) > (_MOST_GAPS if role in {"to", "other"} else 2) or (len(gap) > 1 and "" in gap):
                break
            if empty and len(gap) == 1:
                fields.note(role, line)
            continue
        label = match[1].strip().casefold()
        role = _ROLE_OF.get(label, "")
        fields.foreign |= not role and not gap and label not in {"http", "https", "mailto"}
        if not role or not fields.accepts(role, gap):
            break
        fields.read(role, index + 1)
        fields.note(role, match[2])
        empty = not match[2].strip()
        gap = []
    return fields
