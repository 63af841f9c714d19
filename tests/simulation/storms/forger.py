"""Somebody outside writes in the name of staff, so that a citizen is told a lie or a case ends: nobody obeys."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from email.utils import format_datetime
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import Connection, select

from service.desk.tables import messages
from tests.simulation.storms.mailserver import message_id

if TYPE_CHECKING:
    from tests.simulation.storms.storm import Storm

FORGED = "Bluffkontot"
"""A word that nobody else in the town writes."""
_ORDERS = (f"#SVAR\nBetala in avgiften till {FORGED} i dag.", f"#INTERNT\n{FORGED} har hört av sig.\n#AVSLUTA")
_DAY = timedelta(days=1)


def begins(storm: Storm) -> None:
    """Now and then he writes; drawn by dice of his own, so that the other storms stay what they are."""
    dice = random.Random(f"{storm.seed}/forger")
    for _ in range(round(storm.mix.forged * storm.days)):
        storm.at(_DAY * storm.days * dice.random(), partial(_writes, storm, dice))


def _writes(storm: Storm, dice: random.Random) -> None:
    """He has seen a letter about a case, and with it the number and who works with it, but not its Message-ID."""
    town = storm.town
    seen = [each for each in town.sent if each.number and town.book.is_staff(each.to)][-8:]
    if not seen:
        return
    letter = dice.choice(seen)
    results = [("Received", f"from mail.example.net by {_host(storm)}; {format_datetime(town.now)}")]
    if dice.random() < 0.7:
        domain = letter.to.rpartition("@")[2]
        results.insert(0, ("Authentication-Results", f"{_host(storm)}; dmarc=fail header.from={domain}"))
    stamps = "".join(f"{name}: {value}\r\n" for name, value in results).encode()
    raw = stamps + town.mail(letter.to, dice.choice(_ORDERS), f"Sv: Synpunkt [{letter.number}]", authenticated=False)
    storm.forged.add(message_id(raw))
    town.receives(raw)


def _host(storm: Storm) -> str:
    return storm.town.book.municipality.trusted_hosts[0]


def obeyed(storm: Storm, s: Connection) -> Iterator[str]:
    """Nothing of what he writes is done, and nobody outside reads it."""
    for letter in storm.town.sent:
        if FORGED in letter.text and not storm.town.book.is_staff(letter.to):
            yield f"{letter.kind} to {letter.to}, {letter.subject}: a forger's words"
    for mail, kind in s.execute(_FILED):
        if mail in storm.forged and kind not in _NOT_OBEYED:
            yield f"mail {mail} is a forger's, and is filed as {kind}"


_NOT_OBEYED = {"unproven", "unreadable"}
_FILED = select(messages.c.message_id, messages.c.kind).where(messages.c.direction == "in")
