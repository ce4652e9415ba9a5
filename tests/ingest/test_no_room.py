"""A disk that fills up while a file is read. The limit is real: that of the system on the size of a file."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from opsmetrics.ingest.scratch import LONG
from tests.paths import ROOT

CHILD = """
import resource, signal, sys
from pathlib import Path
from opsmetrics.catalog import Kpi
from opsmetrics.ingest import IngestRefused, Measured, Template, examine, read_file
from tests.ingest.builders import TODAY, catalog
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, resource.RLIM_INFINITY))
template = Template("waits", {"when": "ts"}, (Measured("wait", value="minutes"),), repeats="samples")
definitions = catalog(Kpi("wait", "Wait", "measured", "lower"))
for path in map(Path, sys.argv[1:]):
    try:
        examine(read_file(path, template=template), template, definitions, today=TODAY)
        print("loaded")
    except IngestRefused as refused:
        print(refused.code, refused)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no such limit")
def test_a_full_disk_is_a_sentence_and_leaves_nothing(tmp_path: Path) -> None:
    chance = random.Random(5)
    days = [f"{1 + i % 28:02d}/{1 + i % 10:02d}/2026" for i in range(LONG + 1)]
    plain = "when,minutes\n" + "".join(f"{day} {i % 24:02d}:00,{chance.random()}\n" for i, day in enumerate(days))
    contents = {
        "records": plain,
        "rewritten": plain.replace("\n", '"\n', 2)
        .replace(",", ',"', 2)
        .replace('minutes"', "minutes")
        .replace(',"m', ",m"),
    }
    paths = [tmp_path / f"{name}.csv" for name in contents]
    for path, content in zip(paths, contents.values(), strict=True):
        path.write_text(content)
    with zipfile.ZipFile(tmp_path / "packed.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", plain)
    places = tmp_path / "tmp"
    places.mkdir()
    command = [sys.executable, "-c", CHILD, *map(str, (*paths, tmp_path / "packed.zip"))]
    told = subprocess.run(
        command, cwd=ROOT, env={**os.environ, "TMPDIR": str(places)}, capture_output=True, text=True, timeout=120
    )
    lines = told.stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["no_room"] * 3, told.stderr
    for line in lines:
        assert "File too large" in line
        assert line.endswith("make room there, or split the file.")
    assert not list(places.iterdir())
