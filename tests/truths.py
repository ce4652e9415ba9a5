"""What is known of the shared public data sets, and which test reads it.

`truths.json` was computed from the published files with numpy and pandas, apart from this program. Every value read
through `truth` is noted, so that the closed list of tests/reference/truths.toml is kept by the tests that it names and
not only claimed: tests/conftest.py fails a listed test that did not read what it is listed for.
"""

from __future__ import annotations

import copy
import json
import os
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from tests.paths import ROOT, SHARED

#: A value of truths.json: the file, then keys.
Path = tuple[str, ...]
#: Under this heading a file's list says why a value has no test.
NOTES = "notes"
#: Names a value, as `name_of` writes it, which is then handed out altered: the test that checks it must fail.
ALTERED = "OPSMETRICS_ALTERED_TRUTH"

#: What was read since the running test began.
read: set[Path] = set()


class Known(Mapping[str, Any]):
    """A table of known values; each value that is read is noted."""

    def __init__(self, path: Path, held: Mapping[str, Any]) -> None:
        self._path, self._held = path, held

    def __getitem__(self, key: str) -> Any:
        path, value = (*self._path, key), self._held[key]
        if isinstance(value, dict):
            return Known(path, value)
        read.add(path)
        wrong = os.environ.get(ALTERED) == name_of(path)
        return altered(value) if wrong else copy.deepcopy(value)

    def __iter__(self) -> Iterator[str]:
        return iter(self._held)

    def __len__(self) -> int:
        return len(self._held)


def truth(file: str) -> Known:
    """What is known of a file, by its path in the shared folder."""
    found: Known = Known((), _held())[file]
    return found


@cache
def _held() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((SHARED / "data" / "truths.json").read_text(encoding="utf-8"))
    return found


def all_paths() -> set[Path]:
    """Every value of truths.json; a list is one value."""
    return set(_leaves((), _held()))


def _leaves(path: Path, value: Any) -> Iterator[Path]:
    if not isinstance(value, dict):
        yield path
        return
    for key, below in value.items():
        yield from _leaves((*path, key), below)


def name_of(path: Path) -> str:
    """A value's name: its file and its keys with dots between them."""
    file, *keys = path
    return f"{file}: {'.'.join(keys)}" if keys else file


@cache
def listed() -> dict[str, dict[str, Any]]:
    """The closed list: file → test or NOTES → keys."""
    found = tomllib.loads((ROOT / "tests" / "reference" / "truths.toml").read_text(encoding="utf-8"))
    return found


@cache
def by_test() -> dict[str, tuple[Path, ...]]:
    """The values that each listed test checks."""
    found: dict[str, tuple[Path, ...]] = {}
    for file, tests in listed().items():
        for test, keys in tests.items():
            if test != NOTES:
                found[test] = (*found.get(test, ()), *((file, *key.split(".")) for key in keys))
    return found


def notes() -> dict[Path, str]:
    """The values without a test, and why."""
    return {
        (file, *(key.split(".") if key else ())): why
        for file, tests in listed().items()
        for key, why in tests.get(NOTES, {}).items()
    }


def altered(value: Any) -> Any:
    """A value as it is not: the last figure of it is another one."""
    if isinstance(value, list):
        return [*value[:-1], altered(value[-1])] if value else ["nothing is known of this"]
    if isinstance(value, str):
        last = value[-1:]
        return value[:-1] + str((int(last) + 1) % 10) if last.isdigit() else value + "?"
    return value + 1 if isinstance(value, int) else 1.01 * value + 0.01 * (value == 0)
