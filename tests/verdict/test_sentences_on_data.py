"""Golden sentences about the state of the data.

Authority: the patterns of the specification, filled in by hand with the numbers of the points drawn in each test
(21.39 % is 21.4 %; 17.45 % ± 3 · 0.7833 points is 15.1–19.8 %).
"""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from opsmetrics.verdict import sentences
from tests.verdict.sketches import LATE, NBSP, days, points, text, verdict

# Data


def data_clause(frame: pd.DataFrame, detail: dict[str, Any] | None = None, **fields: Any) -> str:
    found = sentences.compose(verdict(stance="get_data", **fields), LATE, frame, (), (), detail=detail or {})
    return sentences.render(found[-1:]).replace(NBSP, " ")


def test_reporters() -> None:
    frame = days([0.17] * 16)
    known: dict[str, Any] = {"reporters": {"Line 3": 13, "Line 4": 13, "Line 5": None}}
    partial: dict[str, Any] = {"data": "partial"}
    one = data_clause(frame, known, data_names=("Line 3",), **partial)
    assert one == "Line 3 has not reported since 14 Nov 2026."
    two = data_clause(frame, known, data_names=("Line 3", "Line 4"), **partial)
    assert two == "Line 3 and Line 4 have not reported since 14 Nov 2026."
    mixed = data_clause(frame, known, data_names=("Line 3", "Line 5"), **partial)
    assert mixed == "Line 3 and Line 5 have not reported yet."
    unknown = data_clause(frame, None, data_names=("Line 3",), **partial)
    assert unknown == "Line 3 has not reported yet."


def test_an_absent_reporter_in_a_judged_period_is_named() -> None:
    frame = days([0.17] * 16)
    assert data_clause(frame, data="fresh", data_names=("Line 3",)) == "Line 3 did not report on 16 Nov 2026."


@pytest.mark.parametrize("state", ["late", "missing"])
def test_no_data_since(state: str) -> None:
    frame = days([0.17] * 14 + [float("nan")] * 2, state=["judged"] * 14 + ["gap"] * 2)
    assert data_clause(frame, data=state) == "No data since 14 Nov 2026."


def test_a_period_that_is_only_partly_covered() -> None:
    frame = days([0.17] * 16, state=["judged"] * 15 + ["partial"])
    assert data_clause(frame, data="partial") == "The data for 16 Nov 2026 are not complete yet."


def test_no_data_at_all() -> None:
    found = verdict(variation="none", data="missing", stance="get_data", n=0)
    assert text(found, points([])) == "Late share has no judged day yet. No data have arrived yet."


def test_suspect() -> None:
    frame = days([0.17] * 16)
    restated: dict[str, Any] = {"suspect": {"code": "restated", "position": 9}}
    jump: dict[str, Any] = {"suspect": {"code": "jump", "position": 15, "factor": 100}}
    assert data_clause(frame, restated, data="suspect") == "The figure on 10 Nov 2026 was changed after it was shown."
    assert data_clause(frame, jump, data="suspect") == (
        "Late share 17.0 % is about 100 times its usual size: check the unit."
    )
    assert data_clause(frame, data="suspect") == "The latest figures are in doubt: check them first."


def test_late_data_do_not_say_leave_it_alone() -> None:
    frame = days([0.17] * 16)
    found = verdict(data="late", stance="get_data")
    expected = "Late share 17.0 % is in its usual range 15.1–19.8. No data since 16 Nov 2026."
    assert text(found, frame) == expected
