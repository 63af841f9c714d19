"""The morning mail: one a person and working day, in place of single reminders, and silent when there is nothing."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime
from urllib.parse import unquote

import pytest
from sqlalchemy import insert

from service.core.cases import Status
from service.core.people.absence import Absent
from service.core.rules.choices import Triage
from service.core.rules.rulebook import RuleBook
from service.desk import absences
from service.desk.database import Database
from service.desk.tables import stopped
from service.desk.turn import turn
from tests.conversations.conftest import MONDAY
from tests.conversations.town import ANNA, BO, MARIA, REGISTRAR, STOCKHOLM, Letter, Town

HOLE = "Det är ett stort hål i asfalten på Storgatan."
LAMP = "Lampan vid Ekstigen är släckt."


def with_digest(ekvik: RuleBook, **wanted: object) -> RuleBook:
    """Ekvik where the morning mail goes to those that are named."""
    digest = ekvik.municipality.digest.model_copy(update=wanted)
    return ekvik.model_copy(update={"municipality": ekvik.municipality.model_copy(update={"digest": digest})})


def with_triage_first(ekvik: RuleBook) -> RuleBook:
    """Ekvik where rules only propose."""
    first = ekvik.municipality.model_copy(update={"triage": Triage.REGISTRAR_FIRST})
    return ekvik.model_copy(update={"municipality": first})


@pytest.fixture
def morning(database: Database, ekvik: RuleBook) -> Town:
    """Ekvik with the morning mail for everybody."""
    return Town(database, with_digest(ekvik, officers=True, managers=True, registrars=True), MONDAY)


def at(local: str) -> datetime:
    return datetime.fromisoformat(local).replace(tzinfo=STOCKHOLM)


def said(letter: Letter) -> str:
    """The text of a letter without its line breaks."""
    return " ".join(letter.text.split())


def digests(town: Town, to: str = "") -> list[tuple[str, str]]:
    return [(f"{x.at:%m-%d %H:%M}", x.subject) for x in town.letters("digest", to)]


def test_the_officers_mornings_take_the_place_of_reminders_and_not_of_escalations(morning: Town) -> None:
    morning.writes(ANNA, HOLE)
    morning.waits_until("2026-09-22 08:00")
    assert morning.letters("reminder") == []
    assert [x.to for x in morning.letters("escalation")] == [MARIA]
    mine = digests(morning, BO)
    assert mine[0] == ("09-08 07:30", "Du har ett ärende")
    assert [day for day, _ in mine if day[:5] in {"09-12", "09-13", "09-19", "09-20"}] == [], "working days alone"
    assert mine[-3:] == [
        ("09-18 07:30", "Du har ett ärende, det ska besvaras på måndag"),
        ("09-21 07:30", "Du har ett ärende, det ska besvaras i dag"),
        ("09-22 07:30", "Du har ett ärende, det är försenat"),
    ]


def test_cases_stand_in_order_of_urgency_with_a_link_each_and_numbers_without_brackets(morning: Town) -> None:
    morning.writes(ANNA, HOLE)
    morning.now = at("2026-09-18 10:00")
    morning.writes(ANNA, LAMP, subject="Släckt lampa")
    morning.now = at("2026-09-22 07:30")
    morning.looks_at_the_clock()
    first, second = morning.cases()
    letter = morning.letters("digest", BO)[-1]
    assert letter.subject == "Du har två ärenden, ett är försenat"
    assert letter.text.index(first.number) < letter.text.index(second.number)
    assert f"”Hål i vägen”, sista dag var 21 september, för en arbetsdag sedan. Svara i {first.number}" in said(letter)
    assert "svara senast 2 oktober, om åtta arbetsdagar" in said(letter)
    assert f"[{first.number}]" not in said(letter) + letter.html + letter.subject
    assert letter.number == ""
    assert letter.html.count("mailto:synpunkten@ekvik.example") == 2


def test_the_manager_sees_what_is_late_or_soon_due_with_officer_and_absence(morning: Town) -> None:
    morning.writes(ANNA, HOLE)
    with morning.database.transaction() as s:
        absences.remember(s, "ekvik", Absent(BO, MONDAY, until=date(2026, 9, 26), asked=(morning.case().number,)))
    morning.waits_until("2026-09-21 08:00")
    assert digests(morning, BO) == [], "whoever is away is not written to"
    assert [subject for _, subject in digests(morning, MARIA)] == [
        "Ett ärende på dina enheter brådskar, det ska besvaras på måndag",
        "Ett ärende på dina enheter brådskar, det ska besvaras i dag",
    ]
    assert "Hos Bo Ek, som är borta till och med 25 september." in said(morning.letters("digest", MARIA)[-1])


def test_a_secret_case_shows_its_date_alone(morning: Town) -> None:
    morning.writes(ANNA, "Min son är placerad på HVB och Karin svarar inte.", subject="Klagomål på Karin")
    assert morning.case().secrecy
    morning.passes(days=1)
    text = "".join(x.text + x.html + x.subject for x in morning.letters("digest"))
    assert morning.case().number in text
    assert "Ärende med sekretess, svara senast 21 september" in " ".join(text.split())
    for word in ("Klagomål", "Karin", "HVB", "placerad"):
        assert word not in text


def test_once_a_day_whoever_looks_and_however_often(morning: Town) -> None:
    morning.writes(ANNA, HOLE)
    morning.now = at("2026-09-08 07:30")
    for _ in range(3):
        morning.looks_at_the_clock()
    again = Town(morning.database, morning.book, at("2026-09-08 11:00"))  # a second daemon, or the first anew
    again.looks_at_the_clock()
    assert len(morning.letters("digest")) == 1
    assert again.letters("digest") == []


def test_after_a_standstill_only_the_mail_of_the_day(morning: Town) -> None:
    morning.writes(ANNA, HOLE)
    morning.now = at("2026-09-15 14:00")
    morning.looks_at_the_clock()
    assert digests(morning, BO) == [("09-15 14:00", "Du har ett ärende")]
    morning.now = at("2026-09-16 16:30")  # the office has closed
    morning.looks_at_the_clock()
    assert len(morning.letters("digest")) == 1


def test_empty_mornings_are_silent_and_a_case_of_the_day_waits_for_the_next(morning: Town) -> None:
    morning.passes(days=1)
    assert morning.letters("digest") == []
    morning.writes(ANNA, HOLE)
    morning.passes(hours=1)
    assert morning.letters("digest") == [], "the officer has just got it"


def test_each_setting_is_for_itself(database: Database, ekvik: RuleBook) -> None:
    """Managers alone: officers are reminded singly as before."""
    town = Town(database, with_digest(ekvik, managers=True), MONDAY)
    town.writes(ANNA, HOLE)
    town.waits_until("2026-09-18 08:00")
    assert {x.to for x in town.letters("digest")} == {MARIA}
    assert len(town.letters("reminder", BO)) == 2


def test_without_the_key_all_stays_as_it_is(town: Town) -> None:
    town.writes(ANNA, HOLE)
    town.waits_until("2026-09-18 08:00")
    assert town.letters("digest") == []
    assert len(town.letters("reminder", BO)) == 2


# --- the registrar's list -------------------------------------------------------------------------------------------

KERB = "Asfaltkanten är trasig vid busshållplatsen."
BRIDGE = "Riksvägsbron är hal."
ARMS = "Jag har en fundering om kommunens vapen."


@pytest.fixture
def listed(morning: Town) -> Letter:
    """Three mails that no rule knows, on the next morning's list."""
    for text in (KERB, BRIDGE, ARMS):
        morning.writes(ANNA, text, subject="Fundering")
    morning.waits_until("2026-09-08 07:30")
    return morning.letter("digest", REGISTRAR)


