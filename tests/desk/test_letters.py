"""Letters: what must stand in each, and what must never."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from jinja2 import UndefinedError

from service.core.cases import Contact, Publication, Submitter
from service.core.decide.deeds import DEEDS
from service.core.effects import Letter
from service.core.message import read
from service.core.reading.history.quotes import REPLY_MARKER
from service.core.speech.commands import Command, Word, holds_placeholder, is_left_open, read_command
from service.desk.writing.letters import Mail
from service.desk.writing.mailbytes import File
from service.desk.writing.stationery import Stationery
from tests.desk.every_letter import (
    ABOUT_CASES,
    ARRIVED,
    BARE,
    BOOKS,
    CASE,
    LATE,
    LETTERS,
    MAILBOX,
    MARK,
    NOW,
    NUMBER,
    OFFICER,
    ROOT,
    SHIPPED,
    TIMES,
    TO_CITIZENS,
    WITHOUT_CASE,
    a_book,
    everything_in,
    html_of,
    parsed,
    text_of,
    write,
)

# --- every template --------------------------------------------------------------------------------------------------


def test_every_shipped_template_is_tried_here() -> None:
    assert set(SHIPPED.names()) == set(LETTERS)


def _letters_in(source: str) -> set[str]:
    """The templates that a module names: by `template=`, or by the kind of a letter that names none."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or not ast.unparse(node.func).endswith(("plan.letter", "SendLetter")):
            continue
        template = next((k.value for k in node.keywords if k.arg == "template"), None)
        kind = re.fullmatch(r"Letter\.(\w+)", ast.unparse(node.args[0])) if node.args else None
        if template:
            names |= {n.value for n in ast.walk(template) if isinstance(n, ast.Constant) and isinstance(n.value, str)}
        elif kind and len(node.args) < 4:
            names.add(Letter[kind[1]].value)
    return names - {""}


def test_every_letter_that_the_code_sends_has_a_template() -> None:
    sent = set().union(*(_letters_in(path.read_text()) for path in (ROOT / "service").rglob("*.py")))
    assert "receipt-stranger" in sent  # the search finds something
    assert sent <= set(LETTERS)


def _to_copy(mail: Mail) -> list[str]:
    """The lines of a letter that are there to be copied: those of its examples, and of the mails its links open."""
    links = [unquote(body) for body in re.findall(r'&amp;body=([^"]+)"', html_of(mail))]
    return re.findall(r"(?m)^    (.+)$", text_of(mail)) + [line for body in links for line in body.splitlines() if line]


@pytest.mark.parametrize("name", sorted(LETTERS))
def test_no_example_holds_a_fact_or_words_that_could_be_sent(name: str) -> None:
    """Sent back as it stands, an example does nothing: each of its lines is refused until it is filled in."""
    for line in _to_copy(write(name)):
        if line.startswith("#"):
            read = read_command(line)
            assert isinstance(read, Command)
            assert read.word in {Word.HAND_OVER, Word.CLOSE, Word.HELP} or not read.value or is_left_open(read.value), (
                line
            )
        else:
            assert holds_placeholder(line) or line == "JA", line


def test_a_part_of_templates_is_no_template(tmp_path: Path) -> None:
    (tmp_path / "_part.txt").write_text("part")
    (tmp_path / "whole.txt").write_text('Ämne: Hej\n{% include "_part.txt" %}')
    assert Stationery(tmp_path).names() == ["whole"]
    assert Stationery(tmp_path).fill("whole", {}) == ("Hej", "part")


def test_a_municipality_overrides_one_template_and_keeps_the_rest(tmp_path: Path) -> None:
    (tmp_path / "echo.txt").write_text("Ämne: Vårt eget\nKlart.")
    own = Stationery(ROOT / "templates", tmp_path)
    assert own.fill("echo", {"done": ()}) == ("Vårt eget", "Klart.")
    assert own.names() == SHIPPED.names()


def test_a_fact_that_is_missing_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        SHIPPED.fill("echo", {})


FAULTS = (
    "None",
    "{{",
    "{%",
    "Undefined",
    " ,",
    " .",
    "..",
    "()",
    "  ",
    "\n\n\n",
    "\n>\n\n",
    ": \n",
    "\x01",
    "\x02",
    "\x03",
)


