"""What a language has to bring."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, eq=False)
class Language:
    """Signs, words, patterns and the few habits of one language.

    patterns: id -> text with fields `{name:spec}`; the specs are those of `rendering.Renderer`.
    words: table -> code -> word ("variation", "stance", "side.above" …).
    periods: grain -> (one, many). plural(n) chooses between the two.
    one: the singular of what people call their counts, which they name in the plural.
    no_names: names of categories that would be read as a word of the sentence, in small letters.
    when / on / span: a period, or two, as they stand after "since", alone ("on 16 Nov 2026") and as a stretch; a
    period is {"label": words, "grain": grain, "period": ISO start or sample number}.
    """

    code: str
    name: str
    decimal: str
    thousands: str
    months: tuple[str, ...]
    weekdays: tuple[str, ...]
    words: Mapping[str, Mapping[str, str]]
    patterns: Mapping[str, str]
    periods: Mapping[str, tuple[str, str]]
    small_numbers: tuple[str, ...]
    no_names: frozenset[str]
    plural: Callable[[float], int]
    one: Callable[[str], str]
    ordinal: Callable[[int], str]
    listed: Callable[[Sequence[str]], str]
    when: Callable[[Mapping[str, Any]], str]
    on: Callable[[Mapping[str, Any]], str]
    span: Callable[[Mapping[str, Any], Mapping[str, Any]], str]
