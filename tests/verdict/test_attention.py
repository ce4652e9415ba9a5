"""What somebody said about a signal holds for that episode alone, and changes nothing of the verdict."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pandas as pd
import pytest

from opsmetrics.catalog import Attention, AttentionKind
from opsmetrics.review import KpiReview
from opsmetrics.verdict.news_words import attention as words
from tests.verdict.test_episodes import HIGH, LOW
from tests.verdict.test_news import label, looked


def said(found: KpiReview, kind: AttentionKind, until: dt.date | None = None) -> Attention:
    """A word about the open signal, said when it was looked at."""
    given = found.attention(kind, by="Ann", why="tool 7 worn", until=until)
    return replace(given, at=found.series.as_of.to_pydatetime(), id=1)


def state(found: KpiReview, *given: Attention) -> str:
    standing = found.standing(given)
    return "" if standing is None else standing.state


def after(found: KpiReview, days: int) -> dt.date:
    return (found.series.as_of + pd.Timedelta(days=days)).date()


def test_a_seen_signal_is_seen_while_it_lasts() -> None:
    first = looked([50.0, LOW])
    given = said(first, "seen")
    assert state(first, given) == "seen"
    assert state(looked([50.0, LOW, LOW]), given) == "seen"
    assert state(looked([50.0, LOW, 50.0]), given) == "", "it is over: there is nothing to be seen"


@pytest.mark.parametrize("later", [[50.0, LOW, 50.0, LOW], [50.0, LOW, HIGH]])
def test_a_new_episode_or_the_other_side_comes_without_the_word(later: list[float]) -> None:
    given = said(looked([50.0, LOW]), "seen")
    found = looked(later)
    assert found.verdict is not None and found.verdict.episode is not None
    assert state(found, given) == ""


def test_an_episode_whose_start_moves_is_the_same() -> None:
    """A breach becomes part of a run of eight that began before it."""
    given = said(looked([49.0, 51.0, 51.5, 51.0, 51.5, 51.0, 51.5, HIGH]), "seen")
    found = looked([49.0, 51.0, 51.5, 51.0, 51.5, 51.0, 51.5, HIGH, 51.0])
    assert found.verdict is not None and found.verdict.episode is not None
    assert found.verdict.episode.start_label == label(found, 1) != given.start_label
    assert state(found, given) == "seen"


def test_a_snoozed_signal_is_back_on_its_day() -> None:
    first = looked([50.0, LOW])
    given = said(first, "snoozed", after(first, 2))
    assert state(first, given) == "snoozed"
    assert state(looked([50.0, LOW, LOW]), given) == "snoozed"
    assert state(looked([50.0, LOW, LOW, LOW]), given) == "due"


def test_a_snoozed_signal_is_back_when_it_completes_another_rule() -> None:
    run = [49.0, 48.5, 49.0, 48.5, 49.0, 48.5, 49.0, 48.5]
    first = looked(run)
    given = said(first, "snoozed", after(first, 30))
    worse = looked([*run, LOW]).standing([given])
    assert worse is not None and (worse.state, worse.added) == ("worse", ("beyond_limits",))


def test_the_last_word_holds_and_can_be_taken_back() -> None:
    found = looked([50.0, LOW])
    seen, back = said(found, "seen"), said(found, "open")
    assert state(found, seen, back) == ""
    assert state(found, seen, back, said(found, "snoozed", after(found, 2))) == "snoozed"


def test_what_is_said_about_another_series_does_not_count() -> None:
    found = looked([50.0, LOW])
    given = said(found, "seen")
    for other in (
        replace(given, slice=(("line", "3"),)),
        replace(given, grain="month"),
        replace(given, kpi="other"),
    ):
        assert state(found, other) == ""


def test_nothing_can_be_said_where_no_signal_is_open() -> None:
    with pytest.raises(ValueError, match="no open signal"):
        looked([50.0]).attention("seen", by="Ann", why="x")


def test_the_words() -> None:
    found = looked([50.0, LOW])
    at = dt.datetime(2026, 2, 5, 6)
    day = dt.date(2026, 2, 9)
    told = {kind: found.standing([said(found, kind, day)]) for kind in ("seen", "snoozed")}
    assert words(told["seen"], at) == "Seen by Ann, 5 Feb 2026: tool 7 worn"  # type: ignore[arg-type]
    assert words(told["snoozed"], at) == "Snoozed until 9 Feb 2026 by Ann: tool 7 worn"  # type: ignore[arg-type]
