"""Parquet: types are kept, nothing is interpreted. Oracle: the pyarrow table that was written."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from opsmetrics import ingest
from opsmetrics.catalog import Kpi
from opsmetrics.ingest import IngestRefused, Limits, NeedsAnswer, Template, read_file
from tests.ingest.builders import CATALOG, LONG, TODAY, catalog, readings

WAITS = Template("waits", {"when": "ts"}, (ingest.Measured("wait", value="minutes"),))


def saved(folder: Path, **columns: pa.Array) -> Path:
    """A Parquet file with these columns."""
    path = folder / "a.parquet"
    pq.write_table(pa.table(columns), path)
    return path


def long(value: pa.Array, days: int) -> dict[str, pa.Array]:
    """A long table with this column of values."""
    start = dt.date(2025, 5, 1)
    return {
        "date": pa.array([start + dt.timedelta(n) for n in range(days)]),
        "site": pa.array(["A\nB"] * days),
        "line": pa.array(["L1"] * days).dictionary_encode(),
        "metric": pa.array(["scrap"] * days),
        "value": value,
    }


@pytest.mark.parametrize(
    "value",
    [
        pa.array([1.234, 12.0, None], pa.float64()),
        pa.array([1234, 12, None], pa.int32()),
        pa.array([Decimal("1.234"), Decimal("1000.000"), None], pa.decimal128(12, 3)),
        pa.array([1.25, float("nan"), float("inf")], pa.float32()),
    ],
)
def test_numbers_and_days(tmp_path: Path, value: pa.Array) -> None:
    sheet = read_file(saved(tmp_path, **long(value, 3)))
    batch = ingest.prepare(sheet, LONG, CATALOG, today=TODAY)
    wanted = [float(v) for v in value.to_pylist() if v is not None and abs(float(v)) < 1e9]
    found = readings(batch).sort_values("observed_at")
    assert found["value"].tolist() == wanted
    assert found["observed_at"].dt.date.tolist() == [dt.date(2025, 5, 1 + n) for n in range(len(wanted))]
    assert batch.tally.missing == 3 - len(wanted) and not batch.warnings
    assert (sheet.form, sheet.preview()["value"][0]) == ("Parquet", str(value[0].as_py()))


@pytest.mark.parametrize("unit", ["us", "ns"])
@pytest.mark.parametrize(("zone", "hour"), [(None, 6), ("UTC", 6), ("Europe/Berlin", 6)])
def test_stamps_with_a_zone_are_instants(tmp_path: Path, zone: str | None, hour: int, unit: str) -> None:
    at = dt.datetime(2025, 1, 27, hour, 30, 0, 250_000)
    stamps = pa.array([at, None], pa.timestamp(unit, zone))  # pyarrow takes a naive time as UTC
    batch = ingest.prepare(
        read_file(saved(tmp_path, when=stamps, minutes=pa.array([5, 6])), template=WAITS), WAITS, CATALOG, today=TODAY
    )
    assert readings(batch)["observed_at"].tolist() == [at]
    assert batch.tally.skipped == 1  # a lone cell below the last record


NESTED = {"tags": pa.array([["x"]]), "point": pa.array([{"x": 1}]), "raw": pa.array([b"x"])}


def test_nested_columns_that_nothing_reads_are_left_out_and_told(tmp_path: Path) -> None:
    columns = {name: column.take(pa.array([0, 0])) for name, column in NESTED.items()}
    path = saved(tmp_path, tags=columns["tags"], **long(pa.array([1.5, 2.5]), 2), **{"raw": columns["raw"]})
    sheet = read_file(path, template=LONG)
    assert sheet.headers == ("date", "site", "line", "metric", "value")
    batch = ingest.prepare(sheet, LONG, CATALOG, today=TODAY)
    assert readings(batch).sort_values("observed_at")["value"].tolist() == [1.5, 2.5]
    (notice,) = batch.warnings
    assert notice.code == "nested_columns"
    assert notice.text == "The columns 'tags', 'raw' hold lists, records, bytes or calendar spans and were left out."


def test_nested_columns_that_are_needed_are_refused_by_name(tmp_path: Path) -> None:
    template = Template("tagged", {"date": "date", "Tags": "site"}, (ingest.Measured("wait", value="minutes"),))
    with pytest.raises(IngestRefused, match="The column 'tags' holds lists") as refused:
        read_file(saved(tmp_path, date=pa.array(["2025-05-01"]), minutes=pa.array([1]), **NESTED), template=template)
    assert refused.value.code == "nested_columns"
    with pytest.raises(IngestRefused, match="'tags', 'point', 'raw'"):
        read_file(saved(tmp_path, **NESTED))


def test_two_columns_of_one_name_are_asked_about(tmp_path: Path) -> None:
    """Neither is taken silently: not the first, and not one that the reader renamed."""
    when, path = pa.array([dt.date(2025, 5, 1)]), tmp_path / "a.parquet"
    names = ["when", "minutes", "Minutes", "other"]
    pq.write_table(pa.Table.from_arrays([when, pa.array([5]), pa.array([6]), pa.array([7])], names=names), path)
    sheet = read_file(path, template=WAITS)
    assert sheet.head.raw == tuple(names)
    with pytest.raises(NeedsAnswer) as asked:
        ingest.prepare(sheet, WAITS, CATALOG, today=TODAY)
    (question,) = asked.value.questions
    assert question.code == "duplicate_header:minutes"
    assert [choice.rsplit(" ", 1)[1] for choice in question.choices] == ["5", "6"]
    for choice, value in (("column 2", 5.0), ("column 3", 6.0)):
        batch = ingest.prepare(sheet, WAITS, CATALOG, today=TODAY, answers={question.code: choice})
        assert readings(batch)["value"].tolist() == [value]


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_durations_are_minutes_whatever_their_unit(tmp_path: Path, unit: str) -> None:
    """Parquet has no durations: Arrow notes them beside bare integers. Oracle: pandas' own arithmetic."""
    waits = pd.Series(pd.to_timedelta(["1h 30min", "45s", None, "-2min"]))
    path = saved(
        tmp_path,
        when=pa.array([dt.date(2025, 5, 1 + i) for i in range(4)]),
        minutes=pa.Array.from_pandas(waits).cast(pa.duration(unit)),
    )
    unbounded = catalog(Kpi("wait", "Waiting time", "measured", "lower"))
    batch = ingest.prepare(read_file(path, template=WAITS), WAITS, unbounded, today=TODAY)
    wanted = (waits.dropna() / pd.Timedelta("1min")).tolist()
    assert readings(batch).sort_values("observed_at")["value"].tolist() == wanted == [90.0, 0.75, -2.0]
    assert [n.text for n in batch.warnings] == ["The durations in 'minutes' are read as minutes."]


