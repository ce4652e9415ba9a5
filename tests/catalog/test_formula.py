"""Formulas: what they hold, what they stand for, and that nothing else is ever read.

Authority: the grammar in docs/catalogue.md; what Python itself reads in the same text (its `ast`, evaluated here by a
function of the test).
"""

from __future__ import annotations

import ast
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsmetrics.catalog import NotUnderstood, depends_on, formula_components, parse_formula
from opsmetrics.catalog.formula import DEEPEST, LONGEST, Component, Expression, Number, Operation

ATTACKS = [
    "__import__('os').system('true')",
    "open('/etc/passwd')",
    "().__class__.__bases__[0].__subclasses__()",
    "a.__class__",
    "a[0]",
    "[a for a in b]",
    "{a}",
    "lambda: a",
    "a if b else c",
    "a and b",
    "not a",
    "a < b",
    "a == b",
    "a := 1",
    "a; b",
    "a # b",
    "exec(a)",
    "eval(a)",
    "abs(a)",
    "min(a, key=b)",
    "min(*a)",
    "max()",
    "f'{a}'",
    '"a"',
    "a // b",
    "a % b",
    "a @ b",
    "a | b",
    "~a",
    "+a",
    "1j",
    "0x10",
    "1_000",
    "1e999",
    "a b",
    "2a",
    "a(b)",
    "(a",
    "a)",
    "a,b",
    "a +",
    "",
    "()",
    "a\u00d7b",
    "\uff41",
    "a\x00b",
    "(" * 10_000,
    "-" * 300 + "a",
    "min(" * 80 + "a" + ")" * 80,
    "9" * 10_000,
]


@pytest.mark.parametrize("text", ATTACKS, ids=lambda text: text[:20])
def test_nothing_but_arithmetic_is_read(text: str) -> None:
    with pytest.raises(NotUnderstood):
        parse_formula(text)


@given(st.text(max_size=60) | st.text("ab1.+-*/() ,min", max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        expression = parse_formula(text)
    except NotUnderstood:
        return
    assert set(formula_components(text)) <= set(_names(expression))


def _names(expression: Expression) -> list[str]:
    if isinstance(expression, Component):
        return [expression.key]
    return [] if isinstance(expression, Number) else [name for part in expression.parts for name in _names(part)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a + * b", "'*' at position 5"),
        ("a ? b", "'?' at position 3"),
        ("  f(a)", "'f' at position 3; wanted min( or max("),
        ("(a + b", "the end of the formula; wanted a closing parenthesis"),
        ("2x", "'x' right after '2' at position 2"),
    ],
)
def test_a_refusal_names_what_was_found_and_where(text: str, said: str) -> None:
    with pytest.raises(NotUnderstood) as caught:
        parse_formula(text)
    assert said in str(caught.value)


def test_a_key_may_be_any_word() -> None:
    assert formula_components("yield * class + min - None_") == ("yield", "class", "min", "None_")
    assert parse_formula("min(min, 1)") == Operation("min", (Component("min"), Number(1.0)))


def test_each_component_is_named_once_in_order() -> None:
    assert formula_components("b / (a + b) * max(c, a, 2)") == ("b", "a", "c")
    assert formula_components(None) == ()


def test_what_a_kpi_is_made_of_at_any_depth() -> None:
    formulas = {"a": "b + c", "b": "d", "c": "d * 2", "d": None, "e": "a"}
    assert depends_on(formulas, "e") == ("a", "b", "c", "d")
    assert depends_on(formulas, "d") == ()
    assert depends_on({"a": "b", "b": "a"}, "a") == ("b", "a")


def test_the_longest_formula_is_read_at_any_recursion_limit_of_its_own() -> None:
    text = "+".join("a" * (LONGEST // 2))
    assert formula_components(text) == ("a",)
    assert isinstance(parse_formula("(" * (DEEPEST - 1) + "a" + ")" * (DEEPEST - 1)), Component)


_ATOMS = st.sampled_from(["2", "3.5", ".25", "1e1", "x", "y"])


def _joined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    two = st.tuples(inner, st.sampled_from([" + ", "-", " * ", "/", "**"]), inner).map("".join)
    return two | inner.map("({})".format) | inner.map("-{}".format) | st.tuples(inner, inner).map(
        lambda pair: f"min({pair[0]}, {pair[1]})"
    )  # fmt: skip


@given(st.recursive(_ATOMS, _joined, max_leaves=8))
def test_the_expression_is_the_one_that_python_reads(text: str) -> None:
    """Oracle: Python's own parser on the same text."""
    assert _close(_value(parse_formula(text)), _python(ast.parse(text, mode="eval").body))


_GIVEN = {"x": 7.0, "y": 0.5}


def _value(part: Expression) -> float:
    if isinstance(part, Number):
        return part.value
    if isinstance(part, Component):
        return _GIVEN[part.key]
    return _apply(part.sign, [_value(inner) for inner in part.parts])


def _python(node: ast.expr) -> float:
    if isinstance(node, ast.Constant):
        return float(node.value)  # type: ignore[arg-type]  # only numbers are made here
    if isinstance(node, ast.Name):
        return _GIVEN[node.id]
    if isinstance(node, ast.UnaryOp):
        return _apply("neg", [_python(node.operand)])
    if isinstance(node, ast.Call):
        return _apply("min", [_python(part) for part in node.args])
    assert isinstance(node, ast.BinOp)
    signs = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**"}
    return _apply(signs[type(node.op)], [_python(node.left), _python(node.right)])


def _apply(sign: str, parts: list[float]) -> float:
    try:
        if sign == "neg":
            return -parts[0]
        if sign == "min":
            return math.nan if any(math.isnan(part) for part in parts) else min(parts)
        left, right = parts
        found = {
            "+": lambda: left + right,
            "-": lambda: left - right,
            "*": lambda: left * right,
            "/": lambda: left / right,
            "**": lambda: left**right,
        }[sign]()
        return math.nan if isinstance(found, complex) else found
    except (ZeroDivisionError, OverflowError):
        return math.nan


def _close(first: float, second: float) -> bool:
    return (math.isnan(first) and math.isnan(second)) or first == second
