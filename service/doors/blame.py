"""Whose fault a failure is: a mail's own, or one that strikes every mail alike."""

from __future__ import annotations

import hashlib
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field

from service.desk.handling import Delivered


@dataclass
class Blame:
    """A mail that fails is held to account as soon as another one is handled, or fails otherwise, or the round ends.

    Two in a row that fail in the same place, with nothing handled between, blame no mail: unless mails have passed that
    place since.
    """

    _pending: tuple[Delivered, str, str] | None = None
    _is_common: dict[str, bool] = field(default_factory=dict)
    """By the sort of a failure that two mails in a row have met: whether no mail has passed since."""

    def failed(self, mail: Delivered, error: Exception, hold: Callable[[Delivered, str], None]) -> bool:
        """Note a failure; whether it strikes mails alike."""
        sort, reason = _sort(error), f"{type(error).__name__} while handling"
        before = self._pending
        if before and before[1] == sort and _differ(before[0], mail):
            self._is_common[sort], self._pending = True, None
        if self._is_common.get(sort):
            return True
        self.last(hold)
        if sort in self._is_common:
            hold(mail, reason)
        else:
            self._pending = (mail, sort, reason)
        return False

    def handled(self, hold: Callable[[Delivered, str], None]) -> None:
        """A mail has passed: what failed was single mails."""
        self._is_common = dict.fromkeys(self._is_common, False)
        self.last(hold)

    def last(self, hold: Callable[[Delivered, str], None]) -> None:
        """No other mail comes: the one that failed answers for itself."""
        if self._pending:
            mail, _, reason = self._pending
            self._pending = None
            hold(mail, reason)


def _sort(error: Exception) -> str:
    """The error's kind and the place in the program where it arose."""
    *_, (frame, line) = traceback.walk_tb(error.__traceback__)
    return f"{type(error).__name__} {frame.f_code.co_filename}:{line}"


def _differ(one: Delivered, other: Delivered) -> bool:
    return hashlib.sha256(one.raw).digest() != hashlib.sha256(other.raw).digest()
