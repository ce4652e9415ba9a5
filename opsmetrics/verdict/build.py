"""The verdict of a KPI: its parts, each from its own page of the specification, put together once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from opsmetrics.catalog import Decision
from opsmetrics.series import KpiSeries
from opsmetrics.stats import ControlChart
from opsmetrics.verdict import assurance, sentences, stance
from opsmetrics.verdict.assurance import BY_RECORD
from opsmetrics.verdict.between import Between, between_events
from opsmetrics.verdict.chart_choice import usual_value
from opsmetrics.verdict.data_state import DataReport, report_data
from opsmetrics.verdict.excess import excess_of
from opsmetrics.verdict.hits import Deciding
from opsmetrics.verdict.judged import Names
from opsmetrics.verdict.lead import poolable
from opsmetrics.verdict.marking import mark_points
from opsmetrics.verdict.measures import Positions
from opsmetrics.verdict.model import Episode, Identity, Variation, Verdict
from opsmetrics.verdict.proposals import proposals
from opsmetrics.verdict.rare import FURTHEST, first_event, is_furthest
from opsmetrics.verdict.reasons import reasons_at
from opsmetrics.verdict.targets import as_value, awaited
from opsmetrics.verdict.variation import UNCONFIRMED, Finding, Situation, find_variation, withhold, word
from opsmetrics.verdict.workings import Workings, work_out

Versions = tuple[int, int, str]

#: Variations that are the state of an open episode.
_SPECIAL: tuple[Variation, ...] = ("concerning", "improving", "changed")


@dataclass(frozen=True, eq=False)
class Judgement:
    """Everything that a `KpiReview` adds to its series; the fields are those of the review."""

    points: pd.DataFrame
    chart: ControlChart | None
    signals: pd.DataFrame
    episodes: tuple[Episode, ...]
    verdict: Verdict | None
    choice: dict[str, str]
    decisions: tuple[Decision, ...]
    proposals: tuple[str, ...]
    proposed: tuple[str, ...]
    between: Between | None
    deciding: Deciding


def judge(
    series: KpiSeries, decisions: Iterable[Decision], versions: Versions, shown: pd.DataFrame | None = None
) -> Judgement:
    """The verdict and what it rests on.

    decisions: everything ever decided about the KPI, oldest first. versions: of data, decisions and definitions.
    shown: the kept verdicts of this slice and grain, oldest first, with as_of, as_of_period, value and episodes (JSON).
    """
    found = work_out(series, decisions, shown)
    finding = _finding(found, found.phases.current)
    watched = series.grain in (series.kpi.operate, series.kpi.lead)
    values = found.choice.values
    proposed = proposals(found) if watched else ()
    return Judgement(
        points=mark_points(found.points, series, found.decisions, _toned(found, finding)),
        chart=found.chart,
        signals=found.signals,
        episodes=found.episodes,
        verdict=_verdict(found, finding, versions, shown) if watched else None,
        choice=sentences.explain_choice(found.choice.kind, found.choice.code, values),
        decisions=found.decisions,
        proposals=tuple(sentences.render((text,)) for text in proposed),
        proposed=tuple(each.pattern.removeprefix("propose_") for each in proposed),
        between=between_events(found),
        deciding=found.chosen,
    )


# Variation


def _finding(found: Workings, phase: int) -> Finding:
    """The variation of a phase, improvements withheld where they rest on periods without somebody."""
    finding = find_variation(_situation(found, phase))
    return withhold(finding, _without(found, finding, found.phases.points(phase)))


def _without(found: Workings, finding: Finding, rows: Positions) -> Names:
    """Reporters that are absent from the last judged period, or from an earlier one of the finding's episode and silent
    ever since: that they are no longer waited for makes their silence no improvement. A person's mark that a period is
    complete confirms it and those before it."""
    if len(rows) == 0:
        return ()
    judged, presence, last = found.judged, found.series.presence, int(rows[-1])
    confirmed = np.flatnonzero(judged.complete[: last + 1])
    after = int(confirmed[-1]) if len(confirmed) else -1
    episodes = (each.members for each in found.episodes if each.open and each.side == finding.side)
    hits = (each.members for each in finding.reasons if each.side == finding.side)
    earlier = sorted({row for members in (*episodes, *hits) for row in members if after < row < last})
    silent = dict.fromkeys(name for row in earlier for name in judged.absent[row])
    here = () if presence is None else presence.columns[presence.iloc[last].to_numpy(dtype=bool)]
    return tuple(dict.fromkeys((*judged.absent[last], *(name for name in silent if name not in here))))


def _situation(found: Workings, phase: int) -> Situation:
    rows = found.phases.points(phase)
    value = found.points["value"].to_numpy(dtype=float)
    begun = bool(found.judged.judged.any())
    if len(rows) == 0:
        return Situation(found.kpi.better, value[rows], begun)
    last = int(rows[-1])
    first = first_event(found.measures, rows)
    return Situation(
        better=found.kpi.better,
        value=value[rows],
        begun=begun,
        reasons=reasons_at(found.signals, last),
        first_event=first is not None and rows[first] == last,
        rare=found.chosen.rare,
        level=value,
        centre=float(found.points["centre"].iloc[last]),
        middle=_middle(found, last),
    )


def _middle(found: Workings, row: int) -> float | None:
    """Of the target's range in force then, for a KPI that has no better side."""
    low, high = (float(found.points[name].iloc[row]) for name in ("target_low", "target_high"))
    return (low + high) / 2 if found.kpi.better == "neither" and np.isfinite([low, high]).all() else None


