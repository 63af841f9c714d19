"""How a citizen asks to be reached, in plain words: "jag vill inte bli kontaktad", "svara med brev", "ring mig".

A wish changes which mails leave, so every word of it has to be plain: a negation, a condition ("ring mig om ni
undrar"), somebody else's wish or somebody else's words are none. In doubt the answer comes as usual, by mail.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from service.core.cases import Contact
from service.core.speech.commands import plain
from service.core.speech.phrasing import any_of, own_words, sentences


@dataclass(frozen=True, slots=True)
class Reach:
    """How somebody wants to be reached, the words that say so, and where, as far as the text tells."""

    contact: Contact
    words: str
    phone: str = ""
    address: str = ""


_BUT = re.compile(r"\b(?:men|fast|dock|daremot)\b")

_I = r"(?:^|\b(?:jag|vi|och|men|sa|dessutom|ps|obs)\s+)"
_NOT = r"(?:inte|ej|icke|absolut inte|helst inte|verkligen inte|inte alls)"
_CONTACTED = (
    r"(?:bli |att ni |att du |att nagon |ha nagon |ha |fa |fa nagon |fa nagot |ha nagot )*"
    r"(?:kontaktad|kontaktade|kontaktas|kontaktar (?:mig|oss)|kontakt|svar|aterkoppling|aterkopplad|hor av er|"
    r"hor av sig|bekraftelse|mejl|mail|nagon aterkoppling|nagon kontakt|nagot svar)"
)
_NO_CONTACT: Final = any_of(
    rf"""
    {_I}(?:vill|onskar|behover|kraver|begar) (?:helst |absolut |verkligen )?{_NOT} (?:alls )?{_CONTACTED}\b
    \b(?:vill|onskar|behover|kraver) (?:jag|vi) (?:helst |absolut )?{_NOT} (?:alls )?{_CONTACTED}\b
    {_I}(?:vill|onskar|behover|kraver) (?:ha )?(?:inget|ingen|inga) (?:svar|aterkoppling|kontakt|bekraftelse)\b
    {_I}vill (?:helst |garna )?slippa (?:bli kontaktad|kontakt|svar|aterkoppling)\b
    ^(?:snalla |vanligen )?svara {_NOT} pa (?:detta|det har)(?: mejl| mejlet)?(?: tack)?\s*[.!]?$
    {_I}(?:vill|onskar) (?:\w+ ){{1,4}}och {_NOT} (?:bli )?(?:kontaktad|kontaktas)\b
    {_I}undanber (?:mig|oss) (?:kontakt|svar|aterkoppling|all kontakt)\b
    {_I}avstar (?:fran )?(?:kontakt|svar|aterkoppling)\b
    ^(?:snalla |var snall och |vanligen )?(?:kontakta|mejla|maila) (?:mig|oss) {_NOT}(?: tack)?\s*[.!]?$
    ^(?:snalla )?hor {_NOT} av er(?: till (?:mig|oss))?\s*[.!]?$
    ^(?:ni|du) (?:behover|ska|far) {_NOT} (?:svara|aterkoppla|aterkomma|kontakta (?:mig|oss)|hora av er)
    +(?: till (?:mig|oss))?
    +(?: (?:pa )?(?:detta|det har|mig|mejlet|det har mejlet))?\s*[.!]?$
    ^(?:svar|aterkoppling|kontakt|ingen aterkoppling|inget svar|ingen kontakt) (?:undanbedes|onskas ej|
    +onskas inte|behovs ej|behovs inte|behovs|onskas|kravs|ar inte nodvandigt|kravs inte|kravs ej)\s*[.!]?$
    \b(?:please )?do ?n[o']?t (?:contact|reply to) me\b
    \bi (?:do ?n[o']?t|would not) (?:want|wish|like) to be contacted\b
    \bno (?:reply|need to (?:reply|respond|answer))(?: is)?(?: needed| necessary)?\s*[.!]?$
    """
)
_ONLY_ONE_WISHED = re.compile(r"^(?:svar|aterkoppling|kontakt) (?:behovs|onskas|kravs)\s*[.!]?$")
_ALL_CONTACT: Final = re.compile(
    r"(?: |"
    r"\b(?:alls|tack|snalla|overhuvudtaget|over huvud taget|mer|mera|vidare|nagot mer|pa nagot satt|fran er|"
    r"fran kommunen|med er|med kommunen|(?:av|till) (?:er|dig|oss|mig|kommunen|nagon)|ps|obs|"
    r"(?:om|pa|i|for|angaende|kring|gallande) (?:min |mitt |det )?(?:detta|denna|det|det har|den har|saken|"
    r"arendet|arende|mejlet|mailet|mejl|mail|synpunkten|synpunkt|fragan)(?: arendet| mejlet| fragan| synpunkten)?|"
    r"(?:och |utan )?(?:jag )?(?:vill )?bara (?:att )?(?:tipsa|tipsa er|informera|beratta|saga det|ett tips))\b"
    r")*[.!;]?"
)
"""What may follow in the clause; anything else may narrow the wish: "av Karin", "på helgen", "från en robot"."""
_REASON = re.compile(r"\b(?:och (?:jag|vi)|eftersom|utan bara|utan ville)\b")
_NOT_NOW = re.compile(
    r"\b(?:skrev|sa|sade|sagt|skrivit|hade|fragade|fragar|varfor|undrar|trots|emot|om ni|om du|om det|om nagon|"
    r"ifall|nar ni|min man|min granne|min mamma|min pappa|mina foraldrar|han|hon|de som|folk|manga|den som)\b"
)
_ASKS_FOR_ANSWER = re.compile(
    r"\b(?:aterkom(?:mer ni)?|hor (?:garna )?av er|tacksam for svar|svara (?:mig|garna|senast)|vantar pa svar|"
    r"onskar svar|vill ha svar|emotser svar|ser fram emot svar|kontakta mig (?:garna|pa))\b"
)

_BY_POST = r"(?:brev(?:ledes)?|post(?:en)?|vanlig post|vanligt brev|snigelpost|brevpost|papper|(?:min )?brevlada\w*)"
_BY_LETTER: Final = any_of(
    rf"""
    \b(?:svara|svarar|svar|svaret|besked|beskedet|aterkoppla|aterkoppling|aterkom|aterkommer|meddela|hor av er)
    +(?: (?:mig|oss|garna|helst|till|i|sa|fall|bara|endast|till mig|till oss|tack|ert|skriftligt|skriftligen)){{0,4}}
    + (?:med|via|per|genom|i|pa|som) (?:ett |ert |den )?{_BY_POST}\b
    \b(?:skicka|skickar|sand|sander|posta|fa|ha) (?:garna |helst |mig |oss )*
    +(?:ert |ett |ett skriftligt )?(?:svar|svaret|svaren|besked|beskedet)
    + (?:till (?:mig|oss) )?(?:med|via|per|genom|i|pa|som) (?:ett |den )?{_BY_POST}\b
    \bvill (?:jag |vi )?(?:garna |helst )?(?:ha |fa )?(?:ert |ett )?(?:svar|svaret|besked)
    + (?:med|via|per|i|som) (?:ett )?{_BY_POST}\b
    \bvill (?:garna |helst )?(?:bli )?(?:kontaktad|ha kontakt) (?:med|via|per) {_BY_POST}\b
    \b(?:brevsvar|svar per brev|svar via brev|svar med brev) (?:onskas|tack)\b
    \b(?:kontakta|na) (?:mig|oss) (?:helst |garna |bara )?(?:med|via|per) {_BY_POST}\b
    \bskriv (?:garna |helst )?(?:ett )?(?:vanligt )?brev till (?:mig|oss)\b
    \bvill (?:garna |helst )?(?:ha|fa) (?:ett )?brev som svar\b
    \bforedrar (?:svar (?:med|per|via) )?(?:vanligt )?(?:brev|post)\b
    """
)
_TO_ADDRESS: Final = re.compile(
    r"\bskriv (?:garna |helst )?till (?:mig|oss) pa\b|\b(?:posta|skicka|sand) (?:garna |helst )?"
    r"(?:svaret|svar|ett svar|ert svar|ett brev|brevet) till\b"
)
"""A wish of a letter only where a postal address is named besides."""
_BY_PHONE: Final = any_of(
    r"""
    \bring (?:garna |helst |upp |bara |istallet |i stallet )*(?:upp )?(?:mig|oss)\b
    \b(?:kan|vill|skulle) (?:ni|du|nagon|nagon av er) (?:\w+ ){0,2}?ringa (?:upp )?(?:mig|oss)\b
    \b(?:ni|du|nagon) far (?:garna )?ringa (?:upp )?(?:mig|oss)\b
    \bvill (?:garna |helst )?(?:bli uppringd|att (?:ni|nagon|du) ringer(?: upp)?(?: mig| oss)?)\b
    \b(?:uppringning|aterkoppling per telefon|svar per telefon|svar via telefon|svar pa telefon) onskas\b
    \bvill (?:garna |helst )?(?:ha |fa )?(?:ett |ert )?(?:svar|svaret|besked|aterkoppling)
    + (?:per|via|pa) telefon(?:en)?\b
    \b(?:svara|aterkom|aterkoppla|hor av er|kontakta|na) (?:mig |oss |garna |helst |till mig |bara ){0,3}
    +(?:per|via|pa) (?:min )?(?:telefon(?:en)?|mobil(?:en)?)\b
    \b(?:vill|onskar) (?:jag |vi |garna |helst |bli |ha |fa |ett |ert )*(?:kontaktad|kontakt|svar|aterkoppling|besked)
    + (?:per|via|pa|over) telefon(?:en)?\b
    \bforedrar (?:telefon|telefonsamtal|samtal|att bli uppringd)\b
    ^(?:snalla |vanligen |vanligt )?ring (?:garna )?(?:pa )?(?:tel\w{0,4} |mobil )?(?:\+46|0)[\d -]{6,14}\s*[.!]?$
    \bsla (?:mig|oss) en (?:signal|pling)\b
    """
)
_MAY_SAY = re.compile(
    "svar|kontakt|aterko|hor|bekraft|mejl|mail|contact|repl|respond|answer"  # whether at all
    "|brev|post|papper|skriv|skicka|sand"  # by letter
    "|ring|telefon|mobil|samtal|signal|pling"
)
"""One of these stands in each of the phrases above."""
_NEGATED = re.compile(r"\b(?:inte|ej|aldrig|inget|ingen|slipper|icke)\b")
_CONDITIONAL = re.compile(
    r"\b(?:om (?:ni|du|det|nagot|man|jag|inte|nagon)|ifall|vid (?:fragor|behov|oklarheter|problem)|"
    r"for (?:mer|ytterligare|fler)|innan|nar (?:ni|du|det)|sa (?:visar|berattar|kan|att)|nasta gang|annars|"
    r"i annat fall|brukar|varfor|skrev|sade|lovade|skulle ringa|fragade|trots|sa)\b"
)
_TOLD = re.compile(
    r"\b(?:fick|fatt|kom|kommit|skickade|svarade|ringde|bett|bad|(?:min|var) (?:mamma|pappa|mor|far|granne|man|fru))\b"
)
"""Before the wish: it is told of, or somebody else's."""
_PHONE = re.compile(r"[+0](?<![\w-].)(?:(?<=\+)46|(?<=0)(?:046)?)[ ()-]{0,3}\d(?:[ ()/–-]{0,3}\d){5,11}(?!\w)")
_POST_TOWN = re.compile(r"\b(?:SE?-?)?\d{3} ?\d{2},? +[A-ZÅÄÖ][\wåäöÅÄÖ-]+(?: [A-ZÅÄÖ][\w-]+)?")
_MOST_LINES = 4
_LONGEST_LINE, _LONGEST_ADDRESS = 60, 200


def read_reach(text: str, whole: str = "") -> Reach | None:
    """The wish that the text states; None where it states none, or several.

    whole: the mail with its signature, where a telephone number and an address may stand too.
    """
    written = own_words(text)
    clauses = _clauses(written)
    stated = (_none(clauses), _letter(clauses, written, whole), _phone(clauses, written, whole))
    found = [reach for reach in stated if reach]
    # "Jag vill inte ha mejl, svara med brev": the road that is left is the wish.
    roads = [reach for reach in found if reach.contact is not Contact.NONE]
    if len(roads) > 1:
        return None
    return next(iter(roads or found), None)


def asks_for_answer(text: str) -> bool:
    """Whether the text plainly asks for an answer, as somebody does who did not want one before."""
    clauses = _clauses(own_words(text))
    return any(_ASKS_FOR_ANSWER.search(c) and not _NEGATED.search(c) and not _NOT_NOW.search(c) for c in clauses)


def _clauses(written: str) -> list[str]:
    """Sentences without commas, folded, and the parts of those that go on with "men" or "så".

    Those alone that may say something of reaching: it is what is asked of each mail, and hardly any sentence does.
    """
    parts = (part for sentence in sentences(_SO.sub(" men ", written), _MAY_SAY) for part in _BUT.split(sentence))
    return [part.strip() for part in parts if part.strip()]


_SO = re.compile(r"[Ss][åÅ]\b(?<=\b..)")  # before folding makes it "sa", which is "said"


def _none(clauses: list[str]) -> Reach | None:
    if any(_ASKS_FOR_ANSWER.search(c) and not _NEGATED.search(c) for c in clauses):
        return None
    for clause in clauses:
        found = _NO_CONTACT.search(clause)
        after = _REASON.split(clause[found.end() :], maxsplit=1)[0] if found else ""
        doubtful = not _ALL_CONTACT.fullmatch(after) or _NOT_NOW.search(clause) or _ONLY_ONE_WISHED.match(clause)
        if found and not doubtful and "?" not in clause:
            return Reach(Contact.NONE, found[0].strip())
    return None


def _letter(clauses: list[str], written: str, whole: str) -> Reach | None:
    for clause in clauses:
        by_letter = _BY_LETTER.search(clause)
        found = by_letter or _TO_ADDRESS.search(clause)
        if found and _is_meant(clause, found):
            address = _address(written) or _address(plain(whole))
            if by_letter or address:
                return Reach(Contact.LETTER, found[0], address=address)
    return None


def _phone(clauses: list[str], written: str, whole: str) -> Reach | None:
    for clause in clauses:
        found = _BY_PHONE.search(clause)
        if found and _is_meant(clause, found):
            number = _PHONE.search(written) or _PHONE.search(plain(whole))
            return Reach(Contact.PHONE, found[0].strip(), phone=number[0].strip()) if number else None
    return None


def _is_meant(clause: str, found: re.Match[str]) -> bool:
    """Whether nothing near it denies it, and nothing in the clause makes a condition of it."""
    near = clause[max(0, found.start() - _NEAR) : found.end() + _NEAR]
    told = _TOLD.search(clause[max(0, found.start() - _NEAR) : found.end()])
    return not told and not _NEGATED.search(near) and not _CONDITIONAL.search(clause)


_NEAR = 20  # characters


def _address(text: str) -> str:
    """The postal address in the text: what stands before a post code and town, in their line or above it."""
    town = _POST_TOWN.search(text)
    if not town:
        return ""
    lines = text[: town.end()].splitlines()
    line = lines[-1].strip()
    line = re.split(r"[:!?]\s|\.\s(?=[A-ZÅÄÖ])", line)[-1].strip()
    if line != town[0].strip():
        return line[-_LONGEST_ADDRESS:]
    above: list[str] = []
    for upper in map(str.strip, reversed(lines[-_MOST_LINES:-1])):
        if not upper or upper.endswith((".", ":", "!", "?", " till")) or len(upper) > _LONGEST_LINE:
            break
        above.insert(0, upper.rstrip(","))
    return ", ".join((*above, line))[-_LONGEST_ADDRESS:]
