"""What came back after a year: closings of a fixed week, and nothing that did not."""

from __future__ import annotations

import numpy as np
import pytest

from opsmetrics.stats.forecast import forecast
from opsmetrics.stats.forecast.year import echo

WEEKDAYS = np.array([1.0, 1.1, 1.1, 1.05, 1.0, 0.5, 0.4])


def daily(n: int, closings: list[slice], seed: int = 1) -> np.ndarray:
    draw = np.random.default_rng(seed)
    values = 200 * WEEKDAYS[np.arange(n) % 7] * (1 + draw.normal(0, 0.03, n))
    for closing in closings:
        values[closing] *= 0.3
    return values


#: A week every half of a year; the next one would begin 20 days after 730.
HALF_YEARLY = [slice(start, start + 6) for start in (204, 386, 568)]


def test_a_closing_of_the_year_before_is_expected_again() -> None:
    came = daily(770, [*HALF_YEARLY, slice(750, 756)])
    found = forecast(came[:730], 40, seasons_tried=(7,), lower=0.0)
    plain = 200 * WEEKDAYS[np.arange(730, 770) % 7]
    closed = slice(20, 26)
    assert (found.mean[closed] < 0.65 * plain[closed]).all(), "70 % were lost a year ago"
    others = np.r_[0:20, 26:40]
    assert found.mean[others] == pytest.approx(plain[others], rel=0.1)


def test_what_happened_once_does_not_come_back() -> None:
    """A closing half a year before now that the year before had not: no closing a year after the other one."""
    found = forecast(daily(730, [slice(386, 392), slice(500, 506)]), 40, seasons_tried=(7,), lower=0.0)
    plain = 200 * WEEKDAYS[np.arange(730, 770) % 7]
    assert found.mean == pytest.approx(plain, rel=0.1)


@pytest.mark.parametrize("memory", [0.0, 0.6])
def test_noise_has_no_echo(memory: float) -> None:
    """Beyond two standard errors one slope in 44 is chance; what there is of it is drawn towards none."""
    draw = np.random.default_rng(7)
    said = []
    for _ in range(60):
        values = draw.standard_t(5, 730)
        for slot in range(1, 730):
            values[slot] += memory * values[slot - 1]
        said.append(np.abs(echo(100 + values, np.array([730]), 28, 7)).max())
    assert np.mean(np.array(said) > 0.2) < 0.1


def test_an_echo_is_the_loop_of_its_words() -> None:
    """Departure from the median of six neighbours as a share of the level, its noise cut off, times the slope."""
    values = daily(760, HALF_YEARLY, seed=3)
    origins, horizon = np.array([650, 700, 740]), 30
    found = echo(values, origins, horizon, 7)

    def away(slot: int) -> float:
        around = [values[other] for k in (-3, -2, -1, 1, 2, 3) if 0 <= (other := slot + 7 * k) < len(values)]
        near = [values[min(max(slot + k, 0), len(values) - 1)] for k in range(-14, 15)]
        return float((values[slot] - np.median(around)) / np.mean(near))

    noise = 3 * 1.4826 * np.median([abs(away(slot)) for slot in range(650 - 21)])
    event = {slot: np.sign(away(slot)) * max(abs(away(slot)) - noise, 0.0) for slot in range(760)}
    for place, origin in enumerate(origins):
        pairs = range(origin - 21 - 364)
        before = np.array([event[slot] for slot in pairs])
        after = np.array([away(slot + 364) for slot in pairs])
        slope = before @ after / (before @ before)
        error = ((after - slope * before) ** 2).sum() / (len(before) - 1) / (before @ before)
        slope = min(slope, 1.0) * max(1 - 4 * error / slope**2, 0.0)
        level = np.abs(values[origin - 28 : origin]).mean()
        ahead = [slope * level * event[origin + step - 364] for step in range(horizon)]
        assert found[place] == pytest.approx(ahead)
    assert found[2].min() < -20, "the closing at 386 + 364"


def test_nothing_after_an_origin_is_used() -> None:
    values = daily(760, HALF_YEARLY)
    both = echo(values, np.array([600, 700]), 30, 7)
    changed = values.copy()
    changed[700:] = 7.0
    assert np.array_equal(echo(changed, np.array([600, 700]), 30, 7), both)


@pytest.mark.parametrize("n", [8, 60, 300, 364, 385, 447, 448, 470])
def test_less_than_a_year_has_no_echo_and_little_more_is_no_error(n: int) -> None:
    found = echo(daily(n, []), np.array([n - 2, n]), 400, 7)
    assert found.shape == (2, 400)
    assert np.isfinite(found).all()
    if n < 448:
        assert not found.any()


def test_sums_below_zero_have_an_echo_in_their_unit() -> None:
    values = daily(730, HALF_YEARLY)
    moved = echo(values - 300, np.array([730]), 40, 7)
    assert moved.min() == pytest.approx(echo(values, np.array([730]), 40, 7).min(), rel=0.15)
