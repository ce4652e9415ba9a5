"""The forecast of one series: a ladder from one value up to the whole combination, with its backtest and its fan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from opsmetrics.stats.arrays import FloatArray, IntArray, Values, floats
from opsmetrics.stats.forecast import backtest, combining, dependence, fan, intermittent, seasons
from opsmetrics.stats.forecast.backtest import Backtest
from opsmetrics.stats.forecast.model import COVERAGES, MEMBERS, Accuracy, Forecast, Member, Method


def forecast(
    values: Values,
    horizon: int,
    *,
    seasons_tried: Sequence[int] = (),
    lower: float | None = None,
    upper: float | None = None,
) -> Forecast:
    """The next `horizon` slots after the last one given.

    values: one number per slot in order, NaN or None for a gap; at least one of them is there. seasons_tried: lengths
        of a season in slots, the first that is found counts: (7,) for days, (52,) for weeks, (12,) for months.
    lower, upper: what no value can leave; the means and all ranges stay inside.
    Raises ValueError without a value, for a horizon below 1, and for values outside the bounds.
    """
    given = _checked(values, horizon, lower, upper)
    there = np.flatnonzero(np.isfinite(given))
    first = int(there[0])
    observed = given[first:]
    size = float(np.abs(observed[np.isfinite(observed)]).mean()) or 1.0
    scaled = observed / size
    low, high = (None if end is None else end / size for end in (lower, upper))
    found = _climb(scaled, horizon, tuple(n for n in seasons_tried if n > 1), low, high)
    quantiles = _scaled(found.quantiles, size, lower, upper)
    ranges = found.ranges(quantiles, size, lower, upper)
    if (observed[np.isfinite(observed)] % 1 == 0).all():
        quantiles = fan.bounded(np.rint(quantiles), lower, upper)  # seven or more is not "above six"
    return Forecast(
        method=found.method,
        points=_points(_scaled(found.mean, size, lower, upper), ranges),
        backtest=found.tested.table(size, first),
        accuracy=found.accuracy(size),
        members=found.members,
        season=found.season,
        profile=found.profile * size,
        known=len(there),
        gaps=int(there[-1]) - first + 1 - len(there),
        first=first,
        last=int(there[-1]),
        levels=fan.LEVELS,
        quantiles=quantiles,
        correlation=found.correlation,
        lower=lower,
        upper=upper,
        failures=found.failures,
        weak_season=found.weak_season,
    )


#: So many values are of late.
_LATE = 8

#: Lower and upper end by step, by coverage in per cent.
Ranges = dict[int, tuple[FloatArray, FloatArray]]


@dataclass(frozen=True, eq=False)
class _Found:
    """The answer of one rung, in units of the series' own size."""

    method: Method
    mean: FloatArray
    quantiles: FloatArray
    tested: Backtest
    observed: FloatArray
    season: int = 1
    weak_season: int = 1
    profile: FloatArray = field(default_factory=lambda: np.empty(0))
    members: tuple[Member, ...] = ()
    failures: int = 0
    counts: dict[int, tuple[float, float]] | None = None

    def ranges(self, quantiles: FloatArray, size: float, lower: float | None, upper: float | None) -> Ranges:
        """Both ends by coverage, in the units of the values: those of the fan, or those of whole counts."""
        if self.counts is not None:
            scaled = {c: _scaled(np.array(both), size, lower, upper) for c, both in self.counts.items()}
            return {c: (both[0], both[1]) for c, both in scaled.items()}
        return {c: fan.ends(quantiles, fan.LEVELS, c / 100, lower, upper) for c in COVERAGES}

    def accuracy(self, size: float) -> Accuracy:
        """The backtest in numbers, in the units of the values."""
        return self.tested.accuracy(self.observed, self.season, size)

    @property
    def correlation(self) -> FloatArray:
        """Of the errors of the steps; without a backtest as strong as that of a random walk."""
        if len(self.tested.origins):
            return dependence.correlation(self.tested.errors)
        return dependence.walk(len(self.mean))


def _checked(values: Values, horizon: int, lower: float | None, upper: float | None) -> FloatArray:
    given = floats(values)
    if horizon < 1:
        raise ValueError(f"horizon: found {horizon}, wanted at least 1")
    if lower is not None and upper is not None and lower > upper:
        raise ValueError(f"bounds: found {lower} above {upper}, wanted the lower one first")
    seen = given[np.isfinite(given)]
    if len(seen) == 0:
        raise ValueError("values: found none, wanted at least one number")
    for name, end, outside in (("lower", lower, seen.min()), ("upper", upper, seen.max())):
        reach = 1e-9 * max(abs(end or 0.0), 1.0)
        if end is not None and (outside < end - reach if name == "lower" else outside > end + reach):
            raise ValueError(f"values: found {outside}, outside the {name} bound {end}")
    return given


