"""The document says what the routes do: each operation is asked as it is described, and answers as it is described."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from opsmetrics.server import guard, openapi, routes
from opsmetrics.server.problems import MEDIA
from tests.cases import cases
from tests.paths import ROOT
from tests.server.conftest import Program

DOCUMENT = openapi.document(routes.ENDPOINTS, "1")
#: Codes of an address or a method that there is not.
NO_ENDPOINT = ("no_endpoint", "method")
OPERATIONS = [(path, method, told) for path, methods in DOCUMENT["paths"].items() for method, told in methods.items()]


def test_it_is_served_and_names_every_endpoint(program: Program) -> None:
    served = program.get("/api/v1/openapi.json").json
    assert served["openapi"].startswith("3.1")
    assert set(served["paths"]) == {endpoint.path for endpoint in routes.ENDPOINTS}
    assert all(told["description"] and told["summary"] for _, _, told in OPERATIONS)


def test_the_page_for_people_lists_every_endpoint_with_its_right() -> None:
    page = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"^\| `(\w+) (\S+)` \| (\w+) \|", page, re.MULTILINE))
    assert listed == {(endpoint.method, endpoint.path, endpoint.right) for endpoint in routes.ENDPOINTS}


#: Texts that are nearly right, or that a careless reader would fall over.
ODD = st.sampled_from(
    ["", " ", "0", "-1", "1.5", "1e3", "9" * 400, "٣", "null", "[]", "\x00", "\u2028", "𝔘", "a=b=c", "=", "=x", "x=",
     "line=", "line=A\n", "2026-02-31", "2026-W01-1", "0001-01-01", "9999-12-31", "2026-11-22T06", "2026-11-22 06:00",
     "2026-11-22T25:00", "2026-11-22T06:00+99:99", "2026-11-01..", "2026-11-30..2026-11-01", "True", "yes",
     "' OR 1=1 --"]
)  # fmt: skip

#: Records whose names and values are of any kind, and texts that look like a table.
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
RECORDS = st.lists(
    st.fixed_dictionaries(
        {"Day": st.dates().map(str) | st.text(max_size=8), "Line": st.text(max_size=4), "Made": st.integers()},
        optional={"Scrapped": st.integers() | st.text(max_size=4) | st.floats(), "\x00": st.none()},
    ),
    max_size=4,
)
BODIES = st.one_of(
    st.binary(max_size=200),
    st.sampled_from([b"", b'{"why": "x"}', b'{"why": ""}', b'{"why": "\\ud800"}', b"\xff\xfe"]),
    st.just(b"[" * 5000),
    st.sampled_from(
        [b"Day,Line,Scrapped,Made\n", b"Day,Line,Scrapped,Made\n2025-06-01,A,3,500\n", b"PK\x03\x04", b"PAR1"]
    ),
    JSON_VALUES.map(lambda value: json.dumps(value).encode()),
    RECORDS.map(lambda value: json.dumps(value).encode()),
    RECORDS.map(lambda value: json.dumps({"records": value}).encode()),
)


@st.composite
def _queries(draw: st.DrawFn, told: dict[str, Any]) -> tuple[dict[str, list[str]], bool]:
    """Parameters with values of their schema, left out, repeated, unknown, or with any text; and whether all of them
    are as the document wants them."""
    query: dict[str, list[str]] = {}
    fits = True
    for parameter in told["parameters"]:
        if parameter["in"] != "query":
            continue
        if draw(st.integers(0, 3)) == 0:
            fits = fits and not parameter["required"]
            continue
        schema = parameter["schema"].get("items", parameter["schema"])
        right = draw(st.integers(0, 3)) > 0
        value = draw(_values(schema, parameter["name"]) if right else ODD | st.text(max_size=30))
        fits = fits and (_agrees(schema, value) or (value == "" and parameter.get("allowEmptyValue", False)))
        query[parameter["name"]] = [value]
        if draw(st.integers(0, 9)) == 0:
            query[parameter["name"]] *= 2
            fits = fits and parameter["schema"]["type"] == "array"
    if draw(st.integers(0, 9)) == 0:
        query[draw(st.text(min_size=1, max_size=8).filter(lambda name: name not in query))] = ["1"]
        fits = False
    return query, fits


def _values(schema: dict[str, Any], name: str) -> st.SearchStrategy[str]:
    if name == "kpi":
        return st.sampled_from(["scrap", "weight"])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if "pattern" in schema:
        return st.from_regex(re.compile(schema["pattern"], re.ASCII), fullmatch=True)
    if schema["type"] == "boolean":
        return st.sampled_from(["true", "false"])
    if schema["type"] == "integer":
        return st.integers(schema["minimum"], schema["maximum"]).map(str)
    return st.text(max_size=20)


def _agrees(schema: dict[str, Any], value: str) -> bool:
    """Is this text, as it stands in a query, a value of the schema?"""
    if "enum" in schema:
        return value in schema["enum"]
    if "pattern" in schema and not re.fullmatch(schema["pattern"], value, re.ASCII):
        return False
    if schema["type"] == "boolean":
        return value in ("true", "false")
    if schema["type"] == "integer":
        return bool(re.fullmatch("[0-9]{1,15}", value)) and schema["minimum"] <= int(value) <= schema["maximum"]
    return True


def _conforms(value: Any, schema: dict[str, Any]) -> bool:
    """Type and required members, as far as the document tells them."""
    if schema["type"] == "array":
        return isinstance(value, list) and all(_conforms(item, schema["items"]) for item in value)
    return isinstance(value, dict) and set(schema["required"]) <= set(value)


@pytest.fixture
def unhurried(program: Program, monkeypatch: pytest.MonkeyPatch) -> Program:
    """A program that may ask as often as it likes: an answer 429 would prove nothing."""
    monkeypatch.setattr(routes, "_ALLOWANCE", guard.Allowance(1e9, 1e9))
    return program


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: f"{operation[1]} {operation[0]}")
@settings(max_examples=cases(15, 300), suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_every_answer_is_one_that_the_document_tells(
    unhurried: Program, operation: tuple[str, str, dict[str, Any]], data: st.DataObject
) -> None:
    path, method, told = operation
    query, fits = data.draw(_queries(told))
    for parameter in told["parameters"]:
        if parameter["in"] == "path":
            value = data.draw(st.sampled_from(["1", "2"]) | _values(parameter["schema"], "") | ODD.filter(len))
            fits = fits and _agrees(parameter["schema"], value)
            path = path.replace(f"{{{parameter['name']}}}", quote(value, safe=""))
    body, media = None, ""
    if "requestBody" in told:
        wanted = sorted(told["requestBody"]["content"])
        media = data.draw(st.sampled_from([*wanted, *wanted, "text/html", "application/json; charset=utf-16", "x"]))
        fits = fits and media.partition(";")[0] in wanted
        body = data.draw(BODIES)
    found = unhurried.ask(method.upper(), path, query, body, {"Content-Type": media} if media else {})
    assert found.status < 500, (found.status, found.body)
    if "/" in path.removeprefix("/api/v1/") and found.status in (404, 405) and found.json["code"] in NO_ENDPOINT:
        return  # an encoded slash parts the address like a plain one
    assert str(found.status) in told["responses"], (found.status, found.body)
    assert fits or found.status >= 400, "what the document forbids is refused"
    answer = told["responses"][str(found.status)]["content"]
    assert found.headers["content-type"] in answer
    (content,) = answer.values()
    schema = content["schema"]
    if "$ref" in schema:
        schema = DOCUMENT["components"]["schemas"]["Problem"]
        assert "Traceback" not in found.json["detail"]
    assert _conforms(found.json, schema), found.json


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: f"{operation[1]} {operation[0]}")
def test_other_methods_and_other_tokens_are_refused(
    unhurried: Program, operation: tuple[str, str, dict[str, Any]]
) -> None:
    path, method, told = operation
    path = re.sub(r"\{\w+\}", "1", path)
    known = {name.upper() for name in DOCUMENT["paths"][operation[0]]}
    for other in {"GET", "POST", "PUT", "PATCH", "DELETE"} - known:
        found = unhurried.ask(other, path, {}, b"{}" if other != "GET" else None, {"Content-Type": "application/json"})
        assert (found.status, found.headers["content-type"]) == (405, MEDIA)
    assert "401" in told["responses"]
    for credentials in ("", "Bearer", "Bearer x", "Basic x", f"Token {unhurried.token}", "Bearer " + "a" * 5000):
        headers = {"Authorization": credentials} if credentials else {}
        found = Program(unhurried.port).ask(method.upper(), path, {}, b"" if method == "post" else None, headers)
        assert (found.status, found.headers["content-type"]) == (401, MEDIA)
