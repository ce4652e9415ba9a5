"""The time that a file covers. Authority: the rule of covered spans, worked by hand for each case."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from opsmetrics.catalog import Calendar, Catalog, Grain, Kpi, Shift
from opsmetrics.ingest import IngestRefused, Measured, Template
from opsmetrics.ingest.spans import next_start, period_bounds
from opsmetrics.measurements import BIN, Span, sample_to_stamp
from tests.ingest.builders import BERLIN, catalog, prepared, warnings

DAYS = Template("days", {"when": "date"}, (Measured("wait", value="minutes"),))


def waits(*stamps: str) -> str:
    """A file of waits at these stamps."""
    return "when,minutes\n" + "".join(f"{stamp},1\n" for stamp in stamps)


def kpi(operate: Grain = "day", recorded: Grain | None = None, calendar: Calendar = BERLIN) -> Catalog:
    """Waits, operated and recorded so."""
    return catalog(Kpi("wait", "Wait", "measured", "lower", operate=operate, recorded=recorded, calendar=calendar))


def span(
    folder: Path, text: str, definitions: Catalog, template: Template = DAYS, **options: object
) -> tuple[str, str]:
    """Start and end of the only span, in UTC."""
    (found,) = prepared(folder, text, template, definitions, **options).spans  # type: ignore[arg-type]
    return f"{found.starts_at:%Y-%m-%d %H:%M}", f"{found.ends_at:%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("stamps", "definitions", "covered"),
    [
        # whole days from first to last, on the site's clock: midnight in Berlin is 23:00 or 22:00 in UTC
        (("2025-01-27", "2025-01-29"), kpi("day"), ("2025-01-26 23:00", "2025-01-29 23:00")),
        (("2025-03-29", "2025-03-30"), kpi("day"), ("2025-03-28 23:00", "2025-03-30 22:00")),
        # every date is the first of a month, and the KPI is operated by month: whole months
        (("2025-01-01", "2025-03-01"), kpi("month"), ("2024-12-31 23:00", "2025-03-31 22:00")),
        (("2025-01-01", "2025-03-01"), kpi("day"), ("2024-12-31 23:00", "2025-03-01 23:00")),
        (("2025-01-01", "2025-03-02"), kpi("month"), ("2024-12-31 23:00", "2025-03-02 23:00")),
        (("2025-01-27", "2025-02-03"), kpi("week"), ("2025-01-26 23:00", "2025-02-09 23:00")),
        (("2025-01-28",), kpi("week"), ("2025-01-27 23:00", "2025-01-28 23:00")),
        (("2025-01-27", "2025-02-03"), kpi("month", "week"), ("2025-01-26 23:00", "2025-02-09 23:00")),
        (("2025-04-01",), kpi("quarter"), ("2025-03-31 22:00", "2025-06-30 22:00")),
        # stamps: from the first to the last plus the usual step
        (("2025-01-27 05:00", "2025-01-27 05:05", "2025-01-27 05:10"), kpi(), ("2025-01-27 04:00", "2025-01-27 04:15")),
        (("2025-01-27 05:00", "2025-01-27 06:00", "2025-01-27 09:00"), kpi(), ("2025-01-27 04:00", "2025-01-27 09:00")),
        (("2025-01-27 05:00",), kpi(), ("2025-01-27 04:00", "2025-01-27 04:15")),
        # midnight throughout is a date that was written as a stamp
        (("2025-01-27 00:00:00", "2025-01-28 00:00"), kpi(), ("2025-01-26 23:00", "2025-01-28 23:00")),
    ],
)
def test_what_is_covered(
    tmp_path: Path, stamps: tuple[str, ...], definitions: Catalog, covered: tuple[str, str]
) -> None:
    assert span(tmp_path, waits(*stamps), definitions) == covered


def test_a_person_or_a_template_may_say_more(tmp_path: Path) -> None:
    text = waits("2025-01-10 05:00", "2025-01-20 05:00")
    january = (dt.date(2025, 1, 1), dt.date(2025, 1, 31))
    assert span(tmp_path, text, kpi(), covers=january) == ("2024-12-31 23:00", "2025-01-31 23:00")
    monthly = replace(DAYS, covers="month")
    assert span(tmp_path, text, kpi(), monthly) == ("2024-12-31 23:00", "2025-01-31 23:00")
    assert span(tmp_path, text, kpi(), monthly, covers=(january[0], january[0] + dt.timedelta(27))) == (
        "2024-12-31 23:00",
        "2025-01-28 23:00",
    )


def test_records_beyond_the_covered_days_are_said(tmp_path: Path) -> None:
    days = (dt.date(2025, 1, 11), dt.date(2025, 1, 31))
    batch = prepared(tmp_path, waits("2025-01-10 05:00"), DAYS, kpi(), covers=days)
    assert "outside_covered_days" in warnings(batch)
    with pytest.raises(IngestRefused) as refused:
        prepared(tmp_path, waits("2025-01-10"), DAYS, kpi(), covers=days[::-1])
    assert refused.value.code == "covers"


def test_samples_cover_their_own_bins(tmp_path: Path) -> None:
    juice = Template("juice", {"sample": "sample"}, (Measured("juice", numerator="d", denominator="n"),))
    (found,) = prepared(tmp_path, "sample,d,n\n3,1,50\n7,1,50\n", juice).spans
    assert found == Span("juice", sample_to_stamp(3), sample_to_stamp(7) + BIN)


def test_each_kpi_has_its_span_and_reporters(tmp_path: Path) -> None:
    definitions = catalog(
        Kpi("a", "A", "measured", "lower", dimensions=("site",), reported_by="site"),
        Kpi("b", "B", "measured", "lower", dimensions=("site",)),
    )
    long = Template("long", {"day": "date", "site": "site", "kpi": "metric", "n": "value"})
    rows = "2025-01-27,North,a,1\n2025-01-28,South,a,1\n2025-01-29,East,a,\n2025-01-30,West,b,1\n"
    batch = prepared(tmp_path, "day,site,kpi,n\n" + rows, long, definitions)
    found = {item.kpi: item for item in batch.spans}
    assert found["a"].reporters == ("North", "South")  # East states nothing
    assert found["a"].ends_at == dt.datetime(2025, 1, 29)
    assert (found["b"].starts_at, found["b"].reporters) == (dt.datetime(2025, 1, 30), ())


def test_shifts_and_fiscal_quarters() -> None:
    shifts = Calendar(
        "s", "UTC", shifts=(Shift("day", dt.time(6)), Shift("late", dt.time(14)), Shift("night", dt.time(22)))
    )
    assert next_start(dt.datetime(2025, 1, 27, 14), "shift", shifts) == dt.datetime(2025, 1, 27, 22)
    assert next_start(dt.datetime(2025, 1, 27, 22), "shift", shifts) == dt.datetime(2025, 1, 28, 6)
    fiscal = Calendar("f", "UTC", fiscal_year_start=(4, 6))
    assert period_bounds([dt.date(2025, 4, 5), dt.date(2025, 4, 6)], "quarter", fiscal) == (
        dt.datetime(2025, 1, 6),
        dt.datetime(2025, 7, 6),
    )
