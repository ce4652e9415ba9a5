"""Stored rows in words: what was observed on the site's clock, what was loaded on the one clock of all pages."""

from __future__ import annotations

import pandas as pd

from opsmetrics.catalog import read_catalog
from opsmetrics.ui.stored_rows import overwritten, readable
from opsmetrics.ui.tables import dates

CATALOG = read_catalog("""
[dimensions]
line = "Production line"

[calendars.hull]
time_zone = "Europe/London"

[calendars.jena]
time_zone = "Europe/Berlin"

[kpis.scrap]
name = "Scrap rate"
kind = "proportion"
better = "lower"
dimensions = ["line"]
calendar = "jena"

[kpis.falls]
name = "Falls"
kind = "count"
better = "lower"
calendar = "hull"
""")

FOUND = pd.DataFrame(
    {
        "kpi": ["scrap", "scrap"],
        "observed_at": pd.to_datetime(["2026-07-01 22:00", "2026-11-26 23:00"]).astype("datetime64[us]"),
        "line": ["A", "B"],
        "numerator": [3.0, 4.0],
        "value": [None, None],
        "reference": ["", ""],
        "loaded_at": pd.to_datetime(["2026-07-02 05:31", "2026-11-27 05:31"]).astype("datetime64[us]"),
    }
)


def read() -> pd.DataFrame:
    return readable(FOUND, CATALOG, CATALOG["scrap"].calendar, {"numerator": "scrapped"})


def test_observations_stand_on_the_clock_of_their_site() -> None:
    observed = [str(at) for at in read()["Observed"]]
    assert observed == ["2026-07-02 00:00:00", "2026-11-27 00:00:00"], "midnight in Berlin, summer and winter"


def test_loads_stand_on_the_clock_of_all_pages() -> None:
    loaded = [str(at) for at in read()["Loaded"]]
    assert loaded == ["2026-07-02 06:31:00", "2026-11-27 05:31:00"], "the first calendar that a KPI goes by: London's"


def test_headings_are_words_and_empty_columns_are_left_out() -> None:
    assert list(read().columns) == ["KPI", "Observed", "Production line", "scrapped", "Loaded"]
    assert set(read()["KPI"]) == {"Scrap rate"}


def test_the_frame_is_not_changed() -> None:
    before = FOUND.copy()
    read()
    pd.testing.assert_frame_equal(FOUND, before)


def test_days_are_written_without_a_clock_and_times_with_one() -> None:
    written = dates(read())
    assert {name: config["type_config"]["type"] for name, config in written.items()} == {
        "Observed": "date",
        "Loaded": "datetime",
    }


def test_overwritten_values_are_told_before_and_now_on_each_kpi_s_own_clock() -> None:
    changes = pd.DataFrame(
        {
            "fact": "counts",
            "kpi": ["scrap", "falls"],
            "observed_at": pd.to_datetime(["2026-07-01 22:00", "2026-07-01 23:00"]).astype("datetime64[us]"),
            "line": ["A", ""],
            "old_numerator": [3.0, 1.0],
            "new_numerator": [4.0, 2.0],
            "old_denominator": [None, None],
            "new_denominator": [None, None],
            "old_batch": [2, 2],
        }
    )
    shown = overwritten(changes, CATALOG)
    words = ["KPI", "Observed", "Production line", "Numerator before", "Numerator now", "Batch before"]
    assert list(shown.columns) == words
    assert [str(at) for at in shown["Observed"]] == ["2026-07-02 00:00:00"] * 2, "midnight in Jena and in Hull"
    assert overwritten(changes.head(1), CATALOG)["Numerator now"].tolist() == [4.0]
