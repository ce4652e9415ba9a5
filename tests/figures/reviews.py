"""Reviews put together by hand, one for each thing a drawing or a row can show.

The limits are those of the p chart (centre ± 3 √(p̄ (1 − p̄) / n), clamped) and of the XmR chart (mean ± 2.66 mR̄):
plain enough to be checked by eye, and independent of the code under test.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from opsmetrics.catalog import Decision, Kpi, Slice
from opsmetrics.review import KpiReview
from opsmetrics.series import KpiSeries
from opsmetrics.stats.results import ControlChart
from opsmetrics.verdict.model import Episode, Identity, Reason, Sentence, Verdict

START = dt.date(2026, 8, 18)
NO_SIGNALS = pd.DataFrame({"position": [], "rule": [], "side": [], "members": [], "decides": []})

LATE = Kpi(
    key="late",
    name="Late deliveries",
    kind="proportion",
    better="lower",
    unit="%",
    multiplier=100.0,
    numerator="late orders",
    denominator="orders",
    dimensions=("area", "line"),
    owner="M. Okafor",
    category="Dispatch",
)
CHANGEOVER = Kpi(
    key="changeover",
    name="Changeover time",
    kind="measured",
    better="lower",
    unit="min",
    dimensions=("area",),
    owner="A. Ruiz",
    category="Paint",
)


def _labels(days: int) -> list[str]:
    return [f"{day.day} {day:%b} {day.year}" for day in (START + dt.timedelta(days=i) for i in range(days))]


def _frame(values: np.ndarray, *, sizes: np.ndarray | None = None) -> pd.DataFrame:
    days = len(values)
    starts = pd.date_range(START, periods=days, freq="D").astype("datetime64[us]")
    size = np.ones(days) if sizes is None else sizes
    return pd.DataFrame(
        {
            "period": starts,
            "ends_at": starts + pd.Timedelta(days=1),
            "label": _labels(days),
            "value": values,
            "size": size,
            "numerator": np.round(values * size) if sizes is not None else np.nan,
            "denominator": size if sizes is not None else np.nan,
            "spread": np.nan,
            "rows": np.where(np.isnan(values), 0, 1),
            "ended": True,
            "from_start": True,
            "reaches_end": True,
            "state": np.where(np.isnan(values), "gap", "judged"),
            "phase": 0,
            "baseline": True,
            "target_low": np.nan,
            "target_high": np.nan,
            "met": pd.array([pd.NA] * days, dtype="boolean"),
            "side": "none",
            "signal": False,
            "tone": "",
            "note": "",
        }
    )


def _limited(points: pd.DataFrame, centre: Any, error: Any) -> pd.DataFrame:
    return points.assign(
        centre=centre, standard_error=error, lower=np.maximum(centre - 3 * error, 0.0), upper=centre + 3 * error
    )


def _proportion_limits(points: pd.DataFrame) -> pd.DataFrame:
    parts = []
    for _, part in points.groupby("phase", sort=False):
        judged = part[part["state"] == "judged"]
        centre = float((judged["value"] * judged["size"]).sum() / judged["size"].sum())
        parts.append(_limited(part, centre, np.sqrt(centre * (1 - centre) / part["size"])))
    return pd.concat(parts)


def _chart(points: pd.DataFrame, kind: str, spread: ControlChart | None = None) -> ControlChart:
    columns = ["value", "size", "centre", "lower", "upper", "standard_error", "phase", "baseline"]
    table = points[columns].assign(position=range(len(points)), excluded=points["state"] == "excluded")
    table["value"] = table["value"].where(points["state"].isin(["judged", "excluded"]))
    return ControlChart(kind, table, (None,), spread=spread)


def _verdict(kpi: Kpi, part: Slice, points: pd.DataFrame, **given: Any) -> Verdict:
    judged = points[points["state"] == "judged"]
    identity = Identity(kpi.key, part, "day", pd.Timestamp("2026-11-17 09:00"), 3, 1, "abc123")
    plain = {
        "variation": "common_cause",
        "side": "none",
        "reasons": (),
        "episode": None,
        "assurance": "no_target",
        "firm": True,
        "stance": "leave_alone",
        "data": "fresh",
        "early_warning": False,
        "caveats": (),
        "sentence": (Sentence("leave_alone"),),
    }
    figures: dict[str, Any] = {"as_of_period": None, "n": len(judged)}
    if len(judged):
        last = judged.iloc[-1]
        figures |= {"as_of_period": last["label"]}
        figures |= {name: _known(last[name]) for name in ("value", "size", "numerator", "denominator")}
        figures |= {name: _known(last[name]) for name in ("lower", "centre", "upper")}
    return Verdict(identity=identity, **{**plain, **figures, **given})


def _known(value: float) -> float | None:
    return None if pd.isna(value) else float(value)


def _review(kpi: Kpi, part: Slice, points: pd.DataFrame, chart: ControlChart | None, **more: Any) -> KpiReview:
    given = more.pop("verdict", {})
    series = KpiSeries(kpi, part, "day", pd.Timestamp("2026-11-17 09:00"), points)
    verdict = _verdict(kpi, part, points, **given)
    choice = {"kind": chart.kind if chart else "", "why": "", "rejected": ""}
    plain = {"signals": NO_SIGNALS, "episodes": (), "choice": choice}
    return KpiReview(kpi=kpi, series=series, points=points, chart=chart, verdict=verdict, **{**plain, **more})


def late_deliveries(kpi: Kpi = LATE, part: Slice = (("area", "Dispatch"), ("line", "Line 3"))) -> KpiReview:
    """Ninety-two days, two phases, a dated target, one excluded day, a point above its limit, a running day."""
    draw = np.random.default_rng(7)
    days, change = 92, 34
    sizes = draw.integers(700, 1100, days).astype(float)
    level = np.where(np.arange(days) < change, 0.203, 0.174)
    values = draw.binomial(sizes.astype(int), level) / sizes
    values[52], values[-2] = 0.24, 0.225
    points = _frame(values, sizes=sizes)
    points["phase"] = (np.arange(days) >= change).astype(int)
    points.loc[52, ["state", "note"]] = ["excluded", "outage"]
    points.loc[days - 1, ["state", "ended"]] = ["running", False]
    points = _proportion_limits(points)
    points["target_high"] = np.where(np.arange(days) < 20, 0.18, 0.16)
    points.loc[days - 2, ["side", "signal", "tone"]] = ["high", True, "concerning"]
    signals = pd.DataFrame(
        [
            {"position": 90, "rule": "beyond_limits", "side": "high", "members": (90,), "decides": True},
            {"position": 60, "rule": "two_of_three", "side": "high", "members": (58, 60), "decides": False},
        ]
    )
    label = str(points["label"].iloc[-2])
    episode = Episode("high", 90, 90, 90, True, ("beyond_limits",), (90,), label, label, label)
    phase = Decision(
        kpi.key,
        "phase",
        part,
        start=dt.datetime(2026, 9, 21),
        by="T. Lind",
        why="new routing",
        at=dt.datetime(2026, 9, 22),
    )
    quantity = {"unit": "%", "decimals": 1}
    beyond = {
        "kpi": kpi.name,
        "grain": "day",
        "v": {"number": float(values[-2] * 100), **quantity},
        "limits": {"low": 13.6, "high": 21.2, **quantity},
        "side": "high",
        "k": 1,
        "since": {"label": label, "grain": "day"},
    }
    given = {
        "variation": "concerning",
        "side": "high",
        "assurance": "fails",
        "stance": "find_cause",
        "episode": episode,
        "reasons": (Reason("beyond_limits", "high", (90,)),),
        "target": {"high": 0.16},
        "sentence": (Sentence("beyond", beyond),),
    }
    more = {"signals": signals, "episodes": (episode,), "decisions": (phase,), "verdict": given}
    return _review(kpi, part, points, _chart(points, "p"), **more)


def changeover(kpi: Kpi = CHANGEOVER, part: Slice = ()) -> KpiReview:
    """Forty days of a measured value with a gap, ending in a run of eight below its average (improving)."""
    values = np.random.default_rng(3).normal(31.0, 2.5, 40)
    values[-8:] = 31.0 - np.abs(values[-8:] - 31.0) - 1.5
    values[18:20] = np.nan
    points = _frame(values)
    ranges = np.abs(np.diff(values, prepend=np.nan))
    mean, error = float(np.nanmean(values)), float(np.nanmean(ranges)) / 1.128
    points = _limited(points, mean, error)
    members = tuple(range(32, 40))
    points.loc[list(members), ["side", "signal", "tone"]] = ["low", True, "improving"]
    signals = pd.DataFrame([{"position": 39, "rule": "run_of_8", "side": "low", "members": members, "decides": True}])
    labels = [str(points["label"].iloc[p]) for p in (32, 39, 39)]
    episode = Episode("low", 32, 39, 39, True, ("run_of_8",), members, *labels)
    spread = points.assign(
        value=ranges, centre=np.nanmean(ranges), lower=0.0, upper=3.267 * np.nanmean(ranges), standard_error=np.nan
    )
    given = {
        "variation": "improving",
        "side": "low",
        "stance": "learn_keep",
        "episode": episode,
        "reasons": (Reason("run_of_8", "low", members),),
    }
    chart = _chart(points, "xmr", _chart(spread, "mr"))
    return _review(kpi, part, points, chart, signals=signals, episodes=(episode,), verdict=given)


def stable(name: str = "Pick accuracy", seed: int = 1) -> KpiReview:
    """Thirty days in which nothing happens, without a target."""
    draw = np.random.default_rng(seed)
    sizes = np.full(30, 400.0)
    points = _proportion_limits(_frame(draw.binomial(400, 0.05, 30) / sizes, sizes=sizes))
    kpi = replace(LATE, key=f"stable_{seed}", name=name)
    return _review(kpi, (), points, _chart(points, "p"))


def stopped(days_missing: int = 40) -> KpiReview:
    """A series whose data stopped long ago."""
    shown = stable("Energy per unit", 5)
    values = np.concatenate([shown.points["value"], np.full(days_missing, np.nan)])
    sizes = np.concatenate([shown.points["size"], np.zeros(days_missing)])
    points = _frame(values, sizes=sizes)
    points = _proportion_limits(points.assign(size=np.where(sizes == 0, np.nan, sizes)))
    given = {"data": "missing", "stance": "get_data"}
    return _review(shown.kpi, (), points, _chart(points, "p"), verdict=given)


def one_point() -> KpiReview:
    """A single judged point: no limits yet."""
    points = _frame(np.array([0.21]), sizes=np.array([100.0]))
    nothing = dict.fromkeys(["centre", "lower", "upper", "standard_error"], np.nan)
    given = {"variation": "too_few", "assurance": "too_early", "stance": "wait"}
    return _review(LATE, (), points.assign(**nothing), None, verdict=given)


def empty() -> KpiReview:
    """A KPI into which nothing was ever loaded."""
    points = _frame(np.array([], dtype=float), sizes=np.array([], dtype=float))
    nothing = dict.fromkeys(["centre", "lower", "upper", "standard_error"], np.nan)
    given = {"variation": "none", "assurance": "too_early", "stance": "get_data", "data": "missing"}
    return _review(LATE, (), points.assign(**nothing), None, verdict=given)
