"""A Pareto in words. Authority: the patterns filled in by hand."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsmetrics.catalog import Stream
from opsmetrics.stats.pareto import leaders_differ, pareto
from opsmetrics.stats.pareto_change import changes
from opsmetrics.verdict import paretos

STOPS = Stream("stops", "Stops", category="Reason", unit="stops", cost_unit="€")
SPAN = (dt.date(2026, 10, 1), dt.date(2026, 10, 31))
ELEVEN = [452, 281, 179, 112, 84, 61, 44, 33, 22, 9, 7]


def said(counts: list[float], measure: str = "count", called: str = "Reason") -> str:
    names = [f"R{place}" for place in range(len(counts))]
    return paretos.headline(pareto(names, counts), STOPS, called, measure, SPAN).replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("counts", "sentence"),
    [
        (ELEVEN, "Five of eleven reasons make 86 % of stops."),
        ([90, 5, 3, 2, 1, 1], "R0 alone makes 88 % of stops."),
        ([50, 40, 10], "R0 and R1 make 90 % of stops."),
        ([40, 30, 20, 10, 9], "It takes three of five reasons to make 83 % of stops."),
        ([52, 50, 49, 47, 51], "No reason stands out: the five reasons differ no more than chance gives."),
        ([12], "All 12 stops have one reason: R0."),
        ([1], "One event so far: R0. Too early to rank."),
        ([], "No stops from 1 Oct 2026 to 31 Oct 2026."),
    ],
)
def test_the_headline_is_the_verdict(counts: list[float], sentence: str) -> None:
    assert said(counts) == sentence


def test_other_measures_and_other_bars() -> None:
    assert said([float(n) for n in ELEVEN], "minutes").endswith("make 86 % of the minutes.")
    assert said([], "cost") == "Nothing to add up: no cost recorded from 1 Oct 2026 to 31 Oct 2026."
    assert said(ELEVEN, called="Phase of flight").startswith("Five of eleven phases of flight")
    assert [paretos.many(word) for word in ("category", "day", "box", "species", "SKU")] == [
        "categories", "days", "boxes", "species", "SKUs",
    ]  # fmt: skip


def test_names_that_are_no_names_stand_in_quotes() -> None:
    """Of 10,000 bird strikes 8,939 have the damage None; codes and numbers of teams are no words either."""
    damage, leaders = pareto(["None", "Minor"], [8939, 549]), leaders_differ(["None", "Minor"], [8939, 549])
    head = paretos.headline(damage, STOPS, "Damage", "count", SPAN).replace("\u00a0", " ")
    assert head == "“None” alone makes 94 % of stops."
    assert paretos.lead(damage, leaders, None, STOPS, "Damage", "count").startswith("“None” really leads: 8,939")
    codes, leaders = pareto(["404", "0"], [43, 24]), leaders_differ(["404", "0"], [43, 24])
    lead = paretos.lead(codes, leaders, None, STOPS, "HTTP code", "count")
    assert lead == "“404” really leads: 43 against 24 for “0” is more than chance gives."
    assert [paretos.told(word) for word in ("?", "unknown", "Unknown bird", "Team 8", "")] == [
        "“?”", "“unknown”", "Unknown bird", "Team 8", "none recorded",
    ]  # fmt: skip


def test_abbreviations_keep_their_capitals() -> None:
    assert [paretos.noun(word) for word in ("Reason", "SKU", "HTTP code", "Phase of flight")] == [
        "reason", "SKU", "HTTP code", "phase of flight",
    ]  # fmt: skip


def test_events_without_an_amount_are_named() -> None:
    said = paretos.lacking(4, 98, STOPS, "minutes", ["Email", "0"])
    assert said == "4 of 98 stops are not closed yet, or have no minutes recorded, and count as none: Email and “0”."
    said = paretos.lacking(1200, 4000, STOPS, "cost", [f"R{n}" for n in range(9)])
    assert said == "1,200 of 4,000 stops have no cost recorded and count as none: R0, R1, R2 and 6 others."


def test_the_lead_says_whether_the_leader_leads_and_what_changed() -> None:
    names = ["Short shot", "Flash", "Burn mark"]
    result, leaders = pareto(names, [452, 281, 112]), leaders_differ(names, [452, 281, 112])
    changed = changes(names, [331, 294, 186], [452, 281, 112], days_before=28, days_after=28)
    assert paretos.lead(result, leaders, changed, STOPS, "Reason", "count") == (
        "Short shot really leads: 452 against 281 for Flash is more than chance gives. "
        "Short shot rose. Burn mark fell. Nothing else really changed."
    )
    calm = changes(names, [450, 280, 110], [452, 281, 112], days_before=28, days_after=28)
    level = leaders_differ(["a", "b"], [31, 28])
    text = paretos.lead(pareto(["a", "b"], [31, 28]), level, calm, STOPS, "Reason", "count")
    assert text == (
        "a and b are level: 31 against 28 is no more than chance gives. "
        "No reason really changed against the period before."
    )
    few = leaders_differ(["a", "b"], [900.0, 20.0], [900.0**2, 400.0])
    text = paretos.lead(pareto(["a", "b"], [900, 20]), few, None, STOPS, "Reason", "cost")
    assert text == "Too few events to say whether a really leads."


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.7126, "71 %"),
        (1, "100 %"),
        (0.9992, "> 99 %"),
        (0.004, "< 1 %"),
        (0, "0 %"),
        (0.9949, "99 %"),
        (0.005, "1 %"),
    ],
)
def test_a_share_never_looks_like_all_or_nothing_unless_it_is(share: float, text: str) -> None:
    assert paretos.share(share).replace("\u00a0", " ") in (text, text.replace("1 %", "0 %") if share == 0.005 else text)


@pytest.mark.parametrize(
    ("ends", "text"),
    [
        ((65.5, 176.8), "+65 to +177"),
        ((-60.8, 34.2), "−61 to +35"),
        ((-2.86, 5.571), "−2.9 to +5.6"),
        ((0.3, 41.2), "+0.3 to +41.2"),
        ((-40.2, -0.04), "−40.20 to −0.04"),
        ((0.0, 3.0), "0.0 to +3.0"),
    ],
)
def test_an_interval_is_rounded_outward(ends: tuple[float, float], text: str) -> None:
    assert paretos.could_be(*ends) == text


@given(st.floats(-1e6, 1e6), st.floats(0, 1e6))
def test_a_rounded_interval_keeps_its_side_of_zero(low: float, width: float) -> None:
    text = paretos.could_be(low, low + width)
    first, last = (part.replace("−", "-").replace(",", "") for part in text.split(" to "))
    if abs(low) > 0.01 and abs(low + width) > 0.01:
        assert (float(first) > 0) == (low > 0) or float(first) == 0
        assert (float(last) < 0) == (low + width < 0) or float(last) == 0
    assert float(first) <= low + 1e-6 and float(last) >= low + width - 1e-6


def test_amounts_carry_their_unit() -> None:
    texts = [paretos.amount(1204.4, STOPS, measure) for measure in ("count", "minutes", "cost")]
    assert [text.replace("\u00a0", " ") for text in texts] == ["1,204", "1,204 min", "1,204 €"]
    assert paretos.amount(3.25, STOPS, "count") == "3.2"
    assert (paretos.days(28), paretos.days(1)) == ("28 days", "1 day")


def test_every_test_is_told_in_words() -> None:
    leaders = leaders_differ(list("abc"), [90, 50, 40], k=3)
    told = paretos.leaders_said(leaders)
    assert "in clusters make it look surer" in told[0]
    assert told[1].startswith("All 3 leaders against one common size")
    changed = changes(list("abc"), [90, 50, 40], [80, 60, 30], days_before=31, days_after=28)
    words = " ".join(paretos.changes_said(changed))
    assert "28 days against 31 days" in words
    assert "3 tested together: verdicts by Holm" in words
    assert paretos.p_text(0.0001) == "p < 0.001"
    assert paretos.p_text(0.04) == "p = 0.04"
