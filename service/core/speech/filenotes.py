"""File notes (tjänsteanteckningar): a colleague has taken feedback in and mails it to us (KOP-17, KOP-20).

From a call, a visit, a letter, a meeting or social media; with `#KANAL`, `#INKOM` and `#FRÅN`, or in plain words where
these are clear ("Samtal 2026-11-19. Inringare: Gun Ek, 070-174 06 05"), and with the citizen's own mail in it or not.
What could not be read is named for its writer; the feedback itself is never refused for it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time
from typing import Final

from service.core.calendar import swedish_dates
from service.core.cases import Contact
from service.core.identity import titles
from service.core.mail import Forwarded, Message
from service.core.people.particulars import Particulars, read_person
from service.core.rules.forms import Submission
from service.core.rules.rulebook import RuleBook
from service.core.speech import channels, forwards
from service.core.speech.commands import Command, Word, fold, plain
from service.core.speech.orders import Orders, read_orders

OF_A_NOTE: Final = frozenset({Word.CHANNEL, Word.CAME_IN, Word.FROM})
_BESIDE: Final = frozenset(
    (Word.TYPE, Word.CATEGORY, Word.PROCESS, Word.TITLE, Word.KEYWORD, Word.INTERNAL, Word.REGISTRY_NUMBER)
) | {Word.SECRECY}
"""What may stand in a note besides: facts of the case that it begins."""


@dataclass(frozen=True, slots=True)
class FileNote:
    """What a colleague has taken in.

    at: when the feedback reached the municipality (aware UTC); None: with this mail. own: the colleague's own words
    beside a citizen's mail. unclear: what its writer is asked, in Swedish. orders: what else the note says of the case.
    """

    said: Submission
    at: datetime | None = None
    anonymous: bool = False
    own: str = ""
    citizens: Forwarded | None = None
    unclear: tuple[str, ...] = ()
    orders: tuple[Command, ...] = ()


def is_file_note(message: Message) -> bool:
    """Whether a colleague's mail, which answers nothing, is a note of what somebody else has said."""
    words = forwards.own_words(message)
    given = _read(words)[0].words
    if given:
        return bool(given & OF_A_NOTE) and given <= OF_A_NOTE | _BESIDE
    if _SOCIAL.match(words) or _SOCIAL_SUBJECT.fullmatch(message.subject):
        return True
    return _OPENS.match(words) is not None or _CALLER.search(words) is not None


def read_file_note(message: Message, book: RuleBook, arrived: datetime) -> FileNote:
    """The note. Days without a year are the last such ones before `arrived`, when the mail itself came in."""
    words = forwards.own_words(message)
    orders, text = _read(words)
    if orders.words & OF_A_NOTE:
        return _by_commands(message, orders, text, book, arrived)
    return _in_plain_words(message, words, book, arrived)


def _read(words: str) -> tuple[Orders, str]:
    """The commands, wherever they begin, and all that stands outside of them: a greeting may come first."""
    words = plain(words)
    begins = _FIRST_COMMAND.search(words)
    if not begins:
        return Orders(), words
    orders = read_orders(words[begins.start() :])
    return orders, "\n\n".join(part for part in (_without_greeting(words[: begins.start()]), orders.text) if part)


_FIRST_COMMAND: Final = re.compile(r"^[ \t>*•-]*#", re.MULTILINE)


def _without_greeting(words: str) -> str:
    return re.sub(r"(?i)^\s*(?:hej|hejsan|hallå|god \w+)\b[^\n]{0,30}\n?\s*$", "", words).strip()


# --- with commands ---------------------------------------------------------------------------------------------------


def _by_commands(message: Message, orders: Orders, text: str, book: RuleBook, arrived: datetime) -> FileNote:
    road, came, who = (orders.value(word) or "" for word in (Word.CHANNEL, Word.CAME_IN, Word.FROM))
    citizens, unclear = forwards.passed_on(message), list(orders.faults)
    named = channels.find_channel(road, book.municipality.channels)
    if road and not named:
        known = ", ".join(book.municipality.channels)
        unclear.append(f"Vi förstod inte kanalen ”{road[:_SHOWN]}”. Svara med #KANAL och en av de här: {known}.")
    text = "\n\n".join(part for part in (named.rest if named else "", text) if part)
    at, wrong = read_arrival(came, book, arrived) if came else (None, "")
    unclear += [f"{wrong} Tills vidare räknas tiden från ditt mejl. Svara med #INKOM och dagen."] if wrong else []
    channel = named.channel if named else ("e-post" if citizens else UNKNOWN)
    person = _person(read_person(who), citizens, text, channel)
    return _note(message, channel, at, person, text, text, citizens, unclear, orders)


