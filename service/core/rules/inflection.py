"""Which dictionary words may a written word be a form of? A stemmer, and what it misses in Swedish.

The Snowball stemmer for Swedish never cuts into the first three letters (`bron`, `isen`), leaves the definite form of
nouns in -a alone (`gatan`), cuts some base forms too far (`rektor`) and knows no vowel change (`böcker`). So a word has
several keys: itself, its stem, and the same for the base forms that the tables below lead back to. Two words are taken
for forms of one word when they share a key. å, ä and ö are letters of their own and never become a or o.
"""

from __future__ import annotations

import re
from functools import lru_cache

# Nouns that change their vowel in the plural, as the last part of a compound too: `bostäder`, `handböcker`. It is a
# closed class. `händer` and `stänger` are left out: in mails they are nearly always verbs.
_VOWEL_CHANGE = {
    "bokstäver": "bokstav", "bränder": "brand", "bröder": "bror", "böcker": "bok", "bönder": "bonde", "böter": "bot",
    "döttrar": "dotter", "fäder": "far", "fötter": "fot", "gäss": "gås", "gässen": "gås", "ledamöter": "ledamot",
    "länder": "land", "löss": "lus", "lössen": "lus", "män": "man", "männen": "man", "möss": "mus", "mössen": "mus",
    "mödrar": "mor", "nätter": "natt", "rötter": "rot", "spänger": "spång", "stränder": "strand", "städer": "stad",
    "söner": "son", "tänder": "tand",
}  # fmt: skip
_CHANGED = re.compile(rf"({'|'.join(sorted(_VOWEL_CHANGE, key=len, reverse=True))})(?:na)?$")

_Rules = tuple[tuple[re.Pattern[str], str], ...]


def _rules(*pairs: tuple[str, str]) -> _Rules:
    return tuple((re.compile(written), base) for written, base in pairs)


# Written form, base form. Right often enough to be applied to a rule's words as well as to a mail's.
_CERTAIN = _rules(
    (r"(.*[iouyåäöé])(?:n|arn?a?|ern?a?|et|na)", r"\1"),  # bron, broar: bro; köer: kö; partiet: parti
    (r"([åö])(?:n|arn?a?)", r"\1"),  # ån, öar; but år is no å
    (r"(..+a)n", r"\1"),  # gatan: gata
    (r"(...+(?:or|el|er))n", r"\1"),  # rektorn, cykeln, vintern
    (r"(...+)et", r"\1"),  # barnet: barn
    (r"(...+e)t", r"\1"),  # boendet: boende
    (r"(.*(?:br|h|str|t)and)en", r"\1"),  # gräsbranden: the stemmer takes it for a participle
    (r"(.+[ie])um", r"\1"),  # gymnasium: gymnasi-et
)
# Only for a mail's words: applied to a rule's word as well, these would make it too wide.
_POSSIBLE = _rules(
    (r"((?!bro)[^aeiouyåäö]+[oå])rn?a?", r"\1"),  # skor, skorna: sko; of one syllable, so not kontor: konto
    (r"(..+[^aeiouyåäö]o)t", r"\1"),  # kontot: konto
    (r"([aeiouyåäö][bdfgklmnprstv])(?:en|et|arn?a?|ern?a?)", r"\1"),  # isen: is; ekar: ek; året: år
    (r"(.+m)m(?:et|en|ar|arna)", r"\1"),  # rummet: rum
    (r"(.+[yåä])(?:tt|a)", r"\1"),  # nytt, nya: ny
    (r"(..+[lmn]|...+[bgkpv])t", r"\1"),  # halt: hal; mörkt: mörk, but lagt is no lag
    (r"(...+e)na", r"\1"),  # mötena: möte
    (r"(...+)ies", r"\1y"),  # English: libraries
)
# Only for a rule's words, from the base form to what is before the ending.
_DROPPED = _rules(
    (r"(.+[^aeiouyåäö])[ea]([lnr])", r"\1\2"),  # cykel: cykl-ar; vatten: vattn-et
    (r"(.+m)m[ea]([lnr])", r"\1\2"),  # gammal: gaml-a; sommar: somr-ar
)


def _stem(word: str) -> str:
    # Imported late: it brings the stemmers of all languages, for which no list of cases waits. Not by
    # `snowballstemmer.stemmer(...)`: that gives another, shared-state stemmer where PyStemmer happens to be installed.
    from snowballstemmer.swedish_stemmer import SwedishStemmer  # noqa: PLC0415

    stem: str = SwedishStemmer().stemWord(word)
    return stem


def _bases(word: str, rules: _Rules) -> set[str]:
    bases = {match.expand(base) for written, base in rules if (match := written.fullmatch(word))}
    if changed := _CHANGED.search(word):
        bases.add(word[: changed.start()] + _VOWEL_CHANGE[changed[1]])
    return bases


def _keys(word: str, bases: set[str]) -> frozenset[str]:
    return frozenset({word, _stem(word), *bases, *map(_stem, bases)})


@lru_cache(maxsize=20_000)
def text_keys(word: str) -> frozenset[str]:
    """The keys of a word as a mail has it. The caller sees to it that words are short, as `words` does."""
    folded = word.casefold()
    bases = _bases(folded, _CERTAIN + _POSSIBLE)
    owner = folded[:-1]
    if folded.endswith("s") and owner and not owner.endswith("s"):  # the genitive: gatans, bros
        bases |= {owner} | _bases(owner, _CERTAIN + _POSSIBLE)
    return _keys(folded, bases)


_BEGINNING = 3  # letters
_CHANGED_ENDS = tuple(form + end for form in _VOWEL_CHANGE for end in ("", "na", "s", "nas"))


def beginning(key: str) -> str:
    """What a key begins with, to be compared with `beginnings`."""
    return key[:_BEGINNING]


def beginnings(folded: str) -> set[str]:
    """What the keys of a word as a mail has it begin with, and perhaps more: found at once, unlike the keys themselves.

    A key is the beginning of the word, with no letter changed among the first three, unless the word changes its vowel.
    """
    found = {folded[:size] for size in range(1, _BEGINNING + 1)}
    if folded.endswith(_CHANGED_ENDS):
        found |= {beginning(key) for key in text_keys(folded)}
    return found


def term_keys(word: str) -> frozenset[str]:
    """The keys of a word as a rule has it, best in its dictionary form."""
    folded = word.casefold()
    return _keys(folded, _bases(folded, _CERTAIN)) | _bases(folded, _DROPPED)


def common_start(word: str) -> str:
    """What every form of a rule's word starts with: `cyk` for `cykel`, `st` for `stad`."""
    forms = set(term_keys(word)) if word else {""}
    forms |= {word.removesuffix(base) + plural for plural, base in _VOWEL_CHANGE.items() if word.endswith(base)}
    first, last = min(forms), max(forms)
    differ = (at for at, (one, other) in enumerate(zip(first, last, strict=False)) if one != other)
    return first[: next(differ, min(len(first), len(last)))]
