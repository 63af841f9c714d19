"""`python -m tests.bench`: the speed of intake as a page, with a table, a picture and the figures of earlier versions.

Every round measures the bare loop, the lean loop and the service on each register, one after the other, over as many
mails: what others do on the machine meanwhile strikes all of them. What is kept are medians, and ratios within a round.
"""

from __future__ import annotations

import argparse
import itertools
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from imapclient import IMAPClient
from rich.console import Console
from rich.table import Table

from tests.bench import bare, figures, intake, latency, lean, mails, page, reading, register, stored, sweep, two
from tests.bench.figures import BARE, LEAN, Figure, Line, Run
from tests.bench.measure import Cost, cpu_seconds, in_own_process
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.own import OwnServer
from tests.servers.postgres import Postgres
from tests.servers.sink import SmtpSink

_MAILS_AN_APPEND = 50
_OURS = "synpunkten@ekvik.example"
_LARGE, _HUGE = 100_000, 1_000_000
_FAR = 5_000_000  # the numbers of mails that belong to no round

console = Console(width=120)


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
        self.append(address, self.count, first)
        before = self._servers_cpu()
        cost = in_own_process(work, self.dovecot.account(address), self.sink.account(), self.folder, *args)
        return Line(label, cost, self._servers_cpu() - before)

    def append(self, address: str, count: int, first: int) -> None:
        """Put the mails from number `first` on into the mailbox."""
        with IMAPClient("127.0.0.1", self.dovecot.imap_port, ssl=False) as client:
            client.plain_login(address, PASSWORD)
            waiting = list(mails.make(count, first))
            for start in range(0, count, _MAILS_AN_APPEND):
                client.multiappend("INBOX", waiting[start : start + _MAILS_AN_APPEND])

    def _servers_cpu(self) -> float:
        return cpu_seconds(server.pid for server in self.servers)


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


@dataclass(frozen=True, slots=True)
class Bench:
    """What is asked for, and what has been found so far: by label, each round's line beside its bare loop."""

    asked: argparse.Namespace
    found: defaultdict[str, list[tuple[Line, Line]]]
    facts: dict[str, str]
    versions: dict[str, str]

    def on(self, database: str) -> None:
        """All rounds over registers of this sort, and what is measured besides."""
        with _place(self.asked.mails, postgresql=database == "PostgreSQL") as place:
            registers = {f"{database}, {_size(n)}": self._filled(place, n) for n in self._sizes()}
            for number in range(self.asked.rounds):
                console.print(f"{database}: round {number + 1} of {self.asked.rounds}")
                self._round(place, registers, number)
            self._sweep(place, registers)
            self._stored(place, database)
            if database == "PostgreSQL":
                self._two_daemons(place)
            elif self.asked.letters:
                self._latency(place)

    def _sizes(self) -> list[int]:
        asked = self.asked
        return [0, *([asked.register] if asked.register else []), *([_HUGE] if asked.million else [])]

    def _filled(self, place: Place, size: int) -> str:
        if not size:
            return ""
        console.print(f"a register with {size:,} cases is made")
        url = place.new_database()
        in_own_process(register.fill, url, place.folder, size)
        return url

    def _round(self, place: Place, registers: dict[str, str], number: int) -> None:
        first = number * place.count
        lines = [
            place.measure(BARE, f"bare{number}@ekvik.example", first, bare.run),
            place.measure(LEAN, f"lean{number}@ekvik.example", first, lean.run),
        ]
        for label, url in registers.items():
            lines.append(place.measure(label, _OURS, first, intake.run, url or place.new_database(), number))
        for line in lines:
            self.found[line.label].append((line, lines[0]))

    def _sweep(self, place: Place, registers: dict[str, str]) -> None:
        servers = place.dovecot.account(_OURS), place.sink.account()
        for label, url in registers.items():
            found = in_own_process(sweep.run, *servers, place.folder, url or place.new_database())
            self.facts[f"Looking at the deadlines ({label})"] = str(found)

    def _stored(self, place: Place, database: str) -> None:
        url = place.new_database()
        place.measure("", _OURS, _FAR, intake.run, url)
        self.facts[f"Stored on {database}"] = stored.told(url, place.count + intake.WARM_UP)
        if database == "PostgreSQL":
            self.versions[database] = stored.version(url)

    def _two_daemons(self, place: Place) -> None:
        console.print("PostgreSQL: two daemons")
        rates = []
        for number, count in enumerate((1, 2, 2)):
            place.append(_OURS, count * place.count, _FAR + place.count * 10 * (number + 1))
            accounts = [place.dovecot.account(_OURS)] * count
            seconds = two.together(accounts, place.sink.account(), place.folder, place.new_database())
            rates.append(count * place.count / seconds)
        one, *both = rates
        self.facts["Two daemons on one mailbox (PostgreSQL)"] = (
            f"{fmean(both):.0f} mails/s, one alone {one:.0f}: {fmean(both) / one:.2f} times"
        )

    def _latency(self, place: Place) -> None:
        console.print("latency")
        middle, slowest = latency.one_by_one(place.dovecot, place.folder, self.asked.letters)
        self.facts["From arrival to receipt"] = (
            f"median {middle:.2f} s, 99th percentile {slowest:.2f} s, over {self.asked.letters} mails one by one (IDLE)"
        )
        begun, rest = latency.after_a_gap(place.dovecot, place.folder, self.asked.waiting)
        self.facts["After a gap"] = (
            f"{self.asked.waiting:,} mails waited: first receipt {begun:.1f} s after the daemon's start, last one"
            f" {rest:.1f} s later, {self.asked.waiting / (begun + rest):.0f} mails/s from the start"
        )


