"""chart: a KPI's control chart as a file of its own, which needs no server and no network."""

from __future__ import annotations

import argparse
from pathlib import Path

from opsmetrics import figures
from opsmetrics.cli import desks
from opsmetrics.cli.console import Console, Refused


def chart(given: argparse.Namespace, console: Console) -> int:
    """Write the control chart as HTML, or the sparkline as SVG."""
    with desks.opened(given) as desk:
        kpi = desks.kpi_of(desk.catalog, given.kpi)
        shown = desk.review(kpi.key, desks.slice_from(kpi, given.slice), grain=given.grain, as_of=given.as_of)
    if shown.points.empty:
        raise Refused(f"{kpi.key} has no points to draw. Load its measurements with `ingest` or `enter` first.")
    if given.svg:
        text = figures.sparkline_svg(shown, given.theme)
    else:
        text = figures.control_chart(shown, theme=given.theme).to_html(include_plotlyjs=True, full_html=True)
    path = given.out or Path(f"{kpi.key}{'.svg' if given.svg else '.html'}")
    path.write_text(text, encoding="utf-8")
    if console.as_json:
        console.answer({"kpi": kpi.key, "file": str(path), "points": len(shown.points)})
    else:
        console.say(f"Wrote {path}.")
    return 0
