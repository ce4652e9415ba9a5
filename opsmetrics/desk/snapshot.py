"""What several series have in common, read once: definitions, decisions, spans, kept verdicts, and the facts of all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import pandas as pd

from opsmetrics import facts, series
from opsmetrics.access import Viewer
from opsmetrics.catalog import Catalog, Decision, Grain, Kpi, Slice, Stream, formula_components
from opsmetrics.facts import Asked
from opsmetrics.measurements import BIN, events_key
from opsmetrics.series import Stretch
from opsmetrics.store import Store

#: Facts of about so many stored rows are held at a time (some 100 MB); a single series may have more.
ROWS_AT_ONCE = 3_000_000

#: An instant that is no older is now.
PRESENT = pd.Timedelta(minutes=1)


class Wanted(NamedTuple):
    """A series that is wanted: of a slice of a KPI, at a grain, as of an instant (naive UTC)."""

    kpi: Kpi
    slice: Slice
    grain: Stretch
    as_of: pd.Timestamp


class _Key(NamedTuple):
    query: str
    kpi: str
    slice: Slice
    until: pd.Timestamp | None


_Read = tuple[_Key, Asked]

_QUERIES: Mapping[str, Callable[..., list[pd.DataFrame]]] = {
    "binned": facts.binned,
    "readings": facts.readings,
    "event_sums": facts.event_sums,
    "outages": facts.outages,
}
#: The column of instants in the answer of each query; its rows are in their order.
_INSTANTS = {"binned": "bin", "readings": "bin", "event_sums": "bin", "outages": "starts_at"}


@dataclass(eq=False)
class Snapshot:
    """Reads a store for one viewer, nothing twice. `portions` reads for many series at once; what was not asked for
    there is read when it is needed, by the same queries.

    catalog: the definitions by which components and streams are found; `drafted`: they are not those in force, so the
    store may lack some of their dimensions. `remembering`: what was shown is not that of the store, but what it is told
    by `remember`, from nothing on. versions: of data and decisions, read before anything else: what is
    committed meanwhile must not make older facts pass for the newer version.
    """

    store: Store
    catalog: Catalog
    viewer: Viewer
    drafted: bool = False
    remembering: bool = False
    versions: tuple[int, int] = field(init=False)
    now: pd.Timestamp = field(default_factory=lambda: pd.Timestamp.now("UTC").tz_localize(None))
    _rows: dict[_Key, pd.DataFrame] = field(default_factory=dict)
    _spans: dict[str, pd.DataFrame] = field(default_factory=dict)
    _values: dict[tuple[str, str, str], set[str]] = field(default_factory=dict)
    _decisions: dict[str, tuple[Decision, ...]] = field(default_factory=dict)
    _told: dict[tuple[str, Slice, Grain], pd.DataFrame] = field(default_factory=dict)
    _weights: dict[str, int] | None = None

    def __post_init__(self) -> None:
        self.versions = self.store.versions

    # Many series at once

    def portions(self, wanted: Iterable[Wanted]) -> Iterator[list[Wanted]]:
        """What is wanted, in its order, in portions whose facts are read together and let go with the portion."""
        every = list(wanted)
        self._read_spans({key for one in every for key in self._span_keys(one.kpi)})
        for portion in self._weighed(every):
            self._read(dict(read for one in portion for read in self._reads(one)))
            yield portion
            self._rows.clear()

    def _weighed(self, wanted: list[Wanted]) -> Iterator[list[Wanted]]:
        portion: list[Wanted] = []
        weight, read = 0, set[_Key]()  # the same facts at another moment weigh nothing more
        for one in wanted:
            reads = {key for key, _ in self._reads(one)}
            own = self._weight(one.kpi) if len(wanted) > 1 else 0
            if portion and not reads <= read and weight + own > ROWS_AT_ONCE:
                yield portion
                portion, weight, read = [], 0, set()
            portion.append(one)
            weight += own if not reads <= read else 0
            read |= reads
        if portion:
            yield portion

    def _weight(self, kpi: Kpi) -> int:
        """How many stored rows, at most, are behind a series of the KPI."""
        if self._weights is None:
            own = facts.freshness(self.store, viewer=self.viewer)
            events = facts.event_freshness(self.store, viewer=self.viewer)
            self._weights = dict(zip(own["kpi"], own["rows"].tolist(), strict=True))
            for stream, rows in events.groupby("stream")["rows"].sum().items():
                self._weights[events_key(str(stream))] = int(rows)
        weights = self._weights
        return sum(weights.get(key, 0) for key in self._span_keys(kpi))

    def _measured(self, kpi: Kpi) -> Iterator[Kpi]:
        """The KPIs with facts that a KPI is made of: itself, or those that its formula comes down to."""
        if kpi.kind != "derived":
            yield kpi
            return
        for key in formula_components(kpi.formula):
            yield from self._measured(self.catalog[key])

    def _span_keys(self, kpi: Kpi) -> Iterator[str]:
        for part in self._measured(kpi):
            yield part.key
            if part.events is not None:
                yield events_key(part.events.stream)

    def _reads(self, one: Wanted) -> Iterator[_Read]:
        for part in self._measured(one.kpi):
            for read in (self._own(part, one.slice, one.as_of), self._happened(part, one.slice, one.as_of)):
                if read is not None:
                    yield read

    # Facts

    def own(self, kpi: Kpi, slice_: Slice, as_of: pd.Timestamp) -> pd.DataFrame:
        """The KPI's own rows before `as_of`; a count or an uptime that is fed by events has none."""
        return self._before(self._own(kpi, slice_, as_of), as_of)

    def happened(self, kpi: Kpi, slice_: Slice, as_of: pd.Timestamp) -> pd.DataFrame:
        """The sums of the events that feed a KPI, or the outages, before `as_of`."""
        return self._before(self._happened(kpi, slice_, as_of), as_of)

    def _own(self, kpi: Kpi, slice_: Slice, as_of: pd.Timestamp) -> _Read | None:
        readable = self._readable(kpi, slice_)
        if readable is None or _fed_alone(kpi):
            return None
        by = (kpi.reported_by,) if kpi.reported_by else ()
        query = "readings" if series.needs_readings(kpi) else "binned"
        until = self._until(kpi, as_of)
        return _Key(query, kpi.key, slice_, until), Asked(readable, slice_, by, until)

    def _happened(self, kpi: Kpi, slice_: Slice, as_of: pd.Timestamp) -> _Read | None:
        if kpi.events is None:
            return None
        stream, readable = self.catalog.stream(kpi.events.stream), self._readable(kpi, slice_)
        if readable is None or not self.held(stream.dimensions):
            return None
        lost = kpi.events.role == "downtime"
        by = series.units_of(kpi, stream) if lost else (kpi.reported_by,) if kpi.reported_by else ()
        until = self._until(kpi, as_of)
        key = _Key("outages" if lost else "event_sums", kpi.key, slice_, until)
        return key, Asked(readable, slice_, by, until, stream)

    def _until(self, kpi: Kpi, as_of: pd.Timestamp) -> pd.Timestamp | None:
        """The bound of a read. Sums can be cut at each quarter-hour, so that one read serves several moments; what is
        summed up to a moment within one has to be read up to it. What lies ahead of now is left out by `_before`."""
        within = as_of != as_of.floor(BIN) and as_of <= self.now - PRESENT
        return as_of if within and kpi.operate != "sample" else None

    def _before(self, read: _Read | None, as_of: pd.Timestamp) -> pd.DataFrame:
        if read is None:
            return pd.DataFrame()
        key, asked = read
        if key not in self._rows:
            self._read({key: asked})
        rows = self._rows[key]
        if asked.kpi.operate == "sample":
            return rows
        return rows.iloc[: rows[_INSTANTS[key.query]].searchsorted(as_of.as_unit("us"))]

    def _read(self, reads: Mapping[_Key, Asked]) -> None:
        for query, ask in _QUERIES.items():
            keys = [key for key in reads if key.query == query]
            if keys:
                found = ask(self.store, [reads[key] for key in keys], viewer=self.viewer)
                self._rows |= zip(keys, found, strict=True)

    def _readable(self, kpi: Kpi, slice_: Slice) -> Kpi | None:
        """The KPI as far as the store has its dimensions; None where it cannot have facts of this slice."""
        if not self.drafted:
            return kpi
        needed = {kpi.reported_by} - {None} | {dimension for dimension, _ in slice_}
        if not self.held(tuple(str(name) for name in needed)):
            return None
        held = self.store.dimensions
        return replace(kpi, dimensions=tuple(name for name in kpi.dimensions if name in held))

    def held(self, dimensions: tuple[str, ...]) -> bool:
        """True where the store has these dimensions."""
        return not self.drafted or set(dimensions) <= set(self.store.dimensions)

    def values(self, kpi: Kpi, stream: Stream | None, dimension: str) -> set[str]:
        """The values that a dimension of the store takes in the facts of a KPI, or in the events of a stream that feed
        it."""
        key = (kpi.key, "" if stream is None else stream.key, dimension)
        if key not in self._values:
            ask = facts.values_of if stream is None else facts.fed_values
            asked = Asked(kpi, by=(dimension,), stream=stream)
            self._values[key] = set(ask(self.store, [asked], viewer=self.viewer)[0])
        return self._values[key]

    # What is known beside the facts

    def covered(self, of: Kpi | Stream) -> pd.DataFrame:
        """The time of which files tell something of a KPI's own rows, or of a stream: starts_at, ends_at, reporters."""
        return series.joined(self._covered(events_key(of.key) if isinstance(of, Stream) else of.key), of.calendar)

    def _covered(self, key: str) -> pd.DataFrame:
        self._read_spans({key})
        return self._spans[key]

    def known_until(self, kpi: Kpi, as_of: pd.Timestamp) -> pd.Timestamp:
        """Up to when files cover what a KPI is made of, `as_of` (naive UTC) at the latest: a month that has only just
        begun, or a day whose file is still to come, is not known yet."""
        spans = [self._covered(key) for key in sorted(set(self._span_keys(kpi)))]
        begun = [found.loc[found["starts_at"] < as_of, "ends_at"] for found in spans if len(found)]
        return min([as_of, *(pd.Timestamp(ends.max()) for ends in begun if len(ends))])

    def _read_spans(self, keys: set[str]) -> None:
        missing = sorted(keys - self._spans.keys())
        if missing:
            self._spans |= self.store.covered(missing)

    def decisions(self, kpi: str) -> tuple[Decision, ...]:
        """Everything ever decided about a KPI, oldest first."""
        if kpi not in self._decisions:
            self.read_decisions([kpi])
        return self._decisions[kpi]

    def read_decisions(self, kpis: Iterable[str]) -> None:
        """Reads the decisions about several KPIs at once."""
        found: dict[str, list[Decision]] = {key: [] for key in kpis}
        for decision in self.store.decisions(*found) if found else ():  # of none named, the store tells all
            found[decision.kpi].append(decision)
        self._decisions |= {key: tuple(decisions) for key, decisions in found.items()}

    def told(self, kpi: str, slice_: Slice, grain: Grain) -> pd.DataFrame:
        """What the verdicts once shown of a series said, as `Store.told`."""
        if (kpi, slice_, grain) not in self._told:
            self.read_told([(kpi, slice_, grain)])
        return self._told[kpi, slice_, grain]

    def read_told(self, wanted: Iterable[tuple[str, Slice, Grain]]) -> None:
        """Reads what was shown of several series at once."""
        keys = list(dict.fromkeys(wanted))
        if self.remembering:
            self._told = {key: pd.DataFrame() for key in keys} | self._told
            return
        self._told |= zip(keys, self.store.told(keys), strict=True)

    def remember(self, kpi: str, slice_: Slice, grain: Grain, said: Mapping[str, object]) -> None:
        """From now on this is what was said last of a series: as_of, as_of_period, value, episodes (JSON)."""
        told = self._told[kpi, slice_, grain]
        row = pd.DataFrame([{name: said[name] for name in ("as_of", "as_of_period", "value", "episodes")}])
        new = row if told.empty else pd.concat([told, row], ignore_index=True)
        self._told[kpi, slice_, grain] = new.drop_duplicates(["as_of_period", "value", "episodes"], ignore_index=True)


def _fed_alone(kpi: Kpi) -> bool:
    """True where nothing but events makes up the KPI."""
    return kpi.events is not None and (kpi.kind == "count" or kpi.events.role == "downtime")
