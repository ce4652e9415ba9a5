"""Definitions for the tests of this folder: one that uses every key, and a strategy that makes any sound catalogue."""

from __future__ import annotations

import datetime as dt

from hypothesis import strategies as st

from opsmetrics.catalog import CHARTS, RULE_SETS, RULES, Calendar, Catalog, Dimension, Kpi, Shift, Target, slice_of

FULL = """
[dimensions]
line = "Line"
organisation = "Organisation"

[calendars.plant]
time_zone = "Europe/Berlin"
week_start = "sunday"
fiscal_year_start = "04-01"
shifts = [{name = "Early", starts = "06:00"}, {name = "Night", starts = 22:15:00}]
closed_weekdays = ["saturday", "sunday"]
closed_dates = [2026-12-25, 2026-12-26]

[kpis.late]
name = "Late deliveries"
kind = "proportion"
better = "lower"
description = "Orders that left after the promised day."
owner = "Shipping"
category = "Delivery"
parent = "complaints"
unit = "%"
decimals = 2
numerator = "late orders"
denominator = "orders"
cost_per_unit = 40
targets = [{from = 2025-04-01, value = 5}, {value = 8.5}, {from = 2026-04-01, value = "none"}]
dimensions = ["organisation", "line"]
reported_by = "line"
watch = [{}, {line = "Line 3", organisation = "North"}]
watch_by = ["line"]
operate = "day"
lead = "month"
recorded = "shift"
calendar = "plant"
expected_after = "1d 6h 30min"
chart = "p"
rules = "nelson"

[kpis.complaints]
name = "Complaints"
kind = "proportion"
better = "lower"
unit = "per 1,000"
multiplier = 1000
calendar = "plant"
target = 3

[kpis.weight]
name = "Fill weight"
kind = "measured"
better = "neither"
unit = "g"
statistic = "mean"
lower_bound = 0
upper_bound = 1000
target = [499, 501.5]
spec_lower = 495
spec_upper = 505
operate = "sample"
chart = "xbar_s"
rules = ["beyond_limits", "run_of_8"]
watch = []
"""

PLAIN = """
[dimensions]
line = "Line"
[calendars.default]
time_zone = "Europe/London"
[kpis.late]
name = "Late"
kind = "proportion"
better = "lower"
unit = "%"
"""

_names = st.text(st.characters(exclude_categories=("C",)), min_size=1, max_size=12).map(str.strip).filter(bool)
_lines = st.one_of(st.just(""), _names)
_keys = st.sampled_from(["a", "line", "site_2", "type", "product", "team"])
_numbers = st.one_of(
    st.integers(-1000, 1000).map(float), st.floats(-1e6, 1e6, allow_nan=False).filter(lambda x: x != 0)
)
_waits = st.integers(0, 10_000).map(lambda minutes: dt.timedelta(minutes=minutes))
_dates = st.dates(dt.date(2000, 1, 1), dt.date(2040, 12, 31))


