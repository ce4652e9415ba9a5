"""Which few categories hold most of the total, and whether the leading ones really differ.

Ranking by size with a running share is Pareto analysis as Juran brought it into quality work (J. M. Juran, Quality
Control Handbook, 1951: "the vital few and the useful many"). The tests ask what the ranking alone cannot tell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from scipy.special import bdtr, bdtrc, chdtrc, ndtr

from opsmetrics.stats.arrays import FloatArray, Values, floats, not_negative, same_length

#: The share at which the vital few end; the category that crosses it still belongs to them.
LINE = 0.8
#: How the row that collects the smallest categories is called in a table.
OTHER = "Other"
#: Fewer effective events than this say nothing about a difference of amounts (see `effective_events`).
ENOUGH = 8.0
ALPHA = 0.05

Method = Literal["exact", "amounts", "too_few", "one_category"]


@dataclass(frozen=True, eq=False)
class Pareto:
    """A ranking by size.

    table: one row per bar, largest first (ties by name), the collecting row last, with the columns name, amount,
        share (of the total), running (share of this bar and all before it), vital (bool: needed to reach the line, the
        one that crosses it included), other (bool: the collecting row).
    members: what the collecting row holds, one row each with the same columns; empty where nothing was collapsed.
    total: sum of all amounts. categories: how many hold something. vital, vital_share: how many are needed to reach the
        line, and the share that they hold.
    """

    table: pd.DataFrame
    members: pd.DataFrame
    total: float
    line: float
    categories: int
    vital: int
    vital_share: float
    warnings: tuple[str, ...] = ()

    @property
    def ranking(self) -> pd.DataFrame:
        """All categories one by one, largest first, whatever was collapsed."""
        kept = self.table[~self.table["other"]]
        return pd.concat([kept, self.members], ignore_index=True) if len(self.members) else kept


@dataclass(frozen=True)
class Leaders:
    """Do the leading categories really differ?

    names: those compared, largest first. leader_p: leader against runner-up. all_p: all of them against one common
    size. Both None where there is too little to tell (`method` says so). The method "exact" takes the amounts for
    counts of independent events; events that come in clusters make it look surer than it is. "amounts" takes events
    for independent and each one's amount as it is.
    """

    names: tuple[str, ...]
    leader_p: float | None
    all_p: float | None
    method: Method

    @property
    def leads(self) -> bool:
        """The first is really ahead of the second (5 %)."""
        return self.leader_p is not None and self.leader_p < ALPHA

    @property
    def differ(self) -> bool:
        """The leaders are not all of one size (5 %)."""
        return self.all_p is not None and self.all_p < ALPHA


def pareto(names: Sequence[str], amounts: Values, *, line: float = LINE, keep: int | None = None) -> Pareto:
    """Rank the categories. `keep`: so many stay bars of their own, the smaller ones are collapsed into one row (None:
    all stay; a single one that would be collapsed stays too). A name given twice is added up.

    Categories of zero, and those below zero (no share of a total), are left out with a warning. Raises ValueError for
    lengths that differ, missing amounts, and a line outside 0 to 1.
    """
    if not 0 < line <= 1:
        raise ValueError(f"line: found {line}; wanted a share above 0 and at most 1")
    if keep is not None and keep < 1:
        raise ValueError(f"keep: found {keep}; wanted at least 1, or None for all")
    summed, warnings = _summed(names, floats(amounts, "amounts"))
    table = _ranked(summed, line)
    total = float(table["amount"].sum())
    vital = int(table["vital"].sum())
    kept = len(table) if keep is None or len(table) <= keep + 1 else keep
    members = table.iloc[kept:].reset_index(drop=True)
    return Pareto(
        table=_collapsed(table, kept),
        members=members,
        total=total,
        line=line,
        categories=len(table),
        vital=vital,
        vital_share=float(table["running"].iloc[vital - 1]) if vital else 0.0,
        warnings=warnings,
    )


def _summed(names: Sequence[str], amounts: FloatArray) -> tuple[pd.Series, tuple[str, ...]]:
    """Amounts above zero by name, and what was left out."""
    if len(names) != len(amounts):
        raise ValueError(f"found {len(names)} names and {len(amounts)} amounts; wanted one amount for each name")
    if np.isnan(amounts).any():
        raise ValueError(f"amounts: none for {names[int(np.isnan(amounts).argmax())]!r}; wanted a number")
    # Sorted first, so that rounding in the sums does not depend on the order of the rows.
    given = pd.DataFrame({"name": [str(name) for name in names], "amount": amounts}).sort_values(["name", "amount"])
    summed = given.groupby("name", sort=True)["amount"].sum()
    zero, below = int((summed == 0).sum()), summed[summed < 0]
    warnings = [f"{zero} of {len(summed)} categories hold nothing and are left out."] if zero else []
    warnings += [
        f"{name!r} is below zero ({amount:g}) and is left out of the shares." for name, amount in below.items()
    ]
    return summed[summed > 0], tuple(warnings)


def _ranked(summed: pd.Series, line: float) -> pd.DataFrame:
    """The bars: largest first, ties by name."""
    table = pd.DataFrame({"name": summed.index.astype(object), "amount": summed.to_numpy(dtype=float)})
    table = table.sort_values(["amount", "name"], ascending=[False, True], ignore_index=True)
    total = float(table["amount"].sum())
    table["share"] = table["amount"] / total if total else table["amount"]
    table["running"] = np.minimum(table["amount"].cumsum() / total, 1.0) if total else table["amount"]
    if len(table):
        table.loc[table.index[-1], "running"] = 1.0  # free of rounding
    before = table["running"].shift(fill_value=0.0)
    table["vital"] = before < line - 1e-12
    table["other"] = False
    return table


def _collapsed(table: pd.DataFrame, kept: int) -> pd.DataFrame:
    rest = table.iloc[kept:]
    if rest.empty:
        return table
    amount, share = float(rest["amount"].sum()), float(rest["share"].sum())
    row = {"name": OTHER, "amount": amount, "share": share, "running": 1.0, "vital": False, "other": True}
    return pd.concat([table.iloc[:kept], pd.DataFrame([row])], ignore_index=True)


def leaders_differ(names: Sequence[str], amounts: Values, squares: Values | None = None, *, k: int = 2) -> Leaders:
    """Compare the k largest categories (at least two).

    Without `squares` the amounts are counts of events. Leader and runner-up: given their sum, the leader's count is
    binomial with probability ½ if they are equal; two-sided. This plain two-sided test stays valid though both were
    picked for their size: K. Hung & W. Fithian, Rank verification for exponential families, Annals of Statistics 47
    (2019). All k: chi-square of homogeneity, Σ(x − mean)²/mean on k − 1 degrees of freedom (R. A. Fisher's index of
    dispersion); picking the k largest makes it cautious. Fractions of counts are rounded.

    `squares` (Σx² over the events of each category): the amounts are minutes, costs or weights. An amount that sums
    independent events has variance Σx² (compound Poisson); the normal test of the difference is used, and nothing is
    said with fewer than ENOUGH effective events.
    """
    sizes = floats(amounts, "amounts")
    not_negative(sizes, "amounts")
    if len(names) != len(sizes):
        raise ValueError(f"found {len(names)} names and {len(sizes)} amounts; wanted one amount for each name")
    order = sorted(range(len(sizes)), key=lambda i: (-sizes[i], str(names[i])))[: max(k, 2)]
    chosen = tuple(str(names[i]) for i in order if sizes[i] > 0)
    order = order[: len(chosen)]
    if len(chosen) < 2:
        return Leaders(chosen, None, None, "one_category")
    if squares is None:
        counts = np.rint(sizes[order])
        return Leaders(chosen, binomial_two_sided(counts[0], counts[0] + counts[1], 0.5), _homogeneity(counts), "exact")
    spread = floats(squares, "squares")
    same_length({"amounts": sizes, "squares": spread})
    return _of_amounts(chosen, sizes[order], spread[order])


def _of_amounts(names: tuple[str, ...], amounts: FloatArray, squares: FloatArray) -> Leaders:
    if effective_events(amounts[:2].sum(), squares[:2].sum()) < ENOUGH or np.any(squares <= 0):
        return Leaders(names, None, None, "too_few")
    z = (amounts[0] - amounts[1]) / np.sqrt(squares[0] + squares[1])
    mean = np.sum(amounts / squares) / np.sum(1 / squares)
    spread = float(np.sum((amounts - mean) ** 2 / squares))
    return Leaders(names, two_sided(float(z)), float(chdtrc(len(amounts) - 1, spread)), "amounts")


def _homogeneity(counts: FloatArray) -> float:
    mean = counts.mean()
    return float(chdtrc(len(counts) - 1, np.sum((counts - mean) ** 2) / mean)) if mean else 1.0


def no_leader(pareto: Pareto) -> bool | None:
    """For counts: no category stands out, all of them may be of one size (chi-square of homogeneity, 5 %). None where
    the mean count is below 5 and the chi-square would be a poor guide."""
    counts = np.rint(pareto.ranking["amount"].to_numpy(dtype=float))
    if len(counts) < 2 or counts.mean() < 5:
        return None
    return _homogeneity(counts) >= ALPHA


def binomial_two_sided(count: float, trials: float, probability: float) -> float:
    """Twice the smaller tail of a binomial, at most 1: the test that belongs to the interval of Clopper & Pearson."""
    if trials <= 0:
        return 1.0
    below = float(bdtr(count, int(trials), probability))
    above = 1.0 if count <= 0 else float(bdtrc(count - 1, int(trials), probability))
    return min(1.0, 2 * min(below, above))


def two_sided(z: float) -> float:
    """The two-sided normal tail of z."""
    return float(2 * ndtr(-abs(z)))


def effective_events(total: float, squares: float) -> float:
    """How many equal events would carry a total as unevenly as these do: (Σx)²/Σx² (L. Kish, Survey Sampling, 1965)."""
    return float(total) ** 2 / float(squares) if squares > 0 else 0.0


def dispersion(counts: Values) -> float | None:
    """Variance over mean of counts of equal periods: 1 for independent events, above it where they come in clusters.

    None where that cannot be told from 1 at 1 % (chi-square on n − 1 degrees of freedom), or with fewer than 14
    periods.
    """
    found = floats(counts, "counts")
    if len(found) < 14 or found.mean() <= 0:
        return None
    index = float(found.var(ddof=1) / found.mean())
    return index if chdtrc(len(found) - 1, (len(found) - 1) * index) < 0.01 and index > 1 else None
