"""The clauses of a verdict's sentences, each made from the verdict and the points it was made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from opsmetrics import stats
from opsmetrics.catalog import Decision, Grain, Kpi
from opsmetrics.stats.run_chart import FEW_CROSSINGS, LONG_RUN
from opsmetrics.verdict import precision, wording
from opsmetrics.verdict.assurance import current_phase
from opsmetrics.verdict.limits import WITHOUT_LIMITS
from opsmetrics.verdict.model import Episode, Reason, Sentence, Verdict
from opsmetrics.verdict.reasons import DEPARTURES, FIRST_EVENT, GAP
from opsmetrics.verdict.targets import as_value

#: A point beyond this many standard errors by more than the noise of the arithmetic (verdict.md 11).
TOLERANCE = 1e-9

IT: dict[str, str] = {"term": "it"}


@dataclass(frozen=True, eq=False)
class Scene:
    """What sentences are made from: the verdict, the KPI, the review's points and episodes, the decisions in force.

    detail is that of `sentences.compose`.
    """

    verdict: Verdict
    kpi: Kpi
    points: pd.DataFrame
    episodes: tuple[Episode, ...] = ()
    decisions: tuple[Decision, ...] = ()
    detail: Mapping[str, Any] = field(default_factory=dict)

    @property
    def grain(self) -> Grain:
        """The grain of the verdict."""
        return self.verdict.identity.grain

    @cached_property
    def judged(self) -> npt.NDArray[np.intp]:
        """Positions of the judged points of the current phase."""
        if self.points.empty:
            return np.array([], dtype=np.intp)
        points = self.points
        return np.flatnonzero((points["state"] == "judged") & (points["phase"] == points["phase"].iloc[-1]))

    @cached_property
    def phase(self) -> pd.DataFrame:
        """The judged points of the current phase, in order."""
        return current_phase(self.points)

    @property
    def last(self) -> int:
        """Position of the last judged point of the current phase. Only where there is one."""
        return int(self.judged[-1])

    def at(self, column: str, position: int | None = None) -> float:
        """One number of one row (default: the last judged one), NaN where it is not defined."""
        found = self.points[column].iloc[self.last if position is None else position]
        return float("nan") if pd.isna(found) else float(found)

    def period(self, position: int) -> dict[str, Any]:
        """A row's period as sentences carry it."""
        row = self.points.iloc[position]
        start = row["period"]
        plain = int(start) if isinstance(start, int | np.integer) else pd.Timestamp(start).isoformat()
        return {"label": str(row["label"]), "grain": self.grain, "period": plain}

    def z(self, positions: npt.NDArray[np.intp]) -> npt.NDArray[np.float64]:
        """Distance from the centre line in each point's own standard errors; 0 where there are no limits."""
        rows = self.points.iloc[positions]
        distance = (rows["value"] - rows["centre"]).to_numpy(dtype=float)
        error = rows["standard_error"].to_numpy(dtype=float)
        collapsed = (error == 0) & (np.abs(distance) > 0)  # every value off a line without width is beyond it
        z = np.where(collapsed, np.copysign(np.inf, distance), 0.0)
        return np.asarray(np.divide(distance, error, out=z, where=error > 0), dtype=float)

    @property
    def without_limits(self) -> bool:
        """True where the chart has a level and no limits, because most values are one and the same."""
        return self.detail.get("chart_kind") in WITHOUT_LIMITS

    def quantity(self, x: float | None, extra: int = 0) -> wording.Quantity:
        """A stored value in the shown unit."""
        return wording.quantity(self.kpi, x, extra=extra)

    def has_limits(self) -> bool:
        """True where the last judged point has a centre line and both limits."""
        return bool(np.isfinite([self.at(name) for name in ("centre", "lower", "upper")]).all())

    def common(self, **values: Any) -> dict[str, Any]:
        """The values that most patterns share, and these."""
        return {"kpi": self.kpi.name, "grain": self.grain, **values}


#: What the ids of a run chart's sentences end with where its tests are judged about the average of another chart.
_OF_AVERAGE = "_of_average"


def sign(side: str) -> int:
    """+1 for the high side, −1 for the low one."""
    return -1 if side == "low" else 1


def reason_clause(scene: Scene, reason: Reason, pronoun: bool = False) -> Sentence:
    """One rule hit at the last judged point as a sentence; `pronoun` says "it" in place of the KPI's name."""
    clause = _of_reason(scene, reason)
    return Sentence(clause.pattern, {**clause.values, "kpi": IT}) if pronoun else clause


def _of_reason(scene: Scene, reason: Reason) -> Sentence:
    if reason.rule == LONG_RUN:
        return long_run(scene, reason)
    if reason.rule == FEW_CROSSINGS:
        return few_crossings(scene)
    if reason.rule in (FIRST_EVENT, DEPARTURES, GAP):
        return Sentence("changed_plain", scene.common(v=scene.quantity(scene.at("value"))))
    pattern = stats.rule(reason.rule).pattern
    if pattern == "limits":
        return beyond(scene, reason.side)
    if pattern == "run":
        return run(scene, reason)
    return zone(scene, reason) if pattern == "zone" else patterned(scene, reason)


def beyond(scene: Scene, side: str) -> Sentence:
    """The last judged value against the limits, and how many such periods its episode holds."""
    episode = next((e for e in reversed(scene.episodes) if e.open and e.side == side), None)
    rows = scene.judged[scene.judged >= (scene.last if episode is None else episode.start)]
    such = rows[sign(side) * scene.z(rows) > 3 + TOLERANCE]
    first = int(such[0]) if len(such) else scene.last
    value, low, high = (scene.at(name) for name in ("value", "lower", "upper"))
    extra = precision.apart(scene.kpi, (value, low if side == "low" else high))
    return Sentence(
        "beyond",
        scene.common(
            v=scene.quantity(value, extra),
            side=side,
            limits=wording.range_quantity(scene.kpi, low, high, extra=extra),
            k=max(len(such), 1),
            since=scene.period(first),
        ),
    )


