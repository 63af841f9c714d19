"""After a register has been put back from a copy: the mails that the copy lacks are looked for in the mailbox.

What lies in a folder that the service files into was handled by the register that is lost; so was what still lies in
the inbox folder and is older than the newest of those. All else in the inbox folder is new, and handled as ever.
"""

from __future__ import annotations

import dataclasses
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from service.core.keeping.restoration import Traces, passed_over, traces
from service.core.message import glance
from service.core.people.addresses import same
from service.desk import register
from service.desk.database import fault_words, is_of_the_database
from service.desk.desk import Desk, Doubt
from service.desk.handling import Delivered
from service.desk.rounds import restoration
from service.desk.rounds.restoration import Restoration
from service.doors.imap import Headed
from service.doors.inbox import Inbox

log = structlog.get_logger()

_READS = 3  # of a mail that comes without its content


@dataclass(frozen=True, slots=True)
class Lacking:
    """What a register lacks of its mailbox. Each list is in the order of arrival.

    handled: mails in folders that the service files into. unfiled: mails in the inbox folder that came in before the
    newest of those. new: the others there. sent: letters of ours among the mailbox's sent mails.
    """

    handled: list[Headed] = field(default_factory=list)
    unfiled: list[Headed] = field(default_factory=list)
    new: list[Headed] = field(default_factory=list)
    sent: list[Headed] = field(default_factory=list)

    @property
    def done(self) -> list[Headed]:
        """What the lost register had handled."""
        return _in_order([*self.handled, *self.unfiled])


def look(inbox: Inbox, folders: Iterable[str], known: set[tuple[str, int]], since: datetime) -> Lacking:
    """Look through the mailbox without changing anything; by Message-ID and size.

    since: mails that came in then (aware) or later. What was filed after the last known one of those (or the first of
    them) may be older: somebody has moved an old mail into the inbox folder.
    """

    def is_known(mail: Headed) -> bool:
        return (glance(mail.head).message_id or "", mail.size) in known

    handled = []
    for folder in dict.fromkeys(folders):
        recent = inbox.heads([folder], since) if folder != inbox.folder else []
        first = min((mail.uid for mail in recent), default=1)
        last = max((mail.uid for mail in recent if is_known(mail)), default=first - 1)
        older = inbox.heads([folder], since, above=last) if recent else []
        handled += [mail for mail in {*recent, *older} if not is_known(mail)]
    waiting = [mail for mail in inbox.heads([inbox.folder], since) if not is_known(mail)]
    newest = max((m.internal_date for m in handled if m.internal_date), default=None)
    unfiled = [m for m in waiting if newest and m.internal_date and m.internal_date < newest]
    sent = inbox.sent_folder()
    ours = inbox.heads([sent], since) if sent else []
    return Lacking(_in_order(handled), _in_order(unfiled), _in_order(m for m in waiting if m not in unfiled), ours)


def _in_order(mails: Iterable[Headed]) -> list[Headed]:
    return sorted(mails, key=lambda m: (m.internal_date.timestamp() if m.internal_date else 0.0, m.folder, m.uid))


