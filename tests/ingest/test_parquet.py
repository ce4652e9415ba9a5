"""Parquet: types are kept, nothing is interpreted. Oracle: the pyarrow table that was written."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from opsmetrics import ingest
from opsmetrics.ingest import IngestRefused, Limits, Template, read_file
from tests.ingest.builders import CATALOG, LONG, TODAY, readings

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


@pytest.mark.parametrize(("zone", "hour"), [(None, 6), ("UTC", 6), ("Europe/Berlin", 6)])
def test_stamps_with_a_zone_are_instants(tmp_path: Path, zone: str | None, hour: int) -> None:
    at = dt.datetime(2025, 1, 27, hour, 30, 0, 250_000)
    stamps = pa.array([at, None], pa.timestamp("us", zone))  # pyarrow takes a naive time as UTC
    batch = ingest.prepare(
        read_file(saved(tmp_path, when=stamps, minutes=pa.array([5, 6])), template=WAITS), WAITS, CATALOG, today=TODAY
    )
    assert readings(batch)["observed_at"].tolist() == [at]
    assert batch.tally.skipped == 1  # a lone cell below the last record


def test_nested_columns_are_refused_by_name(tmp_path: Path) -> None:
    path = saved(tmp_path, a=pa.array([1]), tags=pa.array([["x"]]), point=pa.array([{"x": 1}]), raw=pa.array([b"x"]))
    with pytest.raises(IngestRefused, match="'tags', 'point', 'raw'") as refused:
        read_file(path)
    assert refused.value.code == "nested_columns"


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (Limits(records=9), "too_many_records"),
        (Limits(columns=4), "too_many_columns"),
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
