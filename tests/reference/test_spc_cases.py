"""All shared control chart cases of the kinds computed here; the others are refused by name."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from tests.paths import SHARED, needs_shared
from tests.reference import adapters

FOLDER = SHARED / "reference" / "spc"
CASES = sorted(FOLDER.glob("*.json")) if FOLDER.is_dir() else []

pytestmark = needs_shared


def load(path: Path) -> dict[str, Any]:
    case: dict[str, Any] = json.loads(path.read_text())
    return case


def question(case: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in case.items() if key not in ("expected", "published", "verified_by")}


FOUND = [pytest.param(path, id=path.stem) for path in CASES] or [
    pytest.param(Path("none"), id="none", marks=pytest.mark.skip(reason="no shared cases beside the project"))
]


def agrees(want: Any, got: Any, tolerance: dict[str, float]) -> bool:
    if want is None:
        return got is None or (isinstance(got, float) and math.isnan(got))
    if isinstance(want, dict):
        return all(agrees(value, got[key], tolerance) for key, value in want.items())
    if isinstance(want, list):
        return len(want) == len(got) and all(agrees(a, b, tolerance) for a, b in zip(want, got, strict=True))
    if isinstance(want, str):
        return bool(want == got)
    return bool(got is not None and abs(got - want) <= tolerance.get("abs", 0) + tolerance.get("rel", 0) * abs(want))


@pytest.mark.parametrize("path", FOUND)
def test_case(path: Path) -> None:
    case = load(path)
    got = adapters.spc(question(case))
    for key, want in case["expected"].items():
        if key.startswith("signals") and isinstance(want, list):
            assert got[key] == want
        elif key in ("signals", "signal_points"):
            assert {name: got[key][name] for name in want} == want
        elif not (key == "sigma" and want is None):
            assert agrees(want, got[key], case["tolerance"]), f"{key}: {got[key]} wanted {want}"


def test_other_kinds_are_refused_by_name() -> None:
    with pytest.raises(NotImplementedError, match="'box plot' is not computed"):
        adapters.spc({"chart": "box plot", "data": {"value": [1.0]}, "options": {}})
