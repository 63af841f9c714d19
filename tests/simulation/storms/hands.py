"""What other hands do while the service is at work: to the mailbox, the clock, the register and the rules."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.simulation.storms.storm import Storm

_HOUR, _DAY, _WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)


def meddle(storm: Storm) -> None:
    """One of the deeds, by chance: half of the time that which the mix is about."""
    usual = storm.mix.deed
    name = usual if usual and storm.dice.random() < 0.5 else storm.dice.choice(list(_DEEDS))
    storm.town.weather.happened[f"hands: {name}"] += 1
    _DEEDS[name](storm)


def _mailbox_restored_with_new_numbers(storm: Storm) -> None:
    storm.town.mailbox.renumber()


def _mail_taken_out_and_given_back(storm: Storm) -> None:
    mailbox = storm.town.mailbox
    mailbox.take_out(storm.dice.choice(list(mailbox.folders.values())))
    storm.at(_DAY * storm.dice.random() * 4, mailbox.give_back)


def _mail_copied_into_the_inbox(storm: Storm) -> None:
    town = storm.town
    if town.came:
        town.receives(storm.dice.choice(town.came))


def _service_restarted(storm: Storm) -> None:
    for room in storm.town.rooms:
        room.inbox.close()
    storm.town.boots()


def _clock_set_wrong(storm: Storm) -> None:
    """By an hour for some hours, or by a week until somebody sees it."""
    by, until = storm.dice.choice(((_HOUR, 6), (-_HOUR, 6), (_WEEK, 3), (-_WEEK, 3)))

    def put_right() -> None:
        storm.town.wrong_by = timedelta(0)

    storm.town.wrong_by = by
    storm.at(_HOUR * storm.dice.randrange(1, until), put_right)


def _yesterdays_register_put_back(storm: Storm) -> None:
    copy = storm.town.copy()
    storm.at(_DAY * storm.dice.random(), lambda: storm.town.puts_back(copy))


def _rules_broken_and_mended(storm: Storm) -> None:
    """A file is half saved, or saved with a key that nobody knows; who mends it has often changed something else."""
    if storm.rules is None:
        return
    file = storm.rules / storm.dice.choice(("municipality.yaml", "routing.yaml", "people.yaml"))
    right = file.read_bytes()
    broken = storm.dice.choice((right[: len(right) // 2], right + b"\nobekant: ja\n", b"\t:\n"))
    file.write_bytes(broken)

    def mend() -> None:
        file.write_bytes(right.replace(*storm.dice.choice(_CHANGES), 1))

    storm.at(_HOUR * storm.dice.randrange(1, 40), mend)


# What a routine's new edition may say otherwise, while the cases of the old one run. Some are in no file of a town.
_CHANGES = (
    (b"reminders: [", b"reminders: [4 working days before, "),
    (b"after: 10 working days", b"after: 7 working days"),
    (b"to: [officer, manager]}", b"to: [manager]}"),
    (b"repeat: 7 days", b"repeat: 2 working days"),
    (b"mode: on_command", b"mode: quiet"),
    (b"mode: quiet", b"mode: on_command"),
    (b"triage: registrar_first", b"triage: auto"),
    (b"anonymous: register", b"anonymous: binder"),
)


_DEEDS: dict[str, Callable[[Storm], None]] = {
    "mailbox restored with new numbers": _mailbox_restored_with_new_numbers,
    "mail taken out and given back": _mail_taken_out_and_given_back,
    "mail copied into the inbox": _mail_copied_into_the_inbox,
    "service restarted": _service_restarted,
    "clock set wrong": _clock_set_wrong,
    "yesterdays register put back": _yesterdays_register_put_back,
    "rules broken and mended": _rules_broken_and_mended,
}
