"""Which KPIs leadership should ask about first, and the sentence that opens its summary.

Leadership asks two things of a KPI: is it changing, and will it meet its target? So what got worse and cannot meet its
target stands first, then what got worse, then what cannot meet its target although nothing changed, then what changed
without a good or bad side. Data that are not there come last: nobody can answer for them yet. What improves, runs as
usual within reach of its target, or is too young to tell, is not asked about.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from opsmetrics.verdict.model import Sentence, Verdict
from opsmetrics.verdict.rendering import render

#: KPIs named at the top of a summary.
MOST = 3


def ask_first(verdicts: Sequence[Verdict], most: int = MOST) -> tuple[int, ...]:
    """Positions of the verdicts to ask about, the most urgent first; ties stay in the given order."""
    ranked = sorted((urgency, -far, place) for place, (urgency, far) in enumerate(map(_urgency, verdicts)) if urgency)
    return tuple(place for _, _, place in ranked[:most])


def summary_headline(verdicts: Sequence[Verdict], names: Sequence[str], language: str = "en") -> str:
    """ "Two got worse, three cannot meet their targets as they run. Ask about Late deliveries first." """
    if not verdicts:
        return render((Sentence("headline_empty"),), language)
    asked = ask_first(verdicts, 1)
    worse = sum(verdict.variation == "concerning" for verdict in verdicts)
    failing = sum(verdict.assurance == "fails" for verdict in verdicts)
    parts = [Sentence("got_worse", {"n": worse})] if worse else []
    if failing:
        parts.append(Sentence("summary_fails" if failing == 1 else "summary_fail", {"n": failing}))
    first = Sentence("headline_news", {"parts": parts}) if parts else Sentence(_calm(verdicts))
    ask = [Sentence("summary_ask", {"kpi": names[asked[0]]})] if asked else []
    return render((first, *ask), language)


def _calm(verdicts: Sequence[Verdict]) -> str:
    """What to say where nothing is known to be wrong: that it is fine only where something could be judged."""
    found = {verdict.variation for verdict in verdicts}
    if found == {"none"}:
        return "no_data"
    return "headline_early" if found <= {"none", "too_few"} else "summary_calm"


def asks_title(n: int, language: str = "en") -> str:
    """The title above what to ask about: "Ask about these three first"."""
    return render((Sentence("summary_asks_one" if n == 1 else "summary_asks", {"n": n}),), language)


def _urgency(verdict: Verdict) -> tuple[int, float]:
    """1 (ask now) to 5, 0 for what need not be asked about; and how far out the figure is, in half widths."""
    if verdict.stance == "get_data":
        return 5, 0.0
    if verdict.variation == "concerning":
        return (1 if verdict.assurance == "fails" else 2), _distance(verdict, verdict.value)
    if verdict.assurance == "fails":
        return 3, max((_distance(verdict, end) for end in (verdict.target or {}).values()), default=0.0)
    if verdict.stance == "find_cause":
        return 4, _distance(verdict, verdict.value)
    return 0, 0.0


def _distance(verdict: Verdict, x: float | None) -> float:
    """How far a figure lies from the centre line, in half widths of the limits; 0 where that is not defined."""
    if x is None or verdict.centre is None or verdict.lower is None or verdict.upper is None:
        return 0.0
    half = (verdict.upper - verdict.lower) / 2
    return abs(x - verdict.centre) / half if half > 0 and math.isfinite(x) else 0.0
