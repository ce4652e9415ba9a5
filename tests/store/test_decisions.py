"""Decisions and shown verdicts come back as they were given, in order, and are never changed."""

from __future__ import annotations

import datetime as dt
import json

import pandas as pd
import pytest

from opsmetrics.catalog import Decision, slice_of
from opsmetrics.store import Store, StoreError, slice_json

GIVEN = (
    Decision(
        "late", "annotate", slice_of({"site": "O'Brien", "line": "Ä"}), "day", dt.datetime(2024, 3, 1), None, "new"
    ),
    Decision(
        "late", "exclude", (), "day", dt.datetime(2024, 3, 1), dt.datetime(2024, 3, 4), None, by="Bo", why="strike"
    ),
    Decision("late", "lock", (), "sample", 1, 30, True),
    Decision("wait", "target", (), None, dt.datetime(2024, 1, 1), None, {"low": 1.5, "high": 2.5}, by="Cy"),
    Decision("wait", "target", (), None, None, None, {}),
    Decision("late", "phase", (), "sample", 0, None, False),
)


def test_decisions_come_back_as_they_were_given(store: Store) -> None:
    numbers = [store.decide(decision) for decision in GIVEN]
    assert numbers == [1, 2, 3, 4, 5, 6]
    assert store.decisions_version == 6
    found = store.decisions()
    for given, kept, number in zip(GIVEN, found, numbers, strict=True):
        assert kept.id == number
        assert kept.at is not None
        same = ("kpi", "kind", "slice", "grain", "start", "end", "value", "by", "why", "supersedes")
        assert [getattr(kept, name) for name in same] == [getattr(given, name) for name in same]
    assert [d.id for d in store.decisions("wait")] == [4, 5]


def test_the_time_of_a_decision_is_now_unless_given(store: Store) -> None:
    at = dt.datetime(2020, 5, 6, 7, 8)
    store.decide(Decision("late", "annotate", value="a", at=at))
    store.decide(Decision("late", "annotate", value="b"))
    first, second = store.decisions()
    assert first.at == at
    assert second.at is not None
    assert abs(second.at - dt.datetime.now(dt.UTC).replace(tzinfo=None)) < dt.timedelta(hours=1)


def test_a_decision_supersedes_one_of_its_own_kpi_once(store: Store) -> None:
    store.decide(Decision("late", "target", value={"value": 5.0}))
    store.decide(Decision("wait", "target", value={"value": 5.0}))
    assert store.decide(Decision("late", "target", value={"value": 4.0}, supersedes=1)) == 3
    for earlier, told in ((1, "superseded already, by decision 3"), (2, "no decision 2 about"), (9, "no decision 9")):
        with pytest.raises(StoreError, match=told):
            store.decide(Decision("late", "target", value={"value": 3.0}, supersedes=earlier))
    assert len(store.decisions()) == 3
    assert store.decisions_version == 3


def test_a_decision_about_nothing_known_or_with_a_zone_is_refused(store: Store) -> None:
    with pytest.raises(StoreError, match="do not know 'unheard'"):
        store.decide(Decision("unheard", "annotate", value="a"))
    with pytest.raises(StoreError, match="carries a time zone"):
        store.decide(Decision("late", "phase", start=dt.datetime(2024, 1, 1, tzinfo=dt.UTC)))
    assert store.decisions() == ()


def shown_row(**changed: object) -> dict[str, object]:
    """One shown verdict."""
    row: dict[str, object] = {
        "kpi": "late",
        "slice": slice_of({"site": "O'Brien"}),
        "grain": "day",
        "as_of": pd.Timestamp("2024-03-02 12:00"),
        "data_version": 3,
        "decisions_version": 1,
        "definitions_version": "v1",
        "as_of_period": "1 Mar 2024",
        "value": 0.05,
        "verdict": json.dumps({"variation": "concerning"}),
        "episodes": json.dumps([{"start": "1 Mar 2024"}]),
        "channel": "commit",
    }
    return row | changed


def test_shown_verdicts_come_back_oldest_first(store: Store) -> None:
    later = dt.datetime(2024, 3, 3)
    store.keep_shown([shown_row(at=later, value=None, as_of_period=None), shown_row(at=dt.datetime(2024, 3, 2))])
    store.keep_shown(
        [shown_row(slice=slice_json((("site", "South"),))), shown_row(grain="week"), shown_row(kpi="wait")]
    )
    store.keep_shown([])
    found = store.shown("late", slice_of({"site": "O'Brien"}), "day")
    assert found["at"].tolist() == [pd.Timestamp("2024-03-02"), pd.Timestamp(later)]
    first = found.iloc[0]
    assert json.loads(first["slice"]) == [["site", "O'Brien"]]
    assert first["as_of"] == pd.Timestamp("2024-03-02 12:00")
    assert json.loads(first["verdict"]) == {"variation": "concerning"}
    assert (first["data_version"], first["definitions_version"], first["channel"]) == (3, "v1", "commit")
    assert found.iloc[1][["value", "as_of_period"]].isna().all()
    assert len(store.shown("late", (("site", "South"),), "day")) == 1
    assert store.shown("late", (), "day").empty


def test_a_shown_verdict_with_other_columns_is_refused_and_none_is_kept(store: Store) -> None:
    bad = shown_row()
    del bad["verdict"]
    with pytest.raises(StoreError, match="differs from the store's columns in: verdict"):
        store.keep_shown([shown_row(), bad])
    assert store.shown("late", slice_of({"site": "O'Brien"}), "day").empty


def test_a_slice_has_one_form_whatever_the_order(store: Store) -> None:
    assert slice_json((("site", "N"), ("line", "A"))) == slice_json((("line", "A"), ("site", "N")))
    assert slice_json(()) == "[]"
