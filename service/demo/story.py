"""What happens in the demo: who writes what, when, and in answer to which letter.

The people act on the letters that they get, as people do: the same story is told in any municipality's routine. Where
the registrar hands out the cases or releases the answers, the registrar gets a letter that says so, and obeys it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from service.core.decide.people import is_registrar
from service.core.rules.rulebook import Layout
from service.demo import photo
from service.demo.clients import Person, automatic_reply, form_mail, outlook_reply, phone_mail, phone_reply
from service.demo.stage import Letter, Stage

BEGINS = "2026-03-02 09:12"
ANNA = Person("Anna Ek", "anna.ek@example.org")
LEILA = Person("Leila Nordin", "leila.nordin@example.org")
GUNNAR = Person("Gunnar Sandell", "gunnar.sandell@example.org")
CITIZENS = (ANNA, LEILA, GUNNAR)

_HOLE = """Hej!

Det har blivit ett djupt hål i parkvägen mellan torget och stationen. I morse fastnade framhjulet när jag cyklade \
till jobbet, och jag var nära att ramla. I mörkret syns hålet inte alls. Jag skickar med en bild.

Kan ni laga det innan någon slår sig?

Hälsningar
Anna Ek"""
_GATE = """Grinden till gården på förskolan Myran går inte att stänga. Låset har hängt löst sedan förra veckan.

Obs: barnen kan ta sig ut mot vägen!"""
_SINGING = """Hej,

Jag har en idé inför sommaren: allsång på torget varje torsdagskväll i juli. Vår förening ordnar gärna kaffe. Vem \
pratar jag med om det?

Vänliga hälsningar
Gunnar Sandell"""
_AWAY = """Hej! Jag är bortrest till och med den 15 mars och läser inte min e-post så ofta. Jag svarar när jag är hemma.

Gunnar"""
_MENDED = """Hej Anna!

Tack för att du hörde av dig, och för bilden. Vi lagade hålet i går eftermiddag. Nästa vecka går vi igenom resten \
av sträckan."""
_MORE = """Tack för snabbt svar! Men det finns ett hål till, några meter längre bort mot stationen. När lagas det?

Anna"""
_MENDED_TOO = """Hej igen Anna!

Det andra hålet lagar vi på måndag den 9 mars. Tills dess har vi ställt ut en varningsskylt."""
_GOOD_IDEA = """Hej Gunnar!

Vilken bra idé. Scenen på torget är ledig på torsdagarna i juli, så vi bokar den redan nu. Jag ringer dig i nästa \
vecka, så planerar vi tillsammans."""
_LOCKED = """Hej Leila!

Låset på grinden är bytt i dag, och vi har bett personalen kontrollera det varje morgon. Vi beklagar att du fick \
vänta på svar."""
_ILLNESS = "#FÖRSENAD Jag var sjuk och ingen tog över ärendet."

_CHOICES = {
    "#TYP": ("klagomål", "synpunkt"),
    "#KATEGORI": ("Fysisk miljö", "Gator och parker", "Barn och utbildning"),
    "#ÅTGÄRD": ("Åtgärdat",),
    "#PUBLICERA": ("JA",),
}
"""What the officers choose, the first that their municipality's lists have; in a list without it, the first entry."""


def tell(stage: Stage) -> None:
    """The whole story, from the first mail to the answer that came too late."""
    hole = pothole_with_a_photo(stage)
    stage.on("2026-03-02 10:05")
    gate = gate_by_web_form(stage)
    stage.on("2026-03-02 13:30")
    singing = mail_that_no_rule_fits(stage)
    answer_from_outlook(stage, hole)
    citizen_asks_again(stage, hole)
    answer_without_a_command(stage, singing)
    silence_until_it_escalates(stage, gate)


def pothole_with_a_photo(stage: Stage) -> str:
    """A citizen's mail from a phone. Returns the case's number."""
    files = [("IMG_2041.jpg", photo.pothole())]
    raw = phone_mail(ANNA, stage.address, "Hål i vägen", _HOLE, stage.now, files)
    return _begins(stage, stage.write(raw, "Anna Ek skriver: Hål i vägen (foto)", sender=ANNA.email))


def gate_by_web_form(stage: Stage) -> str:
    """The municipality's own web form, filled in."""
    form = next(f for f in stage.book.forms if f.layout is Layout.FIELDS and f.fields_.text and f.fields_.email)
    given = {
        "text": _GATE,
        "heading": "Grinden på Myran",
        "topic": "Förskola",
        "name": LEILA.name,
        "email": LEILA.email,
    }
    raw = form_mail(form, stage.address, given, stage.now)
    what = "Leila Nordin fyller i webbformuläret: Grinden på förskolan"
    letters = stage.write(raw, what, sender=str(form.from_[0]))
    number = _begins(stage, letters)
    first = _of_kind(letters, "assignment")
    if is_registrar(first.to, stage.book) and "JA" not in _examples(first):
        stage.pause(17)
        _hands_over(stage, first, "förskol")
    return number


def mail_that_no_rule_fits(stage: Stage) -> str:
    """An idea that belongs nowhere in the rules; its writer's mail server answers the receipt by itself."""
    raw = phone_mail(GUNNAR, stage.address, "Idé inför sommaren", _SINGING, stage.now)
    letters = stage.write(raw, "Gunnar Sandell skriver: Idé inför sommaren", sender=GUNNAR.email)
    number = letters[0].number
    receipt, triage = (_of_kind(letters, kind) for kind in ("receipt", "assignment"))
    stage.pause(1)
    away = automatic_reply(GUNNAR, receipt.received, _AWAY, stage.now)
    stage.write(away, "Gunnar Sandells autosvar: bortrest till och med den 15 mars", sender="", number=number)
    stage.pause(34)
    _hands_over(stage, triage, "kultur", "fritid")
    return number


