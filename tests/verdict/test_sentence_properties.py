"""Whatever the verdict and the points, the sentences hold (invariants of the specification)."""

from __future__ import annotations

import json
import math
import re
from typing import Any, get_args

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from opsmetrics.catalog import Decision, Kpi
from opsmetrics.stats import RULES
from opsmetrics.verdict import sentences
from opsmetrics.verdict.model import Assurance, DataState, Episode, Reason, Stance, Variation, Verdict
from tests.cases import cases
from tests.verdict.sketches import CHANGEOVER, LATE, YIELD, day, points, verdict, with_target

#: No sentence names a cause, none claims significance, and nothing rises or falls.
FORBIDDEN = re.compile(r"\b(because|due to|caused?|significant\w*|rose|fell|increased|decreased|nan|inf|nat)\b", re.I)

DATA_PATTERNS = {
    *("not_reported_since", "not_reported", "absent", "incomplete", "no_data_since", "no_data"),
    *("restated", "jump", "suspect"),
}

#: Patterns that lie on no side of the centre line.
SIDELESS = {name for name, rule in RULES.items() if rule.pattern in ("alternating", "hugging", "outside")}

kpis = st.sampled_from(
    [LATE, with_target(LATE, 5.0), with_target(YIELD, 97.0), CHANGEOVER, with_target(CHANGEOVER, low=18.0, high=24.0)]
)
states = st.sampled_from(["judged", "judged", "judged", "excluded", "gap", "partial", "undefined", "uncovered"])


@st.composite
def frames(draw: st.DrawFn, kpi: Kpi, grain: Any) -> pd.DataFrame:
    n = draw(st.integers(0, 20))
    top = 1.0 if kpi.counts else 1000.0
    values = draw(st.lists(st.floats(0.0, top), min_size=n, max_size=n))
    found = draw(st.lists(states, min_size=n, max_size=n))
    values = [math.nan if state in ("gap", "undefined") else x for x, state in zip(values, found, strict=True)]
    limited = draw(st.booleans())
    centre = draw(st.floats(0.0, top)) if limited else None
    error = draw(st.just(0.0) | st.floats(1e-6, top)) if limited else None
    frame = points(
        values, kpi=kpi, grain=grain, centre=centre, error=error, size=draw(st.integers(1, 5000)), state=found
    )
    if n and draw(st.booleans()):
        frame.loc[n - 1 :, "phase"] = 1
    return frame


@st.composite
def verdicts(draw: st.DrawFn) -> tuple[Verdict, Kpi, pd.DataFrame, tuple[Episode, ...], dict[str, Any]]:
    kpi, grain = draw(kpis), draw(st.sampled_from(["day", "week", "month", "sample"]))
    frame = draw(frames(kpi, grain))
    judged = np.flatnonzero((frame["state"] == "judged").to_numpy())
    side = draw(st.sampled_from(["high", "low", "none"]))
    members = tuple(int(p) for p in judged[-3:])
    rules = draw(st.lists(st.sampled_from([*RULES, "first_event", "departures", "gap"]), max_size=3))
    sides: list[Any] = ["none" if rule in SIDELESS else draw(st.sampled_from(["high", "low"])) for rule in rules]
    reasons = tuple(Reason(rule, own, members) for rule, own in zip(rules, sides, strict=True))
    episodes: tuple[Episode, ...] = ()
    if members and rules:
        labels = [str(frame["label"].iloc[p]) for p in (members[0], members[-1], members[-1])]
        is_open = draw(st.booleans())
        alike = tuple(rule for rule in rules if (rule in SIDELESS) == (rules[0] in SIDELESS))
        chain = Episode(sides[0], members[0], members[-1], members[-1], is_open, alike, members, *labels)
        episodes = (chain,)
    found = verdict(
        grain=grain,
        variation=draw(st.sampled_from(get_args(Variation))),
        side=side,
        reasons=reasons,
        assurance=draw(st.sampled_from(get_args(Assurance))),
        firm=draw(st.booleans()),
        stance=draw(st.sampled_from(get_args(Stance))),
        data=draw(st.sampled_from(get_args(DataState))),
        n=len(judged),
        early_warning=len(judged) > 3 and side != "none" and draw(st.booleans()),
        caveats=draw(st.sampled_from([(), ("first_event",), ("improvement_unconfirmed",)])),
        data_names=draw(st.sampled_from([(), ("Line 3",), ("Line 3", "{v} <b>", "C", "D", "E")])),
    )
    last = len(frame) - 1
    suspects = [None, {"code": "restated", "position": last}, {"code": "jump", "position": last, "factor": 0.01}]
    detail: dict[str, Any] = {
        "chart_kind": draw(st.sampled_from(["p", "xmr", "rare", "constant"])),
        "reporters": draw(st.sampled_from([{}, {"Line 3": last if last >= 0 else None}])),
        "suspect": draw(st.sampled_from(suspects)) if last >= 0 else None,
        "before": draw(st.sampled_from([("none", "none"), ("concerning", "high")])),
    }
    return found, kpi, frame, episodes, detail


RESTART = (Decision("late_share", "phase", start=day("2026-11-02"), by="A. B.", why="new shift"),)


@settings(max_examples=cases(120, 400), deadline=None)
@given(verdicts())
def test_any_verdict_can_be_told(case: tuple[Verdict, Kpi, pd.DataFrame, tuple[Episode, ...], dict[str, Any]]) -> None:
    """At most two sentences and one on the data; JSON and back; no gap in a figure; no forbidden word."""
    found, kpi, frame, episodes, detail = case
    composed = sentences.compose(found, kpi, frame, episodes, RESTART, detail=detail)
    about_data = [one for one in composed if one.pattern in DATA_PATTERNS]
    assert len(composed) - len(about_data) in (1, 2)
    assert len(about_data) <= 1
    assert not about_data or composed[-1] is about_data[0]
    text = sentences.render(composed)
    stored = json.dumps([sentences.as_json(one) for one in composed], allow_nan=False)
    assert sentences.render(sentences.from_json(one) for one in json.loads(stored)) == text
    named = text.replace("A. B.", "").replace("Find the cause", "")
    assert not FORBIDDEN.search(named), text
    assert "None" not in text
    assert text.endswith(".")
    assert ".." not in text
    assert "- " not in text
