"""Which tests run over a line, and whether one of them notices a change there."""

from __future__ import annotations

import hashlib
import importlib
import os
import random
import signal
import time
from collections import Counter
from pathlib import Path
from typing import Any, NoReturn

import coverage
import pytest
from _pytest.runner import runtestprotocol

from tests.mutants.changes import SERVICE, Loaded, Mutant, functions_loaded, mutants

_PATIENCE = 10  # so many times as long as it took may a test take, and so many seconds of the processor besides
_BEGUN = 0.03  # seconds that a test costs however little it does
_AT_ONCE = 100  # tests that are learned about between two notes of it
_SERVERS = frozenset({"dovecot", "postfix", "mail_system", "smtp_sink", "postgres"})  # they are slow to start
Known = dict[str, tuple[float, dict[str, list[int]]]]


class Trial:
    """A plugin of pytest: in place of one run of the tests, a run of the telling ones for each of a sample of changes.

    It learns which lines each test runs over: of the tests that are nearest to a module first, of all others only when
    a change there is alive after them. A change is made in a child of this process, which has everything loaded; the
    tests that run over the changed line follow, the most telling first, until one fails.

    wide: where all the other tests are (paths); but: those there that only a module has which names them as nearest.
    """

    def __init__(
        self,
        modules: dict[str, list[Path]],
        nearest: dict[str, tuple[str, ...]],
        *,
        each: int,
        seed: int,
        within: int,
        wide: tuple[str, ...],
        but: tuple[str, ...],
    ) -> None:
        self.modules, self.nearest, self.each = modules, nearest, each
        self.within, self.wide, self.but = within, wide, but
        self.draw = random.Random(seed)
        self.followed = {path for paths in modules.values() for path in paths}
        self.reached: Known = {}
        self.tried = self.alive = 0

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """In place of pytest's own."""
        capture: Any = session.config.pluginmanager.getplugin("capturemanager")
        with capture.global_and_fixture_disabled():
            items = [item for item in session.items if not _needs_a_server(item)]
            wide = [i for i in items if i.nodeid.startswith(self.wide) and not i.nodeid.startswith(self.but)]
            for path in self.followed:
                importlib.import_module(".".join(path.relative_to(SERVICE.parent).with_suffix("").parts))
            for name, paths in self.modules.items():
                near = [item for item in items if item.nodeid.partition("::")[0] in self.nearest[name]]
                self._try(name, paths, [near, [item for item in wide if item not in near]], session.config)
        return True

    def _learn(self, items: list[pytest.Item], config: pytest.Config) -> None:
        """What is known from an earlier trial of the same code is not learned again."""
        code = hashlib.sha256(b"".join(path.read_bytes() for path in sorted(self.followed)))
        key = f"mutants/{code.hexdigest()[:16]}"
        known = config.cache.get(key, {}) if config.cache else {}
        fresh = [item for item in items if item.nodeid not in known]
        for begun in range(0, len(fresh), _AT_ONCE):
            known |= self._followed(fresh[begun : begun + _AT_ONCE])
            if config.cache:
                config.cache.set(key, known)
        self.reached |= {item.nodeid: known[item.nodeid] for item in items if known[item.nodeid][0]}

    def _followed(self, items: list[pytest.Item]) -> Known:
        """How long each test takes (0 where it fails anyway), and which lines it runs over."""
        known: Known = {}
        follower = coverage.Coverage(data_file=None, include=list(map(str, self.followed)), config_file=False)
        follower.set_option("run:disable_warnings", ["no-data-collected"])
        follower.start()
        for item in items:
            follower.switch_context(item.nodeid)
            begun = time.process_time()
            passed = _run(item)
            known[item.nodeid] = (time.process_time() - begun if passed else 0.0), {}
            if not passed:
                print(f"left out, for it does not pass as it is: {item.nodeid}", flush=True)
        follower.stop()
        found = follower.get_data()
        for path in found.measured_files():
            for line, tests in found.contexts_by_lineno(path).items():
                for test in filter(None, tests):
                    known[test][1].setdefault(path, []).append(line)
        return known

    def _try(self, name: str, paths: list[Path], rounds: list[list[pytest.Item]], config: pytest.Config) -> None:
        """Each round's tests meet the changes that are alive after the one before."""
        every = [mutant for path in paths for mutant in mutants(path, functions_loaded())]
        left = sample = self.draw.sample(every, min(self.each, len(every)))
        self.tried += len(sample)
        self.alive += len(sample)
        for items in rounds:
            if not (left and items):
                continue
            self._learn(items, config)
            loaded, met, left = functions_loaded(), left, []
            for mutant in met:
                if self._is_found(mutant, loaded, items):
                    self.alive -= 1
                else:
                    left.append(mutant)
                    print(f"alive: {mutant}", flush=True)
            print(f"{name}: {len(met) - len(left)} of {len(met)} found by {len(items)} tests", flush=True)
        print(f"{name}: {len(sample) - len(left)} of {len(sample)} found; {len(every)} could be made", flush=True)

    def _is_found(self, mutant: Mutant, loaded: Loaded, items: list[pytest.Item]) -> bool:
        telling = self._telling(mutant, items)
        child = os.fork()
        if not child:
            self._notice(mutant, loaded, telling)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 0

    def _telling(self, mutant: Mutant, items: list[pytest.Item]) -> list[pytest.Item]:
        """The tests over the change; first those that are quick, and alone with much of the changed function."""
        path, function = str(mutant.path), range(mutant.before.lineno, (mutant.before.end_lineno or 0) + 1)
        over = {item: set(self.reached.get(item.nodeid, (0, {}))[1].get(path, ())) for item in items}
        crowd = Counter(line for lines in over.values() for line in lines.intersection(function))

        def worth(item: pytest.Item) -> float:
            return sum(1 / crowd[line] for line in over[item] if line in crowd) / (
                _BEGUN + self.reached[item.nodeid][0]
            )

        return sorted(
            (item for item, lines in over.items() if not lines.isdisjoint(mutant.lines)), key=worth, reverse=True
        )

    def _notice(self, mutant: Mutant, loaded: Loaded, telling: list[pytest.Item]) -> NoReturn:
        """In the child: its end says 0 where no test has noticed the change; one that hangs is killed, and so found."""
        try:
            mutant.apply(loaded)
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            begun = time.process_time()
            for item in telling:
                if time.process_time() - begun > self.within:
                    print("not all of the tests over the next change were run: no time left", flush=True)
                    break
                patience = _PATIENCE * (1 + self.reached[item.nodeid][0])
                signal.setitimer(signal.ITIMER_PROF, patience)
                signal.alarm(round(_PATIENCE * patience))  # by the clock, for what waits and does nothing
                if not _run(item):
                    os._exit(1)
            os._exit(0)
        finally:
            os._exit(2)


def _needs_a_server(item: pytest.Item) -> bool:
    """Whether the test would start one: it decides nothing else over PostgreSQL than over SQLite."""
    return "postgres" in item.nodeid or not _SERVERS.isdisjoint(item.fixturenames)  # type: ignore[attr-defined]


def _run(item: pytest.Item) -> bool:
    """Whether the test passes, with all that it needs made for it alone."""
    return all(report.passed for report in runtestprotocol(item, log=False, nextitem=None))
