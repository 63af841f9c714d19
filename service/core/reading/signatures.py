"""What a mail program, an organisation or a habit adds around the sender's words: footers, signatures, disclaimers, banners.

Each is taken away only when it is certain to be one; a line that may be a sentence of the sender's stays.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

LINE_LIMIT = 400
_SIGNATURE_LINES = 12  # longer than this is no signature
_NOTICE_LINES = 25
_TAIL_PARAGRAPHS = 5

Lines = list[str]


@dataclass(frozen=True, slots=True)
class Stripped:
    """The lines kept, and the cut ones in the order in which they stood."""

    kept: Lines
    cut: Lines


def strip(lines: Lines, *, first: bool) -> Stripped:
    """Take away footers, disclaimers and signatures below the sender's words, and, in the `first` lines, a banner."""
    head: Lines = []
    if first:
        banner = _banner_end(lines)
        head, lines = lines[:banner], lines[banner:]
    tail: Lines = []
    for find in (_footer_start, _disclaimer_start, _footer_start, _delimited_start, _contact_start):
        start, end = find(lines)
        tail = lines[start:end] + tail
        lines = lines[:start] + lines[end:]
    return Stripped(lines, head + tail)


def is_signature(lines: Sequence[str]) -> bool:
    """Whether lines that the mail's structure marks as the signature hold nothing but one."""
    written = [line for line in lines if line.strip()]
    own = [
        line for line in written if not (is_footer(line) or _is_disclaimer(line) or _PRIVACY.fullmatch(line.strip()))
    ]
    return len(own) <= _SIGNATURE_LINES and not any(_speaks(line) or _is_field(line) for line in own)


def has_substance(lines: Sequence[str]) -> bool:
    """Whether the lines hold a word before a closing greeting, footers and rules left aside."""
    for line in lines:
        if any(sign.isalnum() for sign in line[:LINE_LIMIT]) and not is_footer(line):
            return not is_closing(line)
    return False


def last_words(lines: Sequence[str]) -> list[str]:
    """The last two lines, at most, that the sender wrote above a closing greeting and what the program adds."""
    written = [line.strip()[:LINE_LIMIT] for line in lines if any(c.isalnum() for c in line[:LINE_LIMIT])]
    written = [line for line in written if not is_footer(line)]
    near = range(max(0, len(written) - _SIGNATURE_LINES), len(written))
    closing = next((n for n in near if is_closing(written[n])), len(written))
    return written[max(0, closing - 2) : closing]


# --- greetings --------------------------------------------------------------------------------------------------------

_CLOSING = re.compile(
    r"(?:(?:med |de )?(?:v[äa]nliga?|v[äa]nligaste|b[äa]sta|varma?|hj[äa]rtliga|soliga|glada) h[äa]lsn\w{2,6}|h[äa]lsningar|h[äa]lsning"
    r"|v[äa]nligen|mvh|m\.?v\.?h\b\.?|vh\b|bh\b|(?:med )?(?:venlig|vennlig|beste|de bedste|bedste|mange|kærlig) hilsen(?:er)?|hilsen(?:er)?"
    r"|kh\b|(?:best|kind|kindest|warm|many) (?:regards|wishes)|regards|sincerely|yours (?:sincerely|truly|faithfully)"
    r"|cheers|br\b|(?:mit )?(?:freundlichen?|besten?|herzlichen?|vielen?|viele|liebe[nr]?|sch[öo]nen?|beste|freundliche) "
    r"gr(?:ü|ue)(?:ß|ss)en?|gr(?:ü|ue)(?:ß|ss)(?:e|le)?\b|mfg|lg\b|vg\b|(?:ystävällisin |parhain |lämpimin )?terveisin|t\. )",
    re.IGNORECASE,
)


def is_closing(line: str) -> bool:
    """Whether the line is a closing greeting, with a name on the same line or not."""
    bare = line.strip()
    match = _CLOSING.match(bare)
    return bool(match) and len(bare) < 60 and not _speaks(bare[match.end() :])  # noqa: PLR2004 - a greeting is short


