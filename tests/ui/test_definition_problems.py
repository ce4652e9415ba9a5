"""The catalogue's mistakes in the words of the form: no line of a file is asked for there."""

from __future__ import annotations

import pytest

from opsmetrics.catalog import check
from opsmetrics.ui import definition_problems

KPI = """
[dimensions]
line = "Line"

[kpis.late]
name = "Late deliveries"
kind = "proportion"
better = "lower"
"""


@pytest.mark.parametrize(
    ("lines", "field", "text"),
    [
        ("target = [1, 2]", "target", "choose “Which way is good” as neither"),
        ("operate = 'week'\nlead = 'week'", "lead", "coarser than “Judged by” (week). Choose a coarser one, or leave"),
        ("expected_after = 'soon'", "expected_after", "Use d, h and min, as in 1d 6h."),
        ("watch_by = ['line']", "watch_by", "one of the KPI's dimensions"),
        ("operate = 'sample'\nlead = 'week'", "lead", "with “Judged by” as sample"),
        ("targets = [{from = 2026-01-01}]", "target", "an empty one ends the target"),
    ],
)  # fmt: skip
def test_each_is_said_at_its_field_in_words_of_the_form(lines: str, field: str, text: str) -> None:
    problems, _ = check(KPI + lines)
    told = definition_problems.at_fields(problems, "late")
    assert list(told) == [field]
    assert text in told[field]
    assert " = " not in told[field]


def test_what_is_not_filled_in_yet_is_asked_for_and_is_no_mistake_of_a_field() -> None:
    problems, _ = check(KPI.replace('name = "Late deliveries"\n', ""))
    assert definition_problems.at_fields(problems, "late") == {}
    assert definition_problems.block(problems, "late")["items"] == [
        {"lead": "Name", "text": "It is needed: fill it in.", "note": ""}
    ]
