"""Faults that are put into the service, one at a time: a simulation that does not find them proves nothing."""

from __future__ import annotations

import contextlib
import dataclasses
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from unittest.mock import patch

from sqlalchemy import update

from service.core import classify, evolve
from service.core.calendar import deadlines
from service.core.cases import Case, Move, Status
from service.core.decide import answers, submitters
from service.core.effects import Letter, MoveClock, StartClock
from service.core.people.proof import Proof, Strength
from service.desk import documents, handling, ledger, register
from service.desk.database import Database
from service.desk.post import claims, heldback, outbox, outcomes
from service.desk.rounds import restoration
from service.desk.tables import messages
from service.desk.turn import Turn
from service.doors.mailroom import Mailroom
from service.doors.sender import Sender, _Claims
from service.doors.transfer import Deferred, Sent, Uncertain
from service.doors.unnoted import Unnoted

Planted = AbstractContextManager[Any]
_HIDDEN = 7  # what is sometimes forgotten is forgotten each time in so many


def _around(owner: Any, name: str, instead: Callable[..., Any]) -> Planted:
    """Replace a function by one that gets the original as its first argument."""
    original = getattr(owner, name)
    return patch.object(owner, name, lambda *args, **more: instead(original, *args, **more))


def moved_before_commit() -> Planted:
    def handle(original: Any, room: Mailroom, part: Any, border: Any) -> Any:
        room.inbox.file_away({"Ärenden": [mail.uid for mail in part[0]]})
        return original(room, part, border)

    return _around(Mailroom, "_handle_part", handle)


def noted_as_sent_before_it_is() -> Planted:
    def claim(original: Any, desk: Any, now: datetime, *rest: Any) -> Any:
        waiting = original(desk, now, *rest)
        with desk.database.transaction() as s:
            for letter in waiting:
                outcomes.mark_sent(s, letter.id, now)
        return waiting

    return _around(handling, "claim_letters", claim)


def doubt_taken_for_success() -> Planted:
    def note(original: Any, sender: Sender, letter: Any, outcome: Any) -> Any:
        return original(sender, letter, Sent("") if isinstance(outcome, Uncertain) else outcome)

    return _around(Sender, "_note", note)


def later_taken_for_success() -> Planted:
    def note(original: Any, sender: Sender, letter: Any, outcome: Any) -> Any:
        return original(sender, letter, Sent("") if isinstance(outcome, Deferred) else outcome)

    return _around(Sender, "_note", note)


def outcome_forgotten_while_the_database_is_away() -> Planted:
    def settle(original: Any, sender: Sender, letter: Any, outcome: Any) -> None:
        original(sender, letter, outcome)
        sender.unnoted = Unnoted()

    return _around(Sender, "_settle", settle)


@contextlib.contextmanager
def claim_that_never_ends() -> Iterator[None]:
    """Neither with its run nor with its time."""
    with patch.object(claims, "LEASE", timedelta(days=4000)), patch.object(claims, "claimants", lambda *_: set()):
        yield


def the_place_of_a_mail_without_uidvalidity() -> Planted:
    def filed(original: Any, s: Any, mailbox: str, folder: str, uidvalidity: int, uids: Any) -> dict[int, str]:
        found: dict[int, str] = {}
        for each in range(1, uidvalidity + 1):
            found |= original(s, mailbox, folder, each, uids)
        return found

    return _around(ledger, "filed_uids", filed)


def copies_not_recognised() -> Planted:
    return patch.object(documents, "earlier_copy", lambda *_: None)


def what_lies_there_from_before_is_not_put_away() -> Planted:
    def filed(original: Any, *where: Any) -> dict[int, str]:
        return dict.fromkeys(original(*where), handling.STAYS)

    return _around(ledger, "filed_uids", filed)


def _without(kind: Letter, one_in: int = _HIDDEN) -> Planted:
    def lay(original: Any, work: Turn, letter: Any, *rest: Any) -> Any:
        if letter.kind is kind and zlib.crc32(f"{letter.to}{work.now}".encode()) % one_in == 0:
            return outbox.Laid(None)
        return original(work, letter, *rest)

    return _around(Turn, "_lay", lay)


def receipt_forgotten() -> Planted:
    return _without(Letter.RECEIPT)


def step_taken_without_its_letter() -> Planted:
    return _without(Letter.ESCALATION, 2)


