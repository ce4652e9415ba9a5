"""Definitions for the tests of this folder: one that uses every key, and a strategy that makes any sound catalogue."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from opsmetrics.catalog import (
    CHARTS,
    RULE_SETS,
    RULES,
    Calendar,
    Catalog,
    Dimension,
    EventSource,
    Kind,
    Kpi,
    Shift,
    Stream,
    Target,
    schema,
    slice_of,
)

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

[streams.stops]
name = "Line stops"
dimensions = ["line"]
category = "Reason"
subcategory = "Detail"
unit = "stops"
cost_unit = "€"
weights = {"Break down" = 5, jam = 0.5}
reported_by = "line"
calendar = "plant"

[streams.falls]
name = "Falls"
calendar = "plant"

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

[kpis.uptime]
name = "Uptime"
kind = "ratio"
better = "higher"
unit = "%"
events = {stream = "stops", measure = "minutes", categories = ["Break down"], role = "downtime"}
dimensions = ["line"]
calendar = "plant"

[kpis.falls]
name = "Falls"
kind = "rare"
better = "lower"
events = {stream = "falls"}
calendar = "plant"
chart = "t"

[kpis.seen]
name = "Seen in time"
kind = "measured"
better = "higher"
statistic = "share_within"
within = 15
calendar = "plant"
unit = "%"
target = 95

[kpis.yield]
name = "Yield"
kind = "derived"
better = "higher"
unit = "%"
formula = "min(uptime, 1) * (1 - late) ** 2"
dimensions = ["line"]
calendar = "plant"
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
def streams(draw: st.DrawFn, key: str, dimensions: tuple[str, ...], calendar: Calendar) -> Stream:
    """Any sound stream."""
    own = tuple(draw(st.permutations(dimensions)))[: draw(st.integers(0, len(dimensions)))]
    weights = st.dictionaries(_names, st.floats(0.001, 1000), max_size=3)
    return Stream(
        key,
        f"{draw(_names)} {key}",
        own,
        draw(_names),
        draw(_names),
        draw(_names),
        draw(_lines),
        tuple(draw(weights).items()),
        draw(st.sampled_from(own)) if own and draw(st.booleans()) else None,
        calendar,
    )


@st.composite
def event_sources(draw: st.DrawFn, kind: Kind, stream: Stream) -> EventSource:
    """Any source of events that goes with the kind."""
    measure = draw(st.sampled_from(["count", "minutes", "cost"])) if kind in ("rate", "count", "ratio") else "count"
    role = draw(st.sampled_from(["numerator", "downtime"])) if (kind, measure) == ("ratio", "minutes") else "numerator"
    return EventSource(stream.key, measure, tuple(draw(st.lists(_names, max_size=2, unique=True))), role)


COUNTED: tuple[Kind, ...] = ("proportion", "rate", "count", "ratio", "rare")
DIVIDED: tuple[Kind, ...] = ("proportion", "rate", "ratio")


@st.composite
def measures(draw: st.DrawFn, stream: Stream) -> dict[str, Any]:
    """What is measured and how: the keys that go with a kind other than derived."""
    kind: Kind = draw(st.sampled_from([*COUNTED, "measured"]))
    unit = draw(st.sampled_from(["", "%", "min", "°F"]))
    found: dict[str, Any] = {"kind": kind, "unit": unit, "chart": draw(st.sampled_from([None, *CHARTS[kind]]))}
    if kind == "measured":
        found["statistic"] = draw(st.sampled_from(["mean", "median", "p90", "share_within"]))
        found["within"] = draw(_numbers) if found["statistic"] == "share_within" else None
    else:
        found["numerator"] = draw(st.none() | _names)
        found["denominator"] = draw(st.none() | _names) if kind in DIVIDED else None
        found["events"] = draw(st.none() | event_sources(kind, stream))
    usual = schema.default_multiplier(kind, unit, found.get("statistic"))
    found["multiplier"] = draw(st.sampled_from([usual, 100.0, 0.5]))
    if not Kpi("a", "A", better="lower", **found).share and draw(st.booleans()):
        found |= {"lower_bound": -500.0, "upper_bound": 500.0}
        found |= {"spec_lower": -1.25, "spec_upper": 2e-7} if kind == "measured" else {}
    return found


@st.composite
def kpis(
    draw: st.DrawFn, key: str, dimensions: tuple[str, ...], calendar: Calendar, parent: str | None, stream: Stream
) -> Kpi:
    """Any sound definition that follows from no other."""
    measure = draw(measures(stream))
    better = draw(st.sampled_from(["higher", "lower", "neither"]))
    fed = measure.get("events") is not None
    allowed = stream.dimensions if fed else dimensions
    own = tuple(draw(st.permutations(allowed)))[: draw(st.integers(0, len(allowed)))]
    part = st.fixed_dictionaries({}, optional=dict.fromkeys(own, _names)).map(slice_of)
    operate = draw(st.sampled_from(["day", "week"] + (["shift"] if calendar.shifts else []) + ["sample"] * (not fed)))
    on_calendar = operate != "sample"
    plain = Kpi(key, f"{draw(_names)} {key}", better=better, **measure)
    low, high = plain.bounds
    top = -500.0 if low is None else low * plain.multiplier, 500.0 if high is None else high * plain.multiplier
    return replace(
        plain,
        description=draw(_lines),
        decimals=draw(st.integers(0, 6)),
        targets=draw(targets(better == "neither", *top)),
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
        rules=draw(
            st.sampled_from([None, *RULE_SETS.values(), RULES[:1], RULES[::-1], ("run_of_12", "2_of_4_beyond_1.5")])
        ),
    )


@st.composite
def derived(draw: st.DrawFn, key: str, component: Kpi) -> Kpi:
    """Any KPI that follows from one other."""
    formula = draw(st.sampled_from(["{0}", "1 - {0}", "-{0} ** 2 / (3.5 + {0})", "min({0}, 1e3) * max(0, {0}, .5)"]))
    unit = draw(st.sampled_from(["", "%"]))
    return Kpi(
        key,
        f"{draw(_names)} {key}",
        "derived",
        draw(st.sampled_from(["higher", "lower"])),
        unit,
        formula=formula.format(component.key),
        multiplier=schema.default_multiplier("derived", unit),
        dimensions=component.dimensions[:1],
        operate=component.operate,
        calendar=component.calendar,
        chart=draw(st.sampled_from([None, *CHARTS["derived"]])),
    )


@st.composite
def catalogs(draw: st.DrawFn) -> Catalog:
    """Any sound catalogue, with the default calendar first, as reading makes it."""
    dimensions = tuple(draw(st.lists(_keys, max_size=3, unique=True)))
    sites = (Calendar(), *(draw(calendars(f"site_{number}")) for number in range(draw(st.integers(0, 2)))))
    known = tuple(draw(streams(f"stream_{n}", dimensions, draw(st.sampled_from(sites)))) for n in (1, 2))
    found: list[Kpi] = []
    for number in range(draw(st.integers(0, 3))):
        parent = draw(st.sampled_from([None, *(kpi.key for kpi in found)]))
        site, stream = draw(st.sampled_from(sites)), draw(st.sampled_from(known))
        found.append(draw(kpis(f"kpi_{number}", dimensions, site, parent, stream)))
    components = [kpi for kpi in found if kpi.operate != "sample"]
    if components and draw(st.booleans()):
        found.insert(0, draw(derived("from_others", draw(st.sampled_from(components)))))
        found.append(draw(derived("from_derived", found[0])))
    named = tuple(Dimension(key, f"The {key}") for key in dimensions)
    return Catalog(tuple(found), named, sites, streams=known)
