"""Reviews as JSON. Authority: the review itself, field by field, and the shape that the command line promises."""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Sequence
from dataclasses import asdict, replace

import numpy as np
import pandas as pd
import pytest

from opsmetrics.catalog import Grain, Kpi
from opsmetrics.review import KpiReview, review
from opsmetrics.series import build
from opsmetrics.verdict import sentences
from opsmetrics.verdict.as_dict import as_plain, review_as_dict
from tests.verdict.sketches import LATE, with_target

LATE_COUNTS = [50, 48, 53, 47, 51, 49, 52, 46, 54, 50, 51, 49, 48, 52, 50, 47, 53, 50, 49, 90]


def reviewed(counts: Sequence[int], kpi: Kpi = LATE, grain: Grain = "day") -> KpiReview:
    """Days from 1 November 2026, 1,000 orders each, seen at noon after the last of them."""
    days = pd.date_range("2026-11-01", periods=len(counts), unit="us")
    facts = pd.DataFrame({"bin": days, "numerator": counts, "denominator": 1000.0, "rows": 1})
    end = days[-1] + pd.Timedelta(days=1) if len(days) else pd.Timestamp("2026-11-01")
    spans = pd.DataFrame({"starts_at": days[:1], "ends_at": [end] * len(days[:1]), "reporters": [[]] * len(days[:1])})
    series = build(kpi, (), grain, facts, spans, end + pd.Timedelta(hours=12))
    return review(series, (), data_version=3, decisions_version=2, definitions_version="abc")


def test_a_signal_as_json_text() -> None:
    """90 late of 1,000 against p̄ = 1,039 / 20,000 and 3 SE = 2.1 points: above 7.3 %."""
    item = reviewed(LATE_COUNTS, with_target(LATE, 8.0))
    answer = json.loads(json.dumps(review_as_dict(item), allow_nan=False))
    assert (answer["kpi"], answer["slice"], answer["grain"]) == ("late_share", {}, "day")
    assert answer["as_of"] == "2026-11-21T12:00:00"
    assert answer["versions"] == {"data": 3, "decisions": 2, "definitions": "abc"}
    assert (answer["variation"], answer["side"], answer["stance"]) == ("concerning", "high", "find_cause")
    assert (answer["numerator"], answer["denominator"], answer["value"]) == (90.0, 1000.0, 0.09)
    assert answer["target"] == {"high": 0.08}
    assert answer["target_text"] == "≤\u00a08.0\u00a0%"
    assert answer["met"] == [19, 20]
    assert [reason["rule"] for reason in answer["reasons"]] == ["beyond_limits"]
    assert answer["episode"]["start_label"] == "20 Nov 2026"
    assert answer["episodes"] == [answer["episode"]]
    assert answer["words"]["variation"] == "Concerning, high"


def test_the_fields_of_the_verdict_are_those_of_the_review() -> None:
    item = reviewed(LATE_COUNTS)
    answer = review_as_dict(item)
    assert item.verdict is not None
    for name in ("variation", "side", "assurance", "firm", "stance", "data", "as_of_period", "n", "early_warning"):
        assert answer[name] == getattr(item.verdict, name)
    assert answer["caveats"] == list(item.verdict.caveats)
    assert answer["lower"] == pytest.approx(item.points["lower"].iloc[-2])  # the last row is the running day


def test_sentence_with_pattern_values_and_text() -> None:
    item = reviewed(LATE_COUNTS)
    assert item.verdict is not None
    found = review_as_dict(item)["sentence"]
    assert found["pattern"] == "beyond"
    assert found["values"]["k"] == 1
    assert found["text"] == sentences.render(item.verdict.sentence)
    assert found["text"] == " ".join(part["text"] for part in found["parts"])
    assert sentences.render(found["parts"]) == found["text"]  # renders again from JSON


def test_points_and_signals_are_rows() -> None:
    item = reviewed(LATE_COUNTS)
    answer = review_as_dict(item)
    assert [row["position"] for row in answer["points"]] == list(range(len(item.points)))
    assert answer["points"][19]["value"] == 0.09
    assert answer["points"][19]["signal"] is True
    assert answer["points"][20]["value"] is None
    assert answer["points"][20]["state"] == "running"
    assert {"position", "rule", "side", "members", "decides"} <= set(answer["signals"][0])
    assert any(row["rule"] == "beyond_limits" and row["members"] == [19] for row in answer["signals"])


def test_chart_with_its_reason_and_limits() -> None:
    item = reviewed(LATE_COUNTS)
    chart = review_as_dict(item)["chart"]
    assert chart["kind"] == item.choice["kind"]
    assert chart["why"] == item.choice["why"]
    assert [limit["phase"] for limit in chart["limits"]] == [0]
    assert chart["limits"][0]["centre"] == pytest.approx(sum(LATE_COUNTS) / 20_000)


def test_a_grain_without_verdict_has_the_same_keys() -> None:
    with_one, without = reviewed(LATE_COUNTS), reviewed(LATE_COUNTS, grain="week")
    assert without.verdict is None
    answer = review_as_dict(without)
    assert set(answer) == set(review_as_dict(with_one))
    assert answer["variation"] is None
    assert answer["sentence"] is None
    json.dumps(answer, allow_nan=False)


def test_nothing_loaded_yet() -> None:
    answer = review_as_dict(reviewed([]))
    assert (answer["points"], answer["signals"], answer["episodes"], answer["n"]) == ([], [], [], 0)
    assert answer["sentence"]["text"].startswith("Late share has no judged day yet.")
    json.dumps(answer, allow_nan=False)


def test_names_stay_text() -> None:
    item = reviewed(LATE_COUNTS, replace(LATE, name='<img src="x"> "quoted"'))
    assert json.loads(json.dumps(review_as_dict(item)))["name"] == '<img src="x"> "quoted"'


def test_the_review_is_not_changed() -> None:
    item = reviewed(LATE_COUNTS)
    before = item.points.copy(deep=True)
    review_as_dict(item)
    pd.testing.assert_frame_equal(item.points, before)


def test_plain_values() -> None:
    given = {
        "float": np.float64(1.5),
        "int": np.int64(3),
        "flag": np.bool_(True),
        "nan": math.nan,
        "infinite": math.inf,
        "na": pd.NA,
        "nat": pd.NaT,
        "stamp": pd.Timestamp("2026-11-16 05:31"),
        "date": dt.date(2026, 11, 16),
        "span": dt.timedelta(hours=2),
        "tuple": (1, (2, np.nan)),
        1: "number as key",
    }
    assert as_plain(given) == {
        "float": 1.5,
        "int": 3,
        "flag": True,
        "nan": None,
        "infinite": None,
        "na": None,
        "nat": None,
        "stamp": "2026-11-16T05:31:00",
        "date": "2026-11-16",
        "span": 7200.0,
        "tuple": [1, [2, None]],
        "1": "number as key",
    }
    assert type(as_plain(np.bool_(True))) is bool
    assert as_plain(LATE)["key"] == asdict(LATE)["key"]


def test_what_has_no_plain_form_is_refused() -> None:
    with pytest.raises(TypeError, match="found a value of type object, wanted a plain one"):
        as_plain(object())
