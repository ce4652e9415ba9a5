"""Every example by the two commands of its README, and the files that no definition can save."""

from __future__ import annotations

import datetime as dt
import re
import shlex
from pathlib import Path

import pytest

from opsmetrics.ingest import Template, choose_template, read_file
from tests.cases import cases
from tests.cli.conftest import PART_NAMES, Run
from tests.paths import ROOT, needs_shared
from tests.real_stores import DATA, FILES
from tests.truths import truth

EXAMPLES = ROOT / "examples"
MESSY = DATA / "5_messy"


README = (EXAMPLES / "README.md").read_text(encoding="utf-8")
#: What a file's records became, as the ledger calls it.
LEDGER = ("rows", "rejected", "missing", "duplicates", "skipped")

#: The header of a file with weeks across changes from year to year; two templates share the header of upptime.
UNTOLD = {"weekly_deaths", "upptime_checks"}

#: Files of each kind that are loaded a second time (in a long run all are); of the others the template is looked for.
AGAIN = cases({"incidents", "orange_juice", "garments", "weekly_deaths"}, set(FILES))

#: Files of events: their stream and how many there are.
EVENTS = {"bird_strikes": ("strikes", 10_000), "incidents": ("incidents", 890), "upptime": ("outages", 98)}

#: The example that the README's first two commands load, in place of any.
FIRST = "airline_delays"


