"""Stores that many tests begin with are built once, and each test gets a copy to change."""

from __future__ import annotations

import contextlib
import datetime as dt
import functools
import io
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

from opsmetrics.cli import main

NAME = "built.duckdb"

#: What the command that filled the sample wrote to stdout and to stderr.
TOLD, SAID = "told.json", "said.txt"


def once(build: Callable[[Path], None]) -> Callable[[Path], None]:
    """The builder of a store at a path, which builds once a process and day: stores end yesterday."""
    kept: dict[dt.date, tempfile.TemporaryDirectory[str]] = {}

    @functools.wraps(build)
    def copied(path: Path) -> None:
        day = dt.datetime.now(dt.UTC).date()
        if day not in kept:
            kept[day] = tempfile.TemporaryDirectory()
            build(Path(kept[day].name) / NAME)
        for part in Path(kept[day].name).glob(f"{NAME}*"):
            shutil.copyfile(part, path.with_name(path.name + part.name.removeprefix(NAME)))

    return copied


def sample_folder(factory: pytest.TempPathFactory) -> Path:
    """A folder with the sample as `init` and `sample --json` fill it; TOLD and SAID hold what the latter answered. One
    for all workers of a run, so copy it to change it."""
    base = factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder = shared / "sample"
    with FileLock(shared / "sample.lock"):
        if not (folder / SAID).exists():
            folder.mkdir(exist_ok=True)
            answer, remarks = io.StringIO(), io.StringIO()
            with contextlib.redirect_stdout(answer), contextlib.redirect_stderr(remarks):
                assert main(["init", "--store", str(folder / "kpis.duckdb")]) == 0
                answer.seek(answer.truncate(0))
                assert main(["sample", "--store", str(folder / "kpis.duckdb"), "--json"]) == 0
            (folder / TOLD).write_text(answer.getvalue(), encoding="utf-8")
            (folder / SAID).write_text(remarks.getvalue(), encoding="utf-8")
    return folder