def numbers(town: Town) -> list[str]:
    return [case.number for case in town.cases()]


def officers(town: Town) -> list[str]:
    return [case.officer for case in town.cases()]


def test_the_registrar_gets_all_unrouted_mails_in_one_list_with_numbered_guesses_and_why(
    morning: Town, listed: Letter
) -> None:
    first, second, _ = numbers(morning)
    assert listed.subject == "Tre ärenden ska fördelas"
    assert f"{first}, kom in 7 september kl. 09.12, svara senast 21 september" in said(listed)
    assert "Förslag: 1 Gata och park (Bo Ek) Därför: ordet ”Asfaltkanten” liknar ”asfalt”" in said(listed)
    assert "Förslag: 1 Trafikverket " in said(listed)
    assert f"[{second}]" not in listed.text + listed.html


def test_lines_of_every_sort_are_done_and_told_in_one_echo(morning: Town, listed: Letter) -> None:
    first, second, third = numbers(morning)
    morning.writes(REGISTRAR, f"Hej!\n\n1 1\n{second[7:12]} förskola\n{third} Sara Ask\n\nMvh Rut", answers=listed)
    assert officers(morning) == [BO, "anna.kvist@ekvik.example", "sara.ask@ekvik.example"]
    echo = morning.letter("echo", REGISTRAR)
    for number in (first, second, third):
        assert f"{number}: Ärendet är överlämnat till" in said(echo)
    assert morning.letters("question") == []
    assert len(morning.letters("assignment", BO)) == 1