def _scaled(values: FloatArray, size: float, lower: float | None, upper: float | None) -> FloatArray:
    """Values in the units of the series; one on a bound stays on it, where scaling back would miss it by a hair."""
    found = values * size
    for end in (lower, upper):
        if end is not None:
            found = np.where(np.abs(found - end) <= 1e-12 * max(abs(end), size), end, found)
    return fan.bounded(found, lower, upper)


def _climb(
    observed: FloatArray, horizon: int, lengths: tuple[int, ...], lower: float | None, upper: float | None
) -> _Found:
    """The highest rung that the values allow."""
    seen = observed[np.isfinite(observed)]
    n = len(observed)
    if n < combining.FIRST:
        guess = fan.guessed(seen, horizon)
        mean = np.full(horizon, seen[-1])
        return _Found("last_value", mean, guess.fan(mean, lower, upper), backtest.nothing(horizon), observed)
    if seen.max() == seen.min():
        mean = np.full(horizon, seen[-1])
        flat = np.repeat(mean[:, None], len(fan.LEVELS), axis=1)
        return _Found("constant", mean, flat, backtest.nothing(horizon), observed)
    filled = seasons.filled(observed, min(lengths, default=1))
    season = seasons.find(filled, lengths)
    if season == 1 and intermittent.is_intermittent(observed):
        return _intermittent(observed, filled, horizon, lower, upper)
    if season == 1 and upper is not None and _is_saturated(short := _short_of(observed, upper)):
        deepest = None if lower is None else upper - lower
        return _mirrored(_intermittent(short, _short_of(filled, upper), horizon, 0.0, deepest), upper, observed)
    return _combined(observed, filled, horizon, lengths, season, lower, upper)


def _combined(
    observed: FloatArray,
    filled: FloatArray,
    horizon: int,
    lengths: tuple[int, ...],
    season: int,
    lower: float | None,
    upper: float | None,
) -> _Found:
    n = len(filled)
    origins = backtest.after_values(backtest.origins_of(n, horizon, lengths), observed)
    every = combining.fitted(filled, np.append(origins, n), horizon, lengths)
    now = every.values[:, -1]
    series = fan.Series(n, season, lower, upper, fan.expected_error(observed, season), lengths)
    past, weights = _past(observed, every, origins, series)
    tested = _tested(filled, past, series) if len(origins) else backtest.nothing(horizon)
    mean = fan.bounded(combining.combined(now, weights), lower, upper)
    widths = fan.widths(past, series) if len(origins) else None
    widths = widths or fan.guessed(observed[np.isfinite(observed)], horizon)
    weak = every.latest if season == 1 and every.latest is not None and every.latest.moves else None
    rung: Method = "weekday_profile" if combining.stage(n, lengths) == "weekday_profile" else "combination"
    there = np.isfinite(now[:, 0])
    shares = np.where(there, weights, 0.0) / max(float(weights[there].sum()), 1e-300)
    members = tuple(Member(name, float(w)) for name, w, here in zip(MEMBERS, shares, there, strict=True) if here)
    profile = _typical(filled, season) if season > 1 else np.empty(0)
    return _Found(
        rung,
        mean,
        widths.fan(mean, lower, upper),
        tested,
        observed,
        season,
        weak.length if weak is not None else 1,
        profile,
        members if rung == "combination" else (),
        every.failures,
    )


def _past(
    observed: FloatArray, every: combining.Fitted, origins: IntArray, series: fan.Series
) -> tuple[fan.Past, FloatArray]:
    """What the combination would have forecast at each origin, and the weights of the members for today.

    every: at the origins, and last of all today.
    """
    then = every.values[:, :-1]
    actual = backtest.coming(observed, origins, then.shape[2])
    off = np.abs(actual - then)
    if not len(origins):
        weights = np.full(len(MEMBERS), 1 / len(MEMBERS))
        return fan.Past(origins, actual, actual, np.empty(0, dtype=bool)), weights
    mixed = combining.combined(then, combining.weights_without_own(off))
    forecasts = fan.bounded(mixed, series.lower, series.upper)
    alike = every.lengths[:-1] == every.lengths[-1]
    return fan.Past(origins, forecasts, actual - forecasts, alike), combining.weights_of(off)


