"""What stands in an answer and is not for its reader: a note for colleagues, or what somebody else has written.

Told by how a line or a sentence begins. Whoever wrote it is asked: nothing is left out, and nothing is sent unasked.
What answers say by the same words ("Från: 1 juni", "Skicka inte original") is told apart by what follows.
"""

from __future__ import annotations

import re

_LONGEST = 80  # characters that are shown


def found(text: str) -> str:
    """The first line that is not for the reader, shortened; empty where none is."""
    line = _ASIDE.search(text)
    return " ".join(line[0].split())[:_LONGEST] if line else ""


def _of(alternatives: str) -> str:
    """The alternatives, one a line; a blank stands for any blanks, and lines that begin with `+` go on."""
    joined = re.sub(r"\n\s*\+", "", alternatives.strip())
    return "|".join(re.sub(r" (?!\\t)", r"[ \\t]{1,3}", line.strip()) for line in joined.splitlines())


_MARKS = r"(?:^|(?<=[.!?] )|(?<=[\w.,!] [(\[]))[ \t>*_(\[{</\\#♯%•=~–—-]{0,10}"
_PS = r"(?:(?:ps|obs|nb|p\.s\.|fyi|not[ea]?)\b[ \t:.,!–—-]{0,5})?[(\[]?(?:(?:endast|enbart|bara)[ \t])?"
_ENDS = r"[ \t]*(?:[.:!)\]}>*_=#~/–—-]|$)"  # it is said, and what is meant by it follows
_BEGINS = r"[ \t]*(?:[:,!)\]}>*_–—]|$)"
_IT = r"(?:detta|det här|(?:allt |texten |stycket |det )?nedan(?:stående)?|ovanstående|resten|följande)"
_INTERNAL = _of(
    rf"""
    (?-i:INTERNT)\b
    (?<=[(\[{{<])internt?\b
    internt{_ENDS}
    intern[ \t]*(?:[:)\]]| [–—-])
    internt (?:till|för) \w{{1,20}}(?: \w{{1,20}})?[ \t]*[:)\]}}>*_]
    intern[ta]? (?:kommentar|anteckning|notering|info|meddelande|fråga|not|dialog|bedömning|bakgrund)\w*
    +(?: \w{{1,20}}){{0,2}}[ \t]*[:)\]}}>*_]
    intern[ta]? (?:kommentar|anteckning|notering|info|meddelande)\w*{_ENDS}
    (?:kommentar|anteckning|notering|info)[ \t]*\(?(?:internt?|för internt bruk)\b{_ENDS}
    för intern[at]? (?:bruk|kännedom|information|användning|diskussion)\b
    {_IT} är (?:endast |bara )?internt{_ENDS}
    allt nedan är internt\b
    {_IT} är (?:endast |bara )(?:för|till) (?:er|dig|oss|kollegor)\b
    """
)
_LABEL = _of(
    rf"""
    (?:\w{{0,12}}anteckning|notering)(?:ar)?(?: (?:till|i) (?:ärendet|akten))?[ \t]*:
    tjänsteanteckning[ \t]*(?:\d{{4}}-|$)
    (?:arbetsmaterial|utkast|todo|att göra|konfidentiellt|sekretess\w*|kolleg\w{{1,4}}|fyi|note to self)[ \t]*[:)\]]
    sekretess(?:!| [–—-])
    fyi [–—-]
    (?-i:UTKAST)\b
    (?:svars?förslag|(?:utkast|förslag) (?:till|på) svar)(?: från [^\n:]{{1,40}})?[ \t]*(?::|$)
    utkast [–—-]
    kommentar till (?:registrator|kolleg|chef|handläggar)\w*[ \t]*:
    till (?:(?:dig|er) som )?(?:(?:är |läser )|(?:handläggare|enheten|registrator)\w{{0,3}}){_BEGINS}
    till (?:synpunkten|synpunktsfunktionen|synpunktsboxen|handläggarsystemet|ärendesystemet){_BEGINS}
    """
)
_READER = r"(?:medborgar(?:e|en|na)|synpunktslämnar\w*|kund(?:en|er|erna)?|invånar(?:e|en|na))\b"
_NOT_FOR = _of(
    rf"""
    (?:ej|inte|icke) (?:till|för|åt|med till) {_READER}
    (?:ej|inte|icke) (?:{_READER}|utskick)[ \t]*[:)\]]
    (?:ej|inte) (?:för|till) (?:spridning|vidarebefordran|utskick|publicering)\b
    får (?:ej|inte) (?:spridas|vidarebefordras)\b
    vidarebefordras? (?:ej|inte)\b
    skicka (?:ej|inte) (?:detta|det här|det|vidare|än|ännu|iväg)\b
    skicka (?:ej|inte)(?: (?:ut|med|till (?:henne|honom|dem|{_READER})))?[ \t]*(?:[:!)\].–—]|$)
    skickas (?:ej|inte)\b
    {_IT} (?:\w{{1,12}} ){{0,3}}(?:ej|inte)
    + (?:skickas\b(?! (?:in|till oss)\b)|gå ut\b|ut till\b|till {_READER}|med i svaret\b)
    {_IT} skickas (?:ej|inte)\b
    ska(?:ll)? (?:ej|inte) (?:skickas|med i svaret)[ \t]*(?:[:!.)\]]|$)
    (?:glöm inte att )?(?:tas? bort|raderas?|stryks?) (?:detta |det här |stycket )?(?:innan|före)
    + (?:det(?:ta)? (?:skickas|går)|(?:du|ni|svaret) (?:skicka|går)\w*|utskick|publicering)
    mellan oss(?: sagt\b|[ \t]*[:)\].,])
    oss emellan\b
    (?:bara|endast) (?:till|för) (?:er|dig|oss|kollegor)[ \t]*[:)\].,]
    """
)
_TO_DO = _of(  # what a colleague is to do with the case
    r"""
    (?:(?:kan|vill) (?:du|ni) |(?:du|ni) kan |var (?:snäll|vänlig) och |snälla )?(?:stäng|avsluta)a?
    + (?:detta |det här )?ärendet?\b(?! (?:på|via|genom|själv))
    (?:publicera|lägg) (?:ej|inte) (?:ut )?(?:detta|det här|svaret|ärendet)\b
    diarieför (?:detta|det här|svaret|ärendet)\b
    (?:lägg till|skriv in|för in|anteckna) i (?:ärendet|akten|systemet|journalen)\b
    skicka (?:bara |endast )?(?:svaret|det|texten) (?:här )?ovan
    """
)
_OF_OTHERS = _of(  # the head of a mail, as programs copy it
    r"""
    (?:från|from|avsändare)[ \t]*:[^\n@]{0,80}@
    (?:från|from|avsändare|till|to|skickat|sent)[ \t]*:[^\n]{1,200}
    +\n[ \t>*]{0,9}(?:skickat|sent|datum|date|ämne|subject|kopia|cc)[ \t]*:
    (?:vidarebefordrat|ursprungligt) (?:meddelande|brev|mejl)[ \t]*(?:[-–—:*_]|$)
    (?:begin )?(?:forwarded|original) message\b
    original(?:meddelande|-nachricht)\b
    vidarebefordrat från (?-i:[A-ZÅÄÖ])
    """
)
_TEXT = r"(?:svar|mejl|brev)"
_OF_ASSISTANTS = _of(  # what a program that words texts says to whoever bade it
    rf"""
    här (?:är|kommer|har du) (?:ett|mitt) (?:\w{{1,20}} ){{0,2}}(?:svars?förslag|(?:förslag|utkast) (?:till|på)
    + (?:ett )?(?:\w{{1,20}} )?{_TEXT})
    (?:vill du|(?:låt mig veta|säg till|säg bara till|hör av dig) om du vill) att jag [^\n.?]{{0,30}}
    +\b(?:{_TEXT}et|texten|tonen|formuleringen|språket)\b
    """
)
_ASIDE = re.compile(
    rf"{_MARKS}{_PS}(?:{_INTERNAL}|{_LABEL}|{_NOT_FOR}|{_TO_DO}|{_OF_OTHERS}|{_OF_ASSISTANTS})[^\n]{{0,{_LONGEST}}}",
    re.IGNORECASE | re.MULTILINE,
)