# --- what programs add ------------------------------------------------------------------------------------------------

_DEVICE = (
    r"(?:i ?phone|i ?pad|ipod|apple watch|mobil(?:en|telefon|telefonen|e)?|telefon(?:en)?|(?:smart)?phone|handy|puhelin"
    r"|samsung\b.{0,30}|galaxy\b.{0,30}|android\b.{0,20}|outlook\b.{0,30}|yahoo\b.{0,30}|gmail\b.{0,20}|huawei\b.{0,20}"
    r"|(?:sony )?xperia\w{0,3}\b.{0,20}|nokia\b.{0,20}|blackberry\b.{0,30}|windows (?:mail|phone|10|11)\b.{0,20}|macbook\b.{0,20}"
    r"|mail (?:för|for|til|für) windows.{0,12}|proton ?mail\b.{0,30}|proton mail\b.{0,30}|spark\b|typeapp|sparrow|blue ?mail"
    r"|surfplatta(?:n)?|läsplatta(?:n)?|tablet|oneplus\b.{0,20}|pixel\b.{0,20}|mobile device|mobil enhet|handheld)"
)
_POSSESSIVE = r"(?: (?:min|mitt|mina|my|mein|meinem|meiner|mijn|mi|mon|en|ett|a|an|the|der))?"
_FOOTER = re.compile(
    r"(?:skickat|sent|sendt|lähetetty|gesendet|verzonden|enviado|envoyé) (?:från|fra|from|via|with|using|med|mit|von|vom|af|desde|depuis|vanaf)"
    rf"{_POSSESSIVE}(?: \w{{1,14}}(?:'s)?)? ?{_DEVICE}(?: \w{{1,14}})?\s?[.!]?"
    rf"|(?:von|vom){_POSSESSIVE} {_DEVICE} (?:aus )?gesendet\.?"
    r"|(?:get|hämta|hae|hent|få|skaff|last ned|laden sie|holen sie sich) (?:outlook|spark|typeapp|blue ?mail|yahoo mail|proton mail)\b.{0,40}"
    r"|lähetetty .{0,20}(?:iphonesta|ipadista|puhelimesta|puhelimestani|laitteesta|androidista|outlookista|galaxystä|iphonestani|ipadistani)\.?"
    r"|.{0,20}(?:iphonesta|ipadista|puhelimestani|androidista) lähetetty|diese nachricht wurde von mein.{1,40} gesendet\.?"
    r"|(?:virusfri\w{0,2}|virus-free|virenfrei)\.? ?(?:www\.)?\S{0,40}",
    re.IGNORECASE,
)
_LINK = re.compile(r"\s*[<(\[]?https?://[^\s<>]{1,300}[>)\]]?")


def is_footer(line: str) -> bool:
    """Whether the line is one that a mail program adds, such as "Skickat från min iPhone"."""
    bare = _LINK.sub("", line[:LINE_LIMIT]).strip(" \t\xa0*_>-")
    return 0 < len(bare) <= 80 and bool(_FOOTER.fullmatch(bare))  # noqa: PLR2004 - one line of a program's


