"""A queue on a real store: offered where the conditions hold, corrected where that mends it, else refused by name."""

from __future__ import annotations

import datetime as dt
import heapq
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
from tests.store.builders import batch, count, reading

FIRST = dt.datetime(2026, 3, 2)
END = FIRST + dt.timedelta(days=DAYS)

KPIS = """
[kpis.wait]
name = "Wait"
kind = "measured"
better = "lower"
unit = "min"
target = 4

[kpis.talk]
name = "Talk"
kind = "measured"
better = "neither"
unit = "min"

[kpis.even_wait]
name = "Wait at the machine"
kind = "measured"
better = "lower"
unit = "min"

[kpis.even]
name = "Machine time"
kind = "measured"
better = "neither"
unit = "h"

[kpis.daily]
name = "Daily talk"
kind = "measured"
better = "neither"
unit = "min"

[kpis.coarse]
name = "Talk by four hours"
kind = "measured"
better = "neither"
unit = "min"

[kpis.came]
name = "Came"
kind = "count"
better = "neither"

[kpis.left_early]
name = "Left by the hour"
kind = "proportion"
better = "lower"
unit = "%"

[kpis.left]
name = "Left"
kind = "proportion"
better = "lower"
unit = "%"
"""


def served(draw: np.random.Generator, service: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Arrivals (minutes from FIRST), waits and services of three servers: two an hour, 60 minutes each."""
    at = np.cumsum(draw.exponential(30.0, 5000))
    at = at[at < DAYS * 1440 - 1]
    length = service(len(at))
    free, waits = [0.0] * 3, []
    for moment, span in zip(at, length, strict=True):
        start = max(moment, heapq.heappop(free))
        waits.append(start - moment)
        heapq.heappush(free, start + span)
    return at, np.array(waits), length


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    found = tmp_path_factory.mktemp("queue") / "queue.duckdb"
    draw, rows = np.random.default_rng(12), []
    kinds = (
        ("wait", "talk", lambda n: draw.exponential(60.0, n)),
        ("even_wait", "even", lambda n: draw.gamma(9, 60 / 9, n)),
    )
    for wait, service, length in kinds:
        for moment, waited, lasted in zip(*served(draw, length), strict=True):
            stamp = FIRST + dt.timedelta(microseconds=int(moment * 6e7))
            rows.append(reading(stamp, float(waited), kpi=wait))
            rows.append(reading(stamp, float(lasted / (60 if service == "even" else 1)), kpi=service))
    for day in range(DAYS):
        stamp = FIRST + dt.timedelta(days=day)
        rows += [reading(stamp, 60.0 + sample, sample, kpi="daily") for sample in range(1, 6)]
        rows.append(count(stamp, 5.0, 100.0, kpi="left"))
        for hour in range(24):
            at = stamp + dt.timedelta(hours=hour)
            rows.append(count(at, 9.0 * (hour < 8), 100.0, kpi="left_early"))
            if hour % 4 == 0:
                rows.append(reading(at, 55.0 + hour, kpi="coarse"))
            if hour % 8 == 6:
                rows.append(count(at, 16.0, 1.0, kpi="came"))
    with Store.open(found) as store:
        desk = Desk(store, Settings.from_environment().for_store(found))
        desk.apply(KPIS, by="tester")
        desk.commit(batch(*rows, source="queue.csv", dimensions=()), by="tester", publish=False)
    yield found


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
