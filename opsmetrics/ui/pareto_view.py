"""What the Pareto page shows, as its address says it: every view is a link, and reading a link never fails."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

from opsmetrics.catalog import Catalog, Slice, Stream, slice_of
from opsmetrics.desk.events import COMPARISONS, MEASURES, TOP, Comparison, Measure, ParetoQuestion
from opsmetrics.facts import EVENT_CLASSES
from opsmetrics.ui.links import Target, read_as_of, read_date, read_slice, slice_text, target

Preset = Literal["7d", "28d", "90d", "month", "year", "all", "custom"]
PRESETS: dict[Preset, str] = {
    "7d": "Last 7 days",
    "28d": "Last 28 days",
    "90d": "Last 90 days",
    "month": "This month",
    "year": "Year to date",
    "all": "All",
    "custom": "From … to …",
}
COMPARED: dict[Comparison, str] = {
    "previous": "the same length before",
    "last_year": "the same days a year before",
    "none": "nothing",
}

_DAY = dt.timedelta(days=1)
_MOST = 200  # bars that a link may ask for


@dataclass(frozen=True)
class ParetoView:
    """One view. `first` and `last` matter for the preset "custom" only; `opened`: the members of Other are shown;
    `as_of`: the date as of which it is shown, None is now."""

    stream: str
    measure: Measure = "count"
    by: str = "category"
    slice: Slice = ()
    preset: Preset = "all"
    first: dt.date | None = None
    last: dt.date | None = None
    compare: Comparison = "previous"
    opened: bool = False
    top: int = TOP
    as_of: dt.date | None = None

    def link(self) -> Target:
        """The link to this view."""
        custom = self.preset == "custom"
        return target(
            "pareto",
            stream=self.stream,
            measure=self.measure,
            by=self.by,
            slice=slice_text(self.slice),
            period=self.preset,
            start=self.first.isoformat() if self.first and custom else "",
            end=self.last.isoformat() if self.last and custom else "",
            compare=self.compare,
            open="other" if self.opened else "",
            top=str(self.top) if self.top != TOP else "",
            as_of=self.as_of.isoformat() if self.as_of else "",
        )

    @classmethod
    def read(cls, params: Mapping[str, Any], stream: Stream, preset: Preset) -> ParetoView:
        """The view of a link on this stream; what it does not understand falls back, the period to `preset`."""
        known = (*EVENT_CLASSES, *stream.dimensions)
        part = read_slice(str(params.get("slice", "")))
        first, last = read_date(params.get("start")), read_date(params.get("end"))
        asked = _one_of(params.get("period"), get_args(Preset), preset)
        as_of = read_as_of(params.get("as_of"))
        if asked == "custom" and not (first and last and (as_of is None or first <= as_of)):
            asked = preset
        top = str(params.get("top", ""))
        return cls(
            stream=stream.key,
            measure=_one_of(params.get("measure"), MEASURES, "count"),
            by=_one_of(params.get("by"), known, "category"),
            slice=tuple((name, value) for name, value in part if name in known),
            preset=asked,
            first=first if asked == "custom" else None,
            last=last if asked == "custom" else None,
            compare=_one_of(params.get("compare"), COMPARISONS, "previous"),
            opened=params.get("open") == "other",
            top=min(int(top), _MOST) if top.isdecimal() and len(top) < 6 and int(top) else TOP,
            as_of=as_of,
        )

    def question(self, stream: Stream, today: dt.date) -> ParetoQuestion:
        """What is asked of the store; `today`: the day at the site, in whose place the date of the view stands."""
        today = self.as_of or today
        first, last = (self.first, self.last) if self.preset == "custom" else preset_days(self.preset, today, stream)
        compare: Comparison = "none" if self.preset == "all" else self.compare
        return ParetoQuestion(
            self.stream, self.measure, self.by, self.slice, first, last, compare, self.top, self.as_of
        )

    def into(self, stream: Stream, name: str, *, divided: bool) -> ParetoView:
        """One step down: only `name`, ranked by what comes next. `divided`: there are subcategories."""
        part = {**dict(self.slice), self.by: name}
        steps = ["category", *(["subcategory"] if divided else []), *stream.dimensions]
        following = next((step for step in steps if step not in part), self.by)
        return replace(self, slice=slice_of(part), by=following, opened=False)


def first_stream(params: Mapping[str, Any], catalog: Catalog) -> Stream | None:
    """The stream that a link asks for, else the first one; None where there is none."""
    asked = next((stream for stream in catalog.streams if stream.key == params.get("stream")), None)
    return asked or next(iter(catalog.streams), None)


def usual_preset(reach: tuple[dt.date, dt.date] | None, today: dt.date) -> Preset:
    """The last 28 days where they hold something, else everything."""
    recent = reach is not None and reach[1] >= today - 28 * _DAY and reach[0] < today
    return "28d" if recent else "all"


def preset_days(preset: Preset, today: dt.date, stream: Stream) -> tuple[dt.date | None, dt.date | None]:
    """First and last day of a preset; whole days, so today counts only where the period has no other. All: no ends."""
    yesterday = today - _DAY
    if preset in ("7d", "28d", "90d"):
        return today - int(preset[:-1]) * _DAY, yesterday
    if preset == "month":
        first = today.replace(day=1)
    elif preset == "year":
        month, day = stream.calendar.fiscal_year_start
        first = dt.date(today.year - ((today.month, today.day) < (month, day)), month, day)
    else:
        return None, None
    return first, max(first, yesterday)


def _one_of(asked: object, known: tuple[Any, ...], otherwise: Any) -> Any:
    return asked if asked in known else otherwise
