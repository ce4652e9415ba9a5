"""What is wrong with a definition, in the words of its form: the catalogue's own sentences speak of a file's lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from opsmetrics.catalog import Problem
from opsmetrics.ui import blocks
from opsmetrics.ui.blocks import Block
from opsmetrics.ui.definition_words import LABELS

_FIELD = re.compile(r"[a-z_]+")
_SET = re.compile(r"\b([a-z_]+) = \"(\w+)\"")
#: Keys that are no English words: they are never meant otherwise in a sentence.
_BARE = re.compile(r"\b(operate|lower_bound|upper_bound|spec_lower|spec_upper|reported_by|watch_by|expected_after)\b")

#: What a file asks for → what the form asks for.
_MENDS = (
    ("take the line out", "leave it empty"),
    ("Take the line out", "Leave it empty"),
    ('Use d, h and min, between quotes: "1d 6h".', "Use d, h and min, as in 1d 6h."),
    ("Write a range as [18, 24].", "Fill in both, low and high."),
    ("two numbers, [low, high]", "low and high"),
    ("Write [low, high], or say", "Fill in low and high, or choose"),
    ("Write one number, or", "Fill in one value, or choose"),
    ('Write it as [{}, {site = "North"}]; {} is the whole KPI.', "Write one slice on a line, as in site = North."),
    ('Write {from = 2026-04-01, value = 5}; value = "none" ends it.', "Fill in a value; an empty one ends the target."),
)


def field_of(problem: Problem, key: str) -> str:
    """The field of the form that the problem is about; "" where it is about none."""
    found = _FIELD.match(problem.key.removeprefix(f"kpis.{key}").lstrip("."))
    name = {"targets": "target"}.get(found[0], found[0]) if found and problem.key.startswith(f"kpis.{key}") else ""
    return name if name in LABELS else ""


def sentence(problem: Problem) -> str:
    """The problem as a person in front of the form can mend it."""
    if problem.found == "nothing":
        return "It is needed: fill it in."
    wanted, mend = _plainly(problem.wanted), _plainly(problem.mend)
    return f"Found {problem.found}; wanted {wanted}. {mend}"


def _plainly(text: str) -> str:
    for of_file, of_form in _MENDS:
        text = text.replace(of_file, of_form)
    text = _SET.sub(lambda found: f"{_called(found[1])} as {found[2]}", text)
    return _BARE.sub(lambda found: _called(found[1]), text)


def _called(key: str) -> str:
    return f"“{LABELS[key]}”" if key in LABELS else key


def block(problems: Iterable[Problem], key: str) -> Block:
    """All problems, a line each, under the name of their field."""
    items = []
    for problem in problems:
        name = field_of(problem, key)
        text = sentence(problem) if name else f"Found {problem.found}; wanted {problem.wanted}. {problem.mend}"
        items.append({"lead": LABELS[name] if name else problem.key or "Definition", "text": text, "note": ""})
    return blocks.lines("Before it can be saved", items)


def at_fields(problems: Iterable[Problem], key: str) -> Mapping[str, str]:
    """Field → what is wrong in it. What is merely not filled in yet is no mistake of a field."""
    found: dict[str, list[str]] = {}
    for problem in problems:
        name = field_of(problem, key)
        if name and problem.found != "nothing":
            found.setdefault(name, []).append(sentence(problem))
    return {name: " ".join(dict.fromkeys(texts)) for name, texts in found.items()}
