"""Why a decision cannot be made, in one sentence: the same on the chart's page and on the command line."""

from __future__ import annotations

import numpy as np

from opsmetrics.catalog import Decision
from opsmetrics.review import KpiReview
from opsmetrics.verdict.moments import at_or_after, covered, of_kind
from opsmetrics.verdict.phases import ENOUGH


def refusal(review: KpiReview, decision: Decision) -> str:
    """Why the decision cannot be made about this series, "" where it can; a decision that it replaces does not count.

    Refused are a phase without data before it or where one starts already, limits locked on too few periods or across
    phases, and an exclusion of what is excluded already or of all that is judged.
    """
    if decision.value is False or (decision.value is None and decision.supersedes is not None):
        return ""  # takes something back
    check = {"phase": _phase, "lock": _lock, "exclude": _exclude}.get(decision.kind)
    return check(review, decision) if check is not None else ""


def first_with_data(review: KpiReview) -> int:
    """The position of the first period of which something is known."""
    there = np.flatnonzero(review.points["value"].notna().to_numpy())
    return int(there[0]) if len(there) else 0


def _label(review: KpiReview, position: int) -> str:
    return str(review.points["label"].iloc[position])


def _standing(review: KpiReview, decision: Decision) -> list[Decision]:
    """The decisions of this kind in force, without the one that is replaced."""
    found = of_kind(review.series, review.decisions, decision.kind)
    return [one for one in found if one.id is None or one.id != decision.supersedes]


def _start(review: KpiReview, decision: Decision) -> int:
    """The position of the first period at or after the decision's start; behind the last one where there is none."""
    begun = at_or_after(review.series.points["period"], decision.start).to_numpy(dtype=bool)
    return int(np.argmax(begun)) if begun.any() else len(begun)


def _phase(review: KpiReview, decision: Decision) -> str:
    if review.points.empty:
        return "There are no data yet, so a phase would have nothing before it: load the measurements first."
    first, data = _start(review, decision), first_with_data(review)
    if first <= data:
        return (
            f"The data begin with {_label(review, data)}, so a phase that starts "
            f"{'with' if _holds(review, decision, first) else 'before'} {_label(review, first)} would have nothing "
            "before it: choose a later period."
        )
    if any(_start(review, one) == first for one in _standing(review, decision)) and first < len(review.points):
        label = _label(review, first)
        return f"A phase starts with {label} already: take that one back first, or choose another period."
    return ""


def _holds(review: KpiReview, decision: Decision, position: int) -> bool:
    """True where the decision's start lies in this period and not before it."""
    return bool(covered(review.series, decision)[position])


def _lock(review: KpiReview, decision: Decision) -> str:
    rows = np.flatnonzero(covered(review.series, decision))
    judged = int((review.points["state"].iloc[rows] == "judged").sum())
    if judged < ENOUGH:
        stretch = f"from {_label(review, rows[0])} to {_label(review, rows[-1])}" if len(rows) else "in this stretch"
        return f"Limits need {ENOUGH} judged periods, and {stretch} there are {judged}: choose a longer stretch."
    if review.points["phase"].iloc[rows[0]] != review.points["phase"].iloc[rows[-1]]:
        return "A new phase starts inside this stretch, and limits belong to one phase: choose periods of one phase."
    return ""


def _exclude(review: KpiReview, decision: Decision) -> str:
    rows = covered(review.series, decision)
    again = [one for one in _standing(review, decision) if (covered(review.series, one) & rows).any()]
    if again:
        return (
            f"Some of these periods are excluded already ({again[0].why.rstrip('.') or 'no reason given'}): "
            "choose others, or take that decision back first."
        )
    judged = (review.points["state"] == "judged").to_numpy()
    if judged.any() and not (judged & ~rows).any():
        return "That would exclude every judged period: leave some to judge by."
    return ""
