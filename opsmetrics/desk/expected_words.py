"""The words of what was expected, on all pages, on the command line and in the API. Numbers arrive as text."""

from __future__ import annotations

from collections.abc import Mapping

ENGLISH: Mapping[str, str] = {
    "title": "As expected?",
    "note": "the latest judged period against the forecast made without it: a view, no verdict",
    "inside": "{value} is what was expected, {nominal} % band {band}",
    "outside_80": "At the edge of what was expected: {nominal} % band {band}, seen {value}",
    "outside_95": "Outside what was expected: {nominal} % band {band}, seen {value}",
    "stays": "the chart's verdict stays “{verdict}”.",
    "band": "{nominal} % {band}",
    "no_points": "No period has been judged yet.",
    "few": "{value}. Too little was judged before it to expect anything.",
    "constant": "{value}. It had been {mean} every time before, so nothing says how far it may move.",
}

LANGUAGES: Mapping[str, Mapping[str, str]] = {"en": ENGLISH}


def say(code: str, language: str = "en", **values: object) -> str:
    """A sentence or word with its values. Raises KeyError naming the code where the language lacks it."""
    return LANGUAGES[language][code].format(**values)
