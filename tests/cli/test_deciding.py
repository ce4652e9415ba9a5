"""decide: what is recorded, who and why, and what the verdict makes of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from opsmetrics.access import account_name
from tests.cli.conftest import AS_OF, Run
from tests.weekly_stores import WEEKLY, weekly


def states(run: Run, store: Path, *more: str) -> dict[str, str]:
    """State of each point by its day."""
    points = run("review", "scrap", "--store", store, "--as-of", AS_OF, "--json", *more).json["points"]
    return {point["period"][:10]: point["state"] for point in points}


def test_a_decision_is_kept_with_who_when_and_why(run: Run, store: Path) -> None:
    words = ("decide", "exclude", "scrap", "--at", "2025-03-05..2025-03-06", "--why", "flood", "--store", store)
    made = run(*words, "--by", "Ann", "--json").json
    assert made["by"] == "Ann"
    assert (made["kpi"], made["kind"], made["slice"]) == ("scrap", "exclude", {})
    assert (made["from"], made["to"], made["why"], made["value"]) == ("2025-03-05", "2025-03-06", "flood", True)
    listed = run("decide", "list", "scrap", "--store", store, "--json").json
    assert [item["kind"] for item in listed] == ["target", "exclude"], "the definitions' own target came first"
    assert listed[-1] == {key: made[key] for key in listed[-1]}


def test_without_by_the_account_signs(run: Run, store: Path) -> None:
    made = run("decide", "annotate", "scrap", "--at", "2025-03-05", "--why", "new die", "--store", store, "--json").json
    assert (made["by"], made["value"]) == (account_name(), "new die")


def test_excluded_days_are_not_judged_until_the_exclusion_is_taken_back(run: Run, store: Path) -> None:
    words = ("decide", "exclude", "scrap", "--at", "2025-03-05..2025-03-06", "--store", store)
    run(*words, "--why", "flood")
    after = states(run, store)
    assert {day for day, state in after.items() if state == "excluded"} == {"2025-03-05", "2025-03-06"}
    run(*words, "--why", "it was no flood", "--value", "off")
    assert "excluded" not in states(run, store).values()


def test_a_decision_about_a_slice_leaves_the_whole_alone(run: Run, store: Path) -> None:
    run("decide", "exclude", "scrap", "--slice", "line=A", "--at", "2025-03-05", "--why", "test", "--store", store)
    assert "excluded" not in states(run, store).values()
    assert states(run, store, "--slice", "line=A")["2025-03-05"] == "excluded"


def test_a_phase_restarts_the_limits(run: Run, store: Path) -> None:
    run("decide", "phase", "scrap", "--at", "2025-03-20", "--why", "new press", "--store", store)
    points = run("review", "scrap", "--store", store, "--as-of", AS_OF, "--json").json["points"]
    phases = {point["period"][:10]: point["phase"] for point in points}
    assert phases["2025-03-19"] != phases["2025-03-20"]


def test_a_lock_says_which_points_make_the_limits(run: Run, store: Path) -> None:
    run("decide", "lock", "scrap", "--at", "2025-03-01..2025-03-20", "--why", "quiet weeks", "--store", store)
    points = run("review", "scrap", "--store", store, "--as-of", AS_OF, "--json").json["points"]
    baseline = [point["period"][:10] for point in points if point["baseline"]]
    assert (baseline[0], baseline[-1], len(baseline)) == ("2025-03-01", "2025-03-20", 20)


def test_each_phase_is_locked_by_itself_or_not_at_all(run: Run, store: Path) -> None:
    """A lock of the first phase leaves the second to its own points; it can be locked too, and unlocked alone."""

    def baselines() -> list[list[str]]:
        points = run("review", "scrap", "--store", store, "--as-of", AS_OF, "--json").json["points"]
        phases = sorted({point["phase"] for point in points})
        return [[p["period"][5:10] for p in points if p["baseline"] and p["phase"] == phase] for phase in phases]

    def decide(kind: str, at: str, *more: str) -> None:
        run("decide", kind, "scrap", "--at", at, "--why", "new press", "--store", store, *more)

    decide("phase", "2025-03-16")
    free = baselines()
    decide("lock", "2025-03-01..2025-03-12")
    locked = baselines()
    assert (locked[0][0], locked[0][-1], locked[1]) == ("03-01", "03-12", free[1])
    decide("lock", "2025-03-16..2025-03-27")
    both = baselines()
    assert both[0] == locked[0] and (both[1][0], both[1][-1], len(both[1])) == ("03-16", "03-27", 12)
    decide("lock", "2025-03-01..2025-03-12", "--value", "off")
    assert baselines() == [free[0], both[1]]


@pytest.mark.parametrize(
    ("value", "kept"), [("3.5", {"value": 3.5}), ("3.5 %", {"value": 3.5}), ("none", {}), ("0", {"value": 0.0})]
)
def test_targets_are_written_as_they_are_shown(run: Run, store: Path, value: str, kept: dict[str, float]) -> None:
    words = ("decide", "target", "scrap", "--at", "2025-03-15", "--value", value, "--why", "plan")
    assert run(*words, "--store", store, "--json").json["value"] == kept


def test_a_target_range(run: Run, store: Path) -> None:
    words = ("decide", "target", "weight", "--at", "2025-03-15", "--value", "69..73", "--why", "wider")
    assert run(*words, "--store", store, "--json").json["value"] == {"low": 69.0, "high": 73.0}


def test_the_verdict_follows_the_target(run: Run, store: Path) -> None:
    """4 % of 1,000 a day: limits near 2.1 and 5.9 %, so a target of 20 % is met and one of 0.1 % is not."""
    for value, assurance in (("20", "meets"), ("0.1", "fails")):
        run("decide", "target", "scrap", "--at", "2025-03-01", "--value", value, "--why", "trial", "--store", store)
        answer = run("review", "scrap", "--store", store, "--as-of", "2025-04-05", "--json").json
        assert answer["assurance"] == assurance


def test_one_decision_replaces_another(run: Run, store: Path) -> None:
    words = ("decide", "annotate", "scrap", "--at", "2025-03-05", "--store", store, "--json")
    first = run(*words, "--why", "new dye").json["id"]
    second = run(*words, "--why", "new die", "--replaces", first).json
    assert second["supersedes"] == first


UNDECIDABLE = [
    (("exclude", "scarp", "--at", "2025-03-05"), 1, "Did you mean 'scrap'?"),
    (("exclude", "scrap", "--at", "5 March"), 2, "--at"),
    (("exclude", "scrap", "--at", "2025-03-06..2025-03-05"), 2, "earlier end first"),
    (("phase", "scrap", "--at", "2025-03-05..2025-03-06"), 2, "--at"),
    (("exclude", "scrap", "--at", "2025-03-05", "--value", "5"), 2, "wanted off"),
    (("target", "scrap", "--at", "2025-03-05", "--value", "low"), 2, "wanted a number in %"),
    (("target", "scrap", "--at", "2025-03-05", "--value", "nan"), 2, "wanted a number in %"),
    (("target", "weight", "--at", "2025-03-05", "--value", "9..3"), 2, "lower end"),
    (("target", "weight", "--at", "2025-03-05", "--value", "71"), 1, "LOW..HIGH"),
    (("exclude", "scrap", "--at", "2025-03-05", "--slice", "site=A"), 1, "no dimension 'site'"),
    (("exclude", "scrap", "--at", "2025-03-05", "--replaces", "77"), 1, "no decision 77"),
]


def test_what_cannot_be_decided_leaves_nothing(run: Run, store: Path) -> None:
    before = run("decide", "list", "--store", store, "--json").json
    for words, code, says in UNDECIDABLE:
        ran = run("decide", *words, "--why", "because", "--store", store)
        assert ran.code == code, words
        assert says in ran.err
        assert run("decide", "list", "--store", store, "--json").json == before, words


REFUSED = [
    (("phase", "--at", "2025-02-20"), "The data begin with 1 Mar 2025, so a phase that starts before 1 Mar 2025"),
    (("phase", "--at", "2025-03-01"), "a phase that starts with 1 Mar 2025 would have nothing before it"),
    (("phase", "--at", "2025-03-20"), "A phase starts with 20 Mar 2025 already"),
    (("exclude", "--at", "2025-03-09..2025-03-12"), "excluded already (flood)"),
    (("lock", "--at", "2025-03-02..2025-03-06"), "Limits need 12 judged periods"),
    (("lock", "--at", "2025-03-11..2025-04-03"), "belong to one phase"),
    (("exclude", "--at", "2025-03-01..2025-12-31"), "excluded already"),
]


def test_what_the_chart_refuses_is_refused_here(run: Run, store: Path) -> None:
    kept = ("scrap", "--why", "flood", "--store", store)
    assert run("decide", "exclude", "--at", "2025-03-10", *kept).code == 0
    phase = run("decide", "phase", "--at", "2025-03-20", *kept, "--json").json["id"]
    before = run("decide", "list", "--store", store, "--json").json
    for words, says in REFUSED:
        ran = run("decide", *words, *kept)
        assert (ran.code, says in ran.err, ran.err.count(". ")) == (1, True, 0), (words, ran.err)
        assert run("decide", "list", "--store", store, "--json").json == before, words
    again = run("decide", "phase", "--at", "2025-03-20", *kept, "--replaces", phase)
    assert again.code == 0, "a decision that is replaced is not in the way"


def test_all_cannot_be_excluded_and_what_is_to_come_can(run: Run, store: Path) -> None:
    words = ("decide", "exclude", "scrap", "--why", "moving house", "--store", store)
    ran = run(*words, "--at", "2025-03-01..2025-12-31")
    assert (ran.code, "leave some to judge by" in ran.err) == (1, True)
    assert run(*words, "--at", "2031-01-06..2031-01-10").code == 0


def test_the_list_in_words(run: Run, store: Path) -> None:
    run("decide", "complete", "scrap", "--at", "2025-03-05", "--why", "line B stood", "--by", "Ann", "--store", store)
    out = run("decide", "list", "--store", store).out
    assert "line B stood" in out
    assert "2025-03-05" in out
    assert "Ann" in out


def test_weekday_limits_for_all_at_once(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "weekly.duckdb"
    weekly(path)
    words = ("decide", "weekday", "--all-proposed", "--why", "Mondays hold two days", "--by", "Ann", "--store", path)
    made = run(*words, "--json").json
    assert [(one["kpi"], one["kind"], one["grain"], one["by"]) for one in made] == [
        (key, "weekday", "day", "Ann") for key in WEEKLY
    ]
    assert all("weekday_adjusted" in run("review", key, "--json", "--store", path).json["caveats"] for key in WEEKLY)
    assert run(*words, "--json").json == [], "what is adjusted is not proposed again"
    assert "is proposed for no chart" in run(*words).out


def test_weekday_limits_of_one_kpi_and_not_any_more(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "weekly.duckdb"
    weekly(path)
    said = run("decide", "weekday", "late", "--why", "Mondays", "--store", path).out
    assert said.startswith("Decision ") and "is recorded: Late, weekday. Late " in said
    off = run("decide", "weekday", "late", "--value", "off", "--why", "no more", "--store", path, "--json").json
    assert off[0]["value"] is False
    assert "weekday_adjusted" not in run("review", "late", "--json", "--store", path).json["caveats"]


@pytest.mark.parametrize("words", [(), ("scrap", "--all-proposed"), ("--all-proposed", "--slice", "line=A")])
def test_one_kpi_or_all_that_it_is_proposed_for(run: Run, store: Path, words: tuple[str, ...]) -> None:
    answer = run("decide", "weekday", *words, "--why", "so", "--store", store)
    assert answer.code == 2 and "--all-proposed" in answer.err


def test_the_third_restart_is_told_before_the_verdict(run: Run, store: Path) -> None:
    for day in ("2025-03-03", "2025-03-10"):
        run("decide", "phase", "scrap", "--at", day, "--why", "new die", "--store", store)
    made = run("decide", "phase", "scrap", "--at", "2025-03-17", "--why", "new die", "--store", store, "--json").json
    assert made["warning"].startswith("This is the 3rd restart in 12 months")
