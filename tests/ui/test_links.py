"""Addresses: what is written is read back, and what cannot be understood falls back without failing."""

from __future__ import annotations

import datetime as dt
from urllib.parse import parse_qsl, urlsplit

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsmetrics.catalog import Catalog, Kpi, slice_of
from opsmetrics.ui.links import ChartView, period_text, read_date, read_rules, read_slice, slice_text, target

KPI = Kpi("late", "Late", "proportion", "lower", dimensions=("line", "site"), operate="day")
BY_SITE = Kpi("waits", "Waits", "measured", "lower", dimensions=("site",), watch=((("site", "North"),),))
SAMPLED = Kpi("juice", "Juice", "proportion", "lower", operate="sample")
CATALOG = Catalog(kpis=(KPI, BY_SITE, SAMPLED))

texts = st.text(min_size=1, max_size=20)


@given(st.dictionaries(st.sampled_from(["line", "site"]), texts))
def test_a_slice_survives_its_address(values: dict[str, str]) -> None:
    """Any text may be a dimension's value: commas, colons, per cent signs and emoji too."""
    part = slice_of(values)
    assert read_slice(slice_text(part)) == part


@given(st.dictionaries(st.sampled_from(["line", "site"]), texts), st.sampled_from([None, 30, 0, 365]))
def test_a_view_survives_its_link(values: dict[str, str], span: int | None) -> None:
    moments = {"point": "2026-11-09", "until": "2026-11-16", "start": "2026-11-02", "end": "2026-11-16T06:00"}
    view = ChartView("late", slice_of(values), "week", span, dt.date(2026, 11, 16), **moments, rules=("nelson",))
    query = dict(parse_qsl(urlsplit(view.link()["href"]).query, keep_blank_values=True))
    assert query == view.link()["params"]
    assert ChartView.read(query, CATALOG) == view


def test_a_plain_slice_reads_like_the_command_line() -> None:
    assert slice_text((("line", "3"), ("site", "North"))) == "line:3,site:North"


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"kpi": "no such"},
        {"kpi": "late", "grain": "fortnight", "span": "many", "as_of": "yesterday", "slice": "planet"},
        {"kpi": "late", "slice": "planet:Mars"},
        {"kpi": "late", "grain": "sample"},
        {"kpi": "late", "grain": "shift"},
        {"kpi": "late", "span": "-3"},
        {"kpi": "late", "span": "99999999999"},
        {
            "kpi": "late",
            "point": "yesterday",
            "until": "2026-13-01",
            "from": "x",
            "to": "99999999999999",
            "rules": "everything,all",
        },
    ],
)
def test_a_link_that_is_not_understood_shows_the_plain_view(params: dict[str, str]) -> None:
    assert ChartView.read(params, CATALOG) == ChartView("late")


def test_a_kpi_that_is_never_watched_as_a_whole_opens_at_its_first_slice() -> None:
    view = ChartView.read({"kpi": "waits"}, CATALOG)
    assert view is not None
    assert view.slice == (("site", "North"),)
    whole = ChartView.read({"kpi": "waits", "slice": ""}, CATALOG)
    assert whole is not None
    assert whole.slice == (), "asked for on purpose"


def test_samples_have_no_other_grain() -> None:
    view = ChartView.read({"kpi": "juice", "grain": "week"}, CATALOG)
    assert view is not None
    assert view.grain is None


def test_without_kpis_there_is_no_view() -> None:
    assert ChartView.read({"kpi": "late"}, Catalog()) is None


def test_the_start_page_is_the_folder_itself() -> None:
    assert target("today")["href"] == "./"
    assert target("today", as_of="2026-11-16")["href"] == "?as_of=2026-11-16"
    assert target("chart", kpi="a b&c")["href"] == "chart?kpi=a+b%26c"


@pytest.mark.parametrize(
    ("period", "text"),
    [
        (pd.Timestamp("2026-11-16"), "2026-11-16"),
        (pd.Timestamp("2026-11-16 06:00"), "2026-11-16T06:00"),
        (15, "15"),
    ],
)
def test_a_period_survives_its_address(period: object, text: str) -> None:
    assert period_text(period) == text
    assert ChartView.read({"kpi": "late", "point": text}, CATALOG) == ChartView("late", point=text)


def test_rules_of_one_s_own_choice_stand_in_the_order_of_the_rules() -> None:
    assert read_rules("run_of_8, beyond_limits,unknown") == ("beyond_limits", "run_of_8")
    assert read_rules("run_of_12,2_of_4_beyond_1.5,beyond_limits,run_of_1") == (
        *("beyond_limits", "run_of_12", "2_of_4_beyond_1.5"),
    ), "lengths of one's own come after them"
    assert read_rules("nelson,run_of_8") == ("nelson",), "a set stands alone"


@pytest.mark.parametrize("text", [None, "", "2026-02-30", "16.11.2026", "now"])
def test_what_is_no_date_is_none(text: str | None) -> None:
    assert read_date(text) is None
