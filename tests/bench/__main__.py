"""`python -m tests.bench`: the speed of intake and reading, as one table on standard output."""

from __future__ import annotations

import argparse
import itertools
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from imapclient import IMAPClient
from rich.console import Console
from rich.table import Table

from tests.bench import bare, intake, mails, reading, register
from tests.bench.measure import Cost, cpu_seconds, in_own_process
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.own import OwnServer
from tests.servers.postgres import Postgres
from tests.servers.sink import SmtpSink

_MAILS_AN_APPEND = 50


@dataclass(frozen=True, slots=True)
class Place:
    """The servers at work, a folder for databases and rules, and how many mails each part gets."""

    dovecot: Dovecot
    sink: SmtpSink
    servers: tuple[OwnServer, ...]
    folder: Path
    new_database: Callable[[], str]
    count: int

    def measure(self, label: str, address: str, first: int, work: Callable[..., Cost], *args: object) -> Line:
        """Fill the mailbox with new mails, let the work empty it, and say what that cost."""
        _append(self.dovecot, address, self.count, first)
        before = self._servers_cpu()
        cost = in_own_process(work, self.dovecot.account(address), self.sink.account(), self.folder, *args)
        return Line(label, cost, self._servers_cpu() - before)

    def _servers_cpu(self) -> float:
        return cpu_seconds(server.pid for server in self.servers)


@dataclass(frozen=True, slots=True)
class Line:
    """One measured part; `servers_cpu` are the CPU seconds that the servers spent on it."""

    label: str
    cost: Cost
    servers_cpu: float = 0.0


@contextmanager
def _place(count: int, *, postgresql: bool) -> Iterator[Place]:
    numbers = itertools.count(1)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        dovecot, sink = stack.enter_context(Dovecot()), stack.enter_context(SmtpSink())
        servers: tuple[OwnServer, ...] = (dovecot, sink)
        if postgresql:
            postgres = stack.enter_context(Postgres(durable=True))
            yield Place(dovecot, sink, (*servers, postgres), folder, postgres.new_database, count)
        else:
            yield Place(dovecot, sink, servers, folder, lambda: f"sqlite:///{folder}/{next(numbers)}.db", count)


def _append(dovecot: Dovecot, address: str, count: int, first: int) -> None:
    with IMAPClient("127.0.0.1", dovecot.imap_port, ssl=False) as client:
        client.plain_login(address, PASSWORD)
        waiting = list(mails.make(count, first))
        for start in range(0, count, _MAILS_AN_APPEND):
            client.multiappend("INBOX", waiting[start : start + _MAILS_AN_APPEND])


def intake_table(count: int, preload: int, *, postgresql: bool) -> Table:
    """The whole chain, beside the bare loop, in an empty register and in one with a past."""
    ours = "synpunkten@ekvik.example"
    with _place(count, postgresql=postgresql) as place:
        lines = [
            place.measure("bare loop", "bare@ekvik.example", 0, bare.run),
            place.measure("intake, empty register", ours, 0, intake.run, place.new_database()),
        ]
        if preload:
            url = place.new_database()
            in_own_process(register.fill, url, place.folder, preload)
            label = f"intake, {preload:,} cases before"
            lines.append(place.measure(label, ours, count, intake.run, url))
        lines.append(place.measure("bare loop again", "again@ekvik.example", 0, bare.run))
    bare_ms = (lines[0].cost.cpu_ms + lines[-1].cost.cpu_ms) / 2  # before and after: other work on the machine changes
    database = "PostgreSQL" if postgresql else "SQLite"
    table = Table(title=f"Intake of {count:,} mails over Dovecot, smtp-sink and {database}", title_justify="left")
    for head in ("", "mails/s", "letters", "CPU ms/mail", "of all parts", "peak MiB", "CPU to bare loop"):
        table.add_column(head, justify="right" if head else "left")
    for line in lines:
        cost = line.cost
        table.add_row(
            line.label,
            f"{cost.mails / cost.wall_seconds:.0f}",
            f"{cost.letters}",
            f"{cost.cpu_ms:.2f}",
            f"{cost.cpu_ms + 1000 * line.servers_cpu / cost.mails:.2f}",
            f"{cost.peak_mib:.0f}",
            f"{cost.cpu_ms / bare_ms:.2f}",
        )
    return table


def reading_table(count: int) -> Table:
    """Reading alone."""
    table = Table(title="Reading a mail", title_justify="left")
    for head in ("", "size", "mails/s", "CPU ms/mail", "peak MiB"):
        table.add_column(head, justify="right" if head else "left")
    for size, part in ((reading.SMALL, count), (reading.LARGE, max(1, count // 10))):
        for reader in reading.READERS:
            cost = in_own_process(reading.run, reader, size, part)
            speed = f"{cost.mails / cost.wall_seconds:.0f}"
            table.add_row(reader, size, speed, f"{cost.cpu_ms:.2f}", f"{cost.peak_mib:.0f}")
    return table


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--mails", type=int, default=1_000, help="how many mails each part handles")
    parser.add_argument("--register", type=int, default=0, help="measure once more with so many cases in the register")
    parser.add_argument("--postgresql", action="store_true", help="an own PostgreSQL server in place of SQLite")
    asked = parser.parse_args()
    console = Console(width=120)
    console.print(intake_table(asked.mails, asked.register, postgresql=asked.postgresql))
    console.print(reading_table(asked.mails))


if __name__ == "__main__":
    main()
