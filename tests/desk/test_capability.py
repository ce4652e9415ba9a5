"""The single readings behind a review, and the study made of them, through a real store.

Authority: the loaded rows themselves; each period's readings average to the value that the review shows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from opsmetrics.catalog import Decision
from opsmetrics.desk import Desk
from opsmetrics.desk.capability import ALL, Limits, capability_study, limits_of
from opsmetrics.desk.capability_sentences import ToldCapability, rounded
from opsmetrics.desk.single import single_readings
from opsmetrics.measurements import Span, sample_to_stamp
from tests.store.builders import batch, count, reading

KPIS = """
[dimensions]
site = "Site"
line = "Line"

[calendars.default]
time_zone = "Europe/Berlin"
shifts = [{name = "early", starts = "06:00"}, {name = "late", starts = "14:00"}, {name = "night", starts = "22:00"}]
closed_weekdays = ["sunday"]

[kpis.weight]
name = "Weight"
kind = "measured"
better = "neither"
unit = "g"
dimensions = ["line"]
spec_lower = 60
spec_upper = 80

[kpis.shifts]
name = "Weight by shift"
kind = "measured"
better = "neither"
operate = "shift"

[kpis.numbered]
name = "Numbered"
kind = "measured"
better = "neither"
operate = "sample"

[kpis.wait]
name = "Within 30"
kind = "measured"
better = "higher"
statistic = "share_within"
within = 30
unit = "%"

[kpis.good]
name = "Good"
kind = "proportion"
better = "higher"
unit = "%"
numerator = "good"
denominator = "made"

[kpis.quiet]
name = "Quiet"
kind = "count"
better = "lower"

