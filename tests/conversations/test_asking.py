"""`#LISTA`, `#STATUS`, `#STATISTIK`: answered to those who may see it, and never what a secret case is about."""

from __future__ import annotations

from dataclasses import replace

import pytest

from service.core.rules.choices import StaffProof
from tests.conversations.town import ANNA, BO, EVA, MARIA, REGISTRAR, Letter, Town

HOLE = "Det är ett stort hål i asfalten på Storgatan."
LAMP = "Lampan vid Ekstigen är släckt."
SCHOOL = "Lekplatsen på Björkskolans skolgård är trasig."
SECRET = "Min son är placerad på HVB och Karin svarar inte."
ARMS = "Jag har en fundering om kommunens vapen."


@pytest.fixture
def busy(town: Town) -> Town:
    """Ekvik with five open cases: two of Bo's, one of a school, a secret one, and one that nobody has."""
    for text, subject in ((HOLE, "Hål"), (LAMP, "Lampa"), (SCHOOL, "Skolan"), (SECRET, "Karin"), (ARMS, "Vapen")):
        town.writes(ANNA, text, subject=subject)
    town.news()
    return town


def said(letter: Letter) -> str:
    return " ".join(letter.text.split())


def asks(town: Town, who: str, text: str, **more: object) -> Letter:
    """The letter that somebody gets who writes just that."""
    town.writes(who, text, subject="", **more)
    assert town.sent[-1].to == who
    return town.sent[-1]


def numbers(town: Town) -> dict[str, str]:
    names = ("hole", "lamp", "school", "secret", "arms")
    return dict(zip(names, (c.number for c in town.cases()), strict=False))


def shown(town: Town, letter: Letter) -> set[str]:
    return {name for name, number in numbers(town).items() if number in letter.text}


@pytest.mark.parametrize(
    ("who", "text", "names"),
    [
        (BO, "#LISTA", {"hole", "lamp"}),
        (BO, "#lista: mina ärenden", {"hole", "lamp"}),
        (BO, "# Lista Gata och park", {"hole", "lamp"}),
        (MARIA, "#LISTA", {"hole", "lamp"}),
        (MARIA, "#LISTA mina", set()),
        (MARIA, "#LISTA Bo Ek", {"hole", "lamp"}),
        (EVA, "#LISTA", {"hole", "lamp"}),
        (REGISTRAR, "#LISTA", {"hole", "lamp", "school", "secret", "arms"}),
        (REGISTRAR, "#LISTA Gata och park", {"hole", "lamp"}),
        (REGISTRAR, "#LISTA ofördelade", {"arms"}),
        (REGISTRAR, "#LISTA försenade", set()),
        (REGISTRAR, "#LISTA Bo Ek", {"hole", "lamp"}),
    ],
)
def test_hjo_15_a_list_of_what_somebody_may_see(busy: Town, who: str, text: str, names: set[str]) -> None:
    letter = asks(busy, who, text)
    assert letter.kind == "information"
    assert shown(busy, letter) == names
    assert letter.number == ""
    assert len(busy.cases()) == 5, "asking makes no case"


@pytest.mark.parametrize("text", ["#LISTA Förskola", "#LISTA Sara Ask", "#LISTA hittepå", "#STATISTIK maj Förskola"])
def test_what_somebody_may_not_see_or_is_not_understood_is_asked_about(busy: Town, text: str) -> None:
    letter = asks(busy, BO, text)
    assert letter.kind == "question"
    assert shown(busy, letter) == set()


def test_late_ones_alone(busy: Town) -> None:
    busy.waits_until("2026-09-22 10:00")
    letter = asks(busy, BO, "#LISTA försenade")
    assert shown(busy, letter) == {"hole", "lamp"}
    assert "sista dag var 21 september" in said(letter)
    assert f"[{numbers(busy)['hole']}]" not in letter.text + letter.html


def test_a_secret_case_is_a_number_and_a_day(busy: Town) -> None:
    letter = asks(busy, REGISTRAR, "#LISTA")
    assert "Ärende med sekretess, svara senast 21 september" in said(letter)
    for word in ("Karin", "HVB", "placerad"):
        assert word not in letter.text + letter.html


def test_a_list_is_answered_by_lines(busy: Town) -> None:
    letter = asks(busy, BO, "#LISTA")
    busy.writes(BO, f"{numbers(busy)['lamp']} #ÖVERLÄMNA Jonas Vik", answers=letter)
    assert busy.cases()[1].officer == "jonas.vik@ekvik.example"


def test_a_list_is_asked_for_in_a_case_and_beside_other_orders(busy: Town) -> None:
    busy.writes(BO, "#INTERNT Ringt entreprenören.\n#LISTA", answers=busy.letters("assignment", BO)[0])
    assert [x.kind for x in busy.letters(to=BO)[-2:]] in (["information", "echo"], ["echo", "information"])
    assert ("note", "Ringt entreprenören.") in busy.journal()


@pytest.mark.parametrize("who", ["nils.ny@ekvik.example", "villain@example.net"])
def test_whom_the_directory_does_not_know_is_shown_nothing(busy: Town, who: str) -> None:
    busy.writes(who, "#LISTA", subject="")
    busy.writes(who, "#STATISTIK", subject="")
    assert all(not shown(busy, letter) for letter in busy.letters(to=who))
    assert busy.letters("report") == []
    assert busy.letters("information", who) == []


