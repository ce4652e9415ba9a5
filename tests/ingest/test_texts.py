"""A small table as texts, whatever its dialect."""

from __future__ import annotations

from pathlib import Path

import pytest

from opsmetrics.ingest import IngestRefused, texts_of


def written(folder: Path, content: bytes) -> Path:
    path = folder / "sheet.csv"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    "content",
    [
        'key;owner;target\nlate;M. Økafor;16\nwait;"A; B";\n'.encode(),
        "key,owner,target\r\nlate,M. Økafor,16\r\nwait,A; B,\r\n".encode("utf-8-sig"),
        "key\towner\ttarget\nlate\tM. Økafor\t16\nwait\tA; B\n\n".encode("utf-16"),
    ],
)
def test_the_same_table_in_three_dialects(tmp_path: Path, content: bytes) -> None:
    found = texts_of(written(tmp_path, content))
    assert found.to_dict("list") == {"key": ["late", "wait"], "owner": ["M. Økafor", "A; B"], "target": ["16", ""]}


def test_a_file_of_measurements_is_too_long(tmp_path: Path) -> None:
    lines = "\n".join(f"late,{number}" for number in range(6_000))
    with pytest.raises(IngestRefused, match="6,000 rows"):
        texts_of(written(tmp_path, f"key,target\n{lines}\n".encode()))
