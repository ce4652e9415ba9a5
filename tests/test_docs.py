"""The guides stay true: links lead somewhere, nothing is left out, and what they show can be loaded as it stands."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from docs import reference
from opsmetrics.catalog import check
from opsmetrics.catalog.names import KINDS, STATISTICS
from opsmetrics.catalog.presets import FIELDS
from opsmetrics.cli import main, parser
from opsmetrics.ui.frame import PAGES, STUDY_PAGES
from tests.paths import ROOT

GUIDES = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").glob("*.md"))
DOCUMENTS = ["README.md", "CHANGELOG.md", "ARCHITECTURE.md", "data/README.md", *GUIDES]
HEAVIEST_SCREEN = 300_000  # bytes


def read(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def blocks(page: str, language: str) -> list[str]:
    """The code blocks of a page in one language ("" for none)."""
    return [body for found, body in re.findall(r"```(\w*)\n(.*?)```", read(page), flags=re.S) if found == language]


def without_code(page: str) -> str:
    return re.sub(r"```.*?```", "", read(page), flags=re.S)


def anchors(page: str) -> set[str]:
    """What a link to a heading of the page may say, as a web view of a repository makes it from the words."""
    titles = re.findall(r"^#+ (.+)$", without_code(page), flags=re.M)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def links(page: str) -> list[tuple[str, str]]:
    """(file, anchor) of each link inside the project; a file of "" is the page itself."""
    found = re.findall(r"\]\((?!https?:)([^)\s]+)\)", without_code(page))
    return [(target.partition("#")[0], target.partition("#")[2]) for target in found]


# Links


@pytest.mark.parametrize("page", DOCUMENTS)
def test_links_lead_to_files(page: str) -> None:
    folder = (ROOT / page).parent
    assert [file for file, _ in links(page) if file and not (folder / file).exists()] == []


@pytest.mark.parametrize("page", DOCUMENTS)
def test_links_lead_to_headings(page: str) -> None:
    lost = []
    for file, anchor in links(page):
        target = ((ROOT / page).parent / file).resolve().relative_to(ROOT).as_posix() if file else page
        if anchor and anchor not in anchors(target):
            lost.append(f"{target}#{anchor}")
    assert lost == []


def test_every_guide_can_be_reached_from_the_readme() -> None:
    reached, waiting = set(), ["README.md"]
    while waiting:
        page = waiting.pop()
        if page not in reached:
            reached.add(page)
            targets = [((ROOT / page).parent / file).resolve() for file, _ in links(page) if file.endswith(".md")]
            waiting += [target.relative_to(ROOT).as_posix() for target in targets]
    assert set(GUIDES) - reached == set()


# Nothing is left out


def test_the_readme_names_every_page() -> None:
    section = read("README.md").split("## Pages", 1)[1].split("\n## ", 1)[0]
    named = re.findall(r"^\| ([\w ]+) \|", section, flags=re.M)[1:]
    assert named == [title for _, title, _ in (*PAGES, *STUDY_PAGES)]


def test_the_readme_names_every_kind() -> None:
    section = read("README.md").split("## Kinds of KPI", 1)[1].split("\n## ", 1)[0]
    assert tuple(re.findall(r"^\| (\w+) \|", section, flags=re.M)[1:]) == KINDS


def test_every_kind_has_its_section() -> None:
    assert tuple(re.findall(r"^## (\w+):", read("docs/kinds.md"), flags=re.M)) == KINDS


def test_every_statistic_is_explained() -> None:
    assert [name for name in STATISTICS if f"`{name}`" not in read("docs/kinds.md")] == []


def test_every_field_of_presets_is_listed() -> None:
    section = " ".join(read("docs/kinds.md").split("## Presets", 1)[1].split())
    assert [title for title in FIELDS.values() if title not in section] == []


def test_every_screen_is_shown_and_light() -> None:
    screens = {path.name: path.stat().st_size for path in (ROOT / "docs" / "screens").rglob("*.png")}
    shown = {Path(file).name for page in DOCUMENTS for file, _ in links(page) if file.endswith(".png")}
    assert set(screens) == shown
    assert {name: size for name, size in screens.items() if size > HEAVIEST_SCREEN} == {}


# References are written from the code


@pytest.mark.parametrize("page", sorted(reference.PAGES))
def test_references_are_up_to_date(page: str) -> None:
    held = read(f"docs/{page}")
    assert reference.placed(held, reference.PAGES[page]()) == held, "run `make docs`"


def test_a_page_without_its_marks_is_refused() -> None:
    for page in ("", reference.BEGIN, f"{reference.END}\n{reference.BEGIN}", f"{reference.BEGIN}{reference.END}" * 2):
        with pytest.raises(ValueError, match="each once"):
            reference.placed(page, "anything")


# What is shown works


@pytest.mark.parametrize("page", DOCUMENTS)
def test_commands_are_in_the_grammar(page: str) -> None:
    shown = "\n".join(blocks(page, "")).replace("\\\n", " ")
    lines = [line.strip().removeprefix("$ ").split("  #")[0] for line in shown.splitlines()]
    for line in lines:
        _, found, rest = line.partition("python -m opsmetrics ")
        if found and "COMMAND" not in line:
            words = [word.replace('"', "") for word in re.findall(r'(?:[^\s"]|"[^"]*")+', rest)]
            assert parser.build().parse_args(words)


def test_every_target_that_is_named_is_one_of_the_makefile() -> None:
    named = {name for page in DOCUMENTS for name in re.findall(r"(?:^|`)make ([a-z]+)", read(page), flags=re.M)}
    assert named - set(re.findall(r"^([a-z]+):", read("Makefile"), flags=re.M)) == set()
    assert "run" in named


def loaded(folder: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, dict[str, int]]:
    """Make a store of the definitions in the folder and load its CSV files: the receipt of each file."""
    store = str(folder / "kpis.duckdb")
    assert main(["init", "--store", store]) == 0
    files = sorted(folder.glob("*.csv"))
    capsys.readouterr()
    assert main(["ingest", "--store", store, "--json", *map(str, files)]) == 0
    told = json.loads(capsys.readouterr().out)
    return {receipt["source"]: receipt for receipt in told.get("receipts", [told])}


def test_the_kinds_load_as_they_are_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    definitions = "\n".join(blocks("docs/kinds.md", "toml"))
    assert check(definitions) == ((), ())
    (tmp_path / "kpis.toml").write_text(definitions, encoding="utf-8")
    for number, text in enumerate(blocks("docs/kinds.md", "csv")):
        (tmp_path / f"{number}.csv").write_text(text, encoding="utf-8")
    receipts = loaded(tmp_path, capsys)
    assert len(receipts) == len(KINDS)
    assert all(receipt["rows_rejected"] == receipt["rows_missing"] == 0 for receipt in receipts.values())
    assert all(receipt["new"] > 0 for receipt in receipts.values())


def test_the_stops_load_as_they_are_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    definitions, template = blocks("docs/events.md", "toml")
    assert check(definitions) == ((), ())
    (tmp_path / "templates").mkdir()
    (tmp_path / "kpis.toml").write_text(definitions, encoding="utf-8")
    (tmp_path / "templates" / "stops.toml").write_text(template, encoding="utf-8")
    (tmp_path / "stops.csv").write_text(blocks("docs/events.md", "csv")[0], encoding="utf-8")
    assert loaded(tmp_path, capsys)["stops.csv"]["new"] == 4
    assert main(["pareto", "stops", "--store", str(tmp_path / "kpis.duckdb"), "--measure", "minutes", "--json"]) == 0
    ranked = json.loads(capsys.readouterr().out)
    assert [(row["name"], row["amount"]) for row in ranked["rows"]] == [("Breakdown", 55.0), ("Jam", 34.0)]


def test_the_table_of_dates_loads_as_it_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "kpis.toml").write_text("\n".join(blocks("docs/kinds.md", "toml")), encoding="utf-8")
    (tmp_path / "across.csv").write_text(blocks("docs/importing.md", "csv")[0], encoding="utf-8")
    assert loaded(tmp_path, capsys)["across.csv"]["new"] == 3
