"""Hjo: a registrar appoints, an answer is shown before it leaves, letters go on paper, and closing asks for a lot."""

from __future__ import annotations

from service.demo.scenes import FormFilledIn, Reply, Script, TimePasses
from service.demo.scripts import people
from service.demo.scripts.people import ANNA, GUNNAR

_EXIT = "Utfarten mot Långgatan är skymd av buskar. Jag ser inte cyklisterna förrän de är framme vid bilen."
_VISIT = "#INTERNT\nPlatsbesök 3 mars med entreprenören. Buskarna står på kommunens mark.\n#NYCKELORD utfart"
_CUT = "Hej Anna!\n\nVi klipper buskarna i veckan. Säg till om sikten ändå är dålig."
_BENCH = "Bänken vid dammen i parken är rutten. Den går sönder om man sätter sig."
_NEW_BENCH = """Hej Gunnar!

Vi har tagit bort bänken. En ny kommer i april."""

SCRIPT = Script(
    period=people.FIRST_HALF,
    scenes=(
        FormFilledIn(
            at="2026-03-02 09:12",
            case="utfarten",
            form="Synpunkt Hjo",
            who=ANNA,
            given={
                "heading": "Utfart från Malmgatan",
                "text": _EXIT,
                "address": "Malmgatan 4",
                "postcode": "544 30 Hjo",
                "type": "Klagomål",
            },
            tells="fyller i Synpunkt Hjo: Utfart från Malmgatan",
        ),
        Reply(case="utfarten", to="registrator", text="JA", tells="utser handläggaren: JA"),
        # He wants his answer by post: what is to be printed is in the registrar's mail.
        FormFilledIn(
            at="2026-03-02 10:05",
            case="bänken",
            form="Synpunkt Hjo",
            who=GUNNAR,
            given={
                "heading": "Trasig bänk",
                "text": _BENCH,
                "address": "Norra vägen 3",
                "postcode": "544 31 Hjo",
                "type": "Klagomål",
                "contact": "Brev",
                "email": "",
            },
            tells="fyller i Synpunkt Hjo: Trasig bänk. Han vill ha brev",
        ),
        Reply(case="bänken", to="registrator", letter="letter", text="#BREV POSTAT", tells="har postat bekräftelsen"),
        Reply(case="bänken", to="registrator", text="JA", tells="utser handläggaren: JA"),
        Reply(
            at="2026-03-03 13:10",
            case="utfarten",
            to="sixten.grus",
            text=_VISIT,
            tells="antecknar ett platsbesök, bara för oss",
        ),
        Reply(case="utfarten", to="sixten.grus", text=_CUT, tells="skriver sitt svar: ”Vi klipper buskarna”"),
        Reply(case="utfarten", to="sixten.grus", letter="question", text="JA", tells="skickar det: JA"),
        Reply(
            at="2026-03-05 09:30",
            case="bänken",
            to="sixten.grus",
            text=f"#SVAR\n{_NEW_BENCH}\n#ÅTGÄRD Kommer att åtgärdas\n#PUBLICERA JA\n#AVSLUTA",
            tells="svarar: ”En ny bänk i april”, och avslutar",
        ),
        Reply(
            at="2026-03-06 08:20",
            case="bänken",
            to="registrator",
            letter="letter",
            text="#BREV POSTAT",
            tells="har postat svaret: #BREV POSTAT",
        ),
        # Closing asks for type, category, process, unit, officer, measure and publication; two of them are missing.
        Reply(at="2026-03-10 09:00", case="utfarten", to="sixten.grus", text="#AVSLUTA"),
        Reply(
            case="utfarten",
            to="sixten.grus",
            letter="echo",
            text="#ÅTGÄRD Kommer att åtgärdas\n#PUBLICERA FRÅGA",
            tells="anger åtgärden, och frågar kansliet om publiceringen",
        ),
        Reply(
            case="utfarten",
            to="registrator",
            letter="question",
            text="#PUBLICERA JA",
            tells="bestämmer: #PUBLICERA JA",
        ),
        TimePasses(at="2026-07-01 08:00"),
    ),
)
