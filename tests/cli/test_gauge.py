"""gauge on the command line: the study of a file, in words and as JSON; no store is opened."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.desk.test_gauge import written


@pytest.fixture
def study(tmp_path: Path) -> Path:
    path = tmp_path / "study.csv"
    path.write_text(written(headers=("Part", "Operator", "Force")), encoding="utf-8")
    return path


def test_in_words_and_as_json(run: Run, study: Path, tmp_path: Path) -> None:
    words = ("gauge", study, "--column", "measurement=Force", "--tolerance", 60)
    text = " ".join(run(*words).out.replace("\u00a0", " ").split())
    assert "makes 19 %" not in text and "takes 13 % of the tolerance, 19 % of the variation: marginal." in text
    answer = run(*words, "--json").json
    assert answer["components"]["grr"]["tolerance_share"] == pytest.approx(13.4, abs=0.1)
    assert answer["components"]["part"]["variance"] == pytest.approx(48.29, abs=0.01)
    assert answer["average_range"]["k3"] == pytest.approx(0.3146, abs=1e-4)
    nested = run(*words, "--nested", "--alpha", 0.25, "--json").json
    assert nested["design"] == "nested" and nested["parts"] == 30
    assert not list(tmp_path.glob("*.duckdb"))


@pytest.mark.parametrize(
    ("more", "code", "said"),
    [
        ((), 1, "no column for the measurement"),
        (("--column", "force=Force"), 1, "wanted one of part, operator, measurement"),
        (("--column", "measurement=Force", "--tolerance", "-3"), 1, "Tolerance: found -3"),
        (("--tolerance", "wide"), 2, "a number such as"),
    ],
)
def test_what_is_wrong_is_named(run: Run, study: Path, more: tuple[str, ...], code: int, said: str) -> None:
    ran = run("gauge", study, *more)
    assert ran.code == code and said in ran.err


def test_a_file_that_is_not_there(run: Run, tmp_path: Path) -> None:
    ran = run("gauge", tmp_path / "lost.csv")
    assert ran.code == 1 and "lost.csv" in ran.err
