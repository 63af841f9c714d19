"""The municipality's own mail servers, as the letter that setup has sent and read back names them.

Whose word on a sender is believed (`trusted_authserv`): without it no officer's mail is certain.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from service.config import Part
from service.core.message import glance
from service.core.people import addresses, ownservers
from service.core.people.origin import is_trusted
from service.rulesfolder import RulesFault, load
from service.setup import plan
from service.setup.interview import Asker, Stopped

KEY = "trusted_authserv"
_QUESTION = "Own mail servers, whose word on a sender is believed"
_LINE = re.compile(rf"^{KEY}:[ \t]*\[[^\]\n]*\]", re.MULTILINE)
_HOST = re.compile(r"[\w*-]+(\.[\w-]+)*")


def settle(asker: Asker, part: Part, head: bytes) -> Iterator[str]:
    """Ask for the names where the rules lack one of those in `head`, a mail's header; says what was written.

    Nothing that somebody has written there is taken away, but the names of the shipped rules' invented servers.
    """
    try:
        known = load(part.rules).municipality.trusted_hosts
    except RulesFault:
        return
    domain = addresses.domain_of(part.address)
    seen = ownservers.seen_in(glance(head), domain)
    if all(is_trusted(host, known) for host in seen) and not asker.knows(KEY):
        return
    kept = [host for host in known if not host.endswith(".example") or domain.endswith(".example")]
    lacking = (host for host in seen if not is_trusted(host, kept))
    names = _answered(asker, list(dict.fromkeys((*kept, *lacking))))
    if names == list(known):
        return
    file = part.rules / "municipality.yaml"
    if put(file, names):
        yield f"written: {KEY} in {file}"
    else:
        yield f"to be written by hand: `{KEY}: [{', '.join(names)}]` in {file}"


def _answered(asker: Asker, proposed: list[str]) -> list[str]:
    while True:
        names = [name for name in re.split(r"[,\s]+", asker.ask(KEY, _QUESTION, ", ".join(proposed)).strip()) if name]
        wrong = next((name for name in names if not _HOST.fullmatch(name)), None)
        if wrong is None:
            return names
        what = f'{KEY}: "{wrong}" is no server\'s name; write for example mx.ekvik.se, filter.ekvik.se'
        if not asker.is_patient:
            raise Stopped(what)
        asker.say(f"  {what}")


def put(file: Path, names: list[str]) -> bool:
    """Write the names into municipality.yaml, whose other lines stay; False where the key has another form there."""
    text = file.read_text("utf-8")
    line = f"{KEY}: [{', '.join(_quoted(name) for name in names)}]"
    if _LINE.search(text):
        text = _LINE.sub(lambda _: line, text, count=1)
    elif re.search(rf"^{KEY}\b", text, re.MULTILINE):
        return False
    else:
        text = f"{text.rstrip()}\n{line}\n"
    plan.replace(file, text)
    return True


def _quoted(name: str) -> str:
    """`*` begins something else in YAML."""
    return f'"{name}"' if name.startswith("*") else name
