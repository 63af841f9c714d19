"""Ekvik: the whole job, from a mail with a photo to the half-year's figures."""

from __future__ import annotations

from service.demo.scenes import AutomaticReply, CitizenReply, FormFilledIn, Mail, Reply, Script, Silence, TimePasses
from service.demo.scripts import people
from service.demo.scripts.people import ANNA, GUNNAR, LEILA

_SINGING = """Hej,

Jag har en idé inför sommaren: allsång på torget varje torsdagskväll i juli. Vår förening ordnar gärna kaffe. Vem \
pratar jag med om det?

Vänliga hälsningar
Gunnar Sandell"""
_AWAY = """Hej! Jag är bortrest till och med den 15 mars och läser inte min e-post så ofta. Jag svarar när jag är hemma.

Gunnar"""
_GOOD_IDEA = """Hej Gunnar!

Vilken bra idé. Scenen på torget är ledig på torsdagarna i juli, så vi bokar den redan nu. Jag ringer dig i nästa \
vecka, så planerar vi tillsammans.

Erik Palm"""

SCRIPT = Script(
    period=people.FIRST_HALF,
    scenes=(
        people.POTHOLE,
        FormFilledIn(
            at="2026-03-02 10:05",
            case="grinden",
            form="Synpunkter på webben",
            who=LEILA,
            given={"text": people.GATE, "heading": "Grinden på Myran", "topic": "Förskola"},
            tells="fyller i webbformuläret: Grinden på förskolan",
        ),
        # No rule fits an idea that belongs nowhere, and its writer's mail server answers the receipt by itself.
        Mail(at="2026-03-02 13:30", case="allsången", who=GUNNAR, subject="Idé inför sommaren", text=_SINGING),
        AutomaticReply(
            at="2026-03-02 13:31",
            case="allsången",
            who=GUNNAR,
            text=_AWAY,
            tells="Gunnar Sandells autosvar: bortrest till och med den 15 mars",
        ),
        Reply(
            at="2026-03-02 14:05",
            case="allsången",
            to="registrator",
            text="#ÖVERLÄMNA erik.palm@ekvik.example",
            tells="lämnar över ärendet: #ÖVERLÄMNA erik.palm@ekvik.example",
        ),
        Reply(
            at="2026-03-03 08:41",
            case="hålet",
            to="bo.ek",
            text=f"#SVAR\n{people.MENDED}\n#ÅTGÄRD Åtgärdat\n#PUBLICERA JA\n#AVSLUTA",
            tells="svarar från Outlook: ”Vi lagade hålet i går”",
        ),
        CitizenReply(
            at="2026-03-04 17:20",
            case="hålet",
            who=ANNA,
            letter="answer",
            text=people.MORE,
            tells=people.ASKS_AGAIN,
        ),
        Reply(
            at="2026-03-05 09:30",
            case="hålet",
            to="bo.ek",
            letter="information",
            text=f"#SVAR\n{people.MENDED_TOO}\n#AVSLUTA",
            tells="svarar igen från Outlook, och avslutar",
        ),
        # A reply without a command: the officer is asked whether it is the answer.
        Reply(
            at="2026-03-06 11:02",
            case="allsången",
            to="erik.palm",
            text=_GOOD_IDEA,
            tells="svarar från sin telefon, utan kommando",
            phone=True,
        ),
        Reply(case="allsången", to="erik.palm", letter="question", text="JA", phone=True),
        Silence(case="grinden", until="escalation"),
        Reply(
            at="2026-03-17 09:05",
            case="grinden",
            to="anna.kvist",
            text=f"{people.ILLNESS}\n#SVAR\n{people.LOCKED}\n#TYP klagomål\n#KATEGORI Fysisk miljö\n#ÅTGÄRD Åtgärdat\n"
            "#PUBLICERA JA\n#AVSLUTA",
            tells=people.LATE,
        ),
        TimePasses(at="2026-07-01 08:00"),
    ),
)
