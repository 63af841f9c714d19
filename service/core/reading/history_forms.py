"""The forms in which mail programs introduce what they quote, in the languages that reach a Swedish municipality.

Three forms exist: a block of header fields (Outlook), a line that names date and author (Gmail, Apple Mail,
Thunderbird), and a separator line. All matching is per line or over a few joined lines of bounded length, so that no
text can make it slow.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

# no line of a quotation header is longer than this, whatever the sender's or the recipients' names
LINE_LIMIT = 400
_ATTRIBUTION_LINES = 4
_BLOCK_LINES = 40
_FEWEST_FIELDS = 3
_MOST_GAPS = 12  # lines that the recipients' names may fill

REPLY_MARKER = "Skriv ditt svar ovanför den här raden"
"""The line that the service's own letters carry above what they say; an answer stands above it."""


@dataclass(frozen=True, slots=True)
class Head:
    """The lines from the one asked about up to `end` introduce a quotation.

    `certain`: the form is a machine's beyond doubt, so what follows is history even without a quotation mark.
    """

    end: int
    certain: bool


def head(lines: Sequence[str], start: int) -> Head | None:
    """Return the introduction to a quotation that begins at line `start`, if one does."""
    line = lines[start][:LINE_LIMIT]
    if is_separator(line):
        return Head(_after_header(lines, start + 1), certain=True)
    block = header_block(lines, start)
    if block is not None:
        return Head(block, certain=True)
    return attribution(lines, start)


# --- separator lines --------------------------------------------------------------------------------------------------

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
# "-----Bo Ek <bo.ek@example.org> skrev: -----" of Notes
_NOTES = re.compile(r"-{2,40} ?\w.{1,120}(?:skrev|wrote|schrieb|kirjoitti): ?-{2,40}\s{0,8}", re.IGNORECASE)
_MARKER = re.compile(rf"[\W_]{{0,40}}{REPLY_MARKER}[\W_]{{0,40}}", re.IGNORECASE)
_RULE = re.compile(r"\s*[-_=*—–─]{3,}\s*")


def is_separator(line: str) -> bool:
    """Whether the line alone says that the original message follows, or that answers belong above it."""
    # the marker is judged whole, since a sender may mention the words in a sentence
    if _MARKER.fullmatch(line):
        return True
    if len(line) >= 200 or line.lstrip()[:1].isalnum():  # noqa: PLR2004 - a line drawn across the page at most
        return False
    if _ORIGINAL.fullmatch(line) or _NOTES.fullmatch(line):
        return True
    return bool(_REPLY_ABOVE.fullmatch(line)) and _is_framed(line)


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


def is_rule(line: str) -> bool:
    """Whether the line is nothing but a drawn rule."""
    return bool(_RULE.fullmatch(line[:LINE_LIMIT]))


# --- blocks of header fields ------------------------------------------------------------------------------------------

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
    "prioriteetti bifogade_filer bilagor attachments anlagen liitteet vedhæftede_filer vedlegg organization organisation "
    "on_behalf_of på_uppdrag_av gesendet_von message-id resent-from via",
}
_TIMES = frozenset({"sent", "date"})
_ROLE_OF = {word.replace("_", " "): role for role, words in _ROLES.items() for word in words.split()}
_FIELD = re.compile(r"[\s*_]{0,20}([^\W\d_](?:[^\W\d_]|[' -]){0,24}?)[\s*_]{0,4}[:：][\s*_]{0,4}(.*)")
_CLOCK = re.compile(r"(?<!\d)[012]?\d[:.][0-5]\d(?![\d.])|(?<!\d)[012]?\d[:.][0-5]\d[:.][0-5]\d")
_ADDRESS = re.compile(r"[\w.+'-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64}){0,6}")


_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)|(?<!\d)\d{1,2}[./-]\d{1,2}[./-]\d\d(?!\d)")


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
            self.has_address |= bool(_ADDRESS.search(value))
        elif role in _TIMES:
            self.has_clock |= bool(_CLOCK.search(value))
            self.has_year |= bool(_YEAR.search(value))


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


def _after_header(lines: Sequence[str], start: int) -> int:
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