def test_a_forged_mail_is_shown_nothing_and_a_silent_server_s_goes_to_the_registered_address(busy: Town) -> None:
    busy.writes("Bo Ek <BO.EK@ekvik.example>", "#LISTA", subject="", authenticated=False)
    assert busy.sent[-1].to == BO
    assert shown(busy, busy.sent[-1]) == {"hole", "lamp"}
    forged = b"Authentication-Results: mx.ekvik.example; dmarc=fail header.from=ekvik.example\r\n"
    stamped = b"Received: from x by mx.ekvik.example; Mon, 7 Sep 2026 09:12:00 +0200\r\n"
    before = len(busy.sent)
    busy.receives(forged + stamped + busy.mail(BO, "#LISTA", subject="", authenticated=False))
    assert all(not shown(busy, letter) for letter in busy.sent[before:])


def test_nobody_floods_a_colleague_with_lists(busy: Town) -> None:
    for _ in range(8):
        busy.writes(BO, "#LISTA", subject="", authenticated=False)
    assert len(busy.letters("echo", BO)) == 5


# --- one case --------------------------------------------------------------------------------------------------------


def test_hjo_58_the_state_of_a_case_with_its_mails(busy: Town) -> None:
    busy.writes(BO, "#STATUS", answers=busy.letters("assignment", BO)[0])
    letter = busy.sent[-1]
    assert (letter.kind, letter.to, letter.number) == ("information", BO, numbers(busy)["hole"])
    for words in ("Läge: Hos handläggare", "Saknas för att avsluta: åtgärd och publicering", HOLE, "bekräftelsen"):
        assert words in said(letter)
    assert busy.cases()[0].status == "assigned"


def test_the_state_of_a_secret_case_has_no_content(busy: Town) -> None:
    busy.writes(REGISTRAR, "#STATUS", subject=numbers(busy)["secret"])
    letter = busy.sent[-1]
    assert letter.to == REGISTRAR
    assert "Sekretess: Ja" in said(letter)
    for word in ("Karin", "HVB", "placerad", "Anna"):
        assert word not in letter.text + letter.html


def test_who_has_no_say_in_a_case_learns_nothing_of_it(busy: Town) -> None:
    busy.writes("sara.ask@ekvik.example", "#STATUS", subject=numbers(busy)["hole"])
    assert "asfalten" not in "".join(x.text for x in busy.letters(to="sara.ask@ekvik.example"))


# --- figures ---------------------------------------------------------------------------------------------------------


def test_kop_09_hjo_11_kli_28_figures_of_a_period_and_of_the_own_units(busy: Town) -> None:
    busy.writes(BO, "#SVAR\nLagat.", answers=busy.letters("assignment", BO)[0])
    busy.waits_until("2026-09-22 10:00")
    whole = asks(busy, REGISTRAR, "#STATISTIK september")
    assert whole.kind == "report"
    assert whole.subject == "Statistik för september 2026"
    for words in ("Kom in: 5", "Besvarade i tid: 1 (20 procent)", "Sena: 4", "Gata och park: 2 (50 procent i tid)"):
        assert words in said(whole)
    assert "Sekretess: 1" in said(whole)
    own = asks(busy, MARIA, "#STATISTIK i år")
    assert "Kom in: 2" in said(own)
    assert "Den gäller dina enheter" in said(own)
    empty = asks(busy, REGISTRAR, "#STATISTIK maj")
    assert "Kom in: 0" in said(empty)


def test_where_the_own_server_s_word_is_demanded_a_silent_one_still_shows_the_registered_address(busy: Town) -> None:
    dmarc = busy.book.municipality.model_copy(update={"staff_proof": StaffProof.DMARC})
    busy.desk = replace(busy.desk, book=busy.book.model_copy(update={"municipality": dmarc}))
    busy.writes(BO, "#LISTA", subject="", authenticated=False)
    assert busy.sent[-1].to == BO


@pytest.mark.parametrize("text", ["", "Mvh Bo", "Skickat från min iPhone"])
def test_a_list_is_asked_for_in_the_subject(busy: Town, text: str) -> None:
    busy.writes(BO, text, subject="#LISTA")
    assert shown(busy, busy.sent[-1]) == {"hole", "lamp"}
    assert len(busy.cases()) == 5


def test_a_subject_that_only_begins_with_a_mark_is_feedback(busy: Town) -> None:
    busy.writes("anna.bergman@ekvik.example", "Larmet på vårt kontor funkar inte.", subject="#trygghet på jobbet")
    assert len(busy.cases()) == 6


def test_a_forged_wish_for_a_list_is_told_to_the_registrar_and_not_answered(town: Town) -> None:
    raw = town.mail(BO, "#LISTA", "Lista", authenticated=False)
    own = town.book.municipality.trusted_hosts[0]
    town.receives(
        f"Authentication-Results: {own}; dmarc=fail header.from=ekvik.example\r\n"
        f"Received: from mail.evil.example by {own}; Mon, 7 Sep 2026 09:12:00 +0200\r\n".encode()
        + raw
    )
    assert [(x.kind, x.to) for x in town.sent] == [("alert", REGISTRAR)]
