"""Exceptions as one sentence for a person. What nobody foresaw gets an error id, and its traceback a place in a log."""

from __future__ import annotations

import logging
import os
import re
import secrets
import traceback
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from opsmetrics.catalog import CatalogError
from opsmetrics.ingest import IngestRefused, NeedsAnswer, TemplateError
from opsmetrics.settings import BadSetting, Settings
from opsmetrics.store import KeyDimensionNeedsAnswer, StoreError


@dataclass(frozen=True)
class Failure:
    """What happened, for a person and for a program: a stable code, the sentence, and what else the error knows."""

    code: str
    text: str
    more: Mapping[str, object] = field(default_factory=dict)


def told(error: Exception, store: Path | None) -> Failure:
    """What happened and what to do. What nobody foresaw is written to the log beside the store."""
    known = expected(error)
    if known is None:
        return Failure("unexpected", _unexpected(error, store))
    if isinstance(error, NeedsAnswer):
        return Failure("needs_user_choice", known, {"questions": error.as_list()})
    if isinstance(error, IngestRefused):
        return Failure(error.code, known)
    return Failure("file_unusable" if isinstance(error, OSError) else _code_of(type(error)), known)


def traceback_of(error: Exception) -> str:
    """The traceback, for --debug."""
    return "".join(traceback.format_exception(error))


def _code_of(kind: type[Exception]) -> str:
    """The name of an error as a code: StoreBusy is store_busy."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", kind.__name__).lower()


def expected(error: Exception) -> str | None:
    """The sentence of a failure that was foreseen, else None."""
    if isinstance(error, NeedsAnswer):
        return questions(error.as_list())
    if isinstance(error, (StoreError, BadSetting, CatalogError, KeyDimensionNeedsAnswer, IngestRefused, TemplateError)):
        return str(error)
    if isinstance(error, OSError):
        name = f" {error.filename}" if error.filename else ""
        return f"The file{name} could not be used: {error.strerror or error}. Check the path and its permissions."
    return None


def questions(listed: Iterable[Mapping[str, Any]]) -> str:
    """The questions of a file that cannot be loaded without an answer, and how to answer them here."""
    lines = ["The file does not say enough to be loaded; nothing was written. Answer and send it again:"]
    for question in listed:
        choices = " | ".join(f"--answer {question['code']}={choice!r}" for choice in question["choices"])
        lines.append(f"  {question['text']}\n    {choices or '--answer ' + str(question['code']) + '=…'}")
    return "\n".join(lines)


def _unexpected(error: Exception, store: Path | None) -> str:
    number = secrets.token_hex(4)
    log = (store or _default_store()).parent / "opsmetrics.log"
    try:
        _write(log, number, error)
    except OSError as failure:
        where = f"its details could not be written to {log} ({failure.strerror}); --debug shows them here"
    else:
        where = f"its details are in {log}"
    return f"An unexpected error stopped the command ({type(error).__name__}, error {number}); {where}."


def _default_store() -> Path:
    # Only the path: whatever else is wrong in the environment may be the very error that is told here.
    return Settings.from_environment({key: os.environ[key] for key in ("OPSMETRICS_STORE",) if key in os.environ}).store


def _write(log: Path, number: str, error: Exception) -> None:
    handler = logging.FileHandler(log, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    record = logging.LogRecord(
        "opsmetrics", logging.ERROR, __file__, 0, "error %s", (number,), (type(error), error, error.__traceback__)
    )
    try:
        handler.emit(record)
    finally:
        handler.close()
