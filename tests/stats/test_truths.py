"""Real files against figures computed elsewhere: truths.json of the shared data, with 3-decimal constants."""

from __future__ import annotations

import pandas as pd
import pytest

from opsmetrics.stats import (
    c,
    constants,
    lag1_after_step,
    overdispersion_limit,
    p,
    p_prime,
    sigma_z,
    sigma_z_means,
    signals,
    u,
    xbar_r,
    xmr,
)
from tests.paths import SHARED, needs_shared
from tests.truths import truth

pytestmark = needs_shared
DATA = SHARED / "data"


@pytest.fixture(scope="module")
def emergency() -> pd.DataFrame:
    """NHS A&E 2016–19: attendances and breaches by month, from the 36 files."""
    folder = DATA / "2_waits" / "nhs_ae_2016_2019"
    rows = pd.concat([pd.read_csv(path).assign(month=path.stem[:7]) for path in sorted(folder.glob("*.csv"))])
    return rows.groupby("month")[["attendances", "breaches"]].sum()


@pytest.fixture(scope="module")
def temperature() -> pd.DataFrame:
    """NAB machine temperature: mean, spread and number of the readings of each day."""
    rows = pd.read_csv(DATA / "3_uptime" / "nab" / "machine_temperature_system_failure.csv", parse_dates=["timestamp"])
    return rows.groupby(rows["timestamp"].dt.strftime("%Y-%m-%d"))["value"].agg(["mean", "std", "count"])


def test_orange_juice_before_and_after_excluding_15_and_23() -> None:
    known = truth("1_defects/qcc_textbook/orangejuice.txt")
    rows = pd.read_csv(DATA / "1_defects" / "qcc_textbook" / "orangejuice.txt", sep=r"\s+")
    trial = rows[rows["trial"]]
    chart = p(trial["D"], trial["size"], constants="table")
    assert tuple(chart.points.loc[0, ["upper", "lower"]]) == pytest.approx((known["ucl"], known["lcl"]), abs=1e-6)
    outside = trial["sample"].to_numpy()[signals(chart, "rule_1")["position"]]
    assert [str(sample) for sample in outside] == known["p_chart_trial"]["above_ucl"]
    revised = known["revised_without_15_23"]
    after = p(trial["D"], trial["size"], exclude=[14, 22], constants="table").points.loc[
        0, ["centre", "upper", "lower"]
    ]
    assert tuple(after) == pytest.approx((revised["pbar"], revised["ucl"], revised["lcl"]), abs=1e-6)


def test_circuit_boards_on_a_c_chart() -> None:
    """Montgomery, Introduction to Statistical Quality Control, 26 samples of 100 boards: UCL 33.21, LCL 6.48; samples 6
    (new inspector) and 20 (wave-solder temperature) are out."""
    known = truth("1_defects/qcc_textbook/circuit.txt")
    rows = pd.read_csv(DATA / "1_defects" / "qcc_textbook" / "circuit.txt", sep=r"\s+")
    chart = c(rows[rows["trial"]]["x"])
    row = chart.points.iloc[0]
    assert (round(row["upper"], 2), round(row["lower"], 2)) == (33.21, 6.48)
    assert tuple(row[["centre", "upper", "lower"]]) == pytest.approx(
        (known["cbar"], known["ucl"], known["lcl"]), abs=1e-6
    )
    assert (signals(chart, "rule_1")["position"] + 1).tolist() == known["out"] == [6, 20]


def test_personal_computers_on_a_u_chart() -> None:
    """Montgomery, 20 samples of 5 computers: centre 1.93, UCL 3.79, LCL 0.07; none out."""
    known = truth("1_defects/qcc_textbook/pcmanufact.txt")
    rows = pd.read_csv(DATA / "1_defects" / "qcc_textbook" / "pcmanufact.txt", sep=r"\s+")
    chart = u(rows["x"], rows["size"])
    row = chart.points.iloc[0]
    assert tuple(row[["centre", "upper", "lower"]]) == pytest.approx(
        (known["ubar"], known["ucl"], known["lcl"]), abs=1e-6
    )
    assert signals(chart, "rule_1").empty and known["out"] == []


