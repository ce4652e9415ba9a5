"""Today as data: groups, order, words and marks, against reviews put together by hand."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pandas as pd

from opsmetrics.catalog import Catalog
from opsmetrics.review import KpiReview
from opsmetrics.ui import rows, sections
from opsmetrics.ui.filters import Filters, parameter
from opsmetrics.ui.links import ChartView
from opsmetrics.verdict.model import STANCES
from tests.figures import reviews


def judged(review: KpiReview, **changes: Any) -> KpiReview:
    assert review.verdict is not None
    return replace(review, verdict=replace(review.verdict, **changes))


def draw(review: KpiReview) -> dict[str, Any]:
    return rows.row(review, ChartView(review.kpi.key, review.series.slice))


def test_sections_stand_in_the_order_of_the_stances_and_empty_ones_vanish() -> None:
    """verdict.md 35: find the cause · get the data · change the process · single misses · learn · leave · wait."""
    listed = [judged(reviews.stable(seed=i), stance=stance) for i, stance in enumerate(reversed(STANCES))]
    blocks = sections.stance_sections(listed, None)
    assert [block["id"] for block in blocks] == list(STANCES)
    assert [block["id"] for block in sections.stance_sections(listed[:2], None)] == ["leave_alone", "wait"]


def test_a_row_carries_mark_word_name_value_counts_target_sentence_and_owner() -> None:
    row = draw(reviews.late_deliveries())
    assert (row["mark"]["word"], row["mark"]["tone"]) == ("Concerning, high", "concern")
    assert (row["second"]["word"], row["second"]["tone"]) == ("Fails", "concern")
    assert (row["name"], row["sub"]) == ("Late deliveries", "Dispatch · Line 3")
    assert (row["value"], row["unit"]) == ("22.5", "\u00a0%")
    assert row["counts"] == ["161 of 716", "target ≤\u00a016.0"]
    assert row["sentence"].startswith("Late deliveries 22.5\u00a0% is above its limits")
    assert (row["meta"], row["owner"]) == ("since 16 Nov 2026", "M. Okafor")
    assert row["go"]["href"] == "chart?kpi=late&slice=area%3ADispatch%2Cline%3ALine+3"


def test_the_stance_decides_which_mark_leads() -> None:
    plain = {"variation": "common_cause", "side": "none", "assurance": "fails"}
    assert draw(judged(reviews.late_deliveries(), stance="change_process", **plain))["mark"]["word"] == "Fails"
    leaving = draw(judged(reviews.late_deliveries(), stance="get_data", data="late"))
    assert (leaving["mark"]["word"], leaving["mark"]["tone"]) == ("Late", "data")
    assert (leaving["second"]["word"], leaving["second"]["tone"]) == ("Concerning, high", "muted")


def test_late_and_missing_figures_are_grey_and_dated() -> None:
    row = draw(reviews.stopped())
    assert row["stale"] is True
    assert row["counts"][-1] == "as of 16 Sep 2026"
    assert draw(reviews.stable())["stale"] is False


def test_a_row_without_any_value_says_so() -> None:
    row = draw(reviews.empty())
    assert (row["value"], row["unit"], row["counts"]) == ("–", "", [])
    assert row["spark"]["shapes"] == []
    assert row["spark"]["empty"]


def test_the_newest_signal_stands_first() -> None:
    old, new = reviews.changeover(), reviews.late_deliveries()
    assert sections.newest_first([old, reviews.stable(), new])[:2] == [new, old]


def test_many_quiet_charts_are_cut_and_can_all_be_asked_for() -> None:
    listed = [reviews.stable(seed=1) for _ in range(30)]
    (block,) = sections.stance_sections(listed, None)
    assert (len(block["rows"]), block["count"]) == (sections.TILES, "30")
    assert block["more"] == {"text": "Show all 30", "show": "leave_alone"}
    (block,) = sections.stance_sections(listed, None, "leave_alone")
    assert (len(block["rows"]), block["more"]) == (30, None)


def test_the_headline_counts_what_the_page_shows() -> None:
    listed = [reviews.late_deliveries(), reviews.changeover(), *(reviews.stable(seed=i) for i in range(3))]
    head = sections.head(listed, Catalog(), None, hidden=2)
    assert head["title"] == "One got worse, one improved. Leave 3 alone."
    assert head["eyebrow"].endswith("5 of 7 shown")
    calm = sections.head([reviews.stable()] * 3, Catalog(), None)
    assert calm["title"] == "Nothing changed. Leave all 3 alone."
    assert calm["lead"]


def test_the_foot_says_how_fresh_the_data_are() -> None:
    sources = pd.DataFrame({"kpi": ["late"], "last_observed_at": [pd.Timestamp("2026-11-17 04:31")], "rows": [9]})
    catalog = Catalog(kpis=(reviews.LATE,))
    foot = sections.foot([reviews.late_deliveries(), reviews.stopped()], sources, catalog)
    assert foot["note"] == "last observation 17 Nov 2026, 04:31 · 1 of 2 fresh"


def test_the_table_holds_a_line_for_each_row_in_the_order_of_the_page() -> None:
    table = sections.table([reviews.stable(), reviews.changeover(), reviews.late_deliveries()])
    assert table["KPI"].tolist() == ["Late deliveries", "Changeover time", "Pick accuracy"]
    late = table.iloc[0]
    assert late["Value"] == reviews.late_deliveries().points["value"].iloc[90] * 100
    assert (late["Numerator"], late["Denominator"], late["Judged periods"]) == (161, 716, 90)


def test_the_blocks_are_plain_data() -> None:
    listed = [reviews.late_deliveries(), reviews.changeover(), reviews.stopped(), reviews.one_point(), reviews.empty()]
    blocks = sections.stance_sections(listed, None)
    assert json.loads(json.dumps(blocks, allow_nan=False)) == blocks


# Filters


def test_filters_choose_by_category_owner_slice_and_words() -> None:
    late, other = reviews.late_deliveries(), reviews.changeover()
    assert Filters().passes(late)
    assert Filters(categories=frozenset({"Dispatch"})).passes(late)
    assert not Filters(categories=frozenset({"Dispatch"})).passes(other)
    assert not Filters(owners=frozenset({"A. Ruiz"})).passes(late)
    assert Filters(search="LINE late").passes(late)
    assert not Filters(search="late line 4").passes(late)


def test_filters_with_equal_answers_have_equal_keys() -> None:
    """Caches are keyed by them."""
    one = Filters(frozenset({"a", "b"}), values={"line": frozenset({"1", "2"}), "site": frozenset()})
    other = Filters(frozenset({"b", "a"}), values={"line": frozenset({"2", "1"})})
    assert one.key == other.key
    assert len({Filters(search=text).key for text in ("", "a", "b")}) == 3


def test_a_slice_filter_keeps_whole_kpis_and_drops_other_slices() -> None:
    chosen = Filters(values={"line": frozenset({"Line 4"})})
    assert not chosen.passes(reviews.late_deliveries()), "its slice is Line 3"
    assert chosen.passes(reviews.late_deliveries(part=()))


def test_a_dimension_named_like_a_parameter_gets_its_own() -> None:
    assert parameter("site") == "site"
    assert parameter("owner") == "owner_"
