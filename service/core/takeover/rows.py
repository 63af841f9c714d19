"""A row of the export as a case, or everything in it that is not understood."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from service.core.calendar.workdays import Calendar
from service.core.cases import Case, Contact, Publication, Status, Submitter
from service.core.identity import titles
from service.core.identity.registry import read_number
from service.core.people import addresses
from service.core.rules.routing import Facts, route
from service.core.rules.rulebook import RuleBook
from service.core.speech.languages import language_of
from service.core.takeover.mapping import EMPTY, OTHERWISE, Takeover
from service.core.takeover.words import YES, Words, words_of

Cell = str | datetime
"""What stands in a cell: text, or an instant of a spreadsheet, which has no zone and is Swedish local time."""

_NOON = dt.time(12)
_ENDED = (Status.CLOSED, Status.REFUSED)
_BEFORE_THE_END = (Status.NEW, Status.TRIAGE, Status.ASSIGNED, Status.WAITING)


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """Something in a row that cannot be taken over as it is. nearest: what is most like it among what is known."""

    row: int
    column: str
    value: str
    what: str
    nearest: str = ""

    def __str__(self) -> str:
        """One line for people."""
        shown = self.value if len(self.value) <= _SHOWN else f"{self.value[:_SHOWN]}…"
        meant = f'; did you mean "{self.nearest}"?' if self.nearest else ""
        return f'row {self.row}, column {self.column}: "{" ".join(shown.split())}" {self.what}{meant}'


_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Old:
    """A case of the system before: as it is to be opened, and where it stood there.

    row: its row in the file, counted from 1 with the heading. kept: lines for its journal.
    """

    row: int
    case: Case
    status: Status
    kept: tuple[str, ...] = ()

    @property
    def number(self) -> str:
        """The number that it had there."""
        return self.case.external_ref or self.case.registry_number


@dataclass(frozen=True)
class Reader:
    """Reads rows by a mapping file and the municipality's rules.

    today: the local day, after which nothing came in. own: the addresses of the mailboxes, which nobody has.
    """

    takeover: Takeover
    book: RuleBook
    mailbox: str
    today: dt.date
    own: frozenset[str] = frozenset()
    words: Mapping[str, Words] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "words", words_of(self.book))

    def read(self, number: int, cells: Mapping[str, Cell]) -> Old | list[NotUnderstood]:
        """The case of a row; everything that is wrong where something is."""
        row = _Row(self, number, cells)
        old = row.old()
        return row.faults or old

    def meant(self, fact: str, word: str) -> str | None:
        """Our value for a word of theirs, empty for none; None where it is not understood."""
        mapped = self.takeover.values.get(fact, {})  # type: ignore[call-overload]  # a key that is none finds nothing
        folded = {" ".join(key.split()).casefold(): key for key in mapped}
        for key in (" ".join(word.split()).casefold(), OTHERWISE):
            if key == OTHERWISE and (not word or self.words[fact].find(word)):
                continue
            if key in folded:
                return self.ours(fact, mapped[folded[key]])
        return self.words[fact].find(word) if word else EMPTY

    def ours(self, fact: str, target: str | bool) -> str | None:
        """The value that the mapping file names, as it is written here; None where it names none of ours."""
        if isinstance(target, bool):
            target = "yes" if target else "no"
        return self.words[fact].find(target) if target else EMPTY


@dataclass
class _Row:
    reader: Reader
    number: int
    cells: Mapping[str, Cell]
    faults: list[NotUnderstood] = field(default_factory=list)

    def old(self) -> Old:
        """The case, as far as it is understood."""
        draft = self._case()
        status = self._status(draft)
        self._check_times(draft, status)
        if status in _ENDED:
            draft = replace(draft, closed_at=draft.closed_at or draft.answered_at, publication=Publication.NO)
        kept = tuple(f"{c}: {text}" for c in self.reader.takeover.journal if (text := _text(self.cells.get(c, ""))))
        return Old(self.number, draft, status, kept)

    def _case(self) -> Case:
        book, text, heading = self.reader.book, self._words("text", "\n\n"), self._words("title")
        officer = self._chosen("officer")
        unit = self._chosen("unit") or (book.unit_of(officer) or "" if officer else "")
        department = book.department_of(unit)
        if not text and not heading:
            self._fault("text", "", "is empty, and the title is too")
        provision = self._words("secrecy_provision")
        return Case(
            mailbox=self.reader.mailbox,
            title=titles.title(heading, text).text,
            text=text or heading,
            submitter=self._submitter(),
            received_at=self._instant("received_at") or datetime.min.replace(tzinfo=UTC),
            receipt_sent_at=self._instant("receipt_sent_at"),
            answered_at=self._instant("answered_at"),
            closed_at=self._instant("closed_at"),
            type=self._chosen("type"),
            category=self._chosen("category"),
            measure=self._chosen("measure"),
            process=self._chosen("process") or next(iter(book.municipality.processes), ""),
            channel=self._chosen("channel") or "e-post",
            received_by=self._words("received_by"),
            language=language_of(text),
            unit=unit,
            department=department.id if department else "",
            committee=(department.committee if department else None) or "",
            officer=officer,
            secrecy=self._is_secret(unit, heading, text) or bool(provision),
            secrecy_provision=provision,
            anonymous=self._is_anonymous(),
            late_reason=self._words("late_reason"),
            answer=self._words("answer", "\n\n"),
            keywords=tuple(filter(None, (w.strip() for w in re.split("[,;\n]", self._words("keywords"))))),
            page=self._words("page"),
            external_ref=self._words("external_ref"),
            registry_number=self._registry_number(),
        )

    # --- facts --------------------------------------------------------------------------------------------------------

    def _submitter(self) -> Submitter:
        name, phone = self._words("submitter.name"), self._words("submitter.phone")
        address, email = self._words("submitter.address", ", "), self._words("submitter.email")
        if email and not addresses.is_mailable(addresses.written(email)):
            self._fault("submitter.email", email, "is no e-mail address")
        elif addresses.key(email) in self.reader.own:
            self._fault("submitter.email", email, "is the mailbox itself")
        ways = ((email, Contact.EMAIL), (phone, Contact.PHONE), (address, Contact.LETTER))
        known = next((way for given, way in ways if given), Contact.IMPOSSIBLE)
        wished = self._chosen("contact", "submitter.contact")
        return Submitter(name, addresses.written(email), phone, address, Contact(wished) if wished else known)

    def _is_secret(self, unit: str, heading: str, text: str) -> bool:
        """Who judged it there is believed, but for a unit whose matters are all secret; unjudged the rules decide."""
        book, judged = self.reader.book, self._chosen("secrecy")
        known = book.unit(unit)
        if judged == YES or (known and known.secrecy):
            return True
        return not judged and route(book, Facts(subject=heading, text=text)).secrecy

    def _is_anonymous(self) -> bool:
        stated = self._chosen("anonymous")
        columns = self.reader.takeover.columns
        who = [f"submitter.{each}" for each in ("name", "email", "phone", "address")]
        is_nameless = any(columns.of(each) for each in who) and not any(self._words(each) for each in who)
        return stated == YES or (not stated and is_nameless)

    def _registry_number(self) -> str:
        written = self._words("registry_number")
        return read_number(written, self.reader.book.municipality.diary.number or "") or written

    def _status(self, draft: Case) -> Status:
        stated = self._chosen("status")
        if stated:
            return Status(stated)
        if draft.closed_at:
            return Status.CLOSED
        return Status.ANSWERED if draft.answered_at else Status.ASSIGNED

    def _check_times(self, draft: Case, status: Status) -> None:
        """A case that is done needs its day, by which it is counted and kept; one that is not has none."""
        if not self._words("external_ref") and not self._words("registry_number"):
            self._fault("external_ref", "", "is empty: the row has no number")
        if status in _ENDED and not (self._words("closed_at") or draft.answered_at):
            self._fault("closed_at", "", f"is empty, and the case is {status}")
        elif status is Status.ANSWERED and not self._words("answered_at"):
            self._fault("answered_at", "", "is empty, and the case is answered")
        elif status in _BEFORE_THE_END and (draft.closed_at or draft.answered_at):
            done = "closed_at" if draft.closed_at else "answered_at"
            self._fault(done, self._words(done), f"is the day of its end, and the case is {status}")
        zone = self.reader.book.calendar
        came = zone.local_date(draft.received_at) if draft.received_at.year > 1 else None
        for name in ("received_at", "receipt_sent_at", "answered_at", "closed_at"):
            at: datetime | None = getattr(draft, name)
            if at is None or at.year == 1:
                continue
            if zone.local_date(at) > self.reader.today:
                self._fault(name, self._words(name), "has not come yet")
            elif came and zone.local_date(at) < came:
                self._fault(name, self._words(name), "is before the case came in")

    # --- cells --------------------------------------------------------------------------------------------------------

    def _words(self, fact: str, between: str = " ") -> str:
        found = (_text(self.cells.get(column, "")) for column in self.reader.takeover.columns.of(fact))
        return between.join(filter(None, found))

    def _chosen(self, fact: str, column: str = "") -> str:
        word = self._words(column or fact)
        meant = self.reader.meant(fact, word)
        if meant is None:
            self._fault(column or fact, word, "is not understood", self.reader.words[fact].nearest(word))
        return meant or ""

    def _instant(self, fact: str) -> datetime | None:
        columns = self.reader.takeover.columns.of(fact)
        cell = next((c for name in columns if (c := self.cells.get(name, ""))), "")
        if not cell:
            if fact == "received_at":
                self._fault(fact, "", "is empty: nobody can tell when the case came in")
            return None
        at = cell if isinstance(cell, datetime) else read_instant(cell, self.reader.takeover.dates)
        if at is None:
            self._fault(fact, _text(cell), "is no day", ", ".join(self.reader.takeover.dates))
            return None
        return _utc(at, self.reader.book.calendar)

    def _fault(self, fact: str, value: str, what: str, nearest: str = "") -> None:
        column = ", ".join(self.reader.takeover.columns.of(fact)) or f"({fact})"
        self.faults.append(NotUnderstood(self.number, column, value, what, nearest))


def read_instant(text: str, forms: tuple[str, ...]) -> datetime | None:
    """The instant or day in one of the forms, or in ISO 8601; None where it is written otherwise. No zone: local."""
    for form in forms:
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007 - its zone is the municipality's
        except ValueError:
            continue
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _utc(at: datetime, calendar: Calendar) -> datetime:
    """The instant; a day without a time of day counts as its noon."""
    if at.tzinfo is not None:
        return at.astimezone(UTC)
    clock = at.time() if at.time() != dt.time() else _NOON
    return calendar.at(at.date(), clock).astimezone(UTC)


def _text(cell: Cell) -> str:
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d}" if cell.time() == dt.time() else f"{cell:%Y-%m-%d %H:%M}"
    return cell.replace("\x00", "").replace("\r\n", "\n").strip()
