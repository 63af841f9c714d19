"""What crosses the line between the service and the process in which mails are read: plain data, and nothing else.

A message is JSON, files are MessagePack; both are read back into the declared values and no others: a field of another
type, too long or missing is an error, what nobody declared is passed over. Nothing in here depends on the version of
Python or can start anything.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import msgspec

from service.core.mail import Message

_T = TypeVar("_T")

REQUEST = struct.Struct("!cQQd")
"""What is asked for; the mail's size and the memory that reading may use, in bytes; the longest time in seconds."""
REPLY = struct.Struct("!cQ")
"""One of the signs below, and the size of what follows it."""
READY, READ, UNREADABLE = b"+", b"r", b"u"
TOO_MUCH_MEMORY = "needs too much memory"
"""Why a mail is unreadable; the only other reason that may be given is the name of an exception."""


@dataclass(frozen=True, slots=True)
class Answer(Generic[_T]):
    """What may be asked of a mail: the letter for it on the line, and how the answer is written and read back."""

    letter: bytes
    write: Callable[[Any], bytes]
    read: Callable[
        [bytes | bytearray], _T
    ]  # raises msgspec.MsgspecError, or RecursionError where it is nested too deep


MESSAGE: Answer[Message] = Answer(b"m", msgspec.json.encode, msgspec.json.Decoder(Message).decode)
FILES: Answer[tuple[bytes, ...]] = Answer(
    b"f", msgspec.msgpack.encode, msgspec.msgpack.Decoder(tuple[bytes, ...]).decode
)
ANSWERS = {answer.letter: answer for answer in (MESSAGE, FILES)}
