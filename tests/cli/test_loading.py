"""ingest, batches, undo: receipts that add up, and nothing that happens unasked."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import AS_OF, PART_NAMES, Run, scrap_rows, sums, write_scrap

ROWS = scrap_rows()


def total(run: Run, store: Path) -> tuple[float, float]:
    """Scrapped and made over all points of the store."""
    points = run("review", "scrap", "--store", store, "--as-of", AS_OF, "--json").json["points"]
    return sum(p["numerator"] or 0 for p in points), sum(p["denominator"] or 0 for p in points)


def test_a_receipt_adds_up(run: Run, folder: Path, store: Path) -> None:
    ran = run("ingest", folder / "second.csv", "--store", store, "--by", "Bo", "--json")
    receipt = ran.json
    assert ran.code == 0
    assert receipt["outcome"] == "accept"
    assert receipt["records"] == sum(receipt[part] for part in PART_NAMES) == len(ROWS) - len(ROWS) // 2
    assert (receipt["new"], receipt["updated"], receipt["unchanged"]) == (receipt["rows"], 0, 0)
    assert (receipt["batch"], receipt["by"], receipt["source"]) == (2, "Bo", "second.csv")
    assert total(run, store) == sums(ROWS)


def test_the_same_file_again_changes_nothing(run: Run, folder: Path, store: Path) -> None:
    before = total(run, store)
    receipt = run("ingest", folder / "first.csv", "--store", store, "--json").json
    assert (receipt["batch"], receipt["new"], receipt["updated"]) == (None, 0, 0)
    assert receipt["unchanged"] == receipt["rows"]
    assert total(run, store) == before
    assert len(run("batches", "--store", store, "--json").json) == 1


def test_a_dry_run_shows_the_difference_and_changes_nothing(run: Run, folder: Path, store: Path) -> None:
    changed = folder / "changed.csv"
    day, line, scrapped, made = ROWS[0]
    write_scrap(changed, [(day, line, scrapped + 1, made), ROWS[1], ROWS[-1]])
    before = total(run, store)
    ran = run("ingest", changed, "--store", store, "--dry-run", "--json")
    answer = ran.json
    assert (ran.code, answer["dry_run"], answer["batch"]) == (0, True, None)
    assert (answer["new"], answer["updated"], answer["unchanged"]) == (1, 1, 1)
    change = next(c for c in answer["changes"] if c["old_numerator"] is not None)
    assert (change["old_numerator"], change["new_numerator"], change["line"]) == (scrapped, scrapped + 1, line)
    assert total(run, store) == before
    assert len(run("batches", "--store", store, "--json").json) == 1


def test_a_refused_file_stops_no_other(run: Run, folder: Path, store: Path) -> None:
    (folder / "bad.csv").write_bytes(b"%PDF-1.7 not a table")
    ran = run("ingest", folder / "bad.csv", folder / "none.csv", folder / "second.csv", "--store", store, "--json")
    assert ran.code == 1
    bad, missing, good = ran.json["receipts"]
    assert (bad["outcome"], missing["outcome"], good["outcome"]) == ("refuse", "refuse", "accept")
    assert "none.csv" in missing["error"]
    assert ran.json["total"]["files"] == 3
    assert ran.json["total"]["refused"] == 2
    assert ran.json["total"]["rows"] == good["rows"]
    assert "bad.csv: " in ran.err
    assert total(run, store) == sums(ROWS)


def test_several_files_give_a_line_each_and_a_total(run: Run, folder: Path, store: Path) -> None:
    ran = run("ingest", folder / "first.csv", folder / "second.csv", "--store", store)
    lines = ran.out.splitlines()
    assert ran.code == 0
    assert [line.split("  ")[0] for line in lines[2:5]] == ["first.csv", "second.csv", "total of 2 files"]
    assert str(len(ROWS)) in lines[4].split()
    assert lines[5] == f"{len(ROWS)} loaded = {len(ROWS)} records."
    assert any("undo 2" in line for line in lines[6:])


def test_rejected_records_are_named_and_can_be_had(run: Run, folder: Path, store: Path) -> None:
    broken = folder / "broken.csv"
    write_scrap(broken, ROWS[-4:])
    broken.write_text(broken.read_text(encoding="utf-8").replace(",500\n", ",five\n", 1), encoding="utf-8")
    ran = run("ingest", broken, "--store", store, "--rejects", folder / "rejected", "--json")
    receipt = ran.json
    assert receipt["outcome"] == "accept_with_rejects"
    assert (receipt["rows"], receipt["rows_rejected"], receipt["reject_lines"]) == (3, 1, [2])
    assert "line 2" in ran.err
    written = (folder / "rejected" / "broken.rejects.csv").read_text(encoding="utf-8-sig")
    assert "five" in written


def test_a_question_is_asked_and_answered(run: Run, folder: Path, store: Path) -> None:
    unclear = folder / "unclear.csv"
    rows = [("01/05/2024", "A", 20, 500), ("02/05/2024", "A", 21, 500), ("03/05/2024", "A", 19, 500)]
    write_scrap(unclear, rows)
    asked = run("ingest", unclear, "--store", store, "--json")
    assert asked.code == 1
    assert asked.json["outcome"] == "needs_user_choice"
    (question,) = asked.json["questions"]
    assert f"--answer {question['code']}=" in asked.err
    assert len(run("batches", "--store", store, "--json").json) == 1
    day_first = next(choice for choice in question["choices"] if choice.startswith("dmy"))
    done = run("ingest", unclear, "--store", store, "--answer", f"{question['code']}={day_first}", "--json")
    assert (done.code, done.json["rows"]) == (0, 3)
    assert done.json["spans"][0]["from"].startswith("2024-04-30T22:00"), "1 May in Berlin"


def test_a_file_of_which_nothing_can_be_loaded_makes_no_batch(run: Run, folder: Path, store: Path) -> None:
    """Not even one that would take the place of a load that worked."""
    before = run("batches", "--store", store, "--json").json
    write_scrap(folder / "bad.csv", [("2025-05-12", "A", -1, 500), ("2025-05-13", "A", 600, 500)])
    ran = run("ingest", folder / "bad.csv", "--store", store, "--rejects", folder / "rejected", "--json")
    assert (ran.code, ran.json["outcome"], ran.json["code"]) == (1, "refuse", "nothing_usable")
    kept = (folder / "rejected" / "bad.rejects.csv").read_text(encoding="utf-8-sig").splitlines()
    assert [line.split(",")[2] for line in kept] == ["line", "2", "3"]
    assert "None of 2 records can be loaded: 2 are rejected, the first in line 2: the count '-1' is negative" in ran.err
    assert run("batches", "--store", store, "--json").json == before


def test_an_answer_to_no_question_is_refused_with_those_that_are_asked(run: Run, folder: Path, store: Path) -> None:
    unclear = folder / "unclear.csv"
    unclear.write_text("Day,Line,Scrapped,Made\n01/05/2025,A,3,500\n02/05/2025,A,4,500\n", encoding="utf-8")
    ran = run("ingest", unclear, "--store", store, "--answer", "dat_order=dmy", "--json")
    assert (ran.code, ran.json["code"]) == (1, "unknown_answer")
    assert "'dat_order', which is no question about a file; wanted: an answer to 'date_order';" in ran.err
    ran = run("ingest", folder / "second.csv", "--store", store, "--answer", "foo=bar")
    assert (ran.code, "wanted: no answer: this file asks nothing" in ran.err) == (1, True)
    both = ("--answer", "date_order=dmy", "--answer", "decimal=,")
    done = run("ingest", unclear, "--store", store, *both, "--json")
    assert (done.code, done.json["rows"]) == (0, 2)
    assert "The answer to 'decimal' was not needed: the file does not ask it." in done.err


def test_a_folder_is_told_for_what_it_is(run: Run, folder: Path, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    ran = run("ingest", ".", "--store", store)
    assert ran.code == 1
    assert ".: '.' is a folder; wanted: a file; name the files in it." in ran.err


def test_an_unknown_template_is_told_with_the_nearest(run: Run, folder: Path, store: Path) -> None:
    ran = run("ingest", folder / "second.csv", "--store", store, "--template", "scrap reprot")
    assert ran.code == 1
    assert "Did you mean 'scrap report'?" in ran.err


def test_a_template_by_name_and_by_file(run: Run, folder: Path, store: Path) -> None:
    by_name = run("ingest", folder / "second.csv", "--store", store, "--template", "scrap report", "--json")
    by_file = run("ingest", folder / "second.csv", "--store", store, "--template", folder / "templates/scrap.toml")
    assert (by_name.code, by_file.code) == (0, 0)
    assert by_name.json["rows"] == len(ROWS) - len(ROWS) // 2


def test_covers_stretches_what_a_file_speaks_for(run: Run, folder: Path, store: Path) -> None:
    receipt = run(
        "ingest", folder / "second.csv", "--store", store, "--covers", "2025-04-05..2025-05-31", "--json"
    ).json
    assert receipt["spans"][0]["to"] == "2025-05-31T22:00:00", "midnight in Berlin after the last day"


def test_covers_speaks_of_one_file(run: Run, folder: Path, store: Path) -> None:
    files = (folder / "first.csv", folder / "second.csv")
    ran = run("ingest", *files, "--store", store, "--covers", "2025-04-05..2025-05-31")
    assert ran.code == 2
    assert len(run("batches", "--store", store, "--json").json) == 1


def test_batches_newest_first_and_undo(run: Run, folder: Path, store: Path) -> None:
    before = total(run, store)
    run("ingest", folder / "second.csv", "--store", store, "--by", "Bo")
    ledger = run("batches", "--store", store, "--json").json
    assert [(row["batch"], row["by"], row["source"]) for row in ledger] == [
        (2, "Bo", "second.csv"),
        (1, "Ann", "first.csv"),
    ]
    undone = run("undo", 2, "--store", store, "--by", "Cy", "--why", "wrong month", "--json").json
    assert (undone["batch"], undone["restored"], undone["kept"]) == (2, 0, 0)
    assert undone["removed"] == ledger[0]["rows"]
    assert total(run, store) == before
    assert "by Cy" in run("batches", "--store", store).out


def test_undo_of_a_batch_that_is_not_there(run: Run, store: Path) -> None:
    ran = run("undo", 99, "--store", store)
    assert ran.code == 1
    assert "99" in ran.err


@pytest.mark.parametrize(
    ("words", "stored"), [(("21/500",), (21.0, 500.0)), (("21", "/", "500"), (21.0, 500.0)), (("0/1",), (0.0, 1.0))]
)
def test_a_typed_count(run: Run, store: Path, words: tuple[str, ...], stored: tuple[float, float]) -> None:
    options = ("--slice", "line=A", "--at", "2025-05-09", "--note", "by hand", "--store", store)
    ran = run("enter", "scrap", *words, *options, "--json")
    assert (ran.code, ran.json["rows"], ran.json["new"]) == (0, 1, 1)
    points = run("review", "scrap", "--slice", "line=A", "--store", store, "--as-of", "2025-05-10", "--json").json
    last = next(p for p in points["points"] if p["period"].startswith("2025-05-09"))
    assert (last["numerator"], last["denominator"]) == stored


def test_typed_readings_are_samples_of_one_period(run: Run, store: Path) -> None:
    ran = run("enter", "weight", "71.2", "70.8", "71.6", "--at", "2025-05-09", "--store", store, "--json")
    assert (ran.code, ran.json["rows"]) == (0, 3)
    points = run("review", "weight", "--store", store, "--as-of", "2025-05-11", "--json").json["points"]
    point = next(p for p in points if p["period"].startswith("2025-05-09"))
    assert point["size"] == 3
    assert point["value"] == pytest.approx((71.2 + 70.8 + 71.6) / 3, abs=1e-12)


def test_what_is_typed_can_be_undone(run: Run, store: Path) -> None:
    run("enter", "weight", "71", "--at", "2025-05-09", "--store", store)
    assert run("undo", 2, "--store", store, "--json").json["removed"] == 1


def test_an_unusual_number_is_remarked_upon(run: Run, store: Path) -> None:
    ran = run("enter", "scrap", "400/500", "--slice", "line=A", "--at", "2025-05-09", "--store", store, "--json")
    assert ran.code == 0
    assert ran.json["unusual"]
    assert "Note: " in ran.err


def test_a_dry_run_of_a_typed_number(run: Run, store: Path) -> None:
    ran = run("enter", "weight", "71", "--at", "2025-05-09", "--store", store, "--dry-run", "--json")
    assert (ran.json["dry_run"], ran.json["new"]) == (True, 1)
    assert len(run("batches", "--store", store, "--json").json) == 1


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("scrap", "21", "--slice", "line=A"), 2, "38/412"),
        (("scrap", "21/500"), 1, "--slice line="),
        (("scrap", "600/500", "--slice", "line=A"), 1, "more than all"),
        (("scrap", "x/500", "--slice", "line=A"), 1, "not a number"),
        (("scarp", "21/500"), 1, "Did you mean 'scrap'?"),
        (("weight", "71", "--at", "2025-13-01"), 2, "--at"),
    ],
)
def test_a_typed_number_that_cannot_be(run: Run, store: Path, words: tuple[str, ...], code: int, says: str) -> None:
    ran = run("enter", *words, "--store", store)
    assert ran.code == code
    assert says in ran.err
    assert len(run("batches", "--store", store, "--json").json) == 1
