"""The schema of a catalogue as data: every key with its type, default and meaning. docs/catalogue.md shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from opsmetrics.catalog import values
from opsmetrics.catalog.formula import parse_formula
from opsmetrics.catalog.model import GRAINS, Kind
from opsmetrics.catalog.names import CHARTS, KINDS, MEASURES, ROLES, STATISTICS
from opsmetrics.catalog.problems import NotUnderstood, listed

REQUIRED = "required"


@dataclass(frozen=True)
class Field:
    """One key of a table: how it is read, what it may hold (`wanted`), its default and its meaning, in words.

    `kinds` limits the key to KPIs of those kinds; () is all of them.
    """

    key: str
    read: values.Reader
    wanted: str
    default: str
    meaning: str
    kinds: tuple[Kind, ...] = ()

    @property
    def required(self) -> bool:
        """True where the key has no default."""
        return self.default == REQUIRED


def _tables(value: Any) -> list[dict[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise NotUnderstood("a list of tables", "Write it as [{…}, {…}].")
    return value


def _table(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise NotUnderstood("a table", 'Write it as {stream = "stops"}.')
    return value


def _formula(value: Any) -> str:
    """The text of a formula that can be read."""
    text = values.some_text(value)
    parse_formula(text)
    return text


def _target(value: Any) -> tuple[float | None, float | None, float | None]:
    """(value, low, high) from a number or [low, high]."""
    if not isinstance(value, list):
        return values.number(value), None, None
    if len(value) != 2:
        raise NotUnderstood("two numbers, [low, high]", "Write a range as [18, 24].")
    low, high = (values.number(item) for item in value)
    return None, low, high


def _target_value(value: Any) -> float | None:
    return None if value == "none" else values.number(value)


#: What a catalogue file may hold at its top.
TABLES = ("dimensions", "calendars", "streams", "kpis")

CALENDAR = (
    Field("time_zone", values.time_zone, "name of an IANA time zone", '"UTC"', "The site's own clock."),
    Field("week_start", values.weekday, "weekday", '"monday"', "The first day of the site's week."),
    Field(
        "fiscal_year_start",
        values.month_day,
        '"MM-DD", day 01 to 28',
        '"01-01"',
        "The first day of the fiscal year; quarters are counted from it.",
    ),
    Field("shifts", _tables, "list of {name, starts}", "[]", "The day's shifts; each ends where the next one starts."),
    Field("closed_weekdays", values.weekdays, "list of weekdays", "[]", "Days of the week without work."),
    Field("closed_dates", values.days, "list of dates", "[]", "Single days without work."),
    Field(
        "holidays",
        values.days,
        "list of dates",
        "[]",
        "Days, past and to come, that are worked and unlike others; a forecast learns their effect.",
    ),
)

SHIFT = (
    Field("name", values.some_text, "text", REQUIRED, "What the shift is called."),
    Field("starts", values.quarter_hour, '"HH:MM" on a quarter-hour', REQUIRED, "Local time at which it starts."),
)

TARGET = (
    Field("from", values.day, "date", "since ever", "The first day on which the target is in force."),
    Field("value", _target_value, 'number or "none"', "–", 'The target; "none" from the day on which there is none.'),
    Field("low", values.number, "number", "–", "The low end of a target range."),
    Field("high", values.number, "number", "–", "The high end of a target range."),
)

STREAM = (
    Field("name", values.some_text, "text", REQUIRED, "What the stream is called everywhere; no two share a name."),
    Field("dimensions", values.keys, "list of dimensions", "[]", "The dimensions that its events carry."),
    Field("category", values.some_text, "text", '"Category"', "What the category is called here, such as Reason."),
    Field("subcategory", values.some_text, "text", '"Subcategory"', "What the subcategory is called here."),
    Field("unit", values.some_text, "text", '"events"', "What the events are called, in the plural."),
    Field("cost_unit", values.text, "text", '""', "The unit of their cost, such as €."),
    Field("weights", values.weights, "table of numbers above 0", "{}", "What an event of a category weighs; else 1."),
    Field("reported_by", values.some_text, "one of its dimensions", "none",
          "The dimension whose values report on their own."),
    Field("calendar", values.some_text, "key of a calendar", '"default"', "The calendar of its dates and times."),
)  # fmt: skip

EVENTS = (
    Field("stream", values.some_text, "key of a stream", REQUIRED, "The stream whose events feed the KPI."),
    Field("measure", values.choice(MEASURES), listed(MEASURES), '"count"', "What of them is added."),
    Field("categories", values.texts, "list of texts", "[]", "Only events of these categories; [] is all."),
    Field("role", values.choice(ROLES), listed(ROLES), '"numerator"',
          "The numerator itself, or minutes taken off the scheduled ones."),
)  # fmt: skip

_COUNTED: tuple[Kind, ...] = ("proportion", "rate", "count", "ratio", "rare")
_DIVIDED: tuple[Kind, ...] = ("proportion", "rate", "ratio")
_BOUNDED: tuple[Kind, ...] = ("rate", "count", "ratio", "measured", "rare", "derived")
_OPERATE = ("sample", "shift", "day", "week", "month")
_LEAD = ("week", "month", "quarter")
_CHARTS = tuple(dict.fromkeys(chart for charts in CHARTS.values() for chart in charts))

_MEANING = (
    Field("name", values.some_text, "text", REQUIRED, "What the KPI is called everywhere; no two share a name."),
    Field("kind", values.choice(KINDS), listed(KINDS), REQUIRED, "What is measured, and so how it adds up."),
    Field("better", values.choice(("higher", "lower", "neither")), "higher, lower or neither", REQUIRED,
          "Which way is good; neither goes with a target range."),
    Field("description", values.text, "text", '""', "How it is counted, in a sentence."),
    Field("owner", values.text, "text", '""', "Who answers for it."),
    Field("category", values.text, "text", '""', "The heading under which it stands, such as Quality."),
    Field("parent", values.some_text, "key of a KPI", "none", "The KPI of which this one is a part."),
)  # fmt: skip

_VALUE = (
    Field("unit", values.text, "text", '""', "The unit that is shown, such as % or min."),
    Field("multiplier", values.above_zero, "number above 0", '100 where the unit is "%" and the KPI a quotient, else 1',
          "Turns stored values into the shown unit: a proportion is stored as a fraction and shown in %."),
    Field("decimals", values.decimals, "whole number, 0 to 6", "1", "Decimals that are shown."),
    Field("numerator", values.some_text, "text", "none", "What is counted, such as breaches.", _COUNTED),
    Field("denominator", values.some_text, "text", "none", "Out of what, such as attendances.", _DIVIDED),
    Field("statistic", values.choice(STATISTICS), listed(STATISTICS), '"mean"',
          "How the readings of a period become one value.", ("measured",)),
    Field("within", values.number, "number, unit of the readings", "none",
          "The limit of share_within: readings at it or below count.", ("measured",)),
    Field("formula", _formula, "text", "none", "How it follows from other KPIs, by their keys.", ("derived",)),
    Field("events", _table, "table", "none", "The events that feed the KPI.", _COUNTED),
    Field("lower_bound", values.number, "number, shown unit", "0 for counts, else none",
          "The lowest possible value; a share has its own.", _BOUNDED),
    Field("upper_bound", values.number, "number, shown unit", "none",
          "The highest possible value; a share has its own.", _BOUNDED),
    Field("cost_per_unit", values.not_negative, "number, 0 or more", "none", "What one unit too many costs."),
)  # fmt: skip

_GOAL = (
    Field("target", _target, "number or [low, high], shown unit", "none",
          'The target since ever. A range needs better = "neither".'),
    Field("targets", _tables, "list of {from, value} or {from, low, high}", "none",
          "Targets with the day from which each is in force, in place of `target`."),
    Field("spec_lower", values.number, "number, shown unit", "none", "Lower specification limit of one reading.",
          ("measured",)),
    Field("spec_upper", values.number, "number, shown unit", "none", "Upper specification limit of one reading.",
          ("measured",)),
)  # fmt: skip

_PARTS = (
    Field("dimensions", values.keys, "list of dimensions", "[]",
          "By what its measurements are told apart; with the time they form the key of a row."),
    Field("reported_by", values.some_text, "one of its dimensions", "none",
          "The dimension whose values report on their own; a period counts once all of them are in."),
    Field("watch", values.slices, "list of {dimension = value}", "[{}]", "Slices shown on Today; {} is the whole KPI."),
    Field("watch_by", values.keys, "list of its dimensions", "[]", "One slice on Today for each value of these."),
)  # fmt: skip

_TIME = (
    Field("operate", values.choice(_OPERATE), listed(_OPERATE), '"day"', "The period in which the KPI is run."),
    Field("lead", values.choice(_LEAD), listed(_LEAD), "none", "The coarser period in which it is reviewed."),
    Field("recorded", values.choice(GRAINS), listed(GRAINS), "the operate grain",
          "How often a row without a time of day is written."),
    Field("calendar", values.some_text, "key of a calendar", '"default"', "The calendar that makes its periods."),
    Field("expected_after", values.duration, 'time such as "6h", "30min" or "1d 6h"', "none",
          "Data are late this long after the end of a period."),
)  # fmt: skip

_CHART = (
    Field("chart", values.choice(_CHARTS), listed(_CHARTS), "chosen from the data", "Pins the chart kind."),
    Field("rules", values.rules, "name of a rule set, or list of rules", "by grain",
          "The run rules that decide the verdict; lengths may be your own."),
)  # fmt: skip

KPI: tuple[Field, ...] = _MEANING + _VALUE + _GOAL + _PARTS + _TIME + _CHART

#: Quotients are shown in per cent by a factor of 100; readings in per cent are stored as they are written.
_PER_CENT_KINDS: tuple[Kind, ...] = ("proportion", "ratio", "derived")


def default_multiplier(kind: str | None, unit: str, statistic: str | None = None) -> float:
    """The factor from stored to shown values where the definition gives none."""
    quotient = kind in _PER_CENT_KINDS or (kind == "measured" and statistic == "share_within")
    return 100.0 if unit == "%" and quotient else 1.0
