"""The one path from the store to a review, shared by pages, command line and API so that they cannot differ.

A `Desk` joins the store (facts, decisions, definitions) with the pure parts: facts → series → review. It writes
only through the store, and keeps the verdicts that people were shown after each change.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from opsmetrics import catalog as definitions
from opsmetrics import ingest, series
from opsmetrics.access import OPEN, Viewer
from opsmetrics.catalog import Catalog, Decision, Grain, Kpi, Slice
from opsmetrics.desk.arranging import Arranging
from opsmetrics.desk.origins import Origins, touched
from opsmetrics.measurements import BIN, Batch, Diff, Receipt, UndoReceipt, sample_to_stamp
from opsmetrics.review import KpiReview, review
from opsmetrics.series import KpiSeries, Stretch
from opsmetrics.settings import Settings
from opsmetrics.store import Store
from opsmetrics.verdict.as_dict import review_as_dict

#: What a person may give for "as of": a date means noon on that day at the site; None means now.
AsOf = dt.date | dt.datetime | None

#: An instant that is no older is now.
_PRESENT = pd.Timedelta(minutes=1)


@dataclass(frozen=True, eq=False)
class Desk:
    """Everything a reader or writer does with one store."""

    store: Store
    settings: Settings

    @classmethod
    @contextmanager
    def open(cls, path: Path | None = None, *, role: str = "cli", settings: Settings | None = None) -> Iterator[Desk]:
        """A desk on the store at `path` (default: the settings' own), closed with a checkpoint at the end.

        Raises StoreError (busy, damaged, too new) with a sentence for a person.
        """
        settings = settings or Settings.from_environment()
        if path is not None:
            settings = settings.for_store(Path(path))
        store = Store.open(
            settings.store, memory_limit=settings.memory_limit, query_seconds=settings.query_seconds, role=role
        )
        try:
            yield cls(store, settings)
        finally:
            store.close()

    # Definitions

    @property
    def catalog(self) -> Catalog:
        """The definitions in force."""
        return self.store.catalog

    def apply(self, text: str | Path, *, by: str, fill: Mapping[str, str] | None = None) -> tuple[str, ...]:
        """Make these definitions the ones in force; the answer says what changed, a sentence each.

        Raises CatalogError with all mistakes at once, KeyDimensionNeedsAnswer where old rows need a value.
        """
        changes = self.store.apply_catalog(definitions.read_catalog(text), by=by, fill=fill or {})
        self.publish(kpi.key for kpi in self.catalog.kpis)
        return changes

    def export(self) -> str:
        """The definitions in force as TOML, with the targets as decided."""
        return definitions.write_catalog(self.catalog, self.store.decisions())

    # Loading

    def templates(self) -> tuple[ingest.Template, ...]:
        """The import templates kept beside the store, by name."""
        return tuple(ingest.Template.load(path) for path in sorted(self.settings.templates.glob("*.toml")))

    def prepare(
        self,
        path: Path,
        *,
        template: ingest.Template | Path | None = None,
        covers: tuple[dt.date, dt.date] | None = None,
        answers: Mapping[str, str] | None = None,
    ) -> Batch:
        """Read and check a file; nothing is written.

        Without a template the one whose header fits is taken, else the columns' own names must say everything.
        Raises IngestRefused, NeedsAnswer, TemplateError.
        """
        chosen = ingest.Template.load(template) if isinstance(template, Path) else template
        if chosen is not None:
            sheet = ingest.read_file(path, template=chosen, answers=answers)
        else:
            sheet = ingest.read_known(path, self.templates(), answers=answers)
            chosen = ingest.choose_template(sheet, self.templates())
        if chosen is None:
            chosen = ingest.suggest(sheet, self.catalog).as_template()
        return ingest.prepare(sheet, chosen, self.catalog, covers=covers, answers=answers or {})

    def diff(self, batch: Batch, limit: int = 1000) -> Diff:
        """What committing the batch would change."""
        return self.store.diff(batch, limit=limit)

    def commit(self, batch: Batch, *, by: str, publish: bool = True) -> Receipt:
        """Write the batch and keep the verdicts that follow (`publish=False` where more files are to come)."""
        receipt = self.store.commit(batch, by=by)
        if publish:
            self.publish(span.kpi for span in batch.spans)
        return receipt

    def undo(self, batch: int, *, by: str, why: str = "", publish: bool = True) -> UndoReceipt:
        """Take back exactly what the batch wrote (`publish=False` where more are to be taken back)."""
        touched = self.batch_kpis(batch)
        receipt = self.store.undo(batch, by=by, why=why)
        if publish:
            self.publish(touched)
        return receipt

    def batches(self) -> pd.DataFrame:
        """The ledger, newest first."""
        return self.store.batches().sort_values("batch", ascending=False, ignore_index=True)

    def batch_kpis(self, batch: int) -> tuple[str, ...]:
        """The KPIs that a batch wrote."""
        ledger = self.store.batches()
        named = ledger.loc[ledger["batch"] == batch, "kpis"]
        return tuple(named.iloc[0]) if len(named) else ()

    # Decisions

    def decide(self, decision: Decision) -> int:
        """Record a decision and keep the verdict that follows. Raises KeyError for an unknown KPI."""
        kpi = self.catalog[decision.kpi]
        number = self.store.decide(replace(decision, at=decision.at or _now().to_pydatetime()))
        self.publish([kpi.key])
        return number

    # Reviews

    def review(
        self,
        key: str,
        slice_: Slice = (),
        *,
        grain: Grain | None = None,
        as_of: AsOf = None,
        viewer: Viewer = OPEN,
        catalog: Catalog | None = None,
        extra: Iterable[Decision] = (),
    ) -> KpiReview:
        """Everything known about one KPI slice at one grain (default: the grain it is operated at).

        catalog: definitions to look through in place of those in force; extra: decisions to think of as made last.
        Both show what would be, and nothing is written. Raises KeyError for an unknown KPI.
        """
        known = catalog or self.catalog
        kpi = known[key]
        instant = self.instant(kpi, as_of)
        # Read before the facts: a commit in between must not label old facts with the new version.
        versions = self.store.data_version, self.store.decisions_version
        arranged = self.series(kpi, slice_, grain or kpi.operate, instant, viewer=viewer, catalog=catalog)
        return review(
            arranged,
            (*self.store.decisions(key), *extra),
            data_version=versions[0],
            decisions_version=versions[1],
            definitions_version=known.version,
            shown=self.store.shown(key, slice_, arranged.grain) if _whole(slice_, viewer) else None,
        )

    def series(
        self,
        kpi: Kpi,
        slice_: Slice,
        grain: Stretch,
        instant: pd.Timestamp,
        *,
        viewer: Viewer = OPEN,
        catalog: Catalog | None = None,
    ) -> KpiSeries:
        """The series of a KPI of any kind as of an instant (naive UTC), at a grain or by fiscal year.

        With `catalog` the KPI may be a drafted one; its components and streams are looked up there. Raises KeyError
        where one of these is not defined.
        """
        known = catalog or self.catalog
        # Without a bound the compiled query serves every "now"; what lies ahead is left out in any case.
        until = None if instant > _now() - _PRESENT else instant
        arranging = Arranging(self.store, known, slice_, grain, instant, until, viewer, catalog is not None)
        return arranging.series(kpi)

    def watched(self, as_of: AsOf = None, viewer: Viewer = OPEN, keys: Iterable[str] | None = None) -> list[KpiReview]:
        """The reviews of all watched slices, in the catalogue's order."""
        wanted = None if keys is None else set(keys)
        return [
            self.review(kpi.key, part, as_of=as_of, viewer=viewer)
            for kpi in self.catalog.kpis
            if wanted is None or kpi.key in wanted
            for part in self.slices(kpi, viewer=viewer)
        ]

    def slices(self, kpi: Kpi, *, by: Iterable[str] | None = None, viewer: Viewer = OPEN) -> list[Slice]:
        """The watched slices of a KPI; with `by`, one slice for each value of these dimensions instead."""
        found: list[Slice] = [] if by is not None else list(kpi.watch)
        for dimension in kpi.watch_by if by is None else by:
            values = Origins(self.store, self.catalog, viewer).values(kpi, dimension)
            found += [((dimension, value),) for value in values]
        return list(dict.fromkeys(found))

    def instant(self, kpi: Kpi, as_of: AsOf) -> pd.Timestamp:
        """`as_of` as an instant in UTC on the KPI's own calendar, never later than now."""
        return series.as_of_instant(as_of, kpi.calendar, _now())

    # Following a figure

    def rows_behind(self, shown: KpiReview, position: int, *, viewer: Viewer = OPEN, limit: int = 500) -> pd.DataFrame:
        """The stored rows (or events) behind one point, each with its file, who loaded it and when; of a derived KPI
        the rows of what it is made of, with the key of their KPI."""
        row = shown.points.iloc[position]
        if shown.series.grain == "sample":
            start = pd.Timestamp(sample_to_stamp(int(row["period"])))
            end = start + BIN
        else:
            start = series.to_utc(pd.DatetimeIndex([row["period"]]), shown.kpi.calendar.time_zone)[0]
            end = row["ends_at"]
        return Origins(self.store, self.catalog, viewer).rows(shown.kpi, shown.series.slice, start, end, limit)

    def sources(self, viewer: Viewer = OPEN) -> pd.DataFrame:
        """For each KPI and each stream (as `events_key`): its last observation and how many rows are behind it."""
        return Origins(self.store, self.catalog, viewer).sources()

    # Shown verdicts

    def publish(self, keys: Iterable[str]) -> None:
        """Keep the verdicts of the watched slices of these KPIs as they are shown from now on, and of those that follow
        from them: fed by a stream that is among `keys`, or derived."""
        wanted = touched(self.catalog, keys)
        rows = [_shown_row(item) for item in self.watched(keys=wanted) if item.verdict is not None]
        if rows:
            self.store.keep_shown(rows)


def _shown_row(item: KpiReview) -> dict[str, object]:
    answer = review_as_dict(item, rows=False)
    verdict = item.verdict
    assert verdict is not None
    identity = verdict.identity
    return {
        "kpi": identity.kpi,
        "slice": identity.slice,
        "grain": identity.grain,
        "as_of": identity.as_of,
        "data_version": identity.data_version,
        "decisions_version": identity.decisions_version,
        "definitions_version": identity.definitions_version,
        "as_of_period": verdict.as_of_period,
        "value": verdict.value,
        "verdict": json.dumps(answer, ensure_ascii=False),
        "episodes": json.dumps(answer["episodes"], ensure_ascii=False),
        "channel": "store",
    }


def _whole(slice_: Slice, viewer: Viewer) -> bool:
    """True where the viewer sees all of a slice. What was shown of it before is a figure of all: to others it would
    tell what they may not see, and make their own figure look restated."""
    asked = dict(slice_)
    return all(name in asked and viewer.may_see(name, asked[name]) for name in viewer.scope)


def _now() -> pd.Timestamp:
    return pd.Timestamp.now("UTC").tz_localize(None)
