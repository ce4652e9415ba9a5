"""forecast --all and --parts: a line for everything watched, and parts whose total agrees."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import AS_OF, Run

#: The day after the last one loaded.
AFTER = "2025-04-05"


def test_everything_watched_has_its_line(run: Run, store: Path) -> None:
    ran = run("forecast", "--all", "--store", store, "--as-of", AS_OF)
    assert ran.code == 0
    text = ran.out.replace("\u00a0", " ")
    assert "Most likely" in text.splitlines()[0]
    assert any(line.startswith("Scrap ") and "%" in line for line in text.splitlines())
    assert "Nothing to forecast from yet." in text, "a KPI without points says so, and stops no other"


def test_all_as_json_is_what_each_says_alone(run: Run, store: Path) -> None:
    asked = ("--store", store, "--as-of", AFTER, "--horizon", 5, "--json")
    every = {each["kpi"]: each for each in run("forecast", "--all", *asked).json["forecasts"] if not each["slice"]}
    alone = run("forecast", "scrap", *asked).json
    assert every["scrap"]["method"] == alone["method"]
    for many, one in zip(every["scrap"]["points"], alone["points"], strict=True):
        assert many["label"] == one["label"]
        assert many["mean"] == pytest.approx(one["mean"])
        assert many["upper_80"] == pytest.approx(one["upper_80"])
    assert every["weight"]["reason"] == "no_points"


def test_parts_and_total_agree(run: Run, store: Path) -> None:
    answer = run(
        "forecast", "scrap", "--parts", "line", "--store", store, "--as-of", AFTER, "--horizon", 6, "--json"
    ).json
    total, *lines = answer["parts"]
    assert (total["slice"], [part["slice"] for part in lines]) == ({}, [{"line": "A"}, {"line": "B"}])
    assert len(answer["periods"]) == 6
    for step in range(6):
        for side in ("above", "below"):
            assert total[side][step] == pytest.approx(sum(part[side][step] for part in lines))
        assert total["value"][step] == pytest.approx(100 * total["above"][step] / total["below"][step])
        values = [part["value"][step] for part in lines]
        assert min(values) <= total["value"][step] <= max(values), "a mean of its parts"
        assert total["value"][step] == pytest.approx(total["alone"][step], rel=0.15)
    text = run("forecast", "scrap", "--parts", "line", "--store", store, "--as-of", AS_OF).out
    assert "parts and total agree" in text
    assert "total" in text


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["scrap", "--parts", "shift"], 1, "Found 'shift'; wanted a dimension of Scrap. It has line."),
        (["weight", "--parts", "line"], 1, "wanted a dimension of Weight. It has none."),
        (["scrap", "--parts", "line", "--as-of", "2020-01-01"], 1, "Wanted figures of Scrap to forecast from."),
        ([], 2, "found no KPI; wanted one, or --all"),
        (["scrap", "--all"], 2, "--all goes with"),
        (["scrap", "--parts", "line", "--slice", "line=A"], 2, "--parts goes with"),
        (["scrap", "--end", "year"], 2, "--end goes with --all"),
        (["--all", "--end", "week"], 2, "invalid choice: 'week'"),
        (["scrap", "--bottom-up"], 2, "--bottom-up goes with --parts"),
    ],
)
def test_what_cannot_be_asked_is_said(run: Run, store: Path, words: list[str], code: int, said: str) -> None:
    ran = run("forecast", *words, "--store", store)
    assert ran.code == code
    assert said in " ".join(ran.err.split())


def test_all_tells_what_is_likely_of_the_target(run: Run, store: Path) -> None:
    every = run("forecast", "--all", "--store", store, "--as-of", AFTER, "--json").json["forecasts"]
    scrap = next(each for each in every if each["kpi"] == "scrap" and not each["slice"])
    alone = run("forecast", "scrap", "--store", store, "--as-of", AFTER, "--json").json
    ((span, landed),) = scrap["landing"].items()
    assert landed == alone["landing"][span]
    assert scrap["sentence"] == landed["sentence"]
    chance = landed["probability"]
    expected = "early" if chance is None else "misses" if chance <= 0.25 else "meets" if chance >= 0.75 else "open"
    assert scrap["outlook"] == expected
    assert scrap["coverage"] == alone["backtest"]["coverage"]
    none = next(each for each in every if each["kpi"] == "weight")
    assert (none["outlook"], none["past_forecasts"], none["coverage"]) == ("nothing", None, {})


def test_all_can_look_at_the_end_of_the_year(run: Run, store: Path) -> None:
    asked = ("forecast", "--all", "--end", "year", "--store", store)
    every = run(*asked, "--as-of", AFTER, "--json").json["forecasts"]
    assert {span for each in every for span in each["landing"] or {}} == {"year"}
    assert all(each["sentence"].startswith("2025") for each in every if each["kpi"] == "scrap")


def test_what_is_told_from_old_data_says_so_in_its_line(run: Run, store: Path) -> None:
    """Scrap is expected 6 h after its day; nothing came for five weeks."""
    text = run("forecast", "--all", "--store", store, "--as-of", AS_OF).out
    assert next(line for line in text.splitlines() if line.startswith("Scrap ")).rstrip().endswith("(missing)")
