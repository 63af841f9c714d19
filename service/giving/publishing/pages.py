"""The pages as HTML: Swedish, WCAG 2.1 AA, readable at 320 pixels, on paper, and without scripts or cookies."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from service.core.publicity.published import OWN, Entry, Progress, Row
from service.core.rules.rulebook import RuleBook
from service.core.speech import swedish

_FOLDER = Path(__file__).parent / "pages"
_ON_A_PAGE = 100


@dataclass(frozen=True, slots=True)
class Group:
    """Cases that belong together: what they are called, where their first page is, and how many they are."""

    name: str
    address: str
    size: int


class Pages:
    """The pages of one municipality; each function gives a whole page. Addresses in them are relative."""

    def __init__(self, book: RuleBook) -> None:
        self._town, self._env = book.municipality, _environment()

    def _page(self, template: str, at: str, title: str, **facts: Any) -> str:
        root = "../" * at.count("/")
        known = {"town": self._town, "root": root, "title": title, "language": "sv", "hidden": False}
        return self._env.get_template(f"{template}.html").render(known | facts) + "\n"

    def index(self, latest: Sequence[Entry], places: Sequence[tuple[str, Sequence[Group]]]) -> str:
        """The first page: the latest cases, and the ways to all others."""
        return self._page("index", "", "Synpunkter och svar", latest=latest, places=places)

    def case(self, entry: Entry) -> str:
        """A case with its answer."""
        return self._page("case", address_of(entry.case_id), entry.title, one=entry, language=entry.language)

    def own(self, progress: Progress) -> str:
        """How far a case has come, for whoever has the address."""
        return self._page("own", OWN, "Så går det för din synpunkt", one=progress, hidden=True)

    def nothing(self) -> str:
        """What a folder shows whose files are in no list."""
        return self._page("nothing", OWN, "Här finns inget att visa", hidden=True)

    def gone(self, name: str) -> str:
        """What stands where a case was that has been withdrawn: nothing of it."""
        return self._page("gone", name, "Sidan är borttagen", hidden=True)

    def search(self, months: Sequence[Group], years: Sequence[int]) -> str:
        """The search, and the way round it for whoever has no scripts."""
        return self._page("search", "", "Sök bland synpunkterna", months=months, years=years)

    def register_index(self, months: Sequence[Group]) -> str:
        """The register's first page."""
        return self._page("register-index", "register/", "Registret över ärenden", months=months)

    def register(self, month: date, rows: Sequence[Row], before: str, after: str) -> str:
        """The register's page of a month."""
        name = month_name(month)
        title = f"Registret för {name}"
        return self._page("register", "register/", title, name=name, rows=rows, before=before, after=after)

    def about(self, *, catalogue: bool) -> str:
        """What the pages show, and as which open data."""
        licence = self._town.publish.licence
        return self._page("about", "", "Om sidorna", licence=licence, catalogue=catalogue)

    def accessibility(self) -> str:
        """The accessibility statement (lagen 2018:1937)."""
        statement = self._town.publish.accessibility
        return self._page("accessibility", "", "Tillgänglighet på de här sidorna", statement=statement)

    def group(self, heading: str, address: str, entries: Sequence[Entry]) -> dict[str, str]:
        """The pages of a group of cases, by their addresses."""
        parts = [entries[at : at + _ON_A_PAGE] for at in range(0, len(entries), _ON_A_PAGE)]
        names = [address if n == 0 else address.replace(".html", f"-{n + 1}.html") for n in range(len(parts))]
        made = {}
        for at, (name, part) in enumerate(zip(names, parts, strict=True)):
            title = heading if at == 0 else f"{heading}, sida {at + 1}"
            facts = {"size": len(entries), "pages": len(parts), "page": at + 1, "entries": part}
            beside = {"before": names[at - 1] if at else "", "after": names[at + 1] if at + 1 < len(names) else ""}
            made[name] = self._page("group", name, title, **facts, **beside)
        return made


def address_of(case_id: str) -> str:
    """Where a case's page is, from the folder's root."""
    return f"arende/{case_id}.html"


def month_name(month: date) -> str:
    """The month as it is read: "september 2026"."""
    return f"{swedish.short_day(month).split(' ', 1)[1]} {month.year}"


def slug(words: str) -> str:
    """The words as a part of an address: a-z, 0-9 and hyphens."""
    plain = unicodedata.normalize("NFKD", words.casefold()).encode("ascii", "ignore").decode()
    return "-".join("".join(c if c.isalnum() else " " for c in plain).split()) or "ovrigt"


def asset(name: str) -> str:
    """A file that goes along with the pages."""
    return (_FOLDER / name).read_text("utf-8")


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["day"] = swedish.day
    made.filters["number"] = lambda amount: f"{amount:,}".replace(",", "\u00a0")
    made.filters["workdays"] = lambda amount: swedish.count(amount, "arbetsdag", "arbetsdagar")
    return made
