"""One turn of work: the tools of one transaction, and what carries effects out in it."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection

from service.core import gate
from service.core.cases import How
from service.core.decide.people import next_person
from service.core.decide.unwritten import on_unwritten
from service.core.effects import (
    BringOriginal,
    Effect,
    Elsewhere,
    ExposeThread,
    KeepInBinder,
    LeaveFilesOut,
    LetIn,
    Letter,
    NoCase,
    OpenCase,
    PassOn,
    Relate,
    SawForm,
    SendAgain,
    SendLetter,
    ShowBinder,
    ShowCase,
    ShowCases,
    ShowFigures,
    SplitOff,
    Withdraw,
)
from service.core.mail import Message
from service.core.people import addresses
from service.core.people.absence import deputy, told
from service.core.people.tokens import mark
from service.core.standby import withheld
from service.desk import absences, binder, documents, formlooks, quarantine, register, watched
from service.desk.desk import Desk
from service.desk.journal import Journal
from service.desk.lookup import lookups, resembling
from service.desk.post import budget, files, outbox, outcomes, passing_on, unreachable
from service.desk.post.outbox import ORDINARY, Circumstances, Laid
from service.desk.register import Stored
from service.desk.rounds import refiling
from service.desk.writing import markup, paper
from service.desk.writing.mailbytes import File

AtHand = Mapping[str, tuple[Message | None, bytes]]
"""Mails that are in memory anyway, by their digest: they need not be fetched from the database and read again.

