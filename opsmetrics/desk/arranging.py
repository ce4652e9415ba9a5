"""The series of any KPI from the store: its own rows, the events that feed it, or what it is derived from."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from opsmetrics import series
from opsmetrics.catalog import GRAINS, Kpi, Slice, Stream, formula_components
from opsmetrics.desk.snapshot import Snapshot
from opsmetrics.series import EventFacts, KpiSeries, Stretch


@dataclass(frozen=True, eq=False)
class Arranging:
    """Arranges the series of one slice at one grain and moment (naive UTC)."""

    read: Snapshot
    slice: Slice
    grain: Stretch
    as_of: pd.Timestamp

    def series(self, kpi: Kpi) -> KpiSeries:
        """The series of a KPI, with the finer one that tells on which days of a period somebody is missing. Raises
        KeyError where its stream or a component is not defined."""
        found, recorded = self._series(kpi, {}), kpi.recorded or kpi.operate
        if found.presence is None or self.grain not in GRAINS[GRAINS.index(recorded) + 1 :]:
            return found
        return replace(found, finer=replace(self, grain=recorded)._series(kpi, {}))

    def _series(self, kpi: Kpi, known: dict[str, KpiSeries]) -> KpiSeries:
        if kpi.key not in known:
            found = self._derived(kpi, known) if kpi.kind == "derived" else self._measured(kpi)
            known[kpi.key] = found
        return known[kpi.key]

    def _derived(self, kpi: Kpi, known: dict[str, KpiSeries]) -> KpiSeries:
        parts = {key: self._series(self.read.catalog[key], known) for key in formula_components(kpi.formula)}
        return series.derive(kpi, self.slice, self.grain, parts, self.as_of)

    def _measured(self, kpi: Kpi) -> KpiSeries:
        table = self.read.own(kpi, self.slice, self.as_of)
        spans = self._spans(kpi, None, kpi.dimensions, kpi.reported_by)
        events = None if kpi.events is None else self._events(kpi, self.read.catalog.stream(kpi.events.stream))
        return series.build(kpi, self.slice, self.grain, table, spans, self.as_of, events)

    def _events(self, kpi: Kpi, stream: Stream) -> EventFacts:
        assert kpi.events is not None
        spans = self._spans(kpi, stream, stream.dimensions, stream.reported_by)
        found = self.read.happened(kpi, self.slice, self.as_of)
        if kpi.events.role == "downtime":
            return EventFacts(stream, spans, outages=found)
        return EventFacts(stream, spans, found)

    def _spans(
        self, kpi: Kpi, stream: Stream | None, dimensions: tuple[str, ...], reporter: str | None
    ) -> pd.DataFrame:
        """What the live batches cover, as far as it tells this viewer something: nothing where no fact with these
        dimensions can be seen (that there is none would be no news, but wrong), and without the names of reporters who
        may not be seen. A span in which only such reported covers nothing."""
        viewer = self.read.viewer
        spans = self.read.covered(stream or kpi)
        if not viewer.scope or spans.empty:
            return spans
        if self._hidden(dimensions):
            return spans.iloc[:0]
        if reporter is None:
            return spans
        elsewhere = set(viewer.scope) - {reporter}
        among = self.read.values(kpi, stream, reporter) if elsewhere and self.read.held((reporter,)) else None
        seen = [
            [n for n in names if viewer.may_see(reporter, n) and (among is None or n in among)]
            for names in spans["reporters"]
        ]
        kept = [bool(left) or len(names) == 0 for left, names in zip(seen, spans["reporters"], strict=True)]
        return spans.assign(reporters=pd.Series(seen, index=spans.index, dtype="object"))[kept]

    def _hidden(self, dimensions: tuple[str, ...]) -> bool:
        """True where the viewer may see no fact of this slice: it lies outside the scope, or facts without a dimension
        by which the scope is limited are nobody's in particular."""
        asked, viewer = dict(self.slice), self.read.viewer
        return any(
            name not in dimensions or (name in asked and not viewer.may_see(name, asked[name])) for name in viewer.scope
        )
