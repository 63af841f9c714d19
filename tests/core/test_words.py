import unicodedata

import pytest

from service.core.rules.words import Lexicon, Pattern, Term


def find(written: str, text: str) -> str | None:
    """What a text has of a term."""
    term = Term.parse(written)
    return Lexicon([term]).read(text).find(term)


INFLECTED = {
    "bro": "bro bron broar broarna bros brons broarnas BRON",
    "gata": "gata gatan gator gatorna gatans gatornas",
    "väg": "väg vägen vägar vägarna vägs vägens vägarnas Vägen",
    "skola": "skola skolan skolor skolorna skolans",
    "bok": "bok boken böcker böckerna böckernas",
    "cykel": "cykel cykeln cyklar cyklarna cykelns cyklarnas",
    "vatten": "vatten vattnet vattnets vattens",
    "papper": "papper papperet pappret",
    "rektor": "rektor rektorn rektorer rektorerna rektors rektorns",
    "kö": "kö kön köer köerna",
    "by": "by byn byar byarna",
    "å": "å ån åar åarna åns",
    "ö": "ö ön öar öarna",
    "is": "is isen isar isarna isens",
    "sjö": "sjö sjön sjöar sjöns",
    "sko": "sko skon skor skorna skornas",
    "hal": "hal halt hala",
    "hus": "hus huset husen husets",
    "rum": "rum rummet rummen rummens",
    "gymnasium": "gymnasium gymnasiet gymnasier gymnasierna",
    "museum": "museum museet museer museets",
    "möte": "möte mötet möten mötena",
    "foto": "foto fotot foton fotona",
    "hål": "hål hålet hålen hålens",
    "buss": "buss bussen bussar bussarna bussens",
    "plats": "plats platsen platser platserna platsens",
    "lärare": "lärare läraren lärarna lärarens lärares",
    "barn": "barn barnet barnen barnens barns",
    "trasig": "trasig trasigt trasiga",
    "öppen": "öppen öppna öppet",
    "gammal": "gammal gamla gammalt",
    "ny": "ny nytt nya",
    "lukta": "lukta luktar luktade luktat",
    "överklaga": "överklagar överklagade överklagande överklagat överklagan överklagas",
    "parti": "parti partiet partier partierna",
    "byrå": "byrå byrån byråer",
    "idé": "idé idén idéer idéerna",
    "fönster": "fönster fönstret fönstren",
    "vinter": "vinter vintern vintrar vinterns",
    "sommar": "sommar sommaren somrar sommarens",
    "äldreboende": "äldreboende äldreboendet äldreboenden äldreboendena",
    "bibliotek": "bibliotek biblioteket bibliotekets",
    "förälder": "förälder föräldern föräldrar föräldrarna",
    "strand": "strand stranden stränder strändernas",
    "tjänsteman": "tjänsteman tjänstemannen tjänstemän tjänstemännen",
    "parkeringsbot": "parkeringsbot parkeringsboten parkeringsböter parkeringsböternas",
    "gräsbrand": "gräsbrand gräsbranden gräsbränder gräsbränderna",
    "badstrand": "badstrand badstranden badstränder badstrandens",
    "spång": "spång spången spänger spängerna",
    "bokstav": "bokstav bokstaven bokstäver",
    "gås": "gås gåsen gäss gässen gässens",
    "lus": "lus löss lössen",
    "mus": "mus möss mössen mössens",
    "mörk": "mörk mörkt mörka",
    "snabb": "snabb snabbt snabba",
    "library": "library libraries",
    "bin": "bin bins",
    "kotipalvelu": "kotipalvelu",
}


@pytest.mark.parametrize(
    ("term", "word"), [(term, word) for term, words in INFLECTED.items() for word in words.split()]
)
def test_a_word_is_found_in_any_inflection(term: str, word: str) -> None:
    assert find(term, f"Jag skriver om {word}, tack.") == word


@pytest.mark.parametrize(
    ("term", "text"),
    [
        ("väg", "vägg väggen järnväg vag vagn vågen"),
        ("bro", "bror brorsan brott broschyr bröd"),
        ("kö", "kor köra kör köp ko"),
        ("konto", "kontor kontoret"),
        ("fin", "finns finner"),
        ("å", "år a åt än on"),
        ("ö", "o on öl"),
        ("gata", "gått frågat Storgatan"),
        ("barn", "bar baren"),
        ("svar", "svart"),
        ("lag", "lagt"),
        ("stång", "stänger"),
        ("sås", "så"),
        ("kanna", "kan"),
        ("is", "i its"),
        ("hund", "hundra"),
        ("park", "parkering"),
        ("lek", "lekplats"),
        ("mal", "mål"),
        ("mål", "mal"),
        ("el", "eller"),
    ],
)
def test_other_words_are_not_found(term: str, text: str) -> None:
    assert [word for word in text.split() if find(term, word)] == []