def commands(example: str) -> list[list[str]]:
    """What the README has people type for an example, in its order: the two commands that load it, then the others."""
    blocks = re.findall(r"^```\n(.*?)^```$", README, flags=re.MULTILINE | re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    load = [line.replace(FIRST, example) for line in lines[:2]]
    mine = [line for line in lines[2:] if f"{example}.duckdb" in line]
    return [shlex.split(line.removeprefix("python -m opsmetrics ")) for line in (*load, *mine)]


def as_of() -> dict[str, str]:
    """The column "as of" of the README's table."""
    rows = [line.strip("|").split("|") for line in README.splitlines() if line.startswith("| `")]
    return {row[0].strip().strip("`"): row[5].strip() for row in rows}


@needs_shared
@pytest.mark.parametrize("example", sorted(set(FILES) - {"nhs_ae"}))
def test_the_commands_of_the_readme_work_as_they_stand(example: str, tmp_path: Path, run: Run) -> None:
    """Those that load it, then what its numbers meant when they were new, then what there is to try."""
    given = {"FILE": str(DATA / FILES[example]), f"{example}.duckdb": str(tmp_path / "k.duckdb")}
    typed = [
        [str(ROOT / word) if word.startswith("examples/") else given.get(word, word) for word in line]
        for line in commands(example)
    ]
    _work(run, *typed[:2])
    _says_what_its_numbers_meant(example, tmp_path, run)
    _work(run, *typed[2:])
    if example in EVENTS:
        _lists_its_events_and_is_taken_back(example, tmp_path, run)


def _work(run: Run, *typed: list[str]) -> None:
    for words in typed:
        ran = run(*words)
        assert ran.code == 0, ran.err
        assert ran.out.strip(), words


def _says_what_its_numbers_meant(example: str, folder: Path, run: Run) -> None:
    store = ("--store", folder / "k.duckdb")
    (first,) = run("batches", *store, "--json").json
    assert first["rows"] > 0 and sum(first[name] for name in LEDGER) == first["records"]
    template = _template(example, folder)
    if example in AGAIN:
        again = run("ingest", DATA / FILES[example], *store, *template, "--json").json
        assert again["batch"] is None, "the same file again changes nothing"
        assert (again["rows"], sum(again[name] for name in PART_NAMES)) == (first["rows"], first["records"])
    elif not template:
        own = Template.load(EXAMPLES / example / "template.toml")
        assert choose_template(read_file(DATA / FILES[example]), [own]) is own
    day = as_of()[example]
    found = run("review", *store, *([] if day == "–" else ["--as-of", day]), "--json").json
    assert all(kpi["sentence"]["text"] for kpi in found)
    silent = {kpi["kpi"] for kpi in found if kpi["variation"] == "none"}
    assert silent == ({"each_reading"} if example == "request_latency" else set()), "it has a template of its own"
    assert {kpi["data"] for kpi in found if kpi["kpi"] not in silent} <= {"fresh", "partial"}


def _lists_its_events_and_is_taken_back(example: str, folder: Path, run: Run) -> None:
    (stream, number), store = EVENTS[example], ("--store", folder / "k.duckdb")
    assert len(run("events", stream, *store, "--limit", 20_000, "--json").json) == number
    assert run("undo", 1, *store, "--json").json["restored"] == 0
    assert run("events", stream, *store, "--json").json == []


def _template(example: str, folder: Path) -> tuple[object, ...]:
    """Kept beside the store, where the file finds it by its header; named where its header does not tell."""
    home = EXAMPLES / example / "template.toml"
    if example in UNTOLD:
        return "--template", home
    (folder / "templates").mkdir()
    (folder / "templates" / f"{example}.toml").write_bytes(home.read_bytes())
    return ()


def test_all_other_templates_tell_their_header() -> None:
    headed = {example for example in FILES if Template.load(EXAMPLES / example / "template.toml").header}
    assert headed >= set(FILES) - UNTOLD


@needs_shared
def test_the_first_of_36_files_finds_its_template_by_its_header(tmp_path: Path, run: Run) -> None:
    store, home = ("--store", tmp_path / "k.duckdb"), EXAMPLES / "nhs_ae"
    assert _template("nhs_ae", tmp_path) == ()
    assert run("init", *store, "--catalog", home / "kpis.toml").code == 0
    file = sorted(DATA.glob(FILES["nhs_ae"]))[0]
    assert run("ingest", file, *store, "--dry-run", "--json").json["rows"] > 0


def test_every_example_is_in_the_table_of_their_readme() -> None:
    assert set(as_of()) == {folder.name for folder in EXAMPLES.iterdir() if folder.is_dir()}
    assert "/work" not in README


@needs_shared
@pytest.mark.parametrize("file", ["ons_2019Mortality.xls", "ons_2019Mortality-Weekly_figures.csv"])
def test_weekly_deaths_from_a_workbook_and_from_text(file: str, tmp_path: Path, run: Run) -> None:
    known = truth("5_messy/ons_2019Mortality-Weekly_figures.csv")
    store, home = ("--store", tmp_path / "k.duckdb"), EXAMPLES / "weekly_deaths"
    assert run("init", *store, "--catalog", home / "kpis.toml").code == 0
    receipt = run("ingest", MESSY / file, *store, "--template", home / "template.toml", "--json").json
    assert (receipt["rows"], receipt["new"]) == (known["weeks_with_total"],) * 2
    points = run("review", "deaths", *store, "--as-of", "2020-01-02", "--json").json["points"]
    judged = [point["numerator"] for point in points if point["state"] == "judged"]
    assert (len(judged), sum(judged)) == (known["weeks_with_total"], known["total_deaths_all_weeks"])
    assert (judged[0], judged[-1]) == (known["first"], known["last"])


@needs_shared
def test_a_sheet_with_weeks_across_is_read_whole(tmp_path: Path, run: Run) -> None:
    """Below its preamble each row of 54 columns is a record for each week; other rows are told once for each kind."""
    known = truth("5_messy/ons_2019Mortality-Weekly_figures.csv")
    home, file = EXAMPLES / "weekly_deaths", MESSY / "ons_2019Mortality-Weekly_figures.csv"
    sheet = read_file(file, template=Template.load(home / "template.toml"))
    assert sheet.across is not None and sheet.head.line is not None
    assert (sheet.across.width, sheet.across.count) == (known["cols"], known["weeks_with_total"])
    below = known["physical_rows"] + 1 - sheet.head.line  # the line of names is not among the rows of truths.json
    assert sheet.lines == below * known["weeks_with_total"]
    assert f",{known['first_week_ended_excel_serial']}," in file.read_text(encoding="utf-8")
    store = ("--store", tmp_path / "k.duckdb")
    assert run("init", *store, "--catalog", home / "kpis.toml").code == 0
    said = run("ingest", file, *store, "--template", home / "template.toml").err
    assert f"({known['first_week_ended_date']} to 2019-12-27)" in said
    assert said.count("names no KPI") <= 5 and "records from line" in said
    week = run("review", "deaths", *store, "--as-of", "2020-01-02", "--json").json["points"][0]
    ends = dt.datetime.fromisoformat(week["ends_at"]).date()
    assert ends - dt.timedelta(days=1) <= dt.date.fromisoformat(known["first_week_ended_date"]) <= ends


@needs_shared
def test_the_sheets_of_a_workbook_are_named(tmp_path: Path, run: Run) -> None:
    known = truth("5_messy/ons_2019Mortality.xls")
    store, home = ("--store", tmp_path / "k.duckdb"), EXAMPLES / "weekly_deaths"
    assert run("init", *store, "--catalog", home / "kpis.toml").code == 0
    load = ("ingest", MESSY / "ons_2019Mortality.xls", *store, "--template", home / "template.toml")
    refused = run(*load, "--sheet", "Figures")
    assert refused.code == 1
    assert all(sheet in refused.out + refused.err for sheet in known["sheets"])
    taken = run(*load, "--sheet", "Weekly figures 2019")
    assert taken.code == 0
    assert "1,144 records from line 13 on, Week ended: nothing in 'Week ended'" in taken.err, "rows by age have no name"


@needs_shared
def test_a_document_that_is_no_table_is_refused_by_name(tmp_path: Path, run: Run) -> None:
    file = MESSY / "sncf_full_trains_is_really_rtf.csv"
    assert file.read_bytes().startswith(truth(f"5_messy/{file.name}")["first_bytes"].encode())
    store, home = ("--store", tmp_path / "k.duckdb"), EXAMPLES / "tgv"
    assert run("init", *store, "--catalog", home / "kpis.toml").code == 0
    refused = run("ingest", file, *store, "--template", home / "template.toml")
    assert refused.code == 1 and "RTF" in refused.err and "Traceback" not in refused.err
    assert run("batches", *store, "--json").json == []


@needs_shared
def test_a_list_without_a_header_keeps_its_first_row(tmp_path: Path, run: Run) -> None:
    """210 trusts by the day they opened; the first row is one of them."""
    known = truth("5_messy/nhs_ods_etr_no_header.csv")
    (tmp_path / "kpis.toml").write_text(
        '[dimensions]\ntrust = "Trust"\n\n[calendars.default]\ntime_zone = "Europe/London"\n\n[kpis.opened]\n'
        'name = "Trusts opened"\nkind = "count"\nbetter = "neither"\noperate = "month"\ndimensions = ["trust"]\n',
        encoding="utf-8",
    )
    header = ", ".join(f'"column {number}"' for number in range(1, known["cols"] + 1))
    (tmp_path / "trusts.toml").write_text(
        f'name = "trusts"\nheader = [{header}]\ndate_order = "ymd"\nrepeats = "add"\n\n[columns]\n'
        '"column 11" = "date"\n"column 1" = "trust"\n\n[[kpis]]\nkey = "opened"\nnumerator = "rows"\n',
        encoding="utf-8",
    )
    store = ("--store", tmp_path / "k.duckdb")
    assert run("init", *store, "--catalog", tmp_path / "kpis.toml").code == 0
    file = MESSY / "nhs_ods_etr_no_header.csv"
    receipt = run("ingest", file, *store, "--template", tmp_path / "trusts.toml", "--json").json
    assert receipt["records"] == receipt["rows"] == known["rows"]
    assert run("review", "opened", "--slice", f"trust={known['first_code']}", *store).code == 0
