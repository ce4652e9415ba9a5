"""Summary: one page for leadership. Is it changing, will it meet its target, what to ask about first."""

import streamlit as st

from opsmetrics.ui import blocks, filters, page, reviews, summary, summary_blocks, tables
from opsmetrics.ui.clock import at_site, site

at = reviews.desk()
catalog = at.catalog
filters.bring("summary", catalog, most=1)
if reviews.sources(at).empty:
    head = blocks.heading("Nothing to sum up yet.", eyebrow="Summary")
    page.first_steps(catalog, "A summary needs data: load a file or type numbers.", key="empty", head=head)
    st.stop()

top = st.container()
values = reviews.dimension_values(at)
wanted, as_of = filters.row_of_controls(catalog, list(catalog.kpis), values, at_site(site(catalog)).date(), most=1)
rows = [row for row in reviews.summary(at, as_of, wanted.single) if wanted.passes(row.review)]
summary_blocks.apply_style(len(rows) + len({row.review.kpi.category for row in rows}))

if not rows:
    with top:
        page.show(blocks.heading("Nothing to sum up here.", eyebrow="Summary"), key="empty")
    filters.nothing_fits(catalog)
    st.stop()

with top:
    page.show(summary.head(rows, catalog, as_of), key="head")
asked, listed = summary.asks(rows, as_of), summary.table_block(rows, as_of)
summary_blocks.show(*asked, listed, summary.foot(), key="summary")
tables.behind("As table", summary.table(rows), file="summary.csv", key="summary_table")
