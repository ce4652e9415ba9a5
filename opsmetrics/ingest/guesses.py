"""What a column is taken for, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass

EXACT = 1.0  # the same word
SYNONYM = 0.8  # another word for it
CONTENT = 0.7  # from what the cells look like
SIMILAR = 0.6  # nearly the same word


@dataclass(frozen=True)
class Guess:
    """What a column is taken for: a role, a dimension, or a KPI's value or count; '' where nothing fits."""

    header: str
    role: str
    confidence: float
    why: str
