"""The rates of new episodes in control: the shipped table against check values and against simulations of its own."""

from __future__ import annotations

import numpy as np
import pytest

from opsmetrics.stats.false_alarms import AHEAD, Cell, Limits, expected_episodes, new_episode_rate, rates, standardised
from opsmetrics.stats.hits import hits
from opsmetrics.stats.rules import RULE_SETS, rules_by_name

#: Check values of the specification of verdicts (line 43), a newly judged point: rule 1, with a run of 8, Western
#: Electric. They count a hit after a point without one as new also where its points touch those of a hit before; by
#: line 12 these are one episode, so that zones give fewer new episodes than that (docs/conventions.md).
CHECKED: list[tuple[Limits, int, float, float, float, float]] = [
    ("own", 24, 0.0, 0.0025, 0.0044, 0.0087),
    ("own", 60, 0.0, 0.0027, 0.0055, 0.0100),
    ("own", 365, 0.0, 0.0027, 0.0069, 0.0117),
    ("locked", 24, 0.0, 0.0088, 0.0138, 0.0234),
    ("locked", 60, 0.0, 0.0050, 0.0094, 0.0164),
    ("locked", 120, 0.0, 0.0036, 0.0076, 0.0134),
    ("known", 365, 0.0, 0.0027, 0.0065, 0.0113),
    ("own", 60, 0.2, 0.0069, 0.0129, 0.0261),
    ("own", 60, 0.4, 0.0164, 0.0264, 0.0525),
    ("own", 60, 0.6, 0.0393, 0.0496, 0.0793),
]


def beginnings(cell: Cell, rules: str, points: int) -> float:
    """Hits after a point without one on their side, a judged point from the eighth on."""
    length = cell.points + (AHEAD if cell.limits == "locked" else 0)
    first = cell.points if cell.limits == "locked" else 8
    series = points // length
    z = standardised(np.random.default_rng(11), cell, series, length)
    found = hits(z, [rule for rule in rules_by_name(rules).values() if rule is not None])
    begun = 0
    for side in (1, -1):
        hit = np.zeros(len(z) + 1, dtype=bool)
        hit[found.position[found.side == side] + 1] = True
        begun += int((hit[1:] & ~hit[:-1]).reshape(series, length + 1)[:, first:].sum())
    return begun / (series * (length - first))


@pytest.mark.parametrize(("limits", "n", "r1", "rule_1", "daily", "western_electric"), CHECKED)
def test_check_values(limits: Limits, n: int, r1: float, rule_1: float, daily: float, western_electric: float) -> None:
    rates_of = {
        name: new_episode_rate(name, n, r1=r1, limits=limits)[0] for name in ("rule_1", "daily", "western_electric")
    }
    assert rates_of["rule_1"] == pytest.approx(rule_1, rel=0.08)
    assert rates_of["daily"] == pytest.approx(daily, rel=0.1)
    assert beginnings(Cell(limits, n, r1), "western_electric", 400_000) == pytest.approx(western_electric, rel=0.1)
    assert 0.8 * western_electric < rates_of["western_electric"] < western_electric


def test_rule_1_with_known_limits_is_the_tail_of_the_normal_law() -> None:
    """Its episodes are points beyond, and two in a row are one: 0.0026998 less its square."""
    assert new_episode_rate("rule_1", 365, limits="known")[0] == pytest.approx(0.0027, rel=0.02)


@pytest.mark.parametrize("name", [name for name in RULE_SETS if name != "anhoej"])
def test_a_fresh_simulation_agrees_with_the_table(name: str) -> None:
    cell = Cell("own", 60, 0.0)
    [found] = rates(cell, [name], 400_000, seed=7)
    assert new_episode_rate(name, 60)[0] == pytest.approx(found.late, rel=0.08)
    simulated = 15 * found.early + 44 * found.late + found.last
    assert expected_episodes(name, 60, 60)[0] == pytest.approx(simulated, rel=0.08)


def test_the_last_points_of_a_chart_can_complete_what_its_first_ones_cannot() -> None:
    whole, last = expected_episodes("daily", 60, 60)[0], expected_episodes("daily", 60, 10)[0]
    assert last > whole / 6
    assert expected_episodes("daily", 60, 60)[0] == pytest.approx(
        expected_episodes("daily", 60, 45)[0] + (whole - expected_episodes("daily", 60, 45)[0])
    )
    assert expected_episodes("daily", 60, 0)[0] == 0


def test_rules_with_lengths_of_ones_own_are_simulated() -> None:
    longer, shorter = (new_episode_rate(["beyond_limits", rule], 100)[0] for rule in ("run_of_10", "run_of_5"))
    assert new_episode_rate("rule_1", 100)[0] < longer < new_episode_rate("daily", 100)[0] < shorter


def test_many_charts_at_once_are_the_same_as_one_by_one() -> None:
    n, r1 = np.array([24, 100, 800]), np.array([0.0, 0.3, 0.5])
    together = new_episode_rate("daily", n, r1=r1)
    alone = [new_episode_rate("daily", a, r1=b)[0] for a, b in zip(n, r1, strict=True)]
    np.testing.assert_allclose(together, alone, rtol=1e-12)


def test_alike_neighbours_alarm_more_and_negative_ones_count_as_none() -> None:
    rising = new_episode_rate("rule_1", 60, r1=np.array([-0.3, 0.0, 0.2, 0.5, 0.8, 0.95]))
    assert rising[0] == rising[1]
    assert (np.diff(rising[1:5]) > 0).all()
    assert rising[4] == rising[5]


def test_nothing_is_expected_of_no_rule() -> None:
    assert new_episode_rate("anhoej", 60)[0] == 0


def test_unknown_limits_are_refused() -> None:
    with pytest.raises(ValueError, match="wanted one of own, centre"):
        new_episode_rate("daily", 60, limits="mine")  # type: ignore[arg-type]


@pytest.mark.parametrize("n", [24, 40])
def test_the_last_point_alarms_more_where_limits_are_its_own(n: int) -> None:
    """It stands in one moving range only. Simulated anew, rule 1 and a run of 8."""
    z = standardised(np.random.default_rng(12), Cell("own", n, 0.0), 30_000, n)
    found = hits(z, [rule for rule in rules_by_name("daily").values() if rule is not None])
    at_last = found.position % (n + 1) == n - 1
    before = set(zip(found.position[~at_last].tolist(), found.side[~at_last].tolist(), strict=True))
    new = [(p - 1, s) not in before for p, s in zip(found.position[at_last], found.side[at_last], strict=True)]
    simulated = sum(new) / 30_000
    assert expected_episodes("daily", n, 1)[0] == pytest.approx(simulated, rel=0.12)
    assert expected_episodes("daily", n, 1)[0] > 1.05 * (
        expected_episodes("daily", n, 3)[0] - expected_episodes("daily", n, 2)[0]
    )
