"""Klippan: Kundtjänst receives, hands on and releases every answer; what is secret is for the committee's secretary."""

from __future__ import annotations

from service.demo.scenes import FormFilledIn, Mail, Reply, Script, StaffMail
from service.demo.scripts import people
from service.demo.scripts.people import ANNA, GUNNAR, LEILA

_BUMP = "Sätt upp farthinder på Storgatan. Bilarna kör alldeles för fort, mest på eftermiddagarna."
_WILL_BE = """Hej Anna!

Tack för förslaget. Vi sätter upp två farthinder på Storgatan i maj, när asfalten har torkat."""
_DARK = "Lampan vid gångvägen bakom biblioteket är släckt sedan en vecka."
_LIT = """Hej Gunnar!

Lampan är bytt i dag. Tack för att du sade till."""
_SUPPORT = "Min handläggare på socialtjänsten svarar inte om mitt försörjningsstöd. Jag har väntat i tre veckor."

SCRIPT = Script(
    period=people.FIRST_HALF,
    scenes=(
        FormFilledIn(
            at="2026-03-02 09:12",
            case="farthindret",
            form="Lämna synpunkt",
            who=ANNA,
            given={"text": _BUMP, "topic": "Gator"},
            tells="fyller i webbformuläret: Farthinder på Storgatan",
        ),
        Reply(case="farthindret", to="kundtjanst", text="JA"),
        FormFilledIn(
            at="2026-03-02 10:05",
            case="lampan",
            form="Felanmälan",
            who=GUNNAR,
            given={"text": _DARK, "topic": "Gatubelysning"},
            tells="fyller i felanmälan: Släckt lampa",
        ),
        Reply(case="lampan", to="kundtjanst", text="JA"),
        Mail(
            at="2026-03-02 13:30",
            case="det hemliga",
            who=LEILA,
            subject="Klagomål",
            text=_SUPPORT,
            tells="skriver om sitt försörjningsstöd",
        ),
        Reply(
            at="2026-03-03 08:41",
            case="farthindret",
            to="mia.grus",
            text=f"#SVAR\n{_WILL_BE}",
            tells="svarar: ”Vi sätter upp två farthinder”",
        ),
        Reply(case="farthindret", to="kundtjanst", letter="question", text="JA", tells="släpper svaret: JA"),
        Reply(
            case="farthindret",
            to="kundtjanst",
            text="#TYP förslag\n#KATEGORI Gator och parker\n#AVSLUTA",
            tells="anger typ och kategori, och avslutar",
        ),
        Reply(
            at="2026-03-04 14:20",
            case="det hemliga",
            to="sekr.social",
            text="#BREV POSTAT",
            tells="har svarat i ett eget brev: #BREV POSTAT",
        ),
        # Kundtjänst may answer directly.
        Reply(
            at="2026-03-06 11:02",
            case="lampan",
            to="kundtjanst",
            text=f"#SVAR\n{_LIT}\n#KATEGORI Gator och parker\n#AVSLUTA",
            tells="svarar själv: ”Lampan är bytt”",
        ),
        # A committee may ask for figures at any time.
        StaffMail(
            at="2026-07-01 08:30",
            who="bengt.ask",
            subject="Statistik",
            text="#STATISTIK halvår 1 2026",
            tells="vill ha siffror till nämnden: #STATISTIK halvår 1 2026",
        ),
    ),
)
