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
    for text in ("\n" * 200_000, "intern " * 50_000, "obs " * 50_000, "( " * 100_000, "Maria Lund " * 30_000):
        assert asides.found(text) == ""
