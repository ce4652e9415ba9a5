"""What an endpoint of the API is, and how the words of a request become values. Routes and the OpenAPI document are
both made of it, so that they cannot differ.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from opsmetrics.catalog.written import read_day_or_instant, read_day_span, read_pair
from opsmetrics.desk import Desk
from opsmetrics.server.problems import Problem
from opsmetrics.tokens import Right, Token
from opsmetrics.verdict.identifying import read_identifier

Kind = Literal["text", "whole", "yes_or_no", "day_or_instant", "day_span", "pair", "verdict"]

#: What a value of each kind looks like, as a refusal and the page about the API say it.
WANTED: Mapping[Kind, str] = {
    "text": "a text",
    "whole": "a whole number of at least 1",
    "yes_or_no": "true or false",
    "day_or_instant": "a date such as 2026-11-22, or a date and time such as 2026-11-22T06:00",
    "day_span": "first..last day, such as 2026-11-01..2026-11-30",
    "pair": "name=value, such as line=C",
    "verdict": "the id of a verdict, ten letters and digits such as 7KQ2M-9XABT",
}

#: What the text of a value must look like, in the document as at the door: Python reads more (weeks of ISO, other signs
#: between day and time) than a program may rely on.
PATTERNS: Mapping[Kind, str] = {
    "day_or_instant": r"^(1[89]|2[01])\d\d-\d\d-\d\d(T\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)?)?$",
    "day_span": r"^\d{4}-\d\d-\d\d\.\.\d{4}-\d\d-\d\d$",
    "pair": r"^[^=]+=[\s\S]+$",
    "verdict": r"^[0-9A-Za-z]{5}-?[0-9A-Za-z]{5}$",
}


#: Bytes and values of a body of JSON.
JSON_BYTES, JSON_VALUES = 64 * 1024**2, 3_000_000


@dataclass(frozen=True)
class Parameter:
    """A parameter in the query or (`in_path`) the path. many: it may be given several times."""

    name: str
    text: str
    kind: Kind = "text"
    required: bool = False
    many: bool = False
    in_path: bool = False
    choices: tuple[str, ...] = ()

    def value(self, given: str) -> Any:
        """The text as a value. Raises Problem with what was found and what is wanted."""
        wanted = f"one of {', '.join(self.choices)}" if self.choices else WANTED[self.kind]
        try:
            if self.choices and given not in self.choices:
                raise ValueError
            if self.kind in PATTERNS and not re.fullmatch(PATTERNS[self.kind], given, re.ASCII):
                raise ValueError
            return _READ[self.kind](given)
        except ValueError:
            detail = f"The parameter {self.name} holds {given!r}, wanted {wanted}."
            raise Problem(400, "parameter", detail, more={"parameter": self.name}) from None


@dataclass(frozen=True)
class Request:
    """What an endpoint is asked: by whom, with which values, and the body as a file where it takes one."""

    desk: Desk
    token: Token
    values: Mapping[str, Any]
    body: Path | None = None
    media: str = ""

    def get(self, name: str) -> Any:
        """The value of a parameter; None (or an empty list) where it was not given."""
        return self.values[name]

    def json(self) -> Any:
        """The body as JSON. Raises Problem, also where it would need much memory: a sign of JSON becomes an object."""
        if self.body is not None and self.body.stat().st_size > JSON_BYTES:
            raise _too_much(f"longer than {JSON_BYTES / 1024**2:g} MB")
        try:
            text = "" if self.body is None else self.body.read_text(encoding="utf-8")
            if sum(map(text.count, ",[{")) > JSON_VALUES:
                raise _too_much(f"of more than {JSON_VALUES:,} values")
            value = json.loads(text) if text.strip() else {}
            json.dumps(value, ensure_ascii=False).encode("utf-8")  # half a pair of surrogates is no text
            return value
        except RecursionError:
            raise Problem(400, "not_json", "The body is nested too deeply. Send a flat list of records.") from None
        except ValueError as error:
            raise Problem(400, "not_json", f"The body is no JSON: {error}. Send a JSON object.") from None


def _too_much(found: str) -> Problem:
    return Problem(413, "too_large", f"The body is JSON {found}. Split it, or send it as CSV or Parquet.")


@dataclass(frozen=True)
class Endpoint:
    """One thing that can be asked for. answer: blocking, returns (status, JSON value). media: what a body may be;
    statuses and refusals: what success and what else it may be answered with, beyond what any endpoint may. gives: the
    members that a successful answer always has; many: it is a list of such objects."""

    method: Literal["GET", "POST"]
    path: str
    right: Right
    title: str
    answer: Callable[[Request], tuple[int, Any]]
    parameters: tuple[Parameter, ...] = ()
    media: tuple[str, ...] = ()
    text: str = ""
    statuses: Mapping[int, str] = field(default_factory=lambda: {200: "The answer."}, hash=False)
    refusals: Mapping[int, str] = field(default_factory=dict, hash=False)
    gives: tuple[str, ...] = ()
    many: bool = False

    def values(self, path: Mapping[str, str], query: list[tuple[str, str]]) -> dict[str, Any]:
        """The values of all parameters. Raises Problem; a parameter that is not known is one, not a silence."""
        known = {parameter.name: parameter for parameter in self.parameters}
        for name, _ in query:
            if name not in known or known[name].in_path:
                names = ", ".join(p.name for p in self.parameters if not p.in_path) or "none"
                detail = f"There is no parameter {name!r} here. Those known: {names}."
                raise Problem(400, "parameter", detail, more={"parameter": name})
        return {name: _values(parameter, path, query) for name, parameter in known.items()}


def _values(parameter: Parameter, path: Mapping[str, str], query: list[tuple[str, str]]) -> Any:
    if parameter.in_path:
        return parameter.value(path[parameter.name])
    given = [parameter.value(text) for name, text in query if name == parameter.name]
    if parameter.many:
        return given
    if len(given) > 1 or (parameter.required and not given):
        found = f"{len(given)} times" if given else "not at all"
        detail = f"The parameter {parameter.name} was given {found}, wanted once."
        raise Problem(400, "parameter", detail, more={"parameter": parameter.name})
    return given[0] if given else None


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdecimal()) or len(text) > 15 or int(text) < 1:
        raise ValueError
    return int(text)


def _yes_or_no(text: str) -> bool:
    if text not in ("", "true", "false"):
        raise ValueError
    return text != "false"


_READ: Mapping[Kind, Callable[[str], Any]] = {
    "text": str,
    "whole": _whole,
    "yes_or_no": _yes_or_no,
    "day_or_instant": read_day_or_instant,
    "day_span": read_day_span,
    "pair": read_pair,
    "verdict": read_identifier,
}
