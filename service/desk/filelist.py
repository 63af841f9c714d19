"""Which files each mail of the register has, in both directions, by name, size and digest; the bytes stay in the mail.

So the register can say what was received and sent (KOP-06, TF 2 kap.), and anybody can compare a file with it.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Integer, insert, literal, select

from service.desk.tables import files, messages

if TYPE_CHECKING:  # whoever looks at the register does not wait for all that writes letters
    from service.core.mail import Attachment
    from service.desk.writing.mailbytes import File


def add_received(s: Connection, message_id: int, received: Iterable[Attachment]) -> None:
    """Note the files of an incoming mail, once; signatures and unpacked wrappers are none.

    message_id: the mail's place in the register, here as in the whole module.
    """
    rows = [
        _row(message_id, each.filename, each.content_type, each.size, each.sha256)
        for each in received
        if not each.technical
    ]
    if rows and s.scalar(select(files.c.id).where(files.c.message_id == message_id).limit(1)) is None:
        s.execute(_ADD, rows)


def add_sent(s: Connection, message_id: int, sent: Sequence[File]) -> None:
    """Note the files that leave with a letter."""
    if sent:
        digests = ((each, hashlib.sha256(each.content).hexdigest()) for each in sent)
        s.execute(_ADD, [_row(message_id, f.name, f.content_type, len(f.content), sha256) for f, sha256 in digests])


_ADD = insert(files)


def _row(message_id: int, name: str, content_type: str, size: int, sha256: str) -> dict[str, Any]:
    return {
        "message_id": message_id,
        "filename": name,
        "content_type": content_type,
        "size": size,
        "sha256": sha256,
    }


def copy(s: Connection, message_id: int, to: int) -> None:
    """A copy of the mail has the same files."""
    copied = [files.c[name] for name in _SHOWN]
    chosen = select(literal(to, Integer), *copied).where(files.c.message_id == message_id).order_by(files.c.id)
    s.execute(insert(files).from_select(["message_id", *_SHOWN], chosen))


_SHOWN = ("filename", "content_type", "size", "sha256")


def of_case(s: Connection, case_id: int) -> dict[int, list[dict[str, Any]]]:
    """The files of each of the case's mails that has any: `{filename, content_type, size, sha256}`, size in bytes."""
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    wanted = select(files).join(messages, messages.c.id == files.c.message_id).where(messages.c.case_id == case_id)
    for row in s.execute(wanted.order_by(files.c.id)):
        found[row.message_id].append({name: row._mapping[name] for name in _SHOWN})
    return found
