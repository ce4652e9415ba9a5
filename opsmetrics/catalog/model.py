"""What is measured: KPI definitions, calendars, dimensions, slices and decisions, as frozen values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["proportion", "rate", "count", "ratio", "measured", "rare", "derived"]
Statistic = Literal["mean", "median", "p90", "share_within"]
Better = Literal["higher", "lower", "neither"]
Grain = Literal["sample", "shift", "day", "week", "month", "quarter"]
EventMeasure = Literal["count", "minutes", "cost"]
EventRole = Literal["numerator", "downtime"]
DecisionKind = Literal["target", "phase", "lock", "exclude", "complete", "annotate", "weekday"]

GRAINS: tuple[Grain, ...] = ("sample", "shift", "day", "week", "month", "quarter")

#: Dimension values that a series is limited to, sorted by dimension; () is the whole KPI.
Slice = tuple[tuple[str, str], ...]

#: Where a decision points: the site-local start of a period, or a sample number.
Moment = dt.datetime | int


def slice_of(values: Mapping[str, str] | None = None) -> Slice:
    """The canonical form of a slice: `slice_of({"site": "North"})`."""
    return tuple(sorted((values or {}).items()))


def slice_text(part: Slice) -> str:
    """A slice in words: the values joined by ' · ', or '' for the whole KPI."""
    return " · ".join(value for _, value in part)


@dataclass(frozen=True)
class Shift:
    """A named shift and the local time at which it starts; it ends where the next one starts."""

    name: str
    starts: dt.time


@dataclass(frozen=True)
class Calendar:
    """The site's own clock: zone, first day of the week, fiscal year, shifts, days without work, and holidays: days
    that are worked, and yet unlike others."""

    key: str = "default"
    time_zone: str = "UTC"
    week_start: int = 0  # Monday 0 … Sunday 6
    fiscal_year_start: tuple[int, int] = (1, 1)  # month, day
    shifts: tuple[Shift, ...] = ()
    closed_weekdays: frozenset[int] = frozenset()
    closed_dates: frozenset[dt.date] = frozenset()
    holidays: frozenset[dt.date] = frozenset()


@dataclass(frozen=True)
class Dimension:
    """A column of the fact tables by which measurements are told apart."""

    key: str
    name: str


@dataclass(frozen=True)
class Stream:
    """A kind of event, such as the stops of a line: each event has a category, may have a subcategory, a length in
    minutes and a cost, and stands in the store on its own."""

    key: str
    name: str
    dimensions: tuple[str, ...] = ()  # that its events carry
    category: str = "Category"  # what the category is called here: "Reason"
    subcategory: str = "Subcategory"
    unit: str = "events"  # what the events are called, plural: "stops"
    cost_unit: str = ""
    weights: tuple[tuple[str, float], ...] = ()  # severity by category; 1 where absent
    reported_by: str | None = None
    calendar: Calendar = field(default_factory=Calendar)


@dataclass(frozen=True)
class EventSource:
    """Where a KPI takes its numerator from: the events of a stream, or of some of its categories.

    measure: their number, their minutes or their cost. role: "numerator", or "downtime" where the minutes are taken
    off the scheduled ones, which makes the KPI an uptime.
    """

    stream: str
    measure: EventMeasure = "count"
    categories: tuple[str, ...] = ()  # () is all
    role: EventRole = "numerator"


@dataclass(frozen=True)
class Target:
    """A target in force from a date (None: since ever), in the KPI's shown unit.

    For better = higher or lower only `value` is set; for a range `low` and `high`.
    """

    start: dt.date | None
    value: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Kpi:
    """One definition. Values are stored as fractions or in their own unit; `multiplier` turns them into the
    shown unit (100 for per cent), in which targets, specification limits and bounds are written."""

    key: str
    name: str
    kind: Kind
    better: Better
    unit: str = ""
    description: str = ""
    statistic: Statistic = "mean"
    within: float | None = None  # limit of share_within
    formula: str | None = None  # derived only
    numerator: str | None = None  # what is counted: "breaches"
    denominator: str | None = None  # out of what: "attendances"
    multiplier: float = 1.0
    decimals: int = 1
    lower_bound: float | None = None
    upper_bound: float | None = None
    targets: tuple[Target, ...] = ()
    spec_lower: float | None = None
    spec_upper: float | None = None
    dimensions: tuple[str, ...] = ()  # they form the key of its facts
    reported_by: str | None = None
    operate: Grain = "day"
    lead: Grain | None = None
    recorded: Grain | None = None  # how often a row without a time is written; None: the operate grain
    watch: tuple[Slice, ...] = ((),)  # slices shown on Today
    watch_by: tuple[str, ...] = ()  # … and one slice for each value of these dimensions
    owner: str = ""
    category: str = ""
    parent: str | None = None
    cost_per_unit: float | None = None
    calendar: Calendar = field(default_factory=Calendar)
    expected_after: dt.timedelta | None = None  # data are late this long after the period's end
    chart: str | None = None
    rules: tuple[str, ...] | None = None
    events: EventSource | None = None

    @property
    def counts(self) -> bool:
        """True where the facts are numerators (and denominators), False where they are readings."""
        return self.kind not in ("measured", "derived")

    @property
    def share(self) -> bool:
        """True where the value is a part of a whole, from 0 to 1: a proportion, readings within a limit, an uptime."""
        within = self.kind == "measured" and self.statistic == "share_within"
        return self.kind == "proportion" or within or (self.events is not None and self.events.role == "downtime")

    @property
    def bounds(self) -> tuple[float | None, float | None]:
        """Lowest and highest possible value, in stored units."""
        if self.share:
            return 0.0, 1.0
        low = None if self.lower_bound is None else self.lower_bound / self.multiplier
        high = None if self.upper_bound is None else self.upper_bound / self.multiplier
        return (0.0 if low is None and self.counts else low), high

    @property
    def reading_bounds(self) -> tuple[float | None, float | None]:
        """Lowest and highest possible single reading, in stored units. A share of readings bounds its value alone."""
        return (None, None) if self.kind == "measured" and self.statistic == "share_within" else self.bounds


@dataclass(frozen=True)
class Catalog:
    """All definitions of one installation, with the text they came from."""

    kpis: tuple[Kpi, ...] = ()
    dimensions: tuple[Dimension, ...] = ()
    calendars: tuple[Calendar, ...] = (Calendar(),)
    text: str = ""
    version: str = ""  # short hash of the text
    streams: tuple[Stream, ...] = ()

    def __getitem__(self, key: str) -> Kpi:
        for kpi in self.kpis:
            if kpi.key == key:
                return kpi
        raise KeyError(key)

    def __contains__(self, key: object) -> bool:
        return any(kpi.key == key for kpi in self.kpis)

    def stream(self, key: str) -> Stream:
        """The stream of a key. Raises KeyError."""
        for stream in self.streams:
            if stream.key == key:
                return stream
        raise KeyError(key)

    @property
    def site(self) -> Calendar:
        """The calendar whose clock stands on what shows several KPIs: the first that one of them goes by."""
        used = {kpi.calendar.key for kpi in self.kpis}
        return next((calendar for calendar in self.calendars if calendar.key in used), Calendar())

    @property
    def dimension_keys(self) -> tuple[str, ...]:
        """The dimension columns of the fact tables, in order."""
        return tuple(d.key for d in self.dimensions)


@dataclass(frozen=True)
class Decision:
    """What a person decided about a KPI, when and why. Decisions are rows of the store and are never deleted;
    `supersedes` names the decision that this one replaces (with value None: takes back).

    start/end by kind: target, phase: start · lock, exclude: start and end (inclusive) · complete, annotate: start.
    value by kind: target {"value"} or {"low", "high"} in the shown unit, {} = no target · annotate text ·
    lock, phase, exclude, complete, weekday None or True (False: not any more).
    An empty slice makes the decision hold for the whole KPI only, not for its slices; a target given for the
    whole KPI holds for each slice that has none of its own.
    """

    kpi: str
    kind: DecisionKind
    slice: Slice = ()
    grain: Grain | None = None
    start: Moment | None = None
    end: Moment | None = None
    value: Any = None
    by: str = ""
    at: dt.datetime | None = None
    why: str = ""
    supersedes: int | None = None
    id: int | None = None
