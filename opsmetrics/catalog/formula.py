"""Formulas of derived KPIs: arithmetic on the keys of other KPIs, read by a small grammar of its own.

    sum    = term {("+" | "-") term}
    term   = signed {("*" | "/") signed}
    signed = "-" signed | power
    power  = atom ["**" signed]
    atom   = number | key | ("min" | "max") "(" sum {"," sum} ")" | "(" sum ")"

Nothing is handed to an interpreter, so a formula can do nothing but this; a key may be any word, `yield` too. As in
mathematics and Python, -a ** b is -(a ** b) and a ** b ** c is a ** (b ** c).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NoReturn

from opsmetrics.catalog.problems import NotUnderstood

Sign = Literal["+", "-", "*", "/", "**", "neg", "min", "max"]

#: Longest text and deepest nesting: far beyond any definition, and far below what a stack holds.
LONGEST, DEEPEST = 400, 40

_TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<sign>\*\*|[-+*/(),]))"
)
_HOLDS = "KPI keys, numbers, + - * / **, parentheses, min() and max()"


@dataclass(frozen=True)
class Number:
    """A number as it stands in the formula."""

    value: float


@dataclass(frozen=True)
class Component:
    """The value of another KPI."""

    key: str


@dataclass(frozen=True)
class Operation:
    """A sign and what it joins: two parts, one for "neg", one or more for "min" and "max"."""

    sign: Sign
    parts: tuple[Expression, ...]


Expression = Number | Component | Operation


def parse_formula(text: str) -> Expression:
    """The expression that a formula stands for. Raises NotUnderstood with the position of what cannot be read."""
    if len(text) > LONGEST:
        raise NotUnderstood(f"a formula of at most {LONGEST} signs", "Split it into several KPIs.")
    reader = _Reader(text)
    expression = reader.sum()
    reader.expect_end()
    return expression


def components(expression: Expression) -> tuple[str, ...]:
    """The keys of the KPIs in a formula, each once, in order."""
    found: dict[str, None] = {}
    waiting = [expression]
    while waiting:
        part = waiting.pop()
        if isinstance(part, Component):
            found[part.key] = None
        elif isinstance(part, Operation):
            waiting += reversed(part.parts)
    return tuple(found)


def formula_components(formula: str | None) -> tuple[str, ...]:
    """The keys of the KPIs in the text of a formula; () where there is none."""
    return () if formula is None else components(parse_formula(formula))


def depends_on(formulas: Mapping[str, str | None], key: str) -> tuple[str, ...]:
    """All KPIs that a KPI is made of, at any depth, nearest first; `formulas` by key, None for what is no formula."""
    found: dict[str, None] = {}
    waiting = [key]
    while waiting:
        parts = [part for part in formula_components(formulas.get(waiting.pop(0))) if part not in found]
        found.update(dict.fromkeys(parts))
        waiting += parts
    return tuple(found)


@dataclass(frozen=True)
class _Token:
    kind: str  # "number", "name", "sign" or "end"
    text: str
    at: int  # position of its first sign, from 1


class _Reader:
    """Reads the tokens of one formula from left to right."""

    def __init__(self, text: str) -> None:
        self._tokens = _tokens(text)
        self._place = 0
        self._depth = 0

    def sum(self) -> Expression:
        """term {("+" | "-") term}"""
        left = self._term()
        while sign := self._take("+", "-"):
            left = Operation(sign, (left, self._term()))
        return left

    def expect_end(self) -> None:
        """Refuse whatever follows a whole formula."""
        if self._next.kind != "end":
            self._refuse("an operator or the end")

    @property
    def _next(self) -> _Token:
        return self._tokens[self._place]

    def _term(self) -> Expression:
        left = self._signed()
        while sign := self._take("*", "/"):
            left = Operation(sign, (left, self._signed()))
        return left

    def _signed(self) -> Expression:
        self._depth += 1
        if self._depth > DEEPEST:
            self._refuse(f"at most {DEEPEST} levels of nesting")
        negated = bool(self._take("-"))
        read: Expression = Operation("neg", (self._signed(),)) if negated else self._power()
        self._depth -= 1
        return read

    def _power(self) -> Expression:
        base = self._atom()
        return Operation("**", (base, self._signed())) if self._take("**") else base

    def _atom(self) -> Expression:
        token = self._next
        if token.kind == "number":
            self._place += 1
            return Number(self._finite(token))
        if token.kind == "name":
            self._place += 1
            return self._call(token) if self._take("(") else Component(token.text)
        if self._take("("):
            inside = self.sum()
            self._close()
            return inside
        self._refuse("a KPI key, a number or a parenthesis")

    def _call(self, token: _Token) -> Expression:
        function = {"min": "min", "max": "max"}.get(token.text)
        if function is None:
            self._place -= 2
            self._refuse("min( or max(, the only functions")
        parts = [self.sum()]
        while self._take(","):
            parts.append(self.sum())
        self._close()
        return Operation("min" if function == "min" else "max", tuple(parts))

    def _close(self) -> None:
        if not self._take(")"):
            self._refuse("a closing parenthesis")

    def _finite(self, token: _Token) -> float:
        number = float(token.text)
        if not math.isfinite(number):
            self._place -= 1
            self._refuse("a number that can be stored")
        return number

    def _take(self, *signs: Sign | Literal["(", ")", ","]) -> Sign | None:
        """The next sign if it is one of these, and a step on; None otherwise."""
        if self._next.kind != "sign" or self._next.text not in signs:
            return None
        self._place += 1
        return self._tokens[self._place - 1].text  # type: ignore[return-value]  # it is one of `signs`

    def _refuse(self, wanted: str) -> NoReturn:
        token = self._next
        found = "the end of the formula" if token.kind == "end" else f"{token.text[:20]!r} at position {token.at}"
        raise NotUnderstood(wanted, f"A formula holds {_HOLDS}.", found)


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    place, end = 0, len(text.rstrip())
    while place < end:
        match = _TOKEN.match(text, place)
        if match is None or match.lastgroup is None:
            at = place + len(text[place:]) - len(text[place:].lstrip())
            raise NotUnderstood(f"a formula of {_HOLDS}", "Take it out.", f"{text[at]!r} at position {at + 1}")
        glued = found and found[-1].kind in ("number", "name") and match.lastgroup in ("number", "name")
        start = match.start(match.lastgroup)
        if glued and start == place:
            raise NotUnderstood("an operator between the two", "Write * where you mean a product.",
                                f"{match[0]!r} right after {found[-1].text!r} at position {start + 1}")  # fmt: skip
        found.append(_Token(match.lastgroup, match[match.lastgroup], start + 1))
        place = match.end()
    return [*found, _Token("end", "", end + 1)]
