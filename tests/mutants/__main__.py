"""`python -m tests.mutants [MODULE …]`: a sample of changes in each module, and those that no test notices."""

from __future__ import annotations

import argparse
import random
import tempfile
from pathlib import Path

import pytest

from tests.mutants.changes import SERVICE
from tests.mutants.trial import Trial

_MODULES = (
    "core/gate",
    "core/classify",
    "core/evolve",
    "core/people/origin",
    "core/speech/commands",
    "core/speech/orders",
    "core/decide",
    "core/decide/deeds",
    "desk/post/outbox",
    "desk/handling",
    "doors/mailroom",
)
_TESTS = (
    "tests/core",
    "tests/conversations",
    "tests/desk/test_outbox.py",
    "tests/hostile",
    "tests/doors/test_mailroom.py",
)
_LEFT_OUT = ("tests/core/reading", "tests/core/lives", "tests/hostile/test_kills.py", "tests/hostile/test_rounds.py")


def main() -> int:
    """Exit status 1 where a change was not noticed."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument(
        "modules", nargs="*", default=_MODULES, help="under service/, such as core/gate, or a folder of them"
    )
    parser.add_argument("--each", type=int, default=35, help="so many changes in each module")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--tests", nargs="+", default=_TESTS, help="only these, where all of them take too long")
    chosen = parser.parse_args()
    paths = {name: _files(name) for name in chosen.modules}
    print(f"seed {chosen.seed}, up to {chosen.each} changes in each of {', '.join(paths)}", flush=True)
    followed = {path for name in (*_MODULES, *chosen.modules) for path in _files(name)}
    trial = Trial(paths, followed, chosen.each, chosen.seed)
    left_out = [f"--ignore={path}" for path in _LEFT_OUT]
    plain = ["-q", "-p", "no:xdist", "-o", "tmp_path_retention_policy=none"]
    with tempfile.TemporaryDirectory() as folder:
        pytest.main([*chosen.tests, *left_out, *plain, f"--basetemp={folder}/tests"], plugins=[trial])
    print(f"{trial.alive} alive")
    return 1 if trial.alive else 0


def _files(name: str) -> list[Path]:
    return sorted([*SERVICE.glob(f"{name}.py"), *SERVICE.glob(f"{name}/*.py")])


if __name__ == "__main__":
    raise SystemExit(main())