def test_ja_takes_the_first_guess_and_another_authority_closes_the_case(morning: Town, listed: Letter) -> None:
    morning.writes(REGISTRAR, "1 JA\n2: Ja tack", answers=listed)
    first, second, third = morning.cases()
    assert (first.officer, second.status, third.status) == (BO, Status.CLOSED, Status.TRIAGE)
    assert "Trafikverket" in said(morning.letter("referral", "anna.ek@example.org"))


def test_the_registrar_hears_that_nobody_can_be_referred_at_the_address(morning: Town, listed: Letter) -> None:
    """A letter to it has failed since: the case is closed, and somebody finds another way to its submitter."""
    with turn(morning.desk, morning.now) as work:
        row = {"email": "anna.ek@example.org", "since": morning.now, "because": "refused", "lasting": False}
        work.s.execute(insert(stopped).values(row))
    morning.writes(REGISTRAR, "2: Ja tack", answers=listed)
    echo = said(morning.letter("echo", REGISTRAR))
    assert "Ärendet är avslutat med hänvisning till Trafikverket." in echo
    assert "har inte fått hänvisningen: det går inte att skicka mejl dit." in echo
    assert morning.letters("referral") == []


def test_clear_lines_are_done_and_the_others_come_back_with_choices(morning: Town, listed: Letter) -> None:
    morning.writes(REGISTRAR, "1 7\n2 någon annan\n3 Sara Ask\n9 1\nRing mig om ettan.", answers=listed)
    assert officers(morning) == ["", "", "sara.ask@ekvik.example"]
    assert "överlämnat till Sara Ask" in said(morning.letter("echo", REGISTRAR))
    question = morning.letter("question", REGISTRAR)
    for words in ("1 7", "inget förslag med nummer 7", "1 Gata och park (Bo Ek)", "9 1", "finns inte i listan"):
        assert words in said(question)
    assert "Ring mig om ettan." in said(question)
    morning.writes(REGISTRAR, "1 1", answers=question)
    assert officers(morning)[0] == BO, "the numbers stay the same"


def test_two_lines_that_disagree_about_a_case_are_asked_about(morning: Town, listed: Letter) -> None:
    morning.writes(REGISTRAR, "1 1\n1 Sara Ask\n3 Sara Ask\n3 Sara Ask", answers=listed)
    assert officers(morning) == ["", "", "sara.ask@ekvik.example"]
    assert "säger olika saker" in said(morning.letter("question", REGISTRAR))
    assert len(morning.letters("assignment", "sara.ask@ekvik.example")) == 1


def test_an_old_list_moves_no_case_that_somebody_has_meanwhile(morning: Town, listed: Letter) -> None:
    morning.writes(REGISTRAR, "1 Sara Ask", answers=listed)
    morning.writes(REGISTRAR, "1 1", answers=listed)
    assert officers(morning)[0] == "sara.ask@ekvik.example"
    assert "väntar inte längre på att bli fördelat. Det finns hos Sara Ask" in said(morning.letter("question"))


def test_what_only_a_letter_of_ours_proves_waits_for_a_yes(morning: Town, listed: Letter) -> None:
    """The own server says nothing of the sender: a fresh letter to the registrar's address is answered first."""
    morning.writes(REGISTRAR, "1 1\n2 JA", answers=listed, authenticated=False)
    assert officers(morning) == ["", "", ""]
    question = morning.letter("question", REGISTRAR)
    assert "lämnas över till Bo Ek" in said(question)
    assert "hänvisas till Trafikverket" in said(question)
    morning.writes(REGISTRAR, "Ja tack", answers=question, authenticated=False)
    assert officers(morning)[0] == BO
    assert morning.cases()[1].status is Status.CLOSED