_THIS_MAIL = r"(?:e-?post\w{0,12}|e-?mail\w{0,8}|mejl\w{0,5}|mail\w{0,6}|meddelande\w{0,3}|message|nachricht|sähköposti\w{0,4}|viesti\w{0,3}|melding\w{0,3}|meddelelse\w{0,3}|communication|transmission)"
_OPENS = re.compile(
    rf"[\W_]{{0,6}}(?:(?:detta|det här|denna|innehållet i|informationen i|this|the information|the contents?|diese|dieses|der inhalt|denne|dette|tämä|tämän|any)\b.{{0,60}}?\b{_THIS_MAIL}"
    r"|om du inte är (?:rätt|den avsedda|avsedd) mottagare|if you are not the|confidentiality|disclaimer|sekretess(?:meddelande)?:|konfidentiell?t?:|vertraulich)",
    re.IGNORECASE,
)
# a notice says at least two of these three things
_NOTICE_SAYS = (
    re.compile(
        r"inte är (?:rätt|den avsedda|avsedd|den rätte|adressat)|av misstag|(?:rätt|avsedda?) mottagare|(?:endast|uteslutande|enbart) avsett? för"
        r"|intended (?:recipient|solely|only|for)|not the (?:intended|named|addressee)|in error|by mistake|solely for the"
        r"|nicht der (?:richtige|beabsichtigte)|irrtümlich|versehentlich|ikke er (?:rette|rett|den rette|tiltenkt|adressat)"
        r"|ved en (?:feil|fejl)|kun (?:beregnet|ment|tiltenkt)|erehdyksessä|vain vastaanottaj|tarkoitettu vain",
        re.IGNORECASE,
    ),
    re.compile(
        r"konfidentiel|sekretess|förtrolig|confidential|privileged|vertraulich|fortrolig|luottamuksellis|taushets|tavshed",
        re.IGNORECASE,
    ),
    re.compile(
        r"rader|makuler|förstör|(?:meddela|kontakta|underrätta|informera) avsändaren|delete|destroy|notify|inform the sender|advise the sender"
        r"|prohibited|strictly forbidden|lösch|vernicht|informieren sie|slett|slet |makuler|tuho|poista|ilmoit|obehörig|otillåt",
        re.IGNORECASE,
    ),
)
_OWN_VOICE = re.compile(r"\b(?:jag|mig|min|mitt|mina|I|my|ich|mein\w{0,2}|jeg|minä)\b")
_PRIVACY = re.compile(
    r"[\W_]{0,4}(?:(?:så|här|läs|vi|för|när|information|read|how|for|see|genom|by|mer)\b.{0,120}\b(?:personuppgift\w{0,6}|dataskydd\w{0,10}|gdpr|integritet\w{0,10}|privacy|personal data|datenschutz\w{0,10})"
    r"\b.{0,80}(?:https?://|www\.)\S{1,200}|(?:tänk på miljön|please consider the environment|think before you print|tenk på miljøet|tænk på miljøet).{0,120})",
    re.IGNORECASE,
)


def _is_disclaimer(paragraph: str) -> bool:
    text = paragraph.strip()[:1500]
    said = sum(bool(pattern.search(text)) for pattern in _NOTICE_SAYS)
    return said > 1 and bool(_OPENS.match(text)) and not _OWN_VOICE.search(text)


def _footer_start(lines: Lines) -> tuple[int, int]:
    """The footer that a mail program added, with the blank lines above it, among the last lines."""
    seen = 0
    for index in range(len(lines) - 1, -1, -1):
        if not lines[index].strip():
            continue
        if is_footer(lines[index]):
            return index, index + 1
        seen += 1
        if seen > _SIGNATURE_LINES:
            break
    return len(lines), len(lines)


def _disclaimer_start(lines: Lines) -> tuple[int, int]:
    """The paragraphs at the end that are legal notices, or lines about personal data or paper."""
    start = len(lines)
    signed = any(is_closing(line) for line in lines)
    for first, last in _paragraphs_from_end(lines):
        lead = _notice_lead(lines[first:last], signed=signed)
        if lead is None:
            break
        start = first + lead
        if lead:
            break
    return start, len(lines)


def _notice_lead(paragraph: Lines, *, signed: bool) -> int | None:
    """How many lines stand above the notice that fills the rest of the paragraph; None when it ends with no notice."""
    for lead in range(max(0, len(paragraph) - _NOTICE_LINES), len(paragraph)):
        rest = paragraph[lead:]
        if signed and all(_PRIVACY.fullmatch(line.strip()[:LINE_LIMIT]) for line in rest):
            return lead
        if _OPENS.match(rest[0][:LINE_LIMIT]) and _is_disclaimer(" ".join(line[:LINE_LIMIT].strip() for line in rest)):
            return lead
    return None


