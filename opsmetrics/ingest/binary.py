"""What a reader of workbooks or of Parquet hands over: a readable file and what is known of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from opsmetrics.ingest.across import Across
from opsmetrics.ingest.header import Head
from opsmetrics.ingest.origin import Origin
from opsmetrics.measurements import Notice


@dataclass(frozen=True)
class BinaryTable:
    """One table of a file that is no text. `rows` are the first records, as texts."""

    form: str
    readable: Path
    lines: int
    head: Head
    rows: tuple[tuple[str, ...], ...]
    origin: Origin
    part: str = ""
    across: Across | None = None
    notices: tuple[Notice, ...] = ()
    serial_base: str = "1899-12-30"


def exact_text(number: float) -> str:
    """A number with every digit that it has: 2 rather than 2.0, and the shortest text that reads back the same."""
    return str(int(number)) if number == int(number) and abs(number) < 1e15 else repr(number)
