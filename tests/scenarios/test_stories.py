"""Stories from a file to a review, each a folder that an analyst can read:

measurements.csv (written by make.py), kpi.toml (the catalogue), template.toml (how the file is read) and
expected.toml: the story in a sentence, what is decided, and what `review --json` must show then. Keys that are not
named are not compared; "nothing" stands for null; no-break spaces are written as ordinary ones.

Authority: figures counted in the CSV, and limits computed below by the textbook formulas in plain Python.
"""

from __future__ import annotations

import csv
import functools
import math
import tempfile
import tomllib
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from statistics import mean, variance
from typing import Any

import pytest

from opsmetrics.catalog import Decision
from opsmetrics.desk import Desk
from opsmetrics.verdict.as_dict import review_as_dict
from tests.scenarios import kinds_limits, make

HERE = Path(__file__).parent
STORIES = sorted(path.parent.name for path in HERE.glob("*/expected.toml"))
D2 = 2 / math.sqrt(math.pi)  # mean range of two normal values, in sigmas


def expected_of(story: str) -> dict[str, Any]:
    return tomllib.loads((HERE / story / "expected.toml").read_text(encoding="utf-8"))


@functools.cache
def told(story: str) -> dict[str, Any]:
    """The story's review as JSON: file → store → facts → series → review."""
    source, expected = HERE / story, expected_of(story)
    with tempfile.TemporaryDirectory() as folder, Desk.open(Path(folder) / "story.duckdb") as desk:
        desk.apply((source / "kpi.toml").read_text(encoding="utf-8"), by="story")
        batch = desk.prepare(source / "measurements.csv", template=source / "template.toml")
        receipt = desk.commit(batch, by="story")
        assert receipt.tally.adds_up()
        assert receipt.tally.rows == receipt.tally.records
        for decided in expected.get("decide", []):
            desk.decide(Decision(kpi=expected["kpi"], value=True, **decided))
        return review_as_dict(desk.review(expected["kpi"], as_of=expected["as_of"]))


@pytest.mark.parametrize("story", STORIES)
def test_the_story_is_told(story: str) -> None:
    expected, found = expected_of(story), told(story)
    assert differences(found, expected["review"], "review") == []
    points = {row["label"]: row for row in found["points"]}
    assert differences(points, expected.get("points", {}), "points") == []
    signals: dict[str, dict[str, Any]] = {}
    for hit in found["signals"]:
        signals.setdefault(found["points"][hit["position"]]["label"], {})[hit["rule"]] = hit
    assert differences(signals, expected.get("signals", {}), "signals") == []


@pytest.mark.parametrize("story", [story for story in STORIES if "limits_by" in expected_of(story)])
def test_the_limits_are_those_of_the_textbook(story: str) -> None:
    expected, found = expected_of(story), told(story)
    with (HERE / story / "measurements.csv").open(encoding="utf-8") as file:
        rows = list(csv.reader(file))[1:]
    limits = LIMITS[expected["limits_by"]](rows)
    assert (found["lower"], found["centre"], found["upper"]) == pytest.approx(limits, rel=1e-9)


def differences(found: Any, expected: Any, path: str) -> list[str]:
    """Where what was found is not what was expected, a line each."""
    if isinstance(expected, Mapping):
        if not isinstance(found, Mapping):
            return [f"{path}: found {found!r}, expected a table"]
        missing = [f"{path}.{key}: missing" for key in expected if key not in found]
        named = [key for key in expected if key in found]
        return missing + [line for key in named for line in differences(found[key], expected[key], f"{path}.{key}")]
    if isinstance(expected, list):
        if not isinstance(found, list) or len(found) != len(expected):
            return [f"{path}: found {found!r}, expected {expected!r}"]
        pairs = enumerate(zip(found, expected, strict=True))
        return [line for i, (own, want) in pairs for line in differences(own, want, f"{path}[{i}]")]
    if expected == "nothing":
        return [] if found is None else [f"{path}: found {found!r}, expected nothing"]
    if isinstance(found, str):
        found = found.replace("\u00a0", " ")
    return [] if found == expected else [f"{path}: found {found!r}, expected {expected!r}"]


# Naive limits at the last record


def p_limits(rows: list[list[str]]) -> tuple[float, float, float]:
    """p̄ ± 3·√(p̄(1 − p̄)/n), p̄ from the sums."""
    return _shares(rows, widened=False)


def p_prime_limits(rows: list[list[str]]) -> tuple[float, float, float]:
    """The same, times σz = mean moving range of z / d2 (Laney, Quality Engineering 14, 2002)."""
    return _shares(rows, widened=True)


def _shares(rows: list[list[str]], *, widened: bool) -> tuple[float, float, float]:
    counts, sizes = ([int(row[column]) for row in rows] for column in (1, 2))
    p = sum(counts) / sum(sizes)
    errors = [math.sqrt(p * (1 - p) / size) for size in sizes]
    z = [(count / size - p) / error for count, size, error in zip(counts, sizes, errors, strict=True)]
    sigma_z = mean(abs(a - b) for a, b in pairwise(z)) / D2
    reach = 3 * errors[-1] * (sigma_z if widened else 1)
    return max(p - reach, 0.0), p, min(p + reach, 1.0)


def xmr_limits(rows: list[list[str]]) -> tuple[float, float, float]:
    """x̄ ± 3 · mean moving range / d2."""
    values = [float(row[1]) for row in rows]
    reach = 3 * mean(abs(a - b) for a, b in pairwise(values)) / D2
    return mean(values) - reach, mean(values), mean(values) + reach


def xbar_limits(rows: list[list[str]]) -> tuple[float, float, float]:
    """x̿ ± 3σ/√n with σ = pooled s / c4(d + 1), d the degrees of freedom; days of equal size."""
    days: dict[str, list[float]] = {}
    for stamp, value in rows:
        days.setdefault(stamp[:10], []).append(float(value))
    groups = list(days.values())
    freedom = sum(len(group) - 1 for group in groups)
    pooled = math.sqrt(sum((len(group) - 1) * variance(group) for group in groups) / freedom)
    c4 = math.sqrt(2 / freedom) * math.exp(math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2))
    reach = 3 * pooled / c4 / math.sqrt(len(groups[-1]))
    centre = mean(mean(group) for group in groups)
    return centre - reach, centre, centre + reach


LIMITS = {"p": p_limits, "p_prime": p_prime_limits, "xmr": xmr_limits, "xbar_s": xbar_limits, **kinds_limits.LIMITS}


# The folders themselves


def test_the_files_are_those_that_make_writes() -> None:
    for path, text in make.files():
        assert path.read_text(encoding="utf-8") == text, f"{path.parent.name}: run python -m tests.scenarios.make"


def test_every_folder_is_a_story_and_says_what_it_is() -> None:
    made = {story.__name__ for story in make.STORIES}
    assert made == set(STORIES)
    assert all(expected_of(story)["story"].endswith((".", ")")) for story in STORIES)
