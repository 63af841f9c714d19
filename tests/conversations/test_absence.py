"""An officer is away: remembered, one question about all cases, one word that moves them, and one that moves them back.

Ekvik: Bo Ek is an officer of Gata och park, Maria Lund its manager and his substitute; hers is Eva Berg, the head.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from service.core.cases import Status
from service.core.rules.choices import Absence, Triage
from service.core.rules.rulebook import RuleBook
from service.desk.database import Database
from tests.conversations.conftest import MONDAY
from tests.conversations.town import ANNA, BO, EVA, MARIA, REGISTRAR, Letter, Town

HOLE = "Det är ett stort hål i asfalten på Storgatan."
AWAY = "Jag har semester till och med fredag 2 oktober."
SARA = "sara.ask@ekvik.example"
JONAS = "jonas.vik@ekvik.example"


def cases(town: Town, amount: int) -> list[Letter]:
    """So many people write of holes; the assignments that Bo gets."""
    before = len(town.cases())
    for number in range(before, before + amount):
        town.writes(f"Anna {number} <anna{number}@example.org>", HOLE, subject=f"Hål nummer {number}")
    return town.letters("assignment", BO)


def is_away(town: Town, letter: Letter, text: str = AWAY, who: str = BO) -> None:
    """The mail system of the letter's reader answers by itself."""
    headers = [("Auto-Submitted", "auto-replied"), ("X-Auto-Response-Suppress", "All")]
    raw = town.mail(who, text, answers=letter, headers=headers, quote=False)
    town.receives(raw.replace(b"Subject: Sv:", b"Subject: Automatiskt svar:"))


def said(letter: Letter) -> str:
    """The letter's text, however its lines are broken."""
    return " ".join(letter.text.split())


def officers(town: Town) -> list[str]:
    return [case.officer for case in town.cases()]


@pytest.fixture
def asked(town: Town) -> Letter:
    """Bo is away, and has three cases."""
    is_away(town, cases(town, 3)[0])
    return town.letter("question", REGISTRAR)


# --- the question ----------------------------------------------------------------------------------------------------


def test_s17_the_registrar_is_asked_once_with_all_cases_and_the_substitute(town: Town, asked: Letter) -> None:
    """S17: no answer, no word to a citizen, no clock stopped; one mail, however many letters meet the absence."""
    assert "Bo Ek är borta till och med fredag 2 oktober 2026." in said(asked)
    assert "Ersättare är Maria Lund, enhetschef." in said(asked)
    assert "Bo Ek har tre ärenden som inte är besvarade." in said(asked)
    for case in town.cases():
        assert f"{case.number}: {case.title}, svara senast 21 september." in said(asked)
        assert case.status is Status.ASSIGNED
        assert case.running
    assert "Nya ärenden går fortfarande till Bo Ek." in said(asked)
    assert "Bo" not in asked.subject
    assert asked.number == ""
    assert town.letters("answer") == []
    so_far = len(town.sent)
    for letter in town.letters("assignment", BO):
        is_away(town, letter)
    assert len(town.sent) == so_far
    assert len(town.letters(to="anna0@example.org")) == 1


def test_one_yes_hands_all_over_and_each_can_be_answered(town: Town, asked: Letter) -> None:
    town.writes(REGISTRAR, "JA", answers=asked)
    assert officers(town) == [MARIA] * 3
    assignments = town.letters("assignment", MARIA)
    assert [x.number for x in assignments] == [case.number for case in town.cases()]
    assert "Bo Ek är borta till och med fredag 2 oktober 2026. Därför har du fått den." in said(assignments[0])
    echo = town.letter("echo", REGISTRAR)
    assert "Tre ärenden är överlämnade till Maria Lund" in said(echo)
    assert len(town.letters("handover")) == 3
    assert len(town.cases()) == 3, "the yes is no case"
    town.writes(REGISTRAR, "JA", answers=asked)
    assert len(town.letters("assignment", MARIA)) == 3, "a second yes finds nothing to move"
    town.writes(MARIA, "#SVAR\nHålet är lagat.\n#PUBLICERA NEJ", answers=assignments[0])
    assert town.cases()[0].status is Status.ANSWERED


@pytest.mark.parametrize(
    "words",
    [
        "Sara Ask",
        "JA, men till Sara Ask",
        "Nej, Sara Ask",
        "Ge dem till Sara Ask i stället",
        "Sara tar dem",
        "sara.ask@ekvik.example",
        "#ÖVERLÄMNA Sara Ask",
    ],
)
def test_a_name_hands_over_to_that_colleague(town: Town, asked: Letter, words: str) -> None:
    town.writes(REGISTRAR, f"{words}\n\nMvh\nRut Alm", answers=asked)
    assert officers(town) == [SARA] * 3