def _paragraphs_from_end(lines: Lines) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    end = len(lines)
    while end > 0 and len(found) < _TAIL_PARAGRAPHS:
        while end > 0 and not lines[end - 1].strip():
            end -= 1
        start = end
        while start > 0 and lines[start - 1].strip():
            start -= 1
        if start < end:
            found.append((start, end))
        end = start
    return found


# --- signatures -------------------------------------------------------------------------------------------------------

_RULE = re.compile(r"\s*(?:-{2,}|_{3,}|[—–─]{2,}|={3,}|\*{3,})\s*")
_DELIMITERS = frozenset({"-- ", "--\xa0"})
_BULLET = re.compile(r"\s*(?:[-•*·–]|\d{1,2}[.)])\s")
_POSTSCRIPT = re.compile(r"\s*p\.? ?s\b", re.IGNORECASE)
_CONTACT = re.compile(
    r"(?<![\d])\+?\(?\d[\d\s()/.-]{5,18}\d|[\w.+-]{1,64}@[\w-]{1,64}\.\w|(?:https?://|www\.)\S|\b\d{3} ?\d{2} [A-ZÅÄÖ]|\b(?:tel|tfn|mobil|telefon|phone|direkt|växel)\b[.:]?\s?\+?\d",
    re.IGNORECASE,
)
_REACH = re.compile(r"tel|tfn|mob|phone|direkt|växel|fax|mail|post|web|www|http|skype|besök|adress", re.IGNORECASE)
# words of a sentence, which no name, title or address holds
_SENTENCE_WORDS = frozenset(
    "jag mig min mitt vi oss vår du dig din ditt ni er han hon det den detta är var har hade kan kunde ska skulle vill ville inte inget ingen "
    "men om när att tack ja nej ring nås hör svara svar återkom obs snälla gärna också bara fick får måste blir blev finns gör varför vad hur nu idag "
    "i'm you we they it is was are has have had can could should would not no yes but when that please thanks thank "
    "ich du wir ihr es ist war sind hat haben kann nicht ja nein aber wenn dass danke bitte "
    "jeg deg meg dere ikke kan skal vil men hvis når takk tak nei nej er var ja "
    "minä sinä me te on oli ei ole kyllä mutta kun että kiitos".split()
)


def _speaks(line: str) -> bool:
    """Whether the line may be a sentence of the sender's own."""
    bare = line.strip()[:LINE_LIMIT]
    words = bare.split()
    if _POSTSCRIPT.match(bare) or bare.endswith(("?", "!")) or (bare.endswith(".") and len(words) >= 4):  # noqa: PLR2004 - "Ekviks kommun."
        return True
    return any(word.strip(".,:;!?()\"'").casefold() in _SENTENCE_WORDS for word in words)


def _delimited_start(lines: Lines) -> tuple[int, int]:
    """The signature below "-- " (RFC 3676, section 4.3), or below another rule when it is plainly one."""
    below: Lines = []
    for index in range(len(lines) - 1, -1, -1):
        line = lines[index][:LINE_LIMIT]
        if not _RULE.fullmatch(line):
            if line.strip():
                below.append(line)
            continue
        if len(below) > _SIGNATURE_LINES:
            break
        if not below and line.strip() == "--":
            return index, len(lines)
        if below and (
            line in _DELIMITERS and not any(_is_own_voice(x) for x in below) or _is_plain(lines[:index], line, below)
        ):
            end = next((i for i in range(index + 1, len(lines)) if _POSTSCRIPT.match(lines[i])), len(lines))
            return index, end
    return len(lines), len(lines)


def _is_own_voice(line: str) -> bool:
    return bool(_OWN_VOICE.search(line)) or line.rstrip().endswith("?")


def _is_plain(above: Lines, rule: str, below: Lines) -> bool:
    """Whether the lines below a rule are a signature for sure and not a list, a form's fields or more of the text."""
    if not is_signature(below) or any(_BULLET.match(line) for line in below):
        return False
    last = [line for line in above if line.strip()][-2:]
    if any(is_closing(line) for line in (*last, *below)):
        return True
    return rule.strip() == "--" and any(_CONTACT.search(line) for line in below)