def test_a_column_without_any_value_is_no_load(tmp_path: Path) -> None:
    with pytest.raises(IngestRefused) as refused:
        ingest.prepare(
            read_file(saved(tmp_path, **long(pa.array([None] * 3, pa.float64()), 3))), LONG, CATALOG, today=TODAY
        )
    assert refused.value.code == "nothing_usable"
    assert str(refused.value) == (
        "None of 3 records can be loaded: 3 have no number in 'value'; wanted: at least one record that can be loaded; "
        "export the period again, with its values."
    )


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (Limits(records=9), "too_many_records"),
        (Limits(columns=4), "too_many_columns"),
        (Limits(footer=100), "too_many_columns"),
        (Limits(unpacked=100), "unpacks_too_large"),
        (Limits(bytes=100), "too_large"),
    ],
)
def test_limits(tmp_path: Path, limits: Limits, code: str) -> None:
    path = saved(tmp_path, **long(pa.array(range(10)), 10))
    with pytest.raises(IngestRefused) as refused:
        read_file(path, limits=limits)
    assert refused.value.code == code


def test_damaged(tmp_path: Path) -> None:
    path = saved(tmp_path, **long(pa.array(range(10)), 10))
    whole = path.read_bytes()
    for content in (b"PAR1rest", whole[: len(whole) // 2], whole[:100] + b"\xff" * 50 + whole[150:-50] + whole[-50:]):
        path.write_bytes(content)
        try:
            sheet = read_file(path)
        except IngestRefused as refused:
            assert refused.code == "damaged" and str(tmp_path) not in str(refused)
        else:
            assert sheet.lines == 10  # the damage lies where nothing is read


def test_an_empty_table_has_no_rows(tmp_path: Path) -> None:
    with pytest.raises(IngestRefused) as refused:
        read_file(saved(tmp_path, a=pa.array([], pa.int64()), b=pa.array([], pa.int64())))
    assert refused.value.code == "no_rows"