@pytest.mark.parametrize("words", ["NEJ", "Nej tack", "vänta", "Nej\n/Rut"])
def test_a_no_keeps_them_and_may_become_a_yes(town: Town, asked: Letter, words: str) -> None:
    town.writes(REGISTRAR, words, answers=asked)
    assert officers(town) == [BO] * 3
    assert "Inget är flyttat" in said(town.letter("echo", REGISTRAR))
    town.writes(REGISTRAR, "Ja tack", answers=asked)
    assert officers(town) == [MARIA] * 3


@pytest.mark.parametrize("words", ["Vad menas?", "Sahra Assk", "kund@example.org", "Ja, på fredag", "Bo Ek"])
def test_what_is_unclear_moves_nothing_and_is_asked_again(town: Town, asked: Letter, words: str) -> None:
    """Nobody outside the directory ever gets a case."""
    town.writes(REGISTRAR, words, answers=asked)
    assert officers(town) == [BO] * 3
    again = town.letters("question", REGISTRAR)[-1]
    assert "Därför har vi inte flyttat något" in said(again)
    assert town.letters(to="kund@example.org") == []
    town.writes(REGISTRAR, "JA", answers=again)
    assert officers(town) == [MARIA] * 3


def test_another_word_after_a_yes_counts(town: Town, asked: Letter) -> None:
    """A second thought: to somebody else, or not at all."""
    town.writes(REGISTRAR, "JA", answers=asked)
    town.writes(REGISTRAR, "Sara Ask", answers=asked)
    assert officers(town) == [SARA] * 3
    assert "Ångrar du dig? Svara NEJ, så går allt tillbaka till Bo Ek." in said(town.letters("echo", REGISTRAR)[-1])
    town.writes(REGISTRAR, "NEJ", answers=town.letters("echo", REGISTRAR)[-1])
    assert officers(town) == [BO] * 3
    assert "Tre ärenden är överlämnade till Bo Ek" in said(town.letters("echo", REGISTRAR)[-1])
    town.writes(REGISTRAR, "JA", answers=asked)
    assert officers(town) == [MARIA] * 3


def test_whoever_gets_the_question_instead_may_answer_it(town: Town) -> None:
    """The registrar's mailbox is full: the question passes on to the next person, and a yes from there counts."""
    letter = cases(town, 1)[0]
    town.refuses[REGISTRAR] = "552 5.2.2 mailbox full"
    is_away(town, letter)
    question = next(x for x in town.letters("question") if "En handläggare är borta" in x.subject)
    assert question.to != REGISTRAR
    town.writes(question.to, "JA", answers=question)
    assert officers(town) == [MARIA]


def test_a_registrar_who_is_away_too_is_not_waited_for(town: Town, asked: Letter) -> None:
    is_away(town, asked, "Jag är tillbaka måndag 19 oktober.", who=REGISTRAR)
    again = next(x for x in town.letters("question") if x.to != REGISTRAR)
    assert "Rut Alm är borta och svarar inte på frågan." in said(again)
    assert "Bo Ek är borta till och med fredag 2 oktober 2026." in said(again)
    town.writes(again.to, "JA", answers=again)
    assert officers(town) == [MARIA] * 3


def test_a_reply_that_nothing_proves_is_asked_about_and_silences_no_reminder(town: Town) -> None:
    """Anybody could have written it: the registrar's word makes it certain."""
    number = cases(town, 1)[0].number
    headers = [("Auto-Submitted", "auto-replied")]
    subject = f"Automatiskt svar: Nytt ärende [{number}]"
    town.writes(BO, AWAY, subject=subject, headers=headers, authenticated=False)
    question = town.letter("question", REGISTRAR)
    town.waits_until("2026-09-16 09:00")
    assert len(town.letters("reminder", BO)) == 1
    town.writes(REGISTRAR, "NEJ, Bo har dem kvar", answers=question)
    assert officers(town) == [BO]