def test_nobody_else_s_answer_to_the_list_moves_a_case(morning: Town, listed: Letter) -> None:
    morning.writes(BO, "1 1", answers=listed)
    morning.writes(ANNA, "1 1", answers=listed, quote=False)
    assert officers(morning)[:3] == ["", "", ""]
    assert morning.letter("question", BO)


@pytest.mark.databases("sqlite", "postgresql")
def test_what_was_put_aside_stands_in_the_same_mail(morning: Town) -> None:
    morning.writes(ANNA, ARMS, subject="Fundering")
    headers = [("List-Unsubscribe", "<https://rea.example/av>"), ("Precedence", "bulk")]
    assert morning.writes("rea@butik.example", "Höstrea!", subject="Rea", headers=headers) == "Karantän"
    morning.waits_until("2026-09-08 12:00")
    letter = morning.letter("digest", REGISTRAR)
    assert letter.subject == "Ett ärende ska fördelas; ett mejl är lagt åt sidan"
    assert "från rea@butik.example. Rea." in said(letter)
    morning.writes(REGISTRAR, "SLÄPP IN 1\n1 Sara Ask", answers=letter)
    assert officers(morning) == ["sara.ask@ekvik.example"]
    morning.passes(minutes=1)
    assert len(morning.cases()) == 2
    assert morning.letters("question") == []


# --- answers to an officer's mail ---------------------------------------------------------------------------------


def test_an_officer_orders_by_lines_and_no_words_reach_a_citizen(morning: Town) -> None:
    morning.writes(ANNA, HOLE)
    morning.writes(ANNA, LAMP, subject="Släckt lampa")
    first, second = numbers(morning)
    morning.waits_until("2026-09-08 07:30")
    letter = morning.letter("digest", BO)
    morning.writes(
        BO, f"{first} #ÖVERLÄMNA Jonas Vik\n{second} #SVAR Hej Anna, nu lyser den.\nDet är lagat.", answers=letter
    )
    assert officers(morning) == ["jonas.vik@ekvik.example", BO]
    assert morning.letters("answer") == []
    question = morning.letter("question", BO)
    assert "skrivs i ett eget mejl" in said(question)
    assert "Det är lagat." in said(question)


@pytest.mark.parametrize("text", ["Hej Anna, hålet är lagat i dag. Hälsar Bo", "#SVAR\nHålet är lagat.", "#AVSLUTA"])
def test_a_plain_answer_to_the_morning_mail_is_asked_about_and_sent_to_nobody(morning: Town, text: str) -> None:
    morning.writes(ANNA, HOLE)
    morning.waits_until("2026-09-08 07:30")
    before = morning.case()
    morning.writes(BO, text, answers=morning.letter("digest", BO))
    assert morning.case() == before
    assert [x.kind for x in morning.letters(to="anna.ek@example.org")] == ["receipt"]
    assert morning.letter("question", BO)


def test_thanks_for_the_morning_mail_is_no_news(morning: Town) -> None:
    morning.writes(ANNA, HOLE)
    morning.waits_until("2026-09-08 07:30")
    morning.writes(BO, "Tack!", answers=morning.letter("digest", BO))
    assert morning.letters("question") == []


def test_a_link_s_mail_is_in_the_case_and_acts_where_the_server_vouches(morning: Town) -> None:
    morning.writes(ANNA, HOLE)
    morning.waits_until("2026-09-08 07:30")
    links = re.findall(r"mailto:\S+?subject=([^&\"]+)", morning.letter("digest", BO).html)
    subject = unquote(links[0])
    assert morning.case().number in subject
    morning.writes(BO, "#SVAR\nHålet är lagat i dag.", subject=subject)
    assert "lagat i dag" in said(morning.letter("answer", "anna.ek@example.org"))


def test_where_the_list_alone_is_wanted_no_mail_comes_singly(database: Database, ekvik: RuleBook) -> None:
    town = Town(database, with_digest(ekvik, registrars=True, triage_letters=False), MONDAY)
    town.writes(ANNA, ARMS, subject="Fundering")
    assert town.letters(to=REGISTRAR) == []
    assert town.letter("receipt", "anna.ek@example.org")
    town.waits_until("2026-09-08 07:30")
    town.writes(REGISTRAR, "1 Sara Ask", answers=town.letter("digest", REGISTRAR))
    assert town.case().officer == "sara.ask@ekvik.example"


# --- the letter about one case ------------------------------------------------------------------------------------