def _is_well_written(mail: Mail, *, numbered: bool) -> None:
    text = text_of(mail)
    page = html_of(mail)
    for place in (mail.subject, text, page):
        assert place.count(NUMBER) == place.count(MARK) == numbered
    assert mail.subject.strip()
    for fault in FAULTS:
        assert fault not in re.sub("\n +", "\n", text), f"{fault!r} in {text}"
    assert not re.search(r"^.*:$\n\n(-+|.*\n-+)$", text, re.MULTILINE), text  # a colon that nothing follows
    assert not re.search(r"^(\S.*)\n-+\n\Z", text, re.MULTILINE), text  # a heading with nothing below
    assert "<p></p>" not in re.sub(' style="[^"]*"', "", page)


# One test for each letter, which goes through the rules itself: as a test of its own, each of the thousand pairs would
# cost more than the letter does.


@pytest.mark.parametrize("name", sorted(LETTERS))
def test_with_full_facts(name: str) -> None:
    files = (File("bild på gungan.jpg", "image/jpeg", b"\xff\xd8"),)
    for rules, book in BOOKS.items():
        staff = [a for u in book.people.units for a in (*u.officers, u.manager)]
        unit = next((u.id for u in book.people.units), "")
        case = replace(CASE, unit=unit, officer=staff[0] if staff else OFFICER, proposal=staff[-1] if staff else "")
        with _named(rules):
            _is_well_written(write(name, case, book, files), numbered=name not in WITHOUT_CASE)


@pytest.mark.parametrize("name", sorted(LETTERS))
def test_with_the_least_facts(name: str) -> None:
    cases = (BARE, replace(BARE, secrecy=False), replace(BARE, secrecy=False, submitter=Submitter()))
    for rules, book in BOOKS.items():
        for case in cases:
            with _named(rules):
                mail = write(name, case, book, to="someone@example.org", **LETTERS[name][2])
                _is_well_written(mail, numbered=name not in WITHOUT_CASE)


@contextmanager
def _named(rules: str) -> Iterator[None]:
    """Say with which rules a letter failed."""
    try:
        yield
    except Exception as error:
        error.add_note(f"with the rules {rules!r}")
        raise


@pytest.mark.parametrize("contact", Contact)
@pytest.mark.parametrize("book", BOOKS)
def test_assignment_suits_every_wish_for_contact(book: str, contact: Contact) -> None:
    case = replace(CASE, unit="", officer="", submitter=replace(CASE.submitter, contact=contact))
    mail = write("assignment", case, BOOKS[book])
    _is_well_written(mail, numbered=True)
    assert ("#SVAR\n" in text_of(mail)) == (contact not in {Contact.NONE, Contact.IMPOSSIBLE})


@pytest.mark.parametrize("name", sorted(LETTERS))
def test_no_subject_holds_words_names_or_numbers_of_the_submitter(name: str) -> None:
    case = replace(CASE, title="Ring 19121212-1212 Bengt Alm", unit="gata")
    subject = write(name, case).subject
    for word in ("Bengt", "Alm", "19121212", "gunga", "Gungan", "Kastanje", "Ring"):
        assert word not in subject


@pytest.mark.parametrize("name", sorted(LETTERS))
def test_only_staff_see_type_and_unit_in_a_subject_and_never_those_of_a_secret_case(name: str) -> None:
    case = replace(CASE, secrecy=name not in TO_CITIZENS)
    assert not re.search("klagomål|Gata", write(name, case).subject)


def test_a_type_that_is_none_of_the_municipalitys_words_stands_in_no_subject() -> None:
    subject = write("assignment", replace(CASE, type="Bengts gunga")).subject
    assert subject == f"Svara senast 27 november: Gata och park {MARK}"


@pytest.mark.parametrize("name", sorted(TO_CITIZENS | {"receipt-stranger"}))
def test_nothing_to_a_citizen_quotes_what_came_in(name: str) -> None:
    mail = everything_in(write(name, replace(CASE, title="")))
    assert "vinglar" not in mail
    assert REPLY_MARKER not in mail


@pytest.mark.parametrize(("name", "asked"), [("assignment", True), ("checksum", False), ("figures", False)])
def test_only_where_an_answer_is_wanted_a_letter_says_where_to_write_it(name: str, *, asked: bool) -> None:
    letter = write(name)
    assert (REPLY_MARKER in text_of(letter)) is (REPLY_MARKER in html_of(letter)) is asked


