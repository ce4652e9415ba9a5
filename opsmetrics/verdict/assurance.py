"""Will it meet the target (verdict.md 25–32)? The target against the limits at a typical size, not against a point."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from opsmetrics.catalog import Grain, Kpi
from opsmetrics.stats import exposure_needed, trials_needed, zero_bound, zero_bound_rate
from opsmetrics.verdict.lead import lead_record
from opsmetrics.verdict.limits import WITHOUT_LIMITS
from opsmetrics.verdict.measures import Law, law_of
from opsmetrics.verdict.model import Assurance, Variation
from opsmetrics.verdict.targets import Bounds, bounds_of, inside

#: Judged points whose median size is the typical one.
TYPICAL_OF = 12

#: Charts whose standard error shrinks with the size of the point.
SIZED_CHARTS = frozenset({"p", "p_prime", "np", "u", "u_prime", "i_prime", "xbar_s"})

#: Charts that show no limits to compare with a target: the record of the lead periods answers.
BY_RECORD = (*WITHOUT_LIMITS, "run")


@dataclass(frozen=True)
class Assessment:
    """The answer and what it rests on.

    met: judged periods that met their own target, of those that had one, over the whole series; None without any.
    share_missed: missed / judged over the current phase; None without a target.
    detail: "missed" and "judged" (counts of the current phase) and, by the way the answer was found,
        "low", "high" (L, U in stored units), "typical_size" · "at" ("zero" or "all"), "trials", "bound", "needs"
        (trials that would show the target; absent where none would) · "lead_grain", "lead_met", "lead_periods",
        "lead_needed".
    """

    assurance: Assurance
    met: tuple[int, int] | None = None
    share_missed: float | None = None
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Zero:
    """Nothing (or nothing but) was counted in `trials`: the true rate lies between `low` and `high` (95 %).

    law: binomial counts of trials, or events over an exposure, which is `trials` then: its denominators added up, or
    the number of periods where the kind has none.
    """

    at: str  # "zero" or "all"
    trials: float
    low: float
    high: float
    law: Law = "binomial"

    @property
    def bound(self) -> float:
        """The end of the interval that is not the observed rate."""
        return self.high if self.at == "zero" else self.low


def assess(
    kpi: Kpi,
    points: pd.DataFrame,
    *,
    variation: Variation,
    chart_kind: str,
    grain: Grain,
    awaited: Bounds = (None, None),
) -> Assessment:
    """The assurance of a verdict with this variation, over the points of a review (targets attached).

    Without judged points, or with fewer than 12, it is too early; better = neither without a range has no target.
    `awaited`: the target where there is no point to which one could be attached.
    """
    phase = current_phase(points)
    target = awaited if points.empty else target_in_force(points)
    met, detail = _record(points), missed_of(phase)
    share = detail["missed"] / detail["judged"] if detail["judged"] else None
    if target == (None, None):
        return Assessment("no_target", met, share, detail)
    if variation in ("none", "too_few"):
        return Assessment("too_early", met, share, detail)
    if variation == "constant":
        answer, found = _of_constant(kpi, phase, target)
    elif chart_kind in BY_RECORD:
        answer, found = _of_rare(kpi, points, phase, grain)
    else:
        answer, found = _of_limits(kpi, phase, target, chart_kind)
    return Assessment(answer, met, share, detail | found)


def current_phase(points: pd.DataFrame) -> pd.DataFrame:
    """The judged points of the current phase (that of the last row), in order."""
    if points.empty:
        return points
    rows: pd.DataFrame = points[(points["state"] == "judged") & (points["phase"] == points["phase"].iloc[-1])]
    return rows


def target_in_force(points: pd.DataFrame) -> Bounds:
    """Low and high end of the target at the end of the last judged period (none judged: of the last row)."""
    if points.empty:
        return None, None
    judged = np.flatnonzero(points["state"] == "judged")
    row = judged[-1] if len(judged) else -1
    return bounds_of({name: points[name].iloc[row] for name in ("target_low", "target_high")})


def missed_of(phase: pd.DataFrame) -> dict[str, int]:
    """How many of these judged points missed their own target, of how many that had one."""
    met, of = _met(phase["met"])
    return {"missed": of - met, "judged": of}


def _met(told: pd.Series) -> tuple[int, int]:
    """How many points met their target, of how many that had one."""
    known = told.to_numpy(dtype=float, na_value=math.nan)
    return int(np.nansum(known)), int(np.isfinite(known).sum())


def zero_evidence(kpi: Kpi, phase: pd.DataFrame) -> Zero | None:
    """The exact 95 % bound of a count that is all zero, or all of its trials; None for any other series."""
    law = law_of(kpi)
    if law is None or phase.empty or phase["numerator"].isna().any():
        return None
    without = phase["denominator"].isna().any()
    counted, trials = float(phase["numerator"].sum()), float(len(phase) if without else phase["denominator"].sum())
    if law == "poisson":
        return Zero("zero", trials, 0.0, zero_bound_rate(trials), law) if counted == 0 and trials > 0 else None
    if without or trials <= 0 or counted not in (0.0, trials):
        return None
    bound = float(zero_bound(trials))
    return Zero("zero", trials, 0.0, bound) if counted == 0 else Zero("all", trials, 1.0 - bound, 1.0)


def _of_constant(kpi: Kpi, phase: pd.DataFrame, target: Bounds) -> tuple[Assurance, dict[str, Any]]:
    """Verdict.md 28 and 29."""
    zero = zero_evidence(kpi, phase)
    if zero is not None:
        return _of_zero(zero, target)
    return ("meets" if inside(float(phase["value"].iloc[-1]), *target) else "fails"), {}


def _of_zero(zero: Zero, target: Bounds) -> tuple[Assurance, dict[str, Any]]:
    """Verdict.md 29. At the bad bound the same interval may lie wholly outside the target: then it fails."""
    low, high = target
    detail: dict[str, Any] = {"at": zero.at, "trials": zero.trials, "bound": zero.bound}
    observed = 0.0 if zero.at == "zero" else 1.0
    if not inside(observed, low, high):
        apart = (low is not None and zero.high < low) or (high is not None and zero.low > high)
        return ("fails" if apart else "too_early"), detail
    if inside(zero.bound, low, high) or observed == (high if zero.at == "zero" else low):
        return "meets", detail
    margin = high if zero.at == "zero" else 1.0 - low if low is not None else None
    assert margin is not None and margin > 0.0  # else the bound would lie inside
    needs = math.ceil(exposure_needed(margin)) if zero.law == "poisson" else trials_needed(margin)
    return "too_early", detail | {"needs": needs}


def trials_to_show(kpi: Kpi, points: pd.DataFrame) -> int | None:
    """How many trials like these (or how much exposure) would show the target; None where they show it already, or
    none would."""
    zero = zero_evidence(kpi, current_phase(points))
    return None if zero is None else _of_zero(zero, target_in_force(points))[1].get("needs")


def _of_rare(kpi: Kpi, points: pd.DataFrame, phase: pd.DataFrame, grain: Grain) -> tuple[Assurance, dict[str, Any]]:
    """Verdict.md 29a: the last closed lead periods, each against its own target."""
    record = lead_record(kpi, points, phase, grain)
    detail = {
        "lead_grain": record.grain,
        "lead_met": record.met,
        "lead_periods": record.periods,
        "lead_needed": record.needed,
    }
    if record.periods < record.needed:
        return "too_early", detail
    if record.met in (0, record.periods):
        return ("meets" if record.met else "fails"), detail
    return "hit_or_miss", detail


def _of_limits(kpi: Kpi, phase: pd.DataFrame, target: Bounds, chart: str) -> tuple[Assurance, dict[str, Any]]:
    """Verdict.md 30 to 32; with the target on a limit it is hit or miss."""
    limits = limits_at_typical_size(kpi, phase, chart)
    if limits is None:
        return "too_early", {}
    low, high, size = limits
    return against_limits(low, high, target), {"low": low, "high": high, "typical_size": size}


def against_limits(low: float, high: float, target: Bounds) -> Assurance:
    """Verdict.md 30 to 32: limits wholly on the good side of the target, wholly on the bad side, or neither."""
    tolerance = 1e-9 * (high - low)
    floor = -math.inf if target[0] is None else target[0]
    ceiling = math.inf if target[1] is None else target[1]
    if low > floor + tolerance and high < ceiling - tolerance:
        return "meets"
    if high < floor - tolerance or low > ceiling + tolerance:
        return "fails"
    return "hit_or_miss"


def limits_at_typical_size(kpi: Kpi, phase: pd.DataFrame, chart: str) -> tuple[float, float, float | None] | None:
    """L, U (stored units, clamped to the KPI's bounds) and the size they hold for; None where no limits are known.

    A chart whose limits follow the size gets those of the median size of the last 12 judged points: the standard
    error times √size is the same at every point of a phase. The others keep their constant limits.
    """
    last = phase.iloc[-1]
    centre = float(np.median(phase["centre"].iloc[-TYPICAL_OF:]))  # centre lines that follow the weekday differ
    error = float(last["standard_error"])
    size = float(np.median(phase["size"].iloc[-TYPICAL_OF:])) if chart in SIZED_CHARTS else None
    found = limits_for_size(kpi, centre, error, float(last["size"]), size)
    return None if found is None else (*found, size)


def limits_for_size(
    kpi: Kpi, centre: float, error: float, error_size: float, size: float | None
) -> tuple[float, float] | None:
    """Centre ± 3 standard errors for a point of `size`, clamped to the KPI's bounds (stored units).

    error: that of a point of `error_size`; size None: the chart's limits do not follow the size. None where centre or
    error is not defined.
    """
    if not (math.isfinite(centre) and math.isfinite(error)):
        return None
    if size is not None:
        error *= math.sqrt(error_size / size)
    lowest, highest = kpi.bounds
    low = centre - 3 * error if lowest is None else max(centre - 3 * error, lowest)
    high = centre + 3 * error if highest is None else min(centre + 3 * error, highest)
    return low, high


def _record(points: pd.DataFrame) -> tuple[int, int] | None:
    met, of = _met(points["met"][(points["state"] == "judged").to_numpy()])
    return (met, of) if of else None
