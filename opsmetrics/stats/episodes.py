"""Episodes: hits that belong together become one event with a start, a detection and an end."""

from __future__ import annotations

import numpy as np

from opsmetrics.stats.arrays import IntArray


def chains(group: IntArray, first: IntArray, last: IntArray) -> IntArray:
    """Which chain each hit belongs to: maximal chains of hits of one group whose points touch or overlap.

    group: what chains do not cross, a number from 0. first, last: where the points of each hit begin and end, counted
    from 0 so that neighbours are one apart. Chains are numbered from 0, by group, then by where they begin.
    """
    if not len(group):
        return np.zeros(0, dtype=np.int64)
    order = np.lexsort((first, group))
    ordered, begin, end = group[order], first[order], last[order]
    # Where the hits so far reach, group by group: each group is lifted above all those before it.
    lift = ordered.astype(np.int64) * (int(end.max()) + 1)
    reach = np.maximum.accumulate(end + lift) - lift
    cut = (ordered[1:] != ordered[:-1]) | (begin[1:] > reach[:-1] + 1)
    chain = np.empty(len(group), dtype=np.int64)
    chain[order] = np.concatenate([[0], np.cumsum(cut)])
    return chain
