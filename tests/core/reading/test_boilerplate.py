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


NOTICES = """
Detta e-postmeddelande och eventuella bilagor är avsedda endast för den eller de personer till vilka det är adresserat och kan innehålla konfidentiell information. Om du har fått detta meddelande av misstag ber vi dig att omedelbart kontakta avsändaren och radera meddelandet.
Den här e-posten kan innehålla information som omfattas av sekretess enligt offentlighets- och sekretesslagen (2009:400). Är du inte rätt mottagare ska du genast radera mejlet och underrätta avsändaren.
Informationen i detta mejl är konfidentiell och får inte spridas vidare. Om du inte är avsedd mottagare, vänligen meddela oss och ta bort mejlet från ditt system.
SEKRETESS: Detta meddelande är endast avsett för angiven mottagare. Obehörig kopiering, spridning eller annan användning är förbjuden.
Om du inte är rätt mottagare av detta mejl ber vi dig att meddela avsändaren och därefter förstöra det. Tack!
CONFIDENTIALITY NOTICE: This email message, including any attachments, is for the sole use of the intended recipient(s) and may contain confidential and privileged information. Any unauthorized review, use, disclosure or distribution is prohibited. If you are not the intended recipient, please contact the sender by reply email and destroy all copies of the original message.
This message and its attachments are sent from a municipality and may contain information that is confidential and protected from disclosure. If you are not the intended recipient you must not copy or use this message. Please notify the sender and delete it from your mailbox. Thank you.
The information contained in this transmission is intended only for the person or entity to which it is addressed and may contain confidential material. If you received this in error, please contact the sender and delete the material from any computer.
Disclaimer: This e-mail may contain privileged information. If you are not the addressee indicated in this message, you may not copy or deliver this message to anyone. In such case, you should destroy this message and kindly notify the sender by reply email.
""".strip().split("\n")
PUBLIC = """
När du skickar e-post till Ekviks kommun innebär det att kommunen behandlar dina personuppgifter. Läs mer på www.ekvik.example/gdpr
När du kommunicerar med Ekviks kommun behandlas dina personuppgifter enligt dataskyddsförordningen.
Så behandlar vi dina personuppgifter: https://www.ekvik.example/personuppgifter
Läs mer om hur vi hanterar personuppgifter på vår hemsida.
Information om hur Ekviks kommun behandlar personuppgifter finns på ekvik.example.
Vi värnar om din integritet. Här kan du läsa om hur vi hanterar dina personuppgifter.
E-post till och från Ekviks kommun är allmän handling och kan begäras ut enligt offentlighetsprincipen.
Tänk på att mejl till kommunen blir allmän handling.
Ditt mejl kan komma att diarieföras och bli en offentlig handling.
Tänk på miljön innan du skriver ut detta mejl!
Please consider the environment before printing this e-mail.
För information om hur vi behandlar dina personuppgifter, se vår integritetspolicy
Vi sparar dina personuppgifter så länge det behövs för att hantera ditt ärende.
Personuppgifter behandlas i enlighet med GDPR.
""".strip().split("\n")
OF_A_PERSON = """
Ni lämnade ut mina barns personuppgifter till fel person.
Personuppgifterna om Lisa i 4B lades ut på nätet.
Läs om personuppgifterna som läckte i Ekviksbladet.
Hur hanterar ni personuppgifter om oss i föreningen?
Allmänna handlingar lämnas inte ut av byggnadsnämnden.
Er policy följs inte på förskolan Solen.
Radera bilderna på barnen från er hemsida.
Mottagaren av bidraget är avsändaren själv.
Avsändaren av hoten är en anställd.
Bussen är alltid sen.
Chefen på kontoret mobbar oss.
Vi vill ha fler bänkar.
Personen som bor där är farlig.
Hon slog honom.
Skicka någon hit.
Det brinner!
Kontakta polisen.
Er tjänst fungerar inte.
Filen gick inte att öppna.
Kommunen har förstört vår väg.
Det är fel person som har fått bidraget.
Brevet kom aldrig fram.
Ni ansvarar för skadan.
Ni ska betala ersättning.
Denna information är fel.
Se bifogat svar från Trafikverket.
Inget virus i vattnet, men det luktar.
""".strip().split("\n")


@pytest.mark.parametrize("notice", NOTICES)
def test_a_notice_goes_and_a_sentence_in_it_stays(notice: str) -> None:
    assert fresh(f"{SAID}\n\nMvh\nGun\n\n{notice}", None).new_text == f"{SAID}\n\nMvh\nGun"
    for sentence in OF_A_PERSON:
        for text in (f"{notice} {sentence}", f"{sentence} {notice}", f"{notice}\n{sentence}"):
            assert sentence in fresh(f"{SAID}\n\nMvh\nGun\n\n{text}", None).new_text


@pytest.mark.parametrize("line", PUBLIC)
def test_a_line_on_personal_data_or_records_goes(line: str) -> None:
    assert fresh(f"{SAID}\n\nMvh\nGun\n\n{line}", None).new_text == f"{SAID}\n\nMvh\nGun"
