"""How fast a mail is read: `message.read` beside mail-parser's and the standard library's alone, on the same mails."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Callable, Sequence

import mailparser

from service.core.message import contents, read
from tests.bench import mails
from tests.bench.measure import Cost, Meter

SMALL, LARGE = "5 kB", "500 kB"
_PHOTO_IN_LARGE = 365_000  # base64 makes 500 kB of it


def _ours(raw: bytes) -> object:
    return read(raw)


def _ours_with_files(raw: bytes) -> object:
    return read(raw), contents(raw)


def _mail_parser(raw: bytes) -> object:
    mail = mailparser.parse_from_bytes(raw)
    return mail.subject, mail.from_, mail.text_plain, mail.text_html, mail.attachments


def _standard_library(raw: bytes) -> object:
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    bodies = [part.get_content() for part in mail.walk() if not part.is_multipart()]
    return mail["Subject"], mail["From"], bodies


READERS: dict[str, Callable[[bytes], object]] = {
    "message.read": _ours,
    "message.read and contents": _ours_with_files,
    "mail-parser": _mail_parser,
    "standard library": _standard_library,
}


def run(reader: str, size: str, count: int) -> Cost:
    """Read so many mails of that size."""
    corpus = _corpus(size, min(count, 100 if size == SMALL else 10))
    work = READERS[reader]
    for raw in corpus[:5]:
        work(raw)  # what is only read or compiled once is no part of the figure
    meter = Meter()
    for i in range(count):
        work(corpus[i % len(corpus)])
    return meter.cost(count)


def _corpus(size: str, count: int) -> Sequence[bytes]:
    photo = _PHOTO_IN_LARGE if size == LARGE else 0
    return [mails.one(number, photo) for number in range(count)]
