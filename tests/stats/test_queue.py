"""Erlang C against published examples, the sum it stands for, Pollaczek and Khinchine, and a simulated queue."""

from __future__ import annotations

import heapq
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsmetrics.stats import queue


def by_sums(load: float, servers: int) -> float:
    """Erlang C as it is defined."""
    last = load**servers / math.factorial(servers) * servers / (servers - load)
    return last / (sum(load**n / math.factorial(n) for n in range(servers)) + last)


def test_the_emergency_room_of_hillier_and_lieberman() -> None:
    """Introduction to Operations Research, the County Hospital example: λ = 2 and μ = 3 an hour. Two doctors: Lq 1/12,
    Wq = 1/24 of an hour, P(Wq > 0) = 0.167. One doctor: Lq = 4/3, Wq = 2/3 of an hour, P(Wq > 0) = 0.667."""
    assert queue.waiting(2 / 3, 2) == pytest.approx(1 / 6)
    assert queue.mean_wait(2 / 3, 2, 1 / 3) == pytest.approx(1 / 24)
    assert queue.waiting(2 / 3, 1) == pytest.approx(2 / 3)
    assert queue.mean_wait(2 / 3, 1, 1 / 3) == pytest.approx(2 / 3)


def test_the_call_centre_of_the_textbook_calculation() -> None:
    """Erlang C by hand (www.mitan.co.uk/erlang/elgcmath.htm): 0.2 calls a second of 240 s, 55 agents. 23.9 % wait,
    8.2 s on average; 84.6 % are answered within 15 s."""
    assert queue.waiting(48, 55) == pytest.approx(0.239, abs=5e-4)
    assert queue.mean_wait(48, 55, 240) == pytest.approx(8.2, abs=0.05)
    assert queue.within(48, 55, 240, 15) == pytest.approx(0.846, abs=5e-4)


@given(st.floats(0.01, 0.99), st.floats(0.0, 3.0), st.floats(0.1, 60.0))
def test_of_one_server_the_correction_is_pollaczek_and_khinchine(load: float, spread: float, service: float) -> None:
    """M/G/1: Lq = (λ²σ² + ρ²) / 2(1 − ρ), Wq = Lq / λ (Hillier and Lieberman, Introduction to Operations Research, the
    section on nonexponential distributions); without spread half the wait of M/M/1."""
    rate = load / service
    waiting = (rate**2 * (spread * service) ** 2 + load**2) / (2 * (1 - load))
    assert queue.mean_wait(load, 1, service, (1 + spread**2) / 2) == pytest.approx(waiting / rate, rel=1e-9)


@given(st.integers(1, 60), st.floats(0.01, 0.99))
def test_it_is_the_sum_that_defines_it(servers: int, share: float) -> None:
    assert queue.waiting(share * servers, servers) == pytest.approx(by_sums(share * servers, servers), rel=1e-9)


@given(st.integers(1, 40), st.floats(0.05, 0.95))
def test_more_servers_never_wait_longer(servers: int, share: float) -> None:
    load = share * servers
    assert queue.mean_wait(load, servers + 1, 1.0) <= queue.mean_wait(load, servers, 1.0)


def simulated(draw: np.random.Generator, n: int, between: np.ndarray, service: np.ndarray, servers: int) -> float:
    """Mean wait of n customers, first come first served."""
    at, free, total = 0.0, [0.0] * servers, 0.0
    for gap, length in zip(between, service, strict=True):
        at += gap
        start = max(at, heapq.heappop(free))
        total += start - at
        heapq.heappush(free, start + length)
    return total / n


def test_a_simulated_queue_waits_as_predicted() -> None:
    """60,000 customers of a seeded M/M/3 at a load of 0.6, then of M/E4/3: within 8 and 10 %."""
    draw, n = np.random.default_rng(8), 60_000
    between = draw.exponential(1.0, n)
    plain = simulated(draw, n, between, draw.exponential(1.8, n), 3)
    assert plain == pytest.approx(queue.mean_wait(1.8, 3, 1.8), rel=0.08)
    even = simulated(draw, n, between, draw.gamma(4, 1.8 / 4, n), 3)
    assert even == pytest.approx(queue.mean_wait(1.8, 3, 1.8, (1 + 0.25) / 2), rel=0.10)


@given(st.floats(0.1, 30), st.floats(0.5, 60), st.floats(0.1, 30))
def test_the_number_needed_is_the_smallest(load: float, service: float, target: float) -> None:
    loads = np.array([load, load / 2])
    found = queue.needed(loads, service, target)
    assert found is not None
    assert queue.overall_wait(loads, found, service) <= target
    assert found == 1 or queue.overall_wait(loads, found - 1, service) > target


def test_a_load_beyond_the_servers_never_ends() -> None:
    assert queue.mean_wait(3.0, 3, 1.0) == math.inf
    assert queue.waiting(3.0, 3) == 1.0
    assert queue.within(3.0, 3, 1.0, 5.0) == 0.0
    assert queue.overall_wait(np.array([1.0, 3.0]), 3, 1.0) == math.inf
    assert queue.overall_wait(np.zeros(3), 3, 1.0) == 0.0


def test_poisson_counts_have_dispersion_one_and_batches_more() -> None:
    draw = np.random.default_rng(2)
    groups = np.repeat(np.arange(168), 8)
    rate = 2 + groups % 24
    assert queue.dispersion(draw.poisson(rate).astype(float), groups) == pytest.approx(1.0, abs=0.1)
    assert queue.dispersion(3.0 * draw.poisson(rate), groups) == pytest.approx(3.0, abs=0.3)
    assert math.isnan(queue.dispersion(np.zeros(5), np.arange(5)))


def test_a_busy_hour_that_is_luck_is_none() -> None:
    draw = np.random.default_rng(3)
    groups = np.repeat(np.arange(168), 8)
    lucky = queue.smoothed_rates(draw.poisson(2.0, len(groups)).astype(float), groups)
    assert np.ptp(lucky) < 0.5, "means of eight alone would differ by two and more"
    rate = 2.0 + 10.0 * (groups % 24 > 8)
    real = queue.smoothed_rates(draw.poisson(rate).astype(float), groups)
    assert real == pytest.approx(rate[::8], abs=5.0)
    assert np.corrcoef(real, rate[::8])[0, 1] > 0.97
