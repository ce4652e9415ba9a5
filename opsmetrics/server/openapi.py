"""The OpenAPI document, made from the same endpoints as the routes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from opsmetrics.server.endpoints import JSON_BYTES, JSON_VALUES, PATTERNS, Endpoint, Kind, Parameter
from opsmetrics.server.guard import PER_SECOND, SLOWEST
from opsmetrics.server.problems import MEDIA

_SCHEMAS: dict[Kind, dict[str, Any]] = {
    "text": {"type": "string"},
    "whole": {"type": "integer", "minimum": 1, "maximum": 999_999_999_999_999},
    "yes_or_no": {"type": "boolean"},
    "day_or_instant": {"type": "string", "example": "2026-11-22"},
    "day_span": {"type": "string", "example": "2026-11-01..2026-11-30"},
    "pair": {"type": "string", "example": "line=C"},
    "verdict": {"type": "string", "example": "7KQ2M-9XABT"},
}

#: What any endpoint may answer, besides success.
ALWAYS = {
    400: "A parameter or the body was not understood.",
    401: "No token, or none in force.",
    403: "The token is not for this.",
    429: f"More than {PER_SECOND:g} requests each second for long: ask again after `Retry-After` seconds.",
    503: "The store cannot answer now: ask again after `Retry-After` seconds.",
}
_WITH_BODY = {
    408: f"The body came slower than {SLOWEST / 1000:g} kB a second.",
    413: "The body is longer than allowed: a file than `OPSMETRICS_UPLOAD_MB`, records in JSON than "
    f"{JSON_BYTES // 1024**2} MB or {JSON_VALUES:,} values, anything else than 64 kB.",
    415: "The body is of another kind.",
}


def document(endpoints: Iterable[Endpoint], version: str) -> dict[str, Any]:
    """The whole document (OpenAPI 3.1)."""
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in endpoints:
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = _operation(endpoint)
    problem = {
        "type": "object",
        "required": ["type", "title", "status", "code", "detail"],
        "properties": {
            "type": {"type": "string"}, "title": {"type": "string"}, "status": {"type": "integer"},
            "code": {"type": "string"}, "detail": {"type": "string"},
        },
    }  # fmt: skip
    return {
        "openapi": "3.1.0",
        "info": {"title": "OpsMetrics", "version": version, "description": "Numbers in, verdicts out."},
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": {"Problem": problem},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(endpoint: Endpoint) -> dict[str, Any]:
    told: dict[str, Any] = {
        "summary": endpoint.title,
        "description": re.sub(r"\s+", " ", endpoint.text),
        "operationId": endpoint.answer.__name__,
        "security": [{"token": [endpoint.right]}],
        "parameters": [_parameter(parameter) for parameter in endpoint.parameters],
        "responses": _responses(endpoint),
    }
    if endpoint.media:
        told["requestBody"] = {"required": True, "content": {media: _content(media) for media in endpoint.media}}
    return told


def _parameter(parameter: Parameter) -> dict[str, Any]:
    schema = {"type": "string", "enum": list(parameter.choices)} if parameter.choices else _SCHEMAS[parameter.kind]
    if parameter.kind in PATTERNS:
        schema = {**schema, "pattern": PATTERNS[parameter.kind]}
    told: dict[str, Any] = {
        "name": parameter.name,
        "in": "path" if parameter.in_path else "query",
        "required": parameter.required,
        "description": parameter.text,
        "schema": {"type": "array", "items": schema} if parameter.many else schema,
    }
    if parameter.kind == "yes_or_no":
        told["allowEmptyValue"] = True  # `?dry_run` alone says yes
    return {**told, "style": "form", "explode": True} if parameter.many else told


def _content(media: str) -> dict[str, Any]:
    if media == "application/json":
        return {"schema": {"type": ["array", "object"]}}
    return {"schema": {"type": "string"}}


def _responses(endpoint: Endpoint) -> dict[str, Any]:
    one = {"type": "object", "required": list(endpoint.gives)}
    schema = {"type": "array", "items": one} if endpoint.many else one
    good = {
        str(status): {"description": text, "content": {"application/json": {"schema": schema}}}
        for status, text in endpoint.statuses.items()
    }
    bad = {**ALWAYS, **(_WITH_BODY if endpoint.media else {}), **endpoint.refusals}
    problem = {MEDIA: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return good | {str(status): {"description": text, "content": problem} for status, text in sorted(bad.items())}