None in place of the message: it cannot be read.
"""


@dataclasses.dataclass(slots=True)
class Turn:
    """One transaction at work. Nothing in it touches the network."""

    s: Connection
    desk: Desk
    now: datetime
    lines: Journal
    cause: str | None = None
    """Whose mail is in hand, where that is somebody outside; "" for staff and machines; None: time passes."""
    doubted: list[tuple[Letter, str, int | None]] = dataclasses.field(default_factory=list)
    """The letters that were laid aside because they may have left before: what, to whom, and the case's row."""

    def case(self, number: str) -> Stored | None:
        """The case of that number, as it is now; none that has been disposed of: it takes nothing in any longer.

        Nor one beyond the border between mailboxes that are served and those that are only watched.
        """
        found = register.load(self.s, number, self.now) if number else None
        if found is None or found.case.disposed_at or not watched.is_within_reach(self, found.case):
            return None
        return found

    def case_of(self, case_id: int | None) -> Stored | None:
        """The case with that place in the register."""
        return register.load_by_id(self.s, case_id, self.now) if case_id is not None else None

    def carry_out(self, stored: Stored | None, effects: list[Effect], at_hand: AtHand | None = None) -> Stored | None:
        """Make the effects true: the case, its journal, and every letter laid in the outbox. Returns the case."""
        effects = [*effects, *self._split(effects, at_hand)]
        concerned = stored if any(not isinstance(e, NoCase | ExposeThread) for e in effects) else None
        after = register.apply(self.s, concerned, effects, self.desk.book, self.lines, self._number_before(effects))
        if after:
            watched.note(self, concerned, after)
        if after:
            self._know_matter(stored, after)
        if stored and after and (folder := self._moves_to(stored, after)):
            refiling.want(self.s, after, self.desk.mailbox, folder, self.now)
        for effect in effects:
            self._about_letters(effect, after, at_hand or {})
            self._about_the_rest(effect, after, at_hand)
        return after

    def _number_before(self, effects: list[Effect]) -> str:
        """The number that the case had which begins here, in a register that was lost; empty where nobody knows."""
        begun = next((e.case for e in effects if isinstance(e, OpenCase)), None)
        if begun is None or self.desk.doubt is None:
            return ""
        number = self.desk.doubt.numbers.get(mark(self.desk.secret, begun.text, begun.submitter.email), "")
        return "" if register.load(self.s, number) else number

    def _moves_to(self, before: Stored, after: Stored) -> str:
        """The folder that the case's mails belong in from now on; empty where they lie as they should."""
        folder = self.desk.folder_of(after.case)
        moves = folder != self.desk.folder_of(before.case) and self.desk.resting_place(folder) == folder
        return folder if moves else ""

    def _about_letters(self, effect: Effect, after: Stored | None, at_hand: AtHand) -> None:
        """A letter leaves, leaves once more, or is taken back."""
        if isinstance(effect, SendLetter):
            self._send_with_files(effect, after, at_hand)
        elif isinstance(effect, PassOn):
            passing_on.pass_on(self, effect.message_id, effect.because)
        elif isinstance(effect, SendAgain) and after:
            passing_on.send_again(self, after, effect)
        elif isinstance(effect, LeaveFilesOut):
            passing_on.leave_files_out(self, effect.message_id, effect.because)
        elif isinstance(effect, Withdraw) and after:
            for kind in outcomes.withdraw(self.s, after.id, self.now):
                text = f"a {kind} that is withdrawn may have left: who had it in hand noted no outcome"
                self.lines.add(after.id, "may-have-left", text)

    def _about_the_rest(self, effect: Effect, after: Stored | None, at_hand: AtHand | None) -> None:
        """What is neither a case's own change nor a letter."""
        if isinstance(effect, LetIn):
            self._let_in(effect)
        elif isinstance(effect, ShowCase | ShowCases | ShowFigures):
            lookups.show(self, effect, after)
        elif isinstance(effect, ShowBinder):
            binder.show(self, effect)
        elif isinstance(effect, KeepInBinder):
            for letter in binder.keep(self, effect):
                self._send_with_files(letter, None, at_hand or {})
        elif isinstance(effect, SawForm):
            formlooks.remember(self.s, self.desk.mailbox, effect)
        elif isinstance(effect, Elsewhere):
            self.carry_out(self.case(effect.number), [*effect.effects], at_hand)
        elif isinstance(effect, BringOriginal) and after:
            self._bring_original(effect.number, after.id)

    def _bring_original(self, number: str, case_id: int) -> None:
        copy = documents.bring_original(self.s, number, case_id)
        if copy:
            self.lines.add(case_id, "brought", f"the mail that opened {number} is kept here as well", kept=copy)

    def _know_matter(self, before: Stored | None, after: Stored) -> None:
        """What a new case is about is remembered, and of one that has become secret forgotten."""
        if before is None or before.id != after.id:
            resembling.index(self.s, after.id, after.case)
        elif after.case.secrecy and not before.case.secrecy:
            resembling.forget(self.s, after.id, after.case.number)

    def _split(self, effects: list[Effect], at_hand: AtHand | None) -> list[Effect]:
        """The parts of the case become cases first: its own letters name their numbers."""
        made = [(self.carry_out(None, [*e.effects], at_hand), e) for e in effects if isinstance(e, SplitOff)]
        return [Relate(part.case.number, How.SPLIT_INTO, e.because) for part, e in made if part]

    def _let_in(self, effect: LetIn) -> None:
        """The next look at the clock lets them in, with an echo; what is not held is told at once."""
        unknown = [n for n in effect.numbers if not quarantine.want(self.s, self.desk.mailbox, n, effect.by)]
        self.lines.add(None, "to-let-in", f"{', '.join(map(str, effect.numbers))}: {effect.because}", effect.by)
        if unknown:
            done = tuple(f"Nummer {n} finns inte bland det som är lagt åt sidan." for n in unknown)
            self.send(SendLetter(Letter.ECHO, effect.by, "nothing with that number", "let-in", {"done": done}), None)

    def _send_with_files(self, letter: SendLetter, stored: Stored | None, at_hand: AtHand) -> None:
        """The letter with those files that may pass on; it says of the others where they are."""
        enclosed = files.enclosed(self, letter, stored, at_hand)
        below = files.lines_about(self, letter, stored, enclosed.kept)
        printed = paper.printed(self.desk.writer, letter, stored.case if stored else None, self.now)
        self.send(letter, stored, (*printed.files, *enclosed.files), Circumstances(below=(*printed.below, *below)))
        writer = str(letter.facts.get("officer_address", ""))
        if enclosed.kept and letter.kind is Letter.ANSWER and writer:
            facts = {"kept": tuple(f"{k.name} {k.why}" for k in enclosed.kept)}
            because = "files of the answer did not go along"
            self.send(SendLetter(Letter.INFORMATION, writer, because, "files-kept", facts), stored)

    def send(
        self,
        letter: SendLetter,
        stored: Stored | None,
        files: Sequence[File] = (),
        around: Circumstances = ORDINARY,
    ) -> None:
        """Lay a letter in the outbox. What a member of staff cannot be sent reaches the next person at once.

        A letter to an address that takes no mail for now is held for it besides: it is tried again each day.
        """
        around = dataclasses.replace(around, cause=around.cause or self._cause(letter, stored))
        letter = self._with_pointer(letter, stored)
        if letter.kind.is_to_staff:
            self._send_to_deputy(letter, stored, files, around)
        instead = ""
        if letter.kind.is_to_staff and addresses.key(letter.to) in unreachable.every(self.s):
            instead = self.next_person(letter.to, stored, around.tried)
        if instead:
            waits = dataclasses.replace(around, held=OUT_OF_REACH, tried=(*around.tried, letter.to))
            self._lay(letter, stored, files, waits)
        elif self._lay(letter, stored, files, around).refused:
            if letter.kind.is_to_staff:
                instead = self.next_person(letter.to, stored, around.tried)
            elif stored and (alert := on_unwritten(stored.case, letter, self.desk.book)):
                self.send(alert, stored)
        if instead:
            because = f"{letter.because}; {letter.to} cannot be reached"
            # In a case one person is asked; a question about several may be answered by whoever gets it instead,
            # and a letter to post keeps what it says of itself.
            nonce = letter.nonce if stored is None or letter.paper else ""
            passed = dataclasses.replace(letter, to=instead, because=because, nonce=nonce)
            tried = (*around.tried, letter.to)
            self.send(
                passed, stored, files, dataclasses.replace(around, above=passing_on.in_place_of(letter.to), tried=tried)
            )

    def _with_pointer(self, letter: SendLetter, stored: Stored | None) -> SendLetter:
        """A letter to staff about a secret case tells when its mail came in: by that it is found in the mailbox."""
        if not stored or not stored.case.secrecy or not letter.kind.is_to_staff or letter.facts.get("arrived"):
            return letter
        at = documents.arrival_of(self.s, self.desk.mailbox, "case", stored.id)
        return dataclasses.replace(letter, facts={**letter.facts, "arrived": at}) if at else letter

    def _send_to_deputy(
        self, letter: SendLetter, stored: Stored | None, files: Sequence[File], around: Circumstances
    ) -> None:
        """What a registrar gets who is away, somebody else reads as well: it may be all that tells of a matter."""
        book = self.desk.book
        if not book.is_registrar(letter.to):
            return
        away = absences.absences(self.s, self.desk.mailbox, book, self.now)
        to = deputy(letter.to, book, away, secret=stored is not None and stored.case.secrecy)
        absent, person = away.of(letter.to), book.person(letter.to)
        if not to or absent is None or absent.out_of_reach:
            return
        nonce = letter.nonce if stored is None or letter.paper or book.is_registrar(to) else ""
        copy = dataclasses.replace(letter, to=to, because=f"{letter.because}; {letter.to} is away", nonce=nonce)
        line = f"{told(absent, person.name if person else letter.to)} Därför har du också fått det här mejlet."
        self._lay(copy, stored, files, dataclasses.replace(around, above=markup.inline(line)))

    def _lay(self, letter: SendLetter, stored: Stored | None, files: Sequence[File], around: Circumstances) -> Laid:
        around = dataclasses.replace(around, withheld=withheld(self.desk.mode, letter, self.desk.book))
        doubt = self.desk.doubt
        if doubt and (doubt.staff or not letter.kind.is_to_staff):
            above = "\n\n".join(filter(None, (_PERHAPS_AGAIN if letter.kind.is_to_staff else "", around.above)))
            around = dataclasses.replace(around, doubt=doubt.because, above=above)
            self.doubted.append((letter.kind, letter.to, stored.id if stored else None))
        laid = outbox.put(self.s, self.desk.writer, letter, stored, files, self.desk.own, self.lines, around)
        if laid.held and not around.held and around.cause and letter.kind.is_to_staff:
            self._tell_of_flood(around.cause)
        return laid

    def _cause(self, letter: SendLetter, stored: Stored | None) -> str:
        """The person outside whose mails bring the letter about, as budgets count; empty where staff do."""
        if letter.kind in {Letter.QUESTION, Letter.ECHO, Letter.DIGEST}:
            return ""
        submitter = stored.case.submitter.mail_to if stored else ""
        return gate.budget_key(submitter if self.cause is None else self.cause)

    def next_person(self, lost: str, stored: Stored | None, tried: Iterable[str]) -> str:
        """Who is in reach and gets a letter to staff in place of `lost`; empty where nobody is left.

        Who is away comes last: the letter waits there for the person's return.
        """
        case, book = stored.case if stored else None, self.desk.book
        passed = {*tried, *unreachable.every(self.s), *self.desk.own}
        away = absences.absences(self.s, self.desk.mailbox, book, self.now).by_key
        return next_person(lost, case, book, {*passed, *away}) or next_person(lost, case, book, passed)

    def _tell_of_flood(self, cause: str) -> None:
        """The registrar hears, once a day, that the letters which one sender brings about are gathered."""
        if outbox.held_of(self.s, cause, budget.day_began(self.desk.book, self.now)) > 1:
            return
        most = self.desk.book.municipality.automatic_mail.per_sender_and_day
        facts = {"sender": cause, "most": most}
        registrar = self.desk.book.registrars[0]
        self.send(SendLetter(Letter.ALERT, registrar, "one sender writes without end", "flood", facts), None)


_PERHAPS_AGAIN = (
    "Registret är återställt från en säkerhetskopia. Det kan hända att du redan har fått det här, med ett annat nummer."
)
OUT_OF_REACH = "the address takes no mail for now; it is tried again each day"


@contextlib.contextmanager
def turn(desk: Desk, now: datetime) -> Iterator[Turn]:
    """A turn: all of what is done in it is stored at its end, or none."""
    with desk.database.transaction() as s:
        lines = Journal(desk.mailbox, now)
        yield Turn(s, desk, now, lines)
        lines.write(s)
