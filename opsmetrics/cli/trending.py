"""trend, drivers: how a KPI moves, and what goes with it."""

from __future__ import annotations

import argparse

from opsmetrics.catalog import GRAINS
from opsmetrics.cli import desks, owner
from opsmetrics.cli.console import Console, Refused, WrongUsage
from opsmetrics.cli.layout import table, wrapped
from opsmetrics.desk.forecast_trend import MOST, drivers_of, reviewed_beside, trend_of
from opsmetrics.desk.forecast_trend_sentences import ToldRegression
from opsmetrics.desk.forecast_trend_words import say


def trend(given: argparse.Namespace, console: Console) -> int:
    """The trend of one KPI slice in words, or as JSON."""
    with owner.reading(given, console) as desk:
        kpi = desks.kpi_of(desk.catalog, given.kpi)
        part = desks.slice_in(desk, kpi, given.slice)
        review = desk.review(kpi.key, part, grain=given.grain, as_of=given.as_of)
    told = ToldRegression(trend_of(review))
    _answer(console, told, told.trend(), told.trend_lead(), [])
    return 0


def drivers(given: argparse.Namespace, console: Console) -> int:
    """What goes with one KPI slice in words, or as JSON."""
    with owner.reading(given, console) as desk:
        kpi = desks.kpi_of(desk.catalog, given.kpi)
        part = desks.slice_in(desk, kpi, given.slice)
        others = list(dict.fromkeys(desks.kpi_of(desk.catalog, word).key for word in given.others))
        if kpi.key in others:
            raise WrongUsage(f"--with found {kpi.key!r} itself, wanted other KPIs.")
        if len(others) > MOST:
            raise Refused(f"Found {len(others)} KPIs to set against, wanted at most {MOST}.")
        grain = given.grain or kpi.operate
        for key in others:
            own = desk.catalog[key].operate
            if ("sample" in (own, grain) and own != grain) or GRAINS.index(own) > GRAINS.index(grain):
                raise Refused(f"{key} has no values by {grain}, wanted a KPI that has, or a coarser --grain.")
        review = desk.review(kpi.key, part, grain=grain, as_of=given.as_of)
        beside = reviewed_beside(desk, review, others, as_of=given.as_of)
    told = ToldRegression(drivers_of(review, beside))
    _answer(console, told, told.drivers(), told.drivers_lead(), told.rows())
    return 0


def _answer(console: Console, told: ToldRegression, headline: str, lead: str, rows: list[list[str]]) -> None:
    if console.as_json:
        console.answer(told.as_dict(headline, lead))
        return
    review = told.found.review
    parts = [wrapped(f"{review.name} (by {review.series.grain})"), wrapped(f"{headline} {lead}".strip())]
    if rows:
        parts.append(table(rows, told.head(), right=told.head()[2:5]))
    used = told.used_rows()
    if used:
        parts.append(table(used, (say("used"), "")))
    console.say("\n\n".join(parts))
