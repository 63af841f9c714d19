"""Pictures of the tables: bars as SVG that stand in the page itself, told apart by pattern and not by colour alone."""

from __future__ import annotations

import io
from typing import Any, Final

from lxml import etree
from matplotlib import rc_context
from matplotlib.figure import Figure

from service.core.figures.sheets import Line, Sheet

_SVG: Final = "http://www.w3.org/2000/svg"
_MOST_BARS: Final = 20
_WIDTH, _BAR, _AROUND = 7.0, 0.34, 0.75  # inches
_LONGEST_NAME: Final = 34
_INK: Final = "#1a1a1a"
_LOOKS: Final = {
    "received": ("#2f5d8a", ""),
    "in_time": ("#2f5d8a", ""),
    "late": ("#f2b84b", "///"),
    "waiting": ("#ffffff", "..."),
}
"""Ground and pattern of each part of a bar; they differ in lightness too, so that a grey print tells them apart."""


def picture(sheet: Sheet) -> str:
    """The sheet as bars, an SVG element with a title and a description for those who do not see it. No script, no font.

    The same sheet gives the same text.
    """
    lines = sheet.lines[:_MOST_BARS]
    parts = [at for at, column in enumerate(sheet.columns) if column.key in {"in_time", "late", "waiting"}] or [0]
    settings: dict[Any, Any] = {
        "svg.fonttype": "none",
        "svg.hashsalt": sheet.key,
        "hatch.linewidth": 0.8,
        "font.size": 10,
        "text.parse_math": False,  # a dollar sign in a name is a dollar sign
    }
    with rc_context(settings):
        figure = Figure(figsize=(_WIDTH, _AROUND + _BAR * len(lines)), layout="constrained")
        _draw(figure.subplots(), sheet, lines, parts)
        out = io.BytesIO()
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None}, transparent=True)
    return _embedded(out.getvalue(), sheet, lines)


def _draw(axes: Any, sheet: Sheet, lines: tuple[Line, ...], parts: list[int]) -> None:
    places = range(len(lines))
    begins = [0.0] * len(lines)
    for at in parts:
        column = sheet.columns[at]
        values = [_value(line, at) for line in lines]
        ground, pattern = _LOOKS[column.key]
        axes.barh(
            places, values, left=begins, height=0.66, color=ground, hatch=pattern, edgecolor=_INK, linewidth=0.7,
            label=column.title,
        )  # fmt: skip
        begins = [begin + value for begin, value in zip(begins, values, strict=True)]
    longest = max([*(_value(line, 0) for line in lines), 1.0])
    for place, line in zip(places, lines, strict=True):
        end = max(begins[place], _value(line, 0) if len(parts) == 1 else begins[place])
        axes.text(end + longest * 0.012, place, str(line.cells[0].value), va="center", color=_INK)
    axes.set_yticks(places, [_short(line.name) for line in lines])
    axes.set_xlim(0, longest * 1.1)
    axes.xaxis.set_visible(False)
    axes.tick_params(length=0)
    axes.invert_yaxis()
    for side in ("top", "right", "bottom"):
        axes.spines[side].set_visible(False)
    if len(parts) > 1:
        axes.legend(loc="lower center", bbox_to_anchor=(0.4, 1.0), ncols=len(parts), frameon=False)


def _value(line: Line, at: int) -> float:
    value = line.cells[at].value
    return float(value) if isinstance(value, int | float) else 0.0


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"


def _embedded(svg: bytes, sheet: Sheet, lines: tuple[Line, ...]) -> str:
    """The SVG as an element of a page: its own ids, no size of its own, and what it shows in words."""
    root: Any = etree.fromstring(svg)
    for gone in root.findall(f"{{{_SVG}}}metadata"):
        root.remove(gone)
    used = _references(root)
    for element in root.iter(f"{{{_SVG}}}*"):
        if (name := element.get("id")) is not None:
            if name in used:
                element.set("id", f"{sheet.key}-{name}")
            else:
                del element.attrib["id"]
        for key, value in element.attrib.items():
            element.set(key, value.replace("url(#", f"url(#{sheet.key}-"))
            if key.endswith("href") and value.startswith("#"):
                element.set(key, f"#{sheet.key}-{value[1:]}")
    for size in ("width", "height"):
        del root.attrib[size]
    root.set("role", "img")
    root.set("aria-labelledby", f"{sheet.key}-title {sheet.key}-desc")
    words = "; ".join(f"{line.name} {line.cells[0].value}" for line in lines)
    for at, (tag, text) in enumerate((("title", f"Stapeldiagram: {sheet.title}"), ("desc", f"{words}."))):
        told = etree.Element(f"{{{_SVG}}}{tag}", id=f"{sheet.key}-{tag}")
        told.text = text
        root.insert(at, told)
    return etree.tostring(root, encoding="unicode")


def _references(root: Any) -> set[str]:
    found = set()
    for element in root.iter(f"{{{_SVG}}}*"):
        for key, value in element.attrib.items():
            if key.endswith("href") and value.startswith("#"):
                found.add(value[1:])
            elif "url(#" in value:
                found.add(value.partition("url(#")[2].partition(")")[0])
    return found
