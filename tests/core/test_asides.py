"""What in words for the submitter is for somebody else: it is asked about, and ordinary answers are not."""

from __future__ import annotations

import pytest

from service.core.decide import colleagues
from service.core.rules.rulebook import RuleBook
from service.core.speech import asides
from tests.core.values import a_case

BO = "bo.ek@ekvik.example"
BEFORE = "Hej Anna!\n\nHålet lagas i morgon.\n\nMvh\nBo\n\n"


def told(line: str, book: RuleBook) -> str:
    return colleagues.not_for_the_reader(BEFORE + line, "svaret", a_case(), book, BO)


@pytest.mark.parametrize(
    "line",
    [
        "OBS INTERNT – skicka ej vidare: hon ringer ofta", "[Internt] hon ringer ofta", "(Internt) hon ringer ofta",
        "Internt meddelande: hon ringer ofta", "Internt till Maria: hon ringer", "Intern kommentar\nhon ringer ofta",
        "OBS! Endast internt. Hon ringer ofta", "*Internt:* hon ringer ofta", "//internt: hon ringer",
        "♯INTERNT hon ringer: ofta", "Kommentar internt - hon ringer ofta", "Anteckning: hon ringer ofta",
        "Tjänsteanteckning: ringt i dag", "Utkast: hon ringer ofta", "Att göra: ring henne",
        "-----\nEj till medborgaren: hon ringer ofta", "Inte till synpunktslämnaren: hon ringer",
        "Skicka inte detta: hon ringer ofta", "Skickas ej: hon ringer ofta", "Tas bort innan det skickas: hon ringer",
        "Mellan oss: hon ringer ofta", "PS (bara till er): hon ringer ofta",
        "---------- Vidarebefordrat meddelande ---------\nFrån: Maria Lund\nÄmne: x\n\nHon ringer ofta",
        "Från: Maria Lund\n\nHon ringer ofta", "Begin forwarded message:\n\nHon ringer ofta",
        "Maria skrev: Hon ringer ofta", "Maria Lund skrev i går:\nHon ringer ofta",
        "Så här svarade Maria:\n\nHon ringer",
        "[10:02] Maria Lund\nHon ringer ofta", "Maria Lund, 7 sep 10:02\nHon ringer", "Maria Lund 2026-09-07 10:02",
        "(Maria: hon ringer ofta, kan du svara?)", "Maria: stäng ärendet", "FYI Maria: hon ringer ofta",
        "Hej Rut! Stäng ärendet, hon ringer ofta", "Kära Maria, hon ringer", "Till dig Rut: hon ringer",
        "@Maria hon ringer",
        "Från Maria: hon ringer ofta", "INTERNT hon ringer ofta", "Skicka inte än!",
        "Självklart! Här är ett utkast till svar:\n\nHej Anna", "Här kommer ett vänligt förslag på ett kort svar:",
        "Vill du att jag gör svaret kortare?", "Säg till om du vill att jag ändrar tonen.", "Förslag på svar från AI:",
        "Stäng detta ärende", "Nedan är bara för er: hon ringer", "Lägg till i ärendet: hon ringde",
        "Vidarebefordrat från Maria: hon ringer", "-------- Originalmeddelande --------\nHon ringer",
        "Intern: hon ringer ofta", "För internt bruk: hon ringer", "=== Internt ===", "Resten är internt: hon ringer",
        "Vi lagar det (internt: hon ringer ofta).", "Till handläggaren: hon ringer", "Tjänsteanteckning\nHon skrek",
        "Kommentar (internt): hon ringer", "Förslag till svar: Hej Anna", "UTKAST", "FYI: hon ringer ofta",
        "Det här ska inte skickas: hon ringer", "Nedanstående skickas inte: hon ringer",
        "Vidarebefordra inte: hon ringer",
        "Stryk detta innan utskick", "Oss emellan är hon jobbig", "Sekretess! Hon bor skyddat", "Ej för spridning: hon",
        "Stäng ärendet.", "Kan du stänga ärendet?", "Lägg inte ut det här på webben.", "Skicka svaret ovan.",
        "Från: Ola Kvist <ola@example.org>\n\nHon är jobbig", "Från: Ola Kvist\nSkickat: i går\n\nHon är jobbig",
        "Hej igen Maria, hon ringer", "Tack Maria! Hon ringer ofta", "Hej Maria Lund!", "Maria kan du ringa henne?",
        "Maria Lund, kan du ringa henne?", "Maria! Kan du ringa henne?", "Kan du ringa henne, Maria?",
        "Maria Lund: hon är jobbig", "Kommentar till Maria: hon ringer", "@maria.lund hon ringer",
        "[9/7 10:02 AM] Maria Lund\nHon ringer", "[10:02] Lund, Maria\nHon ringer", "10:02 Maria: hon ringer",
        "Maria Lund\n10:02\nHon ringer",
        "Den 7 sep kl. 10:02 skrev Maria Lund <maria.lund@ekvik.example>:\n\nHon ringer",
        "On Mon, Sep 7, 2026 at 10:02 AM Maria Lund <maria.lund@ekvik.example> wrote:\nHon ringer",
    ],
)  # fmt: skip
def test_an_aside_is_seen(ekvik: RuleBook, line: str) -> None:
    assert told(line, ekvik)


