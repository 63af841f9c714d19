"""What the mails that a copy lacks tell of the days that were lost: which case numbers were given, and to whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from service.core.classify import tokens_of
from service.core.identity.numbers import find_numbers
from service.core.mail import Message
from service.core.people.tokens import Token, read_token

RESERVE = 500
"""So many numbers are passed over in each series when a register is put back: some may have been given."""

_AFTER_SEEN = 100
_BELIEVED = 2_000  # a subject alone, which anybody writes, speaks for a number that is so much higher at most


@dataclass(slots=True)
class Traces:
    """numbers: the numbers that a case had, by its mark. highest: the highest serial seen, by year."""

    numbers: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    highest: dict[int, int] = field(default_factory=dict)

    def sure(self) -> dict[str, str]:
        """The number by mark, where everything points to the same one."""
        return {mark: next(iter(found)) for mark, found in self.numbers.items() if len(found) == 1}

    def raised(self, lasts: Mapping[int, int]) -> dict[int, int]:
        """The series' new last serials, by year, where they must be raised: no number that was seen is given again."""
        return {y: seen + _AFTER_SEEN for y, seen in self.highest.items() if seen + _AFTER_SEEN > lasts.get(y, 0)}


def passed_over(lasts: Mapping[int, int], years: Iterable[int], mails: int) -> dict[int, int]:
    """The series' last serials, by year, so that none is given which one of so many lost mails may have got.

    A series that the register does not know began in the days that are lost.
    """
    more = 2 * mails if 2 * mails > RESERVE else 0
    return {year: lasts[year] + more if year in lasts else max(RESERVE, more) for year in years}


def traces(mails: Iterable[Message], secret: bytes, prefix: str, lasts: Mapping[int, int]) -> Traces:
    """Look at mails, of which the header is enough, and at letters of ours among them.

    prefix: the municipality's. lasts: the last serial of each year (four digits) as the register has it.
    """
    found = Traces()
    for mail in mails:
        for token in _proven(mail, secret):
            if token.mark:
                found.numbers[token.mark].add(token.number)
            _note(found, token.number, prefix)
        for number in find_numbers(mail.subject, prefix):
            year, serial = _parts(number)
            if serial <= lasts.get(year, 0) + _BELIEVED:
                _note(found, number, prefix)
    return found


def _proven(mail: Message, secret: bytes) -> Iterator[Token]:
    """The tokens of letters that were surely ours, and sent to who now answers them, or to whom the letter says."""
    sender = mail.sender.address if mail.sender else ""
    yield from (token for token in tokens_of(mail) if sender and token.proves(secret, sender))
    own = read_token(mail.message_id or "")
    if own and any(own.proves(secret, to.address) for to in mail.to):
        yield own


def _note(found: Traces, number: str, prefix: str) -> None:
    if number.startswith(f"{prefix}-"):
        year, serial = _parts(number)
        found.highest[year] = max(serial, found.highest.get(year, 0))


def _parts(number: str) -> tuple[int, int]:
    _, year, serial, _ = number.rsplit("-", 3)
    return 2000 + int(year), int(serial)
