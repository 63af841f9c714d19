"""Sentences that organisations add to every mail: on confidentiality, personal data, public records, unknown senders.

Their wordings are without number and their words are few. So a sentence counts as one of theirs when it names one of
their subjects and nearly all its words belong to them; one word of anything else ("lärare", "lampan") makes it the
writer's. Names (capitals within the sentence) count for nothing.
"""

from __future__ import annotations

import re

_SENTENCE = re.compile(r"[^.!?;]+(?:[.](?=\w)[^.!?;]+)*[.!?;]*")
_TOKEN = re.compile(r"[^\W_][\w'’-]{0,60}")
_LINK = re.compile(
    r"<?(?:https?://|www\.|mailto:)\S{1,400}|\S{1,80}@\S{1,80}|\b[\w-]{2,60}\.(?:se|nu|eu|com|org|net|example)\b\S{0,200}",
    re.IGNORECASE,
)
_WORDS_A_STRANGER = 10  # of so many words one may be unknown: no list of words is whole
_LONGEST = 80  # words of one sentence that are looked at

_SUBJECTS = re.compile(
    r"konfidenti|sekretess|förtrolig|misstag|felaktig|mottagare|adressat|obehörig|radera|makuler|avsändar|personuppgift"
    r"|dataskydd|gdpr|integritet|allmän\w* handling|offentlig\w{0,3} handling|offentlighet|diarief|miljön|extern"
    r"|utanför|utifrån|länkar|bilagor|underrätta|kopier|spridas|(?:ta bort|förstör\w*) (?:det|mejl|mail|medd)|avsedd"
    r"|avsett|upphovsrätt|virus|otillåt|förbjud|får inte ofta"
    r"|confidential|privileged|disclos|intended|recipient|addressee|in error|by mistake|delete|sender|unauthori[sz]ed"
    r"|destroy|notify|this (?:e-?mail|message)|prohibited|privacy|personal data|environment|external|outside"
    r"|attachments|liabilit|copying|disseminat|don.t often",
    re.IGNORECASE,
)
# sentences that go with the others and name nothing
_BESIDE = re.compile(
    r"(?:(?:du kan )?läsa? mer(?: om (?:det|detta|hur))?(?: på| här| via)?(?: vår \w{3,10})?|tack(?: på förhand)?"
    r"|thank you|thanks|read more(?: at| here)?|obs|ok|varning|warning|caution|viktigt)\W*",
    re.IGNORECASE,
)
_OWN_VOICE = re.compile(r"\b(?:jag|mig|min|mitt|mina|I|my|me|ich|mein\w{0,2}|jeg|minä)\b|\?")

