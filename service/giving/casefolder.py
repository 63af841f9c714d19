"""A whole case as a folder: every mail byte for byte, the letters to print, the data, and a page to read.

The page needs nothing but a browser, today and in thirty years; what a program reads is `arende.json`.
"""

from __future__ import annotations

import email
import email.policy
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from service.core.people import addresses
from service.desk.lookup import catalogue, reader
from service.desk.lookup.reader import Mail, Record
from service.giving.writing import as_json, page, put, put_checksums

DATA = "arende.json"
_PRINTED = "application/pdf"


def write(
    s: Connection,
    record: Record,
    folder: Path,
    *,
    label: str | None = None,
    only: Collection[int] | None = None,
    without: Collection[str] = (),
) -> Path:
    """Write the case with its mails into a folder of its own below this one, and return that.

    The data are written last: a folder whose data are those of the register is whole, and is left as it is. label: the
    municipality's own word for where the case stands. only: the ids of the mails that may go along, where not all may.
    without: addresses (`addresses.key`) of whom no line is to tell.

    Raises:
        OSError: the folder takes no files.
    """
    case = catalogue.shown(s, record.case.number)
    assert case
    case |= {"status_label": label} | {
        "messages": [mail for mail in case["messages"] if not _names(without, mail["from"], mail["to"])],
        "events": [line for line in case["events"] if not _names(without, line["actor"])],
    }
    home, data = folder / record.case.number, as_json(case)
    if (home / DATA).exists() and (home / DATA).read_bytes() == data:
        return home
    given = [mail for mail in record.mails if only is None or mail.id in only]
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    mails = [_written(s, mail, place, home) for place, mail in enumerate(given, start=1)]
    put(home / "index.html", page("case.html", case=case, mails=mails))
    put(home / DATA, data)
    put_checksums(home)
    return home


def _names(those: Collection[str], *listed: str | None) -> bool:
    """Whether one of those addresses is in the lists."""
    return any(addresses.key(each.strip()) in those for text in listed if text for each in text.split(","))


def _written(s: Connection, mail: Mail, place: int, home: Path) -> dict[str, Any]:
    """One mail in its file, with the letters to print that it carries, and what the page says of it."""
    at = catalogue.plain(mail.sent_at or mail.at)
    name = f"{place:03}-{'in' if mail.direction == 'in' else 'ut'}-{at[:10]}"
    raw = reader.raw(s, mail.id)
    put(home / "mejl" / f"{name}.eml", raw)
    letters = list(_letters(raw)) if mail.direction == "out" and mail.kind == "letter" else []
    for number, letter in enumerate(letters, start=1):
        put(home / "brev" / f"{name}-{number}.pdf", letter)
    return {
        "file": f"mejl/{name}.eml",
        "letters": [f"brev/{name}-{number}.pdf" for number in range(1, len(letters) + 1)],
        "at": at,
        "is_in": mail.direction == "in",
        "other": mail.sender if mail.direction == "in" else mail.recipient,
        "kind": mail.kind,
        "state": mail.state,
        "subject": mail.subject,
        "sha256": mail.sha256,
    }


def _letters(raw: bytes) -> Iterator[bytes]:
    """The letters to print that a mail of our own carries."""
    for part in email.message_from_bytes(raw, policy=email.policy.default).iter_attachments():
        if part.get_content_type() == _PRINTED:
            yield part.get_content()
