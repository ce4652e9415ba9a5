"""Small reviews drawn by hand: KPIs, points with limits, and verdicts, for tests of words, targets and assurance."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from opsmetrics.catalog import Calendar, Decision, Grain, Kpi, Target
from opsmetrics.series import period_label, to_utc
from opsmetrics.verdict import sentences, targets
from opsmetrics.verdict.model import Episode, Identity, Reason, Verdict

NBSP = "\u00a0"

LATE = Kpi(
    key="late_share",
    name="Late share",
    kind="proportion",
    better="lower",
    unit="%",
    multiplier=100.0,
    numerator="late orders",
    denominator="orders",
)
YIELD = replace(
    LATE, key="yield", name="First-pass yield", better="higher", numerator="good units", denominator="units"
)
CHANGEOVER = Kpi(key="changeover", name="Changeover time", kind="measured", better="neither", unit="min")

#: The limits 15.1–19.8 % of the days below.
CENTRE, ERROR = 0.1745, 0.0235 / 3

_STEP = {"shift": "8h", "day": "D", "week": "7D", "month": "MS", "quarter": "QS"}


def with_target(kpi: Kpi, value: float | None = None, low: float | None = None, high: float | None = None) -> Kpi:
    """The KPI with one target that was always in force, in the shown unit."""
    return replace(kpi, targets=(Target(None, value, low, high),))


def points(
    values: Sequence[float],
    *,
    kpi: Kpi = LATE,
    grain: Grain = "day",
    start: str = "2026-11-01",
    centre: float | None = None,
    error: float | None = None,
    size: float | Sequence[float] = 1000.0,
    state: Sequence[str] | None = None,
    phase: Sequence[int] | None = None,
) -> pd.DataFrame:
    """Points of a review as figures and sentences see them; one constant centre and standard error."""
    n = len(values)
    frame = pd.DataFrame({"value": np.asarray(values, dtype=float)})
    if grain == "sample":
        frame["period"], frame["ends_at"] = range(1, n + 1), pd.NaT
    else:
        days = pd.date_range(start, periods=n + 1, freq=_STEP[grain], unit="us")
        frame["period"], frame["ends_at"] = days[:-1], to_utc(days[1:], kpi.calendar.time_zone)
    frame["label"] = [period_label(period, grain, kpi.calendar) for period in frame["period"]]
    frame["size"] = size
    frame["denominator"] = frame["size"] if kpi.counts else np.nan
    frame["numerator"] = (frame["value"] * frame["size"]).round() if kpi.counts else np.nan
    frame["rows"] = frame["value"].notna().astype(int)
    frame["state"] = ["judged"] * n if state is None else list(state)
    frame["ended"] = frame["state"] != "running"
    frame["centre"] = np.nan if centre is None else centre
    frame["standard_error"] = np.nan if error is None else error
    frame["lower"], frame["upper"] = frame["centre"] - 3 * frame["standard_error"], np.nan
    frame["upper"] = frame["centre"] + 3 * frame["standard_error"]
    frame["phase"] = [0] * n if phase is None else list(phase)
    return targets.attach(kpi, (), (), frame)


def verdict(**fields: Any) -> Verdict:
    """A verdict of a calm, well-run KPI, but for these fields; `grain` goes into its identity."""
    grain: Grain = fields.pop("grain", "day")
    slice_ = fields.pop("slice", ())
    usual: dict[str, Any] = {
        "variation": "common_cause",
        "side": "none",
        "reasons": (),
        "episode": None,
        "assurance": "no_target",
        "firm": True,
        "stance": "leave_alone",
        "data": "fresh",
        "as_of_period": None,
        "n": 30,
        "early_warning": False,
        "caveats": (),
        "sentence": (),
    }
    identity = Identity("late_share", slice_, grain, pd.Timestamp("2026-11-17 06:00"), 3, 2, "abc")
    return Verdict(identity, **usual | fields)


def berlin(kpi: Kpi) -> Kpi:
    """The KPI on a Berlin clock."""
    return replace(kpi, calendar=Calendar(time_zone="Europe/Berlin"))


def day(text: str) -> dt.datetime:
    """A site-local midnight."""
    return dt.datetime.fromisoformat(text)


def text(
    found: Verdict,
    frame: pd.DataFrame,
    kpi: Kpi = LATE,
    episodes: Sequence[Episode] = (),
    decisions: Sequence[Decision] = (),
    **detail: Any,
) -> str:
    """The sentences as text, by way of JSON, with ordinary spaces."""
    composed = sentences.compose(found, kpi, frame, episodes, decisions, detail=detail)
    stored = json.dumps([sentences.as_json(one) for one in composed], allow_nan=False)
    assert sentences.render(json.loads(stored)) == sentences.render(composed)
    return sentences.render(composed).replace(NBSP, " ")


def days(values: Sequence[float], **given: Any) -> pd.DataFrame:
    """Days from 1 November 2026 with the limits 15.1–19.8."""
    return points(values, **{"centre": CENTRE, "error": ERROR} | given)


def concerning(frame: pd.DataFrame, *reasons: Reason, side: str = "high", **fields: Any) -> Verdict:
    usual = {"variation": "concerning", "side": side, "reasons": reasons, "stance": "find_cause", "n": len(frame)}
    return verdict(**usual | fields)


def episode(
    frame: pd.DataFrame, members: Sequence[int], *rules: str, side: str = "high", is_open: bool = True
) -> Episode:
    first, last = members[0], members[-1]
    labels = [str(frame["label"].iloc[position]) for position in (first, first, last)]
    return Episode(side, first, first, last, is_open, rules, tuple(members), *labels)  # type: ignore[arg-type]