def run(scene: Scene, reason: Reason) -> Sentence:
    """How long the values have been on one side: the rule's members and what went before them on that side."""
    first, count = run_start(scene, reason)
    return Sentence(
        "run",
        scene.common(side=reason.side, c=scene.quantity(scene.at("centre")), k=count, since=scene.period(first)),
    )


def long_run(scene: Scene, reason: Reason) -> Sentence:
    """A run chart's run: its points off the median, which points on it do not break."""
    values: dict[str, Any] = {"side": reason.side, "k": len(reason.members), "since": scene.period(min(reason.members))}
    return Sentence(
        "long_run" + _OF_AVERAGE * scene.has_limits(), scene.common(c=scene.quantity(scene.at("centre")), **values)
    )


def few_crossings(scene: Scene) -> Sentence:
    """How often the values changed sides of their median, and how often chance would have them do so."""
    rows = scene.points.iloc[scene.judged]
    side = np.sign((rows["value"] - rows["centre"]).to_numpy(dtype=float))
    side = side[side != 0]
    fewest = stats.crossings_min(max(len(side), 1))
    values: dict[str, Any] = {"k": int(np.count_nonzero(np.diff(side))), "n": len(side), "m": fewest}
    return Sentence(
        "few_crossings" + _OF_AVERAGE * scene.has_limits(), scene.common(c=scene.quantity(scene.at("centre")), **values)
    )


def run_start(scene: Scene, reason: Reason) -> tuple[int, int]:
    """First position of a run and its number of judged points.

    Excluded points are passed over, anything else that is not judged ends the run.
    """
    first = min(reason.members, default=scene.last)
    side = sign(reason.side)
    states = scene.points["state"].to_numpy()
    phase = scene.points["phase"].to_numpy()
    for position in range(first - 1, -1, -1):
        if states[position] == "excluded":
            continue
        if states[position] != "judged" or phase[position] != phase[scene.last]:
            break
        if side * (scene.at("value", position) - scene.at("centre", position)) <= 0:
            break
        first = position
    return first, int(np.count_nonzero(scene.judged >= first))


def zone(scene: Scene, reason: Reason) -> Sentence:
    """How many of the last few values lie close to a limit."""
    rule = stats.rule(reason.rule)
    rows = scene.judged[-rule.window :]
    close = int(np.count_nonzero(sign(reason.side) * scene.z(rows) > rule.zone + TOLERANCE))
    if rule.zone < 1:  # nearer to the average than to a limit
        average = scene.quantity(scene.at("centre"))
        return Sentence("zone_of_average", scene.common(k=close, m=rule.window, side=reason.side, c=average))
    limit = scene.at("lower" if reason.side == "low" else "upper")
    return Sentence("zone", scene.common(k=close, m=rule.window, side=reason.side, limit=scene.quantity(limit)))


def patterned(scene: Scene, reason: Reason) -> Sentence:
    """A pattern over its members: a trend, an alternation, points all close to the average or all away from it."""
    first = min(reason.members, default=scene.last)
    count = int(np.count_nonzero(scene.judged >= first))
    return Sentence(
        stats.rule(reason.rule).pattern,
        scene.common(k=count, side=reason.side, c=scene.quantity(scene.at("centre")), since=scene.period(first)),
    )


def ended(scene: Scene, episode: Episode) -> Sentence:
    """An episode that is over: what it was, from when to when."""
    values = scene.common(side=episode.side, during=[scene.period(episode.start), scene.period(episode.last)])
    if "beyond_limits" in episode.rules:
        rows = np.array([p for p in episode.members if scene.points["state"].iloc[p] == "judged"], dtype=np.intp)
        such = rows[sign(episode.side) * scene.z(rows) > 3 + TOLERANCE]
        if len(such):
            values["during"] = [scene.period(int(such[0])), scene.period(int(such[-1]))]
        return Sentence("ended_beyond", values)
    if LONG_RUN in episode.rules:
        return Sentence(
            "ended_long_run" + _OF_AVERAGE * scene.has_limits(),
            values | {"c": scene.quantity(scene.at("centre", episode.last))},
        )
    patterns = {stats.rule(rule).pattern for rule in episode.rules if rule not in (FIRST_EVENT, DEPARTURES, GAP)}
    if "run" in patterns:
        return Sentence("ended_run", values | {"c": scene.quantity(scene.at("centre", episode.last))})
    if "zone" in patterns:
        limit = scene.at("lower" if episode.side == "low" else "upper", episode.last)
        return Sentence("ended_zone", values | {"limit": scene.quantity(limit)})
    return Sentence("ended_other", values)


def usual(scene: Scene) -> Sentence:
    """The last judged value within its limits; without limits only that nothing is unusual.

    With as many decimals as it takes to show the width of that range, and on which side of the target each end lies.
    """
    value = scene.at("value")
    if not scene.has_limits():
        return Sentence("usual_plain", scene.common(v=scene.quantity(value)))
    low, high = scene.at("lower"), scene.at("upper")
    target = as_value(scene.points.iloc[scene.last])
    extra = max(precision.for_range(scene.kpi, low, high), precision.apart_from(scene.kpi, target, low, high))
    return Sentence(
        "usual",
        scene.common(v=scene.quantity(value, extra), limits=wording.range_quantity(scene.kpi, low, high, extra=extra)),
    )
