"""The one path from the store to a review, shared by pages, command line and API so that they cannot differ.

A `Desk` joins the store (facts, decisions, definitions) with the pure parts: facts → series → review. It writes
only through the store, and keeps the verdicts that people were shown after each change.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from opsmetrics import catalog as definitions
from opsmetrics import ingest, series, store
from opsmetrics.access import OPEN, Viewer
from opsmetrics.catalog import Catalog, Decision, Grain, Kpi, Slice
from opsmetrics.desk import against, showing
from opsmetrics.desk.aliasing import refuse_unknown_names
from opsmetrics.desk.origins import Origins, touched
from opsmetrics.desk.rejected import kept_rejects
from opsmetrics.desk.reviewing import reviews
from opsmetrics.desk.snapshot import Snapshot, Wanted
from opsmetrics.measurements import BIN, Batch, Diff, ReadAs, Receipt, UndoReceipt, sample_to_stamp
from opsmetrics.review import KpiReview
from opsmetrics.settings import Settings
from opsmetrics.store import Store
from opsmetrics.store.rejected import last_read_as

#: What a person may give for "as of": a date means noon on that day at the site; None means now.
AsOf = dt.date | dt.datetime | None


@dataclass(frozen=True, eq=False)
class Desk:
    """Everything a reader or writer does with one store."""

    store: Store
    settings: Settings

    @classmethod
    @contextmanager
    def open(
        cls,
        path: Path | None = None,
        *,
        role: str = "command line",
        settings: Settings | None = None,
        whole: bool = True,
    ) -> Iterator[Desk]:
        """A desk on the store at `path` (default: the settings' own), closed with a checkpoint at the end.

        whole: as for `Store.open`. Raises StoreError (busy, damaged, not whole, too new) with a sentence for a person.
        """
        settings = settings or Settings.from_environment()
        if path is not None:
            settings = settings.for_store(Path(path))
        store = Store.open(
            settings.store,
            memory_limit=settings.memory_limit,
            query_seconds=settings.query_seconds,
            role=role,
            whole=whole,
        )
        try:
            yield cls(store, settings)
        finally:
            store.close()

    @classmethod
    def of_process(cls) -> Desk:
        """The desk of the store that this process owns. Raises StoreClosed where none is open."""
        held, settings = store.current(), Settings.from_environment()
        return cls(held, settings if settings.store.resolve() == held.path else settings.for_store(held.path))

    # Definitions

    @property
    def catalog(self) -> Catalog:
        """The definitions in force."""
        return self.store.catalog

    @property
    def versions(self) -> tuple[int, int]:
        """The versions of data and of decisions."""
        return self.store.versions

    @property
    def words_said(self) -> int:
        """Grows with everything that is said about signals; no verdict depends on it."""
        return self.store.counted[2]

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
        Raises IngestRefused (`unknown_answer`: an answer to no question of a file), NeedsAnswer, TemplateError.
        """
        refuse_unknown_names(self.store, self.catalog, answers or {})
        given = ingest.Answers(answers or {})
        try:
            batch = self._prepared(path, template, covers, given)
        except ingest.NeedsAnswer as asked:
            given.refuse_unknown(question.code for question in asked.questions)
            raise
        given.refuse_unknown()
        return replace(batch, warnings=(*batch.warnings, *given.not_needed()))

    def _prepared(
        self,
        path: Path,
        template: ingest.Template | Path | None,
        covers: tuple[dt.date, dt.date] | None,
        answers: Mapping[str, str],
    ) -> Batch:
        chosen = ingest.Template.load(template) if isinstance(template, Path) else template
        known = () if chosen else self.templates()
        sheet = ingest.read_known(path, known, answers=answers, kept=self.kept_rejects, template=chosen)
        if chosen is None or sheet.mending is not None:
            chosen = ingest.choose_template(sheet, known)
        if chosen is None:
            chosen = ingest.suggest(sheet, self.catalog).as_template()
        last = self.last_read(chosen, sheet)
        return ingest.prepare(sheet, chosen, self.catalog, covers=covers, answers=answers, last=last)

    def last_read(self, template: ingest.Template, sheet: ingest.Sheet) -> ReadAs | None:
        """How the last file of the template was read; None of a first one, of mended rejects, and where most of its
        columns are gone: then a file of another source only had the same name."""
        last = None if sheet.mending is not None else last_read_as(self.store, template.name)
        return last if last is not None and ingest.mostly_there(last.header, sheet.headers) else None

    def kept_rejects(self, batch: int) -> ingest.KeptRejects | None:
        """What the store keeps of a batch for those who mend its rejects; None where it keeps nothing."""
        return kept_rejects(self.store, batch)

    def diff(self, batch: Batch, limit: int = 1000) -> Diff:
        """What committing the batch would change, and what is unusual about it beside what is stored."""
        found = self.store.diff(batch, limit=limit)
        return replace(found, warnings=against.warnings(self.store, self.catalog, batch))

    def commit(self, batch: Batch, *, by: str, publish: bool = True) -> Receipt:
        """Write the batch and keep the verdicts that follow (`publish=False` where more files are to come). Its receipt
        warns of what `diff` does."""
        told = against.warnings(self.store, self.catalog, batch)
        receipt = self.store.commit(replace(batch, warnings=(*batch.warnings, *told)), by=by)
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

    def decide(self, decision: Decision, *more: Decision) -> int:
        """Record a decision, `more` with it or not at all, and keep the verdicts that follow; the number of the first,
        which the others come after. Raises KeyError for an unknown KPI."""
        kpis = dict.fromkeys(self.catalog[each.kpi].key for each in (decision, *more))
        now = _now().to_pydatetime()
        number = self.store.decide(*(replace(each, at=each.at or now) for each in (decision, *more)))
        self.publish(list(kpis))
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
        looked = self.snapshot(viewer, catalog)
        kpi = looked.catalog[key]
        wanted = Wanted(kpi, slice_, grain or kpi.operate, self.instant(kpi, as_of))
        return next(reviews(looked, [wanted], extra=tuple(extra)))

    def snapshot(self, viewer: Viewer = OPEN, catalog: Catalog | None = None) -> Snapshot:
        """The store as several series see it; with `catalog` through other definitions than those in force."""
        return Snapshot(self.store, catalog or self.catalog, viewer, drafted=catalog is not None)

    def watched(self, as_of: AsOf = None, viewer: Viewer = OPEN, keys: Iterable[str] | None = None) -> list[KpiReview]:
        """The reviews of all watched slices, in the catalogue's order."""
        return list(self.each_watched(as_of, viewer, keys))

    def each_watched(
        self, as_of: AsOf = None, viewer: Viewer = OPEN, keys: Iterable[str] | None = None
    ) -> Iterator[KpiReview]:
        """The same, one after the other."""
        looked = self.snapshot(viewer)
        named = None if keys is None else set(keys)
        kpis = [kpi for kpi in looked.catalog.kpis if named is None or kpi.key in named]
        slices = Origins(self.store, looked.catalog, viewer).watched(kpis)
        wanted = [
            Wanted(kpi, part, kpi.operate, moment)
            for kpi, parts in zip(kpis, slices, strict=True)
            for moment in [self.instant(kpi, as_of)]  # all slices of a KPI as of one
            for part in parts
        ]
        return reviews(looked, wanted)

    def slices(self, kpi: Kpi, *, by: Iterable[str] | None = None, viewer: Viewer = OPEN) -> list[Slice]:
        """The watched slices of a KPI; with `by`, one slice for each value of these dimensions instead."""
        origins = Origins(self.store, self.catalog, viewer)
        return origins.watched([kpi])[0] if by is None else origins.slices([kpi], [tuple(by)])[0]

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
        showing.keep_where_possible(self.store, self.watched(keys=wanted), "store")


def _now() -> pd.Timestamp:
    return pd.Timestamp.now("UTC").tz_localize(None)
