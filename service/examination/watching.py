"""Checks of a mailbox that is only watched: what that means now, and what it will mean when the mode changes."""

from __future__ import annotations

from collections.abc import Iterator

from service.config import Part
from service.desk import watched
from service.desk.watched import Watching
from service.examination.check import Check, Status
from service.examination.register import looked


def mode(url: str, part: Part) -> Iterator[Check]:
    """Of a mailbox that is served there is nothing to say, but where it has only been watched until now."""
    found = looked(url, lambda s: watched.told(s, part.name)) or Watching()
    name = f"mode {part.name}"
    if not part.mode.is_live:
        told = f"shadow: nothing leaves but the registrars' daily summary, the mailbox stays untouched; {found.told}"
        yield Check(name, Status.OK, told)
        if found.served:
            many = "1 open case is" if found.served == 1 else f"{found.served} open cases are"
            text = f"{many} from when the mailbox was served: nobody is reminded of them"
            yield Check(name, Status.WARNING, f"{text} until the mode is live again")
    elif found.since:
        told = f"live from the next start on; {found.told}, which are closed then without a letter"
        yield Check(name, Status.OK, f"{told}; withheld letters never leave")
