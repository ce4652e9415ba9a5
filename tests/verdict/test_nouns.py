"""What people count, after 1 and after any other number; names of KPIs as words of a sentence."""

from __future__ import annotations

import pytest

from opsmetrics.catalog import Kpi
from opsmetrics.verdict import wording
from opsmetrics.verdict.languages.english_nouns import one
from opsmetrics.verdict.model import Sentence
from opsmetrics.verdict.sentences import render


@pytest.mark.parametrize(
    ("many", "single"),
    [
        ("scrapped pieces", "scrapped piece"), ("bed days", "bed day"), ("pieces made", "piece made"),
        ("tickets solved", "ticket solved"), ("patients discharged", "patient discharged"), ("stops", "stop"),
        ("minutes planned", "minute planned"), ("moments seen", "moment seen"), ("SLA breaches", "SLA breach"),
        ("deliveries", "delivery"), ("injuries", "injury"), ("losses", "loss"), ("boxes", "box"), ("crashes", "crash"),
        ("batches", "batch"), ("cases", "case"), ("causes", "cause"), ("houses", "house"), ("sizes", "size"),
        ("valves", "valve"), ("echoes", "echo"), ("people waiting", "person waiting"), ("analyses", "analysis"),
        ("sales orders", "sales order"), ("news items", "news item"), ("days lost to illness", "day lost to illness"),
        ("orders per hour", "order per hour"), ("glass panes", "glass pane"), ("bus stops", "bus stop"),
        # no plural that could be told
        ("pcs", "pcs"), ("hrs", "hrs"), ("ms", "ms"), ("%", "%"), ("kWh/t", "kWh/t"), ("made", "made"),
        ("per 1,000", "per 1,000"), ("equipment", "equipment"), ("series", "series"), ("process", "process"),
        ("lens", "lens"), ("", ""),
    ],
)  # fmt: skip
def test_the_singular(many: str, single: str) -> None:
    assert one(many) == single
    assert wording.noun(1, many) == single
    for n in (0, 2, 1.5, 1000):
        assert wording.noun(n, many) == many


RATE = Kpi("falls", "Falls", "rate", "lower", numerator="falls", denominator="bed days")
SHARE = Kpi("scrap", "Scrap", "proportion", "lower", numerator="scrapped pieces", denominator="pieces made")
RARE = Kpi("lta", "Lost-time accidents", "rare", "lower", numerator="accidents", unit="accidents", decimals=0)


def test_counts_behind_a_value() -> None:
    assert wording.counts(RATE, 1, 1204, named=True) == "1 fall in 1,204 bed days"
    assert wording.counts(RATE, 0, 1, named=True) == "0 falls in 1 bed day"
    assert wording.counts(SHARE, 1, 1, named=True) == "1 of 1 piece made"
    assert wording.counts(SHARE, 1, 412, named=True) == "1 of 412 pieces made"
    assert wording.counts(SHARE, 1, 1) == "1 of 1"


@pytest.mark.parametrize(("n", "said"), [(0, "0 accidents"), (1, "1 accident"), (2, "2 accidents")])
def test_a_unit_that_is_a_noun(n: float, said: str) -> None:
    plain = said.replace(" ", wording.NBSP)
    assert wording.value(RARE, n) == plain
    assert wording.target(RARE, {"high": n}) == f"≤{wording.NBSP}{plain}"
    assert wording.value(RARE, n, extra=1).endswith("accidents"), "1.0 accidents is no single one"


def test_trials_without_an_event() -> None:
    bound = {"number": 95.0, "unit": "%", "decimals": 0}
    values = {"kpi": "Falls", "event": "falls", "units": "bed days", "bound": bound, "grain": "day"}
    said = [render([Sentence("all_zero", {**values, "N": n})]) for n in (1, 2)]
    assert [text.split(":")[0] for text in said] == ["No falls in 1 bed day", "No falls in 2 bed days"]
    by_period = values | {"units": {"periods": "day", "n": 1}, "N": 1}
    assert render([Sentence("all_zero", by_period)]).startswith("No falls in 1 day:")


# Names


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Scrap", "Scrap got worse."),
        ("scrap rate", "Scrap rate got worse."),
        ("e-mail backlog", "E-mail backlog got worse."),
        ("pH value", "pH value got worse."),
        ("iPhone returns", "iPhone returns got worse."),
        ("p90 wait", "p90 wait got worse."),
        ("n of defects", "n of defects got worse."),
        ("Door to doctor, longest tenth", "“Door to doctor, longest tenth” got worse."),
        ("Yield: line 1", "“Yield: line 1” got worse."),
        ("Solved in 1.5 h", "Solved in 1.5 h got worse."),
        ("Scrap · Line 3", "Scrap · Line 3 got worse."),
    ],
)
def test_a_name_opens_a_sentence(name: str, said: str) -> None:
    assert render([Sentence("kpi_worse", {"kpi": name})]) == f"{said} Find the cause."


def test_a_name_within_a_sentence_stays_as_it_is() -> None:
    assert render([Sentence("summary_ask", {"kpi": "scrap rate"})]) == "Ask about scrap rate first."
    assert render([Sentence("summary_ask", {"kpi": "FPY, welding"})]) == "Ask about “FPY, welding” first."


def test_a_mere_word_gets_no_capital() -> None:
    assert render([Sentence("text", {"text": "days"})]) == "days"
