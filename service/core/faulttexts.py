"""What a fault in a rules folder is called: in English on the command line, in Swedish in mails to the registrar.

One catalogue, so that no fault exists in one language alone. A `Said` is the English text, and carries the Swedish one.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self


class Said(str):
    """A text in English that knows what it is in Swedish."""

    __slots__ = ("swedish",)
    swedish: str

    def __new__(cls, english: str, swedish: str) -> Self:
        """Both texts."""
        said = super().__new__(cls, english)
        said.swedish = swedish
        return said


_UNSAID = "det går inte att använda så här"


def in_swedish(text: str) -> str:
    """The Swedish text; of what has none, that something is wrong."""
    return text.swedish if isinstance(text, Said) else (_UNSAID if text else "")


def say(kind: str, /, **facts: object) -> Said:
    """The text of a kind of fault. Facts that are in the catalogue's words themselves are put in in each language."""
    english, swedish = CATALOGUE[kind]
    translated = {name: in_swedish(fact) if isinstance(fact, Said) else fact for name, fact in facts.items()}
    return Said(english.format(**facts), swedish.format(**translated))


def joined(words: Iterable[str]) -> str:
    """A list of words."""
    return ", ".join(words)


CATALOGUE: dict[str, tuple[str, str]] = {
    # suggestions
    "did-you-mean": ('did you mean "{word}"?', "menade du ”{word}”?"),
    "known-are": ("known are: {words}", "det som finns är: {words}"),
    "put-in-quotes": ("put it in quotes", "sätt det inom citattecken"),
    "use-spaces": ("use spaces", "använd mellanslag"),
    "save-as-utf-8": ("save the file with the encoding UTF-8", "spara filen med kodningen UTF-8"),
    "write-it-out": ("write it out", "skriv ut det på båda ställena"),
    "colon-needs-quotes": (
        "a text that holds a colon and a space needs quotes",
        "en text med kolon och mellanslag ska stå inom citattecken",
    ),
    "star-needs-quotes": (
        'a text that starts with * needs quotes: "*belysning"',
        'en text som börjar med * ska stå inom citattecken: "*belysning"',
    ),
    "mark-needs-quotes": (
        'a text that starts with "{mark}" needs quotes',
        "en text som börjar med {mark} ska stå inom citattecken",
    ),
    "tag-needs-quotes": (
        "put a text that starts with ! in quotes",
        "en text som börjar med ! ska stå inom citattecken",
    ),
    "lies-beside": ('"{name}" lies beside it: rename it', "”{name}” ligger bredvid: byt namn på den"),
    "align": ("begin it in the same column as its neighbours", "börja i samma kolumn som raderna omkring"),
    # files
    "file-missing": ("the file is missing", "filen saknas"),
    "file-unreadable": ("the file cannot be read: {why}", "filen går inte att läsa"),
    "file-empty": ("the file is empty", "filen är tom"),
    "take-it-away": ("take it away if there are no forms", "ta bort den om det inte finns några formulär"),
    "mark-missing": (
        "there is no file {name} in the rules folder",
        "det finns ingen fil {name} i mappen med reglerna",
    ),
    "mark-no-picture": (
        "{name} is no picture of the sort SVG, PNG or JPEG",
        "{name} är ingen bild av sorten SVG, PNG eller JPEG",
    ),
    "mark-too-large": ("{name} is larger than 1 MB", "{name} är större än 1 MB"),
    "restore-it": (
        "was it saved whole? put the text back",
        "blev hela filen sparad? Lägg tillbaka innehållet",
    ),
    "file-cut-off": (
        "the file is only the beginning of the one in force",
        "filen är bara början av den som gäller",
    ),
    "fewer": (
        "only {now} of {before} {what} are left",
        "bara {now} av {before} {what} är kvar",
    ),
    "if-meant": (
        "if that is meant, reload the service (SIGHUP) and the new ones count",
        "är det meningen, be den som sköter tjänsten att läsa in reglerna på nytt",
    ),
    "rules": ("rules", "regler"),
    "units": ("units", "enheter"),
    "people": ("people", "personer"),
    "forms": ("forms", "formulär"),
    "no-rules": (
        "there are no rules: every mail goes to the registrars",
        "det finns inga regler: alla mejl går till registratorn",
    ),
    "not-read": ("nothing of this name is read", "inget med det namnet läses"),
    "not-utf-8": ("the byte {byte} is not UTF-8", "tecknen är inte i UTF-8"),
    "control-character": ("the control character {code} is not allowed", "styrtecknet {code} får inte finnas"),
    "import-without-number": (
        "name the column of the old number: external_ref or registry_number",
        "ange kolumnen med det gamla numret: external_ref eller registry_number",
    ),
    "no-such-column": ("the file has no column {name}", "filen har ingen kolumn {name}"),
    "not-ours": ("{name} is none of the municipality's own", "{name} finns inte hos kommunen"),
    # YAML
    "line-not-yaml": ("this line is not YAML", "raden är inte rätt skriven"),
    "second-colon": ("a second colon in one line", "ett andra kolon på samma rad"),
    "unreadable-yaml": ("not YAML", "filen är inte rätt skriven"),
    "quote-open": (
        "a quotation mark that opens in line {line} is not closed",
        "ett citattecken som börjar på rad {line} avslutas aldrig",
    ),
    "quote-inside": (
        "the text goes on after its closing quotation mark",
        "texten fortsätter efter det avslutande citattecknet",
    ),
    "other-quotes": (
        "a text that holds one sort of quotation mark is put in the other sort",
        "en text med det ena slaget av citattecken ska stå inom det andra slaget",
    ),
    "backslash": (
        "a backslash means something of its own in double quotes",
        "ett omvänt snedstreck betyder något eget inom citattecken",
    ),
    "single-quotes": ("use single quotes: '...'", "använd enkla citattecken: '...'"),
    "fold-mark": ("nothing can follow > or | in its line", "inget kan stå efter > eller | på samma rad"),
    "dash-in-line": ("a list with dashes cannot begin here", "en lista med streck kan inte börja här"),
    "own-line": ("begin it in a line of its own", "börja den på en egen rad"),
    "entry-missing": ("an entry is missing before the comma", "något saknas före kommat"),
    "take-away-or-open": ("take it away or open it before", "ta bort det eller skriv början"),
    "space-after": ("a key ends with a colon and a space", "en nyckel slutar med kolon och mellanslag"),
    "no-such-date": ("there is no day {text}", "det finns ingen dag {text}"),
    "close-it": ("close it with the same mark", "avsluta med samma tecken"),
    "bracket-open": (
        '"{mark}" that opens in line {line} is not closed',
        "”{mark}” som börjar på rad {line} avslutas aldrig",
    ),
    "bracket-lost": ('"{mark}" closes nothing', "”{mark}” avslutar ingenting"),
    "comma-missing": (
        'a comma or "{mark}" is missing before this; the list begins in line {line}',
        "ett komma eller ”{mark}” saknas före detta; listan börjar på rad {line}",
    ),
    "indented-less": (
        "line {line} is indented less than the line before it",
        "rad {line} har mindre indrag än raden före",
    ),
    "indented-more": (
        "line {line} is indented more than the line before it",
        "rad {line} har större indrag än raden före",
    ),
    "indented-otherwise": (
        "line {line} is indented otherwise than the lines that it belongs to",
        "rad {line} har ett annat indrag än raderna som den hör till",
    ),
    "colon-missing": ("a key without a colon and a value", "en nyckel utan kolon och värde"),
    "key-or-item": (
        "neither a key with a colon nor an item with a dash",
        "varken en nyckel med kolon eller en rad med streck",
    ),
    "key-among-items": (
        "a key stands where the items of a list begin",
        "en nyckel står där listans rader med streck börjar",
    ),
    "dash-alone": ("a dash without a space after it", "ett streck utan mellanslag efter"),
    "space-after-dash": (
        "an item of a list begins with a dash and a space",
        "en rad i en lista börjar med streck och mellanslag",
    ),
    "goes-on": (
        "something follows in the line where its value has ended",
        "något följer på raden efter att värdet är slut",
    ),
    "goes-on-quotes": (
        "take it away, or put the whole value in quotes",
        "ta bort det, eller sätt hela värdet inom citattecken",
    ),
    "two-documents": (
        "a line with --- or ... ends the file's one document",
        "en rad med --- eller ... delar filen i två dokument",
    ),
    "only-one": ("take it away", "ta bort den"),
    "key-twice": ('the key "{key}" comes twice in one mapping', "nyckeln ”{key}” finns två gånger på samma ställe"),
    "tab": ("a tab cannot indent a line", "tabb går inte att använda som indrag"),
    "mark-begins": ('a text cannot begin with "{mark}"', "en text kan inte börja med ”{mark}”"),
    "two-places": (
        "a mapping or list cannot be used in two places",
        "samma lista eller värden kan inte användas på två ställen",
    ),
    "tag": ("a tag is not understood here", "det som börjar med ! går inte att tolka här"),
    "key-not-text": ("a key should be text", "en nyckel ska vara text"),
    # values
    "unknown-key": ('unknown key "{name}"', "nyckeln ”{name}” finns inte"),
    "missing-key": ('the key "{name}" is missing', "nyckeln ”{name}” saknas"),
    "not-a-choice": ('"{value}" is not a choice here', "”{value}” går inte att välja här"),
    "wrong-form": ('"{value}" does not have the right form', "”{value}” har fel form"),
    "form-is": ("it should match {pattern}", "små bokstäver, siffror, bindestreck och understreck går bra"),
    "number-not-text": ("should be text, but YAML reads it as a number", "ska vara text, men läses som ett tal"),
    "not-text": ("should be text", "ska vara text"),
    "empty-text": ("is empty", "är tomt"),
    "not-bool": ("should be true or false", "ska vara true eller false"),
    "not-int": ("should be a whole number", "ska vara ett heltal"),
    "not-number": ("should be a number, for example {example}", "ska vara ett tal, till exempel {example}"),
    "not-list": ("should be a list", "ska vara en lista"),
    "not-mapping": ("should be a mapping of keys and values", "ska vara nycklar med värden"),
    "empty-list": ("should hold at least one entry", "ska ha minst en rad"),
    "too-small": ("should be {than} or more", "ska vara {than} eller mer"),
    "too-large": ("should be {than} or less", "ska vara {than} eller mindre"),
    "refused": ("{english}", "värdet går inte att använda"),
    "text-in-quotes": ("should be text; put it in quotes", "ska vara text; sätt det inom citattecken"),
    "no-address": ('"{text}" is not an e-mail address: {why}', "”{text}” är ingen e-postadress"),
    "no-zone": (
        '"{name}" is not a time zone; write for example "Europe/Stockholm"',
        "”{name}” är ingen tidszon; skriv till exempel ”Europe/Stockholm”",
    ),
    "no-language": (
        '"{code}" is no language that is recognized; known are {known}',
        "”{code}” är inget språk som tjänsten känner igen; de är {known}",
    ),
    "no-date": ("should be a date such as 2026-05-15", "ska vara ett datum, till exempel 2026-05-15"),
    "no-hours": (
        '"{text}" are no office hours; write for example "07:30-16:30"',
        "”{text}” är ingen kontorstid; skriv till exempel ”07:30-16:30”",
    ),
    "no-clock-time": (
        '"{text}" is not a time of day; write for example "07:30"',
        "”{text}” är inget klockslag; skriv till exempel ”07:30”",
    ),
    "hours-reversed": ('office hours "{text}" end before they start', "kontorstiden ”{text}” slutar innan den börjar"),
    "no-duration": (
        '"{text}" is not a duration; write for example "10 working days", "14 days" or "24 hours"',
        "”{text}” är ingen tid; skriv till exempel ”10 working days”, ”14 days” eller ”24 hours”",
    ),
    "too-long": ('"{text}" is longer than {most} days can be', "”{text}” är längre än {most} dagar"),
    "no-reminder": (
        '"{text}" is not a reminder; write for example "3 working days before"',
        "”{text}” är ingen påminnelse; skriv till exempel ”3 working days before”",
    ),
    "no-term": ('"{text}" holds no word to look for', "”{text}” har inget ord att leta efter"),
    "empty-pattern": ("an empty pattern matches nothing", "ett tomt mönster stämmer aldrig"),
    "no-web-address": (
        '"{text}" is not the address of a folder on the web, such as https://www.ekvik.example/synpunkter/',
        "”{text}” är ingen webbadress till en mapp, till exempel https://www.ekvik.example/synpunkter/",
    ),
    "no-registry-number": (
        '"{text}" is not a registry number; write an example such as "KS 2026-00123"',
        "”{text}” är inget diarienummer; skriv ett exempel som ”KS 2026-00123”",
    ),
    "control-in-text": (
        "holds the control character {code}; write it on one line",
        "innehåller styrtecknet {code}; skriv texten på en rad",
    ),
    # what does not fit together
    "unknown": ('unknown {what} "{word}"', "{what} ”{word}” finns inte"),
    "department": ("department", "förvaltningen"),
    "unit": ("unit", "enheten"),
    "officer": ("officer", "handläggaren"),
    "type": ("type", "typen"),
    "category": ("category", "kategorin"),
    "process": ("process", "processen"),
    "channel": ("channel", "kanalen"),
    "rule": ("rule", "regeln"),
    "taken": ('"{value}" is already the {key} of entry {entry}', "”{value}” finns redan på plats {entry}"),
    "in-list": ('"{word}" is already in the list', "”{word}” finns redan i listan"),
    "needs-registrars": (
        "it has no effect without registrars: true: what is to be sorted still comes singly",
        "det har ingen verkan utan registrars: true: det som ska fördelas kommer ändå ett och ett",
    ),
    "after-hours": (
        "{at} is not before the office closes (office_hours): no morning mail would leave",
        "{at} är inte före kontorstidens slut (office_hours): inget morgonmejl skulle gå iväg",
    ),
    # the ladder, counted for each day of arrival in a year
    "ladder-order": (
        'on {count} of {days} days of arrival this step comes before "{earlier}" above it, first on {day}',
        "{count} av {days} ankomstdagar kommer det här steget före ”{earlier}” ovanför, först {day}",
    ),
    "ladder-head": (
        'the head of department hears before the manager, whose step is "{manager}"',
        "förvaltningschefen får veta det före enhetschefen, vars steg är ”{manager}”",
    ),
    "ladder-before-due": (
        "on {count} of {days} days of arrival this step comes before the answer is due ({promise}), first on {day}",
        "{count} av {days} ankomstdagar kommer det här steget innan svarstiden är ute ({promise}), först {day}",
    ),
    "ladder-longer": ("a longer time, or both in working days", "ta en längre tid, eller räkna båda i arbetsdagar"),
    "ladder-repeats": (
        "on {count} of {days} days of arrival it comes within two working days of another reminder and is left out",
        "{count} av {days} ankomstdagar kommer den inom två arbetsdagar efter en annan påminnelse och skickas inte",
    ),
    "nameless": (
        '"{address}" has no entry under people, so mails cannot say name and phone number',
        "”{address}” finns inte under people, så mejlen kan inte säga namn och telefonnummer",
    ),
    "spelled": ('"{address}" is elsewhere spelled "{first}"', "”{address}” är stavad ”{first}” på ett annat ställe"),
    "own-mailbox": (
        '"{address}" is the mailbox of the service itself: nobody would read what is sent there',
        "”{address}” är tjänstens egen brevlåda: ingen läser det som skickas dit",
    ),
    "own-substitute": (
        '"{address}" is the person\'s own address: nobody would take over',
        "”{address}” är personens egen adress: ingen tar över",
    ),
    "substitutes-in-a-ring": (
        "the substitutes stand in for each other ({way}): when all are away nobody takes over",
        "ersättarna ersätter varandra ({way}): är alla borta tar ingen över",
    ),
    "outside": (
        '"{address}" is outside of staff_domains ({domains})',
        "”{address}” hör inte till staff_domains ({domains})",
    ),
    "decides-nothing": ("the rule decides nothing", "regeln bestämmer ingenting"),
    "refer-and-unit": (
        "a rule either refers to another authority or names a unit",
        "en regel hänvisar antingen till en annan myndighet eller nämner en enhet",
    ),
    "officer-needs-unit": ("an officer needs a unit beside it", "en handläggare behöver en enhet bredvid sig"),
    "not-of-unit": (
        '"{officer}" is neither officer nor manager of the unit "{unit}"',
        "”{officer}” är varken handläggare eller chef för enheten ”{unit}”",
    ),
    "never-decides": (
        'the rule never decides: "{name}" before it holds whenever it does',
        "regeln bestämmer aldrig: ”{name}” före den stämmer alltid först",
    ),
    "always-holds": (
        'none of the {count} rules from here on ever decides: "{name}" before them has no condition and always holds',
        "ingen av de {count} reglerna från och med den här bestämmer någonsin: ”{name}” före dem stämmer alltid",
    ),
    "put-it-last": ("put that one last", "lägg den regeln sist"),
    "expects-nothing": (
        "the example expects nothing; say unit, officer, rule, refer or registrar",
        "exemplet väntar sig ingenting; skriv unit, officer, rule, refer eller registrar",
    ),
    "no-text-label": (
        "no label for text: where is what the submitter wrote?",
        "ingen etikett för text: var står det som synpunktslämnaren skrev?",
    ),
    "no-contact-label": (
        "answers about contact need a label: fields: contact",
        "svaren om kontakt behöver en etikett: fields: contact",
    ),
    "no-effect": ('the key "{key}" has no effect yet', "nyckeln ”{key}” har ingen verkan än"),
    # templates of the municipality's own
    "not-used": ("no mail uses this file", "inget mejl använder den filen"),
    "no-subject": (
        "the letter has no subject; its first line begins with Ämne:",
        "mejlet har ingen ämnesrad; den första raden börjar med Ämne:",
    ),
    "no-body": ("the letter has no text", "mejlet har ingen text"),
    "no-answer": (
        "the letter leaves out the answer: {{{{ answer|literal }}}}",
        "mejlet utelämnar svaret: {{{{ answer|literal }}}}",
    ),
    "not-there": ('"{name}" is not known here', "namnet ”{name}” finns inte här"),
    "template-fault": (
        "a {{{{ … }}}} or {{% … %}} in this line is not rightly written",
        "något mellan {{{{ och }}}} eller {{% och %}} på raden är inte rätt skrivet",
    ),
    "block-open": (
        "{{% {name} %}} is not closed: {{% end{name} %}} is missing",
        "{{% {name} %}} avslutas aldrig: {{% end{name} %}} saknas",
    ),
    "no-block": ("{{% {name} %}} closes or means nothing here", "{{% {name} %}} betyder ingenting här"),
    "no-filter": ('there is no filter or test "{name}"', "filtret eller testet ”{name}” finns inte"),
    "cannot-be-filled": ("cannot be filled in ({english})", "mallen går inte att fylla i"),
    "endless": ("a template takes in itself, without end", "en mall hämtar in sig själv, utan slut"),
    "too-long-letter": ("the letter is longer than {most} characters", "mejlet blir längre än {most} tecken"),
    "too-much-work": (
        "the template does more than a letter needs; does a loop go on, or a text grow?",
        "mallen gör mer än ett mejl behöver; går en slinga runt för länge, eller växer en text?",
    ),
    "too-large-number": ("a number becomes too large", "ett tal blir för stort"),
    "no-method": ("templates may not use .{name}", ".{name} går inte att använda i en mejltext"),
    "long-template": ("the template is longer than {most} characters", "mallen är längre än {most} tecken"),
    "no-powers": (
        "{operator} is for numbers alone, and powers are not worked out",
        "{operator} fungerar bara med tal, och inte för potenser",
    ),
    "not-included": ('there is no template "{name}" to include', "mallen ”{name}” finns inte"),
}
"""Every kind of fault: what it is in English, and in Swedish."""