def test_what_has_changed_meanwhile_stays_as_it_is(town: Town, asked: Letter) -> None:
    first, second, _ = town.letters("assignment", BO)
    town.writes(MARIA, "#ÖVERLÄMNA sara.ask@ekvik.example", answers=None, subject=first.number)
    town.writes(MARIA, "#SVAR\nLagat.\n#PUBLICERA NEJ", subject=second.number)
    town.writes(REGISTRAR, "JA", answers=asked)
    assert officers(town) == [SARA, BO, MARIA]
    echo = said(town.letters("echo", REGISTRAR)[-1])
    assert "Ett ärende är överlämnat till Maria Lund" in echo
    assert f"Inte flyttat, eftersom det är besvarat, avslutat eller redan hos någon annan: {first.number}" in echo


def test_nobody_else_decides(town: Town, asked: Letter) -> None:
    """A copy of the question proves nothing for others, and their yes becomes no case."""
    for writer, authenticated in ((ANNA, False), (SARA, True), (REGISTRAR, False)):
        reply = town.mail(writer, "JA", answers=asked, authenticated=authenticated)
        town.receives(reply if authenticated or writer == ANNA else reply.replace(b"In-Reply-To", b"X-Not"))
        assert officers(town)[:3] == [BO] * 3


def test_another_registrar_may_decide(town: Town, asked: Letter) -> None:
    """The question went to the function address; a colleague at the registry answers as herself."""
    town.writes("registrator.bygg@ekvik.example", "JA", answers=asked)
    assert officers(town) == [MARIA] * 3


# --- who stands in ---------------------------------------------------------------------------------------------------


def test_a_substitute_who_is_away_too_gives_way_to_the_next(town: Town) -> None:
    first = cases(town, 1)[0]
    town.writes(MARIA, "#INTERNT\nSer på det.", subject=first.number)
    is_away(town, town.letters("echo", MARIA)[0], who=MARIA)
    assert town.letters("question") == [], "she has no cases"
    is_away(town, first)
    assert "Eva Berg" in said(town.letter("question", REGISTRAR))
    town.writes(REGISTRAR, "Maria Lund", answers=town.letter("question", REGISTRAR))
    assert "Maria Lund är borta till och med fredag 2 oktober 2026." in said(town.letters("question", REGISTRAR)[-1])
    assert officers(town) == [BO]


def test_the_one_named_in_the_reply_counts_only_in_the_directory(database: Database, ekvik: RuleBook) -> None:
    town = Town(database, without_substitutes(ekvik), MONDAY)
    letter = cases(town, 1)[0]
    is_away(town, letter, f"{AWAY} Kontakta min kusin, kusin@example.org.")
    assert "Ingen ersättare är utsedd. Vårt förslag är Maria Lund" in said(town.letter("question", REGISTRAR))
    assert all("kusin@example.org" not in x.text + x.to for x in town.sent)


def test_the_one_named_in_the_reply_is_proposed(database: Database, ekvik: RuleBook) -> None:
    town = Town(database, without_substitutes(ekvik), MONDAY)
    is_away(town, cases(town, 1)[0], f"{AWAY} Kontakta Jonas Vik, jonas.vik@ekvik.example.")
    assert "Bo Ek hänvisar till Jonas Vik" in said(town.letter("question", REGISTRAR))
    town.writes(REGISTRAR, "JA", answers=town.letter("question", REGISTRAR))
    assert officers(town) == [JONAS]


def without_substitutes(book: RuleBook) -> RuleBook:
    people = [person.model_copy(update={"substitute": None}) for person in book.people.people]
    directory = book.people.model_copy(update={"people": tuple(people)})
    return RuleBook(municipality=book.municipality, people=directory, routing=book.routing, forms=book.forms)


def with_auto(book: RuleBook) -> RuleBook:
    changed = book.municipality.model_copy(update={"absence": Absence.AUTO})
    return book.model_copy(update={"municipality": changed})


def test_whoever_gives_a_case_to_somebody_absent_is_told(town: Town, asked: Letter) -> None:
    town.writes("Per <per@example.org>", "Xyz abc.", subject="Qwerty")
    town.writes(REGISTRAR, "#ÖVERLÄMNA Bo Ek", answers=town.letter("assignment", REGISTRAR))
    assert "Bo Ek är borta till och med fredag 2 oktober 2026." in said(town.letters("echo", REGISTRAR)[-1])


def test_the_registrar_who_confirms_each_case_sees_who_is_away(database: Database, ekvik: RuleBook) -> None:
    municipality = ekvik.municipality.model_copy(update={"triage": Triage.REGISTRAR_FIRST})
    town = Town(database, ekvik.model_copy(update={"municipality": municipality}), MONDAY)
    town.writes(ANNA, HOLE)
    town.writes(REGISTRAR, "JA", answers=town.letter("assignment", REGISTRAR))
    is_away(town, town.letter("assignment", BO))
    town.writes("Per <per@example.org>", HOLE, subject="Hål")
    assert "Bo Ek är borta till och med fredag 2 oktober 2026." in said(town.letters("assignment", REGISTRAR)[-1])


