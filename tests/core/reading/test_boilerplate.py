"""Notices, footers and signatures go whole or not at all: a sentence that speaks of anything else stays."""

# ruff: noqa: E501 - the mails stand as programs write them

from __future__ import annotations

import pytest

from service.core.reading.history.quotes import DOUBTS, fresh

SAID = "Lampan vid bron är släckt."
NOTICE = "Detta meddelande är konfidentiellt och endast avsett för mottagaren. Har du fått det av misstag, radera det och meddela avsändaren."

STAYS = {
    "in a notice": f"{NOTICE} En lärare i 5A drar elever i håret.",
    "before a notice's end": "Detta meddelande är konfidentiellt. En lärare i 5A drar elever i håret. Radera det om du fått det av misstag.",
    "a short sentence in a notice": f"{NOTICE} Chefen stjäl.",
    "only the beginning is a notice": "Detta mejl är konfidentiellt och ska inte läsas av obehöriga. Vår granne Per slår sin hund varje kväll.",
    "a line below a notice": f"{NOTICE}\nEn lärare i 5A drar elever i håret.",
    "in English": "This e-mail is confidential and intended solely for the addressee. A teacher in 5A pulls the hair of pupils. Please delete it if received in error.",
    "privacy below a greeting": "Mvh\nGun Al\n\nVi på Ekstigen undrar varför ni lade ut våra personuppgifter på https://www.ekvik.example/protokoll",
    "privacy, how": "Mvh\nGun Al\n\nHur kunde mina grannars personuppgifter hamna på www.ekvik.example/protokoll",
    "privacy, for": "Hälsningar\nGun\n\nFör tre veckor sedan spreds elevernas personuppgifter via https://skola.example/lista",
    "a place below the name": "Mvh\nGun Al\nLyktstolpe 4412 vid Ekstigen\n070-174 06 05",
    "a place below a rule": "Mvh\nGun Al\n____________\nLyktstolpe 4412 vid Ekstigen",
    "a place below two hyphens": "Mvh Gun\n--\nLyktstolpe 4412 vid Ekstigen",
    "co-signers": "Mvh\nGun Al\nPer Ås\nBritt Ek\nEkstigen 4, 6 och 8",
    "co-signers with numbers": "Mvh\nGun Al\nPer Ås\n070-174 06 05\n070-174 06 06",
    "co-signers below a rule": "Hälsningar\n______\nGun Al\nPer Ås",
    "an address": "Mvh\nGun Al\nEkstigen 4\n123 45 Ekvik\n070-174 06 05",
    "a registration number": "Mvh\nGun Al\nABC 123\n070-174 06 05",
    "a property": "Mvh\nGun Al\nEkvik 1:14\ngun@example.org",
    "below a phone's signature": "Skickat från min iPhone\n\nJag glömde: den blinkar också.",
    "right below a phone's signature": "Skickat från min iPhone\nLampan mitt emot blinkar.",
    "on a phone's signature": "Skickat från min Samsung. Lampan vid torget blinkar.",
    "on Outlook's signature": "Hämta Outlook för iOS. Lampan vid torget blinkar.",
    "a phone that is the matter": "Skickat från min telefon kl. 8, men ingen svarar.",
    "an external thing": "Detta meddelande kommer från en extern avsändare men handlar om skolan. Läraren i 5A drar elever i håret.",
}


@pytest.mark.parametrize(
    "history",
    ["", "\n\nDen 12 nov. 2026 kl. 09:12 skrev Bo Ek <bo.ek@ekvik.example>:\n\n> Vilken lampa?\n"],
    ids=["alone", "answer"],
)
@pytest.mark.parametrize("below", STAYS.values(), ids=STAYS)
def test_words_that_are_no_boilerplate_stay(below: str, history: str) -> None:
    found = fresh(f"{SAID}\n\n{below}{history}", None)
    lost = set(below.split()) - set(found.new_text.split())
    known = set(
        f"{NOTICE} Detta meddelande är konfidentiellt. This e-mail is confidential and intended solely for the addressee. Please delete it if received in error. Radera det om du Skickat från min iPhone Mvh Gun Al -- ____________".split()
    )
    assert lost <= known, found.new_text


