"""A long file read in one pass gives what a look at all of its cells gives.

Oracle: the same file with the trial switched off.
"""

from __future__ import annotations

import datetime as dt
import itertools
import math
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opsmetrics import ingest
from opsmetrics.ingest import IngestRefused, NeedsAnswer, reading_in, scratch, straight
from opsmetrics.ingest.dates import DateStyle
from opsmetrics.ingest.numbers import NumberStyle
from opsmetrics.ingest.scratch import Scratch
from tests.cases import cases
from tests.ingest.builders import CATALOG, LONG, TODAY, prepared, readings, warnings, written

_HEADER = "date,site,line,metric,value\n"
_DAYS = [(dt.date(2025, 1, 1) + dt.timedelta(days=n)).isoformat() for n in range(30)]
_ODD_DATES = ("2025-02-30", "", "01/02/2025", "2025-01-05 07:03", "2031-01-01", "Total", "2025-1-5", "05.01.2025")
_ODD_NUMBERS = ("1.234", "1,234", "1.234,5", "", "n/a", "#DIV/0!", "12 %", "x", "1e3", " 7 ", "1_000", "nan", "-3")


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of four lines is a long one, and two lines are a trial."""
    monkeypatch.setattr(reading_in, "LONG", 4)
    monkeypatch.setattr(reading_in, "TRIAL", 2)


def _outcome(path: Path) -> object:
    """Everything that is told of the file: facts, tally, rejects and words, or the questions or the refusal."""
    try:
        batch = ingest.examine(ingest.read_file(path, template=LONG), LONG, CATALOG, today=TODAY).batch
    except NeedsAnswer as asked:
        return asked.as_list()
    except IngestRefused as refused:
        return str(refused)
    return (
        readings(batch).to_dict("list"),
        batch.tally,
        batch.rejects.to_dict("list"),
        [notice.text for notice in batch.warnings],
        batch.spans,
    )


@given(
    st.lists(
        st.tuples(st.sampled_from(_DAYS), st.sampled_from(["12", "0.5", "3.25", "-7", "1000", "2.125"])),
        min_size=4,
        max_size=8,
    ),
    st.lists(st.tuples(st.integers(0, 7), st.sampled_from(_ODD_DATES) | st.none(), st.sampled_from(_ODD_NUMBERS))),
)
@settings(max_examples=cases(5, 400), deadline=None)
def test_one_pass_tells_what_two_tell(
    tmp_path_factory: pytest.TempPathFactory,
    records: list[tuple[str, str]],
    odd: list[tuple[int, str | None, str]],
) -> None:
    cells = dict(enumerate(records))
    for at, day, number in odd:
        if at in cells:
            cells[at] = (day or cells[at][0], number)
    lines = (f"{day},A,L{at},scrap,{f'{chr(34)}{n}{chr(34)}' if ',' in n else n}\n" for at, (day, n) in cells.items())
    path = written(tmp_path_factory.mktemp("file"), _HEADER + "".join(lines))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading_in, "LONG", 10**9)
        expected = _outcome(path)
        patch.setattr(reading_in, "LONG", 0)
        patch.setattr(scratch, "LONG", 0)
        patch.setattr(reading_in, "TRIAL", 2)
        assert _outcome(path) == expected


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize(
    ("values", "passes"),
    [
        (["1.5", "2", "3", "4", "5.125"], 1),
        (["1", "2", "3", "4", "5"], 1),
        (["1", "2", "3", "4", "5.125"], 2),  # only whole numbers before: is it five thousand?
        (["1.5", "2", "3", "4", ""], 2),
    ],
)
def test_a_doubt_further_down_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, values: list[str], passes: int
) -> None:
    staged = itertools.count()
    run = Scratch.run

    def counting(scratch: Scratch, sql: str) -> None:
        if sql.startswith("CREATE OR REPLACE TABLE stage"):
            next(staged)
        run(scratch, sql)

    monkeypatch.setattr(Scratch, "run", counting)
    text = _HEADER + "".join(f"2025-01-0{n},A,L1,scrap,{value}\n" for n, value in enumerate(values, start=1))
    try:
        batch = prepared(tmp_path, text)
    except NeedsAnswer as asked:
        assert [question.code for question in asked.questions] == ["decimal"]
        assert (values[-1], next(staged)) == ("5.125", 1)
        return
    assert next(staged) == passes
    assert readings(batch)["value"].tolist() == [float(value) for value in values if value]
    assert "ambiguous_number_format" not in warnings(batch)


def _texts(letters: str, length: int) -> list[str]:
    return ["".join(word) for n in range(1, length + 1) for word in itertools.product(letters, repeat=n)]


def test_casts_read_what_the_patterns_let_through() -> None:
    """Every trimmed text of up to five such signs, and days of all makes."""
    numbers = [word for word in _texts("10.eE+-_, xnaif", 4) if word == word.strip()] + _texts("1.e-_", 5)
    days = [f"{y}-{m}-{d}" for y in _texts("12-+ ", 4) for m in _texts("10-2", 2) for d in _texts("30 +", 2)]
    days = [day for day in [*days, *(f"{day}x" for day in _DAYS), *_DAYS] if day == day.strip()]
    with duckdb.connect() as engine:
        for cells, quick, whole in (
            (numbers, reading_in._PlainNumber(), NumberStyle()),
            (days, reading_in._PlainDay(), DateStyle()),
        ):
            asked = f"SELECT cell, {quick.sql('cell')}, {whole.sql('cell')} FROM (SELECT unnest($cells) AS cell)"
            found = engine.execute(asked, {"cells": cells}).fetchall()
            odd = [cell for cell, a, b in found if a != b and not _unwritten(cell, a, b)]
            assert not odd, odd[:20]
            assert any(b is not None for _, _, b in found)


def _unwritten(cell: str, quick: object, whole: object) -> bool:
    """Where the cast may say less than the pattern, the trial does not hold; what is not finite is no number."""
    return quick is None or (whole is None and isinstance(quick, float) and not math.isfinite(quick))


_PLAIN = [f"2025-01-{day:02d} 07:{day:02d}:00,Site {day % 3},L{day % 2},scrap,{day}.5" for day in range(1, 21)]


@pytest.mark.parametrize("held", [True, False], ids=["in memory", "in a file"])
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("", ""),
        (" 07:", "T07:"),
        (":00,", ","),
        ("\n", "\r\n"),
        (".5\n", "\n"),
        ("Site ", "site_"),
        (",", ";"),
        (".5\n", ".125\n"),
        ("07:09:00", " 7:09:00"),
        ("2025-01-09 07:09:00", "2025-01-9  07:09:00"),
        ("2025-01-09 07:09:00", "2025-01-0907:09:00 "),
        ("2025-01-09 07:09:00", "2025-1-9 7:9:0"),
        ("2025-01-09 07:09:00", "1925-01-09 07:09:00"),
        ("2025-01-09 07:09:00", "2025-02-30 07:09:00"),
        ("Site 2,", "Site  2 ,"),
        ("Site 2,", "Zürich,"),
        ("Site 2,", "Zu\u0308rich,"),
        ("Site 2,", "#N/A,"),
        ("Site 2,", "site 1,"),
        ("Site 2,", "Total,"),
        ("Site 2,", ","),
        ("Site 2,", '"Site ""2"" ",'),
        ("Site ", "00"),
        ("Site 2,", "2.0,"),
        ("Site 1,L1,scrap,19.5", "Site 1,L1,scrap,19_5"),
        ("19.5", "+19.5"),
        ("19.5", " 19.5"),
        ("19.5", "1.95e1"),
        ("19.5", "nan"),
        ("19.5", "inf"),
        ("19.5", ""),
        ("19.5", "19.5,"),
        ("scrap,19.5", "scrap"),
        ("scrap,19.5", "other,19.5"),
        (",20.5\n", ",20.5\n\n"),
        (",9.5\n", ",9.5\n\n"),
        ("L1,scrap,19.5", "L1,scrap,1.5\n2025-01-19 07:19:00,Site 1,L1,scrap,1.5"),
    ],
)
def test_a_straight_file_is_read_as_any_other(tmp_path: Path, old: str, new: str, held: bool) -> None:
    """Oracle: the same file with the trial switched off."""
    text = _HEADER + "\n".join(_PLAIN) + "\n"
    path = written(tmp_path, text.replace(old, new) if old else text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading_in, "LONG", 10**9)
        expected = _outcome(path)
        patch.setattr(reading_in, "LONG", 0)
        patch.setattr(scratch, "LONG", 0)
        patch.setattr(reading_in, "TRIAL", 5)
        patch.setattr(straight, "_HELD", 10**9 if held else 0)
        assert _outcome(path) == expected


def test_names_that_no_look_has_found_are_read_as_texts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[str] = []
    hold = Scratch.hold_in_file
    monkeypatch.setattr(Scratch, "hold_in_file", lambda own: (tried.append("file"), hold(own)))
    for module, name, value in ((reading_in, "LONG", 0), (scratch, "LONG", 0), (reading_in, "TRIAL", 5)):
        monkeypatch.setattr(module, name, value)
    monkeypatch.setattr(straight, "_names", lambda sheet, layout: {"x0": ["Site 1"], "x1": ["L0"], "x2": ["scrap"]})
    batch = prepared(tmp_path, _HEADER + "\n".join(_PLAIN) + "\n", template=LONG)
    assert (tried, len(readings(batch))) == (["file"], 20)
    assert sorted(set(readings(batch)["site"])) == ["Site 0", "Site 1", "Site 2"]
