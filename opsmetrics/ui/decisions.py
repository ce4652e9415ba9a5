"""A decision before it is made: what a person asks for, why it cannot be, and what it would change. Nothing is written.

A draft names positions of the review on the page; `decision` turns them into the periods that the store keeps.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from opsmetrics.catalog import Decision, DecisionKind, Grain, Moment
from opsmetrics.desk import Desk
from opsmetrics.desk.refusing import refusal
from opsmetrics.review import KpiReview
from opsmetrics.review import review as reviewed
from opsmetrics.verdict import restarts
from opsmetrics.verdict.moments import of_kind
from opsmetrics.verdict.proposals import LOCK_FROM, LOCK_FROM_DAILY

#: Decided for a stretch of periods, for one period, and for the whole chart.
STRETCHES: tuple[DecisionKind, ...] = ("exclude", "lock")
SINGLE: tuple[DecisionKind, ...] = ("annotate", "phase", "complete", "target")
WHOLE: tuple[DecisionKind, ...] = ("weekday",)

#: Kinds that may be meant for the charts of every grain: what changed in the process changed for all of them.
EVERY_GRAIN: tuple[DecisionKind, ...] = ("annotate", "phase")


@dataclass(frozen=True)
class Draft:
    """What a person is about to decide. first, last: positions in the review's points, both included.

    value: the text of a note, the target in the shown unit; None else. takes_back: the number of the decision that
    is not to hold any more. every_grain: not only for the chart on the page.
    """

    kind: DecisionKind
    first: int = 0
    last: int = 0
    value: Any = None
    by: str = ""
    why: str = ""
    every_grain: bool = False
    takes_back: int | None = None


def decision(review: KpiReview, draft: Draft) -> Decision:
    """The decision as the store keeps it, made for the slice and the grain on the page."""
    if draft.takes_back is not None:
        earlier = standing(review, draft.takes_back)
        return replace(earlier, value=None, by=draft.by, at=None, why=draft.why, supersedes=draft.takes_back, id=None)
    start, end = _moments(review, draft)
    return Decision(
        kpi=review.kpi.key,
        kind=draft.kind,
        slice=review.series.slice,
        grain=_grain(review, draft),
        start=start,
        end=end,
        value={"annotate": draft.why, "target": draft.value}.get(draft.kind, True),
        by=draft.by,
        why=draft.why,
    )


def standing(review: KpiReview, number: int) -> Decision:
    """The decision in force with this number. Raises KeyError where none is."""
    for found in review.decisions:
        if found.id == number:
            return found
    raise KeyError(number)


def _grain(review: KpiReview, draft: Draft) -> Grain | None:
    return None if draft.every_grain or draft.kind == "target" else review.series.grain


def _moments(review: KpiReview, draft: Draft) -> tuple[Moment | None, Moment | None]:
    if draft.kind in WHOLE:
        return None, None
    first = _moment(review, draft.first)
    return first, (_moment(review, draft.last) if draft.kind in STRETCHES else None)


def _moment(review: KpiReview, position: int) -> Moment:
    period = review.points["period"].iloc[position]
    return int(period) if review.series.grain == "sample" else pd.Timestamp(period).to_pydatetime()


def now() -> dt.datetime:
    """The moment of a decision: UTC, naive."""
    return dt.datetime.now(dt.UTC).replace(tzinfo=None)


def preview(at: Desk, review: KpiReview, draft: Draft) -> KpiReview:
    """The review as it would be with the draft, from the same series. Nothing is written."""
    return with_decision(at, review, decision(review, draft))


def with_decision(at: Desk, review: KpiReview, given: Decision) -> KpiReview:
    """The same series judged with one decision more."""
    series = review.series
    decided = (*at.store.decisions(review.kpi.key), replace(given, at=given.at or now()))
    return reviewed(series, decided, shown=at.store.told([(review.kpi.key, series.slice, series.grain)])[0])


# Why it cannot be


def unsigned(draft: Draft) -> str:
    """What is missing before a decision can be kept, "" where nothing is."""
    if not draft.by.strip():
        return "Type your name: a decision says who made it."
    if not draft.why.strip():
        note = draft.kind == "annotate" and draft.takes_back is None
        return "Type the note first." if note else "Type the reason: a decision says why it was made."
    return ""


def refused(review: KpiReview, draft: Draft) -> str:
    """Why these periods cannot be decided so, in one sentence; "" where they can."""
    if draft.takes_back is not None:
        return ""
    if draft.kind in STRETCHES and draft.first > draft.last:
        names = review.points["label"]
        return f"{names.iloc[draft.first]} lies after {names.iloc[draft.last]}: choose the earlier period first."
    if said := refusal(review, decision(review, draft)):
        return said
    check = {"exclude": _exclude, "complete": _complete, "weekday": _weekday}.get(draft.kind)
    return check(review, draft) if check is not None else ""


def _label(review: KpiReview, position: int) -> str:
    return str(review.points["label"].iloc[position])


def _chosen_states(review: KpiReview, draft: Draft) -> pd.Series:
    return review.points["state"].iloc[draft.first : draft.last + 1]


def _exclude(review: KpiReview, draft: Draft) -> str:
    judged = (_chosen_states(review, draft) == "judged").any()
    return "" if judged else "None of these periods is judged, so there is nothing to exclude."


_COMPLETE = {
    "judged": "{label} is judged already: there is nothing to mark.",
    "running": "{label} still runs: it can be marked complete once it has ended.",
    "gap": "{label} has no data that could be complete.",
    "undefined": "{label} has no value, so marking it complete would change nothing.",
    "excluded": "{label} is excluded: take that back first.",
}


def _complete(review: KpiReview, draft: Draft) -> str:
    text = _COMPLETE.get(str(review.points["state"].iloc[draft.first]), "")
    return text.format(label=_label(review, draft.first))


def _weekday(review: KpiReview, draft: Draft) -> str:
    if review.series.grain not in ("day", "shift"):
        return f"Weekday limits belong to a chart by day or by shift; this one is by {review.series.grain}."
    if of_kind(review.series, review.decisions, "weekday"):
        return "Weekday limits are on already: they can be taken back in the list of decisions."
    return ""


def doubt(review: KpiReview, draft: Draft, then: KpiReview) -> str:
    """What a person should know before it is saved though it can be; "" where nothing is."""
    caveats = then.verdict.caveats if then.verdict is not None else ()
    if draft.kind == "weekday" and "weekday_not_adjusted" in caveats:
        return "The counts are too small: the adjusted ones would leave 0 to all, so limits would stay as they are."
    if draft.kind == "weekday" and draft.takes_back is None and then.verdict is not None:
        adjusted = "weekday_adjusted" in caveats
        return "" if adjusted else "There are not 8 full weeks yet, so nothing would change so far."
    if draft.kind == "phase" and draft.takes_back is None:
        return restarts.warning(review.decisions, decision(review, draft), review.series.grain)
    if draft.kind == "lock" and draft.takes_back is None:
        return _short_lock(review, draft)
    return ""


def _short_lock(review: KpiReview, draft: Draft) -> str:
    wanted = LOCK_FROM_DAILY if review.series.grain in ("day", "shift") else LOCK_FROM
    judged = int((_chosen_states(review, draft) == "judged").sum())
    if judged >= wanted:
        return ""
    few = f"{judged} judged periods are few to lock on ({wanted} are proposed)"
    return f"{few}: limits locked on 24 raise three times the usual false alarms."
