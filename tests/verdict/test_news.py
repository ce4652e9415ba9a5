"""What is new since an instant (verdict.md 24), on limits locked at a known baseline: 44.7 and 55.3 (test_episodes)."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from opsmetrics.review import KpiReview, review
from opsmetrics.verdict.as_dict import as_plain
from opsmetrics.verdict.news import News, told_over
from opsmetrics.verdict.rendering import render
from tests.verdict.made import SPEED, decision, readings
from tests.verdict.test_episodes import BASE, HIGH, LOW


def looked(values: list[float | None], shown: pd.DataFrame | None = None, **shape: Any) -> KpiReview:
    series = readings([*BASE, *values], kpi=SPEED, **shape)
    return review(series, [decision(series, "lock", 0, 29)], shown=shown)


def since(found: KpiReview, row: int) -> pd.Timestamp:
    """One hour after the end of a period, counted from the end of the baseline."""
    return pd.Timestamp(found.points["ends_at"].iloc[30 + row]) + pd.Timedelta(hours=1)


def news(found: KpiReview, at: pd.Timestamp) -> list[tuple[str, str, str]]:
    return [(item.ending, item.variation, item.episode.detected_label) for item in found.news(at)]


def told(*reviews: tuple[str, KpiReview]) -> pd.DataFrame:
    """Reviews as the store keeps them, each with the instant at which it was said."""
    rows = [
        {"as_of": pd.Timestamp(at), "as_of_period": each.verdict.as_of_period, "value": each.verdict.value,
         "episodes": json.dumps(as_plain(each.episodes))}
        for at, each in reviews if each.verdict is not None
    ]  # fmt: skip
    return pd.DataFrame(rows)


def label(found: KpiReview, row: int) -> str:
    return str(found.points["label"].iloc[30 + row])


def test_24_a_breach_survives_ordinary_days_after_it() -> None:
    """Friday's breach, looked for on Monday by somebody who was there on Thursday."""
    found = looked([50.0, 50.5, LOW, 50.0, 49.5])
    assert news(found, since(found, 1)) == [("over", "concerning", label(found, 2))]
    assert news(found, since(found, 2)) == [], "who looked after it has seen it"


def test_24_open_episodes_are_news_too_newest_first() -> None:
    found = looked([LOW, 50.0, 50.5, HIGH])
    assert news(found, since(found, -1)) == [
        ("open", "improving", label(found, 3)), ("over", "concerning", label(found, 0)),
    ]  # fmt: skip


def test_a_late_file_brings_news_of_a_day_that_had_ended_before() -> None:
    """On day 2 the last file told of day 0; the breach of day 1 came with a file after that look."""
    earlier = looked([50.0])
    found = looked([50.0, LOW, 50.5, 50.0])
    seen = told((str(since(found, 0)), earlier))
    now = looked([50.0, LOW, 50.5, 50.0], seen)
    look = since(found, 1)
    assert news(found, look) == [], "by the ends of periods alone it would be old"
    assert news(now, look) == [("over", "concerning", label(found, 1))]


def test_what_is_said_after_the_look_does_not_count_as_seen() -> None:
    found = looked([50.0, LOW, 50.5])
    seen = told((str(since(found, 0)), looked([50.0])), (str(since(found, 2)), found))
    assert news(looked([50.0, LOW, 50.5], seen), since(found, 0)) == [("over", "concerning", label(found, 1))]


def test_the_first_load_of_a_history_is_no_news_of_years() -> None:
    found = looked([LOW, 50.0, LOW, 50.5])
    assert len(found.episodes) == 2
    assert news(found, since(found, 2)) == []


def test_an_open_signal_that_the_data_take_back_is_told_as_withdrawn() -> None:
    """Day 1 was shown as a breach; a corrected file makes it ordinary."""
    before = looked([50.0, LOW])
    seen = told((str(since(before, 1)), before))
    found = looked([50.0, 50.2, 50.5], seen)
    (item,) = found.news(since(found, 1))
    assert (item.ending, item.variation) == ("withdrawn", "concerning")
    assert said(found, item) == (f"Speed was shown as a signal on {label(found, 1)}; by what is known now it is none.")


def test_a_signal_that_was_over_and_is_taken_back_later_is_no_news() -> None:
    """Limits that follow the data dissolve old episodes all the time."""
    over = looked([50.0, LOW, 50.0])
    seen = told((str(since(over, 2)), over))
    assert looked([50.0, 50.2, 50.0, 50.5], seen).news(since(over, 2)) == ()


def test_a_withdrawal_is_told_to_whoever_saw_the_signal_and_only_to_them() -> None:
    before, after = looked([50.0, LOW]), looked([50.0, 50.2])
    seen = told((str(since(before, 1)), before), (str(since(before, 1) + pd.Timedelta(hours=5)), after))
    found = looked([50.0, 50.2, 50.5], seen)
    assert [item.ending for item in found.news(since(before, 1) + pd.Timedelta(hours=1))] == ["withdrawn"]
    assert found.news(since(before, 1) + pd.Timedelta(hours=6)) == ()


def said(found: KpiReview, item: News) -> str:
    assert found.verdict is not None
    return render([told_over(item, found.kpi, found.verdict, found.points)])


@pytest.mark.parametrize(
    ("after", "says"),
    [
        ([50.0], "Speed was below its limits on {at}; back in its usual range."),
        ([50.0, HIGH], "Speed was outside its usual pattern on {at}, and is so again now."),
    ],
)
def test_36_that_it_is_back_is_said_only_where_it_is(after: list[float], says: str) -> None:
    found = looked([LOW, *after])
    item = found.news(since(found, -1))[-1]
    assert said(found, item) == says.format(at=label(found, 0))


def test_a_sample_has_no_clock_and_is_new_by_what_was_told() -> None:
    kpi = replace(SPEED, operate="sample", lead=None)
    series = readings([*BASE, 50.0, LOW, 50.2], kpi=kpi, grain="sample")
    plain = review(series, [decision(series, "lock", 0, 29)])
    assert plain.news(pd.Timestamp("2020-01-01")) == ()
    short = readings([*BASE, 50.0], kpi=kpi, grain="sample")
    seen = told(("2026-01-01", review(short, [decision(short, "lock", 0, 29)])))
    found = review(series, [decision(series, "lock", 0, 29)], shown=seen)
    assert [item.episode.detected_label for item in found.news(pd.Timestamp("2026-01-02"))] == ["sample 32"]