@pytest.mark.parametrize("name", ABOUT_CASES)
def test_spa_25_a_secret_case_shows_nothing_of_itself(name: str) -> None:
    case = replace(
        CASE, secrecy=True, type="Sorten", category="Slaget", measure="Måttet", late_reason="Skälet", proposal=OFFICER
    )
    facts = LETTERS[name][1] | {"reason": "regeln ”Gungor” på ”vinglar”"}
    if "new_text" in facts:
        facts["new_text"] = CASE.text
    if "text" in facts:
        facts["text"] = CASE.text
    if "done" in facts:
        facts["done"] = (f"Rubrik: {CASE.title}",)
    if name != "answer":  # an answer in a secret case is never sent; its words are the officer's
        facts |= {"answer": CASE.text} if "answer" in facts else {}
    mail = everything_in(write(name, case, **facts))
    for word in ("vinglar", "Gungan", "Kastanje", "Gungor", "Gata och park", "Bengt Alm", "bengt.alm", "Norra vägen"):
        assert word not in mail
    for word in ("0700-000", "Sorten", "Slaget", "Måttet", "Skälet"):
        assert word not in mail


# --- what each letter must say ---------------------------------------------------------------------------------------


def says(mail: Mail, *words: str) -> None:
    flat = " ".join(text_of(mail).split())
    page = html_of(mail)
    for word in words:
        assert word in flat, f"{word!r} is not in: {flat}"
        assert word.split()[0].strip("”,.:") in page


def test_kop_07_kli_23_receipt_says_when_it_came_and_when_the_answer_comes() -> None:
    mail = write("receipt")
    says(mail, "Tack för att du hör av dig", "söndag 22 november 2026 kl. 10.12", "senast fredag 27 november 2026")
    assert "sjukdom" not in text_of(mail)


def test_hjo_12_kli_24_receipt_names_the_officer_where_the_municipality_says_so() -> None:
    says(write("receipt"), "Kontaktperson: Bo Ek, gatuingenjör", "Gata och park", "0980-319 222", OFFICER)
    silent = write("receipt", book=a_book(receipt={"tells": ["answer_date"]}))  # as an earlier version's rules say
    says(silent, "Tar hand om det: Gata och park")
    assert "Bo Ek" not in text_of(silent)


def test_receipt_before_anybody_has_the_case() -> None:
    """A proposal is no promise: who only may get the case is not named."""
    mail = write("receipt", replace(CASE, officer=""))
    says(mail, "Registratorn ser till")
    assert "Gata och park" not in text_of(mail)


def test_mails_call_people_by_the_municipalitys_own_words() -> None:
    book = a_book(roles={"registrar": "Kundtjänst", "head": "avdelningschefen"}, answer={"mode": "central_release"})
    says(write("receipt", replace(CASE, officer=""), book), "Kundtjänst ser till")
    mail = write("assignment", book=book)
    says(mail, "Kundtjänst läser ditt svar", "till avdelningschefen och Kundtjänst")
    assert "registratorn" not in text_of(mail)
    done = ("Ärendet är lämnat tillbaka till registratorn.", "Registratorn har fått svaret: ”Fråga registratorn”")
    told = write("echo", book=book, done=done)
    says(told, "tillbaka till Kundtjänst.", "Kundtjänst har fått svaret: ”Fråga registratorn”")


def test_receipt_without_a_promise_names_no_date() -> None:
    assert "senast" not in text_of(write("receipt", replace(CASE, deadlines=())))


def test_kli_08_receipt_tells_the_other_roads_and_offers_help() -> None:
    says(write("receipt"), "Svara på det här mejlet", "Telefon: 0980-319 200", "https://www.ekvik.example", "hjälp")


def test_receipt_says_what_everybody_has_a_right_to_know() -> None:
    says(
        write("receipt"),
        "allmänna handlingar",
        "https://www.ekvik.example/dataskydd",
        "Ring 112",
        "0980-319 212",
        "överklaga",
        "automatiskt",
    )


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "an answer by Friday 27 November 2026"), ("fi", "viimeistään perjantaina 27. marraskuuta 2026")],
)
def test_a_receipt_is_in_the_language_of_whoever_wrote(language: str, words: str) -> None:
    mail = write("receipt", replace(CASE, language=language))
    says(mail, words, "Du får svar senast fredag 27 november 2026")
    assert f'<html lang="{language}">' in html_of(mail)
    assert '<p dir="auto" lang="sv"' in html_of(mail), "the Swedish words in it say so"
    assert parsed(mail)["Content-Language"] == language


ABROAD = [name for name in sorted(TO_CITIZENS) if SHIPPED.versions(name)[1:]]
WORDS = {"answer", "reason"}


