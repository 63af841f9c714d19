"""What is wrong with a mailbox's or a mail server, for whoever has to wait or to mend something."""

from __future__ import annotations

from typing import ClassVar

from service.doors.vitals import Sort


class ServerError(Exception):
    """The server could not be reached, or did not do what was asked.

    `temporary` tells that the same may work later. Otherwise (a refused log-in, an untrusted certificate) a person has
    to mend something, and trying again at once only locks the account. `advice`: what a person can do, where that is
    known. `wait_seconds`: how long to leave the server alone, where that was told; else 0.
    """

    usual: ClassVar[Sort] = Sort.REFUSED

    def __init__(
        self, what: str, *, temporary: bool, advice: str = "", sort: Sort | None = None, wait_seconds: float = 0.0
    ) -> None:
        super().__init__(what)
        self.what = what
        self.temporary = temporary
        self.advice = advice
        self.sort = sort or self.usual
        self.wait_seconds = wait_seconds
