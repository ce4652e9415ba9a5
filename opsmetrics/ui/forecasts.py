"""The page of all forecasts: a row for everything that is watched, by what is likely of its target."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Hashable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd
import streamlit as st

from opsmetrics.catalog import slice_text
from opsmetrics.desk import Desk
from opsmetrics.desk import forecast_outlook_sentences as words
from opsmetrics.desk.forecast_many_words import say
from opsmetrics.desk.forecast_outlook import STATES, Outlook, State, about, outlook, outlooks, split
from opsmetrics.desk.kept import Kept
from opsmetrics.desk.landing import SPANS
from opsmetrics.figures import Mark, assurance_mark, variation_mark
from opsmetrics.figures.forecast_ahead import forecast_spark
from opsmetrics.review import KpiReview
from opsmetrics.series import Stretch as Span
from opsmetrics.ui import addressed, blocks, filters, forecast_job, page, reviews, rows, tables
from opsmetrics.ui.blocks import Block, worded
from opsmetrics.ui.clock import at_site, site
from opsmetrics.ui.forecast_blocks import AT_RISK, UNSURE
from opsmetrics.ui.forecast_view import ForecastView
from opsmetrics.ui.links import ChartView
from opsmetrics.ui.reviews import Versions
from opsmetrics.ui.sections import ROWS
from opsmetrics.ui.tables import Table
from opsmetrics.verdict import wording
from opsmetrics.working import tell

V = TypeVar("V")

_STYLE = (Path(__file__).parent / "forecasts_look.css").read_text(encoding="utf-8")

#: The section of what is still to be made, as a link names it.
MISSING = "missing"

SPARK = (256, 48)

#: The parameter of the address: month, quarter or year.
END = "stretch"

#: Where the work that makes what is missing lies in the session.
_SLOT = "forecasts"

_MARKS: dict[State, Mark] = {
    "misses": AT_RISK,
    "open": UNSURE,
    "meets": assurance_mark("meets"),
    "no_chance": assurance_mark("no_target"),
    "early": assurance_mark("too_early"),
    "nothing": variation_mark("none"),
}

#: What a row follows from: its outlook, decisions and definitions (its limits do), the date that its link asks for, and
#: the stretch whose end is.
#: It outlasts the quarter of an hour after which everything is reviewed anew.
_About = tuple[Hashable, int, str, dt.date | None, Span | None]

_ROWS: Kept[_About, Block] = Kept(2_000)
_LINES: Kept[_About, dict[str, Any]] = Kept(2_000)
_TABLES: Kept[tuple[Versions, str, Span | None], Table] = Kept(32)


def render(at: Desk) -> None:
    """Draw the page that the address asks for."""
    catalog = at.catalog
    filters.bring("forecasts", catalog, names=[*filters.shared_names(catalog), END])
    as_of = filters.asked_as_of()
    watched = reviews.watched(at, as_of)
    if not as_of and not any(len(review.points) for review in watched):
        nothing = blocks.heading(say("all_none"), eyebrow=say("all"))
        page.first_steps(catalog, say("all_first"), key="empty", head=nothing)
        return
    st.html(f"<style>{_STYLE}</style>")  # takes no room
    top = st.container()
    end = asked_end()
    wanted, _ = filters.controls(catalog, watched, at_site(site(catalog)).date(), lambda: _choose(end))
    shown = [review for review in watched if wanted.passes(review)]
    if not shown:
        with top:
            page.show(blocks.heading(say("all_fits_none"), eyebrow=say("all")), key="head")
        filters.nothing_fits(catalog)
        return
    key = reviews.versions(at, as_of)
    made, missing = split(shown, end)
    run = partial(outlooks, missing, None, tell, end) if missing else None
    job = forecast_job.attend(_SLOT, say("making"), (*key[:4], as_of, end), run)
    if job is None:  # it was short, or there is none
        made, missing = split(shown, end)
    found = [outlook(each, span=end) for each in made]
    with top:
        page.show(head(found, len(missing), as_of, at_site(site(catalog)), working=job is not None), key="head")
    listed = partial(_listed, key, shown, as_of, end)
    if job is not None:
        forecast_job.follow(_SLOT, job, listed)
        return
    if missing:
        forecast_job.stopped(_SLOT, say("stopped", n=wording.number(len(missing))), say("make"))
    listed()
    if found and not missing:
        _tables(key, wanted.key, found)


def asked_end() -> Span | None:
    """The stretch of the address whose end is asked for; None: the nearest of which something can be told."""
    return next((span for span in SPANS if span == st.query_params.get(END)), None)


def _choose(end: Span | None) -> None:
    """Which end: in the address, and with the reader."""
    addressed.segments(say("choice"), words.choices(), end or "", key="choose_stretch", write=_write)


def _write(chosen: str) -> None:
    addressed.write(END, chosen)
    filters.kept()[END] = chosen


def head(
    found: Sequence[Outlook], missing: int, as_of: dt.date | None, now: dt.datetime, *, working: bool = False
) -> Block:
    """The headline from what is made, below the day and how many it speaks of; of a part of them none is computed."""
    day = f"As of noon, {wording.date(as_of, weekday=True)}" if as_of else wording.date(now, weekday=True)
    of, made = wording.number(len(found) + missing), wording.number(len(found))
    many = say("made_of", made=made, of=of) if missing and not working else say("watched", n=of)
    title = say("all_making" if working else "all_stopped") if missing else words.headline(found)
    return blocks.heading(title, eyebrow=" · ".join((say("all"), day, many)), lead="" if missing else words.lead(found))


def _listed(key: Versions, shown: Sequence[KpiReview], as_of: dt.date | None, end: Span | None) -> None:
    """The rows of what is made, and of what is not yet."""
    made, missing = split(shown, end)
    everything = st.query_params.get("show", "")
    drawn = sections(key, [outlook(each, span=end) for each in made], missing, as_of, everything)
    page.show(*drawn, foot(), key="forecast_rows")


def sections(
    key: Versions, found: Sequence[Outlook], missing: Sequence[KpiReview], as_of: dt.date | None, everything: str = ""
) -> list[Block]:
    """One section for each state that has rows, then what is still to be made. everything: the section of which all
    rows are wanted."""
    groups: dict[State, list[Outlook]] = defaultdict(list)
    for each in found:
        groups[each.state].append(each)
    shown = [_section(key, state, groups[state], as_of, everything == state) for state in STATES if groups[state]]
    if missing:
        listed, more = _first(missing, MISSING, everything == MISSING)
        drawn = [_waiting(review, as_of) for review in listed]
        shown.append(
            blocks.section(
                MISSING, say("missing"), drawn, count=len(missing), note=say("missing_why"), fold="open", more=more
            )
        )
    return shown


def _section(key: Versions, state: State, found: list[Outlook], as_of: dt.date | None, everything: bool) -> Block:
    listed, more = _first(found, state, everything)
    drawn = [_drawn(key, each, as_of) for each in listed]
    title, why = words.state_title(state, found[0].span)
    return blocks.section(state, title, drawn, count=len(found), note=why, more=more)


def _drawn(key: Versions, found: Outlook, as_of: dt.date | None) -> Block:
    return _ROWS.of(_about(key, found, as_of), lambda: row(found, as_of))


def _about(key: Versions, found: Outlook, as_of: dt.date | None) -> _About:
    return about(found.review), key.decisions, key.definitions, as_of, found.span


def _first(found: Sequence[V], name: str, everything: bool) -> tuple[Sequence[V], Block | None]:
    """The rows to send, and the way to the others."""
    if everything or len(found) <= ROWS:
        return found, None
    return found[:ROWS], {"text": say("show_all", n=wording.number(len(found))), "show": name}


def row(found: Outlook, as_of: dt.date | None) -> Block:
    """One slice: what is likely, its picture, the next period, where it lands, what past forecasts were worth."""
    review, forecast = found.review, found.told.found
    value, span, when = words.next_cell(found)
    spark: list[dict[str, str]] = []
    if forecast.forecast is not None:
        spark = forecast_spark(review, forecast.forecast, forecast.ahead, forecast.positions, *SPARK)
    unit = review.kpi.unit
    short = len(unit) <= rows.LONGEST_UNIT
    return _bare(review, as_of) | {
        "mark": worded(_MARKS[found.state], words.state_word(found.state)),
        "spark": {"shapes": spark, "width": SPARK[0], "height": SPARK[1], "empty": ""},
        "value": value,
        "unit": wording.unit_text(unit, value) if short and span else "",
        "counts": [
            text
            for text in ("" if short or not span else unit, say("range_80", range=span) if span else "", when)
            if text
        ],
        "sentence": words.sentence(found),
        "meta": words.trust(found),
        "ahead": found.told.coverage(),
        "said": words.aged(review),
        "owner": "",
    }


def _waiting(review: KpiReview, as_of: dt.date | None) -> Block:
    """A slice whose forecast is still to be made."""
    return _bare(review, as_of) | {
        "mark": worded(variation_mark("none"), say("missing").lower()),
        "spark": None,
        "value": "",
        "unit": "",
        "counts": [],
        "sentence": "",
        "meta": "",
        "owner": "",
    }


def _bare(review: KpiReview, as_of: dt.date | None) -> Block:
    part = review.series.slice
    view = ForecastView(ChartView(review.kpi.key, part, as_of=as_of))
    sub = " · ".join(text for text in (slice_text(part), review.kpi.owner) if text)
    return {"key": rows.row_key(review), "go": view.link(), "name": review.kpi.name, "sub": sub}


def foot() -> Block:
    """What the pictures hold."""
    return blocks.key() | {"items": [{**item, "tone": "muted"} for item in _KEY]}


def _tables(key: Versions, wanted: str, found: Sequence[Outlook]) -> None:
    """The table behind the rows, and the whole of the fans as a file."""

    def finished() -> Table:
        lines = [_LINES.of(_about(key, each, None), partial(words.line, each)) for each in found]
        return tables.finished(pd.DataFrame(lines))

    table = _TABLES.of((key, wanted, found[0].span), finished)
    tables.behind(say("table"), table, file="forecasts.csv", key="forecasts_table")
    st.download_button(
        say("periods"),
        lambda: tables.csv_bytes(words.periods(found)),
        file_name="forecasts-by-period.csv",
        mime="text/csv",
        key="forecasts_periods",
        type="tertiary",
    )


_KEY: tuple[Block, ...] = (
    {
        "text": say("limits"),
        "shapes": [{"tag": "rect", "x": "0", "y": "3", "width": "32", "height": "10", "fill": "band"}],
        "width": 32,
    },
    {
        "text": say("drawn"),
        "shapes": [
            {"tag": "path", "d": f"M1 8L31 {low}V{high}Z", "fill": "limit", "fill-opacity": "0.21"}
            for low, high in ((1, 15), (3, 13), (5, 11))
        ],
        "width": 32,
    },
    {
        "text": say("most_likely"),
        "shapes": [{"tag": "path", "d": "M1 8H27", "stroke": "ink", "stroke-width": "1.25", "stroke-dasharray": "3 2"}],
        "width": 28,
    },
    {
        "text": say("target"),
        "shapes": [{"tag": "path", "d": "M1 8H27", "stroke": "ink", "stroke-dasharray": "1.5 2.5"}],
        "width": 28,
    },
)
