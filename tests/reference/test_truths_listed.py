"""The list of tests/reference/truths.toml is closed: every value of truths.json stands in it once, and nothing else."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from tests import truths
from tests.conftest import pytest_runtest_call
from tests.paths import ROOT, needs_shared

pytestmark = needs_shared


@dataclass
class Named:
    """As much of a test as the suite's hook looks at."""

    nodeid: str


def names(paths: set[truths.Path]) -> list[str]:
    return sorted(map(truths.name_of, paths))


@cache
def defined(file: Path) -> frozenset[str]:
    """The tests that a module defines."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return frozenset(
        node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    )


def test_every_value_is_listed_once() -> None:
    tested = [path for paths in truths.by_test().values() for path in paths]
    listed = [*tested, *truths.notes()]
    assert names(truths.all_paths() - set(listed)) == [], "values of truths.json without a test or a reason"
    assert names(set(listed) - truths.all_paths()) == [], "listed values that truths.json does not have"
    assert len(listed) == len(set(listed)), "a value is listed twice"


@pytest.mark.parametrize("test", sorted(truths.by_test()))
def test_every_listed_test_exists(test: str) -> None:
    file, _, name = test.partition("::")
    assert name in defined(ROOT / file)


def test_only_remarks_go_without_a_test() -> None:
    assert all(why for why in truths.notes().values())
    words = {path[-1].split("_")[0] for path in truths.notes()}
    assert words <= {"", "note", "real", "traps", "expect"}, "figures and dates have tests"


def test_a_listed_test_that_does_not_read_its_value_fails() -> None:
    """The suite's own hook around a test that reads all but one of its values, then all."""
    test = "tests/desk/test_real_samples.py::test_computers_numbered_by_their_rows_on_a_u_chart"
    *most, last = truths.by_test()[test]
    for paths, fails in ((most, True), ([*most, last], False)):
        around = pytest_runtest_call(Named(test))
        next(around)
        for file, key in paths:
            assert key in truths.truth(file) and truths.truth(file)[key] is not None
        with pytest.raises(pytest.fail.Exception if fails else StopIteration) as ended:
            next(around)
        assert not fails or truths.name_of(last) in str(ended.value)


def test_an_altered_value_is_another_one(monkeypatch: pytest.MonkeyPatch) -> None:
    known = truths.truth("1_defects/qcc_textbook/circuit.txt")
    monkeypatch.setenv(truths.ALTERED, "1_defects/qcc_textbook/circuit.txt: out")
    assert (known["out"], known["rows"]) == ([6, 21], 46)
    given = [0, 7, 100.0, 0.0, "2016-04-01", "R1H", "", [], [["a", 1], ["b", 2]]]
    assert [truths.altered(value) for value in given] == [
        1, 8, 101.0, 0.01, "2016-04-02", "R1H?", "?", ["nothing is known of this"], [["a", 1], ["b", 3]],
    ]  # fmt: skip
