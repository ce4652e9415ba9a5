"""`make bench` runs to its end and measures what it says. Its figures are for reading, not for asserting."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import charts, forecasting, pages, timing
from bench.__main__ import measured, starting
from bench.serving import Session, serving
from tests.cases import SOAK

FLOORS = [
    *[("numpy limits alone", "s"), ("the input", "MB")] * 2,
    *[("numpy limits alone", "s"), ("numpy limits alone", "s"), ("the input", "MB")],
    *[("naive at 26 origins", "s"), ("statsmodels ETS, 2 origins", "s"), ("naive, cold start", "s wall")],
    ("DuckDB's own load, types given", "s"),
    *[("the bare MERGE", "s"), ("their load", "s")],
    *[("the same by hand", "s"), ("by hand, without totals", "s"), ("the query for all alone", "s")] * 2,
    ("the same at 2,000", "s"),
    *[("the answer of /healthz", "ms")] * 2,
    *[("an empty page", "ms"), ("an empty page", "kB")] * 5,
    *[("an empty Plotly chart", "ms"), ("an empty Plotly chart", "kB")],
]
START = [("Streamlit with one heading", "s wall"), ("Streamlit with one heading", "s")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where both tests find the store with 20 rows on Today."""
    return tmp_path_factory.mktemp("bench")


def test_every_ratio_is_measured(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(charts, "POINTS", 2_000)
    monkeypatch.setattr(charts, "SERIES", 20)
    monkeypatch.setattr(forecasting, "KPIS", 4)
    monkeypatch.setattr(forecasting, "ORIGINS", 2)
    if not SOAK:  # turns that only better the figures; two servers and a browser more
        monkeypatch.setattr(timing, "MOST_TURNS", 1)
        monkeypatch.setattr(starting, "chromium", lambda: None)
    ratios = list(measured(folder, rows=2_000, sizes=(2_000, 3_000), watched=(20,), rounds=1))
    expected = FLOORS + (START if starting.chromium() else [])
    assert [(ratio.floor_is, ratio.unit) for ratio in ratios] == expected
    assert all(ratio.ours > 0 and ratio.floor > 0 and ratio.ratio == ratio.ours / ratio.floor for ratio in ratios)
    assert "2,000" in ratios[0].what


def test_a_reader_of_the_bench_sees_the_page_that_it_asks_for(folder: Path) -> None:
    with serving(pages.watched_store(folder, 20)) as server:
        today, empty = Session(server, ""), Session(server, "empty")
        chart = Session(server, "chart", "kpi=measure_3&slice=line:Line+1")
        for page in (today, empty, chart):
            page.run()
            page.run()  # an open page asks for itself by another name than a new one
        assert b"Measure 3" not in empty.sent
        assert today.query == ""
        assert "measure_3" in chart.query
        first = len(today.sent)
        today.at("line=Line+1").run()
        assert len(today.sent) > first, "a filter was set and nothing new was sent"
        used = server.settled()
        today.run()
        assert server.settled() > used
