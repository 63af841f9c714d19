"""One letter's way over an open connection (RFC 5321's mail transaction): what is said, and what came of it."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aiosmtplib.email import parse_address

from service.core.people import addresses
from service.doors import smtp
from service.doors.answers import CLOSING, FIRST_PERMANENT_CODE, FIRST_REFUSAL, Step, is_about_us, is_in_words_alone

if TYPE_CHECKING:
    from collections.abc import Callable

    from service.doors.dialogue import Answer, Dialogue

# A server may filter the mail before it answers the final dot: RFC 5321, 4.5.3.2.6 asks for ten minutes.
FINAL_DOT_SECONDS = 600.0
_NO_CODE = 600  # RFC 5321, 4.2.1: replies begin with 2 to 5


@dataclass(frozen=True, slots=True)
class Envelope:
    """A finished mail to one recipient. `raw` is sent as it is; an empty `sender` is the null reverse-path."""

    id: int
    sender: str = field(repr=False)
    recipient: str = field(repr=False)
    raw: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Sent:
    """The server took the responsibility for the mail; `text` is its answer, often with a queue id."""

    text: str


@dataclass(frozen=True, slots=True)
class Deferred:
    """Not now, says the server of this mail: try again later with the same bytes."""

    code: int
    text: str


@dataclass(frozen=True, slots=True)
class Untried:
    """Nothing was said of this mail: the link, the account or the sender failed. `in_hand`: while it was being sent.

    is_doubtful: the server blamed the account or the sender when it was asked to take this very mail.
    """

    text: str
    in_hand: bool = False
    is_doubtful: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Uncertain:
    """No answer came after the whole mail was handed over, so it may have arrived."""

    text: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Never: the server (5xx) or this module says that the mail can't be delivered as it is. `text` is for people.

    by_content: it was refused at DATA, when sender and recipient had been found good.
    """

    code: int
    text: str
    by_content: bool = field(default=False, compare=False)


Outcome = Sent | Deferred | Untried | Uncertain | Refused


@dataclass(frozen=True, slots=True)
class AboutUs:
    """An answer that seems to blame the account or the sender."""

    step: Step
    code: int
    text: str

    def of_this_mail(self) -> Deferred | Refused:
        """What it means where it is about this mail after all: words about its content refuse that."""
        is_content = self.step is Step.DATA and self.code >= FIRST_PERMANENT_CODE
        if is_content and is_in_words_alone(self.step, self.code, self.text):
            return Refused(self.code, self.text, by_content=True)
        return Deferred(self.code, self.text)


async def send(line: Dialogue, envelope: Envelope, may_leave: Callable[[Envelope], bool]) -> Outcome | AboutUs:
    """Say it all. may_leave: asked at the last moment before the content; where it says no, the letter is Untried."""
    try:
        commands = _commands(line, envelope)
    except ValueError:
        return Refused(553, "Adressen har tecken som inte får finnas i en e-postadress.")
    if isinstance(commands, Refused):
        return commands
    has_left = False
    try:
        if refused := await _refusal(line, commands):
            await smtp.reset(line)
            return _judge(*refused)
        if not may_leave(envelope):
            line.hang_up()  # in the middle of DATA: without its final dot the server takes nothing (RFC 5321, 4.1.1.4)
            return Untried("somebody else has it in hand")
        line.write(*content(envelope.raw))
        has_left = True
        answer = await line.answer(FINAL_DOT_SECONDS)
    except asyncio.CancelledError:
        line.hang_up()
        return Uncertain("told to stop before the server answered") if has_left else Untried("told to stop")
    except OSError as error:
        line.hang_up()
        return Uncertain(str(error)) if has_left else Untried(str(error), in_hand=True)
    if answer.code == _TAKEN:
        return Sent(answer.text)
    if not FIRST_REFUSAL <= answer.code < _NO_CODE:
        line.hang_up()  # whatever it meant: not that the mail was refused, and the next answer may be another's
        return Uncertain(f"{answer.code} {answer.text}")
    await smtp.reset(line)
    return _judge(Step.DATA, answer)


