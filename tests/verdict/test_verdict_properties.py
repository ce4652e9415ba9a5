"""What holds for every series whatever it looks like: invariants over generated series and decisions."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from opsmetrics.review import KpiReview, review
from opsmetrics.series import KpiSeries
from opsmetrics.verdict.as_dict import review_as_dict
from opsmetrics.verdict.sentences import render
from tests.cases import cases
from tests.verdict.made import LATE, SPEED, counts, decision, readings, with_target

GRAINS = st.sampled_from(["sample", "shift", "day", "week", "month"])
KINDS = ("exclude", "phase", "lock", "complete", "weekday", "annotate")


@st.composite
def situations(draw: Any) -> tuple[KpiSeries, list[Any]]:
    """A series of up to 70 periods with gaps, zeros and steps, and up to four decisions about it."""
    grain = draw(GRAINS)
    better = draw(st.sampled_from(["higher", "lower", "neither"]))
    kpi = replace(draw(st.sampled_from([LATE, SPEED])), operate=grain, lead=None, better=better)
    if draw(st.booleans()):
        target = {"low": 4.0, "high": 20.0} if better == "neither" else {"value": 10.0}
        kpi = with_target(kpi, **target)
    n = draw(st.integers(0, 70))
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    level = draw(st.sampled_from([0.0, 0.001, 0.1, 0.9, 1.0]))
    step = draw(st.sampled_from([0.0, 0.0, 0.1]))
    rate = np.clip(np.where(np.arange(n) > n * 0.7, level + step, level), 0, 1)
    size = draw(st.sampled_from([1, 20, 5000]))
    events = rng.binomial(size, rate).astype(float)
    values: list[float | None] = [None if gap else float(x) for x, gap in zip(events, rng.random(n) < 0.1, strict=True)]
    more: dict[str, Any] = {"grain": grain, "running": bool(n and grain != "sample" and draw(st.booleans()))}
    series = counts(values, size, kpi=kpi, **more) if kpi.counts else readings(values, kpi=kpi, **more)
    decisions = []
    for _ in range(draw(st.integers(0, 4)) if n else 0):
        kind = draw(st.sampled_from(KINDS))
        row = draw(st.integers(0, n - 1))
        decisions.append(decision(series, kind, row, min(n - 1, row + draw(st.integers(0, 40)))))
    return series, decisions


@given(situations())
@settings(max_examples=cases(60, 200), deadline=None)
def test_every_series_has_a_verdict_that_fits_its_parts(made: tuple[KpiSeries, list[Any]]) -> None:
    series, decisions = made
    found = review(series, decisions)
    json.dumps(review_as_dict(found), allow_nan=False)
    verdict = found.verdict
    assert verdict is not None and render(verdict.sentence)
    states = found.points["state"].to_numpy()
    judged = np.flatnonzero(states == "judged")
    assert (verdict.as_of_period is None) == (len(judged) == 0)
    special = verdict.variation in ("concerning", "improving", "changed")
    assert special == bool(verdict.reasons) == (verdict.episode is not None)
    assert not (special and verdict.firm)
    if special:
        assert {reason.side for reason in verdict.reasons} >= {verdict.side}
        assert verdict.episode is not None and verdict.episode.open and verdict.episode.side == verdict.side
    _episodes_fit(found, judged)


def _episodes_fit(found: KpiReview, judged: np.ndarray) -> None:
    phase = found.points["phase"].to_numpy()
    for episode in found.episodes:
        assert set(episode.members) <= set(judged.tolist())
        assert episode.start == min(episode.members) <= episode.detected <= episode.last
        assert len(set(phase[list(episode.members)])) == 1
        assert episode.open == (episode.last == judged[-1] and phase[judged[-1]] == phase[-1])
        assert (phase[judged] == phase[episode.last]).sum() >= 12
    members = {row for episode in found.episodes for row in episode.members}
    assert members == set(np.flatnonzero(found.points["signal"]).tolist())
    assert ((found.points["tone"] != "") == found.points["signal"]).all()
    hits = found.signals[found.signals["decides"]]
    assert set(hits["position"]) <= set(judged.tolist())
    assert members == {row for hit in hits["members"] for row in hit}
    assert not found.points.loc[~found.points["state"].isin(["judged", "excluded"]), "baseline"].any()


@given(situations(), st.integers(1, 30))
@settings(max_examples=cases(25, 60), deadline=None)
def test_periods_without_data_at_the_end_keep_the_last_verdict(made: tuple[KpiSeries, list[Any]], more: int) -> None:
    """Verdict.md 34: late and missing keep the last verdict and open no episode."""
    series, _ = made
    if series.grain == "sample" or not series.points["ended"].all() or series.points.empty:
        return
    values = [None if np.isnan(x) else float(x) for x in series.points["numerator"].fillna(series.points["value"])]
    make = counts if series.kpi.counts else readings
    size = float(series.points["size"].max()) if series.points["size"].notna().any() else 1.0
    longer = make([*values, *[None] * more], size, kpi=series.kpi, grain=series.grain)
    here, there = review(make(values, size, kpi=series.kpi, grain=series.grain), ()), review(longer, ())
    assert here.verdict is not None and there.verdict is not None
    for name in ("variation", "side", "reasons", "episode", "assurance", "as_of_period", "n", "early_warning"):
        assert getattr(here.verdict, name) == getattr(there.verdict, name)
    assert here.episodes == there.episodes
