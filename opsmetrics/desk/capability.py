"""The capability of one KPI slice: its single readings, or what it counts, over the periods that are asked for."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from opsmetrics.access import OPEN, Viewer
from opsmetrics.desk.desk import Desk
from opsmetrics.desk.single import single_readings
from opsmetrics.review import KpiReview
from opsmetrics.stats.capability import (
    AttributeCapability,
    Capability,
    Fit,
    Method,
    Normality,
    capability,
    defectives,
    defects,
    fits,
    normality,
)

#: Fewer readings give a wide interval, and say so.
FEW = 30
#: Judged periods from which limits, and with them stability, can be told.
ENOUGH_PERIODS = 12
#: Below this p-value readings do not look normal.
NOT_NORMAL = 0.05

#: How the slice can be looked at: by its readings, by defective pieces, by defects, or not at all.
Basis = Literal["readings", "defectives", "defects", "none"]
#: Why there is no result: "" there is one · no_readings · one_reading · all_equal · no_limits · refused (in `said`).
Reason = Literal["", "no_readings", "one_reading", "all_equal", "no_limits", "refused"]

#: All periods, in place of the phase in force.
ALL = 0


@dataclass(frozen=True)
class Limits:
    """What single readings are compared with, in the shown unit."""

    lower: float | None = None
    upper: float | None = None
    target: float | None = None


@dataclass(frozen=True, eq=False)
class CapabilityStudy:
    """A study of one slice.

    periods: how many periods it stands on, `first` and `last` their labels; judged: how many of them are judged;
    signals: how many of those show a signal on the control chart. readings: position and
    value (shown unit) of each. found, counted: the result by basis; normal, laws: how normal the readings look and
    which laws fit (best first), of readings only.
    """

    review: KpiReview
    basis: Basis
    limits: Limits
    method: Method
    periods: int
    judged: int
    signals: int
    first: str = ""
    last: str = ""
    readings: pd.DataFrame = field(default_factory=pd.DataFrame)
    found: Capability | None = None
    counted: AttributeCapability | None = None
    normal: Normality | None = None
    laws: tuple[Fit, ...] = ()
    reason: Reason = ""
    said: str = ""

    @property
    def stable(self) -> bool | None:
        """False where a period shows a signal; None where too few periods are judged to tell."""
        return False if self.signals else None if self.judged < ENOUGH_PERIODS else True


def basis_of(shown: KpiReview) -> Basis:
    """How a KPI can be looked at. A share with better = higher counts what is missing from the whole."""
    kinds: dict[str, Basis] = {"measured": "readings", "proportion": "defectives"}
    kinds |= dict.fromkeys(("rate", "count", "rare"), "defects")
    return kinds.get(shown.kpi.kind, "none")


def limits_of(shown: KpiReview) -> Limits:
    """The specification in the definition; of a share within a limit that limit, where there is no other."""
    kpi = shown.kpi
    upper = kpi.within if kpi.spec_upper is None and kpi.statistic == "share_within" else kpi.spec_upper
    return Limits(kpi.spec_lower, upper)


def capability_study(
    at: Desk,
    shown: KpiReview,
    *,
    limits: Limits | None = None,
    method: Method = "normal",
    span: int | None = None,
    viewer: Viewer = OPEN,
) -> CapabilityStudy:
    """The study of a reviewed slice.

    limits: in place of those of the definition. span: None the phase in force, ALL every judged period, else so many of
    the last ones. Only judged periods count: excluded, running and incomplete ones do not. Readings also count where a
    period holds too few of them for its own statistic to be judged.
    """
    limits, basis = limits or limits_of(shown), basis_of(shown)
    chosen = _chosen(shown.points, span, ("judged", "undefined") if basis == "readings" else ("judged",))
    points = shown.points[chosen]
    labels = points["label"].tolist()
    study = CapabilityStudy(
        review=shown,
        basis=basis,
        limits=limits,
        method=method,
        periods=len(points),
        judged=int((points["state"] == "judged").sum()),
        signals=int(points["signal"].sum()),
        first=labels[0] if labels else "",
        last=labels[-1] if labels else "",
    )
    if basis == "readings":
        return _of_readings(at, study, chosen, viewer)
    return study if basis == "none" else _of_counts(study, points)


def _chosen(points: pd.DataFrame, span: int | None, states: tuple[str, ...]) -> npt.NDArray[np.bool_]:
    """Which points are looked at."""
    held = points["state"].isin(states)
    chosen: npt.NDArray[np.bool_] = held.to_numpy(dtype=np.bool_, copy=True)
    if span is None and chosen.any():
        phase = points["phase"].to_numpy()
        chosen &= phase == phase[np.flatnonzero(chosen)[-1]]
    elif span:
        chosen[np.flatnonzero(chosen)[:-span]] = False
    return chosen


def _of_readings(at: Desk, study: CapabilityStudy, chosen: npt.NDArray[np.bool_], viewer: Viewer) -> CapabilityStudy:
    every = single_readings(at, study.review, viewer=viewer)
    readings = every[chosen[every["position"].to_numpy()]].reset_index(drop=True)
    values = readings["value"].to_numpy(dtype=np.float64)
    values = values[np.isfinite(values)]
    reason: Reason = "no_readings" if not len(values) else "one_reading" if len(values) == 1 else ""
    if reason or float(np.ptp(values)) == 0:
        return replace(study, readings=readings, reason=reason or "all_equal")
    limits = study.limits
    normal, laws = normality(values), fits(values)
    if limits.lower is None and limits.upper is None:
        reason = "no_limits"
    try:
        found = capability(
            readings["value"],
            subgroup=readings["position"],
            lower=limits.lower,
            upper=limits.upper,
            target=limits.target,
            method=study.method,
            freedom="within",
        )
    except ValueError as refused:
        return replace(study, readings=readings, normal=normal, laws=laws, reason="refused", said=str(refused))
    return replace(study, readings=readings, found=found, normal=normal, laws=laws, reason=reason)


def _of_counts(study: CapabilityStudy, points: pd.DataFrame) -> CapabilityStudy:
    count, size = points["numerator"], points["denominator"]
    if study.basis == "defectives":
        count = size - count if study.review.kpi.better == "higher" else count
        found = defectives(count, size) if size.sum() > 0 else None
    else:
        sizes = points["size"]
        found = defects(count, sizes) if sizes.sum() > 0 else None
    return replace(study, counted=found, reason="" if found else "no_readings")
