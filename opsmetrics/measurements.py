"""The shapes of the fact tables, of a checked batch and of its receipt.

All instants are naive timestamps in UTC. The n-th sample of a series without a calendar (grain `sample`) is
stored as the n-th quarter-hour of 1970, so that the engine's quarter-hour sums keep one sample per bin.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

EPOCH = dt.datetime(1970, 1, 1)
BIN = dt.timedelta(minutes=15)

COUNT_VALUES = ("numerator", "denominator")
READING_VALUES = ("value",)
EVENT_VALUES = ("category", "subcategory", "count", "cost", "minutes")
STATE_VALUES = ("category", "subcategory", "cost")

_EVENTS = "events:"


def sample_to_stamp(number: int) -> dt.datetime:
    """The instant under which sample `number` is stored."""
    return EPOCH + number * BIN


def stamp_to_sample(stamp: dt.datetime) -> int:
    """The sample number behind a stored instant."""
    return round((stamp - EPOCH) / BIN)


def events_key(stream: str) -> str:
    """What stands for a stream among the KPIs of spans and batches: 'events:stops'."""
    return f"{_EVENTS}{stream}"


def stream_of(key: str) -> str | None:
    """The stream behind `events_key`, None for the key of a KPI."""
    return key.removeprefix(_EVENTS) if key.startswith(_EVENTS) else None


def counts_schema(dimensions: tuple[str, ...]) -> pa.Schema:
    """Arrow schema of a stream of counts: kpi, observed_at, the dimensions, numerator, denominator."""
    return _schema(dimensions, [("numerator", pa.float64()), ("denominator", pa.float64())])


def readings_schema(dimensions: tuple[str, ...]) -> pa.Schema:
    """Arrow schema of a stream of readings: kpi, observed_at, the dimensions, sample, value."""
    return _schema(dimensions, [("sample", pa.int64()), ("value", pa.float64())])


def events_schema(dimensions: tuple[str, ...]) -> pa.Schema:
    """Arrow schema of a stream of events: stream, observed_at, the dimensions, category and subcategory ('': none was
    given), count (null: one), cost, minutes (null: not known, or not closed yet), reference (null: none)."""
    numbers = [(name, pa.float64()) for name in ("count", "cost", "minutes")]
    texts = [(name, pa.string()) for name in ("category", "subcategory")]
    return _schema(dimensions, [*texts, *numbers, ("reference", pa.string())], of="stream")


def states_schema(dimensions: tuple[str, ...]) -> pa.Schema:
    """Arrow schema of the records of a log of states: stream, observed_at, the dimensions, what an outage that begins
    here carries (STATE_VALUES), _unit (whose state it is), _state (the word), _down (it means down), _line (their
    order)."""
    told = [("category", pa.string()), ("subcategory", pa.string()), ("cost", pa.float64())]
    state = [("_unit", pa.string()), ("_state", pa.string()), ("_down", pa.bool_()), ("_line", pa.int64())]
    return _schema(dimensions, [*told, *state], of="stream")


def _schema(dimensions: tuple[str, ...], values: list[tuple[str, pa.DataType]], of: str = "kpi") -> pa.Schema:
    fields: list[tuple[str, pa.DataType]] = [(of, pa.string()), ("observed_at", pa.timestamp("us"))]
    fields += [(name, pa.string()) for name in dimensions]
    return pa.schema(fields + values)


@dataclass(frozen=True, eq=False)
class Facts:
    """A stream of checked facts that can be read more than once: `reader()` opens a fresh one.

    The schema is `counts_schema`, `readings_schema`, `events_schema` or `states_schema` for ALL dimensions of the
    catalogue, in its order (null where the KPI or stream does not use the dimension); texts may come as dictionaries.
    """

    rows: int
    reader: Callable[[], pa.RecordBatchReader]
    reach: tuple[dt.datetime, dt.datetime] | None = None  # first and last instant, in UTC; None: not known before


def no_events() -> Facts:
    """The events of a batch that brings none."""
    return Facts(0, lambda: pa.RecordBatchReader.from_batches(events_schema(()), []))


def no_states() -> Facts:
    """The records of states of a batch that brings none."""
    return Facts(0, lambda: pa.RecordBatchReader.from_batches(states_schema(()), []))


@dataclass(frozen=True)
class Span:
    """The stretch of time that a batch covers for one KPI, half open, in UTC, and who reported in it.

    For events `kpi` is `events_key(stream)`. `replaces` says that the batch states ALL events of the stream in this
    time (of its reporters, where the stream is reported by somebody): stored ones without a reference give way.
    `states`: from the first to the last record of a log of states; what that tells of each unit follows from the
    records of all batches in force (`Store.covered`).
    """

    kpi: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    reporters: tuple[str, ...] = ()
    replaces: bool = False
    states: bool = False


def any_twice(hashes: npt.ArrayLike) -> bool:
    """True where two rows may be equal, because their hashes are; False is certain. Sorting the hashes takes a fifth of
    the time of grouping by them. An array that may be written to is sorted in place."""
    found = np.asarray(hashes)
    found = found if found.flags.writeable else found.copy()
    found.sort()
    return bool((found[1:] == found[:-1]).any())


def counted(n: int, one: str, many: str) -> str:
    """The wording for so many things, `{n}` written with thousands parted: "1 file was", "2,340 files were"."""
    return (one if n == 1 else many).format(n=f"{n:,}")


@dataclass(frozen=True)
class Notice:
    """A warning with a stable code and one sentence for a person; answer: what may be answered to it with the file, as
    code and choice, None where nothing can."""

    code: str
    text: str
    answer: tuple[str, str] | None = None

    def as_dict(self) -> dict[str, str]:
        """Its JSON: code, text, and answer (as the command line takes it) where there is one."""
        told = {"code": self.code, "text": self.text}
        return told if self.answer is None else {**told, "answer": "=".join(self.answer)}

    @staticmethod
    def counting(code: str, n: int, one: str, many: str) -> Notice:
        """A warning about so many things, as `counted`."""
        return Notice(code, counted(n, one, many))


@dataclass(frozen=True)
class Tally:
    """What became of each record of a file: the five parts add up to `records`."""

    records: int
    rows: int
    rejected: int = 0
    missing: int = 0
    duplicates: int = 0
    skipped: int = 0

    def adds_up(self) -> bool:
        """True where loaded + rejected + missing + duplicates + skipped equals the records."""
        return self.rows + self.rejected + self.missing + self.duplicates + self.skipped == self.records

    def as_dict(self) -> dict[str, int]:
        """The numbers with the names of a receipt."""
        return {
            "records": self.records,
            "rows": self.rows,
            "rows_rejected": self.rejected,
            "rows_missing": self.missing,
            "rows_duplicate_dropped": self.duplicates,
            "rows_skipped": self.skipped,
        }


@dataclass(frozen=True)
class ReadAs:
    """How a file was read, so that some of its records can be read again as they were, once they are mended.

    header: names of its columns, made distinct; raw: as they stand in the file, () where it has no header; units: below
    them. delimiter and quote: of the texts of its rejects. template: as TOML, with all that was found out or answered;
    version: of the template that it was read by; answers: question → choice. whole: why single records of it cannot be
    loaded alone, "" where they can. styles: what of the dates and numbers → how it is written.
    """

    header: tuple[str, ...]
    raw: tuple[str, ...]
    units: tuple[str, ...]
    delimiter: str
    quote: str
    template: str
    version: str
    answers: Mapping[str, str] = field(default_factory=dict, hash=False)
    whole: str = ""
    styles: Mapping[str, str] = field(default_factory=dict, hash=False)
    remembered: str = ""  # the template as TOML with what was answered, where that is to be kept; not stored


@dataclass(frozen=True)
class Mends:
    """Which rejected records of an earlier batch a file states again, by their numbers in it: those that are settled
    once it is loaded, and for each reject of the file the one that it still is (None: of none)."""

    batch: int
    settled: tuple[int, ...]
    still: tuple[int | None, ...] = ()


@dataclass(frozen=True)
class Mended:
    """What a load settled of the rejects of an earlier batch: now, in all, and how many are left."""

    batch: int
    now: int
    settled: int
    left: int


@dataclass(frozen=True, eq=False)
class Batch:
    """A checked file (or typed screen), ready to be compared with the store and committed.

    `rejects` has the columns line (int), text (the record as it stands in the file), column, code, reason, mend.
    """

    source: str
    fingerprint: str
    dimensions: tuple[str, ...]
    counts: Facts
    readings: Facts
    tally: Tally
    spans: tuple[Span, ...]
    rejects: pd.DataFrame
    warnings: tuple[Notice, ...] = ()
    template: str | None = None
    note: str = ""
    events: Facts = field(default_factory=no_events)
    states: Facts = field(default_factory=no_states)  # the store makes outages of them
    read_as: ReadAs | None = None  # None: typed
    mends: Mends | None = None


@dataclass(frozen=True, eq=False)
class Diff:
    """What a commit would change. `changes` has kpi, observed_at, the dimensions, column values old and new
    (old_numerator, new_numerator … or old_value, new_value), old_batch; at most `limit` rows of each table.

    `removed` counts events that the file takes away: it states all of their time, or its states leave no such outage.
    `event_changes` has one row for each event updated or removed: change ('updated', 'removed'), stream, reference,
    then old_… and new_… of observed_at, the dimensions and EVENT_VALUES (new_… null where removed), old_batch; at most
    `limit` of each. `warnings`: what is unusual about the batch beside what is stored.
    """

    new: int
    updated: int
    unchanged: int
    changes: pd.DataFrame
    removed: int = 0
    event_changes: pd.DataFrame = field(default_factory=pd.DataFrame)
    warnings: tuple[Notice, ...] = ()


@dataclass(frozen=True, eq=False)
class Receipt:
    """What a commit did. `batch` is None where nothing was new and so no batch was opened."""

    batch: int | None
    at: dt.datetime
    by: str
    source: str
    fingerprint: str
    tally: Tally
    new: int
    updated: int
    unchanged: int
    spans: tuple[Span, ...]
    warnings: tuple[Notice, ...]
    rejects: pd.DataFrame
    data_version: int
    removed: int = 0  # events that it took away
    mended: Mended | None = None

    def as_dict(self) -> dict[str, Any]:
        """The receipt with the names that the command line prints."""
        return {
            "outcome": "accept_with_rejects" if self.tally.rejected else "accept",
            "batch": self.batch,
            "at": self.at.isoformat(),
            "by": self.by,
            "source": self.source,
            "fingerprint": self.fingerprint,
            **self.tally.as_dict(),
            "reject_lines": [int(line) for line in self.rejects["line"]],
            "warnings": [w.as_dict() for w in self.warnings],
            "new": self.new,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "removed": self.removed,
            "spans": [
                {
                    "kpi": s.kpi,
                    "from": s.starts_at.isoformat(),
                    "to": s.ends_at.isoformat(),
                    "reporters": list(s.reporters),
                }
                for s in self.spans
            ],
            "mends": None if self.mended is None else asdict(self.mended),
            "data_version": self.data_version,
        }


@dataclass(frozen=True)
class Later:
    """A batch in force that has overwritten values of an earlier one: so many of them stay when that is undone."""

    batch: int
    source: str
    at: dt.datetime
    by: str
    values: int

    @property
    def text(self) -> str:
        """Which batch it is, for a person."""
        return f"batch {self.batch} ({self.source}, {self.at:%Y-%m-%d %H:%M} UTC, {self.by})"


@dataclass(frozen=True)
class UndoReceipt:
    """What an undo did or would do: values (or events) put back, facts removed, and values kept because later batches
    own them."""

    batch: int
    restored: int
    removed: int
    kept: int
    data_version: int
    warnings: tuple[Notice, ...] = field(default=())
    later: tuple[Later, ...] = ()
