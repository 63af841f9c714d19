"""Köping: the committee's registrar distributes, five working days, and three quiet weeks close a case."""

from __future__ import annotations

from service.demo.scenes import CitizenReply, FormFilledIn, Reply, Script, Silence, StaffMail, TimePasses
from service.demo.scripts import people
from service.demo.scripts.people import ANNA, LEILA

_POST = """#KANAL sociala medier
#FRÅN Lisa S

Varför är det grus kvar på gångvägen i parken?"""

SCRIPT = Script(
    period=people.FIRST_HALF,
    scenes=(
        people.POTHOLE,
        Reply(case="hålet", to="registrator.teknik", text="JA", phone=True),
        StaffMail(
            case="hålet",
            who="registrator.teknik",
            subject="Diarienummer",
            text="#DNR TN 2026/341",
            tells="skriver diarienumret: #DNR TN 2026/341",
        ),
        FormFilledIn(
            at="2026-03-02 10:05",
            case="grinden",
            form="Dialog och synpunkter",
            who=LEILA,
            given={"text": people.GATE, "topic": "Förskola"},
            tells="fyller i Dialog och synpunkter: Grinden på förskolan",
        ),
        Reply(case="grinden", to="registrator.utbildning", text="#ÖVERLÄMNA eva.lo@koping.example"),
        # Social media: the editor passes the post on, and does not wait for a registrar. 24 hours.
        StaffMail(
            at="2026-03-02 15:40",
            case="gruset",
            who="nina.falk",
            subject="Grus på gångvägen i parken",
            text=_POST,
            tells="skickar vidare ett inlägg från sociala medier",
        ),
        Reply(
            at="2026-03-03 08:15",
            case="gruset",
            to="omar.hall",
            text="#TYP fråga\n#SVAR\nVi sopar parkens gångvägar i vecka 14, när nätterna är frostfria.\n#AVSLUTA",
            tells="svarar redaktören, som publicerar svaret",
        ),
        # The officer answers the citizen, with a copy to the mailbox.
        StaffMail(
            at="2026-03-03 08:41",
            case="hålet",
            who="omar.hall",
            to=ANNA,
            subject="Sv: Hål i vägen",
            text=f"{people.MENDED}\n\nOmar Hall\nKöpings kommun",
            tells="svarar Anna Ek direkt, med kopia hit",
        ),
        CitizenReply(
            at="2026-03-04 17:20",
            case="hålet",
            who=ANNA,
            letter="receipt",
            text=people.MORE,
            tells=people.ASKS_AGAIN,
        ),
        Reply(
            at="2026-03-05 09:30",
            case="hålet",
            to="omar.hall",
            letter="information",
            text=f"#TYP klagomål\n#SVAR\n{people.MENDED_TOO}",
            tells="svarar igen, och anger typen: klagomål",
        ),
        Silence(case="grinden", until="escalation"),
        Reply(
            case="grinden",
            to="eva.lo",
            text=f"{people.ILLNESS}\n#TYP klagomål\n#SVAR\n{people.LOCKED}",
            tells=people.LATE,
        ),
        # Three quiet weeks close both cases; the management has its figures twice a year.
        TimePasses(at="2026-07-01 08:00"),
    ),
)
