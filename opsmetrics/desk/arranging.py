"""The series of any KPI from the store: its own rows, the events that feed it, or what it is derived from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import pandas as pd

from opsmetrics import facts, series
from opsmetrics.access import Viewer
from opsmetrics.catalog import Catalog, Kpi, Slice, Stream, formula_components
from opsmetrics.measurements import events_key
from opsmetrics.series import EventFacts, KpiSeries, Stretch
from opsmetrics.store import Store


def covered(store: Store, of: Kpi | Stream) -> pd.DataFrame:
    """The time of which files tell something of a KPI's own rows, or of a stream: starts_at, ends_at, reporters."""
    key = events_key(of.key) if isinstance(of, Stream) else of.key
    return series.joined(store.covered(key), of.calendar)


@dataclass(frozen=True, eq=False)
class Arranging:
    """Reads and arranges the series of one slice at one grain and moment; what several KPIs share is read once.

    catalog: the definitions by which components and streams are found. until: a bound for the reads (`series.build`
    leaves out what lies at or after `as_of` in any case). drafted: the definitions are not those in force, so the store
    may not have all of their dimensions.
    """

    store: Store
    catalog: Catalog
    slice: Slice
    grain: Stretch
    as_of: pd.Timestamp
    until: pd.Timestamp | None
    viewer: Viewer
    drafted: bool = False

    def series(self, kpi: Kpi) -> KpiSeries:
        """The series of a KPI. Raises KeyError where its stream or a component is not defined."""
        return self._series(kpi, {})

    def _series(self, kpi: Kpi, known: dict[str, KpiSeries]) -> KpiSeries:
        if kpi.key not in known:
            found = self._derived(kpi, known) if kpi.kind == "derived" else self._measured(kpi)
            known[kpi.key] = found
        return known[kpi.key]

    def _derived(self, kpi: Kpi, known: dict[str, KpiSeries]) -> KpiSeries:
        parts = {key: self._series(self.catalog[key], known) for key in formula_components(kpi.formula)}
        return series.derive(kpi, self.slice, self.grain, parts, self.as_of)

    def _measured(self, kpi: Kpi) -> KpiSeries:
        read = self._readable(kpi)
        table = pd.DataFrame() if read is None else self._own(read)
        values = partial(facts.values_of, self.store, kpi, viewer=self.viewer)
        spans = self._spans(covered(self.store, kpi), kpi.dimensions, kpi.reported_by, values)
        events = None if kpi.events is None else self._events(kpi, read)
        return series.build(kpi, self.slice, self.grain, table, spans, self.as_of, events)

    def _own(self, kpi: Kpi) -> pd.DataFrame:
        """The KPI's own rows; a count or an uptime that is fed by events has none."""
        if kpi.events is not None and (kpi.kind == "count" or kpi.events.role == "downtime"):
            return pd.DataFrame()
        by = (kpi.reported_by,) if kpi.reported_by else ()
        read = facts.readings if series.needs_readings(kpi) else facts.binned
        return read(self.store, kpi, self.slice, viewer=self.viewer, by=by, until=self.until)

    def _events(self, kpi: Kpi, read: Kpi | None) -> EventFacts:
        assert kpi.events is not None
        stream = self.catalog.stream(kpi.events.stream)
        values = partial(facts.fed_values, self.store, kpi, stream, viewer=self.viewer)
        spans = self._spans(covered(self.store, stream), stream.dimensions, stream.reported_by, values)
        if read is None or not self._held(stream.dimensions):
            return EventFacts(stream, spans)
        if kpi.events.role == "downtime":
            by = series.units_of(kpi, stream)
            down = facts.outages(self.store, kpi, stream, self.slice, viewer=self.viewer, by=by, until=self.until)
            return EventFacts(stream, spans, outages=down)
        reporter = (kpi.reported_by,) if kpi.reported_by else ()
        sums = facts.event_sums(self.store, kpi, stream, self.slice, viewer=self.viewer, by=reporter, until=self.until)
        return EventFacts(stream, spans, sums)

    def _readable(self, kpi: Kpi) -> Kpi | None:
        """The KPI as far as the store has its dimensions; None where it cannot have facts of this slice."""
        if not self.drafted:
            return kpi
        needed = {kpi.reported_by} - {None} | {dimension for dimension, _ in self.slice}
        if not self._held(tuple(str(name) for name in needed)):
            return None
        held = self.store.dimensions
        return replace(kpi, dimensions=tuple(name for name in kpi.dimensions if name in held))

    def _held(self, dimensions: tuple[str, ...]) -> bool:
        """True where the store has these dimensions."""
        return not self.drafted or set(dimensions) <= set(self.store.dimensions)

    def _spans(
        self,
        spans: pd.DataFrame,
        dimensions: tuple[str, ...],
        reporter: str | None,
        values: Callable[[str], list[str]],
    ) -> pd.DataFrame:
        """What the live batches cover, as far as it tells this viewer something: nothing where no fact with these
        dimensions can be seen (that there is none would be no news, but wrong), and without the names of reporters who
        may not be seen. A span in which only such reported covers nothing."""
        if not self.viewer.scope or spans.empty:
            return spans
        if self._hidden(dimensions):
            return spans.iloc[:0]
        if reporter is None:
            return spans
        elsewhere = set(self.viewer.scope) - {reporter}
        among = set(values(reporter)) if elsewhere and self._held((reporter,)) else None
        seen = [
            [n for n in names if self.viewer.may_see(reporter, n) and (among is None or n in among)]
            for names in spans["reporters"]
        ]
        kept = [bool(left) or len(names) == 0 for left, names in zip(seen, spans["reporters"], strict=True)]
        return spans.assign(reporters=pd.Series(seen, index=spans.index, dtype="object"))[kept]

    def _hidden(self, dimensions: tuple[str, ...]) -> bool:
        """True where the viewer may see no fact of this slice: it lies outside the scope, or facts without a dimension
        by which the scope is limited are nobody's in particular."""
        asked = dict(self.slice)
        return any(
            name not in dimensions or (name in asked and not self.viewer.may_see(name, asked[name]))
            for name in self.viewer.scope
        )
