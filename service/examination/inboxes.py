"""Checks of what mailboxes share: an inbox that two of them read, or that one files into, is answered twice.

What the configuration shows is an error there; here it is what the rules add, and what only the servers know.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import permutations

from service.config import Part
from service.config.inboxes import account, folder
from service.doors.account import Server
from service.doors.inbox import Inbox
from service.doors.link import InboxError
from service.examination.check import Check, Status
from service.rulesfolder import load
from service.yamlfile import YamlFault

_ADVICE = "every mail would be answered twice: name each mailbox's own account, or its own `folders: inbox`"


@dataclass(frozen=True, slots=True)
class _Seen:
    """A served mailbox: its committees' folders, and the state of each of its folders on the server."""

    part: Part
    committees: tuple[str, ...]
    states: dict[str, tuple[int, int, int]]


def checks(parts: Iterable[Part]) -> Iterator[Check]:
    """Of each served mailbox whether another one reads its inbox or files into it."""
    served = [(part, part.imap) for part in parts if part.mode.is_live and part.imap]
    if len(served) > 1:
        seen = [_look(part, server) for part, server in served]
        for (before, other), (place, mine) in permutations(enumerate(seen), 2):
            yield from _between(other, mine, is_earlier=before < place)


def _between(other: _Seen, mine: _Seen, *, is_earlier: bool) -> Iterator[Check]:
    inbox, name = mine.part.folders.inbox, f"inbox {mine.part.name}"
    files = _same_account(other.part, mine.part) and folder(inbox) in map(folder, other.committees)
    if files:
        text = f"mailbox {other.part.name} files a committee's secret mails into {inbox} of the same account"
        yield Check(name, Status.FAILED, f"{text}; {_ADVICE}")
        return
    state = mine.states.get(inbox)
    if state is None or state[1] <= 1:  # nothing has come in yet: empty folders look alike
        return
    theirs = {each: at for each, at in other.states.items() if is_earlier or each != other.part.folders.inbox}
    alike = next((each for each, at in theirs.items() if at == state), None)
    if alike is not None:
        text = (
            f"{inbox} looks like {alike} of mailbox {other.part.name}: same UIDVALIDITY, next UID and number of mails"
        )
        yield Check(name, Status.WARNING, f"{text}; if they are one, {_ADVICE}")


def _look(part: Part, server: Server) -> _Seen:
    committees: tuple[str, ...] = ()
    with contextlib.suppress(YamlFault, OSError):
        committees = tuple(d.secrecy_folder for d in load(part.rules).people.departments if d.secrecy_folder)
    states: dict[str, tuple[int, int, int]] = {}
    folders = part.folders
    with contextlib.suppress(InboxError), Inbox(server, part.name, folders.inbox) as inbox:
        states = inbox.states((folders.inbox, *folders.filed_into, *committees))
    return _Seen(part, committees, states)


def _same_account(one: Part, other: Part) -> bool:
    assert one.imap
    assert other.imap
    return len({account(s.host, s.port, s.username) for s in (one.imap, other.imap)}) == 1
