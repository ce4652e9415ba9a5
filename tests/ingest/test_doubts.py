"""What a column of numbers cannot tell by itself: codes for "not measured", the scale of shares.

Authority: both readings of the file's own numbers, by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from opsmetrics.catalog import Kpi
from opsmetrics.ingest import Measured, NeedsAnswer, Template
from opsmetrics.ingest.missing_codes import far_away
from opsmetrics.measurements import Batch
from tests.ingest.builders import catalog, prepared, readings, warnings


def loaded(
    folder: Path, cells: str, header: str = "Yield", answers: dict[str, str] | None = None, **kpi: object
) -> Batch:
    """A file with these cells (parted by blanks) for one measured KPI."""
    rows = "".join(f"2025-01-{i:02};{cell}\n" for i, cell in enumerate(cells.split(), start=1))
    template = Template("yield", {"date": "date"}, (Measured("yield", value=header),), answers=answers or {})
    own = Kpi("yield", "Yield", "measured", "higher", **kpi)  # type: ignore[arg-type]
    return prepared(folder, f"date;{header}\n{rows}", template, catalog(own, dimensions=()))


@pytest.mark.parametrize(
    ("code", "least", "most", "others", "times", "far"),
    [
        (999, 11, 14, 5, 2, True),
        (999, 11, 14, 4, 2, False),  # too few to tell
        (999, 11, 14, 9, 10, False),  # most are what they are
        (999, 950, 1050, 99, 1, False),
        (9999, 0, 2500, 99, 1, False),
        (-1, 11, 14, 9, 1, True),
        (-1, 0, 14, 9, 1, False),  # a small number among small ones
        (-999, 0, 14, 9, 1, True),
        (-99, -5, 14, 9, 1, False),
    ],
)
def test_codes_stand_apart(code: float, least: float, most: float, others: int, times: int, far: bool) -> None:
    assert far_away(code, least, most, others, times) == far


def test_codes_are_asked_about_and_remembered(tmp_path: Path) -> None:
    cells = "12.5 9999 13.5 11.5 12 14 9999"
    with pytest.raises(NeedsAnswer) as asked:
        loaded(tmp_path, cells)
    (question,) = asked.value.questions
    assert question.code == "missing:Yield = 9999"
    for choice, rows, missing in zip(question.choices, (5, 7), (2, 0), strict=True):
        kept = Template("kept", {"a": "date"}, (Measured("b", value="b"),)).remembering({question.code: choice})
        assert Template.load(kept.dump()) == kept
        tally = loaded(tmp_path, cells, answers=dict(kept.answers)).tally
        assert (tally.rows, tally.missing, tally.adds_up()) == (rows, missing, True)
        later = loaded(tmp_path, "12 9999", answers=dict(kept.answers)).tally  # alone it would tell nothing
        assert later.missing == bool(missing)


@pytest.mark.parametrize(
    ("cells", "header", "multiplier", "answers"),
    [
        ("0.97 0.98 0.92", "Yield", 1.0, {"percent": 0.98, "fraction": 98}),
        ("0.97 0.98 0.92", "Yield %", 100.0, {"percent": 0.0098, "fraction": 0.98}),
        ("97 98 92", "Yield", 100.0, {"percent": 0.98, "fraction": 98}),
    ],
)
def test_the_scale_of_shares_is_asked_where_it_may_be_either(
    tmp_path: Path, cells: str, header: str, multiplier: float, answers: dict[str, float]
) -> None:
    with pytest.raises(NeedsAnswer) as asked:
        loaded(tmp_path, cells, header, unit="%", multiplier=multiplier)
    (question,) = asked.value.questions
    assert question.code == f"share:{header}"
    for choice, most in answers.items():
        batch = loaded(tmp_path, cells, header, {question.code: choice}, unit="%", multiplier=multiplier)
        assert max(readings(batch)["value"]) == pytest.approx(most)


@pytest.mark.parametrize(
    ("cells", "header", "multiplier", "upper", "most"),
    [
        ("97 98 92", "Yield", 1.0, None, 98),
        ("0.97 0.98 0.92", "Yield", 100.0, None, 0.98),
        ("97 98 92", "Yield %", 100.0, None, 0.98),  # the header says so
        ("97 98 92", "Yield", 100.0, 100.0, 0.98),  # 98 as a fraction is beyond what the KPI can be
    ],
)
def test_what_tells_the_scale_is_not_asked(
    tmp_path: Path, cells: str, header: str, multiplier: float, upper: float | None, most: float
) -> None:
    batch = loaded(tmp_path, cells, header, unit="%", multiplier=multiplier, upper_bound=upper)
    assert max(readings(batch)["value"]) == pytest.approx(most)
    assert ("unit_converted" in warnings(batch)) == (multiplier == 100 and cells[0] == "9")


def test_a_scale_that_changes_within_the_file_is_asked_about_also_where_values_differ_much(tmp_path: Path) -> None:
    percent = [5.0, 12.0, 33.0, 61.0, 92.0]
    text = "date,site,line,metric,value\n" + "".join(
        f"2026-03-{i + 1:02d},A,L1,scrap,{value:g}\n" for i, value in enumerate([*percent, *(v / 100 for v in percent)])
    )
    with pytest.raises(NeedsAnswer, match=r"two scales: about 0[.]33 in some records, about 33 in others"):
        prepared(tmp_path, text)
    assert list(readings(prepared(tmp_path, text, answers={"scale": "percent"}))["value"]) == [*percent, *percent]
