"""Hostile and damaged workbooks: refused in one sentence, with this process whole and small."""

from __future__ import annotations

import resource
import struct
import zipfile
import zlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from opsmetrics.ingest import IngestRefused, Limits, NeedsAnswer, read_file
from opsmetrics.ingest.workbook_process import WorkbookProcess
from tests.cases import cases
from tests.ingest.workbooks import book, rewritten

SMALL = {"S": [["date", "value"], ["2025-01-27", 1]]}


def code_of(path: Path, limits: Limits | None = None) -> str:
    """The code of the refusal."""
    with pytest.raises(IngestRefused) as refused:
        read_file(path, limits=limits)
    assert "Traceback" not in str(refused.value) and str(path.parent) not in str(refused.value)
    return refused.value.code


def test_two_cells_far_apart_do_not_take_this_process_along(tmp_path: Path) -> None:
    def change(made: object) -> None:
        made["S"]["XFD1048576"] = 1  # type: ignore[index]

    path = book(tmp_path / "a.xlsx", SMALL, change)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert code_of(path) == "too_much_memory"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000  # kilobytes


def test_a_bomb_is_known_by_its_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = rewritten(book(tmp_path / "a.xlsx", SMALL), "xl/worksheets/sheet1.xml", lambda _: b" " * 60 * 1024**2)
    monkeypatch.setattr(WorkbookProcess, "__init__", lambda *_: pytest.fail("a process was started"))
    assert code_of(path) == "unpacks_too_large"
    assert code_of(path, Limits(ratio=10_000, unpacked=50 * 1024**2)) == "unpacks_too_large"


