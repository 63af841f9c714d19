"""A proxy that stands before a mail server and spoils what passes: seeded, each connection with a fate of its own."""

from __future__ import annotations

import asyncio
import contextlib
import math
import random
import threading
from collections import Counter
from typing import Self

_Reader, _Writer = asyncio.StreamReader, asyncio.StreamWriter
_NONSENSE = (b"\x00\xff\xfe\r\n", b"999 what?\r\n", b"* BYE {99999999999}\r\n", b"250\r\n", b")(*&\r\n" * 40, b"+ \r\n")
FATES = ("cut", "delay", "split", "truncate", "half-close", "repeat", "nonsense", "silent")
_LONGEST_PIECE = 1 << 16


class Proxy:
    """Forwards its own loopback `port` to a server's, and spoils each connection again and again while `is_spoilt`.

    What happens is drawn from the seed, and after how many of the server's bytes: `within` so many. `fates` counts it.
    """

    def __init__(self, server_port: int, seed: int, within: int, silence: float = 1.0) -> None:
        self.server_port, self.within, self.silence = server_port, within, silence
        self.is_spoilt = True
        self.fates: Counter[str] = Counter()
        self.port = 0
        self._dice = random.Random(seed)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)

    def __enter__(self) -> Self:
        self._thread.start()
        start = asyncio.start_server(self._serve, "127.0.0.1", 0)
        self._server = asyncio.run_coroutine_threadsafe(start, self._loop).result()
        self.port = int(self._server.sockets[0].getsockname()[1])
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _end(self) -> None:
        self._server.close()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _serve(self, reader: _Reader, writer: _Writer) -> None:
        with contextlib.suppress(OSError, asyncio.CancelledError):
            there, back = await asyncio.open_connection("127.0.0.1", self.server_port)
            try:
                ways = (self._forward(reader, back), self._spoil(there, writer, back))
                await asyncio.wait([asyncio.ensure_future(way) for way in ways], return_when=asyncio.FIRST_COMPLETED)
            finally:
                for end in (writer, back):
                    end.close()

    async def _forward(self, source: _Reader, target: _Writer) -> None:
        with contextlib.suppress(OSError, RuntimeError):  # half-closed
            while data := await source.read(_LONGEST_PIECE):
                target.write(data)
                await target.drain()

    async def _spoil(self, source: _Reader, target: _Writer, back: _Writer) -> None:
        left = self._next()
        with contextlib.suppress(OSError):
            while data := await source.read(_LONGEST_PIECE):
                if self.is_spoilt and left <= len(data):
                    fate = self._dice.choice(FATES)
                    self.fates[fate] += 1
                    if not await self._strike(fate, data, target, back, left):
                        return
                    left = self._next()
                else:
                    target.write(data)
                    left -= len(data)
                await target.drain()

    def _next(self) -> int:
        """After how many bytes of the server's: its greeting, the log-in, a mail."""
        return int(2 ** self._dice.uniform(3, math.log2(self.within)))

    async def _strike(self, fate: str, data: bytes, target: _Writer, back: _Writer, left: int) -> bool:
        """Do it to these bytes; whether the connection goes on."""
        if fate == "cut":
            target.transport.abort()
        elif fate == "truncate":
            target.write(data[:left])
        elif fate == "silent":
            await asyncio.sleep(self.silence)
        elif fate == "half-close":
            target.write(data)
            back.write_eof()  # the server hears nothing more, and answers what it has
            return True
        elif fate == "split":
            for at in range(len(data)):
                target.write(data[at : at + 1])
                await asyncio.sleep(0)
            return True
        elif fate == "delay":
            await asyncio.sleep(self._dice.uniform(0, 0.2))
            target.write(data)
            return True
        elif fate in ("repeat", "nonsense"):
            target.write(data + (data if fate == "repeat" else self._dice.choice(_NONSENSE)))
            return True
        return False
