"""The filters that the pages share. The address is the truth: a control shows what it says and only writes to it, so
every view is a link and Back is a way back. What was chosen on one page is chosen on the next, unless the link to it
says otherwise.

Streamlit's own binding of widgets to the address is not used: it refuses links to a page on which the same parameter is
bound, and drops such a parameter on the way back.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import streamlit as st

from opsmetrics.catalog import Catalog, Kpi
from opsmetrics.review import KpiReview
from opsmetrics.ui.links import Target, read_as_of, target
from opsmetrics.ui.upload_blocks import plain
from opsmetrics.verdict import wording

#: Names of parameters that belong to the pages; a dimension of the same name gets an underscore.
_TAKEN = {"category", "owner", "q", "as_of", "kpi", "slice", "grain", "span", "show", "point", "since", "order"}


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
        if self._let_all_pass:
            return True
        kpi, part = review.kpi, dict(review.series.slice)
        chosen = (not wanted or part.get(name) in {None, *wanted} for name, wanted in self.values.items())
        return (
            (not self.categories or kpi.category in self.categories)
            and (not self.owners or kpi.owner in self.owners)
            and all(chosen)
            and self._found(" ".join((kpi.name, kpi.key, kpi.category, kpi.owner, kpi.description, *part.values())))
        )

    @cached_property
    def _let_all_pass(self) -> bool:
        return not (self.categories or self.owners or self.search.strip() or any(self.values.values()))

    def _found(self, text: str) -> bool:
        return all(word in text.casefold() for word in self.search.casefold().split())

    @property
    def single(self) -> dict[str, str]:
        """Dimensions of which exactly one value is asked for, with that value."""
        return {name: next(iter(values)) for name, values in self.values.items() if len(values) == 1}

    @property
    def key(self) -> str:
        """What a cache may be keyed by: equal filters have equal keys."""
        values = [(name, sorted(wanted)) for name, wanted in sorted(self.values.items()) if wanted]
        return repr((sorted(self.categories), sorted(self.owners), values, self.search))


def parameter(dimension: str) -> str:
    """The name of a dimension's parameter in the address."""
    return f"{dimension}_" if dimension in _TAKEN else dimension


def controls(
    catalog: Catalog, reviews: Iterable[KpiReview], today: dt.date, lead: Callable[[], None] | None = None
) -> tuple[Filters, dt.date | None]:
    """Draw the row of controls, led by what `lead` draws; the answer is what they say and the date as of which the page
    is shown."""
    listed = list(reviews)
    found: dict[str, set[str]] = {dimension.key: set() for dimension in catalog.dimensions}
    for review in listed:
        for name, value in review.series.slice:
            found[name].add(value)
    return row_of_controls(catalog, [review.kpi for review in listed], found, today, lead=lead)


def row_of_controls(
    catalog: Catalog,
    kpis: list[Kpi],
    found: Mapping[str, set[str]],
    today: dt.date,
    *,
    most: int | None = None,
    lead: Callable[[], None] | None = None,
) -> tuple[Filters, dt.date | None]:
    """Draw the controls over these KPIs and values of dimensions; `most`: of a dimension so many may be chosen; `lead`
    draws what stands before them."""
    with st.container(horizontal=True, vertical_alignment="center", key="controls"):
        if lead is not None:
            lead()
        categories = _choice("Area", "category", {kpi.category for kpi in kpis})
        owners = _choice("Owner", "owner", {kpi.owner for kpi in kpis})
        values = {
            dimension.key: _choice(plain(dimension.name), parameter(dimension.key), found[dimension.key], most=most)
            for dimension in catalog.dimensions
        }
        as_of = as_of_control(today)
        search = st.session_state["q"] = st.query_params.get("q", "")
        st.text_input(
            "Search",
            key="q",
            on_change=_to_address,
            args=("q",),
            placeholder=f"Search {len(kpis)} rows",
            label_visibility="collapsed",
            width=210,
        )
    keep(catalog)
    return Filters(categories, owners, values, search), as_of


_AT, _KEPT = "shared_choices_at", "shared_choices"


def shared_names(catalog: Catalog) -> list[str]:
    """The choices that go with a reader from page to page, by the names of their parameters."""
    return ["category", "owner", "q", "as_of", *(parameter(dimension.key) for dimension in catalog.dimensions)]


def bring(page: str, catalog: Catalog, *, most: int | None = None, names: Iterable[str] = ()) -> bool:
    """Before anything is drawn: choose what was chosen on the page before, once for each visit; True in its first run.

    The navigation opens a page with an empty address, to which the choices are then added; an address that says
    anything about them is a link and says it all. most: so many values of a dimension have a place on this page.
    names: the choices that this page knows; all of them unless given.
    """
    names = list(names) or shared_names(catalog)
    limits = {parameter(dimension.key): most for dimension in catalog.dimensions}
    chosen = {name: values[: limits.get(name)] for name, values in said(names).items()}
    return arrive(page, chosen, blocked_by=names)


