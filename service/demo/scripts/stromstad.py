"""Strömstad: what is written is a case, what is anonymous a leaf in the binder, what is said is for the manager."""

from __future__ import annotations

from service.demo.scenes import FormFilledIn, Reply, Script, Silence, StaffMail, TimePasses
from service.demo.scripts import people
from service.demo.scripts.people import LEILA, NOBODY

_CALL = """#KANAL telefon
#FRÅN anonym

Snöröjningen på Strandvägen är för sen på morgnarna."""

SCRIPT = Script(
    period=people.WHOLE_YEAR,
    scenes=(
        people.POTHOLE,
        FormFilledIn(
            at="2026-03-02 10:05",
            case="grinden",
            form="Vad tycker du",
            who=LEILA,
            given={"text": people.GATE},
            tells="fyller i Vad tycker du: Grinden på förskolan",
        ),
        # Nobody's name is on it: not registered, in the department's binder for a year.
        FormFilledIn(
            at="2026-03-02 11:20",
            form="Vad tycker du",
            who=NOBODY,
            given={"text": "Gatorna i centrum är smutsiga efter vintern.", "contact": "Nej"},
            tells="fyller i Vad tycker du, utan namn: Gatorna är smutsiga",
        ),
        StaffMail(
            at="2026-03-02 13:30",
            who="liv.sten",
            subject="Samtal",
            text=_CALL,
            tells="berättar om ett telefonsamtal",
        ),
        # Whoever wrote is told when the case is closed, and what was done.
        Reply(
            at="2026-03-03 08:41",
            case="hålet",
            to="liv.sten",
            text=f"#TYP klagomål\n#ÅTGÄRD Kvalitetsförbättring\n#SVAR\n{people.MENDED}\n#AVSLUTA",
            tells="svarar: ”Vi lagade hålet i går”, och avslutar",
        ),
        Silence(case="grinden", until="escalation"),
        Reply(
            case="grinden",
            to="saga.gran",
            text=f"{people.ILLNESS}\n#TYP klagomål\n#ÅTGÄRD Åtgärdat\n#SVAR\n{people.LOCKED}",
            tells=people.LATE,
        ),
        Reply(at="2026-03-24 10:00", case="grinden", to="saga.gran", text="#AVSLUTA"),
        TimePasses(at="2027-01-04 08:00"),
    ),
)
