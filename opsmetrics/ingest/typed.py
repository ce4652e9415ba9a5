"""Numbers typed by a person: the same checks and the same batch as for a file."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pyarrow as pa

from opsmetrics.catalog import Catalog, Kpi, period_start
from opsmetrics.ingest import zones
from opsmetrics.ingest.layout import EARLIEST
from opsmetrics.ingest.plan import needed_parts
from opsmetrics.ingest.problems import IngestRefused
from opsmetrics.ingest.rejects import rejects_frame
from opsmetrics.ingest.spans import next_start, period_bounds, recorded_grain
from opsmetrics.measurements import BIN, Batch, Facts, Span, Tally, counts_schema, readings_schema, sample_to_stamp

SOURCE = "typed"


@dataclass(frozen=True)
class TypedRow:
    """One typed record. `at` is a day or a local time at the KPI's site, or a sample number."""

    kpi: str
    at: dt.date | dt.datetime | int
    dimensions: Mapping[str, str] = field(default_factory=dict)
    numerator: float | None = None
    denominator: float | None = None
    value: float | None = None
    note: str = ""
    sample: int = 0  # number of the reading among those of one instant


@dataclass(frozen=True)
class TypedProblem:
    """What is wrong with one typed record; `row` counts from 0."""

    row: int
    code: str
    found: str
    wanted: str
    mend: str


class TypedRefused(IngestRefused):
    """Typed records that cannot be stored: all problems at once."""

    def __init__(self, problems: Sequence[TypedProblem]) -> None:
        self.problems = tuple(problems)
        first = problems[0]
        others = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        super().__init__(first.code, f"row {first.row + 1}: {first.found}{others}", first.wanted, first.mend)


@dataclass(frozen=True)
class _Fact:
    kpi: Kpi
    observed_at: dt.datetime
    dimensions: tuple[tuple[str, str], ...]
    values: tuple[float | None, ...]
    sample: int = 0

    @property
    def key(self) -> tuple[object, ...]:
        return self.kpi.key, self.observed_at, self.dimensions, self.sample


def typed_batch(
    rows: Sequence[TypedRow], catalog: Catalog, *, by_note: str = "", now: dt.datetime | None = None
) -> Batch:
    """A batch of typed records. `now` (UTC, default: the present) bounds plausible times and dates the entry.

    Raises TypedRefused with every problem of every row, IngestRefused (`no_rows`).
    """
    instant = now or dt.datetime.now(dt.UTC).replace(tzinfo=None)
    if not rows:
        raise IngestRefused("no_rows", "nothing was typed", "at least one value", "type a value")
    problems = [p for number, row in enumerate(rows) for p in _problems(number, row, catalog, instant)]
    if problems:
        raise TypedRefused(problems)
    facts = [_fact(row, catalog) for row in rows]
    kept, clashes = _without_repeats(facts)
    if clashes:
        raise TypedRefused(clashes)
    dims = catalog.dimension_keys
    return Batch(
        source=SOURCE,
        fingerprint=_fingerprint(kept, instant),
        dimensions=dims,
        counts=_table([f for f in kept if f.kpi.counts], counts_schema(dims)),
        readings=_table([f for f in kept if not f.kpi.counts], readings_schema(dims)),
        tally=Tally(records=len(facts), rows=len(kept), duplicates=len(facts) - len(kept)),
        spans=tuple(_spans(rows, catalog)),
        rejects=rejects_frame(),
        note="; ".join(dict.fromkeys(text for text in (by_note, *(row.note for row in rows)) if text)),
    )


def _problems(number: int, row: TypedRow, catalog: Catalog, now: dt.datetime) -> list[TypedProblem]:
    if row.kpi not in catalog:
        mend = "correct it, or add the KPI to the catalogue"
        return [TypedProblem(number, "unknown_kpi", f"no KPI '{row.kpi}'", "the key of a KPI", mend)]
    kpi = catalog[row.kpi]
    found = [*_time_problems(row, kpi, now), *_key_problems(row, kpi), *value_problems(row, kpi)]
    return [TypedProblem(number, code, what, wanted, mend) for code, what, wanted, mend in found]


