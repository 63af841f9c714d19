"""The benchmark's page: a table, a picture of the ratios, and the line of earlier versions. One file, no script."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from tests.bench.figures import BARE, EMPTY, LEAN, Figure, Run

_WIDTH, _BAR, _LEFT = 760, 26, 230
_LEGEND = (
    "Medians of the rounds. In each round every line handles as many mails, one after the other; the ratio is to the "
    "bare loop of the same round. The bare loop fetches, parses (policy.default), stores and sends two letters without "
    "any feature; the lean loop does the same by the quickest means that Python's own library has."
)


def html(run: Run, earlier: Sequence[Run]) -> str:
    """The whole page."""
    said = run.about
    versions = ", ".join(f"{name} {number}" for name, number in said["databases"].items())
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Synpunkten: speed</title><style>
body {{ font: 15px/1.45 sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1b1b1b }}
table {{ border-collapse: collapse; margin: 1rem 0 }} td, th {{ padding: .25rem .7rem; border-bottom: 1px solid #ccc }}
td + td {{ text-align: right; font-variant-numeric: tabular-nums }} th {{ text-align: left; vertical-align: bottom }}
</style></head><body>
<h1>How fast mail becomes cases</h1>
<p>{escape(_told(run))}. {escape(said["processor"])}, {said["cores"]} cores;
Python {said["python"]}, {escape(versions)}.
Rounds: {said["rounds"]}, of {said["mails"]:,} mails.</p>
<p>{_how_busy(run)} {_LEGEND}</p>
{picture(run, earlier)}
{_table(run.figures)}
{_facts(run)}
{_earlier(earlier)}
</body></html>
"""


def picture(run: Run, earlier: Sequence[Run]) -> str:
    """CPU beside the bare loop, a bar for each line; below, what an empty register cost in earlier versions."""
    figures = run.figures
    most = max(1.0, *(figure.cpu_ratio for figure in figures))
    scale = (_WIDTH - _LEFT - 70) / most
    bars = [_bar(place, figure, scale) for place, figure in enumerate(figures)]
    height = _BAR * len(figures) + 10
    rule = f'<line x1="{_LEFT + scale:.0f}" x2="{_LEFT + scale:.0f}" y1="0" y2="{height - 8}" stroke="#888"/>'
    past = _history([*earlier, run], height + 20)
    whole = height + (130 if past else 0)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {whole}" width="{_WIDTH}" role="img"'
        f' font-family="sans-serif" font-size="13"><title>CPU a mail, beside the bare loop</title>'
        f"{''.join(bars)}{rule}{past}</svg>"
    )


def _bar(place: int, figure: Figure, scale: float) -> str:
    y, colour = place * _BAR, "#9aa5b1" if figure.label in {BARE, LEAN} else "#1f5f8b"
    end = _LEFT + figure.cpu_ratio * scale
    return (
        f'<text x="{_LEFT - 8}" y="{y + 16}" text-anchor="end">{escape(figure.label)}</text>'
        f'<rect x="{_LEFT}" y="{y + 3}" width="{figure.cpu_ratio * scale:.1f}" height="{_BAR - 9}" fill="{colour}"/>'
        f'<text x="{end + 6:.1f}" y="{y + 16}">{figure.cpu_ratio:.2f}</text>'
    )


def _history(runs: Sequence[Run], top: int) -> str:
    past = [(run.about["date"], each.cpu_ratio) for run in runs for each in run.figures if each.label == EMPTY]
    if len(past) < 2:
        return ""
    most = max(ratio for _, ratio in past)
    step = (_WIDTH - _LEFT - 70) / (len(past) - 1)
    spots = [(_LEFT + n * step, top + 80 - 70 * ratio / most) for n, (_, ratio) in enumerate(past)]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in spots)
    words = [
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="#1f5f8b"/><text x="{x:.1f}" y="{y - 7:.1f}">{ratio:.2f}</text>'
        for (x, y), (_, ratio) in zip(spots, past, strict=True)
    ]
    ends = (
        f'<text x="{_LEFT}" y="{top + 98}">{past[0][0]}</text><text x="{_WIDTH - 150}" y="{top + 98}">this run</text>'
    )
    head = f'<text x="{_LEFT - 8}" y="{top + 40}" text-anchor="end">{EMPTY}, so far</text>'
    return f'{head}<polyline points="{line}" fill="none" stroke="#1f5f8b"/>{"".join(words)}{ends}'


def _table(figures: Iterable[Figure]) -> str:
    heads = ("", "CPU ms/mail", "of all parts", "CPU to bare", "mails/s", "mails/s to bare", "peak MiB")
    rows = (
        (
            escape(f.label),
            f"{f.cpu_ms:.2f}",
            f"{f.cpu_ms + f.servers_ms:.2f}",
            f"{f.cpu_ratio:.2f}",
            f"{f.rate:.0f}",
            f"{f.rate_ratio:.2f}",
            f"{f.peak_mib:.0f}",
        )
        for f in figures
    )
    head = "".join(f"<th>{each}</th>" for each in heads)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>\n" for row in rows)
    return f"<table><tr>{head}</tr>\n{body}</table>"


def _facts(run: Run) -> str:
    listed = "".join(f"<li><b>{escape(name)}</b>: {escape(said)}</li>\n" for name, said in run.facts.items())
    return f"<h2>Besides</h2><ul>{listed}</ul>" if listed else ""


def _earlier(runs: Sequence[Run]) -> str:
    rows = "".join(f"<h3>{escape(_told(run))}, load {run.about['load']}</h3>{_table(run.figures)}" for run in runs)
    return f"<h2>Earlier versions</h2>{rows}" if rows else ""


def _told(run: Run) -> str:
    return f"Version {run.about['version']} ({run.about['commit']}), {run.about['date']}"


def _how_busy(run: Run) -> str:
    load = run.about["load"]
    if run.is_calm:
        return f"Load average {load}: the machine did little else."
    return (
        f"<b>Load average {load}: others kept the machine busy. Rates do not compare, and the ratios may be worse"
        " than in calm: a large program loses more of its caches to others than the small loops.</b>"
    )
