"""Real series from facts to verdict. Authority: the data sets' own `truths.json` (limits there use 1.128 for d2, so
they are compared to four digits), and the known events listed in the README beside them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from opsmetrics.catalog import Decision
from opsmetrics.review import KpiReview, review
from opsmetrics.verdict.model import Verdict
from opsmetrics.verdict.sentences import render
from tests.paths import needs_shared
from tests.truths import truth
from tests.verdict import real

pytestmark = needs_shared


def of(found: KpiReview) -> Verdict:
    assert found.verdict is not None
    return found.verdict


def labels(found: KpiReview, *, decides: bool, rule: str | None = None) -> list[str]:
    hits = found.signals[found.signals["decides"] == decides]
    hits = hits if rule is None else hits[hits["rule"] == rule]
    return list(found.points["label"].iloc[hits["position"]])


# NHS A&E, monthly


def months(*texts: str) -> list[str]:
    names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    return [f"{names[int(text[5:]) - 1]} {text[:4]}" for text in texts]


def test_nhs_the_review_chooses_p_prime_by_itself() -> None:
    found = review(real.nhs(), ())
    known = truth("2_waits/nhs_ae_2016_2019/*.csv")["laney"]
    assert found.chart is not None and found.chart.kind == "p_prime"
    assert found.chart.sigma_z[0] == pytest.approx(known["sigma_z"], rel=5e-4)
    assert "p chart" in found.choice["rejected"]


def test_nhs_exactly_the_seven_months_lie_beyond_the_limits_and_decide() -> None:
    known = truth("2_waits/nhs_ae_2016_2019/*.csv")["laney"]
    found = review(real.nhs(), ())
    assert labels(found, decides=True) == months(*known["above"]) and known["below"] == []
    others = found.signals[~found.signals["decides"]]
    assert len(others) and "beyond_limits" not in set(others["rule"])


def test_nhs_all_months_are_judged_although_many_organisations_close() -> None:
    found = review(real.nhs(), ())
    assert found.points["state"].tolist() == ["judged"] * 36 + ["running"]
    counted = truth("2_waits/nhs_ae_2016_2019/*.csv")
    assert found.points["numerator"].sum() == counted["breaches"]
    assert found.points["denominator"].sum() == counted["attendances"]


def test_nhs_neighbours_are_alike_so_that_march_2019_is_in_its_usual_range_and_fails() -> None:
    """r1 about .75 after one step; the target of at most 5 % lies outside: change the process."""
    found = of(review(real.nhs(), ()))
    assert (found.variation, found.as_of_period, found.n) == ("common_cause", "Mar 2019", 36)
    assert "neighbours_alike" in found.caveats and not found.firm
    assert (found.assurance, found.stance, found.data) == ("fails", "change_process", "fresh")
    assert found.met == (0, 36) and found.value == pytest.approx(290359 / 2167550, rel=1e-12)


def test_nhs_without_one_regular_organisation_nothing_improves_and_it_is_named() -> None:
    facts = real.nhs_facts()
    without = facts[~((facts["org"] == "RF4") & (facts["bin"] == "2019-03-01"))]
    found = review(real.nhs(without), ())
    assert found.points["state"].tolist()[-2:] == ["partial", "running"]
    verdict = of(found)
    assert (verdict.as_of_period, verdict.data, verdict.data_names) == ("Feb 2019", "partial", ("RF4",))
    assert verdict.variation != "improving" and "RF4" in render(verdict.sentence)


@pytest.mark.parametrize("org", ["R1H", "RW6", "RJZ", "RWE"])
def test_nhs_no_large_organisation_improves_the_country_by_its_absence(org: str) -> None:
    facts = real.nhs_facts()
    without = facts[~((facts["org"] == org) & (facts["bin"] == "2019-03-01"))]
    verdict = of(review(real.nhs(without), ()))
    assert verdict.variation != "improving" and verdict.data_names == (org,)


def test_nhs_one_organisation_by_itself_is_a_series_too() -> None:
    facts = real.nhs_facts()
    alone = facts[facts["org"] == "RF4"]
    found = of(review(real.nhs(alone), ()))
    assert found.n == 36 and found.data == "fresh"


# Orange juice, by sample


def test_juice_samples_15_and_23_are_outside_the_pinned_p_chart() -> None:
    known = truth("1_defects/qcc_textbook/orangejuice.txt")
    found = review(real.juice(30), ())
    assert labels(found, decides=True, rule="beyond_limits") == ["sample 15", "sample 23"]
    verdict = of(found)
    assert verdict.upper == pytest.approx(known["ucl"], abs=1e-6)
    assert verdict.lower == pytest.approx(known["lcl"], abs=1e-6)
    assert "p′ chart" in found.choice["rejected"]


def test_juice_unpinned_is_a_p_prime_chart() -> None:
    """σ_z 1.66 is itself inflated by the two special causes, which is why textbook charts are pinned."""
    found = review(real.juice(30, replace(real.JUICE, chart=None)), ())
    assert found.chart is not None and found.chart.kind == "p_prime"
    assert found.chart.sigma_z[0] == pytest.approx(1.66, abs=0.005)


def excluded() -> list[Decision]:
    return [Decision("juice", "exclude", start=number) for number in (15, 23)]


def test_juice_after_the_exclusion_sample_21_shows_too() -> None:
    known = truth("1_defects/qcc_textbook/orangejuice.txt")["revised_without_15_23"]
    found = review(real.juice(30), excluded())
    assert labels(found, decides=True) == ["sample 21"]
    assert of(found).upper == pytest.approx(known["ucl"], abs=1e-6)
    assert of(found).lower == pytest.approx(known["lcl"], abs=1e-6)
    shown = found.points.loc[found.points["state"] == "excluded", "label"].tolist()
    assert shown == ["sample 15", "sample 23"]
    assert set(labels(found, decides=False, rule="beyond_limits")) == {"sample 15", "sample 23"}


@pytest.mark.parametrize("more", [[], excluded()])
def test_juice_locked_on_the_trial_the_rest_improves(more: list[Decision]) -> None:
    found = review(real.juice(), [Decision("juice", "lock", start=1, end=30), *more])
    verdict = of(found)
    assert (verdict.variation, verdict.side, verdict.as_of_period) == ("improving", "low", "sample 54")
    assert verdict.centre == pytest.approx(0.215 if more else 0.231333, abs=1e-6)
    assert verdict.stance == "learn_keep" and verdict.data == "fresh"


# Machine temperature, daily


def test_machine_is_an_xmr_chart_by_itself() -> None:
    found = review(real.machine(), ())
    assert found.chart is not None and found.chart.kind == "xmr"
    assert found.chart.spread is not None and found.chart.spread.kind == "s"
    assert "σz 17.0" in found.choice["why"]


def test_machine_the_four_labelled_windows_and_nothing_else_decide() -> None:
    found = review(real.machine(), ())
    days = ["10 Dec 2013", "16 Dec 2013", "28 Jan 2014", "8 Feb 2014", "9 Feb 2014"]
    assert labels(found, decides=True) == days
    assert [episode.side for episode in found.episodes] == ["low"] * 4


def test_machine_runs_near_the_end_are_listed_but_silent() -> None:
    """r1 .42: neighbours are alike."""
    found = review(real.machine(), ())
    assert labels(found, decides=False, rule="run_of_8") == ["17 Feb 2014", "18 Feb 2014"]
    verdict = of(found)
    assert verdict.variation == "common_cause" and "neighbours_alike" in verdict.caveats and not verdict.reasons


def test_machine_the_incomplete_first_and_last_days_are_not_judged() -> None:
    points = review(real.machine(), ()).points
    assert points["state"].iloc[[0, -2, -1]].tolist() == ["uncovered", "partial", "running"]
    assert points["label"].iloc[[0, -2]].tolist() == ["2 Dec 2013", "19 Feb 2014"]
    assert (points["state"].iloc[1:-2] == "judged").all()
    assert of(review(real.machine(), ())).data == "partial"
