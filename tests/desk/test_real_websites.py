"""Websites of a college, from a log of states to uptime, outages and the codes behind them. Authority: truths.json."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from opsmetrics.desk import Desk
from tests.paths import needs_shared
from tests.real_stores import DATA, judged, loaded, pareto, ranking, series, truth

pytestmark = needs_shared


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    yield from series(tmp_path_factory, "upptime")


@pytest.fixture(scope="module")
def checks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    yield from series(tmp_path_factory, "upptime_checks")


def test_a_log_of_states_is_read_whole(tmp_path: Path) -> None:
    known = truth("upptime")
    with loaded(tmp_path, "upptime") as (desk, receipt):
        assert receipt.tally.rows == known["rows"]
        (span,) = desk.store.spans("events:outages").itertuples()
        ends = (span.starts_at, span.ends_at - pd.Timedelta(microseconds=1))
        assert [str(pd.Timestamp(end, tz="UTC").floor("s")) for end in ends] == [known["min"], known["max"]]
        assert len(span.reporters) == known["sites"]


def test_outages_and_their_usual_length(sites: Desk) -> None:
    """As `events outages` lists them."""
    known = truth("upptime")
    minutes = sites.store.read("SELECT minutes FROM events")["minutes"]
    assert (minutes.notna().sum(), minutes.isna().sum()) == (known["outages_closed"], known["outages_open_at_end"])
    assert minutes.median() == pytest.approx(known["outage_minutes_median"], abs=5e-3)
    counted = sites.review("outages").points["numerator"].sum()
    assert counted == known["outages_closed"] + known["outages_open_at_end"]


def test_minutes_down_by_site(sites: Desk) -> None:
    known = truth("upptime")
    answer = pareto(sites, "outages", by="site", measure="minutes", top=None)
    found = dict(zip(answer.result.ranking["name"], answer.result.ranking["amount"], strict=True))
    assert answer.result.total == pytest.approx(known["outage_minutes_total"], abs=5e-3)
    for site, minutes in known["outage_minutes_by_site"]:
        assert found[site] == pytest.approx(minutes, abs=5e-3)
        days = sites.review("uptime", (("site", site),)).points
        assert (days["denominator"] - days["numerator"]).sum() == pytest.approx(minutes, abs=5e-3), "uptime by site"
    assert max(found, key=found.__getitem__) == "Simple Syllabus"
    (caveat,) = [text for text in answer.warnings if "not closed yet" in text]
    assert caveat.startswith("4 of 98 outages")
    assert caveat.endswith("Colleague, Community, Course Evaluations and Email.")


def test_the_outage_of_57_days(sites: Desk) -> None:
    """1 June 2026, 19:12 to 28 July, 17:53 UTC: 82,001 minutes in one outage."""
    longest = sites.store.read("SELECT site, observed_at, minutes FROM events ORDER BY minutes DESC NULLS LAST").iloc[0]
    assert (longest["site"], str(longest["observed_at"])[:16]) == ("Simple Syllabus", "2026-06-01 19:12")
    assert longest["minutes"] == pytest.approx(82_001, abs=1)
    days = sites.review("uptime", (("site", "Simple Syllabus"),), as_of=dt.date(2026, 8, 1)).points.set_index("label")
    assert set(days.loc["2 Jun 2026":"27 Jul 2026", "value"]) == {0.0}
    assert days.loc["30 May 2026", "value"] == 1.0


def test_outages_that_never_closed_are_down_to_this_day_and_named(sites: Desk, tmp_path: Path) -> None:
    known = truth("upptime")
    still = sites.store.read("SELECT site, minutes FROM events WHERE minutes IS NULL")["site"].tolist()
    assert len(still) == known["outages_open_at_end"]
    for site in still:
        found = judged(sites.review("uptime", (("site", site),)))
        assert (found["value"] == 0).all() and len(found) > 200
    with loaded(tmp_path, "upptime") as (_, receipt):
        (said,) = [notice.text for notice in receipt.warnings if notice.code == "open_events"]
        assert all(site in said for site in still)


def test_being_up_as_usual_improves_nothing(sites: Desk) -> None:
    """Uptime is judged by its departures: a site that was always up (or down) is constant, and only a stretch without
    departures that chance does not give (or too many of them) decides, never a run."""
    kpi = sites.catalog["uptime"]
    slices = sites.slices(kpi, by=["site"])
    assert len({found for found in slices if found}) == truth("upptime")["sites"]
    for as_of in (dt.date(2026, 2, 1), dt.date(2026, 5, 1), dt.date(2026, 8, 15)):
        for found in (sites.review("uptime", slice_, as_of=as_of) for slice_ in [(), *slices]):
            assert found.verdict is not None and found.chart is not None
            values = judged(found)["value"]
            if values.nunique() == 1:
                assert (found.verdict.variation, len(found.signals)) == ("constant", 0)
            assert set(found.signals["rule"]) <= {"gap", "departures"}
            if found.verdict.variation == "improving":
                assert set(found.signals.loc[found.signals["decides"], "rule"]) == {"gap"}
                assert values.iloc[-12:].nunique() == 1, "no departure for long"


def test_pairing_agrees_with_the_monitors_own_minutes(sites: Desk) -> None:
    """Three of the four sites with most minutes: within 2 %; for 'You' the monitor itself says half of its log."""
    told = json.loads((DATA / "3_uptime" / "upptime_saints_status_summary.json").read_text(encoding="utf-8"))
    minutes = {site["name"]: sum(site["dailyMinutesDown"].values()) for site in told}
    found = dict(map(tuple, ranking(sites, "outages", by="site", measure="minutes", top=None)))
    for site, down in truth("upptime")["summary_json_minutes_down"]:
        assert minutes[site] == down
    for site in ("Simple Syllabus", "Canvas LMS", "Okta"):
        assert found[site] == pytest.approx(minutes[site], rel=0.02)
    assert found["You"] > 2 * minutes["You"]


def test_checks_by_answer_code_and_site(checks: Desk) -> None:
    known = truth("upptime_checks")
    down = (("answer", "down"),)
    assert ranking(checks, "checks", by="answer") == [list(pair) for pair in known["status"]]
    found = ranking(checks, "checks", by="category", slice=down)
    assert found[: len(known["http_code_pareto_down"])] == known["http_code_pareto_down"]
    assert ranking(checks, "checks", by="site", slice=down)[:5] == known["down_events_by_site"]
    failed = checks.review("failed_checks").points
    assert [failed["denominator"].sum(), failed["numerator"].sum()] == [known["rows"], dict(known["status"])["down"]]
    up = checks.review("response_time", (("answer", "up"),)).points.query("rows > 0")
    mean = (up["value"] * up["size"]).sum() / up["size"].sum()
    assert mean == pytest.approx(known["mean_response_ms_up"], abs=0.005)