def _toned(found: Workings, finding: Finding) -> list[tuple[Episode, Variation]]:
    """Each episode that is still in the data with its word; a withheld improvement is a change on the chart too."""
    toned = []
    for episode in found.episodes:
        if episode.members:
            now = _situation(found, int(found.phases.label[episode.last]))
            said = word(now, episode.side, episode.members)
            withheld = episode.open and said == "improving" and UNCONFIRMED in finding.caveats
            toned.append((episode, "changed" if withheld else said))
    return toned


# The verdict


def _verdict(found: Workings, finding: Finding, versions: Versions, shown: pd.DataFrame | None) -> Verdict:
    series, kpi = found.series, found.kpi
    data = report_data(series, found.judged, shown, finding.waits_for)
    assessed = assurance.assess(
        kpi,
        found.points,
        variation=finding.variation,
        chart_kind=found.choice.kind,
        grain=series.grain,
        awaited=awaited(kpi, found.decisions, series.slice, series.as_of, series.grain),
    )
    episode = _open_episode(found.episodes, finding)
    excess, cost = excess_of(kpi, found.points, episode)
    verdict = Verdict(
        identity=Identity(kpi.key, series.slice, series.grain, series.as_of, *versions),
        variation=finding.variation,
        side=finding.side,
        reasons=finding.reasons,
        episode=episode,
        assurance=assessed.assurance,
        firm=_firm(found, finding),
        stance=stance.classify(
            finding.variation, assessed.assurance, data.state, finding.early_warning, data.past_deadline
        ),
        data=data.state,
        n=len(found.phases.points(found.phases.current)),
        early_warning=finding.early_warning,
        caveats=_caveats(found, finding),
        sentence=(),
        data_names=data.names,
        met=assessed.met,
        excess=excess,
        excess_cost=cost,
        **_last_judged(found),
    )
    told = sentences.compose(
        verdict, kpi, found.points, found.episodes, found.decisions, detail=_detail(found, finding, data)
    )
    return replace(verdict, sentence=told)


def _firm(found: Workings, finding: Finding) -> bool:
    """Verdict.md 33: a usual range that nothing speaks against."""
    usual = finding.variation in ("common_cause", "constant")
    return usual and not found.chosen.neighbours_alike and found.step is None


def _open_episode(episodes: Sequence[Episode], finding: Finding) -> Episode | None:
    if finding.variation not in _SPECIAL:
        return None
    return next((episode for episode in episodes if episode.open and episode.side == finding.side), None)


def _caveats(found: Workings, finding: Finding) -> tuple[str, ...]:
    """What to bear in mind, as codes."""
    rows = np.flatnonzero(found.judged.judged)
    codes = {
        "neighbours_alike": found.chosen.neighbours_alike,
        "small_numbers": found.choice.small_numbers,
        "step_proposed": found.step is not None,
        "weekday_adjusted": found.weekday.state == "adjusted",
        "weekday_not_adjusted": found.weekday.state == "not_adjusted",
        "absent_reporters": UNCONFIRMED in finding.caveats or (len(rows) > 0 and bool(found.judged.absent[rows[-1]])),
        "not_pooled": found.choice.kind in BY_RECORD and not poolable(found.kpi) and _has_target(found),
        FURTHEST: _furthest(found, finding),
    }
    return (*finding.caveats, *(code for code, holds in codes.items() if holds))


def _furthest(found: Workings, finding: Finding) -> bool:
    """A departure that is no news by how often they come (verdict.md 17), and larger than any before it. Of a first
    count the size was judged (16)."""
    if found.choice.kind != "rare" or finding.variation != "common_cause" or "first_event" in finding.caveats:
        return False
    value = found.points["value"].to_numpy(dtype=float)[found.phases.points(found.phases.current)]
    return is_furthest(value, usual_value(found.kpi, value), found.kpi.better)


def _has_target(found: Workings) -> bool:
    return bool(found.points[["target_low", "target_high"]].notna().any(axis=None))


def _last_judged(found: Workings) -> dict[str, Any]:
    """The figures of the last judged period, None where they are not defined."""
    names = ("value", "size", "numerator", "denominator", "lower", "centre", "upper")
    rows = np.flatnonzero(found.judged.judged)
    if len(rows) == 0:
        return {"as_of_period": None}
    row = found.points.iloc[rows[-1]]
    figures = {name: float(row[name]) if np.isfinite(row[name]) else None for name in names}
    return {"as_of_period": str(row["label"]), "target": as_value(row), **figures}


def _detail(found: Workings, finding: Finding, data: DataReport) -> sentences.Detail:
    """What the sentences cannot see in the verdict and its points."""
    detail: sentences.Detail = {"chart_kind": found.choice.kind, "reporters": data.reporters}
    if data.suspect is not None:
        detail["suspect"] = data.suspect
    if found.phases.current > 0 and finding.variation == "too_few":
        before = _finding(found, found.phases.current - 1)
        detail["before"] = (before.variation, before.side)
    return detail
