"""Klippan's guidelines: Kundtjänst receives, distributes and answers; the secretaries have what is secret."""

from __future__ import annotations

from pathlib import Path

import pytest

from service.core.cases import Contact, Status
from service.desk.lookup import reader
from service.desk.lookup.wanted import Wanted
from service.giving.publishing import site
from service.giving.publishing.folder import Folder
from tests.conversations.routines.conftest import Begin, fills_in
from tests.conversations.town import ANNA, Letter, Town

DESK = "kundtjanst@klippan.example"  # Kundtjänst, who registers
ALI = "ali.dahl@klippan.example"
MIA, HUGO = "mia.grus@klippan.example", "hugo.sten@klippan.example"
BUMP = "Sätt upp farthinder på Storgatan."


@pytest.fixture
def town(at_work: Begin) -> Town:
    return at_work("klippan")


@pytest.fixture
def given(town: Town) -> Letter:
    """Anna has written, and Kundtjänst has said yes to what the rules propose: Mia's assignment."""
    town.writes(ANNA, BUMP, subject="Farthinder")
    town.writes(DESK, "JA", answers=town.letter("assignment", DESK))
    return town.letter("assignment", MIA)


def fills_in_the_form(
    town: Town, name: str = "Petra Holm", email: str = "petra@example.org", way: str = "Via e-post"
) -> None:
    answers = {"Ämne": "Gator", "Namn": name, "E-postadress": email, "Hur vill du ha svar?": way}
    fills_in(town, "Synpunkt från webben", **{"Din synpunkt": BUMP}, **answers)


def test_kli_20_the_officer_reads_what_kundtjanst_answered_instead(town: Town, given: Letter) -> None:
    town.writes(MIA, "#SVAR\nHej Anna, det lagas.", answers=given)
    asked = town.letters("question", DESK)[-1]
    town.writes(DESK, "NEJ", answers=asked)
    assert "stoppat" in town.letters("information", MIA)[-1].subject
    town.writes(DESK, "#SVAR\nHej Anna, farthinder sätts upp i maj.", answers=asked)
    told = town.letters("information", MIA)[-1]
    assert told.subject.startswith("Ett ärende är besvarat")
    assert "med en egen text i stället för din" in told.text
    assert "farthinder sätts upp i maj" in told.text


def test_kli_20_a_yes_by_somebody_else_releases_nothing_and_is_told_so(town: Town, given: Letter) -> None:
    town.writes(MIA, "#SVAR\nHej Anna, det lagas.", answers=given)
    asked = town.letters("question", DESK)[-1]
    town.writes(ALI, "JA", answers=asked)
    assert town.letters("answer") == []
    assert "inget är skickat" in town.letter("question", ALI).text
    town.writes(DESK, "JA", answers=asked)
    assert town.letter("answer")


def test_kli_20_what_kundtjanst_answers_itself_it_signs_by_its_name(town: Town) -> None:
    town.writes(ANNA, "Var hittar jag blanketten?", subject="Blanketten")
    town.writes("kundtjanst@klippan.example", "#SVAR\nPå webben.", answers=town.letters("assignment")[-1])
    answer = town.letter("answer")
    assert "Vänliga hälsningar\nKundtjänst\nKlippans kommun" in answer.text
    assert "kundtjanst@" not in answer.text


def test_kli_03_there_are_as_many_cases_as_people_who_wrote(town: Town) -> None:
    for number in range(12):
        town.writes(f"anna{number}@example.org", f"{BUMP} Nummer {number}.", subject=f"Farthinder {number}")
    assert len({case.number for case in town.cases()}) == 12


@pytest.mark.parametrize(
    "text",
    [
        BUMP,
        "Vad kostar en plats på badhuset?",
        "Lampan på Storgatan är trasig.",
        "Ni borde bygga en cykelväg till Åby.",
        "Jag är missnöjd med personalen i simhallen.",
    ],
)
def test_kli_04_any_view_that_needs_a_reaction_is_a_case(town: Town, text: str) -> None:
    town.writes(ANNA, text, subject="Hej")
    assert town.case().number
    assert town.letter("receipt")


def test_kli_05_a_complaint_is_told_from_the_rest(town: Town, given: Letter) -> None:
    town.writes(MIA, "#TYP klagomål", answers=given)
    assert town.case().type == "klagomål"


