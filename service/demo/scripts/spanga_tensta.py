"""Spånga-Tensta: the unit's manager has it at once, fourteen days, answers are often oral, and an answer closes."""

from __future__ import annotations

from service.demo.scenes import FormFilledIn, Mail, Reply, Script, Silence, StaffMail, TimePasses
from service.demo.scripts import people
from service.demo.scripts.people import ANNA, LEILA

_CALL = """#KANAL telefon
#INKOM 27 februari
#FRÅN Gun Ek, 070-174 06 05

Papperskorgarna i parken vid Spånga station är alltid fulla på söndagarna."""
_ORALLY = """#MUNTLIGT i dag Jag ringde Gun. Vi tömmer papperskorgarna även på lördagskvällarna från och med nu.
#ÅTGÄRD Åtgärdat"""
_BENCHES = "Det finns inga bänkar i parken vid Tensta gård. Ställ ut några, så att äldre kan vila på vägen!"
_TWO = """Hej Anna!

Vi ställer ut två bänkar i april. Vi beklagar att du fick vänta på svar."""
_HOME_CARE = "Min mammas hemtjänst har glömt hennes insulin två gånger. Vi är mycket oroliga."

SCRIPT = Script(
    period=people.FIRST_TERTIAL,
    scenes=(
        StaffMail(
            at="2026-03-02 09:12",
            case="papperskorgarna",
            who="olga.berg",
            subject="Samtal",
            text=_CALL,
            tells="antecknar ett telefonsamtal från i fredags",
        ),
        FormFilledIn(
            at="2026-03-02 10:05",
            case="bänkarna",
            form="Tyck till",
            who=ANNA,
            given={"text": _BENCHES},
            tells="fyller i Tyck till: Inga bänkar i parken",
        ),
        Mail(
            at="2026-03-02 13:30",
            case="det hemliga",
            who=LEILA,
            subject="Hemtjänsten",
            text=_HOME_CARE,
            tells="skriver om sin mammas hemtjänst",
        ),
        Reply(
            at="2026-03-03 08:41",
            case="papperskorgarna",
            to="vera.lund",
            text=_ORALLY,
            tells="svarade på telefon: #MUNTLIGT, och avslutar med en tjänsteanteckning",
        ),
        # No secret leaves the house by mail: she was called, and the registrar says so.
        Reply(
            at="2026-03-05 14:20",
            case="det hemliga",
            to="registrator",
            text="#MUNTLIGT i dag Enhetschefen ringde Leila och berättade vad som är gjort.",
            tells="berättar att enhetschefen ringde: #MUNTLIGT",
        ),
        Silence(case="bänkarna", until="escalation"),
        Reply(
            case="bänkarna",
            to="vera.lund",
            text=f"#FÖRSENAD Jag väntade på besked om pengar till bänkarna.\n#SVAR\n{_TWO}",
            tells="svarar till slut: ”Två bänkar i april”, och varför det dröjde",
        ),
        TimePasses(at="2026-05-04 08:00"),
    ),
)
