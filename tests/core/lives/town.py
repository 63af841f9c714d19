"""A town in the mind: mails, cases and letters are values, and nothing but the core is at work on them.

It does what the desk does with the effects, by dictionaries in place of tables, and keeps what happened in each step.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from service.core import classify, gate
from service.core.calendar.deadlines import next_check
from service.core.cases import Case, How
from service.core.decide import Incoming, SentLetter, joining, on_mail, on_refused, on_sent, on_time, on_uncertain
from service.core.decide.people import next_person
from service.core.decide.unwritten import on_unwritten
from service.core.effects import (
    AddMessage,
    AskStanding,
    DisposeOf,
    Effect,
    Elsewhere,
    ExposeThread,
    ForgetAbsence,
    FreeAddress,
    LeaveFilesOut,
    OpenCase,
    PassOn,
    Relate,
    RememberAbsence,
    SendAgain,
    SendLetter,
    SplitOff,
    StopAddress,
    Withdraw,
)
from service.core.evolve import evolve
from service.core.identity import numbers
from service.core.mail import Authentication, Message, Received
from service.core.people import addresses, tokens
from service.core.people.absence import Absent, Away
from service.core.people.origin import Arrival, Word
from service.core.rules.forms import Submission
from service.core.rules.rulebook import RuleBook
from service.core.speech.standing import Standing
from service.core.verdict import Context, Match, Role, Verdict
from tests.core.values import SECRET, a_mail

MAILBOX = "synpunkten@stad.example"


@dataclass
class Sent:
    """A letter: its Message-ID, the case that it is about as it was then, and whether it waits or has left.

    tried: who could not be reached with it before.
    """

    letter: SendLetter
    message_id: str
    case: Case | None
    at: datetime
    tried: tuple[str, ...] = ()
    state: str = "waits"

    @property
    def number(self) -> str:
        return self.case.number if self.case else ""


@dataclass(frozen=True)
class Done:
    """One effect on a case (None: on none), before and after it."""

    effect: Effect
    before: Case | None
    after: Case | None


@dataclass
class Step:
    """What happened at once: by whose mail (None: the clock's doing, or a mail server's), and all that came of it."""

    message: Message | None = None
    verdict: Verdict | None = None
    case: Case | None = None
    """The case that the mail belongs to, as it was before."""
    done: list[Done] = field(default_factory=list)
    letters: list[Sent] = field(default_factory=list)
    refused: list[SendLetter] = field(default_factory=list)
    returned: list[Sent] = field(default_factory=list)
    """The letters that the mail server has refused."""

    @property
    def effects(self) -> list[Effect]:
        return [each.effect for each in self.done]


@dataclass
class Town:
    """The register, the outbox and the clock."""

    book: RuleBook
    now: datetime
    cases: dict[str, Case] = field(default_factory=dict)
    post: list[Sent] = field(default_factory=list)
    absent: dict[str, Absent] = field(default_factory=dict)
    stopped: set[str] = field(default_factory=set)
    exposed: set[str] = field(default_factory=set)
    questions: dict[str, Standing] = field(default_factory=dict)
    life: dict[str, list[Done]] = field(default_factory=dict)
    """All that was ever done to a case, in order: its journal."""
    said: str = ""
    """All that the staff have written."""
    step: Step = field(default_factory=Step)
    _filed: dict[str, str] = field(default_factory=dict)
    _checks: dict[str, tuple[Case, datetime, datetime | None]] = field(default_factory=dict)
    _count: int = 0

    # --- what happens ---------------------------------------------------------------------------------------------

    def mail(self, sender: str, text: str, *, answers: Sent | None = None, number: str = "", **more: Any) -> Message:
        """A mail of this moment, in answer to a letter or with a case's number in its subject."""
        self._count += 1
        written = answers.number if answers else number
        subject = more.pop("subject", "Sv: Synpunkt" if answers else "Synpunkt") + (f" [{written}]" if written else "")
        return a_mail(
            sender,
            text,
            message_id=f"<{self._count}@post.example>",
            date=self.now,
            to=(a_mail(MAILBOX).sender,),
            subject=subject,
            case_numbers=(written,) if written else (),
            in_reply_to=answers.message_id if answers else None,
            references=(answers.message_id,) if answers else (),
            digest=f"{self._count:064x}",
            **more,
        )

    def judged(self, message: Message, word: Word) -> Message:
        """The mail with what the own server says of its sender."""
        assert message.sender
        own, domain = self.book.municipality.trusted_hosts[0], message.sender.address.rpartition("@")[2]
        said = {Word.PASS: "dmarc=pass", Word.FAIL: "dmarc=fail"}.get(word)
        results = (Authentication(own, f"{own}; {said} header.from={domain}", 0),) if said else ()
        stamp = Received(own, self.now, (f"mail.{domain}",), ("192.0.2.7",))
        return replace(message, received=(stamp,), authentication=results)

    def takes_in(self, message: Message, form: Submission | None = None) -> None:
        """A mail is handled."""
        incoming = self._look_around(message, form)
        if self.book.is_staff(incoming.sender):
            self.said += f"{message.new_text}\n"
        self.step = Step(message, incoming.verdict, incoming.ctx.case)
        if incoming.sender and incoming.verdict.role not in {Role.MACHINE, Role.BOUNCE}:
            self.stopped.discard(addresses.key(incoming.sender))
        effects = on_mail(incoming)
        after = self._carry_out(incoming.ctx.case, effects)
        if after and message.message_id and any(isinstance(e, AddMessage) for e in effects):
            self._filed[message.message_id] = after.number

    def looks_at_the_clock(self) -> None:
        """What time brings about in every case whose hour has come."""
        self.step = Step()
        for number in list(self.cases):
            case = self.case(number)
            due = self.next_check(case) if case else None
            if case and due and due <= self.now:
                joined = self._joined(case) if case.leaving else {}
                self._carry_out(case, on_time(case, self.book, self.now, self._away(), joined))

    def delivers(self, *, refusing: str = "", reply: str = "") -> None:
        """The letters that wait leave; the mail server refuses those to one address."""
        self.step = Step()
        for sent in [each for each in self.post if each.state == "waits"]:
            case, refused = self.cases.get(sent.number), addresses.key(sent.letter.to) == refusing
            sent.state = "refused" if refused else "left"
            if refused:
                self.step.returned.append(sent)
                self._carry_out(case, on_refused(case, self._known(sent), reply, self.book, self.now))
            elif case:
                self._carry_out(case, on_sent(case, sent.letter.kind, sent.letter.to, self.now))

    def doubts(self, sent: Sent, *, is_repeated: bool) -> None:
        """Nobody knows whether a letter has arrived."""
        self.step = Step()
        case = self.cases.get(sent.number)
        if case:
            kind, to = sent.letter.kind, sent.letter.to
            self._carry_out(case, on_uncertain(case, kind, to, self.book, self.now, is_repeated=is_repeated))

    def disposes_of(self, number: str) -> None:
        """The words and people of a case go; while a letter of it waits they do not."""
        if any(sent.number == number and sent.state == "waits" for sent in self.post):
            return
        self.step = Step()
        self._carry_out(self.cases[number], [DisposeOf(self.now, "its time is over", "", ())])

    # --- what the desk does ---------------------------------------------------------------------------------------

    def case(self, number: str) -> Case | None:
        """The case as it is now; none that has been disposed of."""
        found = self.cases.get(number)
        return None if found and found.disposed_at else found

    def next_check(self, case: Case) -> datetime | None:
        """When time may next change the case. Town and laws ask it of each case at each step: mostly of the same."""
        asked = self._checks.get(case.number)
        if asked is None or asked[0] is not case or asked[1] != self.now:
            asked = self._checks[case.number] = (case, self.now, next_check(case, self.book, self.now))
        return asked[2]

    def _look_around(self, message: Message, form: Submission | None) -> Incoming:
        ids = classify.thread_ids(message)
        first = next(iter(classify.tokens_of(message)), None)
        question = self.questions.get(first.nonce) if first and first.number == tokens.NO_CASE else None
        bounced = self._bounced(message)
        match = Match(bounced.number, "the letter that bounced") if bounced and bounced.number else Match()
        if match == Match() and not question:
            threads = [self._filed[i] for i in ids if i in self._filed]
            match = classify.match_case(message, self.book.municipality.case_number.prefix, threads)
        case = self.case(match.number)
        sender = message.sender.address if message.sender else ""
        others: Iterable[str] = question.facts.get("held_by", ()) if question else ()
        if message.absence and self.book.person(sender):
            others = [n for n, c in self.cases.items() if c.is_open and addresses.same(c.officer, sender)]
        ctx = Context(
            case,
            match,
            own_addresses=frozenset({MAILBOX}),
            secret=SECRET,
            exposed=frozenset(self.exposed.intersection(ids)),
            staff_letters=frozenset(
                s.message_id for s in self.post if s.message_id in ids and s.letter.kind.is_to_staff
            ),
            away=self._away(),
            standing=question,
            cases=tuple(found for number in others if (found := self.case(number))),
        )
        verdict = Verdict(Role.FORM, "a form", form) if form else classify.classify(message, ctx, self.book)
        today, arrival = self.book.calendar.local_date(self.now), Arrival(self.now, "seen now")
        joined = self._joined(case, message.new_text) if case and verdict.role is Role.OFFICER else {}
        mail = Incoming(message, verdict, ctx, self.book, arrival, self.now, today, "stad", bounced, joined=joined)
        return replace(mail, unwritable=frozenset(self.stopped))

    def _joined(self, case: Case, text: str = "") -> dict[str, Case]:
        today = self.book.calendar.local_date(self.now)
        wanted = [*joining.same(case), *sorted(joining.named_in(case, text, self.book, today))]
        found: dict[str, Case] = {}
        for number in wanted:
            other = self.case(number)
            if other and number != case.number and number not in found:
                found[number] = other
                wanted += joining.same(other)
        return found

    def _away(self) -> Away:
        today = self.book.calendar.local_date(self.now)
        return Away.of_all([each for each in self.absent.values() if not each.is_over(today, self.book)])

    def _bounced(self, message: Message) -> SentLetter | None:
        if not message.bounce:
            return None
        about = (s for s in self.post if s.message_id == message.bounce.original_message_id and self.case(s.number))
        return next(map(self._known, about), None)

    def _known(self, sent: Sent) -> SentLetter:
        writer = str(sent.letter.facts.get("officer_address", ""))
        return SentLetter(
            sent.letter.kind, sent.letter.to, sent.number, sent.message_id, writer, bool(sent.letter.files_of)
        )

    def _carry_out(self, case: Case | None, effects: list[Effect]) -> Case | None:
        split = [e for e in effects if isinstance(e, SplitOff)]
        parts = [(self._carry_out(None, [*e.effects]), e) for e in split]
        effects = [*effects, *(Relate(part.number, How.SPLIT_INTO, e.because) for part, e in parts if part)]
        opened = next((e.case for e in effects if isinstance(e, OpenCase)), None)
        if opened:
            prefix, year = self.book.municipality.case_number.prefix, self.book.calendar.local_date(self.now).year
            case = replace(opened, number=numbers.number(prefix, year, len(self.cases) + 1))
        elif case:
            case = self.cases[case.number]
        for effect in effects:
            before, case = case, evolve(case, effect) if case else None
            if case:
                self.life.setdefault(case.number, []).append(Done(effect, before, case))
            self.step.done.append(Done(effect, before, case))
        if case:
            self.cases[case.number] = case
        for effect in effects:
            self._besides(effect, case)
        return case

    def _besides(self, effect: Effect, case: Case | None) -> None:
        if isinstance(effect, Elsewhere):
            self._carry_out(self.case(effect.number), [*effect.effects])
        elif isinstance(effect, ExposeThread):
            self.exposed.update(effect.message_ids)
        elif isinstance(effect, AskStanding):
            self.questions[effect.standing.nonce] = effect.standing
        elif isinstance(effect, RememberAbsence):
            self.absent[addresses.key(effect.absent.email)] = effect.absent
        elif isinstance(effect, ForgetAbsence):
            self.absent.pop(addresses.key(effect.email), None)
        elif isinstance(effect, StopAddress):
            self.stopped.add(addresses.key(effect.email))
        elif isinstance(effect, FreeAddress):
            self.stopped.discard(addresses.key(effect.email))
        else:
            self._about_letters(effect, case)

    def _about_letters(self, effect: Effect, case: Case | None) -> None:
        number = case.number if case else "none"
        if isinstance(effect, SendLetter):
            self._send(effect, case)
        elif isinstance(effect, PassOn | LeaveFilesOut):
            for sent in self._still_good([each for each in self.post if each.message_id == effect.message_id]):
                if isinstance(effect, PassOn):
                    if sent.letter.to not in sent.tried:  # the next person has it since the first time
                        self._send_to_next(sent.letter, case, sent.tried)
                else:
                    self._send(replace(sent.letter, files_of=""), case)
        elif isinstance(effect, SendAgain):
            same = [each for each in self.post if each.number == number and each.letter.kind is effect.kind]
            for sent in self._still_good(same):
                self._send(replace(sent.letter, to=effect.to), case)
        elif isinstance(effect, Withdraw):
            for sent in [each for each in self.post if each.number == number and each.state == "waits"]:
                sent.state = "withdrawn"

    def _still_good(self, letters: list[Sent]) -> list[Sent]:
        """The latest of them; none that was worded before its case became secret, for that never leaves again."""
        latest = letters[-1:]
        since = [self.cases[sent.number].secret_since for sent in latest if sent.case]
        return [] if since and since[0] and latest[0].at <= since[0] else latest

    def _send(self, letter: SendLetter, case: Case | None, tried: tuple[str, ...] = ()) -> None:
        """The gate alone is asked whether anybody reads the address: budgets are a matter of the desk."""
        counts = gate.Counts(address_stopped=addresses.key(letter.to) in self.stopped)
        if letter.automatic and gate.refusal(letter.to, frozenset({MAILBOX}), counts, letter.kind):
            self.step.refused.append(letter)
            if letter.kind.is_to_staff:
                self._send_to_next(letter, case, tried)
            elif case and (alert := on_unwritten(case, letter, self.book)):
                self._send(alert, case)
            return
        self._count += 1
        to_its_own = letter.kind.is_to_staff or (case is not None and case.submitter.has(letter.to))
        number, nonce = (case.number if case and to_its_own else ""), letter.nonce or f"{self._count:08d}"
        message_id = tokens.make_message_id(SECRET, letter.kind.value, number, nonce, letter.to, "stad.example")
        sent = Sent(letter, message_id, case, self.now, tried)
        self.post.append(sent)
        self.step.letters.append(sent)

    def _send_to_next(self, letter: SendLetter, case: Case | None, tried: tuple[str, ...] = ()) -> None:
        to = next_person(letter.to, case, self.book, {*tried, *self.stopped})
        if to:
            self._send(replace(letter, to=to), case, (*tried, letter.to))


def later(town: Town, **time: float) -> None:
    """So much time passes, and the clock is looked at."""
    town.now += timedelta(**time)
    town.looks_at_the_clock()