GOES = {
    "two hyphens, stripped": "\n--\nGun Al\nEkviks kommun",
    "two hyphens, stripped, and a title": "\n--\nGun Al\nrektor\nEkskolan",
    "two hyphens, stripped, a street": "\n--\nGun Al\nEkstigen 4\n123 45 Ekvik",
    "below a rule": "\n\nMed vänlig hälsning\n\nGun Al\n________________\nGun Al | Rektor\nEkskolan, Ekviks kommun\n0980-319 000",
    "below a drawn rule": "\n\nMvh Gun\n\n—————\nGun Al, rektor, 0980-319 000, www.ekvik.example",
    "an official, privacy without a link": "\n\nMed vänlig hälsning\n\nGun Al\nRektor\nEkskolan\nEkviks kommun\n0980-319 000\nSå hanterar Ekviks kommun dina personuppgifter",
    "an official, privacy in a sentence": "\n\nMed vänlig hälsning\n\nGun Al\nHandläggare\nBygg- och miljöförvaltningen\nTelefon: 0980-319 000\nPostadress: 123 45 Ekvik\nBesök: Storgatan 1\nwww.ekvik.example\n\nNär du mejlar till kommunen behandlar vi dina personuppgifter. Läs mer om hur på vår webbplats.",
    "an official, public record": "\n\nVänliga hälsningar\nGun Al\nKommunikatör\nEkviks kommun\ngun.al@ekvik.example\n\nObservera att e-post till kommunen är allmän handling och kan komma att lämnas ut enligt offentlighetsprincipen.",
    "a company": "\n\nMed vänliga hälsningar\n\nGun Al\nFastighetsskötare\nBostadsbolaget AB\nStorgatan 1\n123 45 Ekvik\nTel: 0123-456 78\nwww.bolaget.example",
    "Proton": "\n\nSkickat med [Proton Mail](https://proton.me/) säker e-post.",
    "Proton for phones": "\n\nSkickat från Proton Mail för iOS",
    "Proton, short": "\n\nSkickat med Proton Mail",
    "new Outlook": "\n\nSkickat från Outlook för Android<https://aka.ms/AAb9ysg>",
    "Galaxy with a model": "\n\nSkickat från min Samsung Galaxy S23.",
    "iPad": "\n\nSkickat från min iPad",
    "virus": "\n\nVirusfritt.www.avast.com <https://www.avast.com/sig-email>",
    "notice in four sentences": f"\n\n{NOTICE} Obehörig spridning eller kopiering är förbjuden. Meddelandet kan innehålla uppgifter som omfattas av sekretess.",
    "notice with a heading": f"\n\nSEKRETESS: {NOTICE}",
    "bilingual": f"\n\n{NOTICE}\n\nThis e-mail and any attachments are confidential. If you are not the intended recipient, please notify the sender and delete the message immediately. Any unauthorised copying or distribution is strictly prohibited.",
    "paper": "\n\nMvh\nGun\n\nTänk på miljön innan du skriver ut det här mejlet.",
}


@pytest.mark.parametrize("below", GOES.values(), ids=GOES)
def test_boilerplate_goes(below: str) -> None:
    found = fresh(f"{SAID}{below}", None)
    kept = found.new_text.removeprefix(SAID)
    assert found.new_text.startswith(SAID)
    assert len(kept.split()) <= 5, found.new_text  # a greeting and a name may stay
    assert not DOUBTS.intersection(found.warnings)


BANNERS = """
Meddelandet är skickat från en avsändare utanför Ekviks kommun. Klicka inte på länkar om du inte känner igen avsändaren.
Detta meddelande är skickat från en avsändare utanför Ekviks kommun.
Det här mejlet kommer från en avsändare utanför organisationen. Var försiktig med länkar och bilagor.
OBS! Detta e-postmeddelande har skickats från en extern avsändare. Öppna inte bilagor om du är osäker.
VARNING: Externt mejl. Klicka inte på länkar och öppna inte bilagor från okända avsändare.
Mejlet är skickat av någon utanför Ekviks kommun.
Denna e-post kommer utifrån. Var uppmärksam på länkar och bilagor.
Avsändaren finns utanför Ekviks kommun. Tänk efter innan du klickar på länkar eller öppnar bilagor.
[EXTERN AVSÄNDARE]
EXTERNT MEDDELANDE
This message was sent from outside your organization. Please be careful with links and attachments.
""".strip().split("\n")


@pytest.mark.parametrize("banner", BANNERS)
def test_a_banner_goes(banner: str) -> None:
    found = fresh(f"{banner}\n\n{SAID}", None)
    assert found.new_text == SAID