def _time_problems(row: TypedRow, kpi: Kpi, now: dt.datetime) -> Iterable[tuple[str, str, str, str]]:
    if isinstance(row.at, int):
        if kpi.operate != "sample":
            yield "needs_time", f"sample number {row.at} for {kpi.name}", "a date", "give the day of the record"
        elif not 0 <= row.at < 10_000_000:
            yield "bad_sample", f"sample number {row.at}", "a whole number from 0 on", "correct the number"
        return
    if kpi.operate == "sample":
        yield "needs_time", f"a date for {kpi.name}", "a sample number", "give the number of the sample"
        return
    stamp = _local(row.at)
    if stamp.tzinfo is not None:
        yield "offset", f"the time {stamp} with an offset", "a local time at the site", "leave the offset out"
    elif stamp.date() < EARLIEST or zones.to_utc(stamp, kpi.calendar.time_zone) > now:
        yield "implausible_date", f"'{row.at}' lies before 1970 or in the future", "a day that has begun", "correct it"
    elif isinstance(row.at, dt.datetime) and not zones.exists(stamp, kpi.calendar.time_zone):
        wanted = "a time that exists at the site"
        yield "nonexistent_local_time", f"'{row.at}' does not exist: clocks were put forward", wanted, "correct it"


def _key_problems(row: TypedRow, kpi: Kpi) -> Iterable[tuple[str, str, str, str]]:
    for key in kpi.dimensions:
        if not str(row.dimensions.get(key, "")).strip():
            yield "empty_key", f"no {key} for {kpi.name}", "a value for each dimension of its key", f"give the {key}"
    for key in row.dimensions:
        if key not in kpi.dimensions:
            yield (
                "unknown_dimension",
                f"{kpi.name} is not told apart by {key}",
                "its own dimensions",
                f"leave {key} out",
            )


def value_problems(row: TypedRow, kpi: Kpi) -> Iterable[tuple[str, str, str, str]]:
    """What is wrong with the numbers of one record: code, found, wanted, mend of each."""
    needed = needed_parts(kpi)
    if not needed:
        from_ = "other KPIs" if kpi.kind == "derived" else "events"
        yield "not_recorded", f"{kpi.name} follows from {from_}", "a KPI that is recorded itself", "leave it out"
        return
    for name in ("value", "numerator", "denominator"):
        value = getattr(row, name)
        if name in needed and value is None:
            yield "missing_value", f"no {name} for {kpi.name}", f"a {name}", f"type the {name}"
        elif value is not None and name not in needed and not _may_have(kpi, name):
            yield "surplus_value", f"a {name} for {kpi.name}", " and ".join(needed), f"leave the {name} out"
        elif value is not None and not math.isfinite(value):
            yield "not_a_number", f"the {name} {value}", "a finite number", "correct it"
        elif value is not None and kpi.counts and value < 0 and not _signed(kpi, name):
            yield "negative_count", f"the {name} {value:g} is negative", "a count from 0 on", "correct it"
    part, whole = row.numerator, row.denominator
    if kpi.kind == "proportion" and part is not None and whole is not None and part > whole:
        yield "numerator_exceeds", f"{part:g} of {whole:g}", "at most the denominator", "correct one of the two"
    low, high = kpi.reading_bounds
    if not kpi.counts and row.value is not None and math.isfinite(row.value):
        outside = (low is not None and row.value < low) or (high is not None and row.value > high)
        if outside:
            wanted = f"a value that {kpi.name} can take"
            yield "out_of_bounds", f"the value {row.value:g} lies outside its bounds", wanted, "correct it"


def _may_have(kpi: Kpi, name: str) -> bool:
    """A count or rare event may state what it is counted in."""
    return kpi.counts and kpi.events is None and name == "denominator"


def _signed(kpi: Kpi, name: str) -> bool:
    return name == "numerator" and kpi.kind == "ratio" and kpi.lower_bound is not None and kpi.lower_bound < 0


def _local(at: dt.date | dt.datetime) -> dt.datetime:
    return at if isinstance(at, dt.datetime) else dt.datetime.combine(at, dt.time())


