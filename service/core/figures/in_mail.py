"""The report as a letter tells it: the most important figures in words, each table as names with bars."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from service.core.figures.counted import Went
from service.core.figures.report import Group, Report, Table, in_time_share

_MOST_LISTED: Final = 40
TABLES: Final = (
    "within", "types", "departments", "units", "categories", "channels", "processes", "languages", "measures",
    "late_reasons", "late_receipts",
)  # fmt: skip
_TELL_SHARE: Final = frozenset({"units", "departments"})


def letter_facts(report: Report) -> Mapping[str, Any]:
    """What the templates of reports may use. Case numbers are those of late cases alone."""
    late = [judged.number for judged in report.late]
    content = report.content
    return {
        "period": report.wanted.period.name,
        "about": report.wanted.about,
        "whole": _group(report.whole),
        "earlier": _group(report.earlier),
        "last_year": _group(report.last_year) if report.last_year.name != report.earlier.name else None,
        "days": report.whole.median_days,
        "ninth_days": report.whole.ninth_days,
        "content": {"count": content[0], "mean": f"{content[1]:.1f}".replace(".", ",")} if content else None,
        "tables": dict.fromkeys(TABLES) | {table.key: _table(table) for table in report.tables},
        "appeals": report.appeals.total,
        "open": report.unanswered.total,
        "late": tuple(late[:_MOST_LISTED]),
        "more_late": max(len(late) - _MOST_LISTED, 0),
    }


def _group(group: Group) -> dict[str, Any]:
    ways = {way.value: len(group.that(way)) for way in Went}
    receipts = {"receipts_late": len(group.receipts(Went.LATE))}
    return {"name": group.name, "total": group.total, "share": in_time_share(group), **ways, **receipts}


def _table(table: Table) -> Mapping[str, Any]:
    longest = max((group.total for group in table.groups), default=0)
    lines = tuple(
        _group(group) | {"length": round(100 * group.total / longest), "tell_share": table.key in _TELL_SHARE}
        for group in table.groups
        if group.total
    )
    return {"title": table.title, "lines": lines}