def reminder_that_tells_what_is_secret() -> Planted:
    def lay(original: Any, work: Turn, letter: Any, stored: Any, *rest: Any) -> Any:
        if stored and letter.kind in {Letter.REMINDER, Letter.ESCALATION}:
            stored = dataclasses.replace(stored, case=dataclasses.replace(stored.case, secrecy=False))
        return original(work, letter, stored, *rest)

    return _around(Turn, "_lay", lay)


def brake_that_drops() -> Planted:
    def put(original: Any, s: Any, writer: Any, letter: Any, *rest: Any) -> Any:
        laid = original(s, writer, letter, *rest)
        if laid.held and letter.kind is not Letter.ALERT:  # else the news of what is held would be told without end
            s.execute(update(messages).where(messages.c.state == "held").values(state="withdrawn"))
        return laid

    return _around(outbox, "put", put)


def receipt_twice() -> Planted:
    def lay(original: Any, work: Turn, letter: Any, *rest: Any) -> Any:
        if letter.kind is Letter.RECEIPT:
            original(work, letter, *rest)
        return original(work, letter, *rest)

    return _around(Turn, "_lay", lay)


def next_look_forgotten() -> Planted:
    return patch.object(register, "next_check", lambda *_: None)


def look_for_nothing_repeated() -> Planted:
    """A case in which time changes nothing stays due."""
    return patch.object(register, "look_later", lambda *_: None)


def clock_read_inside() -> Planted:
    def on_time(original: Any, case: Any, book: Any, _now: datetime, *rest: Any) -> Any:
        return original(case, book, datetime.now(UTC), *rest)

    return _around(handling, "on_time", on_time)


def refusal_told_to_nobody() -> Planted:
    def refuse(_original: Any, work: Turn, letter: Any, reply: str) -> None:
        outcomes.mark_refused(work.s, letter.id, reply)

    return _around(handling, "_refuse", refuse)


def number_given_twice() -> Planted:
    def serial(original: Any, *series: Any) -> int:
        number = int(original(*series))
        return number - 1 if number % _HIDDEN == 0 else number

    return _around(register, "_next_serial", serial)


def lost_days_forgotten() -> Planted:
    """What a register that was put back lacks is not taken in again."""
    return patch.object(restoration, "retake", lambda *_: None)


def machines_taken_for_people() -> Planted:
    return patch.object(classify, "_is_machine", lambda *_: False)


@contextlib.contextmanager
def others_at_work_taken_for_dead() -> Iterator[None]:
    """What another process has in hand is taken from it, and it does not ask whether it still has it."""

    def dead(_original: Any, sender: Sender) -> list[int]:
        with sender.desk().database.reading() as s:
            return list(claims.claimants(s, sender.desk().mailbox) - {sender.run()})

    with _around(Sender, "_dead", dead), _around(_Claims, "still_holds", lambda *_: True):
        yield


def promise_stored_a_day_late() -> Planted:
    def promised(original: Any, case: Case, effect: Any) -> Case:
        if isinstance(effect, StartClock):
            effect = dataclasses.replace(effect, due_at=effect.due_at + timedelta(days=1))
        return cast("Case", original(case, effect))

    return _around(evolve, "_promised", promised)


def state_past_the_table() -> Planted:
    """An answer closes the case."""

    def moved(original: Any, status: Status, what: Move) -> Any:
        return Status.CLOSED if what is Move.ANSWER else original(status, what)

    return _around(evolve, "move", moved)


def transaction_torn() -> Planted:
    """Each statement stands by itself: what dies in the middle leaves half of it behind."""

    @contextlib.contextmanager
    def transaction(database: Database) -> Iterator[Any]:
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as s:
            yield s

    return patch.object(Database, "transaction", transaction)


def answer_to_the_one_before() -> Planted:
    """One in three goes to whom the one before went."""
    went: list[str] = []

    def lay(original: Any, work: Turn, letter: Any, *rest: Any) -> Any:
        if letter.kind is Letter.ANSWER:
            went.append(letter.to)
            letter = letter if len(went) % 3 else dataclasses.replace(letter, to=went[-2])
        return original(work, letter, *rest)

    return _around(Turn, "_lay", lay)