def test_the_single_letter_offers_the_same_choices_and_a_number_answers_it(town: Town) -> None:
    town.writes(ANNA, KERB, subject="Fundering")
    letter = town.letter("assignment", REGISTRAR)
    assert "Förslag: 1 Gata och park (Bo Ek) Därför: ordet ”Asfaltkanten” liknar ”asfalt”" in said(letter)
    town.writes(REGISTRAR, "1\n\nMvh\nRut Alm", answers=letter)
    assert town.case().officer == BO
    assert "överlämnat till Bo Ek" in said(town.letter("echo", REGISTRAR))


@pytest.mark.parametrize(
    ("text", "officer"), [("Sara Ask", "sara.ask@ekvik.example"), ("Förskola", "anna.kvist@ekvik.example")]
)
def test_a_name_or_a_unit_answers_it_too(town: Town, text: str, officer: str) -> None:
    town.writes(ANNA, ARMS, subject="Fundering")
    town.writes(REGISTRAR, text, answers=town.letter("assignment", REGISTRAR))
    assert town.case().officer == officer


def test_another_authority_is_chosen_by_its_number(town: Town) -> None:
    town.writes(ANNA, BRIDGE, subject="Fundering")
    town.writes(REGISTRAR, "1", answers=town.letter("assignment", REGISTRAR))
    assert town.case().status is Status.CLOSED
    assert "0771-921 921" in said(town.letter("referral", "anna.ek@example.org"))


def test_a_number_that_a_letter_alone_proves_waits_for_a_yes(town: Town) -> None:
    town.writes(ANNA, KERB, subject="Fundering")
    town.writes(REGISTRAR, "1", answers=town.letter("assignment", REGISTRAR), authenticated=False)
    assert town.case().officer == ""
    town.writes(REGISTRAR, "JA", answers=town.letter("question", REGISTRAR), authenticated=False)
    assert town.case().officer == BO


def test_where_rules_only_propose_the_proposal_is_number_one(town: Town) -> None:
    town.desk = replace(town.desk, book=with_triage_first(town.book))
    town.writes(ANNA, "Det är hål i asfalten vid simhallen.", subject="Fundering")
    letter = town.letter("assignment", REGISTRAR)
    assert "1 Gata och park (Bo Ek) · 2 Fritid och idrott (Mats Gren)" in said(letter)
    town.writes(REGISTRAR, "2", answers=letter)
    assert town.case().officer == "mats.gren@ekvik.example"


def test_a_returned_case_is_offered_elsewhere(town: Town) -> None:
    town.writes(ANNA, "Det är hål i asfalten vid simhallen.", subject="Fundering")
    town.writes(BO, "#FEL HANDLÄGGARE Det är inomhus.", answers=town.letter("assignment", BO))
    letter = town.letter("assignment", REGISTRAR)
    assert "1 Fritid och idrott (Mats Gren)" in said(letter)
    assert "Bo Ek)" not in said(letter)
    town.writes(REGISTRAR, "1", answers=letter)
    assert town.case().officer == "mats.gren@ekvik.example"


def test_of_a_secret_case_nothing_is_guessed(town: Town) -> None:
    town.writes(ANNA, "Min son är placerad på HVB, och asfaltkanten är trasig.", subject="Fundering")
    assert town.case().secrecy
    assert town.case().guesses == ()


# --- a mail that a link opens ---------------------------------------------------------------------------------------


def test_where_the_server_says_nothing_a_link_s_mail_waits_for_a_yes_to_the_registered_address(town: Town) -> None:
    """It answers no letter of ours, so nothing proves it: whoever has the address is shown it first."""
    town.writes(ANNA, HOLE)
    subject = f"Sv: Ärende [{town.case().number}]"
    town.writes("Bo Ek <Bo.Ek@ekvik.example>", "#SVAR\nHålet är lagat i dag.", subject=subject, authenticated=False)
    assert town.letters("answer") == []
    assert town.letter("alert", REGISTRAR), "S39: the registrar is told"
    question = town.letter("question")
    assert question.to == BO
    assert "Vi kan inte vara säkra på att mejlet kommer från dig" in said(question)
    town.writes(BO, "JA", answers=question, authenticated=False)
    assert "lagat i dag" in said(town.letter("answer", "anna.ek@example.org"))


