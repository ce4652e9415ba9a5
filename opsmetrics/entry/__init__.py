"""Typed numbers: which rows to ask for, what a typed text means, and what about it is unusual.

Huddle boards, safety crosses and small clinics have no export; their numbers take the same path as a file's.
"""

from opsmetrics.entry.doubts import unusual, usual_range
from opsmetrics.entry.elsewhere import half_typed, never_typed
from opsmetrics.entry.lines import EntryRow, entry_grain, in_words, instant, period_asked, rows
from opsmetrics.entry.typed import HalfTyped, NotANumber, Typed, fields, number, understand

__all__ = [
    "EntryRow",
    "HalfTyped",
    "NotANumber",
    "Typed",
    "entry_grain",
    "fields",
    "half_typed",
    "in_words",
    "instant",
    "never_typed",
    "number",
    "period_asked",
    "rows",
    "understand",
    "unusual",
    "usual_range",
]
