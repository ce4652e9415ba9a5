"""The document says what the routes do: each operation is asked as it is described, and answers as it is described."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from opsmetrics.server import openapi, routes
from opsmetrics.server.problems import MEDIA
from tests.cases import cases
from tests.paths import ROOT
from tests.server.conftest import Program

DOCUMENT = openapi.document(routes.ENDPOINTS, "1")
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


@st.composite
def _queries(draw: st.DrawFn, told: dict[str, Any]) -> dict[str, Any]:
    """Some parameters, with values of their schema or with any text."""
    query: dict[str, Any] = {}
    for parameter in told["parameters"]:
        if parameter["in"] == "query" and draw(st.booleans()):
            schema = parameter["schema"].get("items", parameter["schema"])
            fits = draw(st.integers(0, 3)) > 0
            query[parameter["name"]] = draw(_values(schema, parameter["name"]) if fits else st.text(max_size=30))
    return query


def _values(schema: dict[str, Any], name: str) -> st.SearchStrategy[str]:
    if name == "kpi":
        return st.sampled_from(["scrap", "weight"])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if "pattern" in schema:
        return st.from_regex(schema["pattern"], fullmatch=True)
    if schema["type"] == "boolean":
        return st.sampled_from(["true", "false"])
    if schema["type"] == "integer":
        return st.integers(schema["minimum"], schema["maximum"]).map(str)
    return st.text(max_size=20)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: f"{operation[1]} {operation[0]}")
@settings(max_examples=cases(15, 200), suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_every_answer_is_one_that_the_document_tells(
    program: Program, operation: tuple[str, str, dict[str, Any]], data: st.DataObject
) -> None:
    path, method, told = operation
    query = data.draw(_queries(told))
    path = re.sub(r"\{\w+\}", lambda _: data.draw(st.sampled_from(["1", "2", "0", "x", "999999999999999"])), path)
    body, media = None, None
    if "requestBody" in told:
        media = data.draw(st.sampled_from(sorted(told["requestBody"]["content"])))
        body = data.draw(st.binary(max_size=200) | st.sampled_from([b'{"why": "x"}', b"Day,Line,Scrapped,Made\n"]))
    headers = {"Content-Type": media} if media else {}
    found = program.ask(method.upper(), path, query, body, headers)
    if found.status == 429:
        return
    assert str(found.status) in told["responses"], (found.status, found.body)
    expected = "application/json" if found.status < 300 else MEDIA
    assert found.headers["content-type"] == expected
    if expected == MEDIA:
        assert {"type", "title", "status", "code", "detail"} <= set(found.json)
        assert "Traceback" not in found.json["detail"]