@pytest.mark.parametrize(
    ("term", "text", "match"),
    [
        ("*belysning", "Gatubelysningen är släckt", "Gatubelysningen"),
        ("*belysning", "all belysning", "belysning"),
        ("*belysning", "vägbelysningens stolpar", "vägbelysningens"),
        ("*gata", "på Storgatan 14", "Storgatan"),
        ("*bok", "våra läroböcker", "läroböcker"),
        ("*stad", "nya bostäder", "bostäder"),
        ("sop*", "Sopkärlen", "Sopkärlen"),
        ("gatu*lampa", "gatuarmaturlamporna", "gatuarmaturlamporna"),
        ("*skol*", "förskolebarn", "förskolebarn"),
        ("*gata", "vi har frågat en delegat", None),
        ("*gata", "gatukontoret", None),
        ("sop*", "en hopsopad hög", None),
        ("gatu*lampa", "gatubelysning", None),
        ("*skol*", "", None),
    ],
)
def test_a_wildcard_stands_for_any_letters(term: str, text: str, match: str | None) -> None:
    assert find(term, text) == match


@pytest.mark.parametrize(
    ("term", "text", "match"),
    [
        ("hål i vägen", "Ett HÅL i vägen!", "HÅL i vägen"),
        ("hål i vägen", "de stora hålen\ni vägarna", "hålen i vägarna"),
        ("hål i vägen", "hål på vägen", None),
        ("hål i vägen", "vägen i hål", None),
        ("vet var * bor", "jag vet var hon bor", "vet var hon bor"),
        ("vet var * bor", "jag vet var bor", None),
        ("riksväg 63", "på riksväg 63 förbi", "riksväg 63"),
        ("e-post", "min E-postadress eller e-posten", "e posten"),
        ("recycling bin", "The recycling bins are full", "recycling bins"),
        ("lång *kö", "de långa bilköerna", "långa bilköerna"),
    ],
)
def test_a_phrase_matches_in_order(term: str, text: str, match: str | None) -> None:
    assert find(term, text) == match


def test_letters_may_be_composed_or_not_and_broken_by_soft_hyphens() -> None:
    assert find("väg", unicodedata.normalize("NFD", "vägen")) == "vägen"
    assert find(unicodedata.normalize("NFD", "väg"), "vägen") == "vägen"
    assert find("vägkorsning", "väg\u00adkorsningen") == "vägkorsningen"


def test_the_text_s_own_words_are_told() -> None:
    terms = [Term.parse(word) for word in ("gata", "hund", "*lampa", "väg", "*lampa")]
    text = Lexicon(terms).read("Vägen", "Gatlampor saknas på vägarna, gatlampor!")
    assert text.found(terms) == ("Gatlampor", "Vägen", "Gatlampor")


def test_a_lexicon_answers_the_same_when_it_has_met_the_words_before() -> None:
    terms = [Term.parse(word) for word in ("gata", "hål i vägen")]
    lexicon = Lexicon(terms)
    texts = ["Gatan, (gatan).", "hål i vägen", "gator/vägar", "inget", "Ett hål\ni vägarna"]
    first = [lexicon.read(text).found(terms) for text in texts]
    assert first == [("Gatan",), ("hål i vägen",), ("gator",), (), ("hål i vägarna",)]
    assert [lexicon.read(text).found(terms) for text in texts] == first


@pytest.mark.parametrize("written", ["", "  ", "*", "* *", "?!"])
def test_a_term_without_a_word_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="no word"):
        Term.parse(written)


@pytest.mark.parametrize(
    ("pattern", "value", "matches"),
    [
        ("noreply@ekvik.example", "NoReply@Ekvik.example", True),
        ("*@ekvik.example", "bo@ekvik.example", True),
        ("*@ekvik.example", "bo@ekvik.example.org", False),
        ("Synpunkter och klagomål*", "Synpunkter  och klagomål (nr 3)", True),
        ("Synpunkter och klagomål*", "Sv: Synpunkter och klagomål", False),
        ("*.pdf", "Ritning.PDF", True),
        ("a.c", "abc", False),
    ],
)
def test_a_pattern_matches_the_whole_value(pattern: str, value: str, matches: bool) -> None:
    assert Pattern.parse(pattern).matches(value) is matches


def test_a_word_in_a_long_run_of_letters_and_signs_is_found() -> None:
    assert find("väg", "=" * 300 + "vägen" + "=" * 300) == "vägen"
