"""Several KPIs watched together: T² of their judged periods, and which of them made a period unusual."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from opsmetrics.desk.together_words import say
from opsmetrics.review import KpiReview
from opsmetrics.stats.multivariate import MultivariateChart, contributions, hotelling_t2
from opsmetrics.verdict import wording

FEWEST, MOST = 2, 6
#: Periods with a value of each KPI, beside those that the covariance itself takes: fewer make limits nobody can reach.
_ROOM = 15


@dataclass(frozen=True, eq=False)
class Together:
    """KPIs of one grain and what is known of them together.

    values: one row per period that any of them has judged, by time, with the column label and one per KPI key, in its
        shown unit. chart: over these rows; None where `reason` (a sentence) says why there is none.
    """

    reviews: tuple[KpiReview, ...]
    values: pd.DataFrame
    chart: MultivariateChart | None
    reason: str = ""

    @property
    def compared(self) -> int:
        """Periods with a value of each KPI."""
        return 0 if self.chart is None else int(self.chart.points["value"].notna().sum())

    @property
    def default(self) -> int | None:
        """The period to look at: the last unusual one, else the last."""
        if self.chart is None:
            return None
        there = np.flatnonzero(self.chart.points["value"].notna())
        return self.chart.signals[-1] if self.chart.signals else int(there[-1])

    def parts(self, position: int) -> pd.DataFrame:
        """`contributions` of a period that has a T²."""
        assert self.chart is not None
        return contributions(self.chart, position)


def together(reviews: Sequence[KpiReview]) -> Together:
    """The KPIs of these reviews (two to six, each once, of one grain) together.

    Excluded periods are shown and judged, and make no limits; periods that one KPI lacks are gaps.
    """
    columns, excluded = [], []
    for review in reviews:
        points = review.points.set_index("period")
        known = points["state"].isin(["judged", "excluded"])
        columns.append((points["value"].where(known) * review.kpi.multiplier).rename(review.kpi.key))
        excluded.append(points["state"].eq("excluded"))
    values = pd.concat(columns, axis=1).sort_index()
    left_out = pd.concat(excluded, axis=1).reindex(values.index).eq(True).any(axis=1).to_numpy(dtype=np.bool_)
    labels = pd.concat([review.points.set_index("period")["label"] for review in reviews])
    table = values.assign(label=labels[~labels.index.duplicated()].reindex(values.index))
    kept = values.notna().any(axis=1)
    table, left_out = table[kept], left_out[kept.to_numpy()]
    rows = table[[review.kpi.key for review in reviews]].set_axis([review.kpi.name for review in reviews], axis=1)
    complete = int((rows.notna().all(axis=1).to_numpy() & ~left_out).sum())
    wanted = len(reviews) + _ROOM
    if complete < wanted:
        periods = wording.periods(complete, reviews[0].series.grain)
        return Together(tuple(reviews), table, None, say("too_few", periods=periods, n=wanted, k=len(reviews)))
    try:
        chart = hotelling_t2(rows.reset_index(drop=True), exclude=left_out)
    except ValueError as refusal:  # KPIs that follow from each other, or do not vary: its sentence names them
        why = str(refusal).removeprefix("covariance: ")
        return Together(tuple(reviews), table, None, say("refused", why=why[:1].upper() + why[1:]))
    return Together(tuple(reviews), table, chart)
