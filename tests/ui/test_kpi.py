"""The page of one KPI as data, against reviews put together by hand."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np

from opsmetrics.ui import chart_view, drawing, kpi
from opsmetrics.ui.failures import failure_block
from opsmetrics.ui.links import ChartView, target
from tests.figures import reviews

LATE = reviews.late_deliveries()
VIEW = ChartView(LATE.kpi.key, LATE.series.slice)
TODAY = target("today")


def test_the_head_names_the_way_the_verdict_and_the_figure() -> None:
    head = kpi.head(LATE, TODAY)
    assert [step["text"] for step in head["trail"]] == ["Today", "Dispatch", "Dispatch · Line 3"]
    assert head["title"] == "Late deliveries"
    assert head["lead"].startswith("Late deliveries 22.5")
    assert head["hero"] == {"value": "22.5", "unit": "\u00a0%", "caption": "16 Nov 2026 · 161 of 716 orders"}


def test_a_grain_without_a_verdict_says_so_and_keeps_the_figure() -> None:
    view = replace(LATE, verdict=None)
    assert "view without a verdict" in kpi.head(view, TODAY)["lead"]
    assert kpi.head(view, TODAY)["hero"]["value"] == "22.5"
    assert [item["label"] for item in kpi.strip(view)["items"]] == ["Chart"]


def test_the_strip_holds_variation_target_data_and_the_reason_for_the_chart() -> None:
    choice = {"kind": "p chart", "why": "Chance in counting explains the spread.", "rejected": "p′ chart: too wide."}
    strip = kpi.strip(replace(LATE, choice=choice))
    words = [item["mark"]["word"] for item in strip["items"] if "mark" in item]
    assert words == ["Concerning, high", "Fails", "Fresh"]
    assert strip["items"][1]["label"] == "Target ≤\u00a016.0"
    assert strip["items"][-1]["text"] == "p chart, 2 phases"
    assert strip["why"] == [{"lead": "p chart", "text": "Chance in counting explains the spread. p′ chart: too wide."}]
    assert strip["note"] == f"owner M. Okafor · signal since 16 Nov 2026 · Verdict {LATE.id}"


def test_the_lists_part_what_decides_from_what_is_only_listed() -> None:
    signals, episodes, phases = kpi.lists(LATE)
    assert [(item["lead"], item["text"], item["note"]) for item in signals["items"]] == [
        ("beyond its limits, high", "16 Nov 2026", "decides"),
        ("2 of 3 close to a limit, high", "17 Oct 2026", "listed, does not decide"),
    ]
    assert episodes["items"][0]["note"] == "detected 16 Nov 2026 · open"
    assert [item["note"] for item in phases["items"]] == ["56 days judged", "34 days judged"], "newest first"


def test_a_long_list_keeps_its_newest_and_counts_the_others() -> None:
    """Forty restarts, each with a point of its own: the page names ten and says that thirty are left."""
    restarted = LATE.points.assign(phase=np.minimum(np.arange(len(LATE.points)) // 2, 39))
    (phases,) = [part for part in kpi.lists(replace(LATE, points=restarted)) if part["title"] == "Phases"]
    assert phases["count"] == "40"
    assert len(phases["items"]) == kpi.LISTED + 1
    assert phases["items"][-1]["lead"] == "30 earlier"


def test_a_quiet_kpi_has_no_lists() -> None:
    assert kpi.lists(reviews.stable()) == []


def test_the_table_holds_the_points_as_drawn() -> None:
    table = kpi.table(LATE)
    np.testing.assert_array_equal(table["Value"], LATE.points["value"] * 100)
    np.testing.assert_array_equal(table["late orders"], LATE.points["numerator"])
    assert table["Rules"].iloc[90] == "beyond its limits"
    assert table["State"].iloc[91] == "half-finished: drawn, not judged"
    assert "Readings" in kpi.table(reviews.changeover())


def test_the_alternative_text_says_what_the_chart_shows() -> None:
    text = drawing.alternative(LATE)
    assert "22.5\u00a0%" in text
    assert "above the upper limit" in text
    assert "no judged period" in drawing.alternative(reviews.empty())


def test_the_span_of_the_link_rules_and_zero_means_all() -> None:
    assert chart_view.periods_shown(LATE, VIEW) == 91
    assert chart_view.periods_shown(LATE, replace(VIEW, span=30)) == 30
    assert chart_view.periods_shown(LATE, replace(VIEW, span=0)) is None


def test_blocks_of_every_state_are_plain_data() -> None:
    for review in (LATE, reviews.changeover(), reviews.one_point(), reviews.empty(), reviews.stopped()):
        blocks = [kpi.head(review, TODAY), kpi.strip(review), *kpi.lists(review)]
        assert json.loads(json.dumps(blocks, allow_nan=False)) == blocks


def test_an_unknown_failure_shows_an_id_and_nothing_of_itself() -> None:
    block = failure_block(ValueError("password at /home/me/secret.toml"), "7F3A")
    assert block["reference"] == "7F3A"
    assert "secret" not in json.dumps(block)
    assert block["mark"]["tone"] == "concern"


def test_the_table_counts_phases_from_one_and_counted_things_are_whole() -> None:
    table = kpi.table(LATE)
    assert sorted(set(table["Phase"])) == [1, 2]
    numerator = LATE.kpi.numerator or "Numerator"
    assert str(table[numerator].dtype) == "Int64"
    assert table[numerator].dropna().tolist() == LATE.points["numerator"].dropna().tolist()
