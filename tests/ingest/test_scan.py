"""Bytes: hash, line ends, limits, formats that are no text table. Oracle: hashlib and str.splitlines on the whole."""

from __future__ import annotations

import hashlib
import os
import pickle
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opsmetrics.ingest import IngestRefused, Limits, read_file
from opsmetrics.ingest import scan as scanning
from opsmetrics.ingest.scan import scan_file
from tests.cases import cases
from tests.ingest.builders import written


@given(data=st.lists(st.sampled_from([b"ab", b",", b"\n", b"\r\n", b"\r", b'"', b"\xc3\xa9", b"\xff", b"\0", b"\t"])))
@settings(deadline=None, max_examples=cases(50, 150))
def test_scan_agrees_with_a_look_at_the_whole(tmp_path_factory: pytest.TempPathFactory, data: list[bytes]) -> None:
    whole = b"a" + b"".join(data)
    path = written(tmp_path_factory.mktemp("scan"), whole)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scanning, "CHUNK", 3)  # so that pairs and letters are split between chunks
        found = scan_file(path, Limits())
    assert found.sha256 == hashlib.sha256(whole).hexdigest()
    assert found.size == len(whole)
    assert found.lines == len(
        whole.decode("latin-1").replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n").split("\n")
    )
    assert found.crlf == whole.count(b"\r\n")
    assert found.lf == whole.replace(b"\r\n", b"").count(b"\n")
    assert found.cr == whole.replace(b"\r\n", b"").count(b"\r")
    assert found.ascii == whole.isascii()
    try:
        whole.decode("utf-8")
        valid = True
    except UnicodeDecodeError:
        valid = False
    assert found.utf8 is valid


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"\x89PNG\r\n\x1a\n", "PNG"),
        (b"%PDF-1.7\n", "PDF"),
        (b"{\\rtf1\\ansi a,b", "RTF"),
        (b"\x1f\x8b\x08\x00", "gzip"),
        (b"  <!DOCTYPE html><html>", "HTML"),
        (b"\xef\xbb\xbf<?xml version='1.0'?>", "XML"),
        (b'{"a": [1, 2]}', "JSON"),
        (b'[\n {"a": 1}]', "JSON"),
        (b"BZh91AY&SY" + b"\x17" * 20, "bzip2"),
        (b"\x28\xb5\x2f\xfd" + b"\x04" * 20, "Zstandard"),
        (b"x" * 257 + b"ustar", "tar archive"),
        (b"SQLite format 3\0", "SQLite"),
        (bytes(8) + b"DUCK" + bytes(20), "DuckDB"),
        (pickle.dumps([1, 2]), "pickle"),
        (b"\x09\x04\x06\x00" + bytes(9), "Excel 4"),
        (b"Return-Path: <a@b.c>\nSubject: figures, of May\n", "e-mail"),
        (b"<meta charset=utf-8><table><tr><td>date</td></tr></table>", "HTML table"),
        ("<html xmlns:x='urn:schemas-microsoft-com:office:excel'><style>".encode("utf-16"), "HTML table"),
        (b'<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n<Workbook>', "XML spreadsheet"),
    ],
)
def test_other_formats_are_refused_by_name(tmp_path: Path, content: bytes, says: str) -> None:
    with pytest.raises(IngestRefused, match=says) as refused:
        read_file(written(tmp_path, content))
    assert refused.value.code == "not_a_table"


@given(
    pieces=st.lists(st.sampled_from([b"a", b"abc", b"\n", b"\r\n", b"\r"]), max_size=30),
    chunk=st.integers(1, 9),
    longest=st.integers(1, 8),
)
@settings(deadline=None, max_examples=cases(100, 500))
def test_a_line_is_too_long_wherever_the_chunks_part_it(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[bytes], chunk: int, longest: int
) -> None:
    whole = b"a" + b"".join(pieces)
    lengths = [len(line) for line in whole.replace(b"\r", b"\n").split(b"\n")]
    path = written(tmp_path_factory.mktemp("lines"), whole)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scanning, "CHUNK", chunk)
        if max(lengths) > longest:
            with pytest.raises(IngestRefused) as refused:
                scan_file(path, Limits(line=longest))
            assert refused.value.code == "line_too_long"
        else:
            assert scan_file(path, Limits(line=longest)).open_line == lengths[-1]