@dataclass
class Recovery:
    """One mailbox's way back after the register was put back, until all that can be found is in it again."""

    desk: Callable[[], Desk]
    inbox: Inbox
    clock: Callable[[], datetime]
    stop: threading.Event

    def is_open(self) -> bool:
        """Whether there is something to be taken in again."""
        return self._waiting() is not None

    def settled(self, run: int, has_died: Callable[[int], bool]) -> bool:
        """Take in again what there is. False: it is not done yet, here or by another run; mails wait meanwhile.

        Raises:
            InboxError: the mail server failed; it goes on in the next round where it was.
        """
        what = self._waiting()
        if what is None:
            return True
        if what.run not in {None, run} and what.run is not None and not has_died(what.run):
            return False
        desk = self.desk()
        with desk.database.transaction() as s:
            if not restoration.claim(s, what, run):
                return False
        return self._take_in(desk, what)

    def _waiting(self) -> Restoration | None:
        desk = self.desk()
        with desk.database.reading() as s:
            return restoration.waiting(s, desk.mailbox)

    def _take_in(self, desk: Desk, what: Restoration) -> bool:
        with desk.database.reading() as s:
            known = restoration.known(s, desk.mailbox)
        found = look(self.inbox, desk.every_folder, known, what.since)
        seen = self._learn(desk, found, what)
        numbers = seen.sure()
        doubtful = dataclasses.replace(desk, doubt=Doubt(what.because, staff=True, numbers=numbers))
        for mail in found.done:
            if self.stop.is_set():
                return False
            self._retake(doubtful, what, mail)
        if not self._overdue(desk, what):
            return False
        sent = {ours.message_id for each in found.sent if (ours := glance(each.head)).message_id}
        elsewhere = self._elsewhere(desk, known, what.since)
        restoration.finish(desk, what, sent, set(numbers.values()), self.clock(), elsewhere)
        log.info("restored", mailbox=desk.mailbox, mails=len(found.done), copy=what.copied_at.isoformat())
        return True

    def _elsewhere(self, desk: Desk, known: set[tuple[str, int]], since: datetime) -> Counter[str]:
        """How many mails that the register lacks lie in other folders, by folder: people may have moved them there.

        They are told, not taken in: nobody knows whether the service has ever had them.
        """
        found: Counter[str] = Counter()
        for mail in self.inbox.heads(self.inbox.other_folders(desk.every_folder), since):
            head = glance(mail.head)
            is_ours = head.sender is not None and same(head.sender.address, desk.address)
            if not is_ours and (head.message_id or "", mail.size) not in known:
                found[mail.folder] += 1
        return found

    def _learn(self, desk: Desk, found: Lacking, what: Restoration) -> Traces:
        """Which numbers were given in the lost days; none of them is given again."""
        prefix, calendar = desk.book.municipality.case_number.prefix, desk.book.calendar
        years = range(calendar.local_date(what.copied_at).year, calendar.local_date(self.clock()).year + 1)
        with desk.database.transaction() as s:
            lasts = restoration.serials(s, prefix)
            lasts |= passed_over(lasts, years, len(found.done))
            heads = (glance(mail.head) for mail in (*found.done, *found.new, *found.sent))
            seen = traces(heads, desk.secret, prefix, lasts)
            restoration.raise_serials(s, prefix, lasts | seen.raised(lasts))
        return seen

    def _retake(self, desk: Desk, what: Restoration, mail: Headed) -> None:
        """A mail that the server hands out without its content is asked for again; one that stays so is told of."""
        for _ in range(_READS):
            raw = self.inbox.read(mail)
            if raw is None:
                return  # it is gone
            if raw:
                now, place = self.clock(), (mail.folder, mail.uidvalidity, mail.uid)
                at = min(max(mail.internal_date or what.copied_at, what.copied_at), now)
                self._try(desk, Delivered(raw, mail.internal_date, place), at, now)
                return
        reason = "the mail server hands it out without its content"
        restoration.leave_out(desk, mail.folder, mail.uid, reason, self.clock())

    def _try(self, desk: Desk, mail: Delivered, at: datetime, now: datetime) -> None:
        """A mail that cannot be taken in whole is by its header, and else left out and told of: the others go on."""
        reason = ""
        for _ in range(2):
            try:
                return restoration.retake(desk, mail, at, now, reason)
            except Exception as error:
                reason = fault_words(error)
                log.warning("mail-failed", mailbox=desk.mailbox, uid=mail.place[2], error=reason)
                if is_of_the_database(error):
                    raise
        return restoration.leave_out(desk, mail.place[0], mail.place[2], reason, now)

    def _overdue(self, desk: Desk, what: Restoration) -> bool:
        looked_at: set[str] = set()
        while True:
            now = self.clock()
            with desk.database.reading() as s:
                numbers = [n for n in register.numbers_to_check(s, desk.mailbox, now) if n not in looked_at]
            if not numbers:
                return True
            for number in numbers:
                if self.stop.is_set():
                    return False
                looked_at.add(number)
                self._look_at(desk, number, what, now)

    def _look_at(self, desk: Desk, number: str, what: Restoration, now: datetime) -> None:
        try:
            restoration.overdue(desk, number, what, now)
        except Exception as error:  # one sick case must not keep all others
            log.warning("case-failed", mailbox=desk.mailbox, case=number, error=fault_words(error))
            if is_of_the_database(error):
                raise