_SMALL = frozenset(
    """
    detta denna det den de här dessa dem din ditt dina du dig er ert era ni vi oss vår vårt våra som att och eller
    om inte ej är var vara varit har hade kan kunde ska skall skulle får fick måste bör kommer komma kom blir bli av
    för från i in innan efter med på till vid via under utan ut upp genom hos enligt samt även också endast bara enbart
    uteslutande men när så hur mer mera där dit här vad vem vilka vilken vilket vilkas annan annat andra någon något
    några ingen inget inga alla allt all del delar hel hela helt sin sitt sina dess sådan sådana sådant ovan nedan
    ovanför
    en ett eventuell eventuellt eventuella vänligen var god snäll snälla ber be ta bort tag gör göra gjort omedelbart
    genast snarast omgående direkt tack person personer personen part parter den/de ovanstående angiven angivna angivits
    anges rätt rätte fel annars därför dock såvida ifall sätt vis grund fall tid mån mot sig man vet veta läs läsa läsas
    lär tänk gå finns hittar hitta se observera obs notera viktigt viktig varning information informationen tex ex
    känner igen litar säker säkert osäker osäkert försiktig aktsam uppmärksam verkligen behöver okänd okända känd kända
    the this that these those a an any and or of to in on at by for from with without within is are was were be been
    being may might must shall should can could will would do does did don't not no nor if it its you your yours we our
    us they them their who whom whose which what when how here there than then as such so only solely exclusively please
    all other others further more about into upon out unless until have has had having received receive made make take
    taken taking find read see click know learn thank thanks either also neither above below hereby herein thereof
    therein    thereto part whole named whether before after under via often why some people important
    ofta varför vissa värnar sparar sparas lagras länge behövs syfte ändamål gällande enlighet kap indicated deliver
    anyone anybody someone kindly case longer necessary notice including sole material contact contacting contacted s
    disclaimer correspondence mistakenly secrecy innebär
    """.split()  # noqa: SIM905 - a list literal would take a line a word
)
_STEMS = re.compile(
    # Swedish
    r"meddel|mejl|mail|e-?post|brev|bifog|bilag|innehåll|inform|uppgift|konfidenti|sekretess|hemlig|förtrolig|avse|mottag"
    r"|adress|erhåll|fått|misstag|felaktig|rader|makul|förstör|underrätt|kontakt|avsänd|kopi|sprid|vidarebef|distribu|använd"
    r"|utnyttj|obehör|otillåt|förbjud|tillåt|omfatt|lag$|lagen|skydd|jurid|tystnads|ansvar|viru|kontroll|garant|skad|åsikt"
    r"|uttryck|författ|nödvänd|företag|bolag|organis|kommun|myndig|region|förvaltn|hanter|behandl|personuppgift|webb|hemsid"
    r"|skick|skriv|dataskydd|gdpr|integritet|polic|rättighet|länk|klick|besök|följ|allmän|handling|offentlig|diarief"
    r"|registrer|lämna|begär|inkom|miljö|utskrift|skriv|papper|extern|utanför|utifrån|öppn|system|datorn?|dator|fil(?:er|en)?$"
    r"|person(?:en|er|erna)?$|upphovs|yttr|tredje|avslöj|röj|riktad|ställ|adresserat|verktyg|kanal|tjänst|svar(?:a|ar)?$|returner"
    # English
    r"|e-?mail|message|communic|transmi|attach|file|content|contain|confiden|privileg|legal|protect|intend|indiv|entit"
    r"|address|recip|error|mistake|notif|inform|advis|sender|immediat|delet|destroy|cop(?:y|ies|ying)|disclos|dissem|distrib"
    r"|forward|use[sd]?$|unauthor|review|relian|action|prohib|strict|unlaw|forbid|return|reply|comput|system|view|opinion|express"
    r"|author|necess|represent|company|organi[sz]|virus|warning|caution|originat|outside|external|came|sent|link|unless"
    r"|recogni[sz]|safe|careful|trust|open|privacy|personal|data|process|print|environ|consider|think|accept|liab|respons|damage"
    r"|proprietar|exempt|applicab|law|secur|guarant|person",
    re.IGNORECASE,
)


def is_known(text: str) -> bool:
    """Whether each sentence of the text, and there is one, is of those that organisations add."""
    sentences = [found[0] for found in _SENTENCE.finditer(_LINK.sub(" ", text)) if _TOKEN.search(found[0])]
    return has_subject(text) and not _OWN_VOICE.search(text) and all(map(_is_theirs, sentences))


def has_subject(text: str) -> bool:
    """Whether one of the subjects of such sentences is named."""
    return bool(_SUBJECTS.search(text))


def is_familiar(text: str) -> bool:
    """Whether most words of the text are Swedish or English ones of such sentences: it is no foreign notice."""
    words = _TOKEN.findall(text)[:_LONGEST]
    return 2 * sum(_is_word_of_theirs(word) for word in words) > len(words)


def _is_theirs(sentence: str) -> bool:
    words = _TOKEN.findall(sentence)[: _LONGEST + 1]
    if len(words) > _LONGEST:
        return False
    unknown = sum(
        not _is_word_of_theirs(word) and not (place and (word[0].isupper() or word.isdigit()))
        for place, word in enumerate(words)
    )
    if unknown > len(words) // _WORDS_A_STRANGER:
        return False
    return has_subject(sentence) or bool(_BESIDE.fullmatch(sentence.strip()))


def _is_word_of_theirs(word: str) -> bool:
    return word.casefold() in _SMALL or bool(_STEMS.match(word))
