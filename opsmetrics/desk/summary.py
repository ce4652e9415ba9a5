"""Leadership's page: each KPI once, at the grain it is led by, with what the running month, quarter and year show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from opsmetrics.access import OPEN, Viewer
from opsmetrics.catalog import Kpi, Slice
from opsmetrics.desk.arranging import Arranging
from opsmetrics.desk.desk import AsOf, Desk
from opsmetrics.desk.landing import Landed, Landing, landing, landings, of_span, spans_of
from opsmetrics.desk.origins import Origins
from opsmetrics.desk.reviewing import reviews
from opsmetrics.desk.snapshot import Snapshot, Wanted
from opsmetrics.review import KpiReview
from opsmetrics.series import KpiSeries, Stretch, to_local, to_utc

#: Running periods whose value so far is shown.
TO_DATE: tuple[Stretch, ...] = ("month", "quarter", "year")


@dataclass(frozen=True, eq=False)
class SummaryRow:
    """One KPI as leadership reads it. Values are in stored units, None where there is none.

    review: at the lead grain (the operate grain where the KPI names none), with its verdict. to_date: the value of the
    running month, quarter and fiscal year up to the as-of instant, sums first, then one division. last_year: that of
    the same part of the year before, from its start to where this year's data reach; None unless the data hold both
    years, the earlier one from its start. chance: that the fiscal year lands on its target, with the reason where that
    cannot be told.
    """

    review: KpiReview
    to_date: Mapping[Stretch, float | None]
    last_year: float | None
    operated: KpiReview

    @property
    def year(self) -> Landing:
        """Where the fiscal year lands, or why that cannot be told."""
        return landing(self.operated, "year") if "year" in spans_of(self.operated) else of_span({}, "year")

    @property
    def landed(self) -> Landed:
        """Where month, quarter and year land."""
        return landings(self.operated)


def summary(
    desk: Desk,
    *,
    as_of: AsOf = None,
    slice_: Mapping[str, str] | None = None,
    viewer: Viewer = OPEN,
    known: Iterable[KpiReview] = (),
) -> list[SummaryRow]:
    """One row for each KPI of the catalogue, in its order.

    slice_: values of dimensions that the reader looks at; a KPI without such a dimension is shown whole, one whose data
    hold other values of it is left out: of the clinic nobody asks for the scrap rate. A KPI that is watched only in
    parts is shown by the first of them. known: reviews at the operate grain as of then, which need not be made again.
    """
    read, chosen = desk.snapshot(viewer), slice_ or {}
    wanted = [
        Wanted(kpi, slice_or_first(kpi, chosen), kpi.lead or kpi.operate, desk.instant(kpi, as_of))
        for kpi in _concerned(Origins(desk.store, read.catalog, viewer), read.catalog.kpis, chosen)
    ]
    ready = {(one.kpi.key, one.series.slice): one for one in known if one.series.grain == one.kpi.operate}
    finer = [
        Wanted(one.kpi, one.slice, one.kpi.operate, one.as_of)
        for one in wanted
        if one.grain != one.kpi.operate and (one.kpi.key, one.slice) not in ready
    ]
    led = list(reviews(read, wanted))
    made = {(one.kpi.key, one.series.slice): one for one in reviews(read, finer)}
    operated = {(one.kpi.key, one.series.slice): one for one in led} | ready | made
    return [_row(read, one, operated[one.kpi.key, one.series.slice]) for one in led]


def _concerned(origins: Origins, kpis: Sequence[Kpi], chosen: Mapping[str, str]) -> list[Kpi]:
    """The KPIs that have the chosen values, or no data at all, or no such dimension."""
    pairs = [(kpi, name) for kpi in kpis for name in chosen if name in kpi.dimensions]
    others = {
        kpi.key
        for (kpi, name), values in zip(pairs, origins.values(pairs) if pairs else [], strict=True)
        if values and chosen[name] not in values
    }
    return [kpi for kpi in kpis if kpi.key not in others]


def slice_or_first(kpi: Kpi, chosen: Mapping[str, str]) -> Slice:
    """What is shown of a KPI where these values of dimensions were chosen."""
    wanted = tuple(sorted((name, value) for name, value in chosen.items() if name in kpi.dimensions))
    if wanted or () in kpi.watch or not kpi.watch:
        return wanted
    return kpi.watch[0]


def _row(read: Snapshot, review: KpiReview, operated: KpiReview) -> SummaryRow:
    kpi, part, instant = review.kpi, review.series.slice, review.series.as_of
    if kpi.operate == "sample":
        return SummaryRow(review, {}, None, operated)
    running = {grain: _running(Arranging(read, part, grain, instant).series(kpi)) for grain in TO_DATE}
    before = None
    if running["year"] is not None:
        earlier = _year_before(kpi, read.known_until(kpi, instant))
        before = _running(Arranging(read, part, "year", earlier).series(kpi), whole=True)
    return SummaryRow(review, running, before, operated)


def _year_before(kpi: Kpi, instant: pd.Timestamp) -> pd.Timestamp:
    """The same time a year before on the site's clock; both naive UTC."""
    zone = kpi.calendar.time_zone
    return to_utc(to_local([instant], zone) - pd.DateOffset(years=1), zone)[0]


def _running(series: KpiSeries, *, whole: bool = False) -> float | None:
    """The value of the period in which the series ends; `whole`: only where the data hold that period's start."""
    if series.points.empty:
        return None
    last = series.points.iloc[-1]
    if last["ended"] or pd.isna(last["value"]) or (whole and not last["from_start"]):
        return None
    return float(last["value"])
