"""Starts a program under a unit file's system call filter and without memory that is both written and executed.

    python -m tests.deploy.sandbox UNIT PROGRAM ARGUMENT...

What systemd does between fork and exec, done here without systemd: libseccomp (the library that it uses) gets the same
list, and prctl(2) PR_SET_MDWE stands for MemoryDenyWriteExecute=.
"""

from __future__ import annotations

import ctypes
import errno
import os
import re
import subprocess
import sys
from pathlib import Path

_PR_SET_NO_NEW_PRIVS, _PR_SET_MDWE = 38, 65
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | errno.EPERM


def settings(unit: str, key: str) -> list[str]:
    """Every value that the unit file gives the key, in order."""
    return re.findall(rf"^{key}=(.*)$", unit, re.MULTILINE)


def allowed(unit: str) -> set[str]:
    """The names of the system calls that the unit's SystemCallFilter= lines leave (systemd.exec(5))."""
    calls = _members("@default")  # "always implicitly permitted" where the list names what is allowed
    for line in settings(unit, "SystemCallFilter"):
        refused, words = line.startswith("~"), line.removeprefix("~").split()
        named = {call for word in words for call in (_members(word) if word.startswith("@") else {word})}
        calls = calls - named if refused else calls | named
    return calls


def _members(name: str) -> set[str]:
    shown = subprocess.run(["systemd-analyze", "syscall-filter", name], capture_output=True, text=True, check=True)
    words = [line.strip() for line in shown.stdout.splitlines()[1:] if not line.strip().startswith("#")]
    found: set[str] = set()
    for word in filter(None, words):
        found |= _members(word) if word.startswith("@") else {word}
    return found


def confine(unit: str) -> None:
    """Confine this process, and what it becomes, as the unit says."""
    libc, seccomp = ctypes.CDLL(None, use_errno=True), ctypes.CDLL("libseccomp.so.2")
    calls = allowed(unit)
    if settings(unit, "MemoryDenyWriteExecute") == ["true"] and libc.prctl(_PR_SET_MDWE, 1, 0, 0, 0):
        print("this kernel knows no PR_SET_MDWE", file=sys.stderr)
    seccomp.seccomp_init.restype = ctypes.c_void_p
    rules = ctypes.c_void_p(seccomp.seccomp_init(_REFUSE))
    for call in sorted(calls):
        number = seccomp.seccomp_syscall_resolve_name(call.encode())
        if number >= 0:  # others are of other machines
            seccomp.seccomp_rule_add(rules, _ALLOW, number, 0)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if seccomp.seccomp_load(rules):
        raise SystemExit("the system call filter cannot be loaded")


if __name__ == "__main__":
    confine(Path(sys.argv[1]).read_text("utf-8"))
    os.execv(sys.argv[2], sys.argv[2:])