def _fact(row: TypedRow, catalog: Catalog) -> _Fact:
    kpi = catalog[row.kpi]
    if isinstance(row.at, int):
        observed = sample_to_stamp(row.at)
    else:
        observed = zones.to_utc(_local(row.at), kpi.calendar.time_zone)
    dimensions = tuple((key, str(row.dimensions[key]).strip()) for key in kpi.dimensions)
    counted = (0.0 if kpi.events else row.numerator, row.denominator)
    values = counted if kpi.counts else (row.value,)
    return _Fact(kpi, observed, dimensions, values, 0 if kpi.counts else row.sample)


def _without_repeats(facts: Sequence[_Fact]) -> tuple[list[_Fact], list[TypedProblem]]:
    """Facts typed twice count once; two values for one key are a problem."""
    kept: dict[tuple[object, ...], _Fact] = {}
    problems = []
    for number, fact in enumerate(facts):
        first = kept.setdefault(fact.key, fact)
        if first.values != fact.values:
            found = f"two values for {fact.kpi.name} at the same time and place"
            mend = "remove the wrong one"
            problems.append(TypedProblem(number, "conflicting_duplicate", found, "one value for each record", mend))
    return list(kept.values()), problems


def _fingerprint(facts: Sequence[_Fact], now: dt.datetime) -> str:
    """SHA-256 of the entries and of the time of typing: typing the same again is a batch of its own."""
    entries = [
        [fact.kpi.key, fact.observed_at.isoformat(), *map(list, fact.dimensions), fact.sample, list(fact.values)]
        for fact in facts
    ]
    content = json.dumps([now.isoformat(), sorted(entries, key=str)], ensure_ascii=False)
    return hashlib.sha256(content.encode("utf-8")).hexdigest()


def _table(facts: Sequence[_Fact], schema: pa.Schema) -> Facts:
    rows: list[dict[str, Any]] = []
    for fact in facts:
        row: dict[str, Any] = {"kpi": fact.kpi.key, "observed_at": fact.observed_at, **dict(fact.dimensions)}
        if fact.kpi.counts:
            row["numerator"], row["denominator"] = fact.values
        else:
            row["sample"], row["value"] = fact.sample, fact.values[0]
        rows.append({name: row.get(name) for name in schema.names})
    table = pa.Table.from_pylist(rows, schema=schema)
    return Facts(len(rows), table.to_reader)


def _spans(rows: Sequence[TypedRow], catalog: Catalog) -> list[Span]:
    """What is typed covers its own periods (or instants, or samples) and nothing in between."""
    reporters: dict[tuple[str, dt.datetime, dt.datetime], set[str]] = {}
    for row in rows:
        kpi = catalog[row.kpi]
        named = reporters.setdefault((kpi.key, *_covered(row.at, kpi)), set())
        if kpi.reported_by in kpi.dimensions:
            named.add(str(row.dimensions[kpi.reported_by]).strip())
    spans: list[Span] = []
    for (key, start, end), names in sorted(reporters.items()):
        last = spans[-1] if spans else None
        if last and (last.kpi, last.ends_at, last.reporters) == (key, start, tuple(sorted(names))):
            spans[-1] = replace(last, ends_at=end)
        else:
            spans.append(Span(key, start, end, tuple(sorted(names))))
    return spans


def _covered(at: dt.date | dt.datetime | int, kpi: Kpi) -> tuple[dt.datetime, dt.datetime]:
    """The period that a day, or the local start of a period, stands for; another time stands for itself."""
    if isinstance(at, int):
        return sample_to_stamp(at), sample_to_stamp(at) + BIN
    if not isinstance(at, dt.datetime):
        return period_bounds([at], recorded_grain(kpi, [at]), kpi.calendar)
    zone, grain = kpi.calendar.time_zone, kpi.recorded or kpi.operate
    start = zones.to_utc(at, zone)
    if at == period_start(at, grain, kpi.calendar):
        return start, zones.to_utc(next_start(at, grain, kpi.calendar), zone)
    return start, start + BIN
