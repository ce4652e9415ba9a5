"""forecast on the command line: the same answer as the page, in words and as JSON."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import AS_OF, Run


def test_a_forecast_in_words(run: Run, store: Path) -> None:
    ran = run("forecast", "scrap", "--store", store, "--as-of", AS_OF)
    assert ran.code == 0
    text = ran.out.replace("\u00a0", " ")
    assert text.startswith("Scrap (by day)\n\n")
    assert "80 % range" in text
    assert "Can it be trusted?" in text
    assert "Holt-Winters smoothing" in text
    assert "35 days, 1 Mar 2025 – 4 Apr 2025" in text


def test_a_forecast_as_json_is_in_the_shown_unit(run: Run, store: Path) -> None:
    answer = run(
        "forecast", "scrap", "--store", store, "--horizon", 3, "--slice", "line=A", "--as-of", "2025-04-05", "--json"
    ).json
    assert answer["slice"] == {"line": "A"}
    assert [point["label"] for point in answer["points"]] == ["5 Apr 2025", "6 Apr 2025", "7 Apr 2025"]
    for point in answer["points"]:
        assert 2 < point["mean"] < 6, "per cent, around 4"
        assert 0 <= point["lower_95"] <= point["lower_80"] <= point["mean"] <= point["upper_80"] <= point["upper_95"]
        assert point["target_high"] == 5
    assert answer["method"] == "combination"
    assert answer["backtest"]["coverage"]["80"]["of"] == answer["backtest"]["pairs"]
    assert "last_value" in answer["backtest"]["rivals"]
    assert answer["year"]["probability"] is None
    assert answer["year"]["reason"] == "few_origins"


def test_a_kpi_without_points_has_no_forecast(run: Run, store: Path) -> None:
    ran = run("forecast", "weight", "--store", store)
    assert ran.code == 0
    assert "Nothing to forecast from yet." in ran.out
    answer = run("forecast", "weight", "--store", store, "--json").json
    assert (answer["points"], answer["reason"]) == ([], "no_points")


def test_figures_from_long_ago_are_not_forecast_from(run: Run, store: Path) -> None:
    assert "too long ago to forecast from" in run("forecast", "scrap", "--store", store).out


def test_wrong_words_are_answered_in_one_sentence(run: Run, store: Path) -> None:
    far = run("forecast", "scrap", "--store", store, "--horizon", 500)
    assert (far.code, far.err.count("\n")) == (1, 1)
    assert "wanted at most 112 days by day" in far.err
    assert run("forecast", "scrap", "--store", store, "--horizon", 0).code == 2
    assert "Did you mean 'scrap'?" in run("forecast", "scrp", "--store", store).err