@pytest.mark.parametrize("text", ["Era jävla idioter.", "?", "asdf qwer", "Köp billiga klockor nu!"])
def test_kli_06_nobody_sorts_out_what_is_rude_or_odd(town: Town, text: str) -> None:
    town.writes(ANNA, text, subject="Jaha")
    assert town.case().status is Status.TRIAGE
    assert text in town.letter("assignment", DESK).text


def test_kli_12_a_paper_card_is_scanned_and_mailed_in(town: Town) -> None:
    card = [("kort.jpg", b"\xff\xd8\xff" + b"x" * 99)]
    town.writes(ALI, f"#KANAL blankett\n#FRÅN Gun Ek\n\n{BUMP}", subject="Synpunktskort", files=card)
    case = town.case()
    assert (case.channel, case.submitter.name, case.received_by) == ("blankett", "Gun Ek", ALI)
    assert town.letters("receipt") == []
    town.writes(ALI, f"#KANAL blankett\n#FRÅN {ANNA}\n\n{BUMP}", subject="Synpunktskort 2")
    assert [x.to for x in town.letters("receipt")] == ["anna.ek@example.org"]


@pytest.mark.parametrize(
    ("text", "secretary"),
    [
        ("Socialsekreteraren svarar inte om mitt försörjningsstöd.", "sekr.social@klippan.example"),
        ("En lärare berättade för hela klassen om min diagnos.", "sekr.barn@klippan.example"),
    ],
)
def test_kli_13_kli_14_kli_21_what_is_secret_goes_to_the_committee_s_secretary(
    town: Town, text: str, secretary: str
) -> None:
    assert town.writes(ANNA, text, subject="Klagomål") == "Sekretess"
    assert town.case().number
    assert {x.to for x in town.sent} == {"anna.ek@example.org", secretary}
    for letter in town.sent:
        for word in ("försörjningsstöd", "diagnos", "lärare", "Socialsekreteraren"):
            assert word not in letter.subject + letter.text + letter.html


def test_kli_15_kli_16_the_form_is_a_case_with_a_receipt_at_once(town: Town) -> None:
    fills_in_the_form(town)
    assert town.case().submitter.name == "Petra Holm"
    assert town.case().receipt_sent_at == town.now
    assert town.letter("receipt").to == "petra@example.org"


def test_kli_18_who_gives_no_name_is_mailed_nothing(town: Town) -> None:
    fills_in_the_form(town, name="", email="", way="Jag vill vara anonym")
    assert town.case().anonymous
    assert town.case().submitter.contact in {Contact.NONE, Contact.IMPOSSIBLE}
    assert {x.to for x in town.sent} == {DESK}


def test_kli_24_whom_it_was_handed_to_is_told(town: Town, given: Letter) -> None:
    told = town.letter("handover", "anna.ek@example.org").text
    assert "Mia Grus" in told
    assert "0980-319 260" in told


def test_kli_25_only_an_answer_that_the_mailbox_has_seen_stops_the_clock(town: Town, given: Letter) -> None:
    town.waits_until("2026-09-22 08:00")
    assert HUGO in {x.to for x in town.letters("escalation")}
    town.writes(MIA, "Hej Anna, nu är det gjort.", subject=town.case().number, to=ANNA, cc=town.address)
    assert town.case().status is Status.ANSWERED


def test_kli_26_closing_asks_for_type_and_category(town: Town) -> None:
    town.writes(ANNA, "Tack Emil.", subject="Qwerty")
    town.writes(DESK, "#SVAR\nHej!\n#AVSLUTA", answers=town.letter("assignment", DESK))
    assert town.case().status is Status.ANSWERED
    echo = town.letter("echo", DESK)
    assert "typ och kategori saknas" in echo.text
    town.writes(DESK, "#TYP synpunkt\n#KATEGORI 9", answers=echo)
    assert town.case().status is Status.CLOSED


def test_kli_20_kundtjanst_answers_in_its_own_name(town: Town) -> None:
    town.writes(ANNA, BUMP, subject="Farthinder")
    town.writes(DESK, "#SVAR\nHej Anna!\nDet blir ett farthinder.", answers=town.letter("assignment", DESK))
    answer = " ".join(town.letter("answer").text.split())
    assert "Då kommer det du skriver till Kundtjänst." in answer
    assert "Vänliga hälsningar Kundtjänst Klippans kommun" in answer


