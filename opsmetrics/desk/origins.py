"""Where the figures of a KPI come from, whatever its kind: its rows, the events behind it, the KPIs it is made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from opsmetrics import facts
from opsmetrics.access import Viewer
from opsmetrics.catalog import Catalog, Kpi, Slice, depends_on, formula_components
from opsmetrics.facts import Asked
from opsmetrics.measurements import events_key, stream_of
from opsmetrics.store import Store

#: By key of a KPI or stream: its last observation (naive UTC) and how many rows it has.
Fresh = dict[str, tuple[pd.Timestamp, int]]


@dataclass(frozen=True, eq=False)
class Origins:
    """Reads what lies behind the KPIs of a catalogue, as far as a viewer may see it."""

    store: Store
    catalog: Catalog
    viewer: Viewer

    def rows(self, kpi: Kpi, slice_: Slice, start: pd.Timestamp, end: pd.Timestamp, limit: int) -> pd.DataFrame:
        """The stored rows behind a value in start ≤ t < end (naive UTC), the first `limit` in order of time.

        Columns as `facts.rows_between`; of a KPI fed by events those of `facts.events_behind`, and of its denominators
        where it has some; of a derived KPI a first column `kpi` with the key of the component that each row is of.
        """
        if kpi.kind == "derived":
            return self._of_components(kpi, slice_, start, end, limit)
        if kpi.events is None:
            return facts.rows_between(self.store, kpi, slice_, start, end, viewer=self.viewer, limit=limit)
        stream = self.catalog.stream(kpi.events.stream)
        events = facts.events_behind(self.store, kpi, stream, slice_, start, end, viewer=self.viewer, limit=limit)
        if kpi.kind == "count" or kpi.events.role == "downtime":
            return events
        own = facts.rows_between(self.store, kpi, slice_, start, end, viewer=self.viewer, limit=limit)
        return _together([events, own.drop(columns="numerator")], limit)

    def _of_components(
        self, kpi: Kpi, slice_: Slice, start: pd.Timestamp, end: pd.Timestamp, limit: int
    ) -> pd.DataFrame:
        formulas = {each.key: each.formula for each in self.catalog.kpis}
        parts = [self.catalog[key] for key in depends_on(formulas, kpi.key)]
        found = [
            self.rows(part, slice_, start, end, limit).assign(kpi=part.key) for part in parts if part.kind != "derived"
        ]
        every = _together(found, limit)
        return every[["kpi", *(name for name in every.columns if name != "kpi")]]

    def watched(self, kpis: Sequence[Kpi]) -> list[list[Slice]]:
        """The watched slices of each KPI: those it names, and one for each value of the dimensions it names."""
        named = self.slices(kpis, [kpi.watch_by for kpi in kpis])
        return [list(dict.fromkeys([*kpi.watch, *found])) for kpi, found in zip(kpis, named, strict=True)]

    def slices(self, kpis: Sequence[Kpi], by: Sequence[Sequence[str]]) -> list[list[Slice]]:
        """For each KPI one slice for each value of its dimensions `by`. Raises UnknownDimension."""
        pairs = [(kpi, dimension) for kpi, names in zip(kpis, by, strict=True) for dimension in names]
        values = iter(self.values(pairs))
        return [[((name, value),) for name in names for value in next(values)] for names in by]

    def values(self, pairs: Sequence[tuple[Kpi, str]]) -> list[list[str]]:
        """The values that a dimension takes in what a KPI is made of, sorted, for each pair of both. Raises
        UnknownDimension."""
        parts = [list(self._parts(kpi, dimension)) for kpi, dimension in pairs]
        asked = [Asked(part, by=(name,)) for (_, name), own in zip(pairs, parts, strict=True) for part in own]
        fed = [replace(one, stream=self.catalog.stream(one.kpi.events.stream)) for one in asked if one.kpi.events]
        found: dict[tuple[str, str], set[str]] = {(one.kpi.key, one.by[0]): set() for one in asked}
        for ask, of in ((facts.values_of, asked), (facts.fed_values, fed)):
            for one, values in zip(of, ask(self.store, of, viewer=self.viewer), strict=True):
                found[one.kpi.key, one.by[0]].update(values)
        for one in fed:
            assert one.stream is not None
            if one.by[0] == one.stream.reported_by:
                found[one.kpi.key, one.by[0]] |= self._reporters(events_key(one.stream.key))
        own_of = zip(pairs, parts, strict=True)
        return [sorted(set().union(*(found[part.key, name] for part in own))) for (_, name), own in own_of]

    def _parts(self, kpi: Kpi, dimension: str) -> Iterator[Kpi]:
        """What a KPI comes down to: itself, or the components of its formula, each of which has the dimension."""
        if kpi.kind != "derived":
            yield kpi
            return
        if dimension not in kpi.dimensions:
            raise facts.UnknownDimension(f"{kpi.key!r} has no dimension {dimension!r}.")
        for key in formula_components(kpi.formula):
            yield from self._parts(self.catalog[key], dimension)

    def _reporters(self, key: str) -> set[str]:
        """The reporters that the spans name, where nothing but their own dimension can hide them from the viewer: one
        without any event has reported that there was none."""
        if self.viewer.scope:
            return set()
        return {str(name) for names in self.store.covered([key])[key]["reporters"] for name in names}

    def sources(self) -> pd.DataFrame:
        """One row per KPI and stream with something behind it: kpi (a stream as `events_key`), last_observed_at (naive
        UTC), rows. A KPI fed by events is as fresh as the last event of its categories, or as its own rows where it has
        some; a derived one as the stalest of those it is made of, which must all be there."""
        own = facts.freshness(self.store, viewer=self.viewer)
        found: Fresh = dict(
            zip(own["kpi"].astype(str), zip(own["last_observed_at"], own["rows"], strict=True), strict=True)
        )
        events = facts.event_freshness(self.store, viewer=self.viewer)
        for stream, rows in events.groupby("stream"):
            found[events_key(str(stream))] = (rows["last_observed_at"].max(), int(rows["rows"].sum()))
        for kpi in self.catalog.kpis:
            if kpi.events is not None:
                told = events[events["stream"] == kpi.events.stream]
                told = told[told["category"].isin(kpi.events.categories)] if kpi.events.categories else told
                _extend(found, kpi.key, told)
        self._derived(found)
        table = [(key, *found[key]) for key in sorted(found)]
        frame = pd.DataFrame(table, columns=["kpi", "last_observed_at", "rows"])
        return frame.astype({"last_observed_at": "datetime64[us]", "rows": "int64"})

    def _derived(self, found: Fresh) -> None:
        formulas = {kpi.key: kpi.formula for kpi in self.catalog.kpis}
        for kpi in self.catalog.kpis:
            parts = [key for key in depends_on(formulas, kpi.key) if formulas.get(key) is None]
            if parts and all(key in found for key in parts):
                found[kpi.key] = (min(found[key][0] for key in parts), sum(found[key][1] for key in parts))


def _extend(found: Fresh, key: str, events: pd.DataFrame) -> None:
    if events.empty:
        return
    last, rows = events["last_observed_at"].max(), int(events["rows"].sum())
    before = found.get(key)
    found[key] = (last, rows) if before is None else (max(before[0], last), before[1] + rows)


def _together(frames: list[pd.DataFrame], limit: int) -> pd.DataFrame:
    """Rows of several tables in order of time, with the columns of all of them."""
    some = [frame for frame in frames if len(frame)] or frames[:1]
    if len(some) == 1:
        return some[0].head(limit)
    # Columns that are empty in one table are left to the others: what is absent there is missing in the answer.
    joined = pd.concat([frame.dropna(axis="columns", how="all") for frame in some], ignore_index=True)
    names = list(dict.fromkeys(name for frame in some for name in frame.columns))
    joined = joined.reindex(columns=names)
    return joined.sort_values("observed_at", kind="stable", ignore_index=True).head(limit)


def touched(catalog: Catalog, keys: Iterable[str]) -> tuple[str, ...]:
    """The KPIs of a catalogue whose figures change when these KPIs or streams (as `events_key`) change, in its order:
    they themselves, those fed by the streams, and what is derived from any of them."""
    given = set(keys)
    streams = {stream_of(key) for key in given} - {None}
    changed = {kpi.key for kpi in catalog.kpis if kpi.key in given or (kpi.events and kpi.events.stream in streams)}
    formulas = {kpi.key: kpi.formula for kpi in catalog.kpis}
    return tuple(kpi.key for kpi in catalog.kpis if kpi.key in changed or changed & set(depends_on(formulas, kpi.key)))