UNKNOWN: Final = "okänd"
"""The channel of a note that names none."""
_SHOWN: Final = 60  # characters
_READ: Final = 200  # characters: no day is longer
_SIGNED: Final = re.compile(r"(?<!\S)/[ \t]?[A-ZÅÄÖ][^\n/]{0,60}$")  # "/Ali, kontaktcenter"


def read_arrival(words: str, book: RuleBook, now: datetime) -> tuple[datetime | None, str]:
    """When something came in, as staff write it, with the time of day or without; or what is wrong, in Swedish.

    Without a time of day the day itself counts, from its beginning; today, the mail's own arrival.
    """
    calendar, words = book.calendar, words[:_READ]
    today = calendar.local_date(now)
    clock = _CLOCK.search(words)
    read = swedish_dates.read_past_day(words[: clock.start()] if clock else words, today, calendar)
    if read.day is None:
        return None, f"”{words[:_SHOWN]}” är ingen dag som vi förstår, eller en dag som inte har varit än."
    if clock and int(clock[1]) < _HOURS and int(clock[2]) < _MINUTES:
        at = calendar.at(read.day, time(int(clock[1]), int(clock[2])))
        return min(at, now), ""
    return (now, "") if read.day == today else (calendar.at(read.day, time(0)), "")


_CLOCK: Final = re.compile(r"(?i)(?<![\s,])[\s,]++(?:kl|klockan)?\.?\s*+(\d{1,2})[.:](\d{2})\s*+(?:\.\s*+)?$")
_HOURS, _MINUTES = 24, 60


def _person(named: Particulars, citizens: Forwarded | None, text: str, channel: str) -> Particulars:
    """Who has said it: whom the note names, else whose mail it carries, else who signs a post in social media."""
    if not named.says_nothing:
        return named
    if citizens and citizens.sender:
        return Particulars(citizens.sender.name, citizens.sender.address, contact=Contact.EMAIL)
    poster = _POSTER.search(text) if channels.is_social(channel) else None
    return Particulars(name=poster[1].strip()) if poster else Particulars()


_POSTER: Final = re.compile(r"(?i)\b(?:från|av)\s+[\"'”“„»«’‘]([^\"'”“„»«’‘\n]{1,60})[\"'”“„»«’‘]")


# --- in plain words --------------------------------------------------------------------------------------------------

_ROADS = r"telefonsamtal|samtal|tjänsteanteckning|telefonanteckning|telefonnotering|besök|muntlig synpunkt|möte"
_OPENS: Final = re.compile(
    rf"\s*(?i:(?:hej|hejsan)\b[^\n]{{0,20}}\n\s*)?(?i:anteckning från )?"
    rf"(?P<road>(?i:{_ROADS}|(?:inskannat |skannat )?brev))\b"
    r"(?=\s*(?:[.:,;–—\n-]|$|\d|(?i:från|med) (?P<who>[A-ZÅÄÖ][^\n.]+)"
    r"|(?i:inkom|i går|igår|i dag|idag|den\b|\w+dag\b)))"
)
_POST: Final = (
    r"(?:(?:ny(?:tt|a)? )?(?:inlägg|kommentar|kommentarer|fråga|meddelande|skärmbild|skärmdump)(?:en|et)? "
    r"(?:på|från|i|via) |från |via )?"
    r"(?P<road>facebook|instagram|twitter|linkedin|tiktok|youtube|messenger|sociala medier)"
)
_SOCIAL: Final = re.compile(rf"(?i)\s*(?:(?:hej|hejsan)\b[^\n]{{0,20}}\n\s*)?{_POST}[^\n.:!?]{{0,40}}(?::|\n|$)")
_SOCIAL_SUBJECT: Final = re.compile(rf"(?i)\s*(?:(?:vb|vs|fwd?)\s*:\s*)*{_POST}(?:-?(?:kommentar|inlägg)\w*)?[\s.:!?]*")
"""An editor passes on a post (KOP-15): the mail opens with the place where it stands, or is called by it."""
_CALLER: Final = re.compile(r"(?im)(?:^|[.;]\s)[ \t]{0,20}(?:inringare|uppringare|inringande|besökare)\s*[:=]")
_WHO: Final = r"inringare|uppringare|inringande|besökare|synpunktslämnare|uppgiftslämnare|avsändare|klagande|från|namn"
_REACHED: Final = r"telefon(?:nummer)?|tfn|tel|mobil|e-?post(?:adress)?|mejl|mail|(?:post)?adress|kontakt(?:uppgifter)?"
_WISH: Final = r"vill ha svar|önskar svar|svar önskas|återkoppling"
_WHEN: Final = "datum|inkom|inkommet|mottaget"
_LABELLED: Final = re.compile(
    rf"(?im)(?:^|(?<=[.;]\s))[ \t*-]{{0,20}}(?P<label>{_WHO}|{_REACHED}|{_WISH}|{_WHEN}|kanal)\s*[:=]\s*"
    r"(?P<value>[^\n]{1,300}?)(?=\.(?:\s|$)|[ \t]{0,20}$)"
)