# --- how long --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Jag är åter lördag 3 oktober.", "borta till och med fredag 2 oktober 2026."),
        ("Jag har semester till den 14 december.", "borta till och med söndag 13 december 2026."),
        ("Jag är inte på kontoret.", "borta, och vi vet inte hur länge."),
    ],
)
def test_until_when_as_people_say_it(town: Town, text: str, told: str) -> None:
    is_away(town, cases(town, 1)[0], text)
    assert f"Bo Ek är {told}" in said(town.letter("question", REGISTRAR))


def test_a_day_off_is_nobodys_concern_and_a_longer_absence_is_told(town: Town) -> None:
    letter = cases(town, 1)[0]
    is_away(town, letter, "Jag är ledig i dag och åter tisdag 8 september.")
    assert town.letters("question") == []
    is_away(town, letter)
    assert town.letter("question", REGISTRAR)


def test_a_forged_reply_is_not_believed(town: Town) -> None:
    letter = cases(town, 1)[0]
    forged = town.mail(BO, AWAY, answers=letter, headers=[("Auto-Submitted", "auto-replied")], quote=False)
    town.receives(forged.replace(b"dmarc=pass", b"dmarc=fail"))
    assert town.letters("question") == []


# --- the return ------------------------------------------------------------------------------------------------------


def test_on_the_first_working_morning_one_yes_hands_back(town: Town, asked: Letter) -> None:
    """Away till Friday 2 October: asked on Monday, about what is still open."""
    town.writes(REGISTRAR, "JA", answers=asked)
    town.writes(MARIA, "#SVAR\nLagat.\n#PUBLICERA NEJ", answers=town.letters("assignment", MARIA)[0])
    town.waits_until("2026-10-05 07:29")
    assert len(town.letters("question", REGISTRAR)) == 1
    town.waits_until("2026-10-05 09:00")
    back = town.letters("question", REGISTRAR)[-1]
    assert back.subject == "En handläggare är tillbaka"
    assert "Bo Ek är tillbaka." in said(back)
    assert "Två ärenden som Maria Lund tog över är inte besvarade." in said(back)
    assert "försenat, sista dag var 21 september." in said(back)
    before = len(town.letters("assignment", BO))
    town.writes(REGISTRAR, "JA", answers=back)
    assert officers(town) == [MARIA, BO, BO]
    mine = town.letters("assignment", BO)[before:]
    assert len(mine) == 2
    assert "Den är din igen." in said(mine[0])
    town.waits_until("2026-10-07 09:00")
    assert len(town.letters("question", REGISTRAR)) == 2, "asked once"


def test_whoever_writes_is_back(town: Town, asked: Letter) -> None:
    town.writes(REGISTRAR, "JA", answers=asked)
    town.passes(days=2)
    town.writes(BO, "#INTERNT\nJag är tillbaka tidigare.", subject=town.cases()[0].number)
    town.looks_at_the_clock()
    back = town.letters("question", REGISTRAR)[-1]
    assert "Tre ärenden som Maria Lund tog över" in said(back)
    town.writes(REGISTRAR, "NEJ", answers=back)
    assert officers(town) == [MARIA] * 3


def test_an_absence_without_an_end_is_asked_about_after_a_month(town: Town) -> None:
    is_away(town, cases(town, 1)[0], "Jag är inte på kontoret.")
    town.writes(REGISTRAR, "JA", answers=town.letter("question", REGISTRAR))
    town.now = MONDAY + timedelta(days=29)
    town.looks_at_the_clock()
    assert len(town.letters("question")) == 1
    town.passes(days=1)
    assert "Bo Ek sa inte hur länge frånvaron skulle vara." in said(town.letters("question", REGISTRAR)[-1])


def test_without_anything_handed_over_a_return_is_silent(town: Town, asked: Letter) -> None:
    so_far = len(town.letters("question"))
    town.waits_until("2026-10-06 09:00")
    assert len(town.letters("question")) == so_far


# --- at once ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def auto(database: Database, ekvik: RuleBook) -> Town:
    """Ekvik where a substitute of the same unit gets new cases at once."""
    return Town(database, with_auto(ekvik), MONDAY)


