"""Today's load: what is expected today and this week, with what has come, on open days only."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from opsmetrics.catalog import Calendar, Kpi, Shift
from opsmetrics.desk import landing_ready
from opsmetrics.desk.load import Load, Volume, has_volume, load, loaded_already, loads
from opsmetrics.desk.load_sentences import as_dict, name, volume, wrong
from opsmetrics.review import KpiReview, review
from opsmetrics.series import KpiSeries
from tests.verdict.made import DEFECTS, LATE, SPEED, YIELD, counts, readings, totals

WORK = Calendar(time_zone="UTC", closed_weekdays=frozenset({5, 6}), closed_dates=frozenset({dt.date(2026, 6, 5)}))
ORDERS: Kpi = replace(LATE, calendar=WORK, numerator="late orders", denominator="orders")
ARRIVALS: Kpi = replace(DEFECTS, key="tickets", better="neither", numerator="tickets", calendar=WORK)

#: By weekday, Monday first.
USUAL = (300.0, 250.0, 250.0, 250.0, 100.0)


def days(until: str) -> pd.DatetimeIndex:
    """Working days from Monday, 5 January 2026 on; the closed Friday of 5 June is none."""
    found = pd.bdate_range("2026-01-05", until)
    return found[found != "2026-06-05"]


def series(kpi: Kpi, until: str, running: tuple[float, float] | None = None) -> KpiSeries:
    """Orders by the weekday, one in ten late; running: late orders and orders so far of the day after."""
    dates = days(until)
    sizes = [USUAL[date.day_of_week] for date in dates]
    events = [size / 10 for size in sizes]
    if running is not None:
        dates = dates.append(pd.DatetimeIndex([days("2026-12-31")[len(dates)]]))
        events, sizes = [*events, running[0]], [*sizes, running[1]]
    if kpi.kind == "count":
        made = totals(sizes, kpi=kpi, running=running is not None)
    else:
        made = counts(events, sizes, kpi=kpi, running=running is not None)
    starts = pd.DatetimeIndex(dates).as_unit("us")
    points = made.points.assign(period=starts, ends_at=starts + pd.Timedelta(days=1),
                                label=[f"{date.day} {date:%b %Y}" for date in dates])  # fmt: skip
    end = points["ends_at"].iloc[-1]
    return replace(made, points=points, as_of=end + pd.Timedelta(hours=-8 if running else 12))


def reviewed(*args: object, **more: object) -> KpiReview:
    return review(series(*args, **more), ())  # type: ignore[arg-type]


def told(found: Load | None) -> Load:
    assert found is not None
    return found


def there(found: Volume | None) -> Volume:
    assert found is not None
    return found


def test_today_is_a_day_like_its_weekday() -> None:
    """Known to Thursday, 18 June; Friday brings 100 orders, the week 300 + 3 · 250 + 100."""
    found = told(load(reviewed(ORDERS, "2026-06-18")))
    today, week = there(found.today.volume), there(found.week.volume)
    assert (today.so_far, week.so_far) == (0, 1050)
    assert today.likely == pytest.approx(100, abs=8)
    assert week.likely == pytest.approx(1150, abs=8)
    assert week.low <= week.likely <= week.high
    assert there(found.week.wrong).likely == pytest.approx(115, abs=2)


def test_what_the_day_shows_is_counted_and_cannot_be_taken_back() -> None:
    """On Friday, 19 June, 180 orders came by four in the afternoon: more than ever on a Friday, 40 of them late."""
    found = told(load(reviewed(ORDERS, "2026-06-18", running=(40.0, 180.0))))
    today, bad = there(found.today.volume), there(found.today.wrong)
    assert (today.so_far, bad.so_far) == (180, 40)
    assert (today.low, today.high) == (180, 180)
    assert bad.low >= 40


def test_a_closed_day_expects_nothing_and_is_left_out_of_its_week() -> None:
    """Friday, 5 June 2026 is closed, though it is no weekend: seen at its noon, and on the Thursday before."""
    base = series(ORDERS, "2026-06-04")
    friday = replace(base, as_of=pd.Timestamp("2026-06-05 12:00"))
    found = load(review(friday, ()))
    assert found is None or found.today.volume is None
    thursday = told(load(reviewed(ORDERS, "2026-06-03")))
    assert there(thursday.week.volume).likely == pytest.approx(300 + 3 * 250, abs=8), "no Friday"
    assert there(thursday.today.volume).likely == pytest.approx(250, abs=8)


def test_a_better_share_goes_wrong_by_what_it_lacks() -> None:
    """A yield of one in ten: nine in ten went wrong."""
    kpi = replace(YIELD, calendar=WORK, numerator="orders in time", denominator="orders")
    found = told(load(reviewed(kpi, "2026-06-18")))
    assert found.missed
    assert there(found.today.wrong).likely == pytest.approx(90, abs=8)
    assert wrong([found]).startswith("not “orders in time” today")


def test_arrivals_are_a_volume_of_their_own() -> None:
    found = told(load(reviewed(ARRIVALS, "2026-06-18")))
    assert there(found.today.volume).likely == pytest.approx(100, abs=8)
    assert there(found.week.volume).so_far == 1050
    assert (found.today.wrong, wrong([found])) == (None, "")
    assert name(found) == "Tickets"


def test_shifts_add_up_to_their_day() -> None:
    shifts = tuple(Shift(label, dt.time(hour)) for label, hour in (("Early", 6), ("Late", 14), ("Night", 22)))
    kpi = replace(ORDERS, operate="shift", calendar=Calendar(time_zone="UTC", shifts=shifts))
    made = counts([10.0 + n % 5 for n in range(180)], 100.0, kpi=kpi, start="2026-01-05 06:00")
    found = told(load(review(made, ())))
    assert there(found.today.volume).likely == pytest.approx(300)


@pytest.mark.parametrize(
    "made",
    [
        counts([5.0] * 30, 50.0, grain="week", kpi=replace(LATE, operate="week")),
        totals([5.0] * 30, kpi=DEFECTS),
        readings([5.0] * 30, kpi=SPEED),
        counts([5.0] * 6, 50.0),
        counts([]),
    ],
    ids=["by week", "what goes wrong is no load", "readings", "six days", "nothing"],
)
def test_what_has_no_volume_by_day_has_no_load(made: KpiSeries) -> None:
    found = review(made, ())
    assert not has_volume(found)
    assert load(found) is None
    assert as_dict(None) is None


def test_kpis_that_count_the_same_stand_together() -> None:
    """Two shares of orders and one count: two volumes; of a KPI the first of its slices."""
    late = reviewed(ORDERS, "2026-06-17")
    other = reviewed(replace(ORDERS, key="wrong", numerator="wrong orders"), "2026-06-17")
    part = replace(late, series=replace(late.series, slice=(("line", "1"),)))
    arrivals = reviewed(ARRIVALS, "2026-06-17")
    shown = [late, part, other, arrivals]
    assert loads(shown) == [], "nothing is known yet, and nobody waits for it"
    landing_ready.make(shown)
    assert all(loaded_already(each) for each in shown)
    assert [[each.noun for each in group] for group in loads(shown)] == [["orders", "orders"], ["tickets"]]


def test_a_line_says_range_and_what_has_come() -> None:
    found = told(load(reviewed(ORDERS, "2026-06-18", running=(1.0, 20.0))))
    text = volume(found)
    assert text.startswith("today ")
    assert "20 so far; this week" in text
    assert "1,070 so far" in text
    assert as_dict(found) == as_dict(load(found.review))
    assert np.isfinite(there(found.today.volume).high)