def test_orange_juice_would_be_p_prime_by_itself() -> None:
    rows = pd.read_csv(DATA / "1_defects" / "qcc_textbook" / "orangejuice.txt", sep=r"\s+").head(30)
    found = sigma_z(rows["D"], rows["size"])
    assert found == pytest.approx(1.66, abs=0.005)
    assert found > overdispersion_limit(30)


def test_emergency_breaches_need_p_prime(emergency: pd.DataFrame) -> None:
    known = truth("2_waits/nhs_ae_2016_2019/*.csv")
    assert emergency["attendances"].sum() == known["attendances"]
    chart = p_prime(emergency["breaches"], emergency["attendances"], constants="table")
    assert chart.sigma_z[0] == pytest.approx(known["laney"]["sigma_z"], abs=1e-5)
    hits = signals(chart, "rule_1")
    assert emergency.index[hits["position"]].tolist() == known["laney"]["above"]
    assert set(hits["side"]) == {"high"}


def test_emergency_months_all_lie_outside_plain_limits(emergency: pd.DataFrame) -> None:
    chart = p(emergency["breaches"], emergency["attendances"], constants="table")
    expected = truth("2_waits/nhs_ae_2016_2019/*.csv")["p_chart_breach_monthly"]["n_out"]
    assert len(signals(chart, "rule_1")) == expected


def test_emergency_months_resemble_their_neighbours(emergency: pd.DataFrame) -> None:
    r1, step = lag1_after_step(emergency["breaches"] / emergency["attendances"])
    assert r1 == pytest.approx(0.75, abs=0.01)
    assert step is not None


def test_temperature_daily_means(temperature: pd.DataFrame) -> None:
    known = truth("3_uptime/nab/machine_temperature_system_failure.csv")["daily_mean_i_chart"]
    chart = xmr(temperature["mean"], constants="table")
    row = chart.points.iloc[0]
    found = (row["centre"], row["upper"], row["lower"], chart.sigma[0])
    assert found == pytest.approx((known["mean"], known["ucl"], known["lcl"], known["sigma"]), abs=1e-6)
    assert chart.spread is not None
    assert chart.spread.points["value"].mean() == pytest.approx(known["mr_bar"], abs=1e-6)
    hits = signals(chart, "rule_1")
    assert temperature.index[hits["position"]].tolist() == known["below"]
    assert set(hits["side"]) == {"low"}


def test_temperature_means_vary_more_than_their_readings_explain(temperature: pd.DataFrame) -> None:
    """About 17 with the incomplete first and last days left out; the lag-1 correlation is then .42."""
    whole = temperature.iloc[1:-1]
    assert sigma_z_means(whole["mean"], whole["std"], whole["count"]) == pytest.approx(17, abs=0.5)
    assert lag1_after_step(whole["mean"])[0] == pytest.approx(0.42, abs=0.005)


def test_piston_rings() -> None:
    known = truth("1_defects/qcc_textbook/pistonrings.txt")
    rows = pd.read_csv(DATA / "1_defects" / "qcc_textbook" / "pistonrings.txt", sep=r"\s+")
    readings = [group["diameter"].tolist() for _, group in rows.groupby("sample")]
    chart = xbar_r(readings, baseline=range(25))
    assert chart.points["centre"][0] == pytest.approx(known["xbarbar_first25"], abs=1e-6)
    assert chart.spread is not None
    mean_range = chart.spread.points["centre"][0]
    five = constants(5, "table")
    assert f"A2={five.A2:.3f} D4={five.D4:.3f} n=5" == known["constants"]
    assert mean_range == pytest.approx(known["rbar_first25"], abs=1e-6)
    middle, reach = known["xbarbar_first25"], five.A2 * mean_range
    assert (middle - reach, middle + reach) == pytest.approx((known["xbar_lcl"], known["xbar_ucl"]), abs=1e-6)
    assert five.D4 * mean_range == pytest.approx(known["R_ucl"], abs=1e-6)
    assert (signals(chart, "rule_1")["position"] + 1).tolist() == known["phase2_out"]