def _size(cases: int) -> str:
    return f"{cases:,} cases before" if cases else "empty register"


def measured(asked: argparse.Namespace) -> Run:
    """The whole benchmark."""
    bench = Bench(asked, defaultdict(list), {}, {})
    for database in ("SQLite", "PostgreSQL"):
        if database == "SQLite" or asked.postgresql:
            bench.on(database)
    lines = tuple(figures.median(label, rounds) for label, rounds in bench.found.items())
    return Run(figures.about(asked.mails, asked.rounds, bench.versions), lines, bench.facts)


def _table(lines: tuple[Figure, ...]) -> Table:
    table = Table(title="Intake, medians", title_justify="left")
    for head in ("", "CPU ms/mail", "of all parts", "CPU to bare", "mails/s", "to bare", "peak MiB"):
        table.add_column(head, justify="right" if head else "left")
    for f in lines:
        table.add_row(
            *(f.label, f"{f.cpu_ms:.2f}", f"{f.cpu_ms + f.servers_ms:.2f}", f"{f.cpu_ratio:.2f}"),
            *(f"{f.rate:.0f}", f"{f.rate_ratio:.2f}", f"{f.peak_mib:.0f}"),
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
            table.add_row(reader, size, f"{cost.rate:.0f}", f"{cost.cpu_ms:.2f}", f"{cost.peak_mib:.0f}")
    return table


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--mails", type=int, default=300, help="how many mails each line of a round handles")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--register", type=int, default=_LARGE, help="cases in the register with a past; 0: none")
    parser.add_argument("--million", action="store_true", help="a register with 1,000,000 cases, too")
    parser.add_argument("--no-postgresql", dest="postgresql", action="store_false")
    parser.add_argument("--letters", type=int, default=200, help="mails by which the latency is measured; 0: it is not")
    parser.add_argument("--waiting", type=int, default=1_000, help="mails that wait after a gap")
    parser.add_argument("--reading", action="store_true", help="how long reading alone takes, and nothing else")
    parser.add_argument("--out", type=Path, default=Path("build/speed.html"), help="the page")
    parser.add_argument("--keep", action="store_true", help=f"add the figures to {figures.KEPT.name}, for good")
    return parser.parse_args()


def main() -> None:
    """Measure, print, and write the page."""
    asked = _asked()
    if asked.reading:
        console.print(reading_table(asked.mails))
        return
    earlier, run = figures.kept(), measured(asked)
    console.print(_table(run.figures))
    for name, told in run.facts.items():
        console.print(f"{name}: {told}")
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    asked.out.write_text(page.html(run, earlier), encoding="utf-8")
    console.print(f"load average {run.about['load']}; the page is {asked.out}")
    if asked.keep:
        try:
            figures.keep(run)
        except ValueError as fault:
            sys.exit(str(fault))


if __name__ == "__main__":
    main()
