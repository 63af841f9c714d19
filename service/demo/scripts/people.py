"""The citizens of all demos, and what they write wherever they live."""

from __future__ import annotations

from datetime import date

from service.demo import photo
from service.demo.clients import Person
from service.demo.scenes import Mail

ANNA = Person("Anna Ek", "anna.ek@example.org")
LEILA = Person("Leila Nordin", "leila.nordin@example.org")
GUNNAR = Person("Gunnar Sandell", "gunnar.sandell@example.org")
NOBODY = Person("Någon", "")
"""Somebody who gives no name."""

FIRST_HALF = (date(2026, 1, 1), date(2026, 6, 30))
FIRST_TERTIAL = (date(2026, 1, 1), date(2026, 4, 30))
WHOLE_YEAR = (date(2026, 1, 1), date(2026, 12, 31))

POTHOLE = Mail(
    at="2026-03-02 09:12",
    case="hålet",
    who=ANNA,
    subject="Hål i vägen",
    text="""Hej!

Det har blivit ett djupt hål i parkvägen mellan torget och stationen. I morse fastnade framhjulet när jag cyklade \
till jobbet, och jag var nära att ramla. I mörkret syns hålet inte alls. Jag skickar med en bild.

Kan ni laga det innan någon slår sig?

Hälsningar
Anna Ek""",
    photos=(("IMG_2041.jpg", photo.pothole()),),
)
GATE = """Grinden till gården på förskolan Myran går inte att stänga. Låset har hängt löst sedan förra veckan.

Obs: barnen kan ta sig ut mot vägen!"""
MENDED = """Hej Anna!

Tack för att du hörde av dig, och för bilden. Vi lagade hålet i går eftermiddag. Nästa vecka går vi igenom resten \
av sträckan."""
MORE = """Tack för snabbt svar! Men det finns ett hål till, några meter längre bort mot stationen. När lagas det?

Anna"""
ASKS_AGAIN = "svarar: Det finns ett hål till. När lagas det?"
MENDED_TOO = """Hej igen Anna!

Det andra hålet lagar vi på måndag den 9 mars. Tills dess har vi ställt ut en varningsskylt."""
LOCKED = """Hej Leila!

Låset på grinden är bytt i dag, och vi har bett personalen kontrollera det varje morgon. Vi beklagar att du fick \
vänta på svar."""
ILLNESS = "#FÖRSENAD Jag var sjuk och ingen tog över ärendet."
LATE = "svarar till slut: ”Låset är bytt”, och varför det dröjde"
