"""What an order is answered with before anything is done: its value as it will be carried out, or why it cannot be."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from service.core.alike.drafts import PHONE_NUMBER
from service.core.cases import Case, Clock, Contact, Deadline, Obeyed, Status, Submitter
from service.core.decide import obey
from service.core.decide.incoming import Plan
from service.core.rules.rulebook import RuleBook
from service.core.speech.commands import Command, Word
from tests.core.values import ANNA, BO, MARIA, NOW, REGISTRAR, a_case

TODAY = date(2026, 9, 7)  # a Monday
OTHER = "EKV-26-00002-E"
SARA = "sara.ask@ekvik.example"
SECRETARY = "sekr.teknik@ekvik.example"
GONE = "gun.borta@ekvik.example"
BY_LETTER = Submitter("Anna Ek", address="Storgatan 1", contact=Contact.LETTER)
BY_PHONE = Submitter("Anna Ek", phone="070-1", contact=Contact.PHONE)
SILENT = Submitter("Anna Ek", ANNA, contact=Contact.NONE)
PROMISE = Deadline(Clock.ANSWER, NOW, NOW + timedelta(days=14))
RECEIPT = Deadline(Clock.RECEIPT, NOW, NOW + timedelta(days=2))
TO_POST: dict[str, Any] = {"to_post_since": NOW, "submitter": BY_LETTER, "status": Status.WAITING}
RECEIPT_TO_POST: dict[str, Any] = {"submitter": BY_LETTER, "deadlines": (PROMISE, RECEIPT)}
SAME_DAY, LONG_AGO = NOW.isoformat(), NOW - timedelta(days=6)


def a_plan(book: RuleBook, actor: str = BO, joined: Case | None = None, **case: Any) -> Plan:
    """Before somebody's orders in Anna's case are carried out."""
    others = {joined.number: joined} if joined else {}
    return Plan(a_case(**{"deadlines": (PROMISE,)} | case), book, NOW, actor, joined=others)


def row(word: Word, value: str, settled: str | None, said: str, what: str, **case: Any) -> Any:
    """One order. settled: its value then, None: as it was. said: what its writer reads of it; empty: nothing is wrong.

    A doubt, which a yes settles, begins with "?".
    """
    return pytest.param(word, value, value if settled is None else settled, said, case, id=f"{word.value}: {what}")


def undo(**changes: Any) -> Obeyed:
    return Obeyed(BO, {}, **{"after": {}} | changes)


@pytest.mark.parametrize(
    ("word", "value", "settled", "said", "case"),
    [
        row(Word.ANSWER, "Lagat.", None, "", "words"),
        row(Word.ANSWER, "?", None, "Det står ingen text under #SVAR", "our own question mark"),
        row(Word.ANSWER, "Ja tack", None, "är inget svar till synpunktslämnaren", "a bare yes"),
        row(Word.ANSWER, "Skriv ditt svar här.", None, "vår egen exempeltext", "our own example"),
        row(Word.ANSWER, "Hej Maria!\nTar du den?", None, "? skrivet till en kollega", "to a colleague"),
        row(Word.ANSWER, f"Ring {PHONE_NUMBER}.", None, "? som vi har satt dit", "a gap of a proposal"),
        row(Word.ANSWER, "Lagat.\nBo Ek\n070-999 88 77", None, "", "a number below the writer's own name"),
        row(Word.ANSWER, "Lagat.\nPer Al\n070-999 88 77", None, "? ett telefonnummer", "below somebody else's"),
        row(Word.ANSWER, "Lagat.", None, "sekretess går aldrig med mejl", "in a secret case", secrecy=True),
        row(Word.STATISTICS, "maj", None, "", "a month"),
        row(Word.STATISTICS, "maj Gata och park", None, "", "the own unit"),
        row(Word.STATISTICS, "skruv", None, "ingen period", "no period"),
        row(Word.STATISTICS, "maj Nymånen", None, "”Nymånen” är ingen enhet", "no unit"),
        row(Word.STATISTICS, "maj Förskola", None, "kan inte se ärendena på enheten Förskola",
            "somebody else's unit"),
        row(Word.STATISTICS, "maj Förskola", None, "", "a registrar sees all", actor=REGISTRAR),
        row(Word.STATISTICS, "maj", None, "inte bland kommunens handläggare", "who has left", actor=GONE),
        row(Word.LIST, "", None, "", "the own list"),
        row(Word.LIST, "nymånen", None, "nymånen", "no list"),
        row(Word.BLOCK, "hot", None, "", "a reason"),
        row(Word.BLOCK, "?", None, "#SPÄRRA är inte ifyllt", "no reason"),
        row(Word.BLOCK, "hot", None, "ingen e-postadress", "nobody to block", submitter=BY_PHONE),
        row(Word.BLOCK, "nej", "NEJ", "inte spärrad i ärendet", "lifted, of nothing"),
        row(Word.BLOCK, "häv spärren", "NEJ", "", "lifted", blocked=True),
        row(Word.BLOCK, "ta bort", "NEJ", "", "lifted in other words", blocked=True),
        row(Word.BLOCK, "gallring: begärt utlämnat ", "GALLRING begärt utlämnat", "", "disposal"),
        row(Word.BLOCK, "gallring", "GALLRING ", "varför ärendet inte får gallras", "disposal without a reason"),
        row(Word.BLOCK, "gallring ?", "GALLRING ?", "varför ärendet inte får gallras", "disposal, our question mark"),
        row(Word.BLOCK, "gallring nej", "GALLRING NEJ", "inte spärrat för gallring", "a hold lifted, of none"),
        row(Word.BLOCK, "gallring hävs", "GALLRING NEJ", "", "a hold lifted", hold="begärt"),
        row(Word.DELAYED, "9 oktober väntar på asfalt", "2026-10-09 väntar på asfalt", "", "a working day"),
        row(Word.DELAYED, "2026-09-12 väntar", "2026-09-14 väntar", "? ingen arbetsdag", "a Saturday"),
        row(Word.DELAYED, "i dag väntar", None, "är i dag", "today"),
        row(Word.DELAYED, "2026-09-01 väntar", None, "en dag som har varit", "a day that was"),
        row(Word.DELAYED, "31 september väntar", None, "inget datum som vi förstår", "no day"),
        row(Word.DELAYED, "asfalten kommer 9 oktober", None, "Skriv datumet först", "the day last"),
        row(Word.DELAYED, "asfalten dröjer", None, "", "a reason alone"),
        row(Word.DELAYED, "asfalten tog slut 1 september", None, "", "a reason with a day that was"),
        row(Word.DELAYED, "asfalten tog slut 7 september", None, "", "a reason with today"),
        row(Word.DELAYED, "?", None, "#FÖRSENAD är inte ifyllt", "nothing"),
        row(Word.DIVIDE, "Lampan är trasig.", None, "", "a part"),
        row(Word.DIVIDE, "?", None, "#DELA är inte ifyllt", "nothing"),
        row(Word.DIVIDE, "Skriv texten här", None, "#DELA är inte ifyllt", "our own example"),
        row(Word.DIVIDE, "Lampan.", None, "går inte att dela", "of what has ended", status=Status.ANSWERED),
        row(Word.REFUSE, "Det är en annan kommun.", None, "? läsa skälet ord för ord.", "by mail"),
        row(Word.REFUSE, "Hej Maria! Fel kommun.", None, "? skrivet till en kollega", "a colleague"),
        row(Word.REFUSE, "Fel kommun.", None, "? läsa skälet ord för ord", "by letter", submitter=BY_LETTER),
        row(Word.REFUSE, "Fel kommun.", None, "", "nobody reads it", submitter=BY_PHONE),
        row(Word.REFUSE, "Fel kommun.", None, "", "secret", secrecy=True),
        row(Word.REFUSE, "?", None, "#AVVISA är inte ifyllt", "nothing"),
        row(Word.REFUSE, "Fel.", None, "redan besvarat", "answered", answered_at=NOW, status=Status.ANSWERED),
        row(Word.INTERNAL, "Skriv din anteckning här", None, "vår egen exempeltext", "our own example"),
        row(Word.INTERNAL, "Ringt.", None, "", "a note"),
        row(Word.KEYWORD, "snö , halka;;is", "snö, halka, is", "", "words"),
        row(Word.KEYWORD, " , ", None, "#NYCKELORD är inte ifyllt", "commas alone"),
        row(Word.KEYWORD, "?", None, "#NYCKELORD är inte ifyllt", "our own question mark"),
        row(Word.SAME, OTHER, None, "", "another case", joined=a_case(number=OTHER)),
        row(Word.SAME, "i går", None, "är inget ärendenummer", "no number"),
        row(Word.SAME, "1", "EKV-26-00001-C", "ärendets eget nummer", "itself"),
        row(Word.SAME, OTHER, None, "Det finns inget ärende", "none there"),
        row(Word.SAME, OTHER, None, "Det finns inget ärende", "in another mailbox",
            joined=a_case(number=OTHER, mailbox="hjo")),
        row(Word.SAME, OTHER, None, "Du har inte hand om", "somebody else's",
            joined=a_case(number=OTHER, unit="forskola", officer=SARA)),
        row(Word.SAME, OTHER, None, "sekretess gäller", "secret", joined=a_case(number=OTHER), secrecy=True),
        row(Word.SAME, OTHER, None, "sekretess gäller", "with a secret one", actor=REGISTRAR,
            joined=a_case(number=OTHER, secrecy=True)),
        row(Word.PUBLISH, "Ja!", "ja", "", "yes"),
        row(Word.PUBLISH, "NEJ.", "nej", "", "no"),
        row(Word.PUBLISH, "kanske", None, "Skriv #PUBLICERA JA eller #PUBLICERA NEJ", "neither"),
        row(Word.PUBLISH, "Fråga", "fråga", "", "not sure"),
        row(Word.PUBLISH, "fråga", None, "Det är du som bestämmer", "a registrar who is not sure", actor=REGISTRAR),
        row(Word.PUBLISH, "fråga", "nej", "", "not sure, of a secret case", secrecy=True),
        row(Word.PUBLISH, "ja", None, "kan inte publiceras", "a secret case", secrecy=True),
        row(Word.PUBLISH, "ja", None, "kan inte publiceras", "an internal case", internal=True),
        row(Word.PUBLISH, "nej", None, "", "no, of an internal case", internal=True),
        row(Word.FOR_INFORMATION, "Sara Ask", SARA, "", "a colleague"),
        row(Word.FOR_INFORMATION, f"<mailto:{SARA}>.", SARA, "", "a colleague's address"),
        row(Word.FOR_INFORMATION, "vaktmastaren", None, "är ingen e-postadress och ingen kollega", "nobody"),
        row(Word.FOR_INFORMATION, ANNA, None, "synpunktslämnarens egen adress", "the submitter"),
        row(Word.FOR_INFORMATION, "x@y.example", None, "? är utanför kommunen", "outside"),
        row(Word.FOR_INFORMATION, SARA, "", "markerat med sekretess", "a secret case", secrecy=True),
        row(Word.ADDRESS, "ny@y.example", None, f"? Inga mejl till {ANNA} har kommit tillbaka", "nothing was lost"),
        row(Word.ADDRESS, "ny@y.example", None, "", "the receipt was lost", deadlines=(RECEIPT,)),
        row(Word.ADDRESS, "ny@y.example", None, "", "nobody to mail", submitter=BY_PHONE),
        row(Word.ADDRESS, ANNA, None, "är redan synpunktslämnarens adress", "the same"),
        row(Word.ADDRESS, ANNA, None, "", "the same, and mail is wished after all", submitter=SILENT),
        row(Word.ADDRESS, MARIA, None, "är en kollegas adress", "a colleague's"),
        row(Word.ADDRESS, "Storgatan 3, 123 45 Ekvik", None, "", "by post"),
        row(Word.ADDRESS, "vet inte", None, "varken en e-postadress eller en postadress", "neither"),
        row(Word.ADDRESS, "åsa@y.example", None, "varken en e-postadress eller en postadress", "no address of a mail"),
        row(Word.ADDRESS, "ny@y.example", None, "", "the answer was lost", answer="Lagat.", answered_at=NOW),
        row(Word.REFER, "trafikverket.", "Trafikverket", "", "an authority"),
        row(Word.REFER, "Månen", None, "finns inte bland dem som reglerna hänvisar till", "none"),
        row(Word.REFER, "Trafikverket", None, "Ärendet har sekretess", "a secret case", secrecy=True),
        row(Word.REFER, "Trafikverket", None, "nuvarande läge (besvarat)", "answered", status=Status.ANSWERED),
        row(Word.CHANNEL, "telefon", None, "", "a road"),
        row(Word.CHANNEL, "röksignal", None, "är ingen kanal. Skriv en av de här: ", "none"),
        row(Word.CAME_IN, "7 september", SAME_DAY, "", "the same day keeps its time"),
        row(Word.CAME_IN, "2026-03-02", "2026-03-01T23:00:00+00:00", "? är länge sedan", "long ago"),
        row(Word.CAME_IN, "i går", "2026-09-05T22:00:00+00:00", "? inkommet redan", "too late", received_at=LONG_AGO),
        row(Word.CAME_IN, "en dag", None, "Skriv till exempel #INKOM 19 november", "no day"),
        row(Word.FROM, "?", None, "#FRÅN är inte ifyllt", "nothing"),
        row(Word.FROM, f"Maria, {MARIA}", None, "är en kollegas", "a colleague"),
        row(Word.FROM, "Anna Ek, 070-123 45 67", None, "", "the same person"),
        row(Word.FROM, f"Anna Ek, {ANNA}", None, "", "a name more", submitter=Submitter(email=ANNA)),
        row(Word.FROM, "Petra Holm", None, "? Personen byts ut", "another name"),
        row(Word.FROM, "ny@y.example", None, "? Personen byts ut", "another address"),
        row(Word.FROM, "anonym", None, "? Personen byts ut", "nobody any longer"),
        row(Word.REGISTRY_NUMBER, "KS 2026-00117", None, "", "a number"),
        row(Word.REGISTRY_NUMBER, "sent i går", None, "Skriv till exempel #DNR KS 2026-00123", "none"),
        row(Word.TEXT, "Ett hål.", None, "", "words"),
        row(Word.TEXT, "Skriv texten här", None, "vår egen exempeltext", "our own example"),
        row(Word.TEXT, "Ett hål.", "", "kan inte publiceras", "a secret case", secrecy=True),
        row(Word.TEXT, "Ett hål.", "", "kan inte publiceras", "an internal case", internal=True),
        row(Word.SECRECY, "?", "", "", "our own question mark"),
        row(Word.SECRECY, "26 kap. 1 §", None, "", "a section"),
        row(Word.SECRECY, "nej", "NEJ", "Ärendet har ingen sekretess", "lifted, of nothing"),
        row(Word.SECRECY, "upphävs", "NEJ", "Bara registratorn", "lifted by the officer", secrecy=True),
        row(Word.SECRECY, "nej", "NEJ", "? stå i mejl igen", "lifted by a registrar", secrecy=True, actor=REGISTRAR),
        row(Word.SECRECY, "nej", "NEJ", "? stå i mejl igen", "by who has it", secrecy=True, actor=SECRETARY),
        row(Word.UNDO, "", None, "inget i ärendet att ångra", "nothing"),
        row(Word.UNDO, "", None, "", "the own", obeyed=undo()),
        row(Word.UNDO, "", None, "Bo Ek gjort", "somebody else's", obeyed=undo(), actor=MARIA),
        row(Word.UNDO, "", None, "", "somebody else's, by a registrar", obeyed=undo(), actor=REGISTRAR),
        row(Word.UNDO, "", None, "#SEKRETESS NEJ", "secrecy", obeyed=undo(after={"secret_since": NOW})),
        row(Word.UNDO, "", None, "#SPÄRRA NEJ", "a block", obeyed=undo(after={"blocked": True})),
        row(Word.ORAL, "Jag ringde och sa att det är lagat.", None, "ska svaret vara skriftligt", "in writing only"),
        row(Word.ORAL, "i går Ring.", "2026-09-06 Ring.", "", "by phone", submitter=BY_PHONE, received_at=LONG_AGO),
        row(Word.ORAL, "Ringde.", "2026-09-07 Ringde.", "", "a secret case", secrecy=True),
        row(Word.ORAL, "2026-09-09 Ringde.", None, "inte har varit än", "a day to come", secrecy=True),
        row(Word.ORAL, "5 september Ringde.", None, "innan ärendet kom in", "before the case", secrecy=True),
        row(Word.ORAL, "31 september Ringde.", None, "inget datum som vi förstår", "no day", secrecy=True),
        row(Word.ORAL, "i dag .", None, "Skriv vad du svarade", "no words", secrecy=True),
        row(Word.BY_LETTER, "", None, "", "the way alone"),
        row(Word.BY_LETTER, "Mvh", "", "", "the way, and a greeting"),
        row(Word.BY_LETTER, "Lagat.", None, "", "words"),
        row(Word.BY_LETTER, "Lagat.", None, "brevet kan inte skrivas här", "a secret case", secrecy=True),
        row(Word.BY_LETTER, "Ja", None, "är inget svar", "a bare yes"),
        row(Word.BY_LETTER, "postat", "POSTAT 2026-09-07", "? Inget brev från oss väntar", "none lies there"),
        row(Word.BY_LETTER, "postat", "POSTAT 2026-09-07", "", "a secret case's own letter", secrecy=True),
        row(Word.BY_LETTER, "är postat den 7 september", "POSTAT 2026-09-07", "", "it lies there", **TO_POST),
        row(Word.BY_LETTER, "postat", "POSTAT 2026-09-07", "", "the receipt lies there", **RECEIPT_TO_POST),
        row(Word.BY_LETTER, "postat\nMvh", "POSTAT 2026-09-07", "", "it lies there, and a greeting", **TO_POST),
        row(Word.BY_LETTER, "postat på måfå", "POSTAT 2026-09-07", "”på måfå” är inget datum", "no day", **TO_POST),
        row(Word.BY_LETTER, "postat 2026-09-09", "POSTAT 2026-09-07", "inte har varit än", "a day to come",
            **TO_POST),
        row(Word.TYPE, "klag", "klagomål", "", "its beginning"),
        row(Word.TYPE, "klagomol", "klagomål", "? Menade du ”klagomål”?", "nearly"),
        row(Word.TYPE, "k", None, "”k” finns inte i listan", "one letter"),
        row(Word.TYPE, "?", None, "#TYP är inte ifyllt", "our own question mark"),
        row(Word.TYPE, "zebra", None, "”zebra” finns inte i listan för #TYP.", "none"),
        row(Word.HAND_OVER, "Sara Ask", SARA, "", "a colleague"),
        row(Word.HAND_OVER, "Sara Asg", SARA, "? Menade du Sara Ask, VA-ingenjör, Vatten och avlopp", "nearly"),
        row(Word.HAND_OVER, "Zorro", None, "”Zorro” finns inte bland kommunens handläggare", "nobody"),
        row(Word.CLOSE, "", None, "Skriv svaret under #SVAR", "not answered"),
        row(Word.CLOSE, "", None, "", "nobody waits", submitter=SILENT),
    ],
)  # fmt: skip
def test_what_an_order_is_answered_with(
    ekvik: RuleBook, word: Word, value: str, settled: str, said: str, case: dict[str, Any]
) -> None:
    [command], faults, doubts = obey.settle(a_plan(ekvik, **case), (Command(word, value),), TODAY)
    fault, doubt = ("", said[2:]) if said.startswith("?") else (said, "")
    assert (bool(faults), bool(doubts)) == (bool(fault), bool(doubt)), (faults, doubts)
    assert fault in " ".join(faults)
    assert doubt in " ".join(doubts)
    assert command.value == settled


@pytest.mark.parametrize(
    ("word", "value", "options"),
    [
        (Word.CATEGORY, "in", ("Information och webb", "Innehåll i tjänsten", "Intern synpunkt")),
        (Word.TYPE, "zebra", ("beröm", "fråga", "övrigt", "förslag", "klagomål")),
        (Word.TYPE, "klagomol", None),
        (Word.HAND_OVER, "Eva", ("eva.berg@ekvik.example", "eva.lind@ekvik.example")),
        (Word.KEYWORD, "?", None),
    ],
)
def test_what_an_order_may_mean_is_asked_by_number(
    ekvik: RuleBook, word: Word, value: str, options: tuple[str, ...] | None
) -> None:
    orders = (Command(Word.INTERNAL, "Ringt."), Command(word, value))
    found = obey.left_open(a_plan(ekvik), orders, TODAY)
    assert (found and found.options) == options
    if found:
        assert found.orders == (Command(Word.INTERNAL, "Ringt."), Command(word)), "the number is a yes to the rest"
        assert found.written == Command(word, value)


@pytest.mark.parametrize(
    "orders",
    [
        (Command(Word.TYPE, "zebra"), Command(Word.CATEGORY, "in")),
        (Command(Word.TYPE, "zebra"), Command(Word.DELAYED, "?")),
    ],
)
def test_two_unclear_orders_are_not_asked_by_number(ekvik: RuleBook, orders: tuple[Command, ...]) -> None:
    assert obey.left_open(a_plan(ekvik), orders, TODAY) is None


@pytest.mark.parametrize(
    ("posted", "case", "settled", "asks"),
    [
        ("answer", TO_POST, "POSTAT 2026-09-07 answer", False),
        ("answer", {"submitter": BY_LETTER}, "POSTAT 2026-09-07", True),
        ("receipt", RECEIPT_TO_POST, "POSTAT 2026-09-07 receipt", False),
        ("receipt", {"submitter": BY_LETTER}, "POSTAT 2026-09-07", True),
        ("delay", {"submitter": BY_LETTER}, "POSTAT 2026-09-07 delay", False),
    ],
)
def test_hjo_56_which_letter_is_posted_is_said_by_the_mail_that_is_answered(
    ekvik: RuleBook, posted: str, case: dict[str, Any], settled: str, asks: bool
) -> None:
    plan = a_plan(ekvik, **case)
    plan.posted = posted
    [order], faults, doubts = obey.settle(plan, (Command(Word.BY_LETTER, "postat"),), TODAY)
    assert (order.value, faults, bool(doubts)) == (settled, [], asks)
