"""What is said of plain first lines without the engine is what a look at each of their cells says."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opsmetrics import ingest
from opsmetrics.ingest import IngestRefused, NeedsAnswer, reading_in, scratch
from opsmetrics.ingest.glance import FirstLines, plain_reading
from opsmetrics.ingest.layout import Layout
from opsmetrics.ingest.profile import Reading, profile
from opsmetrics.ingest.scratch import Scratch
from tests.cases import cases
from tests.ingest.builders import CATALOG, LONG, TODAY, written

_TRIAL = 6
_DAYS = [(dt.date(2025, 1, 8) + dt.timedelta(days=n)).isoformat() for n in range(8)]
_ODD_DATES = ("2025-02-30", "2025-01-05T07:03", "2025-01-05 24:00", "2025-1-5", "05.01.2025", "20250105", "", "Total")
_ODD_NUMBERS = ("1.234", "0.234", "1234.567", ".5", "5.", "1e3", "+3", "12 %", "n/a", "", "-0", "007", "x")


def _looked(path: Path) -> list[tuple[Reading | None, Reading | None]]:
    """The readings of the first lines of a file, at a glance and by a look at each cell (None: asked or refused)."""
    seen: list[tuple[Reading | None, Reading | None]] = []

    def both(scratch: Scratch, layout: Layout, answers: Mapping[str, str], first: FirstLines) -> Reading | None:
        glance, look = plain_reading(scratch, layout, answers, first), None
        with contextlib.suppress(NeedsAnswer, IngestRefused), scratch.first_lines(_TRIAL):
            look = profile(scratch, layout, answers, TODAY)
        seen.append((glance, look))
        return glance

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading_in, "plain_reading", both)
        patch.setattr(reading_in, "TRIAL", _TRIAL)
        for module in (reading_in, scratch):
            patch.setattr(module, "LONG", 4)
        with contextlib.suppress(NeedsAnswer, IngestRefused):
            ingest.examine(ingest.read_file(path, template=LONG), LONG, CATALOG, today=TODAY)
    return seen


def _file(folder: Path, records: list[tuple[str, str]]) -> Path:
    lines = (f"{day},A,L{at},scrap,{number}\n" for at, (day, number) in enumerate(records))
    return written(folder, "date,site,line,metric,value\n" + "".join(lines))


@given(
    st.sampled_from(("", " 07:03", "T07:03", " 07:03:09")),
    st.lists(st.tuples(st.sampled_from(_DAYS), st.sampled_from(("12", "0.5", "-7", "1000", "2.1256"))), min_size=4),
    st.lists(
        st.tuples(st.integers(0, 9), st.sampled_from((None, *_ODD_DATES)), st.sampled_from(_ODD_NUMBERS)), max_size=2
    ),
)
@settings(max_examples=cases(8, 400), deadline=None)
def test_a_glance_says_what_a_look_says(
    tmp_path_factory: pytest.TempPathFactory,
    time: str,
    records: list[tuple[str, str]],
    odd: list[tuple[int, str | None, str]],
) -> None:
    cells = [(day + time, number) for day, number in records]
    for at, day, number in odd:
        if at < len(cells):
            cells[at] = (day if day is not None else cells[at][0], number)
    for glance, look in _looked(_file(tmp_path_factory.mktemp("file"), cells)):
        assert glance in (None, look)


@pytest.mark.parametrize(
    ("first", "plain"),
    [
        (("2025-01-14", "12"), True),
        (("2025-01-14", "12.5"), True),
        (("2025-01-14", "-0.1234"), True),
        (("2025-01-14", "1.234"), False),  # a bit more than one, or twelve hundred
        (("2025-01-14", "+3"), False),
        (("2025-01-14", ""), False),
        (("2025-1-14", "12"), False),
        (("2025-01-14 24:00", "12"), False),
        (("14.01.2025", "12"), False),
        (("2025-01-14 ", "12"), False),
    ],
)
def test_what_is_plain(tmp_path: Path, first: tuple[str, str], plain: bool) -> None:
    rest = [("2025-01-15", "7"), ("2025-01-16", "8"), ("2025-01-17", "9")]
    ((glance, look),) = _looked(_file(tmp_path, [first, *rest]))
    assert (glance is not None) is plain
    assert glance in (None, look)
