"""The public pages in Chromium: WCAG 2.1 AA by axe, nothing too wide for a small phone, a search without a server."""

from __future__ import annotations

from pathlib import Path

import pytest

from service.core.rules.rulebook import RuleBook
from tests.conftest import need
from tests.giving.site import a_year, publish, with_address, with_own_pages
from tests.servers import browser

SORTS = (
    "index.html",
    "arende/EKV-26-00001-A.html",
    "arende/EKV-26-00002-A.html",  # withdrawn
    "enhet/gata-park.html",
    "typ/klagomal.html",
    "manad/2026-09.html",
    "sok.html",
    "register/index.html",
    "register/2026-09.html",
    "om.html",
    "tillganglighet.html",
    "mitt/index.html",
)


@pytest.fixture
def pages(ekvik: RuleBook, tmp_path: Path) -> Path:
    """What is published, with a page that has been withdrawn."""
    need(browser.program(), browser.INSTALL)
    book = with_own_pages(with_address(ekvik))
    cases = a_year(book)
    publish(cases, book, tmp_path)
    publish(cases[:2] + cases[3:], book, tmp_path)
    return tmp_path


def test_no_page_has_anything_that_axe_objects_to_or_scrolls_sideways_on_a_phone(pages: Path) -> None:
    own = min(f"mitt/{page.name}" for page in (pages / "mitt").iterdir())
    seen = browser.look(pages, [*SORTS, own])
    assert len(seen) == 2 * (len(SORTS) + 1)
    assert [(page["name"], page["width"], page["violations"]) for page in seen if page["violations"]] == []
    assert [(page["name"], page["scrolls"]) for page in seen if page["scrolls"] > page["width"]] == []
    assert all(page["checked"] > 10 for page in seen), "axe has looked"


SEARCH = """(async function () {
  const field = document.getElementById("ord");
  if (!field) return null;
  field.value = "vägarna lagade 12";
  document.getElementById("sok").requestSubmit();
  const found = [...document.querySelectorAll("#traffar a")].map(a => a.getAttribute("href"));
  return [document.getElementById("antal").textContent, found];
}())"""


def test_the_search_finds_words_in_other_forms_without_a_server(pages: Path) -> None:
    said, found = browser.look(pages, ["sok.html"], SEARCH)[0]["script"]
    assert found[-1] == "arende/EKV-26-00012-A.html"
    assert said == f"{len(found)} synpunkter hittades."
