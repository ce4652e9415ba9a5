"""What each column of a file means and which quantities a record states, before and after KPIs are looked up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from opsmetrics.ingest.event_plan import EventPlan
from opsmetrics.ingest.faults import Fault

#: Text role of long files: the quantity that a record states.
METRIC = "metric"

#: Earliest day that is taken for a record's own; older ones are slips of the pen.
EARLIEST = dt.date(1970, 1, 1)


@dataclass(frozen=True)
class Measure:
    """One quantity that a record states.

    `columns` are number roles: (value,) for a reading, (numerator,) or (numerator, denominator) for a count.
    `keyed_by` are the text roles that, with the instant, tell its facts apart; None: facts have no key (events).
    In long files `metrics` are the texts of the metric column that mean this quantity (None: every record).
    """

    key: str
    columns: tuple[str, ...]
    keyed_by: tuple[str, ...] | None = ()
    metrics: tuple[str, ...] | None = None
    alone: bool = False  # no record of the file states another measure: its metric need not be looked at
    counted: bool = False  # a count: never negative
    share: bool = False  # the numerator is part of the denominator
    rate: bool = False  # the first number is a share of the second, of which the numerator follows
    low: float | None = None  # of the value, in stored units
    high: float | None = None
    reading: int | None = None  # its number among those of the record, which have columns of their own
    numbered: bool = False  # readings of one instant are numbered in file order
    added: bool = False  # counts of one key are added up
    fed: bool = False  # only the denominator is stated here: events give the numerator
    signed: bool = False  # its first number may be negative
    unit: str = ""  # in which its first number is shown, where the KPI says
    multiplier: float = 1.0  # stored times this is shown
    percent: float = 100.0  # what "100 %" is divided by: 1 where the values are themselves in per cent


@dataclass(frozen=True)
class Meaning:
    """What a file's records state: their measures, the metric texts that are refused (text → why), the zones.

    `time_zone` is that of stamps without an offset, `day_zone` that of dates without a time; None: as written.
    """

    measures: tuple[Measure, ...]
    refused: Mapping[str, Fault] = field(default_factory=dict)
    time_zone: str | None = None
    day_zone: str | None = None

    @property
    def named(self) -> Mapping[str, str]:
        """Metric text → key of its measure."""
        return {text: measure.key for measure in self.measures for text in measure.metrics or ()}

    @property
    def joint(self) -> tuple[Measure, ...]:
        """The measures once the metric column holds their keys: those that obey the same rules are taken together,
        so that a long file of a hundred KPIs is checked in one scan, not in a hundred."""
        groups: dict[Measure, list[str]] = {}
        for measure in self.measures:
            alike = measure if measure.metrics is None else replace(measure, key="", metrics=())
            groups.setdefault(alike, []).append(measure.key)
        alone = len(groups) == 1
        return tuple(
            alike if alike.metrics is None else replace(alike, metrics=tuple(keys), alone=alone)
            for alike, keys in groups.items()
        )


@dataclass(frozen=True)
class Layout:
    """Roles of a file's columns, by position in the sheet.

    Exactly one of `time` and `point` is given: a column of dates or stamps, or of sample numbers (`in_order`: any
    column read, for the records themselves are numbered).
    """

    meaning: Callable[[Sequence[str]], Meaning]  # from the texts of the metric column (none: no such column)
    texts: Mapping[str, int]  # dimension key, METRIC or a text of events (event_plan) → column
    numbers: Mapping[str, int]  # number role → column
    time: int | None = None
    point: int | None = None
    in_order: bool = False  # the sample number is that of the record in the file
    reading: int | None = None  # number of a reading among those of one instant
    decimal: str | None = None
    thousands: str | None = None
    date_order: str | None = None
    year_start: tuple[int, int] | None = None  # month and day on which years of business begin, where it is known
    bound: bool = False  # `date_order` is that of another column of this file, and not asked about
    end: int | None = None  # the stamp at which an event closed
    parts: tuple[int, ...] = ()  # year, month and perhaps day, of which the first is `time`
    apart: int | None = None  # a shift or a time that is not read, by which records of one key may differ
    clock: int | None = None  # the time of day, beside a date
    offset: int | None = None  # its offset from UTC, or its zone
    flags: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # number role that may be yes or no → words
    records: frozenset[str] = frozenset()  # number roles that are 1 in each record; their column says nothing
    pairs: Mapping[str, int] = field(default_factory=dict)  # number role → 1 or 2: which of two counts in one cell
    adds: bool = False  # counts of one key are added up
    lasting: frozenset[str] = frozenset()  # those of `records` that are the minutes from time to end instead
    events: EventPlan | None = None
    aliases: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # dimension → name → the one that it means

    @property
    def measured(self) -> Mapping[str, int]:
        """The number roles whose cells are read as numbers."""
        apart = {role for role, words in self.flags.items() if words} | self.records | set(self.pairs)
        return {role: column for role, column in self.numbers.items() if role not in apart}

    @property
    def instant(self) -> tuple[int, ...]:
        """The columns that say when, in the order in which they are joined."""
        first = self.parts or ((self.time,) if self.time is not None else ())
        return tuple(dict.fromkeys([*first, *(c for c in (self.clock, self.offset) if c is not None)]))

    @property
    def series(self) -> tuple[str, ...]:
        """The text roles that tell records apart: not what is said about one event."""
        return tuple(role for role in self.texts if not role.startswith("@"))

    @property
    def columns(self) -> tuple[int, ...]:
        """All columns read, each once: time or point, reading, end, texts, numbers."""
        first = [
            c
            for c in (self.time, self.point, self.reading, self.end, self.clock, self.offset, self.apart)
            if c is not None
        ]
        return tuple(dict.fromkeys([*first, *self.parts, *self.texts.values(), *self.numbers.values()]))

    def cell(self, column: int) -> str:
        """The name of a column's cleaned cell in the scratch database."""
        return f"c{self.columns.index(column)}"

    @property
    def tells_equals(self) -> bool:
        """True where each of several equal records counts, which is worth a word: events without a reference, counts
        that are added up."""
        return self.adds if self.events is None else not self.events.named

    def text_name(self, role: str) -> str:
        """The name of a text role's column in the stage."""
        return f"x{list(self.texts).index(role)}"

    def number_name(self, role: str) -> str:
        """The name of a number role's column in the stage."""
        return f"n{list(self.numbers).index(role)}"

    def percent_name(self, role: str) -> str:
        """The name of the stage's column that says whether a number was written with a per cent sign."""
        return f"p{list(self.numbers).index(role)}"

    def unit_name(self, role: str) -> str:
        """The name of the stage's column that says what a number was counted by."""
        return f"u{list(self.numbers).index(role)}"
