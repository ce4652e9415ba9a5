"""The command pareto: text, JSON, a picture, and what cannot be ranked. Figures are those of the seeded stops."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest

from opsmetrics.cli import main
from opsmetrics.desk import Desk
from opsmetrics.desk.events import ParetoQuestion, event_pareto
from opsmetrics.settings import Settings
from tests.cli.conftest import Run
from tests.pages import pareto_stores


@pytest.fixture(scope="module")
def stops(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with 56 days of stops."""
    path = tmp_path_factory.mktemp("stops") / "s.duckdb"
    pareto_stores.full(path)
    return path


def recent() -> tuple[str, ...]:
    """The last 28 days against the 28 before."""
    last = pareto_stores.today() - dt.timedelta(days=1)
    first = last - dt.timedelta(days=27)
    return ("--from", first.isoformat(), "--to", last.isoformat(), "--compare", "previous")


def test_the_answer_in_words(run: Run, stops: Path) -> None:
    ran = run("pareto", "stops", "--store", stops, *recent())
    text = ran.out.replace("\u00a0", " ")
    assert ran.code == 0
    assert "Five of eleven reasons make 86 % of stops. Short shot really leads" in text
    assert re.search(r"Short shot +452 +35 % +35 % +\*", text)
    assert re.search(r"Other \(2\) +16 +1 % +100 %", text)
    assert re.search(r"Burn mark +186 +112 +−74 +−109 to −39 +Fell", text)
    assert "verdicts by Holm" in text


def test_the_answer_as_json(run: Run, stops: Path) -> None:
    found = run("pareto", "stops", "--store", stops, *recent(), "--json").json
    assert (found["total"], found["categories"], found["vital"], found["tested"]) == (1284, 11, 5, 11)
    assert [row["amount"] for row in found["rows"]][:2] == [452, 281]
    assert (found["rows"][-1]["other"], len(found["members"])) == (True, 2)
    assert found["period"]["days"] == found["before"]["days"] == 28
    assert {row["name"]: row["verdict"] for row in found["changes"]}["Short shot"] == "rose"
    assert found["leaders"]["leader_p"] < 1e-6


def test_as_of_a_day_or_a_time_what_came_later_does_not_count(run: Run, stops: Path) -> None:
    """As the page has it: noon of the day on the stream's clock; the period known then, and the one before."""
    day = pareto_stores.today() - dt.timedelta(days=20)
    with Desk.open(settings=Settings.from_environment().for_store(stops)) as desk:
        asked = ParetoQuestion("stops", first=day - dt.timedelta(days=6), compare="previous", as_of=day)
        page = event_pareto(desk, asked)
    words = ("pareto", "stops", "--store", stops, "--from", asked.first, "--compare", "previous", "--json", "--as-of")
    noon, morning = run(*words, day).json, run(*words, f"{day}T06:00").json
    assert (noon["as_of"], noon["period"]["to"], noon["period"]["days"]) == (day.isoformat(), day.isoformat(), 7)
    assert noon["events"] == page.events
    assert noon["rows"][0]["amount"] == page.result.table["amount"].iloc[0]
    assert morning["events"] < noon["events"] < run(*words[:-1]).json["events"]
    listed = run(
        "events", "stops", "--store", stops, "--from", asked.first, "--to", day, "--limit", "9999", "--json"
    ).json
    assert noon["events"] == sum(row["observed_at"] < f"{day}T12:00" for row in listed)


def test_as_of_before_the_first_event_says_when_that_was(run: Run, stops: Path) -> None:
    ran = run("pareto", "stops", "--store", stops, "--as-of", "2001-01-01")
    assert (ran.code, ran.out) == (1, "")
    assert "no stops are known as of 1 Jan 2001; the first ones in the store are from" in ran.err.replace("\u00a0", " ")


def test_slice_measure_by_and_top(run: Run, stops: Path) -> None:
    words = ("pareto", "stops", "--store", stops, "--measure", "minutes", "--by", "subcategory", "--top", "1")
    found = run(*words, "--slice", "category=Flash", "--json").json
    assert (found["by"], found["measure"], found["slice"]) == ("subcategory", "minutes", {"category": "Flash"})
    assert [row["name"] for row in found["rows"]] == ["Gate", "Other"]
    assert "changes" not in found
    assert run(*words).code == 0


def test_an_empty_period_is_an_answer(run: Run, stops: Path) -> None:
    ran = run(
        "pareto", "stops", "--store", stops, "--from", "2001-01-01", "--to", "2001-01-31", "--compare", "last_year"
    )
    assert ran.code == 0
    assert "No stops from 1 Jan 2001 to 31 Jan 2001." in ran.out


def test_the_picture_is_one_file_that_needs_no_network(run: Run, stops: Path, tmp_path: Path) -> None:
    out = tmp_path / "stops.html"
    ran = run("pareto", "stops", "--store", stops, "--top", "20", "--out", out, "--json")
    assert (ran.code, ran.json["stream"]) == (0, "stops")
    html = out.read_text(encoding="utf-8")
    assert "Plotly.newPlot" in html
    assert re.findall(r"<(?:script|link|img)[^>]+(?:src|href)=[\"']?https?:", html) == []


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("stop",), 1, "Did you mean 'stops'?"),
        (("quiet",), 1, "holds no events yet"),
        (("stops", "--by", "lin"), 1, "Did you mean 'line'?"),
        (("stops", "--slice", "site=A"), 1, "no dimension 'site'"),
        (("stops", "--slice", "line=A", "--slice", "line=B"), 2, "given twice"),
        (("stops", "--compare", "previous"), 2, "give --from"),
        (("stops", "--from", "2026-02-01", "--to", "2026-01-01"), 2, "swap the two"),
        (("stops", "--from", "2026-02-01", "--as-of", "2026-01-01T06:00"), 2, "nothing was known of it then"),
        (("stops", "--top", "0"), 2, "at least 1"),
        (("stops", "--to", "9999-12-31"), 2, "from 1800 to 2200"),
        (("stops", "--from", "0001-01-01", "--compare", "previous"), 2, "from 1800 to 2200"),
        (("stops", "--measure", "weight", "--out", "x.pdf"), 2, "ends in .html"),
        (("stops", "--measure", "euros"), 2, "invalid choice"),
    ],
)
def test_what_cannot_be_ranked(run: Run, stops: Path, words: tuple[str, ...], code: int, says: str) -> None:
    ran = run("pareto", *words, "--store", stops)
    assert (ran.code, ran.out) == (code, "")
    assert says in ran.err


def test_help_answers_without_a_store() -> None:
    assert main(["pareto", "--help"]) == 0


def test_events_are_listed_by_what_they_have(run: Run, stops: Path) -> None:
    ran = run("events", "stops", "--slice", "site=A", "--store", stops)
    assert (ran.code, ran.out) == (1, "")
    assert "no dimension 'site'" in ran.err
    assert run("events", "stops", "--slice", "category=Flash", "--store", stops).code == 0
