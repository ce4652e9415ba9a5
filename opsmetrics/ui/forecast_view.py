"""What the Forecast page shows, as its address says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from opsmetrics.catalog import Catalog
from opsmetrics.desk.forecasting import FURTHEST, HORIZONS
from opsmetrics.ui.links import ChartView, Target, slice_text, target

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
        asked = str(params.get("horizon", ""))
        known = asked.isdecimal() and len(asked) < 5 and int(asked) > 0
        horizon = min(int(asked), FURTHEST * HORIZONS[grain]) if known else None
        return cls(series, horizon, str(params.get("what_if", ""))[:LONGEST])
