"""The letter that tells of troubles: written like every other, sent straight to a mail server.

It does not wait in the outbox, since the database may be what is away.
"""

from __future__ import annotations

import dataclasses
import platform
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog

from service.config import Alarming
from service.core.effects import Letter, SendLetter
from service.core.people import tokens
from service.core.people.addresses import same
from service.core.speech import swedish
from service.desk.writing.letters import Writer
from service.doors import roundtrip
from service.doors.account import Server
from service.doors.answers import without_addresses
from service.doors.smtp import DeliveryError
from service.seeing.alarms import News
from service.seeing.troubles import Kind, Trouble

log = structlog.get_logger()


@dataclass(frozen=True)
class Teller:
    """Tells by the first road that takes the letter.

    writer: who words letters now. roads: the mailboxes' own mail servers, for where no other is named or it fails.
    mailboxes: the address of each by its name. registrars: who hears of faults in the rules in any case.
    """

    alarming: Alarming
    writer: Callable[[], Writer]
    roads: Sequence[Server]
    mailboxes: Mapping[str, str]
    registrars: Callable[[], Collection[str]] = frozenset

    def is_known(self, trouble: Trouble) -> bool:
        """Whether the reader hears of it in any case: the registrar is told by mail what is wrong with the rules."""
        return trouble.kind is Kind.RULES and any(same(self.alarming.to, each) for each in self.registrars())

    def tell(self, news: News, now: datetime) -> bool:
        """Write and send; whether a server took it."""
        writer = self.writer()
        order = SendLetter(Letter.ALERT, self.alarming.to, "the service is in trouble", "service-trouble")
        order = dataclasses.replace(order, facts=self._facts(news, writer))
        nonce = tokens.nonce_of_the_service()
        for smtp in dict.fromkeys((self.alarming.smtp or self.roads[0], *self.roads)):
            if self.alarming.sender and smtp == self.alarming.smtp:
                letter = dataclasses.replace(writer, address=self.alarming.sender).write(order, None, (), nonce, now)
            else:
                letter = writer.write(order, None, (), nonce, now)
            try:
                roundtrip.send(smtp, letter)
            except DeliveryError as error:
                log.warning("alarm-not-sent", road=smtp.place, error=without_addresses(error.what, letter.to))
                continue
            log.warning(
                "alarm",
                road=smtp.place,
                begun=[f"{t.kind} {t.mailbox}".strip() for t in news.begun],
                lasting=[f"{t.kind} {t.mailbox}".strip() for t in news.lasting],
                over=[f"{t.kind} {t.mailbox}".strip() for t in news.over],
            )
            return True
        return False

    def _facts(self, news: News, writer: Writer) -> dict[str, Any]:
        def told(trouble: Trouble) -> dict[str, str]:
            since = swedish.moment(trouble.since, writer.book.calendar.zone)
            box = self.mailboxes.get(trouble.mailbox, trouble.mailbox)
            last = swedish.day(trouble.last_day) if trouble.last_day else ""
            return {"kind": trouble.kind.value, "box": box, "since": since, "sort": trouble.sort or "", "last": last}

        lists = {name: [told(t) for t in getattr(news, name)] for name in ("begun", "lasting", "over")}
        return {**lists, "host": platform.node()}
