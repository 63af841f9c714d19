"""What programs and organisations add around the sender's words: footers, legal notices, warning banners.

Each is matched as a whole line or paragraph, since a sender may use any of the words in a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from service.core.reading.history import boilerplate
from service.core.reading.history.lines import LINE_LIMIT, bare

_FOOTER_LIMIT = 120
_NOTICE_LIMIT = 4000  # signs; a longer one is not looked at and stays
_NOTICE_LINES = 25
_NOTICE_PARAGRAPHS = 5
_BANNER_LINES = 8


def _pattern(*parts: str) -> re.Pattern[str]:
    return re.compile("".join(parts), re.IGNORECASE)


# --- the footers of programs ------------------------------------------------------------------------------------------

_PROGRAM = r"(?:outlook|spark|typeapp|blue ?mail|yahoo mail|proton ?mail)\b"
_DEVICE = (
    r"(?:i ?phone|i ?pad|ipod|apple watch|mobil(?:en|telefon|telefonen|e)?|telefon(?:en)?|(?:smart)?phone|handy|puhelin"
    r"|surfplatta(?:n)?|läsplatta(?:n)?|tablet|mobile device|mobil enhet|handheld|typeapp|sparrow|spark|blue ?mail"
    r"|(?:samsung|galaxy|gmx|web\.de|aol|android|outlook|yahoo|gmail|huawei|(?:sony )?xperia|nokia|blackberry|oneplus"
    r"|pixel|macbook|proton ?mail|windows (?:mail|phone|10|11)|(?:e-?post|mail) (?:för|for|til|für) windows)\b"
    r"[^.!?:;,]{0,30})"
)
_MINE = r"(?: (?:min|mitt|mina|my|mein|meinem|meiner|mijn|mi|mon|meu|en|ett|a|an|the|der))?"
_FOOTER = _pattern(
    r"(?:skickat|skickades|sent|sendt|lähetetty|gesendet|verzonden|verstuurd|enviado|envoyé|inviato|wysłane)",
    r" (?:från|fra|from|via|with|using|med|mit|von|vom|af|desde|depuis|de|da|do|vanaf|z)",
    rf"{_MINE}(?: [\w®.,]{{1,14}}){{0,3}}? ?{_DEVICE}(?: \w{{1,14}})?\s?[.!]?",
    r"|(?:skickat|sent|sendt|gesendet|lähetetty) (?:från|from|fra|von|with|med|mit) .{0,60}\bk-9\b[^.!?]{0,20}\.?"
    r"(?: (?:ursäkta|please|bitte|beklager|undskyld)\b[^.!?]{0,60}\.?)?",
    rf"|(?:von|vom){_MINE} {_DEVICE} (?:aus )?gesendet\.?",
    rf"|(?:get|hämta|skaffa|hae|hanki|hent|få|skaff(?: deg)?|last ned|laden sie|holen sie sich) {_PROGRAM}",
    r"[^.!?:;,]{0,40}\.?",
    r"|lähetetty .{0,20}(?:iphonesta|ipadista|puhelimesta|laitteesta|androidista|outlookista|galaxystä)(?:ni)?\.?",
    r"|outlook für \w{1,10} beziehen|lähetetty windowsin sähköpostista",
    r"|.{0,20}(?:iphonesta|ipadista|puhelimesta|androidista)(?:ni)? lähetetty",
    r"|diese nachricht wurde von mein.{1,40} gesendet\.?",
    r"|(?:virusfri\w{0,2}|virus-free|virenfrei)\.? ?(?:www\.)?\S{0,40}",
)
_MARKDOWN_LINK = re.compile(r"\[([^\[\]]{1,60})\]\(https?://[^\s()]{1,300}\)")
_LINK = re.compile(r"(?<!\s)\s*+[<(\[]?https?://[^\s<>]{1,300}[>)\]]?")


def is_footer(line: str) -> bool:
    """Whether the line is one that a mail program adds, such as "Skickat från min iPhone"."""
    text = bare(line)
    if "http" in text:
        text = _LINK.sub("", _MARKDOWN_LINK.sub(r"\1", text))
    text = text.strip(" *_>-")
    return 0 < len(text) <= _FOOTER_LIMIT and bool(_FOOTER.fullmatch(text))


# --- legal notices ----------------------------------------------------------------------------------------------------

_MAIL_WORD = (
    r"(?:e-?post\w{0,12}|e-?mail\w{0,8}|mejl\w{0,5}|mail\w{0,6}|meddelande\w{0,3}|message|nachricht|sähköposti\w{0,4}"
    r"|viesti\w{0,3}|melding\w{0,3}|meddelelse\w{0,3}|communication|transmission)"
)
_NOTICE_BEGINS = _pattern(
    r"[\W_]{0,6}(?:(?:detta|det här|den här|denna|innehållet i|informationen i|this|the information|the contents?"
    r"|diese|dieses"
    rf"|der inhalt|denne|dette|tämä|tämän|any)\b.{{0,60}}?\b{_MAIL_WORD}",
    r"|om du inte är (?:rätt|den avsedda|avsedd) mottagare|if you are not the|confidentiality|disclaimer",
    r"|sekretess(?:meddelande)?:|konfidentiell?t?:|vertraulich)",
)
# a notice says at least two of three things: it is for one reader, it is secret, and what others shall do with it
_NOTICE_SAYS = (
    _pattern(
        r"inte är (?:rätt|den avsedda|avsedd|den rätte|adressat)|av misstag|(?:rätt|avsedda?) mottagare",
        r"|(?:endast|uteslutande|enbart) avsett? för|intended (?:recipient|solely|only|for)",
        r"|not the (?:intended|named|addressee)|in error|by mistake|solely for the",
        r"|nicht der (?:richtige|beabsichtigte)|irrtümlich|versehentlich",
        r"|ikke er (?:rette|rett|den rette|tiltenkt|adressat)",
        r"|ved en (?:feil|fejl)|kun (?:beregnet|ment|tiltenkt)|erehdyksessä|vain vastaanottaj|tarkoitettu vain",
    ),
    _pattern(
        r"konfidentiel|sekretess|förtrolig|confidential|privileged|vertraulich|fortrolig|luottamuksellis|taushets|tavshed"
    ),
    _pattern(
        r"rader|makuler|förstör|(?:meddela|kontakta|underrätta|informera) avsändaren|obehörig|otillåt",
        r"|delete|destroy|notify|(?:inform|advise) the sender|prohibited|strictly forbidden",
        r"|lösch|vernicht|informieren sie|slett|slet |tuho|poista|ilmoit",
    ),
)
_I = re.compile(r"\b(?:jag|mig|I|ich|jeg|minä)\b")
_OWN_VOICE = re.compile(r"\b(?:jag|mig|min|mitt|mina|I|my|ich|mein\w{0,2}|jeg|minä)\b")
_PUBLIC = _pattern(
    r"personuppgift|dataskydd|gdpr|integritet|privacy|personal data|datenschutz|allmän\w* handling|offentlighet|diarief"
    r"|miljön innan|environment before|before you print|miljøet|publication record",
)


def speaks_for_itself(line: str) -> bool:
    """Whether a person says "I" or asks something in the line."""
    return len(line) > LINE_LIMIT or bool(_I.search(line)) or line.rstrip().endswith("?")


def is_notice(paragraph: str) -> bool:
    """Whether the paragraph is a legal notice on confidentiality, and all of it is."""
    text = paragraph.strip()
    if len(text) > _NOTICE_LIMIT or _OWN_VOICE.search(text) or not _NOTICE_BEGINS.match(text):
        return False
    if sum(bool(pattern.search(text)) for pattern in _NOTICE_SAYS) < 2:  # noqa: PLR2004 - of the three
        return False
    return boilerplate.is_known(text) or not boilerplate.is_familiar(text)


def is_privacy_line(line: str) -> bool:
    """Whether the line tells of personal data, of public records, or to save paper: a notice below a name."""
    text = line.strip()
    return len(text) <= _NOTICE_LIMIT and bool(_PUBLIC.search(text)) and boilerplate.is_known(text)


def notices_start(lines: Sequence[str], *, signed: bool) -> int:
    """Return where the notices at the end begin; `signed`: the lines hold a closing greeting."""
    start = len(lines)
    for first, last in _paragraphs_from_end(lines):
        lead = _notice_lead(lines[first:last], signed=signed)
        if lead is None:
            break
        start = first + lead
        if lead:
            break
    return start


def _notice_lead(paragraph: Sequence[str], *, signed: bool) -> int | None:
    """How many lines stand above the notice that fills the rest of the paragraph; None when it ends with no notice."""
    for lead in range(max(0, len(paragraph) - _NOTICE_LINES), len(paragraph)):
        rest = paragraph[lead:]
        if sum(map(len, rest)) > _NOTICE_LIMIT:
            continue
        if signed and _is_public_notice(rest):
            return lead
        if _NOTICE_BEGINS.match(rest[0][:LINE_LIMIT]) and is_notice(" ".join(line.strip() for line in rest)):
            return lead
    return None


def _is_public_notice(lines: Sequence[str]) -> bool:
    return all(is_privacy_line(line) for line in lines) or is_privacy_line(" ".join(line.strip() for line in lines))


def _paragraphs_from_end(lines: Sequence[str]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    end = len(lines)
    while end > 0 and len(found) < _NOTICE_PARAGRAPHS:
        while end > 0 and not lines[end - 1].strip():
            end -= 1
        start = end
        while start > 0 and lines[start - 1].strip():
            start -= 1
        if start < end:
            found.append((start, end))
        end = start
    return found


# --- banners ----------------------------------------------------------------------------------------------------------

_BANNER = (
    _pattern(
        r"[\W_]{0,6}(?:externt? (?:mejl|mail|e-?post|avsändare|meddelande)|external (?:e-?mail|sender|message)",
        r"|ekstern (?:e-?post|mail|avsender|afsender)|externe (?:e-?mail|nachricht|absender)",
        r"|ulkoinen (?:sähköposti|viesti|lähettäjä)|extern|external)[\W_]{0,6}",
    ),
    _pattern(
        r"[\W_]{0,6}(?:(?:obs|varning|warning|caution|viktigt|attention|achtung|note|external|externt?)",
        r"(?: \w{4,6})?\W{1,4})?",
        rf"(?:detta|det här|this|denna|dette|denne|diese)\b.{{0,30}}\b{_MAIL_WORD}\b.{{0,40}}",
        r"\b(?:kommer|kom|skickat|skickades|skickats|originated|comes|came|sent|stammt|kommt|kommet|sendt)\b.{0,12}",
        r"\b(?:extern\w{0,2} avsändare|utanför .{0,40}(?:organisation|kommun|myndighet|företag|region)\w{0,6}",
        r"|outside (?:of )?(?:the|your|our|my) .{0,40}|external (?:sender|source|address|organi[sz]ation)",
        r"|eksternt? (?:avsender|afsender)|externe\w? absender|(?:utenfor|uden for|außerhalb) .{0,40})\b.{0,200}",
    ),
    _pattern(
        r"[\W_]{0,6}(?:du får inte ofta e-?post från",
        r"|vissa som har fått det här (?:mejlet|meddelandet|e-postmeddelandet) får inte ofta",
        r"|you don['’]t often get e-?mail from|some people who received this message don['’]t often).{0,300}",
    ),
)
_BANNER_GOES_ON = _pattern(
    r"(?:klicka inte på|öppna inte|do not click|don['’]t click|be careful with)",
    r".{0,40}(?:länk|bilag|link|attachment).{0,200}",
    r"|läs om varför det här är viktigt.{0,100}|learn why this is important.{0,100}",
)


_OUTSIDE = _pattern(
    r"extern|utanför|utifrån|okänd\w* avsändare|får inte ofta|outside|don['’]t often|utenfor|uden for|außerhalb|ekstern"
    r"|ulkoinen"
)
_OF_MAILS = _pattern(rf"{_MAIL_WORD}|avsändar|sender|absender|avsender|afsender|lähettäjä|^\W*extern\w{{0,3}}\W*$")


def _is_banner(text: str) -> bool:
    """Whether the line warns of an unknown sender, and does nothing else."""
    if _OWN_VOICE.search(text) or len(text) >= LINE_LIMIT:
        return False
    if any(part.fullmatch(text) for part in _BANNER) and not boilerplate.is_familiar(text):
        return True
    return bool(_OUTSIDE.search(text) and _OF_MAILS.search(text)) and boilerplate.is_known(text)


def banner_end(lines: Sequence[str]) -> int:
    """Return the line after the warning that a mail server set above the sender's words; 0 when there is none."""
    end = 0
    for index, line in enumerate(lines[:_BANNER_LINES]):
        text = bare(line).strip(" |>*_-=")
        if not text:
            continue
        goes_on = (
            end and not _OWN_VOICE.search(text) and (_BANNER_GOES_ON.fullmatch(text) or boilerplate.is_known(text))
        )
        if not (_is_banner(text) or goes_on):
            break
        end = index + 1
    return end
