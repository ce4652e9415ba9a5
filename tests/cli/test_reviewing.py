"""review and chart: one verdict, the same in words and in JSON."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from opsmetrics.cli.layout import width
from opsmetrics.desk import Desk
from opsmetrics.review import KpiReview
from opsmetrics.verdict import sentences
from tests.cli.conftest import AS_OF, Run, scrap_rows, sums

FIELDS = {
    "variation", "side", "reasons", "episode", "assurance", "firm", "stance", "data", "as_of_period", "n",
    "early_warning", "caveats", "sentence", "kpi", "slice", "grain", "as_of", "points", "signals",
}  # fmt: skip
FIRST = scrap_rows()[: len(scrap_rows()) // 2]
IN_TIME = "2025-04-05"  # noon of the day after the first file ends


def test_json_has_the_fields_of_the_verdict(run: Run, store: Path) -> None:
    answer = run("review", "scrap", "--store", store, "--as-of", IN_TIME, "--json").json
    assert set(answer) >= FIELDS
    assert (answer["kpi"], answer["slice"], answer["grain"]) == ("scrap", {}, "day")
    assert answer["as_of"] == "2025-04-05T10:00:00", "noon in Berlin"
    assert set(answer["sentence"]) >= {"pattern", "values", "text"}
    points = answer["points"]
    assert sum(p["numerator"] for p in points if p["rows"]) == sums(FIRST)[0]
    assert answer["n"] == len(FIRST) // 2


def test_words_and_json_say_the_same(run: Run, store: Path) -> None:
    words = ("review", "scrap", "--store", store, "--as-of", IN_TIME)
    text, answer = run(*words).out, run(*words, "--json").json
    assert answer["sentence"]["text"] in text
    assert all(word in text for word in answer["words"].values())
    assert text.startswith("Scrap (by day)\n")


def test_as_of_hides_what_came_later(run: Run, store: Path) -> None:
    early = run("review", "scrap", "--store", store, "--as-of", "2025-03-10", "--json").json
    assert (early["n"], early["variation"]) == (9, "too_few")
    days = [p["period"] for p in early["points"] if p["rows"]]
    assert max(days) < "2025-03-10T12"


def test_a_slice_has_its_own_numbers(run: Run, store: Path) -> None:
    answer = run("review", "scrap", "--slice", "line=B", "--store", store, "--as-of", IN_TIME, "--json").json
    assert answer["slice"] == {"line": "B"}
    assert sum(p["numerator"] for p in answer["points"] if p["rows"]) == sums([r for r in FIRST if r[1] == "B"])[0]


def test_by_gives_one_verdict_for_each_value(run: Run, store: Path) -> None:
    answers = run("review", "scrap", "--by", "line", "--store", store, "--as-of", IN_TIME, "--json").json
    assert [item["slice"] for item in answers] == [{"line": "A"}, {"line": "B"}]
    alone = run("review", "scrap", "--slice", "line=A", "--store", store, "--as-of", IN_TIME, "--json").json
    assert {k: v for k, v in answers[0].items() if k != "versions"} == {
        k: v for k, v in alone.items() if k != "versions"
    }


def test_without_a_kpi_everything_watched(run: Run, store: Path) -> None:
    answers = run("review", "--store", store, "--as-of", IN_TIME, "--json").json
    assert [(item["kpi"], item["slice"]) for item in answers] == [
        ("scrap", {}),
        ("scrap", {"line": "A"}),
        ("weight", {}),
    ]
    text = run("review", "--store", store, "--as-of", IN_TIME).out
    assert all(item["words"]["stance"] in text for item in answers)
    assert text.splitlines()[0] == sentences.headline([item.verdict for item in _reviews(store)])
    told = [item for item in answers if item["words"]["stance"] != "Leave it alone"]
    assert told
    assert all(item["sentence"]["text"] in text for item in told), "each line says why"
    assert "Scrap · A" in text


def _reviews(store: Path) -> list[KpiReview]:
    with Desk.open(store) as desk:
        as_of = dt.date.fromisoformat(IN_TIME)
        return [desk.review(kpi.key, part, as_of=as_of) for kpi in desk.catalog.kpis for part in desk.slices(kpi)]


def test_a_kpi_is_found_by_its_name_too(run: Run, store: Path) -> None:
    by_key = run("review", "scrap", "--store", store, "--as-of", IN_TIME).out
    assert run("review", "SCRAP", "--store", store, "--as-of", IN_TIME).out == by_key


@pytest.mark.parametrize("wide", [80, 120])
def test_it_fits_the_terminal(run: Run, store: Path, wide: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(wide))
    for words in (["review"], ["review", "scrap"], ["summary"], ["forecast", "scrap"], ["batches"], ["decide", "list"]):
        lines = run(*words, "--store", store).out.splitlines()
        assert lines
        assert [line for line in lines if width(line) > wide] == []


def test_another_grain_is_a_view_without_a_verdict(run: Run, store: Path) -> None:
    words = ("review", "scrap", "--grain", "month", "--store", store, "--as-of", AS_OF)
    answer = run(*words, "--json").json
    assert (answer["grain"], answer["variation"]) == ("month", None)
    assert "view without a verdict" in run(*words).out


def test_an_empty_store_says_so(run: Run, tmp_path: Path) -> None:
    store = tmp_path / "kpis.duckdb"
    run("init", "--store", store)
    assert "no KPI is watched" in run("review", "--store", store).out
    assert run("review", "--store", store, "--json").json == []


def test_a_kpi_without_measurements(run: Run, store: Path) -> None:
    assert run("review", "weight", "--store", store, "--json").json["variation"] == "none"
    assert run("review", "weight", "--store", store).code == 0
    drawn = run("chart", "weight", "--store", store)
    assert drawn.code == 1
    assert "no points" in drawn.err


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("review", "scarp"), 1, "Did you mean 'scrap'?"),
        (("review", "scrap", "--by", "lines"), 1, "Did you mean 'line'?"),
        (("review", "scrap", "--slice", "site=A"), 1, "no dimension 'site'"),
        (("review", "scrap", "--slice", "line=C"), 1, "hold no line 'C'. The values are: A, B."),
        (("chart", "scrap", "--slice", "line=C"), 1, "hold no line 'C'"),
        (("forecast", "scrap", "--slice", "line=C"), 1, "hold no line 'C'"),
        (("summary", "--slice", "line=C"), 1, "hold no line 'C'"),
        (("summary", "--slice", "site=C"), 2, "no dimension"),
        (("decide", "phase", "scrap", "--slice", "line=C", "--at", "2025-03-09", "--why", "new"), 1, "no line 'C'"),
        (("review", "scrap", "--slice", "line=A", "--slice", "line=B"), 2, "given twice"),
        (("review", "scrap", "--slice", "line=A", "--by", "line"), 2, "give one of them"),
        (("review", "--by", "line"), 2, "need a KPI"),
        (("chart", "scarp"), 1, "Did you mean 'scrap'?"),
    ],
)
def test_what_cannot_be_reviewed(run: Run, store: Path, words: tuple[str, ...], code: int, says: str) -> None:
    ran = run(*words, "--store", store)
    assert (ran.code, ran.out) == (code, "")
    assert says in ran.err


def test_a_chart_is_one_file_that_needs_no_network(run: Run, store: Path, tmp_path: Path) -> None:
    out = tmp_path / "scrap.html"
    ran = run("chart", "scrap", "--store", store, "--as-of", IN_TIME, "--out", out, "--json")
    assert (ran.code, ran.json["file"]) == (0, str(out))
    html = out.read_text(encoding="utf-8")
    assert "Plotly.newPlot" in html
    assert re.findall(r"<(?:script|link|img)[^>]+(?:src|href)=[\"']?https?:", html) == []


def test_a_sparkline_is_an_svg(run: Run, store: Path, tmp_path: Path) -> None:
    out = tmp_path / "scrap.svg"
    for theme in ("light", "dark"):
        words = ("chart", "scrap", "--svg", "--theme", theme, "--store", store, "--as-of", IN_TIME, "--out", out)
        assert run(*words).out == f"Wrote {out}.\n"
        assert ElementTree.parse(out).getroot().tag.endswith("svg")


def test_a_chart_is_named_after_its_kpi(run: Run, store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    run("chart", "scrap", "--store", store, "--as-of", IN_TIME)
    assert (tmp_path / "scrap.html").exists()
