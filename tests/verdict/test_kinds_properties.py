"""Any series of any kind, on any chart that its definition may pin, gives one verdict that can be told and drawn."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from opsmetrics.figures import between_chart, control_chart, sparkline
from opsmetrics.review import review
from opsmetrics.verdict.as_dict import review_as_dict
from tests.verdict.kinds import KPIS, charted, of_kind
from tests.verdict.made import decision, with_target

NUMBERS = st.one_of(st.none(), st.sampled_from([0.0, 0.0, 1.0, 2.0, 5.0, 9.0, 30.0]))


@given(
    st.sampled_from(charted(*KPIS)),
    st.lists(st.tuples(NUMBERS, st.sampled_from([40.0, 55.0, 200.0])), max_size=45),
    st.sampled_from(["day", "week", "month", "sample"]),
    st.booleans(),
    st.sets(st.sampled_from(["weekday", "phase", "exclude", "lock"])),
)
def test_any_series_can_be_judged_told_and_drawn(case, pairs, grain, running, kinds) -> None:
    kpi, chart = case
    kpi = replace(with_target(kpi, 3.0), chart=chart, operate=grain)
    read = 60.0 if kpi.statistic != "mean" else 5.0
    series = of_kind(kpi, [v for v, _ in pairs], [n for _, n in pairs], read, 1.5, running=running)
    rows = len(pairs)
    spots = {
        "weekday": (0, None),
        "phase": (rows // 2, None),
        "exclude": (rows // 3, rows // 3),
        "lock": (0, rows // 2),
    }
    decided = [decision(series, kind, *spots[kind]) for kind in sorted(kinds)] if rows else []
    before = series.points.copy(deep=True)
    found = review(series, decided)
    pd.testing.assert_frame_equal(series.points, before)
    told = json.loads(json.dumps(review_as_dict(found), allow_nan=False))
    assert told["sentence"]["text"] and told["words"]["variation"]
    assert control_chart(found).data is not None and isinstance(sparkline(found), list)
    if found.between is not None:
        assert found.choice["kind"] == "strip of rare events" and (found.between.points["value"] >= 0).all()
        between_chart(found)
    _levels_in_order(found.points)


def _levels_in_order(points: pd.DataFrame) -> None:
    limited = points.dropna(subset=["lower", "centre", "upper"])
    room = 1e-9 * np.maximum(limited["centre"].abs(), 1.0)
    assert (limited["lower"] <= limited["centre"] + room).all() and (limited["centre"] <= limited["upper"] + room).all()