def arrive(
    page: str, chosen: Mapping[str, str | list[str]], *, blocked_by: Iterable[str], always: bool = False
) -> bool:
    """At the first run of a visit add these parameters to the address, unless it says one of `blocked_by` already.

    Every page calls this, so that the next one knows where a reader comes from. always: at any later run too, for a
    page whose address names what it shows: then only a click on the page's own name in the navigation empties it. The
    answer is True at the first run of a visit.
    """
    first = st.session_state.get(_AT) != page
    st.session_state[_AT] = page
    if (first or always) and chosen and not any(name in st.query_params for name in blocked_by):
        st.query_params.update(chosen)
    return first


def dimension_parameters(catalog: Catalog) -> list[str]:
    """The parameters of the dimensions: what a page knows that lists no KPIs."""
    return [parameter(dimension.key) for dimension in catalog.dimensions]


def kept() -> dict[str, Any]:
    """What was chosen on any page of this session, by parameter."""
    found: dict[str, Any] = st.session_state.setdefault(_KEPT, {})
    return found


def single_values(catalog: Catalog) -> dict[str, str]:
    """Dimensions of which exactly one value is chosen, with that value."""
    held = {dimension.key: kept().get(parameter(dimension.key)) or [] for dimension in catalog.dimensions}
    return {name: str(values[0]) for name, values in held.items() if len(values) == 1}


def said(names: Iterable[str]) -> dict[str, list[str]]:
    """Of these choices those that were made, as parameters of an address."""
    held = kept()
    return {name: values for name in names if (values := _texts(held.get(name)))}


def today(catalog: Catalog, as_of: dt.date | None) -> Target:
    """The way back to Today with what was chosen, as of this date."""
    return target("today", **said(shared_names(catalog)) | {"as_of": as_of.isoformat() if as_of else ""})


def dimension_choices(catalog: Catalog, found: Mapping[str, set[str]]) -> dict[str, frozenset[str]]:
    """A popover for each dimension that offers a choice, remembered for all pages."""
    with st.container(horizontal=True, vertical_alignment="center", key="controls"):
        values = {d.key: _choice(plain(d.name), parameter(d.key), found[d.key]) for d in catalog.dimensions}
    keep(catalog)
    return values


def nothing_fits(catalog: Catalog, what: str = "KPI") -> None:
    """The list is empty because of the filters: say so, with the way out."""
    st.text(f"No {what} fits these filters. Take one of them away.")
    st.button("Clear the filters", on_click=_clear, args=(catalog,), key="clear_filters")


def _clear(catalog: Catalog) -> None:
    """Take every filter away, on every page; the date stays."""
    for name in shared_names(catalog):
        if name != "as_of":
            kept().pop(name, None)
            st.query_params.pop(name, None)


def _texts(value: object) -> list[str]:
    """A choice as the values of its parameter."""
    if isinstance(value, dt.date):
        return [value.isoformat()]
    return [str(item) for item in (value if isinstance(value, list) else [value]) if item]


def _to_address(name: str) -> None:
    """Write what a control says into the address."""
    texts = _texts(st.session_state[name])
    if texts:
        st.query_params[name] = texts
    else:
        st.query_params.pop(name, None)


def keep(catalog: Catalog) -> None:
    """After the controls are drawn: remember what they say; a choice that this page does not offer stays as it was."""
    for name in shared_names(catalog):
        if name in st.session_state:
            kept()[name] = st.session_state[name]


def _choice(label: str, key: str, found: set[str], *, most: int | None = None) -> frozenset[str]:
    """A quiet popover with the values to choose from; nothing is drawn where there is no choice."""
    chosen = list(dict.fromkeys(value for value in st.query_params.get_all(key) if value))[:most]
    options = sorted({value for value in found if value} | set(chosen))
    if len(options) < 2 and not chosen:
        return frozenset()
    st.session_state[key] = chosen
    with st.popover(f"{label}: {_shown(chosen)}", type="tertiary", key=f"open_{key}"):
        st.multiselect(
            label, options, key=key, on_change=_to_address, args=(key,), label_visibility="collapsed",
            max_selections=most,
        )  # fmt: skip
    return frozenset(chosen)


def _shown(chosen: list[str]) -> str:
    """What a closed popover says: "all", the one value, or how many."""
    if not chosen:
        return "all"
    return plain(chosen[0]) if len(chosen) == 1 else str(len(chosen))


def asked_as_of() -> dt.date | None:
    """The date that the address asks for; None is now."""
    return read_as_of(st.query_params.get("as_of"))


def as_of_control(today: dt.date) -> dt.date | None:
    """The date as of which everything is shown; None is now. `today` bounds it: nobody can look at what is to come."""
    chosen = asked_as_of()
    st.session_state["as_of"] = min(chosen, today) if chosen else None
    with st.popover(f"As of {wording.date(chosen)}" if chosen else "As of now", type="tertiary", key="open_as_of"):
        st.date_input(
            "As of noon on this day",
            min_value=EARLIEST,  # Streamlit's own bound lies ten years back and would drop an older date
            max_value=today,
            key="as_of",
            on_change=_to_address,
            args=("as_of",),
            format="YYYY-MM-DD",
        )
    return chosen