def answer_from_outlook(stage: Stage, number: str) -> None:
    """The officer answers the day after, with the commands that the assignment letter asks for."""
    stage.on("2026-03-03 08:41")
    letter = stage.latest("assignment", number)
    _staff_replies(stage, letter, _filled_in(stage, letter, _MENDED), "svarar från Outlook: ”Vi lagade hålet i går”")


def citizen_asks_again(stage: Stage, number: str) -> None:
    """The citizen has a question about the answer; the case opens again."""
    stage.on("2026-03-04 17:20")
    raw = phone_reply(ANNA, stage.latest("answer", number).received, _MORE, stage.now)
    what = "Anna Ek svarar: Det finns ett hål till. När lagas det?"
    letters = stage.write(raw, what, sender=ANNA.email, number=number)
    told = next(letter for letter in letters if letter.to != ANNA.email)
    stage.on("2026-03-05 09:30")
    orders = f"#SVAR\n{_MENDED_TOO}\n#AVSLUTA"
    _staff_replies(stage, told, orders, "svarar igen från Outlook, och avslutar")


def answer_without_a_command(stage: Stage, number: str) -> None:
    """An officer simply replies from the phone, and is asked whether that is the answer."""
    stage.on("2026-03-06 11:02")
    letter = stage.latest("assignment", number)
    who = _staff(stage, letter)
    raw = phone_reply(who, letter.received, f"{_GOOD_IDEA}\n\n{who.name}", stage.now)
    _obeyed(
        stage, stage.write(raw, f"{who.name} svarar från sin telefon, utan kommando", sender=who.email, number=number)
    )


def silence_until_it_escalates(stage: Stage, number: str) -> None:
    """An officer does not answer until the next level has been told."""
    assignment = stage.latest("assignment", number)
    stage.wait_for("escalation", number)
    stage.pause(95)
    orders = f"{_ILLNESS}\n{_filled_in(stage, assignment, _LOCKED)}"
    _staff_replies(stage, assignment, orders, "svarar till slut: ”Låset är bytt”, och varför det dröjde")


# --- how people act on letters ----------------------------------------------------------------------------------------


def _begins(stage: Stage, letters: list[Letter]) -> str:
    """A new case, whose proposal the registrar agrees to where there is one. Returns its number."""
    _obeyed(stage, letters)
    return letters[0].number


def _obeyed(stage: Stage, letters: Iterable[Letter]) -> None:
    """Whoever is asked for the one word JA gives it: a proposed officer, an answer to be sent or released."""
    for letter in letters:
        if "JA" in _examples(letter):
            stage.pause(17)
            who = _staff(stage, letter)
            raw = phone_reply(who, letter.received, "JA", stage.now)
            _obeyed(stage, stage.write(raw, f"{who.name} svarar: JA", sender=who.email, number=letter.number))


def _hands_over(stage: Stage, triage: Letter, *about: str) -> None:
    """A registrar finds somebody for a matter that the rules leave to a person."""
    order = f"#ÖVERLÄMNA {_colleague_for(stage, *about)}"
    _staff_replies(stage, triage, order, f"lämnar över ärendet: {order}")


def _staff_replies(stage: Stage, letter: Letter, text: str, what: str) -> None:
    """Whoever got the letter replies to it from Outlook."""
    who = _staff(stage, letter)
    person = stage.book.person(letter.to)
    signature = "\n".join(["Med vänlig hälsning", who.name, *([person.title] if person and person.title else [])])
    raw = outlook_reply(who, letter.received, text, stage.now, signature)
    _obeyed(stage, stage.write(raw, f"{who.name} {what}", sender=who.email, number=letter.number))


def _staff(stage: Stage, letter: Letter) -> Person:
    return Person(stage.names.get(letter.to, letter.to), letter.to)


def _colleague_for(stage: Stage, *words: str) -> str:
    """The address that a registrar finds in the list of units for a matter that the rules do not know."""
    units = [(unit, stage.book.department_of(unit.id)) for unit in stage.book.people.units]
    for word in words:
        for unit, department in units:
            if word in f"{unit.name} {department.name if department else ''}".casefold():
                return unit.manager
    return stage.book.people.units[-1].manager


def _examples(letter: Letter) -> list[str]:
    """The indented lines of a letter: what the reader may copy into the reply."""
    return [line.strip() for line in letter.received.text.splitlines() if line.startswith("    ")]


def _filled_in(stage: Stage, letter: Letter, answer: str) -> str:
    """The example of the assignment letter with the answer in its place and the officer's own choices."""
    return "\n".join(_chosen(stage, _examples(letter), answer))


def _chosen(stage: Stage, example: list[str], answer: str) -> Iterator[str]:
    town = stage.book.municipality
    lists = {"#TYP": town.types, "#KATEGORI": town.categories, "#ÅTGÄRD": town.measures, "#PUBLICERA": ("JA", "NEJ")}
    for line in example:
        command = line.partition(" ")[0]
        if command == "#SVAR":
            yield f"#SVAR\n{answer}"
        elif command in lists:
            chosen = next((choice for choice in _CHOICES[command] if choice in lists[command]), "1")
            yield f"{command} {chosen}"
        elif command.startswith("#"):
            yield line


def _of_kind(letters: Iterable[Letter], kind: str) -> Letter:
    return next(letter for letter in letters if letter.kind == kind)
