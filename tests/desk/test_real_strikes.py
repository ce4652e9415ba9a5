"""Bird strikes from file to review and Pareto. Authority: truths.json."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from opsmetrics.desk import Desk
from opsmetrics.ingest import Template
from opsmetrics.verdict import paretos
from tests.paths import needs_shared
from tests.real_stores import DATA, EXAMPLES, FILES, loaded, pareto, ranking, series, truth

pytestmark = needs_shared


@pytest.fixture(scope="module")
def strikes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    yield from series(tmp_path_factory, "bird_strikes")


def test_every_strike_is_loaded_and_equal_ones_are_told(tmp_path: Path) -> None:
    known = truth("bird_strikes")
    with loaded(tmp_path, "bird_strikes") as (_, receipt):
        assert receipt.tally.rows == known["rows"]
        (told,) = [notice.text for notice in receipt.warnings if notice.code == "possible_duplicates"]
        assert told.startswith(f"{known['dup_rows']} records equal")
    header = Template.load(EXAMPLES / "bird_strikes" / "template.toml").header
    assert len(header) == known["cols"]
    assert list(header) == pd.read_csv(DATA / FILES["bird_strikes"], nrows=0).columns.tolist()


def test_none_is_a_category(strikes: Desk) -> None:
    """Nine strikes in ten did no damage: the word None is what the file says, and leads."""
    known = truth("bird_strikes")
    damage = dict(known["damage"])
    answer = pareto(strikes, "strikes", by="category", top=None)
    found = ranking(strikes, "strikes", by="category", top=None)
    assert found == [*known["damage"], ["B", known["rows"] - sum(damage.values())]]
    assert strikes.review("strikes").points["numerator"].sum() == known["rows"]
    assert strikes.review("damaging_strikes").points["numerator"].sum() == known["rows"] - damage["None"]
    assert answer.now is not None
    span = answer.now.first, answer.now.last
    assert [str(day) for day in span] == [known["min"], known["max"]]
    assert paretos.headline(answer.result, answer.stream, answer.called, "count", span).startswith("“None” alone makes")


def test_strikes_by_species_and_phase(strikes: Desk) -> None:
    known = truth("bird_strikes")
    for by, wanted in (("subcategory", known["species"]), ("phase", known["phase"])):
        assert ranking(strikes, "strikes", by=by)[: len(wanted)] == wanted


def test_by_cost_the_order_changes(strikes: Desk) -> None:
    known = truth("bird_strikes")
    by_cost = ranking(strikes, "strikes", by="subcategory", measure="cost")
    by_count = ranking(strikes, "strikes", by="subcategory", top=None)
    assert by_cost[:5] == known["cost_by_species"]
    assert strikes.review("strike_cost").points["numerator"].sum() == known["total_cost"]
    assert by_cost[0][0] == "Canada goose"
    assert [name for name, _ in by_count].index("Canada goose") > 5


def test_strikes_by_year(strikes: Desk) -> None:
    """The last year has strikes to 25 July only."""
    wanted = truth("bird_strikes")["by_year"]
    points = strikes.review("strikes").points
    years = points.groupby(points["period"].dt.year)["numerator"].sum()
    assert [[year, count] for year, count in years[years > 0].items()] == wanted
    assert points.set_index("label").loc["Jul 2002", "state"] == "partial"
    for year, count in wanted:
        asked = {"first": dt.date(year, 1, 1), "last": dt.date(year, 12, 31)}
        assert pareto(strikes, "strikes", **asked).events == count


def test_strikes_without_a_speed_have_no_reading(strikes: Desk) -> None:
    known = truth("bird_strikes")
    points = strikes.review("speed").points
    assert known["rows"] - points["size"].sum() == known["speed_missing"]
