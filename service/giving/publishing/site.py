"""The whole of what is published of one mailbox, written in one walk through its cases.

What was published before and is not any more, for whatever reason, gives way to a page that says only that.
"""

from __future__ import annotations

import heapq
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from service.core.cases import Case
from service.core.publicity.published import OWN, Entry, Row, entry_of, own_page, progress_of, row_of
from service.core.rules.rulebook import RuleBook
from service.giving.publishing import feeds, open311, opendata
from service.giving.publishing.folder import Folder
from service.giving.publishing.pages import Group, Pages, address_of, asset, month_name, slug

_FRESH = 1000  # cases that feeds and Open311 show with their words
_IN_FEEDS, _ON_FIRST_PAGE = 50, 10
_SEARCHED = 1500  # characters of each case that the search looks at


@dataclass(frozen=True, slots=True)
class Published:
    """What a run has given: cases, lines in the register, and the cases that stood there before and do not any more."""

    cases: int
    rows: int
    withdrawn: tuple[str, ...]


@dataclass(slots=True)
class _Kept:
    """What is kept of the cases until all are known: of most no text."""

    entries: list[Entry] = field(default_factory=list)
    fresh: list[tuple[str, str, Entry]] = field(default_factory=list)  # a heap, the oldest first
    rows: list[Row] = field(default_factory=list)
    words: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))  # for the search, by year

    def add(self, entry: Entry) -> None:
        self.entries.append(replace(entry, text="", answer=""))
        place = heapq.heappush if len(self.fresh) < _FRESH else heapq.heappushpop
        place(self.fresh, (entry.updated_at.isoformat(), entry.case_id, entry))
        self.words[entry.received_on.year].append(_searched(entry))

    @property
    def newest(self) -> list[Entry]:
        """All without their texts, those that came in last before the others."""
        return sorted(self.entries, key=lambda one: (one.received_on, one.case_id), reverse=True)

    @property
    def latest(self) -> list[Entry]:
        """Those that changed last, with their texts."""
        return [one for _, _, one in sorted(self.fresh, key=lambda known: known[:2], reverse=True)]


def publish(found: Iterable[Case], book: RuleBook, folder: Folder, *, now: datetime, secret: bytes) -> Published:
    """Write the pages of the cases into the folder, and take away what does not belong there any more.

    secret: the register's key, which the addresses of the cases' own pages are made with.
    """
    pages, kept = Pages(book), _Kept()
    objects = []
    for case in found:
        kept.rows.append(row_of(case, book))
        own, progress = own_page(case, book, secret), progress_of(case, book, now)
        if own and progress:
            folder.write(own, pages.own(progress))
        entry = entry_of(case, book)
        if entry is None:
            continue
        folder.write(address_of(entry.case_id), pages.case(entry))
        for name, content in open311.request(entry, book):
            folder.write(name, content)
        objects.append(opendata.as_json(entry, book))
        kept.add(entry)
    folder.write("synpunkter.json", opendata.opening(book) + "\n" + ",\n".join(objects) + opendata.CLOSING)
    _write_lists(folder, pages, kept)
    _write_register(folder, pages, kept.rows, book)
    _write_data(folder, kept, book)
    withdrawn = _withdraw(folder, pages)
    folder.finish()
    return Published(len(kept.entries), len(kept.rows), withdrawn)


def _write_lists(folder: Folder, pages: Pages, kept: _Kept) -> None:
    newest = kept.newest
    months = _grouped((f"manad/{one.received_on:%Y-%m}.html", month_name(one.received_on), one) for one in newest)
    units = _grouped((f"enhet/{slug(one.place)}.html", one.unit, one) for one in newest if one.unit)
    types = _grouped((f"typ/{slug(one.type)}.html", one.type.capitalize(), one) for one in newest if one.type)
    for groups in (months, units, types):
        for group, entries in groups:
            for name, page in pages.group(f"Synpunkter: {group.name}", group.address, entries).items():
                folder.write(name, page)
    by_name = [sorted((group for group, _ in groups), key=lambda group: group.name) for groups in (units, types)]
    in_order = [group for group, _ in months]
    places = [("Enheter", by_name[0]), ("Typer", by_name[1]), ("Månader", in_order)]
    folder.write("index.html", pages.index(newest[:_ON_FIRST_PAGE], places))
    folder.write("sok.html", pages.search(in_order, sorted(kept.words, reverse=True)))
    for year, rows in kept.words.items():
        folder.write(f"sok-{year}.js", "synpunkter([\n" + ",\n".join(rows) + "\n]);\n")


def _grouped(named: Iterable[tuple[str, str, Entry]]) -> list[tuple[Group, list[Entry]]]:
    """The cases by address and name of their group, the groups in the order of their first case."""
    names: dict[str, str] = {}
    found: dict[str, list[Entry]] = defaultdict(list)
    for address, name, entry in named:
        names.setdefault(address, name)
        found[address].append(entry)
    return [(Group(names[address], address, len(entries)), entries) for address, entries in found.items()]


def _write_register(folder: Folder, pages: Pages, rows: Sequence[Row], book: RuleBook) -> None:
    months: dict[date, list[Row]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: (row.received_on, row.case_id)):
        months[row.received_on.replace(day=1)].append(row)
    order = sorted(months)
    names = [f"{month:%Y-%m}" for month in order]
    for at, month in enumerate(order):
        before, after = names[at - 1] if at else "", names[at + 1] if at + 1 < len(names) else ""
        folder.write(f"register/{names[at]}.html", pages.register(month, months[month], before, after))
    groups = [Group(month_name(month), f"register/{month:%Y-%m}.html", len(months[month])) for month in order]
    folder.write("register/index.html", pages.register_index(groups[::-1]))
    folder.write("register.json", opendata.register([row for month in order for row in months[month]], book))


def _write_data(folder: Folder, kept: _Kept, book: RuleBook) -> None:
    pages, address = Pages(book), book.municipality.publish.root
    folder.write("om.html", pages.about(catalogue=bool(address)))
    folder.write("tillganglighet.html", pages.accessibility())
    if book.municipality.publish.own_page and address:
        folder.write(f"{OWN}index.html", pages.nothing())
    for name in ("stil.css", "sok.js"):
        folder.write(name, asset(name))
    latest = kept.latest
    folder.write("atom.xml", feeds.atom(latest[:_IN_FEEDS], book))
    folder.write("feed.json", feeds.json_feed(latest[:_IN_FEEDS], book))
    folder.write("schema.json", opendata.schema())
    for files in (open311.services(book), open311.requests(latest, book)):
        for name, content in files:
            folder.write(name, content)
    if address:
        folder.write("catalog.rdf", opendata.catalogue(book))


def _withdraw(folder: Folder, pages: Pages) -> tuple[str, ...]:
    """Of a case that is not published any more only a page without content is left; all else of ours goes away."""
    gone = []
    for name in list(folder.left_over()):
        if name.startswith("arende/"):
            folder.write(name, pages.gone(name))
            gone.append(name.removeprefix("arende/").removesuffix(".html"))
        else:
            folder.remove(name)
    return tuple(gone)


def _searched(entry: Entry) -> str:
    """A case as the search knows it: number, title, facts, day and words."""
    facts = ", ".join(part for part in (entry.type.capitalize(), entry.unit, str(entry.received_on)) if part)
    words = f"{entry.case_id} {entry.title} {entry.category} {entry.text} {entry.answer}"[:_SEARCHED]
    row = {"n": entry.case_id, "t": entry.title, "f": facts, "d": str(entry.received_on), "w": words}
    return json.dumps(row, ensure_ascii=False).replace("\u2028", " ").replace("\u2029", " ")