def _in_plain_words(message: Message, words: str, book: RuleBook, arrived: datetime) -> FileNote:
    opens = _OPENS.match(words)
    labelled = [(fold(found["label"]), found["value"].strip()) for found in _LABELLED.finditer(words)]
    who = [(label, value) for label, value in labelled if label not in _OF_THE_CASE]
    citizens = forwards.passed_on(message)
    social = _SOCIAL.match(words) or _SOCIAL_SUBJECT.fullmatch(message.subject)
    channel = _road(opens or social, labelled, words, book)
    channel = "e-post" if citizens and channel == UNKNOWN else channel
    told = [_spoken(label, value) for label, value in who] or [opens["who"] or "" if opens else ""]
    said = read_person(", ".join(told))
    person = _person(said, citizens, words, channel)
    day = next((value for label, value in labelled if label in _DAYS), "")
    first = words[opens.end() :].splitlines()[0].lstrip(" .:,;–—-") if opens and words[opens.end() :].strip() else ""
    at, wrong = read_arrival(day, book, arrived) if day else read_arrival(first, book, arrived)
    unclear = [f"{wrong} Svara med #INKOM och dagen."] if day and wrong else []
    matter = _LABELLED.sub("", words[opens.end() :] if opens else words)
    matter = (
        matter
        if wrong
        else swedish_dates.read_past_day(
            matter.lstrip(" .:,;–—-"), book.calendar.local_date(arrived), book.calendar
        ).rest
    )
    return _note(message, channel, at, person, words, matter, citizens, unclear, Orders())


_OF_THE_CASE: Final = frozenset({"datum", "inkom", "inkommet", "mottaget", "kanal"})
_DAYS: Final = _OF_THE_CASE - {"kanal"}


def _spoken(label: str, value: str) -> str:
    """A labelled value as it would be said in a sentence."""
    if re.fullmatch(fold(_WISH), label):
        return "vill inte ha svar" if fold(value).startswith("nej") else f"vill ha svar {value}"
    return value


def _road(opens: re.Match[str] | None, labelled: list[tuple[str, str]], words: str, book: RuleBook) -> str:
    told = next((value for label, value in labelled if label == "kanal"), opens["road"] if opens else "")
    named = channels.find_channel(told, book.municipality.channels)
    if named is None and re.search(r"(?i)\b(?:inringare|uppringare|inringande|ringde|samtal|telefon)\b", words):
        named = channels.find_channel("telefon", book.municipality.channels)
    if named is None and re.search(r"(?i)\b(?:besökare|besökte|besök)\b", words):
        named = channels.find_channel("besök", book.municipality.channels)
    return named.channel if named else UNKNOWN


# --- both ------------------------------------------------------------------------------------------------------------


def _names_only_the_road(subject: str) -> bool:
    """Whether the subject tells how the feedback came in, and not what it is about (KOP-30)."""
    if _OPENS.match(subject) or _SOCIAL_SUBJECT.fullmatch(subject):
        return True
    if re.fullmatch(rf"(?i)\W*(?:(?:{_ROADS}|anteckning)\W*)+", subject):
        return True
    named = channels.find_channel(subject, ())
    return named is not None and not named.rest


def _note(
    message: Message,
    channel: str,
    at: datetime | None,
    person: Particulars,
    text: str,
    matter: str,
    citizens: Forwarded | None,
    unclear: list[str],
    orders: Orders,
) -> FileNote:
    """The note whole. matter: the text without what is said of who and when, which makes no title."""
    social = channels.is_social(channel)
    if channel == UNKNOWN and not any("kanalen" in one for one in unclear):
        unclear.append("Hur kom synpunkten in? Svara med #KANAL, till exempel #KANAL telefon.")
    if person.says_nothing and not social:
        unclear.append(
            "Vem är synpunktslämnaren? Svara med #FRÅN, namnet och telefon, e-post eller adress. "
            "Vill personen vara anonym? Skriv #FRÅN anonym."
        )
    way = Contact.EDITOR if social and person.contact in {None, Contact.IMPOSSIBLE} else person.way
    if citizens and social and not person.email:
        way = Contact.EDITOR
    subject = citizens.subject if citizens else message.subject
    matter = _SIGNED.sub("", matter.strip())
    title = titles.title("" if _names_only_the_road(subject) else subject, citizens.text if citizens else matter)
    said = Submission(
        form="",
        name=person.name,
        email=person.email,
        phone=person.phone,
        address=person.address,
        contact=way.value,
        heading=title.text,
        text=citizens.text if citizens else text,
        channel=channel,
    )
    beside = tuple(c for c in orders.commands if c.word in _BESIDE)
    own = text if citizens else ""
    return FileNote(said, at, person.anonymous, own, citizens, tuple(unclear), beside)
