"""The words of all letters as they come out: none glued together, none that somebody else put there."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from service.core.cases import Submitter
from service.core.speech import swedish
from tests.desk.every_letter import (
    ABOUT_CASES,
    CASE,
    FULL,
    LETTERS,
    ROOT,
    TO_CITIZENS,
    TOWN,
    WITHOUT_CASE,
    everything_in,
    html_of,
    text_of,
    write,
)

TEMPLATES = sorted((ROOT / "templates").glob("*.txt"))
PERSONAL_NUMBER = "19640823-3234"


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_no_inserted_words_begin_or_end_with_a_blank(path: Path) -> None:
    """What is inserted into a line loses the blanks around it: they belong outside the braces."""
    for inserted in re.findall(r"\{\{(.*?)\}\}", path.read_text(), re.DOTALL):
        for words in re.findall(r'"([^"]*)"', inserted):
            assert words == words.strip(), inserted


def _words(text: str) -> set[str]:
    bare = re.sub(r"mailto:\S+", " ", text.casefold())
    return {word for word in re.findall(r"[^\W\d_]+", bare) if len(word) > 2}


@cache
def _known_words() -> set[str]:
    """Each word that a template writes by itself, and those of the facts that fill it."""
    sources = (re.sub(r"\{#.*?#\}", " ", path.read_text(), flags=re.DOTALL) for path in TEMPLATES)
    written = "\n".join(re.sub(r"\{[{%]|[%}]\}", " ", source) for source in sources)
    days = " ".join(swedish.day(CASE.received_at.date().replace(month=m, day=d)) for m in range(1, 13) for d in (1, 9))
    numbers = " ".join(swedish.count(n, "dag", "dagar") for n in range(13))
    ladder = " ".join(d.swedish() for d in (FULL.municipality.deadlines.receipt, FULL.municipality.deadlines.answer))
    facts = (TOWN, FULL.people, FULL.municipality, CASE, LETTERS, days, numbers, ladder)
    told = "\n".join(map(str, facts)).replace("\\n", " ") + "".join(
        (ROOT / f"service/core/{name}.py").read_text() for name in ("faulttexts", "reasons")
    )
    return _words(
        f"{written}\n{told}\n{CASE.submitter.name}s "
        "arbetsdagar arbetsdag dagar svara ovanför den här raden länkar till färdiga mejl"
    )


@pytest.mark.parametrize("name", sorted(LETTERS))
def test_no_two_words_are_glued(name: str) -> None:
    """A word that no template and no fact knows is two that lost the blank between them."""
    kind, full, least = LETTERS[name]
    for facts in (full, least):
        assert _words(text_of(write(name, **facts))) - _known_words() == set(), (kind, facts)


@pytest.mark.parametrize("name", sorted(set(ABOUT_CASES) - TO_CITIZENS))
def test_no_personal_number_reaches_anybody_by_a_name_a_title_or_a_file(name: str) -> None:
    who = replace(CASE.submitter, name=f"Bengt {PERSONAL_NUMBER}", address=f"c/o {PERSONAL_NUMBER}")
    case = replace(CASE, submitter=who, title=f"Om {PERSONAL_NUMBER}", staff_title=f"Om {PERSONAL_NUMBER}", page="x")
    assert PERSONAL_NUMBER not in everything_in(write(name, case))


@pytest.mark.parametrize("name", sorted(set(LETTERS) - TO_CITIZENS - {"receipt-stranger"}))
def test_no_address_of_a_page_is_a_link_for_staff(name: str) -> None:
    """Most of them a stranger wrote."""
    url = "https://evil.example/faktura"
    who = Submitter(f"Se {url}", CASE.submitter.email, url, url, CASE.submitter.contact)
    case = replace(CASE, text=f"Läs {url} genast", submitter=who, page=url, title=f"Om {url}")
    facts = {"new_text": f"Läs {url} genast"} if "new_text" in LETTERS[name][1] else {}
    mail = write(name, CASE if name in WITHOUT_CASE else case, **facts)
    assert not re.search('href="(?!tel:|mailto:synpunkten@ekvik[.]example[?]subject=)', html_of(mail))


@pytest.mark.parametrize("name", sorted(TO_CITIZENS))
def test_what_staff_call_a_case_reaches_no_citizen(name: str) -> None:
    case = replace(CASE, staff_title="Rättshaveristen på Storgatan igen", measure="Lagt i papperskorgen")
    for never in ("Rättshaveristen", "papperskorgen"):
        assert never not in everything_in(write(name, case))


def test_staff_see_their_own_title() -> None:
    assert "Rättshaveristen" in text_of(write("assignment", replace(CASE, staff_title="Rättshaveristen igen")))


def test_a_secret_mail_is_found_by_when_it_came() -> None:
    """The mail in the folder for secrecy is the citizen's own and has no number."""
    secret = replace(CASE, secrecy=True)
    assert "Leta efter det som kom in söndag 22 november 2026 kl. 10.12." in text_of(write("assignment", secret))
