"""Errors of the API as problem documents (RFC 9457): what was found, what was wanted, what to do."""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from starlette.responses import Response

from opsmetrics.catalog import CatalogError, NotHere, NotUnderstood
from opsmetrics.ingest import IngestRefused, NeedsAnswer, TemplateError
from opsmetrics.store import (
    StoreBusy,
    StoreClosed,
    StoreDamaged,
    StoreError,
    StoreFull,
    StoreReopened,
    StoreTimeout,
    StoreTooNew,
)

_LOG = logging.getLogger("opsmetrics.server")

MEDIA = "application/problem+json"


class Problem(Exception):
    """An answer that is no success. code: a stable word for programs; more: further members of the document."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        more: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail = status, code, detail
        self.headers, self.more = dict(headers or {}), dict(more or {})

    def response(self) -> Response:
        """The document, with its media type."""
        title = HTTPStatus(self.status).phrase
        told = {"type": "about:blank", "title": title, "status": self.status, "code": self.code, "detail": self.detail}
        return Response(
            json.dumps({**told, **self.more}, ensure_ascii=False), self.status, self.headers, media_type=MEDIA
        )


def problem_of(error: Exception) -> Problem:
    """What happened, as a problem. What nobody foresaw gets a number, and its traceback a place in the log."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, NotHere):
        return Problem(404, error.code, str(error))
    if isinstance(error, NeedsAnswer):
        detail = "The file does not say enough to be loaded; nothing was written. Answer and send it again."
        return Problem(409, "needs_answer", detail, more={"questions": error.as_list()})
    if isinstance(error, IngestRefused):
        return Problem(422, error.code, str(error))
    if isinstance(error, (TemplateError, CatalogError, NotUnderstood)):
        return Problem(422, "not_understood", str(error))
    if isinstance(error, StoreTimeout):
        return Problem(503, "too_slow", str(error), headers={"Retry-After": "30"})
    if isinstance(error, (StoreBusy, StoreClosed, StoreReopened)):
        return Problem(503, "store_unavailable", str(error), headers={"Retry-After": "5"})
    if isinstance(error, StoreFull):
        return Problem(503, "disk_full", str(error), headers={"Retry-After": "60"})
    if isinstance(error, (StoreDamaged, StoreTooNew)):
        return Problem(503, "store_unreadable", str(error))
    if isinstance(error, StoreError):
        return Problem(409, "refused", str(error))
    number = secrets.token_hex(4)
    _LOG.error("error %s", number, exc_info=error)
    return Problem(500, "unexpected", f"Something unforeseen happened. The log has the details under {number}.")
