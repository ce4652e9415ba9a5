"""The regression against certified and published results, statsmodels' own, errors by hand, and simulation."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
import statsmodels.api as sm
from scipy.special import stdtrit
from statsmodels.stats.outliers_influence import variance_inflation_factor
from statsmodels.stats.stattools import durbin_watson

from opsmetrics.stats.regression import Cannot, Kind, Term, regress
from tests.cases import in_soak
from tests.paths import ROOT

#: NIST Statistical Reference Datasets, linear regression, "Norris" (J. Norris, NIST, ozone monitors): y, x.
PAIRS = """
0.1 0.2 338.8 337.4 118.1 118.2 888.0 884.6 9.2 10.1 228.1 226.5 668.5 666.3 998.5 996.3 449.1 448.6
778.9 777.0 559.2 558.2 0.3 0.4 0.1 0.6 778.1 775.5 668.8 666.9 339.3 338.0 448.9 447.5 10.8 11.6 557.7 556.0
228.3 228.1 998.0 995.8 888.8 887.6 119.6 120.2 0.3 0.3 0.6 0.3 557.6 556.8 339.3 339.1 888.0 887.2 998.5 999.0
778.9 779.0 10.2 11.1 117.6 118.3 228.9 229.2 668.4 669.1 449.2 448.9 0.2 0.5
"""
NORRIS = np.array(PAIRS.split(), dtype=float).reshape(-1, 2)

#: Deaths from AIDS in Australia by quarter, 1983 to 1986: Dobson, An Introduction to Generalized Linear Models (1990),
#: exercise 4.1 (Whyte and others 1987).
AIDS = [0, 1, 2, 3, 1, 4, 9, 18, 23, 31, 20, 25, 37, 45]


def by_hand(scores: np.ndarray, bread: np.ndarray, lags: int) -> np.ndarray:
    """Newey and West (1987), equation 5, with the factor n / (n − k)."""
    n, k = scores.shape
    middle = scores.T @ scores
    for lag in range(1, lags + 1):
        crossed = scores[lag:].T @ scores[:-lag]
        middle = middle + (1 - lag / (lags + 1)) * (crossed + crossed.T)
    return bread @ middle @ bread * n / (n - k)


def test_a_certified_regression() -> None:
    """Certified by NIST: B0 −0.262323073774029, B1 1.00211681802045, R² 0.999993745883712."""
    fit = regress(NORRIS[:, 0], [Term.of("x", NORRIS[:, 1])])
    assert fit.constant == pytest.approx(-0.262323073774029, rel=1e-9)
    assert fit.term("x").size == pytest.approx(1.00211681802045, rel=1e-12)
    assert fit.explained == pytest.approx(0.999993745883712, rel=1e-12)
    assert fit.term("x").explained == pytest.approx(fit.explained)


def test_a_published_regression_of_counts() -> None:
    """R 4: glm(number ~ time, poisson) gives 0.33963 and 0.25652; residual deviance 29.654, null deviance 207.272."""
    fit = regress(AIDS, [Term.of("time", range(1, 15))], kind="rate")
    assert fit.constant == pytest.approx(0.33963, abs=5e-6)
    assert fit.term("time").size == pytest.approx(0.25652, abs=5e-6)
    assert fit.explained == pytest.approx(1 - 29.654 / 207.272, abs=5e-6)
    assert fit.term("time").change()[0] == pytest.approx(np.exp(0.25652) - 1, abs=1e-5)
    assert fit.fitted == pytest.approx(np.exp(0.33963 + 0.25652 * np.arange(1, 15)), rel=1e-4)


def made(kind: Kind, n: int = 90, seed: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    draw = np.random.default_rng(seed)
    x, size = draw.normal(0, 1, n), draw.integers(100, 400, n).astype(float)
    if kind == "mean":
        return 5 + 0.5 * x + draw.normal(0, 1, n), x, np.ones(n)
    if kind == "share":
        return draw.binomial(size.astype(int), 1 / (1 + np.exp(2 - 0.1 * x))) / size, x, size
    return draw.poisson(size * np.exp(-2 + 0.1 * x)) / size, x, size


@pytest.mark.parametrize("kind", ["mean", "share", "rate"])
def test_sizes_are_those_of_statsmodels_and_errors_never_narrower(kind: Kind) -> None:
    y, x, size = made(kind)
    fit = regress(y, [Term.of("x", x)], kind=kind, sizes=size)
    matrix, lags = np.column_stack([np.ones(90), x]), int(4 * (90 / 100) ** (2 / 9))
    robust = {"cov_type": "HAC", "cov_kwds": {"maxlags": lags, "use_correction": True}, "use_t": True}
    if kind == "mean":
        own = sm.OLS(y, matrix).fit(**robust)
        scores, bread = matrix * own.resid[:, None], np.linalg.inv(matrix.T @ matrix)
    elif kind == "share":
        counts = np.column_stack([y * size, size - y * size])
        own = sm.GLM(counts, matrix, family=sm.families.Binomial()).fit(**robust)
        mean = 1 / (1 + np.exp(-(matrix @ own.params)))
        scores = matrix * ((y - mean) * size)[:, None]
        bread = np.linalg.inv(matrix.T @ (matrix * (size * mean * (1 - mean))[:, None]))
    else:
        own = sm.GLM(y * size, matrix, family=sm.families.Poisson(), exposure=size).fit(**robust)
        mean = size * np.exp(matrix @ own.params)
        scores = matrix * (y * size - mean)[:, None]
        bread = np.linalg.inv(matrix.T @ (matrix * mean[:, None]))
    assert own.bse == pytest.approx(np.sqrt(np.diag(by_hand(scores, bread, lags))), rel=1e-6)
    term, low, high = fit.term("x"), *own.conf_int(0.05)[1]
    assert (fit.lags, term.size) == (lags, pytest.approx(own.params[1], rel=1e-9))
    assert term.low <= low + 1e-12
    assert term.high >= high - 1e-12
    half = float(stdtrit(88, 0.975)) * own.bse[1]
    assert term.high - term.size < 1.6 * half, "wider, not another order"


def test_a_share_is_told_in_points_of_its_mean() -> None:
    y, x, size = made("share")
    fit = regress(y, [Term.of("x", x)], kind="share", sizes=size)
    step = 1e-4
    mean = np.nanmean(fit.fitted)
    moved = np.log(fit.fitted / (1 - fit.fitted)) + step * fit.term("x").size
    assert fit.term("x").change(step)[0] == pytest.approx(np.mean(1 / (1 + np.exp(-moved))) - mean, rel=1e-3)


@pytest.mark.parametrize(("kind", "rho"), [("mean", 0.6), ("share", 0.5), ("rate", 0.5)])
def test_intervals_hold_with_alike_neighbours_too(kind: Kind, rho: float) -> None:
    """Seeded simulation, 50 series of 80 slots: 95 % less what alike neighbours cost (docs/conventions), ± 2.5 standard
    errors of 3 points."""
    draw, inside = np.random.default_rng(4), []
    time = np.arange(80) / 10
    for _ in range(50):
        noise = draw.normal(0, 1, 80)
        for slot in range(1, 80):
            noise[slot] += rho * noise[slot - 1]
        size = np.full(80, 300.0)
        if kind == "mean":
            y = 5 + 0.05 * time + noise
        else:
            level = -2 + 0.05 * time + 0.2 * noise
            y = draw.binomial(300, 1 / (1 + np.exp(-level))) if kind == "share" else draw.poisson(300 * np.exp(level))
            y = y / 300
        term = regress(y, [Term.of("time", time)], kind=kind, sizes=size).term("time")
        inside.append(term.low <= 0.05 <= term.high)
    assert np.mean(inside) >= 0.86


@in_soak
@pytest.mark.parametrize(("rho", "n", "told"), [(0.5, 60, 0.91), (0.8, 60, 0.87), (0.5, 200, 0.95), (0.8, 200, 0.93)])
def test_intervals_of_trends_hold_as_often_as_the_documents_say(rho: float, n: int, told: float) -> None:
    """Of 400 simulated trends each with stationary residuals of this autocorrelation: docs/conventions.md and `errors`,
    ± 2.5 standard errors."""
    draw, inside = np.random.default_rng(31), []
    time = np.arange(n) / 10
    for _ in range(400):
        noise = draw.normal(0, 1, n)
        noise[0] /= np.sqrt(1 - rho**2)
        for slot in range(1, n):
            noise[slot] += rho * noise[slot - 1]
        try:
            term = regress(5 + 0.05 * time + noise, [Term.of("time", time)]).term("time")
        except Cannot:
            continue
        inside.append(term.low <= 0.05 <= term.high)
    assert np.mean(inside) == pytest.approx(told, abs=2.5 * np.sqrt(told * (1 - told) / 400))


def test_residuals_that_are_alike_are_noticed() -> None:
    draw = np.random.default_rng(2)
    noise = draw.normal(0, 1, 120)
    calm = regress(noise, [Term.of("x", draw.normal(0, 1, 120))])
    assert not calm.alike
    for slot in range(1, 120):
        noise[slot] += 0.7 * noise[slot - 1]
    found = regress(noise, [Term.of("x", draw.normal(0, 1, 120))])
    assert found.alike
    assert found.neighbours == pytest.approx(0.7, abs=0.15)


def test_a_factor_is_tested_as_a_whole() -> None:
    draw = np.random.default_rng(6)
    days = [str(n % 7) for n in range(140)]
    y = np.array([3.0 if day == "2" else 0.0 for day in days]) + draw.normal(0, 1, 140)
    fit = regress(y, [Term.factor("weekday", days), Term.of("x", draw.normal(0, 1, 140))])
    assert fit.parameters == 8
    assert (fit.term("weekday").columns, fit.term("weekday").p < 1e-6) == (6, True)
    assert fit.term("x").p > 0.05
    assert fit.term("weekday").explained > 0.4 > fit.term("x").explained


def test_gaps_are_left_out_and_still_fitted_where_the_terms_are_known() -> None:
    y, x, _ = made("mean")
    y[[3, 40]] = np.nan
    x[5] = np.nan
    fit = regress(y, [Term.of("x", x)])
    assert fit.n == 87
    assert np.isfinite(fit.fitted[[3, 40]]).all()
    assert np.isnan(fit.fitted[5])


@pytest.mark.parametrize(
    ("y", "terms", "code", "names"),
    [
        (range(11), [Term.of("x", range(11))], "too_few", ("x",)),
        ([1.0] * 30, [Term.of("x", range(30))], "constant", ()),
        (np.arange(30) % 7, [Term.of("x", [2.0] * 30)], "same", ("x",)),
        (np.arange(40) % 7, [Term.of("x", range(40)), Term.of("z", np.arange(40) * 2.0 + 1)], "collinear", ("x", "z")),
        (np.arange(30) % 7, [Term.factor("day", ["one"] * 30)], "same", ("day",)),
    ],
)
def test_what_would_mislead_is_refused(y: object, terms: list[Term], code: str, names: tuple[str, ...]) -> None:
    with pytest.raises(Cannot) as refused:
        regress(list(y), terms)  # type: ignore[call-overload]
    assert (refused.value.code, refused.value.names) == (code, names)


def test_what_has_no_answer_is_refused_and_what_is_no_share_an_error() -> None:
    """A share that is parted perfectly has no finite coefficient; values near the largest number cannot be squared."""
    x = np.arange(40.0)
    for y, kind in (((x > 20).astype(float), "share"), (np.append(np.zeros(39), 5.0), "rate"), (x % 2 * 1e300, "mean")):
        with pytest.raises(Cannot, match="no_fit"):
            regress(y, [Term.of("x", x)], kind=kind)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="found -1, wanted shares and rates of at least 0"):
        regress(np.append(x, -1.0), [Term.of("x", range(41))], kind="rate")


def test_longley_is_refused_as_textbooks_say() -> None:
    """Longley (1967): GNP, employment and year are the example of collinearity; with 16 rows also too few."""
    data = sm.datasets.longley.load_pandas()
    terms = [Term.of(name, data.exog[name]) for name in ("GNP", "YEAR")]
    longer = [Term.of(term.name, np.tile(term.columns[:, 0], 2)) for term in terms]
    with pytest.raises(Cannot, match="collinear"):
        regress(np.tile(data.endog.to_numpy(dtype=float), 2), longer)
    with pytest.raises(Cannot, match="too_few"):
        regress(data.endog.to_numpy(dtype=float), terms)


@pytest.mark.parametrize("wanted", [8.0, 12.0])
def test_inflation_above_ten_is_refused(wanted: float) -> None:
    """Variance inflation by statsmodels' variance_inflation_factor, made 8 and 12: ten is the bound (Kutner and others,
    5th edition, 10.5), and what is told is the figure."""
    draw = np.random.default_rng(15)
    x, other, y = draw.normal(0, 1, (3, 60))
    around = sm.OLS(other, sm.add_constant(x)).fit().resid
    beside = (x - x.mean()) / x.std() + around / around.std() / np.sqrt(wanted - 1)
    matrix = np.column_stack([np.ones(60), x, beside])
    assert variance_inflation_factor(matrix, 1) == pytest.approx(wanted)
    terms = [Term.of("x", x), Term.of("beside", beside)]
    if wanted < 10:
        assert regress(y, terms).parameters == 3
        return
    with pytest.raises(Cannot, match="collinear") as refused:
        regress(y, terms)
    assert (refused.value.names, refused.value.wanted) == (("x", "beside"), 10.0)
    assert refused.value.found == pytest.approx(wanted)


def test_two_series_that_merely_drift_are_refused() -> None:
    """Granger and Newbold (1974): independent random walks seem related three times in four; with the check hardly. It
    is refused exactly where R² exceeds the Durbin–Watson statistic, both by statsmodels."""
    draw, told, drifting = np.random.default_rng(9), 0, 0
    for _ in range(30):
        x, y = draw.normal(0, 1, (2, 60)).cumsum(axis=1)
        plain = sm.OLS(y, sm.add_constant(x)).fit()
        beyond = plain.rsquared > durbin_watson(plain.resid)
        drifting += beyond
        try:
            term = regress(y, [Term.of("x", x)]).term("x")
        except Cannot as cannot:
            assert beyond
            assert cannot.code == "drifting"
            assert (cannot.found, cannot.wanted) == pytest.approx((plain.rsquared, durbin_watson(plain.resid)))
            continue
        assert not beyond
        told += term.p < 0.05
    assert drifting >= 8
    assert told <= 8


FIRST = """
import numpy as np
from opsmetrics.stats.regression import Term, regress
sizes = np.full(60, 100.0)
shares = np.random.default_rng(1).binomial(100, 0.1, 60) / sizes
print(regress(shares, [Term("time", np.arange(60.0)[:, None])], kind="share", sizes=sizes).warnings)
"""


def test_the_first_fit_of_a_process_has_no_warnings_that_others_have_not() -> None:
    done = subprocess.run([sys.executable, "-c", FIRST], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "0", done.stderr
