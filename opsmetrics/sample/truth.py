"""What was put into the sample, and what the morning after must show."""

from __future__ import annotations

import datetime as dt

from opsmetrics.sample import simulator
from opsmetrics.sample.simulator import Clock

HEADERS = ("kpi", "slice", "event", "from", "to", "variation", "side", "assurance", "data", "stance")

Row = tuple[str, ...]


def rows(clock: Clock) -> tuple[Row, ...]:
    """One row for each slice that Today shows, in the columns HEADERS."""
    calm = ("common_cause", "none")
    step = _from(clock.plant, simulator.STEP_DAYS)
    return (
        ("late_deliveries", "", "Line 3 steps up", *step, "concerning", "high", "hit_or_miss", "fresh",
         "find_cause"),
        ("late_deliveries", "line=Line 1", "", "", "", *calm, "hit_or_miss", "fresh", "no_single_misses"),
        ("late_deliveries", "line=Line 2", "", "", "", *calm, "hit_or_miss", "fresh", "no_single_misses"),
        ("late_deliveries", "line=Line 3", "steps up", *step, "concerning", "high", "hit_or_miss", "fresh",
         "find_cause"),
        ("scrap_rate", "", "", "", "", *calm, "meets", "fresh", "leave_alone"),
        ("first_pass_yield", "", "cannot reach its target", "", "", *calm, "fails", "fresh", "change_process"),
        ("fill_weight", "", "", "", "", *calm, "meets", "fresh", "leave_alone"),
        ("pick_errors", "", "Dock B does not report", *_from(clock.plant, simulator.SILENT_DAYS), *calm, "meets",
         "partial", "get_data"),
        ("courier_on_time", "", "new", *_from(clock.plant, simulator.NEW_DAYS), "too_few", "none", "too_early", "fresh",
         "wait"),
        ("four_hour_breaches", "", "its limits span the target", "", "", *calm, "hit_or_miss", "fresh",
         "no_single_misses"),
        ("medication_errors", "", "rare", "", "", *calm, "meets", "fresh", "leave_alone"),
        ("trolley_checks", "", "always done", "", "", "constant", "none", "meets", "fresh", "leave_alone"),
        ("door_to_doctor", "", "a run below the average", *_from(clock.clinic, simulator.RUN_DAYS), "improving", "low",
         "hit_or_miss", "fresh", "learn_keep"),
        ("complaints_answered", "", "", "", "", *calm, "meets", "fresh", "leave_alone"),
    )  # fmt: skip


def _from(days: tuple[dt.date, ...], last: int) -> tuple[str, str]:
    return days[-last].isoformat(), days[-1].isoformat()