# --- lines that name date and author ----------------------------------------------------------------------------------

_VERBS = (
    r"(?:\b(?:skrev|skrivit|wrote|writes|schrieb|schreibt|geschrieben|kirjoitti|a écrit|écrit|escribió|ha scritto"
    r"|scrisse|escreveu|schreef|geschreven|napisał(?:\(a\)|a)?|написала?|пишет|написав|napsal|írta|yazdı|a scris)(?!\w)"
    r"|写道|作成|작성)"
)
_VERB = re.compile(_VERBS, re.IGNORECASE)
_VERB_COLON = re.compile(rf"{_VERBS}[:：]\s{{0,20}}\S", re.IGNORECASE)
_MONTH = r"[^\W\d_]{3,12}\.?"
_DATE = re.compile(
    rf"\d{{4}}-\d\d-\d\d|\d\d?-[^\W\d_]{{3}}-\d{{2,4}}|\d{{4}}[./]\d\d?[./]\d\d?|\d\d?[./-]\d\d?[./-]\d{{2,4}}|\d{{4}}年\d\d?月\d\d?日"
    rf"|\d\d?(?:st|nd|rd|th|er)?\.?,? (?:de |of )?{_MONTH},?(?: de)?(?: \d{{4}})?"
    rf"|{_MONTH} \d\d?(?:st|nd|rd|th)?\.?,?(?: \d{{4}})?",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"\d")
_WORD = re.compile(r"[\W_]{0,3}[^\W\d_]{1,12}[.,]{0,2}\s")
_WEEKDAY = re.compile(
    r"(?:må|ti|on|to|fr|lö|sö|mon|tue|wed|thu|fri|sat|sun|mån|tis|ons|tor|tors|fre|lör|sön|man|tir|lør|søn|mo|di|mi|do"
    r"|sa|so|ma|ke|pe|la|su)\.?,?|\w{3,9}(?:dag|day|tag)|mittwoch|\w{3,8}tai|\w{3,9}viikko(?:na)?",
    re.IGNORECASE,
)
# words that make a sentence of what looks like a name: "Den 3 april kl 10.12 skrev jag till er:"
_PROSE = frozenset(
    """
    jag vi ni du han hon man mig oss dig er till att som om inte och
    i we you he she they me us to that ich wir ihr uns mir dass und
    jeg meg deg oss dere du til at og minä sinä me te että ja
    """.split()  # noqa: SIM905 - a list literal would take a line a word
)
_PRONOUNS = frozenset({"I", "de", "den", "det", "en", "sie", "er", "es", "hän", "he"})
_BRACKET = re.compile(r"[<\[]")
_NAME_WORDS = 12
_BRACKETED = re.compile(r"[<\[(][^<>\[\]()]{0,200}[>\])]?")


def attribution(lines: Sequence[str], start: int) -> Head | None:
    """Return the "On that day X wrote:" that begins at line `start`, wrapped over at most four lines."""
    first = lines[start][:LINE_LIMIT].strip()
    if not first or first[0] in ">|" or not ("@" in first or _may_begin(first)):
        return None
    joined = ""
    for end in range(start, min(start + _ATTRIBUTION_LINES, len(lines))):
        line = lines[end][:LINE_LIMIT].strip()
        if not line or (line.startswith(">") and not _closes(joined, line)):
            return None
        joined = f"{joined} {line}".strip()
        bare = joined.rstrip(" *_\xa0")
        if bare.endswith((":", "：")):
            alone = _is_alone(lines, start)
            certain = _dated(bare[:-1], alone)
            if certain is None:
                certain = _named(bare[:-1], alone)
            return None if certain is None else Head(end + 1, certain)
        if _VERB_COLON.search(line) and _runs_on(joined):
            return Head(end + 1, certain=True)
    return None


def _closes(joined: str, line: str) -> bool:
    """Whether the line's > is that of an address which began on the line above."""
    return joined.count("<") > joined.count(">") and line.endswith(":") and len(line) < 40  # noqa: PLR2004 - "> wrote:"


