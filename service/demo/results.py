"""What the register gives back when the demo is over: the period's report as a page, and the public pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from service.core.calendar.periods import spanning
from service.core.decide.reporting import WHOLE
from service.core.figures.counted import Went
from service.core.figures.report import Report, Wanted
from service.core.figures.sheets import shape
from service.core.publicity.published import entry_of
from service.demo.stage import Stage
from service.desk.lookup.counting import reported
from service.giving.publishing import site
from service.giving.publishing.folder import Folder
from service.giving.publishing.pages import address_of
from service.giving.reports.page import as_page

REPORT, WEB = "rapport.html", "webb"
_NO_CASES = f"På webben: en översikt av registret, men inga ärenden ({WEB}/register/index.html)"


@dataclass(frozen=True, slots=True)
class Results:
    """What lies in the folder, told in a line each."""

    report: str
    published: tuple[str, ...]


def results(stage: Stage, period: tuple[date, date]) -> Results:
    """Write the report of the period and the public pages into the demo's folder."""
    return Results(_report(stage, period), tuple(_published(stage)) or (_NO_CASES,))


def _report(stage: Stage, period: tuple[date, date]) -> str:
    wanted = Wanted(spanning(*period), None, WHOLE)
    with stage.database.reading() as s:
        figures = reported(s, stage.station.settings.name, wanted, stage.book, stage.now)
    (stage.folder / REPORT).write_bytes(as_page(shape(figures, public=False)))
    return f"Statistik för {wanted.period.name}: {_in_short(figures)} ({REPORT})"


def _in_short(figures: Report) -> str:
    whole = figures.whole
    in_time, late = (len(whole.that(went)) for went in (Went.IN_TIME, Went.LATE))
    return f"kom in {whole.total}, besvarade i tid {in_time}, sena {late}"


def _published(stage: Stage) -> list[str]:
    """A line for each case that is on the pages."""
    cases = stage.register()
    with Folder(stage.folder / WEB) as pages:
        site.publish(cases, stage.book, pages, now=stage.now, secret=b"")
    entries = [entry for case in cases if (entry := entry_of(case, stage.book))]
    return [f"På webben: ”{one.title}” med svaret, utan namn ({WEB}/{address_of(one.case_id)})" for one in entries]