@pytest.mark.parametrize(
    "line",
    [
        "Internt har vi gått igenom våra rutiner.", "Intern revision är klar.", "Vi har internt beslutat att laga det.",
        "Från den 1 juni gäller nya tider.", "Skicka inte pengar till den som ringer.", "Du skrev: ”Hålet är stort”.",
        "Trafikverket svarar: vägen är deras.", "Kontakta Maria Lund kl. 10.00–12.00.", "Bo, gatuingenjör på kommunen.",
        "Utkastet till plan finns på webben.", "Mellan oss och Trafikverket finns ett avtal.", "Maria Lund, enhetschef",
        "Bara för er som bor på Storgatan stängs vattnet av.", "Anna: tack för bilden!",
        "Fakturan skickas inte i juni.",
        "Noteringen om hålet finns kvar.", "Maria Lund: 0980-319 221", "PS. Lampan lagas också.", "Öppet: 10:00",
        "Vi möts den 7 sep 10:02.", "OBS! Endast hämtning på torsdagar.", "Hej igen! Nu är det klart.",
        "Här är ett förslag på tider:", "Vill du att jag ringer dig?", "Säg till om du vill att jag skickar ett nytt.",
        "Här kommer svaret på din fråga:", "Lägg till bilder i ärendet på Mina sidor.",
        "Badet är öppet\nFrån: 1 juni\nTill: 31 augusti", "Från: Storgatan 10:05\nTill: Stationen 10:25",
        "Skicka inte med original.", "Skicka inte till den gamla adressen.", "Skicka inte ut några original.",
        "Till synpunkten om lampan: den är lagad.", "Inte kunden utan kommunen betalar.",
        "Ej medborgare? Du får rösta ändå.",
        "Ta bort detta innan du slänger kartongen.", "Interna köer: 14 barn väntar.",
        "Internt fel i systemet: ny faktura.",
        "Vidarebefordrat brev når dig i morgon.", "Du kan avsluta ärendet på Mina sidor.",
        "Det här ska inte skickas in till oss.",
        "Maria Lund svarar: vi lagar hålet i maj.", "Petra svarar på frågor om maten: 0980-319 243",
        "Maria, vår enhetschef, ringer dig.", "Jonas, fastighetstekniker, kommer på måndag.",
        "Från Sara har jag fått besked.",
        "Till Sara Ask kan du ringa.", "Registrator: Rut Alm", "Eva: eva.lind@ekvik.example", "Hej Maria Svensson!",
        "Maria kan du nå på 0980-319 221.", "Kan du kontakta Maria?", "10:00 Invigning", "Anna Ek 4 maj 10:00",
    ],
)  # fmt: skip
def test_what_an_answer_says_is_none(ekvik: RuleBook, line: str) -> None:
    assert told(line, ekvik) == ""


@pytest.mark.parametrize(
    ("first", "seen"), [("Maria", True), ("Rut Alm,", True), ("Anna", False), ("Bo", False), ("Hej", False)]
)
def test_whom_a_name_alone_on_top_turns_to(ekvik: RuleBook, first: str, seen: bool) -> None:
    text = f"{first}\nHålet lagas i morgon."
    assert bool(colleagues.not_for_the_reader(text, "svaret", a_case(), ekvik, BO)) is seen


def test_a_long_text_is_looked_at_in_no_time() -> None:
    long = ("\n" * 200_000, "intern " * 50_000, "obs " * 50_000, "( " * 100_000, "Maria Lund " * 30_000)
    for text in (*long, "(" * 200_000, "a (" * 70_000):
        assert asides.found(text) == ""
