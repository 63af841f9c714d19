"""Letters: a template and a case become a finished mail. The only place where outgoing mail is worded and built.

No subject holds the submitter's words, a name or a personal number; nothing to a submitter quotes the incoming mail.
Headers after RFC 3834 (automatic mail) and RFC 5322 (threads).
"""

from __future__ import annotations

import email.utils
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, NamedTuple

from service.core.calendar import deadlines, dueday
from service.core.calendar.deadlines import StepKind
from service.core.cases import Case
from service.core.decide.alerting import unnamed
from service.core.decide.mornings import is_told_in_the_morning
from service.core.decide.people import registrar_of, secrecy_folder
from service.core.effects import Letter, SendLetter
from service.core.people import addresses, tokens
from service.core.people.anonymity import as_staff_see, without
from service.core.publicity.published import own_page
from service.core.reading.history.quotes import REPLY_MARKER
from service.core.rules.choices import Role, StaffProof
from service.core.rules.guesses import shown
from service.core.rules.people import Person
from service.core.rules.rulebook import RuleBook
from service.core.speech import swedish
from service.core.speech.languages import SWEDISH
from service.desk.writing import markup
from service.desk.writing.htmlpart import as_html
from service.desk.writing.mailbytes import FOLD, File, build, encoded
from service.desk.writing.stationery import Stationery
from service.desk.writing.textpart import as_text


@dataclass(frozen=True, slots=True)
class Mail:
    """A finished mail, byte for byte as it will leave."""

    kind: Letter
    message_id: str
    sender: str
    to: str
    subject: str
    raw: bytes
    automatic: bool
    source: str = ""  # subject and body before they became a mail
    text: str = ""  # the two parts, before they were coded
    page: str = ""


