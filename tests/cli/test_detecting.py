"""detection on the command line: the same answer as the page, in words and as JSON."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import AS_OF, Run


def test_without_a_kpi_no_store_is_needed(run: Run, tmp_path: Path) -> None:
    ran = run("detection", "--store", tmp_path / "none.duckdb")
    text = " ".join(ran.out.replace("\u00a0", " ").split())
    assert ran.code == 0 and text.startswith("A shift of 1 σ is noticed after 44 points on average.")
    assert "CUSUM with k 0.5 and h 4.77" in text and not (tmp_path / "none.duckdb").exists()


def test_as_json(run: Run) -> None:
    """R spc 0.6.7 for the CUSUM with k 0.5 and h 5."""
    answer = run("detection", "--chart", "cusum", "--shift", "0.5", "--json").json
    assert answer["false_alarm_every"] == pytest.approx(465.4435, rel=1e-5)
    assert [chart["chart"] for chart in answer["charts"]] == ["cusum", "shewhart", "ewma"]
    assert answer["charts"][0]["wait"] == pytest.approx(37.99614, rel=1e-5)
    at_one = next(row for row in answer["by_shift"] if row["shift"] == 1)
    assert at_one["waits"][0] == pytest.approx(10.37597, rel=1e-5)
    assert 0 < at_one["unnoticed"]["20"] < at_one["unnoticed"]["5"] < 1


def test_of_a_kpi(run: Run, store: Path) -> None:
    answer = run("detection", "scrap", "--store", store, "--as-of", AS_OF, "--change", "0.5", "--json").json
    assert answer["kpi"] == "scrap" and answer["shift"] * answer["sigma"] == pytest.approx(0.5)
    assert answer["charts"][0]["rules"] == "daily" and "percentage points" in answer["headline"]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--chart", "pie"), 1, "wanted one of shewhart, ewma, cusum"),
        (("--rules", "nelson"), 1, "wanted one of rule_1"),
        (("--chart", "ewma", "--rules", "daily"), 1, "for --chart shewhart only"),
        (("--k", "9"), 1, "Found a slack of 9, wanted 0 to 3"),
        (("--change", "2"), 1, "without a KPI"),
        (("--shift", "1", "--change", "2"), 2, "not allowed with"),
        (("scrap", "-n", "4"), 1, "Found -n with a KPI"),
        (("nothing",), 1, "There is no KPI"),
    ],
)
def test_wrong_words_are_named(run: Run, store: Path, words: tuple[str, ...], code: int, said: str) -> None:
    ran = run("detection", *words, "--store", store, "--as-of", AS_OF)
    assert ran.code == code and said in ran.err
