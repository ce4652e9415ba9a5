"""The words of today's load, on all pages, on the command line and in the API. Numbers arrive as text."""

from __future__ import annotations

from collections.abc import Mapping

ENGLISH: Mapping[str, str] = {
    "title": "Today's load",
    "note": "what is expected, eight times in ten within the range, and what has come so far",
    "waiting": "Where months and quarters will end, and today's load, are still being made for {n} of {of} rows:"
    " look again in a moment.",
    "part": "{when} {likely}",
    "part_range": "{when} {likely} ({low}–{high})",
    "so_far": ", {so_far} so far",
    "today": "today",
    "week": "this week",
    "closed": "closed today",
    "wrong": "{name} {parts}",
    "missed": "not “{name}” {parts}",
}

LANGUAGES: Mapping[str, Mapping[str, str]] = {"en": ENGLISH}


def say(code: str, language: str = "en", **values: object) -> str:
    """A sentence or word with its values. Raises KeyError naming the code where the language lacks it."""
    return LANGUAGES[language][code].format(**values)