@dataclass(frozen=True)
class Writer:
    """Writes the letters of one mailbox."""

    address: str
    book: RuleBook
    stationery: Stationery
    secret: bytes
    secrecy: str = "Sekretess"
    """The folder of the mailbox for the mails of secret cases."""

    @cached_property
    def domain(self) -> str:
        """What stands after the @ in our Message-IDs."""
        return addresses.domain_of(self.address)

    @cached_property
    def sender(self) -> str:
        """The From of every letter: the function address under the municipality's name (HJO-25)."""
        name = encoded(self.book.municipality.sender, phrase=True)
        return f"{name}{FOLD}<{addresses.written(self.address)}>"

    def write(
        self,
        letter: SendLetter,
        case: Case | None,
        files: Sequence[File],
        nonce: str,
        now: datetime,
        *,
        source: str = "",
        above: str = "",
        below: Sequence[str] = (),
    ) -> Mail:
        """The finished mail. `nonce` makes its Message-ID unique; the same instant gives the same bytes again.

        source: the `source` of a mail written before, which leaves once more, to somebody else or without its files.
        above, below: lines that stand before and after what the template says.
        """
        number = case.number if case else ""
        template, language = self._template(letter, case)
        if source:
            subject, body = source.split("\n", 1)
        else:
            subject, body = self.stationery.fill(template, self.letter_facts(letter, case, files, now))
        body = "\n\n".join(part for part in (above, body.strip("\n"), *below) if part)
        to = addresses.written(letter.to)
        message_id = tokens.make_message_id(
            self.secret, letter.kind.value, self._signed(letter, case), nonce, letter.to, self.domain
        )
        headers = [
            ("From", self.sender),
            ("To", to),
            ("Subject", FOLD.join([encoded(subject), *([f"[{number}]"] if number else [])])),
            ("Date", email.utils.format_datetime(now.astimezone(self.book.calendar.zone))),
            ("Message-ID", message_id),
            *self._thread(letter, case),
            ("X-Synpunkten-Kind", letter.kind.in_mail),
            *([("X-Synpunkten-Case", number)] if number else []),
            *_automatic_headers(letter),
            ("Content-Language", language),
            ("MIME-Version", "1.0"),
        ]
        text, page = self._parts(body, subject, case, letter, language)
        raw = build(headers, text, page, files, nonce)
        source = f"{subject}\n{body}"
        subject = f"{subject} [{number}]" if number else subject
        sender = addresses.written(self.address)
        return Mail(letter.kind, message_id, sender, to, subject, raw, letter.automatic, source, text, page)

    def _template(self, letter: SendLetter, case: Case | None) -> tuple[str, str]:
        """The template and its language: to the submitter that of what came in, where there is one (FL 13 §, S24)."""
        if case is None or letter.kind.is_to_staff or not case.submitter.has(letter.to):
            return letter.template_name, SWEDISH
        template = self.stationery.version(letter.template_name, case.language)
        return template, case.language if template != letter.template_name else SWEDISH

    def letter_facts(
        self, letter: SendLetter, case: Case | None, files: Sequence[File], now: datetime
    ) -> dict[str, Any]:
        """What the template of a letter may use."""
        shown = as_staff_see(case) if case and letter.kind.is_to_staff and not letter.paper else case
        if case and letter.automatic and not letter.kind.is_to_staff:
            shown = unnamed(case)
        added = {name: self._in_own_words(fact, shown) for name, fact in letter.facts.items()}
        if case and shown is not case and letter.kind.is_to_staff:
            added = {name: fact if name in _AS_WRITTEN else _unnamed(fact, case) for name, fact in added.items()}
        facts = self.facts(shown, now) | added
        enclosed = tuple(file.name for file in files)
        return facts | {"to": letter.to, "recipient": self._greeted(letter.to, case), "files": enclosed}

    def facts(self, case: Case | None, now: datetime) -> dict[str, Any]:
        """What every template may use. Dates are local; a person that is not known has only an address."""
        book, calendar = self.book, self.book.calendar
        facts: dict[str, Any] = {
            "town": book.municipality,
            "contact": book.municipality.contact,
            "mailbox": self.address,
            "today": calendar.local_date(now),
            "person": self._person,
            "local_day": calendar.local_date,
            "clock": lambda at: swedish.clock(at, calendar.zone),
            "second": lambda at: f"{at.astimezone(calendar.zone):%H.%M.%S}",
            "month_after": lambda at: deadlines.month_after(calendar.local_date(at)),
            "called": {role.value: book.municipality.called(role) for role in Role},
            "citizen": self._citizen(case),
            "clicks": clicks(book),
        }
        if case:
            promise = case.running
            facts |= {
                "case": case,
                "submitter": case.submitter,
                "unit": book.unit(case.unit),
                "guesses": shown(case, book),
                "department": book.department_of(case.unit) if case.unit else None,
                "officer": self._person(case.officer) if case.officer else None,
                "registrar": registrar_of(case, book),
                "secrecy_folder": secrecy_folder(case, book, self.secrecy),
                "received": case.received_at,
                "came_in": swedish.moment(case.received_at, calendar.zone),
                "received_day": calendar.local_date(case.received_at),
                "due_day": calendar.local_date(promise.due_at) if promise else None,
                "due": swedish.last_moment(promise.due_at, calendar.zone) if promise else "",
                "own_page": self._own_page(case),
                "counted": dueday.in_swedish(dueday.counted(promise, case, book)) if promise else "",
                "ladder": self._ladder(case),
            }
        return facts

    def _own_page(self, case: Case) -> str:
        """The address of the case's own page on the web; empty where it has none."""
        page = own_page(case, self.book, self.secret)
        return self.book.municipality.publish.root + page if page else ""

    def _ladder(self, case: Case) -> list[tuple[date, tuple[str, ...]]]:
        """Who is told on what day as long as the running promise is not kept, for the first time each."""
        if not case.running:
            return []
        told: dict[date, list[str]] = {}
        for step in deadlines.answer_steps(case.running, self.book, case.running.due_at):
            if step.kind is StepKind.REMIND and is_told_in_the_morning(case, self.book):
                continue
            there = told.setdefault(self.book.calendar.local_date(step.at), [])
            there += [role for role in step.roles or (Role.OFFICER,) if role not in there]
        return [(day, tuple(roles)) for day, roles in told.items()]

    def _signed(self, letter: SendLetter, case: Case | None) -> str:
        """The case that the letter's token names: to whoever only gets an acknowledgement it gives no part in any."""
        if case is None or (not letter.kind.is_to_staff and not case.submitter.has(letter.to)):
            return ""
        return case.number

    def _greeted(self, to: str, case: Case | None) -> str:
        """The name to greet the recipient by, a colleague by the first; empty where none is known or may be told."""
        person = self.book.person(to)
        if person:
            return person.name.partition(" ")[0]
        return _name_in(case) if case and case.submitter.has(to) else ""

    def _citizen(self, case: Case | None) -> str:
        """What staff call whoever has written: the name, where it is known and may be told."""
        return (_name_in(case) if case and not case.anonymous else "") or "synpunktslämnaren"

    def _in_own_words(self, fact: Any, case: Case | None) -> Any:
        """Our sentences with the municipality's word for its registrar, and with the submitter's name.

        What stands in them as a quotation is kept.
        """
        if not isinstance(fact, tuple):
            return fact
        own = {"registratorn": self.book.municipality.called(Role.REGISTRAR), "synpunktslämnaren": self._citizen(case)}
        return tuple(
            _ROLE.sub(lambda found: _like(found, own), line) if isinstance(line, str) else line for line in fact
        )

    def _person(self, address: str) -> Person:
        """Who has the address. Registrars who are no person have the municipality's own word for them (KLI-14)."""
        called = self.book.municipality.roles.get(Role.REGISTRAR) if address in self.book.registrars else None
        return self.book.person(address) or Person(email=address, name=called or address)

    def _thread(self, letter: SendLetter, case: Case | None) -> list[tuple[str, str]]:
        """To the submitter: on the submitter's mails. To staff: all of a case's letters in one thread."""
        if not case:
            return []
        if not letter.kind.is_to_staff and case.submitter.has(letter.to):
            ids = [i for i in case.thread if _MESSAGE_ID.fullmatch(i)]
            return [("In-Reply-To", ids[-1]), ("References", FOLD.join(ids[-_MOST_REFERENCES:]))] if ids else []
        return [("References", f"<{case.number}@{self.domain}>")]

    def _parts(self, body: str, subject: str, case: Case | None, letter: SendLetter, language: str) -> tuple[str, str]:
        body, footer = self._with_mark(body, case.number if case else "", foot_in(language))
        if case and case.registry_number and not case.secrecy:  # the series names a committee, which tells too much
            footer.insert(-1, f"Diarienummer {case.registry_number}")
        blocks = markup.read_blocks(body)
        if letter.kind.is_to_staff:
            blocks = _with_glance(blocks)
            if letter.template_name not in _UNANSWERED:
                blocks.insert(0, markup.Block("marker", (REPLY_MARKER,)))
        text = as_text([*blocks, markup.Block("rule", ()), markup.Block("literal", tuple(footer))])
        to_staff = not (case and case.submitter.has(letter.to))
        return text, as_html(blocks, subject, footer, language=language, to_staff=to_staff)

    def _with_mark(self, body: str, number: str, words: Foot) -> tuple[str, list[str]]:
        """The body and the foot's lines. The number in brackets is our own mark and stands once, whoever wrote it."""
        town = self.book.municipality
        footer = [town.name + (f", {words.telephone} {town.contact.phone}" if town.contact.phone else "")]
        if not number:
            return body, footer
        before, marked, after = body.replace(f"[{number}]", number).partition(markup.OUR_MARK)
        if not marked:
            return before, [f"{words.number} [{number}]", *footer]
        return f"{before}[{number}]{after.replace(markup.OUR_MARK, number)}", footer


