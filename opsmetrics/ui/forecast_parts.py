"""Parts and total on the Forecast page: the values of a dimension with the whole, forecast so that they agree."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import streamlit as st

from opsmetrics.catalog import Kpi, NotUnderstood
from opsmetrics.desk import Desk
from opsmetrics.desk import forecast_parts_sentences as cells
from opsmetrics.desk.forecast_many_words import say
from opsmetrics.desk.forecast_parts import How, Parts, parts
from opsmetrics.desk.forecast_sentences import Told
from opsmetrics.desk.kept import Kept
from opsmetrics.review import KpiReview
from opsmetrics.ui import addressed, blocks, forecast_blocks, forecast_job, page, reviews, tables
from opsmetrics.ui.blocks import Block
from opsmetrics.ui.forecast_view import ForecastView
from opsmetrics.ui.reviews import Versions
from opsmetrics.ui.tables import Table
from opsmetrics.ui.upload_blocks import plain
from opsmetrics.verdict.lead import poolable
from opsmetrics.working import tell

_STYLE = (Path(__file__).parent / "forecast_parts_look.css").read_text(encoding="utf-8")

#: Parameters of the address: the dimension, and how parts and total agree.
PARTS, AGREE = "parts", "agree"
NAMES = (PARTS, AGREE)

#: Where the work that makes them lies in the session.
_SLOT = "forecast_parts"

_Asked = tuple[Versions, str, str, int | None, How]
_MADE: Kept[_Asked, Parts | str] = Kept(64)
_FINISHED: Kept[Parts, tuple[Block, Table]] = Kept(64)


def not_understood(told: Told) -> list[str]:
    """What the address asks for of parts and is not here."""
    review, asked = told.found.review, st.query_params.get(PARTS, "")
    if not asked:
        return []
    if asked not in review.kpi.dimensions:
        return [say("no_parts", dimension=asked[:80], kpi=review.kpi.name)]
    return [] if _whole(review) else [say("no_parts_of_slice", kpi=review.kpi.name)]


def _whole(review: KpiReview) -> bool:
    """Parts are of the whole KPI, at the grain that it is operated at."""
    return not review.series.slice and review.series.grain == review.kpi.operate


def show(at: Desk, told: Told, view: ForecastView) -> None:
    """The section; nothing for a slice, for another grain than the one that the KPI is operated at, and where it has
    no dimension."""
    review = told.found.review
    kpi = review.kpi
    if not kpi.dimensions or not _whole(review):
        return
    if not poolable(kpi):
        page.show(blocks.caption(f"{say('parts_title')}: {say('choose_other', kpi=kpi.name)}"), key="parts_refused")
        return
    dimension, how = _asked(kpi)
    if dimension:
        page.show(blocks.title(say("parts_title"), note=say("parts_note")), key="parts_title")
    _choices(at, kpi, dimension, how)
    if dimension:
        _made(at, kpi, (reviews.versions(at, view.series.as_of), kpi.key, dimension, view.horizon, how), view)


def _asked(kpi: Kpi) -> tuple[str, How]:
    asked = st.query_params.get(PARTS, "")
    how: How = "bottom_up" if st.query_params.get(AGREE) == "bottom_up" else "mint"
    return asked if asked in kpi.dimensions else "", how


def _choices(at: Desk, kpi: Kpi, dimension: str, how: How) -> None:
    names = {known.key: known.name for known in at.catalog.dimensions}
    dimensions = {"": say("parts_of")} | {
        key: say("by", dimension=plain(names.get(key, key))) for key in kpi.dimensions
    }
    ways = {"": say("agree_mint"), "bottom_up": say("agree_bottom_up")}
    with st.container(horizontal=True, vertical_alignment="bottom", key="parts_controls"):
        addressed.select(say("parts_title"), dimensions, dimension, key="choose_parts",
                         write=partial(addressed.write, PARTS), width=190, shown=not dimension)  # fmt: skip
        if dimension:
            addressed.select(say("agree_choice"), ways, "" if how == "mint" else how, key="choose_agree",
                             write=partial(addressed.write, AGREE), width=260)  # fmt: skip


def _made(at: Desk, kpi: Kpi, asked: _Asked, view: ForecastView) -> None:
    """The table, or how far the work has come that makes it."""
    _, _, dimension, horizon, how = asked
    make = partial(_MADE.of, asked, partial(_parts, at, kpi, dimension, view, horizon, how))
    job = forecast_job.attend(_SLOT, say("parts_making"), asked, None if asked in _MADE else make)
    if job is not None:
        forecast_job.follow(_SLOT, job, lambda: None)
    elif asked not in _MADE:
        forecast_job.stopped(_SLOT, say("parts_stopped"), say("parts_make"))
    else:
        _drawn(make())


def _parts(at: Desk, kpi: Kpi, dimension: str, view: ForecastView, horizon: int | None, how: How) -> Parts | str:
    """The parts, or why there are none, which is kept too."""
    as_of, viewer = view.series.as_of, reviews.viewer()
    try:
        return parts(at, kpi, dimension, as_of=as_of, horizon=horizon, viewer=viewer, how=how, between=tell)
    except NotUnderstood as error:
        return str(error)


def _drawn(found: Parts | str) -> None:
    if isinstance(found, str):
        page.show(blocks.caption(found), key="parts_refused")
        return
    panels, table = _FINISHED.of(found, lambda: _finished(found))
    st.html(f"<style>{_STYLE}</style>")  # takes no room
    forecast_blocks.show(panels, key="parts")
    tables.behind(say("parts_table"), table, file=f"{found.kpi.key}-by-{found.dimension}.csv", key="parts_table")


def _finished(found: Parts) -> tuple[Block, Table]:
    said, head = f"{cells.lead(found)} {say('parts_ranges')}", cells.head(found)
    shown = forecast_blocks.panel(cells.title(found), cells.rows(found), head=head, text=said, strong=True)
    return forecast_blocks.panels(shown), tables.finished(cells.table(found))
