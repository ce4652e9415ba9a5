"""The languages in which a verdict can be put into words, all with the same tables.

To add one, copy `english.py` and `english_patterns.py`, translate them, and name the language in `LANGUAGES`.
"""

from __future__ import annotations

from opsmetrics.verdict.languages.english import ENGLISH
from opsmetrics.verdict.languages.model import Language

LANGUAGES: dict[str, Language] = {ENGLISH.code: ENGLISH}


def language(code: str = "en") -> Language:
    """The language with this code. Raises KeyError with the codes there are."""
    if code not in LANGUAGES:
        raise KeyError(f"language {code!r} is not written yet; choose one of {', '.join(sorted(LANGUAGES))}")
    return LANGUAGES[code]


__all__ = ["LANGUAGES", "Language", "language"]