def test_auto_gives_new_cases_to_the_substitute_and_says_why(auto: Town) -> None:
    is_away(auto, cases(auto, 2)[1])
    assert officers(auto) == [BO, MARIA], "the case whose assignment met the absence is new"
    question = auto.letter("question", REGISTRAR)
    assert "Bo Ek har ett ärende som inte är besvarat." in said(question)
    assert "Nya ärenden går direkt till Maria Lund så länge." in said(question)
    auto.writes(ANNA, HOLE)
    newest = auto.cases()[-1]
    assert newest.officer == MARIA
    assert "Därför har du fått den." in said(auto.letters("assignment", MARIA)[-1])
    assert auto.letters("receipt", "anna.ek@example.org")
    auto.writes(REGISTRAR, "JA", answers=question)
    assert "Nya ärenden går direkt till Maria Lund så länge." in said(auto.letters("echo", REGISTRAR)[-1])


def test_auto_takes_no_substitute_of_another_unit(database: Database, ekvik: RuleBook) -> None:
    auto = Town(database, with_auto(without_substitutes(ekvik)), MONDAY)
    is_away(auto, cases(auto, 1)[0], f"{AWAY} Kontakta Jonas Vik, jonas.vik@ekvik.example.")
    auto.writes(ANNA, HOLE)
    assert officers(auto) == [BO, BO]
    assert "Nya ärenden går fortfarande till Bo Ek." in said(auto.letter("question", REGISTRAR))


def test_auto_hands_back_without_asking(auto: Town) -> None:
    is_away(auto, cases(auto, 2)[1])
    auto.writes(REGISTRAR, "JA", answers=auto.letter("question", REGISTRAR))
    auto.writes(ANNA, HOLE)
    assert officers(auto) == [MARIA] * 3
    auto.waits_until("2026-10-05 09:00")
    assert officers(auto) == [BO, BO, MARIA], "what came in meanwhile stays where it is"
    assert len(auto.letters("question")) == 1
    taken = [x for x in auto.letters("information", MARIA) if "gått tillbaka" in x.subject]
    assert len(taken) == 1
    assert all(case.number in taken[0].text for case in auto.cases()[:2])


# --- while it lasts --------------------------------------------------------------------------------------------------


def test_new_cases_that_fall_due_meanwhile_are_told_together_next_morning(town: Town, asked: Letter) -> None:
    town.passes(hours=1)
    cases(town, 2)
    assert len(town.letters("question")) == 1
    town.waits_until("2026-09-08 08:00")
    more = town.letters("question", REGISTRAR)[-1]
    assert "har Bo Ek fått två ärenden till som ska besvaras under tiden." in said(more)
    town.waits_until("2026-09-10 08:00")
    assert len(town.letters("question")) == 2
    town.writes(REGISTRAR, "JA", answers=more)
    assert officers(town) == [BO, BO, BO, MARIA, MARIA]


def test_reminders_go_to_whoever_stands_in_and_escalations_say_it(town: Town, asked: Letter) -> None:
    town.writes(REGISTRAR, "NEJ", answers=asked)
    town.waits_until("2026-09-22 09:00")
    assert town.letters("reminder") == []
    told = town.letters("escalation", MARIA)
    assert told
    assert all("Bo Ek är borta till och med fredag 2 oktober 2026." in said(x) for x in town.letters("escalation"))
    assert len({(x.at, x.number) for x in told}) == len(told), "once for each step"


def test_a_reminder_is_left_out_where_the_officer_is_back_in_time(town: Town) -> None:
    is_away(town, cases(town, 1)[0], "Jag är åter fredag 18 september.")
    town.writes(REGISTRAR, "NEJ", answers=town.letter("question", REGISTRAR))
    town.waits_until("2026-09-17 09:00")
    assert town.letters("reminder") + town.letters("escalation") == []
    assert any("left out" in text for _, text in town.journal())
    town.waits_until("2026-09-18 09:00")
    assert town.letters("reminder", BO)


def test_where_the_manager_is_away_too_the_head_is_told(town: Town, asked: Letter) -> None:
    town.writes(MARIA, "#INTERNT\nSer på det.", subject=town.cases()[0].number)
    is_away(town, town.letters("echo", MARIA)[0], who=MARIA)
    town.waits_until("2026-09-22 09:00")
    assert town.letters("escalation", MARIA) == []
    assert {x.number for x in town.letters("escalation", EVA)} == {case.number for case in town.cases()}