def test_many_parts(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", SMALL)
    with zipfile.ZipFile(path, "a") as archive:
        for number in range(50):
            archive.writestr(f"x{number}", b"")
    assert code_of(path, Limits(parts=50)) == "unpacks_too_large"


def test_a_list_of_contents_is_not_read_to_find_out_how_long_it_is(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", SMALL)
    with zipfile.ZipFile(path, "a") as archive:
        for number in range(50):
            archive.writestr(f"{number:0400}", b"")
    with pytest.raises(IngestRefused, match="lists more than 20 parts"):
        read_file(path, limits=Limits(parts=20))


def test_larger_than_a_workbook_may_be(tmp_path: Path) -> None:
    assert code_of(book(tmp_path / "a.xlsx", SMALL), Limits(packed=1000)) == "too_large"


@pytest.mark.parametrize(
    ("content", "code", "says"),
    [
        (b"PK\x03\x04rest", "damaged", "damaged"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 2000, "not_a_table", "old Office"),
        (b"\xd0\xcf\x11\xe0" + "WordDocument".encode("utf-16-le"), "not_a_table", "Word"),
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "protected", "password"),
        (b"\xd0\xcf\x11\xe0" + "Workbook".encode("utf-16-le"), "damaged", "damaged"),
    ],
)
def test_what_is_no_sound_workbook(tmp_path: Path, content: bytes, code: str, says: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(IngestRefused, match=says) as refused:
        read_file(path)
    assert refused.value.code == code


def test_other_archives_are_called_by_their_name(tmp_path: Path) -> None:
    for part, says in (("word/document.xml", "Word"), ("ppt/presentation.xml", "PowerPoint"), ("a.csv", "ZIP archive")):
        path = tmp_path / "a.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(part, b"x")
            archive.writestr("beside.csv", b"x")
        with pytest.raises(IngestRefused, match=says):
            read_file(path)


def test_a_damaged_sheet(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", SMALL)
    assert code_of(rewritten(path, "xl/worksheets/sheet1.xml", lambda xml: xml[: len(xml) // 2])) in (
        "damaged",
        "empty_workbook",
    )
    path = book(tmp_path / "b.xlsx", SMALL)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert code_of(path) == "damaged"


def stored(path: Path) -> bytes:
    """The bytes of the same workbook, its parts not compressed."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path.read_bytes()


def test_a_digit_that_changed_in_the_archive_is_damage(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", {"S": [["date", "value"], ["2025-01-27", 17]]})
    whole = stored(path)
    assert whole.count(b"<v>17</v>") == 1
    path.write_bytes(whole.replace(b"<v>17</v>", b"<v>97</v>"))
    assert code_of(path) == "damaged"


def test_a_directory_that_states_less_than_is_unpacked(tmp_path: Path) -> None:
    """Sizes and checksums of the first 5,000 bytes, so that only the rest tells of the lie."""
    part = "xl/worksheets/sheet1.xml"
    path = rewritten(book(tmp_path / "a.xlsx", SMALL), part, lambda xml: xml + b" " * 20 * 1024**2)
    with zipfile.ZipFile(path) as archive:
        content, told = archive.read(part), archive.getinfo(part)
    honest = struct.pack("<III", told.CRC, told.compress_size, told.file_size)
    lie = struct.pack("<III", zlib.crc32(content[:5000]), told.compress_size, 5000)
    whole = path.read_bytes()
    assert whole.count(honest) == 2  # before the part and in the directory
    path.write_bytes(whole.replace(honest, lie))
    assert code_of(path, Limits(workbook_memory=256 * 1024**2)) == "damaged"


@given(damage=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=4))
@settings(deadline=None, max_examples=cases(6, 300), suppress_health_check=list(HealthCheck))
def test_damaged_bytes_give_the_same_rows_or_a_refusal(
    tmp_path_factory: pytest.TempPathFactory, damage: list[tuple[float, int]]
) -> None:
    path = book(tmp_path_factory.mktemp("book") / "a.xlsx", SMALL)
    sheet = read_file(path)
    wanted, whole = sheet.rows, bytearray(path.read_bytes())
    for place, byte in damage:
        whole[int(place * len(whole))] = byte
    path.write_bytes(whole)
    try:
        assert read_file(path).rows == wanted
    except (IngestRefused, NeedsAnswer) as refused:
        assert "Traceback" not in str(refused)


def child(folder: Path, program: str) -> Path:
    """Another child than ours."""
    path = folder / "child.py"
    path.write_text(program, encoding="utf-8")
    return path


def test_a_child_that_hangs_is_ended(tmp_path: Path) -> None:
    program = child(tmp_path, "import time\ntime.sleep(600)\n")
    with (
        WorkbookProcess(tmp_path, Limits(workbook_seconds=1), program) as process,
        pytest.raises(IngestRefused, match="within 1 seconds") as refused,
    ):
        process.sheets()
    assert refused.value.code == "too_slow"
    assert process._process.returncode is not None  # it is gone


def test_a_child_that_computes_for_ever_is_ended(tmp_path: Path) -> None:
    here = Path(__file__).parents[2] / "opsmetrics" / "ingest"
    start = f"import sys\nsys.path.insert(0, {str(here)!r})\nimport excel_child\n"
    loop = start + "excel_child.restrict(1 << 30, 1)\nwhile True: pass\n"
    with (
        WorkbookProcess(tmp_path, Limits(workbook_seconds=30), child(tmp_path, loop)) as process,
        pytest.raises(IngestRefused) as refused,
    ):
        process.sheets()
    assert refused.value.code == "too_slow"


@pytest.mark.parametrize(
    ("program", "code"),
    [
        ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n", "too_much_memory"),
        ("import os\nos.abort()\n", "too_much_memory"),
        ("raise SystemExit(3)\n", "too_much_memory"),
        ("raise SystemExit(1)\n", "damaged"),
        ("print('no JSON')\n", "damaged"),
        ('print(\'{"error": "PasswordError", "text": "x"}\')\n', "protected"),
    ],
)
def test_every_death_has_a_sentence(tmp_path: Path, program: str, code: str) -> None:
    with (
        WorkbookProcess(tmp_path, Limits(), child(tmp_path, program)) as process,
        pytest.raises(IngestRefused) as refused,
    ):
        process.sheets()
    assert refused.value.code == code


def test_the_child_imports_nothing_of_ours_and_no_engine() -> None:
    text = (Path(__file__).parents[2] / "opsmetrics" / "ingest" / "excel_child.py").read_text(encoding="utf-8")
    assert "import opsmetrics" not in text and "from opsmetrics" not in text
    assert not any(name in text for name in ("import duckdb", "import pandas", "import pyarrow", "import numpy"))
