"""A file that grows, changes or is replaced while it is read: what is loaded is what was fingerprinted, or nothing."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from opsmetrics.ingest import IngestRefused, prepare, read_file
from opsmetrics.working import Work
from tests.ingest.builders import CATALOG, LONG, TODAY, readings, written
from tests.ingest.workbooks import book

HEAD = ["date", "site", "line", "metric", "value"]
ROWS = [[f"2025-05-{day:02d}", "A", "L1", "scrap", str(day)] for day in range(1, 6)]
PLAIN = "\n".join(",".join(row) for row in [HEAD, *ROWS]) + "\n"


def grows(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"2025-05-09,A,L1,scrap,9\n")


def is_overwritten(path: Path) -> None:
    """With as many bytes as before, in the same file."""
    before = path.stat()
    with path.open("r+b") as file:
        file.seek(-2, os.SEEK_END)
        file.write(b"7")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns + 1))  # clocks of file systems are coarse


def is_replaced(path: Path) -> None:
    other = path.with_name("other")
    other.write_bytes(path.read_bytes().replace(b"5\n", b"7\n"))
    other.replace(path)


def is_removed(path: Path) -> None:
    path.unlink()


@dataclass(eq=False)
class Meddled(Work):
    """Somebody else does something to a file when the reader tells for the n-th time how far it is."""

    at: int = 0
    meddle: Callable[[], None] = print
    told: int = 0

    def check(self) -> None:
        if self.told == self.at:
            self.meddle()
        self.told += 1


def text(folder: Path) -> Path:
    return written(folder, PLAIN)


def quoted(folder: Path) -> Path:
    return written(folder, PLAIN.replace("L1", '"L1"'))


def workbook(folder: Path) -> Path:
    return book(folder / "a.xlsx", {"S": [HEAD, *ROWS]})


CASES = [
    *((text, 1, meddle) for meddle in (grows, is_overwritten, is_replaced, is_removed)),
    *((quoted, 2, meddle) for meddle in (grows, is_replaced)),
    *((workbook, 0, meddle) for meddle in (is_overwritten, is_removed)),
]


@pytest.mark.parametrize(("make", "moment", "meddle"), CASES)
def test_what_is_loaded_is_what_was_fingerprinted(
    tmp_path: Path, make: Callable[[Path], Path], moment: int, meddle: Callable[[Path], None]
) -> None:
    path = make(tmp_path)
    whole = path.read_bytes()
    work = Meddled(at=moment, meddle=lambda: meddle(path))
    try:
        with work.open():
            sheet = read_file(path, template=LONG)
            batch = prepare(sheet, LONG, CATALOG, today=TODAY)
    except IngestRefused as refused:
        assert refused.code == "changed_while_read", refused
    else:
        assert batch.fingerprint == hashlib.sha256(whole).hexdigest()
        assert readings(batch)["value"].tolist() == [1, 2, 3, 4, 5]
    assert work.told > moment, "it never came to this"


def test_a_file_that_changes_before_its_records_are_read(tmp_path: Path) -> None:
    for meddle, refused in ((grows, True), (is_overwritten, True), (is_replaced, False), (is_removed, False)):
        path = text(tmp_path)
        sheet = read_file(path, template=LONG)
        meddle(path)
        if refused:
            with pytest.raises(IngestRefused, match="changed while it was read") as told:
                prepare(sheet, LONG, CATALOG, today=TODAY)
            assert told.value.code == "changed_while_read"
        else:  # the file that was read is still held
            found = readings(prepare(sheet, LONG, CATALOG, today=TODAY))
            assert found["value"].tolist() == [1, 2, 3, 4, 5]
