"""Asks whether a library of the lock files has a known weakness: `python -m tests.supply.audit`, part of `make check`.

The advisories are PyPI's, asked by pip-audit for the names and versions that the lock files hold; nothing is installed
and nothing else is told. Status 1: a weakness is known. Status 0: none is, or nobody could be asked, which is said last
and loudly; with AUDIT=strict in the environment that is status 2.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys

from tests.demands import HOUSE

LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-fuzz.lock", "requirements-audit.lock")
_UNREACHED = re.compile(
    r"ConnectionError|Timeout|Max retries|ServiceError|resolve|unreachable|\b(?:403|404|5\d\d)\b", re.IGNORECASE
)


def said_of(status: int, told: str) -> tuple[int, str]:
    """The verdict on what pip-audit has answered: status and what to say, last.

    Args:
        status: pip-audit's own, which is 1 both for a weakness and for an error.
        told: what it has written to standard output and standard error.
    """
    unseen = len(re.findall(r"could not be audited|skipped", told))
    if status == 0 and not unseen:
        return 0, "audit: no weakness is known in any library of the lock files"
    if re.search(r"Found \d+ known vulnerabilit", told):
        return 1, f"{told}\naudit: WEAKNESSES ARE KNOWN: take newer versions with `make lock`"
    if status == 0:  # a mirror of the package index without advisories answers that it knows no such library
        return _undone(f"the advisory service knows nothing of {unseen} libraries")
    why = "the advisory service cannot be reached" if _UNREACHED.search(told) else "pip-audit failed"
    last = told.strip().splitlines()[-1:] or [""]
    return _undone(f"{why}: {last[0][:300]}")


def _undone(why: str) -> tuple[int, str]:
    return 2 if os.environ.get("AUDIT") == "strict" else 0, f"audit: NOT DONE, {why}"


def main() -> int:
    files = [word for lock in LOCKS for word in ("--requirement", str(HOUSE / lock))]
    command = [sys.executable, "-m", "pip_audit", "--disable-pip", "--require-hashes", "--progress-spinner", "off"]
    try:
        done = subprocess.run([*command, *files], capture_output=True, text=True, timeout=300, check=False)
        status, words = said_of(done.returncode, done.stdout + done.stderr)
    except subprocess.TimeoutExpired:
        status, words = said_of(3, "Timeout")
    print(words)
    return status


if __name__ == "__main__":
    sys.exit(main())
