"""A queue on a real store: offered where the conditions hold, corrected where that mends it, else refused by name."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from opsmetrics.cli import main
from opsmetrics.desk import Desk
from opsmetrics.desk import queue_sentences as sentences
from opsmetrics.desk.queue import DAYS, Asks, queue_of
from opsmetrics.settings import Settings
from opsmetrics.store import Store
from tests.queues import END, FIRST, queues, served


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("queue") / "queue.duckdb"
    queues(found)
    return found


@pytest.fixture(scope="module")
def desk(path: Path) -> Iterator[Desk]:
    with Store.open(path) as store:
        yield Desk(store, Settings.from_environment().for_store(path))


def asks(desk: Desk, wait: str = "wait", service: str = "talk", **more: Any) -> Asks:
    return replace(Asks(desk.catalog[wait], desk.catalog[service], 3, 4.0), **more)


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def test_where_all_conditions_hold_the_number_is_offered_beside_what_was_observed(desk: Desk) -> None:
    """Two erlangs on three: 26.7 minutes by Erlang C; on four 5.2, on five 1.2."""
    found = queue_of(desk, asks(desk), as_of=END)
    assert (found.offered, found.failed) == ("erlang_c", ())
    assert found.plain == pytest.approx(26.7, rel=0.2)
    assert found.observed == pytest.approx(found.plain, rel=0.25)
    assert found.needed == 5
    assert sentences.headline(found).startswith("5 on duty keep the mean wait at 4.0")
    assert "min were observed" in plain(sentences.lead(found))
    assert len(found.hours) == 24
    assert found.hours["load"].mean() == pytest.approx(2.0, abs=0.1)


def test_even_service_is_corrected_for(desk: Desk) -> None:
    """Erlang-9 service: about (1 + 1/9) / 2 = 0.56 of what Erlang C gives."""
    found = queue_of(desk, asks(desk, "even_wait", "even"), as_of=END)
    assert found.offered == "corrected"
    assert found.variation == pytest.approx(0.56, abs=0.08)
    draw = np.random.default_rng(12)
    served(draw, lambda n: draw.exponential(60.0, n))
    _, _, length = served(draw, lambda n: draw.gamma(9, 60 / 9, n))
    index = next(condition.found for condition in found.conditions if condition.code == "dispersion")
    by_hand = (index + length.var(ddof=1) / length.mean() ** 2) / 2
    assert found.variation == pytest.approx(by_hand, rel=1e-6), "half the sum of both squared variations"
    assert found.corrected == pytest.approx(found.observed, rel=0.25)
    assert found.service == pytest.approx(60, rel=0.05), "hours are told in minutes"
    assert "Allen–Cunneen" in sentences.lead(found)


@pytest.mark.parametrize(
    ("more", "code", "told"),
    [
        ({"staff": 2}, "load", "at its busiest hour the load is"),
        ({"staff": 6}, "predicted", "were observed"),
    ],
)
def test_what_does_not_hold_is_named(desk: Desk, more: dict[str, Any], code: str, told: str) -> None:
    found = queue_of(desk, asks(desk, **more), as_of=END)
    assert (found.offered, found.needed) == ("", None)
    assert code in {condition.code for condition in found.failed}
    assert told in sentences.headline(found)


def test_times_by_the_day_people_who_leave_and_few_figures_are_refused(desk: Desk) -> None:
    daily = queue_of(desk, asks(desk, service="daily"), as_of=END)
    assert [condition.code for condition in daily.failed] == ["times"]
    unknown = queue_of(desk, asks(desk, nobody_leaves=False), as_of=END)
    assert [condition.code for condition in unknown.failed] == ["abandoned"]
    assert "it is not known how many leave" in sentences.headline(unknown)
    leaving = queue_of(desk, asks(desk, abandoned=desk.catalog["left"]), as_of=END)
    assert "5 % leave before their turn" in plain(sentences.headline(leaving))
    early = queue_of(desk, asks(desk), as_of=FIRST + dt.timedelta(days=3))
    assert [condition.code for condition in early.failed] == ["enough"]


@pytest.mark.parametrize(
    ("more", "told"),
    [({"service": "coarse"}, "stand at every 4 h only"), ({"arrivals": "came"}, "stand at every 8 h only")],
)
def test_times_of_several_hours_are_refused(desk: Desk, more: dict[str, str], told: str) -> None:
    """methods: arrivals and service times at one hour or finer. By four hours six times of day can be told apart, and
    the load of an hour still cannot."""
    asked = replace(asks(desk), **{name: desk.catalog[key] for name, key in more.items()})
    found = queue_of(desk, asked, as_of=END)
    assert [condition.code for condition in found.failed] == ["times"]
    assert told in plain(sentences.headline(found))


def test_who_leaves_counts_in_the_hours_that_are_asked_for(desk: Desk) -> None:
    """Nine in a hundred leave before eight, nobody after: three over the whole day."""
    left = desk.catalog["left_early"]
    shares = [
        next(c.found for c in queue_of(desk, asks(desk, abandoned=left, first=a, last=b), as_of=END).conditions
             if c.code == "abandoned")
        for a, b in ((0, 24), (0, 8), (8, 24))
    ]  # fmt: skip
    assert shares == pytest.approx([0.03, 0.09, 0.0])


def test_a_closed_day_on_which_somebody_came_is_no_day_of_work(desk: Desk) -> None:
    """Its empty hours would make the load of all Sundays too small, and their few arrivals look like bursts."""
    wait = desk.catalog["wait"]
    closed = replace(wait, calendar=replace(wait.calendar, closed_weekdays=frozenset({6})))
    found = queue_of(desk, replace(asks(desk), waits=closed), as_of=END)
    at, _, _ = served(draw := np.random.default_rng(12), lambda n: draw.exponential(60.0, n))
    by_hour = np.bincount((at // 60).astype(int), minlength=DAYS * 24).reshape(8, 7, 24)[:, :6]
    means, overall = by_hour.mean(axis=(0, 1)), by_hour.mean()
    real = max(means.var(ddof=1) - overall / 48, 0.0)
    assert found.hours["arrivals"].to_numpy() == pytest.approx(
        overall + real / (real + overall / 48) * (means - overall)
    )


def test_the_prediction_is_the_formula_over_the_rows_by_hand(desk: Desk) -> None:
    """Erlang C as its sum defines it (Cooper 1981, 3.3), arrivals of each hour of the week averaged and shrunk by hand
    (Carlin and Louis, 5.2), each hour weighed by who comes; dispersion as Fisher's index: from the simulated rows."""
    draw = np.random.default_rng(12)
    at, waits, talk = served(draw, lambda n: draw.exponential(60.0, n))
    week = np.bincount((at // 60).astype(int), minlength=DAYS * 24).reshape(8, 168)
    means, overall = week.mean(axis=0), week.mean()
    real = max(means.var(ddof=1) - overall / 8, 0.0)
    loads = (overall + real / (real + overall / 8) * (means - overall)) * talk.mean() / 60
    chance = []
    for load in loads:
        last = load**3 / 6 * 3 / (3 - load)
        chance.append(last / (1 + load + load**2 / 2 + last))
    told = np.average(np.array(chance) * talk.mean() / (3 - loads), weights=loads)
    found = queue_of(desk, asks(desk), as_of=END)
    assert found.plain == pytest.approx(told, rel=1e-6)
    assert found.observed == pytest.approx(waits.mean(), rel=1e-6)
    dispersion = next(condition.found for condition in found.conditions if condition.code == "dispersion")
    there = week[:, means > 0]
    by_hand = ((there - there.mean(axis=0)) ** 2 / there.mean(axis=0)).sum() / (7 * there.shape[1])
    assert dispersion == pytest.approx(by_hand, rel=1e-6)


def test_the_command_says_the_same(path: Path, desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.store.close()
    asked = [
        "queue",
        "wait",
        "--service",
        "talk",
        "--staff",
        "3",
        "--store",
        str(path),
        "--as-of",
        f"{END:%Y-%m-%dT%H:%M}",
    ]
    assert main([*asked, "--abandoned", "none"]) == 0
    assert "5 on duty keep the mean wait at 4.0" in plain(capsys.readouterr().out)
    assert main([*asked, "--abandoned", "left", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["failed"], answer["needed"]) == (["abandoned"], None)
    assert main([*asked, "--abandoned", "talk"]) == 1
    assert "wanted the share who leave" in capsys.readouterr().err