@pytest.mark.parametrize("name", ABROAD)
@pytest.mark.parametrize("language", ["en", "fi"])
def test_letters_to_submitters_are_in_their_language_as_far_as_we_have_words(language: str, name: str) -> None:
    for case in (CASE, replace(CASE, secrecy=True), replace(CASE, deadlines=(), anonymous=True, closed_at=NOW)):
        mail = write(
            name, replace(case, language=language), **dict.fromkeys(WORDS & LETTERS[name][1].keys(), "Kiitos.")
        )
        own = text_of(mail).partition("På svenska")[0]
        assert f'<html lang="{language}">' in html_of(mail)
        assert not re.search(r"\b(att|inte|svar senast|ärendenummer|fredag|söndag|är|hälsningar)\b", own.casefold()), (
            own
        )


@pytest.mark.parametrize("language", ["ar", "uk", "so", "de", "ti"])
def test_a_receipt_has_some_words_for_whoever_writes_another_language(language: str) -> None:
    assert '<p dir="auto" lang="en"' in html_of(write("receipt-neutral", replace(CASE, language=language)))
    page = html_of(write("receipt", replace(CASE, language=language)))
    assert '<html lang="sv">' in page
    assert '<p dir="auto" lang="en"' in page
    assert (f'<p dir="auto" lang="{language}"' in page) == (language not in {"so", "ti"})
    assert "English" not in text_of(write("receipt"))


def test_an_answer_says_in_what_language_it_is() -> None:
    page = html_of(write("answer", replace(CASE, language="fi"), answer="Vi lagar hålet och gatan när det är torrt."))
    assert "Vastaus on ruotsiksi" in page
    assert '<p dir="auto" lang="sv"' in page
    page = html_of(write("answer", replace(CASE, language="fi"), answer="Korjaamme kuopan, kun se on kuiva. Kiitos!"))
    assert "Vastaus on ruotsiksi" not in page


def test_receipt_for_praise_thanks() -> None:
    says(write("receipt", replace(CASE, type="beröm")), "Tack för dina vänliga ord")


def test_kli_19_receipt_tells_the_truth_about_anonymity() -> None:
    says(write("receipt", replace(CASE, anonymous=True)), "du har lämnat en e-postadress", "Då kan vi inte svara dig")
    assert "anonym" not in text_of(write("receipt"))


def test_neutral_receipt_asks_for_nothing_sensitive_by_mail() -> None:
    mail = write("receipt-neutral", replace(CASE, secrecy=True))
    says(mail, "söndag 22 november 2026 kl. 10.12", "Skicka inga känsliga uppgifter", "0980-319 200")


def test_s38_a_stranger_learns_nothing() -> None:
    mail = everything_in(write("receipt-stranger", to="okand@example.net"))
    for word in ("Bengt", "Bo Ek", "Gata", "27 november", "22 november", "synpunkt "):
        assert word not in mail


def test_hjo_52_answer() -> None:
    mail = write("answer")
    says(
        mail,
        "Hej Bengt Alm,",
        "Tack än en gång",
        "söndag 22 november 2026",
        "Vinglig gunga vid Kastanjelunden",
        "Vårt svar",
        "gungan är lagad i dag.",
        "Svara på det här mejlet",
        "Bo Ek, gatuingenjör",
        "Telefon 0980-319 222",
    )
    assert "<h2" in html_of(mail)


def test_the_answer_stands_as_it_was_written() -> None:
    answer = "Hej!\n\n= ingen rubrik\n  #SVAR\n- en <b>rad</b>\n    indrag {{ case.title }}"
    assert answer in text_of(write("answer", answer=answer))


def test_a_second_answer_does_not_thank_for_the_first_mail() -> None:
    says(write("answer", again=True), "Tack för att du hörde av dig igen")


def test_spa_16_referral() -> None:
    mail = write("referral")
    says(mail, "Trafikverket", "0771-921 921", "inte skickat din synpunkt vidare", "avslutat", "missförstått")


def test_delay_says_the_new_day_the_reason_and_sorry_once() -> None:
    mail = write("delay")
    says(mail, "måndag 14 december 2026", "Vi väntar på delar.", "0980-319 222")
    assert len(re.findall("beklagar|ursäkt|förlåt", text_of(mail))) == 1


def test_handover_keeps_the_day() -> None:
    mail = write("handover")
    says(mail, "Bo Ek, gatuingenjör", "0980-319 222", "senast fredag 27 november 2026", "samma ärendenummer")