_UNANSWERED = frozenset({"service-trouble", "trial", "canary", "shadow", "checksum", "figures"})
# nobody is asked for anything in them, and no case hears of an answer
_AS_WRITTEN = frozenset({"answer", "failed"})  # what will be sent, and the address that somebody has to put right


def _unnamed(fact: Any, case: Case) -> Any:
    """The fact without the name and the addresses of whoever wants to be anonymous."""
    if isinstance(fact, tuple):
        return tuple(_unnamed(each, case) for each in fact)
    return without(case.submitter, fact) if isinstance(fact, str) else fact


class Foot(NamedTuple):
    """The words of a letter's foot in one language."""

    number: str
    telephone: str


def foot_in(language: str) -> Foot:
    """The foot's words; in a language that has none here, the Swedish ones."""
    return _FOOT.get(language, _FOOT[SWEDISH])


_FOOT = {
    SWEDISH: Foot("Ärendenummer", "telefon"),
    "en": Foot("Case number", "telephone"),
    "fi": Foot("Asianumero", "puhelin"),
}
_ROLE = re.compile(r"”[^”]*”|\b([Rr]egistratorn|[Ss]ynpunktslämnaren)(s?)\b")


def _like(found: re.Match[str], own: Mapping[str, str]) -> str:
    """The word in place of what is found, with a capital where that has one; of a quotation nothing is changed."""
    if not found[1]:
        return found[0]
    word = own[found[1].lower()]
    word = word[:1].upper() + word[1:] if found[1][0].isupper() else word
    return word if found[2] and word.endswith(("s", "x", "z")) else word + found[2]


def clicks(book: RuleBook) -> bool:
    """Whether links may open mails: such a mail answers no letter of ours, so the server must vouch for its sender."""
    return book.municipality.staff_proof is not StaffProof.TOKEN


def _with_glance(blocks: list[markup.Block]) -> list[markup.Block]:
    """What lists of mails show beside the subject: what the template says, or the first lines after the greeting."""
    if any(block.kind == "glance" for block in blocks):
        return blocks
    first = next((b for b in blocks if b.kind == "paragraph" and not b.lines[0].startswith("Hej")), None)
    shown = markup.shown_alone(" ".join(first.wrapped)) if first else ""
    return [markup.Block("glance", (shown,)), *blocks] if shown else blocks


def _name_in(case: Case) -> str:
    """The submitter's name; empty where it is secret, or may be no name at all.

    It is whatever stood in the sender's field, and our letter must carry nobody's message to others.
    """
    return case.submitter.name if not case.secrecy and _NAME.fullmatch(case.submitter.name) else ""


_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,900}>")  # longer ones would break the limit of a line (RFC 5322 2.1.1)
_MOST_REFERENCES = 10
# A dot with a letter behind it makes a link of a name in many mail programs: such a name is a message, no name
_NAME = re.compile(r"[^\W\d_](?:[^\W\d_]|[ '’-]|\.(?![^\W_])){0,59}")


def _automatic_headers(letter: SendLetter) -> list[tuple[str, str]]:
    """RFC 3834 section 5; to staff no suppression of out-of-office replies: an absence is worth knowing (S17)."""
    if not letter.automatic:
        return []
    if not letter.kind.is_to_staff:
        kind = "auto-replied" if letter.kind in {Letter.RECEIPT, Letter.ACKNOWLEDGEMENT} else "auto-generated"
        return [("Auto-Submitted", kind), ("X-Auto-Response-Suppress", "All")]
    return [("Auto-Submitted", "auto-generated")]
