"""Other processes for the tests of locks, crashes and full disks."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Self

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


def mounts() -> bool:
    """True where a private file system may be mounted."""
    if shutil.which("unshare") is None:
        return False
    tried = subprocess.run(["unshare", "-rm", "mount", "-t", "tmpfs", "tmpfs", "/mnt"], capture_output=True)
    return tried.returncode == 0


def on_a_small_disk(program: str, folder: Path, *arguments: str, size: str) -> list[str]:
    """What a child printed whose store lies on a tmpfs of this size, which only the child sees."""
    small = folder / "small"
    small.mkdir()
    mount = f'mount -t tmpfs -o size={size} tmpfs "{small}" && exec "$@"'
    return run(program, small / "s.duckdb", *arguments, before=("unshare", "-rm", "sh", "-c", mount, "sh"))


#: Does one function of the program in a new process, its output in a file, or waits for one that it began.
FORKS = """
import json, os, traceback
for line in sys.stdin:
    what, *words = json.loads(line)
    if what == "wait":
        print(os.waitpid(int(words[0]), 0)[1], flush=True)
        continue
    child = os.fork()
    if child == 0:
        code = 1
        try:
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            os.dup2(os.open(words[0], os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 1)
            code = globals()[what](*words[1:]) or 0
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            os._exit(code)
    print(child, flush=True)
"""


class Forks:
    """Processes that begin at once: a parent has imported everything and forks, before it ever opens a database."""

    def __init__(self, program: str) -> None:
        self._parent = start(program + FORKS, "")

    def go(self, function: str, out: Path, *arguments: Path | str) -> int:
        """Begin a function of the program; the number of its process. out: the file of its output."""
        return self._ask(function, out, *arguments)

    def wait(self, pid: int) -> int:
        """Wait until it has ended; the status of `os.waitpid`: 9 where it was killed, 0 where all went well."""
        return self._ask("wait", pid)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._parent.communicate(timeout=60)

    def _ask(self, *words: object) -> int:
        assert self._parent.stdin is not None and self._parent.stdout is not None
        self._parent.stdin.write(json.dumps([str(word) for word in words]) + "\n")
        self._parent.stdin.flush()
        return int(self._parent.stdout.readline())
