"""Answers in the history of a mail that answers no letter we know: told from the mail alone, they stay or are doubted."""

# ruff: noqa: E501 - the mails stand as programs write them

from __future__ import annotations

import pytest

from service.core.reading.history.quotes import DOUBTS, fresh
from service.core.reading.mime import markup

FIELDS = "Från: Bo Ek <bo.ek@ekvik.example>\nSkickat: den 12 november 2026 09:12\nTill: Gun Al <gun.al@example.org>\nÄmne: Lampan"
ASKED = "Hej!\n\nVilken lampa gäller det? Den vid bron, nummer 14.\n\nSedan när? Sedan i måndags.\n\nMed vänlig hälsning\nBo Ek"
WORDINGS = """
Se svar på respektive fråga i rött.
Mina svar under dina frågor.
Mitt svar står längst ner.
Se gulmarkerat.
Se mina svar nedan.
Svar i texten nedan.
Svarar i ditt mejl.
Jag svarar direkt i texten.
Jag har svarat inne i ditt mejl.
Svar inskrivna nedan i blått.
Mina kommentarer i rött.
Kommentarer i grönt nedan.
Har skrivit in svaren efter varje fråga.
Jag fyllde i svaren under varje punkt.
Har lagt in mina svar i din text.
Se röd text.
Se min röda text nedan.
Se det rödmarkerade.
Läs det jag skrivit med fet stil.
Svaren står i kursiv stil.
Svar i versaler nedan.
Svaren hittar du längre ned.
Svar finns nederst i mejlet.
Scrolla ner så ser du svaren.
Se längst ned.
Se under dina frågor.
Jag svarar punkt för punkt.
Har besvarat dina frågor i mejlet.
Svarar mellan raderna.
Mina synpunkter inlagda med röd text.
Jag har markerat mina svar med gult.
Jag kommenterar i löpande text.
Se mina noteringar i ditt brev.
Svar vid varje fråga.
Mina ändringar är understrukna.
Svar inline.
Mina svar har jag skrivit med blå text.
Har kompletterat nedan.
Jag skrev svaren i ditt mejl.
Svaret finns under.
Svarar under respektive fråga nedan.
Svar insprängt i texten!
Hej, jag har skrivit mina svar i din text.
Svar: se kursiv text
Har färgat mina svar gröna
Mina svar är markerade med stjärnor.
Svaren börjar med >>
Mina svar inleds med BE:
Svar med stjärna framför
Jag svarar efterhand
Svarar löpande nedan
Se inlagda svar
Svaren ligger i mejlet under
Nedan följer mina svar
Här kommer svaren, fråga för fråga
Jag har svarat direkt på frågorna
Jag svarar på dina frågor var för sig nedan
Mina svar står efter dina frågor
Läs svaren bredvid frågorna
Se svaren intill
Jag har fyllt på under
Kompletterar i mejlet
Mitt svar finns sist i mejlet
Jag svarade i slutet
Svaret står allra sist
Svar finns efter din text
Se det blå
Det röda är mina svar
Det gulmarkerade är mitt
Jag har strukit under det som gäller
Jag kryssade i
Jag har satt kryss
Se X nedan
Svarar i brödtexten
Svar inom hakparentes
Svar i annan färg
svar i STORA bokstäver
Svar på fråga 1 och 2 nedan
Svar nedan /Gun
se nedan
Se mina svar
Mina svar i fetstil
Svarar på raden under
Jag svarar mellan era rader
Skrev svaren direkt i mejlet
mina svar inuti
Svar direkt efter frågorna
Se mina rader nedan
Mina tankar i rött
Mina funderingar nedan
Det jag skrev står i lila
Jag skriver i din text
Min text är röd
Hej! Jag svarar i rött på dina frågor. Mvh Gun
""".strip().split("\n")


@pytest.mark.parametrize("wording", WORDINGS)
def test_where_the_writer_points_into_the_history_it_stays(wording: str) -> None:
    found = fresh(f"Hej Bo!\n{wording}\n\nMvh Gun\n\n{FIELDS}\n\n{ASKED}", None)
    assert "Den vid bron, nummer 14." in found.new_text
    assert DOUBTS.intersection(found.warnings)


@pytest.mark.parametrize("wording", WORDINGS)
def test_also_where_all_of_the_quotation_is_marked(wording: str) -> None:
    quoted = "\n".join(f"> {line}".rstrip() for line in ASKED.split("\n"))
    text = f"{wording}\n\n12 nov. 2026 kl. 09:12 skrev Bo Ek <bo.ek@ekvik.example>:\n\n{quoted}"
    found = fresh(text, None)
    assert "Den vid bron, nummer 14." in found.new_text
    assert DOUBTS.intersection(found.warnings)


