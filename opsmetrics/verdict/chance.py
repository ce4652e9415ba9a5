"""What chance alone would give on a chart (verdict.md 40–42), and how unlikely each of its episodes is (39)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from opsmetrics.catalog import Kpi
from opsmetrics.stats import ControlChart, departures, first_event_probability, first_event_rate_probability, rule
from opsmetrics.stats.counting import Law, counting_parts
from opsmetrics.stats.discoveries import chance_of_strongest
from opsmetrics.stats.false_alarms import PARTS, Limits, expected_episodes
from opsmetrics.stats.own_model import FEWEST, is_skewed, own_rate
from opsmetrics.stats.ranking import surprise_of, surprise_of_hit
from opsmetrics.stats.rare_alarms import expected_rare_episodes
from opsmetrics.stats.run_chart import ANHOEJ
from opsmetrics.verdict.chart_choice import EQUAL, usual_value
from opsmetrics.verdict.hits import Deciding
from opsmetrics.verdict.measures import Numbers, law_of
from opsmetrics.verdict.model import Episode
from opsmetrics.verdict.moments import Mask
from opsmetrics.verdict.phases import ENOUGH
from opsmetrics.verdict.reasons import FIRST_EVENT, GAP, Hit, deciding_hits

#: The law of counting on whose charts points tell the centre line alone; None: of many readings.
_CENTRE_ONLY: dict[str, Law | None] = {
    "p": "binomial",
    "np": "binomial",
    "u": "poisson",
    "c": "poisson",
    "xbar_s": None,
}

#: Chance of a run chart's two tests, at the level at which they were chosen.
_ANHOEJ_CHANCE = 0.05


@dataclass(frozen=True)
class Exposure:
    """Newly judged periods of one phase of a chart: how many, and what the rate of new episodes among them rests on.

    rules: those that decide, none for a rare series. n: points behind the limits (of a rare series its judged points);
    r1: of neighbours, as far as it is more than chance gives; parts: how the law of counts scales the rates; rate: of
    a chart whose values are skewed, new episodes a period by its own values; share: of a rare series, how many of its
    periods departed from the usual value.
    """

    rules: tuple[str, ...]
    limits: Limits
    n: int
    new: int
    r1: float = 0.0
    parts: tuple[float, ...] = (1.0,) * len(PARTS)
    rate: float | None = None
    share: float | None = None


def exposures(
    kpi: Kpi, points: pd.DataFrame, chart: ControlChart | None, chosen: Deciding | None, first: int
) -> Iterator[Exposure]:
    """What chance has had its try at from a position on: none where too few points or no limits keep rules silent."""
    if chart is None or chosen is None or not (chosen.rules or chosen.rare):
        return
    judged = points["state"].to_numpy() == "judged"
    new, phase = judged & (np.arange(len(points)) >= first), points["phase"].to_numpy()
    for label in np.unique(phase[new]):
        own = judged & (phase == label)
        if np.count_nonzero(own) < ENOUGH:
            continue
        if chosen.rare:
            share = _departures(kpi, points["value"].to_numpy(dtype=float)[own], chosen).mean()
            behind, fresh = int(np.count_nonzero(own)), int(np.count_nonzero(new & own))
            yield Exposure((), "own", behind, fresh, share=float(share))
        else:
            yield from _of_limits(points, chart, chosen, own, new & own)


def _of_limits(points: pd.DataFrame, chart: ControlChart, chosen: Deciding, own: Mask, new: Mask) -> Iterator[Exposure]:
    """Periods among those behind the limits, and beyond them where these are locked."""
    kind, baseline = chart.kind, points["baseline"].to_numpy(dtype=bool)
    behind, among = int(np.count_nonzero(own & baseline)), int(np.count_nonzero(new & baseline))
    beyond = int(np.count_nonzero(new)) - among
    parts = _parts(points, kind, chosen.rules, own)
    alike = max(0.0, chosen.r1 - 1 / np.sqrt(max(behind, 1))) if np.isfinite(chosen.r1) else 0.0
    z = None if kind in _CENTRE_ONLY else _usually(apart(chart), own & baseline, new)
    skewed = z is not None and is_skewed(z)
    within: Limits = "own" if z is not None else "centre"
    ahead: Limits = "locked" if z is not None else "locked_centre"
    for limits, count in ((within, among), (ahead, beyond)):
        if count:
            rate = own_rate(z, behind, chosen.rules, locked=limits == ahead) if z is not None and skewed else None
            yield Exposure(chosen.rules, limits, behind, count, alike, parts, rate)


def _usually(z: Numbers, behind: Mask, new: Mask) -> Numbers:
    """The points that tell what is usual: those before the new ones, where they are enough, so that nothing new
    explains itself."""
    before = z[behind & ~new]
    return before if len(before) >= FEWEST else z[behind]


def apart(chart: ControlChart) -> Numbers:
    """The points of a chart in standard errors from its centre line; not finite where there is none."""
    with np.errstate(invalid="ignore", divide="ignore"):
        found = (chart.column("value") - chart.column("centre")) / chart.column("standard_error")
    return np.asarray(found, dtype=np.float64)


def _parts(points: pd.DataFrame, kind: str, rules: tuple[str, ...], own: Mask) -> tuple[float, ...]:
    law = _CENTRE_ONLY.get(kind)
    if law is None:
        return (1.0,) * len(PARTS)
    rate = float(np.nanmedian(points["centre"].to_numpy(dtype=float)[own]))
    return tuple(counting_parts(law, rate, points["size"].to_numpy(dtype=float)[own], rules).tolist())


def _departures(kpi: Kpi, value: Numbers, chosen: Deciding) -> Mask:
    usual = usual_value(kpi, value) if chosen.usual is None else chosen.usual
    return np.asarray(np.abs(value - usual) > EQUAL * np.max(np.abs(value)), dtype=bool)


def expected(found: Sequence[Exposure]) -> Numbers:
    """New episodes that chance alone gives in each, all those of the same rules and kind of limits at once."""
    given = np.zeros(len(found))
    groups: dict[tuple[tuple[str, ...], Limits], list[int]] = {}
    for place, each in enumerate(found):
        groups.setdefault((each.rules, each.limits), []).append(place)
    for (rules, limits), places in groups.items():
        n, new, r1, parts, rate, share = (
            np.array([getattr(found[place], name) for place in places], dtype=float)
            for name in ("n", "new", "r1", "parts", "rate", "share")
        )
        if rules:
            usual = expected_episodes(rules, n, new, r1=r1, limits=limits, parts=parts)
            given[places] = np.where(np.isnan(rate), usual, rate * new)
        else:
            given[places] = expected_rare_episodes(share, n, new)
    return given


def chance_of_chart(tried: Sequence[Exposure], surprise: float) -> float:
    """Chance that a chart in control shows a new episode as surprising as this among these periods: by simulation, and
    scaled as its rate is; of a rare series the rate of new episodes bounds it."""
    if not tried or surprise <= 0:
        return 1.0
    missed = 1.0
    for each, rate in zip(tried, expected(tried).tolist(), strict=True):
        p = rate
        if each.rules:
            normal = float(expected([replace(each, parts=(1.0,) * len(PARTS), rate=None)])[0])
            p = chance_of_strongest(surprise, each.rules, each.n, each.new, r1=each.r1, limits=each.limits)
            p *= rate / normal if normal > 0 else 1.0
        missed *= 1 - min(p, 1.0)
    return 1 - missed


def surprise(
    kpi: Kpi, points: pd.DataFrame, chart: ControlChart, signals: pd.DataFrame, chosen: Deciding, episode: Episode
) -> float:
    """min(6, −log10 p) of the strongest hit of an episode; 0 of one that is no more in the data."""
    members = set(episode.members)
    hits = [
        (hit, length)
        for hit, length in zip(deciding_hits(signals), signals["length"][signals["decides"]].tolist(), strict=True)
        if hit.side == episode.side and hit.position in members
    ]
    if not hits:
        return 0.0
    z, found = apart(chart), []
    for hit, length in hits:
        if hit.rule in ANHOEJ:
            found.append(float(surprise_of(_ANHOEJ_CHANCE)))
        elif chart.kind == "rare" or hit.rule == FIRST_EVENT:
            found.append(float(surprise_of(_own_chance(kpi, points, chosen, hit))))
        else:
            found.append(float(surprise_of_hit(rule(hit.rule), z[hit.position], length)))
    return max(found)


def _own_chance(kpi: Kpi, points: pd.DataFrame, chosen: Deciding, hit: Hit) -> float:
    """Of a first event, of departures or of a gap: the probability by which it was found."""
    here = (points["state"].to_numpy() == "judged") & (points["phase"] == points["phase"].iloc[hit.position]).to_numpy()
    rows = np.flatnonzero(here)
    known = rows[rows <= hit.position]
    if hit.rule == FIRST_EVENT:
        counts, size = (points[name].to_numpy(dtype=float)[known] for name in ("numerator", "size"))
        if law_of(kpi) == "poisson":
            return first_event_rate_probability(float(size[:-1].sum()), counts[-1], size[-1])
        return first_event_probability(counts[:-1], size[:-1], counts[-1], size[-1])
    flags = _departures(kpi, points["value"].to_numpy(dtype=float)[rows], chosen)[: len(known)]
    shown = departures(flags)
    if hit.rule == GAP:
        rate = (flags.sum() + 0.5) / (len(flags) + 1)
        return float((1 - rate) ** shown.gap)
    return min(shown.p.values())
