"""A forecast ready to be told, for the page and the command line alike: the fan, the year, and a scenario over both."""

from __future__ import annotations

import time

import pandas as pd

from opsmetrics.access import OPEN, Viewer
from opsmetrics.catalog import Grain, Slice
from opsmetrics.desk.desk import AsOf, Desk
from opsmetrics.desk.forecast_many import kept
from opsmetrics.desk.forecast_scenario import Scenario
from opsmetrics.desk.forecast_sentences import Made, Told, Under
from opsmetrics.desk.forecast_whatif import plan
from opsmetrics.desk.forecasting import compared
from opsmetrics.desk.landing import landing, landings


def made(
    desk: Desk,
    key: str,
    part: Slice = (),
    *,
    grain: Grain | None = None,
    as_of: AsOf = None,
    horizon: int | None = None,
    scenario: Scenario = (),
    viewer: Viewer = OPEN,
) -> Told:
    """The forecast of a KPI slice with its year, and both under the scenario where there is one.

    Raises KeyError for an unknown KPI, NotUnderstood where a scenario names an event of which nothing is known.
    """
    begun = time.perf_counter()
    versions = desk.versions
    review = desk.review(key, part, grain=grain, as_of=as_of, viewer=viewer)
    found = compared(kept(review, horizon))
    own = review
    if review.series.grain != review.kpi.operate:
        own = desk.review(key, part, as_of=as_of, viewer=viewer)
    landed = landings(own)
    under = None
    if scenario and found.forecast is not None:
        what_if = plan(desk, own, scenario, viewer=viewer)
        there = {span: landing(own, span, what_if.over(own, span)) for span in landed}
        under = Under(what_if, what_if.applied(found), there)
    now = pd.Timestamp.now("UTC").tz_localize(None)
    return Told(found, landed, under, Made(now, time.perf_counter() - begun, *versions))
