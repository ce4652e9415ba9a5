"""What the page of one KPI makes of a review: worked out once for it, kept as long as many others are not asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from opsmetrics.catalog import Catalog, Decision, Kpi
from opsmetrics.desk import Desk
from opsmetrics.desk.kept import Kept
from opsmetrics.figures import Finished, Theme, between_chart, control_chart, look_chart, spread_chart, tokens
from opsmetrics.review import KpiReview
from opsmetrics.ui import chart_rules, chart_view, decisions_words, kpi, reviews, stored_rows, tables
from opsmetrics.ui.blocks import Block
from opsmetrics.ui.chart_rules import Deciding
from opsmetrics.ui.clock import at_site
from opsmetrics.ui.links import ChartView, target
from opsmetrics.ui.tables import Table
from opsmetrics.verdict.second_look import LOOKS, Look, SecondLook, can_be_looked_through, second_look
from opsmetrics.verdict.workings import Workings


@dataclass(frozen=True, eq=False)
class Made:
    """Everything that is a function of the review alone."""

    review: KpiReview

    @cached_property
    def workings(self) -> Workings:
        """The steps behind it."""
        return chart_rules.workings(self.review)

    @cached_property
    def deciding(self) -> Deciding:
        """The rules that decide."""
        return chart_rules.deciding(self.review, self.workings)

    @cached_property
    def looks(self) -> tuple[Look, ...]:
        """The charts through which its points can be looked at once more."""
        return LOOKS if can_be_looked_through(self.workings) else ()

    def look(self, kind: Look | None) -> SecondLook | None:
        """The second look that a view asks for."""
        return None if kind is None else second_look(self.workings, kind)

    @cached_property
    def strip(self) -> Block:
        """The strip below the head."""
        return kpi.strip(self.review, self.deciding)

    @cached_property
    def table(self) -> Table:
        """The table behind the chart."""
        return tables.finished(kpi.table(self.review))

    @cached_property
    def followed(self) -> Mapping[int, str]:
        """The periods whose rows can be asked for, newest first: a zero may be known without a row."""
        points = self.review.points
        known = (points["rows"] > 0) | points["value"].notna()
        labels = points["label"].tolist()
        return {int(place): str(labels[place]) for place in np.flatnonzero(known.to_numpy())[::-1]}


class Figures(NamedTuple):
    """The figures of a view, back to front as they stand on the page; `there`: the positions of its points."""

    main: Finished
    spread: Finished | None
    between: Finished | None
    look: tuple[SecondLook, Finished] | None
    there: tuple[int, ...]


class Rows(NamedTuple):
    """The stored rows behind one period, as people read them; `table` None: there are none."""

    title: Block
    table: Table | None


_MADE: Kept[KpiReview, Made] = Kept(128)
_FIGURES: Kept[tuple[KpiReview, ChartView, Theme, bool], Figures] = Kept(128)
_LISTS: Kept[tuple[KpiReview, tuple[str, ...]], list[Block]] = Kept(128)
_ROWS: Kept[tuple[KpiReview, int], Rows] = Kept(64)
_HISTORIES: Kept[tuple[KpiReview, tuple[int | None, ...]], Table] = Kept(64)


def of(review: KpiReview) -> Made:
    """What is made of a review."""
    return _MADE.of(review, lambda: Made(review))


def figures(review: KpiReview, view: ChartView, theme: Theme, *, draggable: bool) -> Figures:
    """The figures of a view, nothing on them chosen yet. draggable: a drag across the chart draws a frame on it."""
    drawn = ChartView(view.kpi, span=view.span, start=view.start, end=view.end, rules=view.rules, look=view.look)
    return _FIGURES.of((review, drawn, theme, draggable), lambda: _figures(review, drawn, theme, draggable))


def _figures(review: KpiReview, view: ChartView, theme: Theme, draggable: bool) -> Figures:
    shown, span = chart_view.drawn(looked_at(review, view), view)
    main = control_chart(shown, theme=theme, span=span)
    if draggable:  # once it is let go, the veil stands for the frame, which is as high as the chart
        edge = {"line": {"color": tokens(theme).ink, "width": 1, "dash": "2px,3px"}}
        main.update_layout(dragmode="select", selectdirection="h", newselection=edge, selections=[])
    points: Any = next(main.select_traces(selector={"name": "points"}), None)
    below = shown.chart is not None and shown.chart.spread is not None
    look = of(review).look(view.look)
    return Figures(
        Finished(main),
        Finished(spread_chart(shown, theme=theme, span=span)) if below else None,
        Finished(between_chart(review, theme=theme)) if review.between is not None else None,
        None if look is None else (look, Finished(look_chart(shown, look, theme=theme, span=span))),
        () if points is None else tuple(int(item[0]) for item in points.customdata),
    )


def looked_at(review: KpiReview, view: ChartView) -> KpiReview:
    """The review with the hits of the rules that a view asks for."""
    return chart_rules.looked_at(review, view.rules) if view.rules else review


def lists(review: KpiReview, view: ChartView) -> list[Block]:
    """Signals, episodes and phases below the chart."""
    return _LISTS.of((review, view.rules), lambda: kpi.lists(looked_at(review, view)))


def rows_behind(at: Desk, review: KpiReview, view: ChartView, position: int) -> Rows:
    """The stored rows behind the period at a position of the review that this view shows."""

    def read() -> Rows:
        found = at.rows_behind(review, position, viewer=reviews.viewer(), limit=stored_rows.ROWS)
        events = chart_view.events_link(review, view, position, position)
        more = [{"text": "what they were", "go": events}] if events else []
        more += _followed(review.kpi, found)
        title = stored_rows.title(chart_view.label(review, position), found, at.catalog, more)
        return Rows(title, None if found.empty else tables.finished(_readable(at.catalog, found, review)))

    return _ROWS.of((review, position), read)


def _followed(kpi: Kpi, found: pd.DataFrame) -> list[Block]:
    """A link to the history of the first of these rows on the page Data; a KPI made of others has no such rows."""
    if kpi.kind == "derived" or found.empty:
        return []
    at = at_site(kpi.calendar, pd.Timestamp(found["observed_at"].iloc[0]).to_pydatetime())
    day = "" if kpi.operate == "sample" else at.date().isoformat()
    return [{"text": "history and correction", "go": target("data", kpi=kpi.key, day=day)}]


def _readable(catalog: Catalog, found: pd.DataFrame, review: KpiReview) -> pd.DataFrame:
    defined = review.kpi
    called = {"numerator": defined.numerator or "Numerator", "denominator": defined.denominator or "Denominator"}
    table = found.drop(columns="observed_at") if review.series.grain == "sample" else found
    return stored_rows.readable(table, catalog, defined.calendar, called)


def history(review: KpiReview, made: tuple[Decision, ...]) -> Table:
    """The table of everything ever decided about the KPI."""
    numbers = tuple(decision.id for decision in made)
    return _HISTORIES.of((review, numbers), lambda: tables.finished(decisions_words.history(made, review)))
