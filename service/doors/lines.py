"""The connections to one mail server and the loop that they live on: both last from one delivery to the next.

A connection costs more than a letter: encryption, log-in, and their way there and back. Kept ones are few and not for
long; one that has rested is asked whether it still answers before a letter is trusted to it.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any, TypeVar

from service.doors import smtp

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from service.doors.account import Server
    from service.doors.dialogue import Dialogue

_Result = TypeVar("_Result")

MAILS_A_CONNECTION = 100
_TRUSTED_SECONDS = 1.0
_FAREWELL_SECONDS = 2.0  # told to stop, there is little time


class Lines:
    """To be used by one thread at a time."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._loop: asyncio.Runner | None = None
        self._kept: list[tuple[Dialogue, float]] = []  # and since when (monotonic) each rests

    def run(self, work: Coroutine[Any, Any, _Result]) -> _Result:
        """Do it on the loop of these connections."""
        self._loop = self._loop or asyncio.Runner()
        return self._loop.run(work)

    async def take(self) -> Dialogue:
        """A connection that answers, a kept one or a new one; raises DeliveryError where none is to be had."""
        while self._kept:
            line, since = self._kept.pop()
            if time.monotonic() - since < _TRUSTED_SECONDS or await smtp.is_there(line):
                return line
            await smtp.close(line, politely=False)
        return await smtp.connect(self.server)

    def may_carry(self, line: Dialogue) -> bool:
        """Whether another letter may go over it."""
        return line.is_open and line.letters < MAILS_A_CONNECTION

    async def give_back(self, line: Dialogue, *, is_good: bool) -> None:
        """Keep it for the next one who takes; one that is not in good order, or has carried enough, is left."""
        if is_good and self.may_carry(line):
            self._kept.append((line, time.monotonic()))
        else:
            await smtp.close(line, politely=is_good)

    def rest(self, seconds: float) -> None:
        """Leave every connection that has not been used for so long."""
        latest = time.monotonic() - seconds
        leaving = [line for line, since in self._kept if since <= latest]
        self._kept = [(line, since) for line, since in self._kept if since > latest]
        if leaving:
            self.run(_leave(leaving))
        if self._loop and not self._kept:
            self._loop.close()
            self._loop = None

    def close(self) -> None:
        """Leave them all."""
        self.rest(0)


async def _leave(lines: list[Dialogue]) -> None:
    await asyncio.gather(*(smtp.close(line, seconds=_FAREWELL_SECONDS) for line in lines))