@pytest.mark.parametrize(
    ("publication", "words"),
    [
        (Publication.YES, "Vi publicerar synpunkten och svaret på vår webbplats, utan ditt namn"),
        (Publication.NO, "Vi publicerar inte din synpunkt"),
    ],
)
def test_closing_notice(publication: Publication, words: str) -> None:
    case = replace(CASE, publication=publication, approved="d" * 64, measure="Åtgärdat", answered_at=ARRIVED)
    says(write("closing", case), "tisdag 24 november 2026", "Åtgärdat", words, "öppnar vi ärendet igen", "Tack")


@pytest.mark.parametrize(
    ("publication", "changes"),
    [(Publication.UNDECIDED, {}), (Publication.NO, {"publish": {"default": "no"}, "close": {"require": []}})],
    ids=["undecided", "nothing is published here"],
)
def test_closing_is_silent_of_publishing_where_nobody_has_decided(publication: Publication, changes: Any) -> None:
    assert "publicera" not in text_of(write("closing", replace(CASE, publication=publication), a_book(**changes)))


def test_a_measure_is_told_in_the_municipalitys_sentence() -> None:
    book = a_book(measures=["Åtgärdat", {"Framförd": "Vi har berättat för dem som arbetar med det."}])
    text = text_of(write("closing", replace(CASE, measure="Framförd"), book))
    assert "Vi har berättat för dem som arbetar med det." in text
    assert "Framförd" not in text


def test_hjo_13_spa_19_assignment() -> None:
    mail = write("assignment", files=(File("bild på gungan.jpg", "image/jpeg", b""),))
    assert mail.subject == f"Svara senast 27 november: klagomål, Gata och park {MARK}"
    says(
        mail,
        f"Svara senast: fredag 27 november 2026 Ärendenummer: {MARK}",
        "Från: Bengt Alm, vill ha svar med e-post",
        "Svara på det här mejlet som vanligt, så visar vi dig texten innan den går till Bengt Alm.",
        "> Gungan vid Kastanjelunden vinglar betänkligt.",
        "bild på gungan.jpg",
        "Namn: Bengt Alm",
        "Kom in: söndag 22 november 2026",
        "Typ: klagomål",
        "Kategori: Fysisk miljö",
        "#SVAR [skriv ditt svar här] #ÅTGÄRD ? #PUBLICERA ? #AVSLUTA",
        "måste du ange åtgärd och om ärendet får publiceras",
        "1. Åtgärdat 2. Frågan besvarad",
        "#ÖVERLÄMNA",
        "#INTERNT",
        "#FÖRSENAD",
        "skickar vi ett mejl 26 november till dig, 30 november till dig",
        "och 7 december till förvaltningschefen och registratorn.",
        "kan bli allmän handling",
        "längre ner i mejlväxlingen skickas aldrig",
        "Rut Alm",
    )


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"answer": {"mode": "central_release"}}, "Registratorn läser ditt svar och skickar det sedan till Bengt Alm"),
        ({"answer": {"mode": "officer_direct"}}, f"Skriv till bengt.alm@example.org med {MAILBOX} som kopia"),
        ({"answer": {"plain_reply": "send"}}, "så går hela din text till Bengt Alm"),
        ({"answer": {"plain_reply": "ask"}}, "så visar vi dig texten innan"),
        ({"close": {"mode": "quiet", "quiet": "21 days"}}, "när det har gått 21 dagar"),
        ({"close": {"mode": "on_answer"}}, "Ärendet avslutas när svaret har skickats"),
    ],
)
def test_assignment_says_what_the_municipality_has_decided(changes: dict[str, Any], words: str) -> None:
    says(write("assignment", book=a_book(**changes)), words)


def test_s04_a_personal_number_is_hidden_from_the_assignment() -> None:
    mail = everything_in(write("assignment", replace(CASE, text="Mitt nummer är 19121212-1212, ring!")))
    assert "19121212" not in mail
    assert "[personnummer]" in mail


def test_hjo_21_the_question_before_sending_shows_the_text_and_asks_for_one_word() -> None:
    says(write("ask-answer"), "Inget är skickat", "> gungan är lagad i dag.", "Svara då på det här mejlet: JA")


def test_triage_shows_the_proposal_that_a_yes_confirms() -> None:
    says(write("triage", replace(CASE, officer="", proposal=OFFICER), by=""), "Förslaget är Bo Ek", "JA")
    assert "\n    JA\n" not in text_of(write("triage", replace(CASE, proposal="")))