@pytest.mark.parametrize(
    ("content", "limits", "code"),
    [
        (b"", Limits(), "empty_file"),
        (b"date,value\n" * 100, Limits(bytes=1000), "too_large"),
        (b"date,value\n" + b"1" * 500 + b"\n2,3\n", Limits(line=400), "line_too_long"),
        (b"a," * 300 + b"a\n" + b"1," * 300 + b"1\n", Limits(columns=300), "too_many_columns"),
        (b"a,b\n" + b'"\n' * 300, Limits(records=300), "too_many_records"),
        (b"date,site,value\n", Limits(), "no_rows"),
        (b"nothing here\nis parted\n", Limits(), "no_table"),
    ],
)
def test_limits_and_empty_files(tmp_path: Path, content: bytes, limits: Limits, code: str) -> None:
    with pytest.raises(IngestRefused) as refused:
        read_file(written(tmp_path, content), limits=limits)
    assert refused.value.code == code
    assert str(refused.value).endswith(".")
    assert refused.value.found and refused.value.wanted and refused.value.mend


def test_a_header_without_rows_is_told_from_a_text_whose_last_line_has_a_comma(tmp_path: Path) -> None:
    with pytest.raises(IngestRefused) as header:
        read_file(written(tmp_path, b"date,site,value\n"))
    assert header.value.found == "a header ('date', 'site', 'value') without rows below it"
    with pytest.raises(IngestRefused) as text:
        read_file(written(tmp_path, b"Dear all,\nthe numbers of this week follow.\nRegards, Anna\n"))
    assert text.value.found.startswith("no table: the only line that could be a header is line 3 ('Regards', 'Anna')")


def test_a_line_that_never_ends_is_refused_before_it_is_read_whole(tmp_path: Path) -> None:
    path = written(tmp_path, b"a," * 2_000_000)
    with pytest.raises(IngestRefused) as refused:
        read_file(path)
    assert refused.value.code == "line_too_long"


def test_a_missing_file_and_a_folder_are_refused_in_a_sentence(tmp_path: Path) -> None:
    for path, code in ((tmp_path / "nowhere.csv", "file_unreadable"), (tmp_path, "is_a_folder")):
        with pytest.raises(IngestRefused) as refused:
            read_file(path)
        assert refused.value.code == code
    assert str(refused.value) == f"'{tmp_path.name}' is a folder; wanted: a file; name the files in it."


def test_a_pipe_is_refused_without_waiting_for_it(tmp_path: Path) -> None:
    pipe = tmp_path / "a.csv"
    os.mkfifo(pipe)
    for path in (pipe, Path("/dev/zero")):
        with pytest.raises(IngestRefused, match="a device or a pipe") as refused:
            read_file(path)
        assert refused.value.code == "not_a_file"


@pytest.mark.parametrize("start", ["BZh,value", "GIF8,value", "From,To", "OBJ,value", "[kg],value", "RIFF,value"])
def test_a_header_is_no_mark_of_another_format(tmp_path: Path, start: str) -> None:
    assert read_file(written(tmp_path, f"{start}\n1,2\n3,4\n".encode())).headers[0] == start.split(",")[0]


def test_names_are_shown_without_what_hides_or_turns_them(tmp_path: Path) -> None:
    path = written(tmp_path, b"date,value\n2025-01-27,1\n")
    for given_name, shown in (
        ("../../etc/a\x1b[31m.csv", "a[31m.csv"),
        ("C:\\plant\\report\u202evsc.exe", "reportvsc.exe"),
        ("<b>*x*</b>.csv", "b>.csv"),
        ("x" * 5000, "x" * 200),
        ("\n", "file"),
    ):
        assert read_file(path, name=given_name).name == shown