def test_kli_27_the_committee_s_diary_is_informed_and_owes_nothing(town: Town) -> None:
    town.writes(ANNA, "Vilka öppettider gäller i receptionen?", subject="Fråga")
    assert town.letter("information", "diarium@klippan.example")
    town.waits_until("2026-10-20 08:00")
    assert len(town.letters(to="diarium@klippan.example")) == 1


# --- the web ---------------------------------------------------------------------------------------------------------


def on_the_web(town: Town, out: Path) -> dict[str, str]:
    """What `synpunkten publish` writes, by the names of the files."""
    with town.database.reading() as s, Folder(out) as folder:
        cases = (record.case for record in reader.read(s, Wanted()))
        site.publish(cases, town.book, folder, now=town.now, secret=b"")
    return {str(file.relative_to(out)): file.read_text("utf-8") for file in out.rglob("*.*") if file.is_file()}


def test_kli_29_all_are_on_the_web_with_their_answers_but_for_personal_and_secret_ones(
    town: Town, tmp_path: Path
) -> None:
    texts = [BUMP, f"{BUMP} Jag är 19121212-1212.", f"{BUMP} Jag lever med skyddad identitet."]
    for text in texts:
        town.writes(ANNA, text, subject="Farthinder")
    plain, personal, secret = town.cases()
    assert secret.secrecy
    for letter in town.letters("assignment", DESK):
        town.writes(DESK, "JA", answers=letter)
    assert [name for name in on_the_web(town, tmp_path / "web") if name.startswith("arende/")] == [], (
        "nobody has answered"
    )
    for letter in town.letters("assignment", MIA):
        town.writes(MIA, "#SVAR\nHej Anna!\nDet blir ett farthinder i höst.", answers=letter)
    for letter in [x for x in town.letters("question", DESK) if "Svara" in x.text]:
        town.writes(DESK, "JA", answers=letter)
    web = on_the_web(town, tmp_path / "web")
    assert [name for name in web if name.startswith("arende/")] == [f"arende/{plain.number}.html"]
    page = web[f"arende/{plain.number}.html"]
    assert BUMP in page
    assert "Det blir ett farthinder i höst." in page
    assert [name for name, text in web.items() if "Anna" in text or "1212" in text or "identitet" in text] == []
    asked = next(x for x in town.letters("question", DESK) if "personnummer" in x.text and x.number == personal.number)
    town.writes(DESK, "JA", answers=asked)
    web = on_the_web(town, tmp_path / "web")
    assert "Jag är [personnummer]." in web[f"arende/{personal.number}.html"]
    town.writes(DESK, "#SEKRETESS", subject=plain.number)
    web = on_the_web(town, tmp_path / "web")
    assert [name for name, text in web.items() if BUMP in text and plain.number in name] == []
    assert "inte längre publicerat" in web[f"arende/{plain.number}.html"]


def test_kli_29_nobody_is_named_on_the_web_because_the_routine_publishes_all(town: Town, tmp_path: Path) -> None:
    town.writes(ANNA, f"{BUMP} Min granne Kalle Svensson kör för fort.", subject="Farthinder")
    town.writes(DESK, "JA", answers=town.letter("assignment", DESK))
    town.writes(MIA, "#SVAR\nHej Anna!\nDet blir ett farthinder i höst.", answers=town.letter("assignment", MIA))
    town.writes(DESK, "JA", answers=town.letter("question", DESK))
    assert [name for name in on_the_web(town, tmp_path / "web") if name.startswith("arende/")] == []
    asked = town.letters("question", DESK)[-1]
    assert "kanske någons namn" in asked.text
    assert "Min granne [namn] kör för fort." in asked.text
    town.writes(DESK, "JA", answers=asked)
    web = on_the_web(town, tmp_path / "web")
    assert "Min granne [namn] kör för fort." in web[f"arende/{town.case().number}.html"]
    assert [name for name, text in web.items() if "Svensson" in text] == []


def test_kli_21_praise_of_a_unit_whose_matters_are_secret_is_not_secret_by_that(town: Town) -> None:
    """Only what is secret is exempt; with a word about somebody's mother it is."""
    town.writes(ANNA, "Hemtjänstens personal är underbar.", subject="Beröm")
    assert not town.case().secrecy
    assert town.letters(to="sekr.social@klippan.example") == []
    town.writes("nisse@example.org", "Hemtjänstens personal är underbar mot mamma.", subject="Tack")
    assert town.cases()[1].secrecy
