"""What programs read is what the desk knows: the same verdicts as on the pages and in the terminal."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from opsmetrics import figures
from opsmetrics.access import OPEN, Viewer
from opsmetrics.catalog import Decision, slice_of
from opsmetrics.desk import Desk, finished, landing_sentences, triage
from opsmetrics.desk.finished import Question
from opsmetrics.desk.landing import landings
from opsmetrics.desk.verifying import as_dict, verify
from opsmetrics.figures import export
from opsmetrics.tokens import Tokens
from opsmetrics.verdict.as_dict import review_as_dict
from tests.cli.conftest import write_scrap
from tests.server.conftest import Program

DAY = "2025-04-05"
AS_OF = dt.date(2025, 4, 5)


def test_definitions(program: Program, works: Desk) -> None:
    found = program.get("/api/v1/kpis")
    assert found.status == 200
    assert [kpi["key"] for kpi in found.json] == [kpi.key for kpi in works.catalog.kpis]


def test_a_verdict_is_the_one_that_the_desk_gives(program: Program, works: Desk) -> None:
    asked = {"kpi": "scrap", "slice": "line=A", "as_of": DAY}
    wanted = review_as_dict(works.review("scrap", slice_of({"line": "A"}), as_of=AS_OF))
    assert program.get("/api/v1/review", **asked).json == json.loads(json.dumps(wanted))
    series = program.get("/api/v1/series", **asked).json
    assert (series["points"], series["versions"]) == (json.loads(json.dumps(wanted["points"])), wanted["versions"])
    signals = program.get("/api/v1/signals", **asked).json
    assert (signals["signals"], signals["episodes"]) == (wanted["signals"], wanted["episodes"])


def test_everything_watched_and_each_value_of_a_dimension(program: Program, works: Desk) -> None:
    found = program.get("/api/v1/reviews", as_of=DAY).json
    assert found == json.loads(json.dumps([review_as_dict(r, rows=False) for r in works.watched(AS_OF)]))
    lines = program.get("/api/v1/reviews", kpi="scrap", by="line", as_of=DAY).json
    assert [item["slice"] for item in lines] == [{"line": "A"}, {"line": "B"}]


def test_a_local_time_is_understood(program: Program, works: Desk) -> None:
    found = program.get("/api/v1/review", kpi="scrap", as_of="2025-04-03T06:00").json
    assert found == json.loads(json.dumps(review_as_dict(works.review("scrap", as_of=dt.datetime(2025, 4, 3, 6)))))


def test_what_is_asked_again_is_finished_until_something_changes(program: Program, works: Desk, tmp_path: Path) -> None:
    """The store is not read again; a new file, a decision or other definitions make another question of it."""
    asked = {"kpi": "scrap", "as_of": DAY}
    before, listed = program.get("/api/v1/review", **asked).json, program.get("/api/v1/reviews", as_of=DAY).json
    computed = finished.review.cache_info().misses
    for path in ("review", "series", "signals", "chart"):
        assert program.get(f"/api/v1/{path}", **asked).status == 200
    assert finished.review.cache_info().misses == computed
    write_scrap(tmp_path / "more.csv", [("2025-04-04", "A", 250, 500)])
    works.commit(works.prepare(tmp_path / "more.csv"), by="Ann")
    after = program.get("/api/v1/review", **asked).json
    assert after == json.loads(json.dumps(review_as_dict(works.review("scrap", as_of=AS_OF))))
    assert after["points"] != before["points"]
    assert program.get("/api/v1/reviews", as_of=DAY).json != listed
    works.decide(Decision("scrap", "annotate", start=dt.datetime(2025, 4, 3), value="so", by="Ann", why="so"))
    assert program.get("/api/v1/review", **asked).json["versions"]["decisions"] == works.versions[1]


def test_a_question_is_equal_where_its_answer_is(works: Desk) -> None:
    part = Viewer("north", {"line": frozenset({"A"})})
    question = Question(works, "scrap", as_of=AS_OF)
    assert question == Question(Desk(works.store, works.settings), "scrap", as_of=AS_OF, viewer=Viewer("Ann"))
    others = [
        Question(works, "scrap", as_of=AS_OF, viewer=part), Question(works, "scrap"), Question(works, as_of=AS_OF),
        Question(works, "scrap", grain="week", as_of=AS_OF), Question(works, "scrap", (("line", "A"),), as_of=AS_OF),
        Question(works, "scrap", as_of=dt.datetime(2025, 4, 5)),
    ]  # fmt: skip
    assert len({question, *others}) == 7


def test_a_chart_is_the_figure_of_the_page(program: Program, works: Desk) -> None:
    shown = works.review("scrap", as_of=AS_OF)
    wanted = export.as_json(figures.control_chart(shown, theme="dark"), shown.id)
    assert program.get("/api/v1/chart", kpi="scrap", as_of=DAY, theme="dark").json == json.loads(wanted)
    assert program.get("/api/v1/chart", kpi="weight").status == 404


def test_each_answer_carries_an_id_that_leads_back(program: Program, works: Desk) -> None:
    review = works.review("scrap", as_of=AS_OF)
    asked = {"kpi": "scrap", "as_of": DAY}
    for path in ("review", "series", "signals"):
        assert program.get(f"/api/v1/{path}", **asked).json["id"] == review.id
    assert program.get("/api/v1/chart", **asked).json["layout"]["meta"] == {"verdict": review.id}
    found = verify(works, review.id)
    assert found.equal
    assert program.get(f"/api/v1/verify/{review.id.lower()}").json == json.loads(json.dumps(as_dict(found)))


def test_a_token_for_a_part_gets_no_id_and_keeps_nothing(works: Desk, port: int, tokens: Tokens) -> None:
    """Its figures are those of a part, which nobody else could judge again."""
    part = Program(port, tokens.add("north", "read", days=1, by="Ann", scope={"line": ("A",)}))
    before = len(works.store.shown("scrap", (), "day"))
    assert part.get("/api/v1/review", kpi="scrap", as_of="2025-03-20").json["id"] is None
    assert {row["id"] for row in part.get("/api/v1/reviews", as_of="2025-03-21").json} == {None}
    assert "meta" not in part.get("/api/v1/chart", kpi="scrap", as_of="2025-03-22").json["layout"]
    assert len(works.store.shown("scrap", (), "day")) == before


def test_what_was_loaded(program: Program) -> None:
    assert [(row["batch"], row["by"], row["source"]) for row in program.get("/api/v1/batches").json] == [
        (1, "Ann", "first.csv")
    ]


def test_a_limited_token_sees_its_part_only(port: int, tokens: Tokens, works: Desk) -> None:
    limited = Program(port, tokens.add("line A", "read", days=1, by="Ann", scope={"line": ("A",)}))
    mine = Viewer("line A", {"line": frozenset({"A"})})
    found = limited.get("/api/v1/review", kpi="scrap", as_of=DAY).json
    assert found["points"] == json.loads(
        json.dumps(review_as_dict(works.review("scrap", as_of=AS_OF, viewer=mine))["points"])
    )
    other = limited.get("/api/v1/review", kpi="scrap", slice="line=B", as_of=DAY)
    assert (other.status, other.json["code"]) == (404, "no_slice")
    assert "'A'" not in other.json["detail"] or "B" in other.json["detail"]
    for path in ("batches", "batches/1/rejects", "verify/00000-00000"):
        assert limited.get(f"/api/v1/{path}").json["code"] == "scope"


@pytest.mark.parametrize(
    ("path", "query", "status", "code", "said"),
    [
        ("review", {}, 400, "parameter", "kpi was given not at all"),
        ("review", {"kpi": "scarp"}, 404, "no_kpi", "Did you mean 'scrap'?"),
        ("review", {"kpi": "scrap", "grian": "week"}, 400, "parameter", "no parameter 'grian'"),
        ("review", {"kpi": "scrap", "grain": "year"}, 400, "parameter", "one of sample, shift, day"),
        ("review", {"kpi": "scrap", "grain": "sample"}, 422, "grain", "operated by day"),
        ("review", {"kpi": "scrap", "as_of": "yesterday"}, 400, "parameter", "a date such as"),
        ("review", {"kpi": "scrap", "as_of": "0001-01-01"}, 400, "parameter", "a date such as"),
        ("review", {"kpi": "scrap", "slice": "line"}, 400, "parameter", "name=value"),
        ("review", {"kpi": "scrap", "slice": "site=X"}, 404, "no_dimension", "no dimension 'site'"),
        ("review", {"kpi": "scrap", "slice": "line=C"}, 404, "no_slice", "The data hold no line 'C'"),
        ("review", {"kpi": "scrap", "slice": ["line=A", "line=B"]}, 400, "parameter", "given twice"),
        ("review", {"kpi": ["scrap", "weight"]}, 400, "parameter", "given 2 times"),
        ("reviews", {"by": "line"}, 400, "parameter", "need a KPI"),
        ("reviews", {"kpi": "scrap", "by": "line", "slice": "line=A"}, 400, "parameter", "slice fixes line"),
        ("batches", {"limit": "many"}, 400, "parameter", "a whole number"),
        ("verify/00000-00000", {}, 404, "no_verdict", "No verdict with the id 00000-00000 is kept"),
        ("verify/scrap", {}, 400, "parameter", "ten letters and digits such as"),
        ("nothing", {}, 404, "no_endpoint", "/api/v1/kpis"),
    ],
)
def test_what_is_not_understood_is_a_problem_document(
    program: Program, path: str, query: dict[str, str], status: int, code: str, said: str
) -> None:
    found = program.get(f"/api/v1/{path}", **query)
    assert (found.status, found.json["status"], found.json["code"]) == (status, status, code)
    assert found.headers["content-type"] == "application/problem+json"
    assert said in found.json["detail"]


def test_another_method_is_told_which_ones_there_are(program: Program) -> None:
    for path, allowed in (("kpis", "GET"), ("ingest", "POST"), ("batches/1/undo", "POST")):
        found = program.ask("DELETE", f"/api/v1/{path}", {})
        assert (found.status, found.json["code"], found.headers["allow"]) == (405, "method", allowed)
        assert found.json["detail"] == f"/api/v1/{path} answers {allowed}, not DELETE."


def test_triage_is_the_one_that_the_desk_gives(program: Program, works: Desk) -> None:
    found = program.get("/api/v1/triage", since="2025-03-05", as_of=DAY).json
    wanted = triage.triaged(Question(works, as_of=AS_OF), dt.date(2025, 3, 5))
    assert found == json.loads(json.dumps(triage.as_dict(wanted, OPEN)))
    assert found["budget"]["charts"] > 0
    late = program.get("/api/v1/triage", since="2025-04-06", as_of=DAY)
    assert (late.status, late.json["parameter"]) == (400, "since")


def test_triage_of_a_part_has_no_ids(program: Program, port: int, works: Desk, tokens: Tokens, tmp_path: Path) -> None:
    write_scrap(tmp_path / "more.csv", [("2025-04-04", "A", 250, 500)])
    works.commit(works.prepare(tmp_path / "more.csv"), by="Ann")
    part = Program(port, tokens.add("triage", "read", days=1, by="Ann", scope={"line": ("A",)}))
    whole, limited = (one.get("/api/v1/triage", since="2025-04-01", as_of=DAY).json for one in (program, part))
    [card], [mine] = whole["cards"], limited["cards"]
    assert (card["slice"], [other["slice"] for other in card["also"]]) == ({"line": "A"}, [{}])
    assert works.store.known_ids([card["id"]])  # as shown, for verify
    assert (mine["id"], mine["kpi"]) == (None, "scrap")


def test_a_landing_is_the_one_of_the_terminal(program: Program, works: Desk) -> None:
    """Scrap of 30 days of 100 pieces in March 2025: the landing is told with the same words as everywhere."""
    asked = program.get("/api/v1/landing", kpi="scrap", slice="line=A", as_of=DAY)
    review = works.review("scrap", slice_of({"line": "A"}), as_of=AS_OF)
    wanted = landing_sentences.as_dict(review.kpi, landings(review))
    assert asked.status == 200
    assert asked.json["landing"] == json.loads(json.dumps(wanted))
    assert asked.json["slice"] == {"line": "A"}
    assert program.get("/api/v1/landing", kpi="nothing").status == 404