def test_a_question_says_first_what_is_wrong_and_numbers_the_choices() -> None:
    mail = write("question")
    says(mail, "Hej Bo, Det här behöver rättas", "Inget är ändrat och inget är skickat", "2. Fysisk miljö", "#HJÄLP")


def test_help_lists_every_command() -> None:
    mail = write("help", book=a_book(answer={"oral": True}))
    for command in DEEDS.keys() - {Word.ANSWERED, Word.REFER}:
        assert f"- #{command}" in text_of(mail)


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (
            TIMES,
            ["Har du redan svarat", "om tre arbetsdagar", "måndag 30 november 2026", "du och din chef ett mejl om det"],
        ),
        (TIMES | {"next_roles": ("officer",)}, ["får du en ny påminnelse"]),
        (LATE, ["Sista svarsdag var fredag 20 november 2026, för två arbetsdagar sedan"]),
        (TIMES | {"due_day": date(2026, 11, 24), "left_days": 0}, ["Sista svarsdag är i dag"]),
    ],
    ids=["early", "next is the officer", "late", "today"],
)
def test_hjo_37_reminder(facts: dict[str, Any], words: list[str]) -> None:
    files = (File("bild på gungan.jpg", "image/jpeg", b""),)
    mail = write("reminder", files=files, **facts)
    says(mail, "#SVAR", "#ÖVERLÄMNA", "#FÖRSENAD", CASE.title, "> Gungan vid", "bild på gungan.jpg", *words)
    says(mail, "#SVAR [skriv ditt svar här] #ÅTGÄRD ? #PUBLICERA ? #AVSLUTA")  # as in the assignment


def test_escalation_says_who_has_it_and_what_the_citizen_has_got() -> None:
    says(
        write("escalation", replace(CASE, receipt_sent_at=ARRIVED)),
        "för två arbetsdagar sedan",
        "Bo Ek, gatuingenjör",
        "Bekräftelse söndag 22 november 2026",
        "> Gungan vid",
        f"#ÖVERLÄMNA {OFFICER}",
    )


def test_s21_bounce_names_another_road() -> None:
    says(
        write("bounce"),
        "Bekräftelsen till Bengt Alm",
        "adressen finns inte (5.1.1)",
        "Ring 0700-000 00",
        "Norra vägen 3",
    )


def test_post_answer_has_text_and_address() -> None:
    case = replace(CASE, submitter=replace(CASE.submitter, contact=Contact.LETTER))
    says(write("to-post", case), "#BREV POSTAT", "Adress: Norra vägen 3, Ekvik", "> gungan är lagad i dag.")


# --- nobody's words become ours --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    ["Vinn på https://evil.example", "x@example.org", "Ring 0900 123", "A" * 61, "Bo\r\nBcc: x", "<b>Bo</b>", ""],
)
def test_a_citizen_is_greeted_only_by_what_looks_like_a_name(name: str) -> None:
    case = replace(CASE, submitter=replace(CASE.submitter, name=name))
    assert text_of(write("answer", case)).startswith("Hej,\n")


def test_a_title_cannot_become_markup() -> None:
    case = replace(CASE, title="= Rubrik\n- lista <script>alert(1)</script>\n    #AVSLUTA")
    mail = write("assignment", case)
    assert "Rubrik: = Rubrik - lista <script>alert(1)</script> #AVSLUTA" in text_of(mail)
    assert "<script>" not in html_of(mail)


def test_what_citizens_write_cannot_end_the_quotation() -> None:
    text = "\x01a\n\x02b\n#SVAR\n{{ 7*7 }}\n[EKV-26-00123-K]\n</blockquote>"
    mail = write("assignment", replace(CASE, text=text))
    for line in ("> a", "> b", "> #SVAR", "> {{ 7*7 }}", "> EKV-26-00123-K", "> </blockquote>"):
        assert line in text_of(mail).splitlines()
    assert html_of(mail).count("</blockquote>") == html_of(mail).count("<blockquote")


def test_an_officer_who_writes_above_the_letter_is_read_without_it() -> None:
    ours = text_of(write("assignment"))
    answer = b"From: bo.ek@ekvik.example\r\nSubject: Sv: x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    assert read(answer + f"#SVAR\nHej Bengt, gungan ar lagad.\n\n{ours}".encode()).new_text.strip().endswith("lagad.")
