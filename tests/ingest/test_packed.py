"""Archives with one table in them. Oracle: the table unpacked."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from opsmetrics.ingest import IngestRefused, Limits, read_file
from tests.ingest.builders import written

TABLE = b"date,site,value\n2026-03-02,A,1\n2026-03-03,A,2\n"


def archive(parts: dict[str, bytes]) -> bytes:
    """An archive with these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return out.getvalue()


def test_an_archive_with_one_table_is_that_table(tmp_path: Path) -> None:
    beside = {"export/": b"", "__MACOSX/._b.csv": b"\x00\x05", "export/.DS_Store": b"\x00"}
    sheet = read_file(written(tmp_path, archive({"export/b.csv": TABLE, **beside}), "a.zip"))
    plain = read_file(written(tmp_path, TABLE, "b.csv"))
    assert (sheet.name, sheet.headers, sheet.rows) == ("a.zip: b.csv", plain.headers, plain.rows)
    assert sheet.fingerprint == plain.fingerprint  # the same table, however it comes
    assert sheet.texts([2]) == {2: "2026-03-02,A,1"}


@pytest.mark.parametrize("name", ["../../etc/b.csv", "/b.csv", "c:\\b.csv", "b\u202evsc.csv"])
def test_names_inside_are_shown_and_never_opened(tmp_path: Path, name: str) -> None:
    sheet = read_file(written(tmp_path, archive({name: TABLE}), "a.zip"))
    assert sheet.name in ("a.zip: b.csv", "a.zip: bvsc.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["a.zip"]


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ({"b.csv": TABLE, "c.csv": TABLE}, "not_a_table"),
        ({}, "not_a_table"),
        ({"b.zip": archive({"c.csv": TABLE})}, "not_a_table"),
        ({"b.csv": b"\x89PNG\r\n\x1a\n" + b"\x00" * 50}, "not_a_table"),
    ],
)
def test_other_archives_are_refused(tmp_path: Path, parts: dict[str, bytes], code: str) -> None:
    with pytest.raises(IngestRefused) as refused:
        read_file(written(tmp_path, archive(parts), "a.zip"))
    assert refused.value.code == code


def test_what_an_archive_becomes_is_limited(tmp_path: Path) -> None:
    path = written(tmp_path, archive({"b.csv": TABLE + b"2026-03-04,A,3\n" * 5_000}), "a.zip")
    with pytest.raises(IngestRefused, match="becomes 0 MB when unpacked") as refused:
        read_file(path, limits=Limits(unpacked=50_000))
    assert refused.value.code == "unpacks_too_large"


def test_an_archive_that_lies_about_its_size_is_damaged(tmp_path: Path) -> None:
    data = archive({"b.csv": TABLE * 50})
    size = len(TABLE * 50).to_bytes(4, "little")
    assert data.count(size) == 2  # before the part, and in the list of contents
    with pytest.raises(IngestRefused) as refused:
        read_file(written(tmp_path, data.replace(size, (10).to_bytes(4, "little")), "a.zip"))
    assert refused.value.code == "damaged"
