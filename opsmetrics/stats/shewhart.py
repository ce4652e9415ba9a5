"""The chart of single values or of subgroup means from which other charts take their levels and standard errors."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias, TypedDict, cast

import numpy as np
import pandas as pd

from opsmetrics.stats.arrays import Labels, Slots, Values, floats
from opsmetrics.stats.factors import Source
from opsmetrics.stats.given import Given
from opsmetrics.stats.individuals import Centre, Sigma, xmr
from opsmetrics.stats.results import ControlChart
from opsmetrics.stats.subgroups import SigmaR, SigmaS, Subgroups, xbar_r, xbar_s, xbar_s_summary
from opsmetrics.stats.within import SIGMAS

#: Single values, or one row of readings per subgroup.
Readings: TypeAlias = Values | Subgroups


class Foundation(TypedDict, total=False):
    """How the levels and standard errors come about: the arguments of `shewhart` after the values."""

    sizes: Values | None
    sigma: str | Given | None
    centre: str | Given
    phase: Labels | None
    exclude: Slots | None
    baseline: Slots | None
    constants: Source


def shewhart(
    values: Readings,
    *,
    sizes: Values | None = None,
    sigma: str | Given | None = None,
    centre: str | Given = "mean",
    phase: Labels | None = None,
    exclude: Slots | None = None,
    baseline: Slots | None = None,
    constants: Source = "exact",
) -> ControlChart:
    """`xmr` of single values, `xbar_s` or `xbar_r` (as `sigma` asks) of rows of readings, Xbar of means with `sizes`.

    sigma: of single values as for `xmr` (by default "mr"), of subgroups as for `xbar_s` and `xbar_r` (by default
        "pooled"), or a number. Means with sizes want the number. centre: "mean", of single values also "median", or a
        number. Raises ValueError for anything else.
    """
    if sizes is not None:
        return _of_means(cast(Values, values), sizes, sigma, _level(centre), (phase, exclude, baseline), constants)
    if not nested(values):
        return xmr(
            cast(Values, values),
            sigma=cast("Sigma | Given", "mr" if sigma is None else sigma),
            centre=cast("Centre | Given", centre),
            phase=phase,
            exclude=exclude,
            baseline=baseline,
            constants=constants,
        )
    rows, level = cast(Subgroups, values), _level(centre)
    if isinstance(sigma, str) and sigma in SIGMAS["R"]:
        by_range = cast(SigmaR, sigma)
        return xbar_r(
            rows, sigma=by_range, centre=level, phase=phase, exclude=exclude, baseline=baseline, constants=constants
        )
    within = cast("SigmaS | Given", "pooled" if sigma is None else sigma)
    return xbar_s(
        rows, sigma=within, centre=level, phase=phase, exclude=exclude, baseline=baseline, constants=constants
    )


def nested(values: Readings) -> bool:
    """Whether these are rows of readings, and not one number per slot."""
    if isinstance(values, pd.DataFrame):
        return True
    if isinstance(values, pd.Series | np.ndarray) and values.dtype != object:
        return values.ndim == 2
    first = next(iter(values), None)
    return isinstance(first, Iterable) and not isinstance(first, str | bytes)


def _level(centre: str | Given) -> Given | None:
    if not isinstance(centre, str):
        return centre
    if centre != "mean":
        raise ValueError(f"centre: found {centre!r}; wanted 'mean' or a number with subgroups")
    return None


def _of_means(
    means: Values,
    sizes: Values,
    sigma: str | Given | None,
    centre: Given | None,
    slots: tuple[Labels | None, Slots | None, Slots | None],
    constants: Source,
) -> ControlChart:
    if sigma is None or isinstance(sigma, str):
        raise ValueError(f"sigma: found {sigma!r}; wanted a number with means of subgroups: their spread is not known")
    phase, exclude, baseline = slots
    unknown = np.full(len(floats(means)), np.nan)
    return xbar_s_summary(
        means,
        unknown,
        sizes,
        sigma=sigma,
        centre=centre,
        phase=phase,
        exclude=exclude,
        baseline=baseline,
        constants=constants,
    )
