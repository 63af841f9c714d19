"""Sample figures, of which the sample reports are made."""

from __future__ import annotations

from typing import Any

from service.core.figures.in_mail import TABLES

_NOTHING = dict.fromkeys(("total", "in_time", "late", "waiting", "not_promised", "receipts_late"), 0)
_COUNTED = _NOTHING | {"name": "maj 2026", "total": 7, "in_time": 4, "late": 1, "waiting": 2, "share": 80}


def _lines(*counted: tuple[str, int], tell_share: bool = False) -> dict[str, Any]:
    """A table of figures as letters show it."""
    longest = counted[0][1]
    lines = (
        _COUNTED | {"name": name, "total": n, "length": round(100 * n / longest), "tell_share": tell_share}
        for name, n in counted
    )
    return {"title": "", "lines": tuple(lines)}


FIGURES: dict[str, Any] = {
    "period": "maj 2026",
    "about": "Gata och park",
    "whole": _COUNTED | {"receipts_late": 1},
    "earlier": _COUNTED | {"name": "april 2026", "total": 9, "share": 67},
    "last_year": _COUNTED | {"name": "maj 2025", "total": 5, "share": None},
    "days": 6,
    "ninth_days": 14,
    "content": {"count": 37, "mean": "4,2"},
    "tables": dict.fromkeys(TABLES)
    | {
        "within": _lines(("Inom 2 arbetsdagar", 3), ("3–5 arbetsdagar", 2)) | {"title": "Så snabbt kom svaret"},
        "types": _lines(("klagomål", 4), ("beröm", 3)) | {"title": "Typ"},
        "units": _lines(("Gata och park", 5), ("Förskola", 2), tell_share=True) | {"title": "Enhet"},
        "categories": _lines(("Fysisk miljö", 7)) | {"title": "Kategori"},
        "measures": _lines(("Åtgärdat", 2)) | {"title": "Åtgärd"},
    },
    "appeals": 1,
    "open": 3,
    "late": ("EKV-26-00124-M",),
    "more_late": 2,
}
NO_FIGURES: dict[str, Any] = {
    "period": "2026",
    "about": "hela kommunen",
    "whole": _NOTHING | {"name": "2026", "share": None},
    "earlier": _NOTHING | {"name": "2025", "share": None},
    "last_year": None,
    "days": None,
    "ninth_days": None,
    "content": None,
    "tables": dict.fromkeys(TABLES),
    "appeals": 0,
    "open": 0,
    "late": (),
    "more_late": 0,
}
