"""capability on the command line: the same answer as the page, in words and as JSON."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import AS_OF, Run
from tests.pages import capability_stores


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("weights") / "weights.duckdb"
    capability_stores.weights(path)
    return path


def test_in_words(run: Run, weights: Path) -> None:
    ran = run("capability", "bag", "--store", weights)
    text = " ".join(ran.out.replace("\u00a0", " ").split())
    assert ran.code == 0 and text.startswith("Bag weight (by day) ")
    assert "would lie outside 495 to 505 g" in text and "300 from 60 days" in text and "Ppk" in text


def test_as_json(run: Run, weights: Path) -> None:
    answer = run("capability", "bag", "--store", weights, "--high", 504, "--target", 500, "--all", "--json").json
    assert (answer["lower"], answer["upper"], answer["target"], answer["n"]) == (495, 504, 500, 450)
    assert answer["basis"] == "readings" and answer["indices"]["ppk"]["low"] < answer["indices"]["ppk"]["value"]
    assert answer["ppm"]["observed"]["total"] == pytest.approx(
        answer["ppm"]["observed"]["below"] + answer["ppm"]["observed"]["above"]
    )
    wait = run("capability", "wait", "--store", weights, "--method", "weibull", "--last", 20, "--json").json
    assert wait["periods"] == 20 and set(wait["parameters"]) == {"shape", "scale"}
    assert wait["indices"]["ppk"]["low"] < wait["indices"]["ppk"]["value"] < wait["indices"]["ppk"]["high"]
    bare = run("capability", "wait", "--store", weights, "--method", "percentile", "--json").json
    assert bare["indices"]["ppk"]["low"] is None


def test_counts(run: Run, store: Path) -> None:
    answer = run("capability", "scrap", "--store", store, "--as-of", AS_OF, "--json").json
    assert answer["basis"] == "defectives" and answer["z"]["low"] < answer["z"]["value"] < answer["z"]["high"]
    assert answer["share"]["value"] == pytest.approx(answer["count"] / answer["size"])


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("bag", "--low", "510"), 1, "lower one below the upper one"),
        (("bag", "--method", "cauchy"), 1, "wanted one of normal"),
        (("bag", "--low", "wide"), 2, "a number such as"),
        (("bag", "--last", "3", "--all"), 2, "not allowed with"),
        (("bags",), 1, "There is no KPI"),
    ],
)
def test_wrong_words_are_named(run: Run, weights: Path, words: tuple[str, ...], code: int, said: str) -> None:
    ran = run("capability", *words, "--store", weights)
    assert ran.code == code and said in ran.err
