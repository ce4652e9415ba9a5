"""What the reader should do (verdict.md 35): one stance, the first that fits."""

from __future__ import annotations

from opsmetrics.verdict.model import Assurance, DataState, Stance, Variation


def classify(
    variation: Variation, assurance: Assurance, data: DataState, early_warning: bool, past_deadline: bool
) -> Stance:
    """The stance of a verdict. Partial data count as missing only once their deadline has passed."""
    if data in ("late", "missing", "suspect") or (data == "partial" and past_deadline):
        return "get_data"
    if variation in ("concerning", "changed") or early_warning:
        return "find_cause"
    if variation == "improving":
        return "learn_keep"
    if variation in ("common_cause", "constant"):
        return _of_a_stable_process(assurance)
    return "wait"


def _of_a_stable_process(assurance: Assurance) -> Stance:
    if assurance == "fails":
        return "change_process"
    if assurance == "hit_or_miss":
        return "no_single_misses"
    return "wait" if assurance == "too_early" else "leave_alone"
