"""How many random cases a test tries: few in an ordinary run, all of them in `make soak`."""

from __future__ import annotations

import os
from typing import TypeVar

import pytest

SOAK = os.environ.get("OPSMETRICS_SOAK") == "1"

#: Tests that take long and of which an ordinary run proves the most in another way.
in_soak = pytest.mark.skipif(not SOAK, reason="takes long: in make soak")

Cases = TypeVar("Cases")


def cases(few: Cases, every: Cases) -> Cases:
    """`every` in a long run, else `few`."""
    return every if SOAK else few
