"""The files that a person has chosen: recognised once, kept while the reader is elsewhere, dropped when taken away."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from opsmetrics.desk import Desk
from opsmetrics.desk.waiting import Waiting
from opsmetrics.ui import upload_blocks, upload_files
from opsmetrics.ui.upload_files import Confirmed, Incoming

_SESSION = "upload_session"


class Dropped(io.BytesIO):
    """A file of the inbox, as the uploader would hand it over. Raises OSError where it cannot be read."""

    def __init__(self, file: Waiting) -> None:
        super().__init__(file.path.read_bytes())
        self.file_id, self.name, self.size = str(file.path), file.name, self.getbuffer().nbytes


@dataclass
class Session:
    """What this page keeps between reruns: files are recognised once and dropped with the upload they came from.

    Streamlit empties an uploader that is not drawn. Files that a reader left behind on the way to another page are
    `kept`, and the bytes of those that still have to be read lie in `unread`. Files that waited in the inbox come the
    same way; `dropped` tells which they are.
    """

    files: dict[str, Incoming] = field(default_factory=dict)
    kept: set[str] = field(default_factory=set)
    unread: dict[str, UploadedFile | Dropped] = field(default_factory=dict)
    dropped: dict[str, Waiting] = field(default_factory=dict)
    confirmed: Confirmed = field(default_factory=Confirmed)
    round: int = 0  # a new round gives an empty uploader

    def clear(self) -> None:
        """Drop the files: an uploader of a new name starts empty, and the old one's bytes are let go."""
        self.files, self.kept, self.unread, self.dropped = {}, set(), {}, {}
        self.round += 1

    def take(self, file: Waiting) -> None:
        """Read a file of the inbox in the run that follows. Raises OSError where it cannot be read."""
        found = Dropped(file)
        self.unread[found.file_id] = found
        self.dropped[found.file_id] = file
        self.kept.add(found.file_id)

    @property
    def uploader(self) -> str:
        """The name of the uploader of this round."""
        return f"upload_{self.round}"


def current() -> Session:
    """The session's own."""
    found: Session = st.session_state.setdefault(_SESSION, Session())
    return found


def receive(desk: Desk, session: Session) -> bool:
    """Draw the uploader and take what was chosen in it; True where something new was."""
    if session.uploader not in st.session_state:
        session.kept = set(session.files)
    return _receive(desk, session, _uploader(desk, session))


def _uploader(desk: Desk, session: Session) -> list[UploadedFile]:
    return st.file_uploader(
        "CSV, Excel or Parquet files, one or several",
        type=["csv", "txt", "tsv", "xlsx", "xlsm", "xlsb", "xls", "ods", "parquet"],
        accept_multiple_files=True,
        max_upload_size=max(1, desk.settings.upload_bytes // (1024 * 1024)),
        key=session.uploader,
    )


def _receive(desk: Desk, session: Session, uploaded: Sequence[UploadedFile]) -> bool:
    """Recognise what is new, forget what was taken away, and compare again where the store changed."""
    names = {file.name for file in uploaded}
    given = {key: file for key, file in session.unread.items() if key in session.kept and file.name not in names}
    given = {**given, **{file.file_id: file for file in uploaded}}
    session.files = {
        key: file
        for key, file in session.files.items()
        if key in given or (key in session.kept and file.name not in names)  # chosen again, it takes its own place
    }
    new = [file for key, file in given.items() if key not in session.files]
    if new:
        named = upload_blocks.plain(new[0].name) if len(new) == 1 else f"{len(new)} files"
        with st.spinner(f"Reading {named}"):
            _read(desk, session, new)
    session.files = {key: upload_files.compare(desk, file) for key, file in session.files.items()}
    waiting = {key for key, file in session.files.items() if file.sheet is None and file.state == "asks"}
    session.unread = {key: file for key, file in given.items() if key in waiting}
    return bool(new)


def _read(desk: Desk, session: Session, new: Sequence[UploadedFile | Dropped]) -> None:
    bar = st.progress(0.0) if len(new) > 3 else None
    for number, file in enumerate(new, start=1):
        waited = session.dropped.get(file.file_id)
        source = waited.source if waited else ""
        found = upload_files.receive(desk, file.file_id, file.name, file, file.size, session.confirmed, source)
        session.files[file.file_id] = found
        if bar:
            bar.progress(number / len(new), f"Read {number} of {len(new)} files")
    if bar:
        bar.empty()
