"""Two sample cases and sample facts, of which the sample letters are made."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from service.core.cases import Case, Clock, Contact, Deadline, Status, Submitter
from service.core.keeping.binder import Leaf
from service.core.people.absence import Absent, Cause, StandIn, Tie
from service.core.publicity.publication import Wording
from service.core.rules.people import Unit
from service.core.rules.rulebook import Refer

NUMBER = "EKV-26-00123-K"
ARRIVED = datetime(2026, 11, 22, 9, 12, tzinfo=UTC)  # a Sunday, 10.12 in Sweden
DUE = datetime(2026, 11, 27, 22, 59, 59, tzinfo=UTC)
NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
OFFICER = "bo.ek@ekvik.example"
REGISTRAR = "registrator@ekvik.example"

CASE = Case(
    mailbox="ekvik",
    number=NUMBER,
    title="Vinglig gunga vid Kastanjelunden",
    text="Gungan vid Kastanjelunden vinglar betänkligt.\n\nHälsar Bengt",
    submitter=Submitter("Bengt Alm", "bengt.alm@example.org", "0700-000 00", "Norra vägen 3, Ekvik", Contact.EMAIL),
    received_at=ARRIVED,
    status=Status.ASSIGNED,
    type="klagomål",
    category="Fysisk miljö",
    unit="gata",
    officer=OFFICER,
    deadlines=(Deadline(Clock.ANSWER, ARRIVED, DUE),),
    thread=("<first@example.org>",),
)
BARE = Case(
    mailbox="ekvik",
    number=NUMBER,
    title="",
    text="",
    submitter=Submitter(email="bengt.alm@example.org", contact=Contact.EMAIL),
    received_at=ARRIVED,
    secrecy=True,
)

ANSWER = {"answer": "Hej Bengt,\n\ngungan är lagad i dag.", "officer_address": OFFICER}
ASKED = ANSWER | {
    "note": "Ringt entreprenören.",
    "wishes": ("Svaret skickas till Bengt Alm.", "Ärendet avslutas."),
    "own": True,
    "reasons": ("Vi kan inte vara säkra på att mejlet kommer från dig.",),
    "text": "",
}
TIMES = {
    "due_day": date(2026, 11, 27),
    "late_days": 0,
    "left_days": 3,
    "waited_days": 2,
    "next_day": date(2026, 11, 30),
    "next_roles": ("officer", "manager"),
    "is_follow_up": False,
}
LATE = TIMES | {"due_day": date(2026, 11, 20), "late_days": 2, "left_days": 0}
OTHERS = ("EKV-26-00124-M", "EKV-26-00125-P")
AWAY = Absent(OFFICER, ARRIVED, until=date(2026, 12, 14), substitute="maria.lund@ekvik.example")
ASKED_ABOUT: tuple[dict[str, Any], ...] = (
    {"number": OTHERS[0], "title": "Vinglig gunga", "due_day": date(2026, 11, 20), "late": True},
    {"number": OTHERS[1], "title": "", "due_day": None, "late": False},
)
ABSENCE: dict[str, Any] = {
    "absent": AWAY,
    "stand_in": StandIn(REGISTRAR, Tie.SUBSTITUTE),
    "at_once": REGISTRAR,
    "cases": ASKED_ABOUT,
    "secret": ({"number": OTHERS[1], "title": "", "due_day": date(2026, 11, 27), "late": False},),
    "more": False,
    "status": "",
}
ABSENCE_OF_NOBODY = ABSENCE | {
    "absent": Absent("nobody@ekvik.example", ARRIVED, cause=Cause.BOUNCE),
    "stand_in": None,
    "at_once": "",
    "cases": ASKED_ABOUT[:1],
    "secret": (),
    "status": "550 5.1.1 no such user",
}
SOMEBODY_WROTE = {"new_text": "När blir det klart?", "sender": "bengt.alm@example.org"}
DELAYED = {"promised": date(2026, 12, 14), "reason": "Vi väntar på delar."}
OTHER_ROADS: dict[str, Any] = {
    "roads": ("appeal", "records", "data_protection", "damages", "threat", "press", "danger", "worry"),
    "names": ("överklagande", "begäran om handlingar"),
    "distributes": True,
    "again": True,
    "hidden": False,
    "later": False,
    "new_text": "",
    "arrived": ARRIVED,
    "reason": "ingen regel stämmer; överklagande: ”överklagar”",
}
NOTHING_MORE: dict[str, Any] = {"names": ("hot",), "distributes": False, "again": False, "reason": "", "later": True}
REFERRED = {"refer": Refer(to="Trafikverket", how="0771-921 921")}
REFUSED = {"reason": "Det du skrev är reklam.", "officer_address": REGISTRAR}
CHOICES: dict[str, Any] = {
    "types": ("beröm", "fråga", "förslag", "klagomål", "övrigt"),
    "categories": ("Bemötande", "Fysisk miljö"),
    "measures": ("Åtgärdat", "Frågan besvarad"),
}
LISTED: dict[str, Any] = {
    "number": "EKV-26-00124-M",
    "title": "Vinglig gunga vid Kastanjelunden",
    "secret": False,
    "time": "sista dag var 20 november, för två arbetsdagar sedan",
    "received": ARRIVED,
    "officer": OFFICER,
    "is_away": False,
    "away_until": None,
    "due_day": date(2026, 11, 20),
}
TO_SORT = LISTED | {
    "officer": "",
    "first_line": "Gungan vid Kastanjelunden vinglar betänkligt.",
    "guesses": (
        {"label": "Gata och park (Bo Ek)", "why": "ordet ”gunga” finns i texten"},
        {"label": "Trafikverket", "why": "ordet ”vägkant” liknar ”väg”"},
    ),
}
LISTED_SECRET = LISTED | {"number": "EKV-26-00125-P", "title": "", "secret": True, "officer": ""}

HOLDS: dict[str, Any] = {"due_day": date(2026, 11, 27), "late": False, "again": False, "arrived": NOW}
ECHO: dict[str, Any] = {
    "done": ("Åtgärd: Åtgärdat.",),
    "left": ("Ärendet är inte avslutat än.",),
    "coming": (),
    "leaves": "",
    "divided": 0,
    "missing": "Innan ärendet kan avslutas saknas åtgärd. Svara med #ÅTGÄRD.",
    "public": Wording("Vinglig gunga", "Gungan i parken är vinglig.", "Gungan är lagad i dag."),
    "may_undo": True,
    "left_for_good": False,
}
PUBLIC: dict[str, Any] = {
    "found": ("ett personnummer", "en e-postadress"),
    "title": "Vinglig gunga",
    "words": "Gungan i parken är vinglig. Svara mig på [e-postadress].",
    "answer": "Gungan är lagad i dag.",
}
LEAF: dict[str, Any] = {
    "number": 12,
    "binder": "Tekniska förvaltningen",
    "leaf": Leaf("teknik", "gata", ARRIVED, "webbformulär", "klagomål", "", CASE.title, CASE.text, "sv", ""),
    "place": Unit(id="gata", name="Gata och park", department="teknik", manager="maria.lund@ekvik.example"),
    "arrived": "söndag 22 november 2026 kl. 10.12",
    "became": "",
}
SPOKEN: dict[str, Any] = {
    "spoken": CASE,
    "who": "Bengt Alm, 070-174 06 05",
    "by": OFFICER,
    "place": LEAF["place"],
    "arrived": LEAF["arrived"],
}
LEAVES: dict[str, Any] = {
    "leaves": (
        {"number": 11, "day": date(2025, 11, 20), "place": "Gata och park", "title": None, "disposed": True},
        {"number": 12, "day": date(2026, 11, 22), "place": "Gata och park", "title": CASE.title, "disposed": False},
    ),
    "more": 3,
    "counted": "fyra blad",
    "whose": "hos Tekniska förvaltningen",
    "number": None,
}
PUT_ASIDE: dict[str, Any] = {
    "mails": (
        {
            "id": 12,
            "day": date(2026, 11, 22),
            "clock": "kl. 10.12",
            "sender": "rekl@example.org",
            "subject": "Höstrea",
            "why": "ser ut som ett massutskick",
        },
    ),
    "more": 3,
    "letters": ("2 mejl till bengt.alm@example.org om EKV-26-00125-L: mottagaren har fått många automatiska mejl",),
    "late": ("1 mejl till anna.ek@example.org om EKV-26-00124-M: mottagaren har fått många automatiska mejl",),
}
NOTHING_ASIDE: dict[str, Any] = {"mails": (), "more": 0, "letters": (), "late": ()}

# Every template: the letter's kind, the facts that its sender adds, and the poorest facts that it can get.

_WATCHED_CASE: dict[str, Any] = {
    "number": "EKV-26-00124-M",
    "secret": False,
    "title": "Hål i vägen",
    "type": "klagomål",
    "day": date(2026, 11, 22),
    "clock": "kl. 10.12",
    "unit": "Gata och park",
    "officer": OFFICER,
    "unrouted": False,
    "why": "Gator och vägar: hål, gata",
    "due_day": date(2026, 12, 6),
}
WATCHED: dict[str, Any] = {
    "since_day": date(2026, 11, 20),
    "last_day": date(2026, 11, 22),
    "count": 5,
    "cases": (
        _WATCHED_CASE,
        _WATCHED_CASE | {"secret": True, "title": "", "type": "", "why": ""},
        _WATCHED_CASE | {"unrouted": True, "unit": "", "officer": "", "type": "", "why": ""},
    ),
    "more": 2,
    "mails": (),
    "more_mails": 2,
    "letters": ("5 bekräftelser", "5 ärenden att svara på"),
    "letters_in_all": "tio mejl",
    "alerts": (),
}