@st.composite
def calendars(draw: st.DrawFn, key: str) -> Calendar:
    """Any calendar of the given key."""
    starts = sorted(draw(st.sets(st.integers(0, 95), max_size=4)))
    return Calendar(
        key,
        draw(st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu"])),
        draw(st.integers(0, 6)),
        (draw(st.integers(1, 12)), draw(st.integers(1, 28))),
        tuple(
            Shift(f"Shift {number}", dt.time(quarter // 4, quarter % 4 * 15)) for number, quarter in enumerate(starts)
        ),
        frozenset(draw(st.sets(st.integers(0, 6), max_size=6))),
        frozenset(draw(st.sets(_dates, max_size=3))),
    )


@st.composite
def targets(draw: st.DrawFn, ranged: bool, low: float, high: float) -> tuple[Target, ...]:
    """Dated targets between two bounds, as ranges or as single numbers."""
    number = st.floats(low, high, allow_nan=False)
    found = []
    for start in sorted(draw(st.sets(st.one_of(st.none(), _dates), max_size=3)), key=lambda s: (s is not None, str(s))):
        if draw(st.integers(0, 4)) == 0:
            found.append(Target(start))
        elif ranged:
            below, above = sorted(draw(st.tuples(number, number).filter(lambda pair: pair[0] != pair[1])))
            found.append(Target(start, None, below, above))
        else:
            found.append(Target(start, draw(number)))
    return tuple(found)


@st.composite
def kpis(draw: st.DrawFn, key: str, dimensions: tuple[str, ...], calendar: Calendar, parent: str | None) -> Kpi:
    """Any sound definition of a kind that is computed."""
    kind = draw(st.sampled_from(["proportion", "measured"]))
    better = draw(st.sampled_from(["higher", "lower", "neither"]))
    own = tuple(draw(st.permutations(dimensions)))[: draw(st.integers(0, len(dimensions)))]
    part = st.fixed_dictionaries({}, optional=dict.fromkeys(own, _names)).map(slice_of)
    operate = draw(st.sampled_from(["sample", "day", "week"] + (["shift"] if calendar.shifts else [])))
    on_calendar = operate != "sample"
    unit = draw(st.sampled_from(["", "%", "min", "°F"]))
    per_cent = 100.0 if kind == "proportion" and unit == "%" else 1.0
    multiplier = draw(st.sampled_from([per_cent, 100.0, 0.5]))
    bounded = kind == "measured" and draw(st.booleans())
    low, high = (0.0, multiplier) if kind == "proportion" else (-500.0, 500.0)
    return Kpi(
        key=key,
        name=f"{draw(_names)} {key}",
        kind=kind,
        better=better,
        unit=unit,
        description=draw(_lines),
        numerator=draw(st.none() | _names) if kind == "proportion" else None,
        denominator=draw(st.none() | _names) if kind == "proportion" else None,
        multiplier=multiplier,
        decimals=draw(st.integers(0, 6)),
        lower_bound=-500.0 if bounded else None,
        upper_bound=500.0 if bounded else None,
        targets=draw(targets(better == "neither", low, high)),
        spec_lower=-1.25 if bounded else None,
        spec_upper=2e-7 if bounded else None,
        dimensions=own,
        reported_by=draw(st.sampled_from(own)) if own and draw(st.booleans()) else None,
        operate=operate,
        lead=draw(st.sampled_from([None, "month", "quarter"])) if on_calendar else None,
        recorded=draw(st.sampled_from([None, operate])),
        watch=tuple(draw(st.lists(part, max_size=3, unique=True))),
        watch_by=own[:1] if draw(st.booleans()) else (),
        owner=draw(_lines),
        category=draw(_lines),
        parent=parent,
        cost_per_unit=draw(st.none() | _numbers.map(abs)),
        calendar=calendar if on_calendar else Calendar(),
        expected_after=draw(st.none() | _waits) if on_calendar else None,
        chart=draw(st.sampled_from([None, *CHARTS[kind]])),
        rules=draw(st.sampled_from([None, *RULE_SETS.values(), RULES[:1], RULES[::-1]])),
    )


@st.composite
def catalogs(draw: st.DrawFn) -> Catalog:
    """Any sound catalogue, with the default calendar first, as reading makes it."""
    dimensions = tuple(draw(st.lists(_keys, max_size=3, unique=True)))
    sites = (Calendar(), *(draw(calendars(f"site_{number}")) for number in range(draw(st.integers(0, 2)))))
    found: list[Kpi] = []
    for number in range(draw(st.integers(0, 3))):
        parent = draw(st.sampled_from([None, *(kpi.key for kpi in found)]))
        found.append(draw(kpis(f"kpi_{number}", dimensions, draw(st.sampled_from(sites)), parent)))
    return Catalog(tuple(found), tuple(Dimension(key, f"The {key}") for key in dimensions), sites)
