"""Run rules: every hit of every rule, as one long table; `hits` gives the same as columns, for many points."""

from __future__ import annotations

import pandas as pd

from opsmetrics.stats.arrays import Labels, Values
from opsmetrics.stats.hits import hits
from opsmetrics.stats.results import ControlChart
from opsmetrics.stats.rules import RULE_1, WESTERN_ELECTRIC, Rule, Rules, rules_by_name
from opsmetrics.stats.run_chart import run_chart_signals

#: Charts of spread, where neighbouring points share data or are skewed: `signals` judges rule 1 only.
SPREAD_KINDS = ("mr", "s", "r")

#: Charts of what lies between events are skewed: likewise.
BETWEEN_KINDS = ("g", "t")

#: Charts whose points share data with those before them: likewise.
SMOOTHED_KINDS = ("ewma", "moving_average")

_RULE_1_ONLY = (*SPREAD_KINDS, *BETWEEN_KINDS, *SMOOTHED_KINDS)


def signals(chart: ControlChart, rules: Rules = WESTERN_ELECTRIC) -> pd.DataFrame:
    """Hits of `rules` on a chart, as `run_rules`.

    On a chart of spread (MR, S, R), of what lies between events (g, t) or of smoothed values (EWMA, moving average)
    only rule 1 is judged; a run chart has its own two tests, whatever `rules` says.
    """
    if chart.kind == "run":
        return run_chart_signals(chart)
    if chart.kind in _RULE_1_ONLY:
        return run_rules(chart, rules=[name for name in rules_by_name(rules) if name in RULE_1])
    return run_rules(chart, rules=rules)


def run_rules(
    chart_or_z: ControlChart | Values, *, rules: Rules = WESTERN_ELECTRIC, phase: Labels | None = None
) -> pd.DataFrame:
    """Every hit: position (of the completing point), rule, side, members, length; by position, then as in `rules`.

    chart_or_z: a chart (every rule is applied as asked, also on a chart of spread), or values already in standard
        errors from the centre, with `phase` labels if any. rules: ids in `RULES` or with lengths of one's own
        (`rules.rule`), `Rule` objects, or the name of a set. Anhøj's two tests are judged about the centre line of
        any chart.
    side: "high", "low" (a trend: its direction), "none" for patterns without a side. members: the points of the window;
    for k of m only those beyond. length: points in the unbroken pattern that ends here. Raises ValueError for unknown
    rules and for a chart given together with `phase`.
    """
    named = rules_by_name(rules)
    plain: list[Rule] = [rule for rule in named.values() if rule is not None]
    found = hits(chart_or_z, plain, phase).table()
    if len(plain) == len(named):
        return found
    if not isinstance(chart_or_z, ControlChart):
        raise ValueError(
            "rules: found a test of run charts for plain values; wanted a chart, whose centre line it needs"
        )
    runs = run_chart_signals(chart_or_z)
    both: pd.DataFrame = pd.concat([found, runs[runs["rule"].isin(list(named))]], ignore_index=True)
    order = pd.DataFrame(
        {"position": both["position"], "rule": both["rule"].map({name: k for k, name in enumerate(named)})}
    )
    return both.loc[order.sort_values(["position", "rule"], kind="stable").index].reset_index(drop=True)
