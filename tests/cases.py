"""How many random cases a test tries: few in an ordinary run, all of them in `make soak`."""

from __future__ import annotations

import os

SOAK = os.environ.get("OPSMETRICS_SOAK") == "1"


def cases(few: int, every: int) -> int:
    """`every` in a long run, else `few`."""
    return every if SOAK else few
