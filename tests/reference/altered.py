"""Proves that the tests of truths.toml check what they are listed for: `python -m tests.reference.altered [WORDS…]`.

Each value is altered in turn, and its test has to fail. WORDS choose values whose name or test holds one of them. It
takes minutes: each run loads its file anew.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys

import pytest

from tests import truths


def fails(test: str, value: truths.Path) -> bool:
    """True where the test fails once the value is another one."""
    os.environ[truths.ALTERED] = truths.name_of(value)
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        return pytest.main(["-q", "-x", "-p", "no:cacheprovider", test]) == pytest.ExitCode.TESTS_FAILED


def main(words: list[str]) -> int:
    """One line for each value that no test missed, and how many were tried."""
    pairs = [(test, value) for test, values in truths.by_test().items() for value in values]
    chosen = [p for p in pairs if not words or any(word in p[0] or word in truths.name_of(p[1]) for word in words)]
    blind = [(test, value) for test, value in chosen if not fails(test, value)]
    for test, value in blind:
        print(f"{test} passes whatever {truths.name_of(value)} is")
    print(f"{len(chosen)} values altered, {len(chosen) - len(blind)} noticed")
    return 1 if blind or not chosen else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
