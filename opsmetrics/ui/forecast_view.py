"""What the Forecast page shows, as its address says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from opsmetrics.catalog import Catalog
from opsmetrics.desk.forecasting import FURTHEST, HORIZONS
from opsmetrics.ui.links import ChartView, Target, slice_text, target
from opsmetrics.verdict import wording

#: Signs of a scenario in an address.
LONGEST = 800


@dataclass(frozen=True)
class ForecastView:
    """One view: the series with its span as on the page of charts, how many periods ahead (None: the usual), and the
    scenario as it is written, "" for none."""

    series: ChartView
    horizon: int | None = None
    what_if: str = ""

    def link(self) -> Target:
        """The link to this view."""
        series = self.series
        return target(
            "forecast",
            kpi=series.kpi,
            slice=slice_text(series.slice),
            grain=series.grain or "",
            horizon="" if self.horizon is None else str(self.horizon),
            span="" if series.span is None else str(series.span),
            as_of=series.as_of.isoformat() if series.as_of else "",
            what_if=self.what_if,
        )

    @classmethod
    def read(cls, params: Mapping[str, Any], catalog: Catalog) -> ForecastView | None:
        """The view of a link; what it does not understand falls back. None where there is no KPI at all."""
        series = ChartView.read(params, catalog)
        if series is None:
            return None
        grain = series.grain or catalog[series.kpi].operate
        horizon = _horizon(str(params.get("horizon", "")))
        furthest = None if horizon is None else min(horizon, FURTHEST * HORIZONS[grain])
        return cls(series, furthest, str(params.get("what_if", ""))[:LONGEST])

    def misread(self, asked: str, catalog: Catalog) -> list[str]:
        """What is wrong with the horizon of a link: no number, none, or farther than is forecast."""
        if not asked or (self.horizon is not None and _horizon(asked) == self.horizon):
            return []
        grain = self.series.grain or catalog[self.series.kpi].operate
        return [f"no horizon “{asked[:20]}” (1 to {wording.periods(FURTHEST * HORIZONS[grain], grain)})"]


def _horizon(asked: str) -> int | None:
    return int(asked) if asked.isdecimal() and len(asked) < 9 and int(asked) > 0 else None
