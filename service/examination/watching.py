"""Checks of what is not served: a mailbox that is only watched, and mails from before the day that `since` names."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

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


def since(part: Part, now: datetime) -> Iterator[Check]:
    """Where `since` lies ahead, all that comes in until then is left where it is, and nobody hears of it."""
    if part.since and part.since > now:
        text = f"no mail that comes in before {part.since:%Y-%m-%d} is read, also not later; is the year right?"
        yield Check(f"since {part.name}", Status.WARNING, text)