def _tested(filled: FloatArray, past: fan.Past, series: fan.Series) -> Backtest:
    """What was forecast beside its naive rivals."""
    origins, horizon = past.origins, past.errors.shape[1]
    season = series.season
    naive = backtest.seasonal_naive(filled, origins, horizon, season) if season > 1 else None
    last = np.repeat(filled[origins - 1][:, None], horizon, axis=1)
    inside = backtest.judged_without_own(past, series)
    return Backtest(origins, past.forecasts, past.errors, inside, naive, last)


def _intermittent(
    observed: FloatArray, filled: FloatArray, horizon: int, lower: float | None, upper: float | None
) -> _Found:
    there = np.isfinite(observed)
    seen, count = observed[there], np.cumsum(there)
    origins = backtest.origins_of(len(observed), horizon)
    known = count[np.append(origins, len(observed)) - 1]
    centres, expected = intermittent.centres(seen, known, horizon), intermittent.chosen(seen, known)[0]
    now = intermittent.distribution(seen, float(expected[-1]))
    mean = fan.bounded(np.full(horizon, centres[-1]), lower, upper)
    of = intermittent.weighing(len(seen))
    counts = {coverage: intermittent.ends(*now, coverage / 100, of) for coverage in COVERAGES}
    quantiles = fan.bounded(np.tile(intermittent.quantiles(*now), (horizon, 1)), lower, upper)
    if not len(origins):
        return _Found("intermittent", mean, quantiles, backtest.nothing(horizon), observed, counts=counts)
    forecasts = np.repeat(centres[:-1, None], horizon, axis=1)
    actual = backtest.coming(observed, origins, horizon)
    inside = [np.zeros(actual.shape, dtype=bool) for _ in backtest.MEASURED]
    for place, n in enumerate(known[:-1]):
        then = intermittent.distribution(seen[:n], float(expected[place]))
        for flags, nominal in zip(inside, backtest.MEASURED, strict=True):
            low, high = intermittent.ends(*then, nominal / 100, intermittent.weighing(int(n)))
            flags[place] = (actual[place] >= low) & (actual[place] <= max(high, centres[place]))
    last = np.repeat(filled[origins - 1][:, None], horizon, axis=1)
    tested = Backtest(origins, forecasts, actual - forecasts, tuple(inside), None, last)
    return _Found("intermittent", mean, quantiles, tested, observed, counts=counts)


def _points(mean: FloatArray, ranges: Ranges) -> pd.DataFrame:
    """Mean and ranges by step; a range always holds the mean."""
    columns: dict[str, object] = {"step": np.arange(1, len(mean) + 1), "mean": mean}
    for coverage, (low, high) in ranges.items():
        columns |= {f"lower_{coverage}": np.minimum(low, mean), f"upper_{coverage}": np.maximum(high, mean)}
    return pd.DataFrame(columns)


def _typical(filled: FloatArray, length: int) -> FloatArray:
    """A typical season as terms around 0, from the slot after the last one on."""
    season = seasons.estimate(filled, length)
    index = season.at(len(filled) + np.arange(length))
    return (index - 1) * float(filled[-length:].mean()) if season.multiplied else index


def _is_saturated(short: FloatArray) -> bool:
    """True where what is lacking of the bound is mostly nothing, of late too: what has left its bound has a level."""
    late = short[-_LATE:]
    late = late[np.isfinite(late)]
    return intermittent.is_intermittent(short) and bool((late == 0).sum() >= intermittent.MOSTLY * len(late))


def _short_of(values: FloatArray, upper: float) -> FloatArray:
    """What the values lack of the upper bound; by a hair is nothing."""
    short = upper - values
    return np.where(np.abs(short) <= 1e-9 * max(abs(upper), 1.0), 0.0, short)


def _mirrored(found: _Found, upper: float, observed: FloatArray) -> _Found:
    """The forecast of what is mostly the upper bound, from that of what it lacks of it: an uptime of 100 % but for its
    outages has no level to smooth and no memory to fit."""
    tested = found.tested
    turned = Backtest(
        tested.origins, upper - tested.forecasts, -tested.errors, tested.inside, None, upper - tested.last
    )
    return replace(
        found,
        method="saturated",
        mean=upper - found.mean,
        quantiles=upper - found.quantiles[:, ::-1],
        tested=turned,
        observed=observed,
        counts={c: (upper - high, upper - low) for c, (low, high) in (found.counts or {}).items()},
    )