def says_who_wrote(line: str) -> bool:
    """Whether the line is short and ends with a verb and a colon ("Bo Ek skrev:"), by hand or by a program."""
    bare = line.strip()
    verb = _VERB.search(bare) if bare.endswith((":", "：")) and len(bare) <= 80 else None  # noqa: PLR2004 - signs
    return verb is not None and not bare[verb.end() :].strip(" :：")


def _may_begin(line: str) -> bool:
    """A cheap test before the line is joined with the ones below: a date's digit near the start, or a verb."""
    return bool(_DIGIT.search(line[:40]) or _VERB.search(line))


def _is_alone(lines: Sequence[str], start: int) -> bool:
    return start == 0 or not lines[start - 1].strip() or is_rule(lines[start - 1])


def _date_at_start(text: str) -> re.Match[str] | None:
    """Return the date that the text begins with, after at most three words such as "On Mon,"."""
    position = 0
    for _ in range(4):
        match = _DATE.match(text, position)
        if match:
            return match
        word = _WORD.match(text, position)
        if not word:
            return None
        position = word.end()
    return None


def _dated(text: str, alone: bool) -> bool | None:
    """Judge `text` (without its colon) as date, author and verb in any order: True when certain, None when not it."""
    date = _date_at_start(text)
    if date is None:
        return None
    rest = text[date.end() :]
    clock = _CLOCK.search(rest[:60])
    author = rest[clock.end() :] if clock else rest
    address = _ADDRESS.search(author)
    verb = _VERB.search(author)
    year = _YEAR.search(text[: date.end() + 12])
    if verb is None:
        # a language that is not known here: the signs of a machine must all be there
        return True if address and clock and year and "<" in author and _is_name(author) else None
    before, after = author[: verb.start()], author[verb.end() :]
    if not _is_name(before) or not _is_name(after) or not (before.strip(" ,") or after.strip(" ,")):
        return None
    if not (address or clock or year):
        return None
    if address and _BRACKET.search(author):
        return True
    return bool(alone and clock and year and _is_written_by_machine(text, date, rest[clock.end() :]))


def _is_written_by_machine(text: str, date: re.Match[str], after_clock: str) -> bool:
    """Whether the date has a form that people hardly write: with weekday, in digits, abbreviated, or with AM or PM."""
    weekday = any(_WEEKDAY.fullmatch(word) for word in text[: date.start()].split())
    in_digits = not any(sign.isalpha() for sign in date[0])
    abbreviated = "." in date[0].lstrip("0123456789.")
    return weekday or in_digits or abbreviated or bool(re.match(r"\s?[ap]\.?m\b", after_clock, re.IGNORECASE))


def _named(text: str, alone: bool) -> bool | None:
    """Judge `text` as author, verb and perhaps a date: "Bo Ek <bo.ek@example.org> wrote"."""
    verb = _VERB.search(text)
    if verb is None:
        return None
    name, after = text[: verb.start()], text[verb.end() :]
    if not _is_name(name) or len(after) > 80:  # noqa: PLR2004 - a date at most
        return None
    address = _ADDRESS.search(name)
    dated = _CLOCK.search(after) is not None and any(c.isdigit() for c in after[:30])
    if address and _BRACKET.search(name) and (dated or not after.strip(" ,")):
        return alone
    return False if dated and name.strip() else None


def _runs_on(text: str) -> bool:
    """Whether date, author, address, verb and colon are followed by the quoted words on the same line (Yahoo)."""
    verb = _VERB.search(text)
    if verb is None or text[verb.end() : verb.end() + 1] not in {":", "："} or not text[verb.end() + 1 :].strip():
        return False
    before = text[: verb.end()]
    return bool("<" in before and _ADDRESS.search(before) and _CLOCK.search(before) and _dated(before, alone=False))


def _is_name(text: str) -> bool:
    """Whether the text can be a name with an address and not a piece of a sentence."""
    words = _BRACKETED.sub(" ", text).replace(">", " ").split()
    if len(words) > _NAME_WORDS or any(word.strip(",") in _PROSE for word in words):
        return False
    return not (len(words) == 1 and words[0] in _PRONOUNS)
