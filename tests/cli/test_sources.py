"""rejects, blank, template, and answers that are kept: through the terminal."""

from __future__ import annotations

from pathlib import Path

from opsmetrics.ingest import Template
from tests.cli.conftest import Run


def test_rejects_are_fetched_mended_and_settled(run: Run, folder: Path, store: Path) -> None:
    (folder / "week.csv").write_text("Day,Line,Scrapped,Made\n2025-05-20,A,3,500\n2025-05-21,A,many,500\n")
    assert run("ingest", folder / "week.csv", "--store", store).code == 0
    told = run("rejects", "2", "--store", store)
    assert "1 rejected record of batch 2 is left, 0 settled." in told.err
    fixed = folder / "fixed.csv"
    fixed.write_text(told.out.replace(",2025-05-21,A,many,", ",2025-05-21,A,9,"), encoding="utf-8")
    done = run("ingest", fixed, "--store", store)
    assert (done.code, "1 of the rejects of batch 2 settled, none is left" in done.out) == (0, True)
    assert "no rejected records" in run("rejects", "1", "--store", store).err
    out = folder / "left.xlsx"
    assert run("rejects", "2", "--out", out, "--store", store).code == 0 and out.read_bytes()[:2] == b"PK"
    assert "wanted .csv or .xlsx" in run("rejects", "2", "--out", folder / "x.pdf", "--store", store).err
    preview = run("undo", "2", "--dry-run", "--store", store)
    assert "Batch 2 would be undone: 1 value removed" in preview.out and "Nothing was changed." in preview.out
    assert run("batches", "--store", store, "--json").json[1]["undone_at"] is None


def test_what_stays_in_an_undo_is_told_with_the_batch_that_keeps_it(run: Run, folder: Path, store: Path) -> None:
    for name, scrapped in (("a", 3), ("b", 4)):
        (folder / f"{name}.csv").write_text(f"Day,Line,Scrapped,Made\n2025-05-20,A,{scrapped},500\n")
        run("ingest", folder / f"{name}.csv", "--store", store, "--by", "Cy")
    for more in (("--dry-run",), ()):
        ran = run("undo", "2", "--store", store, *more)
        assert "1 value of batch 2 was overwritten later; the later one stays: batch 3 (b.csv, " in ran.err
        assert "UTC, Cy)." in ran.err


def test_templates_are_changed_by_name(run: Run, folder: Path, store: Path) -> None:
    out = folder / "scrap.toml"
    assert run("template", "show", "Scrap report", "--out", out, "--store", store).code == 0
    assert Template.load(out).name == "scrap report"
    assert "choose another one" in run("template", "import", out, "--store", store).err
    assert run("template", "rename", "scrap report", "erp", "--store", store).code == 0
    assert run("template", "import", out, "--store", store).code == 0
    first, second = run("template", "list", "--store", store, "--json").json
    assert (first["template"], second["template"]) == ("erp", "scrap report")
    assert first["version"] != second["version"]
    assert run("template", "delete", "ERP", "--store", store).code == 0
    assert "no import template 'erp'" in run("template", "show", "erp", "--store", store).err
    assert (
        "no role and no dimension 'lin'" in run("template", "role", "scrap report", "Line", "lin", "--store", store).err
    )
    assert run("template", "role", "scrap report", "Day", "ts", "--store", store).code == 0
    assert 'Day" = "ts"' in run("template", "show", "scrap report", "--store", store).out
    assert run("blank", "scrap report", "--store", store).out == "Day,Line,Scrapped,Made\n"


def test_an_answer_is_kept_for_the_next_file_of_the_source(run: Run, folder: Path, store: Path) -> None:
    text = "date,line,scrap numerator,scrap denominator\n{}/05/2024,A,3,500\n{}/05/2024,A,4,500\n"
    first, second = folder / "erp_2024-01.csv", folder / "erp_2024-02.csv"
    first.write_text(text.format("01", "02"))
    second.write_text(text.format("03", "04"))
    assert run("ingest", first, "--store", store, "--json").json["outcome"] == "needs_user_choice"
    answered = run("ingest", first, "--store", store, "--answer", "date_order=dmy")
    assert "kept in the template “erp”" in answered.err
    done = run("ingest", second, "--store", store, "--json").json
    assert (done["outcome"], done["spans"][0]["from"]) == ("accept", "2024-05-02T22:00:00")
    assert run("template", "list", "--store", store, "--json").json[0]["template"] == "erp"
