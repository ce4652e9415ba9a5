"""The filters of Today. Each one is a widget bound to the address, so every view is a link."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

import streamlit as st

from opsmetrics.catalog import Catalog
from opsmetrics.review import KpiReview
from opsmetrics.ui.links import read_date
from opsmetrics.verdict import wording

#: Names of parameters that belong to the pages; a dimension of the same name gets an underscore.
_TAKEN = {"category", "owner", "q", "as_of", "kpi", "slice", "grain", "span", "show", "point"}


EARLIEST = dt.date(1900, 1, 1)


@dataclass(frozen=True)
class Filters:
    """What a reader wants to see. An empty choice lets everything pass."""

    categories: frozenset[str] = frozenset()
    owners: frozenset[str] = frozenset()
    values: dict[str, frozenset[str]] = field(default_factory=dict)
    search: str = ""

    def passes(self, review: KpiReview) -> bool:
        """True where the review is among what the reader asked for.

        A slice that is not cut by a filtered dimension holds all its values, so it stays.
        """
        kpi, part = review.kpi, dict(review.series.slice)
        chosen = (not wanted or part.get(name) in {None, *wanted} for name, wanted in self.values.items())
        return (
            (not self.categories or kpi.category in self.categories)
            and (not self.owners or kpi.owner in self.owners)
            and all(chosen)
            and self._found(" ".join((kpi.name, kpi.key, kpi.category, kpi.owner, kpi.description, *part.values())))
        )

    def _found(self, text: str) -> bool:
        return all(word in text.casefold() for word in self.search.casefold().split())

    @property
    def key(self) -> str:
        """What a cache may be keyed by: equal filters have equal keys."""
        values = [(name, sorted(wanted)) for name, wanted in sorted(self.values.items()) if wanted]
        return repr((sorted(self.categories), sorted(self.owners), values, self.search))


def parameter(dimension: str) -> str:
    """The name of a dimension's parameter in the address."""
    return f"{dimension}_" if dimension in _TAKEN else dimension


def controls(catalog: Catalog, reviews: Iterable[KpiReview], today: dt.date) -> tuple[Filters, dt.date | None]:
    """Draw the row of controls; the answer is what they say and the date as of which the page is shown."""
    listed = list(reviews)
    with st.container(horizontal=True, vertical_alignment="center", key="controls"):
        categories = _choice("Areas", "category", {r.kpi.category for r in listed})
        owners = _choice("Owners", "owner", {r.kpi.owner for r in listed})
        values = {}
        for dimension in catalog.dimensions:
            found = {value for r in listed for name, value in r.series.slice if name == dimension.key}
            values[dimension.key] = _choice("Slices", parameter(dimension.key), found, caption=dimension.name)
        as_of = as_of_control(today)
        search = st.text_input(
            "Search",
            key="q",
            bind="query-params",
            placeholder=f"Search {len(listed)} rows",
            label_visibility="collapsed",
            width=210,
        )
    return Filters(categories, owners, values, search or ""), as_of


def _choice(label: str, key: str, found: set[str], caption: str = "") -> frozenset[str]:
    """A quiet popover with the values to choose from; nothing is drawn where there is no choice."""
    options = sorted(value for value in found if value)
    if len(options) < 2 and not st.query_params.get_all(key):
        return frozenset()
    chosen = len(st.session_state.get(key) or st.query_params.get_all(key))
    # A dimension's name is a user's text, and the label of a popover is markdown: it is shown inside, as a label.
    with st.popover(f"{label}: {chosen}" if chosen else f"All {label.lower()}", type="tertiary", key=f"open_{key}"):
        if caption:
            st.text(caption)
        picked = st.multiselect(label, options, key=key, bind="query-params", label_visibility="collapsed")
    return frozenset(picked)


def asked_as_of() -> dt.date | None:
    """The date that the control shows, or that the address asks for before it is drawn."""
    return read_date(st.session_state.get("as_of") or st.query_params.get("as_of"))


def as_of_control(today: dt.date) -> dt.date | None:
    """The date as of which everything is shown; None is now. `today` bounds it: nobody can look at what is to come."""
    chosen = asked_as_of()
    with st.popover(f"As of {wording.date(chosen)}" if chosen else "As of now", type="tertiary", key="open_as_of"):
        return st.date_input(
            "As of noon on this day",
            value=None,
            min_value=EARLIEST,  # Streamlit's own bound lies ten years back and would drop an older date
            max_value=today,
            key="as_of",
            bind="query-params",
            format="YYYY-MM-DD",
        )
