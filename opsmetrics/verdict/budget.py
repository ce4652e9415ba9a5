"""The alarm budget in words (verdict.md 40): what was found beside what chance alone would have brought."""

from __future__ import annotations

from collections.abc import Sequence

from opsmetrics.verdict import wording
from opsmetrics.verdict.languages import language as _language
from opsmetrics.verdict.model import Sentence
from opsmetrics.verdict.rendering import render
from opsmetrics.verdict.wording import words


def budget_sentence(found: int, charts: int, expected: float, language: str = "en") -> str:
    """ "4 new signals on 48 charts; about 0.6 would come by chance." """
    pattern = {0: "budget_none", 1: "budget_one"}.get(found, "budget_many")
    values = {"found": found, "charts": charts, "chart_word": "charts", "expected": about(expected, language)}
    return render((Sentence(pattern, values),), language)


def about(expected: float, language: str = "en") -> str:
    """How many chance would bring, as precise as it is known: "fewer than 0.1", "about 0.6", "about 12"."""
    tongue = _language(language)
    if expected < 0.05:
        return words("budget", "fewer", tongue).format(n=wording.number(0.1, 1, language))
    return words("budget", "about", tongue).format(n=wording.number(expected, 0 if expected >= 9.95 else 1, language))


def parts(direction: float, attention: float, surprise: float, volume: float, language: str = "en") -> str:
    """The parts of a score: "1 × 0.8 × (2.6 + 1.4)"."""
    values = {
        **{name: wording.number(part, language=language) for name, part in (("d", direction), ("a", attention))},
        **{name: wording.number(part, 1, language) for name, part in (("s", surprise), ("v", volume))},
    }
    return words("budget", "parts", _language(language)).format(**values)


def over(language: str = "en") -> str:
    """The word for an episode that has ended."""
    return words("budget", "over", _language(language))


def also(names: Sequence[str], language: str = "en") -> str:
    """The other slices on a card: "also Plant, Line 2"."""
    return words("budget", "also", _language(language)).format(names=wording.listed(names, language))


def stand_out(names: Sequence[str], language: str = "en") -> str:
    """Which charts are a discovery among all that were looked at."""
    code = "discoveries" if names else "no_discovery"
    return words("budget", code, _language(language)).format(names=wording.listed(names, language) if names else "")


def spread(low: int, high: int, language: str = "en") -> str:
    """How far chance spreads: "Shuffled weeks give 0 to 4."."""
    values = {"low": wording.number(low, 0, language), "high": wording.number(high, 0, language)}
    return words("budget", "spread", _language(language)).format(**values)