async def _refusal(line: Dialogue, commands: dict[Step, bytes]) -> tuple[Step, Answer] | None:
    """Say all that comes before the content; the first command that the server refuses, and its answer.

    They leave together where the server knows that (PIPELINING, RFC 2920), and are answered one by one all the same.
    """
    together, refused = "pipelining" in line.extensions, None
    if together:
        line.write(*commands.values())
    for step, command in commands.items():
        if not together:
            line.write(command)
        try:
            answer = await line.answer(FINAL_DOT_SECONDS if step is Step.DATA else smtp.COMMAND_SECONDS)
        except OSError:
            if refused:  # which the others were bound to follow
                line.hang_up()  # they may come still, and would be taken for answers to what is said next
                break
            raise
        if refused is None and answer.code not in _GOES_ON[step]:
            refused = step, answer
        elif refused and answer.code in _GOES_ON[Step.DATA]:
            line.hang_up()  # it waits for a content, which must not come (RFC 2920, 3.1)
        if refused and not together:
            break
    return refused


_TAKEN = 250
_GOES_ON = {Step.MAIL: (250,), Step.RCPT: (250, 251), Step.DATA: (354,)}
_LINE_ENDS = re.compile(rb"\r\n|\r|\n")


def content(raw: bytes) -> tuple[bytes, ...]:
    """A mail as it is written after DATA: lines end with CRLF, dots at their beginning are doubled, one ends it."""
    rest = raw.replace(b"\r\n", b"")
    if b"\n" in rest or b"\r" in rest:
        raw = _LINE_ENDS.sub(b"\r\n", raw)
    first = b"." if raw.startswith(b".") else b""
    return first, raw.replace(b"\r\n.", b"\r\n.."), b".\r\n" if raw.endswith(b"\r\n") else b"\r\n.\r\n"


def _judge(step: Step, answer: Answer) -> Outcome | AboutUs:
    code, text = answer
    if code == CLOSING:
        return Untried(f"{code} {text}", in_hand=True)
    if is_about_us(step, code, text):
        return AboutUs(step, code, text)
    # What is no code, or makes no sense here, is the server's trouble, not the mail's.
    if FIRST_PERMANENT_CODE <= code < _NO_CODE:
        return Refused(code, text, by_content=step is Step.DATA)
    return Deferred(code, text)


def _commands(line: Dialogue, envelope: Envelope) -> dict[Step, bytes] | Refused:
    """All that is said before the content, or what this server is known to refuse before it is asked.

    Raises:
        ValueError: an address is not one bare address.
    """
    sender, recipient = on_the_wire(envelope.sender) if envelope.sender else "", on_the_wire(envelope.recipient)
    is_plain, limit, size = (sender + recipient).isascii(), smtp.size_limit(line), len(envelope.raw)
    if limit and size > limit:
        ours, most = (f"{n / 1_000_000:.1f}".replace(".", ",") for n in (size, limit))
        return Refused(552, f"Mejlet är {ours} MB. E-postservern tar emot högst {most} MB.")
    if not is_plain and "smtputf8" not in line.extensions:
        return Refused(553, "Adressen har å, ä, ö eller andra tecken som e-postservern inte kan skicka till.")
    options = f" SIZE={size}" if "size" in line.extensions else ""
    if "8bitmime" in line.extensions and not envelope.raw.isascii():
        options += " BODY=8BITMIME"
    if not is_plain:
        options += " SMTPUTF8"
    return {
        Step.MAIL: f"MAIL FROM:<{sender}>{options}\r\n".encode(),
        Step.RCPT: f"RCPT TO:<{recipient}>\r\n".encode(),
        Step.DATA: b"DATA\r\n",
    }


_ORDINARY = re.compile(r"[\w.+-]{1,64}@[\w.-]{1,255}", re.ASCII)


def on_the_wire(address: str) -> str:
    """The address with its domain in ASCII; ValueError for anything else than one bare address."""
    address = addresses.written(address)
    if _ORDINARY.fullmatch(address):
        return address
    local, _, domain = address.rpartition("@")
    if not domain.isascii():
        raise ValueError("no domain that the name service knows")
    # The library would cut a list down to its first address and drop comments, in silence.
    if not local or _CONTROL.search(address) or parse_address(address) != address:
        raise ValueError("not one bare address")
    return address


_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
