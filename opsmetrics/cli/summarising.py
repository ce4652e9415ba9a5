"""summary: leadership's page as text or JSON."""

from __future__ import annotations

import argparse
from typing import Any

from opsmetrics.cli import desks, owner
from opsmetrics.cli.console import Console
from opsmetrics.cli.layout import table, wrapped
from opsmetrics.desk import landing_sentences, showing
from opsmetrics.desk.summary import TO_DATE, SummaryRow
from opsmetrics.desk.summary import summary as rows_of_summary
from opsmetrics.verdict import sentences, wording
from opsmetrics.verdict.as_dict import review_as_dict
from opsmetrics.verdict.asking import ask_first, asks_title, summary_headline
from opsmetrics.verdict.model import Verdict

HEAD = (
    "KPI",
    "period",
    "value",
    "target",
    "variation",
    "target reached",
    "month",
    "quarter",
    "year",
    "year ago",
    "chance",
)

#: Columns that give way first on a narrow terminal.
SPARE = ("year ago", "quarter", "month", "period", "variation")


def summary(given: argparse.Namespace, console: Console) -> int:
    """One row for each KPI at the grain it is led by, and what to ask about first."""
    with owner.reading(given, console) as desk:
        rows = rows_of_summary(desk, as_of=given.as_of, slice_=desks.slice_of_all(desk, given.slice))
        showing.keep_where_possible(desk.store, [row.review for row in rows], "terminal")
    verdicts = [_verdict(row) for row in rows]
    headline, asked = summary_headline(verdicts, [row.review.name for row in rows]), ask_first(verdicts)
    if console.as_json:
        keys = [rows[place].review.kpi.key for place in asked]
        console.answer({"headline": headline, "ask_first": keys, "kpis": [_as_dict(row) for row in rows]})
        return 0
    console.say(f"{wrapped(headline)}\n")
    if asked:
        console.say(f"{asks_title(len(asked))}\n{_asks([rows[place] for place in asked])}\n")
    console.say(table((_line(row) for row in rows), HEAD, right=("value", *HEAD[6:]), spare=SPARE))
    return 0


def _asks(rows: list[SummaryRow]) -> str:
    lines = [(row.review.name, wording.value(row.review.kpi, _verdict(row).value)) for row in rows]
    beneath = [sentences.render(_verdict(row).sentence) for row in rows]
    return table(lines, ("KPI", "value"), ("value",), beneath=beneath)


def _verdict(row: SummaryRow) -> Verdict:
    assert row.review.verdict is not None  # the grain of a summary is one that has a verdict
    return row.review.verdict


def _line(row: SummaryRow) -> list[object]:
    kpi, verdict = row.review.kpi, _verdict(row)
    return [
        row.review.name,
        verdict.as_of_period or wording.DASH,
        wording.value(kpi, verdict.value),
        wording.target(kpi, verdict.target, unit=False),
        wording.variation(verdict.variation, verdict.side),
        wording.assurance(verdict.assurance, verdict.firm),
        *(wording.value(kpi, row.to_date.get(grain), unit=False) for grain in TO_DATE),
        wording.value(kpi, row.last_year, unit=False),
        landing_sentences.chance_text(row.year.probability),
    ]


def _as_dict(row: SummaryRow) -> dict[str, Any]:
    """The review without its points, and the values to date in stored units."""
    whole = review_as_dict(row.review)
    short = {name: value for name, value in whole.items() if name not in ("points", "signals")}
    return {
        **short,
        "to_date": {grain: row.to_date.get(grain) for grain in TO_DATE},
        "last_year": row.last_year,
        "chance": row.year.probability,
        "landing": landing_sentences.as_dict(row.review.kpi, row.landed),
    }
