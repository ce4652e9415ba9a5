"""summary: leadership's page as text or JSON."""

from __future__ import annotations

import argparse
from typing import Any

from opsmetrics.catalog import slice_text
from opsmetrics.cli import desks
from opsmetrics.cli.console import Console, WrongUsage, table
from opsmetrics.desk import Desk
from opsmetrics.desk.summary import TO_DATE, SummaryRow
from opsmetrics.desk.summary import summary as rows_of_summary
from opsmetrics.verdict import wording
from opsmetrics.verdict.as_dict import review_as_dict
from opsmetrics.verdict.asking import ask_first, summary_headline
from opsmetrics.verdict.model import Verdict

HEAD = ("KPI", "period", "value", "target", "variation", "target reached", "month", "quarter", "year", "last year")


def summary(given: argparse.Namespace, console: Console) -> int:
    """One row for each KPI at the grain it is led by, and what to ask about first."""
    with desks.opened(given) as desk:
        rows = rows_of_summary(desk, as_of=given.as_of, slice_=_chosen(desk, given))
    verdicts = [_verdict(row) for row in rows]
    asked = ask_first(verdicts)
    if console.as_json:
        console.answer(
            {
                "headline": summary_headline(verdicts, [_name(row) for row in rows]),
                "ask_first": [rows[place].review.kpi.key for place in asked],
                "kpis": [_as_dict(row) for row in rows],
            }
        )
        return 0
    console.say(summary_headline(verdicts, [_name(row) for row in rows]))
    console.say(table((_line(row) for row in rows), HEAD, right=("value", *HEAD[6:])))
    return 0


def _chosen(desk: Desk, given: argparse.Namespace) -> dict[str, str]:
    """The values of dimensions that were asked for; some KPI must have each dimension."""
    known = desk.catalog.dimension_keys
    for name, _ in given.slice:
        if name not in known:
            raise WrongUsage(f"{name!r} is no dimension; choose one of: {', '.join(known) or 'none'}.")
    return dict(given.slice)


def _verdict(row: SummaryRow) -> Verdict:
    assert row.review.verdict is not None  # the grain of a summary is one that has a verdict
    return row.review.verdict


def _name(row: SummaryRow) -> str:
    return " · ".join(part for part in (row.review.kpi.name, slice_text(row.review.series.slice)) if part)


def _line(row: SummaryRow) -> list[object]:
    kpi, verdict = row.review.kpi, _verdict(row)
    return [
        _name(row),
        verdict.as_of_period or wording.DASH,
        wording.value(kpi, verdict.value),
        wording.target(kpi, verdict.target, unit=False),
        wording.variation(verdict.variation, verdict.side),
        wording.assurance(verdict.assurance, verdict.firm),
        *(wording.value(kpi, row.to_date.get(grain), unit=False) for grain in TO_DATE),
        wording.value(kpi, row.last_year, unit=False),
    ]


def _as_dict(row: SummaryRow) -> dict[str, Any]:
    """The review without its points, and the values to date in stored units."""
    whole = review_as_dict(row.review)
    short = {name: value for name, value in whole.items() if name not in ("points", "signals")}
    return {
        **short,
        "to_date": {grain: row.to_date.get(grain) for grain in TO_DATE},
        "last_year": row.last_year,
        "chance": row.chance.probability,
    }