[kpis.faults]
name = "Faults"
kind = "rate"
better = "lower"
numerator = "faults"
denominator = "hours"
"""

#: The clocks go back on 26 October 2025, a Sunday; these days lie on both sides.
FIRST = dt.datetime(2025, 10, 13)
DAYS = 28
AS_OF = dt.datetime(2025, 11, 10)
DRAW = np.random.default_rng(6)


def rows() -> list[dict[str, Any]]:
    """Every eight hours a reading of each KPI (UTC), also on Sundays; counts once a day."""
    found = []
    for hour in range(0, 24 * DAYS, 8):
        at = FIRST + dt.timedelta(hours=hour, minutes=20)
        value = round(float(DRAW.normal(70, 2)), 2)
        found += [reading(at, value, kpi="weight", line="A" if hour % 3 else "B"), reading(at, value, kpi="shifts")]
        found.append(reading(at, abs(value - 60) * 3, kpi="wait"))
    for day in range(DAYS):
        at = FIRST + dt.timedelta(days=day, hours=9)
        found += [count(at, 97, 100, kpi="good"), count(at, 1 + day % 2, 50, kpi="faults")]
    found += [count(FIRST + dt.timedelta(days=day, hours=9), 2, None, kpi="quiet") for day in (3, 8, 20)]
    found += [reading(sample_to_stamp(n), 5 + n % 4, s, kpi="numbered") for n in range(1, 31) for s in (1, 2)]
    return found


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    path = tmp_path_factory.mktemp("single") / "single.duckdb"
    end = FIRST + dt.timedelta(days=DAYS)
    keys = ("weight", "shifts", "numbered", "wait", "good", "faults", "quiet")
    with Desk.open(path, role="tests") as opened:
        opened.apply(KPIS, by="tester")
        spans = tuple(Span(key, FIRST, end) for key in keys)
        opened.commit(batch(*rows(), dimensions=("site", "line"), spans=spans), by="tester", publish=False)
        excluded = FIRST + dt.timedelta(days=2)
        opened.store.decide(
            Decision("weight", "exclude", (), start=excluded, end=excluded, by="tester", why="test run")
        )
        opened.store.decide(
            Decision("shifts", "phase", (), start=FIRST + dt.timedelta(days=10, hours=6), by="t", why="new")
        )
        yield opened


@pytest.mark.parametrize(("key", "grain"), [("weight", None), ("weight", "week"), ("shifts", None), ("numbered", None)])
def test_the_readings_of_each_period_average_to_its_value(desk: Desk, key: str, grain: Any) -> None:
    shown = desk.review(key, grain=grain, as_of=AS_OF)
    found = single_readings(desk, shown)
    means = found.groupby("position")["value"].mean()
    wanted = shown.points["value"].dropna()
    assert means.to_numpy() == pytest.approx(wanted.to_numpy())
    assert found["position"].is_monotonic_increasing
    assert found.groupby("position").size().tolist() == shown.points["rows"][wanted.index].tolist()


def test_a_slice_and_a_moment_have_their_own_readings(desk: Desk) -> None:
    whole = single_readings(desk, desk.review("weight", as_of=AS_OF))
    parts = [single_readings(desk, desk.review("weight", (("line", line),), as_of=AS_OF)) for line in "AB"]
    assert sorted([*parts[0]["value"], *parts[1]["value"]]) == sorted(whole["value"])
    earlier = single_readings(desk, desk.review("weight", as_of=FIRST + dt.timedelta(days=5)))
    assert 0 < len(earlier) < len(whole)


def test_only_judged_periods_count(desk: Desk) -> None:
    shown = desk.review("weight", as_of=AS_OF)
    study = capability_study(desk, shown)
    judged = shown.points["state"] == "judged"
    assert (shown.points["state"] == "excluded").sum() == 1
    assert study.periods == judged.sum()
    assert len(study.readings) == shown.points.loc[judged, "rows"].sum()
    assert study.limits == Limits(60, 80) and study.found is not None and study.found["cpk"] is not None
    assert study.stable is True and ToldCapability(study).headline().startswith(("Of a million", "Practically"))


def test_the_span_is_the_phase_in_force_or_what_is_asked_for(desk: Desk) -> None:
    shown = desk.review("shifts", as_of=AS_OF)
    phase, every, last = (capability_study(desk, shown, span=span) for span in (None, ALL, 7))
    assert last.periods == 7 < phase.periods < every.periods
    assert phase.reason == "no_limits" and ToldCapability(phase).headline() == "No specification limit is set."


def test_a_share_within_a_limit_is_looked_at_by_its_readings(desk: Desk) -> None:
    shown = desk.review("wait", as_of=AS_OF)
    assert "judged" not in set(shown.points["state"]), "three readings are too few for a share of them"
    assert limits_of(shown) == Limits(None, 30)
    study = capability_study(desk, shown, method="percentile")
    assert study.found is not None
    within = 100 - study.found.ppm["observed"].above / 1e4
    judged = shown.points[shown.points["state"] == "undefined"]
    assert study.stable is None and study.periods == len(judged)
    assert within == pytest.approx(100 * judged["numerator"].sum() / judged["denominator"].sum())
    assert ToldCapability(study).where() == "above 30", "minutes, not per cent"


def test_of_a_share_where_more_is_better_the_rest_is_defective(desk: Desk) -> None:
    study = capability_study(desk, desk.review("good", as_of=AS_OF))
    assert study.counted is not None and study.counted.share.value == pytest.approx(0.03)
    assert ToldCapability(study).outside().replace("\u00a0", " ") == "3.0 % of all made are not good."


def test_periods_in_which_nothing_was_found_count(desk: Desk) -> None:
    """Nothing found is known from the file that covers the day, without a row."""
    study = capability_study(desk, desk.review("quiet", as_of=AS_OF))
    assert study.counted is not None and study.counted.count == 6
    assert study.counted.size == study.periods > 12


def test_defects_are_told_for_each_unit(desk: Desk) -> None:
    study = capability_study(desk, desk.review("faults", as_of=AS_OF))
    assert study.counted is not None and study.counted.share.value == pytest.approx(0.03, rel=0.05)
    assert "faults in a million hours." in ToldCapability(study).outside()


@pytest.mark.parametrize(
    ("x", "text"),
    [(0.0, "0"), (0.8123, "0.81"), (12.4, "12"), (2437.0, "2,400"), (63145.0, "63,000"), (float("inf"), "∞")],
)
def test_rounding_to_two_figures(x: float, text: str) -> None:
    assert rounded(x) == text