def test_what_an_absent_registrar_gets_another_registrar_reads_too(database: Database, ekvik: RuleBook) -> None:
    """An unrouted mail, and a yes to what the rules propose: the other registrar's word counts."""
    directory = ekvik.people.model_copy(update={"registrars": (REGISTRAR, EVA)})
    municipality = ekvik.municipality.model_copy(update={"triage": Triage.REGISTRAR_FIRST})
    book = RuleBook(municipality=municipality, people=directory, routing=ekvik.routing, forms=ekvik.forms)
    town = Town(database, book, MONDAY)
    town.writes(ANNA, HOLE)
    is_away(town, town.letter("assignment", REGISTRAR), who=REGISTRAR)
    town.writes("Per <per@example.org>", "Hål i asfalten på Parkgatan.", subject="Hål")
    copy = town.letter("assignment", EVA)
    assert "Rut Alm är borta till och med fredag 2 oktober 2026. Därför har du också fått det här mejlet." in said(copy)
    assert len(town.letters("assignment", REGISTRAR)) == 2
    town.writes(EVA, "JA", answers=copy)
    assert officers(town) == ["", BO]
    town.writes(REGISTRAR, "JA", answers=town.letters("assignment", REGISTRAR)[0])
    town.writes("Eva <eva@example.org>", HOLE, subject="Hål igen")
    assert len(town.letters("assignment", EVA)) == 1, "she is back"


# --- a mailbox that is full or gone ----------------------------------------------------------------------------------


def test_a_bounced_assignment_goes_the_same_way(town: Town) -> None:
    cases(town, 2)
    town.refuses[BO] = "552 5.2.2 mailbox full"
    cases(town, 1)
    question = town.letter("question", REGISTRAR)
    assert "Mejl till Bo Ek kommer inte fram" in said(question)
    assert "Bo Ek har tre ärenden som inte är besvarade." in said(question)
    assert "full" in said(question)
    assert town.letters("alert") == []
    town.writes(REGISTRAR, "JA", answers=question)
    assert officers(town) == [MARIA] * 3
    del town.refuses[BO]
    town.passes(days=1)
    town.passes(hours=2)
    assert "Mejl till Bo Ek kommer fram igen." in said(town.letters("question", REGISTRAR)[-1])


def test_auto_gives_new_cases_of_a_dead_address_to_the_substitute(auto: Town) -> None:
    auto.refuses[BO] = "550 5.1.1 no such user"
    cases(auto, 2)
    assert officers(auto) == [MARIA] * 2
    assert len(auto.letters("assignment", MARIA)) == 2, "each once"
    assert "Mejl till Bo Ek kommer inte fram" in said(auto.letters("assignment", MARIA)[0])
    assert BO in auto.letter("alert", REGISTRAR).text
    del auto.refuses[BO]
    auto.passes(days=1)
    assert auto.letters("assignment", BO) == [], "what has gone to the substitute is not sent to him afterwards"


# --- secrets ---------------------------------------------------------------------------------------------------------


def test_a_secret_case_stands_there_by_number_and_day_and_stays(town: Town) -> None:
    letter = cases(town, 1)[0]
    town.writes(ANNA, "Min son är placerad på HVB och Karin svarar inte.", subject="Klagomål på Karin")
    secret = town.cases()[1]
    town.writes(REGISTRAR, "#ÖVERLÄMNA bo.ek@ekvik.example", subject=secret.number)
    is_away(town, letter)
    question = town.letter("question", REGISTRAR)
    assert f"{secret.number}, svara senast 21 september." in said(question)
    assert "Karin" not in said(question)
    town.writes(REGISTRAR, "JA", answers=question)
    assert officers(town) == [MARIA, BO]
    town.waits_until("2026-09-18 09:00")
    assert all(x.to not in {MARIA, EVA} for x in town.letters("escalation") if x.number == secret.number)


def test_the_registrar_is_asked_about_an_absent_colleague_once_a_day_at_most(town: Town) -> None:
    """Asked before the office opens, with a case that comes after it: the next morning's question has that one."""
    town.waits_until("2026-09-08 05:30")
    is_away(town, cases(town, 1)[0])
    assert len(town.letters("question", REGISTRAR)) == 1
    town.writes("Gun <gun@example.org>", "Ett hål i asfalten på Parkgatan.", subject="Hål")
    town.waits_until("2026-09-08 17:00")
    assert len(town.letters("question", REGISTRAR)) == 1
    town.waits_until("2026-09-09 12:00")
    assert town.cases()[1].number in said(town.letters("question", REGISTRAR)[1])
