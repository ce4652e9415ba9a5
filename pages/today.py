"""Today: what changed, what to do about it, what to leave alone."""

import streamlit as st

from opsmetrics.ui import attention, blocks, filters, load, page, reader, reviews, sections, tables, window
from opsmetrics.ui.clock import at_site, site

at = reviews.desk()
catalog = at.catalog
filters.bring("today", catalog, names=[*filters.shared_names(catalog), window.NAME])
as_of = filters.asked_as_of()
watched = reviews.watched(at, as_of)

if not as_of and not any(len(review.points) for review in watched):
    page.first_steps(
        catalog,
        "Load a CSV or Excel file with a date and a number, or type yesterday's numbers. Twelve points are enough "
        "for the first limits; until then a measure says “too few points”.",
        key="empty",
        head=blocks.heading("Nothing to watch yet.", eyebrow="Today"),
    )
    page.show(
        blocks.caption(
            "To look around first, python -m opsmetrics sample --store sample.duckdb fills a store of its own."
        ),
        key="sample",
    )
    st.stop()

since = window.chosen(catalog, as_of, reader.last_visit(at.store))
new = reviews.news(at, watched, since, as_of)
top = st.container()
wanted, _ = filters.controls(catalog, watched, at_site(site(catalog)).date(), lambda: window.control(since))
shown = [review for review in watched if wanted.passes(review)]

with top:
    page.show(sections.head(shown, catalog, as_of, new, hidden=len(watched) - len(shown)), key="head")
if not shown:
    filters.nothing_fits(catalog)
    st.stop()

pressed = page.show(
    *reviews.today(at, shown, wanted, as_of, st.query_params.get("show", ""), new),
    *load.block(shown),
    sections.foot(shown, reviews.sources(at), catalog),
    key="rows",
)
tables.behind("As table", reviews.today_table(at, shown, wanted, as_of, new), file="today.csv", key="today_table")
attention.show(at.store, shown, pressed, "today")
