"""Sentences (pattern ids with values) become text in one language."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from string import Formatter
from typing import Any

from opsmetrics.verdict import wording
from opsmetrics.verdict.languages import Language
from opsmetrics.verdict.languages import language as _language
from opsmetrics.verdict.model import Sentence

#: Signs within a name at which a reader would take a breath.
_HALTING = re.compile(r"[,;:.!?](?=\s)")

#: A first word in small letters only, such as "e-mail".
_SMALL = re.compile(r"([a-z]{2,}|[a-z]-)[a-z-]*(?![\w′'])")


def render(sentences: Iterable[Sentence | Mapping[str, Any]], language: str = "en") -> str:
    """The sentences as one plain text, also when they come back from JSON.

    Names and other user text stay as they were typed: escaping is the channel's work. Raises KeyError for a pattern
    or word that the language lacks.
    """
    renderer = Renderer(_language(language))
    return " ".join(_opened(renderer.sentence(item)) for item in sentences)


def as_json(sentence: Sentence) -> dict[str, Any]:
    """A sentence as plain values: {"pattern", "values"}, nested clauses likewise."""
    return {"pattern": sentence.pattern, "values": {key: _plain(item) for key, item in sentence.values.items()}}


def from_json(found: Mapping[str, Any]) -> Sentence:
    """The sentence that `as_json` wrote."""
    return Sentence(str(found["pattern"]), {key: _revived(item) for key, item in found["values"].items()})


class Renderer(Formatter):
    """Fills the patterns of one language; the part after the colon of a field names how its value is put into words."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self.values: list[Mapping[str, Any]] = []
        code = language.code
        self.specs: dict[str, Callable[[Any], str]] = {
            "text": self._text,
            "name": self._name,
            "value": lambda q: wording.quantity_text(q, code),
            "range": lambda q: wording.range_text(q, code),
            "target": lambda q: wording.target_text(q, code),
            "number": lambda n: wording.number(n, language=code),
            "period": self._period,
            "when": language.when,
            "on": language.on,
            "span": lambda pair: language.span(pair[0], pair[1]),
            "have": lambda n: wording.words("have", "many" if language.plural(n) else "one", language),
            "times": lambda n: wording.words("times", "many" if language.plural(n) else "one", language),
            "ordinal": language.ordinal,
            "spelled": self._spelled,
            "Spelled": lambda n: _capital(self._spelled(n)),
            "listed": language.listed,
            "clause": self.clause,
            "clauses": lambda parts: _capital(", ".join(self.clause(part) for part in parts)),
            "variation": lambda pair: wording.variation(pair[0], pair[1], code),
            "chart": lambda kind: wording.chart(kind, code),
            "grain": lambda grain: wording.words("grain", grain, language),
        }

    def sentence(self, item: Sentence | Mapping[str, Any]) -> str:
        """One sentence as text."""
        found = item if isinstance(item, Sentence) else from_json(item)
        if found.pattern not in self.language.patterns:
            raise KeyError(f"{self.language.name} has no pattern {found.pattern!r}; add it to its patterns")
        self.values.append(found.values)
        try:
            return self.vformat(self.language.patterns[found.pattern], (), found.values)
        finally:
            self.values.pop()

    def clause(self, item: Sentence | Mapping[str, Any]) -> str:
        """A nested sentence without its full stop."""
        return self.sentence(item).removesuffix(".")

    def format_field(self, value: Any, format_spec: str) -> str:
        """The value of one field, as its spec says."""
        if format_spec.startswith("noun "):
            return wording.noun(self.values[-1][format_spec[5:]], self._text(value), self.language.code)
        table = f"side.{format_spec}"
        if table in self.language.words:
            return wording.words(table, value, self.language)
        return self.specs[format_spec](value)

    def _text(self, item: Any) -> str:
        """Text as it was typed; {"term": code} is a word of the language, {"periods": grain, "n": count} periods."""
        if not isinstance(item, Mapping):
            return str(item)
        if "periods" in item:
            return wording.period_word(item["n"], item["periods"], self.language.code)
        return wording.words("term", item["term"], self.language)

    def _name(self, item: Any) -> str:
        """The name of a KPI; in quotes where a sign in it would be read as one of the sentence."""
        text = self._text(item)
        return (
            wording.words("pareto.term", "quoted", self.language).format(name=text) if _HALTING.search(text) else text
        )

    def _period(self, n: float) -> str:
        return wording.period_word(n, str(self.values[-1]["grain"]), self.language.code)

    def _spelled(self, n: int) -> str:
        names = self.language.small_numbers
        return names[n] if 0 <= n < len(names) else wording.number(n, language=self.language.code)


def _opened(text: str) -> str:
    """A sentence (not a mere word) begins with a capital; "pH", "iPhone" and "p90" stay as they are written."""
    return _capital(text) if text.endswith(".") and _SMALL.match(text) else text


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _plain(item: Any) -> Any:
    if isinstance(item, Sentence):
        return as_json(item)
    if isinstance(item, Mapping):
        return {key: _plain(part) for key, part in item.items()}
    if isinstance(item, list | tuple):
        return [_plain(part) for part in item]
    return item


def _revived(item: Any) -> Any:
    if isinstance(item, Mapping) and set(item) == {"pattern", "values"}:
        return from_json(item)
    if isinstance(item, Mapping):
        return {key: _revived(part) for key, part in item.items()}
    return [_revived(part) for part in item] if isinstance(item, list | tuple) else item
