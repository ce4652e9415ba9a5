"""One corrected cell through everything that shows it: receipt, history, verdict, ledger, undo. Oracle: the rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.cli.conftest import AS_OF, Run, scrap_rows, write_scrap

CELL = ("scrap", "--slice", "line=A", "--at", "2025-03-05")


def day(run: Run, store: Path, *more: str) -> tuple[float, float]:
    """Scrapped and made on 5 March."""
    points = run("review", "scrap", "--as-of", AS_OF, "--store", store, "--json", *more).json["points"]
    (found,) = [point for point in points if point["period"].startswith("2025-03-05")]
    return found["numerator"], found["denominator"]


def history(run: Run, store: Path) -> list[tuple[float, int, str, str]]:
    """Scrapped, batch, source and note of each value that the cell has had."""
    rows: list[dict[str, Any]] = run("history", *CELL, "--store", store, "--json").json
    return [(row["numerator"], row["batch"], row["source"], row["note"] or "") for row in rows]


def test_a_correction_shows_everywhere_and_undo_takes_it_back_exactly(run: Run, folder: Path, store: Path) -> None:
    rows = {(day_, line): (bad, made) for day_, line, bad, made in scrap_rows()}
    was, made = rows["2025-03-05", "A"]
    other = rows["2025-03-05", "B"]
    where = ("--store", store, "--json")
    assert day(run, store) == (was + other[0], 2 * made)
    before = run("review", "scrap", "--as-of", AS_OF, *where).json

    dry = run("correct", *CELL, f"{was + 40}/{made}", "--why", "counted again", "--dry-run", *where).json
    assert (dry["batch"], dry["updated"], dry["new"]) == (None, 1, 0)
    (change,) = dry["changes"]
    assert (change["old_numerator"], change["new_numerator"], change["line"]) == (was, was + 40, "A")
    assert day(run, store) == (was + other[0], 2 * made)

    receipt = run("correct", *CELL, f"{was + 40}/{made}", "--why", "counted again", "--by", "Bo", *where).json
    assert (receipt["updated"], receipt["new"], receipt["unchanged"], receipt["by"]) == (1, 0, 0, "Bo")
    assert day(run, store) == (was + 40 + other[0], 2 * made)
    assert day(run, store, "--slice", "line=A") == (was + 40, made)
    assert history(run, store) == [(was, 1, "first.csv", ""), (was + 40, 2, "correction", "counted again")]
    after = run("review", "scrap", "--as-of", AS_OF, *where).json
    changed = [a["period"] for a, b in zip(before["points"], after["points"], strict=True) if a["value"] != b["value"]]
    assert [period[:10] for period in changed] == ["2025-03-05"], "no other day moves"

    # The file again states what it stated: it is the later word, and said to be an update.
    again = run("ingest", folder / "first.csv", *where).json
    assert (again["updated"], again["new"]) == (1, 0)
    assert day(run, store) == (was + other[0], 2 * made)
    undone = run("undo", again["batch"], "--why", "old export", *where).json
    assert (undone["restored"], undone["removed"], undone["kept"]) == (1, 0, 0)
    assert day(run, store) == (was + 40 + other[0], 2 * made)

    # The same value once more changes nothing.
    same = run("correct", *CELL, f"{was + 40}/{made}", "--why", "sure", *where).json
    assert (same["updated"], same["unchanged"]) == (0, 1)
    for batch in sorted({receipt["batch"], *([same["batch"]] if same["batch"] else [])}, reverse=True):
        assert run("undo", batch, "--why", "it was right at first", *where).code == 0
    assert run("review", "scrap", "--as-of", AS_OF, *where).json["points"] == before["points"]
    assert history(run, store) == [(was, 1, "first.csv", "")]
    assert run("check", *where).json["findings"] == []


def test_undo_of_the_file_under_a_correction_keeps_the_correction(run: Run, folder: Path, store: Path) -> None:
    """What a later batch wrote stays, and is counted as kept."""
    where = ("--store", store, "--json")
    run("correct", *CELL, "77/500", "--why", "counted again", *where)
    undone = run("undo", 1, "--why", "wrong file", *where).json
    rows = scrap_rows()
    assert (undone["removed"], undone["kept"]) == (len(rows) // 2 - 1, 1)
    assert day(run, store) == (77, 500)
    write_scrap(folder / "third.csv", [("2025-03-05", "A", 78, 500)])
    receipt = run("ingest", folder / "third.csv", *where).json
    assert (receipt["new"], receipt["updated"]) == (0, 1)
    assert [value for value, *_ in history(run, store)][-2:] == [77, 78]
