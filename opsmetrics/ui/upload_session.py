"""The files that a person has brought: read once in a thread, kept while the reader is elsewhere, dropped by Cancel."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import streamlit as st
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile

from opsmetrics.desk import Desk
from opsmetrics.desk.waiting import Waiting
from opsmetrics.ui import upload_files
from opsmetrics.ui.upload_files import Confirmed, Incoming
from opsmetrics.ui.upload_job import Job
from opsmetrics.working import tell

_SESSION = "upload_session"


class Held:
    """The bytes of a file that is still to be read, in a private file with a generated name that goes with this object.

    Raises OSError where the bytes cannot be read or kept.
    """

    def __init__(self, key: str, name: str, data: BinaryIO) -> None:
        self.key, self.name = key, name
        folder = Path(tempfile.mkdtemp(prefix="upload-"))
        self._forget = weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        self.path = folder / "file"
        with self.path.open("xb") as out:
            shutil.copyfileobj(data, out, 1024 * 1024)
        self.size = self.path.stat().st_size

    def forget(self) -> None:
        """Delete the file now."""
        self._forget()


@dataclass
class Session:
    """What this page keeps between reruns.

    Streamlit holds an upload in memory until its uploader lets go of it, so the bytes are moved to a file at once and
    an uploader of a new name (`round`) is drawn empty. `held` are files whose bytes are still needed, `kept` those that
    were there before the reader went elsewhere, `dropped` those that waited in the inbox.
    """

    files: dict[str, Incoming] = field(default_factory=dict)
    kept: set[str] = field(default_factory=set)
    held: dict[str, Held] = field(default_factory=dict)
    dropped: dict[str, Waiting] = field(default_factory=dict)
    confirmed: Confirmed = field(default_factory=Confirmed)
    round: int = 0
    drawn: int = -1  # the last round whose uploader was drawn
    pasted: int = 0
    job: Job | None = None

    def clear(self) -> None:
        """Drop the files, and stop what is being done with them."""
        if self.job is not None:
            self.job.work.cancel()
        for held in self.held.values():
            held.forget()
        self.files, self.kept, self.held, self.dropped, self.job = {}, set(), {}, {}, None
        self.round += 1

    def drop(self, key: str) -> None:
        """Drop one file."""
        self.files.pop(key, None)
        self.dropped.pop(key, None)
        if held := self.held.pop(key, None):
            held.forget()

    def hold(self, held: Held) -> None:
        """Take a file in, in place of one of the same name."""
        named = {key: file.name for key, file in self.files.items()}
        named |= {key: other.name for key, other in self.held.items()}
        for key in [key for key, name in named.items() if name == held.name and key not in self.dropped]:
            self.drop(key)
        self.held[held.key] = held

    def take(self, file: Waiting) -> None:
        """Read a file of the inbox in the run that follows. Raises OSError where it cannot be read."""
        with file.path.open("rb") as data:
            held = Held(str(file.path), file.name, data)
        self.held[held.key] = held
        self.dropped[held.key] = file

    def paste(self, text: str, name: str) -> None:
        """Read cells or CSV text that was pasted, in the run that follows."""
        self.pasted += 1
        with tempfile.TemporaryFile() as data:
            data.write(text.encode("utf-8"))
            data.seek(0)
            self.hold(Held(f"pasted-{self.pasted}", name, data))

    @property
    def uploader(self) -> str:
        """The name of the uploader of this round."""
        return f"upload_{self.round}"


def current() -> Session:
    """The session's own."""
    found: Session = st.session_state.setdefault(_SESSION, Session())
    return found


def receive(desk: Desk, session: Session) -> bool:
    """Draw the uploader, take what was chosen in it and begin to read it; True where something new was."""
    if session.drawn == session.round and session.uploader not in st.session_state:
        session.kept = set(session.files)
    session.drawn = session.round
    uploaded = _uploader(desk, session)
    for file in uploaded:
        session.hold(Held(file.file_id, file.name, file))
        _release(file)
    if uploaded:
        session.round += 1
    return begin(desk, session)


def _uploader(desk: Desk, session: Session) -> list[UploadedFile]:
    return st.file_uploader(
        "CSV, Excel or Parquet files, one or several",
        type=["csv", "txt", "tsv", "xlsx", "xlsm", "xlsb", "xls", "ods", "parquet", "zip"],
        accept_multiple_files=True,
        max_upload_size=max(1, desk.settings.upload_bytes // (1024 * 1024)),
        key=session.uploader,
    )


def _release(file: UploadedFile) -> None:
    """Let Streamlit forget the bytes, which it would hold as long as the tab is open."""
    context = get_script_run_ctx()
    manager = context.uploaded_file_mgr if context else None
    if context is not None and isinstance(manager, MemoryUploadedFileManager):
        manager.remove_file(session_id=context.session_id, file_id=file.file_id)


def begin(desk: Desk, session: Session) -> bool:
    """Begin to read what is held and not known yet, else to compare again where the store changed; True where files
    are read."""
    new = [held for key, held in session.held.items() if key not in session.files]
    apart = Desk(desk.store, desk.settings)  # of no single run of the page
    if new:
        named = new[0].name if len(new) == 1 else f"{len(new)} files"
        _start(session, f"Reading {named}", lambda: _read(apart, session, new))
    elif stale := [file for file in session.files.values() if upload_files.stale(apart, file)]:
        _start(session, "Comparing", lambda: [upload_files.compare(apart, file) for file in stale])
    return bool(new)


def understand(
    desk: Desk, session: Session, files: Sequence[Incoming], said: Callable[[Desk, Incoming], Incoming]
) -> None:
    """Begin to read files again, as was said about them."""
    apart = Desk(desk.store, desk.settings)
    named = files[0].name if len(files) == 1 else f"{len(files)} files"
    _start(session, f"Reading {named}", lambda: [said(apart, file) for file in files])


def _start(session: Session, name: str, run: Callable[[], Iterable[Incoming]]) -> None:
    def settle(found: Iterable[Incoming]) -> None:
        for file in found:
            session.files[file.key] = file
            if not (file.sheet is None and file.state == "asks") and (held := session.held.pop(file.key, None)):
                held.forget()

    session.job = Job(name, run, settle)


def _read(desk: Desk, session: Session, new: Sequence[Held]) -> list[Incoming]:
    found = []
    for number, held in enumerate(new):
        tell(f"File {number + 1} of {len(new)}", number, len(new))
        waited = session.dropped.get(held.key)
        source = waited.source if waited else ""
        found.append(upload_files.receive(desk, held.key, held.name, held.path, held.size, session.confirmed, source))
    return found


def settle(session: Session, job: Job) -> None:
    """Take over what became of a work that is over. What was cancelled before it was known is dropped."""
    session.job = None
    session.round += 1  # no uploader was drawn meanwhile, which is no sign that the reader was elsewhere
    done = False
    try:
        done = job.settle()
    finally:
        if not done:
            for key in [key for key in session.held if key not in session.files]:
                session.drop(key)
