"""forecast on the command line: the same answer as the page, in words and as JSON."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from opsmetrics.cli.forecasting import full
from opsmetrics.desk.forecast_sentences import Told
from opsmetrics.desk.forecasting import forecast_review
from opsmetrics.review import review
from tests.cli.conftest import AS_OF, Run
from tests.verdict.made import SPEED, noise, readings


def test_a_forecast_in_words(run: Run, store: Path) -> None:
    ran = run("forecast", "scrap", "--store", store, "--as-of", AS_OF)
    assert ran.code == 0
    text = ran.out.replace("\u00a0", " ")
    assert text.startswith("Scrap (by day)\n\n")
    assert "80 % range" in text
    assert "Can it be trusted?" in text
    assert "Holt-Winters smoothing" in text
    assert "The first and the last of 28 days to come; all of them with --json." in text
    assert re.search(r"better than repeating the last \w+ over \d+ earlier starts[.:]", text)
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


def test_numbered_samples_say_that_they_land_nowhere() -> None:
    found = review(readings(list(noise(30)), kpi=replace(SPEED, operate="sample")), ())
    text = full(Told(forecast_review(found), {}))
    assert "Will we make it?\n\nNumbered samples have no month to land.\n" in text


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


def test_what_if_shows_both_courses(run: Run, store: Path) -> None:
    asked = ("forecast", "scrap", "--store", store, "--as-of", AS_OF)
    ran = run(*asked, "--what-if", "level@2025-05-12:+50%")
    assert ran.code == 0
    assert "Level, from 12 May 2025 on: +50" in ran.out
    assert "As it goes" in ran.out
    answer = run(*asked, "--what-if", "level@2025-05-12:+50%", "--json").json
    usual, other = ({row["label"]: row["mean"] for row in part["points"]} for part in (answer, answer["what_if"]))
    assert other["10 May 2025"] == usual["10 May 2025"]
    assert abs(other["13 May 2025"] / usual["13 May 2025"] - 1.5) < 1e-9
    assert answer["what_if"]["items"][0]["effect"] == {
        "size": 0.5, "low": 0.5, "high": 0.5, "relative": True, "seen": 0,
    }  # fmt: skip
    assert answer["computed"]["data_version"] > 0
    assert answer["span"][1] == "4 Apr 2025", "the last day on which both lines were known"


def test_a_scenario_that_cannot_be_is_refused_in_one_sentence(run: Run, store: Path) -> None:
    asked = ("forecast", "scrap", "--store", store, "--as-of", AS_OF, "--what-if")
    for text, told in (("strike@2025-05-12", "the effect of “strike”"), ("level@soon:-1", "wanted a date")):
        ran = run(*asked, text)
        assert (ran.code, ran.err.count("\n")) == (1, 1)
        assert told in ran.err


def test_a_trend_and_what_goes_with_it(run: Run, store: Path) -> None:
    ran = run("trend", "scrap", "--store", store, "--as-of", AS_OF)
    assert (ran.code, ran.err) == (0, "")
    assert "binomial model of the counts" in ran.out
    answer = run("trend", "scrap", "--store", store, "--as-of", AS_OF, "--json").json
    assert (answer["model"], answer["terms"][0]["term"]) == ("share", "time")
    assert answer["terms"][0]["low"] <= answer["terms"][0]["size"] <= answer["terms"][0]["high"]
    ran = run("drivers", "scrap", "--store", store, "--as-of", AS_OF)
    assert (ran.code, ran.err) == (0, "")
    assert "What goes together need not be cause and effect." in ran.out.replace("\n", " ")
    ran = run("drivers", "scrap", "--store", store, "--as-of", AS_OF, "--with", "weight", "--json")
    assert (ran.json["reason"], ran.json["terms"]) == ("too_few", [])


def test_drivers_that_cannot_be(run: Run, store: Path) -> None:
    itself = run("drivers", "scrap", "--store", store, "--with", "scrap")
    assert (itself.code, "wanted other KPIs" in itself.err) == (2, True)
    assert "Did you mean 'weight'?" in run("drivers", "scrap", "--store", store, "--with", "weigth").err