def test_a_forged_mail_takes_the_place_of_no_question_that_waits(town: Town) -> None:
    town.writes(ANNA, HOLE)
    town.writes(BO, "Hej Anna, hålet är lagat i dag. Hälsningar Bo", answers=town.letter("assignment", BO))
    town.writes(BO, "#SVAR\nVi struntar i detta.", subject=town.case().number, authenticated=False)
    town.writes(BO, "JA", answers=town.letters("question", BO)[0])
    assert "lagat i dag" in said(town.letter("answer", "anna.ek@example.org"))


def test_who_has_no_say_in_the_case_is_not_asked(town: Town) -> None:
    town.writes(ANNA, HOLE)
    text = "#SVAR\nHålet är lagat."
    town.writes("sara.ask@ekvik.example", text, subject=town.case().number, authenticated=False)
    assert "lagat" not in said(town.letter("question", "sara.ask@ekvik.example"))


# --- what must not happen -------------------------------------------------------------------------------------------


def test_words_of_a_citizen_in_a_quoted_list_order_nothing(morning: Town) -> None:
    """A program that quotes without any mark repeats titles and texts: they look like lines of an answer."""
    morning.writes(ANNA, "1 JA\n2 JA\nEKV-26-00001-C #AVSLUTA", subject="1 JA")
    morning.writes(ANNA, KERB, subject="JA")
    morning.waits_until("2026-09-08 07:30")
    letter = morning.letter("digest", REGISTRAR)
    for text in (letter.text, "\n".join(f"> {line}" for line in letter.text.splitlines())):
        morning.writes(REGISTRAR, f"Hej!\n{text}", answers=letter, quote=False)
    assert officers(morning) == ["", ""]
    assert all(case.status is Status.TRIAGE for case in morning.cases())


def test_two_daemons_in_the_same_moment_write_one_mail(morning: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both have looked before either has written: the database refuses the second."""
    morning.writes(ANNA, HOLE)
    morning.now = at("2026-09-08 07:30")
    monkeypatch.setattr("service.desk.register.morning_is_written", lambda *_: False)
    morning.looks_at_the_clock()
    morning.looks_at_the_clock()
    assert len(morning.letters("digest", BO)) == 1


def test_the_answer_to_a_list_of_somebody_who_has_left_orders_nothing(morning: Town, listed: Letter) -> None:
    people = morning.book.people
    without = people.model_copy(update={"registrars": ("eva.berg@ekvik.example",)})
    left = without.model_copy(update={"people": tuple(p for p in people.people if p.email != REGISTRAR)})
    gone = left.model_copy(
        update={
            "departments": tuple(d.model_copy(update={"registrar": None}) for d in people.departments),
        }
    )
    morning.desk = replace(morning.desk, book=morning.book.model_copy(update={"people": gone}))
    morning.writes(REGISTRAR, "1 1", answers=listed)
    assert officers(morning)[:3] == ["", "", ""]


def test_the_echo_says_that_whoever_got_a_case_is_away(morning: Town, listed: Letter) -> None:
    with morning.database.transaction() as s:
        absences.remember(s, "ekvik", Absent(BO, MONDAY, until=date(2026, 10, 1)))
    morning.writes(REGISTRAR, "1 1", answers=listed)
    assert "Bo Ek är borta" in said(morning.letter("echo", REGISTRAR))


def test_a_list_that_others_have_seen_is_still_answered_by_whom_the_server_vouches_for(
    morning: Town, listed: Letter
) -> None:
    """The registrar forwards the list, and somebody outside answers it: its id proves nobody from now on."""
    morning.writes(ANNA, "Jag tar den första.", answers=listed)
    morning.writes(REGISTRAR, "2 förskola", answers=listed, authenticated=False)
    assert morning.letters("list-done") == []
    morning.writes(REGISTRAR, "1 1", answers=listed)
    assert [x.to for x in morning.letters("assignment")][-1] == BO


@pytest.mark.parametrize(
    ("text", "told"), [("JA", ["question"]), ("Flytta alla till Bo.", ["question"]), ("Tack!", [])]
)
def test_what_staff_answer_to_a_letter_without_a_case_is_no_feedback(town: Town, text: str, told: list[str]) -> None:
    town.writes(REGISTRAR, "#AVSLUTA", subject="Hej")
    question = town.letter("question", REGISTRAR)
    town.news()
    town.writes(REGISTRAR, text, answers=question)
    assert town.cases() == []
    assert town.news() == [(kind, REGISTRAR) for kind in told]
