"""The figures as one page that needs nothing else: pictures inside it, no script, readable on a phone and in print."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from service.core.figures.sheets import Shape
from service.core.speech import swedish
from service.giving.reports.pictures import picture

_MOST_NUMBERS = 200
_NO_BREAK = "\u00a0"


def as_page(shape: Shape) -> bytes:
    """The page, in UTF-8."""
    pages = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined)
    pages.filters |= {"day": _day, "figure": _figure}
    pictures = {sheet.key: Markup(picture(sheet)) for sheet in shape.sheets if sheet.pictured}  # noqa: S704  # our own
    page = pages.get_template("page.html")
    return (page.render(shape=shape, pictures=pictures, most=_MOST_NUMBERS) + "\n").encode()


def _day(value: date) -> str:
    return f"{swedish.short_day(value)} {value.year}"


def _figure(value: float | date, unit: str) -> str:
    """A figure as Swedish writes it: "1 234", "4,2", "87 %"."""
    if isinstance(value, date):
        return value.isoformat()
    written = f"{value:,}".replace(",", _NO_BREAK).replace(".", ",")
    return f"{written}{_NO_BREAK}{unit}" if unit else written