def assignment_with_the_words_of_the_one_before() -> Planted:
    """One in four."""
    said: list[str] = []

    def lay(original: Any, work: Turn, letter: Any, stored: Any, *rest: Any) -> Any:
        if letter.kind is Letter.ASSIGNMENT and stored:
            said.append(stored.case.text)
            text = stored.case.text if len(said) % 4 else said[-2]
            stored = dataclasses.replace(stored, case=dataclasses.replace(stored.case, text=text))
        return original(work, letter, stored, *rest)

    return _around(Turn, "_lay", lay)


def answer_without_its_last_line() -> Planted:
    def send(original: Any, plan: Any, text: str, *rest: Any) -> Any:
        return original(plan, text.rstrip().rpartition("\n")[0] or text[: len(text) // 2], *rest)

    return _around(answers, "send_answer", send)


def promise_moved_by_who_writes_again() -> Planted:
    """It begins anew, with a day that fits its beginning."""

    def go_on(original: Any, plan: Any, mail: Any) -> Any:
        promise, at = plan.case.running, mail.arrival.at
        if promise:
            _, duration = deadlines.promised(promise.kind, plan.case.channel, plan.case.process, plan.book)
            plan.add(MoveClock(promise.kind, at, deadlines.due_at(at, duration, plan.book), "planted"))
        return original(plan, mail)

    return _around(submitters, "_go_on", go_on)


def secret_mail_filed_among_all_others() -> Planted:
    def folder(original: Any, desk: Any, stored: Any, effects: Any) -> Any:
        return desk.folders.handled if stored and stored.case.secrecy else original(desk, stored, effects)

    return _around(handling, "_folder", folder)


def quarantined_mail_filed_among_all_others() -> Planted:
    def folder(original: Any, desk: Any, *rest: Any) -> Any:
        return desk.folders.handled if (found := original(desk, *rest)) == desk.folders.quarantine else found

    return _around(handling, "_folder", folder)


def address_never_in_order_again() -> Planted:
    """What is held for it leaves once a day, one by one."""
    return patch.object(heldback, "let_go_to", lambda *_: None)


def every_staff_mail_proven() -> Planted:
    return patch.object(classify, "staff_proof", lambda *_: Proof(Strength.CERTAIN))


def servers_fail_not_heard() -> Planted:
    def proof(original: Any, *rest: Any) -> Proof:
        found: Proof = original(*rest)
        return Proof(Strength.CERTAIN) if found.strength is Strength.FAILED else found

    return _around(classify, "staff_proof", proof)


PLANTED: dict[str, tuple[Callable[[], Planted], str]] = {
    each.__name__: (each, mix)
    for each, mix in (
        (moved_before_commit, "stormy"),
        (noted_as_sent_before_it_is, "stormy"),
        (doubt_taken_for_success, "stormy"),
        (later_taken_for_success, "stormy"),
        (outcome_forgotten_while_the_database_is_away, "stormy"),
        (claim_that_never_ends, "stormy"),
        (the_place_of_a_mail_without_uidvalidity, "renumbered"),
        (copies_not_recognised, "copied"),
        (what_lies_there_from_before_is_not_put_away, "renumbered"),
        (receipt_forgotten, "stormy"),
        (step_taken_without_its_letter, "stormy"),
        (reminder_that_tells_what_is_secret, "stormy"),
        (brake_that_drops, "braked"),
        (receipt_twice, "stormy"),
        (next_look_forgotten, "stormy"),
        (look_for_nothing_repeated, "administered"),
        (clock_read_inside, "stormy"),
        (refusal_told_to_nobody, "stormy"),
        (number_given_twice, "stormy"),
        (machines_taken_for_people, "robots"),
        (lost_days_forgotten, "restored"),
        (others_at_work_taken_for_dead, "shared"),
        (promise_stored_a_day_late, "stormy"),
        (state_past_the_table, "stormy"),
        (transaction_torn, "stormy"),
        (answer_to_the_one_before, "busy"),
        (assignment_with_the_words_of_the_one_before, "busy"),
        (answer_without_its_last_line, "stormy"),
        (promise_moved_by_who_writes_again, "stormy"),
        (secret_mail_filed_among_all_others, "busy"),
        (quarantined_mail_filed_among_all_others, "stormy"),
        (address_never_in_order_again, "stormy"),
        (every_staff_mail_proven, "forged"),
        (servers_fail_not_heard, "forged"),
    )
}
"""Each fault by its name, and the mix in which it is looked for: one that brings much of what it is about."""
