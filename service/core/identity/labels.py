"""The municipality's own words for where a case stands (`status_labels`; HJO-40)."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import Any, Final

from service.core.cases import Contact, Status


class Situation(enum.StrEnum):
    """What may have a label besides the statuses: it says more than the status where it holds."""

    RECEIPTED = "receipted"  # the case is open, and its submitter has the receipt
    NO_RESPONSE = "no_response"  # no answer is wished, or none is possible


_OPEN: Final = (Status.NEW, Status.TRIAGE, Status.ASSIGNED, Status.WAITING)
_UNREACHED: Final = (Contact.NONE, Contact.IMPOSSIBLE)


def label_of(labels: Mapping[Any, str], *, status: str, contact: str, receipted: bool) -> str | None:
    """The label of a case, None where the municipality has none for it. `labels` by status or situation."""
    keys = [Situation.NO_RESPONSE] if contact in _UNREACHED else []
    keys += [Situation.RECEIPTED] if receipted and status in _OPEN else []
    return next((labels[key] for key in (*keys, status) if key in labels), None)
