"""Other processes for the tests of locks, crashes and full disks."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.paths import ROOT

#: Begins every child: the path of the store is its first argument.
START = """
import sys
from pathlib import Path
from opsmetrics.store import Store, StoreError
from tests.store.builders import batch, catalog, count, day
path = Path(sys.argv[1])
"""


def start(program: str, *arguments: Path | str, before: tuple[str, ...] = ()) -> subprocess.Popen[str]:
    """Starts a child that runs `program` after START; `before` is put before the interpreter's own command."""
    command = [*before, sys.executable, "-c", START + program, *map(str, arguments)]
    return subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def run(program: str, *arguments: Path | str, before: tuple[str, ...] = ()) -> list[str]:
    """What a child printed, line by line; fails where it failed."""
    child = start(program, *arguments, before=before)
    out, err = child.communicate(timeout=240)
    assert child.returncode == 0, err
    return out.splitlines()