def _is_field(line: str) -> bool:
    """Whether the line is a label with a value other than a way to reach somebody."""
    label, colon, value = line.partition(":")
    return bool(colon and value.strip()) and not (value.startswith("//") or _REACH.search(label))


def _contact_start(lines: Lines) -> tuple[int, int]:
    """The title, organisation and numbers below a closing greeting and a name; greeting and name stay."""
    written = [i for i, line in enumerate(lines) if line.strip()][-_SIGNATURE_LINES - 2 :]
    closing = next((n for n in range(len(written) - 1, -1, -1) if is_closing(lines[written[n]])), None)
    if closing is None:
        return len(lines), len(lines)
    block = [lines[i] for i in written[closing + 1 :]]
    details = block[1:]
    certain = (
        len(details) >= 2  # noqa: PLR2004 - a lone telephone number under a name is information
        and any(_CONTACT.search(line[:LINE_LIMIT]) for line in details)
        and not any(_speaks(line) or _is_field(line) or _BULLET.match(line) for line in block)
    )
    return (written[closing + 2], len(lines)) if certain else (len(lines), len(lines))


# --- banners ----------------------------------------------------------------------------------------------------------

_BANNER_PARTS: tuple[re.Pattern[str], ...] = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"[\W_]{0,6}(?:externt? (?:mejl|mail|e-?post|avsändare|meddelande)|external (?:e-?mail|sender|message)|ekstern (?:e-?post|mail|avsender|afsender)"
        r"|externe (?:e-?mail|nachricht|absender)|ulkoinen (?:sähköposti|viesti|lähettäjä)|extern|external)[\W_]{0,6}",
        r"[\W_]{0,6}(?:(?:obs|varning|warning|caution|viktigt|attention|achtung|note|external|extern|externt? (?:mejl|mail|e-?post))\W{1,4})?(?:detta|det här|this|denna|dette|denne|diese)\b.{0,30}"
        r"\b(?:mejl\w{0,3}|mail\w{0,3}|e-?post\w{0,12}|meddelande\w{0,2}|e-?mail|message|nachricht)\b.{0,40}\b(?:kommer|kom|skickat|skickades|skickats|originated|comes|came|sent|stammt|kommt|kommet|sendt)\b.{0,12}"
        r"\b(?:extern\w{0,2} avsändare|utanför .{0,40}(?:organisation|kommun|myndighet|företag|region)\w{0,6}|outside (?:of )?(?:the|your|our|my) .{0,40}|external (?:sender|source|address|organi[sz]ation)"
        r"|(?:ekstern|eksternt) (?:avsender|afsender)|externe\w? absender|(?:utenfor|uden for|außerhalb) .{0,40})\b.{0,200}",
        r"[\W_]{0,6}(?:du får inte ofta e-?post från|vissa som har fått det här (?:mejlet|meddelandet|e-postmeddelandet) får inte ofta|you don['’]t often get e-?mail from|some people who received this message don['’]t often).{0,300}",
        r"(?:(?:klicka inte på|öppna inte|do not click|don['’]t click|be careful with).{0,40}(?:länk|bilag|link|attachment).{0,200}|läs om varför det här är viktigt.{0,100}|learn why this is important.{0,100})",
    )
)


def _banner_end(lines: Lines) -> int:
    """The line after the warning that a mail server set above the sender's words."""
    end = 0
    for index, line in enumerate(lines[:8]):
        bare = line.strip(" \t\xa0|>*_")
        if not bare or _RULE.fullmatch(line[:LINE_LIMIT]):
            continue
        parts = _BANNER_PARTS if end else _BANNER_PARTS[:-1]
        if any(part.fullmatch(bare[:LINE_LIMIT]) for part in parts) and not _OWN_VOICE.search(bare):
            end = index + 1
        else:
            break
    return end