@pytest.mark.parametrize("wording", WORDINGS)
def test_and_in_html(wording: str) -> None:
    old = "".join(f"<div>{line or '<br>'}</div>" for line in ASKED.split("\n"))
    html = f'<div>{wording}</div><div id="divRplyFwdMsg"><b>Från:</b> Bo Ek<br><b>Skickat:</b> den 12 november 2026 09:12<br><b>Till:</b> Gun<br><b>Ämne:</b> Lampan</div>{old}'
    found = fresh(markup.to_text(html), html)
    assert "Den vid bron, nummer 14." in found.new_text
    assert DOUBTS.intersection(found.warnings)


ORDINARY = """
Tack för svaret!
Tack för ditt svar på mina frågor.
Lampan under bron lyser rött.
Jag har skrivit till er förut.
Kan ni svara före fredag?
Nu har jag fyllt i blanketten på webben.
Det finns ett hål under gungan.
Jag skrev om den röda bänken.
Ni har inte svarat på min fråga.
Jag har inte fått svar på mina frågor.
Jag väntar på svar.
Se bifogad bild.
Se bifogat svar från Trafikverket.
Vi har markerat platsen på kartan.
Färgen på dörren ska vara blå.
Ring mig, jag svarar efter klockan fem.
Vi har målat linjerna i rött.
Hålet ligger under bron vid Storgatan.
Jag satte kryss i rutan för anonym.
Texten på skylten är röd.
Se till att lampan lagas.
Titta på lekplatsen i parken!
Kolla gärna upp det här.
Det står i brevet från kommunen att vi ska klippa häcken.
Jag fick svar i går, men det hjälpte inte.
I mitt förra mejl skrev jag fel adress.
Som svar på er fråga: det är den norra sidan.
Svar på frågan: det är lampa 14.
Svar: ja.
Mitt svar är ja.
Jag svarar ja på det.
Svaret är nej.
Mina synpunkter på planen är följande.
Jag har kommenterat planen på er webbplats.
Lampan mellan husen blinkar.
Vi har svarat på enkäten.
Det röda huset är vårt.
Den gröna bänken är trasig.
Sist i kön stod jag.
""".strip().split("\n")


@pytest.mark.parametrize("wording", ORDINARY)
def test_ordinary_sentences_point_at_nothing(wording: str) -> None:
    found = fresh(f"Hej Bo!\n{wording}\n\nMvh Gun\n\n{FIELDS}\n\n{ASKED}", None)
    assert found.new_text == f"Hej Bo!\n{wording}\n\nMvh Gun"
    assert found.warnings == ()


COLOURED = {
    "red": '<span style="color:red">{}</span>',
    "red by number": '<span style="font-size:11.0pt;color:#FF0000">{}</span>',
    "dark red": '<font color="#C00000">{}</font>',
    "rgb": '<span style="color: rgb(255, 0, 0);">{}</span>',
    "marked": '<span style="background:yellow;mso-highlight:yellow">{}</span>',
    "marked by the web": '<span style="background-color: rgb(255, 255, 0)">{}</span>',
    "blue": '<span style="color:#0070C0">{}</span>',
    "green": '<b><span style="color:#00B050">{}</span></b>',
    "mark": "<mark>{}</mark>",
}


@pytest.mark.parametrize("colour", COLOURED.values(), ids=COLOURED)
def test_words_in_another_colour_in_the_history_stay(colour: str) -> None:
    old = f"<p>Hej!</p><p>Vilken lampa gäller det? {colour.format('Den vid bron.')}</p><p>Sedan när är den släckt? {colour.format('Sedan i måndags.')}</p><p>Mvh Bo Ek</p>"
    html = f'<p>Hej Bo!</p><div id="divRplyFwdMsg"><b>Från:</b> Bo Ek<br><b>Skickat:</b> den 12 november 2026 09:12<br><b>Till:</b> Gun<br><b>Ämne:</b> Lampan</div>{old}'
    found = fresh(markup.to_text(html), html)
    assert "Den vid bron." in found.new_text
    assert DOUBTS.intersection(found.warnings)


def test_a_coloured_name_below_the_quoted_mail_is_no_answer() -> None:
    old = '<p>Hej!</p><p>Vilken lampa gäller det?</p><p>Mvh</p><p><b><span style="color:#C00000">Bo Ek</span></b></p><p><a href="https://www.ekvik.example" style="color:red">www.ekvik.example</a></p>'
    html = f'<p>Den vid bron.</p><div id="divRplyFwdMsg"><b>Från:</b> Bo Ek<br><b>Skickat:</b> den 12 november 2026 09:12<br><b>Till:</b> Gun<br><b>Ämne:</b> Lampan</div>{old}'
    found = fresh(markup.to_text(html), html)
    assert found.new_text == "Den vid bron."
    assert found.warnings == ()
