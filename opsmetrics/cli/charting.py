"""chart: a KPI's control chart as a file of its own, which needs no server and no network."""

from __future__ import annotations

import argparse
from pathlib import Path

from opsmetrics import figures
from opsmetrics.catalog import slice_text
from opsmetrics.cli import desks, owner
from opsmetrics.cli.console import Console, Refused, WrongUsage
from opsmetrics.desk import showing
from opsmetrics.figures import export
from opsmetrics.review import KpiReview
from opsmetrics.verdict import sentences, wording


def chart(given: argparse.Namespace, console: Console) -> int:
    """Write the control chart as HTML, SVG, PNG or JSON, by the ending of the file; or the sparkline as SVG."""
    kind = _kind(given)
    with owner.reading(given, console) as desk:
        kpi = desks.kpi_of(desk.catalog, given.kpi)
        shown = desk.review(kpi.key, desks.slice_in(desk, kpi, given.slice), grain=given.grain, as_of=given.as_of)
        showing.keep_where_possible(desk.store, [shown], "terminal")
    if shown.points.empty:
        raise Refused(f"{kpi.key} has no points to draw. Load its measurements with `ingest` or `enter` first.")
    path = given.out or Path(f"{kpi.key}.{kind}")
    path.write_bytes(_drawn(shown, kind, given))
    if console.as_json:
        console.answer(
            {"kpi": kpi.key, "file": str(path), "format": kind, "points": len(shown.points), "id": shown.id or None}
        )
    else:
        console.say(f"Wrote {path}.")
    return 0


def _kind(given: argparse.Namespace) -> str:
    """The format: that of the file's ending; without a file HTML, or SVG for the small line."""
    if given.out is None:
        return "svg" if given.svg else "html"
    kind = given.out.suffix.removeprefix(".").casefold()
    if given.svg and kind != "svg":
        raise WrongUsage(f"--svg writes the small line as SVG, and --out names {given.out.name!r}: end it in .svg.")
    if kind not in export.FORMATS:
        wanted = ", ".join(f".{name}" for name in export.FORMATS)
        raise WrongUsage(f"--out found {given.out.name!r}, wanted a file that ends in one of {wanted}.")
    return str(kind)


def _drawn(shown: KpiReview, kind: str, given: argparse.Namespace) -> bytes:
    """The content of the file."""
    if given.svg:
        return figures.sparkline_svg(shown, given.theme).encode("utf-8")
    figure = figures.control_chart(shown, theme=given.theme)
    if kind == "json":
        return export.as_json(figure, shown.id).encode("utf-8")
    if kind in ("svg", "png"):
        try:
            return export.as_picture(figure, "svg" if kind == "svg" else "png", shown.id)
        except export.NoPicture as error:
            raise Refused(str(error)) from error
    drawn = [figure]
    if shown.chart is not None and shown.chart.spread is not None:
        drawn.append(figures.spread_chart(shown, theme=given.theme))
    if shown.between is not None:
        drawn.append(figures.between_chart(shown, theme=given.theme))
    title = " · ".join(part for part in (shown.kpi.name, slice_text(shown.series.slice)) if part)
    said = "" if shown.verdict is None else sentences.render(shown.verdict.sentence)
    return export.as_html(drawn, title=title, lines=[said, wording.verdict_id(shown.id)], theme=given.theme).encode(
        "utf-8"
    )
