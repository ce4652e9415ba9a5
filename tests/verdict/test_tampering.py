"""The cost of tampering, against a count by plain loops."""

from __future__ import annotations

import numpy as np
import pandas as pd

from opsmetrics.review import KpiReview, review
from opsmetrics.verdict.as_dict import review_as_dict
from opsmetrics.verdict.tampering import tampering_sentence
from tests.verdict.made import LATE, SPEED, binomial, counts, noise, readings, with_target

DAYS = 500


def of_a_year(found: KpiReview) -> list[int]:
    """The positions of the last 365 days, the first of them only where it ends within the 12 months."""
    ends = found.points["ends_at"]
    return [row for row in range(len(ends)) if ends[row] > ends[len(ends) - 1] - pd.DateOffset(years=1)]


def test_every_red_light_is_counted() -> None:
    found = review(counts(binomial(DAYS, 0.1, 500), 500, kpi=with_target(LATE, 10.0)), ())
    year, value = of_a_year(found), found.points["value"].to_list()
    assert found.tampering is not None
    missed = [value[row] > 0.1 for row in year]
    worse = [value[row] > value[row - 1] for row in year]
    assert found.tampering.periods == len(year) == 365
    assert found.tampering.missed == sum(missed)
    assert found.tampering.missed_stretches == sum(
        now and not before for before, now in zip([False, *missed], missed, strict=False)
    )
    assert found.tampering.worse == sum(worse)
    assert found.tampering.worse_stretches == sum(
        now and not before for before, now in zip([False, *worse], worse, strict=False)
    )
    assert found.tampering.worse_much == sum(value[row] > 1.1 * value[row - 1] for row in year)
    assert found.tampering.signals == sum(episode.detected >= year[0] for episode in found.episodes)


def test_independent_values_are_worse_than_the_one_before_every_other_time() -> None:
    """Of two independent values either may be the larger: 1/2, with a standard error of √(1/(12·365)) = 0.015."""
    found = review(readings(noise(DAYS), kpi=SPEED), ())
    assert found.tampering is not None and found.tampering.worse is not None
    assert abs(found.tampering.worse / found.tampering.periods - 0.5) < 4 * np.sqrt(1 / (12 * 365))
    assert found.tampering.missed is None


def test_out_of_its_usual_range_and_with_few_points_nothing_is_said() -> None:
    assert review(readings([*noise(60), 999.0], kpi=SPEED), ()).tampering is None
    assert review(readings(noise(11), kpi=SPEED), ()).tampering is None
    assert review(readings([]), ()).tampering is None


def test_its_words() -> None:
    found = review(counts(binomial(DAYS, 0.1, 500), 500, kpi=with_target(LATE, 10.0)), ())
    assert found.tampering is not None
    cost = found.tampering
    assert tampering_sentence(cost, "day") == (
        f"Of 365 days, a red light at each missed target would have called a meeting {cost.missed} times, and one at "
        f"each day worse than the one before {cost.worse} times; the limits called {cost.signals}."
    )
    assert review_as_dict(found, rows=False)["tampering"]["text"] == tampering_sentence(cost, "day")
