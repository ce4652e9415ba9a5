"""triage: the budget in words and in JSON, the same as the desk and the API give."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

from opsmetrics.access import OPEN
from opsmetrics.desk import Desk
from opsmetrics.desk.finished import Question
from opsmetrics.desk.triage import as_dict, triaged
from tests.cli.conftest import AS_OF, Run

SINCE = "2025-03-05"


def test_words_and_json_say_the_same(run: Run, store: Path) -> None:
    words = ("triage", "--store", store, "--since", SINCE, "--as-of", AS_OF)
    text, answer = run(*words), run(*words, "--json").json
    assert text.out.startswith(answer["budget"]["sentence"])
    assert (answer["budget"]["charts"], answer["budget"]["found"]) == (
        2,
        sum(1 + len(c["also"]) for c in answer["cards"]),
    )
    for card in answer["cards"]:
        score = card["score"]
        assert card["name"] in text.out
        assert score["total"] == score["direction"] * score["attention"] * (score["surprise"] + score["volume"])


def test_json_is_what_the_desk_gives(run: Run, store: Path) -> None:
    answer = run("triage", "--store", store, "--since", SINCE, "--as-of", AS_OF, "--json").json
    strict = run("triage", "--store", store, "--since", SINCE, "--as-of", AS_OF, "--any-dependence", "--json").json
    with Desk.open(store) as desk:
        found = triaged(Question(desk, as_of=dt.date.fromisoformat(AS_OF)), dt.date.fromisoformat(SINCE))
        assert answer == json.loads(json.dumps(as_dict(found, OPEN)))
        assert strict == json.loads(json.dumps(as_dict(found, OPEN, any_dependence=True)))
    assert strict["discoveries"]["method"] == "by"


def test_without_since_it_is_since_the_day_before(run: Run, store: Path) -> None:
    answer = run("triage", "--store", store, "--as-of", AS_OF, "--json").json
    assert answer["budget"]["since"] == "2025-05-08T22:00:00"  # midnight in Berlin


def test_a_moment_that_has_not_come_is_wrong_usage(run: Run, store: Path) -> None:
    ran = run("triage", "--store", store, "--since", "2025-05-12", "--as-of", AS_OF)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("--since 2025-05-12 is later than 2025-05-10, as of which it is looked at")
    assert run("triage", "--store", store, "--since", "2099-01-01").code == 2


def test_the_range_of_chance_is_told_where_it_is_asked_for(run: Run, store: Path) -> None:
    words = ("triage", "--store", store, "--since", SINCE, "--as-of", AS_OF)
    assert run(*words, "--json").json["budget"]["range"] is None
    low, high = run(*words, "--range", "--json").json["budget"]["range"]
    assert 0 <= low <= high
    assert f"nine times in ten {low} to {high} would come." in run(*words, "--range").out.replace("\n", " ")
