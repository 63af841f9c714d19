"""The rounds of one mailbox: fetch and handle, look at the deadlines, deliver. Doors and desk meet here.

Each round may be cut off anywhere: the database commits before the mailbox or the mail server is touched again, and
what was not finished is met in the next round.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from jinja2 import TemplateError
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from service.desk import handling, hands, ledger, neighbours, register, watched
from service.desk.database import fault_words, is_of_the_database
from service.desk.desk import Desk
from service.desk.handling import Delivered, Handled
from service.desk.register import StaleCase
from service.desk.rounds import beginnings, refiling, trouble, upkeep, watching
from service.desk.rounds.beginnings import Border
from service.desk.turn import turn
from service.doors.account import Server
from service.doors.blame import Blame
from service.doors.cage import CageBroken
from service.doors.clearing import Clearing
from service.doors.filing import Filing, FilingError
from service.doors.foresight import Foresight
from service.doors.inbox import Fetched, Inbox
from service.doors.link import InboxError
from service.doors.memory import Memory
from service.doors.recovery import Recovery
from service.doors.sender import Sender
from service.doors.unnoted import Unnoted
from service.doors.vitals import Sort, Vitals

log = structlog.get_logger()

_MOST_DEATHS = 2
_SOON_WHOLE = timedelta(hours=1)  # so long a mail may come without its content before a person hears of it


@dataclass
class Mailroom:
    """One mailbox at work. `clock` gives the instant (aware); `stop` ends a round after the message in hand.

    run, is_alive, has_died, may_note: who this process is on the register, whether another run is to be seen there,
        whether it has ended for sure, and which ones get time to note what they know.
    unnoted: what became of letters and is not in the database yet; of the whole process.
    foresight: says in good time that what opens the mailbox ends.
    line_up: is told which mails the desk's reader gets next, so that it can begin with them.
    letters_wait: is told when a batch has been handled: its letters can leave while the next one is.
    fellows: the names of the mailboxes that are served beside this one.
    """

    desk: Desk
    inbox: Inbox
    smtp: Server
    clock: Callable[[], datetime]
    stop: threading.Event = field(default_factory=threading.Event)
    run: int = 1
    is_alive: Callable[[int], bool] = lambda _: False
    has_died: Callable[[int], bool] = lambda _: True
    may_note: Callable[[str, Iterable[int]], Iterable[int]] = lambda _, __: ()
    unnoted: Unnoted = field(default_factory=Unnoted)
    vitals: Vitals = field(default_factory=Vitals)
    foresight: Foresight | None = None
    line_up: Callable[[Iterable[bytes]], None] = lambda _: None
    letters_wait: Callable[[], None] = lambda: None
    fellows: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.sender = Sender(
            lambda: self.desk,
            self.smtp,
            self.clock,
            self.stop,
            self.vitals,
            lambda: self.run,
            lambda run: self.is_alive(run),  # noqa: PLW0108 - whoever is asked is known later
            lambda run: self.has_died(run),  # noqa: PLW0108
            lambda mailbox, runs: self.may_note(mailbox, runs),  # noqa: PLW0108
            unnoted=self.unnoted,
        )
        self._filing = Filing(self.inbox, self._tell_filing)
        self._clearing = Clearing(lambda: self.desk, self.inbox, self.stop)
        self._recovery = Recovery(lambda: self.desk, self.inbox, self.clock, self.stop)
        self.memory = Memory(lambda: self.desk, self.inbox, self.clock, lambda: self.fellows)
        self._blame = Blame()
        self._suspects: dict[tuple[int, int], int] | None = None
        self._has_switched = self._knows_inbox = False

    def once(self) -> None:
        """One complete pass: poll, process, deliver, deadlines, deliver."""
        self.poll()
        self.deliver()
        self.check_deadlines()
        self.deliver()

    def deliver(self) -> int:
        """Hand every letter whose time has come to the mail server; see `Sender.deliver`."""
        self.memory.look()
        return 0 if self._is_out_of_step() else self.sender.deliver()

    def _keeps_step(self) -> bool:
        """Bring the register in step with the mode, once: of several processes the one started last decides."""
        if self._is_out_of_step():
            return False
        if not self._has_switched:
            watching.follow(self.desk, self.clock())
            self._has_switched = watching.is_in_step(self.desk)
        return True

    def _is_out_of_step(self) -> bool:
        return self._has_switched and not watching.is_in_step(self.desk)

    # --- mails ------------------------------------------------------------------------------------------------------

    def poll(self) -> int:
        """Fetch and handle everything in the inbox folder, whatever its flags; then file it away.

        Returns how many mails were handled.

        Raises:
            InboxError: the mail server failed; what was handled stays handled. Or another process has switched the
                mailbox, from served to only watched or back: nothing is done here until this one is started anew.
            SQLAlchemyError: the database is locked, full or away; the mails wait.
        """
        self.memory.look()
        try:
            if not self._recovery.settled(self.run, self.has_died):
                return 0
            self._know_inbox()
            if self.memory.ask() and not self._recovery.settled(self.run, self.has_died):
                return 0
            return self._take_in()
        except SQLAlchemyError:
            self.memory.has_asked = False  # which database it is when it is there again is to be seen
            raise
        finally:
            self.memory.look()

    def _know_inbox(self) -> None:
        """Once: of several processes the one that is started last says which inbox it is."""
        if self._knows_inbox:
            return
        self.inbox.select()
        with self.desk.database.transaction() as s:
            place = self.inbox.uidvalidity, self.inbox.next_uid
            is_new = beginnings.follow(s, self.desk, *place, self.clock())
        if is_new:
            log.warning("another-inbox", mailbox=self.desk.mailbox, inbox=self.inbox.folder)
        self._knows_inbox = True

    def _take_in(self) -> int:
        handled = 0
        filed: dict[int, str] = {}
        waiting: dict[int, datetime] = {}

        def already(uidvalidity: int, uids: Sequence[int]) -> set[int]:
            with self.desk.database.reading() as s:
                filed.update(ledger.filed_uids(s, self.desk.mailbox, self.inbox.folder, uidvalidity, uids))
            self._filing.forget_all_but(uids)
            return set(filed)

        exists = self.inbox.select()
        border = self._border()
        if not self._keeps_step():
            what = f"another process has switched {self.desk.mailbox}; here its mode is {self.desk.mode.value} still"
            raise InboxError(what, temporary=True, sort=Sort.MODE, advice="give every process the same mode")
        for batch in self.inbox.new_mail(already, border, exists):
            places: dict[int, str] = {}
            waiting |= {mail.uid: mail.internal_date for mail in batch if mail.internal_date}
            self._note_waiting(waiting)
            for part in self._parts(batch):
                places |= self._handle_part(part, border)
            waiting = {uid: at for uid, at in waiting.items() if uid not in places}
            handled += len(places)
            if places:
                self.letters_wait()
            self._filing.put_away(places)
            if self.stop.is_set():
                return handled
        self._note_waiting(waiting)
        self._blame.last(self._hold)
        self._note_still_there(filed)
        self._filing.put_away(filed)  # done before, but a break came between the commit and the move
        if self.desk.mode.is_live:  # what else is to be moved or removed waits
            self._gather()
            self._clearing.work()
        self._tell_what_was_left(border)
        self._tell_of_those_without_content()
        return handled

    def _note_still_there(self, filed: Mapping[int, str]) -> None:
        unmoved = [uid for uid, folder in filed.items() if folder not in ("", self.inbox.folder)]
        if unmoved and self.desk.neighbours:
            with self.desk.database.transaction() as s:
                neighbours.still_there(s, self.desk, self.inbox.uidvalidity, unmoved, self.clock())

    def _note_waiting(self, came_in: Mapping[int, datetime]) -> None:
        self.vitals.waiting(self.desk.mailbox, min(came_in.values(), default=None))

    def _gather(self) -> None:
        """Mails whose case has got another folder since they were filed follow it there."""
        now = self.clock()
        with self.desk.database.reading() as s:
            waiting = refiling.waiting(s, self.desk.mailbox, now)
        for sought in waiting:
            if self.stop.is_set():
                return
            is_there = self.inbox.gather(sought, self.desk.every_folder)
            with turn(self.desk, now) as work:
                refiling.settle(work, sought, is_there=is_there)

    def _border(self) -> Border | None:
        with self.desk.database.transaction() as s:
            if self._suspects is None:
                self._suspects = hands.suspects(s, self.desk.mailbox, self.is_alive)
            return beginnings.border(s, self.desk, self.inbox.uidvalidity, self.inbox.next_uid, self.clock())

    def _parts(self, batch: list[Fetched]) -> Iterator[tuple[list[Fetched], int]]:
        """The mails to be handled together, and over how many runs' deaths: those under suspicion alone, and last."""
        suspects = self._suspects or {}
        known = [mail for mail in batch if (mail.uidvalidity, mail.uid) in suspects]
        batch[:] = [mail for mail in batch if (mail.uidvalidity, mail.uid) not in suspects]
        if batch:
            yield batch, 0
        for mail in known:
            yield [mail], suspects[mail.uidvalidity, mail.uid]

    def _handle_part(self, part: tuple[list[Fetched], int], border: Border | None) -> dict[int, str]:
        """Handle mails, with a mark made before; returns by UID the folders of those that are done."""
        batch, deaths = part
        if self.stop.is_set():
            return {}
        uidvalidity, now = batch[0].uidvalidity, self.clock()
        with self.desk.database.transaction() as s:
            place = (self.desk.mailbox, self.inbox.folder, uidvalidity)
            listed = [mail.uid for mail in batch]
            uids = neighbours.not_in_hand(s, self.desk, uidvalidity, listed, now, self.is_alive)
            mine = hands.take(s, place, uids, self.run, now, self.is_alive, deaths)
        batch[:] = [mail for mail in batch if mail.uid in mine]
        places: dict[int, str] = {}
        self.line_up(mail.raw for mail in batch)
        try:
            while batch and not self.stop.is_set():
                fetched = batch.pop(0)
                folder = self._handle(fetched, border, deaths)
                if folder is not None:
                    places[fetched.uid] = folder
                else:
                    self._let_go([fetched])
            self._let_go(batch)  # told to stop: the run does not end over what is left
        finally:
            self.line_up(())
        return places

    def _let_go(self, mails: list[Fetched]) -> None:
        if mails:
            with self.desk.database.transaction() as s:
                hands.let_go(s, self.desk.mailbox, self.run, [mail.uid for mail in mails])

    def _handle(self, fetched: Fetched, border: Border | None, deaths: int) -> str | None:
        """Handle one mail; None where it stays in the inbox folder and is tried again."""
        place = (fetched.folder, fetched.uidvalidity, fetched.uid)
        since = border.since if border and fetched.uid < border.below else None
        mail = Delivered(fetched.raw, fetched.internal_date, place, since)
        now, begun = self.clock(), time.monotonic()
        try:
            if deaths >= _MOST_DEATHS:
                reason = f"the service ended {deaths} times while it handled this mail"
                log.warning("mail-kills", mailbox=self.desk.mailbox, uid=fetched.uid, deaths=deaths)
                folder = trouble.set_aside(self.desk, mail, reason, now, unseen=deaths > _MOST_DEATHS)
                done = Handled(folder, handling.UNREADABLE)
            else:
                done = handling.handle_mail(self.desk, mail, now)
        except neighbours.Anothers:
            reason = "another mailbox has just handled it, or one like it: do both read one inbox? `doctor` looks"
            log.warning("mail-of-another-mailbox", mailbox=self.desk.mailbox, uid=fetched.uid, reason=reason)
            return None
        except (StaleCase, IntegrityError, watched.Served):
            log.info("mail-again", mailbox=self.desk.mailbox, uid=fetched.uid, reason="another daemon was there first")
            return None
        except CageBroken as error:
            log.warning("reading-failed", mailbox=self.desk.mailbox, uid=fetched.uid, error=str(error))
            return None
        except Exception as error:  # noqa: BLE001 - whatever it is, the other mails go on
            self._failed(mail, error, now)
            return None
        self._blame.handled(self._hold)
        self.vitals.mail(self.desk.mailbox, done.verdict)
        ms = round((time.monotonic() - begun) * 1000)
        log.info("mail", mailbox=self.desk.mailbox, uid=fetched.uid, case=done.case, verdict=done.verdict, ms=ms)
        return done.folder

    def _failed(self, mail: Delivered, error: Exception, now: datetime) -> None:
        """A bad mail never stops the next: it is counted, and set aside when it fails again and again.

        But only where it is the mail's fault: the database's ends the round, and what strikes all mails alike strikes
        them until somebody mends it. Only the error's sort is logged: its text may hold what the mail says.
        """
        words = fault_words(error)
        self.vitals.mail_failed(self.desk.mailbox)
        log.warning("mail-failed", mailbox=self.desk.mailbox, uid=mail.place[2], error=words)
        if is_of_the_database(error):
            raise error
        if isinstance(error, (TemplateError, OSError, MemoryError)) or self._blame.failed(mail, error, self._hold):
            log.warning("mails-wait", mailbox=self.desk.mailbox, error=words)
            self._tell(f"waiting {words}", "waiting", {"reason": words}, now)

    def _hold(self, mail: Delivered, reason: str) -> None:
        try:
            folder = trouble.hold(self.desk, mail, reason, self.clock())
        except Exception as error:  # noqa: BLE001 - it stays in the inbox folder, and the other mails go on
            log.warning("mail-stuck", mailbox=self.desk.mailbox, uid=mail.place[2], error=fault_words(error))
            return
        if folder is not None:
            self._filing.put_away({mail.place[2]: folder})

    def not_filed(self) -> list[FilingError]:
        """The folders that could not be filled in this run."""
        return self._filing.failures

    # --- what is told -----------------------------------------------------------------------------------------------

    def _tell_filing(self, folder: str, reason: str) -> None:
        self._tell(f"filing {folder}", "filing", {"folder": folder, "reason": reason}, self.clock())

    def _tell(self, what: str, template: str, facts: dict[str, object], now: datetime) -> None:
        self._told(template, lambda: trouble.tell_daily(self.desk, what, template, facts, now))

    def _told(self, what: str, tell: Callable[[], None]) -> None:
        try:
            tell()
        except Exception as error:  # noqa: BLE001 - the log has it, and the work goes on
            log.warning("not-told", mailbox=self.desk.mailbox, what=what, error=fault_words(error))

    def _tell_of_those_without_content(self) -> None:
        """A mail server that was short of room leaves an empty file where a mail was: nobody would see it."""
        now = self.clock()
        lying = [m for m in self.inbox.without_content if m.internal_date and m.internal_date < now - _SOON_WHOLE]
        if lying:
            facts: dict[str, object] = {"lying": len(lying), "folder": self.inbox.folder}
            self._tell("without content", "without-content", facts, now)

    def _tell_what_was_left(self, border: Border | None) -> None:
        if border is None:
            return
        with self.desk.database.reading() as s:
            if not beginnings.is_to_be_told(s, self.desk):
                return
        older, now = self.inbox.older(border), self.clock()
        self._told("beginning", lambda: trouble.tell_beginning(self.desk, older, border.since, now))

    # --- time -------------------------------------------------------------------------------------------------------

    def check_deadlines(self) -> int:
        """What time brings about in every case whose hour has come. Returns how many cases were looked at.

        Raises:
            SQLAlchemyError: the database is locked, full or away.
        """
        self.memory.look()
        if self._recovery.is_open():
            return 0  # what happened in the days that the register lacks comes first
        if not self._keeps_step():
            return 0
        self._told("upkeep", lambda: upkeep.look(self.desk, self.clock()))
        if foresight := self.foresight:
            self._told("credentials", lambda: foresight.tell(self.desk, self.clock()))
        looked_at: set[str] = set()
        while not self.stop.is_set():
            now = self.clock()
            with self.desk.database.reading() as s:
                waiting = register.numbers_to_check(s, self.desk.mailbox, now, watched=not self.desk.mode.is_live)
            numbers = [number for number in waiting if number not in looked_at]
            if not numbers:
                break
            for number in numbers:
                looked_at.add(number)
                if not self.stop.is_set():
                    self._look_at(number, now)
        return len(looked_at)

    def _look_at(self, number: str, now: datetime) -> None:
        try:
            handling.handle_time(self.desk, number, now)
        except Exception as error:  # one sick case must not stop the time of all others
            log.warning("case-failed", mailbox=self.desk.mailbox, case=number, error=fault_words(error))
            if is_of_the_database(error):
                raise
